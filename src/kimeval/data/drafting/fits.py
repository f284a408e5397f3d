"""How well the cells of a column fit a place (Inhalt gegen Platz)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kimeval.data.drafting.content import NUMBER, Content
from kimeval.data.drafting.days import Days
from kimeval.data.drafting.lists import NATIONALITY, known_code, municipality_keys
from kimeval.data.drafting.slots import Slot

ANY_AGS = re.compile(r"(?:0[1-9]|1[0-6])\d{6}")
WEIGHTS = {"own": 1.0, "alias": 0.95, "digit": 0.6}
CLOSED_LIST = 60
LOOKED_UP = 300
COMMON = frozenset(("unit", "baustein", "quality"))


@dataclass(frozen=True)
class Fit:
    """What the cells say about a place (Beleg aus dem Inhalt).

    Attributes
    ----------
    share : float
        Of filled rows that fit, 0 to 1.
    special : float
        How much a fit says by itself, 0 to 1: a date may be any date, a
        municipality's key hardly anything else.
    possible : bool
        False where the cells rule the place out.
    """

    share: float
    special: float
    possible: bool = True


IMPOSSIBLE = Fit(0.0, 0.0, possible=False)
SILENT = Fit(0.5, 0.0)


def fit(content: Content, slot: Slot) -> Fit:
    """Compare a column's cells with what a place holds.

    Parameters
    ----------
    content : Content
        Of the column of the file.
    slot : Slot
        The place.

    Returns
    -------
    Fit
        `SILENT` for an empty column: only its name can speak.
    """
    if not content.filled:
        return SILENT
    if slot.column is None:
        return _personal_fit(content, slot)
    return _TYPES[slot.type](content, slot)


def _date(content: Content, slot: Slot) -> Fit:
    share = content.days.share
    if share < 0.5:
        return IMPOSSIBLE
    birth = 0.6 if looks_like_birth(content.days) else 1.0
    serial = content.days.forms["excel"] > 0.9 * content.days.forms.total()
    return Fit(share * birth, 0.5 if serial else 0.55)


def _time(content: Content, slot: Slot) -> Fit:
    if content.days.share < 0.5:
        return IMPOSSIBLE
    return Fit(content.days.share, 0.7 if content.days.timed > 0.3 else 0.1)


def _ags(content: Content, slot: Slot) -> Fit:
    keys = municipality_keys()
    here = content.share(lambda text: text in keys)
    anywhere = content.share(ANY_AGS.fullmatch)
    return Fit(max(here, 0.8 * anywhere), 0.9) if max(here, anywhere) > 0.3 else IMPOSSIBLE


def _code(content: Content, slot: Slot) -> Fit:
    name = "bool" if slot.type == "bool" else (slot.column and slot.column.codes) or ""
    share = _recognised(content, name)
    if share < 0.3:
        closed = len(content.texts) <= CLOSED_LIST and content.uniqueness < 0.5
        dated = content.days.share > 0.5
        return Fit(0.2, 0.0) if closed and not dated else IMPOSSIBLE
    digits = content.share(str.isdigit) > 0.5 and name != NATIONALITY
    if name == "bool":
        return Fit(share, 0.25 if digits else 0.5)
    return Fit(share, 0.25 if digits or name in COMMON else 0.85)


def _recognised(content: Content, name: str) -> float:
    common = content.texts.most_common(LOOKED_UP)
    found = [(known_code(name, text), rows) for text, rows in common]
    weighed = sum(WEIGHTS[known.how] * rows for known, rows in found if known)
    return weighed / sum(rows for _, rows in common)


def _identifier(content: Content, slot: Slot) -> Fit:
    if content.days.share - content.days.forms["excel"] / content.filled > 0.5 or content.prose:
        return IMPOSSIBLE
    if len(content.texts) < min(6, 0.5 * content.filled):
        return IMPOSSIBLE
    tokens = content.share(
        lambda t: any(c.isdigit() for c in t) and len(t) <= 40 and t.count(" ") < 2
    )
    if tokens < 0.5:
        return IMPOSSIBLE
    share = tokens * _like_its_key(content, slot)
    return Fit(share, 0.5) if share > 0.2 else IMPOSSIBLE


def _like_its_key(content: Content, slot: Slot) -> float:
    """A number of a row is there once in every row; any other may repeat, a case's least."""
    full = content.filled / max(1, len(content.cells))
    full = 1.0 if full > 0.98 else full
    if slot.key:
        return full * content.uniqueness if content.uniqueness > 0.9 else 0.3
    rare = {"case_id": content.uniqueness, "household_id": 1 - content.uniqueness}.get(
        slot.name, 0.5
    )
    return (full if slot.required else 0.93) * (0.93 + 0.07 * rare)


