"""Types of paths as bands: heights by persons, stretches of states, what is not told."""

import pytest
from matplotlib.patches import Rectangle

from kimeval.core.results import Results, Row
from kimeval.figures import plot_types, types
from kimeval.protect import protect

MONTHS = {"2024-01": 31, "2024-02": 29, "2024-03": 31}
METHOD = "Optimal Matching, Ward; mittlere Silhouette 0,59"


def typed(sizes, stretches, method=METHOD):
    rows = [count(sum(sizes.values()), method=method)]
    rows += [count(n, "path_type", name, method) for name, n in sizes.items()]
    rows += [
        Row("usual_sphere_days", "2024Q1", "05370", value=days, contributors=30, group=group,
            dimension="path_type × month × legal_sphere")
        for group, days in stretches.items()
    ]  # fmt: skip
    return protect(Results.of(rows))


def count(number, dimension="", group="", method=""):
    return Row("persons_in_path_type", "2024Q1", "05370", value=number, numerator=number,
               contributors=number, dimension=dimension, group=group, method=method)  # fmt: skip


SIZES = {"Typ 1": 60, "Typ 2": 30}
STRETCHES = {
    "Typ 1 × 2024-01 × AsylbLG": 60,
    "Typ 1 × 2024-03 × SGB II": 31,
    "Typ 2 × 2024-01 × zu wenige bekannt": 31,
    "Typ 2 × 2024-02 × SGB II": 60,
}


def bands(monkeypatch, table):
    found, canvas = [], types.canvas
    monkeypatch.setattr(types, "canvas", lambda **kw: found.append(canvas(**kw)) or found[-1])
    made = plot_types(table, "Typen")
    return made, [p for p in found[0][1].patches if isinstance(p, Rectangle)]


def test_bands_are_as_high_as_persons_are_many_and_as_long_as_the_months(monkeypatch):
    _, found = bands(monkeypatch, typed(SIZES, STRETCHES))
    assert [(p.get_x(), p.get_width()) for p in found] == [(0, 2), (2, 1), (0, 1), (1, 2)]
    assert found[0].get_height() == pytest.approx(2 * found[2].get_height())
    assert found[0].get_y() > found[2].get_y()


def test_the_finding_and_the_note():
    told = plot_types(typed(SIZES, STRETCHES), "Typen")
    assert told.alt == (
        "Bänder: Typen, überwiegender Rechtskreis je Monat. Typ 1 (60 Personen): AsylbLG ab Jan "
        "2024, dann SGB II ab Mär 2024; Typ 2 (30 Personen): SGB II ab Feb 2024."
    )
    assert "2 Typen, die Zahl ist vorgegeben." in told.source
    assert "trennen sich gut (mittlere Silhouette 0,59)" in told.source


@pytest.mark.parametrize(("width", "how"), [("0,50", "schwach"), ("0,25", "nicht")])
def test_a_small_silhouette_is_told_as_such(width, how):
    table = typed(SIZES, STRETCHES, f"mittlere Silhouette {width}")
    assert f"trennen sich {how}" in plot_types(table, "Typen").source


def test_a_hidden_number_has_the_least_height_and_is_named():
    told = plot_types(typed({"Typ 1": 60, "Typ 2": 30, "Typ 3": 3}, STRETCHES), "Typen")
    assert "Höhe ohne Bedeutung, weil gesperrt: Typ 2 und Typ 3." in told.source
    assert "Typ 3 (gesperrt)" in told.alt


def test_a_refusal_says_why():
    name = "persons_in_path_type"
    refused = Row(name, "2024Q1", "05370", status="refused", reason="zu wenige Personen")
    assert "zu wenige Personen" in plot_types(protect(Results.of([refused])), "Typen").alt
