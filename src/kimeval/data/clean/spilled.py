"""Files larger than memory, cleaned in slabs and put together by DuckDB (große Dateien).

A slab is read, cleaned and written to Parquet. Rows that may repeat one another
are found by the hash of their key over all slabs, read once more as text, and
told apart as in memory. Identifiers are pseudonyms before anything is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from kimeval.core.errors import DataError
from kimeval.data.clean.accounts import rows_set_aside
from kimeval.data.clean.assemble import Sources, every_row
from kimeval.data.clean.candidates import SHARE, shares
from kimeval.data.clean.fates import KEPT, SET_ASIDE, Fates, decide, key_hashes, readable
from kimeval.data.clean.files import Cleaned, latest_day, plain_columns, read_tables
from kimeval.data.clean.finish import finish
from kimeval.data.clean.numbers import decimal_signs
from kimeval.data.clean.rows import Rows, gather
from kimeval.data.clean.tallies import Tallies
from kimeval.data.clean.texts import tidy_text
from kimeval.data.memory import release
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.read.part import Part, no_uneven
from kimeval.data.said import rows_said

SLAB = 1_500_000
NO_ROWS = np.zeros(0, np.int64)
Reader = Callable[[], Iterator[Part]]


@dataclass(frozen=True)
class Job:
    """What a kind of file needs to be cleaned in slabs (Auftrag).

    Attributes
    ----------
    files : sequence of (str, callable)
        Names, and what reads each anew.
    spec, profile : FileSpec, Profile
        How they are to be read.
    key : bytes
        For pseudonyms.
    as_of : date
        Day of the delivery.
    folder : Path
        For slabs; empty at the beginning, removed by the caller.
    slab : int
        Rows of a slab.
    share : int
        Rows that may repeat one another, decided at a time.
    """

    files: Sequence[tuple[str, Reader]] = field(repr=False)
    spec: FileSpec
    profile: Profile
    key: bytes = field(repr=False)
    as_of: dt.date
    folder: Path
    slab: int = SLAB
    share: int = SHARE

    def slabs(self) -> Iterator[Rows]:
        """Rows in their order, so many at once; each slab is of one file."""
        plain = plain_columns(self.spec)
        for name, read in self.files:
            held: list[Part] = []
            for part in read():
                held.append(part)
                if sum(len(p.lines) for p in held) >= self.slab:
                    yield gather([(name, held)], plain)
                    held = []
            yield gather([(name, held)], plain)


def clean_spilled(job: Job) -> Cleaned:
    """Clean files of one kind in slabs.

    Parameters
    ----------
    job : Job
        Files and profile. A profile with `link` needs all persons at once and is
        not for this way.

    Returns
    -------
    Cleaned
        Its tables are Datasets under the job's folder.
    """
    if job.spec.link is not None:
        raise DataError(
            f"Persons can be recognised in memory only, and {job.spec.title} is too large for it. "
            f"Deliver it in parts, or take [file.link] out of profile '{job.profile.name}'."
        )
    signs = _decimal_signs(job)
    tallies = Tallies(job.spec, job.profile)
    for number, rows in enumerate(job.slabs()):
        _clean_slab(job, rows, number, signs, tallies)
    release()
    again = shares(job.folder / "_keys", job.folder / "_spill", job.share)
    dropped = [_drop(job, share, signs, tallies) for share in again]
    release()
    paths = finish(job.spec, job.folder, np.sort(np.concatenate([NO_ROWS, *dropped])), tallies)
    tables = {name: ds.dataset(path) for name, path in paths.items()}
    aside = tallies.aside()
    ledger = tallies.ledger(aside).balanced()
    said = rows_said(tallies.notes, ledger.accounts, job.spec)
    release()
    return Cleaned(dict(tables), ledger, aside, pd.DataFrame(), said)


def _decimal_signs(job: Job) -> dict[str, str]:
    """Decimal sign of each column, from all of its texts."""
    if job.spec.decimal != "auto":
        return {}
    found: dict[str, set[str]] = {}
    for rows in job.slabs():
        for name, texts in rows.columns.items():
            tidy = {tidy_text(text)[0] for text in texts.distinct.to_pylist()}
            numbers = tidy.difference(job.spec.missing, job.spec.zero)
            found.setdefault(name, set()).update(decimal_signs(numbers))
    return {name: signs.pop() if len(signs) == 1 else "?" for name, signs in found.items()}


def _clean_slab(job: Job, rows: Rows, number: int, signs: dict[str, str], tallies: Tallies) -> None:
    read = read_tables(rows, job.spec, latest_day(job.as_of), signs)
    judge, feeds = readable(rows, read, job.spec)
    usable = judge.reason == 0
    fate = np.where(usable, KEPT, SET_ASIDE)
    fates = Fates(fate, judge.reason, judge.column, judge.columns, feeds)
    sources = Sources(
        job.profile.provider, [file.name for file in rows.files], rows.file_numbers, job.key
    )
    made = every_row(read, fates, job.spec, sources)
    begin = tallies.rows
    for name, table in made.tables.items():
        numbered = table.append_column("_row", pa.array(made.rows[name] + begin))
        _write(job.folder / name, number, numbered)
    kept = np.flatnonzero(usable)
    keys = key_hashes(rows, read, job.spec, feeds)[kept]
    _write(job.folder / "_keys", number, pa.table({"_row": kept + begin, "_key": keys}))
    tallies.add(rows, read, fates, rows_set_aside(rows, read, fates, job.spec))


def _write(folder: Path, number: int, table: pa.Table) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / f"{number:05}.parquet", compression="lz4", store_schema=False)


def _drop(job: Job, again: np.ndarray, signs: dict[str, str], tallies: Tallies) -> np.ndarray:
    """Rows of a share that repeat or contradict another, decided on their text, in order.

    What is kept of a part is copied, so that the part itself can go.
    """
    parts: list[tuple[str, list[Part]]] = []
    begin = 0
    for name, read in job.files:
        held = []
        for part in read():
            first, behind = np.searchsorted(again, [begin, begin + len(part.lines)])
            inside = again[first:behind] - begin
            begin += len(part.lines)
            if len(inside):
                texts = [(name, pa.string()) for name in part.cells.column_names]
                cells = part.cells.take(pa.array(inside)).cast(pa.schema(texts))
                held.append(Part(cells, part.lines[inside], no_uneven()))
        parts.append((name, held))
    rows = gather(parts, frozenset())
    read_columns = read_tables(rows, job.spec, latest_day(job.as_of), signs)
    fates = decide(rows, read_columns, job.spec)
    tallies.drop(rows, fates, rows_set_aside(rows, read_columns, fates, job.spec))
    return again[~fates.kept]
