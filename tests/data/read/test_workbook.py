import datetime as dt
import re
import traceback
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.xml.constants import SHARED_STRINGS
from openpyxl.xml.constants import SHEET_MAIN_NS as MAIN

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import archive
from kimeval.data.read.workbook import read_workbook

CANARY = "Kanarienvogel"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"
HEADER = ["Fall", "Aufnahme", "Grund"]
CASES = {"case_id": "Fall", "opened_on": "Aufnahme"}


def spec(columns=CASES, **fields):
    return FileSpec(
        pattern="*.xlsx",
        title="Fälle",
        format="xlsx",
        table=[{"name": "cases", "columns": columns}],
        **fields,
    )


@pytest.fixture
def write(tmp_path):
    """Make a workbook of rows; `change` works on it before it is saved."""

    def make(*rows, change=None, sheet="Fälle"):
        book = Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(row)
        if change:
            change(book)
        book.save(tmp_path / "faelle.xlsx")
        return tmp_path / "faelle.xlsx"

    return make


def edit(path, old, new, member=SHEET):
    """Change the XML of a member."""
    with zipfile.ZipFile(path) as book:
        texts = {name: book.read(name) for name in book.namelist()}
    assert old.encode() in texts[member]
    texts[member] = texts[member].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in texts.items():
            book.writestr(name, text)
    return path


def share(path):
    """Put the texts into a table of their own, as office programs do."""
    with zipfile.ZipFile(path) as book:
        texts = {name: book.read(name).decode() for name in book.namelist()}
    inline = re.compile(r't="inlineStr"><is>(.*?)</is>')
    shared = inline.findall(texts[SHEET])
    number = iter(range(len(shared)))
    texts[SHEET] = inline.sub(lambda _: f't="s"><v>{next(number)}</v>', texts[SHEET])
    texts[STRINGS] = f'<sst xmlns="{MAIN}">{"".join(f"<si>{t}</si>" for t in shared)}</sst>'
    told = f'<Override PartName="/{STRINGS}" ContentType="{SHARED_STRINGS}"/></Types>'
    texts[TYPES] = texts[TYPES].replace("</Types>", told)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in texts.items():
            book.writestr(name, text)
    return path


def rows_of(path, **fields):
    parts = list(read_workbook(path, spec(**fields)))
    return [tuple(row.values()) for part in parts for row in part.cells.to_pylist()]


def skipped_in(path, **fields):
    (part,) = read_workbook(path, spec(**fields))
    assert part.records == part.rows + sum(part.skipped.values())
    return {kind: count for kind, count in part.skipped.items() if count}


def refusal(path, match, **fields):
    with pytest.raises(FormatError, match=match) as error:
        list(read_workbook(path, spec(**fields)))
    assert CANARY not in "".join(traceback.format_exception(error.value))
    assert error.value.__context__ is None
    return str(error.value)


def test_cells_become_text_as_they_would_be_typed(write):
    day, moment = dt.date(2023, 12, 31), dt.datetime(2023, 12, 31, 14, 30)
    path = write(HEADER, ["007", day, 12], [7, moment, 0.5], ["NA", dt.datetime(2024, 1, 1), True])
    assert rows_of(path) == [
        ("007", "2023-12-31", "12"),
        ("7", "2023-12-31T14:30:00", "0,5"),
        ("NA", "2024-01-01", "ja"),
    ]


def test_a_number_takes_the_decimal_sign_of_the_profile(write):
    path = write(HEADER, ["A", 2.0, 1e-7])
    edit(path, "<v>2</v>", "<v>2.0</v>")
    assert rows_of(path) == [("A", "2", "0,0000001")]
    assert rows_of(path, decimal=".") == [("A", "2", "0.0000001")]
    assert rows_of(path, decimal="auto") == [("A", "2", "0.0000001")]


def test_numbers_stored_as_text_stay_as_they_are(write):
    assert rows_of(write(HEADER, ["05370016", "2.124,30", ""])) == [("05370016", "2.124,30", "")]


