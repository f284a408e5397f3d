"""From the text of a file to tables and accounts, for both baselines (Bereinigung).

The baselines differ in a `Side` only: on what texts the rules work, how repeated
rows are found, and how identifiers are hashed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from columns import Column, Side
from exports import SEPARATOR, Export
from fates import Fates, decide
from layout import PROVIDER, Layout
from rules import nearest_label

from kimeval.core import schema
from kimeval.data.pseudonyms import SAMPLE_KEY

DIGEST = 10


@dataclass(frozen=True)
class Cleaned:
    """What a file gave (bereinigte Datei)."""

    tables: dict[str, pd.DataFrame] = field(repr=False)
    account: dict[str, object]
    repairs: list[dict[str, object]]
    aside: pd.DataFrame = field(repr=False)


def clean_file(export: Export, layout: Layout, side: Side) -> Cleaned:
    """Clean one file: tables, its account, and rows to send back."""
    read = {
        name: side.read(export.cells[name], layout.reader(name), name in layout.distinct)
        for name in layout.mapped
    }
    fates = decide(export, layout, read, side)
    tables, replaced = _tables(layout, read, fates.kept, side)
    repairs = _repairs(export, layout, read)
    for name, rows in replaced.items():
        repairs.append((schema.table(name).german, "attributes_differ", rows))
    made = [
        {"file": export.name, "column": column, "rule": rule, "cells": cells}
        for column, rule, cells in repairs
        if cells
    ]
    aside = _aside(export, layout, fates)
    return Cleaned(tables, _account(export, layout, fates), made, aside)


def _tables(
    layout: Layout, read: dict[str, Column], kept: np.ndarray, side: Side
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Canonical tables of the kept rows, and how many rows a later one replaced."""
    taken: dict[str, pd.Series] = {}
    for columns in layout.tables.values():
        for canonical, source in columns.items():
            if canonical in schema.identifiers():
                taken[source] = taken.get(
                    source, side.hashed(read[source], kept, hasher(canonical))
                )
            else:
                taken[source] = read[source].take(kept)
    *others, last = layout.tables
    tables = {
        name: pd.DataFrame({canonical: taken[source] for canonical, source in columns.items()})
        for name, columns in layout.tables.items()
    }
    replaced = {}
    for name in others:
        frame = tables[name]
        key = list(schema.table(name).key)
        distinct = frame.drop_duplicates(keep="last")
        tables[name] = distinct.drop_duplicates(key, keep="last")
        replaced[name] = len(distinct) - len(tables[name])
    tables[last] = tables[last].assign(**layout.constants)
    return {name: _shaped(name, frame, layout) for name, frame in tables.items()}, replaced


def hasher(canonical: str) -> Callable[[str], str]:
    """HMAC of one text, as `kimeval.data.pseudonyms.pseudonym` makes it, without detours."""
    prefix = b"".join(b"%d:%b" % (len(p), p) for p in (PROVIDER.encode(), canonical.encode()))

    def hashed(text: str) -> str:
        raw = text.encode()
        message = prefix + b"%d:" % len(raw) + raw
        return hmac.digest(SAMPLE_KEY, message, "sha256")[:DIGEST].hex()

    return hashed


def _shaped(name: str, frame: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """All declared columns in their order and type."""
    frame = frame.assign(provider=PROVIDER, source=layout.file)
    if name == "clients":
        frame["person_id"] = frame["client_id"]
    types = {column.name: column.dtype for column in schema.table(name).columns.values()}
    types |= dict.fromkeys(schema.ADDED, "str")
    return frame.reindex(columns=list(types)).astype(types)


def _repairs(export: Export, layout: Layout, read: dict[str, Column]) -> list[tuple[str, str, int]]:
    found = [("", "trailing_cells", export.trimmed)]
    german = _german(layout)
    for source, column in read.items():
        for rule, mask in column.read.rules.items():
            found.append((german[source], rule, column.cells(mask)))
    return found


def _german(layout: Layout) -> dict[str, str]:
    """Column of the file -> German name of what it feeds."""
    return {
        source: schema.table(name).column(canonical).german
        for name, columns in layout.tables.items()
        for canonical, source in columns.items()
    }


def _account(export: Export, layout: Layout, fates: Fates) -> dict[str, object]:
    aside = int((fates.why > 0).sum()) + len(export.uneven)
    return {
        "file": export.name,
        "title": layout.title,
        "provider": PROVIDER,
        "unit": "person",
        "only_active": False,
        "lines": export.rows + export.skipped.total(),
        **export.skipped,
        "rows_in": export.rows,
        "rows_kept": len(fates.kept),
        "rows_merged": int(fates.merged.sum()),
        "rows_set_aside": aside,
    }


def _aside(export: Export, layout: Layout, fates: Fates) -> pd.DataFrame:
    """Rows to send back: line, reason, column, hint and text as delivered."""
    places = np.flatnonzero(fates.why)
    named = [fates.reasons[number - 1] for number in fates.why[places]]
    cells = export.cells.iloc[places].astype("str")
    rows = pd.DataFrame(
        {
            "line": export.lines[places],
            "reason": [reason for reason, _ in named],
            "column": [column for _, column in named],
            "hint": "",
            "text": [SEPARATOR.join(row) for row in cells.itertuples(index=False)],
        }
    )
    for source, name in layout.codes.items():
        german = _german(layout)[source]
        mine = (rows["reason"] == "code_unknown") & (rows["column"] == german)
        texts = cells[source].reset_index(drop=True)[mine]
        near = {text: nearest_label(text, name) for text in texts.unique()}
        rows.loc[mine, "hint"] = texts.map(near)
    uneven = pd.DataFrame(export.uneven, columns=["line", "reason", "text"])
    return pd.concat([rows, uneven.assign(column="", hint="")], ignore_index=True).sort_values(
        "line"
    )
