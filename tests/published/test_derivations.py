from decimal import Decimal

import pytest

from kimeval.core.errors import DataError
from kimeval.published.bounds import Bounds
from kimeval.published.derivations import Derivation, Operand, derive, read_derivations
from kimeval.published.periods import Period
from kimeval.published.units import dimensions, over, times
from kimeval.published.values import evaluate

YEAR = Period.read("2023-01-01", "2023-12-31")


def operand(name: str, value: str, unit: str, area: str = "05370", reason: str = "") -> Operand:
    return Operand(name, Bounds.point(Decimal(value)), unit, YEAR, area, reason)


def derived(kind: str, unit: str, *operands: Operand):
    names = tuple(part.id for part in operands)
    return derive(Derivation("outcome", "Titel", kind, names, unit), operands)


def test_posts_times_money_per_post_and_year_is_money_per_year():
    assert times(dimensions("fte"), dimensions("EUR/fte/year")) == dimensions("EUR/year")


def test_persons_over_a_share_are_persons():
    assert over(dimensions("persons"), dimensions("share")) == dimensions("persons")


def test_a_unit_without_a_part_is_refused():
    with pytest.raises(DataError, match=r"written like EUR/fte/year, got 'EUR/'"):
        dimensions("EUR/")


def test_a_change_from_320_to_250_is_minus_21_875_percent():
    change = derived(
        "change", "share", operand("a", "320", "persons"), operand("b", "250", "persons")
    )

    assert change.bounds.lower == Decimal("-0.21875")


def test_euros_and_persons_are_not_added():
    with pytest.raises(DataError, match=r"one unit, 'outcome' has a \(EUR\), b \(persons\)"):
        derived("sum", "EUR", operand("a", "1", "EUR"), operand("b", "1", "persons"))


def test_a_declared_unit_that_does_not_follow_is_refused():
    with pytest.raises(DataError, match="declared is 'share'"):
        derived("ratio", "share", operand("a", "1", "EUR"), operand("b", "1", "assignments"))


def test_a_ratio_to_zero_names_its_operands():
    with pytest.raises(DataError, match=r"'outcome' of a, b: .*cannot be 0"):
        derived("ratio", "share", operand("a", "1", "fte"), operand("b", "0", "fte"))


def test_operands_of_two_areas_are_refused():
    with pytest.raises(DataError, match="lie in one area, got 05334, 05370"):
        derived("sum", "fte", operand("a", "1", "fte"), operand("b", "1", "fte", area="05334"))


def test_a_partial_operand_makes_a_partial_outcome():
    partial = operand("a", "11", "EUR", reason="kein volles Jahr")

    assert (
        derived("ratio", "share", partial, operand("b", "12", "EUR")).reason == "kein volles Jahr"
    )


def test_a_yearly_amount_over_22_months_is_30000_granted_and_27500_pro_rata():
    grant = operand("grant", "15000", "EUR/year")
    drawn = Operand(
        "drawn", Bounds.point(1), "EUR", Period.read("2023-01-01", "2024-10-31"), "05370"
    )

    assert derived("whole_years", "EUR", grant, drawn).bounds == Bounds.point(30000)
    assert derived("pro_rata", "EUR", grant, drawn).bounds == Bounds.point(27500)


def test_four_meetings_in_40_months_are_1_2_a_year():
    period = Period.read("2021-08-01", "2024-11-30")
    meetings = Operand("m", Bounds.point(4), "meetings", period, "05370")

    assert derived("per_year", "meetings/year", meetings).bounds == Bounds.point(Decimal("1.2"))


def test_an_unknown_id_names_the_nearest():
    given = {"d": {"title": "t", "kind": "sum", "of": ["postz", "posts"], "unit": "fte"}}

    with pytest.raises(DataError, match=r"'d' names the unknown id 'postz'. Did you mean 'posts'"):
        read_derivations(given, ["posts"])


def test_a_circle_is_refused():
    given = {
        "a": {"title": "t", "kind": "sum", "of": ["b", "x"], "unit": "fte"},
        "b": {"title": "t", "kind": "sum", "of": ["a", "x"], "unit": "fte"},
    }

    with pytest.raises(DataError, match="lead back to itself, got a circle in a, b"):
        read_derivations(given, ["x"])


def test_a_derivation_may_stand_before_its_operand():
    given = {
        "late": {"title": "t", "kind": "sum", "of": ["early", "x"], "unit": "fte"},
        "early": {"title": "t", "kind": "sum", "of": ["x", "x"], "unit": "fte"},
    }

    assert [d.id for d in read_derivations(given, ["x"])] == ["early", "late"]


def test_an_id_in_use_is_refused():
    given = {"x": {"title": "t", "kind": "sum", "of": ["x", "x"], "unit": "fte"}}

    with pytest.raises(DataError, match="An id is used once, got x twice"):
        read_derivations(given, ["x"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"title": "t", "kind": "mean", "of": ["x", "x"], "unit": "fte"}, "got 'mean'"),
        ({"title": "t", "kind": "ratio", "of": ["x"], "unit": "fte"}, "needs 2 operands, got 1"),
        ({"title": "t", "kind": "sum", "of": ["x", "x"]}, "'d' lacks it"),
        ({"titel": "t"}, "unknown field 'titel'. Did you mean 'title'"),
    ],
)
def test_a_wrong_declaration_is_refused(given, message):
    with pytest.raises(DataError, match=message):
        read_derivations({"d": given}, ["x"])


def test_no_figures_give_no_values():
    assert dict(evaluate({}, {}, {})) == {}
