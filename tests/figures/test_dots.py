"""Dots with intervals: order, the whole, shapes, ranks, what lacks a value."""

from itertools import pairwise

import pytest

from kimeval.core.errors import DataError
from kimeval.core.results import Results, Row, refused
from kimeval.core.statistics import ranked_shares
from kimeval.figures import plot_dots
from kimeval.protect import protect

COVERAGE = "coverage_newly_arrived"


def marked(figure):
    """Markers from top to bottom."""
    points = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "^", "v")]
    return [line.get_marker() for line in sorted(points, key=lambda line: line.get_ydata()[0])]


def names(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_an_interval_beside_the_whole_is_told_by_shape(shares, drawn):
    given = shares([(100, 400), (80, 100), (26, 100), (8, 90)], ["a", "b", "c"])
    made = plot_dots(given, "ags", "T")
    assert names(drawn[0]) == ["a", "b", "c"]
    assert marked(drawn[0]) == ["^", "o", "v"]
    labels = [t.get_text() for t in drawn[0].legends[0].get_texts()]
    assert labels[1:] == ["liegt ganz darüber", "liegt ganz darunter"]
    assert "über dem Wert insgesamt: a; mit dem ganzen Intervall unter dem Wert" in made.alt
    assert "2 von 3 Intervallen schließen den Wert insgesamt aus" in made.source
    assert "durch Zufall allein wären es etwa 0,2." in made.source


def test_intervals_around_the_whole_need_no_legend(shares, drawn):
    made = plot_dots(shares([(100, 400), (26, 100), (24, 100)], ["a", "b"]), "ags", "T")
    assert marked(drawn[0]) == ["o", "o"]
    assert drawn[0].legends == []
    assert "Kein Intervall schließt den Wert insgesamt aus." in made.alt


def test_the_highest_stands_on_top_unless_the_order_is_kept(shares, drawn):
    given = shares([(100, 400), (24, 100), (40, 100), (30, 100)], ["a", "b", "c"])
    plot_dots(given, "ags", "T")
    plot_dots(given, "ags", "T", in_order=True)
    assert [names(figure) for figure in drawn] == [["b", "c", "a"], ["a", "b", "c"]]


def test_ranks_are_those_of_the_statistics_with_their_joint_intervals(shares, drawn):
    pairs = [(60, 100), (30, 100), (10, 100)]
    made = plot_dots(shares([(100, 300), *pairs], ["a", "b", "c"]), "ags", "T", ranked=True)
    expected = ranked_shares(*zip(*pairs, strict=True))
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert texts[-4:] == ["Rang", "1 (1 bis 1)", "2 (2 bis 2)", "3 (3 bis 3)"]
    assert list(expected.upper) == [1, 2, 3]
    assert "mit 95\xa0% Sicherheit liegen alle Ränge zugleich in den Spannen" in made.source
    assert "Rang von a: 1 (1 bis 1)." in made.alt


def test_a_hidden_group_has_a_sign_and_no_rank(shares, drawn):
    given = shares([(113, 390), (60, 100), (3, 90), (50, 200)], ["a", "b", "c"])
    hidden = given.frame["suppressed"].sum()
    made = plot_dots(given, "ags", "T", ranked=True)
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert texts.count(". gesperrt") == hidden >= 1
    assert len([text for text in texts if " bis " in text]) == 3 - hidden
    assert "Gesperrt: " in made.alt and "b" in names(drawn[0])[-hidden:]


def test_a_refused_group_is_named_with_its_reason(shares, drawn):
    from dataclasses import replace

    gone = replace(
        refused(COVERAGE, "2024Q3", "05370", "keine Zahl geliefert"), dimension="ags", group="z"
    )
    made = plot_dots(shares([(82, 252), (40, 120), (42, 132)], ["a", "b"], gone), "ags", "T")
    assert names(drawn[0])[-1] == "z"
    assert "Nicht bestimmbar: keine Zahl geliefert (z)." in made.source


def test_a_refused_area_among_ranked_ones_has_no_rank(sized, drawn):
    gone = refused(COVERAGE, "2024Q3", "05978", "keine Zahl geliefert")
    plot_dots(sized([(300, 500), (100, 500)], gone), "area", "T", ranked=True)
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert texts[-4:] == ["Rang", "1 (1 bis 1)", "2 (2 bis 2)", ""]


def test_the_whole_may_come_from_another_table(sized, drawn):
    other = sized([(300, 1000)])
    plot_dots(sized([(100, 500), (200, 500)]), "area", "T", whole=other)
    assert "insgesamt 30,0\xa0%" in [t.get_text() for t in drawn[0].axes[0].texts]


@pytest.mark.parametrize("low", [0.001, 0.012, 0.2, 0.3])
def test_no_tick_is_rounded(shares, drawn, low):
    plot_dots(shares([(low * 9e3, 9000), (low * 9e3, 9000)], ["a"]), "ags", "T")
    axis = drawn[0].axes[0].xaxis
    for tick in axis.get_major_ticks():
        written = tick.label1.get_text().removesuffix("\xa0%").replace(",", ".")
        assert float(written) == pytest.approx(100 * tick.get_loc(), abs=1e-6)


@pytest.mark.parametrize("count", [1, 12, 54])
def test_areas_are_readable_with_ranks(sized, drawn, count):
    pairs = [(100 + (37 * n) % 150, 500) for n in range(count)]
    plot_dots(sized(pairs), "area", "T", ranked=True)
    axes, outer = drawn[0].axes[0], drawn[0].bbox
    labels = [label.get_window_extent() for label in axes.get_yticklabels()]
    labels.sort(key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(labels))
    assert min(box.x0 for box in labels) >= outer.x0 - 1
    assert max(t.get_window_extent().x1 for t in axes.texts) <= outer.x1 + 1
    assert axes.get_window_extent().width >= 0.45 * outer.width


def test_the_state_is_the_line_of_its_areas(sized, drawn):
    whole = Row(COVERAGE, "2024Q3", "05", value=0.3, numerator=300, contributors=300)
    made = plot_dots(sized([(100, 500), (200, 500)], whole), "area", "T")
    assert "insgesamt 30,0\xa0%" in [t.get_text() for t in drawn[0].axes[0].texts]
    assert "Am höchsten Duisburg mit 40,0\xa0%" in made.alt


def test_the_axis_is_german_and_whole(shares, drawn):
    plot_dots(shares([(100, 400), (24, 100), (40, 100)], ["a", "b"]), "ags", "T")
    labels = [label.get_text() for label in drawn[0].axes[0].get_xticklabels()]
    assert labels[0] == "0\xa0%" and not any("," in label for label in labels)


def test_two_quarters_on_one_axis_are_refused(trend):
    with pytest.raises(DataError, match="one indicator, got 2"):
        plot_dots(trend([20, 30], [7, 8]), "area", "T")


def test_areas_keep_their_names_in_whatever_order_they_are_given(drawn):
    hits = {"05370": 10, "05111": 30, "05358": 20}
    rows = [
        Row(
            COVERAGE,
            "2024Q3",
            code,
            value=n / 100,
            numerator=n,
            denominator=100,
            lower=n / 200,
            upper=n / 50,
            confidence=0.95,
            contributors=n,
        )
        for code, n in hits.items()
    ]
    given = protect(Results.of(rows))
    plot_dots(given, "area", "T")
    plot_dots(given, "area", "T", in_order=True)
    assert names(drawn[0]) == ["Düsseldorf", "Düren", "Heinsberg"]
    assert names(drawn[1]) == ["Heinsberg", "Düsseldorf", "Düren"]
    points = [line for line in drawn[1].axes[0].lines if line.get_marker() == "o"]
    assert sorted((p.get_ydata()[0], p.get_xdata()[0]) for p in points) == [
        (0, 0.1),
        (1, 0.3),
        (2, 0.2),
    ]
