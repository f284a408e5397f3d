"""What `kimeval run` and `kimeval status` do (Lauf, Stand)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kimeval.cli.progress import Terminal
from kimeval.cli.texts import from_here
from kimeval.core.errors import AreasFailed
from kimeval.core.project import Project

if TYPE_CHECKING:
    from kimeval.run.plan import Request
    from kimeval.run.summary import Summary


def run_area(request: Request) -> Iterator[str]:
    """Run and publish one area.

    Yields
    ------
    str
        Where the result is read.
    """
    from kimeval.run.run import run

    with Terminal() as progress:
        outcome = run(Project.find(), request, progress)
        if outcome.unchanged:
            progress.line("unchanged since the last run; --force runs anyway")
    yield from_here(outcome.index)


def run_areas(request: Request, scheduler: str = "", jobs: int = 0) -> Iterator[str]:
    """Run and publish all areas that have a delivery.

    Parameters
    ----------
    request : Request
        For all areas.
    scheduler : str
        Address of a scheduler of dask.distributed; empty to run here.
    jobs : int
        Areas side by side here; 0 for as many as there are cores.

    Yields
    ------
    str
        Counts by status, and where the list of areas is read.

    Raises
    ------
    ParameterError
        If the address is none.
    AreasFailed
        After all areas have had their turn, if one of them failed.
    """
    from kimeval.run.every import run_all
    from kimeval.run.machine import usable_cores
    from kimeval.run.overview import INDEX

    if scheduler:
        from kimeval.run.dask.connect import check_address

        check_address(scheduler)
    project = Project.find()
    with Terminal() as progress:
        summary = run_all(project, request, progress, scheduler or None, jobs or usable_cores())
    yield ", ".join(f"{status} {number}" for status, number in summary.counts.items() if number)
    yield from_here(project.outputs / str(summary.quarter) / INDEX)
    _require_success(summary)


def status_lines(quarter: str) -> Iterator[str]:
    """What the last run over all areas of a quarter came to.

    Raises
    ------
    QuarterError
        If the quarter cannot be read.
    MissingFileError
        If there was no such run.
    """
    from kimeval.core.quarter import Quarter
    from kimeval.run.summary import read_summary, summary_lines

    summary = read_summary(Project.find().outputs, Quarter.parse(quarter))
    yield from summary_lines(summary)
    if not summary.finished:
        yield ""
        yield "A run is at work, or was ended. The same command goes on where it stopped."


def _require_success(summary: Summary) -> None:
    from kimeval.run.summary import FAILED, NO_DELIVERY, TEXT

    if failed := summary.of(FAILED):
        tried = len(summary.areas) - len(summary.of(NO_DELIVERY))
        codes = ", ".join(result.area for result in failed[:10])
        raise AreasFailed(
            f"Each area with a delivery must be published, {len(failed)} of {tried} failed: "
            f"{codes}{', ...' if len(failed) > 10 else ''}. "
            f"See outputs/{summary.quarter}/{TEXT}, mend them, and run again."
        )
