"""The version about to be published, as its manifest will describe it (neue Fassung)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimeval.core.catalogue import catalogue_version
from kimeval.run.plan import Plan
from kimeval.run.publish import newest_version
from kimeval.run.versions.read import RESULTS, Version, read_rows

if TYPE_CHECKING:
    from kimeval.data.vintages import Vintage
    from kimeval.run.state import Standing


def next_name(plan: Plan) -> str:
    """Name of the version that a run is about to publish; under the lock nobody else takes it."""
    newest = newest_version(plan.project.outputs, str(plan.quarter), plan.area.code)
    return f"v{int(newest.name[1:]) + 1}" if newest else "v1"


def new_version(
    stage: Path,
    plan: Plan,
    inputs: Mapping[str, Any],
    vintage: Vintage | Standing,
    started: dt.datetime,
    rules: Mapping[str, Any],
) -> Version:
    """The version in a stage, as `next_name` names it.

    Parameters
    ----------
    stage : Path
        Holds results.csv already.
    plan : Plan
        Of the run.
    inputs : mapping
        Everything the result depends on (`plan.inputs`).
    vintage : Vintage or Standing
        The data.
    started : datetime
        When the run began.
    rules : mapping
        Of protection, as the manifest will hold them.
    """
    manifest = {
        "catalogue": catalogue_version(),
        "legal_basis": plan.legal_basis,
        "data": {
            "vintage": vintage.name,
            "sha256": vintage.digest,
            "as_of": vintage.as_of.isoformat(),
            "synthetic": vintage.synthetic,
        },
        "inputs": inputs,
        "protection": {"rules": rules},
        "started": started.isoformat(timespec="seconds"),
    }
    as_written = json.loads(json.dumps(manifest))
    return Version(next_name(plan), as_written, read_rows(stage / RESULTS), has_page=True)
