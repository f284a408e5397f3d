"""What an area's notebook on effects measures from its data, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from kimeval import effects
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.effects.told import PEOPLE, questions_tried, told
from kimeval.figures import plot_balance, plot_counterfactual
from kimeval.protect import Rules, protect
from kimeval.protect.derive import derive
from kimeval.tables import assumptions, questions
from kimeval.tables import effects as table_of_effects

from .areas_of_one import QUARTER, TOWNS, dataset, met, posts, statistic

BEGUN = Quarter(2022, 3)


def jumping(quarter):
    return 0.25 + 0.02 * (quarter.number == 2) + 0.2 * (quarter >= BEGUN)


def entries(**given):
    return effects.course_entry_by_quarter(dataset(population=statistic(**given)), QUARTER)


def protected(**given):
    return protect(entries(**given), Rules(), synthetic=True)


def test_each_quarter_has_its_share_up_to_two_quarters_before():
    frame = entries().frame
    assert (frame["period"].iloc[0], frame["period"].iloc[-1]) == ("2020Q1", "2024Q1")
    assert frame["value"].to_numpy() == pytest.approx(0.25)
    assert set(frame["denominator"]) == {400.0}
    assert set(frame["status"]) == {"complete"}


def test_a_town_with_a_secret_number_is_in_neither_count():
    table = statistic()
    hidden = (table["ags"] == TOWNS[0]) & (table["measure"] == "course_entry")
    table.loc[hidden, "persons"] = pd.NA
    frame = effects.course_entry_by_quarter(dataset(population=table), QUARTER).frame
    assert set(frame["denominator"]) == {360.0}
    assert set(frame["status"]) == {"partial"}


def test_a_quarter_of_mostly_secret_towns_is_refused():
    table = statistic()
    hidden = table["ags"].isin(TOWNS[:4]) & (table["measure"] == "course_entry")
    table.loc[hidden, "persons"] = pd.NA
    frame = effects.course_entry_by_quarter(dataset(population=table), QUARTER).frame
    assert set(frame["status"]) == {"refused"}
    assert frame["reason"].str.contains("mehr als einem Viertel").all()


def test_without_a_statistic_nothing_is_said():
    for data in (dataset(), dataset(population=statistic().iloc[:0])):
        frame = effects.course_entry_by_quarter(data, QUARTER).frame
        assert list(frame["status"]) == ["refused"]


def test_the_programme_starts_with_the_first_post_in_case_management():
    assert effects.programme_start(dataset(posts=posts())) == "2022Q3"
    assert effects.programme_start(dataset(posts=posts(baustein="1"))) == ""
    assert effects.programme_start(dataset()) == ""


def test_how_long_it_runs_is_refused_where_the_beginning_is_not_known():
    (row,) = effects.programme_running(dataset(posts=posts()), QUARTER)
    assert row.value == 9
    (row,) = effects.programme_running(dataset(), QUARTER)
    assert row.status == "refused" and np.isnan(row.value)


def test_a_jump_at_the_start_is_found_in_the_own_series():
    found = derive(effects.own_series, protected(share=jumping), start="2022Q3")
    level = found.only(indicator="effect_estimate").frame.iloc[0]
    assert level["lower"] < 20 < level["upper"] and level["lower"] > 10
    assert level["value"] == pytest.approx(20, abs=1)
    expected = found.only(indicator="series_expected").frame.set_index("period")["value"]
    assert expected["2024Q1"] == pytest.approx(0.25, abs=0.02)


def test_the_customary_interval_stands_beside_its_real_coverage():
    found = derive(effects.own_series, protected(share=jumping), start="2022Q3")
    own, usual = found.only(indicator="effect_customary").frame.to_dict("records")
    assert own["lower"] < usual["lower"] and usual["upper"] < own["upper"]
    held = int(usual["group"].split("hält hier in ")[1].split(" ")[0])
    assert 40 < held < 92


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("", "Der Beginn des Case Managements ist nicht bekannt"),
        ("2020Q3", "Vor dem Bruch liegen 2 Quartale"),
        ("2024Q1", "Nach dem Bruch liegt ein Quartal"),
    ],
)
def test_a_start_that_the_series_does_not_carry_is_refused(start, says):
    found = derive(effects.own_series, protected(), start=start)
    frame = found.only(indicator="effect_estimate").frame
    assert set(frame["status"]) == {"refused"}
    assert frame["reason"].str.startswith(says).all()
    assert frame["reason"].str.contains("nötig wären").all()
    shown = plot_counterfactual(found, "Kurseintritt", start)
    assert "keine Werte" in shown.alt and says in shown.alt


def test_the_counterfactual_names_what_was_expected():
    found = derive(effects.own_series, protected(share=jumping), start="2022Q3")
    alt = plot_counterfactual(found, "Kurseintritt", "2022Q3").alt
    assert "beobachtet: 45,0\N{NO-BREAK SPACE}%" in alt
    assert "ohne den Beginn erwartet: 25" in alt


def compared(**given):
    return effects.open_hours(dataset(**met(**given)), QUARTER)


def test_people_who_walked_in_are_compared_with_others_alike():
    frame = compared().frame
    estimate = frame[frame["indicator"] == "comparison_estimate"].iloc[0]
    assert estimate["lower"] < 30 < estimate["upper"] and estimate["lower"] > 10
    assert estimate["contributors"] >= 100
    methods = frame[frame["indicator"] == "comparison_methods"]
    assert next(iter(methods["group"])) == "roher Unterschied" and len(methods) == 4


def test_weighting_makes_the_groups_alike_and_the_picture_says_so():
    shown = plot_balance(protect(compared(), Rules()), "Ausgleich")
    assert "danach 0,0" in shown.alt
    assert "18 bis 26 Jahre" in " ".join(compared().frame["group"])


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({}, "Kontakte"),
        ({"persons": 20}, "Merkmale zu wenige"),
    ],
)
def test_too_few_people_or_no_tables_are_refused(tables, says):
    data = dataset(**met(**tables)) if tables else dataset()
    frame = effects.open_hours(data, QUARTER).frame
    estimate = frame[frame["indicator"] == "comparison_estimate"].iloc[0]
    assert estimate["status"] == "refused"
    assert says in estimate["reason"]


def test_nobody_who_reached_anything_is_refused():
    tables = met()
    tables["placements"] = tables["placements"].iloc[:0]
    frame = effects.open_hours(dataset(**tables), QUARTER).frame
    assert frame["reason"].str.startswith("Niemand hat das Ergebnis erreicht").any()


def test_tables_show_question_verdict_assumption_and_count_of_tests():
    series = derive(effects.own_series, protected(share=jumping), start="2022Q3")
    people = protect(compared(), Rules(), synthetic=True)
    assert "deutet darauf hin" in table_of_effects(series, "Wirkung").text
    assert "nichts anderes begann zur selben Zeit: " in assumptions(series, "Annahmen").text
    assert "Überlappung beider Gruppen: " in assumptions(people, "Annahmen").text
    tried = derive(questions_tried, series, people)
    text = questions(tried, "Tests").text
    assert "angekündigt: 6" in text and "hier gerechnet: 3" in text
    assert "hier nicht gestellt: 3" in text


def test_a_result_of_people_cannot_pass_without_how_many_stand_behind_it():
    found = effects.Estimated(0.1, 0.0, 0.2, 0.1)
    made = effects.effect("x", "der Anteil", "share", found, ())
    with pytest.raises(DataError, match="must say how many stand"):
        told({"measure_after_open_hours": made}, "2024Q3", "05370", PEOPLE)
