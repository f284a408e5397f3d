"""Contradictions inside the published figures, shown and not smoothed (Widersprüche)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from kimeval.core.errors import DataError, suggestion
from kimeval.published.sources import document, read_declarations
from kimeval.published.values import Value, values
from kimeval.published.wording import Words


@dataclass(frozen=True)
class Contradiction:
    """A contradiction with its numbers filled in (Widerspruch).

    Attributes
    ----------
    number : int
        Position in the list, from 1.
    id, title : str
        Name and German title.
    text : str
        What the documents say and what follows, in German.
    advice : str
        What an evaluator should do about it, in German.
    values : tuple of Value
        Every value the texts name, once, in order.
    """

    number: int
    id: str
    title: str
    text: str
    advice: str
    values: tuple[Value, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """German titles of the documents behind it."""
        keys = dict.fromkeys(key for value in self.values for key in value.sources)
        return tuple(document(key).full for key in keys)


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """All contradictions of contradictions.toml."""
    return fill(read_declarations("contradictions")["contradiction"], values())


def fill(
    declared: Sequence[Mapping[str, Any]], known: Mapping[str, Value]
) -> tuple[Contradiction, ...]:
    """Contradictions whose placeholders are filled from values.

    Parameters
    ----------
    declared : sequence of mapping
        id, title, text and advice; the last two with placeholders `{id}`.
    known : mapping of str to Value
        By id.

    Raises
    ------
    DataError
        If a text names an unknown id, or a contradiction names fewer than two.
    """
    return tuple(_filled(n, fields, known) for n, fields in enumerate(declared, start=1))


def placeholders(text: str) -> list[str]:
    """Ids that a text names, each once, in order."""
    return list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


def _filled(number: int, given: Mapping[str, Any], known: Mapping[str, Value]) -> Contradiction:
    names = placeholders(f"{given['text']} {given['advice']}")
    for name in names:
        if name not in known:
            raise DataError(
                f"Contradiction '{given['id']}' names the unknown id '{name}'. "
                f"{suggestion(name, known)}"
            )
    if len(names) < 2:
        raise DataError(
            f"A contradiction lies between two values or more, '{given['id']}' names {len(names)}."
        )
    words = {name: Words(known[name]) for name in names}
    return Contradiction(
        number=number,
        id=given["id"],
        title=given["title"],
        text=given["text"].format_map(words),
        advice=given["advice"].format_map(words),
        values=tuple(known[name] for name in names),
    )
