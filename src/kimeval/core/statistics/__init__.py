"""How sure a number is (Statistik): intervals, standards, funnels, ranks, gaps, smoothing.

Counts go in as arrays, small frozen dataclasses come out; nothing here reads a file or
knows an indicator. `docs/reach_statistics.md` says which method is for what.
"""

from kimeval.core.statistics.dispersion import Dispersion, dispersion
from kimeval.core.statistics.estimate import LEAST_EVENTS, REFUSALS, Estimate
from kimeval.core.statistics.exact import exact_count_interval, exact_share_interval
from kimeval.core.statistics.funnel import Funnel, ratio_funnel, share_funnel
from kimeval.core.statistics.limits import ratio_limits, share_limits
from kimeval.core.statistics.multiple import adjusted
from kimeval.core.statistics.rates import crude_rate, rate_ratio, share
from kimeval.core.statistics.standard import (
    directly_standardised,
    expected_events,
    indirectly_standardised,
)

__all__ = [
    "LEAST_EVENTS",
    "REFUSALS",
    "Dispersion",
    "Estimate",
    "Funnel",
    "adjusted",
    "crude_rate",
    "directly_standardised",
    "dispersion",
    "exact_count_interval",
    "exact_share_interval",
    "expected_events",
    "indirectly_standardised",
    "rate_ratio",
    "ratio_funnel",
    "ratio_limits",
    "share",
    "share_funnel",
    "share_limits",
]
