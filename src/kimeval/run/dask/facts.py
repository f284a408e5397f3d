"""What must be the same on all machines of a run (gleiche Stände)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import metadata

from kimeval import __version__
from kimeval.core.digests import text_hash
from kimeval.core.errors import KeyFileError
from kimeval.core.project import Project
from kimeval.run import fingerprint

CLUSTER = ("distributed", "dask", "cloudpickle")
HASHES = frozenset({"code", "reference data", "lock file", "notebooks", "profiles"})
SETTINGS = frozenset({"KIMEVAL_VINTAGES", "key file"})


def facts(project: Project) -> dict[str, str]:
    """Versions and hashes of this machine, by name; no path and no secret.

    Parameters
    ----------
    project : Project
        As this machine sees it.

    Returns
    -------
    dict of str to str
        Versions of kimeval, Python and packages as they are; all else as hashes.
    """
    return {
        "kimeval": __version__,
        **fingerprint.packages(),
        **{name: _version(name) for name in CLUSTER},
        "code": fingerprint.code_hash(),
        "reference data": fingerprint.reference_hash(),
        "lock file": fingerprint.lock_hash(project) or "",
        "notebooks": fingerprint.folder_hash(project.notebooks),
        "profiles": fingerprint.folder_hash(project.profiles),
        "KIMEVAL_VINTAGES": text_hash(os.environ.get("KIMEVAL_VINTAGES", "").strip()),
        "key file": _key(),
    }


def differences(own: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What another machine has otherwise than this one, each as a few words.

    Hashes are not shown; what a setting holds is not either.
    """
    found = []
    for name in sorted({*own, *other}):
        mine, its = own.get(name, "nothing"), other.get(name, "nothing")
        if mine == its:
            continue
        if name in HASHES:
            found.append(f"other {name}")
        elif name in SETTINGS:
            found.append(f"{name} set otherwise")
        else:
            found.append(f"{name} {its} instead of {mine}")
    return found


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _key() -> str:
    """A pseudonym made with the key, from which it does not follow; empty without one."""
    from kimeval.data.pseudonyms import load_key, pseudonym

    try:
        return pseudonym(load_key(synthetic=False), "machines of a run")
    except KeyFileError:
        return ""
