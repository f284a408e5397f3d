"""Why records were taken for one person, as a sheet to look at (Begründung der Gruppen).

The sheet names rows of files and never a name or a birth date.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kimeval.data.link.linkage import Linkage
from kimeval.data.link.review import PLACES, percent, places_of

GERMAN = {
    "person": "Person",
    "records": "Datensätze der Person",
    **PLACES,
    "probability": "Wahrscheinlichkeit",
    "why": "Was übereinstimmt",
    "weakest": "schwächste Verbindung der Person",
}


def joined_sheet(linkage: Linkage, people: pd.DataFrame) -> pd.DataFrame:
    """Pairs that were joined, person by person.

    Parameters
    ----------
    linkage : Linkage
        Result of `link`.
    people : DataFrame
        As given to `link`.

    Returns
    -------
    DataFrame of text, columns of `GERMAN`
        One row per pair; of a person with more than two records, the pair that
        holds the group together least is marked.
    """
    pairs = linkage.pairs[linkage.pairs["joined"]]
    person = linkage.groups[pairs["record_left"]]
    order = np.lexsort((pairs["record_right"], pairs["record_left"], person))
    pairs, person = pairs.iloc[order], person[order]
    weakest = linkage.ties.loc[
        linkage.ties["weakest"].astype(bool), ["record_left", "record_right"]
    ]
    weak = set(weakest.itertuples(index=False, name=None))
    ends = zip(pairs["record_left"], pairs["record_right"], strict=True)
    sizes = np.bincount(linkage.groups)
    sheet: dict[str, object] = {
        "person": pd.factorize(person)[0] + 1,
        "records": sizes[person],
        **places_of(pairs, people),
        "probability": [percent(p) for p in pairs["probability"]],
        "why": pairs["why"].to_numpy(),
        "weakest": ["ja" if pair in weak else "" for pair in ends],
    }
    return pd.DataFrame(sheet)[list(GERMAN)].rename(columns=GERMAN).astype("str")
