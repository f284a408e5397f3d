import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import encodings
from kimeval.data.read.encodings import Text, as_utf8, differs_from_latin1, open_text
from kimeval.data.read.text import read_text

HEADER = "Fall;Aufnahme;Straße\n"
TABLE = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}


@pytest.fixture
def read(tmp_path):
    """Write text in one encoding and read it in another; the third column."""

    def write_and_read(content, written, declared, block=1 << 24):
        path = tmp_path / "faelle.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(written))
        spec = FileSpec(pattern="*", title="Fälle", table=[TABLE], encoding=declared)
        parts = list(read_text(path, spec, block))
        return [text for part in parts for text in part.cells.column(2).to_pylist()]

    return write_and_read


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("cp1252", "cp1252"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "auto"),
        ("utf-8", "auto"),
        ("utf-8-sig", "auto"),
        ("utf-16", "utf-16"),
        ("utf-16", "auto"),
    ],
)
def test_umlauts_arrive_in_every_encoding(read, written, declared):
    content = f"{HEADER}7;x;Hückelhoven\n8;y;Übach\n"
    assert read(content, written, declared) == ["Hückelhoven", "Übach"]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE], ids=["LE", "BE"])
def test_both_orders_of_utf_16_are_read(read, mark):
    order = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert read(mark + f"{HEADER}7;x;€ß\n".encode(order), "", "auto") == ["€ß"]


def test_signs_that_latin1_lacks_are_read_as_cp1252(read):
    assert read(f"{HEADER}7;x;„€uro“ – …\n", "cp1252", "cp1252") == ["„€uro“ – …"]


@pytest.mark.parametrize("end", ["\n", ""], ids=["ended", "unended"])
def test_cp1252_read_as_utf8_names_line_and_way_out(read, end):
    with pytest.raises(FormatError) as error:
        read(f"{HEADER}7;x;y\n8;x;Hückelhoven{end}", "cp1252", "utf-8")
    assert str(error.value) == (
        "'faelle.csv' must be utf-8, line 1 is not. Is it cp1252? Change encoding in the profile."
    )


@pytest.mark.parametrize("block", [16, 1 << 24])
def test_the_line_of_a_foreign_byte_is_counted_from_the_beginning(read, block):
    content = "# x\nFall;Aufnahme;Ort\n" + "7;x;y\n" * 50 + "8;x;Hückelhoven\n9;z;z\n"
    with pytest.raises(FormatError, match=r"must be utf-8, line 53 is not"):
        read(content, "cp1252", "utf-8", block)


@pytest.mark.parametrize(("written", "line"), [("utf-8", 3), ("utf-8-sig", 1)])
def test_utf8_read_as_cp1252_is_refused_rather_than_garbled(read, written, line):
    content = "Fall;Aufnahme;Ort\n7;x;y\n8;x;Hückelhoven\n"
    with pytest.raises(FormatError, match=rf"must be cp1252, line {line} is not\. Is it utf-8"):
        read(content, written, "cp1252")


@pytest.mark.parametrize("block", [16, 1 << 24])
def test_cp1252_that_is_utf8_in_places_is_read(read, block):
    """`Ã¼` alone looks like UTF-8; one line that is none decides for the whole file."""
    content = "Fall;Aufnahme;Ort\n7;x;Ã¼\n" + "8;x;y\n" * 9 + "9;x;ü\n"
    assert read(content, "cp1252", "cp1252", block)[0] == "Ã¼"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
@pytest.mark.parametrize("end", [b"\n", b""], ids=["ended", "unended"])
def test_bytes_that_cp1252_does_not_know_are_refused(read, byte, end):
    content = b"Fall;Aufnahme;Ort\n7;x;\xfc\n8;y;" + bytes([byte]) + end
    for declared in ("cp1252", "auto"):
        with pytest.raises(FormatError, match="must be cp1252, line 3 is not"):
            read(content, "", declared)


def test_a_header_on_the_last_line_is_checked_too(read):
    with pytest.raises(FormatError, match="must be cp1252, line 2 is not"):
        read(b"# x\nFall;Aufnahme;\x81XY", "", "cp1252")


