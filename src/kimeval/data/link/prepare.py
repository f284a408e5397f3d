"""Records as they are compared: spelling habits taken out, keys for blocking (Vorbereitung)."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from kimeval.core.text import transliterate
from kimeval.data.link.models import Model
from kimeval.data.link.sounds import sound

WORD = re.compile(r"[^\W\d_]+")
KEYS = (
    "key_day",
    "key_family_day",
    "key_given_day",
    "key_name_year",
    "key_name_day",
    "key_name",
    "key_number",
    "key_address",
)
OFTEN = ("gender", "nationality", "ags")
OPTIONAL = ("street", "house_number", "postcode", "place", "number")
BLOCK_LIMIT = 1000
ROUND_DAYS = ("-01-01", "-12-31")


def prepare(people: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Columns that levels and blocking rules speak of.

    Parameters
    ----------
    people : DataFrame, one row per record
        As for `link`; text as delivered, "" where unknown.
    model : Model
        Says what stands for an unknown value.

    Returns
    -------
    DataFrame, same rows; None where unknown
        record, family and given (letters only, without spaces), their _parts (words,
        sorted) and _sound, plain (all names, sorted), birth_date, gender, nationality, ags,
        address, number, and `KEYS`.
    """
    names = _names(people, model)
    born = people["birth_date"].mask(people["birth_date"].isin(model.unknown_days), "")
    given = {name: people.get(name, pd.Series("", people.index)) for name in OFTEN}
    nation = given["nationality"]
    nation = nation.mask(nation.isin(model.unknown_nationalities), "")
    records = names.assign(
        record=people["record"].to_numpy(np.int64),
        birth_date=born.to_numpy(),
        gender=given["gender"].to_numpy(),
        nationality=nation.to_numpy(),
        ags=given["ags"].to_numpy(),
        **{name: _tidied(people, name) for name in OPTIONAL},
    )
    located = (records["street"] != "") & (records["house_number"] != "")
    address = (records["street"] + " " + records["house_number"]).where(located, "")
    records = records.assign(address=address)
    keyed = records.assign(**_keys(records))
    return keyed.assign(**{c: _unknown(keyed[c]) for c in keyed.columns if c != "record"})


def too_common(records: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Records without the keys that too many share, and how many records lost one.

    Pairs grow with the square of a block; a block above `BLOCK_LIMIT` holds
    placeholders rather than one person.
    """
    kept, touched = {}, np.zeros(len(records), dtype=bool)
    for key in KEYS:
        large = records.groupby(key)[key].transform("size").to_numpy() > BLOCK_LIMIT
        kept[key] = records[key].mask(large, None)
        touched |= large
    return records.assign(**kept), int(touched.sum())


def each_value(values: pd.Series, made: Callable[[str], str]) -> np.ndarray:
    """A function of text applied to each distinct value once."""
    codes, distinct = pd.factorize(values)
    return np.array([made(text) for text in distinct], dtype=object)[codes]


def _names(people: pd.DataFrame, model: Model) -> pd.DataFrame:
    family = each_value(people["family"], _words)
    given = each_value(people["given"], _words)
    unknown = list(model.unknown_names)
    family = np.where(np.isin(family, unknown), "", family)
    given = np.where(np.isin(given, unknown), "", given)
    both = pd.Series(family, dtype="str") + " " + pd.Series(given, dtype="str")
    plain = each_value(both, _sorted_words)
    whole = pd.Series(np.where(given == "", plain, family), dtype="str")
    names = {"family": whole, "given": pd.Series(given, dtype="str")}
    columns: dict[str, np.ndarray] = {"plain": plain}
    for name, words in names.items():
        columns[name] = each_value(words, lambda text: text.replace(" ", ""))
        columns[f"{name}_parts"] = each_value(words, _parts)
        columns[f"{name}_sound"] = each_value(pd.Series(columns[name], dtype="str"), sound)
    columns["name_sound"] = each_value(pd.Series(plain, dtype="str"), _sorted_sounds)
    return pd.DataFrame(columns)


def _keys(records: pd.DataFrame) -> dict[str, pd.Series]:
    born, sounds = records["birth_date"], records["name_sound"]
    known = (born != "") & (sounds != "")
    round_day = born.str.endswith(ROUND_DAYS)
    unknown_day = (born == "").groupby(records["plain"]).transform("any")
    address = records["postcode"] + "|" + records["house_number"]
    located = (records["postcode"] != "") & (records["house_number"] != "")
    family, given = records["family_sound"], records["given_sound"]
    return {
        "key_day": born.where(~round_day, ""),
        "key_family_day": (born + "|" + family).where(round_day & (family != ""), ""),
        "key_given_day": (born + "|" + given).where(round_day & (given != ""), ""),
        "key_name_year": (sounds + "|" + born.str[:4]).where(known, ""),
        "key_name_day": (sounds + "|" + born.str[5:]).where(known & ~round_day, ""),
        "key_name": records["plain"].where(unknown_day, ""),
        "key_number": records["number"],
        "key_address": (address + "|" + family.str[:1]).where(located & (family != ""), ""),
    }


def _tidied(people: pd.DataFrame, name: str) -> np.ndarray:
    if name not in people:
        return np.full(len(people), "", dtype=object)
    return each_value(people[name], lambda text: "".join(filter(str.isalnum, transliterate(text))))


def _unknown(values: pd.Series) -> pd.Series:
    return values.astype("object").where(values != "", None)


def _words(text: str) -> str:
    return " ".join(WORD.findall(transliterate(text)))


def _parts(words: str) -> str:
    return f" {_sorted_words(words)} " if words else ""


def _sorted_words(text: str) -> str:
    return " ".join(sorted(text.split()))


def _sorted_sounds(text: str) -> str:
    return " ".join(sorted(filter(None, map(sound, text.split()))))
