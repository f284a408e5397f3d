"""From a delivery to canonical tables and one ledger (Aufnahme einer Lieferung)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pandas as pd

from kimeval.core import schema
from kimeval.core.errors import MissingFileError
from kimeval.data.clean import Cleaned, clean_files
from kimeval.data.deliveries import Delivery
from kimeval.data.ledger import LINKED, Ledger, table_of
from kimeval.data.profiles import FileSpec, Profile, load_profile
from kimeval.data.pseudonyms import load_key
from kimeval.data.read import read_file

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Ingested:
    """A delivery in canonical form (aufgenommene Lieferung).

    Attributes
    ----------
    tables : dict of str to DataFrame
        Canonical tables that the delivery feeds.
    ledger : Ledger
        Of all files; balanced.
    set_aside : dict of str to DataFrame
        Rows to send back, by file; personal.
    providers : dict of str to str
        Name of each provider in a report.
    """

    tables: dict[str, pd.DataFrame] = field(repr=False)
    ledger: Ledger
    set_aside: dict[str, pd.DataFrame] = field(repr=False)
    providers: dict[str, str] = field(default_factory=dict)


def ingest(delivery: Delivery, profiles: Path, progress: Progress | None = None) -> Ingested:
    """Read and clean all files of a delivery.

    Parameters
    ----------
    delivery : Delivery
        Folder and profiles.
    profiles : Path
        Folder of the profiles.
    progress : callable, optional
        Told what is being read, in words.

    Returns
    -------
    Ingested

    Raises
    ------
    MissingFileError
        If a file that a profile names is not there, or one fits no profile.
    FormatError, ProfileError, KeyFileError
        As said there.
    LedgerError
        If a row was lost, which is a defect.
    """
    key = load_key(delivery.synthetic)
    loaded = [load_profile(profiles, name) for name in delivery.profiles]
    parts = []
    for profile, spec, paths in _assign(delivery, loaded):
        if progress:
            progress(f"{spec.title} ({profile.provider})")
        raws = [read_file(path, spec) for path in paths]
        parts.append(clean_files(raws, spec, profile, key, delivery.as_of))
    tables = {name: _stack(parts, name) for name in _held(parts)}
    ledger = Ledger.together(part.ledger for part in parts)
    ledger = Ledger(ledger.accounts, ledger.repairs, ledger.reasons, _linked(tables))
    aside = {name: rows for part in parts for name, rows in part.set_aside.items() if len(rows)}
    providers = {profile.provider: profile.provider_name or profile.provider for profile in loaded}
    return Ingested(tables, ledger.balanced(), aside, providers)


def _assign(
    delivery: Delivery, profiles: list[Profile]
) -> list[tuple[Profile, FileSpec, list[Path]]]:
    if not delivery.files:
        raise MissingFileError(f"The delivery '{delivery.folder.name}' holds no files.")
    work, left = [], {path.name: path for path in delivery.files}
    for profile in profiles:
        for spec in profile.file:
            fitting = [name for name in left if profile.spec_for(name) is spec]
            if not fitting:
                raise MissingFileError(
                    f"Profile '{profile.name}' expects a file '{spec.pattern}', the delivery "
                    f"'{delivery.folder.name}' has none. Ask for it, or take it out of the profile."
                )
            work.append((profile, spec, [left.pop(name) for name in fitting]))
    if left:
        raise MissingFileError(
            f"No profile of the delivery '{delivery.folder.name}' fits {', '.join(sorted(left))}. "
            f"Name its profile in delivery.toml, or take the file away."
        )
    return work


def _held(parts: list[Cleaned]) -> list[str]:
    return [name for name in schema.tables() if any(name in part.tables for part in parts)]


def _stack(parts: list[Cleaned], name: str) -> pd.DataFrame:
    frames = [part.tables[name] for part in parts if name in part.tables]
    return schema.check(name, pd.concat(frames, ignore_index=True))


def _linked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Persons known to two providers each."""
    if "clients" not in tables:
        return table_of([], LINKED)
    known = tables["clients"].groupby("provider")["person_id"].agg(set)
    return table_of(
        [
            {"provider": one, "other": two, "persons": len(known[one] & known[two])}
            for one, two in combinations(sorted(known.index), 2)
        ],
        LINKED,
    )
