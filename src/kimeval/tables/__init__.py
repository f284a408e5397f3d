"""Floor 4: one function per table, from protected results (Tabellen)."""

from kimeval.tables.contradictions import contradiction_list
from kimeval.tables.delivery import accounts, coverage_of_tables, lines_of_files
from kimeval.tables.overview import breakdown, definitions, overview
from kimeval.tables.providers import contradictions_by_provider, units_of_providers
from kimeval.tables.published import published_table
from kimeval.tables.state import (
    areas_compared,
    areas_in,
    by_area,
    flags,
    most_missed,
    reservations_of_areas,
    state_sums,
)

__all__ = [
    "accounts",
    "areas_compared",
    "areas_in",
    "breakdown",
    "by_area",
    "contradiction_list",
    "contradictions_by_provider",
    "coverage_of_tables",
    "definitions",
    "flags",
    "lines_of_files",
    "most_missed",
    "overview",
    "published_table",
    "reservations_of_areas",
    "state_sums",
    "units_of_providers",
]
