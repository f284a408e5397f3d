"""Vintages: cleaned tables of a delivery, frozen (Datenstand).

`data/vintages/<area>/<date>/` holds one Parquet file per table, the ledger and
`vintage.json`. A later delivery, or other cleaning, makes a new one beside it. Where
KIMEVAL_VINTAGES names a place, it is made once for all machines (`data.shared`).
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from kimeval.core.area import Area
from kimeval.core.errors import KimevalError
from kimeval.core.project import Project
from kimeval.data.deliveries import REVIEW, Delivery, inputs_digest, newest_delivery
from kimeval.data.frozen import ABOUT, ASIDE, LEDGER, Vintage, digest_of_tables, open_vintage
from kimeval.data.ingest import Ingested, Progress, ingest
from kimeval.data.set_aside import write_set_aside
from kimeval.data.shared import SharedPlace, home_of, shared_place
from kimeval.data.storage import FULL, sweep, writable
from kimeval.data.stores import write_table

__all__ = ["Made", "Vintage", "ensure_vintage", "open_vintage", "vintage_of"]

SPILL = "spill"
JOINED = "joined.csv"
QUERY = ".sql"


@dataclass(frozen=True)
class Made:
    """A vintage, and whether it is new (angelegter Datenstand)."""

    vintage: Vintage
    new: bool


def ensure_vintage(project: Project, area: Area, progress: Progress | None = None) -> Vintage:
    """The vintage of an area's newest delivery; made if it is not there yet.

    As `vintage_of`.
    """
    return vintage_of(project, area, newest_delivery(project, area), progress).vintage


def vintage_of(
    project: Project,
    area: Area,
    delivery: Delivery,
    progress: Progress | None = None,
    settle: Callable[[], object] = lambda: None,
) -> Made:
    """The vintage of a delivery; made if it is not there yet.

    Parameters
    ----------
    project : Project
        Where profiles and vintages lie.
    area : Area
        Whose delivery.
    delivery : Delivery
        Files and profiles.
    progress : callable, optional
        Told in words what is being done, and the share of bytes that is read.
    settle : callable, optional
        Called when all is written, just before the vintage appears: what it does
        comes first, and nothing appears if it fails.

    Returns
    -------
    Made

    Raises
    ------
    PublishError
        If data/vintages cannot be written.
    MissingFileError
        If KIMEVAL_VINTAGES names a place that cannot be read or written.
    KimevalError
        If the delivery is missing or cannot be read. No vintage is left then.
    """
    inputs = inputs_digest(project, delivery)
    home, shared = home_of(project, area), shared_place()
    if found := _existing(home, inputs, area) or _shared(shared, home, inputs, area):
        settle()
        return Made(found, new=False)
    stage = home / f".{delivery.as_of}-{uuid.uuid4().hex[:8]}-{os.getpid()}.part"
    place = f"data/vintages/{area.code}"
    sweep(home)
    try:
        with writable(place, FULL):
            done = ingest(delivery, project.profiles, progress, stage / SPILL)
        with writable(place):
            stage.mkdir(parents=True, exist_ok=True)
            inputs = _inputs_now(project, delivery, inputs)
            _write(stage, done, delivery, inputs)
            settle()
            made = _freeze(stage, home, delivery, inputs, area, shared)
        return _put(shared, made, stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _existing(home: Path, inputs: str, area: Area) -> Vintage | None:
    for folder in sorted(home.glob("[0-9]*/")):
        if (folder / ABOUT).is_file():
            vintage = open_vintage(folder, area)
            if vintage.inputs == inputs:
                return vintage
    return None


def _shared(shared: SharedPlace | None, home: Path, inputs: str, area: Area) -> Vintage | None:
    """A vintage that another machine has made, copied to this one."""
    if shared is None:
        return None
    with writable(f"data/vintages/{area.code}", FULL):
        return shared.find(area, inputs, home)


def _put(shared: SharedPlace | None, made: Made, stage: Path) -> Made:
    """Share a new vintage; one that could not be shared is not kept here either."""
    if shared and made.new:
        try:
            shared.put(made.vintage)
        except KimevalError:
            made.vintage.path.rename(stage)
            raise
    return made


def _inputs_now(project: Project, delivery: Delivery, before: str) -> str:
    """The hash again where reading froze the result of a query beside it."""
    queried = any(path.suffix == QUERY for path in delivery.files)
    return inputs_digest(project, delivery) if queried else before


def _write(stage: Path, done: Ingested, delivery: Delivery, inputs: str) -> None:
    for name, table in done.tables.items():
        write_table(name, table, stage / f"{name}.parquet")
    shutil.rmtree(stage / SPILL, ignore_errors=True)
    for name, sheet in ((REVIEW, done.review), (JOINED, done.joined)):
        if len(sheet):
            sheet.to_csv(stage / name, sep=";", index=False, encoding="utf-8-sig")
    write_set_aside(stage / ASIDE, done.set_aside)
    _dump(stage / LEDGER, done.ledger.records())
    about = {
        "area": delivery.area,
        "as_of": delivery.as_of.isoformat(),
        "synthetic": delivery.synthetic,
        "inputs": inputs,
        "digest": digest_of_tables(stage, tuple(done.tables)),
        "providers": done.providers,
        "tables": {n: pq.read_metadata(stage / f"{n}.parquet").num_rows for n in done.tables},
    }
    _dump(stage / ABOUT, about)


def _freeze(
    stage: Path,
    home: Path,
    delivery: Delivery,
    inputs: str,
    area: Area,
    shared: SharedPlace | None,
) -> Made:
    taken = shared.names(area) if shared else []
    number = 1
    while True:
        name = f"{delivery.as_of}{'' if number == 1 else f'.{number}'}"
        target = home / name
        if name in taken:
            number += 1
            continue
        try:
            stage.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            if found := _existing(home, inputs, area):
                return Made(found, new=False)
            number += 1
        else:
            return Made(open_vintage(target, area), new=True)


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
