"""What became of each area of a quarter, for people and for monitoring (Zusammenfassung).

`summary.json` and `summary.txt` beside the areas in outputs/<quarter>/. They hold
codes, names of areas, times and the sentences of kimeval's errors: nothing of a
person and no path of the machine.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kimeval import __version__
from kimeval.core.errors import MissingFileError, PublishError
from kimeval.core.quarter import Quarter

NAME = "summary.json"
TEXT = "summary.txt"
FORMAT = 1
PUBLISHED, UNCHANGED, FAILED = "published", "unchanged", "failed"
NO_DELIVERY, WAITING = "no delivery", "waiting"
STATES = (PUBLISHED, UNCHANGED, FAILED, NO_DELIVERY, WAITING)


@dataclass(frozen=True)
class AreaResult:
    """What became of an area (Stand eines Gebiets).

    Attributes
    ----------
    area, name : str
        Code and name.
    status : str
        One of `STATES`.
    version : str or None
        The version that is read now, such as `v2`; of an earlier run where this one failed.
    seconds : float
        How long it took in this run.
    error : str or None
        Class of the error.
    exit_code : int or None
        Of the error.
    message : str or None
        Rule, what was found, way out; never a value of the data.
    """

    area: str
    name: str
    status: str = WAITING
    version: str | None = None
    seconds: float = 0.0
    error: str | None = None
    exit_code: int | None = None
    message: str | None = None


@dataclass(frozen=True)
class Summary:
    """What became of all areas of a quarter (Zusammenfassung).

    Attributes
    ----------
    quarter : Quarter
        Of the run.
    areas : tuple of AreaResult
        In the order of their codes.
    started : datetime
        With time zone.
    finished : datetime or None
        None while the run is at work, or when it was killed.
    """

    quarter: Quarter
    areas: tuple[AreaResult, ...]
    started: dt.datetime
    finished: dt.datetime | None = None

    def of(self, status: str) -> list[AreaResult]:
        """Areas of a status, in order."""
        return [result for result in self.areas if result.status == status]

    @property
    def counts(self) -> dict[str, int]:
        """Number of areas by status, all of `STATES`."""
        return {status: len(self.of(status)) for status in STATES}


def write_summary(summary: Summary, outputs: Path) -> None:
    """Write summary.json and summary.txt into a quarter's folder, each in one step.

    Raises
    ------
    PublishError
        If the folder cannot be written to.
    """
    folder = outputs / str(summary.quarter)
    content = {
        "format": FORMAT,
        "kimeval": __version__,
        "quarter": str(summary.quarter),
        "started": _time(summary.started),
        "finished": _time(summary.finished),
        "counts": summary.counts,
        "areas": [asdict(result) for result in summary.areas],
    }
    replace_text(folder / NAME, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    replace_text(folder / TEXT, "\n".join(summary_lines(summary)) + "\n")


def read_summary(outputs: Path, quarter: Quarter) -> Summary:
    """What the last run over all areas wrote.

    Raises
    ------
    MissingFileError
        If there was none, or its summary cannot be read.
    """
    try:
        held = json.loads((outputs / str(quarter) / NAME).read_text(encoding="utf-8"))
        times = [dt.datetime.fromisoformat(t) if (t := held[k]) else None for k in _TIMES]
        areas = tuple(AreaResult(**result) for result in held["areas"])
    except (OSError, ValueError, LookupError, TypeError):
        raise MissingFileError(
            f"The status of a quarter is read from its {NAME}, {quarter} has none that can be "
            f"read. Start a run: kimeval run --quarter {quarter} --all."
        ) from None
    return Summary(quarter, areas, times[0] or dt.datetime.min, times[1])


_TIMES = ("started", "finished")


def summary_lines(summary: Summary) -> Iterator[str]:
    """The summary as plain text: counts, a line per area, then what failed and why."""
    done = f"finished {_time(summary.finished)}" if summary.finished else "not finished"
    yield f"kimeval {summary.quarter}: started {_time(summary.started)}, {done}"
    yield ", ".join(f"{status} {n}" for status, n in summary.counts.items() if n)
    yield ""
    yield from table_lines(summary.areas)
    if failed := summary.of(FAILED):
        yield ""
        for result in failed:
            yield f"{result.name} ({result.area}): {result.error}, code {result.exit_code}."
            yield f"  {result.message}"


def table_lines(results: Sequence[AreaResult]) -> Iterator[str]:
    """A table with a line per area."""
    width = max((len(result.name) for result in results), default=0)
    yield f"{'area':<9} {'name':<{width}}  {'status':<11} {'version':<7} {'seconds':>8}"
    for result in results:
        seconds = "-" if result.status in (NO_DELIVERY, WAITING) else f"{result.seconds:.1f}"
        yield (
            f"{result.area:<9} {result.name:<{width}}  {result.status:<11} "
            f"{result.version or '-':<7} {seconds:>8}"
        )


def replace_text(path: Path, text: str) -> None:
    """Write a file that readers see as it was or as it is to be, never by halves.

    Raises
    ------
    PublishError
        If it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except OSError as error:
        raise PublishError(
            f"A run writes outputs/{path.parent.name}/{path.name}, which failed "
            f"({error.strerror}). Look at the disk's space and the folder's permissions."
        ) from None


def _time(when: dt.datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None
