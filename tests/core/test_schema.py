import datetime as dt
import re
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from kimeval.core.errors import DataError
from kimeval.core.schema import (
    ADDED,
    DTYPES,
    check,
    conform,
    empty,
    identifiers,
    pandera_schema,
    table,
    tables,
)

NAMES = ["clients", "cases", "legal_spheres", "residence", "contacts", "referrals", "placements"]
NAMES += ["assessments", "interpreting", "school_places", "programmes", "posts", "funds"]
NAMES += ["population", "offers", "members", "totals", "events"]
HOSTILE = "Max Mustermann; geb. 01.02.1990"


def client(**changed: object) -> pd.DataFrame:
    row = {"client_id": "c1", "birth_year": 1990, "gender": "female", "ags": "05370036"}
    return conform("clients", pd.DataFrame([{**row, **changed}]))


def funds(amount: object) -> pd.DataFrame:
    row = {"programme": "KIM", "rule": "Personal", "period_from": dt.date(2024, 1, 1)}
    values = pd.Series([amount], dtype=object)
    return conform("funds", pd.DataFrame([row]).assign(granted_eur=values))


def test_the_canonical_tables_are_the_15_of_the_design_and_three_of_ingestion():
    assert sorted(tables()) == sorted(NAMES)
    assert len(tables()) == 18


@pytest.mark.parametrize("name", NAMES)
def test_each_table_has_a_german_name_and_a_key_among_its_columns(name):
    assert table(name).german
    assert set(table(name).key) <= set(table(name).columns)
    assert table(name).required


@pytest.mark.parametrize("name", NAMES)
def test_each_column_has_a_german_name_a_known_type_and_what_that_type_needs(name):
    for column in table(name).columns.values():
        assert column.german
        assert column.type in {*DTYPES, "eur"}
        assert (column.type == "code") == (column.codes is not None)
        assert (column.type in {"int", "decimal", "fte", "eur"}) == (column.unit is not None)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)


@pytest.mark.parametrize("name", NAMES)
def test_ordered_pairs_are_dates_of_the_table(name):
    for first, second in table(name).ordered:
        kinds = {table(name).column(first).type, table(name).column(second).type}
        assert kinds == ({"time"} if name == "events" else {"date"})


def test_identifiers_are_known_in_every_table_and_hold_no_measure():
    assert {"client_id", "person_id", "case_id", "household_id"} <= identifiers()
    assert not {"gender", "ags", "birth_year", "language"} & identifiers()


@pytest.mark.parametrize("name", NAMES)
def test_the_empty_table_keeps_every_rule_of_its_declaration(name):
    frame = check(name, empty(name))
    assert len(frame) == 0
    assert list(frame.columns) == [*table(name).columns, *ADDED]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_of_missing_values_breaks_exactly_the_required_columns(name):
    rows = conform(name, pd.DataFrame(index=[0]))
    with pytest.raises(DataError) as error:
        check(name, rows)
    found = set(re.findall(r"(\w+): not_nullable", str(error.value)))
    assert found == set(table(name).required)


def test_absent_columns_are_added_as_missing_in_declared_order_and_type():
    frame = client()
    assert list(frame.columns) == [*table("clients").columns, "provider", "source"]
    assert frame["arrived_on"].isna().all()
    assert str(frame["arrived_on"].dtype) == "datetime64[us]"
    assert str(frame["birth_year"].dtype) == "Int64"
    assert check("clients", frame) is not None


def test_conform_does_not_change_its_argument():
    given = pd.DataFrame({"client_id": ["c1"], "birth_year": [1990]}, index=[7])
    before = given.copy(deep=True)
    conform("clients", given)
    pd.testing.assert_frame_equal(given, before)


def test_conform_twice_changes_nothing():
    pd.testing.assert_frame_equal(conform("clients", client()), client())


def test_an_undeclared_column_is_refused_and_the_nearest_named():
    with pytest.raises(DataError, match=r"no column 'birth_yaer'. Did you mean 'birth_year'"):
        conform("clients", pd.DataFrame({"birth_yaer": [1990]}))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("clients", "birth_year"),
        ("clients", "arrived_on"),
        ("contacts", "with_appointment"),
        ("funds", "granted_eur"),
        ("posts", "filled_fte"),
    ],
)
@pytest.mark.parametrize("value", [HOSTILE, "31.02.2023", "1,5", {"n": HOSTILE}, [HOSTILE]])
def test_a_value_of_another_type_is_refused_and_never_shown(name, column, value):
    frame = pd.DataFrame({column: pd.Series([value, None], dtype=object)})
    with pytest.raises(DataError) as error:
        conform(name, frame)
    assert f"Column '{column}' of table '{name}'" in str(error.value)
    assert "Mustermann" not in str(error.value)
    assert "31.02." not in str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.parametrize("text", ["05.03.2024", "03/05/2024", "5 March 2024", "45356"])
