"""Progress on stderr: a spinner or a bar in a terminal, plain lines elsewhere (Fortschritt)."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress


class Terminal:
    """Says what is being done; use it in a `with` statement."""

    def __init__(self, console: Console | None = None):
        self._console = console or Console(stderr=True, highlight=False, markup=False)
        self._status = self._console.status("")
        self._bar: Progress | None = None
        self._text = ""
        self._share = 0.0

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, soft_wrap=True)

    def notebook(self, text: str) -> None:
        """Print that one more notebook is done."""
        self.line(text)

    def busy(self, text: str) -> None:
        """Show what has begun; only in a terminal, where it can vanish again."""
        self._end_bar()
        if self._console.is_terminal:
            self._status.update(text)
            self._status.start()

    def read(self, text: str, share: float) -> None:
        """Show how far a piece of work is.

        Parameters
        ----------
        text : str
            What is being done.
        share : float
            From 0 to 1. A smaller one than before begins a new bar, a new text at 1
            work whose end is not known.
        """
        new, self._text = text != self._text, text
        if self._console.is_terminal:
            self._draw(share, new)
        elif new:
            self.line(text)

    def _draw(self, share: float, new: bool) -> None:
        bar = self._bar
        if bar is None or share < self._share:
            bar = self._new_bar()
        task = bar.tasks[0]
        if new and share >= 1:
            task.total = None
        bar.update(task.id, description=self._text, completed=share, refresh=new)
        self._share = share

    def _new_bar(self) -> Progress:
        from kimeval.cli.bar import reading_bar

        self._end_bar()
        self._status.stop()
        self._bar = reading_bar(self._console)
        self._bar.add_task(self._text, total=1.0)
        self._bar.start()
        return self._bar

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._share = None, 0.0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_bar()
        self._status.stop()
