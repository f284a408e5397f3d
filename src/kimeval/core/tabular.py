"""Canonical tables in Arrow: their shape, their check, their way to pandas (Arrow-Tabellen)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kimeval.core.schema import ADDED, check, conform, table

NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def arrow_types(name: str) -> dict[str, pa.DataType]:
    """Columns of a canonical table and their types in Arrow, in declared order."""
    return {c.name: c.arrow for c in table(name).columns.values()} | dict.fromkeys(
        ADDED, pa.string()
    )


def shaped(name: str, columns: Mapping[str, pa.Array], rows: int) -> pa.Table:
    """Arrow columns in the table's shape: all columns, in declared order.

    Parameters
    ----------
    name : str
        Canonical table.
    columns : mapping of str to array, shape (rows,)
        In the columns' Arrow types; text may be a dictionary.
    rows : int
        Number of rows; columns that are absent are null.

    Returns
    -------
    Table, shape (rows, declared columns + provider + source)
    """
    types = arrow_types(name)
    return pa.table({c: columns.get(c, pa.nulls(rows, kind)) for c, kind in types.items()})


def to_frame(name: str, held: pa.Table) -> pd.DataFrame:
    """A canonical table of Arrow as a frame in its declared types."""
    plain = held.cast(pa.schema(arrow_types(name)))
    return conform(name, plain.to_pandas(types_mapper=NULLABLE.get))


def check_table(name: str, held: pa.Table) -> pa.Table:
    """Return the table if it keeps every declared rule; a value is checked once.

    Raises
    ------
    DataError
        Names table, columns and rules that are broken, with the number of values
        that differ; never a value itself.
    """
    check_values(name, {c: _distinct(held.column(c), is_ruled(name, c)) for c in held.column_names})
    return held


def check_values(name: str, values: Mapping[str, pa.Array]) -> None:
    """Check values of each column, however many a column has.

    Parameters
    ----------
    name : str
        Canonical table.
    values : mapping of str to array
        By column: its distinct values, or one of them where no rule looks at values,
        and a null if it has any.

    Raises
    ------
    DataError
        As `check_table`.
    """
    longest = max((len(v) for v in values.values()), default=0)
    padded = {
        c: v.take(pa.array(np.minimum(np.arange(longest), max(0, len(v) - 1)))) if len(v) else v
        for c, v in values.items()
    }
    check(name, to_frame(name, shaped(name, padded, longest)), "values")


def is_ruled(name: str, column_name: str) -> bool:
    """Whether a rule looks at the values of a column: a list, the form of an AGS, bounds."""
    column = table(name).columns.get(column_name)
    return column is not None and (column.type in ("code", "ags") or column.least is not None)


def _distinct(column: pa.ChunkedArray, ruled: bool) -> pa.Array:
    """Distinct values, or one of them and a null where no rule looks at values."""
    if ruled:
        if not pa.types.is_dictionary(column.type):
            return pc.unique(column)
        parts = [c.dictionary.take(c.indices.unique()) for c in column.chunks]
        return pc.unique(pa.chunked_array(parts, column.type.value_type))
    some = column.slice(0, 1).cast(_plain(column.type)).combine_chunks()
    nothing = pa.nulls(1 if column.null_count else 0, some.type)
    return pa.concat_arrays([some, nothing])


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
