"""Unit files of systemd, read by a parser of its rules and by systemd itself where it is."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kimeval.core.errors import ClusterError, KimevalError, LockedError, ParameterError, every_kind
from kimeval.run.schedule.plan import RUN, Schedule
from kimeval.run.schedule.units import SERVICE, TIMER, calendar, lasting_codes, service, timer

ODD = 'Kreis 100 % "neu" $HOME \\ä\'s;#'
PYTHON = Path("/opt/kim eval/100%$x/bin/python")
SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="No systemd-analyze here: unit files are not checked by systemd itself.",
)


def schedule(**changes):
    given = {"project": Path("/srv/kim"), "python": Path(sys.executable)} | changes
    return Schedule(**given)


def values(text, name):
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


def words(line, variables):
    """Words of a line by systemd.syntax(7): quotes, backslashes, specifiers, variables."""
    found = []
    for quoted, bare in re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', line):
        word = re.sub(r"\\(.)", r"\1", quoted) if quoted or not bare else bare
        assert re.fullmatch(r"(?:[^%]|%%)*", word), f"a lone % begins a specifier: {word}"
        word = word.replace("%%", "%")
        if variables and found:
            assert re.fullmatch(r"(?:[^$]|\$\$)*", word), f"a lone $ begins a variable: {word}"
            word = word.replace("$$", "$")
        found.append(word)
    return found


def test_the_service_starts_the_run_of_the_last_quarter_and_ends():
    text = service(schedule())
    (line,) = values(text, "ExecStart")
    assert words(line, variables=True) == [sys.executable, "-P", "-m", "kimeval", *RUN]
    assert RUN == ("run", "--quarter", "last", "--all", "--catch-up")
    assert values(text, "Type") == ["oneshot"]


def test_odd_paths_and_options_arrive_as_they_are():
    made = schedule(
        python=PYTHON, project=Path("/srv") / ODD, more=("-p", f"reason={ODD}", "", ";")
    )
    (line,) = values(service(made), "ExecStart")
    assert tuple(words(line, variables=True)) == made.command
    assert line.startswith('"/opt/kim eval/100%%$x/bin/python" -P -m')  # no $$ in a program
    (place,) = values(service(made), "Environment")
    assert words(place, variables=False) == [f"KIMEVAL_HOME=/srv/{ODD}"]


def test_a_program_whose_name_systemd_refuses_is_started_by_a_shell():
    made = schedule(python=Path("/opt/it's/bin/python"))
    (line,) = values(service(made), "ExecStart")
    shell = ["/bin/sh", "-c", 'exec "$0" "$@"']
    assert words(line, variables=True) == [*shell, *made.command]


def test_the_place_of_the_key_is_handed_on():
    text = service(schedule(key=Path("/safe/50 %.key")))
    assert values(text, "Environment") == [
        '"KIMEVAL_HOME=/srv/kim"',
        '"KIMEVAL_KEY_FILE=/safe/50 %%.key"',
    ]


def test_a_unit_of_the_system_runs_under_an_account_and_one_of_the_user_does_not():
    assert values(service(schedule(account="kim")), "User") == ["kim"]
    assert values(service(schedule()), "User") == []


def test_a_timer_that_was_missed_is_made_up_for():
    text = timer(schedule())
    assert values(text, "Persistent") == ["true"]
    assert values(text, "WantedBy") == ["timers.target"]
    assert values(text, "OnCalendar") == ["*-01,04,07,10-15 04:00:00 Europe/Berlin"]


def test_day_and_hour_are_as_given():
    made = schedule(days=3, hour=23)
    assert calendar(made) == "*-01,04,07,10-03 23:00:00 Europe/Berlin"


@pytest.mark.parametrize(
    "change", [{"days": 0}, {"days": 29}, {"hour": -1}, {"hour": 24}, {"days": 31, "hour": 4}]
)
def test_a_day_that_some_quarters_lack_is_refused(change):
    with pytest.raises(ParameterError, match="1 to 28 days"):
        schedule(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"project": Path("/srv/a\nExecStart=/bin/false")},
        {"python": Path("/opt/\x1b")},
        {"more": ("-p", "a=b\n")},
        {"key": Path("/k\r")},
    ],
)
def test_a_line_break_cannot_write_another_setting(change):
    with pytest.raises(ParameterError, match="printable"):
        schedule(**change)


def test_only_a_run_that_waiting_can_help_is_tried_again():
    text = service(schedule())
    assert values(text, "Restart") == ["on-failure"]
    held = [int(code) for code in values(text, "RestartPreventExitStatus")[0].split()]
    assert held == lasting_codes()
    codes = {kind.exit_code for kind in every_kind() if kind is not KimevalError}
    assert set(held) == (codes | {1, 2, 130}) - {LockedError.exit_code, ClusterError.exit_code}


@SYSTEMD
@pytest.mark.parametrize("account", ["", "root"])
@pytest.mark.parametrize("name", ["plain", "100 % $x ä;#", "\\ \"y\" 'z'"])
def test_systemd_finds_nothing_to_complain_of(tmp_path, account, name):
    home = tmp_path / name
    home.mkdir()
    python = home / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    made = schedule(
        project=home, python=python, account=account, key=home / "key", more=("-p", f"reason={ODD}")
    )
    (tmp_path / SERVICE).write_text(service(made), encoding="utf-8")
    (tmp_path / TIMER).write_text(timer(made), encoding="utf-8")
    verified = analyze("verify", *(str(tmp_path / name) for name in (SERVICE, TIMER)))
    assert (verified.returncode, verified.stderr) == (0, "")


@SYSTEMD
def test_systemd_complains_of_a_program_that_is_not_there(tmp_path):
    made = schedule(python=tmp_path / "none")
    (tmp_path / SERVICE).write_text(service(made), encoding="utf-8")
    assert "is not executable" in analyze("verify", str(tmp_path / SERVICE)).stderr


@SYSTEMD
def test_systemd_starts_it_four_times_a_year_at_the_hour_of_berlin():
    shown = analyze(
        "calendar", "--iterations=5", "--base-time=2024-12-31 23:30:00 UTC", calendar(schedule())
    )
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", shown.stdout)
    assert times == [
        "2025-01-15 03:00:00 UTC",  # 04:00 in winter
        "2025-04-15 02:00:00 UTC",  # 04:00 in summer
        "2025-07-15 02:00:00 UTC",
        "2025-10-15 02:00:00 UTC",
        "2026-01-15 03:00:00 UTC",
    ]


def analyze(*words):
    environment = os.environ | {"TZ": "UTC", "LC_ALL": "C.UTF-8"}
    command = ["systemd-analyze", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
