"""A user's boundaries instead of tiles, through geopandas (eigene Grenzen)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kimeval.core.area import STATE, areas
from kimeval.core.catalogue import indicator
from kimeval.core.errors import FormatError, MissingFileError
from kimeval.figures.layout import layout_of
from kimeval.figures.map_marks import PAPER, legend_keys, look, starred_codes, value_text
from kimeval.figures.places import Places
from kimeval.figures.shades import Classes
from kimeval.figures.theme import WIDTH, canvas, ink_on

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

COLUMN = "ags"
POLYGONS = ("Polygon", "MultiPolygon")
DIGITS = re.compile(r"\d+")
TALLEST = 8.0
FINEST = 2000
NAMED = 5
SIZE, LETTER = 8.0, 0.66
Inches = tuple[float, float]


def read_boundaries(path: str | Path, places: Places) -> GeoDataFrame:
    """The shape of each place from a file of polygons (Grenzen).

    Parameters
    ----------
    path : str or Path
        Any format that geopandas reads, with a column AGS: eight digits for a
        municipality, five for a district. Municipalities are put together to the
        areas of the state, so a file of municipalities serves every map.
    places : Places
        Whose shapes are wanted.

    Returns
    -------
    GeoDataFrame, indexed by code, one row per place

    Raises
    ------
    MissingFileError
        If the file or geopandas is not there.
    FormatError
        If the file cannot be read, has no column AGS, or lacks places.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"A boundary file must exist, '{path.name}' does not.")
    shapes = _read(path)
    names = {str(column).casefold(): column for column in shapes.columns}
    if COLUMN not in names:
        found = ", ".join(str(c) for c in shapes.columns if c != shapes.geometry.name)
        raise FormatError(
            f"A boundary file needs a column AGS, '{path.name}' has: {found or 'none'}. "
            f"Name the column with the eight- or five-digit key AGS."
        )
    members = {town.ags: code for code, place in areas().items() for town in place.municipalities}
    keys = [_ags(value) for value in shapes[names[COLUMN]]]
    codes = [_code(key, places, members) for key in keys]
    kept = shapes[[shapes.geometry.name]].assign(code=codes).dropna(subset=["code"])
    whole = kept.dissolve("code")
    lacking = [name for code, name in places.names.items() if code not in whole.index]
    if lacking:
        listed = ", ".join(lacking[:NAMED]) + ", ..." * (len(lacking) > NAMED)
        raise FormatError(
            f"A boundary file holds every place of the map, '{path.name}' lacks {len(lacking)} of "
            f"{len(places.names)}: {listed}. Use a file of municipalities "
            f"(eight-digit AGS) of the whole area, or leave boundaries out for tiles."
        )
    return whole.loc[list(places.names)]


