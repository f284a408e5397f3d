"""Do people who came without an appointment begin a measure more often (offene Sprechstunde)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.core.codes import label
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families, with_person
from kimeval.core.persons import people as persons
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.effects.effect import Estimated, refused
from kimeval.effects.people import Comparison, People, comparison, forest, people
from kimeval.effects.people.estimate import DESIGN
from kimeval.effects.plan import judge_together
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.told import PEOPLE, told

TEST = "measure_after_open_hours"
CAUSE = "die offene Sprechstunde"
OUTCOME, UNIT = "der Anteil mit begonnener Maßnahme", "share"
DAYS, YEARS = 180, 2
BALANCE, METHODS = "comparison_balance", "comparison_methods"
BEFORE, AFTER = "vor der Gewichtung", "nach der Gewichtung"
COMMON = 5
NOBODY = DesignRefused(
    "Niemand mit bekanntem Weg zum ersten Kontakt wurde ein halbes Jahr lang beobachtet.",
    "Kontakte mit der Angabe, ob ein Termin bestand.",
)


def open_hours(dataset: Dataset, quarter: Quarter) -> Results:
    """Measures begun within half a year, by how the first contact came about (Vergleich).

    Compared are persons whose first contact lies in the two years before the last half
    year, by whether it had no appointment. They are weighted to be alike in gender, age,
    level of German, common nationalities and time since arrival.

    Parameters
    ----------
    dataset : Dataset
        With tables contacts, clients and placements.
    quarter : Quarter
        To whose end people are followed.

    Returns
    -------
    Results
        As from `told`, differences in percentage points by method, and balance. Counts
        persons: the smaller group stands behind each row.
    """
    place = (str(quarter), dataset.area.code)
    try:
        given = _people(dataset, quarter)
        found = comparison(given, OUTCOME, UNIT, cause=CAUSE)
    except MissingTable as lacking:
        why = DesignRefused(str(lacking), "die Tabellen Kontakte, Personen und Vermittlungen.")
        return told({TEST: refused(DESIGN, OUTCOME, UNIT, why, CAUSE)}, *place, PEOPLE, 0)
    except DesignRefused as why:
        return told({TEST: refused(DESIGN, OUTCOME, UNIT, why, CAUSE)}, *place, PEOPLE, 0)
    behind = int(min((given.treated == arm).sum() for arm in (0, 1)))
    judged = told(judge_together({TEST: found.effect}), *place, PEOPLE, behind)
    return Results.together([judged, Results.of(_rows(given, found, behind, place))])


def _rows(given: People, found: Comparison, behind: int, place: tuple[str, str]) -> list[Row]:
    rows = []
    effect = found.effect
    own = Estimated(effect.value, effect.lower, effect.upper, effect.p, effect.level)
    others = {name: part.estimate for name, part in forest(given, found).items()}
    for name, one in {**others, effect.method: own}.items():
        rows.append(
            Row(
                METHODS,
                *place,
                dimension="method",
                group=name,
                value=100 * one.value,
                lower=100 * one.lower,
                upper=100 * one.upper,
                confidence=one.level,
                method=name,
                contributors=behind,
            )
        )
    for part in found.balance:
        for when, value in ((BEFORE, part.before), (AFTER, part.after)):
            group = f"{part.name} × {when}"
            rows.append(
                Row(
                    BALANCE,
                    *place,
                    dimension="balance",
                    group=group,
                    value=value,
                    method="standardisierte Differenz",
                    contributors=behind,
                )
            )
    return rows


def _people(dataset: Dataset, quarter: Quarter) -> People:
    end = pd.Timestamp(quarter.end) - pd.Timedelta(days=DAYS)
    contacts = with_person(dataset, "contacts").sort_values(["contact_on", "contact_id"])
    first = contacts.drop_duplicates("person_id").set_index("person_id")
    since = end - pd.DateOffset(years=YEARS)
    first = first[first["contact_on"].between(since, end) & first["with_appointment"].notna()]
    if first.empty:
        raise NOBODY
    begun = with_person(dataset, "placements").groupby("person_id")["started_on"].apply(list)
    reached = [_within(begun.get(one, []), on) for one, on in first["contact_on"].items()]
    x = _known_before(persons(dataset).reindex(first.index), first["contact_on"])
    family = families(dataset, first.index.to_series())
    return people(
        np.array(reached, dtype=float),
        (~first["with_appointment"].astype(bool)).to_numpy().astype(float),
        x.to_numpy(float),
        list(x.columns),
        family.to_numpy(),
    )


def _within(days: list[pd.Timestamp], contact: pd.Timestamp) -> bool:
    return any(contact < day <= contact + pd.Timedelta(days=DAYS) for day in days)


def _known_before(known: pd.DataFrame, contact: pd.Series) -> pd.DataFrame:
    """Columns known at the first contact; what is not stated is a level of its own."""
    age = contact.dt.year - known["birth_year"]
    waited = (contact - known["arrived_on"]).dt.days
    columns: dict[str, pd.Series] = {
        "weiblich": known["gender"] == "female",
        "unter 18 Jahren": age < 18,
        "18 bis 26 Jahre": age.between(18, 26),
        "über 44 Jahre": age > 44,
        "unter einem Jahr im Land": waited < 365,
        "Einreise nicht bekannt": waited.isna(),
        "Deutsch mindestens A2": known["language_level"].isin(["A2", "B1", "B2", "C1", "C2"]),
        "Deutsch nicht bekannt": known["language_level"].isna(),
    }
    for code in known["nationality"].value_counts().index[:COMMON]:
        columns[f"Staatsangehörigkeit {label('nationality', code)}"] = known["nationality"] == code
    return pd.DataFrame(columns).fillna(False).astype(float)
