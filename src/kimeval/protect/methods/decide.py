"""A release of altered numbers, table by table (Veröffentlichung mit veränderten Zahlen)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.core.recordkeys import KEYS
from kimeval.data.pseudonyms import load_key
from kimeval.protect.facts import HIDDEN, KEPT, OPEN, SHOWN, counts_persons, stacked
from kimeval.protect.methods.alter import Method
from kimeval.protect.methods.apply import apply, method_of, new_stand_ins
from kimeval.protect.methods.audit import Audit, audit, require_safe
from kimeval.protect.release import Release
from kimeval.protect.rules import METHODS, Rules

SUPPRESSION = "suppression"


def decide(frames: Sequence[pd.DataFrame], release: Release, synthetic: bool) -> list[pd.DataFrame]:
    """Alter the numbers of further tables of a release, all of them together.

    Parameters
    ----------
    frames : sequence of DataFrame, shape (rows, 19)
        Columns of a result and of `KEYS`.
    release : Release
        By whose rules; takes what is decided.
    synthetic : bool
        Whether a public key will do for the cell-key method.

    Returns
    -------
    list of DataFrame, shape (rows, 18)
        What is shown, with `suppressed` and without keys.

    Raises
    ------
    ProtectionError
        If earlier releases used another method, or give a count away.
    KeyFileError
        If the cell-key method has no key.
    """
    require_same_method(release.history, release.rules, release.rows)
    if not any(counts_persons(frame).any() for frame in frames):
        return [
            frame.drop(columns=list(KEYS), errors="ignore").assign(suppressed=False)
            for frame in frames
        ]
    marked = [frame.assign(table=n, place=range(len(frame))) for n, frame in enumerate(frames)]
    everything = pd.concat(marked, ignore_index=True)
    method = _method(release.rules, synthetic)
    shown, fresh, _ = apply(everything, release.rules, method, release.history, release.rows)
    parts = [shown[shown["table"] == n] for n in range(len(frames))]
    release.rows = stacked(release.rows, fresh, new_stand_ins(shown, fresh, release.rows))
    return [part.sort_values("place").drop(columns=["table", "place"]) for part in parts]


def attack_release(
    history: pd.DataFrame, rows: pd.DataFrame, rules: Rules, synthetic: bool
) -> Audit:
    """Attack a whole release of altered numbers with all earlier ones.

    Raises
    ------
    ProtectionError
        If a small count can be found out, or earlier releases used another method.
    """
    require_same_method(history, rules)
    found = audit(history, rows, rules, _method(rules, synthetic))
    require_safe(found)
    return found


def require_same_method(
    history: pd.DataFrame, rules: Rules, before: pd.DataFrame | None = None
) -> None:
    """Refuse another method than that of the earlier releases, or tables of this one.

    A count that was exact in one release and is rounded in the next, or hidden in
    one and rounded in the next, is protected by neither.

    Parameters
    ----------
    history : DataFrame, shape (rows, any)
        Of earlier releases, with `state`.
    rules : Rules
        Of this one.
    before : DataFrame, shape (rows, any), optional
        Earlier tables of this one, from other notebooks of the run.

    Raises
    ------
    ProtectionError
        Names the method to use.
    """
    states = {*history["state"], *(() if before is None else before["state"])}
    used = {SUPPRESSION} if states & {SHOWN, HIDDEN, KEPT, OPEN} else set()
    used |= states & set(METHODS)
    if used - {rules.method}:
        earlier = " and ".join(sorted(used))
        raise ProtectionError(
            f"What is published of an area keeps its method, since two together give counts away; "
            f"earlier releases or notebooks used {earlier}, this one {rules.method}. "
            f"Write method='{min(used)}' (-p method={min(used)})."
        )


def _method(rules: Rules, synthetic: bool) -> Method:
    secret = load_key(synthetic) if rules.method == "cellkey" else b""
    return method_of(rules, secret)
