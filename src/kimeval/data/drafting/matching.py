"""Columns of a file assigned to places, one to one (Zuordnung)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kimeval.data.drafting.content import Content
from kimeval.data.drafting.fits import Fit, fit, looks_like_birth
from kimeval.data.drafting.slots import Slot, best_name, every_slot, ignored_name

FLOOR, REQUIRED_FLOOR, HINT_FLOOR = 0.3, 0.2, 0.5
NAMED, CERTAIN, FOREIGN = 0.6, 0.8, 0.2
NAME_WEIGHT, CONTENT_WEIGHT, SPECIAL_WEIGHT = 0.62, 0.3, 0.08
UNNAMED, SECOND = 0.75, 0.9
OTHER_NAME = 0.5
ORDER_WEIGHT = 0.02
ENDS = ("closed_on", "valid_to", "decided_on", "ended_on", "ended_at", "placed_on", "held_on")
STAGES = {"arrived_on": 0, "period_to": 2, **dict.fromkeys(ENDS, 2)}


@dataclass(frozen=True)
class Match:
    """A column on a place (Treffer).

    Attributes
    ----------
    column : int
        Number of the column of the file.
    slot : Slot
        What it feeds.
    score : float
        0 to 1.
    name : float
        How well the name fits.
    fit : Fit
        What the cells say.
    """

    column: int
    slot: Slot
    score: float
    name: float
    fit: Fit

    @property
    def enough(self) -> bool:
        """Whether it is worth to be proposed; a required place takes a weaker match."""
        return self.score >= (REQUIRED_FLOOR if self.slot.required else FLOOR)

    @property
    def level(self) -> str:
        """How sure it is: sicher, wahrscheinlich or unsicher."""
        if self.name >= 0.95 and self.fit.share >= 0.85 and self.fit.special > 0:
            return "sicher"
        if self.name >= 0.8 and self.fit.share >= 0.6:
            return "wahrscheinlich"
        return "unsicher"


class Judge:
    """Judges columns of one file on places, each pair once (Bewertung).

    Parameters
    ----------
    contents : sequence of Content, shape (columns,)
        Of the file.
    """

    def __init__(self, contents: Sequence[Content]):
        self.contents = contents
        names = Counter(content.name for content in contents)
        single = [i for i, content in enumerate(contents) if names[content.name] == 1]
        self.free = [i for i in single if not to_ignore(contents[i])]
        self._positions = _positions(contents, self.free)
        self._judged: dict[tuple[int, Slot], Match] = {}

    def match(self, column: int, slot: Slot) -> Match:
        """A column on a place; a score of 0 where its cells rule that out."""
        if (column, slot) not in self._judged:
            position = self._positions.get(column)
            self._judged[column, slot] = _judge(column, self.contents[column], slot, position)
        return self._judged[column, slot]

    def assign(self, slots: Sequence[Slot]) -> list[Match]:
        """The assignment of columns to places with the highest sum of scores.

        Returns
        -------
        list of Match
            In the order of the file; those that are not `enough` are left out.
        """
        from scipy.optimize import linear_sum_assignment

        if not self.free:
            return []
        matches = [[self.match(i, slot) for slot in slots] for i in self.free]
        scores = np.array([[m.score if m.enough else 0.0 for m in row] for row in matches])
        order = _order(np.array(self.free), len(self.contents), slots)
        rows, places = linear_sum_assignment(scores + order * (scores > 0), maximize=True)
        chosen = [matches[row][k] for row, k in zip(rows, places, strict=True)]
        return sorted((m for m in chosen if m.enough), key=lambda m: m.column)

    def nearest(self, column: int) -> Match | None:
        """The best place of any table, for a hint on what another table would need."""
        found = [self.match(column, slot) for slot in every_slot() if slot.column]
        best = max(found, key=lambda match: match.score)
        return best if best.score >= HINT_FLOOR else None


def to_ignore(content: Content) -> bool:
    """Whether a column is never read: remarks, telephone numbers, staff; or has no name."""
    if not content.name:
        return True
    ignored = ignored_name(content.name)
    return ignored >= 0.85 and ignored >= max(s.similarity(content.name) for s in every_slot())


def _judge(column: int, content: Content, slot: Slot, position: float | None) -> Match:
    name, found = slot.similarity(content.name), fit(content, slot)
    foreign = slot.type in ("code", "bool") and found.share <= FOREIGN and name < CERTAIN
    if not found.possible or (foreign and content.filled):
        return Match(column, slot, 0.0, name, found)
    alone = found.share * found.special
    if name >= NAMED:
        score = NAME_WEIGHT * name + CONTENT_WEIGHT * found.share + SPECIAL_WEIGHT * alone
    else:
        elsewhere = max(0.0, best_name(content.name) - NAMED) / (1 - NAMED)
        score = UNNAMED * alone * (1 - OTHER_NAME * elsewhere)
        score *= SECOND if slot.second else 1.0
        if slot.type in ("date", "time"):
            score *= _timely(content, slot, position)
    return Match(column, slot, score, name, found)


def _timely(content: Content, slot: Slot, position: float | None) -> float:
    """Arrival comes first, then a beginning that is always there, then an end that may lack."""
    if position is None:
        return 1.0
    full = content.filled >= 0.98 * len(content.cells)
    end = position * (0.5 if full else 1.0)
    suits = (1 - position, 1 - abs(position - 0.5), end)[STAGES.get(slot.name, 1)]
    return 0.7 + 0.2 * suits + 0.1 * (full == slot.required)


def _positions(contents: Sequence[Content], free: Sequence[int]) -> dict[int, float]:
    """Of each column with dates: share of the others' dates that do not lie behind it."""
    days = {
        i: contents[i].days.ordinals
        for i in free
        if contents[i].days.share > 0.5 and not looks_like_birth(contents[i].days)
    }
    positions = {}
    for i, own in days.items():
        both = [(other, ~np.isnan(own) & ~np.isnan(other)) for k, other in days.items() if k != i]
        shares = [
            float((other[there] <= own[there]).mean()) for other, there in both if there.any()
        ]
        positions[i] = float(np.mean(shares)) if shares else 0.4
    return positions


def _order(columns: np.ndarray, width: int, slots: Sequence[Slot]) -> np.ndarray:
    """A hair for the same order, shape (columns, slots): exports mostly keep it.

    The number of a row mostly stands first.
    """
    here = columns[:, None] / max(1, width - 1)
    there = np.arange(len(slots))[None, :] / max(1, len(slots) - 1)
    keys = np.array([slot.key for slot in slots])[None, :]
    return ORDER_WEIGHT * (1 - (here - there) ** 2 + keys * (columns[:, None] == 0))
