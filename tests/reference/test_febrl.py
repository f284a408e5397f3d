"""One person in two files against FEBRL 4: 5,000 originals and 5,000 duplicates.

The data are synthetic and made to be hard: names, birth dates and numbers are not
only misspelt but also replaced by others or left out.
"""

import csv
import sys

import numpy as np
import pandas as pd
import pytest

from kimeval.data.link import Linkage, link
from kimeval.data.link.models import model
from kimeval.data.link.prepare import KEYS, prepare
from kimeval.data.profiles import Link

COLUMNS = {
    "surname": "family",
    "given_name": "given",
    "address_1": "street",
    "street_number": "house_number",
    "postcode": "postcode",
    "suburb": "place",
    "soc_sec_id": "number",
}
EXTRA = ["street", "house_number", "postcode", "place", "number"]
TRUE_PAIRS = 5000


@pytest.fixture(scope="module")
def people(reference_data) -> pd.DataFrame:
    made = []
    for name in ("dataset4a", "dataset4b"):
        with (reference_data / "febrl" / f"{name}.csv").open(encoding="utf-8") as lines:
            for line, row in enumerate(csv.DictReader(lines, skipinitialspace=True), 2):
                day = row["date_of_birth"].strip()
                made.append(
                    {new: row[old].strip() for old, new in COLUMNS.items()}
                    | {"birth_date": f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""}
                    | {"provider": name, "file": f"{name}.csv", "line": line}
                    | {"person": row["rec_id"].split("-")[1]}
                )
    return pd.DataFrame(made).assign(record=np.arange(len(made)))


def linked(people: pd.DataFrame) -> Linkage:
    settings = Link(names=["surname", "given_name"], birth_date="date_of_birth")
    return link(people, dict.fromkeys(("dataset4a", "dataset4b"), settings))


def told(text: str) -> None:
    sys.stdout.write(f"FEBRL 4: {text}\n")


def scores(people: pd.DataFrame, groups: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 over pairs of records."""
    frame = people.assign(group=groups)
    sizes = (frame.groupby(by).size() for by in (["group"], ["group", "person"]))
    found, both = (float((n * (n - 1) / 2).sum()) for n in sizes)
    precision, recall = both / found, both / TRUE_PAIRS
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "F1": round(f1, 4)}


@pytest.fixture(scope="module")
def with_everything(people) -> Linkage:
    return linked(people)


def test_febrl_4_holds_5000_pairs(people):
    assert (people.groupby("person").size() == 2).all()
    assert len(people) == 2 * TRUE_PAIRS


def test_names_birth_date_address_and_number_reach_f1_of_99_percent(people, with_everything):
    found = scores(people, with_everything.groups)
    told(f"with address and number {found} {with_everything.notes}")
    assert found["F1"] >= 0.99
    assert found["precision"] >= 0.9995


def test_names_and_birth_date_alone_join_hardly_anyone_wrongly(people):
    result = linked(people.drop(columns=EXTRA))
    found = scores(people, result.groups)
    told(f"names and birth date only {found}")
    assert found["precision"] >= 0.999
    assert found["recall"] >= 0.73


def test_blocking_looks_at_few_pairs_and_loses_few(people):
    records = prepare(people, model("person"))
    left, right = (
        records.sort_values("record").iloc[
            people.sort_values(["person", "record"])["record"].to_numpy()[side::2]
        ]
        for side in (0, 1)
    )
    met = np.zeros(TRUE_PAIRS, dtype=bool)
    seen: set[tuple[int, int]] = set()
    for key in KEYS:
        met |= (left[key].to_numpy() == right[key].to_numpy()) & left[key].notna().to_numpy()
        for block in records.dropna(subset=[key]).groupby(key)["record"]:
            members = block[1].tolist()
            seen |= {(a, b) for n, a in enumerate(members) for b in members[n + 1 :]}
    share = len(seen) / (len(people) * (len(people) - 1) / 2)
    told(f"{len(seen)} of all pairs ({share:.4%}), {TRUE_PAIRS - met.sum()} true pairs not met")
    assert share < 0.005
    assert TRUE_PAIRS - met.sum() <= 15
