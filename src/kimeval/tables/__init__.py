"""Floor 4: one function per table, from protected results (Tabellen)."""

from kimeval.tables.delivery import accounts, coverage_of_tables
from kimeval.tables.overview import breakdown, definitions, overview

__all__ = ["accounts", "breakdown", "coverage_of_tables", "definitions", "overview"]
