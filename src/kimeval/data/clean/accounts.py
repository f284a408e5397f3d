"""The ledger of one kind of file, from the fates of its rows (Konten)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from kimeval.core import schema
from kimeval.data.clean.assemble import Assembled
from kimeval.data.clean.columns import REASONS, ReadColumn, reading_of
from kimeval.data.clean.fates import KEPT, MERGED, SET_ASIDE, Fates, Read
from kimeval.data.clean.keys import nearest_code
from kimeval.data.clean.rows import Rows
from kimeval.data.ledger import ACCOUNTS, REPAIRS, SKIPPED, Ledger, table_of
from kimeval.data.ledger import REASONS as REASON_COLUMNS
from kimeval.data.profiles import FileSpec, Profile

Mended = tuple[str, str, str, int]
ASIDE = {"line": "int64", "reason": "str", "column": "str", "hint": "str", "text": "str"}


def account(
    rows: Rows,
    read: Read,
    fates: Fates,
    made: Assembled,
    spec: FileSpec,
    profile: Profile,
    aside: Mapping[str, pd.DataFrame],
) -> Ledger:
    """Count what became of every row and cell.

    Parameters
    ----------
    rows : Rows
        Text and files.
    read : mapping by canonical table and column
        With the repairs made.
    fates : Fates
        Of the rows.
    made : Assembled
        With the rows whose attributes another row replaced.
    spec, profile : FileSpec, Profile
        For titles and provider.
    aside : mapping by file
        Rows set aside.

    Returns
    -------
    Ledger
    """
    mended = [*cells_mended(rows, read), *_replaced(rows, made)]
    return ledger_of(counts_of(rows, fates), mended, aside, spec, profile)


def ledger_of(
    counts: Mapping[str, Mapping[str, int]],
    mended: Iterable[Mended],
    aside: Mapping[str, pd.DataFrame],
    spec: FileSpec,
    profile: Profile,
) -> Ledger:
    """The ledger from counts by file, mended cells and rows set aside."""
    known = {
        "title": spec.title,
        "provider": profile.provider,
        "unit": spec.unit,
        "only_active": spec.only_active,
    }
    numbers = dict.fromkeys([name for name, kind in ACCOUNTS.items() if kind == "int64"], 0)
    accounts = [numbers | known | {"file": name} | dict(of) for name, of in counts.items()]
    return Ledger(
        accounts=table_of(accounts, ACCOUNTS),
        repairs=_summed(mended),
        reasons=_reasons(aside),
    )


def rows_set_aside(rows: Rows, read: Read, fates: Fates, spec: FileSpec) -> dict[str, pd.DataFrame]:
    """Rows to send back, by file: line, reason, column, hint and text as delivered.

    They hold personal data and go to the provider only.
    """
    aside = {}
    for file, mine in zip(rows.files, rows.ranges, strict=True):
        chosen = np.flatnonzero(fates.fate[mine] == SET_ASIDE) + mine.start
        columns = [_german(*fates.columns[place]) for place in fates.column[chosen]]
        found = pd.DataFrame(
            {
                "line": rows.lines[chosen],
                "reason": [REASONS[place] for place in fates.reason[chosen]],
                "column": columns,
                "hint": _hints(rows, read, fates, spec, chosen),
                "text": rows.text_of(chosen, file, spec.separator),
            }
        ).astype(ASIDE)
        uneven = file.uneven.assign(column="", hint="")[list(ASIDE)].astype(ASIDE)
        together = pd.concat([found, uneven], ignore_index=True)
        aside[file.name] = together.sort_values("line", kind="stable", ignore_index=True)
    return aside


def _german(table: str, column: str) -> str:
    return schema.table(table).column(column).german if table else ""


def _hints(rows: Rows, read: Read, fates: Fates, spec: FileSpec, chosen: np.ndarray) -> list[str]:
    """For a code that is not known: the German label that comes nearest."""
    hints = np.full(len(chosen), "", dtype=object)
    unknown = fates.reason[chosen] == REASONS.index("code_unknown")
    for place in np.unique(fates.column[chosen[unknown]]):
        table, name = fates.columns[place]
        fed = next(entry for entry in spec.table if entry.name == table)
        reading = reading_of(name, fed, spec, NO_DAY)
        mine = unknown & (fates.column[chosen] == place)
        texts = rows.columns[fed.file_column(name)].at(chosen[mine])
        known = {text: nearest_code(text, reading) or "" for text in set(texts)}
        hints[mine] = [known[text] for text in texts]
    return list(hints)


NO_DAY = pd.Timestamp.max.date()


def counts_of(rows: Rows, fates: Fates) -> dict[str, dict[str, int]]:
    """Lines and rows of each file by what became of them."""
    counts = {}
    for file, mine in zip(rows.files, rows.ranges, strict=True):
        fate = np.bincount(fates.fate[mine], minlength=3)
        counts[file.name] = {
            "lines": file.records,
            **{kind: file.skipped.get(kind, 0) for kind in SKIPPED},
            "rows_in": file.rows + len(file.uneven) + file.joined,
            "rows_kept": int(fate[KEPT]),
            "rows_merged": int(fate[MERGED]) + file.joined,
            "rows_set_aside": int(fate[SET_ASIDE]) + len(file.uneven),
        }
    return counts


def cells_mended(rows: Rows, read: Read) -> Iterator[Mended]:
    """Cells mended by file, German column and rule."""
    for file in rows.files:
        yield file.name, "", "trailing_cells", file.trimmed
    sources = {
        column.source: (schema.table(table).column(name).german, column)
        for table, columns in read.items()
        for name, column in columns.items()
    }
    for german, column in sources.values():
        for file, mine in zip(rows.files, rows.ranges, strict=True):
            for rule, cells in _cells_by_rule(column, mine).items():
                yield file.name, german, rule, cells


def _replaced(rows: Rows, made: Assembled) -> Iterator[Mended]:
    numbers = rows.file_numbers
    replaced = {schema.table(table).german: found for table, found in made.differing.items()}
    for german, found in replaced.items():
        counts = np.bincount(numbers[found], minlength=len(rows.files))
        for file, count in zip(rows.files, counts, strict=True):
            yield file.name, german, "attributes_differ", int(count)
    family = np.bincount(numbers[made.family], minlength=len(rows.files))
    for file, count in zip(rows.files, family, strict=True):
        yield file.name, schema.table("cases").german, "family_row", int(count)


def _cells_by_rule(column: ReadColumn, mine: slice) -> dict[str, int]:
    if not column.rules:
        return {}
    if column.codes is None:
        inside = {r: (at >= mine.start) & (at < mine.stop) for r, at in column.rules.items()}
        return {rule: int(found.sum()) for rule, found in inside.items()}
    cells = np.bincount(column.codes[mine], minlength=len(column.typed))
    return {rule: int(cells[at].sum()) for rule, at in column.rules.items()}


def _summed(mended: Iterable[Mended]) -> pd.DataFrame:
    records = [dict(zip(REPAIRS, record, strict=True)) for record in mended if record[-1]]
    made = table_of(records, REPAIRS)
    return made.groupby(["file", "column", "rule"], as_index=False, sort=False).sum()


def _reasons(aside: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    counted = [
        {"file": name, "column": column, "reason": reason, "rows": len(rows)}
        for name, frame in aside.items()
        for (reason, column), rows in frame.groupby(["reason", "column"])
    ]
    return table_of(counted, REASON_COLUMNS)
