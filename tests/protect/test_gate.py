"""The gate: thresholds by hand, what it touches, and that nothing goes round it."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row, refused
from kimeval.protect import Protected, Rules, protect, require_protected

NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "contributors"]


def row(value, name="persons_reached", **changed):
    fields = {"contributors": value, "numerator": value}
    return Row(name, "2024Q3", "05370", value=value, **{**fields, **changed})


def share(hits, total, **changed):
    return row(
        hits / total,
        "coverage_newly_arrived",
        numerator=hits,
        denominator=total,
        contributors=hits,
        lower=0.1,
        upper=0.9,
        confidence=0.95,
        **changed,
    )


def hidden(*rows, threshold=5):
    rows = [replace(r, period=f"20{n + 10}Q1") for n, r in enumerate(rows)]
    return protect(Results.of(rows), Rules(threshold)).frame["suppressed"].tolist()


def test_the_default_threshold_is_five():
    assert Rules().threshold == 5
    found = hidden(*(row(v) for v in (0, 1, 4, 5, 6)), threshold=Rules().threshold)
    assert found == [False, True, True, False, False]


def test_a_threshold_of_three_shows_three():
    assert hidden(row(0), row(1), row(2), row(3), threshold=3) == [False, True, True, False]


@pytest.mark.parametrize("threshold", [2, 1, 0, -5, True, "5", 5.0, None])
def test_a_threshold_that_protects_no_one_is_refused(threshold):
    with pytest.raises(ProtectionError, match="threshold"):
        Rules(threshold)


@pytest.mark.parametrize(
    ("hits", "total", "secret"),
    [
        (0, 40, False),
        (4, 40, True),
        (5, 40, False),
        (35, 40, False),
        (36, 40, True),
        (39, 40, True),
        (40, 40, True),
        (0, 4, True),
        (0, 5, False),
        (5, 5, True),
    ],
)
def test_a_share_hides_by_numerator_denominator_and_rest(hits, total, secret):
    assert hidden(share(hits, total)) == [secret]


def test_a_share_of_all_is_shown_where_groups_are_no_matter():
    rules = Rules(groups=False)
    assert protect(Results.of([share(40, 40)]), rules).frame["suppressed"].tolist() == [False]


def test_two_numbers_for_the_same_count_are_refused():
    with pytest.raises(ProtectionError, match="same number") as found:
        protect(Results.of([row(4711), row(4712)]))
    assert "471" not in str(found.value)


def test_few_households_are_hidden_though_many_persons_stand_behind_them():
    assert hidden(row(2, "households_active", contributors=9)) == [True]
    assert hidden(row(5, "households_active", contributors=9)) == [False]


def test_a_hidden_row_holds_no_number():
    frame = protect(Results.of([share(3, 40)])).frame
    assert frame[NUMBERS].isna().all(axis=None)
    assert frame.loc[0, ["unit", "level", "status"]].tolist() == ["share", "output", "complete"]


def test_a_shown_row_keeps_its_numbers():
    frame = protect(Results.of([share(10, 40)])).frame
    assert frame.loc[0, NUMBERS].tolist() == [10, 40, 0.25, 0.1, 0.9, 10]


@pytest.mark.parametrize("name", ["rows_in", "published_staff", "published_posts"])
def test_only_counts_of_persons_are_hidden(name):
    rows = [Row(name, "2024Q3", "05370", value=v, dimension="file", group=str(v)) for v in (1, 7)]
    total = Row(name, "2024Q3", "05370", value=8)
    assert protect(Results.of([*rows, total])).suppressed == 0


def test_a_refused_row_stays_refused_and_is_not_called_hidden():
    frame = protect(Results.of([refused("persons_reached", "2024Q3", "05370", "fehlt")])).frame
    assert frame.loc[0, ["status", "reason", "suppressed"]].tolist() == ["refused", "fehlt", False]


def days(persons, **changed):
    fields = {"value": 30.0, "lower": 2.0, "upper": 90.0, "confidence": 0.95}
    return Row(
        "days_to_first_contact", "2024Q3", "05370", contributors=persons, **{**fields, **changed}
    )


@pytest.mark.parametrize(
    ("persons", "rank", "shown"), [(6, 1, False), (16, 4, False), (17, 5, True), (60, 22, True)]
)
def test_bounds_of_a_median_are_left_out_where_they_are_one_persons_value(persons, rank, shown):
    # The lower bound is the value of rank `rank`: the binomial quantile at 2.5 percent.
    frame = protect(Results.of([days(persons)])).frame
    assert shown == (rank >= 5)
    assert frame["value"].tolist() == [30.0]
    assert frame["lower"].notna().tolist() == [shown]
    assert frame["upper"].notna().tolist() == [shown]


def test_the_gate_leaves_what_it_is_given_unchanged():
    results = Results.of([row(3)])
    protect(results)
    assert results.frame["value"].tolist() == [3]


def test_no_rows_pass_without_a_warning():
    assert len(protect(Results.of([]))) == 0


@pytest.mark.parametrize("given", [pd.DataFrame({"value": [1]}), None, [1], "3"])
def test_the_gate_takes_results_only(given):
    with pytest.raises(ProtectionError, match="takes results of a measure"):
        protect(given)


def test_protected_results_cannot_be_made_by_hand():
    with pytest.raises(ProtectionError, match="made by protect"):
        Protected(Results.of([row(3)]).frame, Rules(), object())


@pytest.mark.parametrize("given", [Results.of([row(4711)]), pd.DataFrame({"value": [4711]})])
def test_what_is_shown_must_have_passed_the_gate(given):
    with pytest.raises(ProtectionError, match=type(given).__name__) as found:
        require_protected(given, "A figure")
    assert "4711" not in str(found.value)


def test_a_choice_of_rows_stays_protected_and_synthetic():
    given = protect(
        Results.of([row(9), row(9, dimension="gender", group="weiblich")]), synthetic=True
    )
    assert len(given.only(dimension="gender")) == 1
    assert len(given.only(dimension=["gender", ""])) == 2
    assert given.only(dimension="gender").synthetic


def test_what_is_printed_holds_no_value():
    results = Results.of([row(4711), row(3, "persons_new")])
    said = repr(protect(results)) + repr(results) + repr(next(iter(results)))
    assert "4711" not in said
    assert "2 rows, 1 suppressed" in said


def test_numbers_of_hidden_rows_are_missing_and_not_zero():
    value = protect(Results.of([row(3)])).frame.loc[0, "value"]
    assert math.isnan(value)