def _number(content: Content, slot: Slot) -> Fit:
    signless = content.without_signs
    if content.numbers < 0.5 or not signless.filled or slot.column is None:
        return IMPOSSIBLE if content.filled and signless.filled else SILENT
    if content.days.share > 0.9 and not content.days.forms["excel"]:
        return IMPOSSIBLE
    least, most = slot.column.least, slot.column.most
    inside = signless.share(lambda text: _inside(text, least, most))
    special = 0.6 if slot.name == "birth_year" else 0.42
    decimals = signless.share(lambda t: bool(re.search(r"[.,]\d{1,2}$", t)))
    if slot.type == "int" and decimals > 0.3:
        return Fit(0.3 * inside, 0.1)
    if slot.type != "int":
        special = 0.45 if decimals > 0.3 else 0.15
    return Fit(inside, special) if inside > 0.4 else IMPOSSIBLE


@lru_cache(maxsize=50_000)
def _value(text: str) -> float | None:
    if not NUMBER.fullmatch(text):
        return None
    plain = text.replace(" ", "")
    if re.search(r"[.,]\d{3}$", plain):
        return float(re.sub(r"[.,]", "", plain))
    whole, _, places = plain.replace(",", ".").rpartition(".")
    return float(f"{whole.replace('.', '')}.{places}") if whole else float(places)


def _inside(text: str, least: int | None, most: int | None) -> bool:
    value = _value(text)
    if value is None:
        return False
    return (least is None or value >= least) and (most is None or value <= most)


def _text(content: Content, slot: Slot) -> Fit:
    if content.days.share > 0.5 or content.numbers > 0.7:
        return IMPOSSIBLE
    repeated = 0.25 if len(content.texts) <= CLOSED_LIST and content.uniqueness < 0.3 else 0.05
    return Fit(0.9, repeated)


def _personal_fit(content: Content, slot: Slot) -> Fit:
    if slot.name == "birth_date":
        birth = looks_like_birth(content.days)
        return (
            Fit(content.days.share, 0.8 if birth else 0.05)
            if content.days.share > 0.5
            else IMPOSSIBLE
        )
    if slot.name == "postcode":
        share = content.share(re.compile(r"\d{5}").fullmatch)
        return Fit(share, 0.2) if share > 0.5 else IMPOSSIBLE
    if slot.name in ("house_number", "number"):
        return Fit(0.8, 0.0) if content.days.share < 0.5 else IMPOSSIBLE
    letters = content.share(lambda t: any(c.isalpha() for c in t))
    return Fit(letters, 0.0) if letters > 0.5 and content.days.share < 0.5 else IMPOSSIBLE


def looks_like_birth(days: Days) -> bool:
    """Dates spread over generations, as birth dates are: most 15 years before the newest."""
    held = days.ordinals[days.ordinals == days.ordinals]
    if len(held) < 10 or days.share < 0.5:
        return False
    newest, oldest = held.max(), held.min()
    return bool((held < newest - 15 * 365).mean() > 0.3 and newest - oldest > 35 * 365)


_TYPES = {
    "date": _date,
    "time": _time,
    "ags": _ags,
    "code": _code,
    "bool": _code,
    "id": _identifier,
    "int": _number,
    "decimal": _number,
    "fte": _number,
    "eur": _number,
    "text": _text,
}
