"""The rules of cleaning on whole columns of pandas, as an analyst writes them (Regeln).

Each function takes texts and gives values, masks of the cells that a rule mended
and masks of those that cannot be read. Both baselines use them: plain pandas on
all rows of a column, tuned pandas on its distinct texts.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kimeval.core.area import state
from kimeval.core.codes import codes

INVISIBLE = "[\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad]"
# Python's \s spelt out: with it pandas would leave Arrow and go cell by cell.
SPACES = "[\t-\r \x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
MISSING = ["", "-", "k. A."]
EARLIEST, LATEST = dt.datetime(1900, 1, 1), dt.datetime(2029, 10, 15)
TIME_BEHIND = r"^(.*[0-9])[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?\Z"
GARBLED = "[\u00c3\u00c2][\u0080-\u00bf\u0152-\u0178\u201a-\u2122]|\u00e2\u20ac|\ufffd"
GERMAN_NUMBER = r"^([+-]?)([1-9][0-9]{0,2}(?:[. ][0-9]{3})+|[0-9]+)(?:,([0-9]+))?\Z"
TRUE = dict.fromkeys(("ja", "j", "1", "true", "wahr", "yes"), True)
FALSE = dict.fromkeys(("nein", "n", "0", "false", "falsch", "no"), False)
Masks = dict[str, np.ndarray]


@dataclass(frozen=True)
class Read:
    """A column that was read (gelesene Spalte).

    Attributes
    ----------
    cells : Series, shape (texts,)
        In canonical type, missing where unknown or unreadable.
    rules : dict of str to ndarray of bool, shape (texts,)
        Cells that a rule mended.
    problems : dict of str to ndarray of bool, shape (texts,)
        Cells that cannot be read, by reason.
    """

    cells: pd.Series
    rules: Masks = field(default_factory=dict)
    problems: Masks = field(default_factory=dict)


Reader = Callable[[pd.Series], Read]


def tidy(cells: pd.Series) -> Read:
    """Text in NFC, without invisible characters, with single spaces; missing where unknown."""
    visible = cells.str.replace(INVISIBLE, "", regex=True)
    composed = visible.str.normalize("NFC")
    text = composed.str.replace(SPACES, " ", regex=True).str.strip()
    known = ~_mask(text.isin(MISSING))
    rules = {
        "invisible": _mask(visible != cells) & known,
        "unicode": _mask(composed != visible) & known,
        "spaces": _mask(text != composed) & known,
        "mojibake": _mask(text.str.contains(GARBLED)) & known,
    }
    return Read(text.where(known), rules)


def read_text(text: pd.Series) -> Read:
    """Text stays as it is."""
    return Read(text)


def read_date(text: pd.Series) -> Read:
    """Days as 31.12.2023, or ISO with a time behind, from 1900 to five years after the delivery."""
    day = _days(text, "%d.%m.%Y")
    rest = _mask(text.notna() & day.isna())
    timed = np.zeros(len(text), dtype=bool)
    if rest.any():
        before = text[rest].str.extract(TIME_BEHIND)[0]
        also = _days(before, "%d.%m.%Y").fillna(_days(before, "%Y-%m-%d"))
        timed[rest] = also.notna()
        day = day.fillna(also)
    outside = _mask(day.notna() & ~day.between(EARLIEST, LATEST))
    problems = {"date_invalid": rest & _mask(day.isna()), "date_out_of_range": outside}
    return Read(day.mask(outside), {"date_time": timed & ~outside}, problems)


def read_year(text: pd.Series) -> Read:
    """The year of a date, or a year alone, from 1900 to the latest possible."""
    alone = _mask(text.str.fullmatch("[0-9]{4}"))
    date = read_date(text.mask(alone))
    years = pd.to_numeric(text.where(alone), errors="coerce").astype("Int64")
    years = years.fillna(date.cells.dt.year.astype("Int64"))
    outside = _mask(years.notna() & ~years.between(1900, LATEST.year))
    years = years.mask(outside)
    rules = {"year_of_date": _mask(years.notna()) & ~alone}
    return Read(years, rules, date.problems | {"number_out_of_range": outside})


def read_minutes(text: pd.Series) -> Read:
    """Whole minutes of a day, thousands grouped by three or not at all."""
    digits = _mask(text.str.fullmatch("[+-]?[0-9]+"))
    number = pd.to_numeric(text.where(digits), errors="coerce").astype("Int64")
    rest = _mask(text.notna()) & ~digits
    parts = text[rest].str.replace("\N{MINUS SIGN}", "-").str.extract(GERMAN_NUMBER)
    parts = parts[parts[1].notna() & (parts[2].fillna("").str.rstrip("0") == "")]
    whole = parts[1].str.replace("[. ]", "", regex=True)
    mended = pd.to_numeric(parts[0].fillna("") + whole, errors="coerce").astype("Int64")
    grouped = pd.Series(False, index=text.index)
    grouped[whole.index] = whole != parts[1]
    number = number.fillna(mended) if rest.any() else number
    invalid = rest & _mask(number.isna())
    outside = _mask(number.notna() & ~number.between(0, 1440))
    problems = {"number_invalid": invalid, "number_out_of_range": outside}
    return Read(number.mask(outside), {"thousands": _mask(grouped) & ~outside}, problems)


def read_ags(text: pd.Series) -> Read:
    """An AGS of eight digits; in NRW it must be a municipality that exists."""
    decimal = _mask(text.str.fullmatch("[0-9]{7,8}[.,]0"))
    ags = text.where(~decimal, text.str[:-2]) if decimal.any() else text
    short = _mask(ags.str.fullmatch("[0-9]{7}"))
    ags = ags.where(~short, "0" + ags) if short.any() else ags
    towns = [town.ags for town in state().municipalities]
    form = _mask(ags.str.fullmatch("(0[1-9]|1[0-6])[0-9]{6}"))
    valid = form & (_mask(ags.isin(towns)) | ~_mask(ags.str.startswith("05")))
    rules = {"ags_decimal": decimal & valid, "ags_zero": short & valid}
    return Read(ags.where(valid), rules, {"ags_invalid": _mask(ags.notna()) & ~valid})


def code_reader(name: str) -> Reader:
    """Reader of one code list: the code itself, or its German label."""
    own = {code.casefold(): code for code in codes(name)}
    labels = {label.casefold(): code for code, label in codes(name).items()}

    def read_code(text: pd.Series) -> Read:
        folded = text.str.casefold()
        code = folded.map(labels | own)
        by_label = _mask(code.notna() & ~folded.isin(list(own)))
        unknown = _mask(text.notna() & code.isna())
        return Read(code.astype("str"), {"code_label": by_label}, {"code_unknown": unknown})

    return read_code


def nearest_label(text: str, name: str) -> str:
    """German label of the code that comes nearest to an unknown text, empty if none is near."""
    known = {label.casefold(): label for label in codes(name).values()}
    known |= {code.casefold(): label for code, label in codes(name).items()}
    folded = tidy(pd.Series([text], dtype="str")).cells.str.casefold()[0]
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.75)
    return known[near[0]] if near else ""


def read_bool(text: pd.Series) -> Read:
    """Yes or no in plain German."""
    answer = text.str.casefold().map(TRUE | FALSE).astype("boolean")
    return Read(answer, {}, {"code_unknown": _mask(text.notna() & answer.isna())})


def _days(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[us]")


def _mask(found: pd.Series) -> np.ndarray:
    return found.to_numpy(dtype=bool, na_value=False)
