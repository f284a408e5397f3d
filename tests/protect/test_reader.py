"""A reader who has nothing but the protected frames, and an own programme for what follows.

It shares no line with the package's attacker: neither which sums hold, nor how they are solved.
"""

import itertools
import math

import numpy as np
import pytest
from scipy import optimize

from kimeval.core.results import Results
from kimeval.protect import Release, Rules, protect_together
from kimeval.protect.facts import SHOWN, stacked

from .making import count, share

TOWNS, GENDERS, PROVIDERS = "ABCD", "wm", ["P1", "P2", "P3"]
QUARTERS = ["2024Q1", "2024Q2", "2024Q3"]
CASES = ("cases_active", "cases_new", "cases_closed")
CROSS = "ags × gender"


def deliver(seed):
    """Three quarters whose sums are all exact, each with its tables."""
    draw = np.random.default_rng(seed)
    mean, size = draw.choice([2.0, 6.0, 20.0]), int(draw.integers(2, 5))
    stock = draw.integers(8, 40, 3)
    for quarter in QUARTERS:
        new = draw.negative_binomial(0.8, 0.8 / (0.8 + mean), (size, 2))
        arrived = draw.negative_binomial(0.8, 0.8 / (0.8 + 2 * mean), size) + 1
        hits = draw.binomial(arrived, 0.5)
        opened = draw.negative_binomial(0.8, 0.8 / (0.8 + mean), 3)
        closed = draw.binomial(stock, 0.15)
        stock = stock + opened - closed
        yield [
            *persons(quarter, new),
            cases(quarter, dict(zip(CASES, (stock, opened, closed), strict=True))),
            rates(quarter, hits, arrived),
        ]


def persons(quarter, new):
    """By town, by gender, and both crossed."""
    about = {"name": "persons_new", "period": quarter}
    total = count(int(new.sum()), **about)
    towns = [count(int(n), t, **about) for t, n in zip(TOWNS, new.sum(axis=1), strict=False)]
    genders = [
        count(int(n), g, "gender", **about) for g, n in zip(GENDERS, new.sum(axis=0), strict=True)
    ]
    places = itertools.product(range(len(new)), range(2))
    crossed = [
        count(int(new[t, g]), f"{TOWNS[t]} × {GENDERS[g]}", CROSS, **about) for t, g in places
    ]
    return [[total, *towns], [total, *genders], crossed]


def cases(quarter, numbers):
    rows = []
    for name, values in numbers.items():
        about = {"name": name, "period": quarter}
        rows.append(count(int(values.sum()), **about))
        rows += [
            count(int(n), p, "provider", **about) for p, n in zip(PROVIDERS, values, strict=True)
        ]
    return rows


def rates(quarter, hits, bases):
    rows = [share(int(hits.sum()), int(bases.sum()), period=quarter)]
    return rows + [
        share(int(h), int(b), t, period=quarter)
        for t, h, b in zip(TOWNS, hits, bases, strict=False)
    ]


