"""The 54 KIM areas as sets of municipalities (KIM-Gebiete).

53 districts and independent cities, and the city of Aachen, which runs its own
programme inside StädteRegion Aachen. So an area is a set of municipalities and
not a prefix of the AGS: 05334 is the StädteRegion without the city 05334002.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from kimeval.core.errors import AreaError, suggestion
from kimeval.core.reference import read_reference

CITY_OF_AACHEN = "05334002"
STATE = "05"
KIND = {"Kreis": "Kreis", "Kreisfreie Stadt": "Stadt"}


@dataclass(frozen=True)
class Municipality:
    """A municipality (Gemeinde).

    Attributes
    ----------
    ags : str
        Eight digits.
    name : str
        Official name.
    population : int
        Persons, Zensus 2022.
    """

    ags: str
    name: str
    population: int


@dataclass(frozen=True)
class Area:
    """A KIM area (KIM-Gebiet): a set of municipalities.

    Attributes
    ----------
    code : str
        AGS of the district, `05334002` for the city of Aachen, `05` for NRW.
    name : str
        Name as it stands in a report, such as `Kreis Heinsberg`.
    municipalities : tuple of Municipality
        Sorted by AGS.
    """

    code: str
    name: str
    municipalities: tuple[Municipality, ...] = field(repr=False)

    @property
    def inside(self) -> str:
        """Where something happens, in German: `im Kreis Heinsberg`, `in der Stadt Köln`."""
        if self.code == STATE:
            return f"in {self.name}"
        if "kreis" in self.name.casefold():
            return f"im {self.name.replace('er Kreis', 'en Kreis')}"
        return f"in der {self.name}"

    @property
    def population(self) -> int:
        """Persons, Zensus 2022, summed over the municipalities."""
        return sum(m.population for m in self.municipalities)

    def __contains__(self, ags: str) -> bool:
        return any(m.ags == ags for m in self.municipalities)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@cache
def areas() -> dict[str, Area]:
    """All 54 areas by code, in the order of their AGS."""
    members: dict[str, list[Municipality]] = {}
    for row in read_reference("geography/municipalities.csv"):
        code = CITY_OF_AACHEN if row["ags"] == CITY_OF_AACHEN else row["kreis_ags"]
        town = Municipality(row["ags"], row["name"], int(row["pop_zensus2022"]))
        members.setdefault(code, []).append(town)
    names = {row["ags"]: _area_name(row) for row in read_reference("geography/districts.csv")}
    names[CITY_OF_AACHEN] = "Stadt Aachen"
    return {
        code: Area(code, names[code], tuple(sorted(members[code], key=lambda m: m.ags)))
        for code in sorted(members)
    }


@cache
def state() -> Area:
    """North Rhine-Westphalia as one area (Land NRW)."""
    towns = [town for area in areas().values() for town in area.municipalities]
    return Area(STATE, "Nordrhein-Westfalen", tuple(sorted(towns, key=lambda m: m.ags)))


def area(code: str | Area) -> Area:
    """Look an area up by its code.

    Parameters
    ----------
    code : str
        `05370`, `05334` (without the city of Aachen), `05334002` or `05`.

    Raises
    ------
    AreaError
        If it is a number (then it names papermill's `-r`) or not one of the 54.
    """
    if isinstance(code, Area):
        return code
    if not isinstance(code, str):
        raise AreaError(
            f"An area is text such as '05370', got the number {code}. papermill's -p turns "
            f"05370 into a number: write -r area 05370."
        )
    if code == STATE:
        return state()
    if code in areas():
        return areas()[code]
    if "0" + code in areas():
        raise AreaError(f"An area is text such as '05370', got '{code}'. Did it lose a zero?")
    raise AreaError(f"An area is one of the 54 KIM areas, got '{code}'. {_way_out(code)}")


def _way_out(code: str) -> str:
    for known in areas().values():
        if code.casefold() in known.name.casefold() and len(code) > 2:
            return f"Did you mean '{known.code}' ({known.name})?"
        if code in known:
            return f"It is a municipality of '{known.code}' ({known.name})."
    return f"{suggestion(code, areas())} `kimeval areas` lists them."


def _area_name(row: dict[str, str]) -> str:
    if row["ags"] == "05334":
        return "StädteRegion Aachen (ohne Stadt Aachen)"
    if "kreis" in row["name"].casefold():
        return row["name"]
    return f"{KIND[row['bez']]} {row['name']}"
