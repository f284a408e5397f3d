from collections import Counter

import pytest

from kimeval.core.area import area, areas, state
from kimeval.core.errors import AreaError
from kimeval.core.reference import read_reference

HEINSBERG = ["Erkelenz", "Gangelt", "Geilenkirchen", "Heinsberg", "Hückelhoven", "Selfkant"]
HEINSBERG += ["Übach-Palenberg", "Waldfeucht", "Wassenberg", "Wegberg"]


def register() -> list[dict[str, str]]:
    return read_reference("geography/municipalities.csv")


def test_there_are_54_areas_in_53_districts():
    assert len(areas()) == 54
    assert len({row["kreis_ags"] for row in register()}) == 53


def test_aachen_is_taken_out_of_its_staedteregion():
    assert "05334002" not in area("05334")
    assert [m.ags for m in area("05334002").municipalities] == ["05334002"]
    assert len(area("05334").municipalities) == 9
    assert area("05334").name == "StädteRegion Aachen (ohne Stadt Aachen)"
    assert area("05334002").name == "Stadt Aachen"


def test_each_of_the_396_municipalities_lies_in_exactly_one_area():
    found = Counter(m.ags for a in areas().values() for m in a.municipalities)
    assert len(found) == 396
    assert set(found.values()) == {1}
    assert set(found) == {row["ags"] for row in register()}


def test_outside_aachen_an_area_is_a_prefix_of_the_ags():
    for code, found in areas().items():
        assert all(m.ags.startswith(code) for m in found.municipalities)


def test_population_adds_up_to_the_register():
    total = sum(int(row["pop_zensus2022"]) for row in register())
    assert sum(a.population for a in areas().values()) == total
    assert state().population == total


def test_population_of_each_district_agrees_with_the_table_of_districts():
    published = {
        r["ags"]: int(r["pop_zensus2022_sum"]) for r in read_reference("geography/districts.csv")
    }
    found = {code: a.population for code, a in areas().items()}
    found["05334"] += found.pop("05334002")
    assert found == published


def test_heinsberg_has_its_ten_municipalities_in_order_of_their_ags():
    assert [m.name for m in area("05370").municipalities] == HEINSBERG
    assert area("05370").municipalities[-1].ags == "05370040"
    assert str(area("05370")) == "Kreis Heinsberg (05370)"


def test_the_state_is_all_areas_together():
    assert area("05") is state()
    assert len(state().municipalities) == 396
    assert "05334002" in state()


def test_an_independent_city_is_named_a_city():
    assert area("05111").name == "Stadt Düsseldorf"


def test_an_area_looks_up_to_itself():
    assert area(area("05370")) is area("05370")


@pytest.mark.parametrize("code", [5370, 5334002, 5370.0])
def test_a_number_names_the_way_to_pass_text_through_papermill(code):
    with pytest.raises(AreaError, match=r"got the number 5\d+.*-r area 05370"):
        area(code)


@pytest.mark.parametrize("code", ["5370", "5334002", "5111"])
def test_a_lost_zero_is_recognised(code):
    with pytest.raises(AreaError, match="lose a zero"):
        area(code)


def test_the_code_of_a_municipality_names_its_area():
    with pytest.raises(AreaError, match=r"municipality of '05370' \(Kreis Heinsberg\)"):
        area("05370036")


def test_a_municipality_of_the_staedteregion_is_not_sent_to_the_city():
    with pytest.raises(AreaError, match=r"municipality of '05334' \(StädteRegion"):
        area("05334004")


@pytest.mark.parametrize("text", ["Heinsberg", "heinsberg", "Kreis Heins"])
def test_a_name_leads_to_its_code(text):
    with pytest.raises(AreaError, match=r"Did you mean '05370' \(Kreis Heinsberg\)"):
        area(text)


@pytest.mark.parametrize("text", ["", "05371", "09162", "../05370", "05370 ", "xyz"])
def test_anything_else_names_the_command_that_lists_the_areas(text):
    with pytest.raises(AreaError, match="kimeval areas"):
        area(text)
