"""What executed notebooks show against what was decided (Abgleich der Ausgaben)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kimeval.core import mime
from kimeval.core.catalogue import indicator
from kimeval.core.errors import ProtectionError
from kimeval.protect.facts import HIDDEN, KEPT, KEY, SHOWN, Key
from kimeval.protect.rules import METHODS

NUMBERS = ("numerator", "denominator", "value")


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


def _by_key(rows: pd.DataFrame) -> dict[Key, dict]:
    """Each row as it stood last."""
    return {tuple(row[name] for name in KEY): row for row in rows.to_dict("records")}


def _shown(path: Path) -> Iterator[dict[str, Any]]:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            yield from _personal(output.get("data", {}).get(mime.RESULTS, []))


def _personal(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["status"] != "refused" and indicator(row["indicator"]).counts == "persons":
            yield row


def _is_wrong(row: dict[str, Any], decided: dict[Key, dict]) -> bool:
    known = decided.get(tuple(row[name] for name in KEY))
    if known is None:
        return True
    told = "" if known["state"] in (SHOWN, HIDDEN) else "public_"
    pairs = [(row[name], known[told + name]) for name in NUMBERS]
    if row["suppressed"] or known["state"] not in (SHOWN, *METHODS):
        return any(shown is not None for shown, _ in pairs)
    return any(
        (math.nan if a is None else a) != b and not (a is None and math.isnan(b)) for a, b in pairs
    )
