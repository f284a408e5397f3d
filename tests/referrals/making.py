"""Small logs: a word is a case, a letter an event some days after the one before."""

import numpy as np
import pandas as pd

from kimeval.referrals import event_log

FIRST = np.datetime64("2024-01-01", "us")


def log_of(*words, apart=10, **columns):
    """A log of words; `apart` are the days between two events."""
    rows = [
        (f"case {n}", letter, FIRST + np.timedelta64(apart * place, "D"))
        for n, word in enumerate(words)
        for place, letter in enumerate(word)
    ]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"])
    return event_log(frame["case"], frame["activity"], frame["time"], **columns)
