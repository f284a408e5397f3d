"""The ledger of one kind of file, from the fates of its rows (Konten)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.columns import ReadColumn
from kimeval.data.fates import KEPT, MERGED, SET_ASIDE, Fates
from kimeval.data.ledger import ACCOUNTS, REASONS, REPAIRS, SKIPPED, Ledger, table_of
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.read import RawFile


def account(
    raws: Sequence[RawFile],
    spec: FileSpec,
    profile: Profile,
    files: np.ndarray,
    fates: Fates,
    read: dict[str, dict[str, ReadColumn]],
    differing: dict[str, np.ndarray],
    aside: dict[str, pd.DataFrame],
) -> Ledger:
    """Count what became of every row and cell.

    Parameters
    ----------
    raws : sequence of RawFile
        The files; `files` says which one each row came from.
    spec, profile : FileSpec, Profile
        For titles and provider.
    files : ndarray of int, shape (rows,)
        Number of the file.
    fates : Fates
        Of the rows.
    read : dict by canonical table and column
        With the repairs made.
    differing : dict by canonical table
        Rows whose attributes a later row replaced.
    aside : dict by file
        Rows set aside.

    Returns
    -------
    Ledger
    """
    return Ledger(
        _accounts(raws, spec, profile, files, fates),
        _repairs(raws, read, files, differing),
        _reasons(aside),
    )


def rows_set_aside(
    raws: Sequence[RawFile], files: np.ndarray, fates: Fates
) -> dict[str, pd.DataFrame]:
    """Rows to send back: line, reason, column and text as delivered, by file.

    They hold personal data and go to the provider only.
    """
    aside = {}
    for number, raw in enumerate(raws):
        mine = files == number
        chosen = fates.fate[mine] == SET_ASIDE
        rows = pd.DataFrame(
            {
                "line": raw.lines[chosen].to_numpy(),
                "reason": fates.reason[mine][chosen],
                "column": fates.column[mine][chosen],
                "text": [";".join(row) for row in raw.cells[chosen].itertuples(index=False)],
            }
        )
        uneven = raw.uneven.assign(column="")
        aside[raw.name] = pd.concat([rows, uneven], ignore_index=True).sort_values("line")
    return aside


def _accounts(
    raws: Sequence[RawFile],
    spec: FileSpec,
    profile: Profile,
    files: np.ndarray,
    fates: Fates,
) -> pd.DataFrame:
    rows = []
    for number, raw in enumerate(raws):
        mine = fates.fate[files == number]
        rows.append(
            {
                "file": raw.name,
                "title": spec.title,
                "provider": profile.provider,
                "unit": spec.unit,
                "only_active": spec.only_active,
                "lines": raw.records,
                **{kind: raw.skipped.get(kind, 0) for kind in SKIPPED},
                "rows_in": raw.rows,
                "rows_kept": int((mine == KEPT).sum()),
                "rows_merged": int((mine == MERGED).sum()),
                "rows_set_aside": int((mine == SET_ASIDE).sum()) + len(raw.uneven),
            }
        )
    return table_of(rows, ACCOUNTS)


def _repairs(
    raws: Sequence[RawFile],
    read: dict[str, dict[str, ReadColumn]],
    files: np.ndarray,
    differing: dict[str, np.ndarray],
) -> pd.DataFrame:
    records = [_repair(raw, "", "trailing_cells", raw.trimmed) for raw in raws]
    sources = {
        column.source: (schema.table(table).column(canonical).german, column)
        for table, columns in read.items()
        for canonical, column in columns.items()
    }
    for german, column in sources.values():
        for number, raw in enumerate(raws):
            counts = np.bincount(column.codes[files == number], minlength=len(column.rules))
            for rules, cells in zip(column.rules, counts, strict=True):
                records += [_repair(raw, german, rule, cells) for rule in rules]
    for table, rows in differing.items():
        for number, raw in enumerate(raws):
            cells = np.sum(files[rows] == number)
            records.append(_repair(raw, schema.table(table).german, "attributes_differ", cells))
    made = table_of([record for record in records if record["cells"]], REPAIRS)
    return made.groupby(["file", "column", "rule"], as_index=False, sort=False).sum()


def _repair(raw: RawFile, column: str, rule: str, cells: int) -> dict[str, object]:
    return {"file": raw.name, "column": column, "rule": rule, "cells": int(cells)}


def _reasons(aside: dict[str, pd.DataFrame]) -> pd.DataFrame:
    counted = [
        {"file": name, "column": column, "reason": reason, "rows": len(rows)}
        for name, frame in aside.items()
        for (reason, column), rows in frame.groupby(["reason", "column"])
    ]
    return table_of(counted, REASONS)
