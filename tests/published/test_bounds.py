from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import DataError
from kimeval.published.bounds import INFINITY, Bounds


def of(value: str, quality: str = "exact") -> Bounds:
    return Bounds.of(Decimal(value), quality)


def test_an_exact_number_over_more_than_400_is_at_most_its_share():
    share = of("161") / of("400", "lower")

    assert share.kind == "upper"
    assert share.upper == Decimal("0.4025")
    assert share.lower == -INFINITY


def test_about_100_over_just_below_a_quarter_is_more_than_about_400():
    group = of("100", "approx") / of("0.25", "just below")

    assert (group.kind, group.lower, group.lower_open) == ("lower", 400, True)
    assert group.approximate


def test_what_is_left_of_a_cost_after_a_grant_of_up_to_275000_is_at_least_75000():
    rest = of("350000", "plan") - of("275000", "upper")

    assert (rest.kind, rest.lower, rest.lower_open) == ("lower", 75000, False)
    assert rest.planned


def test_a_number_less_a_lower_bound_is_an_upper_bound():
    assert (of("100000") - of("75000", "lower")).upper == 25000


def test_up_to_times_a_number_stays_up_to():
    total = of("9000", "upper") * of("5")

    assert (total.kind, total.upper) == ("upper", 45000)


def test_up_to_over_up_to_says_nothing():
    assert (of("3", "upper") / of("4", "upper")).kind == "unknown"


def test_the_sum_of_two_exact_numbers_is_exact():
    assert of("7.25") + of("3.0") == Bounds.point(Decimal("10.25"))


@pytest.mark.parametrize(
    ("quality", "kind"),
    [
        ("exact", "exact"),
        ("approx", "approx"),
        ("plan", "plan"),
        ("expected", "plan"),
        ("lower", "lower"),
        ("upper", "upper"),
        ("just below", "upper"),
    ],
)
def test_each_quality_has_its_kind(quality, kind):
    assert of("2", quality).kind == kind


def test_an_unknown_quality_is_refused():
    with pytest.raises(DataError, match=r"one of exact, approx, .* got 'rough'"):
        of("2", "rough")


def test_division_by_zero_is_refused():
    with pytest.raises(DataError, match="denominator that cannot be 0"):
        of("2") / of("0")


def test_a_product_of_a_negative_number_is_refused():
    with pytest.raises(DataError, match="quantities of 0 or more"):
        (of("1") - of("2")) * of("3")


def test_zero_times_no_upper_end_is_zero():
    assert (of("0") * of("5", "lower")) == Bounds.point(0)


def test_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(DataError, match="lower <= upper"):
        Bounds(Decimal(2), Decimal(1))


LOW = st.integers(1, 40)
INSIDE = st.floats(0, 1)


@given(LOW, LOW, LOW, LOW, INSIDE, INSIDE)
def test_an_operation_on_members_stays_inside_the_operation_on_bounds(a, da, b, db, s, t):
    left, right = Bounds(Decimal(a), Decimal(a + da)), Bounds(Decimal(b), Decimal(b + db))
    x, y = Decimal(a) + da * Decimal(str(round(s, 6))), Decimal(b) + db * Decimal(str(round(t, 6)))

    for bounds, member in (
        (left + right, x + y),
        (left - right, x - y),
        (left * right, x * y),
        (left / right, x / y),
    ):
        assert bounds.lower <= member <= bounds.upper
