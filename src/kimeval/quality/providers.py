"""What each provider counts, whom several know, whose export is cut (Träger)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from kimeval.core.codes import label
from kimeval.core.dataset import Dataset
from kimeval.core.recordkeys import key_of
from kimeval.core.results import TOTAL, Results, Row, refused
from kimeval.data.contradictions import ONLY_ACTIVE
from kimeval.data.ledger import Ledger

NO_HOUSEHOLDS = "Der Träger nennt keine Haushalte"
NO_NUMBERS = "Der Träger nennt keine Zahl der Personen im Fall"
SOME_NUMBERS = "Bei einem Teil der Fälle fehlt die Zahl der Personen"
NO_PERSONS = "Die Lieferung enthält keine Personen"


@dataclass(frozen=True)
class ActiveOnly:
    """A provider whose export drops closed cases (Auszug laufender Fälle).

    Attributes
    ----------
    provider : str
        As a reader knows it.
    declared : bool
        Whether the profile says so; else it was seen in the cases.
    """

    provider: str
    declared: bool


def active_only(ledger: Ledger, dataset: Dataset) -> list[ActiveOnly]:
    """Providers whose export drops closed cases, declared ones first (nur laufende Fälle)."""
    accounts, findings = ledger.accounts, ledger.findings
    declared = set(accounts.loc[accounts["only_active"], "provider"])
    seen = set(findings.loc[findings["rule"] == ONLY_ACTIVE, "provider"]) - declared
    return [
        ActiveOnly(dataset.provider_name(provider), provider in declared)
        for provider in [*sorted(declared), *sorted(seen)]
    ]


def unit_of_cases(dataset: Dataset) -> dict[str, str]:
    """What a case of each provider is, in German, by its name in a report (Einheit)."""
    held = dataset.table_or_empty("cases").groupby("provider")["unit"]
    return {
        dataset.provider_name(str(provider)): " oder ".join(
            label("unit", code) for code in sorted(units.dropna().unique())
        )
        for provider, units in held
    }


def units_by_provider(dataset: Dataset) -> Results:
    """Cases, households and persons of each provider, side by side (Einheiten).

    There are no totals: a case of one provider is a person and of the next a
    household, and a person whom two know would count twice.

    Returns
    -------
    Results
        Up to four rows per provider; refused where it does not tell.
    """
    rows: list[Row] = []
    for provider, cases in dataset.table_or_empty("cases").groupby("provider"):
        rows += _of_cases(dataset, dataset.provider_name(str(provider)), cases)
    for provider, clients in dataset.table_or_empty("clients").groupby("provider"):
        persons = clients["client_id"].nunique()
        name = dataset.provider_name(str(provider))
        key = key_of("client_id", clients["client_id"])
        rows.append(_row("persons_recorded", dataset, name, persons, persons, key=key))
    return Results.of(rows)


def persons_shared(ledger: Ledger, dataset: Dataset) -> Results:
    """Persons known to more than one provider, in total and by pair (gemeinsame Personen).

    Parameters
    ----------
    ledger : Ledger
        Persons of each pair of providers.
    dataset : Dataset
        For the total, in which a person counts once.

    Returns
    -------
    Results
        Pairs may add up to more than the total: a person whom three providers
        know is in three pairs.
    """
    if "clients" not in dataset.tables:
        where = (str(dataset.as_of), dataset.area.code)
        return Results.of([refused("persons_shared", *where, NO_PERSONS)])
    clients = dataset.tables["clients"]
    known = clients.groupby("person_id")["provider"].nunique()
    total = int((known > 1).sum())
    held = {name: set(ids.dropna()) for name, ids in clients.groupby("provider")["person_id"]}
    pairs = [
        _row(
            "persons_shared",
            dataset,
            _pair(dataset, entry),
            n,
            n,
            dimension="providers",
            key=_key_of_pair(held, entry),
        )
        for entry, n in zip(
            ledger.linked.to_dict("records"), ledger.linked["persons"].tolist(), strict=True
        )
    ]
    key = key_of("person_id", known.index[known > 1])
    whole = _row("persons_shared", dataset, "", total, total, dimension=TOTAL, key=key)
    return Results.of([whole, *pairs])


def _key_of_pair(held: dict[object, set[object]], entry: dict) -> float:
    both = held.get(entry["provider"], set()) & held.get(entry["other"], set())
    return key_of("person_id", both) if both else math.nan


def _pair(dataset: Dataset, entry: dict) -> str:
    names = (dataset.provider_name(entry[side]) for side in ("provider", "other"))
    return " und ".join(sorted(names, key=str.casefold))


def pairs_doubtful(ledger: Ledger, dataset: Dataset) -> Results:
    """Pairs of records that may be one person and wait for a decision (Zweifelsfälle)."""
    waiting = float(ledger.doubtful["pairs"].sum())
    where = (str(dataset.as_of), dataset.area.code)
    return Results.of([Row("pairs_doubtful", *where, waiting, method="Auszählung")])


def _of_cases(dataset: Dataset, provider: str, cases: pd.DataFrame) -> list[Row]:
    people = cases["client_id"].fillna(cases["case_id"]).nunique()
    households, persons = _households(cases), cases["persons"]
    homes = cases["household_id"].fillna(cases["case_id"])
    sized = (cases["case_id"] + " " + persons.astype(str))[persons.notna()]
    known = persons.notna()
    reason = NO_HOUSEHOLDS if math.isnan(households) else ""
    missing = "" if known.all() else SOME_NUMBERS if known.any() else NO_NUMBERS
    total = float(persons.sum()) if known.any() else math.nan
    return [
        _row(
            "cases_recorded",
            dataset,
            provider,
            cases["case_id"].nunique(),
            people,
            key=key_of("case_id", cases["case_id"]),
        ),
        _row(
            "households_recorded",
            dataset,
            provider,
            households,
            people,
            reason,
            key=key_of("household", homes),
        ),
        _row(
            "persons_in_cases",
            dataset,
            provider,
            total,
            people,
            missing,
            key=key_of("persons_in_cases", sized),
        ),
    ]


def _households(cases: pd.DataFrame) -> float:
    """Distinct households; a case without one is its own, where the provider names any."""
    families = cases["unit"] == "household"
    if cases["household_id"].isna().all() and not families.all():
        return math.nan
    return float(cases["household_id"].fillna(cases["case_id"]).nunique())


def _row(
    name: str,
    dataset: Dataset,
    group: str,
    count: float,
    people: float,
    reason: str = "",
    dimension: str = "provider",
    key: float = math.nan,
) -> Row:
    unknown = math.isnan(count)
    return Row(
        name,
        str(dataset.as_of),
        dataset.area.code,
        value=count,
        dimension=dimension,
        group=group,
        method="Auszählung",
        contributors=math.nan if unknown else people,
        status="refused" if unknown else "partial" if reason else "complete",
        reason=reason,
        record_key=math.nan if unknown else key,
    )
