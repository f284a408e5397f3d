"""Templates of tables (Vorlagen)."""

from kimeval.core.templates import render

__all__ = ["render"]
