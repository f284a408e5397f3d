"""Who is sent on and on, by hand."""

import pandas as pd
import pytest

from kimeval.referrals.sent_on import in_long_chains


def referred(*ways):
    """Rows: person, day of January, from, to."""
    names = ["person_id", "day", "from_agency", "to_agency"]
    rows = pd.DataFrame(ways, columns=names)
    return rows.assign(referred_on=pd.to_datetime("2024-01-" + rows.pop("day").astype(str)))


def way(*steps):
    """Of one person: day, from, to."""
    return [("p", int(day), start, end) for day, start, end in (step.split() for step in steps)]


CHAIN = [("p", 10, "a", "b"), ("p", 11, "b", "c"), ("p", 12, "c", "d"), ("p", 13, "d", "e")]


@pytest.mark.parametrize(
    "rows, found",
    [
        (CHAIN, ["p"]),
        (CHAIN[:3], []),
        (CHAIN[::-1], ["p"]),
        ([*CHAIN[:3], ("q", 13, "d", "e")], []),
        (way("10 a b", "11 b a", "12 a b", "13 b a"), ["p"]),
        (way("10 a b", "11 c d", "12 d d", "13 d c"), ["p"]),
        (way("10 a b", "10 b c", "10 c d", "10 d e"), ["p"]),
        (way("10 a b", "11 b b", "12 b b", "13 b c"), []),
        ([("z", 9, "a", "b"), *CHAIN, ("a", 20, "a", "b")], ["p"]),
    ],
    ids=["five", "four", "any order", "of one person", "there and back", "with a jump",
         "one day", "repeats", "beside others"],
)  # fmt: skip
def test_chains_of_more_than_four_places(rows, found):
    assert in_long_chains(referred(*rows)).tolist() == found


def test_the_number_of_places_is_given():
    assert in_long_chains(referred(*CHAIN), longer_than=5).tolist() == []
    assert in_long_chains(referred(*CHAIN[:1]), longer_than=1).tolist() == ["p"]
