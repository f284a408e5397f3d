"""Dated spells as one state per person and month (Zeiträume, Monatszustände)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.core.errors import DataError, ParameterError
from kimeval.referrals.labels import Column, Labels
from kimeval.referrals.sequences import Sequences

Rule = Literal["longest", "last"]
Days = NDArray[np.int64]
FAR = np.int64(10**7)  # days, further than any date


def monthly_states(
    person: Column,
    state: Column,
    begin: NDArray[np.datetime64] | pd.Series,
    end: NDArray[np.datetime64] | pd.Series,
    first: str,
    last: str,
    *,
    rule: Rule = "longest",
    gap: str | None = "nicht bekannt",
) -> Sequences:
    """The state of each person in each month (Monatszustände).

    Parameters
    ----------
    person, state : column of text, shape (spells,)
        Whose spell it is, and of which state.
    begin, end : array of datetime64, shape (spells,)
        First and last day, both included. An end that is missing is still to come.
    first, last : str
        Months such as `2024-01`, both included.
    rule : str
        `longest`: the state with the most days in the month, and among equals the one that
        held on the later day. `last`: the state on the last day of the month for which one
        is known. Spells of one state that overlap count their days once; of two states on
        the same last day the one that began later holds.
    gap : str or None
        State of a month without a spell between a person's first and last known month. None
        leaves it missing, as the months before the first and after the last always are.

    Returns
    -------
    Sequences
        Every person of the spells has a row, also one without a spell in these months.

    Raises
    ------
    DataError
        If a spell lacks person, state or begin, or ends before it begins, or `gap` is the
        name of a state.
    ParameterError
        If the rule is another one or the months are none.
    """
    if rule not in ("longest", "last"):
        raise ParameterError(f"The state of a month is its longest or last one, got '{rule}'.")
    months = _months(first, last)
    whose, what = Labels.of(person), Labels.of(state)
    begins, ends = _days(begin), _days(end)
    _require_spells(whose, what, begins, ends)
    if gap is not None and gap in what.names:
        raise DataError("A gap has a name of its own, a state has the same. Choose another.")
    begins, ends = begins.to_numpy(), ends.to_numpy(na_value=FAR)
    one = _joined(whose.codes, what.codes, begins, ends)
    codes = np.full((len(whose.names), len(months)), -1, np.int16)
    row, month, held = _held(*one, months, rule)
    codes[row, month] = held
    names = what.names
    if gap is not None:
        codes, names = _filled(codes, len(names)), (*names, gap)
    return Sequences(codes, names, months, whose.names)


def _held(
    whose: NDArray[np.int32],
    what: NDArray[np.int32],
    begin: Days,
    end: Days,
    months: NDArray[np.datetime64],
    rule: Rule,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]:
    """Person, month and the state that holds, of each known month."""
    edges = np.append(months, months[-1] + 1).astype("datetime64[D]").astype(np.int64)
    inside = (end >= edges[0]) & (begin < edges[-1])
    whose, what, begin, end = whose[inside], what[inside], begin[inside], end[inside]
    from_ = np.maximum(np.searchsorted(edges, begin, side="right") - 1, 0)
    to = np.minimum(np.searchsorted(edges, end, side="right") - 1, len(months) - 1)
    count = to - from_ + 1
    spell = np.repeat(np.arange(len(whose)), count)
    month = np.arange(len(spell)) - np.repeat(np.cumsum(count) - count, count) + from_[spell]
    until = np.minimum(end[spell], edges[month + 1] - 1)
    days = until - np.maximum(begin[spell], edges[month]) + 1
    cell = whose[spell].astype(np.int64) * len(months) + month
    order = np.lexsort((what[spell], cell))
    cell, state = cell[order], what[spell][order]
    days, until, began = days[order], until[order], begin[spell][order]
    new = np.flatnonzero(np.append(True, (cell[1:] != cell[:-1]) | (state[1:] != state[:-1])))
    if not len(cell):
        return cell, cell, state.astype(np.int16)
    days, until = np.add.reduceat(days, new), np.maximum.reduceat(until, new)
    began, cell, state = np.maximum.reduceat(began, new), cell[new], state[new]
    keys = (began, until, days) if rule == "longest" else (days, began, until)
    ranked = np.lexsort((*keys, cell))
    best = ranked[np.append(cell[ranked][1:] != cell[ranked][:-1], True)]
    return cell[best] // len(months), cell[best] % len(months), state[best].astype(np.int16)


def _joined(
    whose: NDArray[np.int32], what: NDArray[np.int32], begin: Days, end: Days
) -> tuple[NDArray[np.int32], NDArray[np.int32], Days, Days]:
    """Spells of one person and state that overlap or touch as one."""
    if not len(begin):
        return whose, what, begin, end
    order = np.lexsort((begin, what, whose))
    whose, what, begin, end = whose[order], what[order], begin[order], end[order]
    other = np.append(True, (whose[1:] != whose[:-1]) | (what[1:] != what[:-1]))
    shift = np.cumsum(other) * (2 * FAR)
    reached = np.maximum.accumulate(end + shift)
    fresh = np.append(True, begin[1:] + shift[1:] > reached[:-1] + 1)
    start = np.flatnonzero(fresh)
    stop = np.append(start[1:], len(begin)) - 1
    return whose[start], what[start], begin[start], (reached - shift)[stop]


def _filled(codes: NDArray[np.int16], gap: int) -> NDArray[np.int16]:
    """Months without a state between the first and the last with one get that of a gap."""
    known = codes >= 0
    since = np.logical_or.accumulate(known, axis=1)
    before = np.logical_or.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    return np.where(~known & since & before, np.int16(gap), codes)


def _months(first: str, last: str) -> NDArray[np.datetime64]:
    try:
        bounds = np.datetime64(first, "M"), np.datetime64(last, "M") + 1
    except ValueError:
        raise ParameterError("Months are written like 2024-01, got another spelling.") from None
    if not bounds[0] < bounds[1]:
        raise ParameterError(f"The first month is not after the last, got {first} and {last}.")
    return np.arange(*bounds)


def _days(column: NDArray[np.datetime64] | pd.Series) -> pd.Series:
    days = pd.Series(np.asarray(column, "datetime64[D]"))
    numbers = pd.Series(np.asarray(column, "datetime64[D]").astype(np.int64), dtype="Int64")
    return numbers.mask(days.isna())


def _require_spells(whose: Labels, what: Labels, begins: pd.Series, ends: pd.Series) -> None:
    if len({len(whose), len(what), len(begins), len(ends)}) > 1:
        raise DataError("Columns of spells are of one length, got several. Take one table's.")
    lacking = int(((whose.codes < 0) | (what.codes < 0) | begins.isna()).sum())
    if lacking:
        raise DataError(
            f"A spell has person, state and begin, {lacking} lack one. Give an unknown state a "
            f"name of its own, and set the other rows aside."
        )
    if backward := int((ends < begins).sum()):
        raise DataError(f"A spell ends on or after its first day, {backward} end before it.")
