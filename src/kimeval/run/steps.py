"""What a run needs of the floors below, imported when it is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval import __version__
from kimeval.core.area import Area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.run.plan import Plan

if TYPE_CHECKING:
    from kimeval.data.vintages import Vintage


def delivery_digest(project: Project, area: Area, quarter: Quarter) -> str:
    """Hash of an area's newest delivery and its profiles; refuses one before the quarter."""
    from kimeval.data.deliveries import delivery_digest

    return delivery_digest(project, area, quarter)


def ensure_vintage(project: Project, area: Area, progress: Callable[[str, float], None]) -> Vintage:
    """The vintage of an area's newest delivery, made if it is not there."""
    from kimeval.data.vintages import ensure_vintage

    return ensure_vintage(project, area, progress)


def write_pages(
    stage: Path, executed: Sequence[Path], plan: Plan, vintage: Vintage, made_on: dt.date
) -> None:
    """HTML pages, index, CSV and figures of executed notebooks."""
    from kimeval.report.pages import PageContext, write_pages

    context = PageContext(
        area=plan.area,
        quarter=plan.quarter,
        as_of=vintage.as_of,
        synthetic=vintage.synthetic,
        vintage=vintage.name,
        version=__version__,
        made_on=made_on,
    )
    write_pages(stage, executed, context)


def check_threshold(threshold: int) -> None:
    """Refuse a threshold that protects no one, before anything starts."""
    from kimeval.protect.gate import Rules

    Rules(threshold)
