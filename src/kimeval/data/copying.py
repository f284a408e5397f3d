"""Files of a folder outside the project, compared and copied (Kopie der Dateien)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from kimeval.core.digests import file_hash
from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.deliveries import FROZEN, REVIEW, SHEET
from kimeval.data.ingest import Progress

CHUNK = 1 << 20
OF_SYSTEMS = ("thumbs.db", "desktop.ini")


def delivered_files(folder: Path) -> list[Path]:
    """Files of a folder, by name; hidden ones and those of operating systems do not count.

    Raises
    ------
    MissingFileError
        If the folder is not there or holds no file.
    FormatError
        If a link, a folder or anything else than a file lies in it, or it
        cannot be looked into.
    """
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing"
        raise MissingFileError(
            f"A delivery is a folder of files, found {found} at '{folder.name}'. Check the path."
        )
    try:
        entries = sorted(path for path in folder.iterdir() if not _hidden(path.name))
    except OSError as error:
        raise FormatError(
            f"The folder '{folder.name}' must be readable, and is not: {error.strerror}. "
            f"Change its permissions."
        ) from None
    for path in entries:
        if kind := _no_file(path):
            raise FormatError(
                f"A delivery holds files only, '{path.name}' in '{folder.name}' is {kind}. "
                f"Put the file itself there, or take it away."
            )
    if not any(path.name != SHEET for path in entries):
        raise MissingFileError(f"A delivery holds files, '{folder.name}' holds none.")
    return entries


def same_files(files: Sequence[Path], home: Path) -> Path | None:
    """The delivery in an area's folder that holds the same files, whatever its sheet says.

    Names and sizes are compared first; hashes only where those are the same. Decisions
    on doubtful pairs count where they are handed over.
    """
    names = {path.name for path in files} - {SHEET}
    for folder in sorted(path for path in home.glob("*/") if path.name[0] != "."):
        inside = (path for path in folder.iterdir() if path.is_file())
        held = [path for path in inside if path.name in names or not _beside(path.name)]
        if _sizes(held) == _sizes(files) and _hashes(held) == _hashes(files):
            return folder
    return None


def copy_files(
    files: Sequence[Path], folder: Path, text: str, progress: Progress | None = None
) -> None:
    """Copy files as they are, with the time of their last change, through to the disk.

    Parameters
    ----------
    files : sequence of Path
        Different names.
    folder : Path
        Empty.
    text : str
        What progress is told, beside the share of bytes.
    progress : callable, optional
        As of `ingest`.

    Raises
    ------
    FormatError
        If a file cannot be read, or changes meanwhile.
    OSError
        If the folder cannot be written.
    """
    total = max(1, sum(path.stat().st_size for path in files))
    done = 0

    def tell(size: int) -> None:
        nonlocal done
        done += size
        if progress:
            progress(text, min(1.0, done / total))

    for path in files:
        _copy(path, folder / path.name, tell)


def _copy(source: Path, target: Path, tell: Callable[[int], None]) -> None:
    before = source.stat()
    try:
        content = source.open("rb")
    except OSError as found:
        raise FormatError(
            f"'{source.name}' must be readable, and is not: {found.strerror}. Is it still open "
            f"in another program?"
        ) from None
    with content, target.open("xb") as written:
        while written.tell() <= before.st_size and (chunk := content.read(CHUNK)):
            written.write(chunk)
            tell(len(chunk))
        written.flush()
        os.fsync(written.fileno())
    after = source.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FormatError(
            f"'{source.name}' changed while it was copied. Wait until the export has ended, "
            f"then call again."
        )
    os.utime(target, ns=(after.st_atime_ns, after.st_mtime_ns))


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in OF_SYSTEMS


def _no_file(path: Path) -> str:
    """What a path is that is no plain file, in words; empty for a file."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "a link"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "" if stat.S_ISREG(mode) else "no plain file"


def _beside(name: str) -> bool:
    """Whether a file came to a delivery later."""
    return _hidden(name) or name in (SHEET, REVIEW) or name.endswith(FROZEN)


def _sizes(files: Sequence[Path]) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in files if path.name != SHEET}


def _hashes(files: Sequence[Path]) -> dict[str, str]:
    return {path.name: file_hash(path) for path in files if path.name != SHEET}
