import math

import pytest

from kimeval.core.catalogue import indicator
from kimeval.core.errors import DataError
from kimeval.core.recordkeys import KEYS
from kimeval.core.results import COLUMNS, Results, Row, refused

SECRET = 4711.25
HELD = {**COLUMNS, **KEYS}


def row(**changed: object) -> Row:
    fields = {"indicator": "persons_reached", "period": "2024Q3", "area": "05370"}
    return Row(**{**fields, "value": 12.0, "contributors": 12.0, **changed})


def test_results_have_17_columns_two_keys_and_one_row_each():
    results = Results.of([row(), row(dimension="gender", group="female", value=7.0)])
    assert list(results.frame.columns) == list(HELD)
    assert results.frame.shape == (2, 19)
    assert {c: str(t) for c, t in results.frame.dtypes.items()} == HELD


def test_unit_and_level_come_from_the_catalogue():
    frame = Results.of([row()]).frame
    assert frame.loc[0, ["unit", "level"]].tolist() == ["persons", "output"]
    assert indicator("persons_reached").unit == "persons"


def test_no_rows_give_the_empty_shape():
    assert Results.of([]).frame.shape == (0, 19)
    assert {c: str(t) for c, t in Results.of([]).frame.dtypes.items()} == HELD


def test_rows_come_back_as_they_were():
    given = [row(), refused("persons_new", "2024Q3", "05370", "keine Angaben")]
    first, second = list(Results.of(given))
    assert (first.value, first.contributors, first.status) == (12.0, 12.0, "complete")
    assert math.isnan(second.value) and second.reason == "keine Angaben"


def test_several_results_keep_their_order_and_empty_ones_vanish():
    one, two = Results.of([row(period="2024Q1")]), Results.of([row(period="2024Q2")])
    both = Results.together([Results.of([]), two, one])
    assert both.frame["period"].tolist() == ["2024Q2", "2024Q1"]
    assert {c: str(t) for c, t in both.frame.dtypes.items()} == HELD
    assert len(Results.together([])) == 0


def test_only_picks_rows_and_leaves_the_original_alone():
    results = Results.of([row(), row(dimension="gender", group="female")])
    assert len(results.only(dimension="gender", group="female")) == 1
    assert len(results.only(dimension="gender", group="male")) == 0
    assert len(results) == 2


def test_a_refused_result_holds_a_reason_and_no_value():
    found = refused("persons_reached", "2024Q3", "05370", "Quelle fehlt")
    assert found.status == "refused" and math.isnan(found.value)
    with pytest.raises(DataError, match="must not hold a value"):
        row(status="refused", reason="Quelle fehlt")


@pytest.mark.parametrize("status", ["partial", "refused"])
def test_what_is_not_complete_needs_a_reason(status):
    with pytest.raises(DataError, match=f"got status '{status}'"):
        row(status=status, value=math.nan, contributors=math.nan)


def test_what_is_complete_has_no_reason():
    with pytest.raises(DataError, match="complete without a reason"):
        row(reason="Quartal offen")


def test_a_partial_result_keeps_its_value_beside_the_reason():
    assert row(status="partial", reason="Quartal offen").value == 12.0


def test_a_status_outside_the_three_is_refused():
    with pytest.raises(DataError, match="got status 'done'"):
        row(status="done", reason="weil")


def test_a_count_of_persons_must_say_how_many_stand_behind_it():
    with pytest.raises(DataError, match="contributors"):
        row(contributors=math.nan)


def test_a_count_of_rows_has_no_persons_behind_it():
    assert math.isnan(row(indicator="rows_in", contributors=math.nan).contributors)


def test_an_unknown_value_needs_no_persons_behind_it():
    assert math.isnan(row(value=math.nan, contributors=math.nan).value)


def test_zero_is_a_value_and_not_unknown():
    with pytest.raises(DataError, match="contributors"):
        row(value=0.0, contributors=math.nan)
    assert row(value=0.0, contributors=0.0).value == 0.0


def test_an_indicator_must_be_in_the_catalogue():
    with pytest.raises(DataError, match="Did you mean 'persons_reached'"):
        row(indicator="persons_reachd")


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_neither_a_row_nor_results_show_a_value(show):
    secret = row(value=SECRET, numerator=SECRET, contributors=SECRET)
    assert "4711" not in show(secret)
    assert "4711" not in show(Results.of([secret]))
    assert "1 rows, not protected" in show(Results.of([secret]))


def test_results_offer_no_display_of_their_frame():
    assert not hasattr(Results.of([row()]), "_repr_html_")


@pytest.mark.parametrize("changed", [{"contributors": math.nan}, {"status": "done"}])
def test_an_error_does_not_show_the_value(changed):
    with pytest.raises(DataError) as error:
        row(**{"value": SECRET, **changed})
    assert "4711" not in str(error.value)
