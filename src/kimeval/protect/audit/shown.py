"""What executed notebooks show against what was decided (Abgleich der Ausgaben)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kimeval.core import mime
from kimeval.core.catalogue import indicator
from kimeval.core.errors import ProtectionError
from kimeval.protect.facts import HIDDEN, KEPT, KEY, SHOWN, Key
from kimeval.protect.rules import METHODS

NUMBERS = ("numerator", "denominator", "value")
BOUNDS = ("lower", "upper")
DERIVED = ("derived", "published")


def require_as_decided(
    notebooks: Sequence[Path], rows: pd.DataFrame, history: pd.DataFrame
) -> None:
    """Check that each shown count of persons is one that was decided to be shown.

    Parameters
    ----------
    notebooks : sequence of Path
        Executed.
    rows : DataFrame, shape (rows, 19)
        What was decided in this release.
    history : DataFrame, shape (rows, 19)
        Of earlier releases, whose numbers still stand where a row is kept.

    Raises
    ------
    ProtectionError
        If a notebook shows a count that did not go through this release, is
        another than the one decided on, or was to be hidden.
    """
    decided = _by_key(rows)
    published = _by_key(history[history["state"] == SHOWN])
    for key, row in decided.items():
        if row["state"] == KEPT:
            decided[key] = published[key]
    for path in notebooks:
        if wrong := sum(_is_wrong(row, decided) for row in _shown(path)):
            raise ProtectionError(
                f"Each published count has passed the gate in this run, {wrong} shown by "
                f"'{path.stem}' have not. Make them with evaluation.protect()."
            )


def require_as_published(notebooks: Sequence[Path], rows: pd.DataFrame) -> None:
    """Check that each number of an area is one that the area published.

    The state's notebooks show areas' rows again and derive others from them. Those
    that are derived follow from what is public; all others must be public.

    Parameters
    ----------
    notebooks : sequence of Path
        Executed.
    rows : DataFrame, shape (rows, 18)
        What the areas published, of all quarters put together.

    Raises
    ------
    ProtectionError
        If a notebook shows another row, or another number.
    """
    published: dict[Key, set[tuple]] = {}
    for row in rows.to_dict("records"):
        published.setdefault(_key(row), set()).add(_told(row))
    for path in notebooks:
        shown = [row for row in _rows(path) if indicator(row["indicator"]).counts not in DERIVED]
        if wrong := sum(_told(row) not in published.get(_key(row), ()) for row in shown):
            raise ProtectionError(
                f"The state shows what its areas published, {wrong} rows shown by '{path.stem}' "
                f"are not among it. Take them from state.areas, unchanged."
            )


def _key(row: dict[str, Any]) -> Key:
    return tuple(row[name] for name in KEY)


def _told(row: dict[str, Any]) -> tuple:
    numbers = [row[name] for name in (*NUMBERS, *BOUNDS)]
    known = [None if n is None or math.isnan(n) else float(n) for n in numbers]
    return (*known, bool(row["suppressed"]), row["status"])


def _by_key(rows: pd.DataFrame) -> dict[Key, dict]:
    """Each row as it stood last."""
    return {_key(row): row for row in rows.to_dict("records")}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            yield from output.get("data", {}).get(mime.RESULTS, [])


def _shown(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of counts of persons."""
    for row in _rows(path):
        if row["status"] != "refused" and indicator(row["indicator"]).counts == "persons":
            yield row


def _is_wrong(row: dict[str, Any], decided: dict[Key, dict]) -> bool:
    known = decided.get(_key(row))
    if known is None:
        return True
    told = "" if known["state"] in (SHOWN, HIDDEN) else "public_"
    pairs = [(row[name], known[told + name]) for name in NUMBERS]
    if row["suppressed"] or known["state"] not in (SHOWN, *METHODS):
        return any(shown is not None for shown, _ in pairs)
    return any(
        (math.nan if a is None else a) != b and not (a is None and math.isnan(b)) for a, b in pairs
    )
