"""Rows that contradict each other, by rule and provider (Widersprüche in den Angaben)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.results import Results, Row
from kimeval.core.schema import table
from kimeval.data.contradictions import ONLY_ACTIVE, rules
from kimeval.data.ledger import Ledger, rule_texts

Held = Mapping[str, Mapping[str, int]]
DIMENSION = "table · rule · provider"
BETWEEN = " · "
DIFFERENCES = ("quarter_total_differs", "rows_said_differ")


@dataclass(frozen=True)
class Place:
    """What a row of `contradictions` is about, in German (Fundstelle).

    Attributes
    ----------
    table, rule, provider : str
        As a reader sees them.
    """

    table: str
    rule: str
    provider: str

    @classmethod
    def of(cls, group: str) -> Place:
        """From the group of a result."""
        return cls(*group.split(BETWEEN, 2))

    @property
    def group(self) -> str:
        """As the group of a result."""
        return BETWEEN.join((self.table, self.rule, self.provider))


def contradictions(ledger: Ledger, dataset: Dataset) -> Results:
    """Rows that contradict others, as a share of the rows of their table.

    Parameters
    ----------
    ledger : Ledger
        Its findings.
    dataset : Dataset
        Whose rows the shares are of.

    Returns
    -------
    Results
        One row per rule and provider whose tables allow the rule, 0 where
        nothing was found. Differences from totals that came with the data have
        no share. Exports of active cases only are told by `active_only`.
    """
    found = ledger.findings[ledger.findings["rule"] != ONLY_ACTIVE]
    keys = found[["table", "rule", "provider"]].itertuples(index=False, name=None)
    rows = dict(zip(keys, found["rows"], strict=True))
    held = {name: _rows_by_provider(frame) for name, frame in dataset.tables.items()}
    asked = dict.fromkeys([*_asked(held), *rows])
    made = (_row(key, int(rows.get(key, 0)), held, dataset) for key in asked)
    return Results.of(sorted(made, key=lambda row: row.indicator, reverse=True))


def _asked(held: Held) -> Iterator[tuple[str, str, str]]:
    """Table, rule and provider of all that was looked at."""
    for rule in rules():
        if rule.id == ONLY_ACTIVE or not rule.needs <= set(held):
            continue
        for provider in held[rule.table]:
            if all(provider in held[name] for name in rule.needs):
                yield rule.table, rule.id, provider


def _rows_by_provider(frame: pd.DataFrame) -> dict[str, int]:
    counts = frame["provider"].value_counts().sort_index()
    return {str(provider): int(rows) for provider, rows in counts.items()}


def _row(key: tuple[str, str, str], rows: int, held: Held, dataset: Dataset) -> Row:
    name, rule, provider = key
    text = rule_texts()["findings"][rule]
    difference = Row(
        "difference_from_totals",
        str(dataset.as_of),
        dataset.area.code,
        value=rows,
        dimension=DIMENSION,
        group=Place(table(name).german, text, dataset.provider_name(provider)).group,
        method="Auszählung",
    )
    if rule in DIFFERENCES:
        return difference
    delivered = held[name][provider]
    return replace(
        difference,
        indicator="share_contradicting",
        value=rows / delivered,
        numerator=rows,
        denominator=delivered,
        contributors=rows,
    )
