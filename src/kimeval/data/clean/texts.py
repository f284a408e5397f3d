"""Texts in one form: Unicode, invisible characters, spaces (Texte)."""

from __future__ import annotations

import re
import unicodedata

from kimeval.data.clean.reading import Cell, Reading

INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))
SPACES = re.compile(r"\s+")
GARBLED = re.compile("[\u00c3\u00c2][\u0080-\u00bf\u0152-\u0178\u201a-\u2122]|\u00e2\u20ac|\ufffd")


def tidy_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Text in NFC, without invisible characters, with single plain spaces."""
    rules = []
    if (visible := text.translate(INVISIBLE)) != text:
        rules.append("invisible")
    if (composed := unicodedata.normalize("NFC", visible)) != visible:
        rules.append("unicode")
    if (tidy := SPACES.sub(" ", composed).strip()) != composed:
        rules.append("spaces")
    return tidy, tuple(rules)


def looks_garbled(text: str) -> bool:
    """Whether a text looks like UTF-8 that was read as cp1252 (`MÃ¼ller`); it is only flagged."""
    return GARBLED.search(text) is not None


def read_text(text: str, reading: Reading) -> Cell:
    """Text stays as it is, `007` and `NA` included."""
    return Cell(text)
