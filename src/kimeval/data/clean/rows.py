"""All rows of one kind of file, as columns of distinct texts (Zeilen einer Dateiart)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kimeval.data.profiles import ROW, FileSpec
from kimeval.data.read.part import Part, no_uneven

THREADS = 2
UNIT_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Texts:
    """A column as its texts and which of them each row holds (Spalte als Text).

    Attributes
    ----------
    distinct : array of string, shape (texts,)
        Each text once; one per row where there are no codes.
    codes : ndarray of int8, int16 or int32, shape (rows,), or None
        Place in `distinct`; None where row i holds text i.
    """

    distinct: pa.Array = field(repr=False)
    codes: np.ndarray | None = field(repr=False)

    def at(self, rows: np.ndarray) -> list[str]:
        """Texts of some rows."""
        places = rows if self.codes is None else self.codes[rows]
        return self.distinct.take(pa.array(places)).to_pylist()

    def numbered(self, rows: np.ndarray) -> np.ndarray:
        """Numbers of some rows, the same for the same text."""
        if self.codes is not None:
            return self.codes[rows]
        return self.distinct.take(pa.array(rows)).dictionary_encode().indices.to_numpy()


@dataclass(frozen=True)
class FileAccount:
    """What reading a file counted (Zählung beim Einlesen)."""

    name: str
    rows: int
    uneven: pd.DataFrame = field(repr=False)
    skipped: Mapping[str, int] = field(default_factory=dict)
    records: int = 0
    trimmed: int = 0
    notes: tuple[str, ...] = field(default=(), repr=False)
    columns: tuple[str, ...] = ()
    joined: int = 0


@dataclass(frozen=True)
class Rows:
    """Rows of all files of one kind (Zeilen).

    Attributes
    ----------
    columns : dict of str to Texts
        By column of the file.
    lines : ndarray of int32, shape (rows,)
        Line of its file on which each row begins.
    files : list of FileAccount
        In the order of their rows: the first `files[0].rows` rows are of the first.
    """

    columns: dict[str, Texts] = field(repr=False)
    lines: np.ndarray = field(repr=False)
    files: list[FileAccount]

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def ranges(self) -> list[slice]:
        """Rows of each file."""
        ends = np.cumsum([file.rows for file in self.files])
        return [slice(int(e - f.rows), int(e)) for e, f in zip(ends, self.files, strict=True)]

    @property
    def file_numbers(self) -> np.ndarray:
        """Number of each row's file."""
        return np.repeat(
            np.arange(len(self.files), dtype=np.int16), [file.rows for file in self.files]
        )

    def text_of(self, rows: np.ndarray, file: FileAccount, separator: str) -> list[str]:
        """Some rows of a file as they were delivered, cells joined."""
        columns = [self.columns[name].at(rows) for name in file.columns]
        return [separator.join(cells) for cells in zip(*columns, strict=True)]


def gather(files: Sequence[tuple[str, Iterable[Part]]], keep_plain: frozenset[str]) -> Rows:
    """Put the parts of files of one kind together.

    Parameters
    ----------
    files : sequence of (name, parts)
        In the order in which their rows count.
    keep_plain : frozenset of str
        Columns that are not worth looking for repeated texts.

    Returns
    -------
    Rows
    """
    chunks: dict[str, list[pa.Array]] = {}
    lines: list[np.ndarray] = []
    accounts = []
    for name, parts in files:
        tally = Tally(name)
        for part in parts:
            _collect(chunks, part.cells, sum(map(len, lines)))
            lines.append(part.lines.astype(np.int32))
            tally.add(part)
        accounts.append(tally.account())
    rows = sum(map(len, lines))
    for held in chunks.values():
        _fill(held, rows)
    names = list(chunks)
    with ThreadPoolExecutor(THREADS) as pool:
        texts = pool.map(lambda name: together(chunks.pop(name), name in keep_plain), names)
        columns = dict(zip(names, texts, strict=True))
    pa.default_memory_pool().release_unused()
    return Rows(columns, np.concatenate(lines) if lines else np.zeros(0, np.int32), accounts)


def _collect(chunks: dict[str, list[pa.Array]], cells: pa.Table, before: int) -> None:
    """Add a part's columns; one that was or becomes absent is empty there."""
    for name in cells.column_names:
        held = chunks.setdefault(name, [])
        _fill(held, before)
        held.append(cells.column(name).combine_chunks())


def _fill(held: list[pa.Array], rows: int) -> None:
    if lacking := rows - sum(map(len, held)):
        codes = pa.array(np.zeros(lacking, np.int32))
        held.append(pa.DictionaryArray.from_arrays(codes, pa.array([""])))


def together(chunks: list[pa.Array], keep_plain: bool) -> Texts:
    """Chunks of a column as one; distinct texts are found unless it is kept plain."""
    chunks = [chunk for chunk in chunks if len(chunk)]
    if not chunks:
        return Texts(pa.array([], pa.string()), np.zeros(0, np.int32))
    if any(not isinstance(chunk, pa.DictionaryArray) for chunk in chunks):
        plain = pa.chunked_array([chunk.cast(pa.string()) for chunk in chunks])
        if keep_plain:
            return Texts(plain.combine_chunks(), None)
        joined = plain.dictionary_encode()
    else:
        joined = pa.chunked_array(chunks).unify_dictionaries()
    distinct = joined.chunk(0).dictionary
    kind = narrow(len(distinct))
    codes = np.concatenate([chunk.indices.to_numpy().astype(kind) for chunk in joined.chunks])
    return Texts(distinct, codes)


def with_content(rows: Rows, spec: FileSpec) -> Rows:
    """Rows with a column that holds all they say, where the profile makes numbers of it."""
    if not any(fed.file_column(name) == ROW for fed in spec.table for name in fed.columns):
        return rows
    said = [
        column.distinct if column.codes is None else column.distinct.take(pa.array(column.codes))
        for name, column in rows.columns.items()
        if name not in spec.ignore
    ]
    content = pc.binary_join_element_wise(*said, UNIT_SEPARATOR) if said else pa.array([""])
    return replace(rows, columns=rows.columns | {ROW: Texts(content, None)})


def narrow(size: int) -> type[np.signedinteger]:
    """The smallest type of number that can point at so many texts."""
    return np.int8 if size < 1 << 7 else np.int16 if size < 1 << 15 else np.int32


class Tally:
    """Adds up what the parts of a file counted (Zählung)."""

    def __init__(self, name: str):
        self.name = name
        self.rows = self.records = self.trimmed = self.joined = 0
        self.skipped: Counter[str] = Counter()
        self.uneven: list[pd.DataFrame] = []
        self.notes: list[str] = []
        self.columns: list[str] = []

    def add(self, part: Part) -> None:
        """Add one part."""
        self.rows += len(part.lines)
        self.records += part.records
        self.trimmed += part.trimmed
        self.joined += part.joined
        self.skipped.update(part.skipped)
        self.notes += part.notes
        self.columns = part.cells.column_names
        if len(part.uneven):
            self.uneven.append(part.uneven)

    def account(self) -> FileAccount:
        """What all parts counted."""
        uneven = pd.concat(self.uneven, ignore_index=True) if self.uneven else no_uneven()
        return FileAccount(
            self.name,
            self.rows,
            uneven,
            dict(self.skipped),
            self.records,
            self.trimmed,
            tuple(self.notes),
            tuple(self.columns),
            self.joined,
        )
