"""Files of denominators and rules: what is read, for whom, and what is refused."""

import datetime as dt

import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.errors import FormatError
from kimeval.core.project import Project
from kimeval.data.supplied import supplied, supplied_hash

HERE = area("05370")
GOOD = """[[denominator]]
measure = "refugees_18_27"
ags = "05370"
persons = 400
day = 2024-06-30
quality = "lower"
definition = "Geflüchtete"
source = "Bericht"
"""
RULE = """[[own_case_management]]
area = "05370"
since = 2025-01-01
spheres = ["sgb2"]
source = "Vereinbarung"
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data" / "denominators").mkdir(parents=True)
    (tmp_path / "data" / "sample" / "05370").mkdir(parents=True)
    return Project(tmp_path)


@pytest.fixture
def read(project):
    """What a file with a text gives for Kreis Heinsberg."""

    def from_text(text, synthetic=False, place=HERE):
        (project.root / "data" / "denominators" / "own.toml").write_text(text, encoding="utf-8")
        return supplied(Dataset(place, dt.date(2024, 10, 15), synthetic=synthetic), project)

    return from_text


def test_a_denominator_and_a_rule_are_read(read):
    found = read(GOOD + RULE)
    (one,), (rule,) = found.denominators, found.rules
    assert (one.persons, one.day, one.quality) == (400, dt.date(2024, 6, 30), "lower")
    assert (rule.spheres, rule.since) == (("sgb2",), dt.date(2025, 1, 1))


@pytest.mark.parametrize(
    ("code", "used"),
    [("05370", 1), ("05370004", 1), ("05", 1), ("05358", 0), ("05334002", 0)],
)
def test_only_the_area_its_municipalities_and_the_state_are_taken(read, code, used):
    assert len(read(GOOD.replace('"05370"', f'"{code}"')).denominators) == used


def test_nothing_supplied_is_empty(project):
    found = supplied(Dataset(HERE, dt.date(2024, 10, 15)), project)
    assert (found.denominators, found.rules) == ((), ())


def test_invented_and_real_numbers_are_never_mixed(read, project):
    (project.sample / "05370" / "denominators.toml").write_text(
        GOOD.replace("400", "111"), encoding="utf-8"
    )
    assert [one.persons for one in read(GOOD).denominators] == [400]
    assert [one.persons for one in read(GOOD, synthetic=True).denominators] == [111]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[[denominator]\n", "own.toml is not"),
        (GOOD.replace("denominator", "denominators"), "Did you mean 'denominator'"),
        (GOOD.replace("[[denominator]]", "[denominator]"), "holds tables"),
        (GOOD.replace("persons", "person"), "no field 'person'. Did you mean 'persons'"),
        (GOOD.replace('source = "Bericht"\n', ""), "source missing"),
        (GOOD.replace('definition = "Geflüchtete"\n', ""), "definition missing"),
        (GOOD.replace("2024-06-30", '"2024-06-30"'), "day is a date"),
        (GOOD.replace("05370", "5370"), "neither a KIM area nor a municipality"),
        (GOOD.replace("05370", "05370999"), "neither a KIM area nor a municipality"),
        (GOOD.replace("400", "-400"), "from 0 on"),
        (GOOD.replace("400", '"400"'), "from 0 on"),
        (GOOD.replace("lower", "least"), "quality of a denominator"),
        (GOOD.replace('quality = "lower"', 'quality = "lower"\nlow = "x"'), "wrong type"),
        (RULE.replace("sgb2", "sgb9"), "Did you mean 'sgb"),
        (RULE.replace('source = "Vereinbarung"\n', ""), "source missing"),
    ],
)
def test_a_broken_file_is_refused_and_names_file_entry_and_field(read, text, rule):
    with pytest.raises(FormatError, match=rule) as found:
        read(text)
    assert "own.toml" in str(found.value)


def test_the_hash_changes_with_a_number_and_not_with_time(read, project):
    read(GOOD)
    before = supplied_hash(project, HERE)
    assert supplied_hash(project, HERE) == before
    read(GOOD.replace("400", "401"))
    assert supplied_hash(project, HERE) != before


def test_the_samples_file_is_read_and_says_that_it_is_invented(root):
    found = supplied(Dataset(HERE, dt.date(2024, 10, 15), synthetic=True), Project(root))
    assert len(found.denominators) > 30
    assert all("erfunden" in one.source for one in found.denominators)
