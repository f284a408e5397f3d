"""What one notebook of a run has decided reaches the next, and only there."""

import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results
from kimeval.protect import Rules, protect
from kimeval.protect.facts import ROWS, as_held, no_rows
from kimeval.protect.transfer import VARIABLE, opened, passed_on, read_rows, require_reason

from .making import count, hidden, line


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The confidential file of a run."""
    named = tmp_path / "release.parquet"
    monkeypatch.setenv(VARIABLE, str(named))
    return named


def test_outside_a_run_a_release_begins_empty_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    release = opened(Rules(), no_rows())
    protect(Results.of([count(27)]), release=release)
    passed_on(release)
    assert list(tmp_path.iterdir()) == []


def test_the_first_notebook_of_a_run_begins_empty(file):
    assert opened(Rules(), no_rows()).rows.empty
    assert not file.exists()


def test_the_next_notebook_has_what_the_first_decided(file):
    first = opened(Rules(), no_rows())
    protect(Results.of(line([3, 40, 5])), release=first)
    passed_on(first)
    second = opened(Rules(), no_rows())
    pd.testing.assert_frame_equal(second.rows, as_held(first.rows))
    assert second.rows["state"].tolist() == first.rows["state"].tolist()


def test_a_row_that_the_first_notebook_hid_stays_hidden_in_the_next(file):
    first = opened(Rules(), no_rows())
    protect(Results.of(line([3, 40, 5])), release=first)
    passed_on(first)
    # By itself 5 could be shown; together with the first notebook it gives 3 away.
    again = protect(Results.of([count(5, "c")]), release=opened(Rules(), no_rows()))
    assert hidden(again) == ["c"]
    assert hidden(protect(Results.of([count(5, "c")]))) == []


def test_another_number_for_the_same_count_in_the_next_notebook_is_refused(file):
    first = opened(Rules(), no_rows())
    protect(Results.of([count(4711)]), release=first)
    passed_on(first)
    with pytest.raises(ProtectionError, match="same number") as found:
        protect(Results.of([count(4712)]), release=opened(Rules(), no_rows()))
    assert "471" not in str(found.value)


def test_the_file_is_replaced_as_a_whole(file):
    release = opened(Rules(), no_rows())
    for value, name in ((27, "persons_reached"), (40, "persons_new")):
        protect(Results.of([count(value, name=name)]), release=release)
        passed_on(release)
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    assert len(read_rows(file)) == 2


def test_no_file_is_no_rows(tmp_path):
    found = read_rows(tmp_path / "nothing.parquet")
    assert found.empty and list(found.columns) == list(ROWS)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_looser_threshold_needs_a_reason(reason):
    with pytest.raises(ProtectionError, match="needs a reason") as found:
        require_reason(Rules(3), reason)
    assert "-p reason=" in str(found.value)


def test_a_looser_threshold_with_a_reason_is_allowed():
    assert require_reason(Rules(3), "Beschluss vom 1. März").threshold == 3


@pytest.mark.parametrize("threshold", [5, 6, 10])
def test_the_default_and_stricter_rules_need_no_reason(threshold):
    assert require_reason(Rules(threshold), "").threshold == threshold
