"""Rows of results, from the ground floor (Ergebniszeilen)."""

from kimeval.core.rows import refusal, share

__all__ = ["refusal", "share"]
