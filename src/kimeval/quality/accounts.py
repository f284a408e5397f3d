"""The ledger and the completeness of tables as results (Datenqualität)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.results import Results, Row
from kimeval.core.schema import ADDED, table
from kimeval.data.ledger import Ledger, rule_texts

ROWS = ("rows_in", "rows_kept", "rows_merged", "rows_set_aside")
LINES = {
    "lines_read": ["lines"],
    "lines_around": ["header", "comment", "blank", "footer"],
    "lines_of_totals": ["total"],
    "lines_hidden": ["hidden"],
    "rows_in": ["rows_in"],
}
REMARKS = ("mojibake", "attributes_differ", "family_row")


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


def lines_by_file(ledger: Ledger, dataset: Dataset) -> Results:
    """Lines of each file and in total, of which some are no rows (Zeilen ohne Daten).

    Returns
    -------
    Results
        Five rows per file and five totals; those around the table, of totals,
        hidden ones and rows delivered add up to the lines read.
    """
    accounts = ledger.accounts
    counts = pd.DataFrame({name: accounts[kinds].sum(axis=1) for name, kinds in LINES.items()})
    rows = [
        _row(name, dataset, entry[name], "file", file)
        for file, entry in zip(accounts["file"], counts.to_dict("records"), strict=True)
        for name in LINES
    ]
    return Results.of([*rows, *(_row(name, dataset, counts[name].sum()) for name in LINES)])


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
    mended = ledger.repairs[~ledger.repairs["rule"].isin(REMARKS)]
    return _by_rule("cells_mended", mended, dataset)


def remarks(ledger: Ledger, dataset: Dataset) -> Results:
    """What was noticed and is no repair of one cell's form, by rule (Hinweise).

    Text whose umlauts look broken is kept as it is; rows of further persons of
    a case are kept with the case; of two rows on a person the last one holds.
    """
    noticed = ledger.repairs[ledger.repairs["rule"].isin(REMARKS)]
    return _by_rule("remarks", noticed, dataset)


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


def _by_rule(name: str, found: pd.DataFrame, dataset: Dataset) -> Results:
    texts = rule_texts()["repairs"]
    counts = _most_frequent_first(found.groupby("rule")["cells"].sum())
    parts = [_row(name, dataset, n, "rule", texts[rule]) for rule, n in counts.items()]
    return Results.of([*parts, _row(name, dataset, counts.sum())])


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
