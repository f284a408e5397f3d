import pytest

from kimeval.core.area import areas
from kimeval.core.errors import AreaError, ParameterError
from kimeval.data.sample.choice import chosen_areas


def codes(text):
    return [area.code for area in chosen_areas(text)]


def test_all_and_54_are_every_area():
    assert codes("all") == codes("54") == list(areas())


def test_a_number_takes_the_first_by_their_codes():
    assert codes("3") == sorted(areas())[:3]


def test_codes_are_taken_in_their_order():
    assert codes("05370, 05334002") == ["05370", "05334002"]


@pytest.mark.parametrize("text", ["0", "55", "540"])
def test_a_number_that_no_state_has_is_refused(text):
    with pytest.raises(ParameterError, match=f"1 to 54 areas, got {text}"):
        chosen_areas(text)


@pytest.mark.parametrize("text", ["99999", "-1", "", "5.5", "05370,x"])
def test_what_is_neither_code_nor_number_is_refused(text):
    with pytest.raises(AreaError):
        chosen_areas(text)
