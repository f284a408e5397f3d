"""Which bytes a text file is made of, and where it breaks that rule (Zeichensatz)."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from kimeval.core.errors import FormatError

BLOCK = 16 << 20
LARGEST_UTF16 = 1 << 30
UNDEFINED = tuple(bytes([byte]) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))


@dataclass
class Text:
    """An open text file and its encoding (geöffnete Textdatei).

    Attributes
    ----------
    name : str
        Of the file.
    stream : binary file
        UTF-16 was turned into UTF-8 already.
    encoding : str
        utf-8 or cp1252.
    start : int
        Bytes of a byte order mark to be left out.
    foreign : int or None
        Of cp1252: first byte beyond ASCII in a block that is valid UTF-8 as well.
    surely : bool
        Of cp1252: some block is no valid UTF-8.
    """

    name: str
    stream: BinaryIO
    encoding: str
    start: int
    foreign: int | None = None
    surely: bool = False

    def check(self, block: bytes, offset: int) -> None:
        """Refuse NUL bytes and what is not in the declared encoding.

        Parameters
        ----------
        block : bytes
            Whole lines.
        offset : int
            Where in the file it begins.

        Raises
        ------
        FormatError
            With the line, and never its text.
        """
        if b"\0" in block:
            raise FormatError(
                f"'{self.name}' holds NUL bytes and is not a text file. Was it saved as UTF-16 or "
                f"as a workbook? Export it as CSV."
            )
        if block.isascii():
            return
        if self.encoding == "utf-8":
            if (wrong := _invalid_utf8(block)) is not None:
                self._refuse(offset + wrong, "cp1252")
            return
        if differs_from_latin1(block):
            undefined = [at for at in map(block.find, UNDEFINED) if at >= 0]
            if undefined:
                self._refuse(offset + min(undefined), "utf-8")
        if self.foreign is None and _invalid_utf8(block) is None:
            self.foreign = offset + _first_foreign(block)
        elif not self.surely and _invalid_utf8(block) is not None:
            self.surely = True

    def finish(self) -> None:
        """Refuse a file that cp1252 would garble: all of it is valid UTF-8."""
        if self.foreign is not None and not self.surely:
            self._refuse(self.foreign, "utf-8")

    def _refuse(self, at: int, other: str) -> None:
        self.stream.seek(0)
        line, left = 1, at
        while left > 0 and (block := self.stream.read(min(BLOCK, left))):
            line, left = line + block.count(b"\n"), left - len(block)
        raise _another(self.name, self.encoding, line, other) from None


def open_text(path: Path, encoding: str) -> Text:
    """Open a text file in its declared or detected encoding.

    Parameters
    ----------
    path : Path
        Of the file.
    encoding : str
        utf-8, cp1252, utf-16 or auto: byte order mark, then UTF-8 if all of it
        is valid, then cp1252.

    Raises
    ------
    FormatError
        If the file is empty or its byte order mark says something else.
    """
    with path.open("rb") as opened:
        mark = opened.read(4)
    wide = mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide and encoding in ("auto", "utf-16"):
        return _transcoded(path)
    if encoding == "utf-16":
        raise FormatError(
            f"'{path.name}' must be utf-16 and begin with a byte order mark, it does not. "
            f"Set encoding to auto in the profile."
        )
    start = len(codecs.BOM_UTF8) if mark.startswith(codecs.BOM_UTF8) else 0
    if encoding == "auto":
        encoding = "utf-8" if start or _is_utf8(path) else "cp1252"
    if start and encoding == "cp1252":
        raise _another(path.name, encoding, 1, "utf-8")
    return Text(path.name, path.open("rb"), encoding, start)


def as_utf8(data: bytes, encoding: str) -> bytes:
    """The same text in UTF-8.

    Latin-1 is read several times faster than cp1252 and differs from it in the
    bytes 80 to 9F only.
    """
    if encoding == "utf-8" or data.isascii():
        return data
    return data.decode("cp1252" if differs_from_latin1(data) else "latin-1").encode()


def differs_from_latin1(data: bytes) -> bool:
    """Whether any byte is one that cp1252 and Latin-1 read differently."""
    moved = np.frombuffer(data, np.uint8) - np.uint8(0x80)
    return bool((moved < np.uint8(0x20)).any())


def _another(name: str, encoding: str, line: int, other: str) -> FormatError:
    return FormatError(
        f"'{name}' must be {encoding}, line {line} is not. Is it {other}? "
        f"Change encoding in the profile."
    )


def _transcoded(path: Path) -> Text:
    if path.stat().st_size > LARGEST_UTF16:
        raise FormatError(
            f"'{path.name}' is UTF-16 and larger than 1 GiB. Export it as UTF-8 or in parts."
        )
    try:
        content = path.read_bytes().decode("utf-16").encode()
    except UnicodeError:
        raise FormatError(
            f"'{path.name}' begins like UTF-16 and is not. Export it as UTF-8."
        ) from None
    return Text(path.name, io.BytesIO(content), "utf-8", 0)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as opened:
        try:
            while block := opened.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _invalid_utf8(block: bytes) -> int | None:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as found:
        return found.start
    return None


def _first_foreign(block: bytes) -> int:
    return int(np.argmax(np.frombuffer(block, np.uint8) > 127))
