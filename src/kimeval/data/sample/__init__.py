"""Synthetic deliveries with a written truth (synthetische Beispieldaten)."""

from kimeval.data.sample.world import World, make_world
from kimeval.data.sample.write import write_sample

__all__ = ["World", "make_world", "write_sample"]
