"""Texts recognised as codes of a list (Schlüssel erkennen)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

from kimeval.core.area import state
from kimeval.core.codes import codes
from kimeval.data.drafting.words import synonyms, words

NATIONALITY = "nationality"
LEAST_LIKENESS = 0.7
YES_ELSEWHERE = ("x", "y")


@dataclass(frozen=True)
class Known:
    """What a text stands for (Schlüssel und Beleg).

    Attributes
    ----------
    code : str
        Of the list; true or false of a column that says yes or no.
    how : str
        own (code or label: cleaning reads it anyway), alias (a known
        abbreviation, needs an entry) or digit (a figure; says nothing by itself).
    """

    code: str
    how: str


def known_code(name: str, text: str) -> Known | None:
    """The code that a text surely stands for, None where it is unknown.

    Parameters
    ----------
    name : str
        Code list, or bool.
    text : str
        Tidied.
    """
    if (own := _own(name).get(text.casefold())) is not None:
        return Known(own, "own")
    code = _aliases(name).get(_key(text))
    if code is None and name == NATIONALITY:
        code = _aliases(name).get(_key(text.partition(",")[0].partition("(")[0]))
    if code is None:
        return None
    return Known(code, "digit" if text.isdigit() else "alias")


def nearest_code(name: str, text: str) -> str | None:
    """The code whose code, label or abbreviation is spelt most alike, if any is."""
    spelt = {**_aliases(name), **{_key(label): code for label, code in _own(name).items()}}
    near = difflib.get_close_matches(_key(text), list(spelt), n=1, cutoff=LEAST_LIKENESS)
    return spelt[near[0]] if near else None


@cache
def country_codes(length: int) -> dict[str, str]:
    """ISO codes of two or three letters, lower case -> key of Destatis."""
    found = {text: code for text, code in _states().items() if len(text) == length}
    extra = synonyms()["aliases"][NATIONALITY]
    return found | {t.casefold(): c for t, c in extra.items() if len(t) == length and t.isupper()}


@cache
def municipality_keys() -> frozenset[str]:
    """AGS of all municipalities, also without their leading zero."""
    found = {town.ags for town in state().municipalities}
    return frozenset(found | {ags[1:] for ags in found} | {f"{ags[1:]}.0" for ags in found})


@cache
def municipality_names() -> frozenset[str]:
    """Names of all municipalities, as `words` compares them."""
    return frozenset(words(town.name).compact for town in state().municipalities)


def _key(text: str) -> str:
    return words(text).compact


@cache
def _own(name: str) -> dict[str, str]:
    if name == "bool":
        return {t: c for t, c in synonyms()["aliases"]["bool"].items() if t not in YES_ELSEWHERE}
    held = codes(name)
    return {label.casefold(): code for code, label in held.items()} | {
        c.casefold(): c for c in held
    }


@cache
def _aliases(name: str) -> dict[str, str]:
    declared = {_key(text): code for text, code in synonyms()["aliases"].get(name, {}).items()}
    return (_states() | declared) if name == NATIONALITY else declared


@cache
def _states() -> dict[str, str]:
    """ISO codes of two and three letters, German and English names -> key of Destatis."""
    from babel import Locale
    from babel.core import get_global

    by_name = {_key(label): code for code, label in codes(NATIONALITY).items()}
    extra = synonyms()["aliases"][NATIONALITY]
    german, english = Locale("de").territories, Locale("en").territories
    by_iso = {}
    for iso, label in german.items():
        if len(iso) == 2 and (code := by_name.get(_key(label)) or extra.get(iso)):
            by_iso[iso] = code
    found = {_key(name): by_iso[iso] for iso, name in english.items() if iso in by_iso}
    found |= {_key(german[iso]): code for iso, code in by_iso.items()}
    found |= {_key(iso): code for iso, code in by_iso.items()}
    for long, short in get_global("territory_aliases").items():
        if len(long) == 3 and long.isalpha() and len(short) == 1 and short[0] in by_iso:
            found[_key(long)] = by_iso[short[0]]
    return by_name | found
