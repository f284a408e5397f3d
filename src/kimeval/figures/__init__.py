"""Floor 4: one function per figure, from protected results (Abbildungen)."""

from kimeval.figures import published
from kimeval.figures.funnel import plot_funnel
from kimeval.figures.quality import plot_fates, plot_missing
from kimeval.figures.reach import plot_groups, plot_shares
from kimeval.figures.tiles import plot_tiles
from kimeval.figures.trend import plot_trend

__all__ = [
    "plot_fates",
    "plot_funnel",
    "plot_groups",
    "plot_missing",
    "plot_shares",
    "plot_tiles",
    "plot_trend",
    "published",
]
