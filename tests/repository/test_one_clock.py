"""Only core/quarter.py asks the machine what day it is, and answers in Europe/Berlin."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOCK = ROOT / "src" / "kimeval" / "core" / "quarter.py"
ASKS = {"now", "utcnow", "today", "localtime", "gmtime", "ctime", "asctime", "mktime"}


def asked(source: str) -> list[int]:
    """Lines that ask for the day or the time of day, other than through the clock."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if asks(call)]


def asks(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    naive = name == "fromtimestamp" and len(call.args) + len(call.keywords) < 2
    given = name == "strftime" and isinstance(call.func, ast.Attribute) and is_time(call.func)
    return name in ASKS or naive or given


def is_time(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Name) and function.value.id == "time"


@pytest.mark.parametrize(
    "line",
    [
        "dt.datetime.now()",
        "dt.datetime.now(BERLIN)",
        "dt.date.today()",
        "datetime.utcnow()",
        "pd.Timestamp.now()",
        "pd.Timestamp.today()",
        "time.localtime()",
        "time.strftime('%Y')",
        "dt.datetime.fromtimestamp(seconds)",
    ],
)
def test_asking_for_the_day_is_recognised(line):
    assert asked(line) == [1]


@pytest.mark.parametrize(
    "line", ["now_in_berlin()", "day.strftime('%d')", "fromtimestamp(s, BERLIN)", "time.time()"]
)
def test_the_clock_itself_and_formats_are_no_question(line):
    assert asked(line) == []


def test_no_module_asks_the_machine_what_day_it_is():
    modules = [*(ROOT / "src").rglob("*.py"), *(ROOT / ".ci").glob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted(modules)
        if path != CLOCK and (lines := asked(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "ask core.quarter.now_in_berlin() or today_in_berlin()"
