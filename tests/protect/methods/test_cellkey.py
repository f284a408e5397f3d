"""The cell-key method: same persons, same number; no bias; nothing without the secret."""

import math

import numpy as np
import pandas as pd
import pytest

from kimeval.core.recordkeys import KEYS, key_of
from kimeval.core.results import COLUMNS, Results
from kimeval.protect.facts import HELD
from kimeval.protect.methods.apply import method_of
from kimeval.protect.rules import Rules

RULES = Rules(method="cellkey")
PLACE = {"indicator": "persons_reached", "area": "05370", "dimension": "", "group": ""}


def frame_of(rows):
    """Counts with the keys of who was counted."""
    return pd.DataFrame([{**PLACE, "count": len(r), "key": key_of("person_id", r)} for r in rows])


def published(method, frame):
    return method.published(frame["count"].to_numpy(), method.cell_keys(frame, "count", "key"))


@pytest.fixture
def method(made):
    return method_of(RULES, made.secret)


def test_the_same_persons_have_the_same_number_in_two_tables(method, made):
    towns = made.table(40, 30).frame
    gender = Results.of(
        [
            made.count([*(f"Ort 0{n}" for n in range(40)), *(f"Ort 1{n}" for n in range(30))]),
            made.count([f"Ort 0{n}" for n in range(40)], "weiblich", dimension="gender"),
            made.count([f"Ort 1{n}" for n in range(30)], "männlich", dimension="gender"),
        ]
    ).frame
    one, two = (
        method.published(f["value"].to_numpy(), method.cell_keys(f, "value", "record_key"))
        for f in (towns, gender)
    )
    assert one.tolist() == two.tolist()


def test_as_many_other_persons_have_numbers_of_their_own(method):
    sets = [[f"{at}-{n}" for n in range(40)] for at in range(200)]
    assert len(set(published(method, frame_of(sets)))) > 5


def test_the_noise_is_unbiased_with_the_variance_of_the_design(method):
    # 200,000 cells of 1 to 60 persons. The mean of the noise has a standard error of
    # sqrt(3 / 200,000) = 0.0039; four of them let through no bias of a fiftieth.
    random = np.random.default_rng(11)
    size = 200_000
    counts = random.integers(1, 61, size).astype(float)
    keys = np.floor(random.random(size) * 2**53) / 2**53
    frame = pd.DataFrame({**PLACE, "count": counts, "key": keys})
    noise = published(method, frame) - counts
    assert abs(noise.mean()) < 4 * math.sqrt(3 / size)
    # The fourth moment of the largest rows is below 27; so is the error of the variance.
    assert abs(noise.var() - 3) < 4 * math.sqrt(27 / size)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 60, 4000])
def test_each_count_is_unbiased_for_itself(method, count):
    keys = np.floor(np.random.default_rng(count).random(60_000) * 2**53) / 2**53
    frame = pd.DataFrame({**PLACE, "count": float(count), "key": keys})
    found = published(method, frame)
    assert not {1, 2} & set(found)
    assert abs(found.mean() - count) < 4 * math.sqrt(3 / len(keys))


def test_the_bound_on_the_bias_catches_a_table_that_adds_a_twentieth(method):
    size = 200_000
    noise = np.random.default_rng(1).choice([-1, 1], size, p=[0.475, 0.525])
    assert abs(noise.mean()) > 4 * math.sqrt(3 / size)


def test_noise_of_groups_and_total_is_unrelated_so_sums_do_not_add_up(method, made):
    frames = [made.table(31, 33, 37, period=f"20{y}Q1").frame for y in range(10, 20)]
    frame = frames[0]
    numbers = method.published(
        frame["value"].to_numpy(), method.cell_keys(frame, "value", "record_key")
    )
    assert numbers[0] != numbers[1:].sum()


def test_without_the_secret_the_noise_is_another(made):
    sets = frame_of([[f"{at}-{n}" for n in range(40)] for at in range(200)])
    one, two = (published(method_of(RULES, key), sets) for key in (made.secret, b"another" * 6))
    assert (one == two).mean() < 0.5


def test_a_count_without_known_members_keeps_its_noise_while_it_does_not_change(method):
    unknown = pd.DataFrame([{**PLACE, "count": 40.0, "key": math.nan, "period": p} for p in "ab"])
    assert len(set(published(method, unknown))) == 1


def test_a_count_without_known_members_gets_new_noise_with_each_change(method):
    counts = np.arange(40.0, 240.0)
    frame = pd.DataFrame({**PLACE, "count": counts, "key": math.nan})
    assert len(set(published(method, frame) - counts)) > 5


def test_keys_are_no_columns_that_may_leave():
    assert not set(KEYS) & {*COLUMNS, *HELD}
