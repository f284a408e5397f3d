"""What the cells of a column look like (Inhalt einer Spalte)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kimeval.data.drafting.days import Days, days_of

JUDGED = 2_000
MISSING = frozenset(
    ("-", "–", "--", "---", "k. A.", "k.A.", "k.A", "n. a.", "n/a", "#NV", "#N/A", "NULL", "null")
)
OFFICIAL = frozenset(("-", "–", ".", "...", "…", "/", "x", "X"))
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))
NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+)(?:,\d+)?|[+-]?\d+\.\d+|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
)
GERMAN = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d{1,2}|[+-]?\d{1,3}(?:\.\d{3}){2,}")
ENGLISH = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}|[+-]?\d{1,3}(?:,\d{3}){2,}")
PERSON_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’ ][^\W\d_][^\W\d_'’.-]*){0,4}")


@dataclass(frozen=True)
class Content:
    """A column's name and cells (Inhalt).

    Attributes
    ----------
    name : str
        As in the header.
    cells : list of str
        Tidied; "" where nothing or a sign for a missing value stands. Personal.
    signs : Counter of str
        Signs for a missing value, with their number.
    """

    name: str
    cells: list[str] = field(repr=False)
    signs: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, name: str, cells: Sequence[str]) -> Content:
        """From cells as delivered."""
        tidied = [tidy(cell) for cell in cells]
        signs = Counter(cell for cell in tidied if cell in MISSING)
        return cls(name, ["" if cell in MISSING else cell for cell in tidied], signs)

    @cached_property
    def texts(self) -> Counter[str]:
        """Distinct filled texts with their number of rows."""
        return Counter(cell for cell in self.cells if cell)

    @property
    def filled(self) -> int:
        """Rows that hold something."""
        return self.texts.total()

    @property
    def uniqueness(self) -> float:
        """Distinct texts over filled rows."""
        return len(self.texts) / self.filled if self.filled else 0.0

    @cached_property
    def days(self) -> Days:
        """The cells read as dates."""
        return days_of(self.cells, self.texts)

    @cached_property
    def common(self) -> list[tuple[str, int]]:
        """The most frequent texts with their rows, enough to judge a column by."""
        return self.texts.most_common(JUDGED)

    def share(self, fits: Callable[[str], object]) -> float:
        """Share of filled rows whose text fits, judged by the most frequent texts."""
        hits = sum(n for text, n in self.common if fits(text))
        return hits / max(1, sum(n for _, n in self.common))

    @cached_property
    def numbers(self) -> float:
        """Share of numbers, signs of official tables aside."""
        return self.without_signs.share(NUMBER.fullmatch)

    @cached_property
    def without_signs(self) -> Content:
        """The same column with signs of official tables taken as missing."""
        return Content(self.name, ["" if cell in OFFICIAL else cell for cell in self.cells])

    @cached_property
    def prose(self) -> bool:
        """Whether it holds sentences: long, varied, with spaces."""
        if not self.filled:
            return False
        long = self.share(lambda text: len(text) > 25 and text.count(" ") >= 3)
        varied = len(self.texts) > 20 and self.uniqueness > 0.3
        return long > 0.5 or (varied and self.share(lambda text: text.count(" ") >= 2) > 0.5)

    @cached_property
    def name_like(self) -> bool:
        """Whether it may hold names of people: letters only, capitals, many different ones."""
        letters = self.share(lambda t: t[0].isupper() and PERSON_WORD.fullmatch(t))
        return letters > 0.8 and len(self.texts) > max(12, 0.02 * self.filled)


def tidy(text: str) -> str:
    """Text in NFC, without invisible characters, with single plain spaces."""
    composed = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return " ".join(composed.split())
