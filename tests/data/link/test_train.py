"""Values trained from a delivery, and when the declared ones stay."""

from dataclasses import replace

import numpy as np
import pytest

from kimeval.data.link import train as training
from kimeval.data.link.models import Level, model
from kimeval.data.link.prepare import prepare
from kimeval.data.link.score import prior_of
from kimeval.data.link.train import train

PERSON = replace(model("person"), train_from=600)


@pytest.fixture(scope="module")
def delivery():
    """1,000 persons, 150 of them twice, 60 of these with a typing error in the family name."""
    draws = np.random.default_rng(11)
    parts = ("ba", "ke", "mi", "ro", "su", "ta", "gul", "har")
    family, given = (["".join(draws.choice(parts, size)) for _ in range(1000)] for size in (4, 3))
    born = np.datetime64("1960-01-02") + draws.integers(0, 15_000, 1000).astype("timedelta64[D]")
    rows = list(zip(family, given, born.astype(str).tolist(), strict=True))
    twice = [
        (f[:-2] + f[-1] + f[-2] if n < 60 else f, g, b) for n, (f, g, b) in enumerate(rows[:150])
    ]
    return rows + twice


@pytest.fixture(autouse=True)
def fewer_pairs(monkeypatch):
    """Training on few pairs: these records show their levels often."""
    monkeypatch.setattr(training, "U_PAIRS", 100_000)


@pytest.fixture
def records(people, delivery):
    return prepare(people(*delivery), PERSON)


def test_few_records_keep_the_declared_values(people):
    done = train(prepare(people(("Eze", "Ali", "1970-02-02")), PERSON), PERSON)
    assert done.model is PERSON
    assert not done.trained
    assert "65 Datensätze weniger sind als die 600" in done.note


def test_training_finds_the_share_of_typing_errors(records):
    done = train(records, PERSON)
    assert done.trained
    family = done.model.comparisons[0]
    similar = next(level for level in family.levels if level.why == "Name ähnlich")
    assert similar.m == pytest.approx(60 / 150, abs=0.15)


def test_training_repeats_exactly(records):
    assert train(records, PERSON).model == train(records, PERSON).model


def test_training_finds_the_share_of_chance_agreement(people, delivery):
    nations = [("475", "423", "166", "163")[n % 1000 % 4] for n in range(len(delivery))]
    done = train(prepare(people(*delivery, nationality=nations), PERSON), PERSON)
    nationality = next(c for c in done.model.comparisons if c.name == "nationality")
    assert nationality.levels[0].u == pytest.approx(1 / 4, abs=0.01)


def test_pairs_of_one_person_are_taken_out_of_chance_agreement():
    declared = Level(why="", m=0.9, u=0.5)
    seen = {"m_probability": 0.9, "u_probability": 1.9e-4}
    made = training._level(declared, seen, weight=0.0, prior=1e-4)
    assert made.u == pytest.approx(1e-4, rel=1e-3)


def test_declared_m_counts_as_some_pairs():
    declared = Level(why="", m=0.2, u=0.5)
    seen = {"m_probability": 0.8, "u_probability": 0.4}
    made = training._level(declared, seen, weight=0.5, prior=1e-4)
    assert made.m == pytest.approx((0.8 + 0.5 * 0.2) / 1.5)


def test_an_unseen_level_keeps_its_declared_u(records):
    number = train(records, PERSON).model.comparisons[-1]
    assert [level.u for level in number.levels] == [
        level.u for level in PERSON.comparisons[-1].levels
    ]


def test_a_search_that_does_not_settle_keeps_the_declared_values(records, monkeypatch):
    monkeypatch.setattr(training, "_converges", lambda linker: False)
    done = train(records, PERSON)
    assert done.model is PERSON
    assert "misslang (keine stabile Lösung)" in done.note


def test_agreement_that_speaks_against_keeps_the_declared_values(records, monkeypatch):
    def upside_down(declared, saved, records):
        first, *others = declared.comparisons
        levels = tuple(replace(level, m=level.u, u=level.m) for level in first.levels)
        return replace(declared, comparisons=(replace(first, levels=levels), *others))

    monkeypatch.setattr(training, "_with_values", upside_down)
    done = train(records, PERSON)
    assert done.model is PERSON
    assert "misslang (unplausible Werte bei Name)" in done.note


def test_the_prior_follows_from_records_that_agree_fully(people):
    same = ("Eze", "Ali", "1970-02-02")
    alone = prior_of(prepare(people(same), PERSON), PERSON)
    assert alone == pytest.approx(0.05 * 65 / (65 * 64 / 2))
    six = prior_of(prepare(people(*[same] * 6), PERSON), PERSON)
    assert six == pytest.approx(15 / 0.8 / (70 * 69 / 2))
