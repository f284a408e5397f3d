"""The page that lists all areas of a quarter with their state (Übersicht der Gebiete).

It uses the templates of the reports and none of their code: a run in which nothing
has changed imports nothing heavy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kimeval.core.area import STATE
from kimeval.core.quarter import Quarter
from kimeval.core.templates import render

PIECES = Path(__file__).resolve().parents[1] / "report" / "pieces"
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "published": "neu erstellt",
        "unchanged": "unverändert gültig",
        "failed": "fehlgeschlagen",
        "no delivery": "keine Lieferung",
        "waiting": "noch nicht an der Reihe",
    }
)
EARLIER = "der Bericht ist der eines früheren Laufs"


@dataclass(frozen=True)
class AreaRow:
    """An area on the page (Zeile eines Gebiets).

    Attributes
    ----------
    code, name : str
        Of the area.
    status : str
        One of the keys of `WORDS`.
    version : str or None
        Of the report that is read now; None where there is none.
    as_of : date or None
        Day of its data.
    made : datetime or None
        When it was made.
    synthetic : bool
        Whether its persons are invented.
    """

    code: str
    name: str
    status: str
    version: str | None = None
    as_of: dt.date | None = None
    made: dt.datetime | None = None
    synthetic: bool = False

    @property
    def said(self) -> str:
        """The state in German."""
        old = self.version is not None and self.status in ("failed", "no delivery", "waiting")
        return f"{WORDS[self.status]}; {EARLIER}" if old else WORDS[self.status]

    @property
    def mark(self) -> str:
        """Class of the row's state for the style sheet."""
        return self.status.replace(" ", "-")


@dataclass(frozen=True)
class Overview:
    """All areas of a quarter (Übersicht).

    Attributes
    ----------
    quarter : Quarter
        Of the reports.
    areas : tuple of AreaRow
        In the order of their codes.
    made : datetime
        When the page was written.
    kimeval : str
        Version.
    finished : bool
        False while the run is at work, or when it was killed.
    """

    quarter: Quarter
    areas: tuple[AreaRow, ...]
    made: dt.datetime
    kimeval: str
    finished: bool = True

    @property
    def listed(self) -> list[AreaRow]:
        """Areas with a report or a delivery."""
        return [row for row in self.areas if row.version or row.status != "no delivery"]

    @property
    def missing(self) -> list[AreaRow]:
        """Areas without a delivery for the quarter, and without a report."""
        return [row for row in self.areas if row not in self.listed]

    @property
    def facts(self) -> list[tuple[str, int]]:
        """Counts for the head of the page; areas that failed or wait only where there are any."""
        only = [row for row in self.areas if row.code != STATE]
        reports = sum(row.version is not None for row in only)
        counts = {name: sum(row.status == name for row in self.areas) for name in WORDS}
        return [
            ("Gebiete", len(only)),
            ("mit Bericht", reports),
            ("ohne Lieferung", counts["no delivery"]),
            *([("fehlgeschlagen", counts["failed"])] if counts["failed"] else []),
            *([("noch nicht an der Reihe", counts["waiting"])] if counts["waiting"] else []),
        ]

    @property
    def warning(self) -> str:
        """What must be said where reports rest on invented persons."""
        synthetic = [row.synthetic for row in self.areas if row.version is not None]
        if not any(synthetic):
            return ""
        places = "Alle" if all(synthetic) else "Ein Teil der"
        verb = "beruhen" if all(synthetic) else "beruht"
        return f"Synthetische Daten: {places} Berichte {verb} auf erfundenen Personen."


def overview_page(overview: Overview) -> str:
    """HTML of the page; it needs no network and no script.

    Parameters
    ----------
    overview : Overview
        What it lists.

    Returns
    -------
    str
    """
    style = (PIECES / "style.css").read_text(encoding="utf-8")
    return render(
        PIECES / "overview.html.jinja",
        context={"version": overview.kimeval},
        overview=overview,
        style=style,
        warning=overview.warning,
    )
