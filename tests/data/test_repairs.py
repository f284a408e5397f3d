import datetime as dt
import unicodedata
from decimal import Decimal

import pytest

from kimeval.core.schema import Column
from kimeval.data.ledger import rule_texts
from kimeval.data.repairs import READERS, Reading, repair, tidy_text

LATEST = dt.date(2029, 10, 15)
MINUTES = {"unit": "minutes", "least": 0, "most": 100000}


def read(text, kind, take=None, dates=("%d.%m.%Y",), latest=LATEST, column=None, **signs):
    declared = Column("column", "Spalte", kind, **(column or {}))
    return repair(text, Reading(declared, dates, latest, take=take, **signs))


def value(text, kind, **settings):
    cell = read(text, kind, **settings)
    assert cell.reason is None
    return cell.value


def reason(text, kind, **settings):
    cell = read(text, kind, **settings)
    assert cell.value is None
    return cell.reason


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.12.2023", dt.date(2023, 12, 31)),
        ("1.2.2024", dt.date(2024, 2, 1)),
        ("29.02.2024", dt.date(2024, 2, 29)),
        ("15.10.2029", dt.date(2029, 10, 15)),
        ("01.01.1900", dt.date(1900, 1, 1)),
    ],
)
def test_german_dates_are_read(text, day):
    assert value(text, "date") == day


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2023",
        "29.02.2023",
        "00.00.0000",
        "31.12.23",
        "12/31/2023",
        "2023-12-31",
        "45000",
        "x",
    ],
)
def test_dates_that_do_not_exist_or_are_written_otherwise_are_refused(text):
    assert reason(text, "date") == "date_invalid"


@pytest.mark.parametrize("text", ["16.10.2029", "31.12.1899", "01.01.0023", "01.01.9999"])
def test_dates_outside_the_possible_range_are_refused(text):
    assert reason(text, "date") == "date_out_of_range"


def test_a_time_behind_a_date_is_dropped_and_counted():
    cell = read("2023-12-31T00:00", "date")
    assert (cell.value, cell.rules) == (dt.date(2023, 12, 31), ("date_time",))


@pytest.mark.parametrize("text", ["2023-12-31 14:05:09", "2023-12-31T00:00:00.000Z"])
def test_times_of_other_precision_are_dropped_too(text):
    assert value(text, "date") == dt.date(2023, 12, 31)


def test_a_time_does_not_mend_a_date_that_does_not_exist():
    assert reason("2023-02-31T00:00", "date") == "date_invalid"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45000", dt.date(2023, 3, 15)),
        ("45291.0", dt.date(2023, 12, 31)),
        ("45351,75", dt.date(2024, 2, 29)),
    ],
)
def test_days_of_excel_are_converted_and_counted(text, day):
    cell = read(text, "date", dates=("%Y-%m-%d", "excel"))
    assert (cell.value, cell.rules) == (day, ("excel_date",))


@pytest.mark.parametrize("text", ["2019", "1985", "450000", "-45000"])
def test_a_year_alone_is_no_day_of_excel(text):
    assert reason(text, "date", dates=("excel",)) == "date_invalid"


def test_a_day_of_excel_can_lie_too_late():
    assert reason("60000", "date", dates=("excel",)) == "date_out_of_range"


@pytest.mark.parametrize(
    ("text", "rules"),
    [("24.12.1990", ("year_of_date",)), ("1990", ()), ("32962", ("year_of_date",))],
)
def test_of_a_birth_date_only_the_year_is_kept(text, rules):
    column = {"least": 1900, "most": 2100}
    cell = read(text, "int", take="year", dates=("%d.%m.%Y", "excel"), column=column)
    assert (cell.value, cell.rules) == (1990, rules)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1899", "number_out_of_range"),
        ("2101", "number_out_of_range"),
        ("31.02.1990", "date_invalid"),
        ("24.12.1890", "date_out_of_range"),
        ("90", "date_invalid"),
    ],
)
def test_a_birth_year_that_cannot_be_is_refused(text, found):
    assert reason(text, "int", take="year", column={"least": 1900, "most": 2100}) == found


