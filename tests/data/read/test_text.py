"""Reading by blocks is held against the same rules applied line by line to the whole text."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import read_parts, text
from kimeval.data.read.lines import parts_of
from kimeval.data.read.text import read_text

SECRET = "GEHEIM123"


def spec(**settings) -> FileSpec:
    table = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}
    return FileSpec(**{"pattern": "*.csv", "title": "Fälle", "table": [table], **settings})


@dataclass
class Whole:
    """All parts of a file together."""

    rows: list[list[str]]
    columns: list[str]
    lines: list[int]
    uneven: list[dict]
    skipped: dict[str, int]
    records: int
    trimmed: int
    notes: list[str]


def whole(parts) -> Whole:
    parts = list(parts)
    names = parts[0].cells.column_names
    assert all(part.cells.column_names == names for part in parts)
    for part in parts:
        assert part.records == part.rows + sum(part.skipped.values())
        assert len(part.lines) == part.cells.num_rows
    skipped = sum((Counter(part.skipped) for part in parts), Counter())
    return Whole(
        [list(row.values()) for part in parts for row in part.cells.to_pylist()],
        names,
        [line for part in parts for line in part.lines.tolist()],
        [row for part in parts for row in part.uneven.to_dict("records")],
        dict(skipped),
        sum(part.records for part in parts),
        sum(part.trimmed for part in parts),
        [note for part in parts for note in part.notes],
    )


@pytest.fixture
def read(tmp_path):
    """Write text or bytes to a file and read it."""

    def write_and_read(content, written="utf-8", block=1 << 24, **settings):
        path = tmp_path / "faelle.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(written))
        return whole(read_text(path, spec(**settings), block))

    return write_and_read


def test_header_is_found_behind_comments(read):
    found = read("# Export KI\n\nKreis Heinsberg;;\nFall;Aufnahme\n7;01.02.2024\n", comment="#")
    assert (found.columns, found.rows) == (["Fall", "Aufnahme"], [["7", "01.02.2024"]])
    assert found.lines == [5]
    assert found.skipped == {"header": 1, "comment": 3}
    assert found.notes == ["# Export KI", "", "Kreis Heinsberg;;"]


def test_carriage_returns_end_lines_and_stay_out_of_cells(read):
    found = read("Fall;Aufnahme\r\n7;x\r\n8;y\r\n")
    assert found.rows == [["7", "x"], ["8", "y"]]
    assert found.lines == [2, 3]


def test_lone_carriage_returns_end_lines_too(read):
    found = read("Fall;Aufnahme\r7;x\r8;y\r")
    assert found.rows == [["7", "x"], ["8", "y"]]
    assert found.lines == [2, 3]


def test_carriage_returns_inside_quotes_stay_as_delivered(read):
    found = read('Fall;Aufnahme\r\n7;"erst\r\nheute"\r\n8;y\r\n')
    assert found.rows == [["7", "erst\r\nheute"], ["8", "y"]]
    assert found.lines == [2, 4]


def test_a_lone_carriage_return_inside_quotes_counts_as_a_line(read):
    found = read('Fall;Aufnahme\n7;"erst\rheute"\n8;y\n')
    assert found.rows[0] == ["7", "erst\rheute"]
    assert found.lines == [2, 4]


def test_comment_blank_and_footer_lines_are_counted_apart(read):
    content = "Fall;Aufnahme\n7;x\n# Zwischenstand\n;\n8;y\n\nQuelle: KI\n* vorläufig;\n# Ende\n"
    found = read(content, comment="#")
    assert found.skipped == {"header": 1, "comment": 2, "blank": 2, "footer": 2}
    assert len(found.rows) == 2
    assert found.notes == ["# Zwischenstand", "# Ende", "Quelle: KI", "* vorläufig;"]


def test_a_footnote_before_many_blank_rows_is_no_row(read, monkeypatch):
    monkeypatch.setattr(text, "STEP", 64)
    found = read("Fall;Aufnahme\n7;x\nQuelle: KI;\n" + ";\n" * 100)
    assert found.rows == [["7", "x"]]
    assert found.skipped == {"header": 1, "footer": 1, "blank": 100}


def test_a_note_between_rows_is_no_footer(read):
    found = read("Fall;Aufnahme\n7;x\nsiehe unten\n8;y\n")
    assert [row["reason"] for row in found.uneven] == ["row_too_short"]
    assert "footer" not in found.skipped


def test_a_note_before_the_last_row_is_no_footer_though_another_one_follows(read):
    found = read("Fall;Aufnahme\nsiehe unten\n7;x\nQuelle: KI\n")
    assert [row["line"] for row in found.uneven] == [2]
    assert found.skipped == {"header": 1, "footer": 1}
    assert found.notes == ["Quelle: KI"]


def test_totals_are_no_rows_wherever_they_stand(read):
    content = "Fall;Aufnahme;Tage\n7;x;1\n;Summe;1\n8;y;2\nInsgesamt;;3\n"
    found = read(content, totals=["Summe", "Insgesamt"])
    assert [row[0] for row in found.rows] == ["7", "8"]
    assert found.lines == [2, 4]
    assert found.skipped == {"header": 1, "total": 2}


def test_without_declared_totals_such_lines_are_rows(read):
    assert read("Fall;Aufnahme\n7;x\nSumme;1\n").rows == [["7", "x"], ["Summe", "1"]]


def test_a_second_header_is_counted_and_is_no_row(read):
    found = read("Fall;Aufnahme\n7;x\nFall;Aufnahme\n8;y\n")
    assert [row[0] for row in found.rows] == ["7", "8"]
    assert found.lines == [2, 4]
    assert found.skipped["header"] == 2


@pytest.mark.parametrize("again", ["Ältere", "A\u0308ltere", "\u00a0Ältere "])
def test_a_second_header_is_known_in_either_unicode_form(read, again):
    found = read(f"Ältere;Fall;Aufnahme\n1;7;x\n{again};Fall;Aufnahme\n2;8;y\n")
    assert found.skipped["header"] == 2
    assert found.lines == [2, 4]


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(MissingFileError, match=r"^The file 'faelle\.csv' is missing") as error:
        list(read_parts(tmp_path / "faelle.csv", spec()))
    assert error.value.exit_code == 20


def test_the_format_csv_is_read_as_text(tmp_path):
    (tmp_path / "faelle.csv").write_text("Fall;Aufnahme\n7;x\n")
    assert whole(read_parts(tmp_path / "faelle.csv", spec())).rows == [["7", "x"]]


def test_a_header_alone_gives_no_rows(read):
    found = read("Fall;Aufnahme\n")
    assert (found.rows, found.uneven, found.records) == ([], [], 1)
    assert found.columns == ["Fall", "Aufnahme"]


def test_a_quote_that_never_ends_names_its_line_and_no_cell(read):
    with pytest.raises(FormatError, match="starts on line 3") as error:
        read(f'Fall;Aufnahme\n7;x\n8;"{SECRET}\n9;y\n')
    assert SECRET not in str(error.value)
    assert error.value.__suppress_context__


def test_a_quote_is_named_by_its_line_behind_blocks_too(read):
    rows = "".join(f"{number};x\n" for number in range(100))
    with pytest.raises(FormatError, match="starts on line 102"):
        read(f'Fall;Aufnahme\n{rows}8;"{SECRET}\n', block=64)


def test_an_unfinished_quote_before_the_header_is_the_error(read):
    with pytest.raises(FormatError, match="starts on line 1"):
        read(f'"{SECRET};\nFall;Aufnahme\n7;x\n')


@pytest.mark.parametrize("row", ["8;{}", "8;y;{}", "{}"], ids=["even", "long", "short"])
def test_a_cell_beyond_the_limit_of_the_reader_is_an_error(read, row):
    long = row.format(SECRET + "z" * 131_072)
    with pytest.raises(FormatError, match="too long, in the row that starts on line 2"):
        read(f"Fall;Aufnahme\n{long}\n9;y\n")


def test_a_line_without_end_is_refused_before_it_fills_the_memory(read, monkeypatch):
    monkeypatch.setattr(text, "LONGEST_LINE", 1000)
    monkeypatch.setattr(text, "STEP", 100)
    with pytest.raises(FormatError, match=r"is no table of rows\. Are its line ends missing"):
        read("Fall;Aufnahme\n7;x\n" + "8;" + "y;" * 2000 + "\n9;z\n", block=200)


def test_a_long_last_line_is_not_cut_inside_a_letter(read, monkeypatch):
    monkeypatch.setattr(text, "STEP", 101)
    for length in (200, 201):
        found = read("Fall;Aufnahme\n7;x\n8;" + "ü" * length)
        assert found.rows[1] == ["8", "ü" * length]


def test_rows_too_long_or_too_short_are_set_aside_with_their_text(read):
    found = read("Fall;Aufnahme\n7;x\n8;y;z\n9\n10;w\n")
    assert found.uneven == [
        {"line": 3, "reason": "row_too_long", "text": "8;y;z"},
        {"line": 4, "reason": "row_too_short", "text": "9"},
    ]
    assert [row[0] for row in found.rows] == ["7", "10"]


@pytest.mark.parametrize("last", ["8", "8;01.02."])
def test_a_last_row_without_line_end_is_truncated(read, last):
    found = read(f"Fall;Aufnahme;Ende\n7;x;\n{last}")
    assert found.uneven == [{"line": 3, "reason": "row_truncated", "text": last}]


def test_a_short_last_row_with_its_line_end_is_not_truncated(read):
    found = read("Fall;Aufnahme;Ende\n7;x;\n8\n")
    assert [row["reason"] for row in found.uneven] == ["row_too_short"]


@pytest.mark.parametrize("separated", ['7;x\n"8";"y"', "7;x\r8;y"], ids=["quotes", "returns"])
def test_a_short_row_before_an_unfinished_footnote_is_not_truncated(read, separated):
    found = read(f"Fall;Aufnahme;Ende\n{separated}\nQuelle: KI")
    assert {row["reason"] for row in found.uneven} == {"row_too_short"}
    assert found.skipped["footer"] == 1


def test_a_full_last_row_without_line_end_is_a_row(read):
    assert read("Fall;Aufnahme\n7;x\n8;y").rows == [["7", "x"], ["8", "y"]]


def test_empty_cells_behind_the_last_column_are_dropped_and_counted(read):
    found = read("Fall;Aufnahme\n7;x;;\n8;y; \n9;z\n")
    assert [row[0] for row in found.rows] == ["7", "8", "9"]
    assert found.trimmed == 2


def test_separators_and_newlines_inside_quotes_stay_in_the_cell(read):
    found = read('Fall;Aufnahme\n"7;8";x\n9;"erst\nheute"\n10;y\n')
    assert found.rows == [["7;8", "x"], ["9", "erst\nheute"], ["10", "y"]]
    assert found.lines == [2, 3, 5]
    assert found.records == 4


def test_text_is_not_guessed(read):
    assert read("Fall;Aufnahme\n007;NA\n nan ;None\n").rows == [["007", "NA"], [" nan ", "None"]]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "§"])
def test_any_sign_may_separate(read, separator):
    content = "Fall;Aufnahme\n7;x\n8;y\n".replace(";", separator)
    assert read(content, separator=separator).rows == [["7", "x"], ["8", "y"]]


def test_rows_keep_their_order_over_blocks_and_odd_lines(read):
    rows = [f"{number};x" if number % 3 else f"{number};x;" for number in range(60)]
    found = read("\n".join(["Fall;Aufnahme", *rows, ""]), block=50)
    assert [row[0] for row in found.rows] == [str(number) for number in range(60)]
    assert found.lines == list(range(2, 62))
    assert found.trimmed == 20


def test_a_part_shows_no_cell(read, tmp_path):
    (tmp_path / "faelle.csv").write_text(f"# {SECRET}\nFall;Aufnahme\n7;{SECRET}\n8\n")
    parts = list(read_text(tmp_path / "faelle.csv", spec()))
    assert SECRET not in repr(parts)


def oracle(data: bytes, of: FileSpec) -> Whole:
    """The same rules on the whole text, line by line."""
    content = decoded(data, of.encoding)
    parts, ends = [], {}
    lines = numbered_lines(content, of.separator, ends)
    for part in parts_of("faelle.csv", lines, of):
        parts.append(part)
    found = whole(parts)
    if not content.endswith(("\n", "\r")):
        for row in found.uneven:
            if row["line"] == ends["last"] and row["reason"] == "row_too_short":
                row["reason"] = "row_truncated"
    return found


def decoded(data: bytes, encoding: str) -> str:
    if b"\0" in data:
        raise FormatError("NUL")
    try:
        if encoding == "utf-8":
            return data.decode("utf-8-sig")
        if encoding == "auto":
            return decoded(data, "utf-8" if is_utf8(data) else "cp1252")
        if is_utf8(data) and not data.isascii():
            raise FormatError("UTF-8")
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise FormatError("encoding") from None


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def numbered_lines(content: str, separator: str, ends: dict[str, int]):
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            ends["last"] = line
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise FormatError(f"starts on line {line}") from None


CELLS = ["", "7", "x", "Müller", "ß€", "# n", "Summe", "Fall", "* n", "a b", " ", "\u00a0"]
WIDE = ["\u2003x", "\u3000", "\u2028", "\ufeffFall", "A\u0308rger", "日本", "\u200b", "\x0b"]
QUOTED = ['"a;b"', '"a\nb"', '"a\r\nb c"', '"a""b"', '""', '"ü"', '"""a"', '"\n\n"', '" "']
STRAY = ['a"b', '"', ' "q"', '"q" ', '"q"q', 'q"', '"a\rb"', '""q""']
LINES = ["", ";;", ";", "# Notiz", '# "zwei"', "Fall;Aufnahme;Ort", "Fall; Aufnahme;Ort\u00a0"]
LINES += ["Summe;3;4", ";Summe;", "Quelle: KI", "Quelle: KI;;", "* vorläufig", "8", "\t", "Äg;x;y"]
cells = st.one_of(*map(st.sampled_from, (CELLS, CELLS, CELLS, WIDE, QUOTED, STRAY)))
regular = st.lists(st.sampled_from(CELLS + QUOTED[:1]), min_size=3, max_size=3).map(";".join)
rows = st.one_of(
    regular,
    st.sampled_from(["siehe unten", "Quelle: KI;;", "* n;;"]),
    st.lists(cells, min_size=1, max_size=5).map(";".join),
    st.sampled_from(LINES),
)
ENCODINGS = [("utf-8", "utf-8"), ("utf-8", "auto"), ("cp1252", "cp1252"), ("cp1252", "auto")]
ENCODINGS += [("utf-8", "cp1252"), ("cp1252", "utf-8")]
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r\n", "\r"])


