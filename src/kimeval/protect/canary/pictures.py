"""What a picture says beside its pixels (Angaben in Bildern)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from kimeval.protect.canary.pieces import Piece, Unreadable, text_pieces

PNG = b"\x89PNG\r\n\x1a\n"
PIXELS = (b"IDAT", b"fdAT", b"PLTE", b"iCCP")


def png_pieces(data: bytes) -> Iterator[Piece]:
    """Text chunks, EXIF, unknown chunks, and what follows the end of a PNG file.

    Raises
    ------
    Unreadable
        If it ends early or a chunk cannot be unpacked.
    """
    at = len(PNG)
    while True:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        held = data[at + 8 : at + 8 + size]
        if len(kind) < 4 or len(held) < size:
            raise Unreadable("it is damaged")
        at += size + 12
        if kind == b"IEND":
            break
        if kind not in PIXELS:
            yield from _chunk(kind, held)
    yield from text_pieces(data[at:])


def _chunk(kind: bytes, held: bytes) -> Iterator[Piece]:
    if kind == b"zTXt":
        key, _, packed = held.partition(b"\0")
        yield Piece(key.decode("latin-1"))
        yield Piece(_inflated(packed[1:]).decode("latin-1"), wrapped=True)
    elif kind == b"iTXt":
        key, _, rest = held.partition(b"\0")
        language, _, named = rest[2:].partition(b"\0")
        translated, _, text = named.partition(b"\0")
        yield Piece("\n".join(part.decode("latin-1") for part in (key, language)))
        yield Piece(translated.decode("utf-8", "replace"))
        plain = _inflated(text) if rest[:1] == b"\1" else text
        yield Piece(plain.decode("utf-8", "replace"), wrapped=True)
    elif kind == b"tEXt":
        key, _, text = held.partition(b"\0")
        yield Piece(key.decode("latin-1"))
        yield from text_pieces(text)
    else:
        yield from text_pieces(held)


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompress(packed)
    except zlib.error:
        raise Unreadable("it is damaged") from None
