"""What a notebook begins with: each wrong parameter is one clear line."""

import datetime as dt

import pandas as pd
import pytest

from kimeval import evaluation
from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import (
    AreaError,
    KimevalError,
    ParameterError,
    ProtectionError,
    QuarterError,
)
from kimeval.core.project import Project
from kimeval.core.results import Results, Row
from kimeval.core.schema import conform
from kimeval.data.ledger import Ledger
from kimeval.evaluation import evaluate

SECRET = "Mustermann"


class Held:
    """As much of a vintage as an evaluation looks at: a contact on 5 May 2024."""

    as_of = dt.date(2024, 10, 15)
    ledger = Ledger()

    def __init__(self, contact_on="2024-05-05"):
        self.contact_on = contact_on

    def load(self):
        contact = {"contact_id": [SECRET], "client_id": [SECRET], "contact_on": [self.contact_on]}
        frame = pd.DataFrame(contact).assign(contact_on=lambda f: pd.to_datetime(f["contact_on"]))
        contacts = conform("contacts", frame)
        return Dataset(area("05370"), self.as_of, {"contacts": contacts}, True, "v")


@pytest.fixture(autouse=True)
def vintage(monkeypatch, tmp_path):
    """No test of this file reads a delivery."""
    monkeypatch.setattr(evaluation, "ensure_vintage", lambda *_: Held())
    monkeypatch.setattr(evaluation.Project, "find", lambda: Project(tmp_path))


def test_an_evaluation_holds_what_was_asked_for():
    found = evaluate("III/2024", "05370", 7)
    assert (str(found.quarter), found.area.code, found.rules.threshold) == ("2024Q3", "05370", 7)
    assert repr(found) == "Evaluation(2024Q3, Kreis Heinsberg (05370))"


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"area": 5370}, AreaError, "write -r area 05370"),
        ({"area": "5370"}, AreaError, "Did it lose a zero"),
        ({"area": "Heinsberg"}, AreaError, "Did you mean '05370'"),
        ({"area": "05999"}, AreaError, "one of the 54 KIM areas"),
        ({"quarter": "2199Q4"}, QuarterError, "must have begun"),
        ({"quarter": "2024Q5"}, QuarterError, "is written 2024Q3"),
        ({"quarter": 20243}, ParameterError, "Use -r"),
        ({"threshold": 2}, ProtectionError, "at least 3"),
        ({"threshold": "5"}, ProtectionError, "whole number"),
    ],
)
def test_a_wrong_parameter_is_one_line_with_the_way_out(given, error, said):
    with pytest.raises(error, match=said) as found:
        evaluate(**{"quarter": "2024Q3", "area": "05370", **given})
    (line,) = found.value._render_traceback_()
    assert line == f"{error.__name__}: {found.value}" and "\n" not in line


def test_a_quarter_behind_the_delivery_is_refused():
    with pytest.raises(QuarterError, match="newest possible is 2024Q4"):
        evaluate("2025Q1", "05370")
    assert str(evaluate("2024Q4", "05370").quarter) == "2024Q4"


def test_a_quarter_before_the_first_contact_is_refused_and_not_zero():
    with pytest.raises(QuarterError, match="begin in 2024Q2 and hold nothing of 2024Q1"):
        evaluate("2024Q1", "05370")
    assert str(evaluate("2024Q2", "05370").quarter) == "2024Q2"


def test_published_figures_need_no_delivery(monkeypatch):
    def fail(*_):
        raise AssertionError("no delivery is to be read")

    monkeypatch.setattr(evaluation, "ensure_vintage", fail)
    found = evaluate("1999Q1", "05370", needs_data=False)
    assert len(found.data.tables) == 0 and len(found.ledger.accounts) == 0


def test_no_person_shows_in_what_is_printed_or_displayed():
    found = evaluate("2024Q3", "05370")
    shown = [repr(found), repr(found.data), str(found._repr_mimebundle_())]
    assert SECRET not in "".join(shown)


def test_results_are_protected_by_the_rules_asked_for_and_marked_synthetic():
    results = Results.of([Row("persons_reached", "2024Q3", "05370", value=6, contributors=6)])
    assert evaluate("2024Q3", "05370").protect(results).suppressed == 0
    strict = evaluate("2024Q3", "05370", 7).protect(results)
    assert strict.suppressed == 1 and strict.synthetic


def test_results_are_altered_where_the_method_says_so():
    row = Row("persons_reached", "2024Q3", "05370", value=47, contributors=47)
    found = evaluate("2024Q3", "05370", method="rounding").protect(Results.of([row]))
    assert found.frame["value"].tolist() == [45]


def test_a_method_that_does_not_exist_is_refused():
    with pytest.raises(ProtectionError, match="suppression, rounding, cellkey, got 'noise'"):
        evaluate("2024Q3", "05370", method="noise")


def test_ipython_shows_the_line_and_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(history_load_length=0)
    try:
        with capture_output() as shown:
            shell.run_cell("from kimeval.core.area import area\narea(5370)", store_history=False)
    finally:
        InteractiveShell.clear_instance()
    assert "-r area 05370" in shown.stdout
    assert "Traceback" not in shown.stdout and "area.py" not in shown.stdout
    assert issubclass(AreaError, KimevalError)
