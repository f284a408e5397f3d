"""The synthetic sample: every person recognised, none joined with another.

Names as the files hold them, with planted spellings and typing errors; the true
person of each row comes from the synthetic world.
"""

import csv
import datetime as dt
import json
import sys
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from kimeval.core.area import areas
from kimeval.data.link import Linkage, link
from kimeval.data.profiles import Link
from kimeval.data.sample import make_world
from kimeval.data.sample.known import recorded
from kimeval.data.sample.write import make_files

AS_OF = dt.date(2024, 10, 15)
AREAS = ["05370", "05117", "05124", "05158", "05315", "05334002", "05515", "05566"]
COLUMNS = {
    "ki": ("Name", "Vorname", "Geburtsdatum"),
    "drk": ("nachname", "vorname", "geb"),
    "diakonie": ("Nachname", "Vorname(n)", "geb. am"),
}


def tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def person_rows(code: str) -> pd.DataFrame:
    """Rows of the case files of an area that cleaning can keep."""
    world = make_world(areas()[code])
    made = []
    for file in make_files(world, recorded(world, AS_OF)):
        if file.sheet.kind != "faelle":
            continue
        family, given = (file.sheet.header.index(c) for c in COLUMNS[file.sheet.provider][:2])
        frame = file.sheet.frame
        for at in np.flatnonzero(file.usable):
            made.append(
                {
                    "provider": file.sheet.provider,
                    "file": file.sheet.name,
                    "line": int(at),
                    "family": tidy(file.rows[at][family]),
                    "given": tidy(file.rows[at][given]),
                    "birth_date": str(frame["born"].iloc[at].date()),
                    **{n: frame[n].iloc[at] for n in ("gender", "nationality", "ags", "spelling")},
                    "person": int(frame["person"].iloc[at]),
                }
            )
    return pd.DataFrame(made).assign(record=np.arange(len(made)))


@dataclass(frozen=True)
class Linked:
    rows: pd.DataFrame
    linkage: Linkage

    def pairs(self) -> tuple[int, int, int]:
        """Pairs found, pairs that are true, and pairs that are both."""
        frame = self.rows.assign(group=self.linkage.groups)
        keys = (["group"], ["person"], ["group", "person"])
        sizes = (frame.groupby(by).size() for by in keys)
        found, true, both = (int((n * (n - 1) / 2).sum()) for n in sizes)
        return found, true, both


@pytest.fixture(scope="module", params=AREAS)
def linked(request) -> Linked:
    rows = person_rows(request.param)
    settings = dict.fromkeys(COLUMNS, Link(names=["Name"], birth_date="geb"))
    return Linked(rows, link(rows, settings))


def test_every_pair_of_one_person_is_found_and_no_other(linked):
    found, true, both = linked.pairs()
    sys.stdout.write(f"{len(linked.rows)} rows, pairs found {found}, true {true}, both {both}\n")
    assert (found, both) == (true, true)


def test_the_number_of_persons_is_the_true_one(linked):
    assert linked.linkage.persons == linked.rows["person"].nunique()


def test_few_pairs_are_left_to_a_person(linked):
    assert (~linked.linkage.pairs["joined"]).sum() <= len(linked.rows) / 200


def test_exact_alone_misses_the_typing_errors():
    rows = person_rows("05370")
    settings = dict.fromkeys(COLUMNS, Link(names=["Name"], birth_date="geb", model="exact"))
    found, true, both = Linked(rows, link(rows, settings)).pairs()
    assert found == both
    assert true - both == 17


def file_rows(folder, provider: str) -> list[dict[str, str]]:
    """Rows of a delivered case file, read with Python alone."""
    raw = (folder / f"{provider}_faelle.csv").read_bytes()
    lines = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252").splitlines()
    family = COLUMNS[provider][0]
    start = next(n for n, line in enumerate(lines) if f";{family};" in line)
    return list(csv.DictReader(lines[start:], delimiter=";", restkey="more"))


def iso(text: str) -> str:
    for form in ("%d.%m.%Y", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return ""


def test_the_committed_files_of_heinsberg_hold_the_persons_of_the_truth(root):
    home = root / "data" / "sample" / "05370"
    truth = json.loads((home / f"truth-{AS_OF}.json").read_text("utf-8"))["duplicates"]
    made = [
        {
            "provider": provider,
            **dict(zip(("family", "given"), (tidy(row[c]) for c in names[:2]), strict=True)),
            "birth_date": iso(row[names[2]].strip()),
        }
        for provider, names in COLUMNS.items()
        for row in file_rows(home / str(AS_OF), provider)
        if row[names[1]] and "more" not in row
    ]
    people = pd.DataFrame(made).assign(file="f.csv", line=np.arange(len(made)))
    people = people.assign(record=np.arange(len(people)))
    settings = dict.fromkeys(COLUMNS, Link(names=["Name"], birth_date="geb"))
    groups = link(people, settings).groups
    several = people.groupby(groups)["provider"].nunique()
    least = truth["normalisation"]["visible"] + truth["typo"]["visible"]
    sys.stdout.write(f"{len(people)} rows, persons with two providers {int((several > 1).sum())}\n")
    assert least == 37
    assert least <= (several > 1).sum() <= truth["normalisation"]["world"] + truth["typo"]["world"]
