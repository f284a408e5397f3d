"""manifest.json: what a published version was made from (Laufprotokoll).

Enough to make it again and to see that nothing was changed since; no path of the
machine and no value of the data.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kimeval.core.catalogue import catalogue_version
from kimeval.run.execute import Executed
from kimeval.run.fingerprint import file_hashes
from kimeval.run.plan import Plan

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Data:
    """What a manifest says about the vintage (Datenstand).

    Attributes
    ----------
    name, digest : str
        Of the vintage.
    as_of : date
        Day of the delivery.
    synthetic : bool
        Whether the data were generated.
    """

    name: str
    digest: str
    as_of: dt.date
    synthetic: bool


@dataclass(frozen=True)
class Times:
    """When a run began and ended (Zeiten), with time zone."""

    started: dt.datetime
    finished: dt.datetime


def write_manifest(
    folder: Path,
    plan: Plan,
    inputs: Mapping[str, Any],
    data: Data,
    executed: Iterable[Executed],
    times: Times,
    protection: Mapping[str, Any] | None = None,
) -> Path:
    """Write the manifest of a finished stage; the last file that is written there."""
    executed = list(executed)
    content = {
        "format": FORMAT,
        "quarter": str(plan.quarter),
        "area": plan.area.code,
        "area_name": plan.area.name,
        "catalogue": catalogue_version(),
        "legal_basis": plan.legal_basis,
        "data": {
            "vintage": data.name,
            "sha256": data.digest,
            "as_of": data.as_of.isoformat(),
            "synthetic": data.synthetic,
        },
        "inputs": inputs,
        "notebooks": {
            one.name: {
                "status": "complete",
                "seconds": one.seconds,
                "suppressed_rows": one.suppressed,
            }
            for one in executed
        },
        "suppressed_rows": sum(one.suppressed for one in executed),
        "protection": dict(protection or {}),
        "started": times.started.isoformat(timespec="seconds"),
        "finished": times.finished.isoformat(timespec="seconds"),
        "outputs": file_hashes(folder),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")
    return folder / NAME


def is_current(version: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether a published version was made from these inputs and is still whole."""
    try:
        manifest = json.loads((version / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    if manifest.get("inputs") != json.loads(json.dumps(inputs)):
        return False
    found = file_hashes(version)
    found.pop(NAME)
    return found == manifest.get("outputs")
