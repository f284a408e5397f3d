import datetime as dt

import pytest

from kimeval.core.errors import (
    DataError,
    FormatError,
    KeyFileError,
    LedgerError,
    MissingFileError,
    ProfileError,
)
from kimeval.data.clean import accounts
from kimeval.data.deliveries import Delivery
from kimeval.data.ingest import ingest
from kimeval.data.ledger import Ledger
from kimeval.data.pseudonyms import VARIABLE

SECRET = "GEHEIM123"
PROFILE = """
[profile]
name = "{name}"
title = "Kleiner Export"
provider = "{name}"
provider_name = "Träger {name}"

[[file]]
pattern = "{name}_faelle*.csv"
title = "Fälle von {name}"
{settings}
[file.link]
names = ["Name"]
birth_date = "geboren"
model = "exact"
[[file.table]]
name = "clients"
[file.table.columns]
client_id = "Person"
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
client_id = "Person"
opened_on = "Aufnahme"
"""
HEADER = "Person;Name;geboren;Fall;Aufnahme"
ANNA = "P1;Anna Müller;24.12.1990;F1;01.02.2024"
OMAR = "P2;Omar Hassan;01.01.1985;F2;02.02.2024"


@pytest.fixture
def deliver(tmp_path):
    """Write files and profiles of a synthetic delivery."""

    def write(files, profiles=("ki",), settings="", synthetic=True):
        for folder in ("profiles", "delivery"):
            (tmp_path / folder).mkdir(exist_ok=True)
        for name in profiles:
            text = PROFILE.format(name=name, settings=settings)
            (tmp_path / "profiles" / f"{name}.toml").write_text(text, encoding="utf-8")
        for name, rows in files.items():
            text = "\n".join([HEADER, *rows, ""])
            (tmp_path / "delivery" / name).write_text(text, encoding="utf-8")
        day = dt.date(2024, 10, 15)
        return Delivery(tmp_path / "delivery", "05370", day, tuple(profiles), synthetic)

    return write


def taken(delivery, progress=None):
    return ingest(delivery, delivery.folder.parent / "profiles", progress)


def test_a_delivery_gives_its_tables_in_declared_order(deliver):
    done = taken(deliver({"ki_faelle.csv": [ANNA, OMAR]}))
    assert list(done.tables) == ["clients", "cases"]
    assert {name: len(table) for name, table in done.tables.items()} == {"clients": 2, "cases": 2}
    assert done.providers == {"ki": "Träger ki"}


def test_files_of_two_providers_make_one_table(deliver):
    files = {"ki_faelle.csv": [ANNA, OMAR], "drk_faelle.csv": [ANNA]}
    cases = taken(deliver(files, ("ki", "drk"))).frame("cases")
    assert cases["provider"].tolist() == ["ki", "ki", "drk"]
    assert cases["source"].tolist() == ["ki_faelle.csv", "ki_faelle.csv", "drk_faelle.csv"]
    assert cases.index.tolist() == [0, 1, 2]


def test_a_person_known_to_two_providers_is_linked_and_counted(deliver):
    there = "K9;MUELLER, Anna;24.12.1990;D4;03.03.2024"
    other = "K8;Lena Bär;02.02.2002;D5;03.03.2024"
    files = {
        "ki_faelle.csv": [ANNA, OMAR],
        "drk_faelle.csv": [there, other],
        "awo_faelle.csv": [other],
    }
    done = taken(deliver(files, ("ki", "drk", "awo")))
    assert done.ledger.linked.to_numpy().tolist() == [
        ["awo", "drk", 1],
        ["awo", "ki", 0],
        ["drk", "ki", 1],
    ]
    clients = done.frame("clients")
    assert clients["person_id"].nunique() == 3
    assert clients["client_id"].nunique() == 5


def test_one_provider_links_no_one(deliver):
    assert taken(deliver({"ki_faelle.csv": [ANNA]})).ledger.linked.empty


def test_the_ledger_holds_every_file_with_its_title(deliver):
    files = {"ki_faelle_1.csv": [ANNA], "ki_faelle_2.csv": [ANNA, OMAR, "P3"]}
    accounts = taken(deliver(files)).ledger.accounts
    rows = accounts[["file", "title", "rows_in", "rows_kept", "rows_merged", "rows_set_aside"]]
    assert rows.to_numpy().tolist() == [
        ["ki_faelle_1.csv", "Fälle von ki", 1, 1, 0, 0],
        ["ki_faelle_2.csv", "Fälle von ki", 3, 1, 1, 1],
    ]


def test_only_files_with_rows_to_send_back_are_in_set_aside(deliver):
    files = {"ki_faelle_1.csv": [ANNA], "ki_faelle_2.csv": [OMAR, "P3"]}
    done = taken(deliver(files))
    assert {name: len(rows) for name, rows in done.set_aside.items()} == {"ki_faelle_2.csv": 1}


def test_progress_is_told_by_title_and_provider(deliver):
    told = []
    files = {"ki_faelle.csv": [ANNA], "drk_faelle.csv": [OMAR]}
    taken(deliver(files, ("ki", "drk")), lambda text, share: told.append(text))
    assert list(dict.fromkeys(told)) == [
        "Fälle von ki (ki)",
        "Fälle von drk (drk)",
        "persons known to several providers",
        "contradictions",
    ]


