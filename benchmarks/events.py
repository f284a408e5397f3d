"""Rows of cases and contacts that follow from their number alone (erzeugte Zeilen)."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

AS_OF = dt.date(2024, 10, 15)
FIRST = dt.date(1940, 1, 1)
OPENED = (dt.date(2020, 1, 1) - FIRST).days
SPAN = (AS_OF - dt.date(2020, 1, 1)).days
COUNSELLED = 180
TOWNS = [f"05370{n:03d}" for n in (4, 8, 12, 16, 20, 24, 28, 32, 36, 40)]
NAMES = ["Kaya", "Müller", "Çelik", "Öztürk", "Al-Khatib", "Haddad", "Tesfay", "Ünal", "Okafor"]
GIVEN = ["Emre", "Maria", "Günay", "Zoë", "Jean-Pierre", "Lejla", "Mohammed", "Natalija"]
STATES = ["475", "423", "166", "163", "438", "439", "224", "232", "997", "998", "k. A."]
LEVELS = ["Alphabetisierung", "A1", "A2", "B1", "B2", "k. A."]
PROGRAMMES = ["keine", "keine", "Migrationsberatung für Erwachsene", "Jugendmigrationsdienst", ""]
REASONS = ["Ziele erreicht", "an andere Stelle übergeben", "verzogen", "Kontakt verloren"]
REMARKS = ["", "", "siehe Akte", "Termin verschoben", '"Rückruf; dringend"']
MODES = ["persönlich", "persönlich", "telefonisch", "digital", "aufsuchend", "schriftlich"]
MINUTES = ["5", "15", "30", "45", "60", "90", ""]
Columns = dict[str, pa.Array]


def cases_rows(at: np.ndarray, cases: int, events: int, seed: int) -> Columns:
    """Cases by day of opening; one in twenty belongs to an earlier client."""
    client = _client(at)
    opened = OPENED + at * SPAN // cases
    closed = opened + COUNSELLED + _draw(seed, 1, at) % 720
    ended = (closed < OPENED + SPAN) & (_draw(seed, 2, at) % 10 < 7)
    born = _draw(seed, 3, client) % 23_000 + 3_000
    new_year = _draw(seed, 4, client) % 8 == 0
    born = np.where(new_year, _first_of_january(born), born)
    reason = pick(REASONS, _draw(seed, 5, at))
    return {
        "Fall-Nr.": _case_number(at, cases),
        "Klient-Nr.": _number(client),
        "Haushalt-Nr.": pc.binary_join_element_wise("H", _number(client // 3), ""),
        "Name": pick(NAMES, _draw(seed, 6, client)),
        "Vorname": pick(GIVEN, _draw(seed, 7, client)),
        "Geburtsdatum": days().take(born),
        "Geschlecht": pick(["männlich", "weiblich", "weiblich"], _draw(seed, 8, client)),
        "Staatsang.": pick(STATES, _draw(seed, 9, client)),
        "Einreise": days().take(OPENED + client * SPAN // cases - _draw(seed, 10, client) % 900),
        "AGS Wohnort": pick(TOWNS, _draw(seed, 11, client)),
        "Sprachstand": pick(LEVELS, _draw(seed, 12, at)),
        "Förderprogramm": pick(PROGRAMMES, _draw(seed, 13, client)),
        "Aufnahme": days().take(opened),
        "Abschluss": pc.if_else(ended, days().take(np.where(ended, closed, 0)), ""),
        "Abschlussgrund": pc.if_else(ended, reason, ""),
        "Bemerkung": pick(REMARKS, _draw(seed, 14, at)),
    }


def contacts_rows(at: np.ndarray, cases: int, events: int, seed: int) -> Columns:
    """Contacts in the order of their days, each within half a year of its case's opening."""
    day = at * SPAN // events
    lag = _draw(seed, 20, at) % COUNSELLED
    case = np.maximum(day - lag, 0) * cases // SPAN + _draw(seed, 21, at) % (cases // SPAN + 1)
    case = np.minimum(case, day * cases // SPAN)
    client = _client(case)
    away = _draw(seed, 22, at) % 5 == 0
    return {
        "Kontakt-Nr.": _number(at),
        "Klient-Nr.": _number(client),
        "Fall-Nr.": _case_number(case, cases),
        "Datum": days().take(OPENED + day),
        "Art": pick(MODES, _draw(seed, 23, at)),
        "mit Termin": pick(["ja", "nein"], _draw(seed, 24, at)),
        "Ort (AGS)": pick(TOWNS, np.where(away, 3, _draw(seed, 11, client))),
        "Dauer (Min.)": pick(MINUTES, _draw(seed, 25, at)),
    }


def _first_of_january(days: np.ndarray) -> np.ndarray:
    years = np.datetime64(FIRST).astype("datetime64[D]") + days
    firsts = years.astype("datetime64[Y]").astype("datetime64[D]")
    return (firsts - np.datetime64(FIRST)).astype(np.int64)


def _client(case: np.ndarray) -> np.ndarray:
    return np.where((case % 20 == 7) & (case > 40), case // 40 * 20, case)


def _case_number(case: np.ndarray, cases: int) -> pa.Array:
    years = pc.utf8_slice_codeunits(days().take(OPENED + case * SPAN // cases), 6, 10)
    return pc.binary_join_element_wise(years, _number(case), "/")


def _number(values: np.ndarray) -> pa.Array:
    return pc.utf8_lpad(pa.array(values + 1).cast(pa.string()), 8, "0")


def pick(texts: list[str], drawn: np.ndarray) -> pa.Array:
    return pa.array(texts).take(pa.array(drawn % len(texts)))


def _draw(seed: int, what: int, number: np.ndarray) -> np.ndarray:
    """A whole number that follows from seed, property and number (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = number.astype(np.uint64) + np.uint64(seed * 1_000_003 + what * 7_919)
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(20)).astype(np.int64)


@cache
def days() -> pa.Array:
    """Days from 01.01.1940 as German text."""
    days = (FIRST + dt.timedelta(days=number) for number in range(40_000))
    return pa.array([f"{day:%d.%m.%Y}" for day in days])
