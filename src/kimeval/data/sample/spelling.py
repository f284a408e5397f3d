"""The same name under another spelling (abweichende Schreibweise)."""

from __future__ import annotations

import unicodedata

import pandas as pd

from kimeval.data.pseudonyms import plain_name

LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
HYPHEN = str.maketrans("-", " ")


def habits(family: str, given: str, turn: int) -> tuple[str, str]:
    """Another habit of spelling: umlauts written out, hyphens, capitals, spaces.

    The plain name stays the same, so an exact comparison after normalisation
    finds the person.
    """
    changed = [
        (family.translate(LETTERS), given.translate(LETTERS)),
        (family.translate(HYPHEN), given.translate(HYPHEN)),
        (family.upper().replace("ß", "SS"), given),
        (f"{family}\u00a0", f" {given}"),
    ]
    other = [pair for pair in changed if pair != (family, given)]
    return other[turn % len(other)]


def typing_error(family: str, given: str, turn: int) -> tuple[str, str]:
    """A typing error; the plain name differs."""
    middle = 1 + turn % max(1, len(family) - 2)
    swapped = family[:middle] + family[middle + 1 :][:1] + family[middle] + family[middle + 2 :]
    dropped = family[: len(family) - 1] if len(family) > 3 else family + family[-1:].lower()
    doubled = given + given[-1]
    wrong = [(swapped, given), (dropped, given), (family, doubled)]
    wrong = [pair for pair in wrong if plain_name(pair) != plain_name((family, given))]
    return wrong[turn % len(wrong)]


def respelled(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases with the names as their provider spells them.

    Parameters
    ----------
    cases : DataFrame
        With case, family, given and spelling (own, normalisation or typo).
    """
    ways = {"normalisation": habits, "typo": typing_error}
    pairs = [
        ways[kind](family, given, case) if kind in ways else (family, given)
        for family, given, kind, case in zip(
            cases["family"], cases["given"], cases["spelling"], cases["case"], strict=True
        )
    ]
    return cases.assign(family=[f for f, _ in pairs], given=[g for _, g in pairs])


def taken_apart(text: str) -> str:
    """The same text with its accents as characters of their own (NFD)."""
    return unicodedata.normalize("NFD", text)
