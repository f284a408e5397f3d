"""pyproject.toml, requirements.lock and environment.yml name the same packages."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import kimeval

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
EXTRAS = PROJECT["optional-dependencies"]
DIRECT = [*PROJECT["dependencies"], *(name for extra in EXTRAS.values() for name in extra)]


def entries(lock: str) -> list[str]:
    """One text per locked package: its line and the hashes below it."""
    return re.split(r"\n(?=\S)", lock.strip())


def locked_versions(name: str) -> list[Version]:
    found = re.findall(rf"^{re.escape(name)}==([^\s;\\]+)", LOCK, re.MULTILINE)
    return [Version(version) for version in found]


@pytest.fixture(scope="module")
def environment(script):
    return script(".ci/environment.py")


def test_environment_yml_is_what_its_generator_makes_now(environment):
    made = environment.environment(PROJECT, LOCK)
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == made


@pytest.mark.parametrize("requirement", DIRECT)
def test_each_direct_dependency_is_locked_within_its_bounds(environment, requirement):
    versions = locked_versions(environment.normal(requirement))
    assert versions
    assert all(Requirement(requirement).specifier.contains(v) for v in versions)


@pytest.mark.parametrize("requirement", DIRECT)
def test_each_direct_dependency_has_a_lower_bound(requirement):
    assert [s.operator for s in Requirement(requirement).specifier] == [">="]


def test_each_locked_package_has_a_version_and_hashes():
    found = entries(LOCK)
    assert len(found) > 100
    for entry in found:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", entry)
        head, *hashes = entry.splitlines()
        assert head.endswith("\\") and hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line) for line in hashes)


def test_the_lock_names_no_address_and_no_index():
    assert not re.search(r"https?:|file:|@|--(extra-)?index|--find-links|--trusted", LOCK)


def test_the_optional_checker_that_slows_imports_is_not_installed():
    assert locked_versions("rfc3987-syntax") == []


def test_pandas_is_version_3():
    assert {version.major for version in locked_versions("pandas")} == {3}


def test_the_version_is_the_same_in_package_and_project():
    assert PROJECT["version"] == kimeval.__version__


def test_the_lowest_python_is_the_same_everywhere():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert PROJECT["requires-python"] == ">=3.11"
    assert "- python=3.11\n" in text
    assert tools["mypy"]["python_version"] == "3.11"


def test_a_version_below_its_bound_would_be_seen():
    assert not Requirement("pandas>=3").specifier.contains(Version("2.3.3"))
    assert len(entries("a==1 \\\n    --hash=sha256:0\nb==2 \\\n    --hash=sha256:1\n")) == 2
