"""The funnel: points, limits, flags by shape, names without overlap, what chance gives."""

from itertools import combinations

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.core.results import refused
from kimeval.core.statistics import share_funnel
from kimeval.figures import plot_funnel
from kimeval.figures.funnel import FAR

COVERAGE = "coverage_newly_arrived"


def even(count, size=400):
    return [(size // 4, size)] * count


def marks(figure, marker):
    """Points drawn with a marker."""
    lines = [line for line in figure.axes[0].lines if line.get_marker() == marker]
    return [point for line in lines for point in line.get_xydata().tolist()]


def names(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_an_area_far_out_points_to_its_side_and_is_filled_and_named(sized, drawn):
    plot_funnel(sized([*even(20), (200, 400), (40, 400)]), "T")
    assert marks(drawn[0], "^") == [[400, 0.5]]
    assert marks(drawn[0], "v") == [[400, 0.1]]
    filled = {line.get_color() for line in drawn[0].axes[0].lines if line.get_marker() in "^v"}
    assert filled == {FAR["color"]}
    assert sorted(names(drawn[0])) == ["Düren", "Rhein-Erft-Kreis"]


def test_what_lies_inside_is_a_circle_without_a_name(sized, drawn):
    made = plot_funnel(sized(even(20)), "T")
    assert len(marks(drawn[0], "o")) == 20
    assert names(drawn[0]) == []
    assert "Keine Abweichung liegt außerhalb der Grenzen." in made.alt


def test_the_flags_are_those_of_the_statistics(sized, drawn):
    chance = np.random.default_rng(7)
    pairs = [(int(chance.binomial(300, p)), 300) for p in chance.normal(0.25, 0.05, 54)]
    expected = share_funnel(*np.array(pairs).T)
    made = plot_funnel(sized(pairs), "T")
    flagged = len(marks(drawn[0], "^")) + len(marks(drawn[0], "v"))
    assert flagged == (expected.flags != 0).any(axis=1).sum() > 3
    said = f"{np.count_nonzero(expected.flags[:, 0])} außerhalb der 95-%-Grenzen (durch Zufall "
    assert said in made.source and said in made.alt


def test_the_number_that_chance_gives_stands_below(sized):
    expected = share_funnel([100] * 40, [400] * 40).expected_flags
    made = plot_funnel(sized(even(40)), "T")
    written = [f"{value:.1f}".replace(".", ",") for value in expected]
    assert made.source.startswith(
        f"Von 40 Gebieten liegen 0 außerhalb der 95-%-Grenzen (durch Zufall {written[0]}) und 0 "
        f"außerhalb der 99,8-%-Grenzen (durch Zufall {written[1]}); 0 auch dann, wenn"
    )


def test_limits_are_drawn_where_the_statistics_have_them(sized, drawn):
    plot_funnel(sized([(25, 100), (100, 400), (400, 1600)]), "T")
    solid = [line for line in drawn[0].axes[0].lines if len(line.get_xdata()) > 30]
    assert len(solid) == 4
    upper = max(solid, key=lambda line: line.get_ydata().max())
    at = int(np.argmin(np.abs(upper.get_xdata() - 400)))
    size = upper.get_xdata()[at]
    expected = share_funnel([size / 4], [size], target=0.25).limits[0, 1, 1]
    assert upper.get_ydata()[at] == pytest.approx(expected)


@pytest.mark.parametrize("spread", [0.0, 0.03, 0.12])
def test_names_lie_on_nothing_and_inside(sized, drawn, spread):
    chance = np.random.default_rng(3)
    sizes = chance.integers(80, 4000, 54)
    shares = np.clip(chance.normal(0.25, spread, 54), 0.02, 0.95)
    pairs = [(int(chance.binomial(n, p)), int(n)) for n, p in zip(sizes, shares, strict=True)]
    plot_funnel(sized(pairs), "T")
    axes = drawn[0].axes[0]
    boxes = [t.get_bbox_patch().get_window_extent() for t in axes.texts]
    inner = axes.get_window_extent()
    points = [p for m in "o^v" for p in axes.transData.transform(marks(drawn[0], m) or [[-1, -1]])]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert box.x0 >= inner.x0 - 1 and box.x1 <= inner.x1 + 1
        assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in points)


def test_names_without_room_are_told_of(sized):
    pairs = [(50 + 130 * (n % 2), 400) for n in range(54)]
    made = plot_funnel(sized(pairs), "T")
    assert "Wo kein Platz ist, fehlt der Name am Zeichen." in made.source


def test_hidden_and_refused_areas_are_named_and_not_drawn(sized, drawn):
    gone = refused(COVERAGE, "2024Q3", "05978", "keine Zahl geliefert")
    made = plot_funnel(sized([(3, 400), *even(20)], gone), "T")
    assert len(marks(drawn[0], "o")) == 20
    assert "Gesperrt und nicht eingezeichnet: Stadt Düsseldorf." in made.source
    assert "Nicht bestimmbar: keine Zahl geliefert (Kreis Unna)." in made.source


def test_a_flagged_area_that_lacks_what_others_have_is_starred(sized, drawn):
    given = sized([*even(20), (200, 400), (40, 400)])
    lacking = given.frame["numerator"] == 40
    given.frame.loc[lacking, ["status", "reason"]] = ["partial", "ohne die Diakonie"]
    made = plot_funnel(given, "T")
    assert sorted(names(drawn[0])) == ["Düren", "Rhein-Erft-Kreis*"]
    assert "* Unvollständig: ohne die Diakonie (Rhein-Erft-Kreis)." in made.source


def test_a_spread_widens_the_limits_and_says_so(sized, drawn):
    chance = np.random.default_rng(7)
    pairs = [(int(chance.binomial(900, p)), 900) for p in chance.normal(0.3, 0.06, 40)]
    narrow = plot_funnel(sized(pairs), "T")
    wide = plot_funnel(sized(pairs), "T", spread="additive")
    triangles = [len(marks(f, "^")) + len(marks(f, "v")) for f in drawn]
    assert triangles[1] < triangles[0] / 3
    assert "-mal so stark wie durch Zufall allein" in narrow.source
    assert "übliche Streuung zwischen den Gebieten" in wide.source


def test_a_funnel_of_the_caller_is_drawn_as_it_is(sized, drawn):
    pairs = [*even(20), (200, 400)]
    given = share_funnel(*np.array(pairs).T / 4)
    plot_funnel(sized(pairs), "T", funnel=given)
    assert {x for x, _ in marks(drawn[0], "o")} == {100}
    with pytest.raises(DataError, match="got 3 for 21"):
        plot_funnel(sized(pairs), "T", funnel=share_funnel([1, 2, 3], [9, 9, 9]))


def test_persons_of_one_family_do_not_count_as_single_ones(sized, drawn):
    given = sized([*even(20), (124, 400)])
    plot_funnel(given, "T")
    centre = given.frame[["lower", "upper"]].mean(axis=1)
    for side in ("lower", "upper"):
        given.frame[side] = centre + 2 * (given.frame[side] - centre)
    made = plot_funnel(given, "T")
    assert [len(marks(figure, "^")) for figure in drawn] == [1, 0]
    assert {x for x, _ in marks(drawn[1], "o")} == {100}
    assert "(wirksame Zahl)" in drawn[1].axes[0].get_xlabel()
    assert "Familien kommen gemeinsam" in made.source


def test_counts_have_no_funnel(counts):
    with pytest.raises(DataError, match="'persons_reached' lacks them in 2 of 2 rows"):
        plot_funnel(counts([20, 30], ["Erkelenz", "Gangelt"], "ags"), "T")


@pytest.mark.parametrize("count", [1, 2, 54])
def test_few_and_many_areas_are_drawn_with_german_axes(sized, drawn, count):
    made = plot_funnel(sized([(300 + 11 * n, 1200 + 40 * n) for n in range(count)]), "T")
    axes = drawn[0].axes[0]
    assert all("%" in label.get_text() for label in axes.get_yticklabels())
    assert not any("," in label.get_text() for label in axes.get_xticklabels())
    assert made.alt.startswith(f"Trichterdiagramm: T. {count} Gebiet")
    legend = drawn[0].legends[0].get_window_extent()
    assert not legend.overlaps(axes.get_window_extent())


def test_all_hidden_gives_words(sized):
    assert plot_funnel(sized([(2, 90), (3, 90)]), "T").alt.endswith("Alle Werte sind gesperrt.")


def test_the_same_areas_give_the_same_bytes(sized):
    given = sized([*even(20), (200, 400)])
    assert plot_funnel(given, "T").svg == plot_funnel(given, "T").svg
