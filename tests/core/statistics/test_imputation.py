"""Multiple imputation: Rubin's rules by hand, donors, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from kimeval.core.errors import DataError
from kimeval.core.statistics.imputation import completed, outcome_columns, pooled
from kimeval.core.statistics.survival import spells


def test_rubin_s_rules_by_hand():
    """Means 1, 2, 3 with variance 1 each: between 1, total 1 + 4/3."""
    found = pooled([[1.0], [2.0], [3.0]], [[1.0]] * 3)
    assert found.value == pytest.approx([2])
    assert found.error**2 == pytest.approx([7 / 3])
    assert found.missing == pytest.approx([4 / 7])
    assert found.freedom == pytest.approx([2 * (7 / 4) ** 2])


def test_few_persons_leave_fewer_degrees_of_freedom():
    """Barnard and Rubin: 1 / (1 / 6.125 + 1 / (11 / 13 * 10 * 3 / 7))."""
    found = pooled([[1.0], [2.0], [3.0]], [[1.0]] * 3, freedom=10)
    assert found.freedom == pytest.approx([1 / (1 / 6.125 + 1 / (11 / 13 * 10 * 3 / 7))])


def test_draws_that_agree_keep_the_interval_of_one():
    found = pooled([[1.0], [1.0]], [[4.0], [4.0]])
    assert found.error == pytest.approx([2])
    assert found.upper == pytest.approx([1 + 2 * 1.959964], abs=1e-5)


def test_one_draw_is_refused():
    with pytest.raises(DataError, match="Two or more"):
        pooled([[1.0]], [[1.0]])


def test_a_missing_value_follows_what_it_depends_on():
    known = pd.DataFrame({"a": np.arange(200.0), "b": np.arange(200.0) * 2})
    holed = known.assign(b=known["b"].where(np.arange(200) % 4 > 0))
    drawn = completed(holed, np.zeros((200, 1)), draws=3, seed=1)
    gap = holed["b"].isna()
    for one in drawn:
        assert one["a"].equals(known["a"])
        assert one.loc[~gap, "b"].equals(known.loc[~gap, "b"])
        assert (one["b"] - known["b"])[gap].abs().max() < 20
    assert not drawn[0]["b"].equals(drawn[1]["b"])


def test_categories_take_categories_and_a_seed_repeats():
    level = pd.Series(["A1", "A2", None, "B1"] * 25, dtype="str")
    first = completed(pd.DataFrame({"level": level}), np.arange(100), draws=2, seed=4)
    assert set(first[0]["level"]) == {"A1", "A2", "B1"}
    again = completed(pd.DataFrame({"level": level}), np.arange(100), draws=2, seed=4)
    assert first[1].equals(again[1])


def test_a_column_known_of_few_is_refused():
    with pytest.raises(DataError, match="got less for b"):
        completed(pd.DataFrame({"b": [1.0, np.nan, np.nan]}), np.zeros(3))


def test_the_outcome_goes_beside_the_covariates():
    found = outcome_columns(spells([1, 2, 2, 4], [1, 0, 1, 2]))
    assert found[:, 0].tolist() == [1, 0, 1, 0]
    assert found[:, 1] == pytest.approx([1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3])
