"""Floor 2: who is reached (Reichweite)."""

from kimeval.reach import state
from kimeval.reach.access import (
    access,
    cases_per_fte,
    days_to_first_contact,
    first_contact_without_appointment,
)
from kimeval.reach.counts import (
    cases_active,
    cases_closed,
    cases_new,
    households_active,
    households_closed,
    households_new,
    persons_active,
    persons_begun,
    persons_closed,
    persons_new,
    persons_reached,
    reach_overview,
)
from kimeval.reach.coverage import coverage_newly_arrived
from kimeval.reach.derived_change import share_year_on_year, year_on_year
from kimeval.reach.derived_gaps import gaps, gradient, ranks
from kimeval.reach.derived_rates import double_support, reached_per_1000
from kimeval.reach.derived_small import smoothed, standardised
from kimeval.reach.modes import modes_by_quarter, persons_by_mode, persons_without_appointment
from kimeval.reach.partners import partner_persons
from kimeval.reach.targets import coverage_target_groups
from kimeval.reach.trends import reach_by_quarter
from kimeval.reach.within import contact_within

__all__ = [
    "access",
    "cases_active",
    "cases_closed",
    "cases_new",
    "cases_per_fte",
    "contact_within",
    "coverage_newly_arrived",
    "coverage_target_groups",
    "days_to_first_contact",
    "double_support",
    "first_contact_without_appointment",
    "gaps",
    "gradient",
    "households_active",
    "households_closed",
    "households_new",
    "modes_by_quarter",
    "partner_persons",
    "persons_active",
    "persons_begun",
    "persons_by_mode",
    "persons_closed",
    "persons_new",
    "persons_reached",
    "persons_without_appointment",
    "ranks",
    "reach_by_quarter",
    "reach_overview",
    "reached_per_1000",
    "share_year_on_year",
    "smoothed",
    "standardised",
    "state",
    "year_on_year",
]
