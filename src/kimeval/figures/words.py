"""What a figure says in words: hidden values, reasons, places (Wörter der Abbildungen)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from kimeval.protect.release import STANDING
from kimeval.tables.numbers import REFUSED, SIGN, in_words
from kimeval.tables.reasons import WORDS, in_sentences

NO_ROWS = "Für diese Aufgliederung liegen keine Angaben vor."
MANY = 6


def in_figure(row: Mapping[str, Any]) -> str:
    """The value beside a mark; `. gesperrt` or `x nicht bestimmbar` without one."""
    if row["suppressed"]:
        return f"{SIGN} gesperrt"
    return f"{REFUSED} nicht bestimmbar" if pd.isna(row["value"]) else in_words(row)


def reasons(frame: pd.DataFrame) -> str:
    """Reservations of the rows as German sentences, each once."""
    lacking = frame.loc[frame["reason"] != "", ["status", "reason"]]
    return in_sentences(lacking.itertuples(index=False, name=None))


def reasons_by_name(frame: pd.DataFrame, names: Sequence[str], mark: str = "") -> str:
    """Reservations with the rows they hold for; without names where they hold for all.

    Parameters
    ----------
    frame : DataFrame, shape (n, any)
        Rows of results.
    names : sequence of str, shape (n,)
        German name of each row.
    mark : str
        Stands before what keeps some of the values from being complete.
    """
    holders: dict[str, dict[str, list[str]]] = {}
    for name, status, reason in zip(names, frame["status"], frame["reason"], strict=True):
        for part in parts(reason):
            holders.setdefault(WORDS[status], {}).setdefault(part, []).append(name)
    said = []
    for word, held in holders.items():
        told = "; ".join(
            part if len(who) == len(frame) else f"{part} ({enumeration(who)})"
            for part, who in held.items()
        )
        some = word == WORDS["partial"] and any(len(who) < len(frame) for who in held.values())
        said.append(f"{f'{mark} ' if mark and some else ''}{word[:1].upper()}{word[1:]}: {told}.")
    if frame["reason"].str.endswith(STANDING).any():
        said.append(f"{STANDING[:1].upper()}{STANDING[1:]}.")
    return " ".join(said)


def why_empty(frame: pd.DataFrame) -> str:
    """Why no row has a value; empty where all are suppressed."""
    return NO_ROWS if frame.empty else reasons(frame)


def own_shortfalls(frame: pd.DataFrame, shared: Iterable[str] = ()) -> list[str]:
    """What each row lacks that the others have (eigener Mangel).

    A reservation that holds for all rows alike does not keep them from being
    compared, and is told below the figure only.

    Parameters
    ----------
    frame : DataFrame, shape (n, any)
        Rows of results.
    shared : iterable of str
        Reservations that hold for all, as `shared_reasons` gives them.

    Returns
    -------
    list of str, shape (n,)
        Empty where a row is complete, or lacks only what all lack.
    """
    known = set(shared)
    return [
        "; ".join(part for part in parts(reason) if part not in known)
        if status == "partial"
        else ""
        for status, reason in zip(frame["status"], frame["reason"], strict=True)
    ]


def shared_reasons(frame: pd.DataFrame) -> set[str]:
    """Reservations that hold for every row with a value; none for a single row."""
    told = frame[frame["status"] != "refused"]
    held = [set(parts(reason)) for reason in told["reason"]]
    return set.intersection(*held) if len(held) > 1 else set()


def parts(reason: str) -> list[str]:
    """The single reservations in a reason, without the one on revisions."""
    own = reason.removesuffix(STANDING).removesuffix("; ")
    return own.split("; ") if own else []


def enumeration(names: Sequence[str], most: int = MANY) -> str:
    """Names with commas and `und`, such as `Köln, Bonn und 12 weitere`."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} und {len(names) - most + 1} weitere"
    return " und ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
