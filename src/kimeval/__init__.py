"""kimeval: evaluation of Kommunales Integrationsmanagement (KIM) in NRW.

A notebook writes `import kimeval as ke`; each part is imported when it is
first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

PARTS = (
    "effects",
    "figures",
    "outcomes",
    "protect",
    "published",
    "quality",
    "reach",
    "referrals",
    "report",
    "tables",
)
ENTRIES = {
    "evaluate": "kimeval.evaluation",
    "evaluate_state": "kimeval.evaluation",
    "supplied": "kimeval.data.supplied",
}


def __getattr__(name: str) -> Any:
    if name in PARTS:
        return import_module(f"kimeval.{name}")
    if name in ENTRIES:
        return getattr(import_module(ENTRIES[name]), name)
    raise AttributeError(f"kimeval has no part '{name}'. It has {', '.join((*PARTS, *ENTRIES))}.")


def __dir__() -> list[str]:
    return ["__version__", *ENTRIES, *PARTS]
