from decimal import Decimal

import pytest

from kimeval.data.clean.numbers import decimal_sign, decimal_signs

from .reading import read, reason, value

MINUTES = {"unit": "minutes", "least": 0, "most": 100000}


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


@pytest.mark.parametrize(
    ("text", "number", "rules"),
    [
        ("-", 0, ("sign_nothing",)),
        ("0", 0, ("sign_less_than_half",)),
        (".", None, ("sign_secret",)),
        ("...", None, ("sign_later",)),
        ("…", None, ("sign_later",)),
        ("/", None, ("sign_unsafe",)),
        ("x", None, ("sign_senseless",)),
        ("X", None, ("sign_senseless",)),
        ("(12)", 12, ("sign_uncertain",)),
        ("( 1.200 )", 1200, ("sign_uncertain", "thousands")),
        ("12p", 12, ("sign_provisional",)),
        ("1.200 r", 1200, ("sign_revised", "thousands")),
        ("\N{MINUS SIGN}", 0, ("sign_nothing",)),
        ("7", 7, ()),
    ],
)
def test_signs_of_official_tables_are_read_and_counted(text, number, rules):
    cell = read(text, "int", column=MINUTES, official=True)
    assert (cell.value, cell.rules, cell.reason) == (number, rules, None)


@pytest.mark.parametrize("text", [".", "...", "/", "x", "(12)", "12p", "1.200 r", "-"])
def test_without_official_signs_they_are_no_numbers(text):
    assert reason(text, "int", column=MINUTES) == "number_invalid"


@pytest.mark.parametrize("text", ["()", "(12", "12q", "p", "(x y)", "12 p r"])
def test_other_signs_are_no_numbers(text):
    assert reason(text, "int", column=MINUTES, official=True) == "number_invalid"


@pytest.mark.parametrize("text", ["-", "0"])
def test_an_official_sign_of_zero_keeps_the_range(text):
    column = {"least": 1, "most": 30}
    assert reason(text, "int", column=column, official=True) == "number_out_of_range"


def test_the_zero_of_the_profile_goes_before_the_official_sign():
    cell = read("x", "int", column=MINUTES, official=True, zero=frozenset("x"))
    assert (cell.value, cell.rules) == (0, ("sign_nothing",))


def test_a_missing_value_of_the_profile_goes_before_the_official_sign():
    cell = read("-", "int", column=MINUTES, official=True, missing=frozenset({"", "-"}))
    assert (cell.value, cell.rules) == (None, ())


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,5", "1.234"], ","),
        (["1.5", "1.234"], "."),
        (["1.234,50"], ","),
        (["1,234.50"], "."),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["0.500"], "."),
        (["1234.567"], "."),
        (["-1,5"], ","),
        (["\N{MINUS SIGN}1,5"], ","),
        (["(1,5)", "1.234"], ","),
        (["1.234"], "?"),
        (["1,234", "12"], "?"),
        (["12", "1 234", "x", ""], "?"),
        (["1,5", "1.5"], "?"),
        (["1.2.3", "1,2,3"], "?"),
        ([], "?"),
    ],
)
def test_the_decimal_sign_of_a_column_needs_evidence_without_contradiction(texts, sign):
    assert decimal_sign(texts) == sign


def test_evidence_is_gathered_over_parts_of_a_file():
    assert decimal_signs(["1,5"]) | decimal_signs(["1.234"]) == {","}
    assert decimal_signs(["1,5"]) | decimal_signs(["1.5"]) == {",", "."}


@pytest.mark.parametrize("text", ["1.234", "1,5", "1.234,50", "12,34"])
def test_without_evidence_a_separated_number_is_ambiguous(text):
    assert reason(text, "fte", decimal="?") == "number_ambiguous"


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("1 234", 1234), ("-3", -3)])
def test_without_evidence_a_number_without_separator_is_read(text, number):
    assert value(text, "fte", decimal="?") == number


def test_digits_of_other_scripts_are_no_number():
    assert reason("٣", "int", column=MINUTES) == "number_invalid"
