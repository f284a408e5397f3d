"""One area of a run over all, wherever it is done (Gebiet als Aufgabe).

A worker process of this machine or of another calls it with what can be sent there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from kimeval.core.area import area as look_up
from kimeval.core.errors import KimevalError, QuarterError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.core.silence import kind, place, silenced
from kimeval.run.lock import only_area
from kimeval.run.machine import default_limit, usable_cores
from kimeval.run.plan import Request, make_plan
from kimeval.run.publish import linked_version
from kimeval.run.run import is_published, run_held
from kimeval.run.summary import FAILED, NO_DELIVERY, PUBLISHED, UNCHANGED, AreaResult
from kimeval.run.warm.forks import stay_warm

UNEXPECTED = 1
DEBUG = "KIMEVAL_DEBUG"


@dataclass(frozen=True)
class Task:
    """An area to be done (Aufgabe).

    Attributes
    ----------
    request : Request
        For one area.
    before : str or None
        `linked_version` of the area when the whole run began.
    """

    request: Request
    before: str | None = None


@dataclass(frozen=True)
class Said:
    """What an area is at (Zwischenstand).

    Attributes
    ----------
    text : str
        In words.
    notebooks : int
        How many of its notebooks are done.
    """

    text: str
    notebooks: int = 0


def run_area_task(
    root: Path,
    request: Request,
    tell: Callable[[Said], None] | None = None,
    before: str | None = None,
) -> AreaResult:
    """Run and publish one area; whatever goes wrong is in the result.

    The one who gives out the tasks holds the lock of outputs/, has cleared the stages
    once, and alone writes the summary. A process does one task at a time, since a
    kernel takes its surroundings from the process's environment; the parent of its
    kernels stays for the next task and ends with the process. A task whose worker
    died can be given out again: what was published is not repeated.

    Parameters
    ----------
    root : Path
        The project; outputs/ and data/register/ in it are shared by all workers.
    request : Request
        For one area.
    tell : callable, optional
        Told what is being done (`Said`).
    before : str or None
        `linked_version` of the area when the whole run began.

    Returns
    -------
    AreaResult
        published, unchanged, failed or no delivery.
    """
    stay_warm()
    request = replace(request, memory_mib=request.memory_mib or default_limit(usable_cores()))
    with nullcontext() if os.environ.get(DEBUG) == "1" else silenced():
        return area_result(Project(root), request, tell, before)


def area_result(
    project: Project,
    request: Request,
    tell: Callable[[Said], None] | None = None,
    before: str | None = None,
) -> AreaResult:
    """As `run_area_task`, in a process that has seen to its kernels and its silence."""
    one, started = look_up(request.area), time.monotonic()
    quarter = str(Quarter.parse(request.quarter))
    status, error = PUBLISHED, None
    try:
        plan = make_plan(project, request)
        with only_area(project.outputs, quarter, one.code):
            outcome = run_held(plan, request.force, before, Telling(tell or (lambda _: None)))
        status = UNCHANGED if outcome.unchanged else PUBLISHED
    except Exception as raised:
        error = raised
        status = NO_DELIVERY if isinstance(raised, QuarterError) else FAILED
    version = linked_version(project.outputs, quarter, one.code)
    seconds = round(time.monotonic() - started, 2)
    result = AreaResult(one.code, one.name, status, version, seconds)
    return _with_error(result, error, project.root) if error else result


def unchanged_result(project: Project, task: Task) -> AreaResult | None:
    """The result of an area that is published as it would be now; None if it is to be run."""
    request = task.request
    if request.force or task.before is None:
        return None
    try:
        plan = make_plan(project, request)
        if not is_published(plan):
            return None
    except Exception:
        return None  # whoever runs it finds the same, and says so
    return AreaResult(plan.area.code, plan.area.name, UNCHANGED, task.before)


@dataclass
class Telling:
    """Progress of one area, passed on.

    Attributes
    ----------
    tell : callable
        Takes `Said`.
    """

    tell: Callable[[Said], None]
    _notebooks: int = field(default=0, init=False)

    def line(self, text: str) -> None:
        """Something is done, or good to know."""
        self.tell(Said(text, self._notebooks))

    def busy(self, text: str) -> None:
        """Something has begun and takes a while."""
        self.line(text)

    def notebook(self, text: str) -> None:
        """One more notebook is done."""
        self._notebooks += 1
        self.line(text)

    def read(self, text: str, share: float) -> None:
        """Something is read, this share of it so far."""
        self.line(f"{text} {share:.0%}")


def _with_error(result: AreaResult, error: Exception, root: Path) -> AreaResult:
    """With class, code and sentence of an error; an unexpected one names its place only."""
    name, code = kind(type(error)), UNEXPECTED
    message = f"Unexpected {name} at {place(error.__traceback__)}. Run this area by itself."
    if isinstance(error, KimevalError):
        code = error.exit_code
        line = " ".join(str(error).replace(str(root), ".").split())
        message = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return replace(result, error=name, exit_code=code, message=message)
