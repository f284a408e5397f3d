import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.schema import Column
from kimeval.data.clean.columns import read_column
from kimeval.data.clean.reading import Reading
from kimeval.data.clean.repeats import candidates, combined, hashes, numbered
from kimeval.data.clean.rows import Texts
from kimeval.data.engine import connect

from .exports import texts_of


def column(kind, *texts, plain=False):
    reading = Reading(Column("c", "C", kind), ("%d.%m.%Y",), dt.date(2029, 1, 1))
    return read_column(texts_of(texts, plain), reading)


def hashed(held) -> list[int]:
    with connect() as engine:
        return hashes(held, engine).tolist()


@pytest.mark.parametrize("plain", [True, False])
def test_equal_values_have_equal_hashes_and_others_do_not(plain):
    one, other, again = hashed(texts_of(["F1", "F2", "F1"], plain))
    assert one == again != other


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("id", ["F1", "F1 ", "F2", ""]),
        ("date", ["01.02.2024", "01.02.2024 10:00", "02.02.2024", ""]),
        ("time", ["01.02.2024", "2024-02-01T00:00", "2024-02-01T00:01", ""]),
        ("eur", ["1,50", "1,5", "1,51", ""]),
        ("fte", ["1,50", "1,5", "1,51", ""]),
        ("int", ["1.000", "1000", "1001", ""]),
        ("bool", ["ja", "wahr", "nein", ""]),
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_values_are_compared_and_not_how_they_were_written(kind, texts, plain):
    held = column(kind, *texts, plain=plain)
    one, same, other, missing = hashed(held)
    assert one == same
    assert len({one, other, missing}) == 3
    numbers = numbered([held], np.array([0, 1, 2, 3])).tolist()
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3


def test_the_order_of_columns_counts():
    one, other = texts_of(["a", "b"]), texts_of(["b", "a"])
    both = combined([one, other], 2)
    assert both[0] != both[1]
    assert combined([one, one], 2)[0] != combined([one, one], 2)[1]


def test_without_columns_all_rows_are_alike():
    assert combined([], 3).tolist() == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40), st.integers(0, 3))
def test_candidates_are_the_usable_rows_that_share_a_hash(rows, far):
    keys = np.array([key << (60 * (far > 0)) for key, _ in rows], dtype=np.uint64)
    usable = np.array([used for _, used in rows], dtype=bool)
    found = set(candidates(keys, usable).tolist())
    shared = {
        place
        for place, (key, used) in enumerate(rows)
        if used and [k for k, u in rows if u].count(key) > 1
    }
    assert shared <= found
    assert found <= set(np.flatnonzero(usable).tolist())
    if far:
        assert found == shared


def test_candidates_stand_in_their_order():
    keys = np.array([9, 5, 9, 5, 7], dtype=np.uint64) << np.uint64(32)
    assert candidates(keys, np.ones(5, dtype=bool)).tolist() == [0, 1, 2, 3]


def test_numbers_of_some_rows_are_those_of_their_texts():
    held = texts_of(["a", "b", "a", "c"])
    plain = texts_of(["a", "b", "a", "c"], plain=True)
    for texts in (held, plain):
        numbers = numbered([texts], np.array([0, 2, 3])).tolist()
        assert numbers[0] == numbers[1] != numbers[2]


def test_exact_decimals_are_told_apart_by_the_cent():
    held = column("eur", "0,10", "0,1", "0,11")
    assert held.typed.to_pylist() == [Decimal("0.10"), Decimal("0.10"), Decimal("0.11")]
    assert numbered([held], np.arange(3)).tolist() == [0, 0, 1]


def test_pairs_of_columns_are_told_apart():
    one = Texts(pa.array(["a", "b"]), np.array([0, 0, 1, 1, 0], np.int8))
    other = Texts(pa.array(["x", "y"]), np.array([0, 1, 0, 1, 0], np.int8))
    assert numbered([one, other], np.arange(5)).tolist() == [0, 1, 2, 3, 0]
