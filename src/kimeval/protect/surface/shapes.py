"""What is shown in place of data: how much there is of it, and nothing else (Umfang)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Set, ValuesView
from typing import Any

from kimeval.core.errors import KimevalError
from kimeval.core.silence import kind

RAW = {
    "pandas": {"DataFrame", "Series", "Index", "ExtensionArray", "Styler"},
    "numpy": {"ndarray"},
    "pyarrow": {"Table", "RecordBatch", "Array", "ChunkedArray"},
    "polars": {"DataFrame", "LazyFrame", "Series"},
    "duckdb": {"DuckDBPyRelation"},
}
HOLDERS = (list, tuple, Set, Mapping, ValuesView, deque)
PSEUDONYM = re.compile(r"(?<![0-9a-f])[0-9a-f]{20}(?![0-9a-f])")
END = (
    "Inhalte werden nicht angezeigt. Ergebnisse erst durch evaluation.protect(), dann mit "
    "kimeval.tables oder kimeval.figures zeigen."
)
HIDDEN_TEXT = f"Text mit Pseudonymen; {END}"


def instead(thing: Any) -> str | None:
    """The sentence that is shown in place of something; None where it may be shown.

    Parameters
    ----------
    thing : object
        Tables, columns and arrays of any library; containers, but for a pair of
        whole numbers; exceptions that are not kimeval's own; text with pseudonyms.
    """
    if is_raw(thing):
        return sentence(thing)
    if isinstance(thing, BaseException) and not is_own(thing):
        return f"{kind(type(thing))}; der Text der Meldung wird nicht angezeigt."
    if isinstance(thing, str):
        return HIDDEN_TEXT if PSEUDONYM.search(thing) else None
    if isinstance(thing, HOLDERS) and not _is_shape(thing):
        return f"Sammlung mit {_many(len(thing), 'Eintr', 'ag', 'ägen')}; {END}"
    return None


def is_raw(thing: Any) -> bool:
    """Whether something is a table, a column or an array of a known library."""
    return any(
        base.__name__ in RAW.get(str(base.__module__).partition(".")[0].strip("_"), ())
        for base in type(thing).__mro__
    )


def is_own(error: BaseException) -> bool:
    """Whether an exception is one of kimeval's, whose messages hold no values."""
    return isinstance(error, KimevalError) and type(error).__module__.startswith("kimeval.")


def sentence(thing: Any) -> str:
    """How large something is (German); nothing is computed for it."""
    return f"{_size(thing)}; {END}"


def _size(thing: Any) -> str:
    shape = () if type(thing).__name__ in ("DuckDBPyRelation", "LazyFrame") else _shape(thing)
    if len(shape) == 2:
        rows, columns = shape
        return (
            f"Tabelle mit {_many(rows, 'Zeile', '', 'n')} und {_many(columns, 'Spalte', '', 'n')}"
        )
    if len(shape) == 1:
        return f"Reihe mit {_many(shape[0], 'Wert', '', 'en')}"
    if len(shape) > 2:
        return f"Feld mit {' × '.join(map(str, shape))} Werten"
    return "Tabelle oder Wert einer Auswertung"


def _shape(thing: Any) -> tuple[int, ...]:
    shape = getattr(thing, "shape", None)
    if isinstance(shape, tuple):
        return shape
    return (len(thing),) if hasattr(type(thing), "__len__") else ()


def _many(number: int, word: str, one: str, more: str) -> str:
    return f"{number:,}".replace(",", ".") + f" {word}{one if number == 1 else more}"


def _is_shape(held: Any) -> bool:
    """Empty, or a pair such as rows and columns."""
    if not len(held):
        return True
    return isinstance(held, tuple) and len(held) == 2 and all(type(n) is int for n in held)
