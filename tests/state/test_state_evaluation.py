"""What a notebook on the state begins with, and what its first lines say."""

import pytest

import kimeval as ke
from kimeval import evaluation
from kimeval.core.errors import AreaError, ParameterError, ProtectionError, QuarterError
from kimeval.core.project import Project
from kimeval.evaluation import evaluate, evaluate_state
from kimeval.protect import Rules

from .areas_made import CODES, QUARTER, count, publish, share

FIRST, SECOND = CODES[:2]


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Two areas published; nothing else is there."""
    made = Project(tmp_path)
    publish(made.outputs, FIRST, [count(31, FIRST), share(20, 61, FIRST)])
    partial = {"status": "partial", "reason": "ein Träger fehlt"}
    publish(made.outputs, SECOND, [count(3, SECOND), share(25, 75, SECOND, **partial)])
    monkeypatch.setattr(evaluation.Project, "find", lambda: made)
    return made


def plain(shown):
    """Text of a table or sentence with plain blanks."""
    return shown.text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_state_holds_what_its_areas_published(project):
    state = evaluate_state("III/2024")
    assert (str(state.quarter), state.area.code, state.rules.threshold) == (QUARTER, "05", 5)
    assert len(state.areas) == 4 and state.areas.suppressed == 1
    assert repr(state) == "StateEvaluation(2024Q3, Collected(2024Q3, 2 of 54 areas))"
    assert ke.evaluate_state is evaluate_state


def test_its_header_says_which_areas_are_in_of_which_day(project):
    publish(
        project.outputs,
        CODES[2],
        [count(9, CODES[2])],
        data={"vintage": "x", "as_of": "2024-12-01", "synthetic": True},
    )
    text = evaluate_state(QUARTER)._repr_mimebundle_()["text/plain"]
    assert "was 3 von 54 Gebieten veröffentlicht haben" in text
    assert "Nicht enthalten: 51 Gebiete (nicht veröffentlicht)" in text
    assert "Datenstand: 01.12.2024 (1 Gebiete), 15.01.2025 (2 Gebiete)" in text
    assert "sagen nichts über das Land und seine Gebiete" in text


def test_results_are_derived_from_what_was_published():
    state = evaluate_state(QUARTER)
    found = state.derive(ke.reach.state.sums, state.areas)
    row = found.only(indicator="state_persons_reached").frame.iloc[0]
    assert (row["value"], row["status"]) == (31, "partial")
    assert found.synthetic and found.suppressed == 0


def test_a_row_of_a_complete_area_does_not_inherit_what_another_lacks():
    state = evaluate_state(QUARTER)
    coverage = state.areas.only(indicator="coverage_newly_arrived")
    found = state.derive(ke.reach.state.not_reached, coverage).frame.set_index("area")
    assert found.loc[FIRST, "reason"] == ""
    assert found.loc[SECOND, "reason"] == "ein Träger fehlt"
    assert "in 1 davon lückenhaft" in found.loc["05", "reason"]


def test_rows_of_persons_cannot_be_derived():
    state = evaluate_state(QUARTER)

    def copied(frame):
        from kimeval.core.results import Results, Row

        return Results.of([Row("persons_reached", QUARTER, "05", value=1, contributors=1)])

    copied.__module__ = "kimeval.reach.state.sums"
    with pytest.raises(ProtectionError, match="'persons_reached' counts persons"):
        state.derive(copied, state.areas)


def test_quarters_published_before_are_there_for_trends(project):
    publish(project.outputs, FIRST, [share(10, 61, FIRST, period="2024Q2")], quarter="2024Q2")
    state = evaluate_state(QUARTER)
    own = state.over_time.only(indicator="coverage_newly_arrived", area=FIRST).frame
    assert own["period"].tolist() == ["2024Q2", QUARTER]


def test_a_quarter_by_other_definitions_is_called_so(project):
    rows = [share(10, 61, FIRST, period="2024Q2")]
    publish(project.outputs, FIRST, rows, quarter="2024Q2", catalogue="b" * 12)
    text = evaluate_state(QUARTER)._repr_mimebundle_()["text/plain"]
    assert "Frühere Quartale: 2. Quartal 2024 (anderer Stand der Festlegungen)" in text


def test_sums_of_rounded_numbers_say_that_they_are(project):
    rules = Rules(5, "rounding")
    for code in CODES[:6]:
        publish(project.outputs, code, [count(33, code)], rules=rules, version="v2")
    state = evaluate_state(QUARTER)
    measures = ke.reach.state
    sums = state.derive(measures.sums, state.areas)
    assert sums.only(indicator="state_persons_reached").frame["value"].item() == 6 * 35
    coverage = state.derive(measures.coverage_overall, state.areas)
    change = state.derive(measures.change_on_year, state.areas)
    assert "Summen daraus sind es auch" in plain(ke.report.state_in_words(sums, coverage, change))


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"area": "05370"}, AreaError, "about '05', got '05370'"),
        ({"area": 5}, AreaError, "-r area"),
        ({"quarter": 20243}, ParameterError, "Use -r"),
        ({"quarter": "2023Q1"}, QuarterError, "kimeval run --quarter 2023Q1 --all"),
        ({"quarter": "2199Q1"}, QuarterError, "must have begun"),
    ],
)
def test_a_wrong_parameter_is_one_line_with_the_way_out(given, error, said):
    with pytest.raises(error, match=said) as found:
        evaluate_state(**{"quarter": QUARTER, **given})
    assert "\n" not in str(found.value)


def test_persons_rows_of_the_state_cannot_be_asked_for():
    with pytest.raises(AreaError, match="evaluate_state"):
        evaluate(QUARTER, "05")
    assert evaluate(QUARTER, "05", needs_data=False).area.code == "05"


def test_findings_are_sentences_with_their_uncertainty(project):
    for code in CODES[2:16]:
        publish(project.outputs, code, [count(50, code), share(30, 90, code)])
    state = evaluate_state(QUARTER)
    measures, coverage = ke.reach.state, state.areas.only(indicator="coverage_newly_arrived")
    overall = state.derive(measures.coverage_overall, coverage)
    sums, change = (
        state.derive(measure, state.areas) for measure in (measures.sums, measures.change_on_year)
    )
    said = plain(ke.report.state_in_words(sums, overall, change))
    assert "731 Personen mindestens einen Beratungskontakt" in said
    assert "Summe aus 15 von 54 Gebieten" in said and "1 gesperrt" in said
    assert "Reichweite" not in said and "wurden 33,3 % erreicht (" in said
    funnel = state.derive(measures.coverage_funnel, coverage)
    spread = state.derive(measures.coverage_funnel, coverage, spread="additive")
    said = plain(ke.report.differences_in_words(funnel, spread, overall))
    assert "liegen nicht weiter auseinander" in said and "0 von 16 Gebieten" in said
    missed = state.derive(measures.not_reached, coverage)
    assert "931 Personen von 1.396" in plain(ke.report.missed_in_words(missed))


def test_tables_of_the_state_show_what_they_rest_on(project):
    for code in CODES[2:16]:
        publish(project.outputs, code, [count(50, code), share(30, 90, code)])
    state = evaluate_state(QUARTER)
    measures, coverage = ke.reach.state, state.areas.only(indicator="coverage_newly_arrived")
    funnel = state.derive(measures.coverage_funnel, coverage)
    ranks = state.derive(measures.coverage_ranks, coverage)
    smoothed = state.derive(measures.coverage_smoothed, coverage)
    placed = plain(ke.tables.areas_placed(funnel, ranks, "Lage"))
    assert "Stadt Düsseldorf: −0,5 | " in placed and "bis 16)" in placed
    compared = plain(ke.tables.areas_compared(coverage, smoothed, "Vergleich"))
    assert "Stadt Düsseldorf: 20 | 61 | 32,8 %" in compared
    flagged = plain(ke.tables.flags([funnel], "Meldungen"))
    assert "99,8-%-Grenzen, Zufall allein: 16 | 0 | 0,0" in flagged
    listed = plain(ke.tables.areas_in(state.collected, "Gebiete"))
    assert "Stadt Essen (05113): v1 | 15.01.2025 | ab 5, Sperrung | ja" in listed
    assert listed.count("nein: nicht veröffentlicht") == 38
    lacking = plain(ke.tables.reservations_of_areas(coverage, "Vorbehalte"))
    assert "Vollständig: 15" in lacking and "Unvollständig: ein Träger fehlt: 1" in lacking
    sums = plain(ke.tables.state_sums(state.derive(measures.sums, state.areas), "Summen"))
    assert "Erreichte Personen im Land: 731 | Personen | 15 von 54" in sums
    by_size = state.derive(measures.coverage_by_size, coverage)
    assert "Einwohnerzahl: " in plain(ke.tables.gradients(by_size, "Gefälle"))
    missed = state.derive(measures.not_reached, coverage)
    assert "4 weitere Gebiete" in plain(ke.tables.most_missed(missed, "nicht erreicht"))
