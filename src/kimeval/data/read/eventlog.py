"""Event logs in XES: one row per event (Ereignisprotokolle)."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element

import numpy as np

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.foreign import guarded_each
from kimeval.data.read.header import find_header, unique
from kimeval.data.read.lifecycle import BEGINS, ENDED, ENDS, Event, Row, joined, transition_of
from kimeval.data.read.lines import table_of_rows
from kimeval.data.read.markup import ForbiddenMarkup, Source, elements
from kimeval.data.read.part import Part, no_uneven
from kimeval.data.read.typed import decimal_of, local_time, text_of

AT_ONCE = 100_000
CASE = "case:"
STANDARD = ("org:resource", "org:role", "org:group", "lifecycle:transition", ENDED)
VALUES = {"string", "date", "int", "float", "boolean", "id"}
NESTED = {"list", "container"}
PACKED = b"\x1f\x8b"
MOST_RATIO = 200
NO_BOMB = 16 * 1024**2


def read_eventlog(path: Path, spec: FileSpec) -> Iterator[Part]:
    """Read an event log (Ereignisprotokoll), `.xes` or `.xes.gz`.

    Parameters
    ----------
    path : Path
        Of the file.
    spec : FileSpec
        The columns that must be there, the decimal sign, and what a row is.

    Yields
    ------
    Part
        At least one. A row is an event: attributes of its case as `case:concept:name`,
        its own as `concept:name`, in the order in which they appear; `STANDARD`
        attributes have a column even if no event has them. Missing is "". Points in
        time are clock time in Berlin. The number of a row is that of the event. In a log
        of starts and ends both are one row (`lifecycle.joined`) unless the profile wants
        each. The first part notes how many attributes within or beside others, and how
        many cases without events, could not become cells.

    Raises
    ------
    FormatError
        If it is no XES, is damaged, declares a document type, has no event, or none
        with an attribute that is needed, such as a time.
    """
    damaged = (
        f"'{path.name}' cannot be read as an event log (XES): it is damaged or not complete. "
        f"Ask for it to be delivered again."
    )
    found: dict[str, None] = {}
    first = Events(path, decimal_of(spec))
    for event in guarded_each(damaged, first.events()):
        if not event.cells.keys() <= found.keys():
            found.update(dict.fromkeys(event.cells))
    if not found:
        raise FormatError(f"The file '{path.name}' is empty. Ask for it to be delivered again.")
    columns = list(dict.fromkeys([*found, *STANDARD]))
    find_header([(1, columns)], spec, path.name)
    both = first.transitions >= {BEGINS, ENDS} and spec.lifecycle == "joined"
    log = Events(path, first.decimal, both)
    again, notes = guarded_each(damaged, log.events()), tuple(first.notes)
    while several := list(islice(again, AT_ONCE)):
        rows = ([event.cells.get(column, "") for column in columns] for event in several)
        cells = table_of_rows(list(rows), unique(columns))
        lines = np.array([event.number for event in several], np.int64)
        gone, log.gone, records = log.gone, 0, len(several) + log.gone
        yield Part(cells, lines, no_uneven(), {}, records, notes=notes, joined=gone)
        notes = ()


@dataclass
class Events:
    """The events of one file (Ereignisse).

    Attributes
    ----------
    path : Path
        Of the file.
    decimal : str
        Sign before decimal places.
    both : bool
        A start and its end are one event.
    seen : int
        Events of the file so far.
    gone : int
        Events that became one with another.
    left : int
        Attributes that became no cell: nested, repeated or without a key.
    idle : int
        Cases without an event.
    transitions : set of str
        What an event can be of an activity: its start, its end.
    """

    path: Path
    decimal: str
    both: bool = False
    seen: int = 0
    gone: int = 0
    left: int = 0
    idle: int = 0
    transitions: set[str] = field(default_factory=set)

    @property
    def notes(self) -> list[str]:
        """What could not become cells or rows, in German."""
        told = ((self.left, "Angaben in oder neben anderen"), (self.idle, "Fälle ohne Ereignis"))
        return [f"nicht gelesen: {number} {what}" for number, what in told if number]

    def events(self) -> Iterator[Event]:
        """Each event with the attributes of its case, in order of the file."""
        declared = False
        with opened_log(self.path) as source:
            try:
                yield from self._events(source)
            except ForbiddenMarkup:
                declared = True
        if declared:
            raise FormatError(
                f"An event log (XES) needs no document type, '{self.path.name}' declares one. It "
                f"can name other files or grow without end: not read. Ask for the log without."
            )

    def _events(self, source: Source) -> Iterator[Event]:
        root: Element | None = None
        inside = False
        for event, element in elements(source, ("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if root is None:
                root = _require_log(element, tag, self.path.name)
            elif tag == "trace":
                inside = event == "start"
                if not inside:
                    yield from self._trace(element)
                    root.clear()
            elif tag == "event" and event == "end" and not inside:
                yield self._event({}, element)
                root.clear()

    def _trace(self, trace: Element) -> Iterator[Event]:
        case = self._cells({}, trace, CASE)
        elements = [child for child in trace if child.tag.rpartition("}")[2] == "event"]
        self.idle += not elements
        events = [self._event(case, element) for element in elements]
        told = joined(events) if self.both else events
        self.gone += len(events) - len(told)
        yield from told

    def _event(self, case: Row, element: Element) -> Event:
        self.seen += 1
        event = Event(self.seen, self._cells(case, element, ""))
        self.transitions.add(transition_of(event.cells))
        return event

    def _cells(self, before: Row, holder: Element, prefix: str) -> Row:
        cells = dict(before)
        for attribute in holder:
            kind = attribute.tag.rpartition("}")[2]
            if kind not in VALUES | NESTED:
                continue
            key = prefix + attribute.get("key", "")
            taken = kind in NESTED or key in cells or key == prefix
            self.left += taken
            if len(attribute):
                self.left += sum(1 for _ in attribute.iter()) - 1
            if not taken:
                cells[key] = _text(kind, attribute.get("value", ""), self.decimal)
        return cells


def _require_log(element: Element, tag: str, name: str) -> Element:
    if tag != "log":
        raise FormatError(
            f"An event log (XES) begins with <log>, '{name}' does not. Is it another kind of XML?"
        )
    return element


def _text(kind: str, value: str, decimal: str) -> str:
    """Text of an attribute; one that breaks its type stays as it is."""
    try:
        if kind == "date":
            return local_time(dt.datetime.fromisoformat(value.strip())).isoformat()
        if kind == "float":
            return text_of(float(value), decimal)
    except (ValueError, OverflowError):
        return value
    if kind == "boolean":
        return {"true": "ja", "1": "ja", "false": "nein", "0": "nein"}.get(value, value)
    return value


@contextmanager
def opened_log(path: Path) -> Iterator[Source]:
    """A log, open and unpacked where it is packed, but to no more than a log can be.

    Raises
    ------
    FormatError
        While it is read, if it unpacks to more than `NO_BOMB` and `MOST_RATIO` times its size.
    """
    with path.open("rb") as content:
        packed = content.read(2) == PACKED
        content.seek(0)
        if not packed:
            yield content
            return
        with gzip.open(content) as unpacked:
            yield _Bounded(unpacked, max(NO_BOMB, MOST_RATIO * path.stat().st_size), path.name)


@dataclass
class _Bounded:
    """Reads up to a number of bytes."""

    source: gzip.GzipFile | BinaryIO
    left: int
    name: str

    def read(self, size: int, /) -> bytes:
        chunk = self.source.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise FormatError(
                f"A packed log unpacks to at most {MOST_RATIO} times its size, '{self.name}' to "
                f"more. It was not read further: ask for it unpacked."
            )
        return chunk
