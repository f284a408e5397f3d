"""Slabs put together to tables (Zusammenführung der Teile).

DuckDB finds which rows stay, on hashes; the slabs are then copied in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from kimeval.core import schema
from kimeval.core.tabular import arrow_types
from kimeval.data.engine import connect, parquet
from kimeval.data.profiles import FileSpec, TableSpec

if TYPE_CHECKING:
    from kimeval.data.clean.tallies import Tallies


def finish(spec: FileSpec, folder: Path, dropped: np.ndarray, tallies: Tallies) -> dict[str, Path]:
    """Write each table without the rows that were dropped, each key of it once.

    Parameters
    ----------
    spec : FileSpec
        Which table identifies the rows, and how families are written.
    folder : Path
        With the slabs by table.
    dropped : ndarray of int64
        Rows that were merged or set aside after all, in order.
    tallies : Tallies
        Told which rows another one replaced.

    Returns
    -------
    dict of str to Path
        Parquet file by canonical table.
    """
    paths = {}
    for fed in spec.table:
        if not (folder / fed.name).is_dir():
            continue
        family = fed.name == "cases" and spec.family == "rows"
        if fed is spec.identifying and not family:
            paths[fed.name] = _copied(fed.name, folder, dropped)
            continue
        out, persons = _left_out(fed, folder, dropped, family, tallies)
        counted = persons if family and "persons" not in fed.columns else None
        paths[fed.name] = _copied(fed.name, folder, out, counted)
        if family:
            paths["members"] = _copied("members", folder, dropped, slabs="cases")
    return paths


def _left_out(
    fed: TableSpec, folder: Path, dropped: np.ndarray, family: bool, tallies: Tallies
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that another one of the same key stands for, and persons of each key by row."""
    columns = ", ".join(fed.columns)
    key = ", ".join(f"{c}::VARCHAR" for c in schema.table(fed.name).key if c in fed.columns)
    order = "min" if family else "max"
    with connect(folder / "_spill") as engine:
        engine.register("dropped", pa.table({"_row": dropped}))
        engine.execute(
            f"""
            CREATE TEMP TABLE held AS
            SELECT md5_number(concat_ws(chr(31), {key})) AS _key, hash({columns}) AS _said, _row
            FROM {parquet(_slabs(folder / fed.name))} ANTI JOIN dropped USING (_row);
            CREATE TEMP TABLE said AS
            SELECT _key, {order}(_row) AS _row FROM held GROUP BY _key, _said;
            CREATE TEMP TABLE chosen AS
            SELECT {order}(_row) AS _row, count(*) AS _persons FROM said GROUP BY _key;
            """
        )
        replaced = _rows(engine, "SELECT _row FROM said ANTI JOIN chosen USING (_row)")
        others = _rows(engine, "SELECT _row FROM held ANTI JOIN chosen USING (_row)")
        persons = np.zeros((0, 2), np.int64)
        if family:
            found = engine.execute("SELECT _row, _persons FROM chosen ORDER BY _row").fetchnumpy()
            persons = np.stack([found["_row"], found["_persons"]], axis=1).astype(np.int64)
    tallies.replaced(fed.name, replaced, family)
    return np.union1d(dropped, others), persons


def _copied(
    name: str,
    folder: Path,
    out: np.ndarray,
    persons: np.ndarray | None = None,
    slabs: str = "",
) -> Path:
    """Slabs of a table in their order and its shape, without some rows."""
    path = folder / f"{name}.parquet"
    shape = pa.schema(arrow_types(name))
    with pq.ParquetWriter(path, shape, compression="zstd", store_schema=False) as writer:
        for delivered in _read(folder / (slabs or name)):
            rows = delivered.column("_row").to_numpy()
            kept = ~_among(rows, out)
            held = delivered.filter(pa.array(kept))
            if name == "clients":
                at = held.column_names.index("person_id")
                held = held.set_column(at, "person_id", held.column("client_id"))
            if persons is not None:
                at = held.column_names.index("persons")
                held = held.set_column(at, "persons", _numbers(rows[kept], persons))
            writer.write_table(held.select(shape.names).cast(shape))
    return path


def _read(folder: Path) -> Iterator[pa.Table]:
    """Slabs in their order, a group of rows at a time."""
    for slab in _slabs(folder):
        with pq.ParquetFile(slab) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)


def _numbers(rows: np.ndarray, persons: np.ndarray) -> pa.Array:
    """Persons of the cases that stay; unknown where it is more than a case can have."""
    place = np.minimum(np.searchsorted(persons[:, 0], rows), max(0, len(persons) - 1))
    counted = persons[place, 1] if len(persons) else np.zeros(len(rows), np.int64)
    most = schema.table("cases").column("persons").most or counted.max(initial=0)
    return pa.array(counted, pa.int64(), mask=counted > most)


def _among(rows: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Whether each row is one of some rows that are in order."""
    if not len(ordered):
        return np.zeros(len(rows), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, rows), len(ordered) - 1)
    return ordered[place] == rows


def _rows(engine: DuckDBPyConnection, query: str) -> np.ndarray:
    found = engine.execute(f"{query} ORDER BY _row").fetchnumpy()["_row"]
    return np.asarray(found, dtype=np.int64)


def _slabs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))
