"""docs/protection.md states what the code does: settings, examples, fields, exit code, links."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kimeval.core.catalogue import catalogue
from kimeval.core.errors import ProtectionError
from kimeval.protect.audit.releases import Report
from kimeval.protect.canary import Searched
from kimeval.protect.methods import Audit
from kimeval.protect.rules import DEFAULT_THRESHOLD, LEAST_THRESHOLD, METHODS, Rules

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "protection.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts(script):
    return script(".ci/protection.py")


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_computed_parts_of_the_page_are_what_the_code_makes_now(parts):
    assert parts.page() == TEXT, "run: make docs"


@pytest.mark.parametrize("name", ["rules", "example", "revision", "methods", "eight_quarters"])
def test_each_computed_part_stands_on_the_page_once_and_is_not_empty(name):
    found = re.findall(rf"<!-- {name}\b[^>]*-->(.*?)<!-- /{name} -->", TEXT, re.DOTALL)
    assert len(found) == 1
    assert found[0].count("\n|") > 3


def test_the_settings_are_the_defaults(parts):
    settings = parts.settings()
    rules = Rules()
    assert f"| {rules.threshold} Personen | ab {LEAST_THRESHOLD};" in settings
    assert f"| {rules.spread}: mindestens {rules.spread + 1} mögliche Werte" in settings
    assert f"{rules.dominance[1]:.0f} %" in settings and f"{rules.p_percent:.0f} %" in settings
    assert [method for method in METHODS if f"`{method}`" not in settings] == []


def test_in_the_example_a_small_count_hidden_alone_follows_and_a_guarded_one_does_not(parts):
    example = parts.example()
    assert "ermittelt der Angriff 1 von 1;" in example
    assert "ermittelt er 0 von 4." in example
    lines = [line for line in example.splitlines() if line.startswith("| Amsel |")]
    true, alone, guarded = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert true[1:] == ["3", "31", "34"]
    assert alone[1:] == [". (3)", "31", "34"]
    # The women of Amsel and Erlen make 83 - 27 - 44 = 12, each of the two cells at least 1.
    assert guarded[1:] == [". (1 bis 11)", ". (23 bis 33)", "34"]


def test_in_the_example_no_revision_by_one_person_follows(parts):
    lines = [line.strip("|").split("|") for line in parts.revision().splitlines()[2:]]
    rows = {line[0].strip(): [cell.strip() for cell in line[1:]] for line in lines}
    assert {name: row[:2] for name, row in rows.items()} == {
        "insgesamt": ["189", "197"],
        "Buchen": ["51", "50"],
        "Linden": ["83", "92"],
        "Frauen": ["83", "82"],
        "Männer": ["106", "115"],
        "Buchen × Frauen": ["27", "26"],
        "Linden × Männer": ["39", "48"],
    }
    for first, later, before, after in rows.values():
        assert before == first
        assert after in ((first,) if int(first) - int(later) == 1 else (later, before, "."))
    # With total and men both new, 197 - 115 = 82 women: one less than the 83 before.
    assert "." in (rows["insgesamt"][3], rows["Männer"][3])


def test_the_table_of_methods_holds_what_they_can_publish(parts):
    lines = [line.strip("|").split("|") for line in parts.methods().splitlines()[2:]]
    rows = {int(count): (int(near), possible.strip()) for count, near, possible in lines}
    assert {count: near for count, (near, _) in rows.items()} == {
        **{0: 0, 1: 0, 2: 0, 3: 5, 4: 5, 5: 5, 6: 5, 7: 5, 8: 10, 9: 10}
    }
    # Never further away than 5, never 1 or 2, and nobody stays nobody.
    assert rows[0][1] == "0"
    assert rows[1][1] == "0, 3, 4, 5, 6"
    assert rows[8][1] == "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13"


def test_the_page_explains_each_number_of_the_attack_that_a_manifest_holds():
    explained = set(re.findall(r"\| `attack\.(\w+)` \|", TEXT))
    assert explained == {field.name for kind in (Report, Audit) for field in fields(kind)}


def test_the_page_explains_each_number_of_the_search_that_a_manifest_holds():
    explained = set(re.findall(r"\| `search\.(\w+)` \|", TEXT))
    assert explained == set(Searched(0, {}, 0, 0).told())


def test_the_exit_code_on_the_page_is_that_of_the_gate():
    assert f"[Rückgabewert {ProtectionError.exit_code}](exit_codes.md)" in TEXT
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert f"[exit code {ProtectionError.exit_code}](exit_codes.md)" in guide


def test_no_indicator_that_counts_persons_is_an_amount_yet():
    amounts = [i.id for i in catalogue().values() if i.counts == "persons" and "eur" in i.unit]
    assert amounts == [], "the page says that the rules for amounts have no indicator yet"


@pytest.mark.parametrize("name", ["docs/protection.md", "docs/guide.md", "data/register/README.md"])
def test_each_link_leads_to_a_file_and_an_anchor(name):
    path = ROOT / name
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        aim = (path.parent / file).resolve() if file else path
        assert aim.is_file(), target
        assert not anchor or anchor in anchors(aim.read_text(encoding="utf-8")), target


def test_readme_and_guide_name_the_default_and_the_least_threshold():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert re.search(rf"below {DEFAULT_THRESHOLD}\s+persons by default", readme)
    assert f"fewer than {DEFAULT_THRESHOLD} persons" in guide
    assert f"below {LEAST_THRESHOLD} is refused" in guide
    assert not re.search(r"not built yet", readme + guide)


def test_only_the_readme_of_the_register_is_tracked():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/data/register/*" in ignored
    assert "!/data/register/README.md" in ignored
