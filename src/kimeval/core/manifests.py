"""Where areas' published versions lie, and what their manifests hash to (Laufprotokolle).

A manifest lists the hash of each file beside it, so its own hash stands for all of
a published version.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from kimeval.core.area import areas
from kimeval.core.digests import combined, file_hash
from kimeval.core.errors import QuarterError
from kimeval.core.quarter import Quarter

MANIFEST = "manifest.json"
TIMES = ("started", "finished")
FOLDERS = "[0-9][0-9][0-9][0-9]Q[1-4]"


def manifest_of(outputs: Path, quarter: Quarter | str, area: str) -> Path:
    """Manifest of the version of an area that is read now; it need not be there."""
    return outputs / str(quarter) / area / MANIFEST


def published_quarters(outputs: Path, last: Quarter) -> list[Quarter]:
    """Quarters up to one of which any area is published, oldest first."""
    found = []
    for folder in sorted(outputs.glob(FOLDERS)):
        try:
            quarter = Quarter.parse(folder.name)
        except QuarterError:
            continue
        there = any(manifest_of(outputs, quarter, code).is_file() for code in areas())
        found += [quarter] if there and quarter <= last else []
    return found


def published_digest(outputs: Path, quarter: Quarter) -> str:
    """Hash over what all areas published of a quarter and of those before it.

    When that was, and how long it took, do not count.

    Raises
    ------
    QuarterError
        If no area is published for the quarter.
    """
    quarters = published_quarters(outputs, quarter)
    if quarter not in quarters:
        raise nothing_published(quarter)
    named = {
        f"{when}/{code}": manifest_of(outputs, when, code) for when in quarters for code in areas()
    }
    return combined((name, untimed_hash(path)) for name, path in named.items() if path.is_file())


def untimed_hash(manifest: Path) -> str:
    """Hash of a manifest but for its times; of the file where it is not readable as one."""
    try:
        held = json.loads(manifest.read_bytes())
        for notebook in held.get("notebooks", {}).values():
            notebook.pop("seconds", None)
        content = {name: value for name, value in held.items() if name not in TIMES}
    except (ValueError, LookupError, TypeError, AttributeError):
        return file_hash(manifest)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def nothing_published(quarter: Quarter) -> QuarterError:
    """That the state cannot be told, and the way out."""
    return QuarterError(
        f"The state is told from what its areas published, nothing of {quarter} can be used. "
        f"Publish them first: kimeval run --quarter {quarter} --all."
    )
