"""A bar with text, percent and time left on one line (Fortschrittsbalken)."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text


class Percent(TaskProgressColumn):
    """How much is done, blank where no end is known; never empty, or the line shrinks."""

    def render(self, task: Task) -> Text:
        """Text of four signs."""
        return Text("    " if task.total is None else f"{int(task.percentage):>3}%")


class TimeLeft(TimeRemainingColumn):
    """How long it may still take, a dash where no end is known."""

    def render(self, task: Task) -> Text:
        """Text of at least seven signs."""
        return Text("-:--:--") if task.total is None else super().render(task)


def reading_bar(console: Console) -> Progress:
    """A bar that vanishes at its end."""
    words = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=words),
        BarColumn(bar_width=16),
        Percent(),
        TimeLeft(),
        console=console,
        transient=True,
        expand=True,
    )
