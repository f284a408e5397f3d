import pytest

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting.trial import Unknown, try_profile
from kimeval.data.profiles import Profile

HEADER = ["Fall", "beginnt", "Grund", "Rest"]


def profile(**fields):
    columns = {"case_id": "Fall", "opened_on": "beginnt", "closing_reason": "Grund"}
    file = {
        "pattern": "faelle*.csv",
        "title": "Fälle",
        "table": [{"name": "cases", "columns": columns}],
    }
    other = {**file, "pattern": "anderes*.csv"}
    return Profile(name="probe", title="Probe", provider="p", file=[file | fields, other])


@pytest.fixture
def export(table):
    """Ten rows: one repeated, one with a broken date, three with two unknown reasons."""
    rows = [[f"F{i}", "01.03.2024", "verzogen", "x"] for i in range(9)]
    rows[1][1] = "31.02.2024"
    rows[2][2] = rows[3][2] = "weg"
    rows[4][2] = "fort"
    return table(HEADER, [*rows, rows[0]], name="faelle.csv")


def test_a_trial_accounts_for_every_row(export):
    trial = try_profile(profile(), [export], today_in_berlin())
    account = trial.ledger.accounts.iloc[0]
    names = ("rows_in", "rows_kept", "rows_merged", "rows_set_aside")
    assert [account[name] for name in names] == [10, 5, 1, 4]
    assert trial.tables == {"cases": 5}


def test_columns_without_a_place_are_named_unless_they_are_ignored(export):
    assert try_profile(profile(), [export], today_in_berlin()).unmapped == {"faelle*.csv": ["Rest"]}
    ignoring = profile(ignore=["Rest"])
    assert try_profile(ignoring, [export], today_in_berlin()).unmapped == {"faelle*.csv": []}


def test_codes_that_are_not_understood_are_counted_by_text_and_row(export):
    trial = try_profile(profile(), [export], today_in_berlin())
    assert trial.unknown == {"faelle*.csv": [Unknown("cases", "closing_reason", 2, 3)]}


def test_not_every_file_of_a_profile_is_needed_but_each_must_fit_a_pattern(export, table):
    assert try_profile(profile(), [export], today_in_berlin()).tables == {"cases": 5}
    strange = table(HEADER, [], name="fremd.csv")
    with pytest.raises(MissingFileError, match=r"no pattern for 'fremd\.csv', only faelle\*\.csv"):
        try_profile(profile(), [strange], today_in_berlin())


def test_a_file_in_another_form_is_the_error_of_reading(table):
    path = table(["Nummer", "Tag"], [["1", "2"]], name="faelle.csv")
    with pytest.raises(FormatError, match="no header with the columns Fall"):
        try_profile(profile(), [path], today_in_berlin())


def test_a_trial_needs_no_key(export, monkeypatch):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    assert try_profile(profile(), [export], today_in_berlin()).tables == {"cases": 5}
