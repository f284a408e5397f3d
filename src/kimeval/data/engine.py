"""DuckDB with a limit on memory, and never a look at the network (Rechenkern)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

MEMORY = "1GiB"
BEYOND = "2GiB"
VARIABLE = "KIMEVAL_MEMORY"


def connect(spill: Path | None = None, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """An engine of its own, in memory (eigene Verbindung).

    Parameters
    ----------
    spill : Path, optional
        Folder for what exceeds the limit. Without one nothing ever reaches a
        disk, and work that exceeds the limit fails.
    memory : str, optional
        Limit, such as `2GiB`; 1 GiB by default. KIMEVAL_MEMORY overrides it.

    Returns
    -------
    DuckDBPyConnection
    """
    engine = duckdb.connect(
        config={
            "memory_limit": os.environ.get(VARIABLE) or memory or MEMORY,
            "temp_directory": str(spill) if spill else "",
            "threads": max(1, os.cpu_count() or 1),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    with suppress(duckdb.Error):  # In a notebook without widgets there is none to switch off.
        engine.execute("SET enable_progress_bar = false")
    return engine


def source_of(engine: duckdb.DuckDBPyConnection, name: str, held: pa.Table | Dataset) -> str:
    """What stands after FROM for a table in memory, or for files that the engine reads itself.

    Parameters
    ----------
    engine : DuckDBPyConnection
        A table in memory is registered there.
    name : str
        As what.
    held : Table or Dataset
        Through a Dataset, Arrow would read ahead beside the engine's limit.

    Returns
    -------
    str
    """
    from pyarrow.dataset import FileSystemDataset, ParquetFileFormat

    if isinstance(held, FileSystemDataset) and isinstance(held.format, ParquetFileFormat):
        return parquet(held.files)
    engine.register(name, held)
    return '"' + name.replace('"', '""') + '"'


def parquet(paths: Sequence[str | Path]) -> str:
    """Parquet files, at least one, as what stands after FROM."""
    return f"read_parquet([{', '.join(text(escape(str(path))) for path in paths)}])"


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"
