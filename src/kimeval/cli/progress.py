"""Progress on stderr: a spinner in a terminal, plain lines elsewhere (Fortschritt)."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console


class Terminal:
    """Says what is being done; use it in a `with` statement."""

    def __init__(self, console: Console | None = None):
        self._console = console or Console(stderr=True, highlight=False, markup=False)
        self._status = self._console.status("")

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, soft_wrap=True)

    def busy(self, text: str) -> None:
        """Show what has begun; only in a terminal, where it can vanish again."""
        if self._console.is_terminal:
            self._status.update(text)
            self._status.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()
