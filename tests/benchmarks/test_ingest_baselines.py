"""The baselines of the benchmark do the same work as the library."""

import importlib
import json
from collections import Counter

import pandas as pd
import pytest

from kimeval.data.pseudonyms import SAMPLE_KEY, pseudonym

EVENTS = 8_000
TABLES = {"clients": "client_id", "cases": "case_id", "contacts": "contact_id"}
ENCODINGS = ["cp1252", "utf-8"]
OTHERS = ["tuned", "library", "spilled"]


@pytest.fixture(scope="module")
def benchmark(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "benchmarks"))
        yield importlib.import_module


@pytest.fixture(scope="module", params=ENCODINGS)
def delivery(request, benchmark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivery") / request.param
    truth = benchmark("deliveries").write_delivery(folder, EVENTS, request.param)
    return folder, truth


@pytest.fixture(scope="module")
def done(delivery, benchmark, tmp_path_factory):
    """Tables and ledger of a side, each ingested once."""
    held = {}

    def ingested(side):
        if side not in held:
            out = tmp_path_factory.mktemp(side)
            if side == "spilled":
                benchmark("library").ingest(delivery[0], out, in_memory=1)
            else:
                benchmark(side).ingest(delivery[0], out)
            ledger = json.loads((out / "ledger.json").read_text(encoding="utf-8"))
            tables = {name: pd.read_parquet(out / f"{name}.parquet") for name in TABLES}
            files = [out / f"set_aside_{account['file']}" for account in ledger["accounts"]]
            aside = [pd.read_csv(file, sep=";", keep_default_na=False, dtype=str) for file in files]
            held[side] = (tables, ledger, aside)
        return held[side]

    return ingested


def counts(ledger, name, number, *by):
    found = Counter()
    for record in ledger[name]:
        found[tuple(record[column] for column in by)] += record[number]
    return found


@pytest.mark.parametrize("side", OTHERS)
@pytest.mark.parametrize("name", TABLES)
def test_both_baselines_and_the_library_give_the_same_tables(done, side, name):
    key = TABLES[name]
    one, other = (done(s)[0][name].sort_values(key, ignore_index=True) for s in ("plain", side))
    pd.testing.assert_frame_equal(other.astype(one.dtypes), one)


@pytest.mark.parametrize("side", OTHERS)
def test_both_baselines_and_the_library_keep_the_same_ledger(done, side):
    plain, ledger = done("plain")[1], done(side)[1]
    for name, number, by in [
        ("repairs", "cells", ("file", "column", "rule")),
        ("reasons", "rows", ("file", "column", "reason")),
        ("findings", "rows", ("provider", "table", "rule")),
    ]:
        assert counts(ledger, name, number, *by) == counts(plain, name, number, *by)
    accounts = {account["file"]: account for account in ledger["accounts"]}
    assert accounts == {account["file"]: account for account in plain["accounts"]}


@pytest.mark.parametrize("side", OTHERS)
def test_both_baselines_and_the_library_send_the_same_rows_back(done, side):
    for one, other in zip(done("plain")[2], done(side)[2], strict=True):
        assert list(one) == ["line", "reason", "column", "hint", "text"]
        pd.testing.assert_frame_equal(other, one)
        assert set(one["hint"]) - {""}


def test_the_plain_baseline_finds_what_was_planted(done, delivery):
    ledger = done("plain")[1]
    for account in ledger["accounts"]:
        planted = delivery[1][account["file"]]
        rows = {name: n for name, n in planted.items() if name.startswith("rows_")}
        assert {name: account[name] for name in rows} == rows
    found = counts(ledger, "reasons", "rows", "file", "reason")
    assert found == Counter(
        {
            (file, reason): rows
            for file, truth in delivery[1].items()
            for reason, rows in truth["planted"].items()
            if reason != "exact_duplicate"
        }
    )


def test_every_planted_text_is_mended(done, delivery):
    mended = Counter(
        (file, label.rsplit(": ")[1])
        for file, truth in delivery[1].items()
        for label, cells in truth["mended"].items()
        for _ in range(cells)
    )
    found = counts(done("plain")[1], "repairs", "cells", "file", "rule")
    assert {key: found[key] for key in mended} == dict(mended)
    assert ("ki_kontakte.csv", "spaces") in mended


@pytest.mark.parametrize("side", ["plain", "tuned", "library"])
def test_rows_that_repeat_a_contradiction_go_back_with_it(benchmark, tmp_path, side):
    truth = benchmark("deliveries").write_delivery(tmp_path / "grown", 200)["ki_kontakte.csv"]
    path = tmp_path / "grown" / "delivery" / "ki_kontakte.csv"
    head, first, *rest = path.read_text(encoding="cp1252").split("\n")[4:]
    other = first.rpartition(";")[0] + ";7\r"
    new = "\u00a09" + first[1:]
    path.write_text("\n".join([head, first, other, other, new, *rest]), "cp1252", newline="")
    (tmp_path / "out").mkdir()
    benchmark(side).ingest(tmp_path / "grown", tmp_path / "out")
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))
    account = ledger["accounts"][1]
    assert account["rows_in"] == truth["rows_in"] + 3
    assert account["rows_set_aside"] == truth["rows_set_aside"] + 2
    assert account["rows_merged"] == truth["rows_merged"]
    found = counts(ledger, "repairs", "cells", "column", "rule")
    assert found["Kontaktnummer", "spaces"] == 1
    numbers = pd.read_parquet(tmp_path / "out" / "contacts.parquet")["contact_id"]
    assert pseudonym(SAMPLE_KEY, "ki", "contact_id", "90000001") in set(numbers)


