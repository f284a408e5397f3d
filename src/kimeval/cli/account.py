"""The account of an ingest on one page (Kontenbuch): counts for evaluators, not for publication."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kimeval.cli.texts import from_here, printable
from kimeval.cli.units import Units, count_units

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from kimeval.data.ledger import Ledger
    from kimeval.data.vintages import Vintage

WIDTH = 80
GUTTER = 17
NUMBER = 6
TEXT = WIDTH - GUTTER - NUMBER - 1
FILE = 40
NOTHING = [f"{0:>{NUMBER}}"]
COUNTS = {"rows_in": "in", "rows_kept": "kept", "rows_merged": "merged", "rows_set_aside": "aside"}
SEEN = "only_active_seen"


@dataclass(frozen=True)
class Section:
    """A part of the account: English name, German term, lines (Abschnitt)."""

    name: str
    term: str
    lines: Sequence[str]

    def laid_out(self) -> Iterator[str]:
        """Its lines, with the names before them; nothing where it has none."""
        labels = [self.name, f"({self.term})"] if self.term else [self.name]
        for place in range(max(len(labels), len(self.lines)) if self.lines else 0):
            label = labels[place] if place < len(labels) else ""
            line = self.lines[place] if place < len(self.lines) else ""
            yield f"{label:<{GUTTER}}{line}".rstrip()


def account_lines(vintage: Vintage) -> Iterator[str]:
    """The account of a vintage: what became of each row, and what to do next."""
    ledger = vintage.ledger
    yield f"{vintage.area}, as of {vintage.as_of}{', synthetic' if vintage.synthetic else ''}"
    yield from _files(ledger.accounts)
    yield ""
    for section in [*_rows(ledger), *_people(vintage, ledger), *_next(vintage, ledger)]:
        yield from section.laid_out()


def _files(accounts: pd.DataFrame) -> Iterator[str]:
    """What came in per file and what became of it."""
    yield f"{'file (Datei)':<{FILE}}" + "".join(f"{name:>10}" for name in COUNTS.values())
    for row in accounts.to_dict("records"):
        yield _file_line(printable(row["file"]), [row[name] for name in COUNTS])
    if len(accounts) > 1:
        yield _file_line("all files (Summe)", [int(accounts[name].sum()) for name in COUNTS])


def _file_line(name: str, counts: Sequence[int]) -> str:
    if len(name) >= FILE:
        name = f"{name[: FILE - 18]}…{name[-16:]}"
    return f"{name:<{FILE}}" + "".join(f"{count:>10,}" for count in counts)


def _rows(ledger: Ledger) -> Iterator[Section]:
    """What cleaning did to rows and cells, and what it found in those it kept."""
    from kimeval.data.ledger import rule_texts

    texts = rule_texts()
    mended = _ranked(ledger.repairs, "rule", "cells", texts["repairs"], 3)
    aside = _ranked(ledger.reasons, "reason", "rows", texts["reasons"], 4)
    merged = int(ledger.accounts["rows_merged"].sum())
    found = ledger.findings[ledger.findings["rule"] != SEEN]
    against = _ranked(found, "rule", "rows", texts["findings"], 4)
    repeats = _counted(merged, "rows that repeat or complete a kept one (zusammengeführt)")
    yield Section("mended cells", "Reparaturen", mended or NOTHING)
    yield Section("merged rows", "", repeats if merged else NOTHING)
    yield Section("rows set aside", "zurückgestellt", aside or NOTHING)
    yield Section("contradictions", "Widersprüche", against or NOTHING)


def _ranked(
    table: pd.DataFrame, by: str, count: str, texts: dict[str, str], most: int
) -> list[str]:
    """Counts with the German text of their rule, the most frequent first."""
    totals = table.groupby(by)[count].sum().sort_values(ascending=False, kind="stable")
    most = len(totals) if len(totals) <= most + 1 else most
    lines = []
    for rule, number in totals.head(most).items():
        lines += _counted(number, texts.get(str(rule), str(rule)))
    if more := len(totals) - most:
        text = f"by {more} more rules (weitere Regeln), see 01_data_quality"
        lines += _counted(totals.iloc[most:].sum(), text)
    return lines


def _counted(number: int, text: str) -> list[str]:
    """A number and what it counts; words only break between them."""
    first, *rest = textwrap.wrap(text, TEXT, break_long_words=False, break_on_hyphens=False)
    return [f"{number:>{NUMBER},} {first}", *(f"{'':>{NUMBER}} {line}" for line in rest)]


def _people(vintage: Vintage, ledger: Ledger) -> Iterator[Section]:
    """Persons recognised across providers, and the units."""
    units = count_units(vintage)
    yield Section("persons", "Personen", [*_recognised(ledger, units), *_doubtful(vintage.review)])
    yield Section("units", "Einheiten", list(units.lines()))
    yield Section("only active", "", _only_active(ledger))


def _recognised(ledger: Ledger, units: Units) -> list[str]:
    """Persons recorded, and those known to several providers by pair."""
    if not units.recorded:
        return []
    lines = _counted(units.persons, f"in {units.recorded:,} records (Datensätze)")
    pairs = [
        f"{row['provider']}+{row['other']} {row['persons']:,}"
        for row in ledger.linked.sort_values("persons", ascending=False).to_dict("records")
        if row["persons"]
    ]
    if pairs:
        lines += _counted(units.shared, f"known to two: {', '.join(pairs)}")
    return lines


def _doubtful(review: Path | None) -> list[str]:
    """Pairs that a person has to decide, and where."""
    if review is None or not (pairs := _undecided(review)):
        return []
    return _counted(pairs, f"doubtful (Zweifelsfälle): {from_here(review)}")


def _undecided(review: Path) -> int:
    from kimeval.data.link.review import GERMAN

    with review.open(encoding="utf-8-sig", newline="") as sheet:
        rows = csv.DictReader(sheet, delimiter=";")
        return sum(not (row[GERMAN["decision"]] or "").strip() for row in rows)


def _only_active(ledger: Ledger) -> list[str]:
    """Exports without closed cases, and what follows from that."""
    accounts, found = ledger.accounts, ledger.findings
    said = set(accounts.loc[accounts["only_active"], "provider"])
    seen = set(found.loc[found["rule"] == SEEN, "provider"])
    lines = []
    for name in sorted(said | seen):
        lines.append(f"{name}: no closed cases, durations (Dauern) from it are biased")
        if name not in said:
            lines.append(f"{'':>{len(name)}}  if so, its profile should say only_active = true")
    return lines


def _next(vintage: Vintage, ledger: Ledger) -> Iterator[Section]:
    """What to send back, and what was frozen."""
    if files := vintage.set_aside:
        rows = int(ledger.accounts["rows_set_aside"].sum())
        place = from_here(files[0] if len(files) == 1 else files[0].parent)
        yield Section("send back", "", _counted(rows, f"rows in {place}"))
    digest = f"sha256 {vintage.digest[:16]}"
    yield Section("vintage", "", [f"{from_here(vintage.path)}, {digest}"])
