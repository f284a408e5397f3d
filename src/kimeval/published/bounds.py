"""What a document allows a figure to be, as an interval (Spanne einer Angabe).

Arithmetic carries the quality of its operands: an exact figure divided by a
"more than" gives an upper bound, and "about" stays "about".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from kimeval.core.errors import DataError

INFINITY = Decimal("Infinity")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Bounds:
    """An interval, with the care a reader must take (Spanne).

    Attributes
    ----------
    lower, upper : Decimal
        Ends; minus infinity or infinity where the document states none.
    lower_open, upper_open : bool
        Whether the end itself is shut out ("more than", "just below").
    approximate : bool
        Whether an operand was only "about" (ca.).
    planned : bool
        Whether an operand was planned or expected, not observed.
    """

    lower: Decimal
    upper: Decimal
    lower_open: bool = False
    upper_open: bool = False
    approximate: bool = False
    planned: bool = False

    def __post_init__(self) -> None:
        if self.lower > self.upper:
            raise DataError(f"Bounds need lower <= upper, got {self.lower} and {self.upper}.")

    @classmethod
    def point(cls, value: Decimal | int) -> Bounds:
        """A value known exactly."""
        return cls(Decimal(value), Decimal(value))

    @classmethod
    def of(cls, value: Decimal, quality: str) -> Bounds:
        """Bounds of a published figure.

        Parameters
        ----------
        value : Decimal
            The number in the document.
        quality : str
            exact, approx, lower, upper, just below, plan or expected.

        Raises
        ------
        DataError
            If the quality is none of these.
        """
        point = cls.point(value)
        shapes = {
            "exact": point,
            "approx": replace(point, approximate=True),
            "lower": replace(point, upper=INFINITY, lower_open=True),
            "upper": replace(point, lower=-INFINITY),
            "just below": replace(point, lower=-INFINITY, upper_open=True),
            "plan": replace(point, planned=True),
            "expected": replace(point, planned=True),
        }
        if quality not in shapes:
            raise DataError(
                f"The quality of a published figure is one of {', '.join(shapes)}, got '{quality}'."
            )
        return shapes[quality]

    @property
    def kind(self) -> str:
        """One of exact, approx, plan, lower, upper, range and unknown."""
        if self.lower == self.upper:
            return "approx" if self.approximate else "plan" if self.planned else "exact"
        stated = (self.lower.is_finite(), self.upper.is_finite())
        names = {(True, True): "range", (True, False): "lower", (False, True): "upper"}
        return names.get(stated, "unknown")

    def __neg__(self) -> Bounds:
        return replace(
            self,
            lower=-self.upper,
            upper=-self.lower,
            lower_open=self.upper_open,
            upper_open=self.lower_open,
        )

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(
            self.lower + other.lower,
            self.upper + other.upper,
            self.lower_open or other.lower_open,
            self.upper_open or other.upper_open,
            **_care(self, other),
        )

    def __sub__(self, other: Bounds) -> Bounds:
        return self + -other

    def __mul__(self, other: Bounds) -> Bounds:
        a, b = _positive(self), _positive(other)
        lower, upper = _times(a.lower, b.lower), _times(a.upper, b.upper)
        return _stated(
            Bounds(
                lower,
                upper,
                (a.lower_open or b.lower_open) and not (_reaches_zero(a) or _reaches_zero(b)),
                (a.upper_open or b.upper_open) and upper != ZERO,
                **_care(a, b),
            )
        )

    def __truediv__(self, other: Bounds) -> Bounds:
        a, b = _positive(self), _positive(other)
        if b.lower == ZERO and not b.lower_open:
            raise DataError("A ratio needs a denominator that cannot be 0, got one that can.")
        upper = INFINITY if b.lower == ZERO and a.upper > ZERO else _over(a.upper, b.lower)
        return _stated(
            Bounds(
                _over(a.lower, b.upper),
                upper,
                (a.lower_open or b.upper_open or b.upper == INFINITY) and not _reaches_zero(a),
                (a.upper_open or b.lower_open) and upper != ZERO,
                **_care(a, b),
            )
        )


def _care(a: Bounds, b: Bounds) -> dict[str, bool]:
    return {
        "approximate": a.approximate or b.approximate,
        "planned": a.planned or b.planned,
    }


def _positive(bounds: Bounds) -> Bounds:
    """Bounds of a quantity that cannot be negative."""
    if bounds.lower == -INFINITY and bounds.upper >= ZERO:
        return replace(bounds, lower=ZERO, lower_open=bounds.upper > ZERO)
    if bounds.lower < ZERO:
        raise DataError("A product or ratio needs quantities of 0 or more, got a negative one.")
    return bounds


def _stated(bounds: Bounds) -> Bounds:
    """Bounds in which an open lower end of zero, which says nothing, is left out."""
    if bounds.lower == ZERO and bounds.lower_open:
        return replace(bounds, lower=-INFINITY, lower_open=False)
    return bounds


def _reaches_zero(bounds: Bounds) -> bool:
    return bounds.lower == ZERO and not bounds.lower_open


def _times(a: Decimal, b: Decimal) -> Decimal:
    return ZERO if ZERO in (a, b) else a * b


def _over(a: Decimal, b: Decimal) -> Decimal:
    return ZERO if a == ZERO or b == INFINITY else a / b
