"""Curves of published classes: by hand, with families, and what is refused."""

import numpy as np
import pytest
from tests.outcomes.following import QUARTER, day, district, placed, without

from kimeval.core.statistics.survival import spells
from kimeval.outcomes.classes import LATER, MANY, Classes
from kimeval.outcomes.reached import DAYS, WAITED, curves, design_effect, reached
from kimeval.protect import Rules, derive, protect

WITHIN, AT_RISK = "outcome_within_reached", "outcome_at_risk_reached"
COURSE = ("language_course",)


def curve(data, clock="intake", rules=None, which=COURSE):
    return derive(curves, protect(reached(data, QUARTER, which, clock), rules or Rules())).frame


def values(frame, name):
    own = frame[(frame["indicator"] == name) & (frame["dimension"] == DAYS)]
    return {
        group.split(" × ")[1]: value
        for group, value in zip(own["group"], own["value"], strict=False)
    }


def hundred(**more):
    """Of 100, 20 begin within 30 days and 10 within 60; 10 move on day 20, the rest stays."""
    start = {n: 10 if n < 20 else 50 for n in range(30)}
    return district(
        100,
        closed=lambda n: 20 if 30 <= n < 40 else None,
        reason=lambda n: "moved",
        placements=placed(start),
        **more,
    )


def test_shares_and_numbers_at_risk_by_hand():
    frame = curve(hundred())
    assert values(frame, WITHIN)["bis 30 Tage"] == pytest.approx(0.2)
    assert values(frame, WITHIN)["bis 60 Tage"] == pytest.approx(0.3)
    risk = values(frame, AT_RISK)
    assert (risk["nach 0 Tagen"], risk["nach 30 Tagen"], risk["nach 60 Tagen"]) == (100, 70, 60)


def test_a_median_is_refused_where_less_than_half_get_there():
    frame = curve(hundred())
    half = frame[frame["indicator"] == "days_to_half_reached"].iloc[0]
    assert half["status"] == "refused"
    assert "weniger als die Hälfte" in half["reason"]
    most = district(100, placements=placed({n: 10 if n < 40 else 50 for n in range(80)}))
    half = curve(most)
    half = half[half["indicator"] == "days_to_half_reached"].iloc[0]
    assert half["value"] == pytest.approx(30 + 30 * 10 / 40)


def test_classes_are_as_narrow_as_numbers_allow():
    held = spells([10] * 20 + [45] * 3 + [100] * 20 + [500] * 40, [1] * 43 + [0] * 40)
    classes = Classes.of(held, 2)
    cells = classes.cells(held, 2)[:-1]
    assert classes.names[-1] == f"ab {classes.edges[-1] + 1} Tagen"
    assert not np.any((cells > 0) & (cells < MANY))
    assert 30 in classes.edges
    assert 60 not in classes.edges


def test_in_the_last_class_nobody_is_told_how_it_ended():
    found = reached(hundred(), QUARTER, COURSE).frame
    last = found.loc[found["dimension"] == WAITED, "group"].iloc[-1]
    assert last.endswith(LATER)


def test_classes_add_up_to_the_persons_followed():
    found = reached(hundred(), QUARTER, COURSE).frame
    assert found.loc[found["dimension"] == WAITED, "value"].sum() == 100


def test_families_widen_the_interval_and_not_the_value():
    start = dict.fromkeys(range(30), 10)
    one = curve(district(90, placements=placed(start)))
    homes = district(90, clients=lambda n: {"household_id": f"h{n // 3}"}, placements=placed(start))
    three = curve(homes)
    first, then = (frame[frame["indicator"] == WITHIN].iloc[0] for frame in (one, three))
    assert first["value"] == then["value"]
    assert then["upper"] - then["lower"] > 1.5 * (first["upper"] - first["lower"])


def test_the_design_effect_is_that_of_whole_families():
    held = spells([1.0] * 30 + [2.0] * 60, [1] * 30 + [0] * 60, cluster=np.arange(90) // 3)
    assert design_effect(held, 1) == pytest.approx(3.1)
    assert design_effect(spells(held.exit, held.ending), 1) == 1


def test_a_larger_threshold_hides_classes_and_so_the_curve():
    frame = curve(hundred(), rules=Rules(threshold=15))
    refusal = frame[frame["indicator"] == WITHIN].iloc[0]
    assert refusal["reason"] == "Klassen der Zeit sind gesperrt"


def test_since_arrival_those_at_risk_come_in_late():
    """A half comes on day 90, a half on day 100: of 100 - 50 / 2 at risk 20 get there."""
    data = hundred(clients=lambda n: {"arrived_on": day(-90 if n % 2 else -100)})
    frame = curve(data, "arrival")
    name = "outcome_within_since_arrival"
    assert values(frame, name)["bis 120 Tage"] == pytest.approx(20 / 75)
    assert values(frame, "outcome_at_risk_since_arrival")["nach 0 Tagen"] == 0


@pytest.mark.parametrize("clock", ["intake", "arrival"])
def test_classes_of_nobody_need_not_be_listed(clock):
    """Altered tables leave out groups that are published as 0."""
    data = hundred(clients=lambda n: {"arrived_on": day(-90 if n % 2 else -100)})
    frame = protect(reached(data, QUARTER, COURSE, clock), Rules()).frame
    listed = frame[~(frame["dimension"].ne("") & frame["value"].eq(0))]
    assert len(listed) < len(frame)
    whole, part = (curves(rows).frame for rows in (frame, listed))
    for name in set(whole["indicator"]):
        assert values(part, name).items() <= values(whole, name).items()
        assert bool(values(part, name)) == bool(values(whole, name))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (without(hundred(), "placements"), "keine Tabelle „Vermittlungen“"),
        (without(hundred(), "cases"), "keine Tabelle „Fälle“"),
        (district(100, placements=placed({0: -9})), "niemand hat es erreicht"),
        (district(100, placements=placed({0: 9})), "zu wenige Personen für mehr als eine Klasse"),
        (district(12, placements=placed({0: 9})), "weniger als 30 Personen"),
    ],
)
def test_refusals_say_why_and_reach_the_curve(data, told):
    found = reached(data, QUARTER, COURSE)
    assert len(found) == 1
    frame = curve(data)
    assert (frame["status"] == "refused").all()
    assert told in frame["reason"].iloc[0]
    assert frame["value"].isna().all()
