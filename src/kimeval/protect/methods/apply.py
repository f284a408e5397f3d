"""Altered tables, and what of them must still be left out (Anwendung).

Where the published numbers, with the sums that true counts keep, leave too few
possible values for a count, its breakdown is left out as a whole. What is left out
depends on published numbers only, so that leaving out tells nothing more; and so
does not listing groups whose count is published as 0, of which a row would tell
that somebody is in them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.core.errors import ProtectionError
from kimeval.core.recordkeys import KEYS
from kimeval.core.results import COLUMNS
from kimeval.protect.facts import KEY, Key, as_held, counts_persons, no_rows, stacked
from kimeval.protect.methods.alter import ESTIMATED, NUMBERS, Method, altered
from kimeval.protect.methods.audit import FEW, WITHHELD, Audit, Found, audit, find_out
from kimeval.protect.methods.cellkey import CellKey
from kimeval.protect.methods.ptable import design_for, ptable
from kimeval.protect.methods.rounding import Rounding, base_for
from kimeval.protect.methods.words import method_words
from kimeval.protect.primary import COUNTED
from kimeval.protect.rules import Rules

ESTIMATE = "aus Einzeldaten geschätzt, was bei veränderten Zahlen nicht veröffentlicht wird"
ALL_GROUPS, MORE_GROUPS = "alle Gruppen", "weitere Gruppen"
SHOWN_NUMBERS = [*NUMBERS, "lower", "upper", "contributors"]
LINE = KEY[:4]


def method_of(rules: Rules, secret: bytes = b"", base: int | None = None) -> Method:
    """The method that rules name.

    Parameters
    ----------
    rules : Rules
        With method rounding or cellkey.
    secret : bytes
        The project's key; for the cell-key method.
    base : int, optional
        For rounding; follows from the threshold by default.

    Raises
    ------
    ProtectionError
        If the rules name another method.
    """
    if rules.method == "rounding":
        return Rounding(base or base_for(rules.threshold))
    if rules.method == "cellkey":
        return CellKey(ptable(design_for(rules.threshold)), secret)
    raise ProtectionError(
        f"Numbers are altered by rounding or cellkey, got '{rules.method}'. Suppression hides them."
    )


def apply(
    frame: pd.DataFrame,
    rules: Rules,
    method: Method,
    history: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, Audit]:
    """Alter the numbers of tables, and leave out what they would still give away.

    Parameters
    ----------
    frame : DataFrame, shape (rows, any)
        Columns of a result and of `KEYS` where sets are known; further ones stay.
        Rows that count no persons are not changed.
    rules : Rules
        Threshold and method.
    method : Method
        From `method_of`.
    history, before : DataFrame, shape (rows, 22)
        Of earlier releases, and of earlier tables of this one, as `facts.HELD`.

    Returns
    -------
    tuple of DataFrame, DataFrame, Audit
        What is shown, with `suppressed` and without keys; the further rows of the
        release, with true numbers and published ones, confidential; and the attack
        on the release so far.

    Raises
    ------
    ProtectionError
        If earlier tables together with these give a count away whatever is left
        out, or if a count stands in the release with two numbers.
    """
    frame = frame.assign(**{key: np.nan for key in KEYS if key not in frame})
    frame = _without_estimates(frame)
    history = no_rows() if history is None else history
    before = no_rows() if before is None else before
    personal = counts_persons(frame) & (frame["status"] != "refused")
    told = altered(frame[personal], method, rules.threshold)
    fresh = _fresh(frame[personal], told, method, history, before)
    while len(narrow := _narrow(fresh, rules, method, history, before)):
        fresh.loc[narrow.index[narrow], "state"] = WITHHELD
    public = [f"public_{name}" for name in NUMBERS]
    fresh.loc[fresh["state"] != method.name, public] = np.nan
    states = {_key(row): row["state"] for row in stacked(before, fresh).to_dict("records")}
    shown = _shown(frame, told, states, method)
    altered_rows = told.index[told.index.isin(shown.index)]
    shown.loc[altered_rows, "method"] += f"; {method_words(rules)}"
    return shown, fresh, audit(history, stacked(before, fresh), rules, method)


def _without_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Refuse what models made from true numbers: it would tell what altered counts hide."""
    made = counts_persons(frame) & (frame["status"] != "refused") & frame["unit"].isin(ESTIMATED)
    if not made.any():
        return frame
    refused = frame.assign(
        status=frame["status"].mask(made, "refused"), reason=frame["reason"].mask(made, ESTIMATE)
    )
    refused.loc[made, [*SHOWN_NUMBERS, "confidence"]] = np.nan
    return refused


def _fresh(
    frame: pd.DataFrame,
    told: pd.DataFrame,
    method: Method,
    history: pd.DataFrame,
    before: pd.DataFrame,
) -> pd.DataFrame:
    """Rows that are new in this release, each once, as they would be published."""
    number = int(history["release"].max()) + 1 if len(history) else 0
    rows = frame[[*COLUMNS, *KEYS]].assign(
        release=number,
        state=np.where(told["few"], FEW, method.name),
        **{f"public_{name}": told[name] for name in NUMBERS},
    )
    together = stacked(before, as_held(rows)).drop_duplicates([*KEY, *NUMBERS, "contributors"])
    if repeated := int(together.duplicated(KEY).sum()):
        raise ProtectionError(
            f"A count stands in all tables of a release with the same number, {repeated} have two. "
            f"Measure them from the same data."
        )
    known = set(map(tuple, before[KEY].to_numpy()))
    new = [key not in known for key in map(tuple, rows[KEY].to_numpy())]
    return as_held(rows[new]).drop_duplicates(KEY).reset_index(drop=True)


