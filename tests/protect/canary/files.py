"""Files of every kind that say one given text, as deep inside as the kind allows."""

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import zipfile
import zlib
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from pyarrow import feather
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, create_string_object

PNG = b"\x89PNG\r\n\x1a\n"


def png(kind, held):
    """A picture of one pixel with one more chunk."""
    chunks = [
        (b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
        (kind, held),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    return PNG + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind, held):
    return len(held).to_bytes(4) + kind + held + zlib.crc32(kind + held).to_bytes(4)


def svg(text):
    return f'<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0.000237 1.5 L 3 4"/>{text}</svg>'


def notebook(**output):
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "1",
        "execution_count": 1,
        "outputs": [
            {"output_type": "execute_result", "metadata": {}, "execution_count": 1, "data": output}
        ],
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def data_uri(content, kind="image/svg+xml"):
    coded = base64.b64encode(content).decode()
    return f'<img alt="Bild" src="data:{kind};base64,{coded}">'


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def commented(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = text.encode()
    return out.getvalue()


def workbook(fill):
    book = Workbook()
    fill(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rich(sheet, text):
    half = len(text) // 2
    sheet["A1"] = CellRichText(text[:half], TextBlock(InlineFont(b=True), text[half:]))


def pdf(shown="", change=lambda writer: None):
    """One page with a compressed content stream."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 9 Tf 12 TL 9 280 Td " + shown.encode("cp1252", "replace") + b" ET")
    page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page(text):
    """Each line shown in two halves, as kerning does."""
    lines = [f"[({line[:3]})-20({line[3:]})] TJ T*" for line in text.split("\n")]
    return pdf(" ".join(lines))


def _wrapped(text):
    """Broken within a word and with a hyphen."""
    return _page(text[:5] + "-\n" + text[5:])


def _note(text):
    def change(writer):
        writer.pages[0][NameObject("/Note")] = writer._add_object(create_string_object(text))

    return change


def _xmp(writer, text):
    held = DecodedStreamObject()
    held.set_data(f"<x><dc:title>{html.escape(text)}</dc:title></x>".encode())
    writer._root_object[NameObject("/Metadata")] = writer._add_object(held.flate_encode())


def _among_others(text):
    return [*(f"Zeile {n} ohne Inhalt" for n in range(500)), text]


def table(**columns):
    out = io.BytesIO()
    # Without statistics and with a packing that leaves no letter as it is.
    pq.write_table(pa.table(columns), out, compression="gzip", write_statistics=False)
    return out.getvalue()


def _with_note(text):
    out = io.BytesIO()
    held = pa.table({"a": [1.5]}).replace_schema_metadata({"note": json.dumps({"x": text})})
    pq.write_table(held, out)
    return out.getvalue()


def _arrow(text):
    out = io.BytesIO()
    feather.write_feather(pa.table({"a": _among_others(text)}), out, compression="zstd")
    return out.getvalue()


def jpeg(text):
    exif = b"Exif\0\0MM\0*" + text.encode("utf-16-le")
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif
    return b"\xff\xd8" + segment + b"\xff\xda\0\x02" + bytes(range(255)) + b"\xff\xd9"


def _titled(text):
    return png(b"zTXt", b"a\0\0" + zlib.compress(_latin(text)))


KINDS = {
    "plain": ("a.txt", lambda t: t.encode()),
    "utf-8 with mark": ("a.txt", lambda t: t.encode("utf-8-sig")),
    "utf-16": ("a.txt", lambda t: t.encode("utf-16")),
    "utf-16 without mark": ("a.dat", lambda t: b"\1\2\3" + f" {t} ".encode("utf-16-be")),
    "windows-1252": ("a.txt", lambda t: f"Länge: {t}".encode("cp1252", "xmlcharrefreplace")),
    "log": ("run.log", lambda t: f"2024-10-15 INFO row {t} dropped\n".encode()),
    "wrapped text": ("a.md", lambda t: f"{t[:5]}-\n{t[5:]}".encode()),
    "csv": ("a.csv", lambda t: f'"a","b"\n1.5,"{t}"\n'.encode()),
    "json escaped": ("a.json", lambda t: json.dumps({"a": [{"b": t}]}).encode()),
    "json key": ("a.json", lambda t: json.dumps({t: 1}).encode()),
    "json key twice": ("a.json", lambda t: f'{{"a": {json.dumps(t)}, "a": 1}}'.encode()),
    "json lines": ("a.jsonl", lambda t: b'{"a": 1}\n' + json.dumps({"a": t}).encode()),
    "json in json": ("a.json", lambda t: json.dumps({"a": json.dumps({"b": t})}).encode()),
    "html": ("a.html", lambda t: f"<p title='x'>{t}</p>".encode()),
    "html attribute": ("a.html", lambda t: f'<img alt="{html.escape(t)}">'.encode()),
    "html comment": ("a.html", lambda t: f"<p>x</p><!-- {t} -->".encode()),
    "html references": ("a.html", lambda t: "".join(f"&#{ord(s)};" for s in t).encode()),
    "html half bold": ("a.html", lambda t: f"<p>{t[:3]}<b>{t[3:]}</b></p>".encode()),
    "html soft hyphen": ("a.html", lambda t: f"{t[:3]}&shy;{t[3:]}".encode()),
    "address": ("a.html", lambda t: f'<a href="?q={quote(t, safe="")}">x</a>'.encode()),
    "data address": ("a.html", lambda t: f"<img src='data:text/plain,{quote(t)}'>".encode()),
    "svg in html": ("a.html", lambda t: data_uri(svg(f"<title>{t}</title>").encode()).encode()),
    "png in html": (
        "a.html",
        lambda t: data_uri(_titled(t), "image/png").encode(),
    ),
    "notebook text": (
        "a.ipynb",
        lambda t: notebook(**{"text/plain": [f"a\n{t[:3]}", t[3:]]}).encode(),
    ),
    "notebook html": (
        "a.ipynb",
        lambda t: notebook(**{"text/html": data_uri(svg(f"<desc>{t}</desc>").encode())}).encode(),
    ),
    "notebook png": (
        "a.ipynb",
        lambda t: notebook(
            **{
                "image/png": base64.encodebytes(
                    png(b"zTXt", b"a\0\0" + zlib.compress(_latin(t)))
                ).decode()
            }
        ).encode(),
    ),
    "notebook metadata": (
        "a.ipynb",
        lambda t: notebook(**{"application/vnd.x+json": {"rows": [{"a": t}]}}).encode(),
    ),
    "svg text": ("a.svg", lambda t: svg(f"<text>{t}</text>").encode()),
    "svg metadata": (
        "a.svg",
        lambda t: svg(f"<metadata><dc:title>{html.escape(t)}</dc:title></metadata>").encode(),
    ),
    "png text": ("a.png", lambda t: png(b"tEXt", b"Title\0" + _latin(t))),
    "png compressed text": ("a.png", _titled),
    "png international text": (
        "a.png",
        lambda t: png(b"iTXt", b"a\0\1\0de\0\0" + zlib.compress(t.encode())),
    ),
    "png exif": ("a.png", lambda t: png(b"eXIf", b"MM\0*" + t.encode("utf-16-be"))),
    "png after its end": ("a.png", lambda t: png(b"tEXt", b"a\0b") + t.encode()),
    "jpeg exif": ("a.jpg", jpeg),
    "zip": ("a.zip", lambda t: packed(**{"b.csv": t})),
    "zip in zip": ("a.zip", lambda t: packed(**{"b.zip": packed(**{"c.txt": t})})),
    "zip member name": ("a.zip", lambda t: packed(**{f"{t.replace('/', '_')}.csv": "x"})),
    "zip comment": ("a.zip", commented),
    "gzip": ("a.csv.gz", lambda t: gzip.compress(t.encode())),
    "bzip2": ("a.csv.bz2", lambda t: bz2.compress(t.encode())),
    "xz": ("a.csv.xz", lambda t: lzma.compress(t.encode())),
    "workbook cell": ("a.xlsx", lambda t: workbook(lambda b, s: s.append(["a", t]))),
    "workbook half bold": ("a.xlsx", lambda t: workbook(lambda b, s: _rich(s, t))),
    "workbook sheet name": (
        "a.xlsx",
        lambda t: workbook(lambda b, s: setattr(s, "title", t.replace("/", "_")[:31])),
    ),
    "workbook comment": (
        "a.xlsx",
        lambda t: workbook(lambda b, s: setattr(s["A1"], "comment", Comment(t, "kimeval"))),
    ),
    "workbook properties": (
        "a.xlsx",
        lambda t: workbook(lambda b, s: setattr(b.properties, "subject", t)),
    ),
    "pdf page": ("a.pdf", _page),
    "pdf wrapped": ("a.pdf", _wrapped),
    "pdf metadata": ("a.pdf", lambda t: pdf("(x) Tj", lambda w: w.add_metadata({"/Subject": t}))),
    "pdf xmp": ("a.pdf", lambda t: pdf("(x) Tj", lambda w: _xmp(w, t))),
    "pdf note": ("a.pdf", lambda t: pdf("(x) Tj", _note(t))),
    "pdf attachment": (
        "a.pdf",
        lambda t: pdf("(x) Tj", lambda w: w.add_attachment("b.csv.gz", gzip.compress(t.encode()))),
    ),
    "parquet": ("a.parquet", lambda t: table(a=_among_others(t))),
    "parquet dictionary": (
        "a.parquet",
        lambda t: table(a=pa.array([t] * 9).dictionary_encode()),
    ),
    "parquet nested": ("a.parquet", lambda t: table(a=[[{"b": t}]] * 9)),
    "parquet binary": ("a.parquet", lambda t: table(a=[t.encode("utf-16")] * 9)),
    "parquet column": ("a.parquet", lambda t: table(**{t: [1]})),
    "parquet note": ("a.parquet", _with_note),
    "arrow": ("a.arrow", _arrow),
    "unknown": ("a.bin", lambda t: bytes(range(256)) + b"\0" + t.encode() + b"\0\1\2"),
    "nameless": ("a", lambda t: packed(**{"x": t})),
}


def _latin(text):
    return text.encode("latin-1", "replace")
