import pytest

from kimeval.core.ags import district_ags, district_of, municipality_ags
from kimeval.core.errors import AreaError


def test_text_of_eight_or_five_digits_passes_unchanged():
    assert municipality_ags("05370036") == "05370036"
    assert district_ags("05370") == "05370"


def test_a_municipality_lies_in_the_district_of_its_first_five_digits():
    assert district_of("05370036") == "05370"


@pytest.mark.parametrize("value", [5370036, "5370036"])
def test_a_lost_zero_asks_whether_it_was_read_as_a_number(value):
    with pytest.raises(AreaError, match=r"8 digits.*5370036.*read as a number"):
        municipality_ags(value)


@pytest.mark.parametrize("value", [5370, "5370"])
def test_a_district_with_a_lost_zero_asks_so_too(value):
    with pytest.raises(AreaError, match=r"5 digits.*5370.*read as a number"):
        district_ags(value)


def test_another_state_asks_whether_it_is_outside_nrw():
    with pytest.raises(AreaError, match="outside NRW"):
        municipality_ags("09162000")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "05370",
        "053700361",
        "0537003a",
        " 05370036",
        "05370036\n",
        "05370036.0",
        None,
        5370036.0,
        "05٣٧٠٠٣٦",
        "０５３７００３６",
    ],
)
def test_only_eight_ascii_digits_are_an_ags(value):
    with pytest.raises(AreaError):
        municipality_ags(value)


def test_the_area_of_the_city_of_aachen_is_no_district():
    with pytest.raises(AreaError):
        district_ags("05334002")
