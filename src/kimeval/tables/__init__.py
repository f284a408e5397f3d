"""Floor 4: one function per table, from protected results (Tabellen)."""

from kimeval.tables.contradictions import contradiction_list
from kimeval.tables.delivery import accounts, coverage_of_tables, lines_of_files
from kimeval.tables.overview import breakdown, definitions, overview
from kimeval.tables.providers import contradictions_by_provider, units_of_providers
from kimeval.tables.published import published_table

__all__ = [
    "accounts",
    "breakdown",
    "contradiction_list",
    "contradictions_by_provider",
    "coverage_of_tables",
    "definitions",
    "lines_of_files",
    "overview",
    "published_table",
    "units_of_providers",
]
