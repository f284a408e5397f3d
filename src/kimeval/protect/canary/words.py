"""Texts as plain words, so that spelling hides nothing (Wörter).

What is searched for and what is searched go through the same function: case,
umlauts, accents, Unicode forms, hyphens and line ends make no difference.
"""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
WORD = re.compile(r"(?<!\d)(?:\d{1,2}|[1-9]\d*)\.\d+(?!\w)|(\d+(?:-\d+)+(?![^\W_])|[^\W_]+)")
WRAP = re.compile(r"[-\u2010\u2011]?[ \t]*\r?\n[ \t]*")
HASH = re.compile(r"[0-9a-f]{20,}")
HASH_LENGTH = 20
LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ı": "i", "ł": "l", "ø": "oe", "đ": "d"}


def folded(text: str) -> str:
    """Lower-case text without accents and invisible signs; `Müller` gives `mueller`."""
    if text.isascii():
        return text.lower()
    visible = INVISIBLE.sub("", text)
    lower = unicodedata.normalize("NFKC", visible).casefold()
    for letter, plain in LETTERS.items():
        lower = lower.replace(letter, plain)
    if lower.isascii():
        return lower
    return MARKS.sub("", unicodedata.normalize("NFD", lower))


def words(text: str) -> list[str]:
    """Words of a text in their order (Wörter).

    Parameters
    ----------
    text : str
        Anything readable.

    Returns
    -------
    list of str
        Folded. Digits joined by `/`, `-` or `_` are one word, such as `2023-00237`.
        Numbers with a decimal point are none, or each drawing would be full of what
        looks like numbers of cases.
    """
    joined = folded(text).replace("/", "-").replace("_", "-")
    return [word for word in WORD.findall(joined) if word]


def unwrapped(text: str) -> str:
    """A text whose lines run on, also where a line ends within a word."""
    return WRAP.sub("", text)


def hashes(word: str) -> set[str]:
    """Every run of 20 hexadecimal digits in a word, also within longer ones."""
    if len(word) < HASH_LENGTH:
        return set()
    return {
        run[start : start + HASH_LENGTH]
        for run in HASH.findall(word)
        for start in range(len(run) - HASH_LENGTH + 1)
    }
