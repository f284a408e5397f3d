"""Doubtful pairs of the review sheet, counted by provider."""

import pandas as pd

from kimeval.data.ledger import DOUBTFUL
from kimeval.data.link.review import GERMAN
from kimeval.data.persons import undecided


def sheet(*pairs):
    return pd.DataFrame(
        [
            dict.fromkeys(GERMAN.values(), "x")
            | {"Träger 1": one, "Träger 2": two, "Entscheidung": said}
            for one, two, said in pairs
        ],
        dtype="str",
    )


def test_pairs_without_a_decision_are_counted_whatever_their_order():
    found = undecided(
        sheet(("ki", "dia", ""), ("dia", "ki", ""), ("ki", "ki", ""), ("ki", "dia", "gleich"))
    )
    assert found.to_numpy().tolist() == [["dia", "ki", 2], ["ki", "ki", 1]]


def test_no_sheet_has_no_pairs():
    assert undecided(pd.DataFrame()).dtypes.astype(str).to_dict() == DOUBTFUL
