"""Curves with numbers at risk, and forests: what is said and what is missing."""

import pytest

from kimeval.core.results import Results, Row
from kimeval.figures import plot_forest, plot_incidence
from kimeval.outcomes.classes import CROSS
from kimeval.outcomes.reached import WAITED, curves
from kimeval.protect import Rules, derive, protect

WAYS = ("erreicht", "ausgeschieden", "noch offen")
NUMBERS = {"0 bis 30 Tage": (40, 10, 10), "31 bis 90 Tage": (20, 20, 10)}


def counted(german, numbers=NUMBERS):
    rows = [count(german, 160, "outcome")]
    for name, line in numbers.items():
        both = zip(WAYS, line, strict=True)
        rows += [count(CROSS.join((german, name, way)), n) for way, n in both]
    return [*rows, count(CROSS.join((german, "ab 91 Tagen", "später")), 50)]


def count(group, number, dimension=WAITED):
    return Row("outcome_reached", "2023", "05370", value=number, numerator=number,
               contributors=number, dimension=dimension, group=group)  # fmt: skip


def drawn(*rows, lines=()):
    made = derive(curves, protect(Results.of(rows), Rules(), synthetic=True))
    return plot_incidence(made, "Kurse", lines)


def test_the_finding_tells_the_last_day_and_the_figure_who_is_left():
    told = drawn(*counted("Kurs"))
    assert told.alt.startswith("Kurse: Kurs: bis 90 Tage 40,1")
    assert "noch nicht erreicht haben und beobachtet" in told.source


def test_only_the_lines_that_are_asked_for_are_drawn():
    told = drawn(*counted("Kurs"), *counted("Arbeit"), lines=["Arbeit"])
    assert "Arbeit: bis" in told.alt
    assert "Kurs:" not in told.alt


def test_a_line_that_is_refused_is_named_below():
    nothing = Row("outcome_reached", "2023", "05370", dimension="outcome", group="Arbeit",
                  status="refused", reason="niemand hat es erreicht")  # fmt: skip
    told = drawn(*counted("Kurs"), nothing)
    assert "Nicht bestimmbar: niemand hat es erreicht." in told.source
    assert "keine Werte" in drawn(nothing).alt


def ratio(group, value, lower, upper, **more):
    return Row("outcome_hazard_ratio", "2023", "05370", value=value, lower=lower, upper=upper,
               confidence=0.95, contributors=20, dimension="outcome × trait", group=group,
               **more)  # fmt: skip


def test_a_forest_tells_each_ratio_and_its_interval():
    refused = Row("outcome_hazard_ratio", "2023", "05370", dimension="outcome × trait",
                  group="Kurs × alt gegen jung", status="refused", reason="zu wenige")  # fmt: skip
    rows = [ratio("Kurs × weiblich gegen männlich", 1.5, 1.2, 1.9), refused]
    told = plot_forest(protect(Results.of(rows), Rules()), "Verhältnisse")
    assert "Kurs × weiblich gegen männlich: 1,50 (1,20 bis 1,90)" in told.alt
    assert "alt gegen jung: x nicht bestimmbar" in told.alt
    assert "1 heißt kein Unterschied." in told.source
    assert "Nicht bestimmbar: zu wenige." in told.source


@pytest.mark.parametrize("part", ["a", "a; b"])
def test_reasons_that_several_rows_share_are_told_once(part):
    rows = [
        ratio("Kurs × a", 1.5, 1.2, 1.9, status="partial", reason="a; b"),
        ratio("Kurs × c", 1.5, 1.2, 1.9, status="partial", reason=part),
    ]
    told = plot_forest(protect(Results.of(rows), Rules()), "Verhältnisse")
    assert told.source.endswith("Unvollständig: a; b.")
