"""From files to the text of a draft (Profilentwurf)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from itertools import takewhile
from pathlib import Path

from kimeval.core.errors import FormatError, ParameterError
from kimeval.core.text import slug
from kimeval.data.drafting.fileplan import FilePlan, plan_file
from kimeval.data.drafting.look import Look, look_at
from kimeval.data.drafting.writing import profile_text

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
DATED = re.compile(r"[\d][\d._-]*\d{3}[\d._-]*|\d{4,}")
BRACKET = re.compile(r"([\[*?])")


@dataclass(frozen=True)
class Draft:
    """A profile to be checked by a person (Entwurf).

    Attributes
    ----------
    name : str
        Of the profile.
    text : str
        TOML with comments.
    files : tuple of FilePlan
        What it says about each kind of file.
    """

    name: str
    text: str = field(repr=False)
    files: tuple[FilePlan, ...]


def draft_profile(
    paths: Sequence[Path], name: str = "", provider: str = "", database: str = ""
) -> Draft:
    """Draft a profile for some files of one system.

    Parameters
    ----------
    paths : sequence of Path
        Exports; those with the same columns and names that differ in a date
        only are one kind.
    name, provider : str
        Of the profile; the common beginning of the files' names by default.
    database : str
        Environment variable with the address of the database, for queries.

    Returns
    -------
    Draft

    Raises
    ------
    ParameterError
        If the name cannot be one of a profile.
    MissingFileError, FormatError
        If a file is not there, is no table, or none fits any canonical table.
    """
    name = name or _common_name(paths)
    if not NAME.fullmatch(name):
        raise ParameterError(
            f"The name of a profile has small letters, digits, - and _ only, got '{name}'. "
            f"Give one with --name."
        )
    kinds = _kinds([look_at(path, database) for path in paths])
    plans = [plan_file(look, pattern) for pattern, look in kinds.items()]
    if not any(plan.tables for plan in plans):
        raise FormatError(
            f"No canonical table fits {', '.join(plan.look.name for plan in plans)}: too few of "
            f"the columns are known by name or content. Write the profile by hand; "
            f"docs/profiles.md shows how."
        )
    plans = _all_active(plans)
    return Draft(name, profile_text(name, provider or name, plans), tuple(plans))


def _common_name(paths: Sequence[Path]) -> str:
    stems = [path.stem for path in paths]
    same = takewhile(lambda signs: len(set(signs)) == 1, zip(*stems, strict=False))
    common = "".join(signs[0] for signs in same)
    return slug(DATED.sub("", common)) or slug(stems[0])


def _kinds(looks: Sequence[Look]) -> dict[str, Look]:
    """Looks by pattern: files of the same columns together, others by their own name."""
    patterns = [_pattern(look.name) for look in looks]
    shapes = {(p, look.header) for p, look in zip(patterns, looks, strict=True)}
    made: dict[str, Look] = {}
    for pattern, look in zip(patterns, looks, strict=True):
        alone = sum(known == pattern for known, _ in shapes) == 1
        others = [o.name for o, p in zip(looks, patterns, strict=True) if p != pattern]
        alone = alone and not any(fnmatch(other, pattern) for other in others)
        key = pattern if alone else BRACKET.sub(r"[\1]", look.name)
        made[key] = _joined(made[key], look) if key in made else look
    return made


def _pattern(name: str) -> str:
    """`ki_faelle_2024-10-15.csv` gives `ki_faelle*.csv`."""
    path = Path(name)
    stem = DATED.sub("*", BRACKET.sub(r"[\1]", path.stem))
    return re.sub(r"[*_ -]*\*[*_ -]*$|$", "*", stem, count=1) + path.suffix


def _joined(one: Look, other: Look) -> Look:
    return replace(one, rows=[*one.rows, *other.rows])


def _all_active(plans: list[FilePlan]) -> list[FilePlan]:
    """A system that drops closed cases drops their contacts and referrals too."""
    if not any(plan.fields.get("only_active") for plan in plans):
        return plans
    dependent = {"contacts", "referrals", "placements"}
    return [
        replace(plan, fields={**plan.fields, "only_active": True})
        if dependent & set(plan.tables)
        else plan
        for plan in plans
    ]
