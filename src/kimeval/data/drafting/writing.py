"""The text of a drafted profile (Profil schreiben)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from kimeval.core import schema
from kimeval.data.drafting.fileplan import FilePlan
from kimeval.data.drafting.mapping import Line
from kimeval.data.drafting.suggestions import LEAST_PERSONS, Entry, Suggestions

HEAD = """\
# Entwurf von `kimeval profile new`; die Bemerkungen sagen, wie sicher jede Zuordnung ist.
#   sicher          Name und Inhalt passen
#   wahrscheinlich  ansehen
#   unsicher, fehlt bitte prüfen und entscheiden
# Probe: kimeval profile check {name} DATEI
"""


def profile_text(name: str, provider: str, plans: Sequence[FilePlan]) -> str:
    """The draft as TOML with comments.

    Parameters
    ----------
    name, provider : str
        Of the profile.
    plans : sequence of FilePlan
        Its files.

    Returns
    -------
    str
        Loads as a profile. Holds names of columns and frequent texts of code
        columns, no other cell.
    """
    lines = [
        *HEAD.format(name=name).splitlines(),
        "",
        "[profile]",
        f"name = {quoted(name)}",
        f"title = {quoted(f'Entwurf: {name}')}  # bitte deutschen Titel eintragen",
        f"provider = {quoted(provider)}  # Kurzname des Trägers",
        f"provider_name = {quoted(provider)}  # wie er im Bericht heißt",
    ]
    for plan in plans:
        lines.append("")
        lines += _file(plan) if plan.tables else _commented(plan)
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A TOML string: JSON's escapes, and the one sign that JSON leaves alone."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _file(plan: FilePlan) -> Iterator[str]:
    yield f"# {_plain(plan.look.name)}: {len(plan.look.rows)} Zeilen angesehen"
    yield from (f"# Hinweis: {_plain(remark)}" for remark in plan.remarks)
    yield "[[file]]"
    yield f"pattern = {quoted(plan.pattern)}"
    yield f"title = {quoted(_title(plan))}"
    yield from (f"{name} = {_value(value)}" for name, value in plan.fields.items())
    if plan.ignore:
        yield f"ignore = {_value(plan.ignore)}  # Namen, Freitext, Kontaktdaten: nie gelesen"
    for column, why in plan.unmapped.items():
        yield f"# nicht zugeordnet: {quoted(column)}: {_plain(why)}"
    yield from _link(plan.link)
    for table, lines in plan.tables.items():
        yield from _table(plan, table, lines)


def _title(plan: FilePlan) -> str:
    tables = ", ".join(schema.table(table).german for table in plan.tables)
    return f"{tables} ({Path(plan.look.name).stem})"


def _link(link: dict[str, str]) -> Iterator[str]:
    if not link:
        return
    names = [link[kind] for kind in ("full_name", "family_name", "given_name") if kind in link]
    yield "[file.link]  # erkennt eine Person über Dateien hinweg; nichts davon bleibt erhalten"
    yield f"names = {_value(names)}"
    yield f"birth_date = {quoted(link['birth_date'])}"
    held = ("birth_date", "full_name", "family_name", "given_name")
    if also := {kind: column for kind, column in link.items() if kind not in held}:
        yield f"also = {_value(also)}"


def _table(plan: FilePlan, table: str, lines: list[Line]) -> Iterator[str]:
    yield "[[file.table]]"
    yield f"name = {quoted(table)}"
    yield "[file.table.columns]"
    yield from map(_column, lines)
    yield from _open_columns(plan, table, lines)
    for (fed, column), found in plan.codes.items():
        if fed == table:
            yield from _codes(column, found)
    if table == "cases":
        yield from _constants(plan, lines)


def _constants(plan: FilePlan, lines: list[Line]) -> Iterator[str]:
    held = {line.canonical for line in lines}
    yield "[file.table.constants]"
    if plan.fields["unit"] == "person" and "persons" not in held:
        yield 'persons = "1"  # eine Person je Fall; bitte prüfen'
    if "baustein" not in held:
        yield '# baustein = "2"  # fehlt in der Datei; für Case Management einschalten'


def _column(line: Line) -> str:
    source = quoted(line.source)
    if line.year:
        source = f'{{ column = {source}, take = "year" }}'
    if line.row:
        source = '{ take = "row" }'
    check = "; bitte prüfen" if line.level == "unsicher" else ""
    return f"{line.canonical} = {source}  # {line.level}: {_plain(line.why)}{check}"


def _open_columns(plan: FilePlan, table: str, lines: list[Line]) -> Iterator[str]:
    """Canonical columns that nothing feeds, so that a person can fill them in."""
    held = {line.canonical for line in lines} | {"person_id", "unit", "persons", "baustein"}
    for column in schema.table(table).columns.values():
        if column.name not in held:
            yield f'# {column.name} = ""  # {column.german}: nicht gefunden'


def _codes(column: str, found: Suggestions) -> Iterator[str]:
    """A mapping; its heading is never a comment, so that single lines can be switched on."""
    if found.entries or found.countries:
        yield f"[file.table.codes.{column}]"
    yield from map(_entry, found.entries)
    if found.countries:
        yield "# Länderkürzel nach ISO 3166, vollständig und unabhängig von der Datei"
        yield from (f"{quoted(iso)} = {quoted(code)}" for iso, code in found.countries)
    if found.withheld:
        yield (
            f"# {column}: Texte ohne Schlüssel, die hier nicht stehen: {found.withheld} (bei "
            f"weniger als {LEAST_PERSONS} Personen, oder vielleicht Namen oder Freitext)"
        )


def _entry(entry: Entry) -> str:
    mark = "" if entry.active else "# "
    return f"{mark}{quoted(entry.text)} = {quoted(entry.code)}  # {entry.why}"


def _commented(plan: FilePlan) -> Iterator[str]:
    """A file that fits nothing: its columns, for a person to go on with."""
    yield f"# {_plain(plan.look.name)}: {len(plan.look.rows)} Zeilen angesehen"
    yield from (f"# Hinweis: {_plain(remark)}" for remark in plan.remarks)
    yield "# [[file]]"
    yield f"# pattern = {quoted(plan.pattern)}"
    for column, why in plan.unmapped.items():
        yield f"# Spalte {quoted(column)}: {_plain(why)}"
    if plan.ignore:
        yield f"# ignore = {_value(plan.ignore)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(item)}' for key, item in value.items())} }}"
    return str(value) if isinstance(value, int) else quoted(str(value))


def _plain(text: str) -> str:
    """A comment's text: one line of printable signs."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
