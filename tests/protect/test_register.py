"""The register of releases: appended to only, and a change is found."""

import json

import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.project import Project
from kimeval.protect.facts import HELD, HIDDEN, ROWS, SHOWN, as_held
from kimeval.protect.register import FIRST, Entry, append, entries, history

from .making import AREA, as_shown, count

STATE, NEIGHBOUR = "05", "05374"
SECRET = 4711


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def entry(value, day=1, area=AREA, hidden=False, **changed):
    """A release of one count on a day of January 2025."""
    rows = [count(value, area=area, **changed)]
    made = f"2025-01-{day:02}T09:00:00.000000+01:00"
    return Entry(area, "2024Q3", "2024-10-15", made, 5, as_shown(rows, rows if hidden else ()))


def path(project, area=AREA):
    return project.register / f"{area}.jsonl"


def lines(project):
    return path(project).read_text(encoding="utf-8").splitlines()


def write(project, *texts):
    path(project).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


@pytest.fixture
def three(project):
    """A project with three releases of an area."""
    for day, value in enumerate((SECRET, 5000, 6000), start=1):
        append(project, entry(value, day))
    return project


def require_refused(project, number):
    """The register is refused, with the line's number and no value."""
    with pytest.raises(ProtectionError, match=f"line {number} of data/register/{AREA}.jsonl") as at:
        entries(project, AREA)
    said = str(at.value)
    assert "only ever appended to" in said and "Restore it from a backup." in said
    assert str(SECRET) not in said and str(project.root) not in said


# --- what goes in comes out -----------------------------------------------------------------


def test_before_the_first_release_there_is_nothing_and_no_file(project):
    assert entries(project, AREA) == []
    assert history(project, AREA).empty
    assert list(history(project, AREA).columns) == list(ROWS)
    assert not project.register.exists()


def test_an_entry_comes_back_as_it_was_written(project):
    given = entry(SECRET, hidden=True)
    kept = append(project, given)
    (found,) = entries(project, AREA)
    told = ("area", "quarter", "vintage", "made", "threshold", "method", "digest")
    assert [getattr(found, name) for name in told] == [getattr(kept, name) for name in told]
    pd.testing.assert_frame_equal(found.rows, as_held(given.rows))
    assert found.rows["state"].tolist() == [HIDDEN]
    assert found.rows["value"].tolist() == [SECRET], "later releases are protected with it"


def test_numbers_that_are_not_known_come_back_as_missing_and_not_as_zero(project):
    append(project, entry(27))
    (found,) = entries(project, AREA)
    assert found.rows["denominator"].isna().all()
    assert found.rows["numerator"].tolist() == [27]


def test_a_release_of_no_counts_is_an_entry_without_rows(project):
    append(project, Entry(AREA, "2024Q3", "2024-10-15", "2025-01-01", 5, as_shown([])))
    assert [len(found.rows) for found in entries(project, AREA)] == [0]
    assert history(project, AREA).empty


def test_each_line_holds_the_hash_of_the_one_before(three):
    said = [json.loads(line)["previous"] for line in lines(three)]
    assert said == [FIRST, *(found.digest for found in entries(three, AREA)[:2])]


def test_appending_changes_no_line_before(three):
    before = lines(three)
    append(three, entry(7000, 4))
    assert lines(three)[:3] == before
    assert len(lines(three)) == 4


def test_an_entry_shows_no_value_when_printed():
    assert str(SECRET) not in repr(entry(SECRET))


def test_german_text_is_kept(project):
    append(project, entry(27, dimension="ags", group="Übach-Palenberg"))
    assert entries(project, AREA)[0].rows["group"].tolist() == ["Übach-Palenberg"]


# --- what was changed is found --------------------------------------------------------------


def test_a_changed_number_is_found(three):
    first, *rest = lines(three)
    write(three, first.replace("4711", "4712"), *rest)
    require_refused(three, "[12]")


def test_a_changed_number_in_the_last_line_is_found(three):
    *rest, last = lines(three)
    write(three, *rest, last.replace("6000", "6001"))
    require_refused(three, 3)


def test_a_last_line_that_was_taken_out_is_found(three):
    write(three, *lines(three)[:2])
    with pytest.raises(ProtectionError):
        entries(three, AREA)


@pytest.mark.parametrize(("gone", "at"), [(0, 1), (1, 2)])
def test_a_line_that_was_taken_out_is_found(three, gone, at):
    kept = lines(three)
    del kept[gone]
    write(three, *kept)
    require_refused(three, at)


