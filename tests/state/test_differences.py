"""Which areas differ by more than chance: flags under no difference are not more than stated."""

import numpy as np
import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.core.intervals import wilson_interval
from kimeval.reach.state import (
    coverage_by_size,
    coverage_funnel,
    coverage_ranks,
    coverage_smoothed,
    standardised_reach,
)
from kimeval.reach.state.coverage import effective

from .areas_made import CODES, frame, lacking, share

SIZES = np.linspace(300, 4700, 54).astype(int)
DRAWS = 100


def coverage(hits, total, widened=1.0, **changed):
    """Published coverages of areas, without the gate; intervals as wide as asked."""
    hits, total = np.asarray(hits, dtype=float), np.asarray(total, dtype=float)
    bounds = wilson_interval(hits, total)
    reach = np.ptp(bounds, axis=1) * np.sqrt(widened) / 2
    middle = bounds.mean(axis=1)
    columns = {
        "indicator": "coverage_newly_arrived",
        "period": "2024Q3",
        "area": CODES[: len(hits)],
        "dimension": "",
        "group": "",
        "numerator": hits,
        "denominator": total,
        "value": hits / total,
        "lower": middle - reach,
        "upper": middle + reach,
        "confidence": 0.95,
        "status": "complete",
        "reason": "",
        "suppressed": False,
    }
    return pd.DataFrame({**columns, **changed})


def told(results, name, kind="chance"):
    found = results.frame
    return found[(found["indicator"] == name) & (found["dimension"] == kind)]["value"].tolist()


def test_one_area_that_differs_is_flagged_by_all_limits_and_the_others_by_none():
    hits = SIZES // 4
    hits[30] = SIZES[30] // 2
    found = coverage_funnel(coverage(hits, SIZES))
    assert told(found, "state_areas_flagged")[1:] == [1, 1]
    by_area = found.frame[found.frame["indicator"] == "area_q_value"].set_index("area")["value"]
    assert by_area.idxmin() == CODES[30] and by_area[CODES[30]] < 1e-6
    deviation = found.frame[found.frame["indicator"] == "area_coverage_deviation"]
    assert deviation.set_index("area").loc[CODES[30], "value"] == pytest.approx(24.3, abs=0.2)


@pytest.mark.parametrize("spread", ["none", "additive"])
def test_without_a_difference_no_more_are_flagged_than_stated(spread):
    chance = np.random.default_rng(7)
    flagged, stated, any_found = np.zeros(2), np.zeros(2), 0
    kind = "chance" if spread == "none" else "spread"
    for _ in range(DRAWS):
        found = coverage_funnel(coverage(chance.binomial(SIZES, 0.25), SIZES), spread)
        counted = told(found, "state_areas_flagged", kind)
        flagged += counted[:2]
        stated += told(found, "state_flags_by_chance", kind)[:2]
        any_found += counted[2] > 0
    error = 3 * np.sqrt(stated)
    assert (flagged <= stated + error).all(), (flagged, stated)
    assert any_found / DRAWS <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)


def test_families_that_come_as_a_whole_are_no_difference_where_areas_publish_their_width():
    chance = np.random.default_rng(8)
    families = SIZES // 3
    flagged, stated = np.zeros(2), np.zeros(2)
    for _ in range(DRAWS):
        hits = 3 * chance.binomial(families, 0.25)
        found = coverage_funnel(coverage(hits, 3 * families, widened=3.0))
        flagged += told(found, "state_areas_flagged")[:2]
        stated += told(found, "state_flags_by_chance")[:2]
    assert (flagged <= stated + 3 * np.sqrt(stated)).all(), (flagged, stated)


def test_families_taken_for_single_persons_would_be_flagged_too_often():
    chance = np.random.default_rng(8)
    families = SIZES // 3
    found = [
        coverage_funnel(coverage(3 * chance.binomial(families, 0.25), 3 * families))
        for _ in range(20)
    ]
    flagged = sum(told(one, "state_areas_flagged")[0] for one in found)
    assert flagged > 3 * sum(told(one, "state_flags_by_chance")[0] for one in found)


def test_effective_numbers_are_those_published_where_the_interval_is_wilsons():
    held = coverage([50, 80], [200, 400])
    np.testing.assert_array_equal(effective(held), [[50, 80], [200, 400]])
    hits, total = effective(coverage([50, 80], [200, 400], widened=2.0))
    np.testing.assert_allclose(total, [100, 200], rtol=1e-9)
    np.testing.assert_allclose(hits / total, [0.25, 0.2])
    np.testing.assert_array_equal(effective(held.assign(lower=np.nan))[1], [200, 400])


