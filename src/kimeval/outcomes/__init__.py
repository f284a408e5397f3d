"""Floor 2: what people reach later, how soon and whether it lasts (Ergebnisse)."""

from kimeval.outcomes.adjusted import adjusted_ratios
from kimeval.outcomes.after_course import after_course
from kimeval.outcomes.cohort import cohort
from kimeval.outcomes.declared import OUTCOMES
from kimeval.outcomes.groups import group_differences
from kimeval.outcomes.language import language_gain
from kimeval.outcomes.lasting import lasting_placements
from kimeval.outcomes.reached import curves, reached
from kimeval.outcomes.school import school_places, school_waiting

__all__ = [
    "OUTCOMES",
    "adjusted_ratios",
    "after_course",
    "cohort",
    "curves",
    "group_differences",
    "language_gain",
    "lasting_placements",
    "reached",
    "school_places",
    "school_waiting",
]
