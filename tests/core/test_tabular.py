import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from kimeval.core import schema
from kimeval.core.errors import DataError
from kimeval.core.schema import ADDED, empty
from kimeval.core.tabular import arrow_types, check_table, shaped, to_frame

HOSTILE = "Max Mustermann; geb. 01.02.1990"


def clients(**columns) -> pa.Table:
    rows = max((len(values) for values in columns.values()), default=0)
    held = {"client_id": pa.array([f"c{n}" for n in range(rows)])}
    return shaped("clients", held | columns, rows)


@pytest.mark.parametrize("name", schema.tables())
def test_a_table_without_rows_comes_back_as_the_empty_frame(name):
    held = check_table(name, shaped(name, {}, 0))
    assert held.column_names == [*schema.table(name).columns, *ADDED]
    pd.testing.assert_frame_equal(to_frame(name, held), empty(name))


def test_absent_columns_are_null_in_declared_order():
    held = clients(gender=pa.array(["female", None]))
    assert held.column_names == list(arrow_types("clients"))
    assert held.column("ags").null_count == 2
    assert to_frame("clients", held)["gender"].isna().tolist() == [False, True]


def test_every_type_comes_back_as_it_was():
    held = shaped(
        "funds",
        {
            "programme": pa.array(["KIM"]),
            "period_from": pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("us")),
            "granted_eur": pa.array([Decimal("0.10")], pa.decimal128(14, 2)),
        },
        1,
    )
    frame = to_frame("funds", held)
    assert frame["granted_eur"].tolist() == [Decimal("0.10")]
    assert frame["period_from"].tolist() == [pd.Timestamp(2024, 1, 1)]
    assert frame.dtypes.equals(empty("funds").dtypes)


def test_whole_numbers_and_yes_and_no_keep_their_missing_values():
    held = shaped(
        "contacts",
        {"minutes": pa.array([30, None]), "with_appointment": pa.array([True, None])},
        2,
    )
    frame = to_frame("contacts", held)
    assert frame["minutes"].tolist() == [30, pd.NA]
    assert frame["with_appointment"].tolist() == [True, pd.NA]
    assert str(frame["minutes"].dtype) == "Int64"


def test_a_dictionary_is_the_same_text_as_a_plain_column():
    plain = pa.array(["female", None, "male", "female"])
    for held in (plain, plain.dictionary_encode()):
        frame = to_frame("clients", check_table("clients", clients(gender=held)))
        assert frame["gender"].dropna().tolist() == ["female", "male", "female"]
        assert str(frame["gender"].dtype) == "str"


def test_texts_of_a_dictionary_that_no_row_holds_are_not_checked():
    held = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["female", HOSTILE]))
    assert check_table("clients", clients(gender=held)).num_rows == 2


@pytest.mark.parametrize(
    ("column", "values", "rule"),
    [
        ("gender", ["female", HOSTILE, HOSTILE, "male"], "code list"),
        ("birth_year", [1990, 1899, 1899, None], "range"),
        ("birth_year", [2101], "range"),
        ("ags", ["05370036", "5370036"], "AGS of 8 digits"),
        ("ags", [None, HOSTILE, HOSTILE], "AGS of 8 digits"),
    ],
)
@pytest.mark.parametrize("chunks", [1, 2])
def test_a_broken_value_is_named_by_rule_and_counted_once(column, values, rule, chunks):
    held = pa.table(clients(**{column: pa.array(values)}))
    held = pa.concat_tables([held] * chunks)
    with pytest.raises(DataError) as error:
        check_table("clients", held)
    message = f"Table 'clients' breaks its declaration. {column}: {rule} (1 values)."
    assert str(error.value) == message


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_missing_value_of_a_required_column_is_found_wherever_it_stands(place):
    ids = ["c1", "c2", "c3"]
    ids[place] = None
    for held in (pa.array(ids), pa.array(ids).dictionary_encode()):
        with pytest.raises(DataError, match=r"client_id: not_nullable \(1 values\)"):
            check_table("clients", clients(client_id=held, gender=pa.array(["male"] * 3)))


def test_a_table_is_returned_as_it_was():
    held = clients(gender=pa.array(["female"]))
    assert check_table("clients", held) is held
