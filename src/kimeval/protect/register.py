"""The register of releases: what was published when, from which data (Register).

`data/register/<area>.jsonl` has one line per release, only ever appended to. Each
line holds its own hash and that of the one before, and `<area>.head` the number
and the hash of the last: what was changed, taken out or cut off is found. It
holds true counts of hidden rows, since later releases are protected with them: it
is as confidential as the vintages beside it and never published.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import pandas as pd

from kimeval.core.area import STATE, areas
from kimeval.core.digests import text_hash
from kimeval.core.errors import ProtectionError
from kimeval.core.project import Project
from kimeval.protect.facts import HELD, as_held, no_rows

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

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
    synthetic : bool
        Whether the persons were invented.
    """

    area: str
    quarter: str
    vintage: str
    made: str
    threshold: int
    rows: pd.DataFrame = field(repr=False)
    digest: str = ""
    method: str = "suppression"
    synthetic: bool = False


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
        if _head_path(path).exists():
            raise _changed(path, 1)
        return []
    return _read(path, path.read_bytes())


def append(project: Project, entry: Entry) -> Entry:
    """Write one more release; on the disk before anything is published.

    A line that a killed run left half written belongs to nothing that was
    published, and is replaced.

    Returns
    -------
    Entry
        With the hash of its line.

    Raises
    ------
    ProtectionError
        If an earlier line was changed or taken out.
    """
    path = _path(project, entry.area)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path) as register:
        held = register.read()
        known = _read(path, held)
        content = {
            name: value for name, value in vars(entry).items() if name not in ("rows", "digest")
        }
        content["previous"] = known[-1].digest if known else FIRST
        content["rows"] = _records(entry.rows)
        digest = _digest(content)
        line = json.dumps(content | {"digest": digest}, ensure_ascii=False, sort_keys=True)
        whole = held.rfind(b"\n") + 1
        register.truncate(whole)
        register.seek(whole)
        register.write(line.encode() + b"\n")
        register.flush()
        os.fsync(register.fileno())
        _write_head(path, len(known) + 1, digest)
    return Entry(**{**vars(entry), "digest": digest})


def history(project: Project, area: str, synthetic: bool = False) -> pd.DataFrame:
    """Rows of every release that one of an area can be compared with, in time.

    These are its own; once the state was published, the state's and all other
    areas'; and for the state, those of all areas. Releases of invented persons
    tell nothing of real ones, and the other way round.

    Parameters
    ----------
    project : Project
        Holds the register.
    area : str
        Code of an area or of the state.
    synthetic : bool
        Which of the two are wanted.

    Returns
    -------
    DataFrame, shape (rows, 22)
        Numbered by release in `release`.
    """
    related = [area]
    if area == STATE or entries(project, STATE):
        related = [STATE, *areas()]
    found = [entry for code in dict.fromkeys(related) for entry in entries(project, code)]
    found = [entry for entry in found if entry.synthetic == synthetic]
    found.sort(key=lambda entry: (dt.datetime.fromisoformat(entry.made), entry.area))
    frames = [entry.rows.assign(release=n) for n, entry in enumerate(found) if len(entry.rows)]
    return as_held(pd.concat(frames, ignore_index=True)) if frames else no_rows()


def require_complete(project: Project, area: str) -> None:
    """Check that the register knows all that was published of an area.

    Raises
    ------
    ProtectionError
        If a published version is not in it, since it was lost or set back.
    """
    known = {(entry.quarter, entry.vintage) for entry in entries(project, area)}
    for path in sorted(project.outputs.glob(f"*/versions/{area}/v*/manifest.json")):
        if (told := _told(path)) and told not in known:
            raise ProtectionError(
                f"The register of releases knows all that was published, {told[0]} of {area} from "
                f"the data of {told[1]} is not in data/register/{area}.jsonl. Restore it from a "
                f"backup."
            )


def _told(path: Path) -> tuple[str, str] | None:
    """Quarter and vintage of a published version that told counts of persons."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        told = manifest["protection"]["attack"]["cells"] > 0
        return (manifest["quarter"], manifest["data"]["vintage"]) if told else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(project: Project, area: str) -> Path:
    return project.register / f"{area}.jsonl"


def _head_path(path: Path) -> Path:
    return path.with_suffix(".head")


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO]:
    """The register, for one writer at a time."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as register:
        if fcntl:
            fcntl.flock(register, fcntl.LOCK_EX)
        yield register


def _read(path: Path, held: bytes) -> list[Entry]:
    found, before = [], FIRST
    for number, line in enumerate(held.split(b"\n")[:-1], 1):
        entry = _entry(line)
        if entry is None or entry[0] != before:
            raise _changed(path, number)
        before = entry[1].digest
        found.append(entry[1])
    _require_head(path, found)
    return found


def _require_head(path: Path, found: list[Entry]) -> None:
    """A run that was killed between the line and its head leaves one line more."""
    try:
        lines, digest = _head_path(path).read_text(encoding="utf-8").split()
        number = int(lines)
    except FileNotFoundError:
        number, digest = 0, FIRST
    except (OSError, ValueError):
        raise _changed(path, len(found)) from None
    at_head = found[number - 1].digest if 0 < number <= len(found) else FIRST
    if not number <= len(found) <= number + 1:
        raise _changed(path, min(number, len(found)) + 1)
    if at_head != digest:
        raise _changed(path, number)


def _write_head(path: Path, lines: int, digest: str) -> None:
    fresh = path.with_suffix(".head.new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(f"{lines} {digest}\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(_head_path(path))


def _changed(path: Path, number: int) -> ProtectionError:
    return ProtectionError(
        f"The register of releases is only ever appended to, line {number} of "
        f"data/register/{path.name} was changed or is gone. Restore it from a backup."
    )


def _digest(content: Mapping[str, Any]) -> str:
    return text_hash(json.dumps(content, ensure_ascii=False, sort_keys=True))


def _entry(line: bytes) -> tuple[str, Entry] | None:
    try:
        content = json.loads(line)
        digest = content.pop("digest")
        if digest != _digest(content):
            return None
        previous, rows = content.pop("previous"), content.pop("rows")
        return previous, Entry(**content, rows=_frame(rows), digest=digest)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _records(rows: pd.DataFrame) -> dict[str, list]:
    held = as_held(rows).astype(object)
    return held.where(held.notna(), None).to_dict("list")


def _frame(rows: dict[str, Iterable]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(HELD)).astype(HELD)
