"""What `kimeval vintages` prints (Datenstände): counts for evaluators, not for publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kimeval.core.area import Area
from kimeval.core.errors import DataError, MissingFileError, suggestion
from kimeval.core.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from kimeval.data.vintages import Vintage

HEAD = f"{'table':<14} {'provider':<12}"


def vintage_lines(project: Project, area: Area) -> Iterator[str]:
    """An area's vintages, a line each, oldest first.

    Raises
    ------
    MissingFileError
        If there is none.
    """
    from kimeval.data.vintages import open_vintage

    yield str(area)
    yield f"{'name':<14} {'as of':<10} {'files':>5} {'rows kept':>11}  {'sha256':<8}"
    for folder in _folders(project, area):
        try:
            vintage = open_vintage(folder, area)
        except DataError:
            yield f"{folder.name:<14} cannot be read; remove its folder, it is made again"
            continue
        files, kept = _size(vintage)
        line = f"{vintage.name:<14} {vintage.as_of} {files:>5} {kept:>11}  {vintage.digest[:8]}"
        yield f"{line}{'  synthetic' if vintage.synthetic else ''}"


def named_vintage(project: Project, area: Area, name: str) -> Vintage:
    """An area's vintage by its name, as `vintage_lines` prints it.

    Raises
    ------
    MissingFileError
        If there is none of that name.
    DataError
        If its sheet is damaged.
    """
    from kimeval.data.vintages import open_vintage

    folders = {folder.name: folder for folder in _folders(project, area)}
    if name not in folders:
        raise MissingFileError(
            f"There is no vintage '{name}' of {area}. {suggestion(name, folders)}"
        )
    return open_vintage(folders[name], area)


def revision_lines(old: Vintage, new: Vintage) -> Iterator[str]:
    """What was revised from one vintage to the next: rows by table, then columns.

    Raises
    ------
    DataError
        If the two cannot be compared.
    """
    from kimeval.data.revisions import COUNTS, columns_changed, revisions, strangers

    revised, changed = revisions(old, new), columns_changed(old, new)
    both = old.synthetic and new.synthetic
    yield f"{new.area}, {old.name} -> {new.name}{', synthetic' if both else ''}"
    yield HEAD + "".join(f" {count.replace('rows_', ''):>9}" for count in COUNTS)
    for row in revised.to_dict("records"):
        numbers = "".join(f" {row[count]:>9,}" for count in COUNTS)
        yield f"{row['table']:<14} {row['provider']:<12}{numbers}"
    yield from _notes(revised, old)
    if others := strangers(revised):
        yield f"no number stayed, another key or system: {', '.join(others)}"
    if len(changed):
        yield "columns changed:"
        for row in changed.to_dict("records"):
            yield f"  {row['table']:<14} {row['column']:<32} {row['rows']:>9,}"


def _notes(revised: pd.DataFrame, old: Vintage) -> Iterator[str]:
    """What a reader must know of the counts."""
    if revised["late"].any():
        yield f"late: new, though dated on or before {old.as_of}"
    rows = revised[revised["by"] == "rows"]
    whole = [f"{name} of {by}" for name, by in zip(rows["table"], rows["provider"], strict=True)]
    if whole:
        yield f"without a unique key, compared as whole rows: {', '.join(whole)}"


def _size(vintage: Vintage) -> tuple[str, str]:
    """Files and rows kept; a dash where another version wrote the ledger."""
    try:
        accounts = vintage.ledger.accounts
    except (OSError, ValueError, KeyError):
        return "-", "-"
    return str(len(accounts)), f"{int(accounts['rows_kept'].sum()):,}"


def _folders(project: Project, area: Area) -> list[Path]:
    """Folders of an area's vintages, by day and number.

    Raises
    ------
    MissingFileError
        If there is none.
    """
    from kimeval.data.shared import home_of, shared_place

    home = home_of(project, area)
    if shared := shared_place():
        shared.bring_all(area, home)
    if found := [folder for folder in home.glob("[0-9]*/") if folder.is_dir()]:
        return sorted(found, key=_place)
    raise MissingFileError(
        f"There is no vintage of {area} yet. Make one: kimeval ingest --area {area.code}."
    )


def _place(folder: Path) -> tuple[str, int]:
    day, _, number = folder.name.partition(".")
    return day, int(number) if number.isdigit() else 1
