"""Estimators of effects hold what they promise in short simulations of known truths.

The long form (`make test-long`) runs every regime; `make simulate` writes the tables.
"""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SHORT, LONG, SEED = 60, 400, 11
SHORT_REGIMES = {
    "simulated_areas": ("54 Gebiete, 20 Quartale", "jedes beginnt für sich", "12 Gebiete"),
    "simulated_series": ("10 davor, Zusammenhang 0,3", "2 davor"),
    "simulated_people": ("120 Personen", "30 Personen", "4 und 12 Gebiete", "3 und 5 Träger"),
}
SLOW = ("Vortrendtest, größte", "Band", "Schranke")
ALWAYS_REFUSED = ("jedes beginnt für sich", "Quartale, 2 davor", "30 Personen", "3 und 5 Träger")


@pytest.fixture(scope="module")
def modules():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return {name: importlib.import_module(name) for name in ("simulate", *SHORT_REGIMES)}
    finally:
        sys.path.remove(str(BENCHMARKS))


def chosen(modules, name, everything=False):
    cases = modules[name].CASES
    short = [case for case in cases if any(part in case.regime for part in SHORT_REGIMES[name])]
    return (
        list(cases)
        if everything
        else [c for c in short if not any(part in c.estimator for part in SLOW)]
    )


def broken(modules, cases, draws):
    """Cases that lie outside what is promised, allowing three standard errors."""
    slack = 3 * (0.05 * 0.95 / draws) ** 0.5
    found = {}
    for case in cases:
        made = case.run(draws, SEED)
        if made.warned < 0.5 and not modules["simulate"].kept(case, made, slack):
            found[f"{case.estimator}, {case.regime}"] = made
    return found


@pytest.mark.parametrize("name", list(SHORT_REGIMES))
def test_estimators_hold_what_they_promise(modules, name):
    cases = chosen(modules, name)
    assert len(cases) >= 3
    assert broken(modules, cases, SHORT) == {}


@pytest.mark.long
@pytest.mark.parametrize("name", list(SHORT_REGIMES))
def test_every_estimator_in_every_regime_holds_what_it_promises(modules, name):
    assert broken(modules, chosen(modules, name, everything=True), LONG) == {}


@pytest.mark.parametrize("name", list(SHORT_REGIMES))
def test_regimes_that_cannot_carry_an_estimator_are_refused(modules, name):
    cases = [c for c in modules[name].CASES if any(part in c.regime for part in ALWAYS_REFUSED)]
    assert cases
    assert {case.run(3, SEED).refused for case in cases} == {1.0}


def test_a_simulation_gives_the_same_again(modules):
    cases = chosen(modules, "simulated_people")
    case = next(one for one in cases if one.run(20, SEED).refused < 1)
    assert case.run(20, SEED) == case.run(20, SEED)
    assert case.run(20, SEED) != case.run(20, SEED + 1)


def test_the_summary_names_the_worst_and_leaves_warned_ones_out(modules):
    simulate, simulated = modules["simulate"], importlib.import_module("simulated")
    made = [
        (simulated.Case("gut", "a", None), simulated.Simulated(0.0, 0.95, 0.05, 0.0)),
        (simulated.Case("schlecht", "a", None), simulated.Simulated(0.0, 0.90, 0.09, 0.0)),
        (simulated.Case("gewarnt", "a", None), simulated.Simulated(0.0, 0.80, 0.30, 0.0, 1.0)),
        (simulated.Case("weit, mindestens 95", "a", None), simulated.Simulated(0, 1.0, 0.0, 0.0)),
        (simulated.Case("verweigert", "a", None), simulated.Simulated(None, None, None, 1.0)),
    ]
    found = simulate.summary(made)
    assert (found["worst_coverage"], found["worst_false_positive"]) == (0.9, 0.09)
    assert (found["estimators"], found["refused"], found["warned"], found["outside"]) == (
        5,
        1,
        1,
        1,
    )


def test_the_page_holds_a_line_for_each_case(modules, root):
    text = (root / "docs" / "effects.md").read_text(encoding="utf-8")
    for name, part in modules["simulate"].PARTS.items():
        if part.page != "effects.md":
            continue
        table = text.split(f"<!-- simulated-{name} -->")[1].split(f"<!-- /simulated-{name} -->")[0]
        lines = [line for line in table.splitlines() if line.startswith("|")]
        shown = [line.split("|")[1:3] for line in lines[2:]]
        told = [(case.estimator, case.regime) for case in modules[part.module].CASES]
        assert [tuple(cell.strip() for cell in row) for row in shown] == told, "run: make simulate"
