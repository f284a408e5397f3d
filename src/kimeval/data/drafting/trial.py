"""A profile tried on files: an account, and nothing kept (Probe eines Profils)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kimeval.core import schema
from kimeval.core.errors import MissingFileError
from kimeval.data.clean.columns import REASONS, ReadColumn
from kimeval.data.clean.files import clean_rows, latest_day, plain_columns, read_tables
from kimeval.data.clean.rows import Rows, gather
from kimeval.data.ledger import Ledger
from kimeval.data.profiles import FileSpec, Profile
from kimeval.data.read import read_parts


@dataclass(frozen=True)
class Unknown:
    """Texts of a code column that cleaning does not understand (unbekannte Schlüssel).

    Attributes
    ----------
    table, column : str
        Canonical names.
    texts, rows : int
        Distinct texts, and rows that hold one.
    """

    table: str
    column: str
    texts: int
    rows: int


@dataclass(frozen=True)
class Trial:
    """What a profile made of some files (Probe). Holds counts and no cell.

    Attributes
    ----------
    ledger : Ledger
        Balanced.
    unmapped : dict of str to list of str
        Pattern -> columns that the profile neither maps nor ignores.
    unknown : dict of str to list of Unknown
        Pattern -> code columns with texts that are not understood.
    tables : dict of str to int
        Canonical table -> rows.
    """

    ledger: Ledger = field(repr=False)
    unmapped: dict[str, list[str]]
    unknown: dict[str, list[Unknown]]
    tables: dict[str, int]


def try_profile(profile: Profile, paths: Sequence[Path], as_of: dt.date) -> Trial:
    """Read and clean files as a profile says; persons are not linked.

    Parameters
    ----------
    profile : Profile
        To be tried.
    paths : sequence of Path
        Not necessarily a file for each of its patterns.
    as_of : date
        Day of the export.

    Returns
    -------
    Trial

    Raises
    ------
    MissingFileError
        If a file is not there or fits no pattern of the profile.
    FormatError, ProfileError, LedgerError
        As in an ingest.
    """
    key = secrets.token_bytes(32)
    ledgers, unmapped, unknown = [], {}, {}
    tables: dict[str, int] = defaultdict(int)
    for spec, files in _by_spec(profile, paths):
        rows = gather([(path.name, read_parts(path, spec)) for path in files], plain_columns(spec))
        cleaned = clean_rows(rows, spec, profile, key, as_of)
        ledgers.append(cleaned.ledger)
        unmapped[spec.pattern] = _unmapped(rows, spec)
        unknown[spec.pattern] = _unknown(read_tables(rows, spec, latest_day(as_of)))
        for name, table in cleaned.tables.items():
            tables[name] += table.num_rows
    return Trial(Ledger.together(ledgers).balanced(), unmapped, unknown, dict(tables))


def _by_spec(profile: Profile, paths: Sequence[Path]) -> list[tuple[FileSpec, list[Path]]]:
    held: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        spec = profile.spec_for(path.name)
        if spec is None:
            patterns = ", ".join(known.pattern for known in profile.file)
            raise MissingFileError(
                f"The profile '{profile.name}' has no pattern for '{path.name}', only {patterns}. "
                f"Change pattern in the profile, or rename the file."
            )
        held[spec.pattern].append(path)
    return [(spec, held[spec.pattern]) for spec in profile.file if spec.pattern in held]


def _unmapped(rows: Rows, spec: FileSpec) -> list[str]:
    known = {*spec.needed, *spec.ignore}
    return [column for column in rows.columns if column and column not in known]


def _unknown(read: Mapping[str, Mapping[str, ReadColumn]]) -> list[Unknown]:
    found = []
    for table, columns in read.items():
        for name, column in columns.items():
            if schema.table(table).column(name).type not in ("code", "bool"):
                continue
            wrong = column.reasons == REASONS.index("code_unknown")
            if wrong.any():
                rows = int(np.count_nonzero(column.by_row(wrong)))
                found.append(Unknown(table, name, int(wrong.sum()), rows))
    return found
