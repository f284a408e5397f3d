"""A name as it sounds, whatever the transcription (Lautform eines Namens)."""

from __future__ import annotations

import re

ALIKE = {
    "a": "æ",
    "f": "ph v w",
    "i": "ı",
    "j": "dsch dzh dj dz zh y",
    "k": "tsch tch tzch kh ch ck gh q c x g",
    "l": "ł",
    "o": "ø œ",
    "p": "b",
    "s": "sch sh sz ts tz z",
    "t": "th dt d đ þ",
}
SOUNDS = {letters: sound for sound, spelt in ALIKE.items() for letters in spelt.split()}
SPELT = re.compile("|".join(sorted(SOUNDS, key=lambda letters: -len(letters))))
SILENT = re.compile(r"(?<!^)[aeiouhj]")
REPEATED = re.compile(r"(.)\1+")


def sound(name: str) -> str:
    """What stays of a name under German, English and French transcription.

    Parameters
    ----------
    name : str
        Lower-case letters as `transliterate` gives them.

    Returns
    -------
    str
        The first letter and the consonants in classes; `Schewtschenko` and
        `Shevchenko` give the same, `Dschamal` and `Jamal` too.
    """
    text = SPELT.sub(lambda found: SOUNDS[found[0]], name)
    return REPEATED.sub(r"\1", SILENT.sub("", REPEATED.sub(r"\1", text)))
