"""The tables of one area at one vintage (Datenbestand)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from kimeval.core.area import Area
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter, today_in_berlin
from kimeval.core.schema import empty, table, tables

T = TypeVar("T")
OPEN_QUARTER = "vor dem Ende des Quartals"


class MissingTable(DataError):
    """A measure needs a table that the delivery does not hold."""


@dataclass(frozen=True, repr=False)
class Dataset:
    """Canonical tables of an area, as known on a day (Datenbestand).

    Attributes
    ----------
    area : Area
        Whose data these are.
    as_of : date
        Day of the delivery; what happened later cannot be in it.
    tables : mapping of str to DataFrame
        By canonical name; a delivery need not have all.
    synthetic : bool
        Whether the data were generated. Every page says so.
    version : str
        Name and short hash of the vintage.
    only_active : tuple of str
        Providers whose export drops closed cases.
    providers : mapping of str to str
        Name of each provider in a report.
    """

    area: Area
    as_of: dt.date
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    synthetic: bool = False
    version: str = ""
    only_active: tuple[str, ...] = ()
    providers: Mapping[str, str] = field(default_factory=dict)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, compare=False)

    def table(self, name: str) -> pd.DataFrame:
        """A table's rows, for measures only.

        Raises
        ------
        MissingTable
            If the delivery did not hold it.
        DataError
            If there is no canonical table of that name.
        """
        if name not in self.tables:
            raise MissingTable(
                f"Die Lieferung enthält keine Tabelle „{table(name).german}“ ({name})."
            )
        return self.tables[name]

    def table_or_empty(self, name: str) -> pd.DataFrame:
        """A table's rows, none where the delivery did not hold it."""
        return self.tables[name] if name in self.tables else empty(name)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What several measures need of the same tables, made for the first of them.

        Parameters
        ----------
        key : hashable
            What it is; `make` follows from it and from the tables alone.
        make : callable
            Makes it; nobody changes it afterwards.

        Returns
        -------
        What `make` returned when it was first called; it goes when the dataset goes.
        """
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def provider_name(self, provider: str) -> str:
        """Name of a provider in a report."""
        return self.providers.get(provider, provider)

    @property
    def missing_tables(self) -> list[str]:
        """Canonical tables that the delivery did not hold."""
        return [name for name in tables() if name not in self.tables]

    def status(self, quarter: Quarter) -> tuple[str, str]:
        """Status and reason (German) of a result that stands for a whole quarter."""
        if quarter.is_complete(min(self.as_of, today_in_berlin())):
            return "complete", ""
        return "partial", f"Daten vom {self.as_of:%d.%m.%Y}, {OPEN_QUARTER}"

    def status_of_cases(self, quarter: Quarter) -> tuple[str, str]:
        """As `status`, for what closed cases count in."""
        status, reason = self.status(quarter)
        if status == "complete" and self.only_active:
            providers = ", ".join(map(self.provider_name, self.only_active))
            return "partial", f"ohne beendete Fälle von {providers}, wo der Export sie weglässt"
        return status, reason

    def __repr__(self) -> str:
        held = ", ".join(self.tables)
        return f"Dataset({self.area.code}, as of {self.as_of}, tables: {held}; rows are not shown)"
