"""First contact within 90 and 180 days, over all who arrived; by hand."""

import pandas as pd
import pytest

from kimeval.core.quarter import Quarter
from kimeval.reach import contact_within

Q3 = Quarter(2024, 3)


def rows(dataset):
    return {row.indicator: row for row in contact_within(dataset, Q3)}


@pytest.fixture
def longer(changed):
    """The statistic with two quarters more before it, of two persons each in Erkelenz."""

    def more(frame):
        early = [
            {"ags": town, "measure": "newly_arrived", "counted_on": pd.Timestamp(day), "persons": n}
            for town in frame["ags"].unique()
            for day, n in (
                ("2023-09-30", 2 if town == "05370004" else 0),
                ("2023-06-30", 2 if town == "05370004" else 0),
            )
        ]
        return pd.concat([frame, pd.DataFrame(early)], ignore_index=True)

    return changed(population=more)


def test_within_90_days_by_hand(longer):
    # Arrived from 01.07.2023 to 30.06.2024: p1 on 01.02. met on 01.07. (151 days), p2 on
    # 01.12. met on 30.06. (212); nobody in time. Arrived: 2 + 3 + 3 + 2 and 1 + 1 + 1.
    row = rows(longer)["contact_within_90_days"]
    assert (row.numerator, row.denominator, row.value) == (0, 13, 0)


def test_within_180_days_by_hand(longer):
    # Arrived from 01.04.2023 to 31.03.2024: p1 after 151 days. Arrived: 2+2+3+3 and 1+1.
    row = rows(longer)["contact_within_180_days"]
    assert (row.numerator, row.denominator) == (1, 12)


def test_the_day_itself_counts_and_the_next_does_not(longer, kim):
    from dataclasses import replace

    def met(day):
        frame = longer.tables["contacts"]
        moved = frame.assign(
            contact_on=frame["contact_on"].mask(frame["client_id"].isin(["k1", "d1"]), day)
        )
        return replace(longer, tables={**longer.tables, "contacts": moved})

    arrived = pd.Timestamp("2024-02-01")
    for days, hits in ((90, 1), (91, 0)):
        data = met(arrived + pd.Timedelta(days=days))
        assert rows(data)["contact_within_90_days"].numerator == hits


def test_a_quarter_that_the_statistic_lacks_is_said(kim):
    row = rows(kim)["contact_within_90_days"]
    assert row.status == "partial" and row.reason.startswith("10 von 40 Zahlen der Statistik")


@pytest.mark.parametrize("lacking", ["clients", "contacts", "population"])
def test_without_a_table_it_is_refused_by_name(changed, lacking):
    found = rows(changed(**{lacking: None}))
    assert {row.status for row in found.values()} == {"refused"}
    assert all(f"({lacking})" in row.reason for row in found.values())


def test_without_a_denominator_nothing_is_said_of_those_who_did_not_come(changed):
    found = rows(changed(population=lambda f: f.head(0)))
    assert {row.reason for row in found.values()} == {"keine Zahl der Neuzugewanderten geliefert"}