def test_only_iso_text_is_a_date_since_day_and_month_could_be_swapped(text):
    with pytest.raises(DataError, match="Clean it first"):
        conform("clients", pd.DataFrame({"arrived_on": [text]}))
    iso = conform("clients", pd.DataFrame({"arrived_on": ["2024-03-05", None]}))
    assert iso["arrived_on"].iloc[0] == pd.Timestamp(2024, 3, 5)


def test_a_date_object_becomes_the_same_day():
    frame = client(arrived_on=dt.date(2024, 3, 5))
    assert frame["arrived_on"].iloc[0] == pd.Timestamp("2024-03-05")


def test_a_fraction_is_no_whole_number():
    with pytest.raises(DataError, match="birth_year"):
        client(birth_year=1990.5)


@pytest.mark.parametrize("amount", [Decimal("0.10"), "2124.30", 55000, 33.2])
def test_euros_are_exact_decimals_of_two_places(amount):
    frame = funds(amount)
    found = frame["granted_eur"].iloc[0]
    assert isinstance(found, Decimal)
    assert found == Decimal(str(amount))
    assert found.as_tuple().exponent == -2


def test_ten_cents_added_ten_times_are_one_euro():
    frame = pd.concat([funds(Decimal("0.10"))] * 10, ignore_index=True)
    assert frame["granted_eur"].sum() == Decimal("1.00")


@pytest.mark.parametrize("amount", [Decimal("0.005"), "10000000000000.00", "1.234,50"])
def test_an_amount_that_two_places_cannot_hold_is_refused(amount):
    with pytest.raises(DataError, match="granted_eur"):
        funds(amount)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("gender", HOSTILE, "code list"),
        ("birth_year", 1899, "range"),
        ("birth_year", 2101, "range"),
        ("ags", "5370036", "AGS of 8 digits"),
        ("ags", HOSTILE, "AGS of 8 digits"),
        ("ags", "05370036\n", "AGS of 8 digits"),
        ("ags", "05٣٧٠٠٣٦", "AGS of 8 digits"),
        ("client_id", None, "not_nullable"),
    ],
)
def test_check_names_the_column_and_the_rule_and_never_the_value(column, value, rule):
    frame = client(**{column: value})
    with pytest.raises(DataError) as error:
        check("clients", frame)
    message = f"Table 'clients' breaks its declaration. {column}: {rule} (1 rows)."
    assert str(error.value) == message
    assert error.value.__context__ is None


def test_the_bounds_of_a_number_are_allowed_themselves():
    both = pd.concat([client(birth_year=1900), client(birth_year=2100)], ignore_index=True)
    assert len(check("clients", both)) == 2


def test_a_table_with_a_further_column_breaks_its_declaration():
    with pytest.raises(DataError, match="column_in_schema"):
        check("clients", client().assign(remark=HOSTILE))


def test_the_schema_of_every_table_refuses_further_columns():
    assert all(pandera_schema(name).strict for name in NAMES)


def test_an_unknown_table_or_column_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'clients'"):
        table("client")
    with pytest.raises(DataError, match="Did you mean 'gender'"):
        table("clients").column("gendre")


def test_the_declarations_cannot_be_changed():
    with pytest.raises(TypeError):
        tables()["more"] = table("clients")
    with pytest.raises(TypeError):
        table("clients").columns["more"] = table("clients").column("gender")


def test_a_point_in_time_keeps_its_time_of_day():
    row = {"case_id": "F1", "activity": "Beratung", "started_at": dt.datetime(2024, 3, 1, 14, 30)}
    frame = check("events", conform("events", pd.DataFrame([row])))
    assert frame["started_at"].tolist() == [pd.Timestamp(2024, 3, 1, 14, 30)]
    assert str(frame["started_at"].dtype) == "datetime64[us]"


@pytest.mark.parametrize("name", NAMES)
def test_each_type_in_arrow_comes_back_as_the_declared_type(name):
    for column in table(name).columns.values():
        empty_array = pa.array([], column.arrow)
        assert pd.Series(empty_array.to_pandas()).astype(column.dtype).dtype == column.dtype


def test_a_broken_value_is_counted_once_where_values_are_counted():
    both = pd.concat([client(birth_year=1899)] * 3 + [client(gender="x")], ignore_index=True)
    with pytest.raises(
        DataError, match=r"birth_year: range \(3 rows\); gender: code list \(1 rows"
    ):
        check("clients", both)
    with pytest.raises(DataError, match=r"birth_year: range \(1 values\); gender"):
        check("clients", both, "values")
