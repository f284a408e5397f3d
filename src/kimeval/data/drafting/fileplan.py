"""One file's entry of a draft: all that was found and decided (Eintrag einer Datei)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kimeval.core import schema
from kimeval.data.drafting import settings
from kimeval.data.drafting.choosing import Choice, choose
from kimeval.data.drafting.content import Content
from kimeval.data.drafting.lists import municipality_names
from kimeval.data.drafting.look import Look
from kimeval.data.drafting.mapping import Line, map_tables
from kimeval.data.drafting.matching import Judge, to_ignore
from kimeval.data.drafting.suggestions import Suggestions, suggest
from kimeval.data.drafting.words import words

LEAST_VALUE = 0.0
LINKED_ALSO = ("street", "house_number", "postcode", "place", "number")


@dataclass(frozen=True)
class FilePlan:
    """What a draft says about one file (Dateientwurf).

    Attributes
    ----------
    look : Look
        Form and cells.
    pattern : str
        Of file names.
    tables : dict of str to list of Line
        Empty where no canonical table fits.
    fields : dict
        Fields of the profile's file, in order.
    link : dict
        Kind of personal column -> column of the file.
    ignore : list of str
        Columns that are never read.
    unmapped : dict of str to str
        Column -> why, in German.
    codes : dict of (table, column) to Suggestions
        For texts that are no codes.
    remarks : tuple of str
        What a person must know or decide, in German.
    """

    look: Look = field(repr=False)
    pattern: str
    tables: dict[str, list[Line]]
    fields: dict[str, object]
    link: dict[str, str]
    ignore: list[str]
    unmapped: dict[str, str]
    codes: dict[tuple[str, str], Suggestions] = field(repr=False)
    remarks: tuple[str, ...]

    @property
    def lines(self) -> list[Line]:
        """All lines of the mapping."""
        return [line for lines in self.tables.values() for line in lines]


def plan_file(look: Look, pattern: str) -> FilePlan:
    """Decide what a file feeds.

    Parameters
    ----------
    look : Look
        At the file, or several of one kind.
    pattern : str
        Of their names.

    Returns
    -------
    FilePlan
    """
    judge = Judge(look.contents)
    choice = choose(judge, f"{look.name} {look.settings.get('sheet', '')}")[0]
    fits = choice.value > LEAST_VALUE and any(m.slot.column for m in choice.matches)
    fits = fits and len(choice.missing) < len(_required(choice.tables))
    if not fits:
        choice = Choice((), [m for m in choice.matches if not m.slot.column], (), 0.0)
    family = settings.family_rows(look.contents, choice)
    tables = map_tables(look.contents, choice)
    link = _link(look.contents, choice)
    used = {line.source for lines in tables.values() for line in lines} | set(link.values())
    ignore, unmapped = _left_over(judge, choice, used)
    fields = _fields(look, choice, family=family)
    codes = _codes(look.contents, choice)
    remarks = (*look.remarks, *_remarks(look, choice, fields))
    return FilePlan(look, pattern, tables, fields, link, ignore, unmapped, codes, remarks)


def _required(tables: Sequence[str]) -> list[str]:
    return [column for table in tables for column in schema.table(table).required]


def _link(contents: Sequence[Content], choice: Choice) -> dict[str, str]:
    """Personal columns for linkage; none without a name and a birth date."""
    found = {m.slot.name: contents[m.column].name for m in choice.matches if not m.slot.column}
    named = [kind for kind in ("full_name", "family_name", "given_name") if kind in found]
    if "clients" not in choice.tables or "birth_date" not in found or not named:
        return {}
    names = ["full_name"] if "full_name" in found else named
    return {kind: found[kind] for kind in (*names, "birth_date", *LINKED_ALSO) if kind in found}


def _left_over(judge: Judge, choice: Choice, used: set[str]) -> tuple[list[str], dict[str, str]]:
    """Columns never to be read, and those that nobody could place."""
    personal = {m.column for m in choice.matches if not m.slot.column}
    ignore, unmapped = [], {}
    for number, content in enumerate(judge.contents):
        if content.name in used or not content.name:
            continue
        places = content.share(lambda text: words(text).compact in municipality_names())
        if places > 0.5 and not to_ignore(content):
            unmapped[content.name] = "Namen von Gemeinden; gebraucht wird der Schlüssel (AGS)"
        elif number in personal or to_ignore(content) or content.prose or content.name_like:
            ignore.append(content.name)
        else:
            unmapped[content.name] = _why_unmapped(judge, number, choice)
    return ignore, unmapped


def _why_unmapped(judge: Judge, number: int, choice: Choice) -> str:
    content = judge.contents[number]
    if not content.filled:
        return "leer, und der Name ist nicht bekannt"
    best = judge.nearest(number)
    if best is None:
        return f"weder Name noch Inhalt bekannt ({len(content.texts)} verschiedene Werte)"
    table, column = best.slot.tables[-1], best.slot.name
    if table in choice.tables:
        return f"passt zu {table}.{column}; dort steht schon eine andere Spalte"
    required = [
        c for c in schema.table(table).required if c not in (column, "client_id", "case_id")
    ]
    lacking = [c for c in required if choice.feeding(c) is None]
    rest = f"; dafür fehlt {', '.join(lacking)}" if lacking else ""
    return f"würde zu {table}.{column} passen{rest}"


def _codes(contents: Sequence[Content], choice: Choice) -> dict[tuple[str, str], Suggestions]:
    persons = settings.persons_of(contents, choice)
    made = {}
    for match in choice.matches:
        if match.slot.column and match.slot.type in ("code", "bool"):
            found = suggest(contents[match.column], match, persons)
            if found != Suggestions():
                made[match.slot.tables[-1], match.slot.name] = found
    return made


def _fields(look: Look, choice: Choice, *, family: bool) -> dict[str, object]:
    contents, matches = look.contents, choice.matches
    official = settings.official_signs(contents, matches)
    missing = settings.missing_signs(contents, matches, official=official)
    fields: dict[str, object] = {"format": look.format} if look.format != "csv" else {}
    fields |= look.settings
    if forms := settings.date_forms(contents, matches):
        fields["dates"] = forms
    if sign := settings.decimal_sign(contents, matches):
        fields["decimal"] = sign
    if missing != [""]:
        fields["missing"] = missing
    if official:
        fields["signs"] = "official"
    if "cases" in choice.tables:
        household = family or choice.feeding("persons") is not None
        fields["unit"] = "household" if household else "person"
    if settings.only_active(contents, choice):
        fields["only_active"] = True
    return fields | ({"family": "rows"} if family else {})


def _remarks(look: Look, choice: Choice, fields: dict[str, object]) -> list[str]:
    made = []
    if not choice.tables:
        made.append("keine kanonische Tabelle passt zu diesen Spalten; bitte von Hand zuordnen")
    if days := settings.undecided_days(look.contents, choice.matches):
        made.append(f"Tag und Monat sind nicht zu unterscheiden: {', '.join(days)}; bitte prüfen")
    if fields.get("only_active"):
        made.append("kein beendeter Fall: only_active = true; stimmt das, sind Dauern verzerrt")
    if fields.get("family"):
        made.append("mehrere Personen je Fallnummer: family = rows; bitte prüfen")
    if fields.get("decimal") == "auto":
        made.append("Zahlen mit Komma und mit Punkt als Dezimalzeichen; je Spalte entschieden")
    return made
