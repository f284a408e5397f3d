"""kimeval's own ingest, from the files of a delivery to Parquet and a ledger."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from kimeval.data.deliveries import read_delivery
from kimeval.data.ingest import IN_MEMORY
from kimeval.data.ingest import ingest as kimeval_ingest
from kimeval.data.stores import write_table


def ingest(folder: Path, out: Path, in_memory: int = IN_MEMORY) -> None:
    """Clean a delivery with kimeval; files of more bytes than `in_memory` go through DuckDB."""
    spill = out / "spill"
    done = kimeval_ingest(
        read_delivery(folder / "delivery"), folder / "profiles", spill=spill, in_memory=in_memory
    )
    for name, table in done.tables.items():
        write_table(name, table, out / f"{name}.parquet")
    shutil.rmtree(spill, ignore_errors=True)
    for name, rows in done.set_aside.items():
        rows.to_csv(out / f"set_aside_{name}", sep=";", index=False)
    text = json.dumps(done.ledger.records(), ensure_ascii=False, indent=1)
    (out / "ledger.json").write_text(text, encoding="utf-8")
