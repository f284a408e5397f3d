"""Vintages at a place that several machines share (gemeinsame Ablage der Datenstände).

KIMEVAL_VINTAGES names it: a folder or a URL that fsspec knows, such as
`s3://kim/vintages`. There, `<area>/<name>-<hash>/` holds a vintage's files and, written
last, `files.json` with the hash of each: without it a vintage is not complete and is not
read. A copy lies on this machine, where kimeval reads; it is checked as it is made.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from kimeval.core.area import Area
from kimeval.core.digests import file_hash, text_hash
from kimeval.core.errors import DataError, KimevalError, MissingFileError, ParameterError
from kimeval.core.project import Project
from kimeval.core.silence import kind
from kimeval.data.frozen import ABOUT, Vintage, digest_of_tables, open_vintage

VARIABLE = "KIMEVAL_VINTAGES"
CACHE = "KIMEVAL_CACHE"
FILES = "files.json"
FOLDER = re.compile(r"(\d{4}-\d\d-\d\d(?:\.\d+)?)-([0-9a-f]{12})")
PROTOCOL = re.compile(r"([a-z][a-z0-9+]+)://(.*)", re.DOTALL)


@dataclass(frozen=True)
class SharedPlace:
    """Where the machines of a project share their vintages (gemeinsame Ablage).

    Attributes
    ----------
    url : str
        Of a folder, without credentials.
    files : AbstractFileSystem
        Of fsspec.
    root : str
        The folder, as the file system names it.
    """

    url: str
    files: Any
    root: str

    def names(self, area: Area) -> list[str]:
        """Names of an area's vintages, by day and number."""
        return sorted({FOLDER.fullmatch(folder)[1] for folder in self._folders(area)})  # type: ignore[index]

    def find(self, area: Area, inputs: str, home: Path) -> Vintage | None:
        """The vintage that was made from some inputs, brought here; None where there is none.

        Raises
        ------
        DataError
            If a file is not as it was put there.
        MissingFileError
            If the place cannot be read.
        """
        _make_closed(home)
        for folder in self._folders(area):
            if self._about(area, folder).get("inputs") == inputs:
                return self.bring(area, folder, home)
        return None

    def bring(self, area: Area, folder: str, home: Path) -> Vintage:
        """Copy a vintage into an area's folder on this machine, checked.

        Raises
        ------
        DataError, MissingFileError
            As `find`.
        """
        name = folder.rpartition("-")[0]
        _make_closed(home)
        stage = Path(tempfile.mkdtemp(prefix=f".{name}-", suffix=".part", dir=home))
        try:
            self._copy(area, folder, stage)
            return _placed(stage, home, name, area)
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def bring_all(self, area: Area, home: Path) -> None:
        """Copy those vintages of an area that are not on this machine yet."""
        for folder in self._folders(area):
            if not (home / folder.rpartition("-")[0]).is_dir():
                self.bring(area, folder, home)

    def put(self, vintage: Vintage) -> None:
        """Put a vintage there; one that is there is left as it is.

        Raises
        ------
        MissingFileError
            If the place cannot be read or written.
        """
        folder = f"{vintage.name}-{vintage.digest[:12]}"
        there = self._path(vintage.area, folder)
        local = sorted(path for path in vintage.path.rglob("*") if path.is_file())
        hashes = {path.relative_to(vintage.path).as_posix(): file_hash(path) for path in local}
        with _reached("written"):
            if self.files.exists(f"{there}/{FILES}"):
                return
            for name in hashes:
                self.files.makedirs(str(PurePosixPath(there, name).parent), exist_ok=True)
                self.files.put_file(str(vintage.path / name), f"{there}/{name}")
            self.files.pipe_file(f"{there}/{FILES}", json.dumps(hashes, indent=1).encode())

    def _path(self, area: Area, folder: str = "") -> str:
        return "/".join(part for part in (self.root.rstrip("/"), area.code, folder) if part)

    def _folders(self, area: Area) -> list[str]:
        """Complete vintages of an area."""
        with _reached("read"):
            self.files.invalidate_cache()
            home = self._path(area)
            if not self.files.isdir(home):
                return []
            found = {PurePosixPath(path).name for path in self.files.ls(home, detail=False)}
            names = sorted(name for name in found if FOLDER.fullmatch(name))
            return [n for n in names if self.files.exists(f"{self._path(area, n)}/{FILES}")]

    def _about(self, area: Area, folder: str) -> dict[str, Any]:
        with _reached("read"):
            text = self.files.cat_file(f"{self._path(area, folder)}/{ABOUT}")
        try:
            return dict(json.loads(text))
        except (ValueError, TypeError):
            raise _damaged(area, folder) from None

    def _copy(self, area: Area, folder: str, stage: Path) -> None:
        there = self._path(area, folder)
        try:
            with _reached("read"):
                hashes = dict(json.loads(self.files.cat_file(f"{there}/{FILES}")))
                for name in hashes:
                    target = stage / _inside(name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    self.files.get_file(f"{there}/{name}", str(target))
        except ValueError:
            raise _damaged(area, folder) from None
        vintage = open_vintage(stage, area)
        found = {name: file_hash(stage / name) for name in hashes}
        if found != hashes or digest_of_tables(stage, vintage.tables) != vintage.digest:
            raise _damaged(area, folder)


def shared_place() -> SharedPlace | None:
    """The place that KIMEVAL_VINTAGES names; None where it names none.

    Raises
    ------
    ParameterError
        If it is no absolute folder or URL, holds credentials, or is of a kind whose
        package is not installed.
    """
    if not (given := os.environ.get(VARIABLE, "").strip()):
        return None
    url = given if PROTOCOL.fullmatch(given) else _folder_url(given)
    protocol, rest = PROTOCOL.fullmatch(url).groups()  # type: ignore[union-attr]
    if "@" in rest or "?" in rest:
        raise ParameterError(
            f"{VARIABLE} names a place and no credentials, found '@' or '?' in it. Give them to "
            f"the store's own settings, such as its environment variables."
        )
    try:
        from fsspec.core import url_to_fs

        with _reached("read", (ImportError, ValueError)):
            files, root = url_to_fs(url)
    except (ImportError, ValueError):
        raise ParameterError(
            f"{VARIABLE} is a folder or a URL that fsspec can open, '{protocol}://' is none here. "
            f"Install kimeval[dask] and fsspec's package for it, such as s3fs for s3."
        ) from None
    return SharedPlace(url, files, root)


def home_of(project: Project, area: Area) -> Path:
    """The folder of this machine with an area's vintages (Ordner der Datenstände).

    That of the project; or, where vintages are shared, a folder for copies: within
    KIMEVAL_CACHE, or within the project's, closed to other users.
    """
    place = os.environ.get(VARIABLE, "").strip()
    if not place:
        return project.vintages / area.code
    cache = os.environ.get(CACHE, "").strip()
    home = Path(cache) if cache else project.vintages / ".shared"
    return home / text_hash(place)[:12] / area.code


def _make_closed(home: Path) -> None:
    """Make an area's folder; other users cannot look into the one above."""
    home.parent.parent.mkdir(parents=True, exist_ok=True)
    home.parent.mkdir(mode=0o700, exist_ok=True)
    home.mkdir(exist_ok=True)


def _folder_url(given: str) -> str:
    if not Path(given).is_absolute():
        raise ParameterError(
            f"{VARIABLE} is an absolute folder or a URL such as s3://bucket/vintages, found "
            f"neither. Set it anew, or unset it to keep vintages in the project."
        )
    return f"file://{Path(given).as_posix()}"


def _placed(stage: Path, home: Path, name: str, area: Area) -> Vintage:
    """A copy under its name; with a number where another vintage has that here."""
    copied = open_vintage(stage, area)
    for number in count(1):
        target = home / (name if number == 1 else f"{name}.{number}")
        with suppress(OSError):
            stage.rename(target)
        if (held := open_vintage(target, area)).digest == copied.digest:
            return held
    raise AssertionError


def _inside(name: str) -> str:
    """A file's name that leads nowhere else."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute():
        raise ValueError(name)
    return name


@contextmanager
def _reached(verb: str, passed: tuple[type[Exception], ...] = (ValueError,)) -> Iterator[None]:
    """Any error of a store as one sentence; its own text may hold addresses and keys."""
    try:
        yield
    except Exception as found:
        if isinstance(found, (*passed, KimevalError)):
            raise
        raise MissingFileError(
            f"Vintages are shared at the place of {VARIABLE}, it cannot be {verb} "
            f"({kind(type(found))}). See that it is there and that this machine may use it."
        ) from None


def _damaged(area: Area, folder: str) -> DataError:
    return DataError(
        f"Shared vintages never change, {area.code}/{folder} is not as it was put there. Remove "
        f"that folder at the shared place; it is made again from the delivery."
    )