def test_a_delivery_is_the_same_bytes_for_the_same_seed(benchmark, tmp_path):
    write = benchmark("deliveries").write_delivery
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        write(tmp_path / name, 500, seed=seed)
    one, same, other = (
        (tmp_path / name / "delivery" / "ki_kontakte.csv").read_bytes()
        for name in ("one", "same", "other")
    )
    assert one == same
    assert one != other


def test_hashes_are_the_pseudonyms_of_the_library(benchmark):
    hashed = benchmark("cleaning").hasher("client_id")("Mü 7")
    assert hashed == pseudonym(SAMPLE_KEY, "ki", "client_id", "Mü 7")


TEXTS = {
    "opened_on": [
        *("31.12.2023", "1.2.2023", "31.02.2023", "2023-12-31T00:00", "2023-12-31 7:05:10Z"),
        *("31.12.2023 14:30", "31.12.2203 14:30", "12.05.2203", "01.01.1023", "2023-12-31"),
    ],
    "birth_year": ["1980", "2031", "1800", "31.12.1980", "01.01.2203", "31.12.1980 10:00", "80"],
    "minutes": [
        *("15", "+15", "1.000", "1 000", "4.500", "15,0", "15,5", "-3", "\u22123", "1e3", "1.23"),
        "0x1F",
    ],
    "ags": ["5370016", "05370016.0", "5370016,0", "05370099", "1370016", "09162000", "99162000"],
    "gender": ["männlich", "FEMALE", "Weiblich", "ma\u0308nnlich", "w", "mÃ¤nnlich"],
    "with_appointment": ["Ja", "nein", "1", "FALSCH", "vielleicht"],
    "client_id": ["007", "NA", "nan", "Mu\u0308ller", "MÃ¼ller", "a \u00a0 b", "\u200b7"],
}
READERS = {
    "opened_on": ("cases", "read_date"),
    "birth_year": ("clients", "read_year"),
    "minutes": ("contacts", "read_minutes"),
    "ags": ("clients", "read_ags"),
    "with_appointment": ("contacts", "read_bool"),
    "client_id": ("clients", "read_text"),
    "gender": ("clients", None),
}


@pytest.mark.parametrize("column", TEXTS)
def test_the_rules_read_each_text_as_the_library_does(benchmark, column):
    from kimeval.core import schema
    from kimeval.data.clean.reading import Reading
    from kimeval.data.clean.repairs import repair

    rules = benchmark("rules")
    table, reader = READERS[column]
    reading = Reading(
        schema.table(table).column(column),
        ("%d.%m.%Y",),
        rules.LATEST.date(),
        missing=frozenset(rules.MISSING),
        take="year" if column == "birth_year" else None,
    )
    texts = [form for text in TEXTS[column] for form in (text, f"{text}\u00a0")]
    texts += ["", "-", " k. A.", "\u00ad"]
    tidy = rules.tidy(pd.Series(texts, dtype="str"))
    read = getattr(rules, reader) if reader else rules.code_reader("gender")
    got = read(tidy.cells)
    for at, text in enumerate(texts):
        cell = repair(text, reading)
        value = got.cells[at]
        assert (None if pd.isna(value) else value) == (
            pd.Timestamp(cell.value) if column == "opened_on" and cell.value else cell.value
        ), text
        assert {rule for rule, mask in (tidy.rules | got.rules).items() if mask[at]} == set(
            cell.rules
        ), text
        reasons = [reason for reason, mask in got.problems.items() if mask[at]]
        assert reasons == ([cell.reason] if cell.reason else []), text


def test_lines_that_are_no_rows_are_told_apart(benchmark, tmp_path):
    path = tmp_path / "ki.csv"
    lines = ["Titel", "", "Nr.;Text;Zahl", "1;a;1", '2;"b; c";2', "Nr.;Text;Zahl", ";;", ""]
    lines += ["3;d;3;;", "4;e;4;5", '5;"f; g"', "Hinweis dazu;;", "6;g;6", "", "Ende der Liste"]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    export = benchmark("exports").read_export(path, "cp1252", "Nr.", {})
    assert list(export.cells["Text"]) == ["a", "b; c", "d", "", "g"]
    assert list(export.lines) == [4, 5, 9, 12, 13]
    assert export.uneven == [(10, "row_too_long", "4;e;4;5"), (11, "row_too_short", "5;f; g")]
    assert dict(export.skipped) == {"header": 2, "comment": 2, "blank": 3, "footer": 1}
    assert (export.trimmed, export.rows) == (1, 7)


def test_a_last_row_that_breaks_off_is_named(benchmark, tmp_path):
    path = tmp_path / "ki.csv"
    path.write_text("Nr.;Text\r\n1;a\r\n2", encoding="cp1252")
    assert benchmark("exports").read_export(path, "cp1252", "Nr.", {}).uneven == [
        (3, "row_truncated", "2")
    ]
