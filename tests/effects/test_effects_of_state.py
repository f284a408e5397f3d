"""The state compares areas from what they published, and finds what the sample plants."""

import numpy as np
import pytest

from kimeval.core.area import areas
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.data.sample.arrivals import newly_arrived
from kimeval.data.sample.programme import settings, window
from kimeval.effects import programme_effect
from kimeval.figures import plot_event_study
from kimeval.protect import Rules, protect
from kimeval.protect.derive import derive
from kimeval.tables import assumptions, effects

SEED = 2024
LAST = Quarter(2024, 3)


def published():
    """Rows of all areas: course entries up to 2024Q1, and since when they run."""
    rows = []
    for code, area in areas().items():
        setting = settings(SEED)[code]
        counts = newly_arrived(area, setting, SEED, 1.0).groupby("quarter")
        for place, (arrived, entered) in enumerate(
            counts[["newly_arrived", "course_entry"]].sum().itertuples(index=False)
        ):
            if place < 17:
                rows.append(entry(code, window()[place], entered, arrived))
        if setting.start:
            since = LAST - setting.start + 1
            rows.append(Row("case_management_quarters", str(LAST), code, value=since))
    return protect(Results.of(rows), Rules())


def entry(code, quarter, entered, arrived):
    fields = {"numerator": entered, "denominator": arrived, "contributors": entered}
    return Row("course_entry_share", str(quarter), code, value=entered / arrived, **fields)


@pytest.fixture(scope="module")
def rows():
    return published()


@pytest.fixture(scope="module")
def found(rows):
    return derive(programme_effect, rows)


def estimates(protected):
    return protected.only(indicator="effect_estimate").frame


def test_the_planted_effect_lies_in_the_interval(found):
    dynamic = estimates(found).iloc[1]
    assert dynamic["lower"] < 4.875 < dynamic["upper"]
    assert dynamic["lower"] > 2
    assert list(estimates(found)["area"].unique()) == ["05"]


def test_areas_without_a_published_beginning_are_left_out_unless_said_to_have_none(rows, found):
    counts = found.only(indicator="effect_areas").frame.set_index("group")["value"]
    assert counts["nicht dabei: Beginn nicht bekannt"] == 4
    assert counts["verglichen"] == 50
    never = [code for code, one in settings(SEED).items() if one.start is None]
    told = derive(programme_effect, rows, without=never)
    counts = told.only(indicator="effect_areas").frame.set_index("group")["value"]
    assert counts["verglichen"] == 54
    assert counts["davon ohne Beginn in diesen Quartalen"] == 4


def test_bounds_begin_at_the_interval_and_widen(found):
    bounds = found.only(indicator="effect_bound").frame
    assert bounds["lower"].iloc[0] == pytest.approx(estimates(found)["lower"].iloc[1])
    assert np.all(np.diff(bounds["lower"]) < 0)


def test_the_event_study_is_drawn_with_minus_signs(found):
    shown = plot_event_study(found, "Kurseintritt um den Beginn")
    assert "Vor dem Beginn höchstens" in shown.alt
    assert "−2" in set(found.only(indicator="event_study").frame["group"])


def test_tables_tell_verdict_sentence_and_checks(found):
    text = effects(found, "Wirkung").text
    assert "deutet darauf hin" in text or "gestützt" in text
    assert "Größte Abweichung vor dem Beginn: p = " in assumptions(found, "Annahmen").text


def test_one_area_alone_is_refused_with_what_is_needed(rows):
    alone = derive(programme_effect, rows.only(area="05370"))
    frame = estimates(alone)
    assert set(frame["status"]) == {"refused"}
    assert frame["reason"].str.startswith("Nur ein Gebiet").all()
    assert frame["reason"].str.contains("nötig wären mehrere Gebiete").all()


def test_nothing_published_is_refused(rows):
    frame = estimates(derive(programme_effect, rows.only(indicator="case_management_quarters")))
    assert frame["reason"].str.startswith("Kein Gebiet hat den Kurseintritt").all()
