import inspect

import numpy as np
import pytest

from kimeval.core import statistics
from kimeval.core.statistics import estimate as module
from kimeval.core.statistics.checks import counts, parts, quantile, same_length, tail
from kimeval.core.statistics.estimate import FEW_EVENTS, NO_BASE, REFUSALS, estimate


def test_the_weightiest_reason_of_a_refusal_stands():
    yes, no = np.array([True]), np.array([False])
    bounds = np.array([[0.1, 0.3]])
    both = estimate(np.array([0.2]), bounds, 0.95, "x", {NO_BASE: yes, FEW_EVENTS: yes})
    assert both.refusal.tolist() == [NO_BASE] and np.isnan(both.lower).all()
    none = estimate(np.array([0.2]), bounds, 0.95, "x", {NO_BASE: no})
    assert none.reasons() == [""] and none.upper.tolist() == [0.3]


def test_each_reason_has_german_words_and_fits_the_column():
    keys = {value for value in vars(module).values() if isinstance(value, str)} & set(REFUSALS)
    assert len(keys) == len(REFUSALS) > 5
    assert max(map(len, keys)) <= 16
    assert all(words and words[0].islower() for words in REFUSALS.values())


def test_each_public_name_exists_and_each_method_names_its_source():
    functions = [getattr(statistics, name) for name in statistics.__all__]
    plain = {"about", "at_least", "by_cluster", "exact", "expected_events", "funnel_lines"}
    plain |= {"of_another_day", "rate_samples", "share_samples"}
    for function in functions:
        if inspect.isfunction(function) and function.__name__ not in plain:
            assert "References\n" in inspect.getdoc(function), function.__name__


def test_counts_keep_what_is_missing_and_parts_do_not_share_memory():
    assert np.isnan(counts([1, np.nan])[1])
    hits, total = parts(3, [4, 5])
    hits[0] = 9
    assert hits.tolist() == [9, 3] and total.tolist() == [4, 5]


def test_quantiles_are_normal_or_students():
    assert quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(0.95, 9) == pytest.approx(2.262157, abs=1e-6)
    assert tail(0.998) == pytest.approx(0.001)


def test_columns_of_one_length_pass():
    same_length(a=np.ones(2), b=np.zeros(2))
