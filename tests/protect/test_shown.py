"""What an executed notebook shows is what was decided, number by number."""

import json
import math

import pytest

from kimeval.core import mime
from kimeval.core.errors import ProtectionError
from kimeval.protect.audit.shown import require_as_decided
from kimeval.protect.facts import no_rows

from .making import count, line, publish, share

SECRET = 4711


@pytest.fixture
def notebook(tmp_path):
    """Writes an executed notebook that shows some rows of the gate."""

    def write(*tables, name="02_reach"):
        outputs = [{"output_type": "display_data", "data": {mime.RESULTS: t}} for t in tables]
        cells = [
            {"cell_type": "markdown", "source": "# Frage?"},
            {"cell_type": "code", "source": "", "outputs": outputs},
        ]
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return path

    return write


def told(protected):
    """Rows of protected results as an output holds them."""
    frame = protected.frame.astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


@pytest.fixture
def decided():
    """A release, and its rows as a notebook shows them."""
    release, (protected,) = publish([*line([3, SECRET, 5]), share(20, 60, "d")])
    return release.rows, told(protected)


def require_refused(paths, rows, wrong=1):
    with pytest.raises(ProtectionError) as found:
        require_as_decided(paths, rows, no_rows())
    said = str(found.value)
    assert f"{wrong} shown by '02_reach' have not" in said
    assert "evaluation.protect()" in said
    assert str(SECRET) not in said


def test_what_was_decided_may_be_shown(notebook, decided):
    rows, shown = decided
    require_as_decided([notebook(shown)], rows, no_rows())


def test_a_notebook_may_show_less_and_the_same_twice(notebook, decided):
    rows, shown = decided
    require_as_decided([notebook(shown[:1], shown[1:3], shown[:1])], rows, no_rows())


def test_a_notebook_without_output_shows_nothing(notebook):
    require_as_decided([notebook()], no_rows(), no_rows())


def test_no_notebook_is_no_error():
    require_as_decided([], no_rows(), no_rows())


def test_a_row_that_never_passed_the_gate_is_refused(notebook, decided):
    rows, shown = decided
    require_refused([notebook(shown)], rows[rows["group"] != "b"])
    require_refused([notebook(shown)], no_rows(), wrong=5)


def test_a_hidden_row_that_shows_its_number_is_refused(notebook, decided):
    rows, shown = decided
    for field in ("value", "numerator", "denominator"):
        bare = [{**row, field: 3.0} if row["group"] == "a" else row for row in shown]
        require_refused([notebook(bare)], rows)


def test_a_hidden_row_that_calls_itself_shown_is_refused(notebook, decided):
    rows, shown = decided
    bare = [
        {**row, "suppressed": False, "value": 3.0} if row["group"] == "a" else row for row in shown
    ]
    require_refused([notebook(bare)], rows)


@pytest.mark.parametrize("field", ["value", "numerator"])
def test_another_number_than_the_decided_one_is_refused(notebook, decided, field):
    rows, shown = decided
    other = [{**row, field: 4712.0} if row["group"] == "b" else row for row in shown]
    require_refused([notebook(other)], rows)


def test_a_number_where_none_was_decided_is_refused(notebook, decided):
    rows, shown = decided
    other = [{**row, "denominator": 60.0} if row["group"] == "b" else row for row in shown]
    assert math.isnan(rows.loc[rows["group"] == "b", "denominator"].item())
    require_refused([notebook(other)], rows)


def test_a_number_that_is_lacking_is_refused(notebook, decided):
    rows, shown = decided
    other = [{**row, "value": None} if row["group"] == "b" else row for row in shown]
    require_refused([notebook(other)], rows)


def test_the_notebook_that_is_wrong_is_named(notebook, decided):
    rows, shown = decided
    right = notebook(shown, name="01_data_quality")
    wrong = notebook([{**row, "group": "z"} for row in shown[1:2]])
    require_refused([right, wrong], rows)


def test_rows_without_persons_and_refused_rows_are_no_matter(notebook):
    _, (files,) = publish([count(7, "datei.csv", "file", name="rows_in")])
    _, (lacking,) = publish(
        [count(math.nan, numerator=math.nan, contributors=math.nan, status="refused", reason="x")]
    )
    require_as_decided([notebook(told(files), told(lacking))], no_rows(), no_rows())


def test_a_kept_row_shows_what_was_published_before_and_not_the_new_number(notebook):
    first, _ = publish([count(27)])
    second, (protected,) = publish([count(29)], after=first)
    rows, shown = second.rows, told(protected)
    assert [row["value"] for row in shown] == [27]
    require_as_decided([notebook(shown)], rows, second.history)
    with pytest.raises(ProtectionError):
        require_as_decided([notebook([{**shown[0], "value": 29.0}])], rows, second.history)
