"""What a run of the state has in place of a delivery (Lauf für das Land).

The state is told from what its areas published. It has no vintage, no register and
nothing new to protect: its numbers follow from public ones.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval.core.errors import ProtectionError
from kimeval.core.manifests import published_digest
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter

SEARCHED_FOR = "any word in the form of a pseudonym, and the key of pseudonyms"

if TYPE_CHECKING:
    from kimeval.protect.canary import Needles
    from kimeval.protect.rules import Rules


@dataclass(frozen=True)
class Standing:
    """What the areas have published, as a run looks at data (Stand der Gebiete).

    Attributes
    ----------
    name : str
        Day of the oldest delivery, and how many areas of all are in: `2025-01-15 (49/54)`.
    digest : str
        Hash over the manifests of what they published.
    as_of : date
        Day of the oldest delivery among them.
    synthetic : bool
        Whether their persons are invented.
    rules : Rules
        By which they were protected.
    """

    name: str
    digest: str
    as_of: dt.date
    synthetic: bool
    rules: Rules


def standing(project: Project, quarter: Quarter) -> Standing:
    """What the areas have published of a quarter."""
    from kimeval.protect.collected import collected

    found = collected(project.outputs, quarter)
    return Standing(
        name=f"{found.as_of[0]} ({len(found.inside)}/{len(found.members)})",
        digest=published_digest(project.outputs, quarter),
        as_of=found.as_of[0],
        synthetic=found.rows.synthetic,
        rules=found.rows.rules,
    )


def compare(project: Project, quarter: Quarter, decided: Path, executed: Sequence[Path]) -> int:
    """See that the state shows nothing of an area but what it published.

    Returns
    -------
    int
        Number of published rows that it was compared with.

    Raises
    ------
    ProtectionError
        If a notebook shows another number of an area, or has read persons' rows.
    """
    import pandas as pd

    from kimeval.protect.audit.shown import require_as_published
    from kimeval.protect.collected import collected, earlier
    from kimeval.protect.transfer import read_rows

    if len(read_rows(decided)):
        raise ProtectionError(
            "The state is told from what its areas published, a notebook has protected rows of "
            "its own. Measure them in the areas' notebooks."
        )
    now = collected(project.outputs, quarter)
    rows = pd.concat([part.rows.frame for part in (*earlier(project.outputs, now), now)])
    require_as_published(executed, rows)
    return len(rows)


def needles(synthetic: bool) -> Needles:
    """What can be looked for without the areas' data: any pseudonym, and the key of them.

    Pseudonyms of all areas have one form. Names and texts are in no file that the state
    is told from, since each of those was searched before its area was published.
    """
    from kimeval.data.pseudonyms import VARIABLE, load_key
    from kimeval.protect.canary import needles_of

    key = b"" if synthetic or not os.environ.get(VARIABLE) else load_key(synthetic)
    words = [key.decode("ascii", "ignore")] if key else []
    return replace(needles_of(words), any_pseudonym=True)