@pytest.mark.parametrize(
    ("text", "number", "rules"),
    [
        ("7", 7, ()),
        ("+7", 7, ()),
        ("007", 7, ()),
        ("1.234", 1234, ("thousands",)),
        ("85 980", 85980, ("thousands",)),
        ("85\u00a0980", 85980, ("spaces", "thousands")),
        ("85\u2009980", 85980, ("spaces", "thousands")),
        ("85\u202f980", 85980, ("spaces", "thousands")),
        ("60,0", 60, ()),
    ],
)
def test_whole_numbers_are_read_with_grouped_thousands(text, number, rules):
    cell = read(text, "int", column=MINUTES)
    assert (cell.value, cell.rules) == (number, rules)
    assert isinstance(cell.value, int)


@pytest.mark.parametrize(
    "text",
    ["1,5", "12.34", "1.2345", "0.500", "1234.567", "1e3", "12 Min.", "--1", "½", "1.234.56", ","],
)
def test_numbers_that_are_not_whole_or_grouped_oddly_are_refused(text):
    assert reason(text, "int", column=MINUTES) == "number_invalid"


@pytest.mark.parametrize("text", ["-1", "\N{MINUS SIGN}1", "100001", "100.001"])
def test_numbers_outside_their_range_are_refused(text):
    assert reason(text, "int", column=MINUTES) == "number_out_of_range"


@pytest.mark.parametrize("text", ["0", "100000"])
def test_bounds_of_a_range_are_allowed(text):
    assert value(text, "int", column=MINUTES) == int(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2.124,30", "2124.30"),
        ("1.234,56", "1234.56"),
        ("1.234", "1234"),
        ("55 000", "55000"),
        ("-12,5", "-12.5"),
        ("2124,300", "2124.300"),
        ("999.999.999.999,99", "999999999999.99"),
    ],
)
def test_euros_are_exact(text, amount):
    assert value(text, "eur") == Decimal(amount)


def test_parts_of_a_cent_are_refused():
    assert reason("2.124,305", "eur") == "number_invalid"


@pytest.mark.parametrize("text", ["1.000.000.000.000", "-1000000000000"])
def test_euros_beyond_twelve_digits_are_refused(text):
    assert reason(text, "eur") == "number_out_of_range"


def test_the_decimal_sign_of_the_profile_holds():
    assert value("10.25", "fte", decimal=".") == 10.25
    assert value("1,234.5", "fte", decimal=".") == 1234.5
    assert value("10,25", "fte") == 10.25
    assert reason("10.25", "fte") == "number_invalid"


@pytest.mark.parametrize("text", ["0.500", "0 500", "012.345"])
def test_a_group_of_thousands_does_not_begin_with_zero(text):
    assert reason(text, "fte", column={"least": 0, "most": 500}) == "number_invalid"


def test_a_dash_is_zero_only_where_the_profile_says_so():
    assert reason("-", "int", column=MINUTES) == "number_invalid"
    cell = read("-", "int", column=MINUTES, zero=frozenset("-"))
    assert (cell.value, cell.rules) == (0, ("sign_nothing",))


def test_a_dash_of_zero_keeps_the_range():
    column = {"least": 1, "most": 30}
    assert reason("-", "int", column=column, zero=frozenset("-")) == "number_out_of_range"


@pytest.mark.parametrize("kind", ["int", "date", "ags", "code", "text"])
def test_signs_of_a_missing_value_are_missing_and_no_repair(kind):
    for text in (".", " . ", "", "\u00a0"):
        cell = read(text, kind, missing=frozenset({"", "."}), column={"codes": "gender"})
        assert (cell.value, cell.rules, cell.reason) == (None, (), None)


@pytest.mark.parametrize(
    ("text", "ags", "rules"),
    [
        ("05370016", "05370016", ()),
        ("5370016", "05370016", ("ags_zero",)),
        ("5370016.0", "05370016", ("ags_decimal", "ags_zero")),
        ("05370016,0", "05370016", ("ags_decimal",)),
        ("08111000", "08111000", ()),
        ("8111000", "08111000", ("ags_zero",)),
        ("16077001", "16077001", ()),
    ],
)
def test_an_ags_is_mended_and_counted(text, ags, rules):
    cell = read(text, "ags")
    assert (cell.value, cell.rules) == (ags, rules)


@pytest.mark.parametrize(
    "text",
    ["05370999", "5370999", "05370", "00370016", "17001000", "053700160", "Gangelt", "08٣٧٠٠١٦"],
)
def test_an_ags_that_does_not_exist_is_refused(text):
    assert reason(text, "ags") == "ags_invalid"


