"""Pieces of text out of a file (Textstücke)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
READABLE = re.compile(r"[^\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]{8,}")


class Unreadable(Exception):
    """A file cannot be looked into; the message says why and holds none of it."""


@dataclass(frozen=True, repr=False)
class Piece:
    """A text of a file (Textstück).

    Attributes
    ----------
    text : str
        As it stands there.
    noise : bool
        Readable by chance perhaps, as in a font: short words mean nothing then.
    wrapped : bool
        Lines may end within a word.
    """

    text: str
    noise: bool = False
    wrapped: bool = False


Read = Callable[[bytes, str], Iterator[Piece]]


def text_pieces(data: bytes, wrapped: bool = False) -> Iterator[Piece]:
    """Pieces of what may be text in some encoding, or no text at all.

    Parameters
    ----------
    data : bytes
        UTF-8, UTF-16 or UTF-32, with or without byte order mark; Windows-1252;
        or of unknown kind.
    wrapped : bool
        Whether lines may end within a word.

    Yields
    ------
    Piece
        Of unknown kind, runs of at least eight readable signs.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            yield Piece(data.decode(encoding, "replace"), wrapped=wrapped)
            if encoding == "utf-8":
                return
    if b"\0" not in data:
        try:
            yield Piece(data.decode("utf-8"), wrapped=wrapped)
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
            yield Piece(text, wrapped=wrapped) if is_text(data) else Piece(_runs(text), noise=True)
        return
    if encoding := _wide(data):
        yield Piece(data.decode(encoding, "replace"), wrapped=wrapped)
    yield Piece(_runs(data.decode("utf-8", "replace")), noise=True)
    yield Piece(_runs(data.decode("cp1252", "replace")), noise=True)
    for start in (0, 1):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield Piece(_runs(data[start:].decode(encoding, "replace")), noise=True)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of western text is zero."""
    low, high = data[::2].count(0), data[1::2].count(0)
    if max(low, high) * 5 < len(data) or min(low, high) * 20 > len(data):
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def is_text(data: bytes) -> bool:
    """Whether bytes without a known mark look like text: next to no control signs."""
    head = data[:4096]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    high = sum(byte > 126 for byte in head)
    return odd * 100 <= len(head) and high * 4 <= len(head)


def _runs(text: str) -> str:
    return "\n".join(READABLE.findall(text))