class Reader:
    """What a reader writes down: unknown counts, what is seen of them, and sums that hold."""

    def __init__(self, frames, rules):
        self.number, self.seen, self.low = {}, {}, []
        self.rows, self.lines = [], []
        for frame in frames:
            self.rows += frame.to_dict("records")
        self.rules = rules
        for row in self.rows:
            self._note(row)
        self._shares()
        self._groups()
        self._stocks()

    def cell(self, key, least=0.0):
        if key not in self.number:
            self.number[key] = len(self.number)
            self.low.append(least)
        return self.number[key]

    def _note(self, row):
        key = self.key(row)
        hidden = row["suppressed"]
        if row["unit"] == "share":
            for role, name in (("hits", "numerator"), ("base", "denominator")):
                cell = self.cell((*key, role))
                if not hidden:
                    self.seen[cell] = row[name]
        else:
            cell = self.cell((*key, "count"), float(self.rules.least))
            if not hidden:
                self.seen[cell] = row["value"]

    @staticmethod
    def key(row):
        return tuple(row[name] for name in ("indicator", "period", "dimension", "group"))

    def _shares(self):
        for name, period, dimension, group, role in list(self.number):
            if role == "hits":
                key = (name, period, dimension, group)
                rest = self.cell((*key, "rest"))
                whole = {(*key, "hits"): 1, (*key, "rest"): 1, (*key, "base"): -1}
                self.lines.append({self.number[k]: f for k, f in whole.items()})
                assert rest == self.number[(*key, "rest")]

    def _groups(self):
        above = {}
        for key in list(self.number):
            name, period, dimension, group, role = key
            if dimension == CROSS:
                town, gender = group.split(" × ")
                above.setdefault((name, period, "ags", town, role), {}).setdefault("g", []).append(
                    key
                )
                above.setdefault((name, period, "gender", gender, role), {}).setdefault(
                    "t", []
                ).append(key)
            elif dimension:
                above.setdefault((name, period, "", "", role), {}).setdefault(dimension, []).append(
                    key
                )
        for total, ways in above.items():
            for parts in ways.values():
                line = {self.number[part]: 1 for part in parts}
                self.lines.append(line | {self.number[total]: -1})

    def _stocks(self):
        for before, now in itertools.pairwise(QUARTERS):
            for place in [("", ""), *(("provider", p) for p in PROVIDERS)]:
                keys = [
                    ("cases_active", before, *place, "count"),
                    *((name, now, *place, "count") for name in CASES),
                ]
                if all(key in self.number for key in keys):
                    then, stock, opened, closed = (self.number[key] for key in keys)
                    self.lines.append({then: 1, opened: 1, closed: -1, stock: -1})

    def width(self, key):
        """How far the possible values of a cell lie apart, up to the threshold."""
        many = len(self.number)
        matrix = np.zeros((len(self.lines), many))
        for at, line in enumerate(self.lines):
            for cell, factor in line.items():
                matrix[at, cell] = factor
        low, high = np.array(self.low), np.full(many, 10_000.0)
        for cell, value in self.seen.items():
            low[cell] = high[cell] = value
        price = np.zeros(many)
        price[self.number[key]] = 1
        ends = []
        for way in (1, -1):
            found = optimize.milp(
                way * price,
                integrality=np.ones(many),
                bounds=optimize.Bounds(low, high),
                constraints=optimize.LinearConstraint(matrix, 0, 0),
            )
            assert found.success
            ends.append(round(way * found.fun))
        return ends[1] - ends[0]


def small_counts(tables, rules):
    """Every small number of the truth by the reader's name of it."""
    found = set()
    for row in itertools.chain.from_iterable(tables):
        key = (row.indicator, row.period, row.dimension, row.group)
        if row.indicator == "coverage_newly_arrived":
            told = {"hits": row.numerator, "base": row.denominator}
            told["rest"] = row.denominator - row.numerator
        else:
            told = {"count": row.value}
        found |= {(*key, role) for role, n in told.items() if 0 < n < rules.threshold}
    return found


def publish_all(seed, rules, forgetful=False):
    """Protected frames and true tables of all quarters, one release after another."""
    history, frames, truth = None, [], []
    for tables in deliver(seed):
        release = Release(rules) if history is None or forgetful else Release(rules, history)
        protected = protect_together([Results.of(rows) for rows in tables], release)
        history = stacked(release.history, release.rows)
        frames += [part.frame for part in protected]
        truth += tables
    return frames, truth


def found_out(seed, rules, **how):
    """Small counts, and those of them that the reader knows better than the rules allow."""
    frames, truth = publish_all(seed, rules, **how)
    reader = Reader(frames, rules)
    small = small_counts(truth, rules)
    return small, {key for key in small if reader.width(key) < rules.spread}


@pytest.mark.parametrize("seed", range(6))
def test_a_reader_of_three_releases_knows_no_small_count(seed):
    small, known = found_out(seed, Rules([5, 3, 7][seed % 3]))
    assert len(small) > 5
    assert known == set()


def test_a_reader_of_a_gate_that_forgets_earlier_releases_knows_some():
    assert any(found_out(seed, Rules(), forgetful=True)[1] for seed in range(8))


def test_a_reader_of_unprotected_tables_knows_all():
    tables = list(itertools.chain.from_iterable(deliver(0)))
    frames = [Results.of(rows).frame.assign(suppressed=False, state=SHOWN) for rows in tables]
    reader, small = Reader(frames, Rules()), small_counts(tables, Rules())
    assert small and all(reader.width(key) == 0 for key in small)
    assert not any(math.isnan(value) for value in reader.seen.values())
