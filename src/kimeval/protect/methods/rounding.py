"""Rounding to multiples of a base (Rundung), as official statistics do.

Each count is rounded for itself, so that groups need not add up to their total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.protect.rules import DEFAULT_THRESHOLD

SMALLEST = 3


def base_for(threshold: int) -> int:
    """The base that protects counts below a threshold: 5, or more where 5 is too little.

    A published 0 stands for 0 to 2 where the base is 5. For a threshold of 6 to 10
    that would leave fewer possible values than the rule wants, and the base is 10.
    """
    return DEFAULT_THRESHOLD * -(-threshold // DEFAULT_THRESHOLD)


@dataclass(frozen=True)
class Rounding:
    """Rounding to the nearest multiple (Rundung).

    Attributes
    ----------
    base : int
        At least 3. With an even base a count half way is rounded up, so that the
        result follows from the count alone; with an odd one there is no half way.
    """

    base: int
    name: str = "rounding"

    def __post_init__(self) -> None:
        if not isinstance(self.base, int) or isinstance(self.base, bool) or self.base < SMALLEST:
            raise ProtectionError(
                f"Counts are rounded to multiples of a whole number of at least {SMALLEST}, got "
                f"{self.base!r}. Write 5."
            )

    def published(self, counts: np.ndarray, cell_keys: np.ndarray) -> np.ndarray:
        """What is published in place of counts.

        Parameters
        ----------
        counts : ndarray of float, shape (n,)
            Whole and not negative; NaN stays NaN and 0 stays 0.
        cell_keys : ndarray
            Make no difference.

        Returns
        -------
        ndarray of float, shape (n,)
            Multiples of the base.
        """
        return np.floor(np.asarray(counts, dtype=float) / self.base + 0.5) * self.base

    def possible(self, published: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest count that each published number can stand for.

        Parameters
        ----------
        published : ndarray of float, shape (n,)
            Multiples of the base.

        Returns
        -------
        tuple of two ndarray of float, shape (n,)
        """
        published = np.asarray(published, dtype=float)
        low = np.maximum(np.ceil(published - self.base / 2), 0.0)
        return low, np.ceil(published + self.base / 2) - 1

    def cell_keys(self, frame: pd.DataFrame, count: str, key: str) -> np.ndarray:
        """No keys: rounding hangs on the count alone."""
        return np.zeros(len(frame))