def test_both_counts_of_days_give_the_same_date(write):
    day = dt.date(2024, 2, 29)

    def from_1904(book):
        book.epoch = CALENDAR_MAC_1904
        book.active.append(["B", day, None])

    assert rows_of(write(HEADER, ["A", day, None])) == [("A", "2024-02-29", "")]
    path = write(HEADER, change=from_1904)
    with zipfile.ZipFile(path) as book:
        assert b"<v>43889</v>" in book.read(SHEET)
    assert rows_of(path) == [("B", "2024-02-29", "")]


def test_a_plain_number_in_a_column_of_dates_stays_a_number(write):
    assert rows_of(write(HEADER, ["A", 45351, None]), dates=["excel"]) == [("A", "45351", "")]


def test_a_date_that_cannot_be_one_stays_a_number(write):
    path = edit(write(HEADER, ["A", dt.date(2024, 2, 29), 1]), "<v>45351</v>", "<v>9999999999</v>")
    assert rows_of(path) == [("A", "9999999999", "1")]


def test_durations_and_times_of_day_are_told_apart(write):
    path = write(HEADER, ["A", dt.timedelta(hours=26, minutes=5), dt.time(14, 30)])
    assert rows_of(path) == [("A", "26:05:00", "14:30:00")]


def test_a_formula_gives_its_stored_value_and_one_never_calculated_is_unreadable(write):
    path = write(HEADER, ["A", "=1+1", "=2+2"], ["B", "=3+3", '=""'])
    edit(path, "<f>1+1</f><v />", "<f>1+1</f><v>2</v>")
    edit(path, '<f>""</f><v />', '<f>""</f>')
    assert rows_of(path) == [("A", "2", "#FORMEL"), ("B", "#FORMEL", "#FORMEL")]


def test_a_formula_that_gives_empty_text_is_an_empty_cell(write):
    path = edit(write(HEADER, ["A", "x", "=1"]), 'r="C2"><f>1</f>', 'r="C2" t="str"><f>1</f>')
    assert rows_of(path) == [("A", "x", "")]


def test_an_error_in_a_cell_stays_visible(write):
    assert rows_of(write(HEADER, ["A", "#DIV/0!", "#N/A"])) == [("A", "#DIV/0!", "#N/A")]


def test_text_in_runs_and_beside_its_cell_is_put_together(write):
    path = write(HEADER, ["A", "x", 4711])
    with zipfile.ZipFile(path) as book:
        assert b'<c r="C2" t="n"><v>4711</v></c>' in book.read(SHEET)
    runs = "<is><r><t>Um</t></r><r><t>zug</t></r><rPh><t>laut</t></rPh></is>"
    edit(path, '<c r="C2" t="n"><v>4711</v></c>', f'<c r="C2" t="inlineStr">{runs}</c>')
    assert rows_of(path) == [("A", "x", "Umzug")]


def test_texts_in_a_table_of_their_own_are_read(write):
    path = share(write(HEADER, ["A", "Ä ß & <x>", None], ["A", " 007", "y"]))
    assert rows_of(path) == [("A", "Ä ß & <x>", ""), ("A", " 007", "y")]


def test_the_sheet_is_found_by_name_and_the_first_one_is_taken_without(write):
    def second(book):
        book.create_sheet("Zahlen").append(["Fall", "Aufnahme"])
        book["Zahlen"].append(["B", "heute"])

    path = write(HEADER, ["A", "x", "y"], change=second)
    assert rows_of(path) == [("A", "x", "y")]
    assert rows_of(path, sheet="Zahlen") == [("B", "heute")]


def test_a_missing_sheet_names_the_sheets_and_the_nearest(write):
    message = refusal(write(HEADER, sheet="Fälle 2024"), "must have the sheet", sheet="Fälle 2023")
    assert "it has Fälle 2024. Did you mean 'Fälle 2024'?" in message


def two_rows_of_header(book):
    sheet = book.active
    for place in ("A2:A3", "B2:C2", "A1:F1"):
        sheet.merge_cells(place)


GROUPED = [
    ["Bericht über alle Fälle"],
    ["Fall", "Aufnahme", None, "Ende"],
    [None, "Datum", "Ort", "Datum"],
]
JOINED = {"case_id": "Fall", "opened_on": "Aufnahme Datum", "closed_on": "Ende Datum"}


