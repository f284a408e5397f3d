"""What a text says once its escapes are undone (Lesarten eines Textes)."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

from kimeval.protect.canary.files import is_file_of_known_kind
from kimeval.protect.canary.pieces import is_text

ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2}))")
SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
SHORT = re.compile(r"\\[nrtbf/\"\\]")
PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
GEOMETRY = re.compile(r"""\s(?:d|points)=(["'])[Mm]?\s*[-\d.][-MLHVCSQTAZEmlhvcsqtaze\d.,+\s]*\1""")
TAG = re.compile(r"<[^<>]*>")
URI = re.compile(r"data:[\w.+/-]*((?:;[\w.+=-]+)*),([^\"'\s)>\\]*)", re.IGNORECASE)
BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}")
LAYERS = 4
LONG = 64


def layers(text: str) -> Iterator[str]:
    """A text as it stands, then with one more layer of escapes undone each time.

    Parameters
    ----------
    text : str
        May hold references of HTML, escapes of JSON and addresses.

    Yields
    ------
    str
        First the text, without the numbers of its drawings; then only lines that
        held escapes, and their neighbours. Where a layer has tags, it follows
        without them, joined and apart: a word may be half bold, a cell ends at a tag.
    """
    text = GEOMETRY.sub(" ", text) if "<" in text else text
    for _ in range(LAYERS + 1):
        yield text
        if "<" in text and (bare := TAG.sub("", text)) != text:
            yield bare
            yield TAG.sub(" ", text)
        text = _undone(text)
        if not text:
            return


def parted(text: str) -> tuple[str, list[bytes]]:
    """A text without the files that stand in it, and these files (eingebettete Dateien).

    Parameters
    ----------
    text : str
        May hold `data:` addresses and base64.

    Returns
    -------
    str, list of bytes
        Base64 counts as a file where it gives readable text or a known kind.
    """
    held: list[bytes] = []

    def address(found: re.Match[str]) -> str:
        coded = ";base64" in found[1].lower()
        held.append(_decoded(unquote(found[2])) if coded else unquote_to_bytes(found[2]))
        return " "

    def run(found: re.Match[str]) -> str:
        if len(found[0]) < LONG:
            held.append(_short(found[0]))
            return found[0]
        decoded = _decoded(found[0])
        if is_file_of_known_kind(decoded):
            held.append(decoded)
            return " "
        if is_text(decoded):
            held.append(decoded)
        return found[0]

    rest = URI.sub(address, text) if "data:" in text.lower() else text
    rest = BASE64.sub(run, rest)
    return rest, [data for data in held if data]


def _undone(text: str) -> str:
    """Lines with escapes undone, with a neighbour at each side; empty where there are none."""
    if not any(sign in text for sign in "\\&%"):
        return ""
    before = text.split("\n")
    after = [_line(line) for line in before]
    changed = [at for at, line in enumerate(after) if line is not before[at]]
    shown = sorted({near for at in changed for near in (at - 1, at, at + 1)})
    return "\n".join(after[at] for at in shown if 0 <= at < len(after))


def _line(line: str) -> str:
    fresh = line
    if "\\" in fresh:
        fresh = ESCAPE.sub(_sign, fresh)
        fresh = SURROGATES.sub(_pair, fresh)
        fresh = SHORT.sub(" ", fresh)
    if "&" in fresh:
        fresh = html.unescape(fresh)
    if "%" in fresh and PERCENT.search(fresh):
        fresh = unquote(fresh, errors="ignore")
    return line if fresh == line else fresh


def _sign(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def _pair(found: re.Match[str]) -> str:
    return found[0].encode("utf-16", "surrogatepass").decode("utf-16")


@lru_cache(1 << 16)
def _short(run: str) -> bytes:
    """What a short run says; most are long words and say nothing."""
    decoded = _decoded(run)
    return decoded if is_text(decoded) else b""


def _decoded(run: str) -> bytes:
    joined = re.sub(r"\s", "", run).rstrip("=")
    if len(joined) % 4 == 1:
        return b""
    padded = joined + "=" * (-len(joined) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_" if set("-_") & set(joined) else None)
    except (binascii.Error, ValueError):
        return b""
