"""What areas published is put together as it is, or the reason why not is told."""

import json
import math

import pytest

from kimeval.core.digests import file_hash
from kimeval.core.errors import ProtectionError, QuarterError
from kimeval.core.manifests import published_digest, published_quarters
from kimeval.core.quarter import Quarter
from kimeval.core.results import COLUMNS
from kimeval.protect import Rules
from kimeval.protect.collected import OTHER_CATALOGUE, OTHER_RULES, collected, earlier, own_period
from kimeval.protect.versions import NOT_PUBLISHED, NOT_READ

from .areas_made import CODES, QUARTER, count, lacking, publish, share

FIRST, SECOND, THIRD = CODES[:3]


@pytest.fixture
def outputs(tmp_path):
    """Three areas: one complete, one with a hidden count, one whose data carry nothing."""
    publish(tmp_path, FIRST, [count(31, FIRST), share(20, 61, FIRST)])
    publish(tmp_path, SECOND, [count(3, SECOND), share(25, 75, SECOND)])
    publish(tmp_path, THIRD, [lacking(THIRD), count(47, THIRD, status="partial", reason="=x")])
    return tmp_path


def reasons(found):
    return {member.area: member.reason for member in found.members}


def row(found, area, name="persons_reached"):
    return found.rows.only(area=area, indicator=name).frame.iloc[0]


def test_rows_come_back_number_by_number(outputs):
    found = collected(outputs, QUARTER)
    assert list(found.rows.frame.columns) == [*COLUMNS, "suppressed"]
    assert found.rows.frame.dtypes.astype(str).to_dict() == {**COLUMNS, "suppressed": "bool"}
    told = row(found, FIRST, "coverage_newly_arrived")
    assert (told["value"], told["numerator"], told["denominator"]) == (20 / 61, 20, 61)
    assert row(found, THIRD)["reason"] == "=x"
    assert found.rows.synthetic


def test_what_an_area_hides_is_hidden_here(outputs):
    found = collected(outputs, QUARTER)
    hidden = row(found, SECOND)
    assert hidden["suppressed"] and math.isnan(hidden["value"]) and math.isnan(hidden["numerator"])
    assert found.rows.suppressed == 1


def test_every_area_is_listed_with_its_version_day_and_rule_or_its_reason(outputs):
    found = collected(outputs, QUARTER)
    assert [member.area for member in found.members] == CODES
    inside = found.inside[0]
    assert (inside.area, inside.version, str(inside.as_of)) == (FIRST, "v1", "2025-01-15")
    assert (inside.threshold, inside.method) == (5, "suppression")
    assert {member.reason for member in found.outside} == {NOT_PUBLISHED}
    assert len(found.outside) == 51
    assert len(found.of(FIRST)) == 2 and len(found.of(CODES[5])) == 0


def test_the_version_that_is_linked_counts(outputs):
    publish(outputs, FIRST, [count(33, FIRST)], version="v2")
    found = collected(outputs, QUARTER)
    assert (found.inside[0].version, row(found, FIRST)["value"]) == ("v2", 33)


@pytest.mark.parametrize("change", ["append", "number", "remove"])
def test_a_changed_file_is_an_error_that_names_the_area_and_the_way_out(outputs, change):
    path = outputs / QUARTER / SECOND / "results.csv"
    text = path.read_text()
    if change == "remove":
        path.unlink()
    else:
        path.write_text(text + "\n" if change == "append" else text.replace("25.0", "26.0"))
    with pytest.raises(ProtectionError, match=f"{QUARTER}/{SECOND} has another results.csv"):
        collected(outputs, QUARTER)


def test_an_uncovered_number_is_refused_even_with_the_right_hash(outputs):
    folder = outputs / QUARTER / SECOND
    path = folder / "results.csv"
    header, hidden, *rest = path.read_text().splitlines()
    assert ",True," in hidden
    at = header.split(",").index("value")
    cells = hidden.split(",")
    cells[at] = "3.0"
    path.write_text("\n".join([header, ",".join(cells), *rest]) + "\n")
    resigned(folder)
    with pytest.raises(ProtectionError, match="rows that kimeval does not write"):
        collected(outputs, QUARTER)


def test_rows_of_another_area_are_refused(outputs):
    folder = outputs / QUARTER / SECOND
    path = folder / "results.csv"
    path.write_text(path.read_text().replace(SECOND, FIRST))
    resigned(folder)
    with pytest.raises(ProtectionError, match="rows that kimeval does not write"):
        collected(outputs, QUARTER)


def test_a_folder_in_the_wrong_place_is_refused(outputs):
    link = outputs / QUARTER / CODES[3]
    link.symlink_to(f"versions/{FIRST}/v1", target_is_directory=True)
    with pytest.raises(ProtectionError, match=f"{CODES[3]} is of {FIRST}"):
        collected(outputs, QUARTER)


def test_a_manifest_of_another_form_is_a_reason_and_no_error(outputs):
    publish(outputs, CODES[3], [count(9, CODES[3])], format=2)
    publish(outputs, CODES[4], [count(9, CODES[4])], protection={})
    found = reasons(collected(outputs, QUARTER))
    assert (found[CODES[3]], found[CODES[4]]) == (NOT_READ, NOT_READ)


