"""Floor 2: who is reached (Reichweite)."""

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
from kimeval.reach.trends import reach_by_quarter

__all__ = [
    "access",
    "cases_active",
    "cases_closed",
    "cases_new",
    "cases_per_fte",
    "coverage_newly_arrived",
    "days_to_first_contact",
    "first_contact_without_appointment",
    "households_active",
    "households_closed",
    "households_new",
    "persons_active",
    "persons_begun",
    "persons_closed",
    "persons_new",
    "persons_reached",
    "reach_by_quarter",
    "reach_overview",
]
