"""Writes the page that lists all areas of a quarter (Übersicht der Gebiete)."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from kimeval import __version__
from kimeval.core.quarter import now_in_berlin
from kimeval.run.manifest import NAME
from kimeval.run.page import AreaRow, Overview, overview_page
from kimeval.run.publish import published
from kimeval.run.summary import AreaResult, Summary, replace_text

INDEX = "index.html"


def write_overview(summary: Summary, outputs: Path) -> Path:
    """Write outputs/<quarter>/index.html in one step.

    Raises
    ------
    PublishError
        If it cannot be written.
    """
    rows = tuple(_row(result, summary, outputs) for result in summary.areas)
    now = now_in_berlin()
    page = overview_page(
        Overview(summary.quarter, rows, now, __version__, summary.finished is not None)
    )
    index = outputs / str(summary.quarter) / INDEX
    replace_text(index, page)
    return index


def _row(result: AreaResult, summary: Summary, outputs: Path) -> AreaRow:
    held = _manifest(published(outputs, str(summary.quarter), result.area))
    data = held.get("data", {})
    return AreaRow(
        code=result.area,
        name=result.name,
        status=result.status,
        version=result.version if held else None,
        as_of=dt.date.fromisoformat(data["as_of"]) if data else None,
        made=dt.datetime.fromisoformat(held["finished"]) if held else None,
        synthetic=bool(data.get("synthetic")),
    )


def _manifest(version: Path) -> dict[str, Any]:
    """The manifest of a published version; empty where there is none that can be read."""
    try:
        held = json.loads((version / NAME).read_text(encoding="utf-8"))
        dt.datetime.fromisoformat(held["finished"]), dt.date.fromisoformat(held["data"]["as_of"])
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return dict(held)
