"""What is said of a value that is not complete, and of one that was kept."""

import pytest

from kimeval.protect.release import STANDING
from kimeval.tables.reasons import in_sentences, reservations

LATE = "eine Quelle fehlt"
MIX = "Gewichte: Neuzugewanderte des Landes, laut einer Statistik"
BASE = "Nenner: am 30.06.2024, Geflüchtete, laut einem Bericht"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], []),
        ([("partial", LATE)], [f"unvollständig: {LATE}"]),
        ([("refused", LATE)], [f"nicht bestimmbar: {LATE}"]),
        ([("partial", STANDING)], [STANDING]),
        ([("partial", f"{LATE}; {STANDING}")], [f"unvollständig: {LATE}", STANDING]),
        (
            [("partial", f"{LATE}; {STANDING}"), ("partial", LATE)],
            [f"unvollständig: {LATE}", STANDING],
        ),
        ([("partial", STANDING), ("partial", STANDING)], [STANDING]),
        ([("partial", BASE)], [BASE]),
        ([("partial", f"{BASE}; {MIX}")], [BASE, MIX]),
        ([("partial", f"{LATE}; {BASE}; {STANDING}")], [f"unvollständig: {LATE}", BASE, STANDING]),
    ],
)
def test_each_reason_is_said_once_and_a_kept_value_is_not_called_incomplete(pairs, said):
    assert reservations(pairs) == said


def test_sentences_begin_with_a_capital_and_end_with_a_full_stop():
    assert in_sentences([("partial", f"{LATE}; {STANDING}")]) == (
        f"Unvollständig: {LATE}. F{STANDING[1:]}."
    )
    assert in_sentences([]) == ""
