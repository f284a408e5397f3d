"""What every notebook would read or compile first, done once in the parent (gefüllte Speicher).

Nothing here depends on a project, an area or the environment, and nothing starts a thread.
"""

from __future__ import annotations

import io
from pathlib import Path


def fill_caches() -> None:
    """Fill the caches of libraries and of kimeval's own declarations."""
    _declarations()
    _templates()
    _german_numbers()
    _figure()


def _declarations() -> None:
    from kimeval.core.area import areas, state
    from kimeval.core.catalogue import catalogue
    from kimeval.core.codes import code_lists
    from kimeval.core.schema import identifiers, tables
    from kimeval.core.units import units
    from kimeval.published.sources import documents, figures
    from kimeval.published.values import values

    for read in (areas, state, catalogue, code_lists, tables, identifiers, units):
        read()
    for read_published in (documents, figures, values):
        read_published()


def _templates() -> None:
    from kimeval.core.templates import prepared

    package = Path(__file__).resolve().parents[2]
    for template in sorted(package.rglob("*.html.jinja")):
        prepared(template)


def _german_numbers() -> None:
    import datetime as dt

    from babel.dates import format_date
    from babel.numbers import format_decimal

    format_decimal(1234.5, locale="de_DE")
    format_date(dt.date(2024, 9, 30), locale="de_DE")


def _figure() -> None:
    """Draw one, away from pyplot: fonts and parts of the drawing are found once."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([1, 2])
    axes.set_title("Titel")
    for kind in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=kind)
