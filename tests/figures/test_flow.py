"""The flow of referrals: what is said, room for labels, and hidden ways."""

import pytest
from matplotlib.text import Text

from kimeval.core.results import Results, Row
from kimeval.figures import flow
from kimeval.figures.flow import plot_flow
from kimeval.protect import protect

OFFICES = ["Jobcenter", "Sozialamt", "Schulamt", "Jugendamt", "Wohnungsamt", "Gesundheitswesen"]


def ways(**numbers):
    held = {name.replace("_", " "): n for name, n in numbers.items()}
    total = count(sum(held.values()))
    return protect(Results.of([total, *(count(n, way) for way, n in held.items())]))


def count(number, group=""):
    dimension = "way" if group else ""
    return Row("referrals", "2023", "05370", value=number, numerator=number, contributors=number,
               dimension=dimension, group=group)  # fmt: skip


@pytest.fixture
def drawn(monkeypatch):
    """The figures that were drawn."""
    made, canvas = [], flow.canvas

    def kept(*args, **kwargs):
        made.append(canvas(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(flow, "canvas", kept)
    return made


def many(first=200):
    return ways(**{f"KIM → {o}": first - 31 * n for n, o in enumerate(OFFICES)}, übrige_Wege=90)


def test_the_finding_names_the_most_frequent_ways():
    told = plot_flow(many(), "Wege")
    assert told.alt.startswith("Wege: am häufigsten von KIM an Jobcenter (200 von 825)")
    assert "danach KIM an Sozialamt (169), KIM an Schulamt (138)." in told.alt
    assert told.source.startswith("Die 6 häufigsten Wege; hellgrau alle übrigen zusammen")


def test_labels_do_not_lie_on_one_another(drawn):
    plot_flow(ways(**{f"KIM → {o}": 6 for o in OFFICES}, übrige_Wege=900), "Wege")
    figure, _ = drawn[0]
    figure.canvas.draw()
    labels = [text for text in figure.findobj(Text) if text.get_text().strip()]
    boxes = [text.get_window_extent() for text in labels]
    assert len(boxes) >= len(OFFICES) + 3
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


def test_a_hidden_way_is_in_the_rest_and_has_no_band(drawn):
    table = ways(**{"KIM → Jobcenter": 50, "KIM → Sozialamt": 3, "KIM → Schulamt": 40})
    assert table.suppressed
    plot_flow(table, "Wege")
    words = " ".join(t.get_text() for t in drawn[0][0].findobj(Text))
    assert "Sozialamt" not in words
    assert "übrige Wege" in words


def test_ways_by_both_ends_with_the_others_last(drawn):
    others = "übrige Stellen"
    numbers = {("KIM", others): 90, ("KIM", "Jobcenter"): 30, (others, "KIM"): 20}
    rows = [between(sum(numbers.values()))]
    rows += [between(n, " × ".join(ends)) for ends, n in numbers.items()]
    told = plot_flow(protect(Results.of(rows)), "Wege")
    assert told.source == "Alle 3 Wege."
    words = [t.get_text() for t in drawn[0][0].findobj(Text) if t.get_text().strip()]
    assert words[:5] == ["KIM  120", "übrige Stellen  20", "Jobcenter  30", "KIM  20",
                         "übrige Stellen  90"]  # fmt: skip


def between(number, group=""):
    dimension = "from_office × to_office" if group else ""
    return Row("referrals_between", "2023", "05370", value=number, numerator=number,
               contributors=number, dimension=dimension, group=group)  # fmt: skip


def test_ways_of_few_persons_only_say_so():
    assert "Kein Weg hat genügend Personen" in plot_flow(ways(übrige_Wege=90), "Wege").alt


def test_no_ways_say_so():
    assert "keine Werte" in plot_flow(ways(), "Wege").alt


def test_the_same_bytes_for_the_same_numbers():
    assert plot_flow(many(), "Wege").svg == plot_flow(many(), "Wege").svg
