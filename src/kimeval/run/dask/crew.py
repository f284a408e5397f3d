"""The workers of a run: who may take part, who is gone (Mannschaft)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kimeval.core.errors import ClusterError
from kimeval.core.silence import kind
from kimeval.run.dask.connect import ANSWERS_WITHIN, asked, workers
from kimeval.run.dask.facts import differences
from kimeval.run.dask.work import READ_ONLY, UNLOCKED, UNSEEN, Looked, answer, look

FOLDER = {
    UNSEEN: "does not see this project's outputs/",
    READ_ONLY: "may not write to outputs/",
    UNLOCKED: "does not see locks on outputs/",
}
SHOWN = 4


@dataclass
class Crew:
    """Workers that were looked at (Mannschaft).

    Attributes
    ----------
    client : Client
        Of the scheduler.
    root : Path
        The project as seen here.
    run : str
        Name of the run.
    own : dict of str to str
        `facts` of this machine.
    present : set of str
        Addresses of workers that are there and may take part.
    """

    client: Any
    root: Path
    run: str
    own: dict[str, str]
    present: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)

    def gather(self) -> None:
        """Look at all workers at the beginning of a run.

        Raises
        ------
        ClusterError
            If one of them cannot take part.
        """
        if reasons := self._look(workers(self.client)):
            raise _refusal(reasons, len(self.present) + len(reasons))

    def refresh(self, say: Callable[[str], None]) -> None:
        """See who is gone and who has come; one who cannot take part is left out.

        Parameters
        ----------
        say : callable
            Told who comes and why one is left out.

        Raises
        ------
        ClusterError
            If the scheduler is gone.
        """
        now = workers(self.client)
        self.present &= now
        self._refused &= now
        new = now - self.present - self._refused
        for address, reason in self._look(new).items():
            say(f"worker {address} is left out: it {reason}")
        for address in sorted(new & self.present):
            say(f"worker {address} has come")

    def _look(self, addresses: set[str]) -> dict[str, str]:
        """Look at some workers: why those that cannot take part cannot."""
        if not addresses:
            return {}
        told = self._ask(sorted(addresses))
        reasons = {
            address: reason
            for address in sorted(addresses)
            if (reason := self._reason(told.get(address)))
        }
        self._refused |= set(reasons)
        self.present |= addresses - set(reasons)
        return reasons

    def _ask(self, addresses: list[str]) -> dict[str, Any]:
        """What each worker found, or the error that came instead; nothing of a silent one."""

        def question() -> dict[str, Any]:
            with suppress(TimeoutError):
                return dict(
                    self.client.run(
                        look,
                        self.root,
                        self.run,
                        workers=addresses,
                        on_error="return",
                        callback_timeout=ANSWERS_WITHIN,
                    )
                )
            return {}

        return dict(asked(question, self.client))

    def _reason(self, found: Any) -> str:
        if not isinstance(found, Looked):
            what = kind(type(found)) if isinstance(found, BaseException) else "no answer"
            return f"could not load this kimeval ({what})"
        if found.folder in FOLDER:
            return FOLDER[found.folder]
        sign = answer(self.root / "outputs", self.run, found.sign)
        if not sign.is_file():
            return FOLDER[UNSEEN]
        sign.unlink()
        unlike = differences(self.own, found.facts)
        return f"has {_some(unlike)}" if unlike else ""


def _refusal(reasons: dict[str, str], number: int) -> ClusterError:
    said = "; ".join(f"{address} {reason}" for address, reason in [*reasons.items()][:SHOWN])
    text = " ".join(reasons.values())
    if "outputs/" in text:
        way_out = (
            "Put the project on a folder that all machines share, with locks (NFS 4), under the "
            "same path, or set KIMEVAL_HOME for each worker."
        )
    else:
        way_out = (
            "Install the same on all machines: pip install --require-hashes -r requirements.lock, "
            "then kimeval itself, and start the workers anew with the same settings."
        )
    return ClusterError(
        f"All workers of a run share its project and have its versions, {len(reasons)} of "
        f"{number} do not: {said}. {way_out}"
    )


def _some(words: list[str]) -> str:
    more = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" and {more} more" if more > 0 else "")
