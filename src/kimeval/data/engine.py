"""DuckDB with a limit on memory, and never a look at the network (Rechenkern)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import duckdb

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
