"""Legal spheres month by month, and types of ways through them (Rechtskreise, Typen)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import with_person
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import TOTAL, Results, Row
from kimeval.core.rows import refusal
from kimeval.referrals.refusals import TooFew
from kimeval.referrals.sequences import Sequences, entropy
from kimeval.referrals.spells import monthly_states
from kimeval.referrals.typology import LEAST_EACH, LEAST_PERSONS, Method, Typology, typology
from kimeval.referrals.usual_spheres import usual_rows

SPHERE, TYPE = "legal_sphere", "path_type"
MAINLY = f"{TYPE} × {SPHERE}"
USUALLY = "usual_sphere_days"
GAP = "ohne Eintrag"
NOBODY = "kein Rechtskreis erfasst"
METHODS = {"ward": "Ward", "average": "Average Linkage", "pam": "PAM"}
FEW = (
    f"zu wenige Personen oder verschiedene Verläufe für so viele Typen (mindestens "
    f"{LEAST_PERSONS} Personen, {LEAST_EACH} je Typ)"
)
HIDDEN = "eine Zahl des Monats ist gesperrt"


def sphere_sequences(dataset: Dataset, last: Quarter, months: int) -> Sequences:
    """Legal sphere of each person in each month (Rechtskreise nach Monaten).

    Parameters
    ----------
    dataset : Dataset
        With tables legal_spheres and clients.
    last : Quarter
        The months end with it, or with the last whole month that the delivery knows.
    months : int
        How many.

    Returns
    -------
    Sequences
        German names; the longest sphere of a month holds. A recorded `unbekannt` is a
        state, and `ohne Eintrag` a month between two spells; before the first and after
        the last one nothing is known.

    Raises
    ------
    MissingTable
        If the delivery does not hold them.
    """
    rows = with_person(dataset, "legal_spheres")
    whole = np.datetime64(dataset.as_of, "D") + 1
    end = min(np.datetime64(last.end, "M"), whole.astype("datetime64[M]") - 1)
    return monthly_states(
        rows["person_id"],
        rows["sphere"].map(codes(SPHERE)),
        rows["valid_from"].to_numpy(),
        rows["valid_to"].to_numpy(),
        str(end - (months - 1)),
        str(end),
        gap=GAP,
    )


def spheres_by_month(dataset: Dataset, quarter: Quarter, months: int = 12) -> Results:
    """Persons in each legal sphere, month by month (Zustandsverteilung).

    Parameters
    ----------
    dataset : Dataset
        With tables legal_spheres and clients.
    quarter : Quarter
        The last one.
    months : int
        How many.

    Returns
    -------
    Results
        For each month, such as `2024-07`, all persons with a recorded sphere, and each
        sphere that occurs; refused where there is none. Months between two spells are not
        counted: so few are without an entry that they would hide others (`sphere_changes`
        tells of gaps).
    """
    name = "persons_in_sphere"
    try:
        made = sphere_sequences(dataset, quarter, months)
    except MissingTable as found:
        return Results.of([refusal(name, dataset, quarter, found)])
    persons = np.array(made.persons, dtype=object)
    rows, gap = [], made.states.index(GAP)
    for month, held in zip(made.months.astype(str), made.codes.T, strict=True):
        place = _place(name, dataset, Quarter.of(pd.Period(month).end_time))
        place = replace(place, period=month)
        known = (held >= 0) & (held != gap)
        if known.any():
            rows.append(_counted(place, persons[known]))
        for code in np.unique(held[known]):
            part = replace(place, dimension=SPHERE, group=made.states[code])
            rows.append(_counted(part, persons[held == code]))
    return Results.of(rows or [refusal(name, dataset, quarter, NOBODY)])


def sphere_entropy(frame: pd.DataFrame) -> Results:
    """How evenly persons are spread over the spheres (Entropie); for `derive`.

    Parameters
    ----------
    frame : DataFrame, shape (rows, 18)
        Protected results of `spheres_by_month`.

    Returns
    -------
    Results
        For each month the Shannon entropy over all spheres there are, from 0 (all in one)
        to 1 (all equally frequent); refused where a number of the month is hidden.
    """
    rows, states = [], len(codes(SPHERE))
    told = frame[(frame["indicator"] == "persons_in_sphere") & (frame["dimension"] == SPHERE)]
    for (period, area), part in told.groupby(["period", "area"], sort=True):
        place = Row("sphere_entropy", str(period), str(area))
        if part["value"].isna().any():
            rows.append(replace(place, status="refused", reason=HIDDEN))
            continue
        counts = np.zeros(states)
        counts[: len(part)] = part["value"]
        value = float(entropy(counts[None])[0])
        rows.append(replace(place, value=value, method="aus veröffentlichten Zahlen"))
    return Results.of(rows)


def path_types(
    dataset: Dataset,
    quarter: Quarter,
    groups: int = 4,
    months: int = 24,
    method: Method = "ward",
    least_months: int = 12,
) -> Results:
    """Persons in types of similar ways through the legal spheres (Typologie).

    Parameters
    ----------
    dataset : Dataset
        With tables legal_spheres and clients.
    quarter : Quarter
        The last one.
    groups : int
        How many types; stated, not found.
    months, least_months : int
        Length of the ways, and of how many months a sphere must be known.
    method : str
        `ward`, `average` or `pam`, on distances by optimal matching with costs from
        transitions.

    Returns
    -------
    Results
        All persons, each type, the largest first, and each type by the sphere held most
        months (the first by name among equals). The column `method` tells the average
        silhouette. Then the stretches of months in which half of a type are in one sphere
        (`usual_rows`). Refused where there are too few persons.
    """
    name = "persons_in_path_type"
    try:
        made = sphere_sequences(dataset, quarter, months)
        found = typology(made, groups, method=method, least_months=least_months)
    except MissingTable as missing:
        return Results.of([refusal(name, dataset, quarter, missing)])
    except TooFew:
        return Results.of([refusal(name, dataset, quarter, FEW)])
    place = replace(_place(name, dataset, quarter), method=_said(found))
    persons = np.array(made.persons, dtype=object)
    mainly = _mainly(made)
    rows = [_counted(place, persons[found.group >= 0])]
    for group in range(groups):
        inside, title = found.group == group, f"Typ {group + 1}"
        rows.append(_counted(replace(place, dimension=TYPE, group=title), persons[inside]))
        for code in np.unique(mainly[inside]):
            both = f"{title} × {made.states[code]}"
            cell = replace(place, dimension=MAINLY, group=both)
            rows.append(_counted(cell, persons[inside & (mainly == code)]))
    usual = replace(_place(USUALLY, dataset, quarter), method="")
    titles = [f"Typ {group + 1}" for group in range(groups)]
    return Results.of([*rows, *usual_rows(made, found.group, titles, usual)])


def _mainly(made: Sequences) -> np.ndarray:
    """State of the most months of each person, shape (persons,)."""
    size = len(made.states)
    row, month = np.nonzero(made.codes >= 0)
    cells = row * size + made.codes[row, month]
    return np.bincount(cells, minlength=len(made) * size).reshape(len(made), size).argmax(axis=1)


def _said(found: Typology) -> str:
    width = f"{found.average_width:.2f}".replace(".", ",")
    return f"Optimal Matching, {METHODS[found.method]}; mittlere Silhouette {width}"


def _place(name: str, dataset: Dataset, quarter: Quarter) -> Row:
    status, reason = dataset.status_of_cases(quarter)
    return Row(name, str(quarter), dataset.area.code, dimension=TOTAL, status=status,
               reason=reason, method="Auszählung")  # fmt: skip


def _counted(place: Row, persons: np.ndarray) -> Row:
    number = len(persons)
    key = key_of("person_id", persons)
    return replace(place, value=number, numerator=number, contributors=number, record_key=key)
