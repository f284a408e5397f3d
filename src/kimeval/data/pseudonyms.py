"""Keyed hashes in place of identifiers and names (Pseudonymisierung).

Names and birth dates are used once, to recognise a person known to several
providers, and do not pass cleaning. The key lies in a file outside the data.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from kimeval.core.errors import KeyFileError
from kimeval.core.text import transliterate

VARIABLE = "KIMEVAL_KEY_FILE"
SAMPLE_KEY = b"kimeval: synthetic persons need no secret"
LEAST_BYTES = 32


def load_key(synthetic: bool) -> bytes:
    """The key of this machine; a public one for synthetic data.

    Raises
    ------
    KeyFileError
        If real data come and KIMEVAL_KEY_FILE names no usable key file.
    """
    if synthetic:
        return SAMPLE_KEY
    name = os.environ.get(VARIABLE, "")
    way_out = f"Make one outside the data with `kimeval key new FILE` and set {VARIABLE} to it."
    if not name:
        raise KeyFileError(f"Data of people need a key for pseudonyms, none is named. {way_out}")
    if not Path(name).is_file():
        raise KeyFileError(f"{VARIABLE} must name a key file, there is no such file. {way_out}")
    try:
        key = Path(name).read_bytes().strip()
    except OSError as found:
        raise KeyFileError(f"The key file cannot be read: {found.strerror}. {way_out}") from None
    if len(key) < LEAST_BYTES:
        raise KeyFileError(
            f"A key has at least {LEAST_BYTES} bytes, this one has {len(key)}. {way_out}"
        )
    return key


def new_key(path: Path) -> None:
    """Write a random key that only its owner may read.

    Raises
    ------
    KeyFileError
        If the file exists: a lost key makes pseudonyms incomparable for ever.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"'{path.name}' exists and is kept. Choose another name.") from None
    except OSError as found:
        raise KeyFileError(f"'{path.name}' cannot be written: {found.strerror}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(secrets.token_hex(LEAST_BYTES) + "\n")


def pseudonym(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 of some parts, the first 20 hexadecimal digits.

    Parts cannot run into each other: each is preceded by its length.
    """
    message = b"".join(f"{len(p.encode())}:".encode() + p.encode() for p in parts)
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:20]


def plain_name(names: Sequence[str]) -> str:
    """Names without regard to spelling habits: case, umlauts, accents, hyphens, order.

    `Müller-Weiß` and `Weiss Mueller` give the same text. Typing errors do not;
    they need probabilistic linkage.
    """
    return " ".join(sorted(re.findall(r"[^\W\d_]+", transliterate(" ".join(names)))))
