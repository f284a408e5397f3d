"""Random releases through the gate: an attacker who keeps all of them recovers nothing."""

import time

import pytest

from .random_releases import random_series, released, reports

SHORT, LONG = range(8), range(300)


def unsafe(seeds, together, forgetful=False):
    """Reports by seed in which the attacker found something out, and how many were attacked."""
    found = {s: reports(released(random_series(s, together), forgetful)) for s in seeds}
    attacked = sum(report.attacked for series in found.values() for report in series)
    return {s: r for s, r in found.items() if not all(report.safe for report in r)}, attacked


def test_three_releases_one_after_another_give_nothing_away():
    broken, attacked = unsafe(SHORT, together=True)
    assert broken == {}
    assert attacked > 500


def test_a_gate_that_forgets_earlier_releases_is_caught():
    broken, _ = unsafe(SHORT, together=True, forgetful=True)
    assert any(report.recovered for series in broken.values() for report in series)


@pytest.mark.long
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_300_series_of_releases_give_nothing_away(say, together):
    began = time.monotonic()
    broken, attacked = unsafe(LONG, together)
    recovered = sum(report.recovered for series in broken.values() for report in series)
    seconds = time.monotonic() - began
    say(f"series {len(LONG)}, attacked {attacked}, recovered {recovered}, seconds {seconds:.0f}")
    assert broken == {}
