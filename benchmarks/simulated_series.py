"""Interrupted series with a known jump, at the project's lengths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from simulated_draws import Found, case

from kimeval.effects.interrupted import design, mixed, persistent, robust
from kimeval.effects.interrupted.estimate import FEW_BEFORE, PERSISTENT, SHORT

JUMP, BEND, SIZE = 0.05, 0.005, 0.03
SEASON = np.array([0.0, 0.01, -0.02, 0.01])


@dataclass(frozen=True)
class Series:
    """A series by quarter (Zeitreihe).

    Attributes
    ----------
    length, break_at : int
    persistence : float
        Correlation of neighbouring quarters.
    season : bool
    gaps : int
        Quarters that are hidden, drawn anew each time.
    control : bool
        Whether a second series shares the common shocks.
    phase_in : int
    """

    length: int
    break_at: int
    persistence: float
    season: bool = True
    gaps: int = 0
    control: bool = False
    phase_in: int = 0
    shape: str = "level_and_slope"

    def draw(
        self, chance: np.random.Generator, effect: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """The series, and that of control."""
        time = np.arange(self.length)
        after = time >= self.break_at
        bend = BEND if self.shape == "level_and_slope" else 0.0
        moved = (JUMP + bend * (time - self.break_at)) * after * effect
        known = np.tile(SEASON, self.length // 4 + 1)[: self.length] * self.season
        y = 0.3 + 0.002 * time + known + moved + SIZE * self._noise(chance)
        other = None
        if self.control:
            shared = 0.1 * np.cumsum(chance.standard_normal(self.length)) * SIZE
            other = 0.2 + known + shared + SIZE * self._noise(chance)
            y = y + shared
        if self.gaps:
            y[chance.choice(self.length, self.gaps, replace=False)] = np.nan
        return y, other

    def _noise(self, chance: np.random.Generator) -> NDArray[np.float64]:
        noise = chance.standard_normal(self.length)
        for t in range(1, self.length):
            keep = self.persistence
            noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
        return noise


def estimated(series: Series, name: str, chance: np.random.Generator, effect: bool) -> Found:
    y, other = series.draw(chance, effect)
    given = design(
        y,
        series.break_at,
        season=series.season,
        shape=series.shape,
        control=other,
        phase_in=series.phase_in,
    )
    found = persistent(given.x, given.y, given.time)
    made = mixed(found, given.line(**{name: 1.0}))
    true = {"level": JUMP + BEND * series.phase_in, "slope": BEND}[name] * effect
    return Found(
        made.value,
        true,
        made.lower <= true <= made.upper,
        made.p,
        found.persistence > PERSISTENT
        or len(given.y) < SHORT
        or int((given.time < 0).sum()) < FEW_BEFORE,
    )


def customary(series: Series, chance: np.random.Generator, effect: bool) -> Found:
    """How often the HAC interval holds, and, as the truth, what it says of itself."""
    y, _ = series.draw(chance, effect)
    given = design(y, series.break_at, season=series.season)
    made = robust(given, given.line(level=1.0), series.persistence)
    held = made.lower <= JUMP * effect <= made.upper
    return Found(float(held), made.covered, warned=True)


REGIMES = {
    "20 Quartale, 10 davor, unabhängig": Series(20, 10, 0.0),
    "20 Quartale, 10 davor, Zusammenhang 0,3": Series(20, 10, 0.3),
    "20 Quartale, 10 davor, Zusammenhang 0,6": Series(20, 10, 0.6),
    "20 Quartale, 10 davor, Zusammenhang 0,8": Series(20, 10, 0.8),
    "20 Quartale, 6 davor, Zusammenhang 0,3": Series(20, 6, 0.3),
    "12 Quartale, 6 davor, ohne Jahreszeit, 0,3": Series(12, 6, 0.3, season=False),
    "40 Quartale, 20 davor, Zusammenhang 0,4": Series(40, 20, 0.4),
    "20 Quartale, 2 davon gesperrt, 0,3": Series(20, 10, 0.3, gaps=2),
    "20 Quartale mit Vergleichsreihe, 0,3": Series(20, 10, 0.3, control=True),
    "20 Quartale, 2 Quartale Anlauf, 0,3": Series(20, 9, 0.3, phase_in=2),
    "20 Quartale, 2 davor": Series(20, 2, 0.3),
}
WORDS = {"level": "Sprung", "slope": "Änderung je Quartal"}
CASES = [
    *(
        case(f"unterbrochene Zeitreihe, {word}", regime, partial(estimated, series, name))
        for regime, series in REGIMES.items()
        for name, word in WORDS.items()
    ),
    *(
        case(
            "unterbrochene Zeitreihe, nur Sprung",
            f"9 Quartale, 4 davor, ohne Jahreszeit, Zusammenhang {rho:.1f}".replace(".", ","),
            partial(estimated, Series(9, 4, rho, season=False, shape="level"), "level"),
        )
        for rho in (0.0, 0.3)
    ),
    case(
        "HAC-Intervall: gehalten gegenüber ausgewiesen",
        "20 Quartale, 10 davor, Zusammenhang 0,3",
        partial(customary, Series(20, 10, 0.3)),
        null=False,
    ),
]
