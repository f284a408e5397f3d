"""A folder of exports becomes a delivery of the project (Übernahme einer Lieferung).

Files are copied to a hidden stage folder under data/raw/<area>/ and cleaned from
there. The stage becomes the delivery by one rename, then the vintage appears by
another one: whoever is killed leaves no vintage and no half delivery.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kimeval.core.area import Area
from kimeval.core.errors import FormatError, ParameterError
from kimeval.core.project import Project
from kimeval.core.quarter import BERLIN, today_in_berlin
from kimeval.data.copying import copy_files, delivered_files, same_files
from kimeval.data.deliveries import REVIEW, SHEET, Delivery, read_delivery
from kimeval.data.ingest import Progress
from kimeval.data.matching import matching_profiles, named_profiles, require_fit
from kimeval.data.pseudonyms import load_key
from kimeval.data.storage import alone, sweep, writable
from kimeval.data.vintages import Vintage, vintage_of


@dataclass(frozen=True)
class Said:
    """What is said of a folder beside its sheet (Angaben zur Lieferung).

    Attributes
    ----------
    as_of : date or None
        Day of the export.
    profiles : tuple of str
        Empty where they are to be found.
    synthetic : bool or None
        Whether the persons in it were generated.
    """

    as_of: dt.date | None = None
    profiles: tuple[str, ...] = ()
    synthetic: bool | None = None


@dataclass(frozen=True)
class Taken:
    """A delivery in its place, and its vintage (übernommene Lieferung).

    Attributes
    ----------
    delivery : Delivery
        Where its files lie in the project.
    vintage : Vintage
        Made from them.
    copied : bool
        Whether files were copied; False where the project held them already.
    new : bool
        Whether the vintage was made now.
    """

    delivery: Delivery
    vintage: Vintage
    copied: bool
    new: bool


def take_over(
    project: Project, area: Area, folder: Path, said: Said, progress: Progress | None = None
) -> Taken:
    """Take over a folder of exports and freeze its vintage (Lieferung aufnehmen).

    Parameters
    ----------
    project : Project
        Where deliveries, profiles and vintages lie.
    area : Area
        Whose exports.
    folder : Path
        With files as delivered and, perhaps, a `delivery.toml`. A folder that is a
        delivery of the project is used where it lies; files that the project holds
        already are recognised by their hashes and not copied again.
    said : Said
        Must not contradict the sheet.
    progress : callable, optional
        Told in words what is being done, and the share of it.

    Returns
    -------
    Taken

    Raises
    ------
    ParameterError
        If no day is given, or what is said contradicts the sheet.
    MissingFileError, FormatError
        If the folder, a file or a profile is missing, or something else than
        files lies in the folder.
    PublishError, LockedError
        If the project's folders cannot be written, or another process does.
    KimevalError
        If the files cannot be read; nothing is left behind then.
    """
    folder, home = folder.expanduser().absolute(), project.raw / area.code
    if held := _in_place(project, area, folder):
        return _frozen(project, area, read_delivery(held), said, progress)
    files = delivered_files(folder)
    if known := same_files(files, home):
        if (folder / SHEET).is_file():
            _require_agrees(read_delivery(known), area, _said_by(read_delivery(folder)))
        return _frozen(project, area, read_delivery(known), said, progress)
    delivery = describe(project, area, folder, files, said)
    load_key(delivery.synthetic)
    with writable(f"data/raw/{area.code}"), alone(home) as locked:
        sweep(home, at_once=locked)
        return _copied(project, area, delivery, files, progress)


def describe(
    project: Project, area: Area, folder: Path, files: Sequence[Path], said: Said
) -> Delivery:
    """What a folder outside the project holds, by its sheet or by what is said.

    Raises
    ------
    ParameterError, MissingFileError, FormatError
        As `take_over`.
    """
    names = [path.name for path in files if path.name not in (SHEET, REVIEW)]
    if (folder / SHEET).is_file():
        delivery = read_delivery(folder)
        _require_agrees(delivery, area, said)
    else:
        as_of = _day(files, said.as_of)
        found = said.profiles or matching_profiles(names, project.profiles)
        delivery = Delivery(folder, area.code, as_of, found, bool(said.synthetic))
    require_fit(names, named_profiles(delivery.profiles, project.profiles))
    return delivery


def _frozen(
    project: Project, area: Area, delivery: Delivery, said: Said, progress: Progress | None
) -> Taken:
    """A delivery that lies in the project, and its vintage."""
    _require_agrees(delivery, area, said)
    made = vintage_of(project, area, delivery, progress)
    return Taken(delivery, made.vintage, copied=False, new=made.new)


def _copied(
    project: Project,
    area: Area,
    delivery: Delivery,
    files: Sequence[Path],
    progress: Progress | None,
) -> Taken:
    home = project.raw / area.code
    place = home / _free_name(home, delivery.as_of)
    outer = home / f".{os.getpid()}.part"
    stage = outer / place.name
    shutil.rmtree(outer, ignore_errors=True)
    try:
        stage.mkdir(parents=True)
        copy_files(files, stage, f"copying to data/raw/{area.code}/{place.name}", progress)
        if not (stage / SHEET).is_file():
            (stage / SHEET).write_text(_sheet(delivery), encoding="utf-8")
        staged = replace(delivery, folder=stage)
        made = vintage_of(project, area, staged, progress, lambda: _settle(stage, place))
        return Taken(read_delivery(place), made.vintage, copied=True, new=made.new)
    except BaseException:
        if place.is_dir() and not stage.exists():
            place.rename(stage)
        raise
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _settle(stage: Path, place: Path) -> None:
    with writable(f"data/raw/{place.parent.name}"):
        stage.rename(place)


def _in_place(project: Project, area: Area, folder: Path) -> Path | None:
    """The folder itself if it is a delivery of the project."""
    real = folder.resolve()
    if real.parent in ((project.raw / area.code).resolve(), (project.sample / area.code).resolve()):
        return folder if folder.is_dir() else None
    if real.is_relative_to(project.raw.resolve()):
        raise FormatError(
            f"A delivery of {area} lies in data/raw/{area.code}/<name>/, '{folder.name}' lies "
            f"elsewhere in data/raw. Move it there, or name another --area."
        )
    return None


def _day(files: Sequence[Path], said: dt.date | None) -> dt.date:
    """The day of the export, as said; never guessed from the files."""
    if said is None:
        newest = max(path.stat().st_mtime for path in files)
        day = dt.datetime.fromtimestamp(newest, BERLIN).date()
        raise ParameterError(
            f"The day of an export must be said, found neither --as-of nor a {SHEET}. "
            f"The newest file is of {day}: add --as-of {day} if that is the day."
        )
    if said > (today := today_in_berlin()):
        raise ParameterError(
            f"The day of an export must not lie in the future, got {said}; today is {today}. "
            f"Correct --as-of."
        )
    return said


def _said_by(delivery: Delivery) -> Said:
    return Said(delivery.as_of, delivery.profiles, delivery.synthetic)


def _require_agrees(delivery: Delivery, area: Area, said: Said) -> None:
    """What is said beside a sheet must be what the sheet says."""
    pairs = {
        "area": (delivery.area, area.code),
        "as_of": (delivery.as_of, said.as_of),
        "profiles": (sorted(delivery.profiles), sorted(said.profiles) or None),
        "synthetic": (delivery.synthetic, said.synthetic),
    }
    for name, (written, wanted) in pairs.items():
        if wanted is not None and wanted != written:
            raise ParameterError(
                f"{SHEET} of '{delivery.folder.name}' says {name} = {_shown(written)}, now it is "
                f"{_shown(wanted)}. Correct the one that is wrong."
            )


def _shown(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else str(value).lower()


def _free_name(home: Path, as_of: dt.date) -> str:
    """The day, and behind it a number above all that are there."""
    form = re.compile(rf"{as_of}(?:\.(\d+))?")
    taken = [form.fullmatch(path.name) for path in home.iterdir()]
    numbers = [int(found[1] or 1) for found in taken if found]
    return f"{as_of}.{max(numbers) + 1}" if numbers else str(as_of)


def _sheet(delivery: Delivery) -> str:
    """Text of a `delivery.toml`; a JSON string is a TOML string too."""
    profiles = ", ".join(json.dumps(name, ensure_ascii=False) for name in delivery.profiles)
    return (
        f"area = {json.dumps(delivery.area)}\n"
        f"as_of = {delivery.as_of}\n"
        f"profiles = [{profiles}]\n"
        f"synthetic = {str(delivery.synthetic).lower()}\n"
    )
