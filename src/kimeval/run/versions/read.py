"""Versions as they were published (Fassungen)."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kimeval.core.quarter import local_date
from kimeval.run.manifest import NAME
from kimeval.run.publish import VERSION

RESULTS = "results.csv"
PAGE = "versions.html"


@dataclass(frozen=True)
class Version:
    """A version of a quarter's report (Fassung).

    Attributes
    ----------
    name : str
        Such as `v2`.
    manifest : mapping
        As in manifest.json; of the one about to be published, what it will say.
    rows : tuple of mapping of str to str
        Lines of results.csv.
    has_page : bool
        Whether it has a page of versions itself.
    """

    name: str
    manifest: Mapping[str, Any]
    rows: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    has_page: bool = False

    @property
    def made(self) -> dt.date:
        """Day in Berlin on which its run began."""
        return local_date(dt.datetime.fromisoformat(self.manifest["started"]))

    @property
    def vintage(self) -> str:
        """Name of its vintage (Datenstand)."""
        return str(self.manifest["data"]["vintage"])

    @property
    def as_of(self) -> dt.date:
        """Day of its data."""
        return dt.date.fromisoformat(self.manifest["data"]["as_of"])

    @property
    def synthetic(self) -> bool:
        """Whether its persons are invented."""
        return bool(self.manifest["data"].get("synthetic"))


def read_versions(outputs: Path, quarter: str, area: str) -> list[Version]:
    """All published versions that can be read, by their number.

    Parameters
    ----------
    outputs : Path
        Of the project.
    quarter, area : str
        As they stand in the path.
    """
    folders = (outputs / quarter / "versions" / area).glob("v*")
    numbered = {int(match[1]): f for f in folders if (match := VERSION.fullmatch(f.name))}
    found = (read_version(numbered[number]) for number in sorted(numbered))
    return [version for version in found if version]


def read_version(folder: Path) -> Version | None:
    """One published version; None where its manifest is missing or damaged."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
        version = Version(
            folder.name, manifest, read_rows(folder / RESULTS), (folder / PAGE).is_file()
        )
        _ = version.made, version.as_of, version.vintage, manifest["inputs"]["code"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, csv.Error):
        return None
    return version


def read_rows(path: Path) -> tuple[Mapping[str, str], ...]:
    """Lines of a results.csv; none where it does not exist."""
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
