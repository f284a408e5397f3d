"""Shares m and u from the delivery itself (Schätzung der Modellwerte).

u from pairs drawn at random, m by expectation maximisation among records of one
birth date; both repeat exactly. The birth date itself keeps its declared values:
among records of one name, namesakes of one nationality and town are taken for one
person, and the share of different birth dates comes out at 40 % and more.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kimeval.data.engine import connect
from kimeval.data.link.models import Comparison, Level, Model
from kimeval.data.link.score import linker_of

SEED = 2024
MOST_DIFFERENT = 0.25
U_PAIRS = 1_000_000
U_CHUNKS = 4
EM_PAIRS = 500_000
EM_BLOCK = "birth_date"
UNSEEN = "level not observed in training dataset"


@dataclass(frozen=True)
class Training:
    """What came of training (Ergebnis der Schätzung).

    Attributes
    ----------
    model : Model
        With the m and u to be used: trained, or as declared.
    trained : bool
        Whether training was used.
    note : str
        German sentence for a report.
    """

    model: Model
    trained: bool
    note: str


def train(records: pd.DataFrame, declared: Model) -> Training:
    """Train a model on a delivery, if it is large enough.

    Parameters
    ----------
    records : DataFrame
        Result of `prepare`.
    declared : Model
        Its values are kept for levels that were not seen; its m count as
        `prior_pairs` pairs.
    """
    if len(records) < declared.train_from:
        return Training(declared, False, _few(declared, len(records)))
    with closing(connect()) as con:
        linker = linker_of(con, records, declared)
        linker.training.estimate_u_using_random_sampling(
            max_pairs=U_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=U_CHUNKS
        )
        if not _converges(linker):
            return Training(declared, False, _fallback(declared, "keine stabile Lösung"))
        saved = linker.misc.save_model_to_json()
    made = _with_values(declared, saved, len(records))
    if wrong := _implausible(made):
        return Training(declared, False, _fallback(declared, f"unplausible Werte bei {wrong}"))
    return Training(made, True, f"Modell „{declared.name}“: m und u aus der Lieferung geschätzt.")


def _converges(linker: Any) -> bool:
    """Whether expectation maximisation found pairs and stopped before its last round.

    splink tells the number of rounds in a log only, hence the look inside, and
    refuses an m that runs to zero with a ValueError.
    """
    from splink import block_on
    from splink.internals.exceptions import EMTrainingException

    try:
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(EM_BLOCK),
            estimate_without_term_frequencies=True,
            max_pairs=EM_PAIRS,
            record_sample_proportion=0.1,
        )
    except (EMTrainingException, ValueError):
        return False
    rounds = len(session._core_model_settings_history) - 1
    return bool(rounds < session.training_settings.max_iterations)


def _with_values(declared: Model, saved: dict[str, Any], records: int) -> Model:
    weight = declared.prior_pairs / (declared.pairs_per_record * records)
    prior = saved["probability_two_random_records_match"]
    trained = {c["output_column_name"]: c["comparison_levels"] for c in saved["comparisons"]}
    comparisons = tuple(
        replace(c, levels=_levels(c, trained[c.name], weight, prior)) if c.name != EM_BLOCK else c
        for c in declared.comparisons
    )
    return replace(declared, comparisons=comparisons)


def _levels(
    comparison: Comparison, trained: list[dict[str, Any]], weight: float, prior: float
) -> tuple[Level, ...]:
    known = [level for level in trained if not level.get("is_null_level")]
    return tuple(
        _level(level, seen, weight, prior)
        for level, seen in zip(comparison.levels, known, strict=True)
    )


def _level(declared: Level, seen: dict[str, Any], weight: float, prior: float) -> Level:
    """Trained values of a level.

    Pairs drawn at random hold some of one person: their share is taken out of u.
    What is then left of a level that hardly anyone else shows is no estimate.
    """
    trained_m, trained_u = seen.get("m_probability", UNSEEN), seen.get("u_probability", UNSEEN)
    m = declared.m if isinstance(trained_m, str) else float(trained_m)
    m = (m + weight * declared.m) / (1 + weight)
    if isinstance(trained_u, str) or trained_u == declared.u:
        return replace(declared, m=m)
    u = (float(trained_u) - prior * m) / (1 - prior)
    return replace(declared, m=m, u=u if u > prior / 10 else min(declared.u, float(trained_u)))


def _implausible(model: Model) -> str | None:
    """A comparison whose agreement speaks against, or whose difference speaks for a person."""
    for comparison in model.comparisons:
        same = [level for level in comparison.levels if level.same]
        first, last = comparison.levels[0], comparison.levels[-1]
        if any(level.m <= level.u for level in same or [first]) or last.m >= last.u:
            return comparison.german
        if same and last.m > MOST_DIFFERENT:
            return comparison.german
    return None


def _few(declared: Model, records: int) -> str:
    return (
        f"Modell „{declared.name}“: festgelegte Werte, da {records} Datensätze weniger sind als "
        f"die {declared.train_from}, ab denen geschätzt wird."
    )


def _fallback(declared: Model, cause: str) -> str:
    return f"Modell „{declared.name}“: festgelegte Werte, da die Schätzung misslang ({cause})."
