"""A solver that says nothing and gives the same result each time (HiGHS)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import highspy

QUIET: dict[str, bool | float | str] = {"output_flag": False, "threads": 1, "random_seed": 0}


def new_solver(**options: bool | float | str) -> highspy.Highs:
    """A solver with the given options on top of `QUIET`."""
    _greeted()
    solver = highspy.Highs()
    for name, value in (QUIET | options).items():
        solver.setOptionValue(name, value)
    return solver


@cache
def _greeted() -> None:
    """Its greeting, printed past Python at the first use, goes nowhere."""
    with _silenced():
        highspy.Highs()


@contextmanager
def _silenced() -> Iterator[None]:
    if sys.stdout is not None:
        sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
