"""The page of a report's versions, and the same as JSON (Seite der Fassungen)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from kimeval import __version__
from kimeval.core.area import Area
from kimeval.core.quarter import Quarter
from kimeval.core.templates import render
from kimeval.report.header import SYNTHETIC
from kimeval.run.page import PIECES
from kimeval.run.versions import words
from kimeval.run.versions.changes import Change, changes
from kimeval.run.versions.figures import RESERVED, Difference, differences
from kimeval.run.versions.read import PAGE, Version

DATA = "versions.json"
FORMAT = 1
SHOWN = 100


@dataclass(frozen=True)
class Step:
    """From one version to the next (Schritt).

    Attributes
    ----------
    old, new : Version
        One after the other.
    changes : tuple of Change
        In what they were made from.
    figures : tuple of Difference
        That differ.
    """

    old: Version
    new: Version
    changes: tuple[Change, ...]
    figures: tuple[Difference, ...]

    @classmethod
    def between(cls, old: Version, new: Version) -> Step:
        """Compare two versions."""
        return cls(old, new, tuple(changes(old, new)), tuple(differences(old, new)))


def write_pages(
    stage: Path, area: Area, quarter: Quarter, earlier: Sequence[Version], new: Version
) -> None:
    """Write `versions.html` and `versions.json` into a stage.

    Parameters
    ----------
    stage : Path
        Folder of the run.
    area, quarter : Area, Quarter
        Of the report.
    earlier : sequence of Version
        Published ones, by their number.
    new : Version
        The one about to be published.
    """
    step = Step.between(earlier[-1], new) if earlier else None
    made_from = _made_from([*earlier, new])
    page = html(area, quarter, [*earlier, new], step)
    (stage / PAGE).write_text(page, encoding="utf-8", newline="\n")
    content = {
        "format": FORMAT,
        "quarter": str(quarter),
        "area": area.code,
        "versions": [
            {
                "version": one.name,
                "made": one.made.isoformat(),
                "vintage": one.vintage,
                "as_of": one.as_of.isoformat(),
                "because": list(dict.fromkeys(c.topic for c in made_from.get(one.name, ()))),
            }
            for one in [*earlier, new]
        ],
        "step": _step(step) if step else None,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (stage / DATA).write_text(text, encoding="utf-8", newline="\n")


def html(area: Area, quarter: Quarter, versions: Sequence[Version], step: Step | None) -> str:
    """The page of a version: all versions up to it, and what is new in it.

    Parameters
    ----------
    area, quarter : Area, Quarter
        Of the report.
    versions : sequence of Version
        Up to that of the page, which is the last.
    step : Step or None
        From the version before; None for the first.

    Returns
    -------
    str
        HTML that needs no network and no script.
    """
    new = versions[-1]
    figures = [one for one in step.figures if one.what != RESERVED] if step else []
    because = {name: words.why(changed) for name, changed in _made_from(versions).items()}
    return render(
        PIECES / "versions.html.jinja",
        context={"version": __version__},
        area=area,
        quarter=quarter,
        versions=list(reversed(versions)),
        new=new,
        step=step,
        because={versions[0].name: words.FIRST[0]} | because,
        topics=_by_topic(step.changes) if step else {},
        shown=figures[:SHOWN],
        left=len(figures[SHOWN:]),
        words=words,
        style=(PIECES / "style.css").read_text(encoding="utf-8"),
        warning=SYNTHETIC if new.synthetic else "",
    )


def _made_from(versions: Sequence[Version]) -> dict[str, list[Change]]:
    """What each version but the first differs in from the one before, by its name."""
    return {new.name: changes(old, new) for old, new in pairwise(versions)}


def _by_topic(changed: Sequence[Change]) -> dict[str, list[str]]:
    topics: dict[str, list[str]] = {}
    for change in changed:
        topics.setdefault(words.TOPICS[change.topic][0], []).append(words.told(change))
    return topics


def _step(step: Step) -> dict[str, Any]:
    return {
        "from": step.old.name,
        "to": step.new.name,
        "changes": [vars(change) for change in step.changes],
        "figures": [_figure(one) for one in step.figures],
    }


def _figure(difference: Difference) -> dict[str, Any]:
    row = difference.row
    about = {name: row[name] for name in ("indicator", "period", "dimension", "group")}
    return about | {
        "what": difference.what,
        "old": _value(difference.old),
        "new": _value(difference.new),
        "columns": list(difference.columns),
    }


def _value(row: Any) -> str | None:
    if row is None:
        return None
    return "." if row.get("suppressed") == "True" else row["value"]
