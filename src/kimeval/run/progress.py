"""What a run tells while it is at work (Fortschritt)."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Says what is being done (Fortschritt)."""

    def line(self, text: str) -> None:
        """Something is done, or good to know."""

    def busy(self, text: str) -> None:
        """Something has begun and takes a while."""

    def notebook(self, text: str) -> None:
        """One more notebook is done."""

    def read(self, text: str, share: float) -> None:
        """Something is read, this share of it so far."""
