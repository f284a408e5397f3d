"""Puts the guard on a notebook's shell, and takes it off (Schutz der Anzeige)."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from typing import Any

from kimeval.core.silence import silence
from kimeval.protect.surface import reprs
from kimeval.protect.surface.failures import hidden, place, without_text
from kimeval.protect.surface.shapes import instead, is_own

_undo: list[Callable[[], None]] = []


def guard() -> bool:
    """Show results only as protected, and nothing else with values (Anzeige schützen).

    Tables, columns and arrays of pandas, numpy, Arrow, Polars and DuckDB tell
    their size, alone and in containers; exceptions tell class and place;
    warnings and log records tell who spoke. What the gate has passed is shown as
    ever. Nothing happens outside IPython, or the second time.

    Returns
    -------
    bool
        Whether a notebook is guarded now.
    """
    shell = _shell()
    if shell is None:
        return False
    if not _undo:
        _undo.append(silence())
        _undo.extend(reprs.hide())
        _undo.append(_replace(builtins, "print", _printing(builtins.print)))
        formatter = shell.display_formatter
        _undo.append(_replace(formatter, "format", _formatting(formatter.format)))
        _undo.extend(_errors(shell))
        _undo.extend(_events(shell))
    return True


def unguard() -> None:
    """Take the guard off; for tests."""
    while _undo:
        _undo.pop()()


def _shell() -> Any:
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None


def _replace(owner: Any, name: str, new: Any) -> Callable[[], None]:
    own, before = vars(owner), getattr(owner, name)
    there = name in own
    setattr(owner, name, new)
    return lambda: setattr(owner, name, before) if there else delattr(owner, name)


def _printing(before: Callable[..., None]) -> Callable[..., None]:
    def shown(*things: Any, **options: Any) -> None:
        before(
            *(thing if (text := instead(thing)) is None else text for thing in things), **options
        )

    return shown


def _formatting(before: Callable[..., Any]) -> Callable[..., Any]:
    def shown(thing: Any, *args: Any, **options: Any) -> Any:
        text = instead(thing)
        return before(thing, *args, **options) if text is None else ({"text/plain": text}, {})

    return shown


def _errors(shell: Any) -> list[Callable[[], None]]:
    def traceback(given: Any = None, *args: Any, **options: Any) -> None:
        error = given[1] if given and given[1] is not None else sys.exc_info()[1] or _last()
        if error is not None:
            shell._showtraceback(*hidden(error, shell))

    def syntax(*args: Any, **options: Any) -> None:
        traceback()

    def expression() -> dict[str, Any]:
        kind, error, lines = hidden(sys.exc_info()[1] or Exception(), shell)
        return {"status": "error", "traceback": lines, "ename": kind.__name__, "evalue": str(error)}

    return [
        _replace(shell, "showtraceback", traceback),
        _replace(shell, "showsyntaxerror", syntax),
        _replace(shell, "_user_obj_error", expression),
    ]


def _last() -> BaseException | None:
    return getattr(sys, "last_value", None)


def _events(shell: Any) -> list[Callable[[], None]]:
    def before(info: Any) -> None:
        _undo.extend(reprs.hide())

    def after(result: Any) -> None:
        """The reply to the front end quotes these."""
        for name in ("error_before_exec", "error_in_exec"):
            error = getattr(result, name, None)
            if error is not None and not is_own(error):
                setattr(result, name, without_text(error, place(error.__traceback__, shell)))

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
    return [
        lambda: shell.events.unregister("pre_run_cell", before),
        lambda: shell.events.unregister("post_run_cell", after),
    ]
