"""The cron line, taken apart as cron and the shell do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kimeval.run.schedule.cron import crontab, line
from kimeval.run.schedule.plan import RUN, Schedule

ODD = [
    "100 %",
    "a\\%b",
    "a\\\\%b",
    "%",
    "%%",
    "it's",
    "it's 5 %",
    '"$HOME"',
    "`id`",
    "a;b #c",
    "ä",
    "",
]
SHOW = "import os, sys; print(ascii([os.environ['KIMEVAL_HOME'], *sys.argv[1:]]))"


def cron(text):
    """The command that cron hands to the shell: up to an unescaped %, escapes taken off."""
    assert "\n" not in text
    kept = re.match(r"(?:[^%\\]|\\.)*", text)[0]
    assert kept == text, "an unescaped % would end the command"
    return text.replace("\\%", "%")


def fields(text):
    *times, command = text.split(None, 5)
    return times, command


def made(project="/srv/kim", **changes):
    return Schedule(Path(project), Path(sys.executable), **changes)


def test_the_line_names_minute_hour_day_and_the_months_after_a_quarter():
    times, command = fields(line(made(days=20, hour=3)))
    assert times == ["0", "3", "20", "1,4,7,10", "*"]
    assert command.endswith(" ".join(RUN))


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_pass_cron_and_the_shell_as_they_are(odd):
    if shutil.which("sh") is None:
        pytest.skip("No shell here: the cron line is not tried.")
    schedule = made(f"/srv/x{odd}", more=("-p", f"reason={odd}", odd))
    command = cron(fields(line(schedule))[1])
    shown = command.replace("-m kimeval", f"-c '{SHOW.replace(chr(39), chr(34))}'")
    done = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii([f"/srv/x{odd}", *RUN, "-p", f"reason={odd}", odd])


def test_the_crontab_is_comments_the_zone_and_one_line():
    lines = crontab(made()).splitlines()
    assert lines[-2] == "CRON_TZ=Europe/Berlin"
    assert lines[-1] == line(made())
    assert all(text.startswith("#") for text in lines[:-2])
