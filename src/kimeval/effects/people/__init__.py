"""Comparison of people (Vergleich von Menschen)."""

from kimeval.effects.people.balance import Balance, balance
from kimeval.effects.people.compare import Compared, compare, plain
from kimeval.effects.people.evalue import EValue, e_value, e_value_of_odds
from kimeval.effects.people.propensity import Overlap, logistic, overlap, propensity
from kimeval.effects.people.sample import People, people

__all__ = [
    "Balance",
    "Compared",
    "EValue",
    "Overlap",
    "People",
    "balance",
    "compare",
    "e_value",
    "e_value_of_odds",
    "logistic",
    "overlap",
    "people",
    "plain",
    "propensity",
]
