"""Text of typed cells, as a person would have typed it (Text typisierter Zellen)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from functools import singledispatch

import numpy as np
import pyarrow as pa

from kimeval.core.quarter import BERLIN
from kimeval.data.profiles import FileSpec
from kimeval.data.read.part import Part, no_uneven


@singledispatch
def text_of(value: object, decimal: str = ".") -> str:
    """Text of a typed cell (Text einer Zelle).

    Parameters
    ----------
    value : object
        Of any type; None and not-a-number give "".
    decimal : str
        Sign before decimal places.

    Returns
    -------
    str
        `2023-12-31`, `2023-12-31T14:30:00` (midnight is left out, an instant with a
        zone moves to Berlin), `ja` or `nein`, `12`, `0,5`; three decimal places get a
        zero, since `1,234` could be thousands; bytes as hexadecimal digits.
    """
    return str(value)


@text_of.register(type(None))
def _(value: None, decimal: str = ".") -> str:
    return ""


@text_of.register
def _(value: bool, decimal: str = ".") -> str:
    return "ja" if value else "nein"


@text_of.register
def _(value: float, decimal: str = ".") -> str:
    if math.isnan(value):
        return ""
    if not math.isfinite(value):
        return repr(value)
    return text_of(Decimal(repr(value)), decimal)


@text_of.register
def _(value: Decimal, decimal: str = ".") -> str:
    if value.is_nan():
        return ""
    if not value.is_finite() or value.adjusted() > 40:
        return str(value)
    if value == value.to_integral_value():
        return f"{value:.0f}"
    text = f"{value:f}".rstrip("0")
    unmistakable = f"{text}0" if len(text.partition(".")[2]) == 3 else text
    return unmistakable.replace(".", decimal)


@text_of.register
def _(value: dt.datetime, decimal: str = ".") -> str:
    return local_time(value).isoformat().removesuffix("T00:00:00")


@text_of.register
def _(value: dt.date, decimal: str = ".") -> str:
    return value.isoformat()


@text_of.register
def _(value: dt.time, decimal: str = ".") -> str:
    return value.isoformat()


@text_of.register
def _(value: dt.timedelta, decimal: str = ".") -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


@text_of.register(bytes)
@text_of.register(memoryview)
def _(value: bytes | memoryview, decimal: str = ".") -> str:
    return value.hex()


def local_time(moment: dt.datetime) -> dt.datetime:
    """The clock in Berlin, without a zone; one without a zone is local time already."""
    return (moment.astimezone(BERLIN) if moment.tzinfo else moment).replace(tzinfo=None)


def decimal_of(spec: FileSpec) -> str:
    """Sign before decimal places in the text of a typed number."""
    return "." if spec.decimal == "auto" else spec.decimal


def part_of(cells: pa.Table, begins: int, notes: Sequence[str] = ()) -> Part:
    """A part of which every record is a row (Teil ohne Kopf und Fußnoten).

    Parameters
    ----------
    cells : Table of text
        The rows.
    begins : int
        Number of the first one; the first of a file is 1.
    notes : sequence of str
        What the reader says about the file.
    """
    lines = np.arange(begins, begins + cells.num_rows, dtype=np.int64)
    return Part(cells, lines, no_uneven(), records=cells.num_rows, notes=tuple(notes))
