"""By which rules an effect is called supported, suggestive or not identified (Urteil).

1. *not identified* (nicht bestimmbar): it was refused, an assumption is broken, or the
   interval holds no effect, so that not even the direction is known.
2. *supported* (gestützt): the interval excludes no effect, the p-value adjusted for the
   declared family is at most one less the level, at least one assumption could be checked,
   none of those checked is doubtful, and nothing warns of the method.
3. *suggestive* (deutet darauf hin): everything between.
"""

from __future__ import annotations

from collections.abc import Sequence

from kimeval.core.errors import DataError, suggestion

SUPPORTED, SUGGESTIVE, NOT_IDENTIFIED = "supported", "suggestive", "not identified"
HELD, DOUBTFUL, BROKEN, UNTESTABLE = "held", "doubtful", "broken", "untestable"
VERDICTS = {
    SUPPORTED: "gestützt",
    SUGGESTIVE: "deutet darauf hin",
    NOT_IDENTIFIED: "nicht bestimmbar",
}
CHECKS = {
    HELD: "hält der Prüfung stand",
    DOUBTFUL: "zweifelhaft",
    BROKEN: "verletzt",
    UNTESTABLE: "nicht prüfbar",
}


def verdict(
    excludes_zero: bool, p: float, checks: Sequence[str], level: float = 0.95, warned: bool = False
) -> str:
    """Verdict on an effect that was computed (Urteil).

    Parameters
    ----------
    excludes_zero : bool
        Whether the interval excludes no effect.
    p : float
        p-value, adjusted for the declared family.
    checks : sequence of str
        Result of each assumption's check.
    level : float
        Coverage of the interval.
    warned : bool
        Whether the method is known to do less than it says here.

    Returns
    -------
    str
        A key of `VERDICTS`.
    """
    for check in checks:
        require_check(check)
    if BROKEN in checks or not excludes_zero:
        return NOT_IDENTIFIED
    sure = p <= 1 - level + 1e-12 and HELD in checks and DOUBTFUL not in checks and not warned
    return SUPPORTED if sure else SUGGESTIVE


def require_check(result: str) -> None:
    """Refuse the result of a check that is not declared."""
    if result not in CHECKS:
        raise DataError(
            f"A check of an assumption is {', '.join(CHECKS)}, got '{result}'. "
            f"{suggestion(result, CHECKS)}"
        )
