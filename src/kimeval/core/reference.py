"""Where the reference data lie (data/reference): areas, codes, published figures."""

from __future__ import annotations

import csv
from pathlib import Path

from kimeval.core.errors import MissingFileError

PACKAGED = Path(__file__).resolve().parents[1] / "_reference"
CHECKOUT = Path(__file__).resolve().parents[3] / "data" / "reference"


def reference_file(name: str) -> Path:
    """Path of a file in data/reference, in a checkout or an installed package.

    Parameters
    ----------
    name : str
        Path below data/reference, such as `geography/districts.csv`.

    Raises
    ------
    MissingFileError
        If it is in neither place.
    """
    for folder in (PACKAGED, CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    raise MissingFileError(f"The reference file '{name}' is missing. Reinstall kimeval.")


def read_reference(name: str) -> list[dict[str, str]]:
    """Rows of a reference CSV as dictionaries of text."""
    with reference_file(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
