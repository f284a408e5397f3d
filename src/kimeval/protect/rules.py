"""How small a published count may be, and what a reader may still find out (Regeln)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kimeval.core.errors import ProtectionError

LEAST_THRESHOLD = 3
DEFAULT_THRESHOLD = 5
METHODS = ("suppression", "rounding", "cellkey")


@dataclass(frozen=True)
class Rules:
    """By which rules results are protected (Geheimhaltungsregeln).

    Attributes
    ----------
    threshold : int
        Least number of persons behind a published value, at least 3.
    method : str
        suppression, rounding (to a multiple of five) or cellkey.
    zeros : str
        `safe`: that nobody was counted says nothing about a person, so zeros are
        shown. `unsafe`: they are hidden like small counts.
    groups : bool
        Whether a value is hidden where it tells something of all of a group: a
        share of 100 percent, or a line of a cross table with one filled cell.
    dominance : tuple of int and float
        An amount is hidden if so many contributors make more than so many
        percent of it.
    p_percent : float
        An amount is hidden if the second largest contributor can tell the
        largest one's by so many percent or better.

    Raises
    ------
    ProtectionError
        If a rule is out of its range or protects no one.
    """

    threshold: int = DEFAULT_THRESHOLD
    method: Literal["suppression", "rounding", "cellkey"] = "suppression"
    zeros: Literal["safe", "unsafe"] = "safe"
    groups: bool = True
    dominance: tuple[int, float] = (2, 85.0)
    p_percent: float = 10.0

    def __post_init__(self) -> None:
        if not isinstance(self.threshold, int) or isinstance(self.threshold, bool):
            raise ProtectionError(
                f"The threshold is a whole number of persons, got {self.threshold!r}. Write 5."
            )
        if self.threshold < LEAST_THRESHOLD:
            raise ProtectionError(
                f"The threshold must be at least {LEAST_THRESHOLD} persons, got "
                f"{self.threshold}. A smaller one protects no one; the default is "
                f"{DEFAULT_THRESHOLD}."
            )
        if self.method not in METHODS:
            raise ProtectionError(
                f"The method is one of {', '.join(METHODS)}, got {self.method!r}."
            )
        if self.zeros not in ("safe", "unsafe"):
            raise ProtectionError(f"Zeros are 'safe' or 'unsafe', got {self.zeros!r}.")
        count, percent = self.dominance
        if count not in (1, 2) or not 50 <= percent < 100 or not 1 <= self.p_percent <= 100:
            raise ProtectionError(
                "Dominance looks at 1 or 2 contributors and 50 to 100 percent, p-percent at 1 to "
                "100. Write dominance=(2, 85.0), p_percent=10.0."
            )

    @property
    def looser(self) -> bool:
        """Whether these rules protect less than the default; that needs a named reason."""
        return self.threshold < DEFAULT_THRESHOLD

    @property
    def spread(self) -> int:
        """How far apart the possible values of a hidden count must stay.

        Half of the threshold: with 5, at least three of the values 1 to 4 remain
        possible for whoever knows the rule and all that was ever published.
        """
        return (self.threshold - 1) // 2

    @property
    def least(self) -> int:
        """The smallest hidden count: 1, or 0 where zeros are hidden too."""
        return 1 if self.zeros == "safe" else 0
