"""Comparison of people (Vergleich von Menschen)."""

from kimeval.effects.people.balance import Balance, balance
from kimeval.effects.people.compare import Compared, compare, plain
from kimeval.effects.people.estimate import Comparison, comparison, forest, models
from kimeval.effects.people.evalue import EValue, e_value, e_value_of_odds
from kimeval.effects.people.propensity import Overlap, logistic, overlap, propensity
from kimeval.effects.people.providers import Clusters, clusters, compare_models
from kimeval.effects.people.sample import People, people

__all__ = [
    "Balance",
    "Clusters",
    "Compared",
    "Comparison",
    "EValue",
    "Overlap",
    "People",
    "balance",
    "clusters",
    "compare",
    "compare_models",
    "comparison",
    "e_value",
    "e_value_of_odds",
    "forest",
    "logistic",
    "models",
    "overlap",
    "people",
    "plain",
    "propensity",
]
