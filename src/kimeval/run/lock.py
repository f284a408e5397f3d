"""One run at a time writes to outputs/ (Sperre gegen gleichzeitige Läufe)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from kimeval.core.errors import LockedError, PublishError
from kimeval.data.storage import REFUSED, writable
from kimeval.run.publish import STAGES

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

NAME = ".lock"


@contextmanager
def only_run(outputs: Path) -> Iterator[None]:
    """Hold the lock of an outputs folder; it ends with the process, however that dies.

    Raises
    ------
    LockedError
        If another run holds it.
    PublishError
        If the folder cannot be written to.
    """
    with writable("outputs", REFUSED):
        outputs.mkdir(parents=True, exist_ok=True)
        held = _by_flock(outputs / NAME) if fcntl else _by_creation(outputs / NAME)
    try:
        yield
    finally:
        os.close(held)
        if not fcntl:
            (outputs / NAME).unlink(missing_ok=True)


@contextmanager
def only_area(outputs: Path, quarter: str, area: str) -> Iterator[None]:
    """Hold an area of a run alone; waits for a worker that was thought dead and is not."""
    with _alone(outputs / STAGES / f"{quarter}-{area}.lock"):
        yield


@contextmanager
def only_release(outputs: Path) -> Iterator[None]:
    """Release alone: no other area is published between an attack and what follows from it."""
    with _alone(outputs / STAGES / "release.lock"):
        yield


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a file that is gone at the end; nothing is held where the system has no flock."""
    if not fcntl:
        yield
        return
    held = _waited_for(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(held)


def _waited_for(path: Path) -> int:
    """The lock of a file that is still in its place once it is held."""
    assert fcntl
    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            if os.fstat(held).st_ino == path.stat().st_ino:
                return held
        except FileNotFoundError:
            pass
        os.close(held)


def _by_flock(path: Path) -> int:
    assert fcntl
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        if isinstance(error, BlockingIOError):
            raise _locked("Wait until it has ended.") from None
        raise PublishError(
            f"outputs/ must lie on a file system with locks, this one has none "
            f"({error.strerror}). Move the project to a local disk."
        ) from None
    return held


def _by_creation(path: Path) -> int:
    """Where the system has no flock; a killed run leaves the file behind."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        way_out = f"Wait until it has ended; if none is at work, delete outputs/{NAME}."
        raise _locked(way_out) from None


def _locked(way_out: str) -> LockedError:
    return LockedError(f"One run at a time writes to outputs/, another run is at work. {way_out}")
