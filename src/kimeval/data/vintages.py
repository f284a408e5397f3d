"""Vintages: cleaned tables of a delivery, frozen (Datenstand).

`data/vintages/<area>/<date>/` holds one Parquet file per table, the ledger and
`vintage.json`. A later delivery, or other cleaning, makes a new one beside it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kimeval.core import schema
from kimeval.core.area import Area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError
from kimeval.core.project import Project
from kimeval.data.deliveries import (
    Delivery,
    digest_of,
    inputs_digest,
    newest_delivery,
)
from kimeval.data.ingest import Ingested, Progress, ingest
from kimeval.data.ledger import Ledger, rule_texts

__all__ = ["Vintage", "ensure_vintage", "open_vintage"]

ABOUT = "vintage.json"
LEDGER = "ledger.json"
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Vintage:
    """Frozen tables of an area (Datenstand).

    Attributes
    ----------
    path : Path
        Its folder.
    area : Area
        Whose data these are.
    as_of : date
        Day of the delivery.
    synthetic : bool
        Whether the persons in it were generated.
    inputs : str
        Hash of the delivery, its profiles and the cleaning code.
    digest : str
        Hash of all tables and the ledger.
    tables : tuple of str
        Canonical tables it holds.
    providers : dict of str to str
        Name of each provider in a report.
    """

    path: Path
    area: Area
    as_of: dt.date
    synthetic: bool
    inputs: str
    digest: str
    tables: tuple[str, ...] = ()
    providers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of its folder: the day, and a number where it was cleaned again."""
        return self.path.name

    @property
    def ledger(self) -> Ledger:
        """What became of each row."""
        text = (self.path / LEDGER).read_text(encoding="utf-8")
        return Ledger.from_records(json.loads(text))

    def load(self) -> Dataset:
        """Read all tables.

        Raises
        ------
        DataError
            If a file was changed after the vintage was frozen.
        """
        if _digest(self.path, self.tables) != self.digest:
            raise DataError(
                f"The vintage {self.name} of {self.area.code} was changed after it was frozen. "
                f"Remove its folder; it is made again from the delivery."
            )
        frames = {name: _load(self.path / f"{name}.parquet", name) for name in self.tables}
        version = f"{self.name}, {self.digest[:8]}"
        accounts = self.ledger.accounts
        only_active = tuple(sorted(accounts.loc[accounts["only_active"], "provider"].unique()))
        return Dataset(
            self.area, self.as_of, frames, self.synthetic, version, only_active, self.providers
        )


def ensure_vintage(project: Project, area: Area, progress: Progress | None = None) -> Vintage:
    """The vintage of an area's newest delivery; made if it is not there yet.

    Parameters
    ----------
    project : Project
        Where deliveries, profiles and vintages lie.
    area : Area
        Whose delivery.
    progress : callable, optional
        Told what is being read.

    Returns
    -------
    Vintage

    Raises
    ------
    KimevalError
        If the delivery is missing or cannot be read. No vintage is left then.
    """
    delivery = newest_delivery(project, area)
    inputs = inputs_digest(project, delivery)
    home = project.vintages / area.code
    if found := _existing(home, inputs, area):
        return found
    done = ingest(delivery, project.profiles, progress)
    _sweep(home)
    stage = home / f".{delivery.as_of}-{os.getpid()}.part"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        _write(stage, done, delivery, inputs)
        return _freeze(stage, home, delivery, inputs, area)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def open_vintage(folder: Path, area: Area) -> Vintage:
    """A vintage by its folder.

    Raises
    ------
    DataError
        If its sheet is damaged.
    """
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        return Vintage(
            folder,
            area,
            dt.date.fromisoformat(about["as_of"]),
            about["synthetic"],
            about["inputs"],
            about["digest"],
            tuple(about["tables"]),
            about["providers"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{ABOUT} of the vintage {folder.name} cannot be read. Remove its folder; it is made "
            f"again from the delivery."
        ) from None


def _existing(home: Path, inputs: str, area: Area) -> Vintage | None:
    for folder in sorted(home.glob("[0-9]*/")):
        if (folder / ABOUT).is_file():
            vintage = open_vintage(folder, area)
            if vintage.inputs == inputs:
                return vintage
    return None


def _sweep(home: Path) -> None:
    """Remove what killed processes left: no ingestion takes a day."""
    for left in home.glob(".*.part"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)


def _write(stage: Path, done: Ingested, delivery: Delivery, inputs: str) -> None:
    for name, frame in done.tables.items():
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), stage / f"{name}.parquet")
    _write_set_aside(stage / "set_aside", done)
    _dump(stage / LEDGER, done.ledger.records())
    about = {
        "area": delivery.area,
        "as_of": delivery.as_of.isoformat(),
        "synthetic": delivery.synthetic,
        "inputs": inputs,
        "digest": _digest(stage, tuple(done.tables)),
        "providers": done.providers,
        "tables": {name: len(frame) for name, frame in done.tables.items()},
    }
    _dump(stage / ABOUT, about)


def _write_set_aside(folder: Path, done: Ingested) -> None:
    """Files to send back; as personal as the delivery itself."""
    reasons = rule_texts()["reasons"]
    for name, rows in done.set_aside.items():
        folder.mkdir(exist_ok=True)
        german = rows.assign(reason=rows["reason"].map(reasons)).rename(
            columns={"line": "Zeile", "reason": "Grund", "column": "Spalte", "text": "Inhalt"}
        )
        german.to_csv(folder / name, sep=";", index=False, encoding="utf-8-sig")


def _freeze(stage: Path, home: Path, delivery: Delivery, inputs: str, area: Area) -> Vintage:
    number = 1
    while True:
        suffix = "" if number == 1 else f".{number}"
        target = home / f"{delivery.as_of}{suffix}"
        try:
            stage.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            if found := _existing(home, inputs, area):
                return found
            number += 1
        else:
            return open_vintage(target, area)


def _load(path: Path, name: str) -> pd.DataFrame:
    return schema.conform(name, pq.read_table(path).to_pandas())


def _digest(folder: Path, names: tuple[str, ...]) -> str:
    return digest_of([folder / LEDGER, *(folder / f"{name}.parquet" for name in sorted(names))])


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
