import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimeval.core.tabular import to_frame
from kimeval.data.clean.files import clean_rows
from kimeval.data.clean.rows import gather, narrow, together
from kimeval.data.read.part import Part, no_uneven

from .exports import ANNA, AS_OF, HEADER, KEY, OMAR, profile_of, rows_of, spec, texts_of


def part(columns, first=2, **counted) -> Part:
    cells = pa.table(columns)
    lines = np.arange(first, first + cells.num_rows)
    return Part(cells, lines, no_uneven(), records=cells.num_rows, **counted)


def texts(rows, name) -> list[str]:
    return rows.columns[name].at(np.arange(len(rows)))


def coded(*texts) -> pa.Array:
    return pa.array(texts).dictionary_encode()


@pytest.mark.parametrize("plain", [frozenset(), frozenset({"Fall"})])
def test_parts_of_any_kind_become_one_column(plain):
    parts = [part({"Fall": coded("7", "8", "7")}), part({"Fall": ["9", "7"]}, 5)]
    rows = gather([("a.csv", parts)], plain)
    assert texts(rows, "Fall") == ["7", "8", "7", "9", "7"]
    assert (rows.columns["Fall"].codes is None) is bool(plain)
    assert rows.lines.tolist() == [2, 3, 4, 5, 6]


def test_each_text_stands_once_over_all_parts():
    parts = [part({"Fall": coded("7", "8")}), part({"Fall": coded("8", "7", "9")})]
    held = gather([("a.csv", parts)], frozenset()).columns["Fall"]
    assert sorted(held.distinct.to_pylist()) == ["7", "8", "9"]


@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from("abc"))), max_size=5), st.booleans()
)
def test_putting_chunks_together_keeps_texts_and_order(chunks, plain):
    held = [coded(*some) if code else pa.array(some, pa.string()) for code, some in chunks]
    held = [h.cast(pa.dictionary(pa.int32(), pa.string())) if len(h) == 0 else h for h in held]
    column = together(held, plain)
    expected = [text for _, some in chunks for text in some]
    assert column.at(np.arange(len(expected))) == expected
    if column.codes is not None:
        assert len(set(column.distinct.to_pylist())) == len(column.distinct)


def test_a_column_that_a_file_lacks_is_empty_there():
    files = [
        ("a.csv", [part({"Fall": ["7"], "Ort": ["x"]})]),
        ("b.csv", [part({"Notiz": ["n", "m"], "Fall": ["8", "9"]})]),
    ]
    rows = gather(files, frozenset({"Notiz"}))
    assert texts(rows, "Ort") == ["x", "", ""]
    assert texts(rows, "Notiz") == ["", "n", "m"]
    assert texts(rows, "Fall") == ["7", "8", "9"]


def test_rows_know_their_file_and_line():
    uneven = pd.DataFrame({"line": [4], "reason": ["row_too_short"], "text": ["9"]})
    first = part({"Fall": ["7", "8"]}, skipped={"header": 1, "blank": 2}, notes=("x",))
    second = Part(pa.table({"Fall": ["9"]}), np.array([9]), uneven, {"blank": 1}, 3, 1, ("y",))
    rows = gather([("a.csv", [first, second]), ("b.csv", [part({"Fall": ["7"]})])], frozenset())
    assert rows.ranges == [slice(0, 3), slice(3, 4)]
    assert rows.file_numbers.tolist() == [0, 0, 0, 1]
    account = rows.files[0]
    assert (account.rows, account.records, account.trimmed) == (3, 5, 1)
    assert account.skipped == {"header": 1, "blank": 3}
    assert account.notes == ("x", "y")
    assert account.uneven["line"].tolist() == [4]


def test_the_text_of_a_row_comes_in_the_order_of_its_file():
    files = [
        ("a.csv", [part({"Fall": ["7"], "Ort": ["x"]})]),
        ("b.csv", [part({"Ort": ["y"], "Fall": ["8"]})]),
    ]
    rows = gather(files, frozenset())
    assert rows.text_of(np.array([0]), rows.files[0], ";") == ["7;x"]
    assert rows.text_of(np.array([1]), rows.files[1], ";") == ["y;8"]


def test_no_rows_are_rows_too():
    rows = gather([("a.csv", [part({"Fall": pa.array([], pa.string())})])], frozenset())
    assert (len(rows), texts(rows, "Fall"), rows.file_numbers.tolist()) == (0, [], [])


@pytest.mark.parametrize(
    ("size", "kind"), [(127, np.int8), (128, np.int16), (32767, np.int16), (32768, np.int32)]
)
def test_numbers_of_texts_are_as_narrow_as_their_count_allows(size, kind):
    assert narrow(size) is kind
    held = together([pa.array([str(number) for number in range(size)])], keep_plain=False)
    assert held.codes.max() == size - 1


def test_rows_and_columns_show_no_cell():
    rows = rows_of(["Fall"], [["GEHEIM123"]])
    assert "GEHEIM123" not in repr(rows) + repr(texts_of(["GEHEIM123"]))


FORMS = {
    "Person": ["P1", "P2", "P1\u00a0", ""],
    "Haushalt": ["H1", "", "H1"],
    "Nachname": ["Müller", "Mu\u0308ller", "MÃ¼ller"],
    "Vorname": ["Anna", "Omar "],
    "geboren": ["24.12.1990", "1990", "x"],
    "Geschlecht": ["weiblich", "w", "weibl", ""],
    "Fall": ["F1", "F2", "F1 ", "", "F3"],
    "Aufnahme": ["01.02.2024", "2024-02-01T10:00", "31.02.2024", ""],
    "Ende": ["", "03.03.2024", "01.01.2024"],
}
row = st.tuples(*(st.sampled_from(FORMS[name]) for name in HEADER.split(";"))).map(list)
good = st.sampled_from([ANNA.split(";"), OMAR.split(";"), ANNA.replace("F1", "F9").split(";")])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.one_of(row, good), max_size=10),
    st.sets(st.sampled_from(HEADER.split(";"))).map(frozenset),
    st.sampled_from(["count", "rows"]),
)
def test_plain_columns_and_dictionaries_are_cleaned_alike(rows, plain, family):
    of = spec(family=family)
    both = []
    for columns in (frozenset(), plain):
        held = rows_of(HEADER.split(";"), rows, columns)
        both.append(clean_rows(held, of, profile_of(of), KEY, AS_OF))
    one, other = both
    assert list(one.tables) == list(other.tables)
    for name in one.tables:
        pd.testing.assert_frame_equal(
            to_frame(name, one.tables[name]), to_frame(name, other.tables[name])
        )
    assert one.ledger.records() == other.ledger.records()
    assert one.set_aside["faelle.csv"].equals(other.set_aside["faelle.csv"])
    pd.testing.assert_frame_equal(one.people, other.people)
