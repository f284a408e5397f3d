"""Floor 4: one function per table, from protected results (Tabellen)."""

from kimeval.tables.contradictions import contradiction_list
from kimeval.tables.delivery import accounts, coverage_of_tables, lines_of_files
from kimeval.tables.effects import assumptions, effects, questions
from kimeval.tables.overview import breakdown, definitions, overview
from kimeval.tables.providers import contradictions_by_provider, units_of_providers
from kimeval.tables.published import published_table
from kimeval.tables.state import flags, gradients, most_missed, state_sums
from kimeval.tables.state_areas import (
    areas_compared,
    areas_in,
    areas_placed,
    by_area,
    reservations_of_areas,
)

__all__ = [
    "accounts",
    "areas_compared",
    "areas_in",
    "areas_placed",
    "assumptions",
    "breakdown",
    "by_area",
    "contradiction_list",
    "contradictions_by_provider",
    "coverage_of_tables",
    "definitions",
    "effects",
    "flags",
    "gradients",
    "lines_of_files",
    "most_missed",
    "overview",
    "published_table",
    "questions",
    "reservations_of_areas",
    "state_sums",
    "units_of_providers",
]
