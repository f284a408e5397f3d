"""From a delivery to canonical tables and one ledger (Aufnahme einer Lieferung)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from kimeval.core import schema
from kimeval.core.errors import MissingFileError
from kimeval.data.clean.files import Cleaned, clean_rows, plain_columns
from kimeval.data.clean.rows import gather
from kimeval.data.clean.spilled import Job, clean_spilled
from kimeval.data.contradictions import find_contradictions
from kimeval.data.deliveries import Delivery
from kimeval.data.engine import connect
from kimeval.data.ledger import FINDINGS, LINKED, Ledger, table_of
from kimeval.data.memory import release
from kimeval.data.persons import Sheets, known_to_two, recognise, undecided
from kimeval.data.profiles import FileSpec, Profile, load_profile
from kimeval.data.pseudonyms import load_key
from kimeval.data.read import read_parts
from kimeval.data.read.part import Part
from kimeval.data.stores import Held, in_frame, memory_of, stacked

Progress = Callable[[str, float], None]
IN_MEMORY = 1 << 30
PER_ROW = 60


@dataclass(frozen=True)
class Ingested:
    """A delivery in canonical form (aufgenommene Lieferung).

    Attributes
    ----------
    tables : dict of str to Table or Dataset
        Canonical tables that the delivery feeds.
    ledger : Ledger
        Of all files; balanced.
    set_aside : dict of str to DataFrame
        Rows to send back, by file; personal.
    providers : dict of str to str
        Name of each provider in a report.
    review : DataFrame
        Doubtful pairs of persons, for a decision.
    joined : DataFrame
        Pairs that were taken for one person, with the reason.
    """

    tables: dict[str, Held] = field(repr=False)
    ledger: Ledger
    set_aside: dict[str, pd.DataFrame] = field(repr=False)
    providers: dict[str, str] = field(default_factory=dict)
    review: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    joined: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def frame(self, name: str) -> pd.DataFrame:
        """One table as a frame in its declared types."""
        return in_frame(name, self.tables[name])


def ingest(
    delivery: Delivery,
    profiles: Path,
    progress: Progress | None = None,
    spill: Path | None = None,
    in_memory: int = IN_MEMORY,
) -> Ingested:
    """Read and clean all files of a delivery.

    Parameters
    ----------
    delivery : Delivery
        Folder and profiles.
    profiles : Path
        Folder of the profiles.
    progress : callable, optional
        Told in words what is being done, and the share of bytes that is read.
    spill : Path, optional
        Folder for what exceeds memory; the tables may lie there then. It holds
        pseudonyms and no names. Without one all is done in memory.
    in_memory : int
        Bytes of files of one kind that are still cleaned in memory.

    Returns
    -------
    Ingested

    Raises
    ------
    MissingFileError
        If a file that a profile names is not there, or one fits no profile.
    FormatError, ProfileError, KeyFileError
        As said there.
    LedgerError
        If a row was lost, which is a defect.
    """
    key = load_key(delivery.synthetic)
    loaded = [load_profile(profiles, name) for name in delivery.profiles]
    meter = Meter(delivery, progress)
    parts: list[Cleaned] = []
    for profile, spec, paths in _assign(delivery, loaded):
        meter.say(f"{spec.title} ({profile.provider})")
        readers = [(path.name, partial(meter.read, path, spec)) for path in paths]
        place = spill / f"{len(parts):03}" if spill else Path()
        job = Job(readers, spec, profile, key, delivery.as_of, place)
        large = sum(path.stat().st_size for path in paths) > in_memory
        parts.append(clean_spilled(job) if spill and large else _clean(job))
        release()
    meter.say("persons known to several providers")
    numbered, sheets = recognise(parts, loaded, delivery, key)
    release()
    meter.say("contradictions")
    return _together(numbered, sheets, loaded, delivery.as_of, spill)


def _clean(job: Job) -> Cleaned:
    """Clean in memory; the text goes when this returns."""
    files = [(name, read()) for name, read in job.files]
    rows = gather(files, plain_columns(job.spec))
    return clean_rows(rows, job.spec, job.profile, job.key, job.as_of)


@dataclass
class Meter:
    """Share of a delivery's bytes that is read (Fortschritt)."""

    delivery: Delivery
    progress: Progress | None = None
    text: str = ""
    done: int = 0

    def say(self, text: str) -> None:
        """Name what begins."""
        self.text = text
        self.tell(0)

    def tell(self, read: int) -> None:
        """Report bytes of the file at work, on top of those that are finished."""
        if self.progress:
            total = max(1, sum(path.stat().st_size for path in self.delivery.files))
            self.progress(self.text, min(1.0, (self.done + read) / total))

    def read(self, path: Path, spec: FileSpec) -> Iterator[Part]:
        """Parts of a file, each of them reported."""
        size = path.stat().st_size if path.is_file() else 0
        rows = 0
        for part in read_parts(path, spec):
            rows += part.records
            yield part
            self.tell(min(size, rows * PER_ROW))
        self.done += size


def _together(
    parts: Sequence[Cleaned],
    sheets: Sheets,
    profiles: Sequence[Profile],
    as_of: dt.date,
    spill: Path | None,
) -> Ingested:
    names = [name for name in schema.tables() if any(name in part.tables for part in parts)]
    tables = {name: stacked(name, _of(parts, name), spill) for name in names}
    said = [part.said for part in parts]
    linked = table_of([], LINKED)
    with connect(spill and spill / "_checks", memory_of(tables.values())) as engine:
        findings = [find_contradictions(tables, as_of, engine), *said]
        if "clients" in tables:
            linked = known_to_two(tables["clients"], engine)
    ledger = Ledger.together(part.ledger for part in parts).extended(
        findings=table_of(pd.concat(findings).to_dict("records"), FINDINGS),
        linked=linked,
        doubtful=undecided(sheets.review),
    )
    return Ingested(
        tables,
        ledger.balanced(),
        {name: rows for part in parts for name, rows in part.set_aside.items() if len(rows)},
        {profile.provider: profile.provider_name or profile.provider for profile in profiles},
        sheets.review,
        sheets.joined,
    )


def _of(parts: Sequence[Cleaned], name: str) -> list[Held]:
    return [part.tables[name] for part in parts if name in part.tables]


def _assign(
    delivery: Delivery, profiles: list[Profile]
) -> list[tuple[Profile, FileSpec, list[Path]]]:
    if not delivery.files:
        raise MissingFileError(f"The delivery '{delivery.folder.name}' holds no files.")
    work, left = [], {path.name: path for path in delivery.files}
    for profile in profiles:
        for spec in profile.file:
            fitting = [name for name in left if profile.spec_for(name) is spec]
            if not fitting:
                raise MissingFileError(
                    f"Profile '{profile.name}' expects a file '{spec.pattern}', the delivery "
                    f"'{delivery.folder.name}' has none. Ask for it, or take it out of the profile."
                )
            work.append((profile, spec, [left.pop(name) for name in fitting]))
    if left:
        raise MissingFileError(
            f"No profile of the delivery '{delivery.folder.name}' fits {', '.join(sorted(left))}. "
            f"Name its profile in delivery.toml, or take the file away."
        )
    return work
