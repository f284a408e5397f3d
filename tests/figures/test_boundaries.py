"""A user's boundary file: made-up squares in every spelling of the AGS, and each way to fail."""

import json
import sys

import pytest

from kimeval.core.area import area, areas
from kimeval.core.errors import FormatError, MissingFileError
from kimeval.figures import plot_tiles

HEINSBERG = [town.name for town in area("05370").municipalities]


@pytest.fixture
def maps():
    return pytest.importorskip("geopandas", reason="The extra 'maps' is not installed.")


@pytest.fixture
def boundary_file(tmp_path):
    """GeoJSON with one square per key, side by side, in degrees."""

    def make(keys, column="AGS", wide=10, name="grenzen.geojson"):
        features = []
        for n, key in enumerate(keys):
            x, y = 6 + 0.2 * (n % wide), 51 + 0.15 * (n // wide)
            ring = [[x, y], [x + 0.2, y], [x + 0.2, y + 0.15], [x, y + 0.15], [x, y]]
            shape = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": {column: key}, "geometry": shape})
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
        return path

    return make


@pytest.fixture
def towns(shares):
    rows = [(20 + 4 * n, 120) for n in range(10)]
    return shares([(sum(hits for hits, _ in rows), 1200), *rows], HEINSBERG)


def keys_of(code):
    return [town.ags for town in area(code).municipalities]


def drawn_shapes(figure):
    return sum(len(group.get_paths()) for group in figure.axes[0].collections)


def test_a_towns_map_has_its_shapes_its_names_and_a_legend(maps, towns, boundary_file, drawn):
    made = plot_tiles(towns, "T", boundary_file(keys_of("05370"), wide=4))
    assert drawn_shapes(drawn[0]) == 10
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert "Selfkant\n33,3\xa0%" in texts
    box, inner = drawn[0].legends[0].get_window_extent(), drawn[0].axes[0].get_window_extent()
    assert not box.overlaps(inner) and box.y0 >= drawn[0].bbox.y0
    assert made.alt.startswith("Karte: T. 10 Gemeinden mit einem Wert")
    assert "Quadrat" not in made.source


@pytest.mark.parametrize("spelled", [int, str, float, lambda key: key[1:]])
def test_an_ags_that_was_a_number_is_known_again(maps, towns, boundary_file, drawn, spelled):
    plot_tiles(towns, "T", boundary_file([spelled(key) for key in keys_of("05370")], "ags"))
    assert drawn_shapes(drawn[0]) == 10


def test_towns_of_the_whole_state_are_put_together_to_its_54_areas(
    maps, by_area, boundary_file, drawn
):
    keys = [town.ags for place in areas().values() for town in place.municipalities]
    made = plot_tiles(by_area(), "T", boundary_file(keys, wide=20))
    assert made.alt.startswith("Karte: T. 54 Gebiete mit einem Wert")
    assert len(keys) == 396


def test_a_file_of_districts_lacks_the_city_of_aachen(maps, by_area, boundary_file):
    districts = [code for code in areas() if len(code) == 5]
    with pytest.raises(FormatError, match=r"lacks 1 of 54: Stadt Aachen\. Use a file of munic"):
        plot_tiles(by_area(), "T", boundary_file(districts))


def test_a_file_without_some_towns_names_them(maps, towns, boundary_file):
    with pytest.raises(FormatError, match="lacks 2 of 10: Erkelenz, Gangelt"):
        plot_tiles(towns, "T", boundary_file(keys_of("05370")[2:]))


def test_a_file_without_the_column_lists_those_it_has(maps, towns, boundary_file):
    with pytest.raises(FormatError, match=r"column AGS, 'grenzen\.geojson' has: GEN"):
        plot_tiles(towns, "T", boundary_file(keys_of("05370"), column="GEN"))


def test_a_file_of_something_else_is_refused(maps, towns, tmp_path):
    (tmp_path / "notiz.gpkg").write_text("kein Plan", "utf-8")
    with pytest.raises(FormatError, match=r"'notiz\.gpkg' cannot be read"):
        plot_tiles(towns, "T", tmp_path / "notiz.gpkg")


def test_points_are_no_boundaries(maps, towns, boundary_file):
    path = boundary_file(keys_of("05370"))
    made = json.loads(path.read_text("utf-8"))
    made["features"][0]["geometry"] = {"type": "Point", "coordinates": [6, 51]}
    path.write_text(json.dumps(made), "utf-8")
    with pytest.raises(FormatError, match="holds polygons"):
        plot_tiles(towns, "T", path)


def test_a_hidden_town_is_hatched_and_its_number_nowhere(maps, shares, boundary_file, drawn):
    rows = [(3, 120), *[(20 + 4 * n, 120) for n in range(9)]]
    given = shares([(sum(hits for hits, _ in rows), 1200), *rows], HEINSBERG)
    made = plot_tiles(given, "T", boundary_file(keys_of("05370")))
    assert any(group.get_hatch() for group in drawn[0].axes[0].collections)
    assert "2,5" not in made.alt + made.source


def test_the_same_file_gives_the_same_bytes(maps, towns, boundary_file):
    path = boundary_file(keys_of("05370"))
    assert plot_tiles(towns, "T", path).svg == plot_tiles(towns, "T", path).svg


def test_a_file_that_is_not_there_is_named(towns, tmp_path):
    with pytest.raises(MissingFileError, match=r"'nichts\.gpkg' does not"):
        plot_tiles(towns, "T", tmp_path / "nichts.gpkg")


def test_without_geopandas_the_way_out_is_named(towns, boundary_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(MissingFileError, match=r"pip install 'kimeval\[maps\]'"):
        plot_tiles(towns, "T", boundary_file(keys_of("05370")))