def test_a_header_over_two_rows_is_joined_and_a_merged_cell_counts_for_all_below(write):
    path = write(*GROUPED, ["A", "1.1.24", "Kreis", "2.1.24"], change=two_rows_of_header)
    (part,) = read_workbook(path, spec(JOINED, header_rows=2))
    assert part.cells.column_names == ["Fall", "Aufnahme Datum", "Aufnahme Ort", "Ende Datum"]
    assert part.cells.to_pylist()[0]["Aufnahme Ort"] == "Kreis"
    assert part.lines.tolist() == [4]
    assert (part.skipped["header"], part.skipped["comment"], part.records) == (2, 1, 4)


def test_a_joined_header_without_a_needed_column_names_what_there_is(write):
    path = write(*GROUPED, ["A", "1.1.24", "Kreis", CANARY], change=two_rows_of_header)
    columns = JOINED | {"closed_on": "Ende Dat"}
    message = refusal(path, "lacks the column Ende Dat", columns=columns, header_rows=2)
    assert "Did it become 'Ende Datum'?" in message


def test_totals_inside_and_footnotes_below_are_no_rows(write):
    path = write(
        HEADER, ["A", "x", "y"], ["Summe Mai", 1, 1], ["B", "x", "y"], [], ["Quelle: eigene Zahlen"]
    )
    assert skipped_in(path, totals=["Summe"]) == {"header": 1, "total": 1, "blank": 1, "footer": 1}
    assert rows_of(path, totals=["Summe"]) == [("A", "x", "y"), ("B", "x", "y")]


def test_hidden_rows_are_read_or_counted_and_hidden_columns_are_read(write):
    def hide(book):
        book.active.row_dimensions[2].hidden = True
        book.active.row_dimensions[4].hidden = True
        book.active.column_dimensions["C"].hidden = True

    path = write(HEADER, ["A", "x", "y"], ["B", "x", "y"], ["C", "x", "y"], change=hide)
    assert [row[0] for row in rows_of(path)] == ["A", "B", "C"]
    assert rows_of(path, hidden="skip") == [("B", "x", "y")]
    assert skipped_in(path, hidden="skip") == {"header": 1, "hidden": 2}


def test_a_row_knows_its_number_and_gaps_between_rows_count_as_blank(write):
    path = write(HEADER, ["A", "x", "y"], [], [], ["B", "x", "y"])
    (part,) = read_workbook(path, spec())
    assert part.lines.tolist() == [2, 5]
    assert part.skipped["blank"] == 2


def test_a_sheet_formatted_to_its_last_row_ends_with_its_last_filled_row(write):
    def format_all(book):
        for row in (3, 500, 1_048_576):
            book.active.row_dimensions[row].height = 20

    path = write(HEADER, ["A", "x", "y"], change=format_all)
    assert skipped_in(path) == {"header": 1}
    assert rows_of(path) == [("A", "x", "y")]


def test_short_rows_are_filled_up_and_text_behind_the_table_makes_a_row_too_long(write):
    far = [*[None] * 16_000, "weit"]
    path = write(HEADER, ["A", "x"], ["B", "x", "y", None, "Notiz"], ["C", "x", "y", *far])
    (part,) = read_workbook(path, spec())
    assert [tuple(row.values()) for row in part.cells.to_pylist()] == [("A", "x", "")]
    assert part.uneven["reason"].tolist() == ["row_too_long", "row_too_long"]
    assert part.uneven["text"].tolist() == ["B;x;y;Notiz", "C;x;y;weit"]


def test_every_row_behind_the_lines_searched_for_a_header_is_there(write):
    path = write(HEADER, *(["A", "x", number] for number in range(250)))
    (part,) = read_workbook(path, spec())
    assert (part.rows, part.records) == (250, 251)
    assert part.cells["Grund"].to_pylist()[249] == "249"


@pytest.mark.parametrize("rows", [[], [[None, ""]], [[" "]]])
def test_an_empty_sheet_is_one_clear_error(write, rows):
    refusal(write(*rows), r"'faelle\.xlsx' is empty")


