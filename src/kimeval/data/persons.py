"""One number for one person in the files of all providers (Wiedererkennung)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from kimeval.data.clean.files import Cleaned
from kimeval.data.deliveries import REVIEW, Delivery
from kimeval.data.engine import source_of
from kimeval.data.ledger import DOUBTFUL, LINKED, table_of
from kimeval.data.link import joined_sheet, link, read_decisions, review_sheet
from kimeval.data.link.review import GERMAN
from kimeval.data.profiles import Profile
from kimeval.data.pseudonyms import plain_name, pseudonym
from kimeval.data.stores import Held


@dataclass(frozen=True)
class Sheets:
    """What linkage found, without any name (Listen zur Wiedererkennung).

    Attributes
    ----------
    review : DataFrame
        Doubtful pairs, for a decision.
    joined : DataFrame
        Pairs that were joined, person by person, with the reason.
    """

    review: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    joined: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def recognise(
    parts: Sequence[Cleaned], profiles: Sequence[Profile], delivery: Delivery, key: bytes
) -> tuple[list[Cleaned], Sheets]:
    """Give every client a person's number (Personen wiedererkennen).

    Where a profile names no personal columns, a person is only ever the
    provider's own.

    Parameters
    ----------
    parts : sequence of Cleaned
        With what tells persons apart.
    profiles : sequence of Profile
        With the models of linkage.
    delivery : Delivery
        May hold decisions on doubtful pairs.
    key : bytes
        For the numbers.

    Returns
    -------
    list of Cleaned, Sheets
        The parts with `person_id`, and what was found.
    """
    known = [part for part in parts if "clients" in part.tables]
    people, numbers = _people(known)
    sheets = Sheets()
    if len(people):
        settings = {
            profile.provider: spec.link
            for profile in profiles
            for spec in profile.file
            if spec.link is not None
        }
        decided = delivery.folder / REVIEW
        found = link(people, settings, read_decisions(decided) if decided.is_file() else None)
        sheets = Sheets(review_sheet(found, people), joined_sheet(found, people))
        numbers = _numbers(people, numbers, found.groups, key)
    done, begin = [], 0
    for part in parts:
        rows = len(part.people)
        done.append(_numbered(part, numbers[begin : begin + rows] if rows else None))
        begin += rows
    return done, sheets


def _numbered(part: Cleaned, numbers: np.ndarray | None) -> Cleaned:
    clients = part.tables.get("clients")
    if not isinstance(clients, pa.Table):
        return part
    own = clients.column("client_id") if numbers is None else pa.array(numbers, pa.string())
    at = clients.column_names.index("person_id")
    return replace(part, tables=part.tables | {"clients": clients.set_column(at, "person_id", own)})


def _people(parts: Sequence[Cleaned]) -> tuple[pd.DataFrame, np.ndarray]:
    """What is known of persons of all parts, and their providers' own numbers."""
    linked = [part for part in parts if len(part.people)]
    if not linked:
        return pd.DataFrame(), np.zeros(0, dtype=object)
    people = pd.concat([part.people for part in linked], ignore_index=True)
    people.insert(0, "record", np.arange(len(people)))
    own = [part.tables["clients"].column("client_id").to_pandas() for part in linked]
    return people, pd.concat([ids.astype("str") for ids in own]).to_numpy(dtype=object)


def _numbers(people: pd.DataFrame, own: np.ndarray, groups: np.ndarray, key: bytes) -> np.ndarray:
    """The smallest of a group's numbers, so that it does not hang on the order of files.

    Groups that were told apart in spite of one name and birth date go by the
    smallest number of their provider.
    """
    names = [plain_name(pair) for pair in zip(people["family"], people["given"], strict=True)]
    single = [
        pseudonym(key, "person", name, birth) if name and birth else number
        for name, birth, number in zip(names, people["birth_date"], own, strict=True)
    ]
    held = pd.DataFrame({"single": single, "own": own}, dtype="str").groupby(groups)
    least = held.transform("min")
    apart = pd.Series(groups).groupby(least["single"]).transform("nunique") > 1
    return least["single"].mask(apart, least["own"]).to_numpy(dtype=object)


def known_to_two(clients: Held, engine: DuckDBPyConnection) -> pd.DataFrame:
    """Persons known to two providers each, columns of `LINKED`."""
    source = source_of(engine, "clients", clients)
    providers = engine.execute(f"SELECT count(DISTINCT provider) FROM {source}").fetchall()
    if providers[0][0] < 2:
        return table_of([], LINKED)
    query = f"""
        WITH seen AS (SELECT DISTINCT provider, person_id FROM {source}),
             who AS (SELECT DISTINCT provider FROM seen)
        SELECT a.provider AS provider, b.provider AS other,
               (SELECT count(*) FROM seen x JOIN seen y USING (person_id)
                WHERE x.provider = a.provider AND y.provider = b.provider) AS persons
        FROM who a JOIN who b ON a.provider < b.provider ORDER BY 1, 2
    """
    rows = engine.execute(query).fetchall()
    return table_of([dict(zip(LINKED, row, strict=True)) for row in rows], LINKED)


def undecided(review: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the review sheet without a decision, columns of `DOUBTFUL` (Zweifelsfälle)."""
    if review.empty:
        return table_of([], DOUBTFUL)
    waiting = review[review[GERMAN["decision"]] == ""]
    sides = waiting[[GERMAN["provider_left"], GERMAN["provider_right"]]]
    pairs = Counter(tuple(sorted(pair)) for pair in sides.itertuples(index=False, name=None))
    return table_of(
        [dict(zip(DOUBTFUL, (*pair, n), strict=True)) for pair, n in sorted(pairs.items())],
        DOUBTFUL,
    )
