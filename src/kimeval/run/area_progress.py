"""Progress of a run over all areas, several of them at work at once (Fortschritt)."""

from __future__ import annotations

from dataclasses import dataclass, field

from kimeval.core.area import Area
from kimeval.run.area_task import Said
from kimeval.run.progress import Progress
from kimeval.run.summary import FAILED, PUBLISHED, AreaResult

SHOWN = 3


@dataclass
class AreaProgress:
    """A line for each area that is done; in passing, what those at work are at.

    Attributes
    ----------
    progress : Progress
        Is told.
    notebooks : dict of str to int
        Notebooks of each area with a delivery, by its code.
    jobs : int
        Most areas at once.
    """

    progress: Progress
    notebooks: dict[str, int]
    jobs: int = 1
    _done: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)
    _at_work: dict[str, tuple[str, Said]] = field(default_factory=dict, init=False)
    _notebooks: int = field(default=0, init=False)
    _seconds: list[float] = field(default_factory=list, init=False)

    def begin(self, area: Area) -> None:
        """An area's turn has come."""
        self._at_work[area.code] = area.name, Said("looking at its delivery")
        self._show()

    def told(self, code: str, said: Said) -> None:
        """Something within an area has begun, or is done."""
        name, _ = self._at_work[code]
        self._at_work[code] = name, said
        self._show()

    def end(self, result: AreaResult) -> None:
        """An area is done, well or not."""
        self._at_work.pop(result.area, None)
        self._done += 1
        self._notebooks += self.notebooks.get(result.area, 0)
        self._failed += result.status == FAILED
        if result.status == PUBLISHED:
            self._seconds.append(result.seconds)
        version = f" {result.version}" if result.status == PUBLISHED else ""
        said = f": {result.message}" if result.message else f", {result.seconds:.1f} s"
        place = f"[{self._done}/{len(self.notebooks)}] {result.name} ({result.area})"
        self.progress.line(f"{place}: {result.status}{version}{said}")
        if self._at_work:
            self._show()

    def _show(self) -> None:
        begun = self._notebooks + sum(said.notebooks for _, said in self._at_work.values())
        counts = f"{self._done}/{len(self.notebooks)} areas"
        counts += f", {begun}/{sum(self.notebooks.values())} notebooks"
        failed = f", {self._failed} failed" if self._failed else ""
        now = [f"{name}: {said.text}" for name, said in self._at_work.values()]
        more = f"; {len(now) - SHOWN} more" if len(now) > SHOWN else ""
        self.progress.busy(f"{counts}{failed}{self._left()} | {'; '.join(now[:SHOWN])}{more}")

    def _left(self) -> str:
        """Time left, from the areas published so far; nothing before the first."""
        if not self._seconds:
            return ""
        left = len(self.notebooks) - self._done
        seconds = sum(self._seconds) / len(self._seconds) * left / max(1, min(self.jobs, left))
        return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"
