"""Rounding and the cell-key method: numbers that are altered, not hidden (Veränderung)."""

from kimeval.protect.methods.apply import apply, method_of
from kimeval.protect.methods.audit import Audit, audit

__all__ = ["Audit", "apply", "audit", "method_of"]
