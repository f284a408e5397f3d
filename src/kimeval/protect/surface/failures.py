"""Exceptions in a notebook: what and where, without messages and values (Fehleranzeige)."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from kimeval.core.errors import KimevalError
from kimeval.core.silence import kind
from kimeval.protect.surface.shapes import is_own

WHY = "Die Meldung kann Angaben zu Personen enthalten und wird nicht angezeigt."
DEEPEST = 12


def hidden(
    error: BaseException, shell: Any
) -> tuple[type[BaseException], BaseException, list[str]]:
    """What is shown of an exception.

    Parameters
    ----------
    error : BaseException
        With its traceback.
    shell : InteractiveShell
        Knows which file is which cell.

    Returns
    -------
    type, exception, list of str
        As `showtraceback` takes them. An error of kimeval's own as it is, in one
        line; of any other its class, cell, line, and the functions on the way.
    """
    if is_own(error) and isinstance(error, KimevalError):
        return type(error), error, error._render_traceback_()
    name, where = kind(type(error)), place(error.__traceback__, shell)
    shown = without_text(error, where)
    lines = [f"{name} in {where}. {WHY}"]
    if way := functions(error.__traceback__, shell):
        lines.append(" > ".join(way))
    return type(shown), shown, lines


def without_text(error: BaseException, where: str) -> Exception:
    """An exception of the same name that says only where it was raised."""
    return type(kind(type(error)), (Exception,), {"__module__": "builtins"})(where)


def place(trace: TracebackType | None, shell: Any) -> str:
    """The last cell and line of it that were executed (German)."""
    where = "einer Zelle"
    while trace is not None:
        if cell := _cell(trace, shell):
            where = f"Zelle {cell}, Zeile {trace.tb_lineno}"
        trace = trace.tb_next
    return where


def functions(trace: TracebackType | None, shell: Any) -> list[str]:
    """Functions from the cell to where it was raised, the innermost twelve."""
    way: list[str] = []
    while trace is not None:
        frame = trace.tb_frame
        name, module = frame.f_code.co_name, str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] != "IPython" and name.isidentifier():
            own = bool(_cell(trace, shell))
            way.append(f"{name}()" if own or not module else f"{module}.{name}()")
        trace = trace.tb_next
    return way[-DEEPEST:]


def _cell(trace: TracebackType, shell: Any) -> str:
    known = getattr(shell.compile, "_filename_map", {})
    return str(known.get(trace.tb_frame.f_code.co_filename, ""))
