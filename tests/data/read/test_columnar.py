import datetime as dt
import traceback
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import columnar
from kimeval.data.read.columnar import read_columnar
from kimeval.data.read.typed import text_of

CANARY = "Kanarienvogel"
NEEDED = {"case_id": ["A", "B", ""], "opened_on": ["1", "2", "3"]}


def spec(**fields):
    table = [{"name": "cases", "columns": {"case_id": "case_id", "opened_on": "opened_on"}}]
    return FileSpec(pattern="*.parquet", title="Fälle", format="parquet", table=table, **fields)


@pytest.fixture
def write(tmp_path):
    def make(columns, **options):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        pq.write_table(table, tmp_path / "faelle.parquet", **options)
        return tmp_path / "faelle.parquet"

    return make


def read_one(path, **fields):
    (part,) = read_columnar(path, spec(**fields))
    return part


def texts(write, values, kind=None, **fields):
    """A column of three values, as read."""
    path = write(NEEDED | {"x": pa.array(values, kind)})
    return read_one(path, **fields).cells["x"].to_pylist()


def refusal(path, match):
    with pytest.raises(FormatError, match=match) as error:
        list(read_columnar(path, spec()))
    assert CANARY not in "".join(traceback.format_exception(error.value))
    assert error.value.__context__ is None


def test_columns_are_found_in_any_order_and_every_record_is_a_row(write):
    part = read_one(write({"opened_on": ["1", "2"], "mehr": ["x", "y"], "case_id": ["A", None]}))
    assert part.cells.to_pylist() == [
        {"opened_on": "1", "mehr": "x", "case_id": "A"},
        {"opened_on": "2", "mehr": "y", "case_id": ""},
    ]
    assert part.lines.tolist() == [1, 2]
    assert (part.records, part.rows, dict(part.skipped), len(part.uneven)) == (2, 2, {}, 0)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None, -2], pa.int64(), ["1", "", "-2"]),
        ([5370016.0, 0.5, None], pa.float64(), ["5370016", "0,5", ""]),
        ([1e-7, float("nan"), 1e22], pa.float64(), ["0,0000001", "", "1" + 22 * "0"]),
        ([0.1, None, 2.0], pa.float32(), ["0,1", "", "2"]),
        ([Decimal("12.00"), Decimal("0.50"), None], pa.decimal128(8, 2), ["12", "0,5", ""]),
        ([True, False, None], pa.bool_(), ["ja", "nein", ""]),
        ([dt.date(2023, 12, 31), None, None], pa.date32(), ["2023-12-31", "", ""]),
        ([dt.time(14, 30), None, None], pa.time64("us"), ["14:30:00", "", ""]),
        ([dt.timedelta(hours=26), None, None], pa.duration("s"), ["26:00:00", "", ""]),
        ([None, None, None], pa.null(), ["", "", ""]),
        (["NA", "007", None], pa.large_string(), ["NA", "007", ""]),
        ([b"\x00\xff", None, b""], pa.binary(), ["00ff", "", ""]),
    ],
)
def test_typed_cells_become_text(write, values, kind, expected):
    assert texts(write, values, kind) == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_points_in_time_are_iso_and_midnight_is_left_out(write, unit):
    moments = [dt.datetime(2023, 12, 31, 14, 30), dt.datetime(2024, 1, 1), None]
    assert texts(write, moments, pa.timestamp(unit)) == ["2023-12-31T14:30:00", "2024-01-01", ""]


def test_parts_of_a_second_are_kept(write):
    moments = [dt.datetime(2023, 12, 31, 14, 30, 0, 250_000), None, None]
    assert texts(write, moments, pa.timestamp("ms"))[0] == "2023-12-31T14:30:00.250000"


def test_points_in_time_with_a_zone_move_to_berlin(write):
    moments = [dt.datetime(2024, 6, 30, 22, 30), dt.datetime(2024, 12, 31, 23, 0), None]
    read = texts(write, moments, pa.timestamp("us", "UTC"))
    assert read == ["2024-07-01T00:30:00", "2025-01-01", ""]


def test_a_number_takes_the_decimal_sign_of_the_profile(write):
    assert texts(write, [0.5, 1.5, None], decimal=".") == ["0.5", "1.5", ""]


def test_dictionaries_stay_dictionaries_without_nulls(write):
    part = read_one(write(NEEDED | {"x": pa.array(["a", None, "a"]).dictionary_encode()}))
    assert part.cells.schema.field("x").type == pa.dictionary(pa.int32(), pa.string())
    assert part.cells["x"].to_pylist() == ["a", "", "a"]
    assert sorted(part.cells["x"].chunk(0).dictionary.to_pylist()) == ["", "a"]


def test_dictionaries_of_numbers_become_dictionaries_of_text(write):
    part = read_one(write(NEEDED | {"x": pa.array([7, None, 7]).dictionary_encode()}))
    assert part.cells["x"].to_pylist() == ["7", "", "7"]


def test_nested_columns_are_left_out_and_refused_where_they_are_needed(write):
    path = write(NEEDED | {"x": pa.array([[1], [2], []])})
    assert read_one(path).cells.column_names == ["case_id", "opened_on"]
    refusal(write(NEEDED | {"case_id": pa.array([[CANARY], [], []])}), "column case_id holds lists")


def test_large_files_come_in_parts_with_running_numbers(write, monkeypatch):
    monkeypatch.setattr(columnar, "AT_ONCE", 2)
    parts = list(read_columnar(write(NEEDED), spec()))
    assert [part.lines.tolist() for part in parts] == [[1, 2], [3]]
    assert [part.cells["case_id"].to_pylist() for part in parts] == [["A", "B"], [""]]


def test_a_file_without_rows_is_one_part_without_rows(write):
    part = read_one(write(pa.table(NEEDED).slice(0, 0)))
    assert (part.rows, part.records, part.cells.column_names) == (0, 0, list(NEEDED))


def test_a_missing_column_names_the_columns_and_the_nearest(write):
    path = write({"case_id": [CANARY], "opend_on": ["1"]})
    refusal(path, r"lacks the column opened_on.* has case_id, opend_on.*become 'opend_on'")


def test_a_needed_column_twice_is_refused_and_another_one_gets_a_number(write):
    table = pa.table([["A"], ["1"], ["x"], ["y"]], names=["case_id", "opened_on", "x", "x"])
    assert read_one(write(table)).cells.column_names == ["case_id", "opened_on", "x", "x (2)"]
    refusal(write(table.rename_columns(["case_id", "opened_on", "x", "case_id"])), "case_id twice")


@pytest.mark.parametrize("content", [b"", CANARY.encode(), b"PAR1" + bytes(100) + b"PAR1"])
def test_what_is_no_parquet_is_refused(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    refusal(tmp_path / "a.parquet", "damaged or not complete")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(write, keep):
    path = write(NEEDED | {"x": [CANARY] * 3})
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    refusal(path, "damaged or not complete")


def test_damage_within_the_columns_is_one_error(write):
    many = {name: [f"{CANARY} {n}" for n in range(5000)] for name in NEEDED}
    path = write(many, compression="snappy")
    content = bytearray(path.read_bytes())
    content[200:4000] = bytes(3800)
    path.write_bytes(bytes(content))
    refusal(path, "damaged or not complete")


def test_a_number_of_three_places_cannot_be_taken_for_thousands():
    assert text_of(1.234, ".") == "1.2340"
    assert text_of(1.234, ",") == "1,2340"
    assert text_of(1234.0, ",") == "1234"
