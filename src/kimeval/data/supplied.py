"""Denominators and rules that a user supplies as files (gelieferte Nenner).

`data/denominators/*.toml` of a project; a synthetic area takes the file beside its sample.
A file holds tables `[[denominator]]` with the fields of `core.denominator.SourcedDenominator` and
`[[own_case_management]]` with those of `core.supplied.SphereRule`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval.core.area import STATE, Area, areas
from kimeval.core.denominator import SourcedDenominator
from kimeval.core.digests import combined, file_hash
from kimeval.core.errors import FormatError, KimevalError, suggestion
from kimeval.core.project import Project
from kimeval.core.supplied import EVERYWHERE, SphereRule, Supplied

if TYPE_CHECKING:
    from kimeval.core.dataset import Dataset

SAMPLE = "denominators.toml"
KINDS: Mapping[str, type] = {"denominator": SourcedDenominator, "own_case_management": SphereRule}
NEEDED = ("quality", "definition", "source")
DATES = ("day", "since")


def supplied(dataset: Dataset, project: Project | None = None) -> Supplied:
    """Denominators and rules for a dataset's area, its municipalities and the state.

    Parameters
    ----------
    dataset : Dataset
        A synthetic one takes the synthetic numbers of the sample and no others.
    project : Project, optional
        The one around the working folder by default.

    Returns
    -------
    Supplied
        Empty where no file names the area.

    Raises
    ------
    FormatError
        If a file is not TOML, or an entry lacks a field or breaks a rule; the message
        names the file, the number of the entry and the field.
    """
    project = project or Project.find()
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for path in files(project, dataset.area, dataset.synthetic):
        for kind, entries in _read(path).items():
            found[kind] += entries
    here = [one for one in found["denominator"] if _concerns(one.ags, dataset.area)]
    rules = [one for one in found["own_case_management"] if _concerns(one.area, dataset.area)]
    return Supplied(tuple(here), tuple(rules))


def files(project: Project, area: Area, synthetic: bool) -> list[Path]:
    """Files that an area's evaluation reads."""
    if synthetic:
        path = project.sample / area.code / SAMPLE
        return [path] if path.is_file() else []
    return sorted((project.root / "data" / "denominators").glob("*.toml"))


def supplied_hash(project: Project, area: Area) -> str:
    """SHA-256 over names and contents of all files that an area's evaluation may read."""
    paths = [path for synthetic in (True, False) for path in files(project, area, synthetic)]
    return combined((path.name, file_hash(path)) for path in paths)


def _concerns(code: str, area: Area) -> bool:
    return code in (area.code, STATE, EVERYWHERE) or code in area


def _read(path: Path) -> dict[str, list[Any]]:
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise FormatError(
            f"A file of denominators is TOML in UTF-8, {path.name} is not. Compare it with "
            f"data/denominators/README.md."
        ) from None
    for kind, entries in declared.items():
        if kind not in KINDS or not isinstance(entries, list):
            raise FormatError(
                f"{path.name} holds tables {', '.join(f'[[{k}]]' for k in KINDS)}, found "
                f"'{kind}'. {suggestion(kind, KINDS)}"
            )
    return {
        kind: [
            _entry(f"{path.name}, {kind} {n}", KINDS[kind], one) for n, one in enumerate(all_, 1)
        ]
        for kind, all_ in declared.items()
    }


def _entry(where: str, kind: type, entry: Mapping[str, Any]) -> Any:
    known = [field.name for field in fields(kind)]
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    needed += [name for name in NEEDED if name in known and name not in needed]
    for field in entry:
        if field not in known:
            raise FormatError(f"{where}: no field '{field}'. {suggestion(field, known)}")
    if lacking := [name for name in needed if name not in entry]:
        raise FormatError(f"{where}: {', '.join(lacking)} missing. It has {', '.join(needed)}.")
    for name in DATES:
        if name in entry and type(entry[name]) is not dt.date:
            raise FormatError(f"{where}: {name} is a date such as 2024-06-30, without quotes.")
    _require_place(where, str(entry.get("ags", entry.get("area"))))
    given = {name: tuple(value) if name == "spheres" else value for name, value in entry.items()}
    try:
        return kind(**given)
    except KimevalError as found:
        raise FormatError(f"{where}: {found}") from None
    except TypeError:
        raise FormatError(f"{where}: a number or a text has the wrong type.") from None


def _require_place(where: str, code: str) -> None:
    known = code in (STATE, EVERYWHERE) or code in areas()
    if not known and not any(code in area for area in areas().values()):
        raise FormatError(
            f"{where}: '{code}' is neither a KIM area nor a municipality of eight digits in "
            f"NRW. Did it lose a zero?"
        )
