"""Names of columns compared by their words (Namensvergleich)."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kimeval.core import schema
from kimeval.core.text import transliterate

FILE = Path(__file__).with_name("synonyms.toml")
CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
GENDER = re.compile(r"(?<=\w)(?:[*:_/·]-?innen|[*:/·]-?in|\(innen\)|\(in\)|Innen)\b")
NUMBER_WORDS = frozenset(("nr", "nummer", "no", "num", "number", "id", "kennung", "kennziffer"))
DATE_WORDS = frozenset(("dat", "datum", "date"))
FILLERS = frozenset(
    ("der", "die", "das", "des", "dem", "den", "am", "im", "in", "the", "of", "on", "und")
)
ALIKE = 0.84
ENDINGS = ("nummer", "datum")
PLURALS = ("innen", "en", "er", "n", "e", "s")


@dataclass(frozen=True)
class Words:
    """A name taken apart (Wörter eines Namens).

    Attributes
    ----------
    compact : str
        All letters and digits, lower case, umlauts written out.
    tokens : frozenset of str
        Its words without fillers, gender and plural endings.
    """

    compact: str
    tokens: frozenset[str]


@cache
def synonyms() -> dict[str, dict]:
    """The declared words."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def names_of(table: str, column: str, *, own: bool = False) -> tuple[str, ...]:
    """How exports call a canonical column; `own` leaves out what it is called in any table."""
    german = schema.table(table).column(column).german
    special = synonyms()["tables"].get(table, {}).get(column, [])
    generic = [] if own else [column, *synonyms()["columns"].get(column, [])]
    return (german, *special, *generic)


@cache
def words(name: str) -> Words:
    """Take a name apart."""
    plain = GENDER.sub("", name)
    text = transliterate(CAMEL.sub(" ", plain))
    found = [token for token in re.split(r"[^a-z0-9]+", text) if token]
    split = [part for token in found for part in _split(token)]
    kept = [token for token in split if token not in FILLERS] or split
    compact = "".join(re.split(r"[^a-z0-9]+", transliterate(plain)))
    return Words(compact, frozenset(_stem(token) for token in kept))


@cache
def similarity(name: str, synonym: str) -> float:
    """How well a column's name fits a synonym, 0 to 1.

    Equal words in any order count 1, a name that was cut off at its end up to
    0.9, similar spelling or a part of the words less; further words around all
    of the synonym's leave it 0.65.
    """
    one, other = words(name), words(synonym)
    if not one.compact or not other.compact:
        return 0.0
    if one.compact == other.compact or one.tokens == other.tokens:
        return 1.0
    best = _overlap(one.tokens, other.tokens)
    if len(one.compact) >= 4 and other.compact.startswith(one.compact):
        best = max(best, 0.55 + 0.35 * len(one.compact) / len(other.compact))
    if other.tokens < one.tokens and len(other.compact) >= 5:
        best = max(best, 0.65)
    if len(one.compact) >= 5 and len(other.compact) >= 5:
        best = max(best, _spelling(one.compact, other.compact))
    return min(best, 0.97)


def best_similarity(name: str, known: tuple[str, ...]) -> float:
    """The best of several synonyms."""
    return max((similarity(name, synonym) for synonym in known), default=0.0)


def _spelling(one: str, other: str) -> float:
    short, long = sorted((len(one), len(other)))
    if short < 0.72 * long or len(set(one) & set(other)) < 0.6 * len(set(one) | set(other)):
        return 0.0
    ratio = difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
    return ratio if ratio >= ALIKE else 0.0


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Twice what is shared over all, words weighted by length up to eight."""
    shared = sum(
        max((_same(token, known) * _weight(token, known) for known in other), default=0.0)
        for token in one
    )
    return min(1.0, 2 * shared / sum(min(len(t), 8) for t in (*one, *other)))


def _same(token: str, known: str) -> float:
    if token == known:
        return 1.0
    short = min(len(token), len(known))
    if short >= 3 and (known.startswith(token) or token.startswith(known)):
        return 0.85
    return 0.0


def _weight(token: str, known: str) -> float:
    return (min(len(token), 8) + min(len(known), 8)) / 2


def _split(token: str) -> list[str]:
    for ending in ENDINGS:
        if token.endswith(ending) and len(token) > len(ending) + 2:
            return [token.removesuffix(ending), _unified(ending)]
    return [_unified(token)]


def _unified(token: str) -> str:
    if token in NUMBER_WORDS:
        return "nr"
    return "datum" if token in DATE_WORDS else token


def _stem(token: str) -> str:
    for ending in PLURALS:
        if len(token) > len(ending) + 3 and token.endswith(ending):
            return token.removesuffix(ending)
    return token