def draw_boundaries(places: Places, shapes: GeoDataFrame, scale: Classes) -> Figure:
    """The map with a legend below; a name stands where its shape has room.

    Parameters
    ----------
    places : Places
        Rows to draw.
    shapes : GeoDataFrame, indexed by code
        From `read_boundaries`.
    scale : Classes
        Of the values.
    """
    shapes = _light(shapes)
    keys = legend_keys(places, scale)
    low_x, low_y, high_x, high_y = shapes.total_bounds
    stretch = _stretch(shapes)
    tall = (WIDTH - 0.3) * stretch * (high_y - low_y) / (high_x - low_x)
    below = 0.6 + 0.22 * -(-len(keys) // 3)
    figure, axes = canvas(height=min(TALLEST, tall) + below)
    grounds = {code: look(places.rows.get(code), scale) for code in shapes.index}
    for ground in _distinct(grounds):
        held = [code for code, one in grounds.items() if one == ground]
        shapes.loc[held].plot(ax=axes, aspect=None, **ground)
    axes.set(xlim=(low_x, high_x), ylim=(low_y, high_y))
    axes.set_aspect(stretch, anchor="NW")
    axes.set_axis_off()
    name = indicator(next(iter(places.rows.values()))["indicator"]).name
    about: dict[str, Any] = {"handles": keys, "labelspacing": 0.3, "alignment": "left"}
    figure.legend(loc="outside lower left", title=name, ncols=3, **about)
    inch = min(WIDTH - 0.3, min(TALLEST, tall) / tall * (WIDTH - 0.3)) / (high_x - low_x)
    _name(axes, places, shapes, grounds, (inch, inch * stretch))
    return figure


def _name(axes: Axes, places: Places, shapes: GeoDataFrame, grounds: dict, inch: Inches) -> None:
    """Short names and values inside the shapes that are wide and high enough."""
    starred = starred_codes(places)
    shorts = {tile.code: tile.short for tile in layout_of(places.area).tiles}
    for code, shape in zip(shapes.index, shapes.geometry, strict=True):
        row = places.rows.get(code)
        lines = [shorts[code], *filter(None, [value_text(row, code in starred)])]
        at = shape.representative_point()
        low_x, low_y, high_x, high_y = shape.bounds
        room = 57 * inch[0] * (high_x - low_x), 43 * inch[1] * (high_y - low_y)
        if room[0] < LETTER * SIZE * max(map(len, lines)) or room[1] < 1.3 * SIZE * len(lines):
            continue
        ground = grounds[code]
        style: dict[str, Any] = {"bbox": PAPER} if "hatch" in ground else {}
        style |= {"color": ink_on(ground["facecolor"]), "fontsize": SIZE}
        axes.text(at.x, at.y, "\n".join(lines), ha="center", va="center", **style)


def _read(path: Path) -> GeoDataFrame:
    try:
        import geopandas
    except ImportError:
        raise MissingFileError(
            "Boundaries are drawn with geopandas, which is not installed. Install the extra "
            "with pip install 'kimeval[maps]', or leave boundaries out for tiles."
        ) from None
    try:
        shapes = geopandas.read_file(path)
    except Exception:
        raise FormatError(
            f"A boundary file is GeoJSON, GeoPackage or another format of polygons, "
            f"'{path.name}' cannot be read as one. Export it anew as GeoPackage."
        ) from None
    flat = isinstance(shapes, geopandas.GeoDataFrame) and shapes.geometry.geom_type.isin(POLYGONS)
    if flat is False or not flat.all():
        raise FormatError(
            f"A boundary file holds polygons, '{path.name}' holds something else. Export it anew."
        )
    return shapes


def _ags(value: object) -> str:
    """An AGS as text, with the zero that a number lost."""
    digits = str(value).strip().removesuffix(".0")
    lost = DIGITS.fullmatch(digits) and len(digits) in (4, 7)
    return f"0{digits}" if lost else digits


def _code(key: str, places: Places, members: Mapping[str, str]) -> str | None:
    """The place that a key belongs to; None where it is no part of the map."""
    spellings = (key, key.removesuffix("000"), f"{key}000")
    if found := [code for code in spellings if code in places.names]:
        return found[0]
    return members.get(key) if places.area.code == STATE else None


def _light(shapes: GeoDataFrame) -> GeoDataFrame:
    """The shapes with no more corners than the picture can show."""
    low_x, low_y, high_x, high_y = shapes.total_bounds
    finest = max(high_x - low_x, high_y - low_y) / FINEST
    return shapes.set_geometry(shapes.geometry.simplify_coverage(finest))


def _stretch(shapes: GeoDataFrame) -> float:
    """Height of a unit of the map in its widths; degrees are narrower than high."""
    if shapes.crs is None or not shapes.crs.is_geographic:
        return 1.0
    _, low_y, _, high_y = shapes.total_bounds
    return 1 / math.cos(math.radians((low_y + high_y) / 2))


def _distinct(grounds: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for ground in grounds.values():
        if ground not in found:
            found.append(ground)
    return found