def test_progress_grows_to_the_whole(deliver):
    shares = []
    files = {"ki_faelle.csv": [ANNA, OMAR], "drk_faelle.csv": [OMAR]}
    taken(deliver(files, ("ki", "drk")), lambda text, share: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert len(set(shares)) > 2


def test_an_export_of_active_cases_is_marked_in_the_ledger(deliver):
    files = {"ki_faelle.csv": [ANNA]}
    assert taken(deliver(files)).ledger.accounts["only_active"].tolist() == [False]
    marked = deliver(files, settings="only_active = true")
    assert taken(marked).ledger.accounts["only_active"].tolist() == [True]


def test_a_file_without_profile_is_named(deliver):
    files = {"ki_faelle.csv": [ANNA], "notizen.csv": [], "awo_faelle.csv": []}
    with pytest.raises(MissingFileError, match=r"fits awo_faelle\.csv, notizen\.csv\."):
        taken(deliver(files))


def test_a_profile_without_file_names_its_pattern(deliver):
    with pytest.raises(MissingFileError, match=r"'drk' expects a file 'drk_faelle\*\.csv'"):
        taken(deliver({"ki_faelle.csv": [ANNA]}, ("ki", "drk")))


def test_an_empty_delivery_is_refused(deliver):
    with pytest.raises(MissingFileError, match="'delivery' holds no files"):
        taken(deliver({}))


def test_a_missing_profile_is_named(deliver):
    delivery = deliver({"ki_faelle.csv": [ANNA]})
    (delivery.folder.parent / "profiles" / "ki.toml").rename(delivery.folder.parent / "x.toml")
    with pytest.raises(MissingFileError, match="There is no profile 'ki'"):
        taken(delivery)


def test_a_broken_profile_stops_before_any_file_is_read(deliver):
    with pytest.raises(ProfileError):
        taken(deliver({"ki_faelle.csv": []}, settings="unknown = 1"))


def test_real_data_without_a_key_stop_before_any_file_is_read(deliver, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(KeyFileError):
        taken(deliver({"ki_faelle.csv": ["x"]}, synthetic=False))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FormatError),
        (HEADER.replace("Fall", "Fal").encode() + b"\n" + ANNA.encode(), FormatError),
        (f"{HEADER}\n{ANNA}\n".encode("cp1252"), FormatError),
        (f'{HEADER}\n"{SECRET};;;'.encode(), FormatError),
    ],
    ids=["empty", "missing column", "encoding", "quote"],
)
def test_bad_files_are_errors_without_a_value(deliver, content, error):
    delivery = deliver({"ki_faelle.csv": []})
    (delivery.folder / "ki_faelle.csv").write_bytes(content)
    with pytest.raises(error, match=r"ki_faelle\.csv") as found:
        taken(delivery)
    assert SECRET not in str(found.value)
    assert "Anna" not in str(found.value)


def test_a_constant_outside_its_range_is_a_data_error_without_a_traceback(deliver):
    delivery = deliver({"ki_faelle.csv": [ANNA]})
    path = delivery.folder.parent / "profiles" / "ki.toml"
    text = path.read_text(encoding="utf-8") + '[file.table.constants]\npersons = "99"\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"Table 'cases' breaks.*persons: range \(1 values\)"):
        taken(delivery)


def test_an_ingested_delivery_shows_no_row(deliver):
    done = taken(deliver({"ki_faelle.csv": [ANNA, f"{SECRET};x"]}))
    assert SECRET not in repr(done)
    assert "Anna" not in repr(done)


def test_findings_of_all_files_are_in_the_ledger(deliver):
    settings = 'comment = "#"\nrows_said = "Zeilen: ([0-9]+)"'
    files = {"ki_faelle.csv": [ANNA, "# Zeilen: 5"], "drk_faelle.csv": [OMAR, "# Zeilen: 1"]}
    findings = taken(deliver(files, ("ki", "drk"), settings)).ledger.findings
    said = findings[findings["rule"] == "rows_said_differ"]
    assert said.to_numpy().tolist() == [["ki", "cases", "rows_said_differ", 4]]


def test_an_imbalance_stops_the_ingest(deliver, monkeypatch):
    """A defect in the books of one kind of file goes no further, whatever made it."""
    counts = accounts.counts_of

    def lossy(rows, fates):
        held = counts(rows, fates)
        return {name: of | {"rows_kept": of["rows_kept"] - 1} for name, of in held.items()}

    monkeypatch.setattr(accounts, "counts_of", lossy)
    with pytest.raises(LedgerError, match=r"they do not in ki_faelle\.csv") as error:
        taken(deliver({"ki_faelle.csv": [ANNA, OMAR]}))
    assert error.value.exit_code == 70


def test_a_part_lost_on_the_way_stops_the_ingest(deliver, monkeypatch):
    """The whole is checked again after the parts were put together."""
    together = Ledger.together.__func__

    def forgetful(cls, parts):
        held = together(cls, parts)
        return held.extended(reasons=held.reasons.iloc[:0])

    monkeypatch.setattr(Ledger, "together", classmethod(forgetful))
    with pytest.raises(LedgerError):
        taken(deliver({"ki_faelle.csv": [ANNA, "P9"]}))


def test_files_beyond_memory_give_the_same_as_in_memory(deliver, tmp_path):
    delivery = deliver({"ki_faelle.csv": [ANNA, OMAR, ANNA, "P9"]})
    path = delivery.folder.parent / "profiles" / "ki.toml"
    text = path.read_text(encoding="utf-8")
    cut = text[text.index("[file.link]") : text.index("[[file.table]]")]
    path.write_text(text.replace(cut, ""), encoding="utf-8")
    whole = taken(delivery)
    slabs = ingest(delivery, path.parent, spill=tmp_path / "spill", in_memory=0)
    for name in whole.tables:
        assert slabs.frame(name).equals(whole.frame(name))
    assert slabs.ledger.records() == whole.ledger.records()
