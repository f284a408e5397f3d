"""The models of all providers of a delivery together (Modelle mehrerer Träger)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kimeval.data.link.judge import JUDGED, PARAMETERS, Judge, judge, no_pairs
from kimeval.data.link.models import EXACT
from kimeval.data.profiles import Link


@dataclass(frozen=True)
class Panel:
    """Judges of a delivery, and whose word holds for which record (Modelle der Träger).

    Attributes
    ----------
    judges : mapping of str to Judge
        By model.
    model, threshold, review : ndarray, shape (records,)
        What the record's provider asks for.
    """

    judges: Mapping[str, Judge]
    model: NDArray = field(repr=False)
    threshold: NDArray[np.float64] = field(repr=False)
    review: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, people: pd.DataFrame, settings: Mapping[str, Link]) -> Panel:
        """The judges that the providers of some records ask for."""
        asked = [settings[name] for name in people["provider"]]
        names = np.array([link.model for link in asked], dtype=object)
        review = np.array([link.review for link in asked], dtype=float)
        judges = {
            name: judge(people, name, float(review[names == name].min()))
            for name in sorted(set(names))
        }
        threshold = np.array([link.threshold for link in asked], dtype=float)
        return cls(judges, names, threshold, review)

    @property
    def exact_only(self) -> bool:
        """Whether nobody asks for probabilities."""
        return set(self.judges) <= {EXACT}

    @property
    def parameters(self) -> pd.DataFrame:
        """Values m and u of every model."""
        made = [j.parameters for j in self.judges.values() if len(j.parameters)]
        return pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=PARAMETERS)

    @property
    def notes(self) -> tuple[str, ...]:
        """German sentences of every model."""
        return tuple(note for asked in self.judges.values() for note in asked.notes)

    def pairs(self) -> pd.DataFrame:
        """Judged pairs at or above the stricter review probability of their two providers.

        Columns of `JUDGED` and `tie`: whether they are probable enough to be one person.
        """
        found = pd.concat([no_pairs(), *self._judged()], ignore_index=True)
        left, right = (found[f"record_{side}"].to_numpy(np.int64) for side in ("left", "right"))
        probability = found["probability"].to_numpy(float)
        sure = probability >= np.maximum(self.threshold[left], self.threshold[right])
        tie = (sure | found["full"].to_numpy(bool)) & (found["barred"] == "").to_numpy()
        shown = probability >= np.maximum(self.review[left], self.review[right])
        return found.assign(tie=tie)[shown].reset_index(drop=True)

    def why(self, pairs: pd.DataFrame) -> NDArray:
        """What agrees in each pair, as the stricter of its models puts it."""
        texts = np.full(len(pairs), "", dtype=object)
        for name, asked in self.judges.items():
            mine = self._concerns(pairs, name) & (texts == "")
            texts[mine] = asked.why(pairs[mine])
        return texts

    def contradicts(self, pairs: pd.DataFrame) -> NDArray[np.bool_]:
        """Pairs that contradict each other in any model of theirs."""
        against = np.zeros(len(pairs), dtype=bool)
        for name, asked in self.judges.items():
            mine = self._concerns(pairs, name)
            against[mine] |= asked.contradicts(pairs[mine])
        return against

    def _concerns(self, pairs: pd.DataFrame, name: str) -> NDArray[np.bool_]:
        left, right = (self.model[pairs[f"record_{side}"]] for side in ("left", "right"))
        return np.asarray((left == name) | (right == name), dtype=bool)

    def _judged(self) -> Iterator[pd.DataFrame]:
        for one, other in combinations_with_replacement(self.judges, 2):
            first, second = self.judges[one].judged, self.judges[other].judged
            both = first if one == other else _lower(first, second)
            left, right = (self.model[both[f"record_{side}"]] for side in ("left", "right"))
            fits = ((left == one) & (right == other)) | ((left == other) & (right == one))
            yield both[np.asarray(fits, dtype=bool)]


def _lower(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Pairs that two models know, with the word of the one that is less sure."""
    both = first.merge(second, on=["record_left", "record_right"], suffixes=("", "_other"))
    lower = both["probability_other"] < both["probability"]
    words = {
        name: both[name].mask(lower, both[f"{name}_other"])
        for name in ("probability", "weight", "why")
    }
    barred = both["barred"].where(both["barred"] != "", both["barred_other"])
    full = both["full"] & both["full_other"]
    return both.assign(**words, barred=barred, full=full)[JUDGED]
