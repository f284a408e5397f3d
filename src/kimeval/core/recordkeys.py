"""Record keys: one number for the same set of persons in any table (Record-Keys).

The cell-key method gives a count its noise by who was counted. Every person, case
or household has a key between 0 and 1 that follows from its pseudonym; the key of
a set is the sum of its members' keys, of which the whole part is dropped. Keys are
confidential: they go with unprotected results as far as the gate and no further.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

KEYS = {"record_key": "float64", "base_key": "float64"}
BITS = 53  # as many as a float holds exactly, 16 digits


def key_of(kind: str, members: Iterable[object]) -> float:
    """Key of a set of persons, cases or households (Schlüssel einer Menge).

    Parameters
    ----------
    kind : str
        What is counted, such as `person_id`. Sets of different kinds have
        unrelated keys, so that the number of households less that of cases is
        not free of noise.
    members : iterable
        Pseudonyms; one that repeats counts once and a missing one does not.

    Returns
    -------
    float
        In [0, 1), a multiple of 2 to the power of -53, whatever the order; 0 for
        nobody. NaN is for counts whose members are not known.
    """
    held = members if isinstance(members, pd.Series) else pd.Series(list(members), dtype=object)
    texts = np.asarray(held.dropna().unique(), dtype=object)
    if not len(texts):
        return 0.0
    if not isinstance(held.dtype, pd.StringDtype):
        texts = np.array([str(one) for one in texts], dtype=object)
    seed = hashlib.sha256(kind.encode()).hexdigest()[:16]
    hashed = pd.util.hash_array(texts, hash_key=seed, categorize=False)
    total = int(np.sum(hashed >> np.uint64(64 - BITS), dtype=np.uint64))
    return math.ldexp(total % (1 << BITS), -BITS)


def digits(key: float) -> int:
    """A key as a whole number below 2 to the power of 53."""
    return int(math.ldexp(key, BITS))
