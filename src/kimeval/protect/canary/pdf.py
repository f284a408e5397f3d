"""PDF: text of the pages, metadata, attachments and every stream (PDF)."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject

from kimeval.protect.canary.pieces import Piece, Read, Unreadable, text_pieces

FONTS = ("/Type1C", "/CIDFontType0C", "/OpenType")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
BROKEN = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError)


def pdf_pieces(data: bytes, read: Read) -> Iterator[Piece]:
    """Pages as they are read, and all that stands beside them.

    Raises
    ------
    Unreadable
        If it is encrypted or damaged.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Unreadable("it is encrypted")
        for page in reader.pages:
            yield Piece(page.extract_text(), wrapped=True)
        for number in _numbers(reader):
            yield from _object(reader.get_object(number), read)
        yield from _object(reader.trailer, read)
    except (*BROKEN, zlib.error, RecursionError):
        raise Unreadable("it is damaged") from None
    yield from _earlier(data)


def _numbers(reader: PdfReader) -> list[int]:
    plain = {number for table in reader.xref.values() for number in table}
    return sorted(plain | set(reader.xref_objStm))


def _object(held: Any, read: Read) -> Iterator[Piece]:
    """Texts of an object; what it refers to has a number of its own."""
    if isinstance(held, StreamObject):
        content = held.get_data()
        if not _is_font(held) and not _is_pixels(held):
            yield from read(content, "")
    if isinstance(held, DictionaryObject):
        yield Piece("\n".join(str(key) for key in held))
        for key in held:
            yield from _object(held.raw_get(key), read)
    elif isinstance(held, ArrayObject):
        for value in list.__iter__(held):
            yield from _object(value, read)
    elif isinstance(held, ByteStringObject):
        yield from text_pieces(bytes(held))
    elif isinstance(held, str):
        yield Piece(str(held), wrapped=True)


def _is_font(held: StreamObject) -> bool:
    """A font names those who drew it, and nobody of the data."""
    return "/Length1" in held or held.get("/Subtype") in FONTS


def _is_pixels(held: StreamObject) -> bool:
    return held.get("/Subtype") == "/Image" and held.get("/Filter") != "/DCTDecode"


def _earlier(data: bytes) -> Iterator[Piece]:
    """Texts of earlier states of the file, to which nothing refers any more."""
    for packed in STREAM.findall(data):
        try:
            held = zlib.decompressobj().decompress(packed)
        except zlib.error:
            continue
        yield from (piece for piece in text_pieces(held) if not piece.noise)
