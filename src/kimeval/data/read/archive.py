"""A workbook's archive, looked at before it is opened (Prüfung vor dem Öffnen)."""

from __future__ import annotations

import mmap
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from kimeval.core.errors import FormatError
from kimeval.data.read.foreign import guarded

MOST_BYTES = 2 * 1024**3
MOST_RATIO = 200
MOST_MEMBERS = 10_000
OLD = bytes.fromhex("d0cf11e0a1b11ae1")
LOCKED = "EncryptedPackage".encode("utf-16-le")


def check_archive(path: Path) -> None:
    """Refuse what is no workbook, is locked, or unpacks to more than a workbook can be.

    zipfile itself holds each member to the size that the directory declares.

    Parameters
    ----------
    path : Path
        Of the file.

    Raises
    ------
    FormatError
        If it is empty, encrypted, an old or binary workbook, no archive, or has too
        many members, too many bytes or too high a ratio.
    """
    name = path.name
    with path.open("rb") as content:
        begins = content.read(8)
        if not begins:
            raise FormatError(f"The file '{name}' is empty. Ask for it to be delivered again.")
        if begins == OLD:
            with mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                raise _old(name, locked=whole.find(LOCKED) >= 0)
    if not begins.startswith(b"PK"):
        raise FormatError(
            f"A workbook is an archive (xlsx), '{name}' is none. Is it text under another name? "
            f"Then say so in the profile, or save it as xlsx."
        )
    damaged = (
        f"'{name}' cannot be opened as a workbook (xlsx): it is damaged or not complete. "
        f"Ask for it to be delivered again."
    )
    with guarded(damaged, lambda: ZipFile(path)) as archive:
        _check_members(archive.infolist(), path)


def _old(name: str, locked: bool) -> FormatError:
    if locked:
        return FormatError(
            f"A workbook must open without a password, '{name}' needs one. Save it without "
            f"a password and deliver it on a protected way."
        )
    return FormatError(
        f"A workbook must be xlsx, '{name}' is in the old format of before 2007. "
        f"Open it in an office program and save it as xlsx."
    )


def _check_members(members: list[ZipInfo], path: Path) -> None:
    name = path.name
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked / max(1, path.stat().st_size)
    if len(members) > MOST_MEMBERS:
        raise FormatError(
            f"A workbook has at most {MOST_MEMBERS} parts, '{name}' has {len(members)}. "
            f"Where does it come from? It was not opened."
        )
    if unpacked > MOST_BYTES or ratio > MOST_RATIO:
        raise FormatError(
            f"A workbook unpacks to at most {MOST_BYTES >> 30} GiB and {MOST_RATIO} times its "
            f"size, '{name}' to {unpacked >> 20} MiB and {ratio:.0f} times. It was not opened: "
            f"ask for the table as CSV or Parquet."
        )
    if any(member.flag_bits & 1 for member in members):
        raise FormatError(f"'{name}' needs a password. Save it without one.")
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise FormatError(f"'{name}' is packed in an unusual way. Save it again as xlsx.")
    names = {member.filename for member in members}
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise FormatError(
            f"A workbook must be xlsx, '{name}' is in another format (xlsb or ods). "
            f"Save it as xlsx."
        )
