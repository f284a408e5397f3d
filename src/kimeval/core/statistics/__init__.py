"""How sure a number is (Statistik): intervals, standards, funnels, ranks, gaps, smoothing.

Counts go in as arrays, small frozen dataclasses come out; nothing here reads a file or
knows an indicator. `docs/reach_statistics.md` says which method is for what.
"""

from kimeval.core.statistics.change import count_change, count_ratio, share_change
from kimeval.core.statistics.clusters import (
    Clustered,
    by_cluster,
    clustered_rate,
    clustered_share,
)
from kimeval.core.statistics.dispersion import Dispersion, dispersion
from kimeval.core.statistics.estimate import LEAST_EVENTS, REFUSALS, Estimate
from kimeval.core.statistics.exact import exact_count_interval, exact_share_interval
from kimeval.core.statistics.funnel import Funnel, funnel_lines, ratio_funnel, share_funnel
from kimeval.core.statistics.gradient import concentration_index, relative_index, slope_index
from kimeval.core.statistics.inequality import share_gap, share_ratio
from kimeval.core.statistics.limits import ratio_limits, share_limits
from kimeval.core.statistics.multiple import adjusted
from kimeval.core.statistics.ranks import (
    Ranks,
    joint_ranks,
    marginal_ranks,
    ranked_rates,
    ranked_shares,
    rate_samples,
    share_samples,
)
from kimeval.core.statistics.rates import crude_rate, rate_ratio, share
from kimeval.core.statistics.smoothing import (
    Smoothed,
    marshall,
    smoothed_ratios,
    smoothed_shares,
)
from kimeval.core.statistics.standard import (
    directly_standardised,
    expected_events,
    indirectly_standardised,
)
from kimeval.core.statistics.uncertain import (
    Denominator,
    about,
    at_least,
    exact,
    of_another_day,
    rate_over,
    share_over,
)

__all__ = [
    "LEAST_EVENTS",
    "REFUSALS",
    "Clustered",
    "Denominator",
    "Dispersion",
    "Estimate",
    "Funnel",
    "Ranks",
    "Smoothed",
    "about",
    "adjusted",
    "at_least",
    "by_cluster",
    "clustered_rate",
    "clustered_share",
    "concentration_index",
    "count_change",
    "count_ratio",
    "crude_rate",
    "directly_standardised",
    "dispersion",
    "exact",
    "exact_count_interval",
    "exact_share_interval",
    "expected_events",
    "funnel_lines",
    "indirectly_standardised",
    "joint_ranks",
    "marginal_ranks",
    "marshall",
    "of_another_day",
    "ranked_rates",
    "ranked_shares",
    "rate_over",
    "rate_ratio",
    "rate_samples",
    "ratio_funnel",
    "ratio_limits",
    "relative_index",
    "share",
    "share_change",
    "share_funnel",
    "share_gap",
    "share_limits",
    "share_over",
    "share_ratio",
    "share_samples",
    "slope_index",
    "smoothed_ratios",
    "smoothed_shares",
]
