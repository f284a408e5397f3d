import datetime as dt
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from kimeval.core.errors import DataError
from kimeval.data.clean.files import clean_rows, plain_columns
from kimeval.data.clean.rows import gather
from kimeval.data.clean.spilled import Job, clean_spilled
from kimeval.data.ingest import ingest
from kimeval.data.profiles import Taken, load_profile
from kimeval.data.read.text import read_text
from kimeval.data.stores import in_frame

KEY = b"a key of more than thirty-two bytes!"
AS_OF = dt.date(2024, 10, 15)
ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "data" / "sample" / "05370" / "2024-10-15"
KINDS = [
    (name, spec.pattern)
    for name in ("ki", "welfare-family", "welfare-active", "nrw-statistics", "posts")
    for spec in load_profile(ROOT / "profiles", name).file
]


def unlinked(name, pattern):
    profile = load_profile(ROOT / "profiles", name)
    spec = next(spec for spec in profile.file if spec.pattern == pattern)
    return profile, spec.model_copy(update={"link": None})


def in_memory(paths, spec, profile):
    rows = gather([(path.name, read_text(path, spec)) for path in paths], plain_columns(spec))
    return clean_rows(rows, spec, profile, KEY, AS_OF)


def in_slabs(paths, spec, profile, folder, slab=100, share=50):
    readers = [(path.name, partial(read_text, path, spec, 9000)) for path in paths]
    return clean_spilled(Job(readers, spec, profile, KEY, AS_OF, folder, slab, share))


def ordered(frame):
    return frame.sort_values(list(frame.columns), ignore_index=True)


def assert_same(whole, slabs):
    assert list(whole.tables) == list(slabs.tables)
    for name in whole.tables:
        one, other = in_frame(name, whole.tables[name]), in_frame(name, slabs.tables[name])
        columns = [column for column in one if column != "person_id"]
        pd.testing.assert_frame_equal(one[columns], other[columns])
    for name in ("accounts", "repairs", "reasons"):
        one, other = getattr(whole.ledger, name), getattr(slabs.ledger, name)
        pd.testing.assert_frame_equal(ordered(one), ordered(other))
    for name, rows in whole.set_aside.items():
        pd.testing.assert_frame_equal(ordered(rows), ordered(slabs.set_aside[name]))
    pd.testing.assert_frame_equal(whole.said, slabs.said)


@pytest.mark.parametrize(("name", "pattern"), KINDS)
def test_slabs_give_the_same_tables_and_ledger_as_memory(name, pattern, tmp_path):
    profile, spec = unlinked(name, pattern)
    paths = sorted(SAMPLE.glob(pattern))
    assert_same(in_memory(paths, spec, profile), in_slabs(paths, spec, profile, tmp_path))


def small(tmp_path, rows, **settings):
    profile, spec = unlinked("ki", "ki_faelle*.csv")
    table = next(fed for fed in spec.table if fed.name == "cases")
    columns = {"case_id": "Fall", "client_id": "Person", "opened_on": "Aufnahme"}
    cases = table.model_copy(update={"columns": columns, "constants": {}})
    spec = spec.model_copy(update={"encoding": "utf-8", "table": [cases], "ignore": [], **settings})
    path = tmp_path / "faelle.csv"
    path.write_text("\n".join(["Fall;Person;Aufnahme", *rows, ""]), encoding="utf-8")
    return [path], spec, profile


def test_a_family_is_one_case_with_its_members_counted(tmp_path):
    rows = [f"F{n // 3};P{n};0{1 + n % 3}.02.2024" for n in range(30)]
    given = small(tmp_path, rows, family="rows")
    whole, slabs = in_memory(*given), in_slabs(*given, tmp_path / "slabs", 7)
    assert_same(whole, slabs)
    cases = in_frame("cases", slabs.tables["cases"])
    assert len(cases) == 10
    assert cases["persons"].tolist() == [3] * 10
    assert slabs.tables["members"].count_rows() == 30


def test_a_case_of_more_persons_than_a_family_has_keeps_their_number_unknown(tmp_path):
    rows = [f"F1;P{n};01.02.2024" for n in range(31)] + ["F2;P99;01.02.2024"]
    given = small(tmp_path, rows, family="rows")
    whole, slabs = in_memory(*given), in_slabs(*given, tmp_path / "slabs", 7)
    assert_same(whole, slabs)
    assert in_frame("cases", whole.tables["cases"])["persons"].fillna(0).tolist() == [0, 1]