def test_a_letter_cut_off_at_the_end_of_the_file_is_refused(read):
    with pytest.raises(FormatError, match="must be utf-8, line 2 is not"):
        read("Fall;Aufnahme;Ort\n7;x;ü".encode()[:-1], "", "utf-8")


def test_a_long_first_line_is_not_cut_inside_a_letter(read, monkeypatch):
    from kimeval.data.read import start

    for size in (40, 41):
        monkeypatch.setattr(start, "HEAD", size)
        content = "Fall;Aufnahme;Ort\r7;x;" + "ü" * 30 + "\r"
        assert read(content, "utf-8", "utf-8") == ["ü" * 30]


def test_ascii_fits_any_encoding(read):
    for declared in ("utf-8", "cp1252", "auto"):
        assert read("Fall;Aufnahme;Ort\n7;x;y\n", "ascii", declared) == ["y"]


@pytest.mark.parametrize("declared", ["utf-8", "cp1252"])
@pytest.mark.parametrize("written", ["utf-16", "utf-16-le"])
def test_nul_bytes_are_refused(read, written, declared):
    with pytest.raises(FormatError, match=r"holds NUL bytes.*Export it as CSV"):
        read("Fall;Aufnahme;Ort\n7;x;y\n", written, declared)


def test_a_nul_byte_far_behind_the_header_is_refused(read):
    with pytest.raises(FormatError, match="holds NUL bytes"):
        read(b"Fall;Aufnahme;Ort\n" + b"7;x;y\n" * 50 + b"8;\0;z\n9;x;y\n", "", "utf-8", 32)


def test_utf_16_without_its_mark_is_refused(read):
    with pytest.raises(FormatError, match=r"must be utf-16 and begin with a byte order mark"):
        read("Fall;Aufnahme;Ort\n", "utf-16-le", "utf-16")


def test_bytes_that_only_begin_like_utf_16_are_refused(read):
    with pytest.raises(FormatError, match="begins like UTF-16 and is not"):
        read(codecs.BOM_UTF16_LE + b"\x00\xd8\x00\xd8F", "", "auto")


def test_utf_16_beyond_its_limit_is_refused(read, monkeypatch):
    monkeypatch.setattr(encodings, "LARGEST_UTF16", 10)
    with pytest.raises(FormatError, match="is UTF-16 and larger than 1 GiB"):
        read("Fall;Aufnahme;Ort\n", "utf-16", "auto")


EMPTY = [(b"", "utf-8"), (b" \r\n\r\n", "utf-8"), (codecs.BOM_UTF8, "utf-8")]
EMPTY += [(b"", "auto"), (codecs.BOM_UTF8, "auto"), (codecs.BOM_UTF16_LE, "auto")]


@pytest.mark.parametrize(("content", "declared"), EMPTY)
def test_an_empty_file_is_refused(read, content, declared):
    with pytest.raises(FormatError, match="is empty"):
        read(content, "", declared)


def test_detection_reads_over_the_edge_of_a_block(tmp_path, monkeypatch):
    path = tmp_path / "faelle.csv"
    path.write_bytes("aaaü".encode())
    for size in (1, 4, 5):
        monkeypatch.setattr(encodings, "BLOCK", size)
        found = open_text(path, "auto")
        with found.stream:
            assert found.encoding == "utf-8"


known = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})


@given(st.lists(st.sampled_from(known)).map(bytes))
def test_the_fast_way_to_utf8_is_the_same_as_cp1252(data):
    assert as_utf8(data, "cp1252") == data.decode("cp1252").encode()


@given(st.binary())
def test_latin1_differs_in_32_bytes_only(data):
    assert differs_from_latin1(data) == any(0x80 <= byte < 0xA0 for byte in data)


def test_a_file_shows_no_text():
    text = Text("faelle.csv", io.BytesIO(b"GEHEIM"), "utf-8", 0)
    assert "GEHEIM" not in repr(text)
