"""The same counts quarter by quarter (Verlauf)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.reach.counts import persons_new, persons_reached


def reach_by_quarter(dataset: Dataset, last: Quarter, quarters: int = 20) -> Results:
    """Persons reached and persons new in each quarter up to `last` (Verlauf).

    Parameters
    ----------
    dataset : Dataset
        With tables contacts, cases and clients.
    last : Quarter
        End of the series.
    quarters : int
        Its length; it begins later where the first contact lies later, since
        nothing is known of the time before.

    Returns
    -------
    Results
        An open quarter is partial and says so.
    """
    measures = (persons_reached, persons_new)
    span = known_quarters(dataset, last, quarters)
    return Results.together(measure(dataset, quarter) for measure in measures for quarter in span)


def known_quarters(dataset: Dataset, last: Quarter, quarters: int) -> list[Quarter]:
    """At most so many quarters up to `last`, none before the first contact."""
    first = dataset.table_or_empty("contacts")["contact_on"].min()
    begin = last - (quarters - 1)
    begin = begin if pd.isna(first) else max(begin, min(Quarter.of(first.date()), last))
    return list(Quarter.span(begin, last))
