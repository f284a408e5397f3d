"""One run over all areas of a quarter (Lauf über alle Gebiete).

Areas follow one another under one lock. Each is published by itself, so that a run
which is killed loses the area at work and no other; started again, it passes over
what is published already.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from kimeval.core.area import Area, areas
from kimeval.core.errors import KimevalError, MissingFileError, QuarterError
from kimeval.core.project import Project
from kimeval.core.quarter import now_in_berlin
from kimeval.core.silence import kind, place
from kimeval.run import steps
from kimeval.run.lock import only_run
from kimeval.run.overview import write_overview
from kimeval.run.plan import Plan, Request, make_plan
from kimeval.run.publish import published
from kimeval.run.run import Progress, check_thresholds, run_plan
from kimeval.run.summary import (
    FAILED,
    NO_DELIVERY,
    PUBLISHED,
    UNCHANGED,
    WAITING,
    AreaResult,
    Summary,
    write_summary,
)
from kimeval.run.warm.forks import warm_kernels

UNEXPECTED = 1


def run_all(project: Project, request: Request, progress: Progress) -> Summary:
    """Run and publish every area that has a delivery, one after the other.

    Parameters
    ----------
    project : Project
        Where everything lies.
    request : Request
        For all areas; its own area is not looked at.
    progress : Progress
        Told about each area.

    Returns
    -------
    Summary
        What became of each area; one that fails does not stop the others.

    Raises
    ------
    MissingFileError
        If no area has a delivery.
    KimevalError
        If the request is wrong, another run is at work, or outputs/ cannot be written.
    """
    delivered = {code: steps.has_delivery(project, one) for code, one in areas().items()}
    if not any(delivered.values()):
        raise MissingFileError(
            "A run over all areas needs a delivery of one of them at least, found none. Take one "
            "in with `kimeval ingest`, or make synthetic data: kimeval sample --areas all."
        )
    plan = make_plan(project, replace(request, area=next(c for c in delivered if delivered[c])))
    if request.parameters:
        check_thresholds(plan)
    with only_run(project.outputs), warm_kernels():
        return _run_all_under_lock(plan, request, delivered, progress)


def _run_all_under_lock(
    plan: Plan, request: Request, delivered: Mapping[str, bool], progress: Progress
) -> Summary:
    outputs, quarter = plan.project.outputs, str(plan.quarter)
    results = {code: _before(outputs, quarter, code, there) for code, there in delivered.items()}
    started = now_in_berlin()
    summary = Summary(plan.quarter, tuple(results.values()), started)
    _write(summary, outputs)
    shown = AreaProgress(progress, sum(delivered.values()))
    for code in (code for code in delivered if delivered[code]):
        shown.begin(areas()[code])
        results[code] = _run_area(plan, replace(request, area=code), shown)
        shown.end(results[code])
        summary = replace(summary, areas=tuple(results.values()))
        _write(summary, outputs)
    summary = replace(summary, finished=now_in_berlin())
    _write(summary, outputs)
    return summary


def _write(summary: Summary, outputs: Path) -> None:
    write_summary(summary, outputs)
    write_overview(summary, outputs)


def _before(outputs: Path, quarter: str, code: str, delivered: bool) -> AreaResult:
    version = _version(outputs, quarter, code)
    return AreaResult(code, areas()[code].name, WAITING if delivered else NO_DELIVERY, version)


def _version(outputs: Path, quarter: str, code: str) -> str | None:
    link = published(outputs, quarter, code)
    return link.readlink().name if link.is_symlink() else None


def _run_area(first: Plan, request: Request, progress: Progress) -> AreaResult:
    project, one, started = first.project, areas()[request.area], time.monotonic()
    status, error = PUBLISHED, None
    try:
        plan = make_plan(project, request)
        if run_plan(plan, request.force, _held, progress).unchanged:
            status = UNCHANGED
    except Exception as raised:
        error = raised
        status = NO_DELIVERY if isinstance(raised, QuarterError) else FAILED
    result = AreaResult(
        area=one.code,
        name=one.name,
        status=status,
        version=_version(project.outputs, str(first.quarter), one.code),
        seconds=round(time.monotonic() - started, 2),
    )
    return result if error is None else _with_error(result, error, project.root)


def _held(_: Path) -> AbstractContextManager[None]:
    return nullcontext()


def _with_error(result: AreaResult, error: Exception, root: Path) -> AreaResult:
    """With class, code and sentence of an error; an unexpected one names its place only."""
    name, code = kind(type(error)), UNEXPECTED
    message = f"Unexpected {name} at {place(error.__traceback__)}. Run this area by itself."
    if isinstance(error, KimevalError):
        code = error.exit_code
        line = " ".join(str(error).replace(str(root), ".").split())
        message = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return replace(result, error=name, exit_code=code, message=message)


@dataclass
class AreaProgress:
    """Progress of one area among all: a line per area, what it does in passing.

    Attributes
    ----------
    progress : Progress
        Is told.
    total : int
        Areas with a delivery.
    """

    progress: Progress
    total: int
    _done: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)
    _began: str = field(default="", init=False)
    _seconds: list[float] = field(default_factory=list, init=False)

    def begin(self, area: Area) -> None:
        """An area's turn has come."""
        self._began = area.name
        self.busy("looking at its delivery")

    def end(self, result: AreaResult) -> None:
        """An area is done, well or not."""
        self._done += 1
        self._failed += result.status == FAILED
        if result.status == PUBLISHED:
            self._seconds.append(result.seconds)
        version = f" {result.version}" if result.status == PUBLISHED else ""
        said = f": {result.message}" if result.message else f", {result.seconds:.1f} s"
        place = f"[{self._done}/{self.total}] {result.name} ({result.area})"
        self.progress.line(f"{place}: {result.status}{version}{said}")

    def line(self, text: str) -> None:
        """Something within an area is done; shown in passing."""
        self.busy(text)

    def busy(self, text: str) -> None:
        """Something within an area has begun."""
        failed = f", {self._failed} failed" if self._failed else ""
        head = f"{self._done}/{self.total} areas{failed}{self._left()}"
        self.progress.busy(f"{head} | {self._began}: {text}")

    def read(self, text: str, share: float) -> None:
        """Something is read, this share of it so far."""
        self.busy(f"{text} {share:.0%}")

    def _left(self) -> str:
        """Time left, from the areas published so far; nothing before the first."""
        if not self._seconds:
            return ""
        left = sum(self._seconds) / len(self._seconds) * (self.total - self._done)
        return f", {left / 60:.0f} min left" if left >= 90 else f", {left:.0f} s left"
