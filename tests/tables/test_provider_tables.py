"""Providers side by side: contradictions, and what each counts."""

import datetime as dt
import math

import pandas as pd

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.results import Results, Row
from kimeval.core.schema import conform
from kimeval.protect import protect
from kimeval.quality.contradictions import DIMENSION, Place
from kimeval.tables import contradictions_by_provider, units_of_providers
from kimeval.tables.providers import DIFFERENCES, EMPTY, SHARES

NBSP = "\N{NO-BREAK SPACE}"
DAY = "2024-10-15"


def broken(table, rule, provider, rows, held=200):
    counts = {"numerator": rows, "denominator": held, "contributors": rows}
    place = {"dimension": DIMENSION, "group": Place(table, rule, provider).group}
    return Row("share_contradicting", DAY, "05370", value=rows / held, **counts, **place)


def differing(table, rule, provider, rows):
    place = {"dimension": DIMENSION, "group": Place(table, rule, provider).group}
    return Row("difference_from_totals", DAY, "05370", value=rows, **place)


def shown(*rows):
    return contradictions_by_provider(protect(Results.of(rows)), "Widersprüche")


def lines(html):
    return html.text.replace(NBSP, " ").splitlines()


def test_each_rule_is_a_line_and_each_provider_a_column():
    html = shown(
        broken("Kontakte", "davor", "KI", 53),
        broken("Kontakte", "davor", "Diakonie", 8),
        broken("Fälle", "doppelt", "KI", 10),
        broken("Fälle", "doppelt", "Diakonie", 0),
    )
    assert lines(html)[1:] == [
        "Kontakte: davor: 8 (4,0 %) | 53 (26,5 %)",
        "Fälle: doppelt: 0 | 10 (5,0 %)",
    ]
    heads = [html.html.index(f">{name}</th>") for name in ("Diakonie", "KI")]
    assert heads == sorted(heads)
    assert SHARES in html.html and EMPTY not in html.html


def test_a_provider_whose_tables_do_not_allow_a_rule_has_an_empty_field():
    html = shown(broken("Fälle", "doppelt", "KI", 10), broken("Kontakte", "davor", "DRK", 20))
    assert lines(html)[1:] == ["Fälle: doppelt:  | 10 (5,0 %)", "Kontakte: davor: 20 (10,0 %) | "]
    assert EMPTY in html.html


def test_rules_that_nobody_breaks_are_named_below():
    html = shown(broken("Fälle", "doppelt", "KI", 10), broken("Fälle", "davor", "KI", 0))
    assert len(lines(html)) == 2
    assert "Geprüft und nicht gefunden: davor." in html.html


def test_nothing_found_is_said():
    html = shown(broken("Fälle", "davor", "KI", 0))
    assert lines(html)[1] == "Es wurde keiner gefunden.: "
    assert SHARES not in html.html


def test_few_rows_are_hidden_and_the_sign_explained():
    html = shown(
        broken("Fälle", "a", "KI", 3), broken("Fälle", "a", "DRK", 4), broken("Fälle", "b", "KI", 9)
    )
    assert lines(html)[1] == "Fälle: a: . | ."
    assert ". gesperrt: weniger als 5 Personen" in html.html


def test_a_difference_from_a_total_stands_without_a_share():
    html = shown(differing("Fälle", "Summe", "KI", 1200))
    assert lines(html)[1] == "Fälle: Summe: 1.200"
    assert DIFFERENCES in html.html and SHARES not in html.html


def unit(name, provider, value, **changed):
    people = math.nan if math.isnan(value) else value
    fields = {"contributors": people, "dimension": "provider", "group": provider} | changed
    return Row(name, DAY, "05370", value=value, **fields)


def test_units_stand_side_by_side_with_what_a_case_is_and_no_sum():
    held = {"case_id": ["a", "b"], "unit": ["household", "person"], "opened_on": DAY}
    cases = conform("cases", pd.DataFrame(held | {"provider": ["dia", "ki"]}))
    names = {"dia": "Diakonie", "ki": "KI"}
    data = Dataset(area("05370"), dt.date(2024, 10, 15), {"cases": cases}, providers=names)
    reason = {"status": "refused", "reason": "Der Träger nennt keine Haushalte"}
    rows = [
        unit("cases_recorded", "Diakonie", 139),
        unit("households_recorded", "Diakonie", 130),
        unit("persons_in_cases", "Diakonie", 214),
        unit("cases_recorded", "KI", 1005),
        unit("households_recorded", "KI", math.nan, **reason),
        unit("persons_recorded", "KI", 973),
    ]
    html = units_of_providers(protect(Results.of(rows)), data, "Einheiten")
    assert lines(html)[1:] == [
        "Diakonie: Haushalt | 139 | 130 | 214 | ",
        "KI: Person | 1.005 | x |  | 973",
    ]
    assert "KI<sup>1</sup>" in html.html
    assert "1 nicht bestimmbar: Der Träger nennt keine Haushalte." in html.html
    assert "ke-total" not in html.html


def test_without_cases_and_persons_the_table_says_so():
    data = Dataset(area("05370"), dt.date(2024, 10, 15))
    html = units_of_providers(protect(Results.of([])), data, "Einheiten")
    assert lines(html)[1].startswith("Es liegen weder Fälle noch Personen vor.")
