"""The sample's planted ways beside what is measured of them, area by area.

A delivery is written, taken in through its profiles like any other, measured, protected
and derived as a notebook does; what is planted stands in the truth beside the delivery.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kimeval.core.area import areas
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.data.deliveries import read_delivery
from kimeval.data.ingest import ingest
from kimeval.data.sample import write_sample
from kimeval.data.sample.programme import settings
from kimeval.protect import Rules, derive, protect
from kimeval.referrals import Span, answers, sent_back, sphere_changes, waiting

PROFILES = Path(__file__).resolve().parents[1] / "profiles"
SEED = 2024
AS_OF, LAST = dt.date(2024, 10, 15), Quarter(2024, 3)
TABLES = ("clients", "cases", "contacts", "referrals", "legal_spheres")
CHANGE = "AsylbLG → SGB II"
DAYS = ("half", "gap_days")
MEASURES = {
    "returned": "Rückverweisungen 2023, %",
    "accepted_30": "angenommen binnen 30 Tagen, %",
    "accepted_60": "angenommen binnen 60 Tagen, %",
    "half": "Tage bis zur Antwort",
    "no_gap": f"{CHANGE} ohne Lücke, %",
    "gap_days": f"{CHANGE}: Tage ohne Rechtskreis",
}


@dataclass(frozen=True)
class Found:
    """One measure of one area.

    Attributes
    ----------
    place, measure : str
        Area, with the seed where it is another one; and key of `MEASURES`.
    truth, value, lower, upper : float
        Shares in percent; NaN where it was refused.
    """

    place: str
    measure: str
    truth: float
    value: float
    lower: float
    upper: float

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        return bool(self.lower <= self.truth <= self.upper)


def chosen(text: str) -> list[str]:
    """Codes of the areas that have a programme, all of them or those named."""
    begun = [code for code, setting in settings(SEED).items() if setting.start]
    return begun if text == "all" else [code for code in text.split(",") if code in begun]


def found_in(code: str, seed: int = SEED) -> list[Found]:
    """Every measure of an area, from a delivery made for it."""
    with tempfile.TemporaryDirectory() as home:
        (folder,) = write_sample(Path(home), [areas()[code]], AS_OF, seed=seed)
        truth = json.loads(folder.with_name(f"truth-{AS_OF}.json").read_text("utf-8"))
        held = ingest(read_delivery(folder), PROFILES)
        tables = {name: held.frame(name) for name in TABLES if name in held.tables}
    data = Dataset(areas()[code], AS_OF, tables, True)
    place = areas()[code].name + (f", Startwert {seed}" if seed != SEED else "")
    rows, planted = _rows(data), _planted(truth)
    return [_compared(place, name, planted[name], rows[name]) for name in MEASURES]


def _rows(data: Dataset) -> dict[str, pd.DataFrame]:
    """The row of each measure, or none where a class or a change does not occur."""
    back = sent_back(data, LAST, span=Span.year(LAST)).frame
    waited = derive(waiting, protect(answers(data, LAST), Rules())).frame
    changed = sphere_changes(data, LAST).frame
    changed = changed[changed["group"] == CHANGE]
    by_day = waited["group"].where(waited["indicator"] == "accepted_within", "")
    return {
        "returned": back[back["indicator"] == "referrals_returned"],
        "accepted_30": waited[by_day == "bis 30 Tage"],
        "accepted_60": waited[by_day == "bis 60 Tage"],
        "half": waited[waited["indicator"] == "days_to_answer"],
        "no_gap": changed[changed["indicator"] == "sphere_without_gap"],
        "gap_days": changed[changed["indicator"] == "days_without_sphere"],
    }


def _planted(truth: Mapping[str, Any]) -> dict[str, float]:
    """What is planted, shares in percent."""
    waits, changes = truth["waiting_days"], truth["legal_sphere_gaps"]["planted"]
    expected = truth["ping_pong"]["expected_per_100"]["2023"]
    return {
        "returned": np.nan if expected is None else float(expected),
        "accepted_30": 100 * float(waits["accepted_within_days"]["30"]),
        "accepted_60": 100 * float(waits["accepted_within_days"]["60"]),
        "half": float(waits["median_until_answer"]),
        "no_gap": 100 * float(changes["no_gap"]),
        "gap_days": float(changes["median"]),
    }


def _compared(place: str, name: str, truth: float, rows: pd.DataFrame) -> Found:
    factor = 1.0 if name in DAYS else 100.0
    numbers = [np.nan] * 3
    if len(rows):
        numbers = [factor * float(rows[column].iloc[0]) for column in ("value", "lower", "upper")]
    return Found(place, name, truth, *numbers)
