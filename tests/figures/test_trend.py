"""The series by quarter: gaps, incomplete quarters, the year before, the pandemic."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from kimeval.core.errors import DataError
from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row, refused
from kimeval.figures import plot_trend
from kimeval.figures.theme import luminance
from kimeval.figures.trend import STYLES
from kimeval.protect import protect

LAST = Quarter(2024, 3)
OPEN = {"status": "partial", "reason": "Daten vom 01.09.2024, vor dem Ende des Quartals"}
DRK = {"status": "partial", "reason": "ohne beendete Fälle von DRK"}


def reached(values, changed=None, name="persons_reached"):
    first = LAST - (len(values) - 1)
    return [
        Row(
            name,
            str(first + n),
            "05370",
            value=value,
            numerator=value,
            contributors=value,
            **(changed or {}).get(n, {}),
        )
        for n, value in enumerate(values)
    ]


def plotted(*rows):
    return plot_trend(protect(Results.of(rows)))


def joined(figure):
    """Values that the line of the first series runs through."""
    return next(
        line for line in figure.axes[0].lines if line.get_label().startswith("Erreichte")
    ).get_ydata()


def hollow(figure):
    """Values drawn as hollow marks that stand for an incomplete quarter."""
    marks = [line for line in figure.axes[0].lines if line.get_markersize() == 7]
    return [value for mark in marks for value in mark.get_ydata()]


def test_an_open_quarter_is_hollow_and_not_joined_to_the_line(drawn):
    made = plotted(*reached([50, 60, 70, 20], {3: OPEN}))
    assert np.isnan(joined(drawn[0])[3]) and list(joined(drawn[0])[:3]) == [50, 60, 70]
    assert hollow(drawn[0]) == [20]
    assert made.alt.endswith("Unvollständig und nicht vergleichbar: 3. Quartal 2024.")
    assert "unvollständig, nicht vergleichbar" in [
        t.get_text() for t in drawn[0].legends[0].get_texts()
    ]


def test_what_all_quarters_lack_keeps_none_from_being_compared(drawn):
    made = plotted(*reached([50, 60, 70, 80], dict.fromkeys(range(4), DRK)))
    assert list(joined(drawn[0])) == [50, 60, 70, 80]
    assert hollow(drawn[0]) == []
    assert made.source == "Unvollständig: ohne beendete Fälle von DRK."


def test_an_open_quarter_after_quarters_that_all_lack_something_else_is_the_only_hollow_one(drawn):
    plotted(*reached([50, 60, 70, 20], {**dict.fromkeys(range(3), DRK), 3: OPEN}))
    assert hollow(drawn[0]) == [20]


def test_a_complete_quarter_after_incomplete_ones_is_not_joined_to_them(drawn):
    plotted(*reached([50, 60, 70, 80], dict.fromkeys(range(3), DRK)))
    assert hollow(drawn[0]) == [50, 60, 70]
    assert [v for v in joined(drawn[0]) if not np.isnan(v)] == [80]


def test_an_incomplete_newest_quarter_is_told_alone_and_the_complete_one_beside_the_year_before():
    made = plotted(*reached([40, 41, 42, 43, 50, 20], {5: OPEN}))
    assert (
        "Erreichte Personen im 3. Quartal 2024: 20 (unvollständig). Zuletzt vollständig: "
        "Erreichte Personen im 2. Quartal 2024: 50, im Vorquartal 43, im Vorjahresquartal 40."
    ) in made.alt


def test_the_same_quarter_of_the_year_before_is_tied_to_the_newest(drawn):
    made = plotted(*reached([33, 41, 42, 43, 50]))
    tie = next(line for line in drawn[0].axes[0].lines if line.get_linestyle() == ":")
    assert (list(tie.get_xdata()), list(tie.get_ydata())) == ([0, 4], [33, 33])
    assert made.source.startswith("Gepunktet: Stand des gleichen Quartals im Vorjahr.")


@pytest.mark.parametrize("place", [0, 4])
def test_an_incomplete_quarter_is_tied_to_no_year_before(drawn, place):
    plotted(*reached([33, 41, 42, 43, 50], {place: OPEN}))
    assert [line for line in drawn[0].axes[0].lines if line.get_linestyle() == ":"] == []


def test_a_hidden_and_a_refused_quarter_carry_their_signs(drawn):
    rows = reached([50, 3, 70, 80])
    rows[2] = refused("persons_reached", "2024Q2", "05370", "keine Lieferung")
    made = plotted(*rows)
    texts = [t.get_text() for t in drawn[0].axes[0].texts]
    assert texts == [". gesperrt", "x nicht bestimmbar"]
    assert "Nicht bestimmbar: keine Lieferung." in made.source


def test_a_quarter_without_a_row_is_a_gap(drawn):
    rows = reached([50, 60, 70, 80])
    plotted(*rows[:1], *rows[2:])
    assert np.isnan(joined(drawn[0])[1])


def test_a_share_has_its_interval_as_a_ribbon(drawn):
    rows = []
    for n, hits in enumerate([20, 30, 40]):
        lower, upper = wilson_interval(hits, 100)[0]
        fields = {"value": hits / 100, "numerator": hits, "denominator": 100, "lower": lower}
        place = ("coverage_newly_arrived", str(LAST - (2 - n)), "05370")
        rows.append(Row(*place, **fields, upper=upper, confidence=0.95, contributors=hits))
    made = plotted(*rows)
    ribbon = drawn[0].axes[0].collections[0].get_datalim(drawn[0].axes[0].transData)
    assert ribbon.y0 == pytest.approx(wilson_interval(20, 100)[0][0])
    assert ribbon.y1 == pytest.approx(wilson_interval(40, 100)[0][1])
    assert "40,0\xa0%, im Vorquartal 30,0\xa0%" in made.alt


def test_units_are_not_mixed_and_a_quarter_stands_once():
    with pytest.raises(DataError, match="of one unit"):
        plotted(*reached([20, 30]), *reached([20, 30], name="cases_active"))
    with pytest.raises(DataError, match="once, 2 rows repeat"):
        plotted(*reached([20, 30]), *reached([20, 30]))


def test_two_series_can_be_told_apart_in_grey():
    tones = [luminance(to_rgb(style["color"])) for style in STYLES[:2]]
    assert abs(tones[0] - tones[1]) > 0.2
    assert len({style["marker"] for style in STYLES}) == len(STYLES)
