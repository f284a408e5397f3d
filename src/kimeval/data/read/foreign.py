"""Errors of foreign libraries, whose texts and causes hold cell values (fremde Fehler)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from kimeval.core.errors import FormatError, KimevalError

T = TypeVar("T")


def guarded(message: str, act: Callable[[], T]) -> T:
    """Do something with a foreign library (abgeschirmter Aufruf).

    Parameters
    ----------
    message : str
        What a reader learns if it fails: rule and way out, no value.
    act : callable
        What to do.

    Returns
    -------
    What `act` returns.

    Raises
    ------
    FormatError
        If it fails; of the foreign error only the kind is told. It is raised outside
        the handler, so that neither cause nor context holds the foreign error.
    """
    try:
        return act()
    except (KimevalError, MemoryError):
        raise
    except Exception as error:
        kind = type(error).__name__
    raise FormatError(f"{message} ({kind})")


def guarded_each(message: str, items: Iterator[T]) -> Iterator[T]:
    """Pass on what a foreign iterator gives, its errors as in `guarded`."""
    ended = object()
    while (item := guarded(message, lambda: next(items, ended))) is not ended:
        yield item  # type: ignore[misc]
