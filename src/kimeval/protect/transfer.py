"""A release over several notebooks: each hands its tables on to the next (Weitergabe).

In a run every notebook has a kernel of its own. What one has decided lies in a
confidential file among the stages, where the next finds it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.protect.facts import as_held, no_rows
from kimeval.protect.release import Release
from kimeval.protect.rules import DEFAULT_THRESHOLD, Rules

VARIABLE = "KIMEVAL_RELEASE"


def opened(rules: Rules, history: pd.DataFrame) -> Release:
    """A release with the tables that earlier notebooks of the same run decided."""
    path = _file()
    return Release(rules, history, read_rows(path) if path else no_rows())


def passed_on(release: Release) -> None:
    """Hand what is decided on to the next notebook, where this is one of a run."""
    if path := _file():
        fresh = path.with_suffix(".new")
        release.rows.to_parquet(fresh, index=False)
        fresh.replace(path)


def read_rows(path: Path) -> pd.DataFrame:
    """Rows that the notebooks of a run have decided so far."""
    if not path.is_file():
        return no_rows()
    return as_held(pd.read_parquet(path))


def require_reason(rules: Rules, reason: str) -> Rules:
    """Rules that protect less than the default need a reason by name.

    Raises
    ------
    ProtectionError
        If there is none.
    """
    if rules.looser and not reason.strip():
        raise ProtectionError(
            f"A threshold below {DEFAULT_THRESHOLD} needs a reason, got {rules.threshold} without "
            f"one. Write reason='...' (-p reason=...); it is kept in the manifest."
        )
    return rules


def _file() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None
