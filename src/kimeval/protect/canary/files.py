"""One reader per kind of file, told by content (Leser je Dateiart)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from kimeval.protect.canary.archives import compressed_pieces, zip_pieces
from kimeval.protect.canary.notes import json_pieces
from kimeval.protect.canary.pictures import PNG, png_pieces
from kimeval.protect.canary.pieces import Piece, Read, Unreadable, text_pieces

RUNNING = (".txt", ".log", ".md", ".rst")
JSON = (".json", ".ipynb", ".geojson")
CLOSED = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "it is encrypted or of an old Office format",
    b"7z\xbc\xaf\x27\x1c": "7z files are not looked into",
    b"Rar!\x1a\x07": "rar files are not looked into",
    b"\x28\xb5\x2f\xfd": "zstd files are not looked into",
    b"PARE": "it is encrypted",
}
DUCKDB = b"DUCK"
DEEPEST = 12


def pieces(data: bytes, name: str = "", depth: int = 0) -> Iterator[Piece]:
    """All pieces of text of a file, those of files within it included.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name; its ending tells JSON.
    depth : int
        How many files it lies in.

    Yields
    ------
    Piece
        A kind that is not known is read as bytes.

    Raises
    ------
    Unreadable
        If it is encrypted, damaged, or of a kind that cannot be looked into.
    """
    if depth > DEEPEST:
        raise Unreadable("too many files lie one in the other")
    for beginning, why in CLOSED.items():
        if data.startswith(beginning):
            raise Unreadable(why)
    if data[8:12] == DUCKDB:
        raise Unreadable("databases are not looked into")
    within = partial(pieces, depth=depth + 1)
    if packed := _packed(data, within):
        yield from packed
    elif data.startswith(PNG):
        yield from png_pieces(data)
    elif PurePosixPath(name).suffix.lower() in JSON or data[:1] in (b"{", b"["):
        yield from json_pieces(data)
    else:
        yield from text_pieces(data, PurePosixPath(name).suffix.lower() in RUNNING)


def _packed(data: bytes, within: Read) -> Iterator[Piece] | None:
    """Pieces of a file whose text is packed; None for any other."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_pieces(data, within)
    if data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return compressed_pieces(data, within)
    if b"%PDF-" in data[:1024]:
        from kimeval.protect.canary.pdf import pdf_pieces

        return pdf_pieces(data, within)
    if data.startswith((b"PAR1", b"ARROW1")):
        from kimeval.protect.canary.columnar import arrow_pieces, parquet_pieces

        return (parquet_pieces if data.startswith(b"PAR1") else arrow_pieces)(data, within)
    return None


def is_file_of_known_kind(data: bytes) -> bool:
    """Whether bytes begin like a file that has a reader of its own."""
    marks = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF-", PNG, b"\xff\xd8\xff", b"PAR1", b"ARROW1")
    return data.startswith((*marks, *CLOSED))
