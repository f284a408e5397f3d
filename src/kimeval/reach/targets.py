"""Which share of a target group is reached (Reichweite in Zielgruppen)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from kimeval.core.codes import codes
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.persons import families, people
from kimeval.core.quarter import Quarter
from kimeval.core.recordkeys import key_of
from kimeval.core.results import Results, Row
from kimeval.core.rows import both, refusal
from kimeval.core.supplied import EVERYWHERE, NOTHING_SUPPLIED, SphereRule, Supplied
from kimeval.reach.bases import Base, Wanted, base_for
from kimeval.reach.people import contacts, status_on
from kimeval.reach.rows import family_effect, share_over_base

INDICATOR = "coverage_target_group"
DIMENSION = "target_group"
YEAR = 4
UNTOLD = "ohne Personen, deren Alter, Aufenthaltstitel oder Rechtskreis nicht bekannt ist"
FOLDER = Path(__file__).parent


@cache
def target_groups() -> Mapping[str, Mapping[str, Any]]:
    """Declared target groups by code of population_measure (Zielgruppen)."""
    return MappingProxyType(tomllib.loads((FOLDER / "targets.toml").read_text(encoding="utf-8")))


@cache
def declared_rules() -> tuple[SphereRule, ...]:
    """Declared rules on legal spheres with a case management of their own."""
    text = (FOLDER / "own_case_management.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["rule"]
    return tuple(SphereRule(**{**one, "spheres": tuple(one["spheres"])}) for one in entries)


def rule_for(
    area: str, quarter: Quarter, supplied: Supplied = NOTHING_SUPPLIED
) -> SphereRule | None:
    """The rule that holds in an area on the quarter's last day.

    Parameters
    ----------
    area : str
        Code.
    quarter : Quarter
    supplied : Supplied
        Rules of the user come before the declared ones.

    Returns
    -------
    SphereRule or None
        None before the first rule.
    """
    for rules in (supplied.rules, declared_rules()):
        for place in (area, EVERYWHERE):
            begun = [r for r in rules if r.area == place and r.since <= quarter.end]
            if begun:
                return max(begun, key=lambda rule: rule.since)
    return None


def coverage_target_groups(
    dataset: Dataset,
    quarter: Quarter,
    supplied: Supplied = NOTHING_SUPPLIED,
    any_year: bool = False,
    level: float = 0.95,
) -> Results:
    """Share of each target group that had a contact in four quarters (Reichweite).

    Parameters
    ----------
    dataset : Dataset
        With contacts, clients, and residence or legal_spheres for who belongs where.
    quarter : Quarter
        Last of the four quarters; titles, spheres and ages are those at its end.
    supplied : Supplied
        Denominators and rules of the user; they come before those of table population.
    any_year : bool
        Whether a denominator of another year will do. The footnote says its day.
    level : float
        Coverage of the interval, in which families count as clusters.

    Returns
    -------
    Results
        One row per declared group. Refused without a denominator; for a legal sphere with
        a case management of its own; and where more were reached than the denominator
        can hold, with both sources.
    """
    rule = rule_for(dataset.area.code, quarter, supplied)
    rows = []
    for name, group in target_groups().items():
        wanted = Wanted(name, quarter.end, any_year=any_year)
        try:
            base, why = base_for(dataset, supplied.denominators, wanted)
            row = _row(dataset, quarter, group, base, _own(rule, group) or why, level)
        except MissingTable as found:
            row = refusal(INDICATOR, dataset, quarter, found)
        group_name = codes("population_measure")[name]
        rows.append(replace(row, dimension=DIMENSION, group=group_name))
    return Results.of(rows)


def _own(rule: SphereRule | None, group: Mapping[str, Any]) -> str:
    """Why a group is no target: its legal sphere has a case management of its own."""
    own = [s for s in group.get("spheres", ()) if rule and s in rule.spheres]
    if rule is None or not own:
        return ""
    spheres = ", ".join(codes("legal_sphere")[sphere] for sphere in own)
    kim = f" (KIM: {rule.kim})" if rule.kim else ""
    return f"{spheres} hat eigenes Fallmanagement{kim}, laut {rule.source}"


def _met(dataset: Dataset, quarter: Quarter) -> pd.Series:
    """Persons of the area with a contact in the four quarters, each once."""
    rows = contacts(dataset)
    start, end = pd.Timestamp((quarter - (YEAR - 1)).start), pd.Timestamp(quarter.end)
    met = rows.loc[rows["contact_on"].between(start, end), "person_id"].drop_duplicates()
    home = met.map(people(dataset)["ags"])
    towns = [town.ags for town in dataset.area.municipalities]
    return met[home.isna() | home.isin(towns)]


def _members(
    dataset: Dataset, quarter: Quarter, met: pd.Series, group: Mapping[str, Any]
) -> tuple[pd.Series, bool]:
    """Persons of a group among those met; whether some cannot be placed."""
    lacking = False
    if "age" in group:
        least, most = group["age"]
        age = quarter.year - met.map(people(dataset)["birth_year"]).astype("float64")
        lacking |= bool(age.isna().any())
        met = met[age.between(least, most)]
    for field, dimension in (("titles", "residence_title"), ("spheres", "legal_sphere")):
        if field in group:
            status = met.map(status_on(dataset, dimension, pd.Timestamp(quarter.end)))
            lacking |= bool((status.isna() | status.eq("unknown")).any())
            met = met[status.isin(group[field])]
    return met, lacking


def _row(
    dataset: Dataset,
    quarter: Quarter,
    group: Mapping[str, Any],
    base: Base | None,
    why: str,
    level: float,
) -> Row:
    everybody = _met(dataset, quarter)
    persons, lacking = _members(dataset, quarter, everybody, group)
    if why or base is None:
        return refusal(INDICATOR, dataset, quarter, why)
    if base.high == 0:
        return refusal(INDICATOR, dataset, quarter, "laut Quelle niemand in der Zielgruppe")
    if len(persons) > (base.high if math.isnan(base.persons) else base.persons):
        told = "mehr erreichte Personen (Tabellen clients, contacts) als im Nenner"
        return refusal(INDICATOR, dataset, quarter, f"{told}; {base.said or 'Tabelle population'}")
    status, reason = dataset.status_of_cases(quarter)
    if lacking:
        status, reason = "partial", both(reason, UNTOLD)
    place = Row(
        INDICATOR,
        str(quarter),
        dataset.area.code,
        status=status,
        reason=reason,
        record_key=key_of("person_id", persons),
    )
    effect = family_effect(families(dataset, everybody))
    return share_over_base(place, len(persons), base, level, effect)
