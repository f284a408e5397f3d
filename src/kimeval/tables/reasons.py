"""Why a value is not all there is, as German text (Vorbehalte)."""

from __future__ import annotations

from collections.abc import Iterable

from kimeval.core.denominator import FOOTNOTE, WEIGHTS
from kimeval.protect.release import STANDING

APART = (FOOTNOTE, WEIGHTS)
WORDS = {"partial": "unvollständig", "refused": "nicht bestimmbar"}


def reservations(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """What is to be said of rows that are not complete, each thing once (Vorbehalte).

    A value that was kept because its revision is small is not incomplete, and is
    not called so, nor is one for the denominator it stands on.

    Parameters
    ----------
    pairs : iterable of tuple of str
        Status and reason of rows, as in a result.

    Returns
    -------
    list of str
        Without a capital and without a full stop, in the order of the rows.
    """
    said = []
    for status, reason in pairs:
        parts = reason.removesuffix(STANDING).removesuffix("; ").split("; ")
        own = "; ".join(part for part in parts if not part.startswith(APART))
        said += [f"{WORDS[status]}: {own}"] if own else []
        said += [part for part in parts if part.startswith(APART)]
        said += [STANDING] if reason.endswith(STANDING) else []
    return list(dict.fromkeys(said))


def in_sentences(pairs: Iterable[tuple[str, str]]) -> str:
    """The same as sentences beside each other; empty where all is complete."""
    return " ".join(f"{text[:1].upper()}{text[1:]}." for text in reservations(pairs))
