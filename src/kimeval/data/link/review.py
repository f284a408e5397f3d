"""Doubtful pairs, shown to a person and decided by one (Prüfliste).

The sheet names rows of files and never a name or a birth date.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kimeval.core.errors import DataError, FormatError, MissingFileError, suggestion

if TYPE_CHECKING:
    from kimeval.data.link.linkage import Linkage
    from kimeval.data.link.panel import Panel

SAME, DIFFERENT = "gleich", "verschieden"
PLACES = {
    "provider_left": "Träger 1",
    "file_left": "Datei 1",
    "line_left": "Zeile 1",
    "provider_right": "Träger 2",
    "file_right": "Datei 2",
    "line_right": "Zeile 2",
}
GERMAN = {
    "pair": "Paar",
    **PLACES,
    "probability": "Wahrscheinlichkeit",
    "why": "Was übereinstimmt",
    "held_back": "Warum getrennt",
    "decision": "Entscheidung",
}
READ = [*PLACES, "why", "decision"]
ROW = ["provider", "file", "line"]


def review_sheet(linkage: Linkage, people: pd.DataFrame) -> pd.DataFrame:
    """Pairs that a person has to decide, the most probable first.

    Parameters
    ----------
    linkage : Linkage
        Result of `link`.
    people : DataFrame
        As given to `link`.

    Returns
    -------
    DataFrame of text, columns of `GERMAN`
        Pairs that are not joined, and those decided before, with their decision.
    """
    pairs = linkage.pairs
    open_ = pairs[~pairs["joined"] | (pairs["decision"] != "")]
    open_ = open_.sort_values(
        ["probability", "record_left", "record_right"], ascending=[False, True, True]
    )
    sheet: dict[str, object] = {"pair": np.arange(1, len(open_) + 1)}
    sheet |= places_of(open_, people)
    sheet["probability"] = [percent(p) for p in open_["probability"]]
    sheet |= {name: open_[name].to_numpy() for name in ("why", "held_back", "decision")}
    return pd.DataFrame(sheet)[list(GERMAN)].rename(columns=GERMAN).astype("str")


def read_decisions(path: Path) -> pd.DataFrame:
    """Read a review sheet that a person filled in.

    Parameters
    ----------
    path : Path
        CSV with the header of `review_sheet`, as a spreadsheet saves it.

    Returns
    -------
    DataFrame
        Columns of `READ`; only rows with a decision.

    Raises
    ------
    MissingFileError
        If it is not there.
    FormatError
        If a column is missing, or a row has no line number or another decision
        than gleich or verschieden.
    """
    if not path.is_file():
        raise MissingFileError(f"There is no review sheet '{path.name}'. Check the name.")
    rows = _rows(path)
    header = [cell.strip() for cell in rows[0]] if rows else []
    wanted = {name: GERMAN[name] for name in READ}
    for german in wanted.values():
        if german not in header:
            raise FormatError(
                f"A review sheet has the column '{german}', '{path.name}' has not. "
                f"{suggestion(german, header)}"
            )
    places = {name: header.index(german) for name, german in wanted.items()}
    found = [
        _decision(row, places, number, path.name)
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    table = pd.DataFrame([row for row in found if row["decision"]], columns=READ)
    return table.astype({name: "int64" if "line" in name else "str" for name in READ})


def decided(
    pairs: pd.DataFrame, people: pd.DataFrame, panel: Panel, decisions: pd.DataFrame | None
) -> pd.DataFrame:
    """Judged pairs with decisions: what a person said holds, whatever the probability.

    Parameters
    ----------
    pairs : DataFrame
        Result of `Panel.pairs`.
    people : DataFrame
        As for `link`.
    panel : Panel
        Says anew what agrees in the decided pairs.
    decisions : DataFrame or None
        Result of `read_decisions`.

    Returns
    -------
    DataFrame
        pairs with decision, decided and strength; tie follows the decision.

    Raises
    ------
    DataError
        If the decisions belong to other rows, or say both of one pair.
    """
    chosen = _found(people, panel, decisions)
    both = pairs.merge(chosen, on=["record_left", "record_right"], how="outer")
    decision = both["decision"].fillna("").astype("str")
    tie = both["tie"].astype("boolean").fillna(False).astype(bool)
    why = both["why"].fillna(both["why_said"]).astype("str")
    return both.drop(columns="why_said").assign(
        why=why,
        decision=decision,
        barred=both["barred"].fillna("").astype("str"),
        decided=decision == SAME,
        strength=both["weight"].fillna(0.0),
        tie=((tie & (decision == "")) | (decision == SAME)),
    )


def _found(people: pd.DataFrame, panel: Panel, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Decisions by record, checked against what agrees in the records now."""
    columns = ["record_left", "record_right", "decision", "why_said"]
    if decisions is None or decisions.empty:
        types = {"record_left": "int64", "record_right": "int64"}
        empty = pd.DataFrame(columns=columns)
        return empty.astype({name: types.get(name, "str") for name in columns})
    if panel.exact_only:
        raise DataError(
            "Decisions belong to a linkage model with probabilities, and every profile says "
            'model = "exact". Choose a model, or leave the review sheet away.'
        )
    chosen = decisions.drop_duplicates().reset_index(drop=True)
    ends = np.sort(np.array([_records(people, chosen, side) for side in ("left", "right")]), axis=0)
    made = pd.DataFrame({"record_left": ends[0], "record_right": ends[1]})
    unknown = (ends < 0).any(axis=0) | (ends[0] == ends[1])
    other = np.ones(len(made), dtype=bool)
    other[~unknown] = panel.why(made[~unknown]) != chosen.loc[~unknown, "why"].to_numpy()
    if stale := int((unknown | other).sum()):
        raise DataError(
            f"Decisions must belong to the rows of this delivery; {stale} of {len(made)} name "
            f"other rows. Was the review sheet made from another delivery, or by an older model? "
            f"Take the newest sheet."
        )
    made = made.assign(decision=chosen["decision"], why_said=chosen["why"]).drop_duplicates()
    if twice := int(made.duplicated(["record_left", "record_right"]).sum()):
        raise DataError(
            f"A pair has one decision; {twice} pairs have both „{SAME}“ and „{DIFFERENT}“. "
            f"Correct the review sheet."
        )
    return made


