"""Numbers of persons; who is one person is decided by `link`, here in its place."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kimeval.core.tabular import shaped
from kimeval.data import persons
from kimeval.data.clean.files import Cleaned
from kimeval.data.deliveries import Delivery
from kimeval.data.engine import connect
from kimeval.data.ledger import LINKED, Ledger, table_of
from kimeval.data.persons import known_to_two, recognise
from kimeval.data.pseudonyms import pseudonym

KEY = b"k" * 32
MUELLER = ("Müller", "Anna", "1990-12-24")
HASSAN = ("Al-Hassan", "Omar", "1985-01-01")


def part(provider, *people, linked=True) -> Cleaned:
    """Cleaned clients of one provider: family, given name and birth date of each."""
    numbers = [f"{provider}{place}" for place in range(len(people))]
    ids, who = pa.array(numbers, pa.string()), pa.array([provider] * len(people), pa.string())
    clients = shaped("clients", {"client_id": ids, "provider": who}, len(people))
    known = pd.DataFrame(people, columns=["family", "given", "birth_date"], dtype="str")
    known = known.assign(provider=provider, file="f.csv", line=range(len(known)))
    return Cleaned({"clients": clients}, Ledger(), {}, known if linked else pd.DataFrame(), None)


@pytest.fixture
def numbers(monkeypatch, tmp_path):
    """Person's numbers of all parts, where `link` finds these groups."""

    def numbered(*parts, groups=()):
        found = SimpleNamespace(groups=np.array(groups))
        monkeypatch.setattr(persons, "link", lambda people, settings, decided: found)
        monkeypatch.setattr(persons, "review_sheet", lambda found, people: pd.DataFrame())
        monkeypatch.setattr(persons, "joined_sheet", lambda found, people: pd.DataFrame())
        delivery = Delivery(tmp_path, "05370", dt.date(2024, 10, 15), ())
        done, _ = recognise(parts, [], delivery, KEY)
        tables = [p.tables["clients"] for p in done if "clients" in p.tables]
        return [table.column("person_id").to_pylist() for table in tables]

    return numbered


def person(family, given, birth) -> str:
    return pseudonym(KEY, "person", f"{given} {family}".casefold().replace("ü", "ue"), birth)


def test_records_of_one_group_have_one_number(numbers):
    other = ("Mueler", "Anna", "1990-12-24")
    (one,), (two,) = numbers(part("ki", MUELLER), part("drk", other), groups=[0, 0])
    assert one == two == min(person(*MUELLER), person(*other))


def test_the_number_does_not_hang_on_the_order_of_files(numbers):
    other = ("Mueler", "Anna", "1990-12-24")
    (here,), _ = numbers(part("ki", MUELLER), part("drk", other), groups=[0, 0])
    _, (there,) = numbers(part("drk", other), part("ki", MUELLER), groups=[0, 0])
    assert here == there


def test_other_groups_have_other_numbers(numbers):
    ((one, two),) = numbers(part("ki", MUELLER, HASSAN), groups=[0, 1])
    assert (one, two) == (person(*MUELLER), pseudonym(KEY, "person", "al hassan omar", HASSAN[2]))


def test_two_persons_of_one_name_and_birth_date_stay_two(numbers):
    (one,), (two,) = numbers(part("ki", MUELLER), part("drk", MUELLER), groups=[0, 1])
    assert (one, two) == ("ki0", "drk0")


@pytest.mark.parametrize("unknown", [("", "", "1990-12-24"), ("Müller", "Anna", "")])
def test_without_name_or_birth_date_a_person_is_the_providers_own(numbers, unknown):
    assert numbers(part("ki", unknown), groups=[0]) == [["ki0"]]


def test_without_a_link_a_person_is_the_providers_own(numbers):
    plain = part("drk", MUELLER, linked=False)
    assert numbers(plain, part("ki", MUELLER), groups=[0]) == [["drk0"], [person(*MUELLER)]]
    assert numbers(plain) == [["drk0"]]


def test_parts_without_persons_pass_through(numbers):
    funds = Cleaned({"funds": shaped("funds", {}, 0)}, Ledger(), {}, pd.DataFrame(), None)
    assert numbers(funds, part("ki", MUELLER), groups=[0]) == [[person(*MUELLER)]]


def test_persons_known_to_two_are_counted_by_pair_once():
    columns = {
        "provider": pa.array(["ki", "ki", "drk", "drk", "awo"]),
        "person_id": pa.array(["a", "b", "a", "a", "c"]),
    }
    found = known_to_two(shaped("clients", columns, 5), connect())
    assert found.to_numpy().tolist() == [["awo", "drk", 0], ["awo", "ki", 0], ["drk", "ki", 1]]
    assert known_to_two(shaped("clients", {}, 0), connect()).equals(table_of([], LINKED))
