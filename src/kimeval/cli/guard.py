"""From errors to one line and an exit code (Fehlerausgabe).

Values and tracebacks stay inside: both may hold data of people.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext

import typer

from kimeval.core.errors import KimevalError
from kimeval.core.silence import kind, place, silenced

INTERRUPTED = 130
UNEXPECTED = 1
DEBUG = "KIMEVAL_DEBUG"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(exit_code(list(sys.argv[1:] if arguments is None else arguments)))


def exit_code(arguments: list[str]) -> int:
    """Run the command line; every error becomes one line on stderr.

    Parameters
    ----------
    arguments : list of str
        Without the program's name.

    Returns
    -------
    int
        0, the error's own code, 2 for a wrong call, 130 after Ctrl-C, or 1.
    """
    with nullcontext() if os.environ.get(DEBUG) == "1" else silenced():
        return _exit_code(arguments)


def _exit_code(arguments: list[str]) -> int:
    try:
        from kimeval.cli.commands import app

        code = int(app(arguments, prog_name="kimeval", standalone_mode=False) or 0)
        return _interrupted() if code == INTERRUPTED else code
    except KimevalError as error:
        return _told(str(error), error.exit_code)
    except typer.TyperException as error:
        return _told(f"{error.format_message()} `kimeval --help` explains.", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNEXPECTED
    except Exception as error:
        hint = f"Set {DEBUG}=1 to see the traceback; it may hold data, so do not pass it on."
        where = place(error.__traceback__)
        return _told(f"Unexpected {kind(type(error))} at {where}. {hint}", UNEXPECTED)


def _interrupted() -> int:
    return _told("Interrupted; what was published before is untouched.", INTERRUPTED)


def _told(message: str, code: int) -> int:
    if os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    line = " ".join(message.split())
    readable = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    typer.echo(f"kimeval: {readable}", err=True)
    return code
