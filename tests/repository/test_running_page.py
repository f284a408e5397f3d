"""docs/running.md states what the code does: exit codes, timer, options, files, links."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from kimeval.cli.commands import app
from kimeval.core.errors import KimevalError, every_kind
from kimeval.run.parameters import PLACES
from kimeval.run.plan import TIMEOUT
from kimeval.run.schedule.missed import FURTHEST
from kimeval.run.schedule.plan import DAYS, HOUR, LATEST, RUN
from kimeval.run.schedule.units import lasting_codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "running.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLAIN = " ".join(TEXT.split())


@pytest.fixture(scope="module")
def running(script):
    return script(".ci/running.py")


def rows():
    table = re.search(r"<!-- exit_codes.*?-->(.*?)<!-- /exit_codes -->", TEXT, re.DOTALL)[1]
    lines = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    return {int(cells[0]): cells[1:] for cells in lines}


def test_the_computed_parts_of_the_page_are_what_the_code_makes_now(running):
    assert running.page() == TEXT, "run: make docs"


def test_each_kind_of_error_has_a_row_of_its_own_and_no_row_is_left_over():
    codes = [kind.exit_code for kind in KimevalError.__subclasses__() if _declared(kind)]
    assert sorted(rows()) == sorted({0, 1, 2, 130, *codes})
    assert len(codes) == len(set(codes))


def test_each_row_says_in_german_what_happened_and_what_to_do(running):
    assert set(running.GERMAN) == {k.__name__ for k in KimevalError.__subclasses__()}
    for name, what, do, again in rows().values():
        assert name and what.endswith(".") and do.endswith(".")
        assert again in ("ja", "nein", "–")


def test_the_last_column_is_what_the_service_does():
    again = {code for code, cells in rows().items() if cells[-1] == "ja"}
    assert set(rows()) - again - {0} == set(lasting_codes())


def test_the_numbers_in_the_text_are_those_of_the_code():
    assert f"1 bis {LATEST}, sonst {DAYS}" in PLAIN
    assert f"sonst {HOUR} Uhr" in PLAIN
    assert f"Nach {TIMEOUT:.0f} Sekunden" in PLAIN
    assert FURTHEST == 8 and "höchstens acht zurück" in PLAIN
    assert f"`kimeval {' '.join(RUN)}`" in PLAIN
    assert {"path", "folder", "home"} <= PLACES


@pytest.mark.parametrize("call", sorted(set(re.findall(r"^kimeval .*?(?=\s+#|$)", TEXT, re.M))))
def test_each_command_of_the_page_can_be_read(call):
    words = re.findall(r'"[^"]*"|\S+', call)
    words = [word.strip('"') for word in words[1:]]
    group = get_command(app)
    with group.make_context("kimeval", []) as context:
        group.get_command(context, words[0]).make_context(words[0], words[1:], parent=context)


def test_each_link_leads_to_a_file_or_a_heading():
    titles = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = link.partition("#")
        assert not file or (PAGE.parent / file).is_file(), link
        assert file or anchor in anchors, link


def test_the_page_is_linked_from_the_readme_and_the_guide():
    assert "docs/running.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "running.md" in (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


def _declared(kind):
    return kind in every_kind() and kind.__module__ == KimevalError.__module__
