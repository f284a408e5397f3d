"""Sentences on reach: each says what the numbers carry and no more."""

import math

import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.intervals import wilson_interval
from kimeval.core.results import Results, Row
from kimeval.protect import protect
from kimeval.protect.derive import derive
from kimeval.reach import gaps, ranks, year_on_year
from kimeval.report import change_in_words, coverage_in_words, ranks_in_words, targets_in_words

OPEN = {"status": "partial", "reason": "Daten vom 30.08.2024, vor dem Ende des Quartals"}


def plain(html):
    return html.text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


def count(value, period="2024Q3", name="persons_reached", **changed):
    fields = {"numerator": value, "contributors": value, **changed}
    return Row(name, period, "05370", value=value, **fields)


def share(hits, total, group="", name="coverage_newly_arrived", dimension="ags", **changed):
    lower, upper = wilson_interval(hits, total)[0]
    fields = {"value": hits / total, "numerator": hits, "denominator": total, "lower": lower}
    fields |= {"upper": upper, "contributors": hits, "confidence": 0.95, "method": "Wilson"}
    place = {"dimension": dimension if group else "", "group": group}
    return Row(name, "2024Q3", "05370", **{**place, **fields, **changed})


def change(*rows):
    return derive(year_on_year, protect(Results.of(rows)))


def test_a_change_says_for_each_number_whether_it_can_be_chance():
    new = [count(n, p, "persons_new") for p, n in (("2023Q3", 300), ("2024Q3", 100))]
    said = plain(change_in_words(change(count(100, "2023Q3"), count(96), *new)))
    assert said.startswith(
        "Im Vergleich mit dem 3. Quartal 2023 wurden 4 Personen weniger erreicht"
    )
    assert "kann Zufall sein) und 200 Personen weniger neu aufgenommen" in said
    assert said.endswith("mehr als Zufall).")


def test_as_many_as_before_are_called_so():
    said = plain(change_in_words(change(count(100, "2023Q3"), count(100))))
    assert "gleich viele Personen erreicht" in said


def test_an_open_quarter_is_no_comparison_and_the_reason_is_told_once():
    rows = [count(100, "2023Q3"), count(96, **OPEN)]
    rows += [count(50, "2023Q3", "persons_new"), count(40, name="persons_new", **OPEN)]
    said = plain(change_in_words(change(*rows)))
    assert said == (
        "Ein Vergleich mit dem 3. Quartal 2023 ist nicht möglich: das 3. Quartal 2024 war bei "
        "der Lieferung nicht zu Ende."
    )


def coverage(towns, **changed):
    hits, total = (sum(side) for side in zip(*towns.values(), strict=True))
    rows = [share(hits, total, **changed), *(share(*pair, name) for name, pair in towns.items())]
    return protect(Results.of(rows))


def test_coverage_names_a_town_only_beyond_chance():
    table = coverage({"Erkelenz": (60, 600), "Heinsberg": (300, 600), "Selfkant": (150, 600)})
    said = plain(coverage_in_words(table, derive(gaps, table)))
    assert said.startswith(
        "Von 1.800 Neuzugewanderten der vier Quartale im Kreis Heinsberg hatten 510 mindestens "
        "einen Kontakt, also 28,3 % (95-%-Intervall "
    )
    assert "Über der Reichweite der übrigen: Heinsberg. Unter der Reichweite" in said


def test_without_differences_beyond_chance_it_says_so():
    table = coverage({"Erkelenz": (30, 100), "Heinsberg": (31, 100), "Selfkant": (29, 100)})
    said = plain(coverage_in_words(table, derive(gaps, table)))
    assert "Zwischen den 3 Gemeinden mit veröffentlichten Zahlen ist kein Unterschied" in said


def test_what_is_incomplete_is_said_beside_the_coverage():
    table = coverage({"Erkelenz": (30, 100), "Heinsberg": (31, 100)}, **OPEN)
    said = plain(coverage_in_words(table, derive(gaps, table)))
    assert said.endswith("Unvollständig: Daten vom 30.08.2024, vor dem Ende des Quartals.")


def test_a_city_of_one_municipality_has_no_differences():
    table = coverage({"Erkelenz": (30, 100)})
    assert "Gemeinden" not in plain(coverage_in_words(table, derive(gaps, table)))


def test_a_refused_coverage_says_why():
    refused = Row("coverage_newly_arrived", "2024Q3", "05370", status="refused", reason="fehlt")
    table = protect(Results.of([refused]))
    said = plain(coverage_in_words(table, derive(gaps, table)))
    assert said == (
        "Welcher Teil der Neuzugewanderten im Kreis Heinsberg erreicht wird, ist nicht "
        "bestimmbar: fehlt."
    )


def target(group, hits, total, **changed):
    return share(hits, total, group, "coverage_target_group", "target_group", **changed)


def test_a_target_group_has_a_share_or_the_bound_that_is_known():
    rows = [
        target("Geflüchtete", 52, 260, value=math.nan, lower=0.0, upper=0.29),
        target("Geduldete", 154, 880),
        target("Bleibende", 28, 240, value=math.nan, lower=0.07, upper=1.0),
        Row("coverage_target_group", "2024Q3", "05370", dimension="target_group",
            group="Andere", status="refused", reason="kein Nenner"),
    ]  # fmt: skip
    said = plain(targets_in_words(protect(Results.of(rows))))
    assert "Geflüchtete höchstens 29,0 %; Geduldete 17,5 % (95-%-Intervall" in said
    assert "Bleibende mindestens 7,0 %. Ohne Anteil, mit Grund in der Tabelle: Andere." in said


def test_no_denominator_at_all_is_one_short_sentence():
    row = Row("coverage_target_group", "2024Q3", "05370", dimension="target_group",
              group="Andere", status="refused", reason="kein Nenner")  # fmt: skip
    said = plain(targets_in_words(protect(Results.of([row]))))
    assert said.startswith("Für keine der 1 Zielgruppen lässt sich ein Anteil nennen")


def test_ranks_that_say_nothing_are_called_so():
    alike = coverage({"Erkelenz": (30, 100), "Heinsberg": (31, 100), "Selfkant": (29, 100)})
    said = plain(ranks_in_words(derive(ranks, alike)))
    assert said.startswith("Jede der 3 Gemeinden kann jeden Platz von 1 bis 3 haben: Eine Rang")
    apart = coverage({"Erkelenz": (60, 600), "Heinsberg": (300, 600), "Selfkant": (150, 600)})
    said = plain(ranks_in_words(derive(ranks, apart)))
    assert "Erkelenz auf Platz 3, Heinsberg auf Platz 1, Selfkant auf Platz 2" in said


@pytest.mark.parametrize("sentence", [change_in_words, targets_in_words, ranks_in_words])
def test_a_sentence_takes_protected_results_only(sentence):
    with pytest.raises(ProtectionError, match="A sentence shows protected results only"):
        sentence(Results.of([count(9)]))
