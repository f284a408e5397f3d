"""Comparisons of people with a known effect, at the project's sizes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from simulated_draws import Found, case

from kimeval.effects.people import compare, people, plain
from kimeval.effects.people.compare import METHODS, WORDS
from kimeval.effects.people.providers import METHODS as TESTS
from kimeval.effects.people.providers import WORDS as TEST_WORDS
from kimeval.effects.people.providers import clusters, compare_models

Floats = NDArray[np.float64]
EFFECT = 0.7
HUGE = 400_000


@dataclass(frozen=True)
class Crowd:
    """People of whom the needier are treated more often (Personen).

    Attributes
    ----------
    persons : int
    covariates : int
        All of them move both treatment and outcome.
    selection : float
        How strongly they move the treatment.
    family : int
        Persons of each family, treated and hit together.
    number : bool
        Whether the outcome is a number and not reached or not.
    bent : bool
        Whether the outcome depends on the square of one of them, which no model knows.
    """

    persons: int
    covariates: int = 3
    selection: float = 0.5
    family: int = 1
    number: bool = False
    bent: bool = False

    def draw(
        self, chance: np.random.Generator, effect: bool
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Outcome, treatment, covariates, family, and each person's expected gain."""
        many = -(-self.persons // self.family)
        x = np.repeat(chance.standard_normal((many, self.covariates)), self.family, axis=0)
        x = x[: self.persons]
        x[:, -1] = x[:, -1] > 0.3
        family = np.repeat(np.arange(many), self.family)[: self.persons]
        score = self.selection * x.sum(axis=1) / np.sqrt(self.covariates)
        treated = (chance.random(many)[family] < _logit(score - 0.2)).astype(float)
        shared = 0.7 * chance.standard_normal(many)[family] * (self.family > 1)
        base = -0.4 + 0.6 * x.sum(axis=1) / np.sqrt(self.covariates) + shared
        base = base + 0.4 * self.bent * (x[:, 0] ** 2 - 1)
        moved = base + EFFECT * effect
        if self.number:
            gain = moved - base
            y = base + treated * gain + chance.standard_normal(self.persons)
        else:
            gain = _logit(moved) - _logit(base)
            y = (chance.random(self.persons) < _logit(base) + treated * gain).astype(float)
        return y, treated, x, family, gain


def _logit(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-z))


@cache
def true_gain(covariates: int, selection: float, family: int, number: bool, bent: bool) -> float:
    crowd = Crowd(HUGE, covariates, selection, family, number, bent)
    return float(crowd.draw(np.random.default_rng(1), True)[-1].mean())


def compared(crowd: Crowd, method: str, chance: np.random.Generator, effect: bool) -> Found:
    y, treated, x, family, _ = crowd.draw(chance, effect)
    names = [f"Merkmal {n + 1}" for n in range(x.shape[1])]
    given = people(y, treated, x, names, family)
    found = plain(given) if method == "plain" else compare(given, method).estimate
    about = (crowd.covariates, crowd.selection, crowd.family, crowd.number, crowd.bent)
    true = true_gain(*about) if effect else 0.0
    return Found(found.value, true, found.lower <= true <= found.upper, found.p)


@dataclass(frozen=True)
class Providers:
    """Clusters of two models (Trägermodelle).

    Attributes
    ----------
    with_model, without : int
        Clusters of each.
    persons : int
        In each cluster on average.
    uneven : float
        How much more clusters with the model spread.
    """

    with_model: int
    without: int
    persons: int = 60
    uneven: float = 1.0

    def draw(self, chance: np.random.Generator, effect: bool) -> tuple[Floats, Floats, Floats]:
        number = self.with_model + self.without
        model = np.arange(number) < self.with_model
        size = 5 + chance.poisson(self.persons - 5, number)
        spread = np.where(model, self.uneven, 1.0)
        level = 3 + 0.3 * spread * chance.standard_normal(number) + 0.5 * model * effect
        cluster = np.repeat(np.arange(number), size)
        y = level[cluster] + chance.standard_normal(len(cluster))
        return y, cluster.astype(float), model[cluster].astype(float)


def modelled(providers: Providers, method: str, chance: np.random.Generator, effect: bool) -> Found:
    y, cluster, model = providers.draw(chance, effect)
    found = compare_models(clusters(y, cluster, model > 0), method)
    true = 0.5 * effect
    return Found(found.value, true, found.lower <= true <= found.upper, found.p)


CROWDS = {
    "30 Personen, 3 Merkmale": Crowd(30),
    "40 Personen, 1 Merkmal": Crowd(40, 1),
    "60 Personen, 3 Merkmale": Crowd(60),
    "120 Personen, 3 Merkmale": Crowd(120),
    "300 Personen, 5 Merkmale": Crowd(300, 5),
    "1.000 Personen, 5 Merkmale": Crowd(1_000, 5),
    "3.000 Personen, 5 Merkmale": Crowd(3_000, 5),
    "300 Personen in Familien zu 4": Crowd(300, 3, family=4),
    "300 Personen, Ergebnis eine Zahl": Crowd(300, 3, number=True),
}
CASES = [
    *(
        case(WORDS[method], regime, partial(compared, crowd, method))
        for regime, crowd in CROWDS.items()
        for method in METHODS
    ),
    *(
        case(
            WORDS[method],
            "1.000 Personen, falsches Modell des Ergebnisses",
            partial(compared, Crowd(1_000, 3, number=True, bent=True), method),
        )
        for method in METHODS
        if method != "standardised"
    ),
    *(
        case(TEST_WORDS[method], regime, partial(modelled, providers, method), share=0.5)
        for regime, providers in {
            "3 und 5 Träger": Providers(3, 5),
            "5 und 5 Träger": Providers(5, 5),
            "6 und 6 Gebiete": Providers(6, 6),
            "4 und 12 Gebiete": Providers(4, 12),
            "20 und 34 Gebiete": Providers(20, 34),
            "10 und 20 Gebiete, ungleich gestreut": Providers(10, 20, uneven=2.0),
        }.items()
        for method in TESTS
    ),
]
