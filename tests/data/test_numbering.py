import pyarrow as pa
import pyarrow.dataset

from kimeval.data.numbering import dictionaries_only, numbered


def column(*chunks: list, coded: bool = True) -> pa.Table:
    """A column `id` of several chunks, each with a dictionary of its own."""
    arrays = [pa.array(chunk, pa.string()) for chunk in chunks]
    held = [array.dictionary_encode() for array in arrays] if coded else arrays
    kind = pa.dictionary(pa.int32(), pa.string()) if coded else pa.string()
    return pa.table({"id": pa.chunked_array(held, kind)})


def read_back(tables: dict) -> dict[str, list]:
    held, texts = numbered(tables, "id")
    known = texts.to_pylist()
    return {
        name: [None if n is None else known[n] for n in table["id"].to_pylist()]
        for name, table in held.items()
    }


def test_the_same_text_has_the_same_number_in_every_table():
    tables = {"cases": column(["a", "b"], ["c", "a"]), "contacts": column(["c", None, "a", "d"])}
    assert read_back(tables) == {"cases": ["a", "b", "c", "a"], "contacts": ["c", None, "a", "d"]}


def test_numbers_are_small_and_without_gaps():
    held, texts = numbered({"one": column(["a", "b"]), "two": column(["b", "c"])}, "id")
    assert held["two"]["id"].type == pa.int32()
    assert sorted({*held["one"]["id"].to_pylist(), *held["two"]["id"].to_pylist()}) == [0, 1, 2]
    assert len(texts) == 3


def test_plain_text_and_empty_columns_are_numbered_too():
    tables = {"plain": column(["a", None], coded=False), "none": column(), "empty": column([])}
    assert read_back(tables) == {"plain": ["a", None], "none": [], "empty": []}


def test_a_table_without_the_column_stays_as_it_is():
    other = pa.table({"day": [1]})
    held, texts = numbered({"other": other}, "id")
    assert (held["other"], len(texts)) == (other, 0)


def test_given_tables_are_not_changed():
    tables = {"cases": column(["a"])}
    numbered(tables, "id")
    assert pa.types.is_dictionary(tables["cases"]["id"].type)


def test_plain_text_or_files_are_not_dictionaries():
    coded, other = column(["a"]), pa.table({"day": [1]})
    assert dictionaries_only({"a": coded, "b": other}, ["id"])
    assert not dictionaries_only({"a": coded, "b": column(["a"], coded=False)}, ["id"])
    assert not dictionaries_only({"a": coded, "b": pyarrow.dataset.dataset(coded)}, ["id"])
