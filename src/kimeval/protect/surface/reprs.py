"""Tables that tell their size only, by `repr`, `str` and HTML (Anzeige von Tabellen).

Classes of numpy and Arrow cannot be changed; `print` and the notebook's own
display take care of those.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from kimeval.protect.surface.shapes import sentence

TEXTS = ("__repr__", "__str__")
RICH = ("_repr_html_", "_repr_latex_", "_repr_data_resource_", "_repr_pretty_", "_repr_mimebundle_")
CLASSES = {
    "pandas": ("DataFrame", "Series", "Index", "api.extensions.ExtensionArray"),
    "pandas.io.formats.style": ("Styler",),
    "polars": ("DataFrame", "LazyFrame", "Series"),
    "duckdb": ("DuckDBPyRelation",),
}


def hide() -> list[Callable[[], None]]:
    """Replace what shows cells in every table class that is loaded by now.

    Returns
    -------
    list of callable
        Each undoes one replacement.
    """
    return [undo for kind in _kinds() for undo in _hide(kind)]


def _kinds() -> Iterator[type]:
    for module, names in CLASSES.items():
        if module in sys.modules:
            for name in names:
                found: Any = sys.modules[module]
                for part in name.split("."):
                    found = getattr(found, part, None)
                if isinstance(found, type):
                    yield from _with_children(found)


def _with_children(kind: type) -> Iterator[type]:
    yield kind
    child: type
    for child in kind.__subclasses__():
        yield from _with_children(child)


def _hide(kind: type) -> Iterator[Callable[[], None]]:
    for name in (*TEXTS, *RICH, "show"):
        if name not in vars(kind) or getattr(vars(kind)[name], "is_hidden", False):
            continue
        if name == "show" and kind.__name__ != "DuckDBPyRelation":
            continue
        before = vars(kind)[name]
        try:
            setattr(kind, name, _text() if name in TEXTS else _nothing(name))
        except TypeError:
            continue
        yield lambda kind=kind, name=name, before=before: setattr(kind, name, before)  # type: ignore[misc]


def _text() -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        return sentence(self)

    shown.is_hidden = True  # type: ignore[attr-defined]
    return shown


def _nothing(name: str) -> Callable[..., None]:
    def shown(self: Any, *args: Any, **kwargs: Any) -> None:
        if name == "_repr_pretty_":
            args[0].text(sentence(self))
        if name == "show":
            sys.stdout.write(sentence(self) + "\n")

    shown.is_hidden = True  # type: ignore[attr-defined]
    return shown
