"""What a worker does: look at itself and the shared folder, run one area (Arbeitsplatz).

Functions here are sent by name; the worker imports them from its own kimeval.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kimeval.core.area import area as look_up
from kimeval.core.errors import ClusterError
from kimeval.core.project import Project
from kimeval.run.area_task import run_area_task
from kimeval.run.dask.facts import facts
from kimeval.run.lock import NAME, fcntl
from kimeval.run.plan import Request
from kimeval.run.publish import STAGES
from kimeval.run.summary import FAILED, AreaResult

SEEN, UNSEEN, READ_ONLY, UNLOCKED = "seen", "unseen", "read-only", "unlocked"
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Looked:
    """What a worker found (Befund).

    Attributes
    ----------
    facts : dict of str to str
        Of its machine; empty where it does not see the project.
    sign : str
        Name of the file that it left.
    folder : str
        seen; unseen; read-only; or unlocked, where it could take a lock that is held.
    """

    facts: dict[str, str]
    folder: str
    sign: str = ""


def mark(outputs: Path, run: str) -> Path:
    """The file by which machines know a run: it is there for as long as the run is."""
    return outputs / STAGES / f".run-{run}"


def answer(outputs: Path, run: str, sign: str) -> Path:
    """The file by which a worker shows that it writes to the same folder."""
    return outputs / STAGES / f".run-{run}-{sign}"


def look(root: Path, run: str) -> Looked:
    """See whether this worker can take part in a run, and leave a sign of it.

    Parameters
    ----------
    root : Path
        The project, where the one who gives out the work sees it.
    run : str
        Name of the run; its `mark` is there and holds it.
    """
    project = Project(root_here(root))
    try:
        if mark(project.outputs, run).read_text(encoding="ascii") != run:
            return Looked({}, UNSEEN)
    except OSError:
        return Looked({}, UNSEEN)
    sign = os.urandom(6).hex()
    folder = SEEN if _is_locked(project.outputs) else UNLOCKED
    try:
        answer(project.outputs, run, sign).write_text(run, encoding="ascii")
    except OSError:
        folder = READ_ONLY
    return Looked(facts(project), folder, sign)


def run_here(root: Path, run: str, request: Request, before: str | None) -> AreaResult:
    """Run and publish one area on this worker; never raises.

    Nothing is done for a run that has ended, or was killed and started anew.

    Parameters
    ----------
    root : Path
        As for `look`.
    run : str
        Name of the run.
    request, before
        As for `run_area_task`.
    """
    here = root_here(root)
    with _one_at_a_time:
        if not mark(Project(here).outputs, run).is_file():
            return _stale(request)
        return run_area_task(here, request, before=before)


def root_here(root: Path) -> Path:
    """The project as this machine sees it: KIMEVAL_HOME, or the same path as elsewhere."""
    home = os.environ.get("KIMEVAL_HOME")
    return Path(home).resolve() if home else root


def _stale(request: Request) -> AreaResult:
    one = look_up(request.area)
    return AreaResult(
        one.code,
        one.name,
        FAILED,
        error=ClusterError.__name__,
        exit_code=ClusterError.exit_code,
        message="The run that asked for it is no longer at work. Start it again.",
    )


def _is_locked(outputs: Path) -> bool:
    """Whether the lock that the one who gives out the work holds is seen from here."""
    if fcntl is None:
        return True
    with suppress(OSError), (outputs / NAME).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
