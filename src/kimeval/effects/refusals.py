"""What a design says instead of a number that its data cannot carry (Verweigerung)."""

from __future__ import annotations

from kimeval.core.errors import DataError


class DesignRefused(DataError):
    """The data cannot carry a design; nothing is computed (verweigert).

    Attributes
    ----------
    reason : str
        German: what the data lack.
    needs : str
        German: what data would be needed.
    """

    def __init__(self, reason: str, needs: str) -> None:
        super().__init__(f"{reason} Nötig wären: {needs}")
        self.reason = reason
        self.needs = needs


def require(held: bool, reason: str, needs: str) -> None:
    """Refuse a design unless something holds.

    Raises
    ------
    DesignRefused
        With the reason and what would be needed, both in German.
    """
    if not held:
        raise DesignRefused(reason, needs)
