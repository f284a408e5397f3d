"""Columns of words as whole numbers, each word held once (Schlüssel)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

UNKNOWN = -1
Codes = NDArray[np.int32]
Column: TypeAlias = Any  # a column of text of pyarrow or pandas, or a sequence of str


@dataclass(frozen=True, repr=False)
class Labels:
    """A column of words as codes (Schlüssel).

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        Positions in `names`; -1 where the word is missing.
    names : tuple of str, shape (k,)
        Each word once, sorted.
    """

    codes: Codes = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, column: Column | Labels) -> Labels:
        """Codes of a column of text, sorted by word so that they do not depend on its order."""
        if isinstance(column, Labels):
            return column
        found = encoded(column)
        codes, words = codes_of(found), found.dictionary.to_pylist()
        used = np.bincount(codes + 1, minlength=len(words) + 1)[1:] > 0
        order = sorted(np.flatnonzero(used).tolist(), key=words.__getitem__)
        place = np.full(len(words) + 1, UNKNOWN, np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        return cls(place[codes], tuple(words[i] for i in order))

    def at(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Labels:
        """The same words for some of the rows."""
        return Labels(self.codes[rows], self.names)

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Labels({len(self)} rows, {len(self.names)} names)"


def encoded(column: Column) -> pa.DictionaryArray:
    """Each text once, and which one every row has.

    Parameters
    ----------
    column : column of text, shape (n,)
        A dictionary, as a vintage holds it, is kept: no text is made for a row.

    Returns
    -------
    DictionaryArray, shape (n,)
        With one dictionary for all chunks; it may hold texts that no row has.
    """
    made = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    chunks = made.chunks if isinstance(made, pa.ChunkedArray) else [made]
    if not chunks:
        return pc.dictionary_encode(pa.array([], pa.string()))
    if not pa.types.is_dictionary(made.type):
        whole = pc.dictionary_encode(made)
        return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    if all(chunk.dictionary.equals(chunks[0].dictionary) for chunk in chunks[1:]):
        indices = pa.concat_arrays([chunk.indices for chunk in chunks])
        return pa.DictionaryArray.from_arrays(indices, chunks[0].dictionary)
    return _joined(chunks)


def codes_of(column: pa.DictionaryArray) -> Codes:
    """Position in the dictionary of every row, -1 where it is null, shape (n,)."""
    indices = column.indices
    filled = pc.fill_null(indices, UNKNOWN) if indices.null_count else indices
    return filled.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)


def _joined(chunks: list[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Chunks with dictionaries of their own, by one that holds each text once."""
    texts = pc.dictionary_encode(pa.concat_arrays([chunk.dictionary for chunk in chunks]))
    to = texts.indices.to_numpy(zero_copy_only=False)
    codes, begin = [], 0
    for chunk in chunks:
        mine = codes_of(chunk)
        end = begin + len(chunk.dictionary)
        codes.append(np.append(to[begin:end], UNKNOWN)[mine].astype(np.int32))
        begin = end
    whole = np.concatenate(codes)
    indices = pa.array(whole, mask=whole == UNKNOWN)
    return pa.DictionaryArray.from_arrays(indices, texts.dictionary)
