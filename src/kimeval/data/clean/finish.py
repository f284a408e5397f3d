"""Slabs put together to tables by DuckDB (Zusammenführung der Teile)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from kimeval.core import schema
from kimeval.core.tabular import arrow_types
from kimeval.data.engine import connect
from kimeval.data.profiles import FileSpec, TableSpec

if TYPE_CHECKING:
    from kimeval.data.clean.tallies import Tallies


def repeated_keys(folder: Path) -> np.ndarray:
    """Rows whose key's hash occurs more than once, in order (int64, shape (any,))."""
    with connect(folder / "_spill") as engine:
        found = engine.execute(
            f"""
            WITH keys AS (FROM read_parquet('{_glob(folder / "_keys")}')),
                 twice AS (SELECT _key FROM keys GROUP BY _key HAVING count(*) > 1)
            SELECT _row FROM keys SEMI JOIN twice USING (_key) ORDER BY _row
            """
        ).fetchnumpy()["_row"]
    return np.asarray(found, dtype=np.int64)


def finish(spec: FileSpec, folder: Path, dropped: np.ndarray, tallies: Tallies) -> dict[str, Path]:
    """Write each table without the rows that were dropped, each key of it once.

    Parameters
    ----------
    spec : FileSpec
        Which table identifies the rows, and how families are written.
    folder : Path
        With the slabs by table.
    dropped : ndarray of int64
        Rows that were merged or set aside after all.
    tallies : Tallies
        Told which rows another one replaced.

    Returns
    -------
    dict of str to Path
        Parquet file by canonical table.
    """
    paths = {}
    with connect(folder / "_spill") as engine:
        engine.register("dropped", pa.table({"_row": dropped}))
        for fed in spec.table:
            if not (folder / fed.name).is_dir():
                continue
            engine.execute(
                f"""
                CREATE OR REPLACE VIEW held AS
                FROM read_parquet('{_glob(folder / fed.name)}') ANTI JOIN dropped USING (_row)
                """
            )
            paths[fed.name] = _one_table(engine, fed, spec, folder, tallies)
            if fed.name == "cases" and spec.family == "rows":
                paths["members"] = _members(engine, folder)
    return paths


def _one_table(
    engine: DuckDBPyConnection, fed: TableSpec, spec: FileSpec, folder: Path, tallies: Tallies
) -> Path:
    family = fed.name == "cases" and spec.family == "rows"
    if fed is spec.identifying and not family:
        return _copy(engine, fed.name, "SELECT * FROM held", folder)
    key = ", ".join(c for c in schema.table(fed.name).key if c in fed.columns)
    columns = ", ".join(fed.columns)
    order = "min" if family else "max"
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE said AS
        SELECT {columns}, {order}(_row) AS _row FROM held GROUP BY {columns};
        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT {key}, {order}(_row) AS _row, count(*) AS _persons FROM said GROUP BY {key};
        """
    )
    replaced = engine.execute(
        "SELECT _row FROM said ANTI JOIN chosen USING (_row) ORDER BY _row"
    ).fetchnumpy()["_row"]
    tallies.replaced(fed.name, np.asarray(replaced, dtype=np.int64), family)
    counted = family and "persons" not in fed.columns
    most = schema.table("cases").column("persons").most
    number = f"CASE WHEN chosen._persons <= {most} THEN chosen._persons END"
    extra = f"* REPLACE ({number} AS persons)" if counted else "held.*"
    query = f"SELECT {extra} FROM held JOIN (SELECT _row, _persons FROM chosen) chosen USING (_row)"
    return _copy(engine, fed.name, query, folder)


def _members(engine: DuckDBPyConnection, folder: Path) -> Path:
    query = "SELECT case_id, client_id, provider, source, _row FROM held"
    return _copy(engine, "members", query, folder)


def _copy(engine: DuckDBPyConnection, name: str, query: str, folder: Path) -> Path:
    """Rows of a query in their first order, in canonical shape."""
    path = folder / f"{name}.parquet"
    columns = ", ".join(f'"{column}"' for column in arrow_types(name))
    if name == "clients":
        columns = columns.replace('"person_id"', '"client_id" AS "person_id"')
    engine.execute(
        f"COPY (SELECT {columns} FROM ({query}) ORDER BY _row) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return path


def _glob(folder: Path) -> str:
    return str(folder / "*.parquet").replace("'", "''")
