import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import plain, read_file

SECRET = "GEHEIM123"


def spec(**settings) -> FileSpec:
    table = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}
    return FileSpec(**{"pattern": "*.csv", "title": "Fälle", "table": [table], **settings})


@pytest.fixture
def read(tmp_path):
    """Write text or bytes to a file and read it."""

    def write_and_read(content, written="utf-8", **settings):
        path = tmp_path / "faelle.csv"
        data = content if isinstance(content, bytes) else content.encode(written)
        path.write_bytes(data)
        return read_file(path, spec(**settings))

    return write_and_read


def test_header_is_found_behind_comments(read):
    raw = read("# Export KI\n\nKreis Heinsberg;;\nFall;Aufnahme\n7;01.02.2024\n", comment="#")
    assert raw.cells.to_dict("records") == [{"Fall": "7", "Aufnahme": "01.02.2024"}]
    assert raw.lines.tolist() == [5]
    assert raw.skipped == {"header": 1, "comment": 3}


@pytest.mark.parametrize(
    ("written", "declared"),
    [("cp1252", "cp1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8")],
)
def test_umlauts_arrive_in_every_declared_encoding(read, written, declared):
    raw = read("Fall;Aufnahme;Straße\n7;x;Hückelhoven\n", written, encoding=declared)
    assert raw.cells["Straße"].tolist() == ["Hückelhoven"]
    assert raw.cells.columns.tolist() == ["Fall", "Aufnahme", "Straße"]


def test_cp1252_read_as_utf8_names_line_and_way_out(read):
    with pytest.raises(FormatError, match="must be utf-8, line 3 is not"):
        read("Fall;Aufnahme\n7;x\n8;Hückelhoven\n", "cp1252")


@pytest.mark.parametrize(("written", "line"), [("utf-8", 3), ("utf-8-sig", 1)])
def test_utf8_read_as_cp1252_is_refused_rather_than_garbled(read, written, line):
    with pytest.raises(FormatError, match=f"must be cp1252, line {line} is not. Is it utf-8"):
        read("Fall;Aufnahme\n7;x\n8;Hückelhoven\n", written, encoding="cp1252")


def test_ascii_fits_either_encoding(read):
    assert read("Fall;Aufnahme\n7;x\n", encoding="cp1252").rows == 1


def test_carriage_returns_end_lines_and_stay_out_of_cells(read):
    raw = read("Fall;Aufnahme\r\n7;x\r\n8;y\r\n")
    assert raw.cells["Aufnahme"].tolist() == ["x", "y"]
    assert raw.lines.tolist() == [2, 3]


def test_carriage_returns_inside_quotes_stay_as_delivered(read):
    raw = read('Fall;Aufnahme\r\n7;"erst\r\nheute"\r\n8;y\r\n')
    assert raw.cells["Aufnahme"].tolist() == ["erst\r\nheute", "y"]
    assert raw.lines.tolist() == [2, 4]


def test_comment_blank_and_footer_lines_are_counted_apart(read):
    text = "Fall;Aufnahme\n7;x\n# Zwischenstand\n;\n8;y\n\nQuelle: KI\n* vorläufig;\n# Ende\n"
    raw = read(text, comment="#")
    assert raw.skipped == {"header": 1, "comment": 2, "blank": 2, "footer": 2}
    assert raw.rows == 2


def test_a_note_between_rows_is_no_footer(read):
    raw = read("Fall;Aufnahme\n7;x\nsiehe unten\n8;y\n")
    assert raw.uneven["reason"].tolist() == ["row_too_short"]
    assert "footer" not in raw.skipped


def test_a_last_row_filled_in_another_column_is_no_footer(read):
    raw = read("Fall;Aufnahme;Bemerkung\n7;x;\n;;hat angerufen\n")
    assert raw.rows == 2
    assert "footer" not in raw.skipped


def test_a_second_header_is_counted_and_is_no_row(read):
    raw = read("Fall;Aufnahme\n7;x\nFall;Aufnahme\n8;y\n")
    assert raw.cells["Fall"].tolist() == ["7", "8"]
    assert raw.lines.tolist() == [2, 4]
    assert raw.skipped["header"] == 2


def test_a_needed_column_twice_is_refused(read):
    with pytest.raises(FormatError, match="has the column Fall twice"):
        read("Fall;Aufnahme;Fall\n7;x;8\n")


def test_other_columns_may_stand_twice(read):
    raw = read("Fall;Aufnahme;Notiz;Notiz;Notiz (2)\n7;x;a;b;c\n")
    assert raw.cells.iloc[0].tolist() == ["7", "x", "a", "b", "c"]
    assert raw.cells.columns.is_unique


