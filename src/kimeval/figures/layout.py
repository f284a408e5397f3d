"""Where areas and municipalities stand on a tile map (Anordnung der Kacheln).

The layouts are drawn by hand and hold no boundary: each place is one square, and
squares of neighbours lie near each other. The codes of areas are those of vehicle
registration.
"""

from __future__ import annotations

import csv
import math
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kimeval.core.area import STATE, Area

FOLDER = Path(__file__).with_name("layouts")
MOST_COLUMNS = 6
STATE_NOTE = (
    "Jedes Gebiet ist ein gleich großes Quadrat; Nachbarn liegen nahe beieinander. Kürzel wie "
    "Kfz-Kennzeichen; AC: Stadt Aachen, SR-AC: StädteRegion Aachen ohne die Stadt."
)
DRAWN_NOTE = "Jede Gemeinde ist ein gleich großes Quadrat; Nachbarn liegen nahe beieinander."
LISTED_NOTE = "Gemeinden nach dem Alphabet; der Platz eines Quadrats sagt nichts über die Lage."


@dataclass(frozen=True)
class Tile:
    """One square (Kachel).

    Attributes
    ----------
    code : str
        Of the area or municipality.
    short : str
        What stands on it.
    column, row : int
        From 0, to the right and down.
    """

    code: str
    short: str
    column: int
    row: int


@dataclass(frozen=True)
class Layout:
    """All squares of a map (Anordnung).

    Attributes
    ----------
    tiles : tuple of Tile
        One per place, no two on one spot.
    note : str
        German; what the place of a square means.
    """

    tiles: tuple[Tile, ...] = field(repr=False)
    note: str

    @property
    def columns(self) -> int:
        """Width in squares."""
        return 1 + max(tile.column for tile in self.tiles)

    @property
    def rows(self) -> int:
        """Height in squares."""
        return 1 + max(tile.row for tile in self.tiles)


@cache
def layout_of(area: Area) -> Layout:
    """The squares of the state's areas, or of an area's municipalities.

    Parameters
    ----------
    area : Area
        `state()` for the 54 areas. An area without a layout of its own gets its
        municipalities in the order of their names, and the note says so.
    """
    file = FOLDER / f"{area.code}.csv"
    if not file.is_file():
        return _listed(area)
    with file.open(encoding="utf-8", newline="") as lines:
        tiles = tuple(
            Tile(row["code"], row["short"], int(row["column"]), int(row["row"]))
            for row in csv.DictReader(lines)
        )
    return Layout(tiles, STATE_NOTE if area.code == STATE else DRAWN_NOTE)


def alphabetical(name: str) -> str:
    """Sorting key of DIN 5007-1: umlauts as their vowels."""
    split = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _listed(area: Area) -> Layout:
    towns = sorted(area.municipalities, key=lambda town: alphabetical(town.name))
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(1.5 * len(towns))))
    tiles = [Tile(t.ags, t.name, n % columns, n // columns) for n, t in enumerate(towns)]
    return Layout(tuple(tiles), LISTED_NOTE if len(towns) > 1 else "")