@pytest.mark.parametrize("share", [1, 2, 100])
def test_a_whole_delivery_twice_is_decided_in_shares_as_in_memory(tmp_path, share):
    rows = [f"F{n % 12};P{n % 12};0{1 + n % 4}.02.2024" for n in range(30)]
    rows += [f"F{n};P{n};01.02.2024" for n in (3, 4, 4)] + [";P1;01.02.2024"] * 2
    given = small(tmp_path, rows)
    slabs = in_slabs(*given, tmp_path / "slabs", 7, share)
    assert_same(in_memory(*given), slabs)
    assert slabs.ledger.accounts["rows_merged"].tolist() == [20]


def test_repeats_and_conflicts_are_found_across_slabs(tmp_path):
    rows = [f"F{n};P{n};01.02.2024" for n in range(20)]
    rows += ["F3;P3;01.02.2024", "F4;P4;02.02.2024", "F4;P4;02.02.2024", "F4;P4;01.02.2024"]
    slabs = in_slabs(*small(tmp_path, rows), tmp_path / "slabs", 5)
    account = slabs.ledger.accounts.iloc[0]
    assert account["rows_kept"] == 20
    assert account["rows_merged"] == 2
    assert account["rows_set_aside"] == 2
    assert slabs.set_aside["faelle.csv"]["line"].tolist() == [23, 24]


def test_a_row_without_a_number_gets_one_of_what_it_says(tmp_path):
    profile, spec = unlinked("ki", "ki_kontakte*.csv")
    numbered = spec.table[0].columns
    columns = {c: numbered[c] for c in ("client_id", "contact_on", "mode")}
    fed = spec.table[0].model_copy(update={"columns": columns | {"contact_id": Taken(take="row")}})
    spec = spec.model_copy(update={"table": [fed]})
    paths = sorted(SAMPLE.glob("ki_kontakte*.csv"))
    whole, slabs = in_memory(paths, spec, profile), in_slabs(paths, spec, profile, tmp_path)
    assert_same(whole, slabs)
    contacts = in_frame("contacts", whole.tables["contacts"])
    assert contacts["contact_id"].is_unique
    assert whole.ledger.accounts["rows_merged"].tolist() == [30]
    assert "key_conflict" not in set(whole.ledger.reasons["reason"])


def test_linkage_beyond_memory_is_refused_with_the_way_out(tmp_path):
    profile = load_profile(ROOT / "profiles", "ki")
    spec = profile.file[0]
    with pytest.raises(DataError, match=r"take \[file.link\] out of profile 'ki'"):
        in_slabs([], spec, profile, tmp_path)


def test_nothing_personal_is_written_while_slabs_are_at_work(tmp_path):
    profile, spec = unlinked("ki", "ki_faelle*.csv")
    paths = sorted(SAMPLE.glob("ki_faelle*.csv"))
    in_slabs(paths, spec, profile, tmp_path)
    names = {row.split(";")[3] for row in paths[0].read_text("cp1252").splitlines() if ";" in row}
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    found = {name for name in names if len(name) > 5 and name.encode() in written}
    assert found == set()


def test_a_delivery_partly_on_disk_is_ingested_like_one_in_memory(tmp_path, deliver_contacts):
    delivery, profiles = deliver_contacts
    whole = ingest(delivery, profiles)
    partly = ingest(delivery, profiles, spill=tmp_path / "spill", in_memory=4000)
    for name in whole.tables:
        pd.testing.assert_frame_equal(whole.frame(name), partly.frame(name))
    for name, table in whole.ledger.records().items():
        assert partly.ledger.records()[name] == table


@pytest.fixture
def deliver_contacts(tmp_path):
    from kimeval.data.deliveries import Delivery

    folder, profiles = tmp_path / "delivery", tmp_path / "profiles"
    folder.mkdir()
    profiles.mkdir()
    text = (ROOT / "profiles" / "ki.toml").read_text(encoding="utf-8")
    kept = [part for part in text.split("[[file]]") if "ki_kontakte" in part or "ki_verm" in part]
    head = text.split("[[file]]")[0]
    (profiles / "ki.toml").write_text("[[file]]".join([head, *kept]), encoding="utf-8")
    for name in ("ki_kontakte.csv", "ki_vermittlungen.csv"):
        content = (SAMPLE / name).read_bytes()
        (folder / name).write_bytes(content)
    return Delivery(folder, "05370", AS_OF, ("ki",), True), profiles
