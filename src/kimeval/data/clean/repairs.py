"""One function per kind of column: text in, value or reason out (Bereinigung).

A function sees each distinct text of a column once; the rows follow by index.
"""

from __future__ import annotations

from collections.abc import Callable

from kimeval.data.clean.dates import read_date, read_time, read_year
from kimeval.data.clean.keys import read_ags, read_bool, read_code
from kimeval.data.clean.numbers import read_number
from kimeval.data.clean.reading import Cell, Reading
from kimeval.data.clean.texts import looks_garbled, read_text, tidy_text

READERS: dict[str, Callable[[str, Reading], Cell]] = {
    "text": read_text,
    "id": read_text,
    "date": read_date,
    "time": read_time,
    "year": read_year,
    "int": read_number,
    "decimal": read_number,
    "fte": read_number,
    "eur": read_number,
    "ags": read_ags,
    "code": read_code,
    "bool": read_bool,
}


def repair(text: str, reading: Reading) -> Cell:
    """Read one distinct text.

    Parameters
    ----------
    text : str
        As delivered.
    reading : Reading
        What it should be.

    Returns
    -------
    Cell
    """
    tidy, rules = tidy_text(text)
    if tidy in reading.missing:
        return Cell()
    kind = "year" if reading.take == "year" else reading.column.type
    cell = READERS[kind](tidy, reading)
    if looks_garbled(tidy):
        rules = (*rules, "mojibake")
    return Cell(cell.value, (*rules, *cell.rules), cell.reason)
