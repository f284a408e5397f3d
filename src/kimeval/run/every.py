"""One run over all areas of a quarter, and the state (Lauf über alle Gebiete).

Areas follow one another under one lock. Each is published by itself, so that a run
which is killed loses the area at work and no other; started again, it passes over
what is published already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kimeval.core.area import Area, area, areas
from kimeval.core.errors import MissingFileError
from kimeval.core.project import Project
from kimeval.core.quarter import now_in_berlin
from kimeval.run import steps
from kimeval.run.area_task import area_result
from kimeval.run.lock import only_run
from kimeval.run.overview import write_overview
from kimeval.run.plan import Plan, Request, make_plan
from kimeval.run.publish import clear_stages, linked_version
from kimeval.run.run import Progress, check_thresholds
from kimeval.run.summary import (
    FAILED,
    NO_DELIVERY,
    PUBLISHED,
    WAITING,
    AreaResult,
    Summary,
    write_summary,
)
from kimeval.run.warm.forks import warm_kernels


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
    delivered |= steps.about_state(project, request.notebooks)
    plan = make_plan(project, replace(request, area=next(c for c in delivered if delivered[c])))
    if request.parameters:
        check_thresholds(plan)
    with only_run(project.outputs), warm_kernels():
        clear_stages(project.outputs)
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
        shown.begin(area(code))
        before = results[code].version
        one = replace(request, area=code)
        results[code] = area_result(plan.project, one, shown.busy, before)
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
    version = linked_version(outputs, quarter, code)
    return AreaResult(code, area(code).name, WAITING if delivered else NO_DELIVERY, version)


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

    def busy(self, text: str) -> None:
        """Something within an area has begun."""
        failed = f", {self._failed} failed" if self._failed else ""
        head = f"{self._done}/{self.total} areas{failed}{self._left()}"
        self.progress.busy(f"{head} | {self._began}: {text}")

    def _left(self) -> str:
        """Time left, from the areas published so far; nothing before the first."""
        if not self._seconds:
            return ""
        left = sum(self._seconds) / len(self._seconds) * (self.total - self._done)
        return f", {left / 60:.0f} min left" if left >= 90 else f", {left:.0f} s left"
