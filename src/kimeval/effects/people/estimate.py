"""The effect on people, with what speaks against it (Wirkung auf Menschen)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from kimeval.effects.effect import Assumption, Effect, effect
from kimeval.effects.people.balance import ALIKE, Balance, balance
from kimeval.effects.people.compare import METHODS, Compared, compare, plain
from kimeval.effects.people.evalue import EValue, e_value
from kimeval.effects.people.propensity import Overlap, overlap, propensity
from kimeval.effects.people.providers import Clusters, compare_models
from kimeval.effects.people.sample import People
from kimeval.effects.verdicts import BROKEN, DOUBTFUL, HELD
from kimeval.effects.wording import decimal

DESIGN = "Vergleich ähnlicher Menschen"
MODELS = "Vergleich von Trägermodellen"
SURE, ROBUST = 0.05, 2.0
LIMITS = (
    "Verglichen wird, wer sich in den erfassten Merkmalen gleicht. Was nicht erfasst ist, etwa "
    "Gesundheit oder Eigeninitiative, kann den Unterschied ebenso erklären."
)
OF_MODELS = (
    "Gebiete und Träger wählen ihr Modell nicht zufällig; ein Unterschied zeigt nicht, dass das "
    "Modell ihn bewirkt."
)


@dataclass(frozen=True, repr=False)
class Comparison:
    """An effect on people with its checks (Vergleich von Menschen).

    Attributes
    ----------
    effect : Effect
    others : dict of str to Compared
        The same by each other method.
    balance : tuple of Balance
    overlap : Overlap
    e_value : EValue or None
        None where the outcome is a number.
    negative : Compared or None
        Of an outcome that the treatment cannot touch.
    """

    effect: Effect
    others: dict[str, Compared] = field(repr=False)
    balance: tuple[Balance, ...] = field(repr=False)
    overlap: Overlap = field(repr=False)
    e_value: EValue | None
    negative: Compared | None = field(repr=False)


def comparison(
    given: People,
    outcome: str,
    unit: str,
    method: str = "doubly_robust",
    negative: ArrayLike | None = None,
    level: float = 0.95,
    cause: str = "die Behandlung",
) -> Comparison:
    """Effect on people who are alike in what is known of them (Vergleich von Menschen).

    Parameters
    ----------
    given : People
    outcome, unit : str
        German name with article, and unit.
    method : str
        As in `compare`.
    negative : array of float, shape (n,), optional
        An outcome that the treatment cannot touch, such as one from before it; a
        difference there shows that the groups are not alike.
    level : float
    cause : str
        German name with article of what is compared.

    Raises
    ------
    DesignRefused
        If the groups do not overlap.
    """
    found = compare(given, method, level)
    score = propensity(given)
    alike, shared = balance(given, score), overlap(given, score)
    strength = _strength(given, found)
    control = None
    if negative is not None:
        control = compare(replace(given, outcome=np.asarray(negative, float)), method, level)
    assumptions = [
        _balanced(alike),
        _overlapping(shared),
        _unseen(strength, control),
        Assumption(
            "die Behandlung einer Person verändert das Ergebnis anderer nicht",
            "Aus den Daten nicht zu sehen; bei knappen Plätzen fraglich.",
        ),
    ]
    return Comparison(
        effect(DESIGN, outcome, unit, found.estimate, assumptions, (), LIMITS, cause),
        {name: compare(given, name, level) for name in METHODS if name != method},
        alike,
        shared,
        strength,
        control,
    )


def models(given: Clusters, outcome: str, unit: str, method: str = "randomisation") -> Effect:
    """Difference between models of provision, over few clusters (Trägermodelle).

    Raises
    ------
    DesignRefused
        With too few clusters (`compare_models`).
    """
    found = compare_models(given, method)
    assumptions = [
        Assumption(
            "Gebiete und Träger mit beiden Modellen wären sonst gleich",
            "Das Modell wurde nicht zugelost; Unterschiede der Gebiete sind nicht abgezogen.",
            DOUBTFUL,
        )
    ]
    return effect(MODELS, outcome, unit, found, assumptions, (), OF_MODELS, "das Modell")


def forest(given: People, found: Comparison, level: float = 0.95) -> dict[str, Compared]:
    """Estimates by every method, the raw difference first (Methodenvergleich)."""
    on = given.treated == 1
    one, zero = float(given.outcome[on].mean()), float(given.outcome[~on].mean())
    parts = {"roher Unterschied": Compared(plain(given, level), one, zero, np.zeros(len(on)))}
    return parts | {other.estimate.method: other for other in found.others.values()}


def _strength(given: People, found: Compared) -> EValue | None:
    """E-value from the ratio of both means; its bound from that of the difference."""
    if not given.binary or not 0 < found.treated < 1 or not 0 < found.others < 1:
        return None
    near = found.estimate.lower if found.estimate.value > 0 else found.estimate.upper
    moved = (found.others + near) / found.others
    if found.estimate.value > 0:
        return e_value(found.ratio, lower=max(moved, 1e-9))
    return e_value(found.ratio, upper=max(moved, 1e-9))


def _balanced(alike: tuple[Balance, ...]) -> Assumption:
    off = [one.name for one in alike if not one.alike]
    worst = max((abs(one.after) for one in alike), default=0.0)
    check = f"Größter Unterschied nach Gewichtung: {worst:.2f} Standardabweichungen".replace(
        ".", ","
    )
    check += f"; über {ALIKE:.1f}: {', '.join(off)}.".replace(".", ",", 1) if off else "."
    return Assumption("gleiche erfasste Merkmale", check, DOUBTFUL if off else HELD)


def _overlapping(shared: Overlap) -> Assumption:
    check = f"{100 * shared.outside:.0f} % haben kaum jemanden, mit dem sie vergleichbar wären."
    return Assumption(
        "Überlappung beider Gruppen", check, HELD if shared.outside < SURE else DOUBTFUL
    )


def _unseen(strength: EValue | None, control: Compared | None) -> Assumption:
    name = "kein nicht erfasstes Merkmal erklärt den Unterschied"
    said = []
    if strength is not None:
        value, bound = (decimal(x, 1) for x in (strength.value, strength.bound))
        said.append(
            f"Es müsste beide Risiken auf das {value}-Fache heben, um alles zu erklären, und auf "
            f"das {bound}-Fache, damit das Intervall keine Wirkung mehr ausschließt"
        )
    if control is None:
        return Assumption(name, "; ".join(said) + "." if said else "Nicht geprüft.", DOUBTFUL)
    found = control.estimate
    said.append(f"Ergebnis, das nicht berührt sein kann: p = {decimal(found.p)}")
    check = "; ".join(said) + "."
    if found.excludes_zero:
        return Assumption(name, check, BROKEN)
    strong = strength is None or strength.bound >= ROBUST
    return Assumption(name, check, HELD if strong else DOUBTFUL)
