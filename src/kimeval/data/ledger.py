"""The ledger: what became of every row and every mended cell (Kontenbuch).

For each file, rows in = rows kept + rows merged + rows set aside. An imbalance
is a defect of kimeval and stops the work.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd

from kimeval.core.errors import LedgerError

FILE = Path(__file__).with_name("rules.toml")
SKIPPED = ["comment", "header", "blank", "footer", "total", "hidden"]
ACCOUNTS = {
    "file": "str",
    "title": "str",
    "provider": "str",
    "unit": "str",
    "only_active": "bool",
    **dict.fromkeys(["lines", *SKIPPED], "int64"),
    **dict.fromkeys(["rows_in", "rows_kept", "rows_merged", "rows_set_aside"], "int64"),
}
REPAIRS = {"file": "str", "column": "str", "rule": "str", "cells": "int64"}
REASONS = {"file": "str", "column": "str", "reason": "str", "rows": "int64"}
FINDINGS = {"provider": "str", "table": "str", "rule": "str", "rows": "int64"}
LINKED = {"provider": "str", "other": "str", "persons": "int64"}
DOUBTFUL = {"provider": "str", "other": "str", "pairs": "int64"}
TABLES = {
    "accounts": ACCOUNTS,
    "repairs": REPAIRS,
    "reasons": REASONS,
    "findings": FINDINGS,
    "linked": LINKED,
    "doubtful": DOUBTFUL,
}


@dataclass(frozen=True)
class Ledger:
    """What became of a delivery (Kontenbuch). Holds counts, no values.

    Attributes
    ----------
    accounts : DataFrame, one row per file
        Columns of `ACCOUNTS`. `lines` counts records of the file, of which
        those in `SKIPPED` are no rows.
    repairs : DataFrame
        Cells mended, by file, column and rule.
    reasons : DataFrame
        Rows set aside, by file, column and reason.
    findings : DataFrame
        Contradictions in rows that were kept, by provider, table and rule.
    linked : DataFrame
        Persons found in the files of two providers.
    doubtful : DataFrame
        Pairs of records that wait for a decision, by provider.
    """

    accounts: pd.DataFrame = field(default_factory=lambda: _typed([], ACCOUNTS))
    repairs: pd.DataFrame = field(default_factory=lambda: _typed([], REPAIRS))
    reasons: pd.DataFrame = field(default_factory=lambda: _typed([], REASONS))
    findings: pd.DataFrame = field(default_factory=lambda: _typed([], FINDINGS))
    linked: pd.DataFrame = field(default_factory=lambda: _typed([], LINKED))
    doubtful: pd.DataFrame = field(default_factory=lambda: _typed([], DOUBTFUL))

    @classmethod
    def together(cls, parts: Iterable[Ledger]) -> Ledger:
        """Several ledgers as one."""
        parts = list(parts)
        return cls(
            **{name: _typed([getattr(p, name) for p in parts], of) for name, of in TABLES.items()}
        )

    @classmethod
    def from_records(cls, records: dict[str, list[dict]]) -> Ledger:
        """The ledger that `records` was made from."""
        return cls(**{name: table_of(records.get(name, []), of) for name, of in TABLES.items()})

    def records(self) -> dict[str, list[dict]]:
        """Plain lists, to be written as JSON."""
        return {name: getattr(self, name).to_dict("records") for name in TABLES}

    def extended(self, **tables: pd.DataFrame) -> Ledger:
        """The ledger with some of its tables replaced."""
        return replace(self, **tables)

    def balanced(self) -> Ledger:
        """Return the ledger itself if nothing was lost.

        Raises
        ------
        LedgerError
            If a file's rows or lines do not add up, or the reasons do not
            account for the rows set aside.
        """
        a = self.accounts
        rows = a["rows_kept"] + a["rows_merged"] + a["rows_set_aside"]
        lines = a[SKIPPED].sum(axis=1) + a["rows_in"]
        reasons = a["file"].map(self.reasons.groupby("file")["rows"].sum()).fillna(0)
        wrong = (rows != a["rows_in"]) | (lines != a["lines"]) | (reasons != a["rows_set_aside"])
        if wrong.any():
            files = ", ".join(a.loc[wrong, "file"])
            raise LedgerError(
                f"Rows in must equal rows kept, merged and set aside; they do not in {files}. "
                f"This is a defect of kimeval: nothing was stored, please report it."
            )
        return self


@cache
def rule_texts() -> dict[str, dict[str, str]]:
    """German texts of repairs and reasons by id."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def table_of(records: Iterable[dict], columns: dict[str, str]) -> pd.DataFrame:
    """A ledger table from records."""
    return _typed([pd.DataFrame(list(records), columns=list(columns))], columns)


def _typed(frames: Iterable[pd.DataFrame], columns: dict[str, str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    together = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=[*columns])
    return together[list(columns)].astype(columns)
