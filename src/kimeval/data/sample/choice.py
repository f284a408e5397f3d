"""Which areas a sample is written for, as typed (Auswahl der Gebiete)."""

from __future__ import annotations

import re

from kimeval.core.area import Area, areas
from kimeval.core.area import area as look_up
from kimeval.core.errors import ParameterError

ALL = "all"
NUMBER = re.compile(r"\d{1,3}")


def chosen_areas(text: str) -> list[Area]:
    """Areas by their codes, by their number, or all of them.

    Parameters
    ----------
    text : str
        `all`; codes with commas; or a number, for so many areas in the order of
        their codes: 54 are all. A code has five digits or eight.

    Raises
    ------
    ParameterError
        If the number is not from 1 to 54.
    AreaError
        If a code is not that of an area.
    """
    known = list(areas().values())
    if text.strip() == ALL:
        return known
    if not NUMBER.fullmatch(text.strip()):
        return [look_up(code.strip()) for code in text.split(",")]
    number = int(text)
    if not 1 <= number <= len(known):
        raise ParameterError(
            f"A sample is for 1 to {len(known)} areas, got {number}. Give a number of areas, or "
            f"codes such as 05370."
        )
    return known[:number]
