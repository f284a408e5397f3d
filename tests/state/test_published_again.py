"""What the state shows of areas is what they published, number by number."""

import json

import pytest

from kimeval.core import mime
from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row
from kimeval.protect.audit.shown import require_as_published

from .areas_made import CODES, count, frame, share

FIRST, SECOND = CODES[:2]


@pytest.fixture
def published():
    return frame(count(31, FIRST), count(3, SECOND), share(20, 61, FIRST))


@pytest.fixture
def notebook(tmp_path):
    """Writes an executed notebook that shows some rows."""

    def write(rows):
        output = {"output_type": "display_data", "data": {mime.RESULTS: rows}}
        path = tmp_path / "09_state_overview.ipynb"
        cell = {"cell_type": "code", "source": "", "outputs": [output]}
        path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        return [path]

    return write


def shown(rows):
    held = rows.astype(object)
    return held.where(held.notna(), None).to_dict("records")


def require_refused(paths, rows, wrong=1):
    with pytest.raises(ProtectionError) as found:
        require_as_published(paths, rows)
    said = str(found.value)
    assert f"{wrong} rows shown by '09_state_overview' are not among it" in said
    assert "4711" not in said and "state.areas" in said


def test_published_rows_may_be_shown_again_in_part_and_twice(notebook, published):
    rows = shown(published)
    require_as_published(notebook([*rows, rows[0]]), published)
    require_as_published(notebook(rows[:1]), published)
    require_as_published(notebook([]), published)


@pytest.mark.parametrize("field", ["value", "numerator", "denominator", "lower", "upper"])
def test_a_changed_number_is_refused(notebook, published, field):
    rows = shown(published)
    rows[2] = {**rows[2], field: 4711.0}
    require_refused(notebook(rows), published)


def test_a_number_where_the_area_hides_it_is_refused(notebook, published):
    rows = shown(published)
    assert rows[1]["suppressed"]
    require_refused(notebook([{**rows[1], "value": 3.0}]), published)
    require_refused(notebook([{**rows[1], "suppressed": False}]), published)


def test_a_row_that_no_area_published_is_refused(notebook, published):
    rows = shown(published)
    other = [{**rows[0], "group": "weiblich", "dimension": "gender"}, {**rows[0], "area": SECOND}]
    require_refused(notebook(other), published, wrong=2)
    files = frame(Row("rows_in", "2025-01-15", FIRST, value=7))
    require_refused(notebook(shown(files)), published)


def test_what_follows_from_published_rows_need_not_be_among_them(notebook, published):
    derived = Row("state_persons_reached", "2024Q3", "05", value=31)
    other = Row("published_areas", "2024", "05", value=54)
    rows = Results.of([derived, other]).frame.assign(suppressed=False)
    require_as_published(notebook(shown(rows)), published)
