"""Least squares that stay exact where columns nearly repeat each other (kleinste Quadrate)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import linalg

from kimeval.core.errors import DataError
from kimeval.core.statistics.checks import Floats


@dataclass(frozen=True, repr=False)
class Line:
    """A fitted linear model (lineares Modell).

    Attributes
    ----------
    value : ndarray of float, shape (columns,)
        Coefficients.
    unscaled : ndarray of float, shape (columns, columns)
        Their covariance for a residual variance of 1.
    rest : ndarray of float, shape (n,)
        Residuals.
    df : int
        Residual degrees of freedom.
    """

    value: Floats = field(repr=False)
    unscaled: Floats = field(repr=False)
    rest: Floats = field(repr=False)
    df: int

    @property
    def variance(self) -> float:
        """Residual variance."""
        return float(self.rest @ self.rest) / self.df

    @property
    def error(self) -> Floats:
        """Standard errors, shape (columns,)."""
        return np.sqrt(self.variance * np.diag(self.unscaled))


def least_squares(x: Floats, y: Floats) -> Line:
    """Ordinary least squares by a QR decomposition of scaled columns, refined once.

    Parameters
    ----------
    x : ndarray of float, shape (n, columns)
        More rows than columns.
    y : ndarray of float, shape (n,)

    Raises
    ------
    DataError
        If a column follows from the others, or there are too few rows.
    """
    rows, columns = x.shape
    if rows <= columns:
        raise DataError(f"A line through {rows} points has fewer columns, got {columns}.")
    scale = np.linalg.norm(x, axis=0)
    if np.any(scale == 0):
        raise DataError("A column of a linear model varies, one is zero throughout.")
    q, r = np.linalg.qr(x / scale)
    if np.min(np.abs(np.diag(r))) < 1e-12:
        raise DataError("A column of a linear model follows from the others. Leave it out.")
    value = linalg.solve_triangular(r, q.T @ y)
    value = value + linalg.solve_triangular(r, q.T @ (y - (x / scale) @ value))
    half = linalg.solve_triangular(r, np.eye(columns)) / scale[:, None]
    value = value / scale
    return Line(value, half @ half.T, y - x @ value, rows - columns)
