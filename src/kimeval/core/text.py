"""German text without its letters beyond ASCII (Umschrift)."""

from __future__ import annotations

import re
import unicodedata

UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}


def transliterate(text: str) -> str:
    """Lower-case text with umlauts written out and accents dropped.

    `Müller-Weiß` gives `mueller-weiss`, in either Unicode form.
    """
    lower = unicodedata.normalize("NFC", text).casefold().translate(UMLAUTS)
    split = unicodedata.normalize("NFD", lower)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def slug(text: str) -> str:
    """A file name from a German text: `Erreichte Personen` gives `erreichte-personen`."""
    return re.sub(r"[^a-z0-9]+", "-", transliterate(text)).strip("-")
