"""A corpus of broken files: each a name, a format, and bytes that some system could deliver.

Every personal cell holds a canary, so that a message that repeats a cell is found.
"""

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

CANARY = "Kanarienvogel"
HEADER = ["Fall", "Person", "Name", "geboren", "Aufnahme", "Ende", "Personen", "Notiz"]
WELL = [
    ["F1", "P1", f"{CANARY} Eins", "24.12.1990", "01.02.2024", "", "1", f"{CANARY} Notiz"],
    ["F2", "P2", f"{CANARY} Zwei", "01.01.1985", "02.02.2024", "03.03.2024", "4", ""],
    ["F3", "P3", f"{CANARY} Drei", "05.05.2001", "12.06.2024", "", "2", ""],
]

Maker = Callable[[], bytes]


def joined(rows, separator=";", end="\r\n", encoding="utf-8"):
    return end.join(separator.join(row) for row in rows).encode(encoding) + end.encode(encoding)


def text(rows=WELL, header=HEADER, **settings):
    return joined([header, *rows], **settings)


def workbook(rows=WELL, header=HEADER, change=None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [header, *rows]:
        sheet.append(list(row))
    if change:
        change(book, sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def parquet(columns):
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def xes(events, start="<log>", end="</log>"):
    return f'<?xml version="1.0" encoding="UTF-8"?>{start}{events}{end}'.encode()


EVENT = (
    '<trace><string key="concept:name" value="C1"/><event><string key="concept:name" '
    f'value="{CANARY}"/><date key="time:timestamp" value="2024-01-01T10:00:00+01:00"/>'
    "</event></trace>"
)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def repacked(change):
    """A good workbook with one member changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped(change(members))


def with_sheet(content):
    def change(members):
        return members | {"xl/worksheets/sheet1.xml": content}

    return repacked(change)


def texts() -> Iterator[tuple[str, Maker]]:
    good = text()
    yield "nothing", lambda: b""
    yield "blank_lines_only", lambda: b"\r\n\r\n  \r\n"
    yield "byte_order_mark_only", lambda: b"\xef\xbb\xbf"
    yield "header_only", lambda: text([])
    yield "header_only_without_line_end", lambda: text([]).rstrip(b"\r\n")
    yield "no_header", lambda: joined(WELL)
    yield "header_after_250_lines", lambda: b"Vorspann\r\n" * 250 + good
    yield "truncated_in_a_cell", lambda: good[:-20]
    yield "truncated_in_a_date", lambda: good[: good.rfind(b"12.06") + 3]
    yield "truncated_in_an_umlaut", lambda: text([["F1", "P1", "Mü"]]).rstrip(b"\r\n")[:-1]
    yield "truncated_in_a_quote", lambda: good + b'F4;P4;"' + CANARY.encode()
    yield "quote_opened_and_never_closed", lambda: text([["F1", "P1", f'"{CANARY}'], *WELL])
    yield "quote_in_the_middle", lambda: text([[*WELL[0][:7], f'19" {CANARY}'], *WELL[1:]])
    yield "text_behind_a_closing_quote", lambda: text([['"F1"x', *WELL[0][1:]], *WELL[1:]])
    yield (
        "newline_in_a_quoted_cell",
        lambda: text([[*WELL[0][:7], f'"{CANARY}\r\nzwei"'], *WELL[1:]]),
    )
    yield "only_quotes", lambda: b'"' * 1001
    yield "nul_byte", lambda: good.replace(b"P2", b"P\0")
    yield "nul_bytes_at_the_end", lambda: good + b"\0" * 500
    yield "control_characters", lambda: good.replace(b"P2", b"P\x01\x02")
    yield "binary", lambda: bytes(range(256)) * 40
    yield "utf16_with_mark", lambda: text(encoding="utf-16")
    yield "utf16_without_mark", lambda: text(encoding="utf-16-le")
    yield "utf32", lambda: text(encoding="utf-32")
    yield (
        "cp1252_for_utf8",
        lambda: text([["F1", "P1", f"Müller {CANARY}", *WELL[0][3:]]], encoding="cp1252"),
    )
    yield "latin1_controls", lambda: good.replace(b"P2", b"P\x81")
    yield "mojibake", lambda: text([["F1", "P1", "MÃ¼ller", *WELL[0][3:]]])
    yield "surrogates", lambda: good.replace(b"P2", b"\xed\xa0\x80")
    yield "overlong_utf8", lambda: good.replace(b"P2", b"\xc0\xaf")
    yield "two_encodings", lambda: good + "F9;P9;Ö;01.01.1990;01.02.2024;;1;\r\n".encode("cp1252")
    yield "commas_for_semicolons", lambda: text(separator=",")
    yield "tabs_for_semicolons", lambda: text(separator="\t")
    yield "separators_mixed", lambda: joined([HEADER, WELL[0]]) + joined(WELL[1:], ",")
    yield (
        "separators_mixed_in_a_row",
        lambda: text([[",".join(WELL[0][:4]), *WELL[0][4:]], *WELL[1:]]),
    )
    yield "trailing_separators", lambda: text([[*row, "", ""] for row in WELL])
    yield "rows_longer", lambda: text([[*row, "x"] for row in WELL])
    yield "rows_shorter", lambda: text([row[:5] for row in WELL])
    yield from odd_columns(good)
    yield from odd_contents(good)


def odd_columns(good: bytes) -> Iterator[tuple[str, Maker]]:
    yield "column_twice", lambda: text(WELL, [*HEADER[:-1], "Fall"])
    yield "other_column_twice", lambda: text([[*r, "x"] for r in WELL], [*HEADER, "Notiz"])
    yield (
        "column_missing",
        lambda: text([row[:4] + row[5:] for row in WELL], HEADER[:4] + HEADER[5:]),
    )
    yield "column_misspelled", lambda: text(WELL, ["Fall", "Person", "Name", "geborn", *HEADER[4:]])
    yield "columns_10000", lambda: text([], [f"Spalte {n}" for n in range(10_000)])
    yield "columns_10000_and_ours", lambda: text([], [*HEADER, *(f"S{n}" for n in range(10_000))])
    yield "header_nameless", lambda: text([[*row, "x"] for row in WELL], [*HEADER, ""])
    yield "header_repeated", lambda: good + good
    yield "lone_carriage_returns", lambda: text(end="\r")
    yield "line_ends_mixed", lambda: good.replace(b"\r\n", b"\n", 1) + WELL[0][0].encode() + b"\r"
    yield "no_line_end", lambda: b"Fall;Person;" * 50
    yield "field_of_50_mb", lambda: text([[*WELL[0][:7], "x" * (50 << 20)], *WELL[1:]])
    yield "field_of_50_mb_quoted", lambda: text([[*WELL[0][:7], '"' + "x" * (50 << 20) + '"']])
    yield "field_of_200_kb", lambda: text([[*WELL[0][:7], "x" * 200_000], *WELL[1:]])
    yield "line_of_50_mb_without_header", lambda: b"x" * (50 << 20)


def odd_contents(good: bytes) -> Iterator[tuple[str, Maker]]:
    yield (
        "formulas",
        lambda: text([["=1+1", "@P", "+49", "-1", "01.02.2024", "", "1", f"=cmd|{CANARY}"]]),
    )
    yield (
        "numbers_of_all_kinds",
        lambda: text(
            [
                [f"F{n}", f"P{n}", "N", "01.01.1990", "01.02.2024", "", number, ""]
                for n, number in enumerate(
                    [
                        "1e3",
                        "0x10",
                        "١",
                        "½",
                        "1_000",
                        "NaN",
                        "inf",
                        "-1",
                        "1.234",
                        "1,5",
                        "9" * 400,
                        "٣٤",
                    ]
                )
            ]
        ),
    )
    yield (
        "dates_of_all_kinds",
        lambda: text(
            [
                [f"F{n}", f"P{n}", "N", "01.01.1990", day, "", "1", ""]
                for n, day in enumerate(
                    [
                        "31.02.2024",
                        "00.00.0000",
                        "01.01.0001",
                        "31.12.9999",
                        "1.1.24",
                        "2024-01-01",
                        "heute",
                        "45000",
                        "01.02.2024 25:61",
                        "01.02.2024 10:30",
                        "٠١.٠٢.٢٠٢٤",
                        "99.99.99999999999999",
                    ]
                )
            ]
        ),
    )
    yield (
        "identifiers_like_missing",
        lambda: text(
            [
                [name, name, "N", "01.01.1990", "01.02.2024", "", "1", ""]
                for name in ["NA", "007", "null", "None", "nan", "True", "1e5", "-0", "#N/A"]
            ]
        ),
    )
    yield "same_number_other_content", lambda: text([*WELL, ["F1", "P9", *WELL[0][2:]]] * 3)
    yield "everything_repeated_1000_times", lambda: text(WELL * 1000)
    yield (
        "right_to_left_and_joiners",
        lambda: text([["F1\u200b", "\u202eP1", "\u0645\u062d", *WELL[0][3:]]]),
    )
    yield "no_break_spaces", lambda: text([[f"\u00a0{cell}\u202f" for cell in row] for row in WELL])
    yield (
        "decomposed_header",
        lambda: text(
            WELL,
            ["Fall", "Person", "Name", "geboren", "Aufnahme", "Ende", "Personen", "Notiz\u0308"],
        ),
    )
    yield "html", lambda: b"<html><body><table><tr><td>Fall</td></tr></table></body></html>"
    yield "json", lambda: b'[{"Fall": "F1", "Person": "P1"}]'
    yield "pdf", lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" * 30
    yield "workbook_named_csv", workbook
    yield "gzip_named_csv", lambda: gzip.compress(good)
    yield "comments_only", lambda: b"# nichts\r\n" * 20
    yield "footnotes_only", lambda: text([]) + b"* Anmerkung eins\r\n* Anmerkung zwei\r\n"
    yield "spaces_for_separators", lambda: text(separator=" ")
    yield "form_feeds", lambda: good.replace(b"\r\n", b"\x0c\r\n")


def workbooks() -> Iterator[tuple[str, Maker]]:
    yield "nothing", lambda: b""
    yield "text_named_xlsx", text
    yield "empty_sheet", lambda: workbook([], [])
    yield "header_only", lambda: workbook([])
    yield "truncated", lambda: workbook()[:-200]
    yield "half", lambda: workbook()[: len(workbook()) // 2]
    yield "first_bytes_only", lambda: b"PK\x03\x04"
    yield (
        "flipped_bytes",
        lambda: bytes(b ^ 0x55 if 300 < n < 340 else b for n, b in enumerate(workbook())),
    )
    yield "zip_of_something_else", lambda: zipped({"readme.txt": b"nichts"})
    yield "zip_bomb", lambda: with_sheet(b"<worksheet><sheetData>" + b" " * (300 << 20))
    yield "zip_of_20000_members", lambda: zipped({f"xl/{n}.xml": b"" for n in range(20_000)})
    yield "path_outside", lambda: repacked(lambda m: m | {"../../outside.xml": b"<x/>"})
    yield "sheet_is_no_xml", lambda: with_sheet(b"\x00\x01\x02")
    yield (
        "sheet_is_cut",
        lambda: with_sheet(
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<sheetData><row r="1"><c'
        ),
    )
    yield (
        "billion_laughs",
        lambda: with_sheet(
            b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
            b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
        ),
    )
    yield (
        "outside_entity",
        lambda: with_sheet(
            b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b"<worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
        ),
    )
    yield (
        "no_workbook_part",
        lambda: repacked(lambda m: {k: v for k, v in m.items() if k != "xl/workbook.xml"}),
    )
    yield "old_xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    yield (
        "formulas",
        lambda: workbook([["=1+1", "P1", f'=HYPERLINK("x","{CANARY}")', *WELL[0][3:]]]),
    )
    yield "errors", lambda: workbook([["#DIV/0!", "#N/A", *WELL[0][2:]]])
    yield (
        "dates_and_numbers",
        lambda: workbook(
            [["F1", 7, CANARY, dt.date(1990, 12, 24), dt.datetime(2024, 2, 1, 12), None, 1.0, True]]
        ),
    )
    yield "fractions_of_persons", lambda: workbook([["F1", "P1", CANARY, *WELL[0][3:6], 1.5, ""]])
    yield (
        "filled_at_the_last_row",
        lambda: workbook(WELL, HEADER, lambda book, sheet: sheet.cell(1_048_576, 1, "F9")),
    )
    yield (
        "merged_rows",
        lambda: workbook(WELL, HEADER, lambda book, sheet: sheet.merge_cells("A2:A4")),
    )
    yield "wide", lambda: workbook([], [*HEADER, *(f"S{n}" for n in range(9_000))])
    yield "cell_of_30_kb", lambda: workbook([[*WELL[0][:7], "x" * 30_000]])
    yield (
        "protected_view_only",
        lambda: workbook(
            WELL, HEADER, lambda book, sheet: setattr(sheet, "sheet_state", "visible")
        ),
    )


def columnars() -> Iterator[tuple[str, Maker]]:
    good = {name: [row[n] for row in WELL] for n, name in enumerate(HEADER)}
    yield "nothing", lambda: b""
    yield "truncated", lambda: parquet(good)[:-30]
    yield "text_named_parquet", text
    yield "mark_only", lambda: b"PAR1PAR1"
    yield "no_rows", lambda: parquet({name: pa.array([], pa.string()) for name in HEADER})
    yield "column_missing", lambda: parquet({name: good[name] for name in HEADER[:3]})
    yield "nulls", lambda: parquet({name: pa.nulls(3, pa.string()) for name in HEADER})
    yield "nested", lambda: parquet(good | {"Person": [{"a": CANARY}] * 3})
    yield "bytes_not_text", lambda: parquet(good | {"Person": [b"\xff\xfe", b"x", b"y"]})
    yield (
        "typed",
        lambda: parquet(good | {"Aufnahme": [dt.date(2024, 2, 1)] * 3, "Personen": [1, 2, None]}),
    )
    yield (
        "flipped_bytes",
        lambda: bytes(b ^ 0x55 if 20 < n < 60 else b for n, b in enumerate(parquet(good))),
    )


def eventlogs() -> Iterator[tuple[str, Maker]]:
    yield "nothing", lambda: b""
    yield "no_xml", text
    yield "no_events", lambda: xes("")
    yield "truncated", lambda: xes(EVENT)[:-40]
    yield "good", lambda: xes(EVENT)
    yield "no_time", lambda: xes(EVENT.replace("time:timestamp", "time:other"))
    yield "wrong_time", lambda: xes(EVENT.replace("2024-01-01T10", "2024-13-41T99"))
    yield (
        "billion_laughs",
        lambda: xes(EVENT, '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><log>'),
    )
    yield (
        "outside_entity",
        lambda: xes(EVENT, '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><log>'),
    )
    yield "deep", lambda: xes("<string key='a' value='b'>" * 5000)


def databases() -> Iterator[tuple[str, Maker]]:
    yield "nothing", lambda: b""
    yield "no_query", lambda: b"-- nur ein Kommentar"
    yield "two_statements", lambda: b"SELECT 1; SELECT 2"
    yield "writing", lambda: b"DELETE FROM faelle"
    yield "no_such_table", f"SELECT * FROM {CANARY}".encode
    yield "no_text", lambda: bytes(range(256))


CORPUS = [
    (f"{kind}-{name}", kind, make)
    for kind, makers in {
        "csv": texts,
        "xlsx": workbooks,
        "parquet": columnars,
        "xes": eventlogs,
        "sql": databases,
    }.items()
    for name, make in makers()
]
