"""The grid of groups by quarter: numbers, signs, stars, what it says."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row, refused
from kimeval.figures import plot_heat
from kimeval.figures.map_marks import ABSENT, HIDDEN, REFUSED_MARK
from kimeval.protect import protect

LAST = Quarter(2024, 3)
NAME, OF = "persons_by_mode", "contact_mode"
OPEN = {"status": "partial", "reason": "Daten vom 01.09.2024, vor dem Ende des Quartals"}


def shares(groups, changed=None, total=200):
    """One row per group and quarter up to the last; single ones changed by (group, quarter)."""
    rows = []
    for group, hits in groups.items():
        for n, hit in enumerate(hits):
            if hit is None:
                continue
            numbers = {"value": hit / total, "numerator": hit, "denominator": total}
            fields = {**numbers, "contributors": hit, **(changed or {}).get((group, n), {})}
            period = str(LAST - (len(hits) - 1 - n))
            rows.append(Row(NAME, period, "05370", dimension=OF, group=group, **fields))
    return rows


def drawn_heat(rows):
    return plot_heat(protect(Results.of(rows)), OF, "Art")


def cells(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]


def texts(figure):
    return [t.get_text() for t in figure.axes[0].texts]


def test_each_group_has_a_row_and_each_quarter_a_column(drawn):
    drawn_heat(shares({"persönlich": [150, 160, 170], "digital": [40, 45, 50]}))
    assert len(cells(drawn[0])) == 6
    assert texts(drawn[0])[:3] == ["75,0\xa0%", "80,0\xa0%", "85,0\xa0%"]
    labels = [label.get_text() for label in drawn[0].axes[0].get_yticklabels()]
    assert labels == ["persönlich", "digital"]


def test_alternative_text_tells_each_group_beside_the_year_before():
    made = drawn_heat(shares({"persönlich": [120, 130, 140, 150, 160], "digital": [40] * 5}))
    assert made.alt == (
        "Raster: Art, ab 3. Quartal 2023. Persönlich im 3. Quartal 2024: 80,0\xa0%, im Vorquartal "
        "75,0\xa0%, im Vorjahresquartal 60,0\xa0%. Digital im 3. Quartal 2024: 20,0\xa0%, im "
        "Vorquartal 20,0\xa0%, im Vorjahresquartal 20,0\xa0%."
    )


def test_gaps_are_told_apart_by_hatch_and_sign(drawn):
    rows = shares({"a": [150, 3, None, 160], "b": [60, 70, 70, 80]})
    gone = refused(NAME, "2024Q1", "05370", "keine Angabe zur Art")
    rows.append(Row(**{**vars(gone), "dimension": OF, "group": "c"}))
    made = drawn_heat(rows)
    marks = [(c.get_hatch(), c.get_linestyle()) for c in cells(drawn[0])]
    assert {HIDDEN["hatch"], REFUSED_MARK["hatch"]} <= {hatch for hatch, _ in marks}
    assert (None, ABSENT["ls"]) in marks
    assert "." in texts(drawn[0]) and "x" in texts(drawn[0])
    keys = [t.get_text() for t in drawn[0].legends[0].get_texts()]
    assert keys[-3:] == [". gesperrt", "x nicht bestimmbar", "keine Angabe"]
    assert "1,5" not in made.alt + made.source


def test_an_open_quarter_is_starred_and_told_as_not_comparable(drawn):
    made = drawn_heat(shares({"a": [150, 160, 40]}, {("a", 2): OPEN}))
    assert texts(drawn[0])[-1] == "20,0\xa0%*"
    assert made.source.startswith("* Unvollständig: Daten vom 01.09.2024")
    assert made.alt.endswith("Unvollständig und nicht vergleichbar: 3. Quartal 2024.")


@pytest.mark.parametrize("quarters", [1, 2, 8, 9, 12, 20])
def test_numbers_fit_into_their_cells_and_the_legend_below(drawn, quarters):
    long = "Diakonisches Werk der evangelischen Kirchenkreise für Migration"
    hits = [100 + 3 * n for n in range(quarters)]
    drawn_heat(shares({"persönlich": hits, long: hits}))
    axes = drawn[0].axes[0]
    boxes = [c.get_window_extent() for c in cells(drawn[0])]
    for text, cell in zip(axes.texts, boxes, strict=True):
        box = text.get_window_extent()
        if text.get_text():
            assert box.x0 >= cell.x0 and box.x1 <= cell.x1, text.get_text()
    legend = drawn[0].legends[0].get_window_extent()
    ticks = [t.get_window_extent() for t in axes.get_xticklabels()]
    assert not any(legend.overlaps(box) for box in [*boxes, *ticks])
    assert legend.y0 >= drawn[0].bbox.y0 - 1


def test_many_quarters_have_shades_only(drawn):
    drawn_heat(shares({"a": [50 + n for n in range(20)]}))
    assert set(texts(drawn[0])) == {""}


def test_two_indicators_are_refused(trend):
    with pytest.raises(DataError, match="one indicator, got 2"):
        plot_heat(trend([20, 30], [7, 8]), "", "T")


def test_all_hidden_or_nothing_gives_words():
    assert drawn_heat(shares({"a": [2, 3]})).alt == "Art: keine Werte. Alle Werte sind gesperrt."
    assert "keine Angaben" in drawn_heat([]).alt


def test_the_same_rows_give_the_same_bytes():
    rows = shares({"a": list(np.arange(50, 58))})
    assert drawn_heat(rows).svg == drawn_heat(rows).svg
