import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.schema import Column
from kimeval.data.clean.columns import REASONS, read_column, reading_of, untidy
from kimeval.data.clean.reading import Reading
from kimeval.data.clean.texts import tidy_text
from kimeval.data.profiles import FileSpec, TableSpec

from .exports import texts_of

LATEST = dt.date(2029, 10, 15)


def reading(kind, column=None, **settings) -> Reading:
    declared = Column("column", "Spalte", kind, **(column or {}))
    return Reading(declared, ("%d.%m.%Y",), LATEST, **settings)


def values(texts, kind, plain=False, **settings):
    column = read_column(texts_of(texts, plain), reading(kind, **settings))
    return column.take(np.arange(len(texts))).to_pylist()


def cells(texts, kind, **settings) -> list[tuple[object, str]]:
    """Value, or reason, of each row."""
    column = read_column(texts_of(texts), reading(kind, **settings))
    reasons = [REASONS[place] for place in column.by_row(column.reasons)]
    found = column.take(np.arange(len(texts))).to_pylist()
    return [reason or value for reason, value in zip(reasons, found, strict=True)]


def test_a_column_reads_each_distinct_text_once(monkeypatch):
    from kimeval.data.clean import columns

    seen = []
    monkeypatch.setattr(
        columns, "repair", lambda text, how, of=columns.repair: seen.append(text) or of(text, how)
    )
    mapping = {"w": "female", "m": "male"}
    column = {"codes": "gender"}
    found = cells(["w", "m", "w", "?", "w"], "code", column=column, mapping=mapping)
    assert found == ["female", "male", "female", "code_unknown", "female"]
    assert seen == ["w", "m", "?"]


def test_repairs_name_the_texts_in_which_they_were_made():
    column = read_column(texts_of(["1.000", "7", "1.000", "2.000"]), reading("int"))
    assert {rule: at.tolist() for rule, at in column.rules.items()} == {"thousands": [0, 2]}


@pytest.mark.parametrize("kind", ["id", "text", "code", "int", "date", "time", "bool", "eur"])
@pytest.mark.parametrize("plain", [True, False])
def test_a_column_without_rows_is_read(kind, plain):
    column = read_column(texts_of([], plain), reading(kind, column={"codes": "gender"}))
    assert (len(column.typed), len(column.reasons), column.rules) == (0, 0, {})
    assert column.typed.type == Column("c", "C", kind).arrow


@pytest.mark.parametrize("kind", ["id", "text", "code", "int", "date"])
def test_an_empty_cell_and_each_sign_for_missing_are_null(kind):
    found = values(
        ["", "-", " - ", "\u00a0"], kind, missing=frozenset({"-", ""}), column={"codes": "gender"}
    )
    assert found == [None] * 4


def test_values_come_in_the_type_of_the_column():
    assert values(["01.02.2024", ""], "date") == [dt.datetime(2024, 2, 1), None]
    assert values(["2024-02-01T10:30", ""], "time") == [dt.datetime(2024, 2, 1, 10, 30), None]
    assert values(["1.234,5"], "eur") == [Decimal("1234.50")]
    assert values(["10,25"], "fte") == [10.25]
    assert values(["ja", "nein", ""], "bool") == [True, False, None]


def test_repeated_texts_stay_a_dictionary():
    column = read_column(texts_of(["P1", "P2", "P1", ""]), reading("id"))
    taken = column.take(np.array([0, 2, 3]))
    assert pa.types.is_dictionary(taken.type)
    assert taken.to_pylist() == ["P1", "P1", None]


def test_texts_that_become_the_same_are_one_value():
    column = read_column(texts_of(["P1", "P1\u00a0", " P1"]), reading("id"))
    assert column.take(np.arange(3)).dictionary.to_pylist() == ["P1"]
    assert {rule: at.tolist() for rule, at in column.rules.items()} == {"spaces": [1, 2]}


