"""What `kimeval schedule` and `kimeval run --catch-up` do (Zeitplan, Nachholen)."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kimeval.cli.texts import from_here
from kimeval.core.errors import AreasFailed, ParameterError, PublishError
from kimeval.core.project import Project
from kimeval.core.quarter import LAST, Quarter
from kimeval.run.schedule import cron, units
from kimeval.run.schedule.plan import DAYS, HOUR, RUN, Schedule

if TYPE_CHECKING:
    from kimeval.run.plan import Request

KEY = "KIMEVAL_KEY_FILE"
EXAMPLES = (
    "\b\nExamples:\n"
    "  kimeval schedule\n"
    "  kimeval schedule --out units --days 20 --hour 3\n"
    "  kimeval schedule --out units --system -- -p threshold=5 --legal-basis TEXT"
)
UNITS = {False: "~/.config/systemd/user", True: "/etc/systemd/system"}


def schedule(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the files there; else show them.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days after the quarter's end, 1 to 28.")] = DAYS,
    hour: Annotated[int, typer.Option(help="Hour in Europe/Berlin, 0 to 23.")] = HOUR,
    system: Annotated[
        bool, typer.Option("--system/--user", help="A unit of the system, or of your own.")
    ] = False,
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- OPTIONS", help="Further options of kimeval run."),
    ] = None,
) -> None:
    """Write a systemd timer and a cron line for each quarter (Zeitplan); install nothing."""
    require_options(context, more or [])
    for line in schedule_lines(out, days, hour, system, more or []):
        typer.echo(line)


def schedule_lines(
    out: Path | None, days: int, hour: int, system: bool, more: Sequence[str]
) -> Iterator[str]:
    """Write unit files and a crontab, or show them; install nothing.

    Parameters
    ----------
    out : Path or None
        Folder to write to; None shows the files.
    days, hour : int
        After the quarter's end, and in Europe/Berlin.
    system : bool
        For a unit of the whole system, else of the user.
    more : sequence of str
        Further options of `kimeval run`.

    Yields
    ------
    str
        The files or where they are, and what switches them on.

    Raises
    ------
    ParameterError
        If a value cannot stand in a schedule.
    PublishError
        If the folder cannot be written to.
    """
    files = _files(_schedule(days, hour, system, more))
    if out is None:
        for name, text in files.items():
            yield f"# {name}"
            yield text
        yield "Nothing was written. --out FOLDER writes these files and says what switches them on."
        return
    for name, text in files.items():
        yield from_here(_write(out.expanduser() / name, text))
    yield ""
    yield from _how_to_install(out.expanduser(), system)


def require_options(context: typer.Context, more: Sequence[str]) -> None:
    """See that the scheduled command can be read as one of `kimeval run`.

    Raises
    ------
    TyperException
        If an option is unknown or lacks its value.
    ParameterError
        If one says otherwise than the last quarter of all areas.
    """
    assert context.parent
    group: Any = context.parent.command
    parsed = group.get_command(context.parent, "run").make_context("run", [*RUN[1:], *more])
    asked = {name: parsed.params.get(name) for name in ("quarter", "area", "every", "catch_up")}
    if asked != {"quarter": LAST, "area": "", "every": True, "catch_up": True}:
        raise ParameterError(
            "A schedule runs the last finished quarter of all areas that have a delivery. Leave "
            "--quarter and --area out of what stands behind `--`."
        )


def run_missed(request: Request, run: Callable[[Request], Iterator[str]]) -> Iterator[str]:
    """Run every missed quarter, oldest first, then that of the request.

    Parameters
    ----------
    request : Request
        For all areas, of a quarter.
    run : callable
        Runs a request and yields lines.

    Yields
    ------
    str
        The quarter, and what its run says.

    Raises
    ------
    AreasFailed
        After all quarters have had their turn, if an area failed in one of them.
    """
    from kimeval.run.schedule.missed import missed

    newest = Quarter.parse(request.quarter).require_begun()
    due = missed(Project.find(), newest)
    turns = [replace(request, quarter=str(one.quarter), only=one.areas) for one in due]
    failed: list[tuple[str, AreasFailed]] = []
    for turn in [*turns, replace(request, quarter=str(newest))]:
        caught_up = f", missed, areas to catch up: {len(turn.only)}" if turn.only else ""
        yield f"{turn.quarter}{caught_up}"
        try:
            yield from run(turn)
        except AreasFailed as error:
            failed.append((turn.quarter, error))
    if len(failed) > 1:
        raise AreasFailed(
            f"Each area with a delivery must be published, some failed in "
            f"{', '.join(quarter for quarter, _ in failed)}. "
            f"See outputs/<quarter>/summary.txt of each, mend them, and run again."
        )
    for _, only in failed:
        raise only


def _schedule(days: int, hour: int, system: bool, more: Sequence[str]) -> Schedule:
    key = os.environ.get(KEY)
    return Schedule(
        project=Project.find().root,
        python=Path(sys.executable).absolute(),
        days=days,
        hour=hour,
        account=getpass.getuser() if system else "",
        key=Path(key).expanduser().absolute() if key else None,
        more=tuple(more),
    )


def _files(schedule: Schedule) -> dict[str, str]:
    return {
        units.SERVICE: units.service(schedule),
        units.TIMER: units.timer(schedule),
        cron.NAME: cron.crontab(schedule),
    }


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PublishError(
            f"A schedule is written to the folder of --out, which failed ({error.strerror}). "
            f"Name another folder."
        ) from None
    return path


def _how_to_install(out: Path, system: bool) -> Iterator[str]:
    sudo, user, place = ("sudo ", "", UNITS[True]) if system else ("", "--user ", UNITS[False])
    names = " ".join(shlex.quote(from_here(out / name)) for name in (units.SERVICE, units.TIMER))
    yield "Nothing is installed. With systemd, these commands switch it on:"
    yield f"  {sudo}mkdir -p {place} && {sudo}cp {names} {place}/"
    yield f"  {sudo}systemctl {user}daemon-reload"
    yield f"  {sudo}systemctl {user}enable --now {units.TIMER}"
    if not system:
        yield "  loginctl enable-linger    # so that it also runs when you are not logged in"
    yield f"  systemctl {user}list-timers {units.TIMER}"
    yield "Or with cron, which does not make up for a time at which the machine was off:"
    yield f"  (crontab -l; cat {shlex.quote(from_here(out / cron.NAME))}) | crontab -"
    if not os.environ.get(KEY):
        yield f"{KEY} is not set here: set it and write the files anew, if data of people are read."