def test_a_missing_column_lists_what_was_found_and_the_nearest_name(read):
    with pytest.raises(FormatError) as error:
        read("# Export\nFall;Aufname\n7;x\n")
    assert str(error.value) == (
        "'faelle.csv' lacks the column Aufnahme; its header on line 2 has Fall, Aufname. "
        "Did it become 'Aufname'? Change the profile or the file."
    )


def test_another_separator_is_named_as_a_possible_cause(read):
    with pytest.raises(FormatError, match="is ';' its separator"):
        read("Fall,Aufnahme\n7,x\n")


def test_a_row_that_repeats_one_column_name_is_not_shown_as_the_header(read):
    link = {"names": ["Name", "Vorname"], "birth_date": "geboren"}
    with pytest.raises(FormatError, match="has no header") as error:
        read(f"Bearbeitung;x\nName;{SECRET}\n7;x\n", link=link)
    assert SECRET not in str(error.value)


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(MissingFileError, match=r"^The file 'faelle\.csv' is missing") as error:
        read_file(tmp_path / "faelle.csv", spec())
    assert error.value.exit_code == 20


@pytest.mark.parametrize("content", [b"", b" \r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(read, content):
    with pytest.raises(FormatError, match="is empty"):
        read(content)


def test_a_header_alone_gives_no_rows(read):
    raw = read("Fall;Aufnahme\n")
    assert (raw.rows, raw.records) == (0, 1)
    assert raw.cells.columns.tolist() == ["Fall", "Aufnahme"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_nul_bytes_are_refused(read, encoding):
    with pytest.raises(FormatError, match="holds NUL bytes"):
        read("Fall;Aufnahme\n7;x\n", encoding)


def test_a_quote_that_never_ends_names_its_line_and_no_cell(read):
    with pytest.raises(FormatError, match="starts on line 3") as error:
        read(f'Fall;Aufnahme\n7;x\n8;"{SECRET}\n9;y\n')
    assert SECRET not in str(error.value)


def test_rows_too_long_or_too_short_are_set_aside_with_their_text(read):
    raw = read("Fall;Aufnahme\n7;x\n8;y;z\n9\n10;w\n")
    assert raw.uneven.to_dict("records") == [
        {"line": 3, "reason": "row_too_long", "text": "8;y;z"},
        {"line": 4, "reason": "row_too_short", "text": "9"},
    ]
    assert raw.cells["Fall"].tolist() == ["7", "10"]


@pytest.mark.parametrize("last", ["8", "8;01.02."])
def test_a_truncated_last_row_is_set_aside(read, last):
    raw = read(f"Fall;Aufnahme;Ende\n7;x;\n{last}")
    assert raw.uneven["reason"].tolist() == ["row_too_short"]
    assert raw.rows == 2


def test_empty_cells_behind_the_last_column_are_dropped_and_counted(read):
    raw = read("Fall;Aufnahme\n7;x;;\n8;y; \n9;z\n")
    assert raw.cells["Fall"].tolist() == ["7", "8", "9"]
    assert raw.trimmed == 2


def test_column_names_are_found_in_either_unicode_form_and_with_odd_spaces(read):
    header = unicodedata.normalize("NFD", "Fall;Aufnahme; geprüft\u00a0 am")
    assert read(f"{header}\n7;x;y\n").cells["geprüft am"].tolist() == ["y"]


def test_separators_and_newlines_inside_quotes_stay_in_the_cell(read):
    raw = read('Fall;Aufnahme\n"7;8";x\n9;"erst\nheute"\n10;y\n')
    assert raw.cells["Fall"].tolist() == ["7;8", "9", "10"]
    assert raw.cells["Aufnahme"].tolist() == ["x", "erst\nheute", "y"]
    assert raw.lines.tolist() == [2, 3, 5]
    assert raw.records == 4


def test_text_is_not_guessed(read):
    raw = read("Fall;Aufnahme\n007;NA\n nan ;None\n")
    assert raw.cells.to_numpy().tolist() == [["007", "NA"], [" nan ", "None"]]


def test_plain_ignores_form_spaces_and_byte_order_mark():
    assert plain("\ufeffgepru\u0308ft \u00a0am ") == "geprüft am"


def test_a_raw_file_shows_no_cell(read):
    assert SECRET not in repr(read(f"Fall;Aufnahme\n7;{SECRET}\n8\n"))


LINES = ["7;x", "7;x;", "7;x;y", "7", ";", "", "# Notiz", "Fall;Aufnahme", "* Fußnote", '"a\nb";c']


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_every_record_is_a_row_or_skipped(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "faelle.csv"
    path.write_text("\n".join(["# Export", "Fall;Aufnahme", *lines, ""]), encoding="utf-8")
    raw = read_file(path, spec(comment="#"))
    assert raw.records == len(lines) + 2
    assert raw.records == raw.rows + sum(raw.skipped.values())
    assert len(raw.lines) == len(raw.cells)
