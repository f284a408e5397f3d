"""Unit files of systemd for the quarter's run (systemd-Dienst, Zeitgeber).

References
----------
systemd.service(5), systemd.timer(5), systemd.syntax(7), systemd.time(7).
"""

from __future__ import annotations

from kimeval.core.errors import ClusterError, KimevalError, LockedError, every_kind
from kimeval.run.schedule.plan import MONTHS, Schedule

NAME = "kimeval-quarter"
SERVICE, TIMER = f"{NAME}.service", f"{NAME}.timer"
WAITING: tuple[type[KimevalError], ...] = (LockedError, ClusterError)
OTHER = (1, 2, 130)


def service(schedule: Schedule) -> str:
    """Text of the service, which runs once and ends.

    It is started again when it was killed, when another run was at work, and when other
    machines were out of reach; what only a person can mend is not tried again before the
    next quarter.
    """
    program, *words = _startable(schedule.command)
    lines = [
        "[Unit]",
        "Description=kimeval: evaluate the last finished quarter, and those that were missed",
        "StartLimitIntervalSec=1d",
        "StartLimitBurst=6",
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={_percent(schedule.account)}"] if schedule.account else []),
        *(f"Environment={quoted(f'{k}={v}')}" for k, v in schedule.environment.items()),
        f"ExecStart={' '.join([quoted(program), *(argument(word) for word in words)])}",
        "Nice=10",
        "Restart=on-failure",
        "RestartSec=15min",
        f"RestartPreventExitStatus={' '.join(map(str, lasting_codes()))}",
    ]
    return "\n".join(lines) + "\n"


def timer(schedule: Schedule) -> str:
    """Text of the timer; a time at which the machine was off is made up for at its start."""
    lines = [
        "[Unit]",
        f"Description=kimeval: {schedule.days} days after each quarter's end",
        "",
        "[Timer]",
        f"OnCalendar={calendar(schedule)}",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def calendar(schedule: Schedule) -> str:
    """The times as systemd writes them, such as `*-01,04,07,10-15 04:00:00 Europe/Berlin`."""
    months = ",".join(f"{month:02}" for month in MONTHS)
    return f"*-{months}-{schedule.days:02} {schedule.hour:02}:00:00 Europe/Berlin"


def lasting_codes() -> list[int]:
    """Exit codes of errors that waiting does not mend, rising."""
    kinds = [kind for kind in every_kind() if not issubclass(kind, WAITING)]
    return sorted({*OTHER, *(kind.exit_code for kind in kinds)})


def quoted(text: str) -> str:
    """A word as unit files hold it: in double quotes, `%` doubled as it begins a specifier."""
    return '"' + _percent(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def argument(text: str) -> str:
    """A word behind the program: as `quoted`, and `$` doubled as it begins a variable."""
    plain = text.replace("-", "").replace("_", "").isalnum() and text.isascii()
    return text if plain else quoted(text.replace("$", "$$"))


def _startable(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command, by way of a shell where systemd takes no such name of a program."""
    odd = any(sign in command[0] for sign in "\"'\\")
    return ("/bin/sh", "-c", 'exec "$0" "$@"', *command) if odd else command


def _percent(text: str) -> str:
    return text.replace("%", "%%")
