"""Where areas' published versions lie, and what their manifests hash to (Laufprotokolle).

A manifest lists the hash of each file beside it, so its own hash stands for all of
a published version.
"""

from __future__ import annotations

from pathlib import Path

from kimeval.core.area import areas
from kimeval.core.digests import combined, file_hash
from kimeval.core.errors import QuarterError
from kimeval.core.quarter import Quarter

MANIFEST = "manifest.json"
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
    return combined((name, file_hash(path)) for name, path in named.items() if path.is_file())


def nothing_published(quarter: Quarter) -> QuarterError:
    """That the state cannot be told, and the way out."""
    return QuarterError(
        f"The state is told from what its areas published, nothing of {quarter} can be used. "
        f"Publish them first: kimeval run --quarter {quarter} --all."
    )
