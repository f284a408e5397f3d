"""A denominator that is only a bound makes no share, by whatever method numbers are protected."""

import math

import pytest

from kimeval.core.results import Results, Row
from kimeval.protect import Rules, protect
from kimeval.reach.bases import Base
from kimeval.reach.rows import share_over_base


@pytest.mark.parametrize("method", ["suppression", "rounding", "cellkey"])
def test_no_method_divides_by_a_bound(method):
    place = Row("coverage_target_group", "2024Q3", "05370", dimension="target_group", group="X")
    row = share_over_base(place, 52, Base(math.nan, 260, math.inf, "Nenner: mindestens"), 0.95)
    shown = protect(Results.of([row]), Rules(method=method), synthetic=True).frame.iloc[0]
    assert math.isnan(shown["value"]) and math.isnan(shown["denominator"])
    assert shown["numerator"] == pytest.approx(52, abs=5)
    assert not shown["suppressed"]
