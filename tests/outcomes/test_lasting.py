"""Placements that last, by hand: unknown is neither lasting nor ended."""

import pandas as pd
import pytest
from tests.outcomes.following import QUARTER, district, placed, without

from kimeval.outcomes import lasting_placements


def shares(data):
    frame = lasting_placements(data, QUARTER).frame
    return frame.set_index(["indicator", "group"])


def test_of_sixty_a_half_is_still_there_after_half_a_year():
    """Begun on day 30: half end on day 100, the others go on."""
    data = district(placements=placed(dict.fromkeys(range(60), 30), "work",
                                      dict.fromkeys(range(30), 100)))  # fmt: skip
    found = shares(data)
    row = found.loc[("placement_lasting", "Arbeit × nach 6 Monaten")]
    assert (row["numerator"], row["denominator"]) == (30, 60)
    row = found.loc[("placement_lasting", "Arbeit × nach 12 Monaten")]
    assert (row["numerator"], row["denominator"]) == (30, 60)
    assert found.loc[("placement_not_observed", "Arbeit × nach 12 Monaten"), "value"] == 0


def test_who_began_too_late_to_be_seen_a_year_is_unknown():
    """Begun on day 200, looked at on day 487: half a year is seen, a year is not."""
    found = shares(district(placements=placed(dict.fromkeys(range(60), 200), "work")))
    assert found.loc[("placement_lasting", "Arbeit × nach 6 Monaten"), "value"] == 1
    none = found.loc[("placement_lasting", "Arbeit × nach 12 Monaten")]
    assert none["status"] == "refused"
    assert pd.isna(none["value"])
    assert found.loc[("placement_not_observed", "Arbeit × nach 12 Monaten"), "value"] == 60


def test_what_is_recorded_after_the_case_does_not_count_one_way_only():
    """Twenty cases end on day 90: of their placements only ends would ever be heard of."""
    data = district(
        closed=lambda n: 90 if n < 20 else None,
        reason=lambda n: "goal_reached",
        placements=placed(dict.fromkeys(range(60), 30), "work", dict.fromkeys(range(10), 100)),
    )
    row = shares(data).loc[("placement_lasting", "Arbeit × nach 6 Monaten")]
    assert (row["numerator"], row["denominator"]) == (40, 40)


def test_another_placement_of_the_kind_counts_as_lasting():
    first = placed(dict.fromkeys(range(60), 30), "work", dict.fromkeys(range(60), 100))
    second = placed(dict.fromkeys(range(60), 110), "work")
    row = shares(district(placements=first + second)).loc[
        ("placement_lasting", "Arbeit × nach 6 Monaten")
    ]
    assert row["value"] == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (district(placements=placed({0: 3})), "niemand begann im Zeitraum"),
        (without(district(placements=placed({0: 3})), "placements"), "keine Tabelle"),
        (without(district(placements=placed({0: 3})), "cases"), "keine Tabelle"),
    ],
)
def test_nothing_to_look_at_is_refused(data, told):
    frame = lasting_placements(data, QUARTER).frame
    assert (frame["status"] == "refused").all()
    assert frame["reason"].str.contains(told).all()
