"""What is packed: zip with all that builds on it, and compressed files (Archive)."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from kimeval.protect.canary.pieces import Piece, Read, Unreadable

MOST = 1 << 30


def zip_pieces(data: bytes, read: Read) -> Iterator[Piece]:
    """Members of a zip file, such as the parts of a workbook, with their names.

    Raises
    ------
    Unreadable
        If it is encrypted, damaged, or larger than a gigabyte when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > MOST:
                raise Unreadable("it is too large when unpacked")
            yield Piece(packed.comment.decode("utf-8", "replace"))
            for member in members:
                if member.flag_bits & 1:
                    raise Unreadable("it is encrypted")
                yield Piece(member.filename)
                yield Piece(member.comment.decode("utf-8", "replace"))
                yield from read(packed.read(member), member.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise Unreadable("it is damaged") from None


def compressed_pieces(data: bytes, read: Read) -> Iterator[Piece]:
    """What a gzip, bzip2 or xz file holds.

    Raises
    ------
    Unreadable
        If it is damaged, or larger than a gigabyte when unpacked.
    """
    unpackers: dict[bytes, Any] = {
        b"\x1f\x8b": gzip.open,
        b"BZ": bz2.open,
        b"\xfd7": lzma.open,
    }
    try:
        with unpackers[data[:2]](io.BytesIO(data)) as packed:
            held = packed.read(MOST + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        raise Unreadable("it is damaged") from None
    if len(held) > MOST:
        raise Unreadable("it is too large when unpacked")
    yield from read(held, "")
