"""Floor 2: what the data can carry (Datenqualität)."""

from kimeval.quality.accounts import completeness, repairs, rows_by_file, set_aside

__all__ = ["completeness", "repairs", "rows_by_file", "set_aside"]
