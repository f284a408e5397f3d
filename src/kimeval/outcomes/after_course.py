"""Work after a language course, with the time before it counted as such (nach Sprachkurs)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.rows import both
from kimeval.core.statistics.survival import cox, split_at_treatment
from kimeval.core.statistics.survival.treatment import FEWEST
from kimeval.outcomes.classes import CROSS
from kimeval.outcomes.cohort import Cohort, cohort
from kimeval.outcomes.declared import Outcome, outcome
from kimeval.outcomes.follow import TooFew, follow, refused
from kimeval.outcomes.groups import ratio_row

AFTER = "outcome_ratio_after_course"
BY_COURSE = f"outcome{CROSS}course"
FIRST_DAY = (
    "alle sind vom ersten Tag an im Kurs; zum Vergleich braucht es Personen, die später oder "
    "nie beginnen"
)
FEW = f"weniger als {FEWEST} Personen mit oder ohne Zeit im Kurs"
TOO_LATE = "ein Kurs nach dem Ergebnis zählt nicht"


def after_course(
    dataset: Dataset,
    quarter: Quarter,
    which: tuple[str, ...] = ("work", "training"),
    treatment: str = "language_course",
    level: float = 0.95,
    held: Cohort | None = None,
) -> Results:
    """How much faster an outcome is reached from a course on (zeitabhängiges Merkmal).

    Parameters
    ----------
    dataset : Dataset
        With tables cases, clients and placements.
    quarter : Quarter
        Of the report; persons as by `reached`.
    which : tuple of str
        Outcomes.
    treatment : str
        The outcome whose first day divides a person's time.
    level : float
    held : Cohort, optional
        As `cohort` made it.

    Returns
    -------
    Results
        Ratio of hazards with a course begun to without. Time before the course counts as
        time without it (no immortal time), and a course after the outcome does not count.
        Who takes a course differs from who does not; it is no effect.
    """
    held = held or cohort(dataset, quarter)
    rows = []
    for target in map(outcome, which):
        place = replace(held.place, indicator=AFTER, confidence=level)
        try:
            rows.append(_ratio(place, held, target, outcome(treatment), level))
        except TooFew as found:
            rows.append(refused(place, target.german, found, BY_COURSE))
    return Results.of(rows)


def _ratio(place: Row, people: Cohort, target: Outcome, treatment: Outcome, level: float) -> Row:
    followed = follow(people, target)
    frame, held = followed.frame, followed.spells
    days = people.days[treatment.id]
    if isinstance(days, str):
        raise TooFew(days)
    begins = days.reindex(frame.index)
    begun = (begins - frame["begun"]).dt.days.to_numpy(float)
    late = bool(np.any((begun > held.exit) & (held.ending == 1)))
    inside = begun < held.exit
    if np.all(begun <= held.entry):
        raise TooFew(FIRST_DAY)
    if min(inside.sum(), (~(begun <= held.entry)).sum()) < FEWEST:
        raise TooFew(FEW)
    split = split_at_treatment(held, begun, "untreated")
    model = cox(split.rows, split.treated.astype(float), level=level)
    events = split.rows.ending == 1
    few = min(int(events[split.treated].sum()), int(events[~split.treated].sum()))
    told = TOO_LATE if late else ""
    row = replace(
        place,
        dimension=BY_COURSE,
        group=f"{target.german}{CROSS}nach gegen vor {treatment.german}",
        method="Cox mit Zeit vor und nach Kursbeginn, Familien als Klumpen",
        contributors=few,
        status="partial" if told else followed.status,
        reason=both(followed.reason, told),
    )
    return ratio_row(row, model, 0)
