"""Errors a user can mend, each kind with its own exit code.

A message states the rule, what was found and the way out. It never holds a
person's row, name or free text: callers pass counts, column names and file
names only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KimevalError(Exception):
    """Base of every error that is the user's to mend (Fehler mit Ausweg).

    In a notebook it shows as one line instead of a traceback.
    """

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class ParameterError(KimevalError):
    """A parameter has an unknown name or a value outside its allowed set."""

    exit_code = 10


class QuarterError(KimevalError):
    """A quarter cannot be read, lies in the future or has no data."""

    exit_code = 11


class AreaError(KimevalError):
    """An area, an AGS or a municipality is not known."""

    exit_code = 12


class NotebookNameError(KimevalError):
    """A notebook of that name does not exist."""

    exit_code = 13


class TrustError(KimevalError):
    """A notebook is not as it came with kimeval, and nobody said to trust it."""

    exit_code = 14


class MissingFileError(KimevalError):
    """A file or folder that is needed is not there."""

    exit_code = 20


class FormatError(KimevalError):
    """A file is there and cannot be read as its profile says."""

    exit_code = 21


class ProfileError(KimevalError):
    """A profile breaks its own rules or names unknown tables or columns."""

    exit_code = 22


class DataError(KimevalError):
    """Data contradict each other or a measure's rule."""

    exit_code = 23


class KeyFileError(KimevalError):
    """The key for pseudonyms is missing or unusable."""

    exit_code = 24


class ProtectionError(KimevalError):
    """Something unprotected was about to leave, or a setting is too loose."""

    exit_code = 30


class NotebookFailure(KimevalError):
    """A notebook failed while it ran; nothing was published."""

    exit_code = 40


class PublishError(KimevalError):
    """The folder of outputs, deliveries or vintages cannot take a new version."""

    exit_code = 41


class AreasFailed(KimevalError):
    """Some areas of a run over all failed; the others are published."""

    exit_code = 42


class LockedError(KimevalError):
    """Another run is at work on the same outputs."""

    exit_code = 50


class ClusterError(KimevalError):
    """The machines of a run over many cannot be reached, or do not match."""

    exit_code = 60


class LedgerError(KimevalError):
    """A ledger does not balance: rows were lost. A defect of kimeval."""

    exit_code = 70


def every_kind(above: type[KimevalError] = KimevalError) -> list[type[KimevalError]]:
    """All kinds of errors with an exit code that are declared so far (Fehlerarten)."""
    below = above.__subclasses__()
    return [*below, *(deeper for kind in below for deeper in every_kind(kind))]


def suggestion(name: str, known: Iterable[str]) -> str:
    """Way out for a mistyped name: the nearest known one, or all of them.

    Parameters
    ----------
    name : str
        What was found.
    known : iterable of str
        What is allowed.

    Returns
    -------
    str
        A sentence to append to an error's message.
    """
    names = [str(k) for k in known]
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    if not names:
        return "Nothing is known yet."
    return f"Known: {', '.join(names[:20])}{', ...' if len(names) > 20 else ''}."
