"""Memory of a process with all below it, shared pages counted once (PSS)."""

from __future__ import annotations

import re
from pathlib import Path

PARENT = re.compile(r"^PPid:\s+(\d+)", re.MULTILINE)
SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def tree_kib(pid: int) -> int:
    """Proportional set size of a process and its descendants, in KiB; 0 when it is gone."""
    return sum(_number(f"/proc/{one}/smaps_rollup", SHARE) for one in descendants(pid))


def descendants(pid: int) -> set[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        below.setdefault(_number(path / "status", PARENT), []).append(int(path.name))
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += below.get(one, [])
    return found


def _number(path: Path | str, pattern: re.Pattern[str]) -> int:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError:
        return 0
    return int(match[1]) if (match := pattern.search(text)) else 0
