"""AGS, codes of a list, yes and no (Schlüssel)."""

from __future__ import annotations

import difflib
import re
from functools import cache

from kimeval.core.area import state
from kimeval.core.codes import codes
from kimeval.data.clean.reading import Cell, Reading
from kimeval.data.clean.texts import tidy_text

YES = frozenset(("ja", "j", "1", "true", "wahr", "yes"))
NO = frozenset(("nein", "n", "0", "false", "falsch", "no"))


def read_ags(text: str, reading: Reading) -> Cell:
    """An AGS of eight digits; in NRW it must be a municipality that exists."""
    rules: tuple[str, ...] = ()
    if re.fullmatch(r"[0-9]{7,8}[.,]0", text):
        text, rules = text[:-2], ("ags_decimal",)
    if re.fullmatch(r"[0-9]{7}", text):
        text, rules = f"0{text}", (*rules, "ags_zero")
    exists = text in _municipalities() or not text.startswith("05")
    if not re.fullmatch(r"(0[1-9]|1[0-6])[0-9]{6}", text) or not exists:
        return Cell(reason="ags_invalid")
    return Cell(text, rules)


def read_code(text: str, reading: Reading) -> Cell:
    """A code, by the profile's mapping, as the code itself or by its German label."""
    name = reading.column.codes or ""
    mapped = _mapping(reading)
    own = {code.casefold(): code for code in codes(name)}
    for known, rules in ((mapped, ("code_mapped",)), (own, ()), (_by_label(name), ("code_label",))):
        if text.casefold() in known:
            return Cell(known[text.casefold()], rules)
    return Cell(reason="code_unknown")


def read_bool(text: str, reading: Reading) -> Cell:
    """Yes or no, by the profile's mapping or in plain German."""
    if code := _mapping(reading).get(text.casefold()):
        return Cell(code == "true", ("code_mapped",))
    if text.casefold() in YES | NO:
        return Cell(text.casefold() in YES)
    return Cell(reason="code_unknown")


def nearest_code(text: str, reading: Reading) -> str | None:
    """German label of the code that an unknown text comes nearest to, if any is near."""
    name = reading.column.codes or ""
    labels = codes(name) if name else {}
    known = {label.casefold(): label for label in labels.values()}
    known |= {code.casefold(): label for code, label in labels.items()}
    known |= {key: labels.get(code, code) for key, code in _mapping(reading).items()}
    near = difflib.get_close_matches(tidy_text(text)[0].casefold(), known, n=1, cutoff=0.75)
    return known[near[0]] if near else None


def _mapping(reading: Reading) -> dict[str, str]:
    return {tidy_text(key)[0].casefold(): code for key, code in reading.mapping.items()}


@cache
def _municipalities() -> frozenset[str]:
    return frozenset(town.ags for town in state().municipalities)


@cache
def _by_label(name: str) -> dict[str, str]:
    return {label.casefold(): code for code, label in codes(name).items()}
