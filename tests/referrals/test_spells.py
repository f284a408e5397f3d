"""From dated spells to one state per month."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import DataError, ParameterError
from kimeval.referrals.spells import monthly_states


def states(*spells, first="2024-01", last="2024-03", **settings):
    """Rows of person, state, begin, end; the words of each person, - where nothing is known."""
    columns = ["person", "state", "begin", "end"]
    frame = pd.DataFrame(spells, columns=columns).astype({"begin": "datetime64[us]"})
    end = pd.to_datetime(frame["end"])
    made = monthly_states(
        frame["person"], frame["state"], frame["begin"], end, first, last, **settings
    )
    names = [*made.states, "-"]
    return ["".join(names[code] for code in row) for row in made.codes]


def test_the_longest_state_of_a_month_holds():
    spells = ("x", "A", "2024-01-01", "2024-02-10"), ("x", "B", "2024-02-11", "2024-03-31")
    assert states(*spells) == ["ABB"]
    assert states(*spells, rule="last") == ["ABB"]
    short = ("x", "A", "2024-01-01", "2024-02-25"), ("x", "B", "2024-02-26", None)
    assert states(*short) == ["AAB"]
    assert states(*short, rule="last") == ["ABB"]


def test_of_two_equally_long_states_the_later_holds():
    assert states(
        ("x", "B", "2024-02-01", "2024-02-14"), ("x", "A", "2024-02-16", "2024-02-29")
    ) == ["-A-"]


def test_later_means_the_last_day_and_not_the_last_begin():
    long = ("x", "A", "2024-01-20", "2024-01-31")
    short = ("x", "B", "2024-01-01", "2024-01-10"), ("x", "B", "2024-01-25", "2024-01-26")
    assert states(long, *short)[0][0] == "A"


def test_overlapping_spells_of_one_state_count_their_days_once():
    twice = ("x", "A", "2024-01-01", "2024-01-14"), ("x", "A", "2024-01-05", "2024-01-14")
    assert states(*twice, ("x", "B", "2024-01-15", "2024-01-31"))[0][0] == "B"


def test_short_stays_of_one_state_add_up():
    parts = ("x", "A", "2024-01-01", "2024-01-10"), ("x", "A", "2024-01-25", "2024-01-31")
    assert states(*parts, ("x", "B", "2024-01-11", "2024-01-24"))[0][0] == "A"


def test_a_spell_that_goes_on_did_not_begin_anew():
    parts = ("x", "A", "2024-01-01", "2024-01-10"), ("x", "A", "2024-01-11", "2024-01-31")
    assert states(*parts, ("x", "B", "2024-01-05", "2024-01-31"), rule="last")[0][0] == "B"


def test_a_gap_is_a_state_and_the_time_around_is_not_known():
    ends = ("x", "A", "2024-02-01", "2024-02-29"), ("x", "A", "2024-04-01", "2024-04-30")
    assert states(*ends, last="2024-05", gap="g") == ["-AgA-"]
    assert states(*ends, last="2024-05", gap=None) == ["-A-A-"]


def test_a_person_without_a_spell_in_these_months_is_kept():
    assert states(("x", "A", "2020-01-01", "2020-02-01"), ("y", "B", "2024-01-31", None)) == [
        "---",
        "BBB",
    ]


def test_no_spells():
    assert states() == []


@pytest.mark.parametrize(
    ("spell", "found"),
    [
        (("x", None, "2024-01-01", None), "1 lack one"),
        (("x", "A", None, None), "1 lack one"),
        (("x", "A", "2024-01-02", "2024-01-01"), "1 end before"),
        (("x", "g", "2024-01-02", None), "a state has the same"),
    ],
)
def test_what_is_refused(spell, found):
    with pytest.raises(DataError, match=found):
        states(spell, gap="g")


def test_settings_that_are_refused():
    spell = ("x", "A", "2024-01-01", None)
    with pytest.raises(ParameterError, match="longest or last"):
        states(spell, rule="first")
    with pytest.raises(ParameterError, match="not after the last"):
        states(spell, first="2024-04")
    with pytest.raises(ParameterError, match="written like"):
        states(spell, first="soon")


SPELLS = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.sampled_from("ABC"), st.integers(0, 150), st.integers(0, 80)
    ),
    min_size=1,
    max_size=12,
)


@given(SPELLS, st.sampled_from(["longest", "last"]))
def test_as_by_going_through_each_day(spells, rule):
    """Plain walk: which states hold on which day, then what the rule says of the month."""
    day = np.datetime64("2023-11-20")
    rows = [(p, s, str(day + b), str(day + b + n)) for p, s, b, n in spells]
    found = states(*rows, last="2024-04", rule=rule, gap=None)
    for person, word in zip(sorted({p for p, *_ in spells}), found, strict=True):
        for month, letter in zip(
            pd.period_range("2024-01", "2024-04", freq="M"), word, strict=True
        ):
            days = pd.date_range(month.start_time, periods=month.days_in_month)
            assert letter == by_day(rows, person, [str(d.date()) for d in days], rule)


def by_day(rows, person, days, rule):
    merged = joined([row for row in rows if row[0] == person])
    held = {}
    for _, state, begin, end in merged:
        for d in days:
            if begin <= d <= end:
                count, last, began = held.get(state, (0, "", ""))
                held[state] = count + 1, max(last, d), max(began, begin)
    if not held:
        return "-"
    key = (lambda s: held[s]) if rule == "longest" else (lambda s: (*held[s][1:], held[s][0]))
    best = max(map(key, held))
    candidates = [s for s in held if key(s) == best]
    return max(candidates)


def joined(rows):
    """Spells of one state that overlap or touch as one, by comparing all until none do."""
    rows = sorted(rows)
    for a in rows:
        for b in rows:
            touches = str(np.datetime64(a[3]) + 1) >= b[2] and a[2] <= b[2]
            if a is not b and a[1] == b[1] and touches:
                rest = [row for row in rows if row is not a and row is not b]
                return joined([*rest, (a[0], a[1], a[2], max(a[3], b[3]))])
    return rows
