"""The state from what its areas published (Land aus den Gebieten).

Each measure takes frames of protected rows, as `StateEvaluation.derive` hands them
over, and gives results of derived indicators. A number that is hidden, refused or
not published is in no sum, and how many lack it is said.
"""

from kimeval.reach.state.coverage import coverage_overall, not_reached
from kimeval.reach.state.funnel import coverage_funnel, funnel_limits
from kimeval.reach.state.inequality import coverage_by_size
from kimeval.reach.state.load import case_load
from kimeval.reach.state.places import coverage_ranks, coverage_smoothed
from kimeval.reach.state.standardised import standardised_reach
from kimeval.reach.state.sums import reached_by_group, sums
from kimeval.reach.state.trend import change_on_year, coverage_trend, trend

__all__ = [
    "case_load",
    "change_on_year",
    "coverage_by_size",
    "coverage_funnel",
    "coverage_overall",
    "coverage_ranks",
    "coverage_smoothed",
    "coverage_trend",
    "funnel_limits",
    "not_reached",
    "reached_by_group",
    "standardised_reach",
    "sums",
    "trend",
]
