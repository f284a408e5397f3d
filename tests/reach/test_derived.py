"""What is derived from published tables: gaps, ranks, gradients, changes, rates."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

from kimeval.core.denominator import SourcedDenominator
from kimeval.core.intervals import byar_interval, wilson_interval
from kimeval.core.results import Results, Row
from kimeval.core.statistics.change import count_change, share_change
from kimeval.core.statistics.gradient import slope_index
from kimeval.core.statistics.inequality import share_gap
from kimeval.core.statistics.ranks import joint_level
from kimeval.core.statistics.smoothing import smoothed_shares
from kimeval.core.statistics.standard import directly_standardised
from kimeval.core.supplied import Supplied
from kimeval.protect import protect
from kimeval.protect.derive import derive
from kimeval.reach import (
    gaps,
    gradient,
    ranks,
    reached_per_1000,
    share_year_on_year,
    smoothed,
    standardised,
    year_on_year,
)

TOWNS = {"Erkelenz": (60, 200), "Heinsberg": (150, 300), "Selfkant": (20, 100)}
MISSING = "ohne beendete Fälle von DRK, wo der Export sie weglässt"


def share(hits, total, group="", dimension="ags", **changed):
    lower, upper = wilson_interval(hits, total)[0]
    fields = {"numerator": hits, "denominator": total, "lower": lower, "upper": upper}
    fields |= {"contributors": hits, "confidence": 0.95, "method": "Wilson", **changed}
    place = {"dimension": dimension if group else "", "group": group}
    return Row("coverage_newly_arrived", "2024Q3", "05370", value=hits / total, **place, **fields)


def coverage(groups=TOWNS, dimension="ags", **changed):
    hits, total = (sum(side) for side in zip(*groups.values(), strict=True))
    rows = [share(hits, total, **changed)]
    rows += [share(*pair, name, dimension, **changed) for name, pair in groups.items()]
    return protect(Results.of(rows))


def frame_of(measure, *parts, **settings):
    return derive(measure, *parts, **settings).frame.set_index("group")


def count(value, period="2024Q3", name="persons_reached", **changed):
    fields = {"numerator": value, "contributors": value, **changed}
    return Row(name, period, "05370", value=value, **fields)


def test_a_gap_is_the_group_less_all_others_at_the_joint_level():
    found = frame_of(gaps, coverage())
    known = share_gap(60, 200, 170, 400, level=joint_level(0.95, 3))
    row = found.loc["Erkelenz"]
    assert row["value"] == pytest.approx(-12.5)  # 30 % less 42.5 %, in percentage points
    assert (row["lower"], row["upper"]) == pytest.approx(
        (100 * known.lower[0], 100 * known.upper[0])
    )
    assert row["confidence"] == 0.95


def test_a_hidden_group_has_no_gap_and_lends_nothing():
    hidden = coverage({**TOWNS, "Wegberg": (3, 60), "Gangelt": (4, 70)})
    assert hidden.suppressed >= 2
    assert set(frame_of(gaps, hidden).index) <= set(TOWNS)


def test_without_a_published_total_gaps_are_refused():
    rows = [share(3, 100), share(3, 100, "Erkelenz")]
    found = derive(gaps, protect(Results.of(rows))).frame
    assert found["status"].tolist() == ["refused"]
    assert found["reason"].iloc[0] == "der Wert für alle ist nicht veröffentlicht"


def test_families_widen_a_gap_as_they_do_the_published_shares():
    low, high = wilson_interval(230 / 4, 600 / 4)[0]
    wide = [share(230, 600, lower=low, upper=high), *(share(*p, n) for n, p in TOWNS.items())]
    row = frame_of(gaps, protect(Results.of(wide))).loc["Erkelenz"]
    known = share_gap(15, 50, 42.5, 100, level=joint_level(0.95, 3))
    assert row["upper"] == pytest.approx(100 * known.upper[0], abs=1e-4)


def test_ranks_come_with_intervals_and_the_highest_is_first():
    found = frame_of(ranks, coverage())
    assert found["value"].to_dict() == {"Erkelenz": 2, "Heinsberg": 1, "Selfkant": 3}
    assert (found["lower"] <= found["value"]).all() and (found["value"] <= found["upper"]).all()
    assert found.loc["Heinsberg", "upper"] == 1  # 50 % against 30 and 20


def test_two_groups_are_too_few_for_ranks_gradient_and_smoothing():
    two = coverage({name: TOWNS[name] for name in ("Erkelenz", "Heinsberg")})
    for measure in (ranks, gradient, smoothed):
        assert derive(measure, two).frame["status"].eq("refused").all()


def test_the_gradient_goes_from_the_smallest_town_to_the_largest():
    # Inhabitants: Selfkant 10,461, Heinsberg 42,593, Erkelenz 44,216.
    found = derive(gradient, coverage()).frame.set_index("indicator")
    known = slope_index(np.array([20.0, 150, 60]), np.array([100.0, 300, 200]))
    assert found.loc["coverage_slope", "value"] == pytest.approx(100 * known.value[0])
    assert set(found.index) == {
        "coverage_slope",
        "coverage_relative_index",
        "coverage_concentration",
    }


def test_smoothed_shares_lie_between_the_own_and_the_mean():
    found = frame_of(smoothed, coverage())
    known = smoothed_shares([60, 150, 20], [200, 300, 100]).estimate
    assert found["value"].tolist() == pytest.approx(known.value.tolist())
    assert 0.2 < found.loc["Selfkant", "value"] < 230 / 600


def standard(**groups):
    fields = {"measure": "newly_arrived", "ags": "05", "day": dt.date(2024, 9, 30)}
    return Supplied(
        tuple(
            SourcedDenominator(persons=n, age_band=band, since=dt.date(2023, 10, 1), **fields)
            for band, n in groups.items()
        )
    )


def test_a_standardised_share_weighs_the_groups_as_the_state_does():
    ages = {"unter 18": (30, 100), "18 bis 27": (80, 100)}
    given = standard(**{"unter 18": 300, "18 bis 27": 100})
    row = derive(standardised, coverage(ages, "age_band"), supplied=given).frame.iloc[0]
    assert row["value"] == pytest.approx(0.75 * 0.3 + 0.25 * 0.8)
    assert row["reason"] == "Gewichte: Neuzugewanderte des Landes, Stand 30.09.2024"
    known = directly_standardised([30, 80], [100, 100], [300, 100])
    assert (row["lower"], row["upper"]) == pytest.approx((known.lower[0], known.upper[0]))


def test_without_a_standard_or_with_a_hidden_group_it_is_refused():
    ages = {"unter 18": (30, 100), "18 bis 27": (80, 100)}
    table = coverage(ages, "age_band")
    lacking = derive(standardised, table).frame.iloc[0]
    assert lacking["reason"] == "keine Standardbevölkerung des Landes geliefert"
    more = standard(**{"unter 18": 300, "18 bis 27": 100, "28 bis 39": 50})
    assert derive(standardised, table, supplied=more).frame.iloc[0]["status"] == "refused"


def test_a_quarter_is_compared_with_the_same_one_of_the_year_before():
    series = [count(n, p) for p, n in (("2023Q3", 100), ("2024Q2", 300), ("2024Q3", 130))]
    found = derive(year_on_year, protect(Results.of(series))).frame.set_index("indicator")
    known = count_change(100, 130)
    row = found.loc["persons_reached_change"]
    assert (row["value"], row["lower"]) == pytest.approx((30, known.lower[0]))
    assert found.loc["persons_reached_ratio", "value"] == pytest.approx(1.3)


@pytest.mark.parametrize("open_", ["2023Q3", "2024Q3"])
def test_an_open_quarter_is_never_compared(open_):
    why = {"status": "partial", "reason": "Daten vom 30.08.2024, vor dem Ende des Quartals"}
    series = [
        count(n, p, **(why if p == open_ else {})) for p, n in (("2023Q3", 100), ("2024Q3", 130))
    ]
    found = derive(year_on_year, protect(Results.of(series))).frame
    assert found["status"].eq("refused").all()
    assert "war bei der Lieferung nicht zu Ende" in found["reason"].iloc[0]


def test_a_hidden_or_unknown_quarter_of_the_year_before_refuses_the_comparison():
    hidden = protect(Results.of([count(3, "2023Q3"), count(130)]))
    assert "nicht veröffentlicht" in derive(year_on_year, hidden).frame["reason"].iloc[0]
    none = protect(Results.of([count(130)]))
    assert derive(year_on_year, none).frame["reason"].iloc[0].startswith("keine Daten aus dem 3.")


def test_a_missing_source_goes_along_with_the_comparison():
    why = {"status": "partial", "reason": MISSING}
    series = [count(100, "2023Q3", **why), count(130, **why)]
    found = derive(year_on_year, protect(Results.of(series))).frame
    assert set(found["reason"]) == {MISSING}


def test_a_share_is_compared_by_group():
    def one(hits, period):
        row = share(hits, 200, "digital", "contact_mode")
        return dataclasses.replace(row, indicator="persons_by_mode", period=period)

    table = protect(Results.of([one(40, "2023Q3"), one(60, "2024Q3")]))
    row = derive(share_year_on_year, table, name="persons_by_mode").frame.iloc[0]
    known = share_change((40, 200), (60, 200))
    assert (row["value"], row["group"]) == (pytest.approx(10), "digital")
    assert row["lower"] == pytest.approx(100 * known.lower[0], abs=1e-4)


def towns(**persons):
    rows = [count(sum(persons.values()))]
    rows += [count(n, dimension="ags", group=name) for name, n in persons.items()]
    return protect(Results.of(rows))


def inhabitants(persons, day=dt.date(2024, 9, 30)):
    return Supplied(
        (SourcedDenominator("population", "05370004", persons, day, source="der Fortschreibung"),)
    )


def test_a_rate_per_1000_has_byars_interval():
    found = frame_of(
        reached_per_1000, towns(Erkelenz=40, Heinsberg=60), supplied=inhabitants(40_000)
    )
    row = found.loc["Erkelenz"]
    low, high = byar_interval(40)[0] / 40
    assert (row["value"], row["lower"], row["upper"]) == pytest.approx((1.0, low, high))
    assert "laut der Fortschreibung" in row["reason"]


def test_fewer_than_ten_persons_give_no_rate():
    given = inhabitants(40_000)
    nine = frame_of(reached_per_1000, towns(Erkelenz=9, Heinsberg=60), supplied=given)
    assert nine.loc["Erkelenz", "reason"] == "weniger als 10 Ereignisse"
    ten = frame_of(reached_per_1000, towns(Erkelenz=10, Heinsberg=60), supplied=given)
    assert ten.loc["Erkelenz", "value"] == pytest.approx(0.25)


def test_inhabitants_of_the_census_are_of_another_year_and_used_only_if_asked():
    table = towns(Erkelenz=40, Heinsberg=60)
    assert "15.05.2022" in frame_of(reached_per_1000, table).loc["Erkelenz", "reason"]
    asked = frame_of(reached_per_1000, table, any_year=True)
    assert asked.loc["Erkelenz", "denominator"] == 44_216
    assert "am 15.05.2022, Bevölkerung, laut Zensus 2022" in asked.loc["Erkelenz", "reason"]
    assert asked.loc["", "denominator"] == 258_975


def test_a_hidden_count_has_no_rate():
    found = frame_of(reached_per_1000, towns(Erkelenz=3, Heinsberg=60, Wegberg=4), any_year=True)
    assert found.loc["Erkelenz", "reason"].startswith("die Zahl der Personen ist gesperrt")
    assert math.isnan(found.loc["Erkelenz", "value"])
