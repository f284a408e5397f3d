"""The register of releases: what was published when, from which data (Register).

`data/register/<area>.jsonl` has one line per release, only ever appended to. Each
line holds the hash of the one before, so that a change is found. It holds true
counts of hidden rows, since later releases are protected with them: it is as
confidential as the vintages beside it and never published.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kimeval.core.area import STATE, areas
from kimeval.core.digests import text_hash
from kimeval.core.errors import ProtectionError
from kimeval.core.project import Project
from kimeval.protect.facts import HELD, as_held, no_rows

FIRST = "0" * 64


@dataclass(frozen=True, repr=False)
class Entry:
    """One release of an area (Eintrag).

    Attributes
    ----------
    area, quarter, vintage, made : str
        What was published, from which data and when (ISO, with zone).
    threshold : int
        By which rule.
    rows : DataFrame, shape (rows, 22)
        All rows that count persons, with their state and without any key.
    digest : str
        Hash of the line.
    method : str
        suppression, rounding or cellkey.
    """

    area: str
    quarter: str
    vintage: str
    made: str
    threshold: int
    rows: pd.DataFrame = field(repr=False)
    digest: str = ""
    method: str = "suppression"


def entries(project: Project, area: str) -> list[Entry]:
    """All releases of an area, in time.

    Raises
    ------
    ProtectionError
        If a line was changed or taken out; what follows from earlier releases
        can then not be told.
    """
    path = _path(project, area)
    if not path.is_file():
        return []
    found, before = [], FIRST
    for number, line in enumerate(_whole_lines(path), 1):
        entry = _entry(line)
        if entry is None or entry[0] != before:
            raise ProtectionError(
                f"The register of releases is only ever appended to, line {number} of "
                f"data/register/{path.name} was changed. Restore it from a backup."
            )
        before = entry[1].digest
        found.append(entry[1])
    return found


def append(project: Project, entry: Entry) -> Entry:
    """Write one more release; on the disk before anything is published.

    A line that a killed run left half written belongs to nothing that was
    published, and is replaced.
    """
    path = _path(project, entry.area)
    path.parent.mkdir(parents=True, exist_ok=True)
    known = entries(project, entry.area)
    before = known[-1].digest if known else FIRST
    content = {
        "previous": before,
        "area": entry.area,
        "quarter": entry.quarter,
        "vintage": entry.vintage,
        "made": entry.made,
        "threshold": entry.threshold,
        "method": entry.method,
        "rows": _records(entry.rows),
    }
    line = json.dumps(content, ensure_ascii=False, sort_keys=True)
    whole = sum(len(kept.encode()) + 1 for kept in _whole_lines(path)) if path.exists() else 0
    with path.open("r+b" if path.exists() else "xb") as out:
        out.truncate(whole)
        out.seek(whole)
        out.write(line.encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return Entry(**{**vars(entry), "digest": text_hash(line)})


def history(project: Project, area: str) -> pd.DataFrame:
    """Rows of every release that one of an area can be compared with, in time.

    These are its own; once the state was published, the state's and all other
    areas'; and for the state, those of all areas.

    Returns
    -------
    DataFrame, shape (rows, 22)
        Numbered by release in `release`.
    """
    related = [area]
    if area == STATE or entries(project, STATE):
        related = [STATE, *areas()]
    found = [entry for code in dict.fromkeys(related) for entry in entries(project, code)]
    found.sort(key=lambda entry: (entry.made, entry.area))
    frames = [entry.rows.assign(release=n) for n, entry in enumerate(found) if len(entry.rows)]
    return as_held(pd.concat(frames, ignore_index=True)) if frames else no_rows()


def _path(project: Project, area: str) -> Path:
    return project.register / f"{area}.jsonl"


def _whole_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _entry(line: str) -> tuple[str, Entry] | None:
    try:
        content = json.loads(line)
        previous, rows = content.pop("previous"), content.pop("rows")
        return previous, Entry(**content, rows=_frame(rows), digest=text_hash(line))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _records(rows: pd.DataFrame) -> dict[str, list]:
    held = as_held(rows).astype(object)
    return held.where(held.notna(), None).to_dict("list")


def _frame(rows: dict[str, Iterable]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(HELD)).astype(HELD)
