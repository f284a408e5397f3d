"""Elements of XML, streamed without document types (XML).

A document type is what entity bombs and outside references need, and no workbook or
event log has one. defusedxml forbids it too, and its parser takes twice as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol
from xml.etree.ElementTree import Element, XMLPullParser
from xml.parsers import expat

AT_ONCE = 1 << 12


class Source(Protocol):
    """What bytes are read from (Quelle)."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class ForbiddenMarkup(ValueError):
    """The XML declares a document type (verbotene Dokumenttyp-Deklaration)."""


def elements(
    source: Source, events: Sequence[Literal["start", "end"]] = ("end",)
) -> Iterator[tuple[str, Element]]:
    """Events of the parser, as `iterparse` gives them (Elemente).

    Parameters
    ----------
    source : Source
        Bytes of the XML.
    events : sequence of {'start', 'end'}
        Which ones.

    Yields
    ------
    (str, Element)

    Raises
    ------
    ForbiddenMarkup
        If there is a document type, before any of it is parsed further.
    xml.etree.ElementTree.ParseError, xml.parsers.expat.ExpatError
        If it is no well-formed XML.
    """
    parser: Any = XMLPullParser(events)
    prolog = _Prolog()
    while chunk := source.read(AT_ONCE):
        prolog.feed(chunk)
        parser.feed(chunk)
        yield from parser.read_events()
    parser.close()
    yield from parser.read_events()


class _Prolog:
    """Looks at all that stands before the first element."""

    def __init__(self) -> None:
        self.over = False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._end

    def feed(self, chunk: bytes) -> None:
        if not self.over:
            self.parser.Parse(chunk, False)

    def _refuse(self, *_: object) -> None:
        raise ForbiddenMarkup("document type")

    def _end(self, *_: object) -> None:
        self.over = True
