"""What no file of the repository may hold, and which files it must have."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users|tmp/bash)/[\w.-]|\b[A-Z]:\\Users\\")


@cache
def files() -> list[Path]:
    """Files that are tracked or would be with `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("No git repository around the project: its files cannot be listed.")
    return [p for name in found.stdout.split("\0") if name and (p := ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in files():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def registry_hosts() -> set[str]:
    """Hosts of package registries: pip's own defaults and those it is set to."""
    from pip._internal.models.index import PyPI

    config = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(config, capture_output=True, text=True, check=False).stdout
    configured = set(re.findall(r"://([\w.-]+)", listed)) - {"localhost", "127.0.0.1"}
    return {PyPI.netloc, PyPI.file_storage_domain} | configured


def source_files() -> list[Path]:
    return sorted(path for path in (ROOT / "src").rglob("*.py"))


def test_no_file_names_a_package_registry():
    hosts = re.compile("|".join(re.escape(host) for host in sorted(registry_hosts())))
    assert {name: found[0] for name, text in texts().items() if (found := hosts.search(text))} == {}


def test_no_file_names_a_place_on_one_machine():
    assert {name: found[0] for name, text in texts().items() if (found := PLACE.search(text))} == {}


@pytest.mark.parametrize("home", ["work", "root", "home", "Users"])
def test_a_place_on_a_machine_is_recognised(home):
    assert PLACE.search(f'path = "/{home}/kim/data"')
    assert PLACE.search(f"cd /{home}/x")
    assert not PLACE.search(f"docs/{home}/x")
    assert not PLACE.search(f"https://example.org/{home}/x")


def test_nothing_generated_or_delivered_is_tracked():
    own = ["outputs", "data/raw", "data/vintages", "data/register", ".venv", "uv.lock"]
    command = ["git", "ls-files", *own]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert [name for name in tracked.splitlines() if not name.endswith("README.md")] == []


def test_no_file_is_larger_than_two_megabytes():
    assert [path.name for path in files() if path.stat().st_size > 2_000_000] == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "GLOSSARY.md", "LICENSE"])
def test_what_a_reader_looks_for_is_there(name):
    assert (ROOT / name).stat().st_size > 200


@pytest.mark.parametrize("command", ["make quarter", "make test"])
def test_the_readme_names_the_two_commands_and_make_knows_them(command):
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)


def test_ci_runs_the_readmes_test_command():
    script = ROOT / ".ci" / "run"
    assert re.search(r"^make test$", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert script.stat().st_mode & 0o111


def test_the_licence_is_the_whole_text_of_eupl_1_2():
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    assert "15. Applicable Law" in text
    assert text.endswith("require the production of a new EUPL version.")


@pytest.mark.parametrize(
    "path", source_files(), ids=lambda p: p.relative_to(ROOT / "src").as_posix()
)
def test_a_module_is_read_in_one_sitting_and_prints_nothing(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert "print" not in {call.id for call in calls if isinstance(call, ast.Name)}


@pytest.mark.parametrize(
    "path", source_files(), ids=lambda p: p.relative_to(ROOT / "src").as_posix()
)
def test_a_module_says_what_it_holds(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
