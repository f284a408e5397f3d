"""What a delivery can carry, in German words."""

import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row, refused
from kimeval.protect import protect
from kimeval.quality import ActiveOnly
from kimeval.quality.contradictions import DIMENSION, Place
from kimeval.report import (
    active_only_in_words,
    balance_in_words,
    contradictions_in_words,
    doubtful_in_words,
    shared_in_words,
)

DAY = "2024-10-15"
FATES = ("rows_in", "rows_kept", "rows_merged", "rows_set_aside")


def balance(**files):
    rows = [
        Row(name, DAY, "05370", value=value, dimension="file", group=file)
        for file, values in files.items()
        for name, value in zip(FATES, values, strict=True)
    ]
    totals = [sum(values[n] for values in files.values()) for n in range(4)]
    rows += [Row(name, DAY, "05370", value=n) for name, n in zip(FATES, totals, strict=True)]
    return balance_in_words(protect(Results.of(rows))).text


def contradicting(*found):
    rows = [
        Row(
            "share_contradicting",
            DAY,
            "05370",
            value=rows / held,
            numerator=rows,
            denominator=held,
            contributors=rows,
            dimension=DIMENSION,
            group=Place(table, rule, provider).group,
        )
        for table, rule, provider, rows, held in found
    ]
    text = contradictions_in_words(protect(Results.of(rows))).text
    return text.replace("\N{NO-BREAK SPACE}", " ")


def shared(total, *pairs):
    rows = [Row("persons_shared", DAY, "05370", value=total, contributors=total)]
    rows += [
        Row("persons_shared", DAY, "05370", n, "providers", name, contributors=n)
        for name, n in pairs
    ]
    return shared_in_words(protect(Results.of(rows))).text


def test_the_sum_is_written_out_and_holds_in_each_file():
    assert balance(a=(1049, 1005, 17, 27), b=(45, 45, 0, 0)) == (
        "Eingang = übernommen + zusammengeführt + zurückgestellt: 1.094 = 1.050 + 17 + 27. "
        "Die Rechnung geht in jeder Datei auf."
    )


def test_a_file_whose_sum_does_not_hold_is_named_even_if_the_total_does():
    text = balance(a=(10, 9, 0, 0), b=(10, 10, 0, 1), c=(5, 5, 0, 0))
    assert text.endswith("geht nicht auf in a und b; das ist ein Fehler von kimeval.")


def test_a_delivery_without_files_claims_nothing():
    assert balance().endswith("zurückgestellt: 0 = 0 + 0 + 0.")


def test_kinds_found_are_counted_among_those_asked_and_the_largest_share_is_named():
    text = contradicting(
        ("Kontakte", "Kontakt davor", "KI", 53, 3000),
        ("Rechtskreise", "eine Lücke", "DRK", 30, 120),
        ("Fälle", "doppelt", "KI", 0, 900),
    )
    assert text == (
        "Gefunden: 2 von 3 geprüften Arten von Widersprüchen, bei DRK und KI. Den größten Anteil "
        "hat in der Tabelle „Rechtskreise“ bei DRK: eine Lücke (30 von 120 Zeilen, 25,0 %)."
    )


def test_a_hidden_number_is_found_and_not_told():
    text = contradicting(("Fälle", "doppelt", "KI", 3, 900), ("Fälle", "davor", "KI", 0, 900))
    assert text == "Gefunden: 1 von 2 geprüften Arten von Widersprüchen, bei KI."


def test_no_contradiction_is_said_with_what_was_asked():
    text = contradicting(("Fälle", "doppelt", "KI", 0, 900), ("Fälle", "davor", "KI", 0, 900))
    assert text == "Gefunden wurde keiner; geprüft: 2 Arten von Widersprüchen."


def test_a_cut_export_is_a_warning_that_durations_are_biased():
    told = active_only_in_words([ActiveOnly("DRK", declared=True)])
    assert told.text.startswith("Achtung: Der Export von DRK enthält nach Angabe nur laufende")
    assert "Jede Dauer, die daraus gemessen wird, ist verzerrt" in told.text
    assert 'role="note"' in told.html and "<strong>Achtung:</strong>" in told.html


def test_exports_that_only_look_cut_are_told_apart():
    exports = [ActiveOnly("DRK", True), ActiveOnly("AWO", True), ActiveOnly("<b>", False)]
    told = active_only_in_words(exports)
    assert "Die Exporte von DRK und AWO enthalten nach Angabe nur laufende Fälle." in told.text
    assert "Der Export von <b> enthält wohl nur laufende Fälle, ohne dass es" in told.text
    assert "<b>" not in told.html and "&lt;b&gt;" in told.html


def test_no_cut_export_is_no_warning():
    told = active_only_in_words([])
    assert told.text.startswith("Kein Export ist als Auszug nur laufender Fälle angegeben")
    assert "Achtung" not in told.html


@pytest.mark.parametrize(
    ("told", "begin"),
    [
        (lambda: shared(37, ("A und B", 37)), "37 Personen sind bei mehr als einem Träger"),
        (lambda: shared(3, ("A und B", 3)), "Eine gesperrte Zahl von Personen ist bei mehr als"),
        (lambda: shared(0), "Keine Person ist bei mehr als einem Träger bekannt."),
    ],
)
def test_persons_of_several_providers_are_told(told, begin):
    assert told().startswith(begin)


@pytest.mark.parametrize(
    ("pairs", "begin"),
    [
        (0, "Kein zweifelhaftes Paar wartet auf eine Entscheidung."),
        (1, "1 zweifelhaftes Paar wartet auf eine Entscheidung: review.csv"),
        (1200, "1.200 zweifelhafte Paare warten auf eine Entscheidung: review.csv"),
    ],
)
def test_pairs_that_wait_for_a_decision_are_told(pairs, begin):
    row = Row("pairs_doubtful", DAY, "05370", value=pairs)
    assert doubtful_in_words(protect(Results.of([row]))).text.startswith(begin)


def test_what_is_refused_says_why():
    row = refused("persons_shared", DAY, "05370", "Die Lieferung enthält keine Personen")
    told = shared_in_words(protect(Results.of([row])))
    assert told.text == "Nicht bestimmbar: Die Lieferung enthält keine Personen."


@pytest.mark.parametrize("words", [balance_in_words, contradictions_in_words, shared_in_words])
def test_a_sentence_takes_protected_results_only(words):
    with pytest.raises(ProtectionError):
        words(Results.of([]))
