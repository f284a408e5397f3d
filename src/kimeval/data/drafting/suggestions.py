"""Entries of a profile for texts that are no codes (Schlüssel vorschlagen).

A text of the file is written into a draft only if it stands for at least
`LEAST_PERSONS` persons, in a column of codes that holds neither names nor free
text: what is rare may be about one person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kimeval.data.drafting.content import Content
from kimeval.data.drafting.fits import CLOSED_LIST
from kimeval.data.drafting.lists import NATIONALITY, country_codes, known_code, nearest_code
from kimeval.data.drafting.matching import Match
from kimeval.data.drafting.slots import ignored_name

LEAST_PERSONS = 3
LONGEST = 60
ABOUT_PEOPLE = re.compile(
    r"\b(?:Herrn?|Frau|Dr|Mr|Mrs|Ms)\b|\bFam(?:ilie)?\.? [A-ZÄÖÜ]|@|\d{1,2}\.\d{1,2}\.|\d{5}"
)


@dataclass(frozen=True)
class Entry:
    """A line of a code mapping (Zeile der Schlüsselzuordnung).

    Attributes
    ----------
    text : str
        In the file; shown, so never rare.
    code : str
        Proposed; "" where nothing is near.
    active : bool
        False for a comment: a person must decide.
    why : str
        In German.
    """

    text: str
    code: str
    active: bool
    why: str


@dataclass(frozen=True)
class Suggestions:
    """Entries for one column (Vorschläge).

    Attributes
    ----------
    entries : tuple of Entry
        In order of code.
    withheld : int
        Distinct texts that are no codes and must not be shown.
    countries : tuple of (str, str)
        All codes of countries of one length with their keys, where a column holds such.
    """

    entries: tuple[Entry, ...] = ()
    withheld: int = 0
    countries: tuple[tuple[str, str], ...] = ()


def suggest(content: Content, match: Match, persons: Sequence[str] | None) -> Suggestions:
    """Propose codes for the texts of a column.

    Parameters
    ----------
    content : Content
        Of the column of the file.
    match : Match
        The column of codes that it feeds.
    persons : sequence of str, shape (rows,), or None
        Whose row it is; rows count where nobody knows.

    Returns
    -------
    Suggestions
    """
    name = code_list(match)
    unknown = [t for t in content.texts if (k := known_code(name, t)) is None or k.how != "own"]
    if not name or not unknown:
        return Suggestions()
    listed = country_codes(length) if (length := _countries(name, unknown)) else {}
    rest = [text for text in unknown if text.casefold() not in listed]
    behind = _persons_behind(content, persons)
    shown = [text for text in rest if _may_be_shown(text, behind[text])]
    if about_people(content) or len(shown) > CLOSED_LIST:
        shown = []
    entries = sorted((_entry(name, t) for t in shown), key=lambda e: (not e.active, e.code, e.text))
    countries = sorted((iso.upper(), code) for iso, code in listed.items())
    return Suggestions(tuple(entries), len(rest) - len(shown), tuple(countries))


def code_list(match: Match) -> str:
    """The code list of a match; bool for yes and no; "" for anything else."""
    if match.slot.type == "bool":
        return "bool"
    return (match.slot.column.codes if match.slot.column else "") or ""


def about_people(content: Content) -> bool:
    """Whether a column looks like names or free text."""
    varied = len(content.texts) > CLOSED_LIST and content.uniqueness > 0.2
    return content.prose or varied or ignored_name(content.name) >= 0.85


def _persons_behind(content: Content, persons: Sequence[str] | None) -> dict[str, int]:
    if persons is None:
        return defaultdict(int, content.texts)
    known: dict[str, set[str]] = defaultdict(set)
    for text, person in zip(content.cells, persons, strict=True):
        known[text].add(person)
    return defaultdict(int, {text: len(held - {""}) for text, held in known.items()})


def _may_be_shown(text: str, persons: int) -> bool:
    return persons >= LEAST_PERSONS and len(text) <= LONGEST and not ABOUT_PEOPLE.search(text)


def _countries(name: str, texts: Sequence[str]) -> int:
    """Length of country codes if most texts are such; they are listed whatever the file holds."""
    for length in (2, 3):
        listed = country_codes(length) if name == NATIONALITY else {}
        if sum(text.casefold() in listed for text in texts) >= max(3, 0.5 * len(texts)):
            return length
    return 0


def _entry(name: str, text: str) -> Entry:
    known = known_code(name, text)
    if known and known.how == "alias":
        return Entry(text, known.code, True, "bekannte Schreibweise")
    if known:
        return Entry(text, known.code, False, "übliche Ziffer, bitte prüfen")
    near = nearest_code(name, text)
    if near is None:
        return Entry(text, "", False, "nichts Ähnliches im Verzeichnis, bitte entscheiden")
    return Entry(text, near, False, "ähnlich, bitte prüfen")
