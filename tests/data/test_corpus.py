"""Broken files: a clean result with a balanced ledger, or one clear error; nothing else."""

import datetime as dt
import importlib.util
import sqlite3
import traceback
from pathlib import Path

import pytest

from kimeval.core.errors import KimevalError
from kimeval.data.deliveries import Delivery
from kimeval.data.ingest import ingest

spec = importlib.util.spec_from_file_location("corpus", Path(__file__).with_name("corpus.py"))
corpus = importlib.util.module_from_spec(spec)
spec.loader.exec_module(corpus)

CASES = """
[profile]
name = "system"
title = "Ein System"
provider = "system"

[[file]]
pattern = "faelle*"
title = "Fälle"
format = "{format}"
encoding = "{encoding}"
comment = "#"
dates = ["%d.%m.%Y"]
ignore = ["Notiz"]
database = "KIMEVAL_TEST_DATABASE"
[file.link]
names = ["Name"]
birth_date = "geboren"
model = "exact"
[[file.table]]
name = "clients"
[file.table.columns]
client_id = "Person"
birth_year = {{ column = "geboren", take = "year" }}
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
client_id = "Person"
opened_on = "Aufnahme"
closed_on = "Ende"
persons = "Personen"
"""
EVENTS = """
[profile]
name = "system"
title = "Ein System"
provider = "system"

[[file]]
pattern = "faelle*"
title = "Ereignisse"
format = "xes"
[[file.table]]
name = "events"
[file.table.columns]
case_id = "case:concept:name"
activity = "concept:name"
started_at = "time:timestamp"
"""


def delivered(tmp_path, kind, content, encoding="utf-8"):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "delivery").mkdir()
    profile = EVENTS if kind == "xes" else CASES.format(format=kind, encoding=encoding)
    (tmp_path / "profiles" / "system.toml").write_text(profile, encoding="utf-8")
    (tmp_path / "delivery" / f"faelle.{kind}").write_bytes(content)
    return Delivery(tmp_path / "delivery", "05370", dt.date(2024, 10, 15), ("system",), True)


def everything_said(error):
    """The message with all that hangs on it, as a traceback would print it."""
    parts = [str(error), *traceback.format_exception_only(error)]
    for behind in (error.__cause__, None if error.__suppress_context__ else error.__context__):
        if behind is not None:
            parts.append(everything_said(behind))
    return "\n".join(parts)


def check(tmp_path, delivery):
    try:
        done = ingest(delivery, tmp_path / "profiles")
    except KimevalError as error:
        said = everything_said(error)
        assert corpus.CANARY not in said
        assert str(tmp_path) not in str(error)
        assert "defect of kimeval" not in said
        assert str(error).count("\n") == 0
        assert len(str(error)) < 1500
        return "error"
    done.ledger.balanced()
    for frame in (done.ledger.repairs, done.ledger.findings, done.ledger.reasons):
        assert corpus.CANARY not in frame.to_csv()
    account = done.ledger.accounts.iloc[0]
    assert account["rows_kept"] <= account["rows_in"]
    for table in done.tables.values():
        assert corpus.CANARY not in table.to_pandas().to_csv() or "events" in done.tables
    return "clean"


@pytest.fixture
def database(tmp_path, monkeypatch):
    with sqlite3.connect(tmp_path / "system.sqlite") as held:
        held.execute("CREATE TABLE faelle (Fall TEXT)")
    monkeypatch.setenv("KIMEVAL_TEST_DATABASE", f"sqlite:///{tmp_path / 'system.sqlite'}")


@pytest.mark.parametrize(
    ("kind", "make"), [entry[1:] for entry in corpus.CORPUS], ids=[e[0] for e in corpus.CORPUS]
)
def test_a_broken_file_is_cleaned_or_refused_in_one_line(kind, make, tmp_path, database, capfd):
    check(tmp_path, delivered(tmp_path, kind, make()))
    captured = capfd.readouterr()
    assert corpus.CANARY not in captured.out + captured.err


@pytest.mark.parametrize("encoding", ["auto", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", ["utf16_with_mark", "cp1252_for_utf8", "two_encodings", "binary"])
def test_a_broken_file_is_cleaned_or_refused_in_every_encoding(name, encoding, tmp_path):
    make = next(entry[2] for entry in corpus.CORPUS if entry[0] == f"csv-{name}")
    check(tmp_path, delivered(tmp_path, "csv", make(), encoding))


def test_the_corpus_holds_clean_and_refused_files_of_each_kind(tmp_path):
    kinds = {entry[1] for entry in corpus.CORPUS}
    assert kinds == {"csv", "xlsx", "parquet", "xes", "sql"}
    assert len({entry[0] for entry in corpus.CORPUS}) == len(corpus.CORPUS)
    assert len(corpus.CORPUS) >= 110


def test_what_can_be_read_is_kept_row_by_row(tmp_path):
    outcome = {}
    for name in ("header_only", "numbers_of_all_kinds", "identifiers_like_missing", "rows_longer"):
        place = tmp_path / name
        place.mkdir()
        make = next(entry[2] for entry in corpus.CORPUS if entry[0] == f"csv-{name}")
        done = ingest(delivered(place, "csv", make()), place / "profiles")
        account = done.ledger.accounts.iloc[0]
        outcome[name] = (account["rows_in"], account["rows_kept"], account["rows_set_aside"])
    assert outcome == {
        "header_only": (0, 0, 0),
        "numbers_of_all_kinds": (12, 0, 12),
        "identifiers_like_missing": (8, 8, 0),
        "rows_longer": (3, 0, 3),
    }
