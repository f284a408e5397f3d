"""The layouts of tiles: every place once, in one piece, neighbours near each other."""

import csv

import pytest

from kimeval.core.area import area, areas, state
from kimeval.figures.layout import FOLDER, LISTED_NOTE, layout_of

NEIGHBOURS = """
KLE-WES KLE-KR WES-OB VIE-KR VIE-MG KR-DU MG-NE MG-HS NE-D NE-K D-ME DU-OB DU-MH OB-MH MH-E
ME-SG ME-LEV BOT-GE BOT-OB GE-RE GE-HER RE-HER RE-COE RE-DO HER-BO BO-E BO-DO BO-EN DO-UN DO-HA
UN-HAM UN-MK HAM-SO HAM-WAF HA-EN HA-MK EN-W W-SG W-RS GM-OE GM-RS K-LEV K-BM K-SU BM-DN BM-EU
DN-SR-AC DN-EU SR-AC-AC SR-AC-HS SU-BN SU-GL GL-RS LEV-SG MK-OE OE-SI OE-HSK SI-HSK SO-PB SO-HSK
PB-LIP PB-HX LIP-HX LIP-BI LIP-HF BI-GT BI-HF HF-MI GT-WAF WAF-MS MS-ST MS-COE ST-COE COE-BOR
"""
TOWNS = """
Selfkant-Waldfeucht Selfkant-Gangelt Waldfeucht-Heinsberg Gangelt-Heinsberg Gangelt-Geilenkirchen
Geilenkirchen-Heinsberg Heinsberg-Hückelhoven Heinsberg-Wassenberg Wassenberg-Hückelhoven
Wassenberg-Wegberg Wegberg-Erkelenz Erkelenz-Hückelhoven
"""


def placed(layout):
    return {tile.short: (tile.column, tile.row) for tile in layout.tiles}


def steps(one, other):
    """Moves of a king on a board of chess."""
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def pairs(text, names):
    for pair in text.split():
        one = next(n for n in sorted(names, key=len, reverse=True) if pair.startswith(f"{n}-"))
        yield one, pair.removeprefix(f"{one}-")


@pytest.mark.parametrize("place", [state(), *areas().values()], ids=lambda place: place.code)
def test_each_place_has_one_tile_of_its_own(place):
    tiles = layout_of(place).tiles
    expected = areas() if place.code == "05" else [town.ags for town in place.municipalities]
    assert sorted(tile.code for tile in tiles) == sorted(expected)
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)
    assert len({tile.short for tile in tiles}) == len(tiles)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.stem)
def test_a_drawn_layout_is_in_one_piece(file):
    free = {(tile.column, tile.row) for tile in layout_of(area(file.stem)).tiles}
    edge = [free.pop()]
    while edge:
        x, y = edge.pop()
        near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & free
        free -= near
        edge += near
    assert free == set()


def test_neighbouring_areas_touch_at_a_side_or_a_corner():
    at = placed(layout_of(state()))
    told = list(pairs(NEIGHBOURS, at))
    assert len(told) > 70
    assert [pair for pair in told if steps(at[pair[0]], at[pair[1]]) > 1] == []


def test_neighbouring_towns_touch_and_the_compass_is_right():
    at = placed(layout_of(area("05370")))
    towns = {name.replace("Übach-Palenberg", "Übach"): spot for name, spot in at.items()}
    assert [p for p in pairs(TOWNS, towns) if steps(towns[p[0]], towns[p[1]]) > 1] == []
    assert min(at, key=lambda n: at[n][0]) == "Selfkant"
    assert max(at, key=lambda n: at[n][1]) == "Übach-Palenberg"
    assert {n for n, spot in at.items() if spot[1] == 0} == {"Wassenberg", "Wegberg"}


@pytest.mark.parametrize(
    ("west", "east"), [("AC", "K"), ("KLE", "BOR"), ("DU", "DO"), ("BN", "SI"), ("MS", "BI")]
)
def test_what_lies_west_stands_further_left(west, east):
    at = placed(layout_of(state()))
    assert at[west][0] < at[east][0]


@pytest.mark.parametrize(
    ("north", "south"), [("MI", "PB"), ("MS", "DO"), ("DO", "SI"), ("D", "K"), ("K", "BN")]
)
def test_what_lies_north_stands_higher(north, south):
    at = placed(layout_of(state()))
    assert at[north][1] < at[south][1]


def test_an_area_without_a_layout_is_listed_by_name_and_says_so():
    layout = layout_of(area("05566"))
    assert layout.note == LISTED_NOTE
    in_order = [t.short for t in sorted(layout.tiles, key=lambda t: (t.row, t.column))]
    assert in_order[:2] == ["Altenberge", "Emsdetten"]
    assert in_order.index("Hörstel") < in_order.index("Horstmar")


def test_a_layout_holds_text_codes_and_the_towns_official_names():
    with (FOLDER / "05370.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["code"]: row["short"] for row in csv.DictReader(lines)}
    assert rows == {town.ags: town.name for town in area("05370").municipalities}
