"""What `kimeval ingest` does (Aufnahme einer Lieferung)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval.cli.progress import Terminal
from kimeval.cli.texts import from_here
from kimeval.core.area import area as look_up
from kimeval.core.errors import ParameterError
from kimeval.core.project import Project

if TYPE_CHECKING:
    from kimeval.core.area import Area
    from kimeval.data.takeover import Said, Taken


def ingest(
    area: str, folder: Path | None, as_of: dt.date | None, profiles: str, synthetic: bool
) -> Iterator[str]:
    """Take in a delivery and account for it.

    Parameters
    ----------
    area : str
        Code of the area.
    folder : Path or None
        With exports; without one the newest delivery of the project is taken.
    as_of : date or None
        Day of the export, needed where the folder has no `delivery.toml`.
    profiles : str
        Names with commas; empty where they are to be found.
    synthetic : bool
        Whether the persons in it were generated.

    Yields
    ------
    str
        Lines of the account.

    Raises
    ------
    KimevalError
        Whatever goes wrong; nothing is left behind then.
    """
    from kimeval.data.takeover import Said

    names = tuple(name.strip() for name in profiles.split(",") if name.strip())
    said = Said(as_of, names, synthetic or None)
    place, project = look_up(area), Project.find()
    with Terminal() as progress:
        progress.busy(f"looking at the delivery of {place}")
        taken = _taken(project, place, folder, said, progress)
    yield from _told(project, place, taken)


def _taken(
    project: Project, place: Area, folder: Path | None, said: Said, progress: Terminal
) -> Taken:
    from kimeval.data.deliveries import newest_delivery
    from kimeval.data.takeover import Said, take_over

    if folder is None:
        if said != Said():
            raise ParameterError(
                "--as-of, --profiles and --synthetic describe a FOLDER of exports, none is named. "
                "Name it, or leave them out."
            )
        folder = newest_delivery(project, place).folder
    return take_over(project, place, folder, said, progress.read)


def _told(project: Project, place: Area, taken: Taken) -> Iterator[str]:
    from kimeval.cli.account import account_lines
    from kimeval.data.deliveries import newest_delivery

    yield from account_lines(taken.vintage)
    lies = from_here(taken.delivery.folder)
    if taken.copied:
        yield f"The files were copied to {lies}."
    elif taken.new:
        yield f"The files lie in {lies}; nothing was copied."
    else:
        yield f"The files lie in {lies}; nothing was copied,"
        yield f"and the vintage {taken.vintage.name} made from them is used."
    newest = newest_delivery(project, place)
    if newest.folder.resolve() != taken.delivery.folder.resolve():
        yield f"`kimeval run` goes on using the newer delivery {from_here(newest.folder)}."
