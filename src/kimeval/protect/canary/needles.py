"""What must not be found, and what is too short or too common to look for (Nadeln).

The rule. A *pseudonym* is looked for wherever 20 hexadecimal digits stand. An
*identifier* is looked for if it is unlike any other number: letters with at
least two digits, five signs or more; digits with a leading zero, five or more;
other digits from eight on; digits joined by a slash or hyphen, six or more; a
day, a school year and a quarter are none. A *name* is looked for alone if it has
four letters or more and is no word of the fixed text, and together with the
other name, in either order, if both have six. *Free text* of two to four words is looked for
as a whole, if it has eight letters or more; longer ones by each run of five words.
What stands word for word in the fixed text of the product is no find.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

from kimeval.protect.canary.ordinary import Ordinary
from kimeval.protect.canary.words import words

KINDS = {
    "identifier": "an identifier",
    "name": "a name",
    "pseudonym": "a pseudonym",
    "free text": "free text",
}
DAY = r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:[0-2]\d|3[01])"
SPAN = r"(?:19|20)\d\d-(?:(?:19|20)?\d\d)"
NO_IDENTIFIER = rf"^(?:0+|{DAY}|{SPAN}|\d{{1,2}}-\d{{1,2}}-\d{{2,4}}|(?:19|20)\d\dq[1-4])$"
DIGITS = r"^(?:0\d{4,}|[1-9]\d{7,}|[\d-]*-[\d-]*)$"
SIMPLE = "^[0-9A-Za-z]+$"
YEAR = re.compile(r"(?:19|20)\d\d")
MOST_WORDS = 6
LEAST_NAME = 4
LEAST_NAMES = 6
RUN = 5
LEAST_LETTERS = 8


@dataclass(frozen=True, repr=False)
class Needles:
    """What must not be found (Nadeln); shows numbers only.

    Attributes
    ----------
    identifiers : Array of string
        Words of each, joined by spaces.
    pseudonyms : Array of string
        20 hexadecimal digits each.
    names : frozenset of str
        Words of each, joined by spaces.
    texts : tuple of tuple of str
        Words of each.
    ordinary : Ordinary
        What is no find.
    short, common : int
        How many are not looked for: too short to mean anything, or words of the
        fixed text.
    any_pseudonym : bool
        Whether each word of 20 hexadecimal digits is one, whoever's it may be.
    """

    identifiers: pa.Array = field(default_factory=lambda: pa.array([], pa.string()), repr=False)
    pseudonyms: pa.Array = field(default_factory=lambda: pa.array([], pa.string()), repr=False)
    names: frozenset[str] = frozenset()
    texts: tuple[tuple[str, ...], ...] = ()
    ordinary: Ordinary = field(default_factory=Ordinary)
    short: int = 0
    common: int = 0
    any_pseudonym: bool = False

    @property
    def numbers(self) -> dict[str, int]:
        """How many are looked for, by kind."""
        held = (self.identifiers, self.names, self.pseudonyms, self.texts)
        return dict(zip(KINDS, map(len, held), strict=True))

    def __repr__(self) -> str:
        told = ", ".join(f"{kind}: {number}" for kind, number in self.numbers.items())
        return f"Needles({told})"


def needles_of(
    identifiers: pa.Array | Iterable[str] = (),
    names: Iterable[Sequence[str]] = (),
    texts: Iterable[str] = (),
    pseudonyms: pa.Array | Iterable[str] = (),
    ordinary: Ordinary | None = None,
) -> Needles:
    """Needles from what stands in the data, by the rule of this module.

    Parameters
    ----------
    identifiers : array or iterable of str
        Numbers of persons, cases and single rows.
    names : iterable of sequences of str
        Family name and given name of a row, or whatever stands for them.
    texts : iterable of str
        Remarks and other free text.
    pseudonyms : array or iterable of str
        From a vintage.
    ordinary : Ordinary, optional
        The fixed text of the product.

    Returns
    -------
    Needles
    """
    fixed = ordinary or Ordinary()
    told: Counter[str] = Counter()
    phrases = _names(names, fixed, told)
    kept, long = _identifiers(_array(identifiers), fixed, told)
    free = [tuple(words(text)) for text in dict.fromkeys(texts)]
    readable = [held for held in dict.fromkeys([*free, *long]) if _is_text(held)]
    told["short"] += len(dict.fromkeys(free)) - sum(_is_text(held) for held in dict.fromkeys(free))
    return Needles(
        kept,
        pc.unique(pc.utf8_lower(_array(pseudonyms))),
        frozenset(phrases),
        tuple(readable),
        fixed,
        told["short"],
        told["common"],
    )


def phrases_of(text: Sequence[str], known: Mapping[str, object]) -> Iterable[str]:
    """Phrases by which a free text is found, those whose words all are known."""
    if len(text) < RUN:
        if all(word in known for word in text):
            yield " ".join(text)
        return
    begin = 0
    for at, word in enumerate((*text, "")):
        if word in known:
            continue
        for start in range(begin, at - RUN + 1):
            if _tells(text[start : start + RUN]):
                yield " ".join(text[start : start + RUN])
        begin = at + 1


def _is_text(text: Sequence[str]) -> bool:
    if len(text) >= RUN:
        return True
    return len(text) >= 2 and sum(sign.isalpha() for word in text for sign in word) >= LEAST_LETTERS


def _tells(run: Sequence[str]) -> bool:
    """Three real words at least: dates, codes and numbers alone say nothing."""
    return sum(word.isalpha() and len(word) >= 3 for word in run) >= 3


def _names(names: Iterable[Sequence[str]], fixed: Ordinary, told: Counter[str]) -> dict[str, None]:
    found: dict[str, None] = {}
    single: set[str] = set()
    for parts in dict.fromkeys(tuple(row) for row in names):
        split = [words(part) for part in parts]
        filled = [part for part in split if part]
        whole = [word for part in filled for word in part]
        if len(whole) < 2:
            single.update(whole)
            continue
        orders = [whole, [word for part in reversed(filled) for word in part]]
        together = [*orders, *(part for part in filled if len(part) > 1)]
        if len(filled) == 2:
            for pair in product(*filled):
                together += [list(pair), list(reversed(pair))]
        long = [phrase for phrase in together if sum(map(len, phrase)) >= LEAST_NAMES]
        told["short"] += not long
        found.update(dict.fromkeys(map(" ".join, long)))
        single.update(whole)
    for word in sorted(single):
        if len(word) < LEAST_NAME or not word.isalpha():
            told["short"] += 1
        elif word in fixed.words:
            told["common"] += 1
        else:
            found[word] = None
    return found


def _identifiers(
    held: pa.Array, fixed: Ordinary, told: Counter[str]
) -> tuple[pa.Array, list[tuple[str, ...]]]:
    """Those worth looking for, and those of so many words that they are text."""
    simple = pc.match_substring_regex(held, SIMPLE)
    one = pc.unique(pc.utf8_lower(held.filter(simple)))
    other = {tuple(words(text)) for text in pc.unique(held.filter(pc.invert(simple))).to_pylist()}
    long = [text for text in other if len(text) > MOST_WORDS]
    some = [text for text in other if 0 < len(text) <= MOST_WORDS]
    singles = pa.array([text[0] for text in some if len(text) == 1], pa.string())
    one = pc.unique(pa.concat_arrays([one, singles]))
    distinctive = _distinctive(one)
    common = pc.and_(distinctive, pc.is_in(one, pa.array(sorted(fixed.words), pa.string())))
    kept = one.filter(pc.and_not(distinctive, common))
    told["common"] += pc.sum(common).as_py() or 0
    told["short"] += len(one) - (pc.sum(distinctive).as_py() or 0)
    several = [text for text in some if len(text) > 1]
    whole = _several(several)
    told["short"] += len(several) - len(whole)
    return pc.unique(pa.concat_arrays([kept, pa.array(sorted(whole), pa.string())])), long


def _several(texts: Sequence[tuple[str, ...]]) -> list[str]:
    parts = pa.array(sorted({word for text in texts for word in text}), pa.string())
    telling = set(parts.filter(_distinctive(parts)).to_pylist())
    return [" ".join(text) for text in texts if telling & set(text) or _numbered(text)]


def _numbered(text: Sequence[str]) -> bool:
    """Letters with a number of their own, such as `Fam 0012`; no year."""
    numbers = [word for word in text if word.isdigit()]
    told = any(len(word) >= 3 and not YEAR.fullmatch(word) for word in numbers)
    return told and any(word.isalpha() for word in text) and sum(map(len, text)) >= 5


def _distinctive(held: pa.Array) -> pa.Array:
    """Which words are unlike any other number or word."""
    signs = pc.utf8_length(held)
    letters = pc.match_substring_regex(held, r"\pL")
    digits = pc.match_substring_regex(held, r"\d")
    mixed = pc.and_(letters, pc.match_substring_regex(held, r"\d.*\d"))
    mixed = pc.and_(mixed, pc.greater_equal(signs, 5))
    number = pc.and_(pc.match_substring_regex(held, DIGITS), pc.greater_equal(signs, 5))
    joined = pc.match_substring_regex(held, r"-")
    number = pc.and_(number, pc.or_(pc.invert(joined), pc.greater_equal(signs, 7)))
    word = pc.and_(pc.and_not(letters, digits), pc.greater_equal(signs, 6))
    none = pc.match_substring_regex(held, NO_IDENTIFIER)
    return pc.and_not(pc.or_(pc.or_(mixed, number), word), none)


def _array(held: pa.Array | Iterable[str]) -> pa.Array:
    if isinstance(held, pa.ChunkedArray):
        held = held.combine_chunks()
    if isinstance(held, pa.Array):
        return held.drop_null().cast(pa.string())
    return pa.array(list(held), pa.string())
