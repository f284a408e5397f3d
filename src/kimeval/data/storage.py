"""Writing into the project's folders of data, or saying why not (Ablage)."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from kimeval.core.errors import LockedError, PublishError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

LOCK = ".lock"
STAGE = ".*.part"
DAY = 24 * 60 * 60
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
REFUSED = (*FULL, *FORBIDDEN)


@contextmanager
def writable(place: str, only: Container[int | None] | None = None) -> Iterator[None]:
    """Turn a refusal of the system into one clear error.

    Parameters
    ----------
    place : str
        What is written, as seen from the project, such as data/raw/05370.
    only : container of int, optional
        Numbers of the errors that are meant, where files are read too.

    Raises
    ------
    PublishError
        If the disk is full, writing is not allowed, or fails otherwise.
    """
    try:
        yield
    except OSError as found:
        if only is not None and found.errno not in only:
            raise
        raise PublishError(
            f"{place} must take new files, and could not: {_reason(found)}. "
            f"Nothing was left behind. {_way_out(found)}, then call again."
        ) from None


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Hold an area's folder; the lock ends with the process, however that dies.

    Parameters
    ----------
    home : Path
        Made if it is not there.

    Yields
    ------
    bool
        Whether the system has locks, so that nobody else can be at work.

    Raises
    ------
    LockedError
        If another process holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a") as held:
        yield _locked(held.fileno(), home.name)


def sweep(home: Path, at_once: bool = False) -> None:
    """Remove what killed processes left.

    Parameters
    ----------
    home : Path
        With stage folders.
    at_once : bool
        Nobody else can be at work. Otherwise a stage goes after a day: no
        ingestion takes as long.
    """
    for left in home.glob(STAGE):
        with suppress(FileNotFoundError):
            if at_once or time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)


def _locked(handle: int, area: str) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockedError(
            f"One delivery at a time is taken over into data/raw/{area}, another one is at "
            f"work. Wait until it has ended."
        ) from None
    except OSError:
        return False
    return True


def _reason(found: OSError) -> str:
    if found.strerror:
        return found.strerror
    return os.strerror(found.errno) if found.errno else "the system refused"


def _way_out(found: OSError) -> str:
    if found.errno in FULL:
        return "Free some space"
    if found.errno in FORBIDDEN:
        return "Change the folder's permissions"
    return "Check the disk"
