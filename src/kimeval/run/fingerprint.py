"""Content hashes of what a run depends on (Prüfsummen).

Content and names count, times do not: the same files give the same hashes on
any machine. Code, reference data and packages are read once by a process, which has them
loaded; what belongs to a project is read anew.
"""

from __future__ import annotations

import platform
import re
from functools import cache
from importlib import metadata
from pathlib import Path

from kimeval.core import reference
from kimeval.core.digests import combined, file_hash
from kimeval.core.project import Project

PACKAGE = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
IGNORED = ("__pycache__", ".ipynb_checkpoints")


def folder_hash(folder: Path) -> str:
    """SHA-256 over names and contents of all files below a folder; caches do not count."""
    return combined(file_hashes(folder).items())


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file below a folder, by its relative name with `/`, sorted."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not any(part in IGNORED for part in path.parts)
    }
    return {name: file_hash(found[name]) for name in sorted(found)}


def code_hash() -> str:
    """Hash of kimeval's own code with its declarations."""
    return _hash_once(PACKAGE)


def reference_hash() -> str:
    """Hash of the reference data in a checkout; a package holds them in its code."""
    return _hash_once(reference.CHECKOUT) if reference.CHECKOUT.is_dir() else ""


def lock_hash(project: Project) -> str | None:
    """Hash of the lock file, None where a project has none."""
    lock = project.root / LOCK
    return file_hash(lock) if lock.is_file() else None


def packages() -> dict[str, str]:
    """Installed versions of the direct dependencies, and of Python."""
    return dict(_versions())


@cache
def _hash_once(folder: Path) -> str:
    return folder_hash(folder)


@cache
def _versions() -> dict[str, str]:
    try:
        required = metadata.requires("kimeval") or []
    except metadata.PackageNotFoundError:
        required = []
    names = [re.split(r"[\s<>=!~;\[(]", r, maxsplit=1)[0] for r in required if "extra ==" not in r]
    versions = {"python": platform.python_version()}
    for name in sorted(names):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "missing"
    return versions