def test_a_missing_column_names_the_columns_and_the_nearest(write):
    message = refusal(write(["Fall", "Aufname", "X"], ["A", CANARY, "y"]), "lacks the column")
    assert "Did it become 'Aufname'?" in message


def test_an_empty_file_is_one_clear_error(tmp_path):
    (tmp_path / "leer.xlsx").touch()
    refusal(tmp_path / "leer.xlsx", "is empty")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (f"Fall;Aufnahme\n{CANARY};x\n".encode(), "is an archive"),
        (archive.OLD + bytes(600), "old format of before 2007"),
        (archive.OLD + bytes(600) + archive.LOCKED, "without a password"),
        (b"PK\x03\x04" + CANARY.encode(), "damaged or not complete"),
    ],
)
def test_what_is_no_open_workbook_is_refused_with_a_way_out(tmp_path, content, match):
    (tmp_path / "faelle.xlsx").write_bytes(content)
    refusal(tmp_path / "faelle.xlsx", match)


@pytest.mark.parametrize(
    ("member", "match"),
    [("xl/workbook.bin", "xlsb or ods"), ("content.xml", "xlsb or ods"), ("a", "cannot be read")],
)
def test_another_kind_of_archive_is_refused(tmp_path, member, match):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as other:
        other.writestr(member, CANARY)
    refusal(tmp_path / "a.xlsx", match)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(write, keep):
    path = write(HEADER, *([f"{CANARY} {number}", "x", "y"] for number in range(500)))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    refusal(path, "damaged or not complete")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A2" t="s"><v>3</v>', '<c r="A2" t="s"><v>9999</v>'),
        ('<c r="A2" t="s"><v>3</v>', f'<c r="A2" t="s"><v>{CANARY}</v>'),
        ('r="A2"', f'r="{CANARY}2"'),
        ("</sheetData>", f"<{CANARY}></sheetData>"),
        ('<row r="2"', '<row r="2000000"'),
        ('<row r="2"', f'<row r="{CANARY}"'),
    ],
)
def test_broken_markup_is_one_error_without_a_value(write, old, new):
    refusal(edit(share(write(HEADER, [CANARY, "x", "y"])), old, new), "damaged or not complete")


@pytest.mark.parametrize("member", [SHEET, STRINGS, "xl/workbook.xml"])
def test_entities_are_refused(write, member):
    path = share(write(HEADER, ["A", "x", "y"]))
    entities = f'<!DOCTYPE x [<!ENTITY a "{CANARY}"><!ENTITY b "&a;&a;">]>'
    root = {SHEET: "<worksheet", STRINGS: "<sst", "xl/workbook.xml": "<workbook"}
    edit(path, root[member] + " ", entities + root[member] + " ", member)
    refusal(path, "damaged or not complete")


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(SHEET, bytes(50 * 1024**2))
    message = refusal(tmp_path / "a.xlsx", "at most 2 GiB and 200 times its size")
    assert "to 50 MiB" in message


def test_too_many_parts_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as bomb:
        for number in range(10_001):
            bomb.writestr(str(number), "")
    refusal(tmp_path / "a.xlsx", "at most 10000 parts, 'a.xlsx' has 10001")


def test_more_than_two_gibibytes_are_refused(write, monkeypatch):
    path = write(HEADER, ["A", "x", "y"])
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    refusal(path, "It was not opened")


def test_a_part_that_is_larger_than_its_directory_says_is_not_unpacked(write):
    path = write(HEADER, *([f"{CANARY} {number}", "x", "y"] for number in range(5000)))
    with zipfile.ZipFile(path) as book:
        size = book.getinfo(SHEET).file_size
    said, lie = size.to_bytes(4, "little"), (size // 4).to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(said) >= 1
    path.write_bytes(content.replace(said, lie))
    refusal(path, "damaged or not complete")


def test_a_part_behind_a_password_is_refused(write):
    path = write(HEADER, ["A", "x", "y"])
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(bytes(content))
    refusal(path, "needs a password")