def test_real_and_invented_persons_are_never_mixed(outputs):
    publish(outputs, CODES[3], [count(9, CODES[3])], synthetic=False)
    with pytest.raises(ProtectionError, match=r"3 areas of 2024Q3 .* synthetic data and 1 from"):
        collected(outputs, QUARTER)


def test_an_area_by_other_rules_is_left_out_with_that_reason(outputs):
    publish(outputs, CODES[3], [count(9, CODES[3])], rules=Rules(7))
    found = collected(outputs, QUARTER)
    assert reasons(found)[CODES[3]] == OTHER_RULES
    assert found.members[3].threshold == 7
    assert found.rows.rules == Rules(5)
    assert CODES[3] not in set(found.rows.frame["area"])


def test_an_area_by_another_method_is_left_out(outputs):
    publish(outputs, CODES[3], [count(19, CODES[3])], rules=Rules(5, "rounding"))
    assert reasons(collected(outputs, QUARTER))[CODES[3]] == OTHER_RULES


def test_an_area_of_another_catalogue_is_left_out_and_of_two_the_newer_counts(outputs):
    newer = "2025-03-01T10:00:00+01:00"
    for code in CODES[3:6]:
        publish(outputs, code, [count(9, code)], catalogue="b" * 12, finished=newer)
    found = collected(outputs, QUARTER)
    assert found.catalogue == "b" * 12
    assert {reasons(found)[code] for code in CODES[:3]} == {OTHER_CATALOGUE}


def test_only_asked_areas_are_looked_at(outputs):
    found = collected(outputs, QUARTER, [SECOND, FIRST])
    assert [member.area for member in found.members] == sorted([FIRST, SECOND])


def test_nothing_published_is_one_line_with_the_way_out(tmp_path):
    with pytest.raises(QuarterError, match="kimeval run --quarter 2024Q3 --all"):
        collected(tmp_path, QUARTER)
    with pytest.raises(QuarterError, match="nothing of 2024Q3"):
        published_digest(tmp_path, Quarter(2024, 3))


def test_figures_of_other_documents_and_unknown_indicators_are_no_rows_of_an_area(outputs):
    folder = outputs / QUARTER / FIRST
    path = folder / "results.csv"
    header, *rows = path.read_text().splitlines()
    other = [rows[0].replace("persons_reached", n) for n in ("published_areas", "gone_since")]
    path.write_text("\n".join([header, *rows, *other]) + "\n")
    resigned(folder)
    assert len(collected(outputs, QUARTER).of(FIRST)) == 2


def test_earlier_quarters_are_those_that_can_be_compared(outputs):
    publish(outputs, FIRST, [count(28, FIRST, period="2024Q2")], quarter="2024Q2")
    publish(outputs, FIRST, [count(8, FIRST, period="2024Q1")], "2024Q1", rules=Rules(7))
    publish(outputs, FIRST, [count(8, FIRST, period="2023Q4")], "2023Q4", synthetic=False)
    publish(outputs, FIRST, [count(50, FIRST, period="2024Q4")], quarter="2024Q4")
    now = collected(outputs, QUARTER)
    before = earlier(outputs, now)
    assert [str(one.quarter) for one in before] == ["2024Q2"]
    own = own_period([*before, now]).frame
    told = own[(own["area"] == FIRST) & (own["indicator"] == "persons_reached")]
    assert told[["period", "value"]].values.tolist() == [["2024Q2", 28], ["2024Q3", 31]]


def test_the_digest_follows_the_manifests_of_this_and_earlier_quarters(outputs):
    quarter = Quarter(2024, 3)
    first = published_digest(outputs, quarter)
    assert published_digest(outputs, quarter) == first
    publish(outputs, FIRST, [count(50, FIRST, period="2024Q4")], quarter="2024Q4")
    (outputs / "2024Q3" / "index.html").write_text("x")
    (outputs / "2024Q3" / "05").mkdir()
    assert published_digest(outputs, quarter) == first
    publish(outputs, FIRST, [count(8, FIRST, period="2024Q1")], quarter="2024Q1")
    second = published_digest(outputs, quarter)
    assert second != first
    publish(outputs, FIRST, [count(33, FIRST)], version="v2")
    assert published_digest(outputs, quarter) != second
    assert [str(q) for q in published_quarters(outputs, quarter)] == ["2024Q1", "2024Q3"]


def test_a_repr_tells_numbers_of_areas_only(outputs):
    assert repr(collected(outputs, QUARTER)) == "Collected(2024Q3, 3 of 54 areas)"


def resigned(folder):
    """The manifest with the hash of the file as it is now."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["outputs"]["results.csv"] = file_hash(folder / "results.csv")
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_the_digest_does_not_ask_when_something_was_published(outputs):
    quarter = Quarter(2024, 3)
    first = published_digest(outputs, quarter)
    path = next((outputs / "2024Q3").glob("*/manifest.json"))
    held = json.loads(path.read_text(encoding="utf-8"))
    held |= {"started": "2026-01-01T00:00:00+01:00", "finished": "2026-01-01T00:01:00+01:00"}
    path.write_text(json.dumps(held), encoding="utf-8")
    assert published_digest(outputs, quarter) == first
    path.write_text(json.dumps(held | {"legal_basis": "another"}), encoding="utf-8")
    assert published_digest(outputs, quarter) != first
