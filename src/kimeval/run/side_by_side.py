"""Areas side by side, each in one of several worker processes (Gebiete nebeneinander).

A worker that dies takes only the area at work with it: another one does that area
again, and an area at which two have died has failed.
"""

from __future__ import annotations

import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from kimeval.core.area import area as look_up
from kimeval.core.errors import NotebookFailure, ProtectionError
from kimeval.core.project import Project
from kimeval.run.area_progress import AreaProgress
from kimeval.run.area_task import Task, run_area_task
from kimeval.run.publish import stages_of
from kimeval.run.start_worker import Process, Start, start_worker
from kimeval.run.summary import FAILED, AreaResult
from kimeval.run.worker import SAID

ATTEMPTS = 2
Act = Callable[..., AreaResult]


@dataclass(eq=False)
class Worker:
    """A worker as the run sees it (Arbeitsprozess).

    Attributes
    ----------
    channel : Connection
        Takes tasks, brings what is told and the results.
    process : Process
        Can be ended.
    task : Task or None
        What it is at.
    """

    channel: Connection
    process: Process
    task: Task | None = None


@dataclass
class Workers:
    """The workers of a run, and what they have to do (Arbeitsplan).

    Attributes
    ----------
    project : Project
        Where everything lies.
    jobs : int
        Most workers at once.
    shown : AreaProgress
        Told about each area.
    start : callable
        Starts a worker.
    act : callable
        What it does with an area.
    waiting : deque of Task
        In the order in which they are given out.
    alone : deque of Task
        Those that are tried again when no other is at work.
    attempts : Counter of str
        Workers that an area was given to, by its code.
    workers : list of Worker
        Idle ones too.
    """

    project: Project
    jobs: int
    shown: AreaProgress
    start: Start
    act: Act
    waiting: deque[Task]
    alone: deque[Task] = field(default_factory=deque)
    attempts: Counter[str] = field(default_factory=Counter)
    workers: list[Worker] = field(default_factory=list)

    def results(self) -> Iterator[AreaResult]:
        """What became of each area, as it comes."""
        while self._give_out():
            busy = {worker.channel: worker for worker in self.workers if worker.task}
            for channel in wait(list(busy)):
                result = self._heard(busy[channel])  # type: ignore[index]
                if result is not None:
                    yield result

    def end(self) -> None:
        """End all workers, whatever they are at."""
        for worker in self.workers:
            worker.channel.close()
            worker.process.kill()
        self.workers.clear()

    def _give_out(self) -> bool:
        """Give each idle worker an area; whether any is at work."""
        for worker in [one for one in self.workers if one.task is None]:
            self._give(worker)
        while self.waiting and len(self.workers) < self.jobs:
            self.workers.append(Worker(*self.start()))
            self._give(self.workers[-1])
        if not self._at_work() and self.alone:
            self.waiting.append(self.alone.popleft())
            return self._give_out()
        return self._at_work()

    def _at_work(self) -> bool:
        return any(worker.task for worker in self.workers)

    def _give(self, worker: Worker) -> None:
        if not self.waiting:
            return
        worker.task = self.waiting.popleft()
        one = look_up(worker.task.request.area)
        self.attempts[one.code] += 1
        self.shown.begin(one)
        with suppress(OSError):  # a worker that has died meanwhile is heard of below
            worker.channel.send(
                (self.act, self.project.root, worker.task.request, worker.task.before)
            )

    def _heard(self, worker: Worker) -> AreaResult | None:
        task = worker.task
        assert task
        try:
            word, told = worker.channel.recv()
        except (EOFError, OSError):
            return self._lost(worker, task)
        if word == SAID:
            self.shown.told(task.request.area, told)
            return None
        worker.task = None
        return self._again_alone(task, told)

    def _again_alone(self, task: Task, result: AreaResult) -> AreaResult | None:
        """A release that was refused beside others has a second chance after them.

        What others publish meanwhile is attacked with it, and was not known to its notebooks.
        """
        refused = result.status == FAILED and result.error == ProtectionError.__name__
        if refused and self._at_work() and self.attempts[result.area] < ATTEMPTS:
            self.alone.append(task)
            return None
        return result

    def _lost(self, worker: Worker, task: Task) -> AreaResult | None:
        """A worker has died: its area waits again, before all others, or has failed."""
        self.workers.remove(worker)
        worker.channel.close()
        worker.process.kill()
        one = look_up(task.request.area)
        for left in stages_of(self.project.outputs, task.request.quarter, one.code):
            shutil.rmtree(left, ignore_errors=True)
        if self.attempts[one.code] < ATTEMPTS:
            self.waiting.appendleft(task)
            return None
        return AreaResult(
            one.code,
            one.name,
            FAILED,
            task.before,
            error=NotebookFailure.__name__,
            exit_code=NotebookFailure.exit_code,
            message=f"An area is done by a worker process, {ATTEMPTS} were ended at it, perhaps "
            f"for lack of memory. Run this area by itself, or all with fewer --jobs.",
        )


@contextmanager
def side_by_side(
    jobs: int,
    project: Project,
    tasks: Sequence[Task],
    shown: AreaProgress,
    start: Start = start_worker,
    act: Act = run_area_task,
) -> Iterator[Iterator[AreaResult]]:
    """Run areas in workers; whoever calls it holds the lock and has cleared the stages.

    Parameters
    ----------
    jobs : int
        Most areas at once.
    project : Project
        Where everything lies.
    tasks : sequence of Task
        One for each area.
    shown : AreaProgress
        Told about each area.
    start : callable
        Starts a worker.
    act : callable
        What a worker does with an area.

    Yields
    ------
    iterator of AreaResult
        One for each task, as they come.
    """
    workers = Workers(project, jobs, shown, start, act, deque(tasks))
    try:
        yield workers.results()
    finally:
        workers.end()
