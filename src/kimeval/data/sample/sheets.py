"""Rows of one export file as text, before anything goes wrong in them (Tabellenblatt)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kimeval.core.codes import codes
from kimeval.data.sample.known import Frames, systems
from kimeval.data.sample.offers import NUMBERS
from kimeval.data.sample.spelling import respelled

CODED = {
    "gender": "gender",
    "nationality": "nationality",
    "language_level": "language_level",
    "partner_programme": "partner_programme",
    "closing_reason": "closing_reason",
    "mode": "contact_mode",
    "from_agency": "agency",
    "to_agency": "agency",
    "agency": "agency",
    "topic": "topic",
    "outcome": "referral_outcome",
    "placement_type": "placement_type",
    "sphere": "legal_sphere",
    "title": "residence_title",
}
YES_NO = ("with_appointment", "completed")
EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")
Rows = list[list[str]]


@dataclass(frozen=True)
class Sheet:
    """One export file (Tabellenblatt).

    Attributes
    ----------
    provider, kind, name : str
        System, kind of file, name of the file.
    header : tuple of str
        Its columns.
    frame : DataFrame
        What the rows mean, without any error.
    rows : list of list of str
        Their text, in the order of `frame`.
    """

    provider: str
    kind: str
    name: str
    header: tuple[str, ...]
    frame: pd.DataFrame = field(repr=False)
    rows: Rows = field(repr=False)


def make_sheets(provider: str, frames: Frames) -> list[Sheet]:
    """Text of every file of a provider."""
    files = systems()[provider]["files"]
    return [_sheet(provider, kind, files[kind], frames[kind]) for kind in files]


def date_style(provider: str, kind: str) -> Callable[[pd.Series], list[str]]:
    """How a file writes its dates; a missing one is empty."""
    system = systems()[provider]
    return DATES[system["files"][kind].get("date", system["date"])]


def encoded(provider: str, header: tuple[str, ...], rows: Rows, as_of: dt.date) -> bytes:
    """A file's bytes: comment rows, header, rows and footer."""
    system = systems()[provider]
    facts = {"as_of": f"{as_of:%d.%m.%Y}", "rows": len(rows)}
    text = io.StringIO()
    for line in system["before"]:
        text.write(line.format(**facts) + "\r\n")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([list(header), *rows])
    for line in system["after"]:
        text.write(line.format(**facts) + "\r\n")
    return text.getvalue().encode(system["encoding"])


def _sheet(provider: str, kind: str, layout: Mapping[str, Any], frame: pd.DataFrame) -> Sheet:
    frame = frame.reset_index(names="row")
    spelled = respelled(frame) if kind == "faelle" else frame
    columns = [_texts(provider, kind, spelled, name) for name in layout["columns"].values()]
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    return Sheet(provider, kind, layout["name"], tuple(layout["columns"]), frame, rows)


def _texts(provider: str, kind: str, frame: pd.DataFrame, name: str) -> list[str]:
    if name == "ags_number":
        return [str(int(ags)) if pd.notna(ags) else "" for ags in frame["ags"]]
    values = frame[name]
    if name in NUMBERS:
        return [systems()[provider]["untold"] if pd.isna(v) else str(v) for v in values]
    if name in CODED:
        texts = _code_texts(provider, name)
        return [texts[code] if code else "" for code in values]
    if name in YES_NO:
        yes, no = systems()[provider]["yes_no"]
        return ["" if pd.isna(v) else yes if v else no for v in values]
    if pd.api.types.is_datetime64_any_dtype(values):
        return date_style(provider, kind)(values)
    return ["" if pd.isna(v) else str(v) for v in values]


def _code_texts(provider: str, name: str) -> dict[str, str]:
    declared: Mapping[str, Any] = systems()[provider]["codes"]
    own = dict(declared[name] if name in declared else declared["default"])
    by_label = own.pop("mode") == "label"
    usual = {code: label if by_label else code for code, label in codes(CODED[name]).items()}
    return usual | own


def _german(dates: pd.Series) -> list[str]:
    return [f"{d:%d.%m.%Y}" if pd.notna(d) else "" for d in dates]


def _iso(dates: pd.Series) -> list[str]:
    return [f"{d:%Y-%m-%dT00:00}" if pd.notna(d) else "" for d in dates]


def _excel(dates: pd.Series) -> list[str]:
    return [str((d - EXCEL_DAY_ZERO).days) if pd.notna(d) else "" for d in dates]


DATES = {"german": _german, "iso": _iso, "excel": _excel}
