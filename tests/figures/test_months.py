"""States by month as stacked bars: shares, what is hidden, and months without a total."""

import pytest
from matplotlib.patches import Rectangle

from kimeval.core.errors import DataError
from kimeval.core.results import Results, Row
from kimeval.figures import months, plot_months
from kimeval.figures.states import month_name, month_ticks, state_look
from kimeval.protect import protect

SPHERES = {
    "2024-07": {"AsylbLG": 30, "SGB II": 70},
    "2024-08": {"AsylbLG": 20, "SGB II": 80},
}


def row(month, number, sphere=""):
    return Row("persons_in_sphere", month, "05370", value=number, numerator=number,
               contributors=number, dimension="legal_sphere" if sphere else "",
               group=sphere)  # fmt: skip


def by_month(spheres=SPHERES):
    return protect(Results.of([
        one
        for month, held in spheres.items()
        for one in [row(month, sum(held.values())), *(row(month, n, s) for s, n in held.items())]
    ]))  # fmt: skip


def bars(monkeypatch, table):
    found, canvas = [], months.canvas
    monkeypatch.setattr(months, "canvas", lambda **kw: found.append(canvas(**kw)) or found[-1])
    made = plot_months(table, "legal_sphere", "Verteilung")
    rectangles = [p for p in found[0][1].patches if isinstance(p, Rectangle)]
    return made, {(p.get_x() + 0.5, p.get_facecolor()): p for p in rectangles if p.get_height()}


def test_each_bar_is_a_share_on_top_of_the_one_before(monkeypatch):
    from matplotlib.colors import to_rgba

    _, found = bars(monkeypatch, by_month())
    first, second = (to_rgba(state_look(s)["facecolor"]) for s in ("AsylbLG", "SGB II"))
    assert found[0, first].get_height() == pytest.approx(0.3)
    assert found[0, second].get_y() == pytest.approx(0.3)
    assert found[1, second].get_height() == pytest.approx(0.8)


def test_what_is_hidden_is_the_hatched_rest(monkeypatch):
    spheres = {"2024-07": {"AsylbLG": 30, "SGB II": 60, "SGB XII": 3, "SGB III": 7}}
    made, found = bars(monkeypatch, by_month(spheres))
    hatched = [p for p in found.values() if p.get_hatch()]
    assert len(hatched) == 1
    assert hatched[0].get_height() == pytest.approx(0.1)
    assert "gesperrt" in made.source


def test_shares_of_rounded_numbers_make_a_whole(monkeypatch):
    from kimeval.protect import Rules

    rows = [row("2024-07", 101), row("2024-07", 33, "AsylbLG"), row("2024-07", 68, "SGB II")]
    rounded = protect(Results.of(rows), Rules(method="rounding"))  # 100, 35 and 70
    _, found = bars(monkeypatch, rounded)
    assert sum(bar.get_height() for bar in found.values()) == pytest.approx(1)


def test_the_finding_compares_the_first_month_with_the_last():
    assert plot_months(by_month(), "legal_sphere", "Verteilung").alt == (
        "Gestapelte Balken: Verteilung, Jul 2024 und Aug 2024: AsylbLG 30,0\xa0% und 20,0\xa0%; "
        "SGB II 70,0\xa0% und 80,0\xa0%; Personen 100 und 100."
    )


def test_a_month_whose_total_is_hidden_is_named():
    spheres = {"2024-07": {"SGB II": 3}, "2024-08": {"AsylbLG": 20, "SGB II": 80}}
    made = plot_months(by_month(spheres), "legal_sphere", "Verteilung")
    assert "Summe gesperrt: Jul 2024." in made.source
    assert "nicht veröffentlicht" in made.alt


def test_nothing_says_why():
    refused = Row("persons_in_sphere", "2024Q3", "05370", status="refused", reason="keine Tabelle")
    told = plot_months(protect(Results.of([refused])), "legal_sphere", "Verteilung")
    assert told.alt == "Verteilung: keine Werte. Nicht bestimmbar: keine Tabelle."


def test_two_indicators_are_refused():
    other = Row("persons_reached", "2024-07", "05370", value=9, contributors=9)
    rows = [row("2024-07", 30), row("2024-07", 30, "SGB II"), other]
    with pytest.raises(DataError, match="one indicator"):
        plot_months(protect(Results.of(rows)), "legal_sphere", "Verteilung")


def test_names_of_months():
    assert month_name("2024-03") == "Mär 2024"
    assert month_ticks(["2023-12", "2024-01", "2024-02"]) == ["Dez\n2023", "Jan\n2024", "Feb"]
    many = [str(m) for m in __import__("pandas").period_range("2022-01", periods=24, freq="M")]
    assert [t for t in month_ticks(many) if t][:2] == ["Jan\n2022", "Apr"]
