"""A cohort on the clock of one outcome (Beobachtung bis zum Ergebnis)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from kimeval.core.errors import DataError
from kimeval.core.results import Row
from kimeval.core.rows import both
from kimeval.core.statistics.survival import Spells, spells
from kimeval.outcomes.cohort import REACHED, Cohort
from kimeval.outcomes.declared import Outcome

FEWEST = 30
NEWLY = 1095
HALF_DAY = 0.5
MOST_BACKWARD = 0.05
BACKWARD = (
    "mehr als 5 % der Fälle enden vor ihrem Beginn; es braucht richtige Daten von Beginn und Ende"
)
Clock = Literal["intake", "arrival"]


class TooFew(DataError):
    """An outcome that the cohort cannot carry; the message is a German reason."""


@dataclass(frozen=True, repr=False)
class Followed:
    """Persons of a cohort on the clock of one outcome (Beobachtung bis zum Ergebnis).

    Attributes
    ----------
    spells : Spells
        Days; 1 is the outcome, 2 leaving.
    frame : DataFrame, shape (persons, any), indexed by person_id
        Of the cohort, in the same order.
    status, reason : str
        Of results.
    """

    spells: Spells
    frame: pd.DataFrame = field(repr=False)
    status: str
    reason: str


def follow(held: Cohort, outcome: Outcome, clock: Clock = "intake") -> Followed:
    """Put a cohort on the clock of an outcome (Beobachtung bis zum Ergebnis).

    Parameters
    ----------
    held : Cohort
    outcome : Outcome
    clock : str
        `intake`: days since the first case. `arrival`: days since arrival, of those who
        came at most `NEWLY` days before; they enter late, at their first case.

    Returns
    -------
    Followed
        Without those who could not reach it or had reached it before.

    Raises
    ------
    TooFew
        If the delivery does not tell it, fewer than `FEWEST` persons are left, nobody
        reached it, or more than `MOST_BACKWARD` end before they begin.
    """
    day = held.days[outcome.id]
    if held.lacking or isinstance(day, str):
        raise TooFew(held.lacking or str(day))
    status, reason = held.place.status, held.place.reason
    frame = _could(held, outcome)
    backward = frame["ended"] < frame["begun"]
    if backward.mean() > MOST_BACKWARD:
        raise TooFew(BACKWARD)
    if backward.any():
        status, reason = "partial", both(reason, "ohne Fälle, die vor ihrem Beginn enden")
    frame = frame[~backward]
    frame = frame.assign(reached=day.reindex(frame.index))
    frame = frame[~(frame["reached"] < frame["begun"])]
    if clock == "arrival":
        wait = (frame["begun"] - frame["arrived_on"]).dt.days
        if (wait < 0).any():
            told = "ohne Personen, deren Einreise nach der Aufnahme liegt"
            status, reason = "partial", both(reason, told)
        frame = frame[wait.between(0, NEWLY)]
    if len(frame) < FEWEST:
        raise TooFew(f"weniger als {FEWEST} Personen, die es erreichen könnten")
    hit = frame["reached"] <= frame["ended"]
    if not hit.any():
        raise TooFew("niemand hat es erreicht")
    start = frame["begun"] if clock == "intake" else frame["arrived_on"]
    entry = (frame["begun"] - start).dt.days.to_numpy(float)
    last = frame["ended"].where(~hit, frame["reached"])
    exit_ = np.maximum((last - start).dt.days.to_numpy(float), entry + HALF_DAY)
    ending = np.where(hit, REACHED, frame["how"])
    return Followed(spells(exit_, ending, entry, frame["family"]), frame, status, reason)


def refused(place: Row, which: str, reason: object, dimension: str = "outcome") -> Row:
    """An outcome that the data cannot carry, with the reason (verweigert)."""
    return replace(
        place,
        dimension=dimension,
        group=which,
        status="refused",
        reason=str(reason).rstrip("."),
        method="",
        confidence=float("nan"),
        contributors=float("nan"),
    )


def _could(held: Cohort, outcome: Outcome) -> pd.DataFrame:
    """Persons who could reach an outcome, by age and title at the beginning."""
    frame = held.frame
    age = frame["begun"].dt.year - frame["birth_year"]
    low, high = outcome.ages
    frame = frame[age.isna() | age.between(low, high).fillna(False)]
    return frame[frame["title"].isin(outcome.titles)] if outcome.titles else frame
