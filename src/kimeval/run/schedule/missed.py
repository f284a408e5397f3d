"""Quarters that a run by the clock has missed (versäumte Quartale).

A machine may have been off, or an area may have failed. What is published already is
left as it is: a later delivery revises an earlier quarter only when a person says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kimeval.core.area import Area, areas
from kimeval.core.errors import KimevalError, MissingFileError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.run.publish import linked_version
from kimeval.run.summary import FAILED, NO_DELIVERY, UNCHANGED, AreaResult, read_summary

FURTHEST = 8


@dataclass(frozen=True)
class Missed:
    """A quarter that was missed (versäumtes Quartal).

    Attributes
    ----------
    quarter : Quarter
        Finished.
    areas : tuple of str
        Codes of those whose delivery reaches it and that have nothing published.
    """

    quarter: Quarter
    areas: tuple[str, ...]


def missed(project: Project, newest: Quarter) -> list[Missed]:
    """Quarters before the newest one that are to be caught up, oldest first.

    An area is caught up from the quarter after its last published one; one that has
    published nothing yet, from the quarter after the last in which any area has.
    Where nothing was ever published there is nothing to catch up.

    Parameters
    ----------
    project : Project
        Where deliveries and outputs lie.
    newest : Quarter
        Is run in any case and not part of the answer.

    Returns
    -------
    list of Missed
        Within the `FURTHEST` quarters that end with the newest.
    """
    window = Quarter.span(newest - (FURTHEST - 1), newest - 1)
    last = {code: _last_published(project.outputs, code, window) for code in areas()}
    if not (known := [quarter for quarter in last.values() if quarter]):
        return []
    spans = {
        code: Quarter.span((last[code] or max(known)) + 1, reached)
        for code, place in areas().items()
        if (reached := _reached(project, place, window[-1]))
    }
    found = [Missed(q, tuple(code for code in spans if q in spans[code])) for q in window]
    return [one for one in found if one.areas]


def kept(
    outputs: Path, quarter: Quarter, before: Mapping[str, AreaResult], turn: Collection[str]
) -> dict[str, AreaResult]:
    """What a quarter's summary says of areas that are not caught up: what it said before.

    Parameters
    ----------
    outputs : Path
        Of the project.
    quarter : Quarter
        Caught up.
    before : mapping of str to AreaResult
        All areas as a run over all begins with them.
    turn : collection of str
        Codes of the areas whose turn it is; empty means all, and nothing is kept.
    """
    if not turn:
        return dict(before)
    try:
        held = {result.area: result for result in read_summary(outputs, quarter).areas}
    except MissingFileError:
        held = {}
    return {code: one if code in turn else _still(one, held) for code, one in before.items()}


def _still(now: AreaResult, held: Mapping[str, AreaResult]) -> AreaResult:
    if now.version:
        return replace(now, status=UNCHANGED)
    old = held.get(now.area)
    return old if old and old.status == FAILED else replace(now, status=NO_DELIVERY)


def _last_published(outputs: Path, code: str, window: Sequence[Quarter]) -> Quarter | None:
    """The last quarter of some of which an area has published something."""
    found = (quarter for quarter in window if linked_version(outputs, str(quarter), code))
    return max(found, default=None)


def _reached(project: Project, place: Area, last: Quarter) -> Quarter | None:
    """The last quarter, up to a given one, that an area's newest delivery reaches.

    A delivery that cannot be read counts as one that reaches any: its run says why.
    """
    from kimeval.data.deliveries import has_delivery, newest_delivery

    if not has_delivery(project, place):
        return None
    try:
        return min(last, Quarter.of(newest_delivery(project, place).as_of))
    except KimevalError:
        return last
