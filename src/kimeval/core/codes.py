"""Code lists with German labels (Schlüsselverzeichnisse)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from kimeval.core.errors import DataError, suggestion
from kimeval.core.reference import read_reference

FILE = Path(__file__).with_name("codes.toml")
NATIONALITIES = "codes/nationality.csv"


@cache
def code_lists() -> dict[str, dict[str, str]]:
    """Every code list: name -> code -> German label, in declared order.

    Nationality comes from data/reference, all others are declared beside this
    module.
    """
    states = {row["code"]: row["name"] for row in read_reference(NATIONALITIES)}
    return {"nationality": states} | tomllib.loads(FILE.read_text(encoding="utf-8"))


def codes(name: str) -> dict[str, str]:
    """One code list: code -> German label.

    Raises
    ------
    DataError
        If there is no list of that name.
    """
    if name not in code_lists():
        raise DataError(f"There is no code list '{name}'. {suggestion(name, code_lists())}")
    return code_lists()[name]


def label(name: str, code: str) -> str:
    """German label of a code; the code itself where the list does not hold it."""
    return codes(name).get(code, code)
