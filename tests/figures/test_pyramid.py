"""The pyramid: sides, shares of all, outlines, hidden cells, other genders."""

from itertools import combinations

import pytest
from matplotlib.colors import to_rgb

from kimeval.core.intervals import wilson_interval
from kimeval.core.results import Results, Row
from kimeval.figures import plot_pyramid
from kimeval.figures.pyramid import COLOUR
from kimeval.figures.theme import luminance
from kimeval.protect import protect

BANDS = ["unter 18", "18 bis 27", "28 bis 39", "40 bis 59", "60 und älter"]
WOMEN = [(18, 60), (22, 110), (40, 150), (40, 120), (7, 40)]
MEN = [(20, 70), (60, 190), (45, 160), (28, 100), (20, 100)]
AGE_FIRST, GENDER_FIRST = "age_band × gender", "gender × age_band"


def share(hits, total, group="", dimension=AGE_FIRST):
    lower, upper = wilson_interval(hits, total)[0]
    place = {"dimension": dimension if group else "", "group": group}
    numbers = {"numerator": hits, "denominator": total, "lower": lower, "upper": upper}
    about = ("coverage_newly_arrived", "2024Q3", "05370")
    return Row(*about, value=hits / total, **numbers, confidence=0.95, contributors=hits, **place)


def count(persons, group="", dimension=GENDER_FIRST, name="persons_reached"):
    place = {"dimension": dimension if group else "", "group": group}
    numbers = {"value": persons, "numerator": persons, "contributors": persons}
    return Row(name, "2024Q3", "05370", **numbers, **place)


def crossed(women=WOMEN, men=MEN, *further):
    cells = [
        share(*pair, f"{band} × {gender}")
        for gender, pairs in (("weiblich", women), ("männlich", men))
        for band, pair in zip(BANDS, pairs, strict=True)
    ]
    whole = share(*(sum(side) for side in zip(*women, *men, strict=True)))
    return protect(Results.of([whole, *cells, *further]))


def bars(figure):
    """Ends of the filled bars by height on the axis, women negative."""
    filled = [p for p in figure.axes[0].patches if p.get_fill()]
    return {(round(p.get_y() + 0.35), p.get_width() > 0): p.get_width() for p in filled}


def outlines(figure):
    return [abs(p.get_width()) for p in figure.axes[0].patches if not p.get_fill()]


def test_bars_are_shares_of_all_reached_and_outlines_of_the_target_group(drawn):
    plot_pyramid(crossed(), "T")
    found = bars(drawn[0])
    assert len(found) == 10 and len(outlines(drawn[0])) == 10
    assert found[0, False] == pytest.approx(-18 / 300)
    assert found[1, True] == pytest.approx(60 / 300)
    assert outlines(drawn[0])[0] == pytest.approx(60 / 1100)
    assert sum(map(abs, found.values())) == pytest.approx(1)
    assert sum(outlines(drawn[0])) == pytest.approx(1)


def test_alternative_text_names_the_widest_gaps():
    made = plot_pyramid(crossed(), "Alter und Geschlecht")
    assert made.alt == (
        "Bevölkerungspyramide: Alter und Geschlecht. Am stärksten über dem Anteil an der "
        "Zielgruppe: männlich, 18 bis 27 mit 20,0\xa0% der Erreichten gegenüber 17,3\xa0%. Am "
        "stärksten unter dem Anteil an der Zielgruppe: weiblich, 18 bis 27 mit 7,3\xa0% der "
        "Erreichten gegenüber 10,0\xa0%."
    )
    assert made.source.startswith("100\xa0% sind 300 Erreichte und 1.100 Personen der Zielgruppe.")


def test_a_hidden_cell_has_a_sign_no_bar_and_no_outline(drawn):
    given = crossed([*WOMEN[:4], (3, 40)])
    hidden = int(given.frame["suppressed"].sum())
    made = plot_pyramid(given, "T")
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert texts.count(". gesperrt") == hidden >= 1
    assert len(bars(drawn[0])) == len(outlines(drawn[0])) == 10 - hidden
    assert "Gesperrt: " in made.alt and "60 und älter" in made.alt.partition("Gesperrt: ")[2]


def test_other_genders_are_told_below_and_not_drawn(drawn):
    other = share(12, 30, "18 bis 27 × divers")
    made = plot_pyramid(crossed(WOMEN, MEN, other), "T")
    assert "Nicht eingezeichnet: divers, 18 bis 27 (12)." in made.source
    assert len(bars(drawn[0])) == 10


def test_counts_in_either_order_take_a_target_group_of_their_own(drawn):
    sides = {"weiblich": (30, 20), "männlich": (25, 25)}
    cells = [
        count(persons, f"{gender} × {band}")
        for gender, pair in sides.items()
        for band, persons in zip(BANDS, pair, strict=False)
    ]
    base = [
        count(100, f"{band} × {gender}", AGE_FIRST, "newly_arrived")
        for gender in sides
        for band in BANDS[:2]
    ]
    whole = count(400, name="newly_arrived")
    made = plot_pyramid(
        protect(Results.of([count(100), *cells])), "T", protect(Results.of([whole, *base]))
    )
    assert bars(drawn[0])[0, False] == pytest.approx(-0.3)
    assert outlines(drawn[0]) == pytest.approx([0.25] * 4)
    assert made.source.startswith("100\xa0% sind 100 Erreichte und 400 Personen der Zielgruppe.")


def test_counts_alone_have_no_outlines(drawn):
    cells = [count(30, "weiblich × unter 18"), count(20, "männlich × unter 18")]
    made = plot_pyramid(protect(Results.of([count(50), *cells])), "T")
    assert outlines(drawn[0]) == []
    assert made.alt == (
        "Bevölkerungspyramide: T. Am meisten: weiblich, unter 18 mit 60,0\xa0% der Erreichten."
    )


def test_nothing_on_top_of_anything_and_the_axis_without_minus(drawn):
    plot_pyramid(crossed([*WOMEN[:4], (3, 40)]), "T")
    axes = drawn[0].axes[0]
    boxes = [t.get_window_extent() for t in axes.texts]
    boxes += [label.get_window_extent() for label in axes.get_yticklabels()]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert not any("−" in t.get_text() or "-" in t.get_text() for t in axes.get_xticklabels())
    legend = drawn[0].legends[0].get_window_extent()
    assert not any(legend.overlaps(box) for box in boxes)
    assert all(box.x0 >= drawn[0].bbox.x0 - 1 for box in boxes)


def test_sides_can_be_told_apart_in_grey():
    women, men = (luminance(to_rgb(colour)) for colour in COLOUR.values())
    assert abs(women - men) > 0.2


def test_without_crossed_rows_it_says_so(counts):
    assert "keine Angaben" in plot_pyramid(counts([20, 30], ["a", "b"]), "T").alt


def test_all_hidden_gives_words():
    given = protect(Results.of([count(2), count(2, "weiblich × unter 18")]))
    assert plot_pyramid(given, "T").alt == "T: keine Werte. Alle Werte sind gesperrt."


def test_the_same_cells_give_the_same_bytes():
    assert plot_pyramid(crossed(), "T").svg == plot_pyramid(crossed(), "T").svg
