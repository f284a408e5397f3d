"""The guide names every field of a profile, and what it shows is true."""

import re
from pathlib import Path

import pytest

from kimeval.cli.profile import draft_lines
from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting import draft_profile
from kimeval.data.drafting.look import ROWS
from kimeval.data.drafting.mapping import PLACEHOLDER
from kimeval.data.drafting.suggestions import LEAST_PERSONS, LONGEST
from kimeval.data.drafting.trial import try_profile
from kimeval.data.profiles import FileSpec, Link, Profile, TableSpec, load_profile

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
CASES = ROOT / "data" / "sample" / "05370" / "2024-10-15" / "drk_faelle.csv"


def fields_under(heading):
    section = GUIDE.split(f"\n{heading}", 1)[1].split("\n`[", 1)[0]
    return re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("`[profile]`", Profile),
        ("`[[file]]`", FileSpec),
        ("`[file.link]`", Link),
        ("`[[file.table]]`", TableSpec),
    ],
)
def test_the_guide_lists_the_fields_of_the_model_in_order(heading, model):
    declared = [name for name in model.model_fields if not (model is Profile and name == "file")]
    assert fields_under(heading) == declared


def test_the_guide_states_the_limits_of_the_code():
    words = " ".join(GUIDE.split())
    assert f"at least {LEAST_PERSONS} different persons" in words
    assert f"at most {LONGEST} characters" in words
    assert f"the first {ROWS:,} rows" in words
    assert f"holds `{PLACEHOLDER}`" in words


def test_the_worked_example_is_what_the_sample_gives():
    made = draft_profile([CASES], name="drk")
    assert next(draft_lines(made)) in GUIDE
    example = GUIDE.split("```toml\n", 1)[1].split("```", 1)[0]
    drafted = set(made.text.splitlines())
    assert [line for line in example.splitlines() if line != "..." and line not in drafted] == []


def test_the_worked_example_ends_as_the_guide_says(tmp_path):
    text = draft_profile([CASES], name="drk").text
    text = text.replace('# "1"', '"1"').replace('# "2"', '"3" = "diverse"\n"9" = "not_stated"\n"2"')
    (tmp_path / "drk.toml").write_text(text, encoding="utf-8")
    trial = try_profile(load_profile(tmp_path, "drk"), [CASES], today_in_berlin())
    account = trial.ledger.accounts.iloc[0]
    kept, merged, aside = (account[f"rows_{n}"] for n in ("kept", "merged", "set_aside"))
    said = f"{kept} of 75 rows are kept, {merged} merged and {aside} set aside"
    assert said in " ".join(GUIDE.split())
