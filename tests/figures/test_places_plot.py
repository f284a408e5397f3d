"""Places beside waiting lists: order, bars, and what is not known."""

from kimeval.core.results import Results, Row
from kimeval.figures import offers, plot_places
from kimeval.protect import protect

TOPICS = {"Arbeit": (49, 15), "Sprache": (170, 203), "Schule": (112, 118)}


def row(name, value, group="", **changed):
    given = {"numerator": value, "dimension": "topic" if group else "", "group": group, **changed}
    if name == "offer_waiting":
        given["contributors"] = value
    return Row(name, "2024Q3", "05370", value=value, **given)


def held(topics=TOPICS):
    rows = []
    for side, name in enumerate(("offer_places", "offer_waiting")):
        rows.append(row(name, sum(pair[side] for pair in topics.values())))
        rows += [row(name, pair[side], topic) for topic, pair in topics.items()]
    return protect(Results.of(rows))


def drawn_places(monkeypatch, table):
    found, canvas = [], offers.canvas
    monkeypatch.setattr(offers, "canvas", lambda **kw: found.append(canvas(**kw)) or found[-1])
    return plot_places(table, "topic", "Plätze"), found[0][1]


def test_the_longest_list_stands_on_top_and_both_bars_side_by_side(monkeypatch):
    made, axes = drawn_places(monkeypatch, held())
    assert [t.get_text() for t in axes.get_yticklabels()] == ["Sprache", "Schule", "Arbeit"]
    assert [bar.get_width() for bar in axes.patches] == [170, 112, 49, 203, 118, 15]
    assert made.alt.startswith("Balken: Plätze. Sprache 203 Wartende auf 170 Plätze, Schule 118")


def test_a_hidden_list_comes_last_with_its_sign(monkeypatch):
    table = held({**TOPICS, "Schulden": (17, 3)})
    made, axes = drawn_places(monkeypatch, table)
    assert [t.get_text() for t in axes.get_yticklabels()][-1] == "Schulden"
    assert ". gesperrt" in [t.get_text() for t in axes.texts]
    assert "Schulden gesperrt Wartende auf 17 Plätze" in made.alt


def test_nothing_delivered_says_so():
    refused = [
        Row(name, "2024Q3", "05370", status="refused", reason="keine Tabelle „Angebote“")
        for name in ("offer_places", "offer_waiting")
    ]
    told = plot_places(protect(Results.of(refused)), "topic", "Plätze").alt
    assert told == "Plätze: keine Werte. Nicht bestimmbar: keine Tabelle „Angebote“."
