"""One run: check, compare, stage, execute, publish (Lauf)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval.core.errors import LockedError, ProtectionError
from kimeval.core.project import Project
from kimeval.core.quarter import now_in_berlin
from kimeval.data.storage import REFUSED, writable
from kimeval.run import steps
from kimeval.run.lock import only_release, only_run
from kimeval.run.manifest import Data, Times, is_current, write_manifest
from kimeval.run.noted import note_area
from kimeval.run.plan import Plan, Request, inputs, make_plan
from kimeval.run.progress import Progress
from kimeval.run.publish import (
    STAGES,
    clear_stages,
    has_stages,
    link_to,
    linked_version,
    newest_version,
    publish,
    published,
    require_place,
    stage,
)
from kimeval.run.summary import PUBLISHED, AreaResult
from kimeval.run.warm.forks import warm_kernels

if TYPE_CHECKING:
    from kimeval.run.execute import Executed


INDEX = "index.html"


@dataclass(frozen=True)
class Outcome:
    """Where the result is read (Ergebnis des Laufs).

    Attributes
    ----------
    index : Path
        outputs/<quarter>/<area>/index.html.
    unchanged : bool
        True if the published version stands for the same inputs already.
    """

    index: Path
    unchanged: bool


def run(project: Project, request: Request, progress: Progress) -> Outcome:
    """Run the notebooks of a request and publish them (Lauf).

    Parameters
    ----------
    project : Project
        Where notebooks, data and outputs lie.
    request : Request
        As typed; nothing is written unless all of it is right.
    progress : Progress
        Told about each step.

    Raises
    ------
    KimevalError
        Whatever goes wrong; the last good version stays in its place.
    """
    plan = make_plan(project, request)
    outputs = project.outputs
    if not request.force and is_published(plan):
        clear_if_alone(outputs)
        return Outcome(_place(plan) / INDEX, unchanged=True)
    check_thresholds(plan)
    with only_run(outputs):
        clear_stages(outputs)
        before, started = _linked(plan), time.monotonic()
        outcome = run_held(plan, request.force, before, progress)
        seconds = round(time.monotonic() - started, 2)
        result = AreaResult(plan.area.code, plan.area.name, PUBLISHED, _linked(plan), seconds)
        note_area(project, plan.quarter, result)
        return outcome


def run_held(plan: Plan, force: bool, before: str | None, progress: Progress) -> Outcome:
    """Run a plan and publish what comes of it, unless that is published already.

    Whoever calls it holds the lock of outputs/ and has cleared the stages. Called
    again for an area whose worker died, it repeats nothing that was published.

    Parameters
    ----------
    plan : Plan
        For one area.
    force : bool
        Run even if nothing has changed.
    before : str or None
        The version that was read when the whole run began.
    progress : Progress
        Told about each step.

    Raises
    ------
    KimevalError
        Whatever goes wrong; the last good version stays in its place.
    """
    outputs, quarter, area = plan.project.outputs, str(plan.quarter), plan.area.code
    wanted = wanted_inputs(plan)
    index, linked = _place(plan) / INDEX, _linked(plan)
    if not (force and linked == before) and is_current(_place(plan), wanted):
        return Outcome(index, unchanged=linked == before)
    newest = newest_version(outputs, quarter, area)
    if not force and newest and newest.name != linked and is_current(newest, wanted):
        link_to(newest, outputs, quarter, area)  # a run was killed just before it did
        return Outcome(index, unchanged=False)
    check_thresholds(plan)
    require_place(outputs, quarter, area)
    with writable(f"outputs/{quarter}/{area}", REFUSED):
        _run_and_publish(plan, wanted, progress)
    return Outcome(index, unchanged=False)


def wanted_inputs(plan: Plan) -> dict[str, Any]:
    """All that the result of a plan depends on.

    Raises
    ------
    KimevalError
        If there is no delivery, or none that reaches into the quarter.
    """
    return inputs(plan, steps.delivery_digest(plan.project, plan.area, plan.quarter))


def is_published(plan: Plan) -> bool:
    """Whether the version that is read is what a run would make, and whole.

    Raises
    ------
    KimevalError
        As `wanted_inputs`.
    """
    return is_current(_place(plan), wanted_inputs(plan))


def clear_if_alone(outputs: Path) -> None:
    """Remove what a killed run left, unless a run is at work."""
    if has_stages(outputs):
        with suppress(LockedError), only_run(outputs):
            clear_stages(outputs)


def _linked(plan: Plan) -> str | None:
    return linked_version(plan.project.outputs, str(plan.quarter), plan.area.code)


def _place(plan: Plan) -> Path:
    return published(plan.project.outputs, str(plan.quarter), plan.area.code)


def _run_and_publish(plan: Plan, wanted: Mapping[str, Any], progress: Progress) -> None:
    outputs, quarter, area = plan.project.outputs, str(plan.quarter), plan.area.code
    steps.require_registered(plan)
    started = now_in_berlin()
    progress.line(f"{plan.area}, {plan.quarter}, notebooks: {len(plan.jobs)}")
    progress.busy("reading the data")
    vintage = steps.ensure_vintage(plan.project, plan.area, plan.quarter, progress.read)
    progress.line(f"data: {vintage.name}{', synthetic' if vintage.synthetic else ''}")
    with stage(outputs, quarter, area) as folder, _scratch(plan) as held:
        executed = execute_all(plan, folder, held / "release.parquet", progress)
        progress.busy("writing the pages")
        steps.write_pages(folder, [one.path for one in executed], plan, vintage, started.date())
        steps.write_versions(folder, plan, wanted, vintage, started)
        _require_no_path(folder, plan.project.root)
        decided = held / "release.parquet"
        with _release(plan):
            progress.busy("attacking what is to be published")
            attacked = steps.attack(
                plan, decided, [one.path for one in executed], vintage.synthetic
            )
            progress.line(attacked.line)
            progress.busy("searching it for anything of a person")
            needles = steps.needles(plan, vintage)
            searched = steps.require_clean(folder, needles)
            progress.line(searched.line)
            data = Data(vintage.name, vintage.digest, vintage.as_of, vintage.synthetic)
            times = Times(started, now_in_berlin())
            protection = {**attacked.told, "search": searched.told(and_files=1)}
            manifest = write_manifest(folder, plan, wanted, data, executed, times, protection)
            steps.require_clean(folder, needles, [manifest])
            steps.register(plan, decided, vintage.name, started, vintage.synthetic)
            publish(folder, outputs, quarter, area)


def _release(plan: Plan) -> AbstractContextManager[None]:
    """Once the state is published, an area can be compared with all others."""
    alone = steps.is_state_registered(plan.project)
    return only_release(plan.project.outputs) if alone else nullcontext()


@warm_kernels()
def execute_all(plan: Plan, folder: Path, release: Path, progress: Progress) -> list[Executed]:
    """Execute the notebooks of a plan into a stage; what they protect goes to `release`.

    Raises
    ------
    NotebookFailure
        If one fails.
    """
    from kimeval.run.execute import execute

    target = folder / "notebooks"
    target.mkdir()
    executed = []
    for number, job in enumerate(plan.jobs, start=1):
        place = f"[{number}/{len(plan.jobs)}] {job.name}"
        progress.busy(place)
        with _scratch(plan) as scratch:
            executed.append(execute(job, target, plan.project.root, scratch, release))
        progress.notebook(f"{place}  {executed[-1].seconds:.1f} s")
    return executed


@contextmanager
def _scratch(plan: Plan) -> Iterator[Path]:
    """A folder among the stages for what a kernel leaves; never published."""
    place, prefix = plan.project.outputs / STAGES, f"{plan.quarter}-{plan.area.code}-"
    with tempfile.TemporaryDirectory("", prefix, place, ignore_cleanup_errors=True) as name:
        yield Path(name)


def check_thresholds(plan: Plan) -> None:
    """Refuse rules that protect no one or lack their reason.

    Raises
    ------
    ProtectionError
        If a notebook of the plan would run with such.
    """
    for job in plan.jobs:
        if isinstance(threshold := job.values.get("threshold"), int):
            reason, method = (str(job.values.get(name, "")) for name in ("reason", "method"))
            steps.check_rules(threshold, reason, method or "suppression")


def _require_no_path(folder: Path, root: Path) -> None:
    """Nothing that leaves tells where on the machine it was made."""
    needle = str(root).encode()
    for path in sorted(folder.rglob("*")):
        if len(root.parts) > 2 and path.is_file() and needle in path.read_bytes():
            raise ProtectionError(
                f"Nothing published names a folder of this machine, "
                f"'{path.relative_to(folder).as_posix()}' does. Remove it from the notebook."
            )