def test_lines_in_another_order_are_found(three):
    first, second, third = lines(three)
    write(three, second, first, third)
    require_refused(three, 1)


def test_a_line_that_stands_twice_is_found(three):
    first, *rest = lines(three)
    write(three, first, first, *rest)
    require_refused(three, 2)


def test_a_line_that_was_put_in_is_found(three):
    first, second, third = lines(three)
    foreign = json.dumps({**json.loads(second), "previous": FIRST}, ensure_ascii=False)
    write(three, first, foreign, second, third)
    require_refused(three, 2)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[4711]",
        "null",
        '"4711"',
        '{"previous": "4711"}',
        '{"rows": {}}',
        f'{{"previous": "{FIRST}", "rows": {{}}}}',
        f'{{"previous": "{FIRST}", "rows": {{}}, "unknown": 4711}}',
    ],
)
def test_a_line_that_is_no_entry_is_refused(three, line):
    write(three, line, *lines(three)[1:])
    require_refused(three, 1)


def test_a_line_with_a_text_where_a_number_stands_is_refused(three):
    first, *rest = lines(three)
    write(three, first.replace("4711.0", '"vier"'), *rest)
    require_refused(three, 1)


def test_a_changed_register_is_not_appended_to(three):
    first, *rest = lines(three)
    write(three, first.replace("4711", "4712"), *rest)
    before = path(three).read_bytes()
    with pytest.raises(ProtectionError):
        append(three, entry(7000, 4))
    assert path(three).read_bytes() == before


def test_a_changed_register_of_a_related_area_stops_the_history_too(three):
    append(three, entry(90000, area=STATE))
    first, *rest = lines(three)
    write(three, first.replace("4711", "4712"), *rest)
    with pytest.raises(ProtectionError, match=f"{AREA}.jsonl"):
        history(three, NEIGHBOUR)


# --- a run that was killed ------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_torn_last_line_belongs_to_nothing_and_is_replaced(three, share):
    *_, last = lines(three)
    torn = last[: int(len(last) * share)].encode()
    with path(three).open("ab") as out:
        out.write(torn)
    assert len(entries(three, AREA)) == 3
    append(three, entry(7000, 4))
    assert [found.rows["value"].item() for found in entries(three, AREA)] == [
        *(SECRET, 5000, 6000),
        7000,
    ]


def test_a_last_line_torn_inside_a_letter_belongs_to_nothing_and_is_replaced(three):
    with path(three).open("ab") as out:
        out.write('{"group": "Ü'.encode()[:-1])
    append(three, entry(7000, 4))
    assert len(entries(three, AREA)) == 4


def test_a_first_line_that_is_torn_is_no_release(project):
    project.register.mkdir(parents=True)
    path(project).write_text('{"area": "05', encoding="utf-8")
    assert entries(project, AREA) == []
    append(project, entry(27))
    assert len(entries(project, AREA)) == 1


# --- which releases a reader can compare ----------------------------------------------------


def test_history_numbers_the_releases_in_time(three):
    found = history(three, AREA)
    assert found["release"].tolist() == [0, 1, 2]
    assert found["value"].tolist() == [SECRET, 5000, 6000]
    assert set(found["state"]) == {SHOWN}
    assert list(found.columns) == list(HELD)


def test_an_area_is_compared_with_its_own_releases_before_the_state_is_published(three):
    append(three, entry(90, area=NEIGHBOUR))
    assert history(three, AREA)["area"].tolist() == [AREA] * 3


def test_the_state_is_compared_with_every_area(three):
    append(three, entry(90, 2, area=NEIGHBOUR))
    assert set(history(three, STATE)["area"]) == {AREA, NEIGHBOUR}


def test_an_area_is_compared_with_all_others_once_the_state_is_published(three):
    append(three, entry(90, 4, area=NEIGHBOUR))
    append(three, entry(90000, 5, area=STATE))
    found = history(three, NEIGHBOUR)
    assert found["area"].tolist() == [AREA] * 3 + [NEIGHBOUR, STATE]
    assert found["release"].tolist() == [0, 1, 2, 3, 4]


def test_releases_of_several_areas_stand_in_time_and_not_by_area(project):
    append(project, entry(1000, 3))
    append(project, entry(90, 1, area=NEIGHBOUR))
    append(project, entry(90000, 2, area=STATE))
    assert history(project, AREA)["value"].tolist() == [90, 90000, 1000]