@st.composite
def files(draw) -> tuple[bytes, str]:
    """Bytes of a file, and the encoding that its profile names."""
    before = draw(st.lists(st.sampled_from(LINES), max_size=2))
    header = draw(st.sampled_from(["Fall;Aufnahme;Ort", "Äg;Fall;Aufnahme", "Ort;Aufnahme;Fall"]))
    lines = [*before, header, *draw(st.lists(rows, max_size=20))]
    end = draw(ends)
    mixed = draw(st.booleans()) and draw(st.booleans())
    content = "".join(line + (draw(ends) if mixed else end) for line in lines)
    if draw(st.booleans()):
        content = content.rstrip("\r\n")
    written, declared = draw(st.sampled_from(ENCODINGS))
    data = content.encode(written, "ignore")
    marked = written == "utf-8" and draw(st.booleans())
    return codecs.BOM_UTF8 + data if marked else data, declared


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except FormatError as found:
        return type(found)


@settings(deadline=None, max_examples=400)
@given(
    files(),
    st.sampled_from([1, 16, 64, 257, 4096]),
    st.sampled_from([5, 1 << 18]),
    st.sampled_from([[], ["Summe"], ["S", "8"]]),
    st.sampled_from(["", "#"]),
)
@example((b'Fall;Aufnahme\n7;"a\rb"\n8;x\n', "utf-8"), 4096, 64, [], "")
@example((b"Fall;Aufnahme\n7;\x81\n", "cp1252"), 4096, 64, [], "")
@example((b'Fall;Aufnahme\nQuelle: KI\n"\n\n"\n', "utf-8"), 1, 64, [], "")
@example((b"\x81\nFall;Aufnahme\x81", "cp1252"), 4096, 64, [], "")
def test_blocks_give_what_reading_line_by_line_gives(
    tmp_path_factory, file, block, step, totals, comment
):
    data, encoding = file
    path = tmp_path_factory.getbasetemp() / "faelle.csv"
    path.write_bytes(data)
    of = spec(encoding=encoding, totals=totals, comment=comment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "STEP", step)
        found = outcome(lambda: whole(read_text(path, of, block)))
    assert found == outcome(oracle, data, of)


def test_the_oracle_sees_a_difference(tmp_path):
    data = b"Fall;Aufnahme\n7;x\n8;y\n"
    (tmp_path / "faelle.csv").write_bytes(data)
    found = whole(read_text(tmp_path / "faelle.csv", spec()))
    assert found == oracle(data, spec())
    assert replace(found, lines=[2, 4]) != oracle(data, spec())
