"""People with and without, and what makes them comparable (Vergleichsgruppe)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats
from kimeval.effects.refusals import require

LEAST_ARM, PER_COLUMN, LEAST_FAMILIES = 15, 8, 20
MORE = "mindestens {} Personen je Gruppe und {} je Merkmal."


@dataclass(frozen=True, repr=False)
class People:
    """Persons of two groups with what was known before (Vergleich von Menschen).

    Attributes
    ----------
    outcome : ndarray of float, shape (n,)
        0 or 1, or a number.
    treated : ndarray of float, shape (n,)
        1 or 0.
    x : ndarray of float, shape (n, columns)
        With a constant first; the others standardised to mean 0 and spread 1.
    names : tuple of str
        German, of the columns without the constant.
    family : ndarray of int, shape (n,)
        Persons of one family share a number.
    raw : ndarray of float, shape (n, columns - 1)
        As given.
    """

    outcome: Floats = field(repr=False)
    treated: Floats = field(repr=False)
    x: Floats = field(repr=False)
    names: tuple[str, ...]
    family: NDArray[np.int64] = field(repr=False)
    raw: Floats = field(repr=False)

    def __repr__(self) -> str:
        return f"People({len(self.outcome)} persons; values are not shown)"

    @property
    def binary(self) -> bool:
        """Whether the outcome is reached or not."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())


def people(
    outcome: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike,
    names: Sequence[str],
    family: ArrayLike | None = None,
    treated_on: ArrayLike | None = None,
    reached_on: ArrayLike | None = None,
) -> People:
    """Persons that can be compared (Vergleichsgruppen).

    Parameters
    ----------
    outcome, treated : array of float, shape (n,)
        Without gaps; `treated` is 0 or 1.
    covariates : array of float, shape (n, columns)
        Known before the treatment; a category is one column of 0 and 1 per level but one.
    names : sequence of str
        German name of each column.
    family : array, shape (n,), optional
        Number of the family; each person alone by default.
    treated_on, reached_on : array of float, shape (n,), optional
        Days of the treatment and of the outcome; NaN where there was none.

    Returns
    -------
    People

    Raises
    ------
    DesignRefused
        If nobody reached the outcome or everybody did; if a group has fewer than 15
        persons, or eight per column; if a treatment came after the outcome; or with
        fewer than twenty families.
    DataError
        If shapes do not fit or a value is missing.
    """
    y, d = np.asarray(outcome, dtype=float), np.asarray(treated, dtype=float)
    raw = np.asarray(covariates, dtype=float).reshape(len(y), -1)
    if d.shape != y.shape or raw.shape[1] != len(names):
        raise DataError(
            f"A comparison has one treatment per person and a name per column, got {d.size} for "
            f"{y.size} persons and {len(names)} for {raw.shape[1]} columns."
        )
    if not np.isin(d, (0.0, 1.0)).all():
        raise DataError("A treatment is 0 or 1, some are neither. Were codes mistaken for it?")
    if gaps := int(np.isnan(y).sum() + np.isnan(raw).sum()):
        raise DataError(
            f"A comparison of people has no gaps, got {gaps}. Leave them out or fill them in "
            f"several times, and say so."
        )
    _require_order(treated_on, reached_on)
    varied = raw.std(axis=0) > 0
    _require_groups(y, d, int(varied.sum()))
    families = np.arange(len(y)) if family is None else np.asarray(family)
    _, own = np.unique(families, return_inverse=True)
    number = int(own.max()) + 1
    require(
        number >= LEAST_FAMILIES,
        f"Nur {number} Familien: Ihre Streuung ist nicht zu sehen.",
        f"mindestens {LEAST_FAMILIES} Familien.",
    )
    kept = raw[:, varied]
    scaled = (kept - kept.mean(axis=0)) / kept.std(axis=0)
    return People(
        y,
        d,
        np.column_stack([np.ones(len(y)), scaled]),
        tuple(name for name, one in zip(names, varied, strict=True) if one),
        own.astype(np.int64),
        kept,
    )


def _require_order(treated_on: ArrayLike | None, reached_on: ArrayLike | None) -> None:
    if treated_on is None or reached_on is None:
        return
    late = np.asarray(treated_on, dtype=float) > np.asarray(reached_on, dtype=float)
    require(
        not late.any(),
        f"Bei {int(late.sum())} Personen lag die Behandlung nach dem Ergebnis; sie kann es nicht "
        f"bewirkt haben.",
        "ein Zeitpunkt, ab dem alle beobachtet werden, und nur Ergebnisse danach.",
    )


def _require_groups(y: Floats, d: Floats, columns: int) -> None:
    if np.isin(y, (0.0, 1.0)).all():
        for value, who in ((1.0, "Niemand hat"), (0.0, "Alle haben")):
            require(
                bool((y == value).any()),
                f"{who} das Ergebnis erreicht.",
                "Personen mit und ohne das Ergebnis.",
            )
    least = max(LEAST_ARM, PER_COLUMN * columns)
    for value, who in ((1.0, "mit"), (0.0, "ohne")):
        number = int((d == value).sum())
        require(
            number >= least,
            f"Nur {number} Personen {who} Behandlung; für {columns} Merkmale zu wenige.",
            MORE.format(LEAST_ARM, PER_COLUMN),
        )
