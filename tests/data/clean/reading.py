"""Reads one text as a column of some type: shared by the tests of repairs."""

import datetime as dt

from kimeval.core.schema import Column
from kimeval.data.clean.reading import Cell, Reading
from kimeval.data.clean.repairs import repair

LATEST = dt.date(2029, 10, 15)


def read(
    text, kind, take=None, dates=("%d.%m.%Y",), latest=LATEST, column=None, **settings
) -> Cell:
    declared = Column("column", "Spalte", kind, **(column or {}))
    return repair(text, Reading(declared, dates, latest, take=take, **settings))


def value(text, kind, **settings):
    cell = read(text, kind, **settings)
    assert cell.reason is None
    return cell.value


def reason(text, kind, **settings):
    cell = read(text, kind, **settings)
    assert cell.value is None
    return cell.reason
