"""What a run will do, checked before anything starts (Ablaufplan)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kimeval import __version__
from kimeval.core.area import STATE, Area, area
from kimeval.core.errors import FormatError, MissingFileError, NotebookNameError, suggestion
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.run import fingerprint, trust
from kimeval.run.machine import default_limit
from kimeval.run.parameters import (
    BY_OPTION,
    Parameter,
    Value,
    checked,
    declared,
    given_pairs,
    scope,
    shown,
)

TIMEOUT = 1800.0


@dataclass(frozen=True)
class Request:
    """What a user asks for, as text (Auftrag).

    Attributes
    ----------
    quarter, area : str
        As typed.
    notebooks : tuple of str
        Names; empty means all of them.
    parameters : tuple of str
        `name=value` each.
    legal_basis : str or None
        On what legal basis the data are processed, for the manifest.
    force : bool
        Run even if nothing has changed.
    timeout : float
        Seconds that a notebook may take.
    trust : tuple of str
        Notebooks that may run though they are not as they came with kimeval; `all` is any.
    only : tuple of str
        Codes of the areas of a run over all; empty means every one that has a delivery.
    memory_mib : int
        Memory that a kernel may take beyond what it starts with, in MiB; 0 is a share of
        the machine's.
    """

    quarter: str
    area: str
    notebooks: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    legal_basis: str | None = None
    force: bool = False
    timeout: float = TIMEOUT
    trust: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    memory_mib: int = 0


@dataclass(frozen=True)
class Job:
    """A notebook with the values it is run with (Teilauftrag).

    Attributes
    ----------
    name : str
        The file's stem, such as `02_reach`.
    path : Path
        The notebook.
    parameters : mapping of str to value
        Those that are given, with quarter and area.
    values : mapping of str to value
        All that it runs with: the given ones and the declared defaults.
    timeout : float
        Seconds after which it is ended; no part of what the result depends on.
    memory_mib : int
        Memory that a kernel may take, 0 for no limit; no part of it either.
    content : str
        Hash of the content that was looked at (`trust.content_hash`).
    """

    name: str
    path: Path
    parameters: Mapping[str, Value]
    values: Mapping[str, Value] = field(default_factory=dict)
    timeout: float = TIMEOUT
    content: str = ""
    memory_mib: int = 0


@dataclass(frozen=True)
class Plan:
    """A checked request (Ablaufplan).

    Attributes
    ----------
    project : Project
        Where everything lies.
    quarter : Quarter
        Has begun.
    area : Area
        One of the KIM areas, or the state.
    jobs : tuple of Job
        In the order of their names.
    legal_basis : str or None
        As given.
    trusted : tuple of str
        Notebooks that run by the user's word alone.
    """

    project: Project
    quarter: Quarter
    area: Area
    jobs: tuple[Job, ...]
    legal_basis: str | None = None
    trusted: tuple[str, ...] = ()


def make_plan(project: Project, request: Request) -> Plan:
    """Check a request; reads notebooks and writes nothing.

    Raises
    ------
    QuarterError, AreaError, NotebookNameError, ParameterError
        For the first thing that is wrong, in this order.
    FormatError
        If a notebook does not declare its parameters as it must.
    TrustError
        If a notebook is not as it came with kimeval and not trusted by the user.
    """
    quarter = Quarter.parse(request.quarter).require_begun()
    place = area(request.area)
    chosen = choose(project, request.notebooks, place)
    cells = {name: declared(path) for name, path in chosen.items()}
    for name, cell in cells.items():
        _require_options(name, cell)
    given = checked(given_pairs(request.parameters), cells)
    contents = {name: trust.content_hash(path) for name, path in chosen.items()}
    fixed: dict[str, Value] = {"quarter": str(quarter), "area": place.code}
    limit = request.memory_mib or default_limit(1)
    jobs = tuple(
        Job(
            name,
            path,
            fixed | given[name],
            _defaults(cells[name]) | fixed | given[name],
            request.timeout,
            contents[name],
            limit,
        )
        for name, path in chosen.items()
    )
    there = [path.stem for path in project.notebooks.glob("*.ipynb")]
    trusted = trust.require_trusted(contents, request.trust, there)
    return Plan(project, quarter, place, jobs, request.legal_basis, trusted)


def choose(project: Project, names: tuple[str, ...], place: Area) -> dict[str, Path]:
    """Notebooks on an area or on the state by name, all of them or the named ones, sorted.

    Raises
    ------
    MissingFileError
        If the project has none.
    NotebookNameError
        If a name is not one of them, or is one of the other kind.
    """
    there = {path.stem: path for path in sorted(project.notebooks.glob("*.ipynb"))}
    if not there:
        raise MissingFileError("A project holds notebooks/*.ipynb, found none. Is it complete?")
    wanted = {name.strip().removesuffix(".ipynb") for name in names}
    for name in sorted(wanted - set(there)):
        raise NotebookNameError(
            f"A notebook is one of notebooks/*.ipynb, got {shown(name)}. "
            f"{suggestion(name[:40], there)}"
        )
    fitting = fitting_notebooks(project, place)
    for name in sorted(wanted - set(fitting)):
        other = f"the state: --area {STATE}" if place.code != STATE else "one area: --area 05370"
        raise NotebookNameError(
            f"A notebook is run for what it is about, '{name}' is about {other}."
        )
    if not fitting:
        raise MissingFileError(
            f"A run of {place} needs a notebook about it, found none. Is notebooks/ complete?"
        )
    return {name: path for name, path in fitting.items() if name in wanted or not wanted}


def fitting_notebooks(project: Project, place: Area) -> dict[str, Path]:
    """Notebooks on an area, or on the state, by name."""
    kinds = ("both", "state" if place.code == STATE else "area")
    paths = sorted(project.notebooks.glob("*.ipynb"))
    return {path.stem: path for path in paths if scope(path) in kinds}


def inputs(plan: Plan, delivery: str) -> dict[str, Any]:
    """Everything the result depends on, to be compared with a published version's.

    Parameters
    ----------
    plan : Plan
        What would run.
    delivery : str
        Hash of the delivered files and their profiles; for the state, of what the
        areas published.
    """
    return {
        "kimeval": __version__,
        "quarter": str(plan.quarter),
        "area": plan.area.code,
        "legal_basis": plan.legal_basis,
        "delivery": delivery,
        "code": fingerprint.code_hash(),
        "reference": fingerprint.reference_hash(),
        "lock": fingerprint.lock_hash(plan.project),
        "packages": fingerprint.packages(),
        "notebooks": {job.name: fingerprint.file_hash(job.path) for job in plan.jobs},
        "parameters": {job.name: dict(job.values) for job in plan.jobs},
        "trusted_by_user": list(plan.trusted),
    }


def _defaults(cell: Mapping[str, Parameter]) -> dict[str, Value]:
    return {name: parameter.default for name, parameter in cell.items()}


def _require_options(name: str, cell: Mapping[str, Parameter]) -> None:
    for parameter in BY_OPTION:
        if parameter not in cell or cell[parameter].type != "str":
            raise FormatError(
                f"A notebook declares quarter and area as str, '{name}' lacks {parameter}. "
                f"Add it to the cell tagged 'parameters'."
            )
