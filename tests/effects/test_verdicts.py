"""An effect says no more than its interval, its assumptions and its family of tests allow."""

import math
from dataclasses import replace

import pytest

from kimeval.core.errors import DataError
from kimeval.effects import Assumption, Effect, Estimated, effect
from kimeval.effects.effect import attempted
from kimeval.effects.plan import FILE, judge_together, plan, tried
from kimeval.effects.refusals import DesignRefused
from kimeval.effects.verdicts import BROKEN, DOUBTFUL, HELD, UNTESTABLE, verdict

CHECKED = (Assumption("gleicher Trend", "geprüft", HELD),)


def made(value=0.03, lower=0.01, upper=0.05, p=0.01, assumptions=CHECKED, warnings=()) -> Effect:
    found = Estimated(value, lower, upper, p)
    return effect("Probe", "der Anteil mit Kurseintritt", "share", found, assumptions, warnings)


@pytest.mark.parametrize(
    ("outside", "p", "checks", "warned", "expected"),
    [
        (True, 0.01, [HELD, UNTESTABLE], False, "supported"),
        (True, 0.01, [UNTESTABLE], False, "suggestive"),
        (True, 0.01, [HELD, DOUBTFUL], False, "suggestive"),
        (True, 0.20, [HELD], False, "suggestive"),
        (True, 0.01, [HELD], True, "suggestive"),
        (True, 0.01, [HELD, BROKEN], False, "not identified"),
        (False, 0.40, [HELD], False, "not identified"),
    ],
)
def test_a_verdict_follows_the_declared_rules(outside, p, checks, warned, expected):
    assert verdict(outside, p, checks, warned=warned) == expected


def test_a_check_that_is_not_declared_is_refused():
    with pytest.raises(DataError, match="held, doubtful, broken, untestable"):
        Assumption("gleicher Trend", "geprüft", "fine")


def test_a_supported_effect_names_size_direction_and_interval():
    assert made().sentence == (
        "Der Anteil mit Kurseintritt liegt durch das Programm schätzungsweise 3,0 Prozentpunkte "
        "höher, als ohne zu erwarten wäre (Intervall: 1,0 bis 5,0 Prozentpunkte)."
    )


def test_an_interval_around_zero_names_no_direction():
    said = made(0.01, -0.02, 0.04, 0.5).sentence
    assert "nicht bestimmbar" in said and "−2,0 bis 4,0 Prozentpunkte" in said
    assert "höher" not in said


def test_a_broken_assumption_takes_the_effect_away():
    found = made(assumptions=(Assumption("gleicher Trend", "verletzt", BROKEN),))
    assert found.verdict == "not identified"
    assert "lässt sich nicht auf das Programm zurückführen" in found.sentence


def test_a_refusal_has_reason_and_need_and_no_number():
    def refuse() -> Effect:
        raise DesignRefused("Nur ein Gebiet.", "mindestens zehn Gebiete.")

    found = attempted("Probe", "der Anteil", "share", refuse)
    assert found.refused and math.isnan(found.value) and math.isnan(found.p)
    assert (found.reason, found.needs) == ("Nur ein Gebiet.", "mindestens zehn Gebiete.")
    assert found.verdict == "not identified"


def test_the_plan_has_a_hash_that_changes_with_it(tmp_path):
    other = tmp_path / "plan.toml"
    other.write_text(FILE.read_text(encoding="utf-8") + "\n# noch eine Frage\n", encoding="utf-8")
    assert len(plan().digest) == 64
    assert plan(other).digest != plan().digest


def test_primary_tests_of_a_family_are_adjusted_by_holm():
    one, other = made(p=0.03), made(p=0.04)
    found = judge_together({"course_entry_overall": one, "course_entry_dynamic": other})
    assert [x.adjusted_p for x in found.values()] == pytest.approx([0.06, 0.06])
    assert {x.verdict for x in found.values()} == {"suggestive"}


def test_explorative_tests_are_adjusted_by_the_false_discovery_rate():
    found = judge_together(
        {"measure_after_open_hours": made(p=0.03), "provider_model": made(p=0.04)}
    )
    assert [x.adjusted_p for x in found.values()] == pytest.approx([0.04, 0.04])


def test_a_refused_test_costs_the_others_nothing_and_counts_as_tried():
    nothing = replace(Effect("Probe", "x", "share"), reason="Nur ein Gebiet.")
    found = judge_together({"course_entry_overall": made(p=0.04), "course_entry_dynamic": nothing})
    assert found["course_entry_overall"].adjusted_p == pytest.approx(0.04)
    assert found["course_entry_dynamic"].refused
    assert tried(found).startswith("Von 6 angekündigten Tests wurden 1 gerechnet, 1 verweigert")


def test_a_test_that_was_not_declared_is_refused():
    with pytest.raises(DataError, match="before it is run, 'course_entry_slop' is not"):
        judge_together({"course_entry_slop": made()})


def test_an_id_that_stands_twice_is_refused(tmp_path):
    other = tmp_path / "plan.toml"
    text = FILE.read_text(encoding="utf-8")
    other.write_text(text.replace("course_entry_dynamic", "course_entry_overall"), "utf-8")
    with pytest.raises(DataError, match="'course_entry_overall' stands twice"):
        plan(other)


def test_a_role_that_is_not_declared_is_refused(tmp_path):
    other = tmp_path / "plan.toml"
    text = FILE.read_text(encoding="utf-8")
    other.write_text(text.replace('"explorative"', '"exploratory"'), "utf-8")
    with pytest.raises(DataError, match="primary, explorative, got 'exploratory'"):
        plan(other)
