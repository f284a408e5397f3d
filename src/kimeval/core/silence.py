"""Warnings, log records and lost exceptions without their texts (stille Bibliotheken).

Texts of libraries may hold cell values. What stays is who spoke and how urgently.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO

NOT_SHOWN = "its text may hold data and is not shown"


@contextmanager
def silenced() -> Iterator[None]:
    """Keep texts of libraries back; afterwards all is as before."""
    undo = silence()
    try:
        yield
    finally:
        undo()


def silence() -> Callable[[], None]:
    """Keep texts of libraries back: in warnings, log records, threads and destructors.

    Returns
    -------
    callable
        Undoes it.
    """
    before = (warnings.showwarning, logging.getLogRecordFactory())
    hooks = (threading.excepthook, sys.unraisablehook)

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = before[1](*args, **kwargs)
        made.msg, made.args = f"message of {made.name}; {NOT_SHOWN}", ()
        made.exc_info, made.exc_text, made.stack_info = None, None, None
        return made

    warnings.showwarning = _warning
    logging.setLogRecordFactory(record)
    threading.excepthook = lambda lost: _lost(lost.exc_type)
    sys.unraisablehook = lambda lost: _lost(lost.exc_type)

    def undo() -> None:
        warnings.showwarning = before[0]
        logging.setLogRecordFactory(before[1])
        threading.excepthook, sys.unraisablehook = hooks

    return undo


def place(trace: TracebackType | None, package: str = "kimeval") -> str:
    """Module and line where an exception last was in a package's code."""
    found = "an unknown place"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == package:
            found = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def kind(error: type[BaseException]) -> str:
    """Name of a class of exceptions; a name made up from data is none."""
    name = error.__name__
    return name if name.isidentifier() and name.isascii() else "error"


def _warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    said = f"{kind(category)} from {PurePath(filename).stem}, line {lineno}; {NOT_SHOWN}\n"
    stream = file or sys.stderr
    if stream is not None:
        stream.write(said)


def _lost(error: type[BaseException]) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{kind(error)} was raised beside the work; {NOT_SHOWN}\n")
