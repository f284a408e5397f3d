"""Groups, models and courses: what is told, refused, and kept from telling counts."""

import re

import numpy as np
import pytest
from tests.outcomes.following import QUARTER, district, placed, without

from kimeval.outcomes import adjusted_ratios, after_course, group_differences
from kimeval.outcomes.groups import COX, FINE_GRAY, GAP, TEST

COURSE = ("language_course",)


def women_first(persons=120, **more):
    """All begin a course, women (odd numbers) within 30 days, men within 200."""
    days = {n: 10 + n % 20 if n % 2 else 60 + n for n in range(persons)}
    return district(persons, placements=placed(days), **more)


def pick(results, name, part=""):
    frame = results.frame
    own = frame[(frame["indicator"] == name) & frame["group"].str.contains(part)]
    return own.iloc[0]


def test_who_is_earlier_gains_days_and_has_a_ratio_above_one():
    found = group_differences(women_first(), QUARTER, COURSE, ["gender"])
    assert pick(found, TEST)["value"] < 0.001
    women = np.mean([365 - (10 + n % 20) for n in range(1, 120, 2)])
    men = np.mean([365 - (60 + n) for n in range(0, 120, 2)])
    assert pick(found, GAP)["value"] == pytest.approx(women - men)
    for name in (COX, FINE_GRAY):
        row = pick(found, name)
        assert row["status"] == "refused" or row["lower"] > 1


def test_p_values_hold_for_all_tests_together():
    data = women_first(clients=lambda n: {"birth_year": 2003 if n % 3 else 1980})
    alone = group_differences(data, QUARTER, COURSE, ["age"])
    both = group_differences(data, QUARTER, COURSE, ["age", "gender"])
    one, two = (pick(found, TEST, "unter 27")["value"] for found in (alone, both))
    assert two == pytest.approx(one)
    assert pick(both, TEST)["method"] == "Gray, Holm über 2 Tests"
    gender = group_differences(data, QUARTER, COURSE, ["gender"])
    alone_p = pick(gender, TEST)["value"]
    assert pick(both, TEST, "weiblich")["value"] == pytest.approx(min(1, 2 * alone_p))


def test_unknown_traits_are_left_out_and_said():
    data = women_first(clients=lambda n: {"gender": "not_stated"} if n < 10 else {})
    row = pick(group_differences(data, QUARTER, COURSE, ["gender"]), TEST)
    assert row["status"] == "partial"
    assert "unbekanntem Merkmal (Geschlecht)" in row["reason"]


def test_a_group_with_few_outcomes_is_refused_without_their_number():
    data = district(100, placements=placed(dict.fromkeys(range(0, 60, 2), 20) | {1: 20, 3: 30}))
    found = group_differences(data, QUARTER, COURSE, ["gender"]).frame
    assert (found["status"] == "refused").all()
    assert set(found["reason"]) == {"eine Gruppe hat weniger als 5 Ereignisse"}


def mixed(**more):
    """Courses that are none of gender and age alone; a third of the levels is unknown."""
    levels = ("A1", "B1", None)
    days = {n: 5 + (n * 37) % 200 for n in range(150) if (n * 7) % 10 < 6}
    return district(
        150,
        clients=lambda n: {"birth_year": 1970 + (n * 11) % 35, "language_level": levels[n % 3]},
        placements=placed(days),
        **more,
    )


def test_complete_cases_stand_beside_completed_ones():
    found = adjusted_ratios(mixed(), QUARTER, COURSE).frame
    complete = found[found["indicator"] == "outcome_ratio_complete"]
    imputed = found[found["indicator"] == "outcome_ratio_imputed"]
    assert len(complete) == len(imputed) == 3
    assert imputed["contributors"].min() > complete["contributors"].max()
    assert imputed["method"].str.contains("10 ergänzte Datensätze, Rubins Regeln").all()
    assert (imputed["lower"] < imputed["value"]).all()
    again = adjusted_ratios(mixed(), QUARTER, COURSE).frame
    assert again["value"].equals(found["value"])


def test_a_trait_that_is_hardly_known_is_left_out_of_the_model():
    data = mixed()
    clients = data.tables["clients"].assign(language_level=None)
    found = adjusted_ratios(
        type(data)(data.area, data.as_of, {**data.tables, "clients": clients}, True),
        QUARTER,
        COURSE,
    ).frame
    assert not found["group"].str.contains("Sprachstand").any()
    complete = found[found["indicator"] == "outcome_ratio_complete"]
    assert complete["reason"].str.contains("ohne je Stufe des Sprachstands").all()


def test_a_model_with_few_outcomes_does_not_tell_how_few():
    data = district(100, placements=placed(dict.fromkeys(range(7), 20)))
    found = adjusted_ratios(data, QUARTER, COURSE).frame
    assert (found["status"] == "refused").all()
    assert not any(re.search(r"\b7\b", reason) for reason in found["reason"])


def test_work_after_a_course_counts_the_time_before_it_as_without():
    """All work on day 200; courses begin on day 100 for half of them, and help nobody."""
    courses = placed({n: 40 + n for n in range(50)})
    work = placed({n: 120 + (n * 31) % 150 for n in range(100)}, "work")
    row = after_course(district(100, placements=courses + work), QUARTER, ("work",)).frame.iloc[0]
    assert row["lower"] < 1 < row["upper"]


@pytest.mark.parametrize(
    ("courses", "told"),
    [
        (dict.fromkeys(range(100), -1), "vom ersten Tag an im Kurs"),
        (dict.fromkeys(range(3), 20), "weniger als 5 Personen mit oder ohne Zeit im Kurs"),
        (dict.fromkeys(range(100), 300), "weniger als 5 Personen mit oder ohne Zeit im Kurs"),
    ],
)
def test_courses_that_cannot_be_compared_are_refused(courses, told):
    work = placed({n: 120 + n for n in range(100)}, "work")
    data = district(100, placements=placed(courses) + work)
    row = after_course(data, QUARTER, ("work",)).frame.iloc[0]
    assert row["status"] == "refused"
    assert told in row["reason"]


@pytest.mark.parametrize("measure", [group_differences, adjusted_ratios, after_course])
@pytest.mark.parametrize("missing", ["placements", "cases"])
def test_missing_tables_are_refused_by_every_measure(measure, missing):
    found = measure(without(women_first(), missing), QUARTER).frame
    assert len(found)
    assert (found["status"] == "refused").all()
    assert found["reason"].str.contains("keine Tabelle").all()
