"""One run over all areas of a quarter, and the state (Lauf über alle Gebiete).

Areas are done in turn or side by side, under one lock. Each is published by itself, so that a run
which is killed loses the area at work and no other; started again, it passes over
what is published already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from kimeval.core.area import STATE, area, areas
from kimeval.core.errors import MissingFileError
from kimeval.core.project import Project
from kimeval.core.quarter import now_in_berlin
from kimeval.run import steps
from kimeval.run.area_progress import AreaProgress
from kimeval.run.area_task import Task, area_result, unchanged_result
from kimeval.run.lock import only_run
from kimeval.run.machine import default_limit
from kimeval.run.overview import write_overview
from kimeval.run.plan import Plan, Request, make_plan
from kimeval.run.progress import Progress
from kimeval.run.publish import clear_stages, linked_version, remove_stages
from kimeval.run.run import check_thresholds
from kimeval.run.schedule.missed import kept
from kimeval.run.summary import NO_DELIVERY, WAITING, AreaResult, Summary, write_summary
from kimeval.run.warm.forks import warm_kernels


def run_all(
    project: Project,
    request: Request,
    progress: Progress,
    scheduler: str | None = None,
    jobs: int = 1,
) -> Summary:
    """Run and publish every area that has a delivery, here or on many machines.

    Parameters
    ----------
    project : Project
        Where everything lies.
    request : Request
        For all areas; its own area is not looked at.
    progress : Progress
        Told about each area.
    scheduler : str, optional
        Address of a scheduler of dask.distributed whose workers do the areas.
    jobs : int
        Without a scheduler, how many areas are done side by side.

    Returns
    -------
    Summary
        What became of each area; one that fails does not stop the others.

    Raises
    ------
    MissingFileError
        If no area has a delivery.
    ClusterError
        If the scheduler or its workers are missing, gone or do not fit.
    KimevalError
        If the request is wrong, another run is at work, or outputs/ cannot be written.
    """
    chosen = request.only or tuple(areas())
    delivered = {
        code: code in chosen and steps.has_delivery(project, one) for code, one in areas().items()
    }
    if not any(delivered.values()):
        raise MissingFileError(
            "A run over all areas needs a delivery of one of them at least, found none. Take one "
            "in with `kimeval ingest`, or make synthetic data: kimeval sample --areas all."
        )
    delivered |= steps.about_state(project, request.notebooks)
    plan = make_plan(project, replace(request, area=next(c for c in delivered if delivered[c])))
    if request.parameters:
        check_thresholds(plan)
    with only_run(project.outputs):
        clear_stages(project.outputs)
        try:
            return _Run(plan, request, delivered, progress, scheduler, jobs).done()
        finally:
            remove_stages(project.outputs)


class _Run:
    """A run under its lock: areas first, then the state, and a summary after each."""

    def __init__(
        self,
        plan: Plan,
        request: Request,
        delivered: Mapping[str, bool],
        progress: Progress,
        scheduler: str | None,
        jobs: int,
    ) -> None:
        self.project, self.scheduler = plan.project, scheduler
        quarter = str(plan.quarter)
        before = {
            code: _before(plan.project.outputs, quarter, code, there)
            for code, there in delivered.items()
        }
        self.results = kept(plan.project.outputs, plan.quarter, before, request.only)
        self.summary = Summary(plan.quarter, tuple(self.results.values()), now_in_berlin())
        self.tasks = [
            Task(replace(request, area=code), self.results[code].version)
            for code, there in delivered.items()
            if there
        ]
        about = {STATE: steps.notebooks_about_state(self.project, request.notebooks)}
        many = {t.request.area: len(about.get(t.request.area, plan.jobs)) for t in self.tasks}
        self.shown = AreaProgress(progress, many)
        self.jobs = jobs

    def done(self) -> Summary:
        """Do all there is to do."""
        waiting = [task for task in self.tasks if not (_is_state(task) or self._is_settled(task))]
        self.jobs = self.shown.jobs = min(self.jobs, len(waiting)) or 1
        state = [task for task in self.tasks if _is_state(task)]
        with warm_kernels(workers=self.jobs > 1):
            self._do([self._limited(task) for task in waiting])
            self._do([self._limited(task) for task in state])
        self.summary = replace(self.summary, finished=now_in_berlin())
        self._write()
        return self.summary

    def _limited(self, task: Task) -> Task:
        """With a limit of memory that areas side by side can keep on this machine."""
        if self.scheduler is not None or task.request.memory_mib:
            return task
        return replace(task, request=replace(task.request, memory_mib=default_limit(self.jobs)))

    def _is_settled(self, task: Task) -> bool:
        """Whether an area has nothing to do; it needs no worker then."""
        result = unchanged_result(self.project, task)
        if result:
            self._take(result)
        return result is not None

    def _do(self, tasks: Sequence[Task]) -> None:
        with self._results(tasks) as results:
            self._write()
            for result in results:
                self._take(result)
                self._write()

    def _results(self, tasks: Sequence[Task]) -> AbstractContextManager[Iterator[AreaResult]]:
        """Results of tasks, as they come."""
        if self.scheduler is not None and tasks:
            from kimeval.run.dask.spread import spread

            return spread(self.scheduler, self.project, tasks, self.shown)
        if self.jobs == 1:
            return nullcontext(self._in_turn(tasks))
        from kimeval.run.side_by_side import side_by_side

        return side_by_side(self.jobs, self.project, tasks, self.shown)

    def _in_turn(self, tasks: Sequence[Task]) -> Iterator[AreaResult]:
        for task in tasks:
            one = area(task.request.area)
            self.shown.begin(one)
            tell = partial(self.shown.told, one.code)
            yield area_result(self.project, task.request, tell, task.before)

    def _take(self, result: AreaResult) -> None:
        self.results[result.area] = result
        self.shown.end(result)
        self.summary = replace(self.summary, areas=tuple(self.results.values()))

    def _write(self) -> None:
        write_summary(self.summary, self.project.outputs)
        write_overview(self.summary, self.project.outputs)


def _is_state(task: Task) -> bool:
    return task.request.area == STATE


def _before(outputs: Path, quarter: str, code: str, delivered: bool) -> AreaResult:
    version = linked_version(outputs, quarter, code)
    return AreaResult(code, area(code).name, WAITING if delivered else NO_DELIVERY, version)
