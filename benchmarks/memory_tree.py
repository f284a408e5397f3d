"""Memory of a process with all below it, shared pages counted once."""

from __future__ import annotations

import re
from pathlib import Path

FIELD = re.compile(r"^(\w+):\s+(\d+) kB", re.MULTILINE)


def tree_kib(pid: int) -> int:
    """Memory of a process and its descendants, in KiB; 0 when it is gone.

    Of each the pages that no file holds, those shared by a fork in equal parts; and once
    the most that one of them maps of files, such as libraries, which all have in common.
    """
    own, mapped = 0, 0
    for one in descendants(pid):
        held = _fields(f"/proc/{one}/smaps_rollup")
        own += held.get("Pss_Anon", 0)
        mapped = max(mapped, held.get("Rss", 0) - held.get("Anonymous", 0))
    return own + mapped


def descendants(pid: int) -> set[int]:
    """A process and all below it."""
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        for path in Path(f"/proc/{one}/task").glob("*/children"):
            waiting += [int(child) for child in _text(path).split()]
    return found


def _fields(path: str) -> dict[str, int]:
    return {name: int(number) for name, number in FIELD.findall(_text(Path(path)))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
