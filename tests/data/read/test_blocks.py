import pyarrow as pa
import pytest

from kimeval.data.read import blocks
from kimeval.data.read.blocks import Layout, mostly_distinct, parse

LAYOUT = Layout(("Fall", "Ort"), ";", b"#S")


def texts(block) -> list[list[str]]:
    return [list(row.values()) for row in block.cells.to_pylist()]


def test_regular_lines_become_columns_with_their_places():
    block = parse(b"7;x\n8;y\r\n", LAYOUT)
    assert texts(block) == [["7", "x"], ["8", "y"]]
    assert (block.places.tolist(), block.odd, block.count) == ([0, 1], [], 2)


@pytest.mark.parametrize(
    "line", ["", ";;", "9", "9;x;y", "# x;y", "Summe;3", ";x", " ;x", "\u00a0;x", "\u3000;x"]
)
def test_lines_of_another_kind_come_out_as_text(line):
    block = parse(f"7;x\n{line}\r\n8;y\n".encode(), LAYOUT)
    assert texts(block) == [["7", "x"], ["8", "y"]]
    assert block.places.tolist() == [0, 2]
    assert block.odd == [(1, line)]
    assert block.count == 3


def test_a_byte_order_mark_at_the_beginning_of_a_block_is_part_of_its_cell():
    block = parse("\ufeff7;x\n\ufeff8;y\n".encode(), Layout(("Fall", "Ort"), ";"))
    assert [text for _, text in block.odd] == ["\ufeff7;x", "\ufeff8;y"]
    assert texts(parse("7;\ufeffx\n".encode(), LAYOUT)) == [["7", "\ufeffx"]]


def test_quotes_in_their_place_are_parsed():
    block = parse(b'"7;8";"x"\n"";"a""b"\n', Layout(("Fall", "Ort"), ";"))
    assert texts(block) == [["7;8", "x"]]
    assert block.odd == [(1, '"";"a""b"')]


@pytest.mark.parametrize(
    "line",
    ['7;"x', '7;"x"y', '7; "x"', '7;x"y"', '"7;"x";y', '7;"a\nb"', '7;"x" ', "7\r8;x", '7;"a\rb"'],
)
def test_what_a_reader_must_look_at_byte_by_byte_is_left_to_it(line):
    assert parse(f"6;x\n{line}\n".encode(), LAYOUT) is None


@pytest.mark.parametrize("line", ["7;{}", "{};y", "7;x;{}"])
def test_a_cell_that_is_too_long_is_left_to_the_reader(line, monkeypatch):
    monkeypatch.setattr(blocks, "LONGEST_CELL", 20)
    assert parse(line.format("z" * 10).encode() + b"\n", LAYOUT) is not None
    assert parse(line.format("z" * 21).encode() + b"\n", LAYOUT) is None


def test_columns_are_dictionaries_unless_most_texts_differ():
    data = b"".join(b"%d;Gangelt\n" % number for number in range(20))
    assert mostly_distinct(data, LAYOUT) == {"Fall"}
    block = parse(data, Layout(LAYOUT.names, ";", b"#", frozenset({"Fall"})))
    assert block.cells.schema.types == [pa.string(), pa.dictionary(pa.int32(), pa.string())]


def test_of_few_rows_every_column_may_be_distinct():
    assert mostly_distinct(b"7;x\n", LAYOUT) == {"Fall", "Ort"}
    assert mostly_distinct(b"7\n", LAYOUT) == frozenset()


@pytest.mark.parametrize("plain", [frozenset(), frozenset({"Fall"})], ids=["codes", "plain"])
def test_odd_lines_are_found_in_either_kind_of_column(plain):
    block = parse(b"7;x\n;y\n# z;z\n8;y\n", Layout(LAYOUT.names, ";", b"#", plain))
    assert block.places.tolist() == [0, 3]
    assert [place for place, _ in block.odd] == [1, 2]


def test_columns_of_one_name_do_not_hide_each_other():
    layout = Layout(("Fall", "Ort", "Ort (2)"), ";")
    assert texts(parse(b"7;x;y\n", layout)) == [["7", "x", "y"]]


def test_a_single_column_is_parsed_and_its_blanks_are_odd():
    block = parse(b"7\n\n8;9\n", Layout(("Fall",), ";"))
    assert texts(block) == [["7"]]
    assert block.odd == [(1, ""), (2, "8;9")]
