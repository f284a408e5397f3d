"""Secondary suppression that is proved (Gegensperrung): which further cells to hide."""

from kimeval.protect.solve.choose import Pattern, choose
from kimeval.protect.solve.system import System

__all__ = ["Pattern", "System", "choose"]
