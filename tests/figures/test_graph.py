"""The graph of steps: what it says, labels on their arrows, hidden steps, beginnings and ends."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from kimeval.core.results import Results, Row
from kimeval.figures import graph, plot_graph
from kimeval.figures.graph_labels import fitted
from kimeval.figures.labels import POINTS_PER_INCH, text_size
from kimeval.protect import protect

DAYS = {"Kontakt → Kontakt": 17, "Kontakt → Weiterleitung": 1}


def step(number, way="", persons=None, name="station_steps", **changed):
    given = {"dimension": "way" if way else "", "group": way, "numerator": number, **changed}
    return Row(name, "2023", "05370", value=number, contributors=persons or number, **given)


def steps(numbers, days=DAYS, further=()):
    rows = [step(sum(numbers.values())), *(step(n, way) for way, n in numbers.items())]
    rows += [
        Row("station_days", "2023", "05370", value=day, dimension="way", group=way, contributors=20)
        for way, day in days.items()
        if way in numbers
    ]
    return protect(Results.of([*rows, *further]))


MANY = {
    "Kontakt → Kontakt": 867,
    "Kontakt → Weiterleitung": 590,
    "Weiterleitung → angenommen": 337,
    "Aufenthaltstitel → Kontakt": 318,
    "Weiterleitung → Kontakt": 283,
    "AsylbLG → Aufenthaltstitel": 255,
    "angenommen → Kontakt": 205,
    "Weiterleitung → Weiterleitung": 195,
    "SGB II → Kontakt": 174,
    "angenommen → Vermittlung": 115,
    "übrige Schritte": 500,
}


@pytest.fixture
def made(monkeypatch):
    """The figures that were drawn."""
    found, canvas = [], graph.canvas

    def kept(*args, **kwargs):
        found.append(canvas(*args, **kwargs)[0])
        return found[-1], found[-1].axes[0]

    monkeypatch.setattr(graph, "canvas", kept)
    return found


def arrows(figure):
    return figure.findobj(FancyArrowPatch)


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_text().strip()]


def test_the_finding_names_the_most_frequent_steps():
    told = plot_graph(steps(MANY), "Schritte")
    assert told.alt == (
        "Schritte: am häufigsten Kontakt → Kontakt (867, im Median 17 Tage) von 3.839 Schritten; "
        "danach Kontakt → Weiterleitung (590, im Median 1 Tag) und Weiterleitung → angenommen "
        "(337)."
    )
    assert "Alle übrigen zusammen: 500, auch solche mit gesperrten" in told.source


def test_labels_lie_neither_on_one_another_nor_on_nodes(made):
    plot_graph(steps(MANY), "Schritte")
    FigureCanvasAgg(made[0]).draw()
    boxes = [t.get_window_extent() for t in texts(made[0])]
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])
    nodes = [patch.get_window_extent() for patch in made[0].findobj(FancyBboxPatch)]
    numbers = [t for t in texts(made[0]) if t.get_text()[0].isdigit()]
    assert len(numbers) == 10
    assert not any(t.get_window_extent().overlaps(node) for t in numbers for node in nodes)


def test_names_fit_into_their_nodes():
    for name in ("Kontakt", "Aufenthaltstitel", "kein Leistungsbezug", "Donaudampfschifffahrt" * 2):
        text, size = fitted(name, (0.84, 0.5))
        assert max(text_size(line, size)[0] for line in text.split("\n")) <= 0.84 * POINTS_PER_INCH
    assert fitted("kein Leistungsbezug", (0.84, 0.5))[0] == "kein\nLeistungsbezug"


def test_a_hidden_step_has_no_arrow(made):
    table = steps({"a → b": 50, "b → c": 3, "c → d": 40}, {})
    assert table.suppressed == 2
    told = plot_graph(table, "Schritte")
    assert len(arrows(made[0])) == 1
    assert "3" not in [t.get_text() for t in texts(made[0])]
    assert "auch solche mit gesperrten Zahlen" in told.source


def test_only_the_most_frequent_steps_are_drawn(made):
    told = plot_graph(steps(MANY), "Schritte", most=3)
    assert len(arrows(made[0])) == 3
    assert told.source.startswith("Die 3 häufigsten Schritte")


def test_cases_begin_and_end(made):
    cases = [
        step(30, name="log_cases"),
        step(30, name="log_cases", dimension="first_activity", group="a"),
        step(30, name="log_cases", dimension="last_activity", group="übrige Tätigkeiten"),
    ]
    numbers = {"": 60, "a → b": 30, "b → c": 30}
    rows = [step(n, way, 30, "log_steps") for way, n in numbers.items()]
    told = plot_graph(protect(Results.of([*cases, *rows])), "Protokoll")
    assert told.alt.endswith("Beginn meist mit a (30).")
    words = [t.get_text() for t in texts(made[0])]
    assert "Beginn" in words and "Ende" not in words


def test_steps_of_few_persons_only_say_so():
    assert (
        "Kein Schritt hat genügend Personen"
        in plot_graph(steps({"übrige Schritte": 90}), "Schritte").alt
    )


def test_a_refusal_says_why():
    row = Row("station_steps", "2023", "05370", status="refused", reason="keine Tabelle")
    told = plot_graph(protect(Results.of([row])), "Schritte")
    assert told.alt == "Schritte: keine Werte. Nicht bestimmbar: keine Tabelle."


def test_the_same_bytes_for_the_same_numbers():
    assert plot_graph(steps(MANY), "Schritte").svg == plot_graph(steps(MANY), "Schritte").svg
