"""From a stage folder to a published version, never by halves (Veröffentlichen).

A run writes to outputs/.stage/<quarter>-<area>-<number>. Publishing renames that
folder to outputs/<quarter>/versions/<area>/v<N> and then swaps the relative link
outputs/<quarter>/<area>. Whoever reads the link sees the old version or the new
one, both whole, at whatever moment the run is killed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kimeval.core.errors import PublishError
from kimeval.data.storage import FULL, writable

STAGES = ".stage"
LEFT = ("*/.*.link", "*/.*.part")
VERSION = re.compile(r"v(\d+)")


def published(outputs: Path, quarter: str, area: str) -> Path:
    """Where the current version of a quarter and an area is read."""
    return outputs / quarter / area


def linked_version(outputs: Path, quarter: str, area: str) -> str | None:
    """Name of the version that is read, such as `v2`; None where there is none."""
    link = published(outputs, quarter, area)
    return link.readlink().name if link.is_symlink() else None


def newest_version(outputs: Path, quarter: str, area: str) -> Path | None:
    """The version with the highest number, linked or not; None where there is none."""
    versions = outputs / quarter / "versions" / area
    number = _newest(versions) if versions.is_dir() else 0
    return versions / f"v{number}" if number else None


def clear_stages(outputs: Path) -> None:
    """Remove what killed runs left, and see that links can be made.

    Call it once, under the lock and before any area begins: then every stage
    belongs to a dead run.

    Raises
    ------
    PublishError
        If the file system has no symbolic links.
    """
    remove_stages(outputs)
    for pattern in LEFT:
        for left in outputs.glob(pattern):
            left.unlink()
    _require_links(outputs / STAGES)


def remove_stages(outputs: Path) -> None:
    """Remove all stages; what cannot be removed stays for the next start."""
    shutil.rmtree(outputs / STAGES, ignore_errors=True)
    with suppress(OSError):
        (outputs / STAGES).mkdir(parents=True, exist_ok=True)


def stages_of(outputs: Path, quarter: str, area: str) -> list[Path]:
    """What one whose worker died left of an area."""
    return [path for path in (outputs / STAGES).glob(f"{quarter}-{area}-*") if path.is_dir()]


def has_stages(outputs: Path) -> bool:
    """Whether a run is at work, or was killed."""
    stages = outputs / STAGES
    return stages.is_dir() and any(stages.iterdir())


def require_place(outputs: Path, quarter: str, area: str) -> None:
    """See that the current version of an area can be linked to.

    Raises
    ------
    PublishError
        If something else than a link lies where it is read.
    """
    place = published(outputs, quarter, area)
    if place.exists() and not place.is_symlink():
        raise PublishError(
            f"outputs/{quarter}/{area} must be a link made by kimeval, found something else. "
            f"Move it away."
        )


@contextmanager
def stage(outputs: Path, quarter: str, area: str) -> Iterator[Path]:
    """A new empty folder to write to; what is left of it at the end is removed."""
    folder = outputs / STAGES / f"{quarter}-{area}-{os.urandom(4).hex()}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, outputs: Path, quarter: str, area: str) -> Path:
    """Publish a finished stage.

    Parameters
    ----------
    folder : Path
        The stage; it is gone afterwards.
    outputs : Path
        On the same file system.
    quarter, area : str
        As they stand in the path.

    Returns
    -------
    Path
        Where the new version is read: outputs/<quarter>/<area>.
    """
    _flush(folder)
    versions = outputs / quarter / "versions" / area
    versions.mkdir(parents=True, exist_ok=True)
    version = versions / f"v{_newest(versions) + 1}"
    folder.rename(version)
    _flush_folder(versions)
    return link_to(version, outputs, quarter, area)


def link_to(version: Path, outputs: Path, quarter: str, area: str) -> Path:
    """Let a whole version be the one that is read, in one step."""
    place = published(outputs, quarter, area)
    _point(place, Path("versions", area, version.name))
    return place


def _newest(versions: Path) -> int:
    numbers = [VERSION.fullmatch(path.name) for path in versions.iterdir()]
    return max((int(match[1]) for match in numbers if match), default=0)


def _point(place: Path, target: Path) -> None:
    """Swap a link in one step; readers never find it missing."""
    fresh = place.with_name(f".{place.name}-{os.getpid()}.link")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(place)
    _flush_folder(place.parent)


def _require_links(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        with writable("outputs", FULL):
            probe.symlink_to(".", target_is_directory=True)
            probe.unlink()
    except (OSError, NotImplementedError):
        raise PublishError(
            "outputs/ must lie on a file system with symbolic links, this one refuses them. "
            "Move the project to a local disk; on Windows switch on the developer mode."
        ) from None


def _flush(folder: Path) -> None:
    """Bring files and folders to the disk before the rename makes them visible."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _flush_folder(path)
        else:
            with path.open("rb") as written:
                os.fsync(written.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