def _records(people: pd.DataFrame, chosen: pd.DataFrame, side: str) -> list[int]:
    names = people[ROW].assign(line=people["line"].astype("int64")).itertuples(index=False)
    known = {tuple(row): number for number, row in enumerate(names)}
    wanted = chosen[[f"{name}_{side}" for name in ROW]].itertuples(index=False)
    return [known.get(tuple(row), -1) for row in wanted]


def _rows(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    separator = ";" if text.partition("\n")[0].count(";") else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _decision(
    row: list[str], places: dict[str, int], number: int, name: str
) -> dict[str, str | int]:
    cells = {column: row[at].strip() if at < len(row) else "" for column, at in places.items()}
    said = cells["decision"].casefold()
    if said not in ("", SAME, DIFFERENT):
        raise FormatError(
            f"A decision is „{SAME}“, „{DIFFERENT}“ or empty; row {number} of '{name}' has "
            f"another one. Correct it."
        )
    lines = {column: cells[column] for column in ("line_left", "line_right")}
    if not all(text.isascii() and text.isdigit() for text in lines.values()):
        raise FormatError(
            f"Both lines of a pair are whole numbers; row {number} of '{name}' has another one. "
            f"Take the sheet as it was written and change the last column only."
        )
    return {**cells, **{column: int(text) for column, text in lines.items()}, "decision": said}


def places_of(pairs: pd.DataFrame, people: pd.DataFrame) -> dict[str, np.ndarray]:
    """Provider, file and line of both records of some pairs, columns of `PLACES`."""
    return {
        f"{name}_{side}": people[name].iloc[pairs[f"record_{side}"]].to_numpy()
        for side in ("left", "right")
        for name in ROW
    }


def percent(probability: float) -> str:
    """To one place, rounded down: 100 % would say that it is certain."""
    if np.isnan(probability):
        return ""
    return f"{np.floor(probability * 1000) / 10:.1f} %".replace(".", ",")
