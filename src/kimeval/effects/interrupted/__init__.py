"""A break in one series (unterbrochene Zeitreihe)."""

from kimeval.effects.interrupted.design import Design, design
from kimeval.effects.interrupted.estimate import Interrupted, interrupted
from kimeval.effects.interrupted.hac import Robust, robust
from kimeval.effects.interrupted.linear import least_squares
from kimeval.effects.interrupted.persistence import Mixed, Persistent, mixed, persistent

__all__ = [
    "Design",
    "Interrupted",
    "Mixed",
    "Persistent",
    "Robust",
    "design",
    "interrupted",
    "least_squares",
    "mixed",
    "persistent",
    "robust",
]
