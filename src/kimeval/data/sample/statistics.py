"""The state's statistics file and the list of posts (Zuzugsstatistik, Stellenliste)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Sequence

from kimeval.core.quarter import Quarter
from kimeval.data.sample.programme import parameters, window
from kimeval.data.sample.world import World

CENSUS_DAY = dt.date(2022, 5, 15)
SECRET_BELOW = 3
THIN_SPACE = "\u202f"
NOTE = "Synthetische Daten, keine echten Personen"
ARRIVED = "Neuzugewanderte"
ENTERED = "mit Kurseintritt binnen zwei Quartalen"
FOLLOW_UP = 2
HEINSBERG = "05370"
FILLING = 0.75


def complete_quarters(as_of: dt.date) -> list[Quarter]:
    """Quarters of the window that have ended before a day."""
    return [quarter for quarter in window() if quarter.is_complete(as_of)]


def statistics_rows(world: World, as_of: dt.date) -> list[list[str]]:
    """Rows of the statistics file, in the signs of official tables.

    `-` is nothing, `.` a secret count below three, `...` comes later: whether a
    person entered a course is known two quarters after the arrival.
    """
    names = {town.ags: town.name for town in world.area.municipalities}
    rows = [
        [
            town.ags,
            town.name,
            "Bevölkerung",
            f"{CENSUS_DAY:%d.%m.%Y}",
            thousands(town.population, n),
        ]
        for n, town in enumerate(world.area.municipalities)
    ]
    if len(rows) > 1:
        whole = thousands(world.area.population, 0)
        total = [world.area.code[:5], "insgesamt", "Bevölkerung", rows[0][3], whole]
        rows.append(total)
    quarters = complete_quarters(as_of)
    known = world.arrivals[world.arrivals["quarter"] < len(quarters)]
    for n, cell in enumerate(known.itertuples()):
        quarter = quarters[cell.quarter]
        start = [cell.ags, names[cell.ags]]
        day = f"{quarter.end:%d.%m.%Y}"
        later = not (quarter + FOLLOW_UP).is_complete(as_of)
        entered = "..." if later else official(cell.course_entry, n)
        rows.append([*start, ARRIVED, day, official(cell.newly_arrived, n)])
        rows.append([*start, ENTERED, day, entered])
    return rows


def statistics_bytes(world: World, as_of: dt.date) -> bytes:
    """The statistics file: UTF-8, comment lines before and footnotes after."""
    before = [
        f"Tabelle Z-1: Neuzugewanderte nach Gemeinden;;;;{NOTE}",
        f"{world.area.name}, Stand {as_of:%d.%m.%Y}",
        "",
    ]
    after = [
        "- nichts vorhanden, . Zahl unbekannt oder geheim, ... Angabe fällt später an",
        "1) Personen der Zielgruppe, ohne Weiterzüge in andere Gemeinden.",
        f"{NOTE}.",
    ]
    header = ["AGS", "Gemeinde", "Merkmal", "Zeitraum bis", "Anzahl"]
    return _text(before, header, statistics_rows(world, as_of), after).encode("utf-8")


def posts_bytes(world: World, as_of: dt.date) -> bytes:
    """The list of posts in case management: cp1252, decimals with comma."""
    header = ["Baustein", "Anstellungsträger", "Art", "ab", "bis", "bewilligt", "besetzt", "Köpfe"]
    before = [f"Stellen im Kommunalen Integrationsmanagement - {NOTE}"]
    return _text(before, header, posts_rows(world, as_of), []).encode("cp1252")


def official(count: int, turn: int) -> str:
    """A count as an official table writes it."""
    if count == 0:
        return "-"
    return "." if count < SECRET_BELOW else thousands(count, turn)


def thousands(count: int, turn: int) -> str:
    """A whole number with points or, every other time, thin spaces."""
    return f"{count:,}".replace(",", THIN_SPACE if turn % 2 else ".")


def decimal(number: float) -> str:
    """A number with two places after a comma."""
    return f"{number:.2f}".replace(".", ",")


def posts_rows(world: World, as_of: dt.date) -> list[list[str]]:
    """Rows of the list of posts: while they were being filled, and since then."""
    held = parameters()["posts"]["heinsberg"] if world.area.code == HEINSBERG else _usual(world)
    begun = world.setting.start.start if world.setting.start else as_of
    filled = parameters()["posts"]["valid_from"]
    until = filled - dt.timedelta(days=1)
    rows = [_post(post, FILLING, begun, until if until <= as_of else None) for post in held]
    rows = rows if begun <= as_of else []
    later = [_post(post, 1.0, filled, None) for post in held]
    return rows + later if filled <= as_of else rows


def _post(post: dict, share: float, start: dt.date, end: dt.date | None) -> list[str]:
    """One row, with a share of the posts filled."""
    return [
        "2",
        post["held_by"],
        post["provider_kind"],
        f"{start:%d.%m.%Y}",
        f"{end:%d.%m.%Y}" if end else "",
        decimal(post["approved_fte"]),
        decimal(math.ceil(4 * share * post["filled_fte"]) / 4),
        str(max(1, math.ceil(share * post["heads"]))),
    ]


def _usual(world: World) -> Sequence[dict]:
    """Posts by population, split among the providers."""
    declared = parameters()["posts"]
    weight = parameters()["programme"]["provider_weight"]
    whole = sum(weight[name] for name in world.setting.providers)
    posts = []
    for name in world.setting.providers:
        fte = declared["fte_per_100000"] * world.area.population / 100_000 * weight[name] / whole
        approved = max(0.5, round(2 * fte) / 2)
        filled = round(4 * approved * declared["filled_share"]) / 4
        held_by, kind = HOLDERS[name]
        heads = max(1, round(filled * 1.2))
        posts.append(
            {
                "held_by": held_by,
                "provider_kind": kind,
                "approved_fte": approved,
                "filled_fte": filled,
                "heads": heads,
            }
        )
    return posts


HOLDERS = {
    "ki": ("KI", "Kreis oder Stadt"),
    "diakonie": ("Diakonie", "Wohlfahrtsverband"),
    "drk": ("DRK", "Wohlfahrtsverband"),
}


def _text(
    before: Sequence[str],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    after: Sequence[str],
) -> str:
    text = io.StringIO()
    text.writelines(line + "\r\n" for line in before)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([header, *rows])
    text.writelines(line + "\r\n" for line in after)
    return text.getvalue()
