"""Fields of a profile that follow from columns and their matches (Einstellungen)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kimeval.data.drafting.choosing import Choice
from kimeval.data.drafting.content import ENGLISH, GERMAN, OFFICIAL, Content
from kimeval.data.drafting.matching import Match

NUMBERS = ("int", "decimal", "fte", "eur")
ALONE = ("-", "–", "--")


def date_forms(contents: Sequence[Content], matches: Sequence[Match]) -> list[str]:
    """Formats of the columns that hold dates, the most frequent one first.

    A format of fewer than three rows in a longer file is rather a mistake. A time
    of day behind a date needs no format; cleaning separates it.
    """
    forms: Counter[str] = Counter()
    for match in matches:
        if match.slot.type in ("date", "time", "birth_date"):
            for form, rows in contents[match.column].days.forms.items():
                forms[form if _kept(form, match) else re.split("[ T]", form)[0]] += rows
    least = 3 if forms.total() > 50 else 1
    return [form for form, rows in forms.most_common() if rows >= least]


def _kept(form: str, match: Match) -> bool:
    """Whether a format keeps its time: points in time that are not written as ISO."""
    return match.slot.type == "time" and not form.startswith("%Y-%m-%d")


def decimal_sign(contents: Sequence[Content], matches: Sequence[Match]) -> str:
    """The decimal sign that the numbers prove; "" where nothing tells, auto where they differ."""
    numbers = [contents[m.column] for m in matches if m.slot.type in NUMBERS]
    german = any(content.share(GERMAN.fullmatch) for content in numbers)
    english = any(content.share(ENGLISH.fullmatch) for content in numbers)
    if german and english:
        return "auto"
    return "." if english else ("," if german else "")


def official_signs(contents: Sequence[Content], matches: Sequence[Match]) -> bool:
    """Whether numbers come with the signs of official tables, other than a dash."""
    numbers = [contents[m.column] for m in matches if m.slot.type in NUMBERS]
    return any(content.share(lambda t: t in OFFICIAL) for content in numbers)


def missing_signs(
    contents: Sequence[Content], matches: Sequence[Match], *, official: bool
) -> list[str]:
    """Signs for an unknown value; a dash in official numbers means nothing instead."""
    signs: Counter[str] = Counter()
    for match in matches:
        found = contents[match.column].signs
        numeric = official and match.slot.type in NUMBERS
        signs.update({s: n for s, n in found.items() if not (numeric and s in ALONE)})
    return ["", *(sign for sign, _ in signs.most_common())]


def only_active(contents: Sequence[Content], choice: Choice) -> bool:
    """Whether cases come without any that was closed."""
    if "cases" not in choice.tables:
        return False
    closed = choice.feeding("closed_on")
    return closed is None or not contents[closed.column].filled


def family_rows(contents: Sequence[Content], choice: Choice) -> bool:
    """Whether rows of one case number belong to several persons."""
    case, client = choice.feeding("case_id"), choice.feeding("client_id")
    if "cases" not in choice.tables or case is None or client is None:
        return False
    pairs = set(zip(contents[case.column].cells, contents[client.column].cells, strict=True))
    members = Counter(number for number, person in pairs if number and person)
    several = sum(n for n in members.values() if n > 1)
    return several > 0.1 * max(1, members.total())


def persons_of(contents: Sequence[Content], choice: Choice) -> list[str] | None:
    """Whose row it is: the number of the person or else of the case; None without either."""
    for name in ("client_id", "case_id", "household_id"):
        if match := choice.feeding(name):
            return contents[match.column].cells
    return None


def birth_column(contents: Sequence[Content], choice: Choice) -> Match | None:
    """The column of birth dates, if clients are fed."""
    return choice.feeding("birth_date") if "clients" in choice.tables else None


def undecided_days(contents: Sequence[Content], matches: Sequence[Match]) -> list[str]:
    """Columns whose dates do not tell days from months."""
    dates = [contents[m.column] for m in matches if m.slot.type in ("date", "time", "birth_date")]
    return [content.name for content in dates if content.days.undecided]
