"""Floor 4: one function per figure, from protected results (Abbildungen)."""

from kimeval.figures import published
from kimeval.figures.around import plot_around
from kimeval.figures.balance import plot_balance
from kimeval.figures.bars import plot_groups
from kimeval.figures.counterfactual import plot_counterfactual
from kimeval.figures.dots import plot_dots
from kimeval.figures.eventstudy import plot_event_study
from kimeval.figures.flow import plot_flow
from kimeval.figures.forest import plot_forest
from kimeval.figures.funnel import plot_funnel
from kimeval.figures.graph import plot_graph
from kimeval.figures.heat import plot_heat
from kimeval.figures.incidence import plot_incidence
from kimeval.figures.matrix import plot_between
from kimeval.figures.months import plot_months
from kimeval.figures.offers import plot_places
from kimeval.figures.pyramid import plot_pyramid
from kimeval.figures.quality import plot_fates, plot_missing
from kimeval.figures.tiles import plot_tiles
from kimeval.figures.trend import plot_trend
from kimeval.figures.types import plot_types
from kimeval.figures.waiting import plot_waiting

__all__ = [
    "plot_around",
    "plot_balance",
    "plot_between",
    "plot_counterfactual",
    "plot_dots",
    "plot_event_study",
    "plot_fates",
    "plot_flow",
    "plot_forest",
    "plot_funnel",
    "plot_graph",
    "plot_groups",
    "plot_heat",
    "plot_incidence",
    "plot_missing",
    "plot_months",
    "plot_places",
    "plot_pyramid",
    "plot_tiles",
    "plot_trend",
    "plot_types",
    "plot_waiting",
    "published",
]
