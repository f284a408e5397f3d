"""Header and findings in German words."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.errors import ProtectionError
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row, refused
from kimeval.protect import Rules, protect
from kimeval.report import reach_in_words
from kimeval.report.header import header
from kimeval.tables.html import GATE_MIME

PERIODS = ["2023Q3", "2024Q2", "2024Q3"]


def told(reached, new, place="05370", **changed):
    rows = [
        Row(name, period, place, value=value, contributors=value, **changed)
        for name, values in (("persons_reached", reached), ("persons_new", new))
        for period, value in zip(PERIODS[-len(reached) :], values, strict=True)
    ]
    return reach_in_words(protect(Results.of(rows))).text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_finding_stands_beside_the_quarter_and_the_year_before():
    assert told([900, 1200, 1250], [70, 80, 60]) == (
        "Im 3. Quartal 2024 hatten im Kreis Heinsberg 1.250 Personen mindestens einen "
        "Beratungskontakt (2. Quartal 2024: 1.200 Personen; 3. Quartal 2023: 900 Personen). "
        "Neu aufgenommen wurden 60 Personen."
    )


def test_a_first_quarter_stands_alone():
    assert told([1250], [60]) == (
        "Im 3. Quartal 2024 hatten im Kreis Heinsberg 1.250 Personen mindestens einen "
        "Beratungskontakt. Neu aufgenommen wurden 60 Personen."
    )


def test_hidden_numbers_and_zeros_are_words():
    text = told([0, 3, 1250], [0, 0, 2])
    assert "2. Quartal 2024: eine gesperrte Zahl von Personen" in text
    assert "3. Quartal 2023: keine Personen" in text
    assert text.endswith("Neu aufgenommen wurden eine gesperrte Zahl von Personen.")


def test_a_number_that_is_not_final_says_so():
    text = told([1250], [60], status="partial", reason="Daten vom 30.09.2024")
    assert text.endswith(" Unvollständig: Daten vom 30.09.2024.")
    assert text.count("Unvollständig") == 1


def test_a_refused_number_is_not_a_hidden_one():
    rows = [
        refused(name, "2024Q3", "05370", "fehlt") for name in ("persons_reached", "persons_new")
    ]
    text = reach_in_words(protect(Results.of(rows))).text
    assert text == (
        "Wie viele Personen im 3.\N{NO-BREAK SPACE}Quartal\N{NO-BREAK SPACE}2024 im Kreis "
        "Heinsberg erreicht wurden, ist nicht bestimmbar: fehlt."
    )


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("05", "in Nordrhein-Westfalen"),
        ("05370", "im Kreis Heinsberg"),
        ("05334", "in der StädteRegion Aachen (ohne Stadt Aachen)"),
        ("05334002", "in der Stadt Aachen"),
    ],
)
def test_a_place_is_named_in_good_german(code, place):
    assert f"hatten {place} " in told([1250], [60], code)


def test_a_finding_never_speaks_of_an_effect():
    assert not {"Wirkung", "Effekt", "bewirkt"} & set(told([900, 1200, 1250], [70, 80, 60]).split())


@pytest.mark.parametrize("given", [Results.of([]), pd.DataFrame({"value": [4711]})])
def test_a_sentence_refuses_what_has_not_passed_the_gate(given):
    with pytest.raises(ProtectionError, match="A sentence shows protected results only"):
        reach_in_words(given)


def test_a_header_names_place_time_data_and_protection(dataset):
    made = header(Quarter(2024, 3), area("05370"), dataset, Rules(7))
    assert made.text.splitlines() == [
        "Synthetische Daten: Alle Personen sind erfunden. Die Zahlen sagen nichts über das Gebiet.",
        "Gebiet: Kreis Heinsberg (05370)",
        "Zeitraum: 3. Quartal 2024",
        "Datenstand: 15.10.2024 (2024-10-15, abc12345)",
        "Geheimhaltung: Werte unter 7 Personen und weitere zu ihrem Schutz sind gesperrt (.)",
    ]
    assert made._repr_mimebundle_()[GATE_MIME] == {"passed": True, "synthetic": True}


def test_a_header_of_real_data_has_no_warning_and_without_data_no_day(dataset):
    real = header(Quarter(2024, 3), dataset.area, replace(dataset, synthetic=False), Rules())
    assert "ynthetisch" not in real.html + real.text
    none = replace(dataset, tables={}, as_of=dt.date(2024, 9, 30))
    assert "Datenstand" not in header(Quarter(2024, 3), dataset.area, none, Rules()).text
