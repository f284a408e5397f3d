"""What a reader can read: nothing cut, nothing on top of anything else, no empty frame."""

from itertools import combinations

import numpy as np
import pytest

from kimeval.core.results import Row, refused
from kimeval.figures import plot_dots, plot_fates, plot_groups, plot_missing, plot_trend

LONG = "Diakonisches Werk der evangelischen Kirchenkreise für Migration und Teilhabe e. V."
LONGER = (
    "Fachstelle_fuer_Integrationsagenturen_ohne_Leerzeichen_im_Dateinamen_2024_Q3_endgueltig.csv"
)
NAMES = [LONG, "Übach-Palenberg", LONGER, "$x$"]
SIZES = [1, 2, 15]
REFUSED = refused("coverage_newly_arrived", "2024Q3", "05370", "keine Zahl geliefert")


def names(number):
    return [NAMES[n] if n < len(NAMES) else f"Gemeinde Nummer {n}" for n in range(number)]


def ticks(axis):
    """Labels of the ticks that are drawn."""
    low, high = sorted(axis.get_view_interval())
    return [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]


def texts(figure):
    """Boxes of all texts that are drawn, by text."""
    found = []
    for axes in figure.axes:
        found += [*ticks(axes.xaxis), *ticks(axes.yaxis), *axes.texts, axes.xaxis.label]
        found += [axes.yaxis.label, axes._left_title]
    shown = [t for t in found if t.get_visible() and t.get_text().strip()]
    return [(t.get_text(), t.get_window_extent()) for t in shown]


def require_readable(figure):
    outer = figure.bbox
    for text, box in texts(figure):
        assert box.x0 >= outer.x0 - 1 and box.x1 <= outer.x1 + 1, f"cut at the side: {text}"
        assert box.y0 >= outer.y0 - 1 and box.y1 <= outer.y1 + 1, f"cut above or below: {text}"
    for axes in figure.axes:
        for labels in (ticks(axes.xaxis), ticks(axes.yaxis), axes.texts):
            drawn = [t for t in labels if t.get_text().strip()]
            for one, other in combinations(drawn, 2):
                boxes = one.get_window_extent(), other.get_window_extent()
                assert not boxes[0].overlaps(boxes[1]), f"{one.get_text()} on {other.get_text()}"
        inner = axes.get_window_extent()
        assert inner.width >= 0.45 * outer.width, "labels leave too little room for the data"
        for legend in figure.legends:
            box = legend.get_window_extent()
            assert not box.overlaps(inner), "legend on the data"
            assert box.x0 >= outer.x0 - 1 and box.x1 <= outer.x1 + 1, "legend cut"


@pytest.mark.parametrize("number", SIZES)
def test_bars_of_groups_are_readable(counts, drawn, number):
    plot_groups(counts([40 + 7 * n for n in range(number)], names(number)), "provider", "T")
    require_readable(drawn[0])
    assert len(drawn[0].axes[0].patches) == number


@pytest.mark.parametrize("number", SIZES)
def test_shares_are_readable(shares, drawn, number):
    pairs = [(20 + 3 * n, 90 + n) for n in range(number)]
    total = tuple(np.sum(pairs, axis=0))
    plot_dots(shares([total, *pairs], names(number)), "ags", "T")
    require_readable(drawn[0])


def test_shares_near_one_hundred_percent_are_readable(shares, drawn):
    plot_dots(shares([(190, 200), (90, 100), (100, 100)], ["a", "b"]), "ags", "T")
    require_readable(drawn[0])
    assert drawn[0].axes[0].get_xlim()[1] <= 1.02


@pytest.mark.parametrize("number", [1, 2, 8, 9, 20, 24, 40])
def test_series_are_readable(trend, drawn, number):
    reached = [1000 + 10 * n for n in range(number)]
    plot_trend(trend(reached, [value - 5 for value in reached]))
    require_readable(drawn[0])


@pytest.mark.parametrize("number", SIZES)
def test_files_are_readable(files, drawn, number):
    plot_fates(files(**{name: (900, n, 100 - n) for n, name in enumerate(names(number))}))
    require_readable(drawn[0])


@pytest.mark.parametrize("number", SIZES)
def test_missing_values_are_readable(columns, drawn, number):
    plot_missing(columns(**{name: 1 / (n + 1) for n, name in enumerate(names(number))}), "T")
    require_readable(drawn[0])


