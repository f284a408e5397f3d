"""The intended steps of a case, declared in a file (Zielpfad)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kimeval.core.errors import MissingFileError, ProfileError, suggestion

FILE = Path(__file__).with_name("target_path.toml")
WAY_OUT = "See target_path.toml of kimeval for the form."


class Step(BaseModel):
    """One intended step (vorgesehener Schritt).

    Attributes
    ----------
    id, name : str
        In code, and in a report.
    activities : tuple of str
        Activities of a log that count as this step.
    required : bool
        Whether leaving it out is a deviation.
    again : bool
        Whether later events of the step are part of the path instead of added to it.
    within_days : int or None
        Limit in days after the step `after`; no limit where it is missing.
    after : str
        An earlier step; the one right before where it is empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    activities: tuple[str, ...] = Field(min_length=1)
    required: bool = True
    again: bool = False
    within_days: int | None = Field(default=None, ge=0)
    after: str = ""


class TargetPath(BaseModel):
    """The intended steps in order (Zielpfad).

    Attributes
    ----------
    name : str
        In a report.
    steps : tuple of Step
        Two or more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=2)

    def base(self, place: int) -> int:
        """Place of the step from which the limit of another counts; -1 for the first."""
        after = self.steps[place].after
        return place - 1 if not after else [step.id for step in self.steps].index(after)

    def step_of(self) -> dict[str, int]:
        """Place of the step of each activity that counts as one."""
        return {name: at for at, step in enumerate(self.steps) for name in step.activities}


def target_path(file: Path | str | None = None) -> TargetPath:
    """Read the intended steps (Zielpfad).

    Parameters
    ----------
    file : path, optional
        A file of one's own; it replaces the one that comes with kimeval.

    Returns
    -------
    TargetPath

    Raises
    ------
    MissingFileError
        If there is no such file.
    ProfileError
        If it is not TOML, a name is unknown or missing, a limit is no whole number of
        days, or the steps contradict each other.
    """
    path = FILE if file is None else Path(file)
    if not path.is_file():
        raise MissingFileError(f"A target path is a TOML file, '{path.name}' is not there.")
    try:
        made = TargetPath(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as found:
        raise ProfileError(
            f"A target path is a TOML file, {path.name} is not: {found}. {WAY_OUT}"
        ) from None
    except ValidationError as found:
        first = found.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ProfileError(
            f"Target path {path.name}, at {where}: {first['msg']}. {WAY_OUT}"
        ) from None
    _require_consistent(made, path.name)
    return made


def _require_consistent(made: TargetPath, file: str) -> None:
    seen: list[str] = []
    activities: dict[str, str] = {}
    for step in made.steps:
        if step.id in seen:
            raise ProfileError(f"A step stands once in target path {file}, '{step.id}' twice.")
        if step.after and step.after not in seen:
            raise ProfileError(
                f"A limit in target path {file} counts from an earlier step, '{step.id}' from "
                f"'{step.after}'. {suggestion(step.after, seen)}"
            )
        if step.within_days is not None and not seen:
            raise ProfileError(f"The first step of target path {file} has no limit, it has one.")
        for activity in step.activities:
            if activity in activities:
                raise ProfileError(
                    f"An activity counts as one step in target path {file}, '{activity}' as "
                    f"'{activities[activity]}' and '{step.id}'."
                )
            activities[activity] = step.id
        seen.append(step.id)
