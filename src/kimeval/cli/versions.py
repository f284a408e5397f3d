"""What `kimeval versions` does (Fassungen eines Berichts)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from kimeval.cli.texts import from_here, printable
from kimeval.core.errors import MissingFileError, ParameterError, suggestion
from kimeval.core.project import Project
from kimeval.core.quarter import named_quarter

if TYPE_CHECKING:
    from kimeval.run.versions.figures import Difference, Row
    from kimeval.run.versions.read import Version

EXAMPLES = (
    "\b\nExamples:\n"
    "  kimeval versions --quarter 2024Q3 --area 05370\n"
    "  kimeval versions --quarter 2024Q3 --area 05370 --from v1 --to v3"
)
SHOWN = 20
ENGLISH = 1


def versions(
    quarter: Annotated[str, typer.Option(help="Quarter (Quartal), or last (finished).")],
    area: Annotated[str, typer.Option(help="KIM area as text (KIM-Gebiet).")],
    old: Annotated[str, typer.Option("--from", help="Name of an earlier version.")] = "",
    new: Annotated[str, typer.Option("--to", help="Name of a later one.")] = "",
) -> None:
    """List a report's versions (Fassungen), and what changed between them."""
    if bool(old) != bool(new):
        raise ParameterError("Two versions are compared, one is named. Give --from and --to.")
    for line in version_lines(quarter, area, old, new):
        typer.echo(line)


def version_lines(quarter: str, area: str, old: str = "", new: str = "") -> Iterator[str]:
    """Versions of a report, and what changed from each to the next or between two.

    Raises
    ------
    QuarterError, AreaError
        If quarter or area are not known.
    MissingFileError
        If nothing was published.
    ParameterError
        If a version of that name was not.
    """
    from kimeval.core.area import area as look_up
    from kimeval.run.publish import linked_version, published
    from kimeval.run.versions.read import PAGE, read_versions

    place, named = look_up(area), named_quarter(quarter)
    outputs = Project.find().outputs
    found = read_versions(outputs, str(named), place.code)
    if not found:
        raise MissingFileError(
            f"Versions are those of a published report, {named} of {place} has none. "
            f"Start a run: kimeval run --quarter {named} --area {place.code}."
        )
    linked = linked_version(outputs, str(named), place.code)
    if old:
        yield from _step(_named(found, old), _named(found, new))
        return
    yield f"{place}, {named}: versions published: {len(found)}, read now: {linked or 'none'}"
    yield from _table(found, linked)
    for one, following in pairwise(found):
        yield ""
        yield from _step(one, following)
    page = published(outputs, str(named), place.code) / PAGE
    if page.is_file():
        yield ""
        yield from_here(page)


def _table(found: Sequence[Version], linked: str | None) -> Iterator[str]:
    from kimeval.run.versions import words
    from kimeval.run.versions.changes import changes

    because = {new.name: words.why(changes(old, new), ENGLISH) for old, new in pairwise(found)}
    width = max(len("vintage"), *(len(one.vintage) for one in found))
    yield f"{'version':<9}{'made':<12}{'vintage':<{width + 2}}{'data of':<12}what changed"
    for one in found:
        name = f"{one.name}{' *' if one.name == linked else ''}"
        yield printable(
            f"{name:<9}{one.made!s:<12}{one.vintage:<{width + 2}}{one.as_of!s:<12}"
            f"{because.get(one.name, words.FIRST[ENGLISH])}"
        )


def _step(old: Version, new: Version) -> Iterator[str]:
    from kimeval.run.versions import words
    from kimeval.run.versions.changes import TOPICS, changes
    from kimeval.run.versions.figures import RESERVED, differences

    yield f"{old.name} -> {new.name}"
    for change in changes(old, new):
        text = words.told(change, ENGLISH).replace("→", "->").replace(words.MISSING, "-")
        yield printable(f"  {TOPICS[change.topic][ENGLISH]:<22} {text}")
    found = differences(old, new)
    rows = max(len(old.rows), len(new.rows))
    counted = f": {words.counts(found, ENGLISH)}" if found else ""
    yield f"  {'figures':<22} {len(found)} of {rows} differ{counted}"
    with_values = [one for one in found if one.what != RESERVED]
    for difference in with_values[:SHOWN]:
        yield printable(f"    {_figure(difference)}")
    if len(with_values) > SHOWN:
        yield f"    and {len(with_values) - SHOWN} more"


def _figure(difference: Difference) -> str:
    row = difference.row
    group = f"{row['dimension']} {row['group']}" if row["group"] else "total"
    values = f"{_value(difference.old)} -> {_value(difference.new)}"
    others = [name for name in difference.columns if name != "value"]
    also = f" ({', '.join(others)})" if others and "value" not in difference.columns else ""
    return f"{row['indicator']}, {row['period']}, {group}: {values}{also}"


def _value(row: Row | None) -> str:
    """As published, with a point; `.` suppressed, `x` without a value, `-` not there."""
    if row is None:
        return "-"
    if row.get("suppressed") == "True":
        return "."
    value = row.get("value", "")
    return f"{float(value):.6g}" if value and abs(float(value)) < 1e6 else value or "x"


def _named(found: Sequence[Version], name: str) -> Version:
    known = {one.name: one for one in found}
    if name not in known:
        raise ParameterError(
            f"A version is a published one, got {name[:40]!a}. {suggestion(name[:40], known)}"
        )
    return known[name]
