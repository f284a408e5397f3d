"""Random releases of several quarters through the gate: groups, rates, stocks, revisions."""

from dataclasses import dataclass

import numpy as np

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row
from kimeval.protect import Release, Rules, protect_together
from kimeval.protect.audit.releases import audit
from kimeval.protect.facts import no_rows, stacked

from .making import count, share

TOWNS = ["Aldorf", "Bachheim", "Cronau", "Dellen", "Eich"]
PROVIDERS = ["Träger 1", "Träger 2", "Träger 3"]
QUARTERS = ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
CROSS = " × "


@dataclass(frozen=True)
class Delivery:
    """What is measured for one release, table by table, and how the tables reach the gate."""

    tables: list[list[Row]]
    together: bool


@dataclass(frozen=True)
class Series:
    """Releases of one area one after another."""

    rules: Rules
    deliveries: list[Delivery]


def random_series(seed: int, together: bool, quarters: int = 3) -> Series:
    """Releases of some quarters; each tells the one before again, some a little revised."""
    draw = np.random.default_rng(seed)
    rules = Rules(
        int(draw.integers(3, 8)), zeros=str(draw.choice(["safe", "unsafe"], p=[0.7, 0.3]))
    )
    towns, providers = TOWNS[: draw.integers(2, 6)], PROVIDERS[: draw.integers(2, 4)]
    mean = draw.choice([2.0, 6.0, 20.0])
    made = [_quarter(draw, mean, towns, providers, q) for q in QUARTERS[:quarters]]
    deliveries = []
    for now in range(quarters):
        for before in range(now):
            if draw.random() < 0.6:
                made[before] = _revised(draw, made[before])
        tables = [t for quarter in made[max(0, now - 1) : now + 1] for t in _tables(quarter)]
        deliveries.append(Delivery(tables, together))
    return Series(rules, deliveries)


def released(series: Series, forgetful: bool = False) -> tuple[list[Release], int]:
    """All releases of a series, and how many tables the gate refused.

    A forgetful gate sees no earlier release, the attacker does.
    """
    made, refused, history = [], 0, no_rows()
    for delivery in series.deliveries:
        release = Release(series.rules, no_rows() if forgetful else history)
        parts = [Results.of(rows) for rows in delivery.tables]
        for together in [parts] if delivery.together else [[part] for part in parts]:
            try:
                protect_together(together, release)
            except ProtectionError:
                refused += 1
        number = int(history["release"].max()) + 1 if len(history) else 0
        rows = release.rows.assign(release=number)
        made.append(Release(series.rules, history, rows))
        history = stacked(history, rows)
    return made, refused


def reports(made: list[Release]) -> list:
    """What the attack on each release comes to, together with all before it."""
    return [audit(release.history, release.rows, release.rules) for release in made]


def _quarter(draw, mean, towns, providers, quarter) -> dict:
    """Counts of one quarter: new persons by town and gender, cases by provider, reached by town."""

    def few(*size):
        return draw.negative_binomial(0.8, 0.8 / (0.8 + mean), size)

    arrived = few(len(towns)) + draw.integers(0, 3, len(towns))
    return {
        "quarter": quarter,
        "towns": towns,
        "providers": providers,
        "new": few(len(towns), 2),
        "unknown": int(draw.choice([0, 0, 1, 3, 9])),
        "shared": int(draw.choice([0, 0, 1, 2])),
        "opened": few(len(providers)),
        "closed": few(len(providers)),
        "stock": few(len(providers)) + 10,
        "arrived": arrived,
        "reached": draw.binomial(arrived, draw.uniform(0.2, 0.9)),
    }


def _revised(draw, quarter) -> dict:
    """The same quarter with a few late rows."""
    late = {
        name: quarter[name] + draw.poisson(0.4, quarter[name].shape)
        for name in ("new", "opened", "arrived")
    }
    return quarter | late


def _tables(quarter) -> list[list[Row]]:
    period, towns, providers = quarter["quarter"], quarter["towns"], quarter["providers"]
    new, unknown, arrived = quarter["new"], quarter["unknown"], quarter["arrived"]
    persons = {"name": "persons_new", "period": period}
    by_town = [
        count(int(new.sum()) + unknown, **persons),
        *(count(int(n), town, **persons) for town, n in zip(towns, new.sum(axis=1), strict=True)),
    ]
    crossed = [
        count(int(new[at, sex]), f"{town}{CROSS}{'wm'[sex]}", f"ags{CROSS}gender", **persons)
        for at, town in enumerate(towns)
        for sex in (0, 1)
    ]
    by_gender = [
        count(int(n), "wm"[sex], "gender", **persons) for sex, n in enumerate(new.sum(axis=0))
    ]
    cases = [
        row
        for name, key in (
            ("cases_new", "opened"),
            ("cases_closed", "closed"),
            ("cases_active", "stock"),
        )
        for row in _by_provider(name, period, quarter[key], providers, quarter["shared"])
    ]
    coverage = {"period": period}
    rates = [share(int(quarter["reached"].sum()), int(arrived.sum()), **coverage)]
    rates += [
        share(int(hits), int(base), town, **coverage)
        for town, hits, base in zip(towns, quarter["reached"], arrived, strict=True)
        if base
    ]
    rates = [rate for rate in rates if rate.denominator]
    return [by_town, [*by_gender, by_town[0]], [*crossed], cases, rates]


def _by_provider(name, period, counts, providers, shared) -> list[Row]:
    """Total and providers; some persons may have two, and each person several cases."""
    total = max(int(counts.sum()) - shared, int(counts.max()))
    fields = {"name": name, "period": period, "dimension": "provider"}
    rows = [count(total, name=name, period=period)]
    return rows + [count(int(n), p, **fields) for n, p in zip(counts, providers, strict=True)]
