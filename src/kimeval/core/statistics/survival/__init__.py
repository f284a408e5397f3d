"""Times until something happens (Verweildauern): incidence, tests, models.

Arrays go in through `spells`, small frozen dataclasses come out. Entries may be delayed,
endings compete, families are clusters. `docs/outcomes.md` says which method is for what.
"""

from kimeval.core.statistics.survival.cox import HazardRatios, cox
from kimeval.core.statistics.survival.finegray import fine_gray
from kimeval.core.statistics.survival.gray import GrayTest, gray_test
from kimeval.core.statistics.survival.incidence import Incidence, incidence, time_until
from kimeval.core.statistics.survival.proportional import Proportional, proportional
from kimeval.core.statistics.survival.restricted import Restricted, time_difference, time_reached
from kimeval.core.statistics.survival.spells import Spells, at_risk, spells
from kimeval.core.statistics.survival.treatment import Split, split_at_treatment

__all__ = [
    "GrayTest",
    "HazardRatios",
    "Incidence",
    "Proportional",
    "Restricted",
    "Spells",
    "Split",
    "at_risk",
    "cox",
    "fine_gray",
    "gray_test",
    "incidence",
    "proportional",
    "spells",
    "split_at_treatment",
    "time_difference",
    "time_reached",
    "time_until",
]
