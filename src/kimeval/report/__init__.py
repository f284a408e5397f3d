"""Floor 5: pages and sentences a reader sees (Bericht)."""

from kimeval.report.delivery import (
    active_only_in_words,
    balance_in_words,
    contradictions_in_words,
    doubtful_in_words,
    shared_in_words,
)
from kimeval.report.reach_findings import (
    change_in_words,
    coverage_in_words,
    ranks_in_words,
    targets_in_words,
)
from kimeval.report.sentences import reach_in_words
from kimeval.report.state import differences_in_words, missed_in_words, state_in_words

__all__ = [
    "active_only_in_words",
    "balance_in_words",
    "change_in_words",
    "contradictions_in_words",
    "coverage_in_words",
    "differences_in_words",
    "doubtful_in_words",
    "missed_in_words",
    "ranks_in_words",
    "reach_in_words",
    "shared_in_words",
    "state_in_words",
    "targets_in_words",
]