def _narrow(
    fresh: pd.DataFrame,
    rules: Rules,
    method: Method,
    history: pd.DataFrame,
    before: pd.DataFrame,
) -> pd.Series:
    """Which fresh rows to leave out next; empty where nothing is known too well."""
    keys = set(map(tuple, fresh[KEY].to_numpy()))
    found = find_out(stacked(history, before, fresh), rules, method, keys)
    narrow = found.narrow(rules)
    if not narrow.any():
        return pd.Series(dtype=bool)
    open_rows = fresh[fresh["state"] != WITHHELD]
    for chosen in (_beside(found, narrow), _tied(found, narrow)):
        picked = [key in chosen for key in map(tuple, open_rows[KEY].to_numpy())]
        if any(picked):
            return pd.Series(picked, index=open_rows.index)
    raise ProtectionError(
        f"No published number may give a small count away, {int(narrow.sum())} follow from earlier "
        f"tables whatever is left out of these. Evaluate fewer breakdowns."
    )


def _beside(found: Found, narrow: np.ndarray) -> set[Key]:
    """Groups that add up with a group known too well, and that group."""
    chosen = set()
    for at in np.flatnonzero(narrow):
        key = found.cells[at][0]
        if key[3]:
            chosen |= {other for other in _tied(found, np.array([at])) if other[:4] == key[:4]}
    return chosen


def _tied(found: Found, cells: np.ndarray) -> set[Key]:
    """Rows that stand in one sum with any of the cells, and theirs."""
    places = np.flatnonzero(cells) if cells.dtype == bool else cells
    sums = abs(found.sums[:, places]).sum(axis=1) > 0
    return {found.cells[at][0] for at in {*found.sums[sums].indices, *places}}


def _shown(
    frame: pd.DataFrame,
    told: pd.DataFrame,
    states: dict[Key, str],
    method: Method,
) -> pd.DataFrame:
    """The rows as they leave; in place of a breakdown without a row one for all groups."""
    closed = frame.drop(columns=list(KEYS)).assign(suppressed=False)
    closed.loc[told.index, SHOWN_NUMBERS] = told[SHOWN_NUMBERS]
    mine = pd.Series([states[key] for key in map(tuple, frame.loc[told.index, KEY].to_numpy())])
    mine.index = told.index
    hidden = mine.index[mine != method.name]
    closed.loc[hidden, SHOWN_NUMBERS] = np.nan
    closed.loc[hidden, "suppressed"] = True
    grouped = frame["dimension"] != ""
    zero = closed["unit"].isin(COUNTED) & (closed["value"] == 0) & frame.index.isin(told.index)
    withheld = grouped & mine.eq(WITHHELD).reindex(frame.index, fill_value=False)
    gone = grouped & zero | withheld
    places = set(map(tuple, frame.loc[gone, KEY[1:]].to_numpy()))
    lacking = counts_persons(frame) & (frame["status"] == "refused") & grouped
    alike = np.array([p in places for p in map(tuple, frame[KEY[1:]].to_numpy())], dtype=bool)
    gone |= lacking & alike
    return _without(closed, gone, withheld)


def _without(closed: pd.DataFrame, gone: pd.Series, withheld: pd.Series) -> pd.DataFrame:
    """Rows that stay, and one in place of those of a breakdown that do not."""
    names = ["table", *LINE] if "table" in closed else LINE
    by_line = [closed[name] for name in names]
    empty = gone.groupby(by_line).transform("all")
    lacking = withheld.groupby(by_line).transform("any")
    stand_in = closed[gone & (empty | lacking)].drop_duplicates(names)
    nothing = dict.fromkeys(SHOWN_NUMBERS, np.nan) | {"suppressed": True}
    group = np.where(empty[stand_in.index], ALL_GROUPS, MORE_GROUPS)
    whole = [closed[~gone], stand_in.assign(**nothing, group=group)]
    return pd.concat([part for part in whole if len(part)] or [closed[:0]]).sort_index()


def _key(row: dict) -> Key:
    return tuple(row[name] for name in KEY)


def new_stand_ins(shown: pd.DataFrame, fresh: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Rows that stand for whole breakdowns, to be kept with the release (rows of `HELD`)."""
    made = shown[shown["group"].isin([ALL_GROUPS, MORE_GROUPS]) & shown["suppressed"]]
    if made.empty:
        return no_rows()
    number = int(stacked(fresh, before)["release"].max())
    made = as_held(made.assign(release=number, state=WITHHELD)).drop_duplicates(KEY)
    known = set(map(tuple, before[KEY].to_numpy()))
    return made[[key not in known for key in map(tuple, made[KEY].to_numpy())]]
