"""Lines of a mapping: canonical column, column of the file, and why (Zuordnungszeilen)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kimeval.core import schema
from kimeval.data.drafting.choosing import STAND_INS, Choice
from kimeval.data.drafting.content import Content
from kimeval.data.drafting.matching import Match
from kimeval.data.drafting.settings import birth_column

PLACEHOLDER = "BITTE EINTRAGEN"
ROW_NUMBERS = ("contact_id", "referral_id", "placement_id", "request_id")


@dataclass(frozen=True)
class Line:
    """A canonical column and the column of the file behind it (Zeile der Zuordnung).

    Attributes
    ----------
    canonical : str
        Column of the canonical table.
    source : str
        Column of the file, or `PLACEHOLDER`.
    level : str
        sicher, wahrscheinlich, unsicher or fehlt.
    why : str
        In German.
    year : bool
        Only the year of the date is taken.
    row : bool
        The number is made of the row's content.
    """

    canonical: str
    source: str
    level: str
    why: str
    year: bool = False
    row: bool = False


def map_tables(contents: Sequence[Content], choice: Choice) -> dict[str, list[Line]]:
    """The lines of each table, required ones that nothing feeds at the end.

    Parameters
    ----------
    contents : sequence of Content
        Columns of the file.
    choice : Choice
        Tables and matches.

    Returns
    -------
    dict of str to list of Line
    """
    made: dict[str, list[Line]] = {}
    for table in choice.tables:
        held = {m.slot.name: m for m in choice.matches if table in m.slot.tables}
        lines = [_line(contents, held[c]) for c in schema.table(table).columns if c in held]
        if table == "clients" and "birth_year" not in held:
            lines += _birth_year(contents, choice)
        lines += [
            _stand_in(contents, choice, c)
            for t, c in choice.missing
            if t == table and c not in {line.canonical for line in lines}
        ]
        made[table] = lines
    return made


def _line(contents: Sequence[Content], match: Match) -> Line:
    return Line(match.slot.name, contents[match.column].name, match.level, reason(match))


def reason(match: Match) -> str:
    """Why a column was put there, in German."""
    if match.name >= 0.95:
        name = "Name passt"
    else:
        name = "Name ähnlich" if match.name >= 0.6 else "Name sagt nichts"
    if match.fit.special == 0:
        return f"{name}, Inhalt belegt nichts"
    if match.slot.type == "id":
        once = ", jede einmal" if match.fit.share > 0.9 else ", manche mehrmals"
        return f"{name}, Inhalt sind Nummern{once if match.slot.key else ''}"
    return f"{name}, Inhalt passt zu {100 * match.fit.share:.0f} %"


def _birth_year(contents: Sequence[Content], choice: Choice) -> list[Line]:
    birth = birth_column(contents, choice)
    if birth is None:
        return []
    return [Line("birth_year", contents[birth.column].name, birth.level, reason(birth), year=True)]


def _stand_in(contents: Sequence[Content], choice: Choice, column: str) -> Line:
    """Another number in place of a required one, or a place for a person to fill in."""
    other = choice.feeding(STAND_INS.get(column, ""))
    if other is not None:
        why = "keine eigene Spalte: so gilt jede Fallnummer als eine Person; bitte entscheiden"
        return Line(column, contents[other.column].name, "unsicher", why)
    if column in ROW_NUMBERS:
        why = "keine Spalte mit der Nummer: sie wird aus dem Inhalt der Zeile gebildet; gleiche "
        return Line(column, "", "unsicher", f"{why}Zeilen gelten dann als eine", row=True)
    why = "Pflichtangabe, keine Spalte passt; bitte Spalte eintragen oder die Tabelle streichen"
    return Line(column, PLACEHOLDER, "fehlt", why)
