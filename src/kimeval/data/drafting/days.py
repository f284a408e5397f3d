"""Dates recognised in the cells of a column (Datumsformate)."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

DAY_ZERO = dt.date(1899, 12, 30).toordinal()
SERIAL = re.compile(r"[1-6]\d{4}(?:[.,]\d+)?")
SERIALS_FROM, SERIALS_TO = 10_000, 55_000
SHAPES = (
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), ("%d.%m.%Y",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}"), ("%d.%m.%y",)),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), ("%Y-%m-%d",)),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), ("%d/%m/%Y", "%m/%d/%Y")),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}"), ("%d-%m-%Y",)),
    (re.compile(r"\d{4}/\d{2}/\d{2}"), ("%Y/%m/%d",)),
    (re.compile(r"(?:19|20)\d{6}"), ("%Y%m%d",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{2}:\d{2}"), ("%d.%m.%Y %H:%M",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{2}:\d{2}:\d{2}"), ("%d.%m.%Y %H:%M:%S",)),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"), ("%Y-%m-%d %H:%M",)),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"), ("%Y-%m-%d %H:%M:%S",)),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}"), ("%Y-%m-%dT%H:%M",)),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"), ("%Y-%m-%dT%H:%M:%S",)),
)
FRACTION = re.compile(r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
LEAST, MOST = dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)


@dataclass(frozen=True)
class Days:
    """The dates of a column (Tage).

    Attributes
    ----------
    forms : Counter of str
        Rows read by each format; serial days of workbooks count as excel.
    ordinals : ndarray of float, shape (rows,)
        Day of each row, NaN where there is none. Personal.
    share : float
        Of filled rows that are dates.
    timed : float
        Share of filled rows with a time of day other than midnight.
    undecided : bool
        Days and months may have changed places: no day above 12 tells.
    """

    forms: Counter[str] = field(default_factory=Counter)
    ordinals: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)
    share: float = 0.0
    timed: float = 0.0
    undecided: bool = False


def days_of(cells: Sequence[str], texts: Counter[str]) -> Days:
    """Recognise dates.

    Parameters
    ----------
    cells : sequence of str, shape (rows,)
        Tidied cells; "" where nothing stands.
    texts : Counter of str
        The distinct filled ones.

    Returns
    -------
    Days
    """
    swapped = _american(texts)
    read = {text: _moment(text, swapped) for text in texts}
    forms: Counter[str] = Counter()
    timed = 0
    for text, (form, moment) in read.items():
        if moment is not None:
            forms[form] += texts[text]
            timed += texts[text] * (moment.time() != dt.time())
    filled = max(1, texts.total())
    found = {t: float(m.toordinal()) for t, (_, m) in read.items() if m is not None}
    ordinals = np.array([found.get(cell, np.nan) for cell in cells])
    slashes = any(form in ("%d/%m/%Y", "%m/%d/%Y") for form in forms)
    undecided = slashes and swapped is None
    return Days(forms, ordinals, forms.total() / filled, timed / filled, undecided)


def _american(texts: Counter[str]) -> bool | None:
    """Whether the month stands first in dates with slashes; None where nothing tells."""
    pairs = [re.fullmatch(r"(\d{1,2})/(\d{1,2})/\d{4}", text) for text in texts]
    first = sum(int(match[1]) > 12 for match in pairs if match)
    second = sum(int(match[2]) > 12 for match in pairs if match)
    return None if first == second else second > first


def _moment(text: str, american: bool | None) -> tuple[str, dt.datetime | None]:
    if SERIAL.fullmatch(text):
        days = int(text[:5])
        if SERIALS_FROM <= days <= SERIALS_TO:
            return "excel", dt.datetime.fromordinal(DAY_ZERO + days)
        return "", None
    if (match := FRACTION.fullmatch(text)) and match[1] != text:
        text = match[1]
    for shape, forms in SHAPES:
        if shape.fullmatch(text):
            form = forms[-1] if american and len(forms) > 1 else forms[0]
            return form, _parsed(text, form)
    return "", None


def _parsed(text: str, form: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.strptime(text, form)
    except ValueError:
        return None
    return moment if LEAST <= moment < MOST else None
