"""Synthetic records of persons; no real ones."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from kimeval.data.profiles import Link

TEXTS = ("family", "given", "birth_date", "gender", "nationality", "ags", "provider", "file")
FAMILIES = ("Berisha", "Kovac", "Haile", "Okafor", "Popescu", "Sharifi", "Nowak", "Demir")
GIVEN = ("Lejla", "Goran", "Rahel", "Filmon", "Sofia", "Omar", "Irina", "Marek")


def _people(*rows, crowd=True, **columns):
    """Records from (family, given, birth date, ...): gender, then what `columns` names."""
    made = []
    for n, (family, given, born, *rest) in enumerate(rows):
        gender = rest[0] if rest else ""
        made.append(
            {"family": family, "given": given, "birth_date": born, "gender": gender}
            | {"provider": "ki" if n % 2 == 0 else "drk"}
            | {name: values[n] for name, values in columns.items()}
        )
    if crowd:
        for n, (family, given) in enumerate(product(FAMILIES, GIVEN)):
            day = f"{1950 + n % 50}-{2 + n % 9:02d}-{3 + n % 25:02d}"
            made.append({"family": family, "given": given, "birth_date": day, "provider": "crowd"})
    frame = pd.DataFrame(made)
    absent = [name for name in (*TEXTS, *columns) if name not in frame]
    frame[absent] = ""
    texts = dict.fromkeys([*TEXTS, *columns], "str")
    frame = frame.fillna("").astype(texts).assign(line=np.arange(len(frame)) + 2)
    frame = frame.assign(file=frame["provider"] + ".csv", record=np.arange(len(frame)))
    return frame


def _settings(model="person", threshold=0.95, review=0.5):
    return Link(names=["Name"], birth_date="geb", model=model, threshold=threshold, review=review)


@pytest.fixture
def people():
    return _people


@pytest.fixture
def settings():
    """The same settings for every provider of these tests."""

    def made(**given):
        return dict.fromkeys(("ki", "drk", "crowd"), _settings(**given))

    return made


@pytest.fixture
def one_link():
    return _settings
