"""Floor 2: what the data can carry (Datenqualität)."""

from kimeval.quality.accounts import (
    completeness,
    lines_by_file,
    remarks,
    repairs,
    rows_by_file,
    set_aside,
)
from kimeval.quality.contradictions import contradictions
from kimeval.quality.providers import (
    ActiveOnly,
    active_only,
    pairs_doubtful,
    persons_shared,
    unit_of_cases,
    units_by_provider,
)

__all__ = [
    "ActiveOnly",
    "active_only",
    "completeness",
    "contradictions",
    "lines_by_file",
    "pairs_doubtful",
    "persons_shared",
    "remarks",
    "repairs",
    "rows_by_file",
    "set_aside",
    "unit_of_cases",
    "units_by_provider",
]
