"""Gives out areas to workers, one each at a time, and takes back results (Verteilen).

An area whose worker is gone is given to another one. That nothing is published twice
does not rest on who is thought dead: an area is held by a lock while it is run, and a
version that stands already is not made again (`run.area_task`).
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kimeval.core.area import area as look_up
from kimeval.core.errors import ClusterError, ProtectionError
from kimeval.core.project import Project
from kimeval.run.area_progress import AreaProgress
from kimeval.run.area_task import Task
from kimeval.run.dask.connect import ANSWERS_WITHIN, OPEN, connected, is_open, require_running
from kimeval.run.dask.crew import Crew
from kimeval.run.dask.facts import facts
from kimeval.run.dask.work import mark, run_here
from kimeval.run.summary import FAILED, AreaResult

ATTEMPTS = 3
PAUSE = 0.2
LOOKS_EVERY = 2.0
ALONE_FOR = 300.0


@dataclass
class Spread:
    """Areas that wait, and those at work (Verteilung).

    Attributes
    ----------
    crew : Crew
        Who takes part.
    waiting : deque of Task
        In the order in which they are given out.
    shown : AreaProgress
        Told about each area and of lost workers.
    alone : deque of Task
        Those that are tried again when no other is at work.
    at_work : dict of str to (Task, Future)
        By the worker's address.
    attempts : Counter of str
        Workers that an area was given to, by its code.
    """

    crew: Crew
    waiting: deque[Task]
    shown: AreaProgress
    alone: deque[Task] = field(default_factory=deque)
    at_work: dict[str, tuple[Task, Any]] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)
    _alone_since: float | None = None

    def results(self) -> Iterator[AreaResult]:
        """What became of each area, as it comes.

        Raises
        ------
        ClusterError
            If the scheduler is gone, or all workers are and none comes.
        """
        looked = time.monotonic()
        while self.waiting or self.at_work or self.alone:
            self._give_out()
            yield from self._taken_back()
            if time.monotonic() - looked > LOOKS_EVERY:
                self.crew.refresh(self.shown.progress.line)
                yield from self._lost()
                self._require_someone()
                looked = time.monotonic()
            if self.at_work or not self.crew.present:
                time.sleep(PAUSE)

    def stop(self) -> None:
        """Give out nothing more; what is at work ends by itself, or with the run's mark."""
        for _, future in self.at_work.values():
            with suppress(Exception):
                future.cancel(force=True)

    def _give_out(self) -> None:
        self.shown.jobs = max(1, len(self.crew.present))
        if self.alone and not self.waiting and not self.at_work:
            self.waiting.append(self.alone.popleft())
        for address in sorted(self.crew.present - set(self.at_work)):
            if not self.waiting:
                return
            task = self.waiting.popleft()
            code = task.request.area
            self.attempts[code] += 1
            self.shown.begin(look_up(code))
            future = self.crew.client.submit(
                run_here,
                self.crew.root,
                self.crew.run,
                task.request,
                task.before,
                key=f"kimeval-{task.request.quarter}-{code}-{self.crew.run}-{self.attempts[code]}",
                workers=[address],
                pure=False,
            )
            self.at_work[address] = (task, future)

    def _taken_back(self) -> Iterator[AreaResult]:
        for address, (task, future) in list(self.at_work.items()):
            if future.status == "pending":
                continue
            del self.at_work[address]
            result = None
            if future.status == "finished":
                with suppress(Exception):  # the worker is gone, and the result with it
                    result = future.result(timeout=ANSWERS_WITHIN)
            if result is None:
                require_running(self.crew.client)
                result = self._again(task)
            else:
                result = self._again_alone(task, result)
            future.release()
            if result is not None:
                yield result

    def _lost(self) -> Iterator[AreaResult]:
        """Areas of workers that are gone wait again, before all others."""
        for address in set(self.at_work) - self.crew.present:
            task, future = self.at_work.pop(address)
            future.cancel(force=True)
            if (result := self._again(task)) is not None:
                yield result

    def _again_alone(self, task: Task, result: AreaResult) -> AreaResult | None:
        """As beside each other on one machine: a refused release has a second chance."""
        refused = result.status == FAILED and result.error == ProtectionError.__name__
        if refused and self.at_work and self.attempts[result.area] < ATTEMPTS:
            self.alone.append(task)
            return None
        return result

    def _again(self, task: Task) -> AreaResult | None:
        one = look_up(task.request.area)
        if (attempts := self.attempts[one.code]) < ATTEMPTS:
            line = self.shown.progress.line
            line(f"{one.name} is given to another worker, the first one is gone")
            self.waiting.appendleft(task)
            return None
        return AreaResult(
            one.code,
            one.name,
            FAILED,
            task.before,
            error=ClusterError.__name__,
            exit_code=ClusterError.exit_code,
            message=f"An area is done by a worker, {attempts} died or failed at it. See their "
            f"logs, perhaps memory was short, and run this area by itself.",
        )

    def _require_someone(self) -> None:
        if self.crew.present:
            self._alone_since = None
            return
        since = self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - since > ALONE_FOR:
            raise ClusterError(
                f"A run needs a worker at least, all are gone for {ALONE_FOR:.0f} s. What is "
                f"published stays. Start workers, and the run again: it goes on where it stopped."
            )


@contextmanager
def spread(
    address: str, project: Project, tasks: Sequence[Task], shown: AreaProgress
) -> Iterator[Iterator[AreaResult]]:
    """Run areas on the workers of a scheduler.

    Whoever calls it holds the lock of outputs/ and has cleared the stages.

    Parameters
    ----------
    address : str
        Of the scheduler, checked.
    project : Project
        On a folder that all machines share.
    tasks : sequence of Task
        One for each area.
    shown : AreaProgress
        Told about each area, and in words what happens to workers.

    Yields
    ------
    iterator of AreaResult
        One for each task, as they come.

    Raises
    ------
    ClusterError
        If scheduler or workers are missing or do not fit.
    """
    with connected(address) as client, _marked(project.outputs) as run:
        if is_open(address):
            shown.progress.line(OPEN)
        crew = Crew(client, project.root, run, facts(project))
        crew.gather()
        shown.progress.line(f"workers that take part: {len(crew.present)}")
        work = Spread(crew, deque(tasks), shown)
        try:
            yield work.results()
        finally:
            work.stop()


@contextmanager
def _marked(outputs: Path) -> Iterator[str]:
    """A name for a run, and its mark for as long as it is at work."""
    run = os.urandom(8).hex()
    path = mark(outputs, run)
    path.write_text(run, encoding="ascii")
    try:
        yield run
    finally:
        path.unlink(missing_ok=True)
        for left in path.parent.glob(f"{path.name}-*"):
            left.unlink(missing_ok=True)
