from decimal import ROUND_CEILING, Decimal

import pytest

from kimeval.core.errors import DataError
from kimeval.published import values
from kimeval.published.bounds import Bounds
from kimeval.published.names import UnitName
from kimeval.published.wording import Words, german, phrase, stated_end


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b2-filled", "10,25 Stellen"),
        ("b2-fill-rate", "85,4 %"),
        ("tm-coverage-2022", "höchstens etwa 40,3 %"),
        ("tm-target-group", "mehr als etwa 400 Personen"),
        ("tm-coverage-2021", "knapp 25 %"),
        ("tm-reached-2021", "etwa 100 Personen"),
        ("lm-change-2020", "−21,9 %"),
        ("lm-change-2023", "+320,8 %"),
        ("lm-cost-2023", "34,33 EUR je Einsatz"),
        ("lm-cost-2024", "31,96 EUR je Einsatz"),
        ("lm-rate-2024", "mehr als 80 %"),
        ("komman1-drawn", "25.199,98 EUR"),
        ("komman2-drawn-share-2023", "73,2 %"),
        ("aachen-m2-gap-requested", "100.000 EUR im Jahr"),
        ("aachen-own-share", "mindestens 75.000 EUR im Jahr (Plan)"),
        ("aachen-m2-gap-total", "bis zu 45.000 EUR im Jahr"),
        ("rucksack-kita-size", "5,5 Personen je Gruppe"),
        ("heads-difference", "1 Person"),
        ("posts-teachers-filled-2024", "3,2049 Stellen"),
        ("aachen-m1-posts", "3,5 Stellen (Plan)"),
    ],
)
def test_a_value_reads_in_german(name, text):
    assert phrase(values()[name]).replace("\N{NO-BREAK SPACE}", " ") == text


def test_an_upper_bound_is_rounded_up():
    percent = UnitName("%", "#,##0.0")

    assert german(Decimal("0.4025"), percent, share=True, rounding=ROUND_CEILING) == "40,3"
    assert german(Decimal("0.40201"), percent, share=True, rounding=ROUND_CEILING) == "40,3"


def test_a_half_is_rounded_away_from_zero():
    assert german(Decimal("0.4025"), UnitName("%", "#,##0.0"), share=True) == "40,3"
    assert german(Decimal("-0.4025"), UnitName("%", "#,##0.0"), share=True) == "−40,3"


def test_whole_euros_have_no_cents_and_others_have_two():
    euros = UnitName("EUR", "#,##0.##")

    assert german(Decimal("75700.0"), euros, share=False) == "75.700"
    assert german(Decimal("12.5"), euros, share=False) == "12,50"


def test_a_placeholder_tells_number_and_time():
    drawn = Words(values()["komman1-drawn"])

    assert f"{drawn:number} {drawn:months} {drawn:start} {drawn:end}" == (
        "25.199,98 22 01.01.2023 31.10.2024"
    )


def test_an_unknown_placeholder_is_refused():
    with pytest.raises(DataError, match=r"one of number, period, .* got 'tag'"):
        format(Words(values()["komman1-drawn"]), "tag")


def test_a_range_has_no_single_number():
    with pytest.raises(DataError, match="one number, 'x' is a range"):
        stated_end(Bounds(Decimal(1), Decimal(2)), "x")
