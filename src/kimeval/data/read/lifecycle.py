"""Start and end of an activity as one event with both times (Lebenszyklus)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

Row: TypeAlias = dict[str, str]
TRANSITION, TIME, ENDED = "lifecycle:transition", "time:timestamp", "time:complete"
WHAT = ("concept:name", "concept:instance")
BEGINS, ENDS = "start", "complete"
ENDINGS = frozenset({ENDS, "ate_abort", "pi_abort"})
BETWEEN = frozenset({"schedule", "assign", "reassign", "suspend", "resume"})


class Event(NamedTuple):
    """One event of a log (Ereignis).

    Attributes
    ----------
    number : int
        Which one of its file, from 1.
    cells : dict of str to str
        Its attributes and those of its case.
    """

    number: int
    cells: Row


def transition_of(cells: Row) -> str:
    """Transition of an event in small letters; logs write it in both."""
    return cells.get(TRANSITION, "").strip().lower()


def joined(events: Sequence[Event]) -> list[Event]:
    """Events of one case, of which a start and its end are one (Zusammenführen).

    Parameters
    ----------
    events : sequence of Event
        Of one case, in the order of the file.

    Returns
    -------
    list of Event
        An end belongs to the earliest start of the same activity, and instance where
        that is told, that is still open. Both are the start's event: `time:complete`
        is the time of the end, attributes that the start lacks are the end's, and the
        transition is how it ended. A start or an end without the other stays as it is.
        What lies between (such as `suspend`) goes if the activity has either.

    References
    ----------
    IEEE 1849-2016, lifecycle extension: the transactional model of an activity.
    """
    waiting: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    kept = dict(enumerate(events))
    known = {_what(event) for event in events if transition_of(event.cells) in {BEGINS, *ENDINGS}}
    for place in sorted(kept, key=lambda place: _moment(events[place])):
        event = events[place]
        what, transition = _what(event), transition_of(event.cells)
        if transition == BEGINS:
            waiting[what].append(place)
        elif transition in ENDINGS and waiting[what]:
            first = waiting[what].popleft()
            kept[first] = _together(events[first], event)
            del kept[place]
        elif transition in BETWEEN and what in known:
            del kept[place]
    return list(kept.values())


def _what(event: Event) -> tuple[str, ...]:
    return tuple(event.cells.get(key, "") for key in WHAT)


def _moment(event: Event) -> tuple[str, bool]:
    """Sorting key: of two events at one time the start comes first."""
    return event.cells.get(TIME, ""), transition_of(event.cells) != BEGINS


def _together(first: Event, last: Event) -> Event:
    cells = last.cells | {key: text for key, text in first.cells.items() if text}
    ended = {ENDED: last.cells.get(TIME, ""), TRANSITION: last.cells[TRANSITION]}
    return Event(first.number, cells | ended)
