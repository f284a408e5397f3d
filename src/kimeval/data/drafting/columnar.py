"""First look at sources with declared columns: Parquet, event logs, queries (Spaltenquellen)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from kimeval.core.errors import ParameterError
from kimeval.data.drafting.look import ROWS, Look
from kimeval.data.profiles import FileSpec, TableSpec
from kimeval.data.read import read_parts


def look_at_columns(path: Path, kind: Literal["parquet", "xes", "sql"], database: str = "") -> Look:
    """Look at a source whose columns have names already.

    Parameters
    ----------
    path : Path
        Of the file; of the query for sql.
    kind : str
        Format as in a profile.
    database : str
        Environment variable with the address of the database.

    Returns
    -------
    Look

    Raises
    ------
    ParameterError
        If a query comes without the name of that variable.
    FormatError
        If it cannot be read.
    """
    if kind == "sql" and not database:
        raise ParameterError(
            f"'{path.name}' is a query; a draft needs its database. Set an environment variable "
            f"to the address and name it: --database NAME."
        )
    nothing = TableSpec(name="cases", columns={})
    spec = FileSpec(pattern="*", title="", format=kind, database=database, table=[nothing])
    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    for part in read_parts(path, spec):
        header = tuple(part.cells.column_names)
        columns = [column.to_pylist() for column in part.cells.slice(0, ROWS).columns]
        rows += zip(*columns, strict=True)
        if len(rows) >= ROWS:
            break
    settings: dict[str, object] = {"database": database} if kind == "sql" else {}
    remarks = (f"angesehen wurden nur die ersten {ROWS} Zeilen",) if len(rows) >= ROWS else ()
    return Look(path.name, kind, header, rows[:ROWS], settings, remarks)
