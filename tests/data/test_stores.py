"""Tables on disk: checked, stacked and written like those in memory."""

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from kimeval.core.errors import DataError
from kimeval.core.tabular import arrow_types, shaped
from kimeval.data.engine import connect, source_of
from kimeval.data.stores import in_frame, stacked, write_table


def clients(*numbers, provider="ki", born=1990):
    columns = {
        "client_id": pa.array(numbers, pa.string()),
        "birth_year": pa.array([born] * len(numbers), pa.int64()),
        "provider": pa.array([provider] * len(numbers), pa.string()),
    }
    return shaped("clients", columns, len(numbers))


def on_disk(folder, name, table):
    path = folder / f"{name}.parquet"
    table = table.cast(pa.schema(arrow_types("clients")))
    pq.write_table(table, path, store_schema=False)
    return ds.dataset(path)


def test_parts_on_disk_and_in_memory_are_written_in_their_order(tmp_path):
    parts = [on_disk(tmp_path, "one", clients("a", "b")), clients("c", provider="drk")]
    held = stacked("clients", parts, tmp_path)
    write_table("clients", held, tmp_path / "all.parquet")
    written = pq.read_table(tmp_path / "all.parquet")
    assert written.column("client_id").to_pylist() == ["a", "b", "c"]
    assert written.column("provider").to_pylist() == ["ki", "ki", "drk"]
    assert written.schema.names == list(arrow_types("clients"))


def test_one_part_on_disk_is_written_as_it_is_and_stays(tmp_path):
    held = stacked("clients", [on_disk(tmp_path, "one", clients("a", "b"))], tmp_path)
    write_table("clients", held, tmp_path / "all.parquet")
    assert in_frame("clients", held).equals(
        in_frame("clients", ds.dataset(tmp_path / "all.parquet"))
    )


def test_a_value_on_disk_that_breaks_a_rule_is_named_by_its_rule(tmp_path):
    with pytest.raises(DataError, match="birth_year"):
        stacked("clients", [on_disk(tmp_path, "one", clients("a", born=1066))], tmp_path)


@pytest.mark.parametrize("folder", ["plain", "with 'quotes'", "with [a] *sign?"])
def test_an_engine_reads_files_by_their_path_and_tables_by_their_name(tmp_path, folder):
    (tmp_path / folder).mkdir()
    table = clients("a", "b")
    for held in (table, on_disk(tmp_path / folder, "one", table), ds.dataset(table)):
        with connect() as engine:
            source = source_of(engine, "held", held)
            assert engine.execute(f"SELECT count(*) FROM {source}").fetchall() == [(2,)]
