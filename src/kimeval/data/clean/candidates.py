"""Rows that may repeat one another, found by DuckDB over all slabs (mögliche Wiederholungen).

They are told apart on their text, which never lies on a disk. However many they
are, only a share of them is in memory at a time: rows with the same hash are in
the same share.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from kimeval.data.engine import connect, parquet, text

SHARE = 3_000_000


def shares(keys: Path, spill: Path, most: int = SHARE) -> Iterator[np.ndarray]:
    """Rows whose key's hash occurs more than once.

    Parameters
    ----------
    keys : Path
        Folder of Parquet files with `_row` and `_key`, its hash.
    spill : Path
        Folder for what exceeds memory.
    most : int
        Rows of a share, on average.

    Yields
    ------
    ndarray of int64, shape (any,)
        Rows of a share in order, at least two; equal hashes are in one share.
    """
    found = keys.with_name("_again.parquet")
    with connect(spill) as engine:
        engine.execute(
            f"""
            COPY (WITH keys AS (FROM {parquet(sorted(keys.glob("*.parquet")))}),
                       twice AS (SELECT _key FROM keys GROUP BY _key HAVING count(*) > 1)
                  SELECT _row, _key FROM keys SEMI JOIN twice USING (_key))
            TO {text(str(found))} (FORMAT parquet)
            """
        )
    count = -(-pq.read_metadata(found).num_rows // most)
    for share in range(count):
        with connect(spill) as engine:
            rows = engine.execute(
                f"SELECT _row FROM {parquet([found])} WHERE _key % {count} = {share} ORDER BY _row"
            ).fetchnumpy()["_row"]
        if len(rows):
            yield np.asarray(rows, dtype=np.int64)
