"""Write synthetic deliveries and their truth (synthetische Lieferungen)."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kimeval.core.area import Area
from kimeval.core.area import areas as all_areas
from kimeval.core.errors import AreaError, ParameterError
from kimeval.data.sample.faults import Spoiled, luck, spoil
from kimeval.data.sample.known import Frames, delivered, recorded, systems
from kimeval.data.sample.programme import parameters
from kimeval.data.sample.sheets import encoded, make_sheets
from kimeval.data.sample.statistics import posts_bytes, statistics_bytes
from kimeval.data.sample.truth import area_truth, state_truth
from kimeval.data.sample.world import World, make_world


def write_sample(
    target: Path,
    areas: Sequence[Area],
    as_of: dt.date,
    seed: int = 2024,
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the deliveries of some areas as they would come on a day.

    Writes `<target>/<area>/<as_of>/`, `<target>/<area>/truth-<as_of>.json` and
    `<target>/truth.json`. A delivery that is there is replaced as a whole.

    Parameters
    ----------
    target : Path
        Folder, made if it is not there.
    areas : sequence of Area
        Any of the 54; each is the same whichever others are written.
    as_of : date
        Day of the deliveries, after the first day of the window.
    seed : int
        The same seed gives the same bytes.
    scale : float
        Factor on the number of people; 1 is realistic.
    progress : callable, optional
        Told which area is being written.

    Returns
    -------
    list of Path
        Folders of the deliveries.

    Raises
    ------
    ParameterError
        If the day lies before the window, or seed or scale are not positive.
    AreaError
        If an area is not one of the 54.
    """
    _check(areas, as_of, seed, scale)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for area in areas:
        if progress:
            progress(f"{area}")
        written.append(_write_area(target, make_world(area, seed, scale), as_of, scale))
    _write_json(target / "truth.json", state_truth(seed))
    return written


def make_files(world: World, frames: Frames) -> list[Spoiled]:
    """Every file of every provider of an area, with its errors."""
    drawn = luck(world)
    return [
        spoil(sheet, drawn)
        for provider in world.setting.providers
        for sheet in make_sheets(provider, delivered(world, frames, provider))
    ]


def _check(chosen: Sequence[Area], as_of: dt.date, seed: int, scale: float) -> None:
    first = parameters()["window"]["first"]
    if as_of <= first:
        raise ParameterError(
            f"A synthetic delivery must lie behind {first}, got {as_of}. Choose a later day."
        )
    if seed < 0 or not scale > 0:
        raise ParameterError(
            f"Seed must be 0 or more and scale above 0, got {seed} and {scale}. Try 2024 and 1."
        )
    for area in chosen:
        if area.code not in all_areas():
            raise AreaError(
                f"A delivery belongs to one of the 54 KIM areas, got '{area.code}'. Name its areas."
            )


def _write_area(target: Path, world: World, as_of: dt.date, scale: float) -> Path:
    frames = recorded(world, as_of)
    files = make_files(world, frames)
    folder = target / world.area.code / as_of.isoformat()
    stage = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for name, content in _contents(world, files, as_of).items():
        (stage / name).write_bytes(content)
    _replace(stage, folder)
    truth = area_truth(world, frames, files, as_of, scale)
    _write_json(folder.with_name(f"truth-{as_of}.json"), truth)
    return folder


def _contents(world: World, files: Sequence[Spoiled], as_of: dt.date) -> dict[str, bytes]:
    contents = {
        f.sheet.name: encoded(f.sheet.provider, f.sheet.header, f.rows, as_of) for f in files
    }
    contents["statistik_zuzug.csv"] = statistics_bytes(world, as_of)
    profiles = [systems()[name]["profile"] for name in world.setting.providers]
    profiles.append("nrw-statistics")
    if world.setting.providers:
        contents["stellen.csv"] = posts_bytes(world, as_of)
        profiles.append("posts")
    sheet = (
        "# Synthetische Daten, keine echten Personen\n"
        f'area = "{world.area.code}"\n'
        f"as_of = {as_of}\n"
        "synthetic = true\n"
        f"profiles = {json.dumps(profiles)}\n"
    )
    contents["delivery.toml"] = sheet.encode("utf-8")
    return contents


def _replace(stage: Path, folder: Path) -> None:
    """Put the finished folder in place; the old one goes only when the new one is whole."""
    old = stage.with_suffix(".old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    stage.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, truth: dict[str, Any]) -> None:
    stage = path.with_name(f".{path.name}.{os.getpid()}.new")
    text = json.dumps(truth, ensure_ascii=False, indent=1, sort_keys=True)
    stage.write_bytes((text + "\n").encode("utf-8"))
    stage.replace(path)
