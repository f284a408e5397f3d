"""Whatever the kind of file: what is planted in it is found."""

import io
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from kimeval.core.errors import ProtectionError
from kimeval.protect.canary import needles_of, require_clean

from .files import KINDS, packed, pdf, png, table

NUMBER = "2023/00237"
PSEUDONYM = "0937b0701a78b0d54ca5"
FAMILY, GIVEN = "Müller-Weiß", "Aïcha"
REMARK = "Hat am Montag beim Jugendamt vorgesprochen und geweint"
PLANTED = {
    "identifier": NUMBER,
    "pseudonym": PSEUDONYM,
    "name": f"{FAMILY}, {GIVEN}",
    "free text": REMARK,
}
HARMLESS = "Beratungen im dritten Quartal"


@pytest.fixture
def needles():
    return needles_of([NUMBER], [(FAMILY, GIVEN)], [REMARK], [PSEUDONYM])


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("file", KINDS)
def test_what_is_planted_is_found(file, kind, needles, tmp_path):
    name, made = KINDS[file]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / name).write_bytes(made(PLANTED[kind]))
    with pytest.raises(ProtectionError) as found:
        require_clean(tmp_path, needles)
    said = str(found.value)
    assert f"'pages/{name}' holds" in said
    assert {"identifier": "an identifier", "name": "a name", "pseudonym": "a pseudonym"}.get(
        kind, "free text"
    ) in said
    assert "Nothing was published" in said
    assert not any(part in said for part in (NUMBER, PSEUDONYM, FAMILY, GIVEN, "Jugendamt"))


@pytest.mark.parametrize("file", KINDS)
def test_the_same_file_without_it_passes(file, needles, tmp_path):
    name, made = KINDS[file]
    (tmp_path / name).write_bytes(made(HARMLESS))
    searched = require_clean(tmp_path, needles)
    assert (searched.files, searched.hits) == (1, ())


def encrypted_pdf():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("(x) Tj"))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted_zip():
    data = bytearray(packed(**{"b.csv": "x"}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.start_dir
    data[start + 8] |= 1
    return bytes(data)


CLOSED = {
    "a.pdf": (encrypted_pdf, "it is encrypted"),
    "b.pdf": (lambda: b"%PDF-1.7\nno more", "it is damaged"),
    "a.zip": (encrypted_zip, "it is encrypted"),
    "b.zip": (lambda: packed(**{"b.csv": "x" * 999})[:60], "it is damaged"),
    "old.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "encrypted or of an old"),
    "a.7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(500), "are not looked into"),
    "a.csv.zst": (lambda: b"\x28\xb5\x2f\xfd" + bytes(50), "are not looked into"),
    "a.duckdb": (lambda: bytes(8) + b"DUCK" + bytes(50), "are not looked into"),
    "a.gz": (lambda: b"\x1f\x8b\x08" + bytes(5), "it is damaged"),
    "a.parquet": (lambda: table(a=[1])[:-9], "it is encrypted or damaged"),
    "b.parquet": (lambda: b"PARE" + bytes(50) + b"PARE", "it is encrypted"),
    "a.png": (lambda: png(b"tEXt", b"a\0b")[:50], "it is damaged"),
    "c.png": (lambda: png(b"zTXt", b"a\0\0no"), "it is damaged"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_what_cannot_be_looked_into_is_refused(name, needles, tmp_path):
    made, why = CLOSED[name]
    (tmp_path / name).write_bytes(made())
    with pytest.raises(ProtectionError, match=f"'{name}' cannot be: .*{why}"):
        require_clean(tmp_path, needles)


@pytest.mark.parametrize("target", [".", "nothing"])
def test_a_link_is_refused(target, needles, tmp_path):
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage" / "a").symlink_to(tmp_path / target)
    with pytest.raises(ProtectionError, match="'a' cannot be: it is a link"):
        require_clean(tmp_path / "stage", needles)


def test_a_file_that_cannot_be_opened_is_refused(needles, tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "no")

    (tmp_path / "a.csv").write_text("x")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ProtectionError, match=r"'a\.csv' cannot be: it cannot be opened"):
        require_clean(tmp_path, needles)


def test_zips_within_zips_end_somewhere(needles, tmp_path):
    data = b"x"
    for _ in range(20):
        data = packed(**{"b.zip": data})
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ProtectionError, match="too many files lie one in the other"):
        require_clean(tmp_path, needles)


def test_the_name_of_a_file_is_searched_and_not_told(needles, tmp_path):
    (tmp_path / "mueller-weiss_aicha.svg").write_text("<svg/>")
    (tmp_path / "mueller-weiss_aicha.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    with pytest.raises(ProtectionError, match="the name of a file holds a name") as found:
        require_clean(tmp_path, needles)
    assert "mueller" not in str(found.value)


def test_the_name_of_an_empty_folder_is_searched(needles, tmp_path):
    (tmp_path / PSEUDONYM).mkdir()
    with pytest.raises(ProtectionError, match="the name of a file holds a pseudonym"):
        require_clean(tmp_path, needles)


def test_an_earlier_state_of_a_pdf_is_searched(needles, tmp_path):
    first = pdf(f"({FAMILY}) Tj")
    writer = PdfWriter(io.BytesIO(first), incremental=True)
    content = writer.pages[0].get_contents()
    content.set_data(b"BT /F1 9 Tf (gone) Tj ET")
    writer.pages[0].replace_contents(content)
    out = io.BytesIO()
    writer.write(out)
    assert FAMILY not in PdfReader(io.BytesIO(out.getvalue())).pages[0].extract_text()
    (tmp_path / "a.pdf").write_bytes(out.getvalue())
    with pytest.raises(ProtectionError, match="a name"):
        require_clean(tmp_path, needles)
