"""Staggered start over areas (gestaffelter Beginn)."""

from kimeval.effects.staggered.aggregate import Combined, combined, overall
from kimeval.effects.staggered.bootstrap import bootstrapped
from kimeval.effects.staggered.estimate import Staggered, staggered
from kimeval.effects.staggered.grouptime import GroupTime, group_time
from kimeval.effects.staggered.honest import breakdown, event_study, relative, smooth
from kimeval.effects.staggered.inference import bands, spread
from kimeval.effects.staggered.leads import pretrend, wald
from kimeval.effects.staggered.panels import NEVER, Panel, panel
from kimeval.effects.staggered.twoway import two_way

__all__ = [
    "NEVER",
    "Combined",
    "GroupTime",
    "Panel",
    "Staggered",
    "bands",
    "bootstrapped",
    "breakdown",
    "combined",
    "event_study",
    "group_time",
    "overall",
    "panel",
    "pretrend",
    "relative",
    "smooth",
    "spread",
    "staggered",
    "two_way",
    "wald",
]
