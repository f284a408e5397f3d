"""Templates of everything that is shown (Vorlagen); every value is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def render(template: Path, **values: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template : Path
        Its file.
    **values
        Escaped, unless they are Markup; a name the template uses and that is
        not given is an error.

    Returns
    -------
    str
    """
    return prepared(template).render(**values)


def prepared(template: Path) -> Template:
    """A template, read and compiled once."""
    return _environment(template.parent).get_template(template.name)


@cache
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
