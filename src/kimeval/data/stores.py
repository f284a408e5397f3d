"""Tables in memory or on disk, written the same way (Ablage von Tabellen)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from kimeval.core.tabular import arrow_types, check_table, check_values, is_ruled, to_frame
from kimeval.data.engine import BEYOND, MEMORY, connect, source_of

Held: TypeAlias = pa.Table | ds.FileSystemDataset
ROW_GROUP = 1 << 22
FEW = 1 << 18
DICTIONARY = 1 << 30


def write_table(name: str, held: Held, path: Path) -> None:
    """Write a canonical table as Parquet.

    Parameters
    ----------
    name : str
        Canonical table.
    held : Table or Dataset
        In canonical shape; text may be a dictionary. A Dataset is of Parquet files.
    path : Path
        New file.
    """
    if isinstance(held, pa.Table):
        pq.write_table(held.unify_dictionaries(), path, row_group_size=ROW_GROUP, **_options(held))
        return
    if len(held.files) == 1:
        shutil.copyfile(held.files[0], path)
        return
    schema = pa.schema(arrow_types(name))
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        for file in held.files:
            for batch in pq.ParquetFile(file).iter_batches(FEW):
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def stacked(name: str, parts: Sequence[Held], spill: Path | None) -> Held:
    """Parts of one canonical table as one, checked against its declaration.

    Parameters
    ----------
    name : str
        Canonical table.
    parts : sequence of Table or Dataset
        In the order of their providers.
    spill : Path or None
        Folder for parts in memory where another one lies on disk.

    Returns
    -------
    Table, or Dataset where any part is one
    """
    if all(isinstance(part, pa.Table) for part in parts):
        shape = pa.schema(arrow_types(name))
        whole = parts if len(parts) == 1 else [part.cast(shape) for part in parts]
        return check_table(name, pa.concat_tables(whole))
    assert spill is not None
    paths = []
    for number, part in enumerate(parts):
        if isinstance(part, pa.Table):
            path = spill / f"{name}-{number}.parquet"
            write_table(name, check_table(name, part), path)
            paths.append(str(path))
        else:
            _check_on_disk(name, part)
            paths += part.files
    return ds.dataset(paths)


def memory_of(tables: Iterable[Held]) -> str:
    """Memory that an engine may take: more where tables lie on disk and not in memory."""
    return MEMORY if all(isinstance(table, pa.Table) for table in tables) else BEYOND


def in_frame(name: str, held: Held) -> pd.DataFrame:
    """A canonical table as a frame in its declared types."""
    return to_frame(name, held if isinstance(held, pa.Table) else held.to_table())


def _check_on_disk(name: str, held: ds.FileSystemDataset) -> None:
    """Check the distinct values of each column, and one null where it has any."""
    values = {}
    with connect() as engine:
        source = source_of(engine, "held", held)
        for column, kind in arrow_types(name).items():
            distinct = (
                f'SELECT DISTINCT "{column}" AS v FROM {source}'
                if is_ruled(name, column)
                else (
                    f'(SELECT "{column}" AS v FROM {source} LIMIT 1) UNION ALL '
                    f'(SELECT "{column}" AS v FROM {source} WHERE "{column}" IS NULL LIMIT 1)'
                )
            )
            values[column] = engine.sql(distinct).to_arrow_table().column("v").cast(kind)
    check_values(name, values)


def _options(held: pa.Table) -> dict[str, object]:
    """Dictionaries for all but columns that hardly repeat a text."""
    repeats = [f.name for f in held.schema if f.type != pa.string() or len(held) < FEW]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": repeats,
        "dictionary_pagesize_limit": DICTIONARY,
        "store_schema": False,
    }