def test_hidden_and_unknown_groups_are_told_apart(counts, shares, drawn):
    plot_groups(counts([40, 3, 9, 0], ["a", "b", "c", "d"]), "provider", "T")
    assert [t.get_text() for t in drawn[0].axes[0].texts] == ["40", ". gesperrt", ". gesperrt", "0"]
    lacking = Row(**{**vars(REFUSED), "dimension": "ags", "group": "z"})
    plot_dots(shares([(82, 252), (40, 120), (42, 132)], ["a", "b"], lacking), "ags", "T")
    assert "x nicht bestimmbar" in [t.get_text() for t in drawn[1].axes[0].texts]


def test_a_hidden_quarter_is_a_gap_and_no_line_across(trend, drawn):
    plot_trend(trend([20, 3, 40], [9, 8, 7]))
    reached = drawn[0].axes[0].lines[0].get_ydata()
    assert np.isnan(reached[1]) and [reached[0], reached[2]] == [20, 40]


def test_series_differ_by_more_than_colour(trend, drawn):
    plot_trend(trend([20, 30], [9, 8]))
    marks = {line.get_label(): line.get_marker() for line in drawn[0].axes[0].lines}
    named = {label: mark for label, mark in marks.items() if ": zuletzt" in label}
    assert len(named) == len(set(named.values())) == 2


def test_the_pandemic_is_shaded_only_where_it_was(trend, drawn):
    plot_trend(trend([20] * 20, [9] * 20))
    plot_trend(trend([20] * 8, [9] * 8))
    said = ["Pandemie" in [t.get_text() for t in figure.axes[0].texts] for figure in drawn]
    assert said == [True, False]


def test_axes_of_counts_begin_at_zero_with_whole_german_numbers(counts, drawn):
    plot_groups(counts([9000, 12000], ["a", "b"]), "provider", "T")
    labels = [label.get_text() for label in ticks(drawn[0].axes[0].xaxis)]
    assert labels[0] == "0" and "10.000" in labels
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("plot", "why"),
    [
        ("groups", "Werte sind gesperrt"),
        ("shares", "Werte sind gesperrt"),
        ("trend", "Werte sind gesperrt"),
    ],
)
def test_all_hidden_gives_words_and_no_empty_axes(counts, shares, trend, drawn, plot, why):
    made = {
        "groups": lambda: plot_groups(counts([1, 2], ["a", "b"]), "provider", "T"),
        "shares": lambda: plot_dots(shares([(3, 90), (1, 40), (2, 50)], ["a", "b"]), "ags", "T"),
        "trend": lambda: plot_trend(trend([1, 2], [1, 2])),
    }[plot]()
    assert "keine Werte. Alle Werte sind gesperrt." in made.alt
    assert why in made.source
    assert not drawn[0].axes[0].axison


def test_nothing_delivered_gives_words_and_no_error(counts, files, columns, trend):
    assert "keine Angaben" in plot_groups(counts([], []), "provider", "T").alt
    assert "keine Datei" in plot_fates(files()).alt
    assert "liegt nicht vor" in plot_missing(columns(), "T").alt
    assert "keine Angaben" in plot_trend(trend([], []).only(period="1999Q1")).alt
    assert plot_fates(files(**{"leer.csv": (0, 0, 0)})).alt.startswith("Balken je Datei. Von 0")


def test_a_refused_indicator_says_why(shares):
    from kimeval.core.results import Results
    from kimeval.protect import protect

    made = plot_dots(protect(Results.of([REFUSED])), "ags", "Reichweite")
    assert made.source == "Nicht bestimmbar: keine Zahl geliefert."
    assert made.alt == "Reichweite: keine Werte. Nicht bestimmbar: keine Zahl geliefert."


def test_groups_without_an_order_are_sorted_with_hidden_ones_last(counts, drawn):
    plot_groups(counts([7, 2, 30, 3, 12], list("abcde")), "provider", "x", largest_first=True)
    (axes,) = drawn[-1].axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list("ceabd")


@pytest.mark.parametrize("hits", [10, 100, 190])
def test_the_total_is_named_at_its_line(shares, drawn, hits):
    plot_dots(shares([(hits, 200), (hits, 200)], ["Ort"]), "ags", "x")
    (axes,) = drawn[-1].axes
    label = next(t for t in axes.texts if t.get_text().startswith("insgesamt"))
    line = axes.transData.transform((label.xy[0], 0))[0]
    box = label.get_window_extent()
    assert box.x0 - 1 <= line <= box.x1 + 1
