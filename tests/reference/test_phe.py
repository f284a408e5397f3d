"""Intervals against the test sheets of PHEindicatormethods (their expected values, 1e-6)."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.statistics.rates import crude_rate, share
from kimeval.core.statistics.standard import directly_standardised, indirectly_standardised

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIVE = 1e-6


def sheet_rows(path: Path, number: int) -> list[dict[str, str]]:
    """Rows of a worksheet as text by header; cells without a value are left out."""
    with zipfile.ZipFile(path) as book:
        texts = [
            "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    rows = [
        {
            re.sub(r"\d", "", cell.get("r")): texts[int(value.text)]
            if cell.get("t") == "s"
            else value.text
            for cell in row
            if (value := cell.find(f"{MAIN}v")) is not None
        }
        for row in sheet.iter(f"{MAIN}row")
    ]
    header = rows[0]
    return [{header[column]: text for column, text in row.items()} for row in rows[1:]]


def numbers(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows])


def with_counts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows that hold a numerator, a denominator and an expected value."""
    return [row for row in rows if {"Numerator", "Denominator", "value"} <= set(row)]


@pytest.fixture(scope="module")
def shares(reference_data):
    return with_counts(sheet_rows(reference_data / "phe" / "testdata_Proportion.xlsx", 1))


@pytest.fixture(scope="module")
def rates(reference_data):
    return with_counts(sheet_rows(reference_data / "phe" / "testdata_Rate.xlsx", 1))


def test_the_sheets_hold_16_shares_and_17_rates(shares, rates):
    assert (len(shares), len(rates)) == (16, 17)


@pytest.mark.parametrize(("level", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_wilson_agrees_with_the_sheet_of_shares(shares, level, suffix):
    found = wilson_interval(numbers(shares, "Numerator"), numbers(shares, "Denominator"), level)
    scale = numbers(shares, "multiplier")
    np.testing.assert_allclose(found[:, 0] * scale, numbers(shares, f"lower{suffix}"), RELATIVE)
    np.testing.assert_allclose(found[:, 1] * scale, numbers(shares, f"upper{suffix}"), RELATIVE)


@pytest.mark.parametrize(("level", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_byar_agrees_with_the_sheet_of_rates(rates, level, suffix):
    scale = numbers(rates, "multiplier") / numbers(rates, "Denominator")
    found = byar_interval(numbers(rates, "Numerator"), level) * scale[:, None]
    np.testing.assert_allclose(found[:, 0], numbers(rates, f"lower{suffix}"), RELATIVE)
    np.testing.assert_allclose(found[:, 1], numbers(rates, f"upper{suffix}"), RELATIVE)


def test_the_sheet_is_exact_below_10_events_and_byar_from_10(rates):
    methods = {float(row["Numerator"]): row["method"] for row in rates}
    assert {n: m for n, m in methods.items() if n < 10} == {1.0: "Exact", 5.0: "Exact"}
    assert {m for n, m in methods.items() if n >= 10} == {"Byars"}


def test_grouped_sheets_agree_too(reference_data):
    shares = with_counts(sheet_rows(reference_data / "phe" / "testdata_Proportion.xlsx", 2))
    rates = with_counts(sheet_rows(reference_data / "phe" / "testdata_Rate.xlsx", 2))
    wilson = wilson_interval(numbers(shares, "Numerator"), numbers(shares, "Denominator"))
    scale = numbers(rates, "multiplier") / numbers(rates, "Denominator")
    byar = byar_interval(numbers(rates, "Numerator")) * scale[:, None]
    np.testing.assert_allclose(wilson[:, 0], numbers(shares, "lowercl"), RELATIVE)
    np.testing.assert_allclose(byar[:, 1], numbers(rates, "uppercl"), RELATIVE)
    assert {row["Numerator"]: row["method"] for row in rates}["10"] == "Byars"


def test_estimates_of_shares_and_rates_agree_with_both_sheets(shares, rates):
    found = share(numbers(shares, "Numerator"), numbers(shares, "Denominator"))
    scale = numbers(shares, "multiplier")
    np.testing.assert_allclose(found.value * scale, numbers(shares, "value"), RELATIVE)
    np.testing.assert_allclose(found.upper * scale, numbers(shares, "upper95_0cl"), RELATIVE)
    scale = numbers(rates, "multiplier")
    events, base = numbers(rates, "Numerator"), numbers(rates, "Denominator")
    found = crude_rate(events, base, least=0, repeats=True)
    np.testing.assert_allclose(found.value * scale, numbers(rates, "value"), RELATIVE)
    np.testing.assert_allclose(found.lower * scale, numbers(rates, "lower95_0cl"), RELATIVE)


def test_what_the_sheet_of_rates_shows_on_fewer_than_ten_events_is_refused_here(rates):
    events, base = numbers(rates, "Numerator"), numbers(rates, "Denominator")
    refused = crude_rate(events, base, repeats=True).refusal == "few_events"
    assert set(events[refused]) == {1, 5}


def test_standardising_within_one_stratum_agrees_with_the_sheet(rates):
    rows = [row for row in rates if float(row["Numerator"]) >= 10]
    events, base = numbers(rows, "Numerator"), numbers(rows, "Denominator")
    scale = numbers(rows, "multiplier")
    direct = directly_standardised(events[:, None], base[:, None], [1], squares=events[:, None])
    np.testing.assert_allclose(direct.upper * scale, numbers(rows, "upper95_0cl"), RELATIVE)
    ratio = indirectly_standardised(events, base)
    np.testing.assert_allclose(ratio.lower * scale, numbers(rows, "lower95_0cl"), RELATIVE)


def test_the_workbooks_hold_no_standardised_rates(reference_data):
    """If they ever do, the methods of standard.py must be tested against them here."""
    names = {path.name for path in (reference_data / "phe").iterdir()}
    assert names == {"testdata_Proportion.xlsx", "testdata_Rate.xlsx"}
    for name in names:
        with zipfile.ZipFile(reference_data / "phe" / name) as book:
            texts = book.read("xl/sharedStrings.xml").decode().lower()
        assert not re.search("stdpop|standard pop|indirect|expected", texts)
