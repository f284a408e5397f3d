"""Pairs of records and how probable it is that they are one person (Vergleich).

splink does blocking, scoring and estimation; it works in memory only and stays
silent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from kimeval.core.errors import DataError
from kimeval.data.link.models import Comparison, Model
from kimeval.data.link.prepare import KEYS

CHUNK = 50_000
BACKGROUND_RECORDS = 1000
MOST_LIKELY_PRIOR = 0.05


@contextmanager
def silent() -> Iterator[None]:
    """Keep splink's messages from every log, and values from every error."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    except duckdb.Error as found:
        raise _without_values(found) from None
    except Exception as found:
        if type(found).__module__.startswith("splink"):
            raise _without_values(found) from None
        raise
    finally:
        logger.setLevel(before)


def linker_of(con: duckdb.DuckDBPyConnection, records: pd.DataFrame, model: Model) -> Any:
    """A splink linker with a model's levels and term frequencies.

    Parameters
    ----------
    con : DuckDBPyConnection
        In memory and fresh; gets a table `records`.
    records : DataFrame
        Result of `prepare`.
    model : Model
        With the m and u to be used.
    """
    from splink import DuckDBAPI, Linker, block_on

    store(con, records)
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "comparisons": [_comparison(c) for c in model.comparisons],
        "blocking_rules_to_generate_predictions": [block_on(key) for key in KEYS],
        "probability_two_random_records_match": prior_of(records, model),
        "retain_matching_columns": False,
        "max_iterations": 50,
    }
    api = DuckDBAPI(con)
    linker = Linker(api.register("records"), settings, log_level=None, validate_settings=False)
    for column, rare in model.frequency.items():
        table = api.register(_frequencies(records, column, rare), table_name=f"tf_of_{column}")
        linker.table_management.register_term_frequency_lookup(table, column)
    return linker


def store(con: duckdb.DuckDBPyConnection, records: pd.DataFrame) -> None:
    """Put the result of `prepare` into the table `records`."""
    fields = [(c, pa.int64() if c == "record" else pa.string()) for c in records.columns]
    table = pa.Table.from_pandas(records, pa.schema(fields), preserve_index=False)
    con.register("delivered", table)
    con.execute("CREATE OR REPLACE TABLE records AS SELECT * FROM delivered")
    con.unregister("delivered")


def prior_of(records: pd.DataFrame, model: Model) -> float:
    """Probability that two records taken at random are one person.

    From the pairs that agree in whole name and birth date, which are a known
    share of all; never less than declared.
    """
    known = records.dropna(subset=["plain", "birth_date"])
    sizes = known.groupby(["plain", "birth_date"]).size().to_numpy()
    alike = float((sizes * (sizes - 1) / 2).sum())
    total = len(records)
    expected = max(model.pairs_per_record * total, alike / model.exact_share)
    return min(MOST_LIKELY_PRIOR, expected / (total * (total - 1) / 2))


def scored(linker: Any, records: int, least: float) -> pd.DataFrame:
    """Pairs with at least a probability.

    Returns
    -------
    DataFrame with columns record_left < record_right, probability, weight (log2)
    """
    chunks = -(-records // CHUNK)
    found = linker.inference.predict(
        threshold_match_probability=least,
        num_chunks_left=chunks,
        num_chunks_right=1,
        warning_mode="never",
    )
    pairs = found.as_pyarrow_table().to_pandas()
    left, right = pairs["record_l"].to_numpy(), pairs["record_r"].to_numpy()
    made = pd.DataFrame(
        {
            "record_left": np.minimum(left, right),
            "record_right": np.maximum(left, right),
            "probability": pairs["match_probability"].to_numpy(),
            "weight": pairs["match_weight"].to_numpy(),
        }
    )
    return made.sort_values(["record_left", "record_right"], ignore_index=True)


def levels_of(con: duckdb.DuckDBPyConnection, pairs: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Level of each comparison for some pairs: its position, -1 where unknown.

    Parameters
    ----------
    con : DuckDBPyConnection
        With the table `records` of `linker_of`.
    pairs : DataFrame
        With record_left and record_right.

    Returns
    -------
    DataFrame, one row per pair in the same order, one column per comparison
    """
    names = [row[0] for row in con.execute("DESCRIBE records").fetchall()]
    sides = (", ".join(f'{side}."{n}" AS "{n}_{side}"' for n in names) for side in "lr")
    chosen = pairs[["record_left", "record_right"]].reset_index(drop=True)
    con.register("wanted", pa.Table.from_pandas(chosen.assign(pair_at=np.arange(len(chosen)))))
    cases = ", ".join(f'{_case(c)} AS "{c.name}"' for c in model.comparisons)
    made = con.sql(
        f"WITH sides AS (SELECT pair_at, {', '.join(sides)} FROM wanted "
        f"JOIN records l ON l.record = record_left JOIN records r ON r.record = record_right) "
        f"SELECT {cases} FROM sides ORDER BY pair_at"
    ).to_arrow_table()
    con.unregister("wanted")
    return made.to_pandas()


def _case(comparison: Comparison) -> str:
    whens = (
        f"WHEN {level.condition} THEN {n}"
        for n, level in enumerate(comparison.levels)
        if level.condition
    )
    last = len(comparison.levels) - 1
    return f"CASE WHEN {comparison.unknown} THEN -1 {' '.join(whens)} ELSE {last} END"


def _comparison(comparison: Comparison) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [{"sql_condition": comparison.unknown, "is_null_level": True}]
    for level in comparison.levels:
        entry = {
            "sql_condition": level.condition or "ELSE",
            "m_probability": level.m,
            "u_probability": level.u,
            "label_for_charts": level.why or "-",
        }
        if level.tf:
            entry |= {"tf_adjustment_column": level.tf, "disable_tf_exact_match_detection": True}
        levels.append(entry)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _frequencies(records: pd.DataFrame, column: str, rare: float) -> pa.Table:
    """Shares of values, drawn towards a declared one: a small delivery says little."""
    counts = records[column].value_counts()
    total = int(counts.sum())
    shares = (counts + BACKGROUND_RECORDS * rare) / (total + BACKGROUND_RECORDS)
    return pa.table(
        {
            column: pa.array(counts.index.to_numpy(dtype=object), pa.string()),
            f"tf_{column}": pa.array(shares.to_numpy(float), pa.float64()),
        }
    )


def _without_values(found: Exception) -> DataError:
    if "memory" in str(found).casefold():
        return DataError(
            "Linkage works in memory only, and there is not enough of it. Set KIMEVAL_MEMORY to "
            "more, such as 4GiB, or use the model 'exact'."
        )
    return DataError(
        "Linkage could not compare the records of this delivery. This is a defect of kimeval: "
        "nothing was stored, please report it. The model 'exact' works without it."
    )
