"""A frozen vintage, opened again: whose export drops closed cases."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kimeval.core.area import area
from kimeval.data.frozen import ABOUT, LEDGER, column_of, digest_of_tables, open_vintage
from kimeval.data.ledger import ACCOUNTS, FINDINGS, Ledger, table_of


@pytest.fixture
def loaded(tmp_path):
    """Load a vintage without tables whose ledger has the given accounts and findings."""

    def load(declared, found):
        words = {name: "x" for name, kind in ACCOUNTS.items() if kind == "str"}
        numbers = {name: 0 for name, kind in ACCOUNTS.items() if kind == "int64"}
        accounts = [
            words | numbers | {"provider": provider, "only_active": provider in declared}
            for provider in ("ki", "drk", "dia")
        ]
        findings = [dict(zip(FINDINGS, (*entry, 30), strict=True)) for entry in found]
        ledger = Ledger(table_of(accounts, ACCOUNTS), findings=table_of(findings, FINDINGS))
        (tmp_path / LEDGER).write_text(json.dumps(ledger.records()), encoding="utf-8")
        about = {"as_of": "2024-10-15", "synthetic": True, "inputs": "", "tables": {}}
        about |= {"digest": digest_of_tables(tmp_path, ()), "providers": {}}
        (tmp_path / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        return open_vintage(tmp_path, area("05370")).load()

    return load


def test_an_export_of_active_cases_is_known_if_declared_or_seen(loaded):
    seen = [("dia", "cases", "only_active_seen"), ("ki", "cases", "case_twice")]
    assert loaded(["drk"], seen).only_active == ("dia", "drk")


def test_an_export_both_declared_and_seen_is_named_once(loaded):
    assert loaded(["drk"], [("drk", "cases", "only_active_seen")]).only_active == ("drk",)


def test_other_contradictions_say_nothing_of_closed_cases(loaded):
    assert loaded([], [("ki", "cases", "case_twice")]).only_active == ()


def test_a_column_of_text_comes_as_it_lies_on_the_disk(tmp_path):
    words = pa.array(["b", None, "a", "b", "c"])
    table = pa.table({"word": words.dictionary_encode(), "number": range(5)})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2, store_schema=False)
    found = column_of(tmp_path / "t.parquet", "word")
    assert pa.types.is_dictionary(found.type)
    assert (found.num_chunks, found.cast(pa.string()).to_pylist()) == (3, words.to_pylist())
    assert column_of(tmp_path / "t.parquet", "number").to_pylist() == list(range(5))


def test_a_column_without_rows_has_none(tmp_path):
    empty = pa.table({"word": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "t.parquet", store_schema=False)
    assert len(column_of(tmp_path / "t.parquet", "word")) == 0
