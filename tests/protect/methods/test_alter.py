"""What a row of altered numbers tells: shares, bounds and durations follow from them alone."""

from dataclasses import replace

import numpy as np
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.intervals import wilson_interval
from kimeval.core.results import Results, Row, refused
from kimeval.protect.methods import apply, method_of
from kimeval.protect.rules import Rules

ROUNDING, CELLKEY = Rules(method="rounding"), Rules(method="cellkey")
NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "contributors"]


def one(row, rules=ROUNDING):
    method = method_of(rules, b"secret" * 6)
    return apply(Results.of([row]).frame, rules, method)[0].iloc[0]


def test_a_share_is_that_of_the_published_numbers(made):
    found = one(made.share(18, 41))
    assert found[["numerator", "denominator", "value"]].tolist() == [20, 40, 0.5]


def test_the_bounds_of_a_share_hold_for_all_counts_behind_the_numbers(made):
    # 20 stands for 18 to 22 and 40 for 38 to 42.
    found = one(made.share(18, 41))
    bounds = [wilson_interval(h, t)[0] for h in range(18, 23) for t in range(38, 43)]
    assert found["lower"] == pytest.approx(min(b[0] for b in bounds))
    assert found["upper"] == pytest.approx(max(b[1] for b in bounds))


def test_two_shares_with_the_same_published_numbers_cannot_be_told_apart(made):
    first, second = one(made.share(18, 41)), one(made.share(22, 38))
    assert first[NUMBERS].fillna(-1).tolist() == second[NUMBERS].fillna(-1).tolist()


@pytest.mark.parametrize(("total", "hidden"), [(1, True), (5, True), (7, True), (8, False)])
def test_a_share_of_persons_that_may_be_few_is_hidden_whole(made, total, hidden):
    # 7 is published as 5, which stands for 3 to 7; 8 as 10, for 8 to 12.
    found = one(made.share(1, total))
    assert found["suppressed"] == hidden
    assert found[NUMBERS].isna().all() == hidden


@pytest.mark.parametrize(("persons", "hidden"), [(3, True), (5, True), (7, True), (8, False)])
def test_a_duration_of_persons_that_may_be_few_is_hidden_whole(made, persons, hidden):
    found = one(made.days(persons))
    assert found["suppressed"] == hidden
    assert np.isnan(found["value"]) == hidden


@pytest.mark.parametrize(("persons", "shown"), [(17, False), (18, True), (60, True)])
def test_bounds_of_a_duration_are_left_out_where_they_may_be_one_persons_value(
    made, persons, shown
):
    # Bounds need 17 persons. 17 is published as 15, which may be 13; 18 as 20, at least 18.
    found = one(made.days(persons))
    assert found["value"] == 30
    assert found[["lower", "upper"]].notna().tolist() == [shown, shown]


def test_a_share_is_never_above_all(made):
    shares = [one(made.share(60, 60, f"g{n}"), CELLKEY) for n in range(40)]
    assert max(found["value"] for found in shares) <= 1
    assert all(found["upper"] <= 1 for found in shares)


def test_all_of_a_group_are_published_as_all_by_the_cell_key(made):
    # The same persons in numerator and denominator have the same number.
    found = one(made.share(60, 60), CELLKEY)
    assert found["numerator"] == found["denominator"]


def test_cases_per_post_follow_from_the_published_cases():
    row = Row(
        "cases_per_fte",
        "2024Q3",
        "05370",
        value=43 / 1.5,
        numerator=43,
        denominator=1.5,
        contributors=40,
    )
    assert one(row)[["numerator", "denominator", "value"]].tolist() == [45, 1.5, 30]


def test_persons_behind_a_row_are_not_told(made):
    assert np.isnan(one(made.count(33))["contributors"])


def test_a_count_that_is_not_whole_is_refused():
    row = Row("persons_reached", "2024Q3", "05370", value=2.5, numerator=2.5, contributors=3)
    with pytest.raises(ProtectionError, match="whole counts") as found:
        one(row)
    assert "2.5" not in str(found.value)


def test_a_refused_row_stays_as_it_is(made):
    found = one(refused("persons_reached", "2024Q3", "05370", "fehlt"))
    assert found[["status", "reason", "suppressed"]].tolist() == ["refused", "fehlt", False]


def test_another_numerator_beside_a_count_has_noise_of_its_own(made):
    # With that of the value, value less numerator would be free of noise.
    rows = [replace(made.count(60, f"g{n}"), numerator=57) for n in range(40)]
    method = method_of(CELLKEY, b"secret" * 6)
    frame = apply(Results.of(rows).frame, CELLKEY, method)[0]
    assert (frame["value"] - frame["numerator"]).nunique() > 3


def test_a_number_of_different_ways_is_rounded_as_a_count():
    row = Row("log_variants", "2024Q3", "05370", value=12, numerator=12, contributors=40)
    assert one(row)["value"] == 10