def test_incomplete_areas_can_be_left_out():
    status = ["partial"] * 20 + ["complete"] * 34
    reasons = ["x" if one == "partial" else "" for one in status]
    held = coverage(SIZES // 4, SIZES, status=status, reason=reasons)
    found = coverage_funnel(held, complete_only=True)
    flagged = found.frame[found.frame["indicator"] == "state_areas_flagged"]
    assert set(flagged["denominator"]) == {34} and set(flagged["dimension"]) == {"complete"}
    assert "20 lückenhaft und nicht einbezogen" in flagged["reason"].iloc[0]


def test_dispersion_is_told_and_refused_with_few_areas():
    many = coverage_funnel(coverage(SIZES // 4, SIZES)).frame
    few = coverage_funnel(coverage(SIZES[:9] // 4, SIZES[:9])).frame
    assert many[many["indicator"] == "state_dispersion"]["value"].item() < 1
    assert few[few["indicator"] == "state_dispersion"]["status"].item() == "refused"


def test_ranks_come_with_intervals_that_hold_the_true_ones():
    chance = np.random.default_rng(9)
    true = np.linspace(0.15, 0.35, 54)
    ranks = np.arange(54, 0, -1)
    held = 0
    for _ in range(60):
        found = coverage_ranks(coverage(chance.binomial(SIZES, true), SIZES)).frame
        rows = found.set_index("area").loc[CODES]
        held += ((rows["lower"] <= ranks) & (ranks <= rows["upper"])).all()
    assert held >= 57
    assert (rows["lower"] <= rows["value"]).all() and (rows["value"] <= rows["upper"]).all()


def test_smoothed_values_lie_between_the_own_one_and_that_of_all_and_say_they_are_a_model():
    hits = np.where(np.arange(54) % 2, SIZES // 5, SIZES // 3)
    found = coverage_smoothed(coverage(hits, SIZES)).frame.set_index("area")
    own, everyone = hits / SIZES, hits.sum() / SIZES.sum()
    drawn = found.loc[CODES, "value"].to_numpy()
    assert ((drawn - own) * (everyone - own) >= 0).mean() > 0.95
    assert found["method"].str.contains("modellbasiert").all()


def test_a_gradient_over_size_is_found_with_its_sign():
    people = np.array([areas()[code].population for code in CODES])
    rising = 0.2 + 0.1 * pd.Series(people).rank().to_numpy() / 54
    total = np.full(54, 2000)
    found = coverage_by_size(coverage(np.round(rising * total), total)).frame
    own = found[found["group"] == "Einwohnerzahl"].set_index("indicator")
    assert own.loc["state_slope_index", "value"] == pytest.approx(10, abs=0.5)
    assert own.loc["state_slope_index", "lower"] > 0
    assert own.loc["state_relative_index", "value"] == pytest.approx(1.5, abs=0.05)
    assert own.loc["state_concentration", "value"] > 0


def test_an_interval_of_the_gradient_is_wider_where_areas_differ_among_themselves():
    total = np.full(54, 2000)
    apart = np.where(np.arange(54) % 2, 300, 700)
    widths = []
    for hits in (np.full(54, 500), apart):
        found = coverage_by_size(coverage(hits, total)).frame
        row = found[found["indicator"] == "state_slope_index"].iloc[0]
        widths.append(row["upper"] - row["lower"])
    assert widths[1] > 3 * widths[0]


def test_standardised_reach_takes_out_the_mix_of_ages():
    young, old = {"group": "0 bis 17", "dimension": "age_band"}, {"group": "18 bis 64"}
    old = {**young, **old}
    held = frame(
        share(110, 400, CODES[0]),
        share(50, 100, CODES[0], **young),
        share(60, 300, CODES[0], **old),
        share(170, 400, CODES[1]),
        share(150, 300, CODES[1], **young),
        share(20, 100, CODES[1], **old),
        share(30, 90, CODES[2]),
    )
    found = standardised_reach(held).frame
    direct = found[found["indicator"] == "area_coverage_standardised"].set_index("area")["value"]
    assert direct.to_dict() == pytest.approx({CODES[0]: 0.35, CODES[1]: 0.35})
    ratio = found[found["indicator"] == "area_coverage_ratio"]["value"]
    assert ratio.tolist() == pytest.approx([1, 1])


def test_an_area_with_a_hidden_group_is_not_standardised_and_none_is_a_refusal():
    young = {"group": "0 bis 17", "dimension": "age_band"}
    old = {**young, "group": "18 bis 64"}
    held = frame(
        *(share(110, 400, code) for code in CODES[:2]),
        *(share(50, 100, code, **young) for code in CODES[:2]),
        share(60, 300, CODES[0], **old),
        share(3, 300, CODES[1], **old),
    )
    assert set(standardised_reach(held).frame["area"]) == {CODES[0]}
    refused = standardised_reach(frame(share(110, 400, CODES[0]))).frame
    assert refused["status"].tolist() == ["refused", "refused"]


@pytest.mark.parametrize(
    "measure", [coverage_funnel, coverage_ranks, coverage_smoothed, coverage_by_size]
)
def test_without_a_coverage_a_measure_is_refused(measure):
    (row,) = measure(frame(lacking(CODES[0]))).frame.to_dict("records")
    assert row["status"] == "refused" and "1 nicht bestimmbar" in row["reason"]
