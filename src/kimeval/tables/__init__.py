"""Floor 4: one function per table, from protected results (Tabellen)."""

from kimeval.tables.contradictions import contradiction_list
from kimeval.tables.delivery import accounts, coverage_of_tables
from kimeval.tables.overview import breakdown, definitions, overview
from kimeval.tables.published import published_table

__all__ = [
    "accounts",
    "breakdown",
    "contradiction_list",
    "coverage_of_tables",
    "definitions",
    "overview",
    "published_table",
]
