"""Three deliveries of Kreis Heinsberg against their written truth, and what was revised between."""

import datetime as dt
import json
import shutil

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.data.deliveries import read_delivery
from kimeval.data.revisions import revisions
from kimeval.data.sample import make_world, write_sample
from kimeval.data.sample.known import recorded
from kimeval.data.sample.write import make_files
from kimeval.data.vintages import vintage_of

DAYS = [dt.date(2024, 4, 15), dt.date(2024, 7, 15), dt.date(2024, 10, 15)]
LINKED = {DAYS[0]: 19 + 11, DAYS[1]: 20 + 15, DAYS[2]: 22 + 15}


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory, root):
    """The truth and the vintage of each delivery."""
    home = tmp_path_factory.mktemp("three")
    for name in ("notebooks", "data"):
        (home / name).mkdir()
    shutil.copytree(root / "profiles", home / "profiles")
    heinsberg, project, held = area("05370"), Project(home), {}
    for day in DAYS:
        write_sample(project.sample, [heinsberg], day)
        folder = project.sample / "05370"
        truth = json.loads((folder / f"truth-{day}.json").read_text("utf-8"))
        delivery = read_delivery(folder / day.isoformat())
        held[day] = truth, vintage_of(project, heinsberg, delivery).vintage
    return held


@pytest.fixture(scope="module")
def sheets():
    """What the rows of each delivery mean, by day and file."""
    world = make_world(area("05370"))
    return {
        day: {file.sheet.name: file for file in make_files(world, recorded(world, day))}
        for day in DAYS
    }


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_row_of_every_file_is_where_the_truth_says(taken_in, day):
    truth, vintage = taken_in[day]
    accounts = vintage.ledger.accounts.set_index("file")
    found = {
        name: {count: int(row[count]) for count in ("rows_kept", "rows_merged", "rows_set_aside")}
        for name, row in accounts.iterrows()
    }
    planted = {
        name: {count: file[count] for count in ("rows_kept", "rows_merged", "rows_set_aside")}
        for name, file in truth["files"].items()
    }
    assert found == planted


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_planted_error_is_found_and_no_other(taken_in, day):
    truth, vintage = taken_in[day]
    found = vintage.ledger.reasons.groupby(["file", "reason"])["rows"].sum().to_dict()
    planted = {
        (name, kind): rows
        for name, file in truth["files"].items()
        for kind, rows in file["planted"].items()
        if kind != "exact_duplicate" and rows
    }
    assert found == planted
    assert sum(found.values()) > 150


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_persons_and_cases_are_those_of_the_truth(taken_in, sheets, day):
    data = taken_in[day][1].load()
    files = [file for file in sheets[day].values() if file.sheet.kind == "faelle"]
    rows = pd.concat([file.sheet.frame[file.usable] for file in files])
    assert len(data.table("cases")) == len(rows)
    assert data.table("clients")["person_id"].nunique() == rows["person"].nunique()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_person_known_to_two_providers_is_recognised(taken_in, day):
    truth, vintage = taken_in[day]
    known = {kind: found["visible"] for kind, found in truth["duplicates"].items()}
    assert sum(known.values()) == LINKED[day]
    assert vintage.ledger.linked["persons"].sum() == LINKED[day]


@pytest.mark.parametrize(("old", "new"), [DAYS[:2], DAYS[1:]], ids=["April-July", "July-October"])
def test_backdated_contacts_of_a_later_delivery_are_counted(taken_in, sheets, old, new):
    before, after = (sheets[day]["ki_kontakte.csv"] for day in (old, new))
    earlier, later = before.sheet.frame[before.usable], after.sheet.frame[after.usable]
    added = later[~later["row"].isin(earlier["row"])]
    backdated = int((added["contact_on"] <= pd.Timestamp(old)).sum())
    found = revisions(taken_in[old][1], taken_in[new][1]).set_index(["table", "provider"])
    row = found.loc[("contacts", "ki")]
    assert row["late"] == backdated > 10
    assert row["added"] == len(added) - backdated
    assert (row["dropped"], row["changed"]) == (0, 0)


def test_closed_cases_that_an_export_drops_are_counted(taken_in):
    found = revisions(taken_in[DAYS[1]][1], taken_in[DAYS[2]][1]).set_index(["table", "provider"])
    assert found.loc[("cases", "drk"), "dropped"] == 12
    assert found.loc[("cases", "ki"), "dropped"] == 0
