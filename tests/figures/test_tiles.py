"""Maps of tiles: what a square says, classes and shades, what lacks a value."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from kimeval.core.area import area, areas
from kimeval.core.errors import DataError
from kimeval.core.results import Results, Row, refused
from kimeval.figures import plot_tiles
from kimeval.figures.map_marks import ABSENT, HIDDEN, REFUSED_MARK
from kimeval.figures.shades import SHADES, classes
from kimeval.figures.theme import contrast, ink_on, luminance
from kimeval.protect import protect

COVERAGE = "coverage_newly_arrived"


def squares(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]


def written(figure):
    return [t.get_text() for t in figure.axes[0].texts if t.get_text()]


def require_readable_tiles(figure):
    """Texts inside their squares, none on another, the legend on no square."""
    axes = figure.axes[0]
    boxes = [square.get_window_extent() for square in squares(figure)]
    texts = [(t.get_text(), t.get_window_extent()) for t in axes.texts if t.get_text()]
    for text, box in texts:
        around = [b for b in boxes if b.x0 <= (box.x0 + box.x1) / 2 <= b.x1]
        around = [b for b in around if b.y0 <= (box.y0 + box.y1) / 2 <= b.y1]
        assert len(around) == 1, text
        assert box.x0 >= around[0].x0 and box.x1 <= around[0].x1, f"cut at the side: {text}"
        assert box.y0 >= around[0].y0 and box.y1 <= around[0].y1, f"cut above or below: {text}"
    for (one, first), (other, second) in combinations(texts, 2):
        assert not first.overlaps(second), f"{one} on {other}"
    legends = [*figure.legends, *filter(None, [axes.get_legend()])]
    (legend,) = [legend.get_window_extent() for legend in legends]
    assert not any(legend.overlaps(box) for box in boxes), "legend on a square"
    outer = figure.bbox
    assert legend.x0 >= outer.x0 - 1 and legend.x1 <= outer.x1 + 1
    assert legend.y0 >= outer.y0 - 1


def test_all_54_areas_are_readable(by_area, drawn):
    plot_tiles(by_area(), "T")
    require_readable_tiles(drawn[0])
    assert len(squares(drawn[0])) == 54
    assert {"SR-AC", "HS", "AC"} <= set(written(drawn[0]))


def test_large_amounts_fit_on_their_squares(drawn):
    rows = [
        Row("published_funds", "2024", code, value=1_234_567.5 * n)
        for n, code in enumerate(areas(), 1)
    ]
    plot_tiles(protect(Results.of(rows)), "T")
    require_readable_tiles(drawn[0])
    assert "2.469.135,00" in written(drawn[0])


def test_a_map_with_every_kind_of_gap_is_readable(by_area, drawn):
    gone = refused(COVERAGE, "2024Q3", "05382", "keine Zahl geliefert")
    plot_tiles(by_area(a05966={"hits": 3}, a05382={"row": gone}, a05111=None), "T")
    require_readable_tiles(drawn[0])
    labels = [t.get_text() for t in drawn[0].axes[0].get_legend().get_texts()]
    assert labels[-3:] == [". gesperrt", "x nicht bestimmbar", "keine Angabe"]


MOST_TOWNS, LONGEST_NAMES, ONE_TOWN = "05566", ["05382", "05754", "05962", "05170"], "05315"


@pytest.mark.parametrize("code", ["05370", MOST_TOWNS, *LONGEST_NAMES, ONE_TOWN])
def test_the_towns_of_an_area_are_readable(shares, drawn, code):
    towns = [town.name for town in area(code).municipalities]
    rows = [(20 + 3 * n, 120) for n in range(len(towns))]
    given = shares([tuple(np.sum(rows, axis=0)), *rows], towns)
    given.frame["area"] = code
    plot_tiles(given, "T")
    require_readable_tiles(drawn[0])


def test_a_hidden_a_refused_and_an_absent_place_differ_by_hatch_and_sign(by_area, drawn):
    gone = refused(COVERAGE, "2024Q3", "05382", "keine Zahl geliefert")
    made = plot_tiles(by_area(a05966={"hits": 3}, a05382={"row": gone}, a05111=None), "T")
    hatches = [s.get_hatch() for s in squares(drawn[0]) if s.get_hatch()]
    assert sorted(hatches) == sorted([HIDDEN["hatch"], REFUSED_MARK["hatch"]])
    dotted = [s for s in squares(drawn[0]) if s.get_linestyle() == ABSENT["ls"]]
    assert len(dotted) == 1
    texts = written(drawn[0])
    assert texts[texts.index("OE") + 1] == "." and texts[texts.index("SU") + 1] == "x"
    assert "Nicht bestimmbar: keine Zahl geliefert (Rhein-Sieg-Kreis)." in made.source
    assert made.alt.endswith("1 Gebiet gesperrt, 1 Gebiet nicht bestimmbar, 1 Gebiet ohne Angabe.")


def test_a_hidden_number_is_not_in_the_drawing(by_area):
    made = plot_tiles(by_area(a05966={"hits": 3}), "T")
    assert "0,6" not in made.alt + made.source
    (rows,) = made.data.values()
    assert next(row["value"] for row in rows if row["area"] == "05966") is None


def test_a_value_that_lacks_what_others_have_is_starred(by_area, drawn):
    lacking = {"status": "partial", "reason": "ohne die Diakonie"}
    made = plot_tiles(by_area(a05370=lacking), "T")
    assert len([t for t in written(drawn[0]) if t.endswith("*")]) == 1
    assert "* Unvollständig: ohne die Diakonie (Kreis Heinsberg)." in made.source


def test_what_all_lack_is_said_once_without_stars(by_area, drawn):
    lacking = {f"a{c}": {"status": "partial", "reason": "ohne die Diakonie"} for c in areas()}
    made = plot_tiles(by_area(**lacking), "T")
    assert not [t for t in written(drawn[0]) if t.endswith("*")]
    assert "Unvollständig: ohne die Diakonie." in made.source


def test_alternative_text_names_highest_lowest_and_middle(shares):
    made = plot_tiles(shares([(92, 300), (50, 100), (12, 100), (30, 100)], HEINSBERG), "Reichweite")
    assert made.alt == (
        "Kachelkarte: Reichweite. 3 Gemeinden mit einem Wert, insgesamt 30,7\xa0%; am höchsten "
        "Erkelenz mit 50,0\xa0%, am niedrigsten Gangelt mit 12,0\xa0%, der mittlere Wert ist "
        "30,0\xa0%. 7 Gemeinden ohne Angabe."
    )


HEINSBERG = ["Erkelenz", "Gangelt", "Heinsberg"]


def test_a_group_without_a_place_is_named_below(shares):
    made = plot_tiles(shares([(92, 300), (50, 100), (30, 100)], ["Erkelenz", "unbekannt"]), "T")
    assert "Ohne Ort: unbekannt (30,0\xa0%)." in made.source


def test_one_area_alone_stands_on_a_map_of_the_state(drawn):
    row = Row(COVERAGE, "2024Q3", "05370", value=0.5, numerator=50, contributors=50)
    made = plot_tiles(protect(Results.of([row])), "T")
    require_readable_tiles(drawn[0])
    assert "1 Gebiet mit einem Wert: Kreis Heinsberg mit 50,0\xa0%." in made.alt


def test_all_hidden_gives_words_and_no_map(by_area):
    made = plot_tiles(by_area(**{f"a{code}": {"hits": 2} for code in areas()}), "T")
    assert made.alt == "T: keine Werte. Alle Werte sind gesperrt."


def test_more_than_one_quarter_or_indicator_is_refused(trend, by_area):
    with pytest.raises(DataError, match="one indicator, got 2: persons_reached, persons_new"):
        plot_tiles(trend([20, 30], [7, 8]), "T")


def test_the_same_rows_give_the_same_bytes(by_area):
    assert plot_tiles(by_area(), "T").svg == plot_tiles(by_area(), "T").svg


@pytest.mark.parametrize("count", SHADES)
def test_shades_can_be_told_apart_in_grey_and_carry_text(count):
    tones = [luminance(to_rgb(shade)) for shade in SHADES[count]]
    assert all(light - dark > 0.12 for light, dark in pairwise(tones))
    assert all(contrast(shade, ink_on(shade)) >= 4.5 for shade in SHADES[count])


def test_classes_are_equally_wide_with_round_german_bounds():
    scale = classes([0.103, 0.17, 0.24, 0.31, 0.345], "share")
    assert scale.even
    assert scale.labels()[:2] == ["10 bis unter 15\xa0%", "15 bis unter 20\xa0%"]
    assert scale.labels()[-1] == "30 bis 35\xa0%"


@pytest.mark.parametrize(("low", "high"), [(31.1, 80.8), (0.137, 0.318), (3, 1496), (0.7, 19.2)])
def test_bounds_of_classes_are_round(low, high):
    scale = classes([low, high], "share" if high < 1 else "cases per fte")
    width = scale.bounds[1] - scale.bounds[0]
    digits = f"{width:.6g}".replace(".", "").strip("0")
    assert digits in ("1", "2", "25", "5")


def test_a_value_on_a_bound_belongs_to_the_class_above_and_the_greatest_to_the_last():
    scale = classes([10, 20, 30], "persons")
    assert scale.shade(20) == scale.shades[scale.bounds.index(20)]
    assert scale.shade(30) == scale.shades[-1]


def test_one_city_far_above_all_others_leaves_them_their_classes():
    values = [*range(100, 150), 3000]
    scale = classes(values, "persons")
    assert not scale.even
    held = [scale.shade(value) for value in values]
    assert max(held.count(shade) for shade in scale.shades) <= 0.4 * len(values)


@pytest.mark.parametrize("values", [[0.2], [0.2, 0.2], [0, 0, 0], [0, 1], [1e6, 3e6], [0.001, 0.9]])
def test_few_or_equal_values_have_classes(values):
    scale = classes(values, "share" if max(values) < 1 else "persons")
    assert len(scale.labels()) == len(scale.shades) == len(scale.bounds) - 1
    assert scale.bounds[0] <= min(values) and scale.bounds[-1] >= max(values)
