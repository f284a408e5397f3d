"""The share of newly arrived persons who are reached, by hand and by simulation."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kimeval.core.intervals import wilson_interval
from kimeval.core.quarter import Quarter
from kimeval.reach import coverage_newly_arrived
from kimeval.reach.arrivals import newly_arrived

Q3 = Quarter(2024, 3)


def by_town(results):
    return {row.group: row for row in results}


def persons(town, values):
    """Put numbers into the statistic of one municipality."""

    def change(frame):
        mine = frame["ags"] == town
        return frame.assign(
            persons=frame["persons"].mask(mine, pd.Series(values * 10).astype("Int64"))
        )

    return change


def test_numerator_and_denominator_by_hand(kim):
    # Arrived since 01.10.2023 with a contact: p1, p2 in Erkelenz, p3 in Heinsberg, p5 of an
    # unknown town; p4 lives outside, p6 came in 2010. Arrived: 10 and 4.
    rows = by_town(coverage_newly_arrived(kim, Q3))
    assert {
        town: (r.numerator, r.denominator) for town, r in rows.items() if r.value == r.value
    } == {
        "": (4, 14),
        "Erkelenz": (2, 10),
        "Heinsberg": (1, 4),
    }
    assert rows[""].value == pytest.approx(2 / 7)
    assert [r.status for r in (rows[""], rows["Erkelenz"])] == ["complete", "complete"]


def test_bounds_are_those_of_wilson_worked_by_hand(kim):
    # z = 1.95996: (2/7 + z²/28 ± z √(10/49/14 + z²/784)) / (1 + z²/14)
    total = by_town(coverage_newly_arrived(kim, Q3))[""]
    assert (total.lower, total.upper) == pytest.approx((0.11721, 0.54649), abs=5e-6)
    assert (total.confidence, total.method, total.contributors) == (0.95, "Wilson", 4)


def test_a_contact_after_the_quarter_does_not_count(changed):
    # p5 came on 20.07.; with a first contact in October the numerator falls to 3.
    late = changed(
        contacts=lambda f: f.assign(
            contact_on=f["contact_on"].mask(f["contact_id"] == "c6", pd.Timestamp("2024-10-01"))
        )
    )
    assert by_town(coverage_newly_arrived(late, Q3))[""].numerator == 3


def test_the_window_is_four_quarters_from_first_to_last_day(kim, changed):
    def arrive(day):
        return changed(clients=lambda f: f.assign(arrived_on=pd.Timestamp(day)))

    found = [
        by_town(coverage_newly_arrived(arrive(day), Q3))[""].numerator
        for day in ("2023-09-30", "2023-10-01", "2024-09-30", "2024-10-01")
    ]
    assert found == [0, 4, 4, 0]
    assert len(newly_arrived(kim, Q3)) == 40


def test_withheld_numbers_make_the_share_partial_and_say_how_many(changed):
    rows = by_town(
        coverage_newly_arrived(changed(population=persons("05370004", [3, None, 2, None])), Q3)
    )
    assert (rows["Erkelenz"].denominator, rows["Erkelenz"].status) == (5, "partial")
    assert rows["Erkelenz"].reason.startswith("2 von 4 Zahlen der Statistik geheim")
    assert rows[""].reason.startswith("2 von 40 Zahlen der Statistik geheim")
    assert rows["Heinsberg"].status == "complete"


def test_a_quarter_that_was_not_delivered_makes_the_share_partial(changed):
    lacking = changed(population=lambda f: f[f["counted_on"] < "2024-09-01"])
    rows = by_town(coverage_newly_arrived(lacking, Q3))
    assert rows["Erkelenz"].reason.startswith("1 von 4 Zahlen")
    assert rows[""].denominator == 11


def test_an_open_quarter_and_withheld_numbers_are_both_named(changed):
    data = replace(
        changed(population=persons("05370004", [3, None, 2, 2])), as_of=dt.date(2024, 9, 30)
    )
    reason = by_town(coverage_newly_arrived(data, Q3))["Erkelenz"].reason
    assert "vor dem Ende des Quartals; 1 von 4 Zahlen" in reason


def test_no_number_at_all_is_refused(changed):
    rows = by_town(coverage_newly_arrived(changed(population=persons("05370004", [None] * 4)), Q3))
    assert rows["Erkelenz"].status == "refused"
    assert rows["Erkelenz"].reason == "keine Zahl der Neuzugewanderten geliefert"
    assert (rows[""].numerator, rows[""].denominator) == (4, 4)


def test_more_reached_than_arrived_is_refused_and_names_both_tables(changed):
    rows = by_town(
        coverage_newly_arrived(changed(population=persons("05370004", [1, 0, 0, 0])), Q3)
    )
    assert rows["Erkelenz"].status == "refused"
    assert "clients" in rows["Erkelenz"].reason and "population" in rows["Erkelenz"].reason


def test_nobody_arrived_gives_no_value_and_never_zero(kim):
    row = by_town(coverage_newly_arrived(kim, Q3))["Gangelt"]
    assert row.status == "refused" and np.isnan(row.value)
    assert row.reason == "laut Statistik keine Neuzugewanderten"


def test_rows_of_a_gender_or_of_another_area_are_not_counted_again(changed):
    def more(frame):
        women = frame.assign(gender="female")
        outside = frame.assign(ags="05362020")
        return pd.concat([frame, women, outside], ignore_index=True)

    assert by_town(coverage_newly_arrived(changed(population=more), Q3))[""].denominator == 14


@pytest.mark.parametrize("lacking", ["clients", "contacts", "population"])
def test_a_missing_table_is_refused(changed, lacking):
    (row,) = list(coverage_newly_arrived(changed(**{lacking: None}), Q3))
    assert row.status == "refused"
    assert f"({lacking})" in row.reason


def test_empty_tables_are_refused_for_want_of_a_denominator(changed):
    rows = by_town(coverage_newly_arrived(changed(population=lambda f: f.head(0)), Q3))
    assert {row.status for row in rows.values()} == {"refused"}
    assert len(rows) == 11


@pytest.mark.parametrize(("arrived", "truth"), [(60, 0.3), (200, 0.28), (900, 0.12), (900, 0.5)])
def test_the_interval_holds_the_truth_in_93_to_97_percent_of_draws(arrived, truth):
    draws = np.random.default_rng(2024).binomial(arrived, truth, size=2_000)
    bounds = wilson_interval(draws, np.full(2_000, arrived))
    held = np.mean((bounds[:, 0] <= truth) & (truth <= bounds[:, 1]))
    assert 0.93 <= held <= 0.97
