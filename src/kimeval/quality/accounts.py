"""The ledger and the completeness of tables as results (Datenqualität)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.results import Results, Row
from kimeval.core.schema import ADDED, table
from kimeval.data.ledger import Ledger, rule_texts

ROWS = ("rows_in", "rows_kept", "rows_merged", "rows_set_aside")


def rows_by_file(ledger: Ledger, dataset: Dataset) -> Results:
    """Rows delivered, kept, merged and set aside, by file and in total.

    Returns
    -------
    Results
        Four rows per file and four totals; kept, merged and set aside add up
        to delivered.
    """
    accounts = ledger.accounts
    rows = [
        _row(name, dataset, entry[name], "file", entry["file"])
        for entry in accounts.to_dict("records")
        for name in ROWS
    ]
    return Results.of([*rows, *(_row(name, dataset, accounts[name].sum()) for name in ROWS)])


def set_aside(ledger: Ledger, dataset: Dataset) -> Results:
    """Rows set aside by reason, most frequent first (zurückgestellte Zeilen)."""
    texts = rule_texts()["reasons"]
    counts = _most_frequent_first(ledger.reasons.groupby("reason")["rows"].sum())
    total = _row("rows_set_aside", dataset, counts.sum())
    parts = [
        _row("rows_set_aside", dataset, rows, "reason", texts[reason])
        for reason, rows in counts.items()
    ]
    return Results.of([*parts, total])


def repairs(ledger: Ledger, dataset: Dataset) -> Results:
    """Cells mended by rule, most frequent first (berichtigte Angaben)."""
    texts = rule_texts()["repairs"]
    counts = _most_frequent_first(ledger.repairs.groupby("rule")["cells"].sum())
    total = _row("cells_mended", dataset, counts.sum())
    parts = [
        _row("cells_mended", dataset, cells, "rule", texts[rule]) for rule, cells in counts.items()
    ]
    return Results.of([*parts, total])


def completeness(dataset: Dataset, name: str) -> Results:
    """Share of rows without a value, by column of a canonical table.

    Parameters
    ----------
    dataset : Dataset
        With or without the table.
    name : str
        Canonical table; its columns stand with their German names. Columns
        that must be filled are left out, since rows without them are set
        aside.

    Returns
    -------
    Results
        No row where the table is empty or missing.
    """
    rows = dataset.table_or_empty(name)
    declared = [c for c in table(name).columns.values() if not c.required and c.name not in ADDED]
    if rows.empty:
        return Results.of([])
    return Results.of(
        Row(
            "share_missing",
            str(dataset.as_of),
            dataset.area.code,
            value=float(rows[column.name].isna().mean()),
            numerator=float(rows[column.name].isna().sum()),
            denominator=len(rows),
            dimension="column",
            group=column.german,
            method="Auszählung",
        )
        for column in declared
    )


def _most_frequent_first(counts: pd.Series) -> pd.Series:
    return counts.sort_values(ascending=False, kind="stable")


def _row(name: str, dataset: Dataset, count: object, dimension: str = "", group: str = "") -> Row:
    return Row(
        name,
        str(dataset.as_of),
        dataset.area.code,
        value=float(pd.to_numeric(count)),
        dimension=dimension,
        group=group,
        method="Auszählung",
    )
