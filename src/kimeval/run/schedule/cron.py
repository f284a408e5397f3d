"""The quarter's run as lines of a crontab (cron).

References
----------
crontab(5): an unescaped `%` ends the command; `CRON_TZ` is known to cronie only.
"""

from __future__ import annotations

import re

from kimeval.run.schedule.plan import MONTHS, Schedule

NAME = "kimeval-quarter.cron"
PLAIN = re.compile(r"[A-Za-z0-9_./:=@+,-]+")


def crontab(schedule: Schedule) -> str:
    """Lines to be added to a crontab, at its end."""
    lines = [
        f"# kimeval: {schedule.days} days after each quarter's end. cron does not make up for",
        "# a time at which the machine was off; the next run does (--catch-up). A cron without",
        "# CRON_TZ takes the machine's own time zone; the quarter is in any case that of Berlin.",
        "CRON_TZ=Europe/Berlin",
        line(schedule),
    ]
    return "\n".join(lines) + "\n"


def line(schedule: Schedule) -> str:
    """Minute, hour, day, months, any weekday, command."""
    months = ",".join(map(str, MONTHS))
    variables = [f"{name}={word(value)}" for name, value in schedule.environment.items()]
    command = " ".join([*variables, *(word(text) for text in schedule.command)])
    return f"0 {schedule.hour} {schedule.days} {months} * {command}"


def word(text: str) -> str:
    """A word for the shell behind cron, which takes the backslash off an escaped percent."""
    if PLAIN.fullmatch(text):
        return text
    inner = text.replace("'", "'\"'\"'")
    return "'" + inner.replace("\\%", "\\''%").replace("%", "\\%") + "'"
