"""What an area published of a quarter, checked against its manifest (veröffentlichte Fassung).

Read are `manifest.json` and `results.csv` of outputs/<quarter>/<area>/: protected
rows, and what they were made from. Nothing else of an area is looked at.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core.catalogue import catalogue
from kimeval.core.digests import file_hash
from kimeval.core.errors import ProtectionError
from kimeval.core.manifests import manifest_of
from kimeval.core.results import COLUMNS
from kimeval.protect.rules import Rules

RESULTS, FORMAT = "results.csv", 1
NUMBERS = [name for name, kind in COLUMNS.items() if kind == "float64"]
SHOWN = [*COLUMNS, "suppressed"]
NOT_PUBLISHED = "nicht veröffentlicht"
NOT_READ = "in einer Form veröffentlicht, die diese Fassung von kimeval nicht liest"
SIGNS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True, repr=False)
class Version:
    """A published version of an area and a quarter (Fassung).

    Attributes
    ----------
    area, quarter, name : str
        Code, quarter, and which one it is, such as `v2`.
    digest : str
        SHA-256 of its manifest, and so of all that it lists.
    as_of : date
        Day of the delivery behind it.
    synthetic : bool
        Whether its persons are invented.
    rules : Rules
        By which it was protected.
    catalogue : str
        Version of the definitions.
    made : datetime
        When it was published.
    rows : DataFrame, shape (rows, 18)
        Columns of a result and `suppressed`. Without figures of other documents,
        and without contributors, which are not published.
    """

    area: str
    quarter: str
    name: str
    digest: str
    as_of: dt.date
    synthetic: bool
    rules: Rules
    catalogue: str
    made: dt.datetime
    rows: pd.DataFrame = field(repr=False)


def read_version(outputs: Path, quarter: str, area: str) -> Version | str:
    """The version of a quarter and an area that is read now.

    Returns
    -------
    Version or str
        In German why there is none that can be used.

    Raises
    ------
    ProtectionError
        If a file was changed or taken away since it was published.
    """
    path = manifest_of(outputs, quarter, area)
    if not path.parent.is_dir():
        return NOT_PUBLISHED
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        told = _told(manifest)
    except (OSError, ValueError, LookupError, TypeError, ProtectionError):
        return NOT_READ
    if (manifest["quarter"], manifest["area"]) != (quarter, area):
        raise _changed(quarter, area, f"is of {manifest['area']} and {manifest['quarter']}")
    held, results = manifest["outputs"].get(RESULTS), path.with_name(RESULTS)
    if not results.is_file() or file_hash(results) != held:
        raise _changed(quarter, area, f"has another {RESULTS} than its manifest lists")
    rows = _rows(results.read_text(encoding="utf-8"))
    if rows is None or set(rows["area"]) - {area}:
        raise _changed(quarter, area, f"has a {RESULTS} with rows that kimeval does not write")
    name = path.parent.resolve().name
    return Version(area, quarter, name, file_hash(path), **told, rows=rows)


def _told(manifest: Mapping[str, Any]) -> dict[str, Any]:
    if manifest["format"] != FORMAT:
        raise ValueError
    told = {k: v for k, v in manifest["protection"]["rules"].items() if k != "reason"}
    return {
        "as_of": dt.date.fromisoformat(manifest["data"]["as_of"]),
        "synthetic": bool(manifest["data"]["synthetic"]),
        "rules": Rules(**{**told, "dominance": tuple(told["dominance"])}),
        "catalogue": str(manifest["catalogue"]),
        "made": dt.datetime.fromisoformat(manifest["finished"]),
    }


def _rows(text: str) -> pd.DataFrame | None:
    """Rows as they were protected, number by number; None where they break the form."""
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    known = [row for row in read if (found := catalogue().get(row["indicator"])) and _own(found)]
    held = [name for name in SHOWN if name != "contributors"]
    if any(None in row or None in row.values() or set(held) - set(row) for row in read):
        return None
    frame = pd.DataFrame([[row[name] for name in held] for row in known], columns=held, dtype=str)
    frame["contributors"] = ""
    try:
        for name in NUMBERS:
            frame[name] = [float(text) if text else np.nan for text in frame[name]]
    except ValueError:
        return None
    for name in set(COLUMNS) - set(NUMBERS):
        frame[name] = [text[1:] if text[:2] in SIGNS else text for text in frame[name]]
    frame["suppressed"] = frame["suppressed"] == "True"
    if frame.loc[frame["suppressed"], NUMBERS].drop(columns="confidence").notna().any(axis=None):
        return None
    return frame[SHOWN].astype({**COLUMNS, "suppressed": "bool"})


def _own(declared: Any) -> bool:
    """Whether an indicator is measured in an area, and not of other documents."""
    return declared.counts not in ("published", "derived")


def _changed(quarter: str, area: str, what: str) -> ProtectionError:
    return ProtectionError(
        f"What was published is not changed afterwards, outputs/{quarter}/{area} {what}. Publish "
        f"it again: kimeval run --quarter {quarter} --area {area} --force."
    )
