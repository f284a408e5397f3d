"""Who is in the data: persons across providers, with their attributes (Personen)."""

from __future__ import annotations

import pandas as pd

from kimeval.core.area import Area
from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset
from kimeval.core.errors import DataError, suggestion
from kimeval.core.persons import PARTNERS, people, with_person
from kimeval.core.quarter import Quarter

UNKNOWN = "unbekannt"
OUTSIDE = "außerhalb des Gebiets"
AGE_BANDS = {"unter 18": 18, "18 bis 27": 28, "28 bis 39": 40, "40 bis 59": 60, "60 und älter": 200}
CODED = (
    "gender",
    "nationality",
    "language_level",
    "legal_sphere",
    "residence_title",
    "partner_programme",
)
HISTORIES = {"legal_sphere": ("legal_spheres", "sphere"), "residence_title": ("residence", "title")}
DIMENSIONS = {
    "provider": "Träger",
    "ags": "Wohngemeinde",
    "gender": "Geschlecht",
    "age_band": "Altersgruppe",
    "nationality": "Staatsangehörigkeit",
    "language_level": "Sprachstand bei Aufnahme",
    "legal_sphere": "Rechtskreis",
    "residence_title": "Aufenthaltstitel",
    "partner_programme": "weiteres Förderprogramm",
    "kim": "im KIM bekannt",
}
OF_ROWS = ("provider", "kim")


def of_kim(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without those of a partner (JMD, MBE, Teilhabemanagement), who is funded apart.

    A partner is a provider whose name in the profile is a code of partner_programme.
    """
    return rows[~rows["provider"].isin(PARTNERS)]


def kim_cases(dataset: Dataset) -> pd.DataFrame:
    """All cases of case management with the person behind each, none of a partner."""
    return of_kim(with_person(dataset, "cases"))


def contacts(dataset: Dataset) -> pd.DataFrame:
    """All contacts of case management with their person, sorted by person and day."""
    rows = of_kim(with_person(dataset, "contacts"))
    order = ["person_id", "contact_on", "contact_id"]
    return rows.sort_values(order, kind="stable", ignore_index=True)


def in_quarter(rows: pd.DataFrame, column: str, quarter: Quarter) -> pd.DataFrame:
    """Rows whose date lies in the quarter."""
    return rows[rows[column].between(pd.Timestamp(quarter.start), pd.Timestamp(quarter.end))]


def first_contacts(dataset: Dataset) -> pd.DataFrame:
    """The first contact of each person with any provider."""
    return contacts(dataset).drop_duplicates("person_id")


def status_on(dataset: Dataset, dimension: str, day: pd.Timestamp) -> pd.Series:
    """Legal sphere or residence title of each person on a day (Rechtskreis, Titel).

    Parameters
    ----------
    dataset : Dataset
        With table legal_spheres or residence.
    dimension : str
        `legal_sphere` or `residence_title`.
    day : Timestamp

    Returns
    -------
    Series of str, indexed by person_id
        What began last, where several are open.
    """
    name, column = HISTORIES[dimension]
    rows = with_person(dataset, name)
    open_ = (rows["valid_from"] <= day) & ~(rows["valid_to"] < day)
    latest = (
        rows[open_]
        .sort_values("valid_from", kind="stable")
        .drop_duplicates("person_id", keep="last")
    )
    return latest.set_index("person_id")[column]


def german_dimension(dimension: str) -> str:
    """German name of a dimension (Merkmal).

    Raises
    ------
    DataError
        If there is no such dimension.
    """
    if dimension not in DIMENSIONS:
        raise DataError(
            f"Persons are told apart by a known dimension, got '{dimension}'. "
            f"{suggestion(dimension, DIMENSIONS)}"
        )
    return DIMENSIONS[dimension]


def groups_of(
    dataset: Dataset, rows: pd.DataFrame, dimension: str, quarter: Quarter
) -> tuple[pd.Series, list[str]]:
    """German group of each row in one dimension, and all groups in order.

    Parameters
    ----------
    dataset : Dataset
        With table clients (legal_spheres, residence for those two).
    rows : DataFrame, shape (rows, any)
        With person_id; with provider for dimension provider.
    dimension : str
        One of `DIMENSIONS`.
    quarter : Quarter
        Age, legal sphere and title are those at its end.

    Returns
    -------
    tuple of Series of str, shape (rows,), and list of str
        `unbekannt` where the attribute is missing.
    """
    german_dimension(dimension)
    if dimension in OF_ROWS:
        return _told_by_rows(dataset, rows, dimension)
    persons = people(dataset)
    if dimension in HISTORIES:
        status = status_on(dataset, dimension, pd.Timestamp(quarter.end))
        values = rows["person_id"].map(status)
    elif dimension == "age_band":
        values = rows["person_id"].map(age_band(persons["birth_year"], quarter))
    else:
        values = rows["person_id"].map(persons[dimension])
    if dimension == "ags":
        return _towns(values, dataset.area)
    if dimension in CODED:
        labels = codes(dimension)
        values, order = values.map(labels), list(dict.fromkeys(labels.values()))
    else:
        order = list(AGE_BANDS)
    return values.fillna(UNKNOWN), list(dict.fromkeys([*order, UNKNOWN]))


def _told_by_rows(
    dataset: Dataset, rows: pd.DataFrame, dimension: str
) -> tuple[pd.Series, list[str]]:
    """Groups of a dimension that a row has and not the person behind it."""
    if dimension not in rows:
        raise DataError(
            f"The dimension '{dimension}' tells other rows apart, not these. Leave it out of `by`."
        )
    if dimension == "provider":
        named = rows["provider"].map(dataset.provider_name)
        return named, sorted(named.unique())
    named = rows[dimension].fillna(UNKNOWN)
    return named, sorted(named.unique())


def age_band(birth_year: pd.Series, quarter: Quarter) -> pd.Series:
    """Age band by the age reached in the quarter's year; only the year of birth is known."""
    age = (quarter.year - birth_year).astype("Float64")
    bounds = [-1, *(below - 1 for below in AGE_BANDS.values())]
    return pd.cut(age.astype("float64"), bounds, labels=list(AGE_BANDS)).astype("str")


def _towns(values: pd.Series, area: Area) -> tuple[pd.Series, list[str]]:
    names = {town.ags: town.name for town in area.municipalities}
    named = values.map(names)
    named = named.where(named.notna() | values.isna(), OUTSIDE).fillna(UNKNOWN)
    return named, [*names.values(), OUTSIDE, UNKNOWN]
