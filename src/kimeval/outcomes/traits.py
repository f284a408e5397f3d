"""By which traits persons are told apart (Merkmale), as known at the beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.errors import DataError, suggestion

LEVELS = tuple(code for code in codes("language_level") if code != "unknown")


@dataclass(frozen=True)
class Trait:
    """A trait with a group that the others are compared with (Merkmal).

    Attributes
    ----------
    german : str
    groups : callable
        From a cohort's frame: German group of each person, missing where unknown.
    order : tuple of str
        Groups; the first is the one compared with.
    """

    german: str
    groups: Callable[[pd.DataFrame], pd.Series]
    order: tuple[str, ...]


def trait(name: str) -> Trait:
    """A trait by its name.

    Raises
    ------
    DataError
        If there is none.
    """
    if name not in TRAITS:
        raise DataError(
            f"Persons are told apart by a known trait, got '{name}'. {suggestion(name, TRAITS)}"
        )
    return TRAITS[name]


def covariates(frame: pd.DataFrame) -> pd.DataFrame:
    """Traits as numbers for a model, missing where unknown (Merkmale im Modell).

    Returns
    -------
    DataFrame, shape (persons, 3)
        1 for women and 0 for men; tens of years of age; step of the language level.
    """
    gender = frame["gender"].map({"female": 1.0, "male": 0.0})
    age = (frame["begun"].dt.year - frame["birth_year"]).astype("Float64") / 10
    level = frame["language_level"].map({code: float(n) for n, code in enumerate(LEVELS)})
    return pd.DataFrame(
        {
            "Frauen gegen Männer": gender.astype(float),
            "je 10 Lebensjahre": age.astype(float),
            "je Stufe des Sprachstands": level.astype(float),
        },
        frame.index,
    )


def _gender(frame: pd.DataFrame) -> pd.Series:
    return frame["gender"].map({"male": "männlich", "female": "weiblich"})


def _age(frame: pd.DataFrame) -> pd.Series:
    age = (frame["begun"].dt.year - frame["birth_year"]).astype("Float64")
    return pd.cut(age.astype(float), [-1, 26, 200], labels=["unter 27", "ab 27"]).astype("str")


def _language(frame: pd.DataFrame) -> pd.Series:
    step = frame["language_level"].map({code: n for n, code in enumerate(LEVELS)})
    return pd.cut(step, [-1, 1, 9], labels=["bis A1", "ab A2"]).astype("str")


TRAITS = {
    "gender": Trait("Geschlecht", _gender, ("männlich", "weiblich")),
    "age": Trait("Alter bei Aufnahme", _age, ("ab 27", "unter 27")),
    "language_level": Trait("Sprachstand bei Aufnahme", _language, ("bis A1", "ab A2")),
}
