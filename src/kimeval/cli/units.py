"""Cases, households and persons by provider, never mixed (Einheiten)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from kimeval.data.vintages import Vintage

HEAD = f"{'provider':<14}{'cases':>9}{'households':>12}{'persons in cases':>18}{'recorded':>10}"


@dataclass(frozen=True)
class Provided:
    """What one provider counts (Zählung eines Trägers).

    Attributes
    ----------
    provider : str
        Short name.
    cases : int
        Cases (Fälle).
    households : int or None
        Different households (Haushalte); None where the export names none.
    persons : int or None
        Persons in cases (Personen in Fällen); None where nothing is said.
    silent : int
        Cases that do not say how many persons they hold.
    recorded : int
        Persons recorded (erfasste Personen).
    """

    provider: str
    cases: int
    households: int | None
    persons: int | None
    silent: int
    recorded: int


@dataclass(frozen=True)
class Units:
    """Counts of a vintage (Einheiten).

    Attributes
    ----------
    provided : tuple of Provided
        By provider.
    persons : int
        Different persons (Personen) among all that were recorded.
    shared : int
        Of these, known to more than one provider.
    """

    provided: tuple[Provided, ...]
    persons: int
    shared: int

    @property
    def recorded(self) -> int:
        """Persons recorded, counted once per provider."""
        return sum(part.recorded for part in self.provided)

    def lines(self) -> Iterator[str]:
        """A table, nothing without cases and persons."""
        if not self.provided:
            return
        yield HEAD
        for part in self.provided:
            open_ = "+" if part.silent and part.persons is not None else ""
            yield (
                f"{part.provider:<14}{part.cases:>9,}{_number(part.households):>12}"
                f"{_number(part.persons) + open_:>18}{part.recorded:>10,}"
            )
        if any(part.silent and part.persons is not None for part in self.provided):
            yield "+ and those of cases that do not say how many (ohne Personenzahl)"


def count_units(vintage: Vintage) -> Units:
    """Count the units of a vintage, by provider.

    Parameters
    ----------
    vintage : Vintage
        With or without `cases` and `clients`.

    Returns
    -------
    Units
    """
    cases = _columns(vintage, "cases", ["provider", "household_id", "persons"])
    clients = _columns(vintage, "clients", ["provider", "person_id"])
    providers = dict.fromkeys([*clients["provider"].unique(), *cases["provider"].unique()])
    provided = (
        _provided(name, cases[cases["provider"] == name], clients[clients["provider"] == name])
        for name in providers
    )
    known = clients.drop_duplicates().groupby("person_id")["provider"].size()
    return Units(tuple(provided), len(known), int((known > 1).sum()))


def _provided(name: str, cases: pd.DataFrame, clients: pd.DataFrame) -> Provided:
    households, persons = cases["household_id"].dropna(), cases["persons"].dropna()
    return Provided(
        provider=name,
        cases=len(cases),
        households=households.nunique() if len(households) else None,
        persons=int(persons.sum()) if len(persons) else None,
        silent=len(cases) - len(persons),
        recorded=len(clients),
    )


def _columns(vintage: Vintage, table: str, columns: list[str]) -> pd.DataFrame:
    """Some columns of a table; without rows where the vintage lacks it."""
    import pandas as pd
    import pyarrow.parquet as pq

    if table not in vintage.tables:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    held = pq.read_table(vintage.path / f"{table}.parquet", columns=columns)
    return held.to_pandas()


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