texts = st.text(alphabet="aä \u00a0\t\n\u200b\u0308Ã¼-\x7f\x00", max_size=4)


@given(st.lists(texts, max_size=8), st.booleans())
def test_texts_are_tidied_as_if_each_was_looked_at(held, plain):
    expected = [tidy_text(text)[0] for text in held]
    missing = frozenset({"", "-"})
    found = values(held, "text", plain, missing=missing)
    assert found == [None if text in missing else text for text in expected]


@given(st.lists(texts, max_size=8), st.integers(0, 3), st.integers(0, 3))
def test_only_texts_that_are_tidy_already_are_passed_over(held, before, behind):
    array = pa.array(["x y"] * before + held + ["  "] * behind).slice(before, len(held))
    looked_at = set(untidy(array).tolist())
    needed = {place for place, text in enumerate(held) if tidy_text(text)[0] != text}
    assert needed <= looked_at


def test_plain_ascii_is_not_looked_at_one_by_one():
    assert untidy(pa.array(["P1", "", "van den Berg", "a;b"])).tolist() == []
    assert untidy(pa.array(["", ""])).tolist() == []
    assert untidy(pa.array(["", " a", "", "b ", "c  d", "ü", "e"])).tolist() == [1, 3, 4, 5]


def test_a_column_with_german_evidence_is_german_as_a_whole():
    assert cells(["1.234", "1,5", "2"], "fte", decimal="auto") == [1234, 1.5, 2]


def test_a_column_with_english_evidence_is_english_as_a_whole():
    assert cells(["1,234", "1.5", "2"], "fte", decimal="auto") == [1234, 1.5, 2]


def test_without_or_against_evidence_separated_numbers_are_set_aside():
    assert cells(["1.234", "2"], "fte", decimal="auto") == ["number_ambiguous", 2]
    assert cells(["1,5", "1.5", "2"], "fte", decimal="auto") == ["number_ambiguous"] * 2 + [2]


def test_a_decided_sign_is_counted_where_a_separator_was_understood():
    column = read_column(texts_of(["1.234", "1,5", "2", "."]), reading("fte", decimal="auto"))
    assert column.rules["decimal_decided"].tolist() == [0, 1]


def test_a_sign_for_missing_is_no_evidence():
    found = cells(["99.9", "1.234"], "fte", decimal="auto", missing=frozenset({"", "99.9"}))
    assert found == [None, "number_ambiguous"]


def test_a_decision_made_before_holds():
    assert cells(["1.234"], "fte", decimal="auto", decided=".") == [1.234]
    assert cells(["1.234"], "fte", decimal="auto", decided="?") == ["number_ambiguous"]


def test_only_numbers_are_decided():
    assert read_column(texts_of(["1.234"]), reading("ags", decimal="auto")).rules == {}


def test_the_profile_says_how_a_column_is_read():
    fed = TableSpec(
        name="clients",
        columns={"client_id": "Person", "birth_year": {"column": "geboren", "take": "year"}},
    )
    settings = {"missing": ["-"], "zero": ["0"], "signs": "official", "decimal": "auto"}
    spec = FileSpec(pattern="*", title="Fälle", table=[fed], **settings)
    found = reading_of("birth_year", fed, spec, LATEST)
    assert (found.take, found.official, found.decimal) == ("year", True, "auto")
    assert (found.missing, found.zero) == ({"", "-"}, {"0"})
    assert found.dates == ("%d.%m.%Y",)


@pytest.mark.parametrize("form", ["xlsx", "parquet", "sql", "xes"])
def test_days_of_typed_files_come_as_iso_besides(form):
    fed = TableSpec(name="clients", columns={"client_id": "Person"})
    spec = FileSpec(pattern="*", title="Fälle", table=[fed], format=form)
    assert reading_of("client_id", fed, spec, LATEST).dates == ("%d.%m.%Y", "%Y-%m-%d")
