"""Write the generated pages of docs/ from the declarations in core/.

German for the reader, with the English name that stands in code beside it.
"""

from pathlib import Path

from kimeval.core.catalogue import Indicator, catalogue, catalogue_version
from kimeval.core.codes import code_lists
from kimeval.core.errors import KimevalError
from kimeval.core.schema import Column, Table, tables
from kimeval.core.units import unit_word

DOCS = Path(__file__).resolve().parents[1] / "docs"
MADE = "<!-- Erzeugt von .ci/documentation.py (make docs); nicht von Hand ändern. -->"
LEVELS = {
    "context": ("Rahmen", "was die Umgebung ausmacht, etwa die Bevölkerung"),
    "input": ("Mittel", "was eingesetzt wird: Stellen, Geld, Ehrenamt"),
    "output": ("Leistung", "was getan wird: Fälle, Kontakte, Weiterleitungen"),
    "outcome": ("Ergebnis", "wie es einer Person später geht"),
    "effect": ("Wirkung", "Ergebnis im Vergleich zu dem, was sonst gewesen wäre"),
}
DIRECTIONS = {"higher": "höher", "lower": "niedriger", "neutral": ""}
COUNTS = {
    "persons": "Personen; kleine Zahlen werden unterdrückt",
    "rows": "Zeilen gelieferter Dateien",
    "posts": "Stellen",
    "published": "veröffentlichte Angaben",
    "derived": "veröffentlichte Ergebnisse, aus denen gerechnet wird",
}
TYPES = {
    "text": "Text",
    "id": "Kennung (wird zum Pseudonym)",
    "ags": "AGS, acht Stellen",
    "code": "Schlüssel",
    "date": "Datum",
    "time": "Datum und Uhrzeit",
    "int": "ganze Zahl",
    "decimal": "Zahl",
    "fte": "Zahl",
    "eur": "Betrag, zwei Stellen, exakt",
    "bool": "ja/nein",
}


def catalogue_page() -> str:
    """Text of docs/catalogue.md: every indicator, by level (Indikatorenkatalog)."""
    held = list(catalogue().values())
    lines = [
        "# Indikatorenkatalog",
        MADE,
        f"{len(held)} Kennzahlen. Stand der Festlegungen: `{catalogue_version()}`. "
        "Die Ebenen werden nie vermischt; eine Leistung heißt nie Wirkung.",
    ]
    for level, (german, meaning) in LEVELS.items():
        chosen = [indicator for indicator in held if indicator.level == level]
        lines += [f"## {german} ({level})", f"{_capital(meaning)}."]
        lines += [_indicator(i) for i in chosen] or ["Noch keine Kennzahl."]
    return "\n\n".join(lines) + "\n"


def tables_page() -> str:
    """Text of docs/tables.md: canonical tables and code lists (Tabellen, Schlüssel)."""
    lines = [
        "# Tabellen und Schlüssel",
        MADE,
        f"{len(tables())} Tabellen, in die jede Lieferung übersetzt wird. Eine Lieferung muss "
        "nicht alle enthalten. Jede Tabelle trägt außerdem `provider` (wer geliefert hat) und "
        "`source` (aus welcher Datei).",
        *[_table(table) for table in tables().values()],
        "## Schlüsselverzeichnisse",
        *[_code_list(name, labels) for name, labels in code_lists().items()],
    ]
    return "\n\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Text of each generated file by its name in docs/."""
    return {
        "catalogue.md": catalogue_page(),
        "tables.md": tables_page(),
        "exit_codes.md": exit_codes_page(),
    }


def exit_codes_page() -> str:
    """Text of docs/exit_codes.md: what a scheduler can tell apart (Rückgabewerte)."""
    kinds = sorted(KimevalError.__subclasses__(), key=lambda kind: kind.exit_code)
    rows = [
        f"| {kind.exit_code} | `{kind.__name__}` | {str(kind.__doc__).splitlines()[0]} |"
        for kind in kinds
    ]
    lines = [
        "# Exit codes (Rückgabewerte)",
        MADE,
        "0: done, or unchanged. 2: the command line itself cannot be read. 130: interrupted. "
        "1: a defect of kimeval; the message names the place and no value.",
        "\n".join(["| code | error | what happened |", "|---|---|---|", *rows]),
    ]
    return "\n\n".join(lines) + "\n"


def main() -> None:
    """Write the files."""
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")


def _indicator(indicator: Indicator) -> str:
    facts = {
        "Festlegung": indicator.definition,
        "Zähler": indicator.numerator,
        "Nenner": indicator.denominator,
        "Einheit": unit_word(indicator.unit),
        "Quelle": ", ".join(f"[{tables()[s].german}](tables.md#{s})" for s in indicator.source),
        "Dahinter stehen": COUNTS[indicator.counts],
        "Erwünscht": DIRECTIONS[indicator.direction],
        "Zu beachten": indicator.caveat,
    }
    rows = [f"- {title}: {text}" for title, text in facts.items() if text]
    return f"### {indicator.name}\n\n`{indicator.id}` · {indicator.english}\n\n" + "\n".join(rows)


def _table(table: Table) -> str:
    rows = [_column(column) for column in table.columns.values()]
    keys = ", ".join(f"`{key}`" for key in table.key)
    pairs = "; ".join(
        f"„{table.column(second).german}“ liegt nicht vor „{table.column(first).german}“"
        for first, second in table.ordered
    )
    return "\n".join(
        [
            f'<a id="{table.name}"></a>\n\n## {table.german} (`{table.name}`)\n',
            f"Eine Zeile wird bestimmt durch: {keys}." + (f" {pairs}." if pairs else ""),
            "\n| Spalte | Name im Code | Art | nötig | zulässig |\n|---|---|---|---|---|",
            *rows,
        ]
    )


def _column(column: Column) -> str:
    allowed = ""
    if column.codes:
        allowed = f"[{column.codes}](#codes-{column.codes})"
    elif column.least is not None and column.most is not None:
        allowed = f"{column.least} bis {_number(column.most, column.unit)}"
    unit = f", {unit_word(column.unit)}" if column.unit else ""
    needed = "ja" if column.required else ""
    kind = TYPES[column.type] + unit
    return f"| {column.german} | `{column.name}` | {kind} | {needed} | {allowed} |"


def _code_list(name: str, labels: dict[str, str]) -> str:
    rows = "\n".join(f"| `{code}` | {label} |" for code, label in labels.items())
    used = ", ".join(
        f"{column.german} ({table.german})"
        for table in tables().values()
        for column in table.columns.values()
        if column.codes == name
    )
    head = f'<a id="codes-{name}"></a>\n\n### `{name}`\n\nFür: {used}.'
    return f"{head}\n\n| Schlüssel | Bedeutung |\n|---|---|\n{rows}"


def _number(value: int, unit: str | None) -> str:
    return str(value) if unit == "year" else f"{value:,}".replace(",", ".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    main()
