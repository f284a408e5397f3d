"""AGS as checked text (Amtlicher Gemeindeschlüssel).

An AGS is never a number: Heinsberg is `05370`, its town Wassenberg `05370036`.
"""

from __future__ import annotations

import re

from kimeval.core.errors import AreaError

DISTRICT = re.compile(r"05[0-9]{3}")
MUNICIPALITY = re.compile(r"05[0-9]{6}")


def municipality_ags(text: str) -> str:
    """Check the AGS of a municipality in NRW (Gemeinde, acht Stellen).

    Raises
    ------
    AreaError
        If it is not text of eight digits that begin with 05.
    """
    return _checked(text, MUNICIPALITY, "of a municipality in NRW must be text of 8 digits")


def district_ags(text: str) -> str:
    """Check the AGS of a district in NRW (Kreis, fünf Stellen).

    Raises
    ------
    AreaError
        If it is not text of five digits that begin with 05.
    """
    return _checked(text, DISTRICT, "of a district in NRW must be text of 5 digits")


def district_of(municipality: str) -> str:
    """District of a municipality: `05370036` lies in `05370`."""
    return municipality_ags(municipality)[:5]


def _checked(text: str, pattern: re.Pattern[str], rule: str) -> str:
    if isinstance(text, str) and pattern.fullmatch(text):
        return text
    digits = str(text)
    lost = isinstance(text, int) or pattern.fullmatch("0" + digits)
    hint = "Was it read as a number?" if lost else "Is it an area outside NRW?"
    raise AreaError(f"An AGS {rule} beginning with 05, got {text!r}. {hint}")
