from collections import Counter

import pytest

from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting.content import Content
from kimeval.data.drafting.fits import fit, looks_like_birth
from kimeval.data.drafting.lists import country_codes, known_code, nearest_code
from kimeval.data.drafting.slots import slots_of
from kimeval.data.drafting.trial import try_profile


def place(table, name):
    return next(slot for slot in slots_of((table,)) if slot.name == name)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31.12.2023", "%d.%m.%Y"),
        ("1.2.2023", "%d.%m.%Y"),
        ("31.12.23", "%d.%m.%y"),
        ("2023-12-31", "%Y-%m-%d"),
        ("20231231", "%Y%m%d"),
        ("31/12/2023", "%d/%m/%Y"),
        ("12/31/2023", "%m/%d/%Y"),
        ("45291", "excel"),
        ("2023-12-31T00:00", "%Y-%m-%dT%H:%M"),
        ("2023-12-31T09:30:00.000+01:00", "%Y-%m-%dT%H:%M:%S"),
        ("31.12.2023 09:30", "%d.%m.%Y %H:%M"),
    ],
)
def test_the_format_of_a_date_is_recognised(text, form):
    days = Content.of("Datum", [text, "", "-"]).days
    assert days.forms == Counter({form: 1})
    assert days.share == 1.0


@pytest.mark.parametrize("text", ["31.02.2023", "00.00.0000", "12345678", "5370004", "2124,30"])
def test_what_is_no_date_is_none(text):
    assert Content.of("Datum", [text]).days.share == 0.0


def test_days_and_months_with_slashes_are_undecided_until_one_is_above_twelve():
    assert Content.of("Datum", ["01/02/2024", "03/04/2024"]).days.undecided
    assert not Content.of("Datum", ["01/02/2024", "03/14/2024"]).days.undecided


def test_signs_for_missing_are_counted_and_do_not_fill_a_cell():
    content = Content.of("Grund", ["-", "k. A.", "verzogen", "", "-"])
    assert content.filled == 1
    assert content.signs == Counter({"-": 2, "k. A.": 1})


def test_na_is_a_name_and_no_sign_for_missing():
    assert Content.of("Name", ["NA"]).filled == 1


def test_birth_dates_are_told_from_other_dates_by_their_spread():
    births = Content.of("a", [f"01.01.{year}" for year in range(1950, 2020)])
    openings = Content.of("b", [f"01.{1 + i % 12:02}.{2021 + i % 4}" for i in range(70)])
    assert looks_like_birth(births.days)
    assert not looks_like_birth(openings.days)


def test_an_ags_without_its_zero_is_an_ags_and_a_postcode_is_none():
    keys = Content.of("Feld", ["5370004", "05370016", "5370012"] * 5)
    postcodes = Content.of("Feld", ["41812", "52511", "52525"] * 5)
    assert fit(keys, place("clients", "ags")).share == 1.0
    assert not fit(postcodes, place("clients", "ags")).possible


def test_the_number_of_a_row_is_there_once():
    once = Content.of("Feld", [f"K{i}" for i in range(50)])
    again = Content.of("Feld", [f"K{i % 9}" for i in range(50)])
    slot = place("contacts", "contact_id")
    assert fit(once, slot).share > 0.95
    assert fit(again, slot).share < 0.4


def test_an_empty_column_is_silent():
    found = fit(Content.of("Abschluss", ["", "-"]), place("cases", "closed_on"))
    assert (found.share, found.special, found.possible) == (0.5, 0.0, True)


@pytest.mark.parametrize(
    ("name", "text", "code", "how"),
    [
        ("nationality", "475", "475", "own"),
        ("nationality", "Syrien", "475", "own"),
        ("nationality", "SYR", "475", "alias"),
        ("nationality", "sy", "475", "alias"),
        ("nationality", "Syria", "475", "alias"),
        ("nationality", "Syrien, Arab. Republik", "475", "alias"),
        ("nationality", "Türkiye", "163", "alias"),
        ("gender", "w", "female", "alias"),
        ("gender", "1", "male", "digit"),
        ("legal_sphere", "SGB II", "sgb2", "own"),
        ("bool", "ja", "true", "own"),
        ("bool", "x", "true", "alias"),
    ],
)
def test_a_text_is_recognised_as_a_code(name, text, code, how):
    found = known_code(name, text)
    assert (found.code, found.how) == (code, how)


def test_a_text_of_no_list_is_unknown_and_the_nearest_code_is_only_near():
    assert known_code("agency", "Jobcentr") is None
    assert nearest_code("agency", "Jobcentr") == "jobcenter"
    assert nearest_code("agency", "Zirkus") is None


def test_country_codes_cover_most_states():
    assert len(country_codes(3)) > 190
    assert country_codes(2)["ua"] == country_codes(3)["ukr"] == "166"


def test_what_a_draft_calls_known_cleaning_reads(drafted, table):
    """Texts for which no entry is drafted must be understood without one."""
    header = ["Kontakt-Nr.", "Klient-Nr.", "Datum", "Kontaktart", "mit Termin"]
    texts = ["persönlich", "telefonisch", "digital", "aufsuchend", "PHONE", "Letter"]
    answers = ["ja", "nein", "J", "n", "1", "0", "wahr", "falsch", "x"]
    rows = [[f"{i}", f"K{i}", "01.03.2024", texts[i % 6], answers[i % 9]] for i in range(90)]
    path = table(header, rows)
    made, profile = drafted(path)
    entries = made.files[0].codes["contacts", "with_appointment"].entries
    assert [(entry.text, entry.code, entry.active) for entry in entries] == [("x", "true", True)]
    trial = try_profile(profile, [path], today_in_berlin())
    assert trial.ledger.accounts.iloc[0]["rows_kept"] == 90
