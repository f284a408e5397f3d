"""Hashes of files, the same on any machine (Prüfsummen)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def combined(named: Iterable[tuple[str, str]], start: str = "") -> str:
    """SHA-256 over a text and pairs of a name and a hash, in the given order."""
    whole = hashlib.sha256(start.encode())
    for name, digest in named:
        whole.update(f"{name}\0{digest}\n".encode())
    return whole.hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
