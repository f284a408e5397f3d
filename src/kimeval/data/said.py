"""What a file says about itself, held against its rows (Angaben der Datei)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from kimeval.data.ledger import FINDINGS, table_of
from kimeval.data.profiles import FileSpec


def rows_said(
    notes: Mapping[str, Sequence[str]], accounts: pd.DataFrame, spec: FileSpec
) -> pd.DataFrame:
    """Files whose comment or footnote names another number of rows than they hold.

    Parameters
    ----------
    notes : mapping of str to sequence of str
        Comments and footnotes by file.
    accounts : DataFrame
        Of the ledger, with `rows_in` by file.
    spec : FileSpec
        `rows_said` is the pattern, with one group around the number.

    Returns
    -------
    DataFrame
        Columns of `FINDINGS`; rows is the difference.
    """
    records = []
    for account in accounts.to_dict("records"):
        said = _number(notes.get(account["file"], ()), spec.rows_said)
        if said is not None and (difference := abs(said - account["rows_in"])):
            table = spec.identifying.name
            records.append((account["provider"], table, "rows_said_differ", difference))
    return table_of([dict(zip(FINDINGS, record, strict=True)) for record in records], FINDINGS)


def _number(notes: Sequence[str], pattern: str) -> int | None:
    if not pattern:
        return None
    found = [match[1] for match in (re.search(pattern, note) for note in notes) if match]
    digits = re.sub(r"[^0-9]", "", found[-1] or "") if found else ""
    return int(digits) if digits else None
