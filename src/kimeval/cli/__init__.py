"""Floor 6: the command `kimeval` (Befehlszeile)."""

from kimeval.cli.guard import main

__all__ = ["main"]
