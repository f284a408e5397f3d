"""Shares before and after a day: where they stand, breaks, and what is said."""

import numpy as np

from kimeval.core.intervals import wilson_interval
from kimeval.core.results import Results, Row
from kimeval.figures import around, plot_around
from kimeval.protect import protect

WITH = {"30 bis 1 Tage davor": 20, "0 bis 29 Tage danach": 10}


def row(group, hits, total=100, name="contact_around_change", dimension="change × days"):
    lower, upper = wilson_interval(hits, total)[0]
    return Row(name, "2023", "05370", value=hits / total, numerator=hits, denominator=total,
               lower=lower, upper=upper, confidence=0.95, contributors=total,
               dimension=dimension, group=group)  # fmt: skip


def shares(**lines):
    rows = [
        row(f"{line.replace('_', ' ')} × {days}", hits)
        for line, held in lines.items()
        for days, hits in held.items()
    ]
    return protect(Results.of(rows))


def drawn_lines(monkeypatch, table, *more):
    found, canvas = [], around.canvas
    monkeypatch.setattr(around, "canvas", lambda **kw: found.append(canvas(**kw)) or found[-1])
    made = plot_around(table, "Kontakt", *more)
    return made, found[0][1]


def test_a_stretch_stands_at_its_middle_before_and_after(monkeypatch):
    _, axes = drawn_lines(monkeypatch, shares(mit_Wechsel=WITH))
    line = axes.lines[0]
    assert line.get_xdata().tolist() == [-15.5, 14.5]
    assert line.get_ydata().tolist() == [0.2, 0.1]
    ticks = [t.get_text() for t in axes.get_xticklabels()]
    assert ticks == ["30 bis 1\ndavor", "0 bis 29\ndanach"]


def test_two_lines_have_a_key_and_stand_a_little_apart(monkeypatch):
    table = shares(mit_Wechsel=WITH, ohne_Wechsel={"30 bis 1 Tage davor": 30})
    _, axes = drawn_lines(monkeypatch, table)
    keys = [t.get_text() for t in axes.figure.legends[0].get_texts()]
    assert keys == ["mit Wechsel", "ohne Wechsel"]
    assert axes.lines[1].get_xdata()[0] > axes.lines[0].get_xdata()[0]


def test_the_line_breaks_where_a_share_is_hidden(monkeypatch):
    table = shares(mit_Wechsel={**WITH, "30 bis 59 Tage danach": 2})
    made, axes = drawn_lines(monkeypatch, table)
    assert np.isnan(axes.lines[0].get_ydata()[-1])
    assert "Gesperrt: mit Wechsel, 30 bis 59 Tage danach." in made.source
    assert "30 bis 59 Tage danach gesperrt" in made.alt


def test_single_days_before_only(monkeypatch):
    rows = [row("1 Tag davor", 60, dimension="days_before"), row("8 Tage davor", 80, dimension="d")]
    made, axes = drawn_lines(monkeypatch, protect(Results.of(rows)), "neuer Rechtskreis")
    assert axes.lines[0].get_xdata().tolist() == [-8, -1]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["8", "1"]
    assert made.alt.startswith("Kontakt. 8 Tage davor 80,0\xa0% (")


def test_a_refusal_says_why():
    name = "contact_around_change"
    refused = Row(name, "2023", "05370", status="refused", reason="niemand mit Wechsel")
    assert "niemand mit Wechsel" in plot_around(protect(Results.of([refused])), "Kontakt").alt