@pytest.mark.parametrize(
    ("text", "code", "rules"),
    [
        ("w", "female", ("code_mapped",)),
        ("W", "female", ("code_mapped",)),
        ("male", "male", ()),
        ("DIVERSE", "diverse", ()),
        ("männlich", "male", ("code_label",)),
        ("MÄNNLICH", "male", ("code_label",)),
        ("ohne\u00a0Angabe", "not_stated", ("spaces", "code_label")),
    ],
)
def test_codes_come_by_mapping_by_themselves_or_by_label(text, code, rules):
    cell = read(text, "code", mapping={"w": "female"}, column={"codes": "gender"})
    assert (cell.value, cell.rules) == (code, rules)


def test_the_mapping_of_the_profile_goes_before_codes_and_labels():
    mapping = {"männlich": "diverse", "male": "female"}
    for text, code in (("männlich", "diverse"), ("male", "female")):
        assert value(text, "code", mapping=mapping, column={"codes": "gender"}) == code


def test_a_mapping_is_found_in_either_unicode_form():
    mapping = {unicodedata.normalize("NFD", "Mädchen"): "female"}
    assert value("Mädchen", "code", mapping=mapping, column={"codes": "gender"}) == "female"


@pytest.mark.parametrize("text", ["SBG II", "SGBII", "SGB II / SGB III", "?"])
def test_a_near_miss_of_a_code_is_refused(text):
    assert reason(text, "code", column={"codes": "legal_sphere"}) == "code_unknown"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        *(("ja", True), ("J", True), ("1", True), ("WAHR", True)),
        *(("nein", False), ("N", False), ("0", False), ("falsch", False)),
    ],
)
def test_yes_and_no_are_read_in_plain_german(text, flag):
    assert value(text, "bool") is flag


def test_yes_and_no_follow_the_mapping_first():
    cell = read("x", "bool", mapping={"x": "true", "ja": "false"})
    assert (cell.value, cell.rules) == (True, ("code_mapped",))
    assert value("ja", "bool", mapping={"x": "true", "ja": "false"}) is False


@pytest.mark.parametrize("text", ["vielleicht", "2", "janein"])
def test_anything_else_is_neither_yes_nor_no(text):
    assert reason(text, "bool") == "code_unknown"


@pytest.mark.parametrize("text", ["007", "NA", "nan", "None", "1.0", "=1+1"])
@pytest.mark.parametrize("kind", ["text", "id"])
def test_text_stays_as_it_is(text, kind):
    assert value(text, kind) == text


def test_both_unicode_forms_give_one_text():
    for form, rules in (("NFC", ()), ("NFD", ("unicode",))):
        assert tidy_text(unicodedata.normalize(form, "Müller")) == ("Müller", rules)


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad"]
)
def test_signs_without_width_are_removed_and_counted(sign):
    assert tidy_text(f"Mül{sign}ler") == ("Müller", ("invisible",))


def test_spaces_at_the_edge_and_doubled_ones_become_plain():
    assert tidy_text("\u00a0van \t den\u2009 Berg\n") == ("van den Berg", ("spaces",))


def test_repairs_of_form_come_before_repairs_of_content():
    cell = read("\ufeff5370016.0\u00a0", "ags")
    assert cell.rules == ("invisible", "spaces", "ags_decimal", "ags_zero")


def test_every_rule_has_a_german_text():
    texts = rule_texts()
    cells = [
        read("5370016.0", "ags"),
        read("45000", "date", dates=("excel",)),
        read("2023-12-31T00:00", "date"),
        read("1.000", "int"),
        read("24.12.1990", "int", take="year"),
        read("\ufeffa\u0308 ", "text"),
        read("weiblich", "code", column={"codes": "gender"}),
        read("x", "bool", mapping={"x": "true"}),
        read("-", "int", zero=frozenset("-")),
    ]
    made = {rule for cell in cells for rule in cell.rules}
    assert made == set(texts["repairs"]) - {"trailing_cells", "attributes_differ"}


def test_every_reason_has_a_german_text():
    found = {read("#WERT!", kind, column={"codes": "gender"}).reason for kind in READERS}
    assert found == {None, "date_invalid", "number_invalid", "ags_invalid", "code_unknown"}
    assert found - {None} <= set(rule_texts()["reasons"])
