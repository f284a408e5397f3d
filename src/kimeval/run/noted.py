"""Brings a quarter's summary and list of areas up to date with one area (Nachtrag)."""

from __future__ import annotations

from dataclasses import replace

from kimeval.core.area import STATE, area, areas
from kimeval.core.errors import MissingFileError
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter, now_in_berlin
from kimeval.run import steps
from kimeval.run.overview import write_overview
from kimeval.run.publish import linked_version
from kimeval.run.summary import (
    NO_DELIVERY,
    UNCHANGED,
    WAITING,
    AreaResult,
    Summary,
    read_summary,
    write_summary,
)


def note_area(project: Project, quarter: Quarter, result: AreaResult) -> None:
    """Write summary and list of areas anew after a run of one area.

    What they say of other areas stays. Where no run over all areas has written them
    yet, an area counts by what is published of it and whether it has a delivery.

    Parameters
    ----------
    project : Project
        Whose lock is held.
    quarter : Quarter
        Of the run.
    result : AreaResult
        Of the area.

    Raises
    ------
    PublishError
        If they cannot be written.
    """
    try:
        summary = read_summary(project.outputs, quarter)
    except MissingFileError:
        now = now_in_berlin()
        found = tuple(_standing(project, quarter, code) for code in areas())
        summary = Summary(quarter, found, now, now)
    known = {one.area: one for one in summary.areas} | {result.area: result}
    last = [known.pop(STATE)] if STATE in known else []
    summary = replace(summary, areas=(*known.values(), *last))
    write_summary(summary, project.outputs)
    write_overview(summary, project.outputs)


def _standing(project: Project, quarter: Quarter, code: str) -> AreaResult:
    one, version = area(code), linked_version(project.outputs, str(quarter), code)
    status = WAITING if steps.has_delivery(project, one) else NO_DELIVERY
    return AreaResult(code, one.name, UNCHANGED if version else status, version)
