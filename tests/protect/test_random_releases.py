"""Random releases through the gate: an attacker who keeps all of them recovers nothing."""

import time

import pytest

from .random_releases import random_series, released, reports

SHORT, LONG = range(8), range(300)


def attacked(seeds, together, forgetful=False):
    """Reports of the releases in which something was found out, by seed; attacked; refused."""
    broken, many, refusals = {}, 0, 0
    for seed in seeds:
        made, refused = released(random_series(seed, together), forgetful)
        found = reports(made)
        many, refusals = many + sum(report.attacked for report in found), refusals + refused
        if not all(report.safe for report in found):
            broken[seed] = found
    return broken, many, refusals


def test_three_releases_one_after_another_give_nothing_away():
    broken, many, refused = attacked(SHORT, together=True)
    assert broken == {}
    assert many > 500
    assert refused == 0


def test_tables_that_pass_the_gate_one_by_one_give_nothing_away_or_are_refused():
    broken, many, refused = attacked(range(8, 12), together=False)
    assert broken == {}
    assert many > 200
    assert refused < 10


def test_a_gate_that_forgets_earlier_releases_is_caught():
    broken, _, _ = attacked(SHORT, together=True, forgetful=True)
    assert any(report.recovered for series in broken.values() for report in series)


@pytest.mark.parametrize(("seed", "together"), [(121, True), (105, False)])
def test_who_is_alone_in_a_cell_of_an_earlier_release_or_table_finds_no_other(seed, together):
    broken, _, _ = attacked([seed], together)
    assert broken == {}


def test_a_row_whose_kept_number_would_tell_too_much_is_hidden_and_stops_nothing():
    broken, _, refused = attacked([108], together=True)
    assert broken == {}
    assert refused == 0


@pytest.mark.long
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_300_series_of_releases_give_nothing_away(say, together):
    began = time.monotonic()
    broken, many, refused = attacked(LONG, together)
    recovered = sum(report.recovered for series in broken.values() for report in series)
    seconds = time.monotonic() - began
    say(
        f"series {len(LONG)}, attacked {many}, recovered {recovered}, tables refused {refused}, "
        f"seconds {seconds:.0f}"
    )
    assert broken == {}
