"""A delivery through one baseline, from its files to Parquet and a ledger (Ablauf)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd
from cleaning import clean_file
from columns import Side
from exports import read_export
from findings import Find, find
from layout import cases_layout, contacts_layout

from kimeval.data.ledger import ACCOUNTS, FINDINGS, REASONS, REPAIRS, Ledger, table_of


def ingest_with(folder: Path, out: Path, side: Side, place: Find) -> None:
    """Clean the delivery in `folder` and write tables, ledger and rows to send back to `out`."""
    profile = tomllib.loads((folder / "profiles" / "benchmark.toml").read_text(encoding="utf-8"))
    encoding = profile["file"][0]["encoding"]
    tables: dict[str, pd.DataFrame] = {}
    accounts, repairs, reasons = [], [], []
    for layout in (cases_layout(), contacts_layout()):
        path = folder / "delivery" / layout.file
        done = clean_file(read_export(path, encoding, layout.key, side.types(layout)), layout, side)
        tables |= done.tables
        accounts.append(done.account)
        repairs += done.repairs
        counted = done.aside.groupby(["reason", "column"]).size()
        for (reason, column), rows in counted.items():
            reasons.append({"file": layout.file, "column": column, "reason": reason, "rows": rows})
        done.aside.to_csv(out / f"set_aside_{layout.file}", sep=";", index=False)
    found = find(tables, place)
    accounts_table = pd.DataFrame(accounts).reindex(columns=list(ACCOUNTS)).fillna(0)
    ledger = Ledger(
        table_of(accounts_table.to_dict("records"), ACCOUNTS),
        table_of(repairs, REPAIRS),
        table_of(reasons, REASONS),
        table_of(found, FINDINGS),
    ).balanced()
    for name, frame in tables.items():
        frame.to_parquet(out / f"{name}.parquet", index=False)
    text = json.dumps(ledger.records(), ensure_ascii=False, indent=1)
    (out / "ledger.json").write_text(text, encoding="utf-8")
