"""First look at separated text: encoding, separator, header (Textdateien)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

from kimeval.core.errors import FormatError
from kimeval.data.drafting.header import split_lines
from kimeval.data.drafting.look import ROWS, Look

BLOCK = 16 << 20
HEAD, TAIL = 8 << 20, 1 << 14
SEPARATORS = (";", "\t", ",", "|")
COMMENTS = ("#", "//")
SAID = re.compile(r"(\d[\d. ]*)\s?(Datensätze|Datensatz|Zeilen|Sätze|Einträge|records|rows)\b")


def look_at_text(path: Path) -> Look:
    """Look at a CSV or TSV.

    Raises
    ------
    FormatError
        If it is no text, has one column only or no header.
    """
    encoding, codec = _encoding(path)
    text, tail = _text(path, codec)
    separator = _separator(text, path.name)
    lines = _lines(text, separator, path.name)
    comment = next((sign for sign in COMMENTS if any(_remark(line, sign) for line in lines)), "")
    kept, comments = _without_comments(lines, comment)
    headed = split_lines(kept, path.name)
    notes = (*headed.notes, *comments, *tail)
    found = {"comment": comment, "totals": list(headed.totals), "rows_said": rows_said(notes)}
    settings: dict[str, object] = {"encoding": encoding, "separator": separator}
    settings |= {name: value for name, value in found.items() if value}
    remarks = [f"Zeilen vor dem Kopf: {headed.at}; sie werden übersprungen"] if headed.at else []
    if len(headed.rows) >= ROWS or tail:
        remarks.append(f"angesehen wurden nur die ersten {min(ROWS, len(headed.rows))} Zeilen")
    rows = headed.rows[:ROWS]
    return Look(path.name, "csv", headed.header, rows, settings, tuple(remarks), notes)


def _without_comments(lines: list[list[str]], comment: str) -> tuple[list[list[str]], list[str]]:
    """Lines of the table, and comments as text."""
    if not comment:
        return lines, []
    begins = [line[0].lstrip().startswith(comment) for line in lines]
    kept = [line for line, out in zip(lines, begins, strict=True) if not out]
    return kept, [" ".join(line) for line, out in zip(lines, begins, strict=True) if out]


def _remark(line: list[str], sign: str) -> bool:
    """Whether a line is a comment: the sign, words, and no second cell."""
    return line[0].lstrip().startswith(sign + " ") and sum(map(bool, line)) <= 2


def rows_said(notes: tuple[str, ...]) -> str:
    """A pattern for the number of rows that a comment or footnote states, if one does."""
    found = next((match for note in notes if (match := SAID.search(note))), None)
    return rf"(\d[\d. ]*) {found[2]}" if found else ""


def _encoding(path: Path) -> tuple[str, str]:
    """As a profile calls it, and as Python does."""
    with path.open("rb") as opened:
        mark = opened.read(4)
        if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", "utf-16"
        opened.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        valid = True
        while block := opened.read(BLOCK):
            if b"\0" in block:
                raise FormatError(
                    f"'{path.name}' holds NUL bytes and is no text. Was it saved as UTF-16 without "
                    f"a byte order mark? Export it as UTF-8."
                )
            try:
                decoder.decode(block) if valid else None
            except UnicodeDecodeError:
                valid = False
    return ("utf-8", "utf-8-sig") if valid else ("cp1252", "cp1252")


def _text(path: Path, codec: str) -> tuple[str, tuple[str, ...]]:
    """The beginning of the file, whole lines; and the last lines where that is not all."""
    with path.open("rb") as opened:
        head = opened.read(HEAD)
        rest = opened.read(1)
        tail = b""
        if rest:
            opened.seek(-TAIL, io.SEEK_END)
            tail = opened.read()
            head = (
                head[: head.rfind(b"\n") + 1] if codec != "utf-16" else head[: len(head) // 2 * 2]
            )
    last = tail.decode(codec, "replace").splitlines()[-5:] if codec != "utf-16" else []
    return head.decode(codec, "replace"), tuple(last)


def _separator(text: str, name: str) -> str:
    """The sign that cuts most lines into the same number of cells, more than one."""
    sample = "\n".join(text.splitlines()[:400])
    best, worth = "", 0.0
    for sign in SEPARATORS:
        widths = [len(line) for line in _lines(sample, sign, name) if any(line)]
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        width, times = wide.most_common(1)[0]
        value = times / len(widths) + 0.02 * min(width, 20)
        if value > worth:
            best, worth = sign, value
    if not best:
        raise FormatError(
            f"'{name}' must hold cells separated by ; , | or tabs, no such sign was found. "
            f"Is it a table?"
        )
    return best


def _lines(text: str, separator: str, name: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if line:
                found.append(line)
            if len(found) > ROWS + 100:
                break
    except csv.Error:
        raise FormatError(
            f"'{name}' has a cell that is too long after line {len(found)}. Is a quote left open?"
        ) from None
    return found
