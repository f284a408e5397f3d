"""When and how the quarter's run is started (Zeitplan)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kimeval.core.errors import ParameterError

MONTHS = (1, 4, 7, 10)
DAYS, HOUR, LATEST = 15, 4, 28
RUN = ("run", "--quarter", "last", "--all", "--catch-up")


@dataclass(frozen=True)
class Schedule:
    """When and how the quarter's run is started (Zeitplan).

    Attributes
    ----------
    project : Path
        Root of the project, absolute.
    python : Path
        The interpreter in which kimeval is installed, absolute.
    days : int
        Days after the quarter's end, 1 to `LATEST`; the day of the month, that is.
    hour : int
        0 to 23, in Europe/Berlin.
    account : str
        Login name under which a unit of the whole system runs; empty for one of the user.
    key : Path or None
        File of the key for pseudonyms; its place is written, never its content.
    more : tuple of str
        Further options of `kimeval run`.

    Raises
    ------
    ParameterError
        If day, hour or a text lie outside what unit files and cron can hold.
    """

    project: Path
    python: Path
    days: int = DAYS
    hour: int = HOUR
    account: str = ""
    key: Path | None = None
    more: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.days <= LATEST or not 0 <= self.hour <= 23:
            raise ParameterError(
                f"A schedule has 1 to {LATEST} days after the quarter's end and an hour from 0 to "
                f"23, got {self.days} and {self.hour}. Try --days {DAYS} --hour {HOUR}."
            )
        texts = [str(self.project), str(self.python), str(self.key or ""), *self.more]
        if not all(text.isprintable() for text in texts):
            raise ParameterError(
                "A schedule holds printable paths and options, found one with a line break or a "
                "control character. Rename the folder, or leave the option out."
            )

    @property
    def command(self) -> tuple[str, ...]:
        """What is started, a word each; `-P` keeps the working folder off Python's path."""
        return (str(self.python), "-P", "-m", "kimeval", *RUN, *self.more)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that the run needs, which no scheduler inherits."""
        found = {"KIMEVAL_HOME": str(self.project)}
        return found | ({"KIMEVAL_KEY_FILE": str(self.key)} if self.key else {})
