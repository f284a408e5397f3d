"""Rows to send back to who delivered them (zurückgestellte Zeilen).

These files are as personal as the delivery itself and leave the project only
for the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from kimeval.data.ledger import rule_texts

GERMAN = {
    "line": "Zeile",
    "reason": "Grund",
    "column": "Spalte",
    "hint": "Hinweis",
    "text": "Inhalt",
}
FORMULA = r"^([=+\-@\t\r])"


def write_set_aside(folder: Path, set_aside: Mapping[str, pd.DataFrame]) -> None:
    """Write one file per delivered file that has rows to send back.

    Parameters
    ----------
    folder : Path
        Made if there is anything to write.
    set_aside : mapping of str to DataFrame
        By delivered file: line, reason, column, hint and text. Cells that a
        spreadsheet would take for a formula begin with an apostrophe in the file.
    """
    for name, target in names_back(set_aside).items():
        folder.mkdir(exist_ok=True)
        in_german(set_aside[name]).to_csv(
            folder / target, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n"
        )


def in_german(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with German header and reasons, safe to open in a spreadsheet."""
    said = rows.assign(reason=rows["reason"].map(rule_texts()["reasons"]))
    german = said[list(GERMAN)].rename(columns=GERMAN)
    texts = {
        name: german[name].str.replace(FORMULA, r"'\1", regex=True)
        for name in german.columns.drop("Zeile")
    }
    return german.assign(**texts)


def names_back(delivered: Iterable[str]) -> dict[str, str]:
    """Name of the file to send back by the delivered one: `.csv` is added where it lacks."""
    names = sorted(delivered, key=lambda name: (not _is_csv(name), name))
    given: dict[str, str] = {}
    for name in names:
        target = name if _is_csv(name) else f"{name}.csv"
        while target.casefold() in {other.casefold() for other in given.values()}:
            target += ".csv"
        given[name] = target
    return given


def _is_csv(name: str) -> bool:
    return name.casefold().endswith(".csv")
