"""Generated deliveries of any size with planted, counted faults (erzeugte Lieferungen).

All persons are synthetic. A row follows from the seed and its number alone, so
files of any size are written in blocks and memory stays bounded.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from events import AS_OF, Columns, cases_rows, contacts_rows, days, pick

HERE = Path(__file__).parent
AT_ONCE = 400_000
MISSING = ["", "-", "k. A."]
TOP = [
    "Kommunales Integrationszentrum - Fallverwaltung",
    "Synthetische Daten, keine echten Personen",
]


@dataclass
class Written:
    """What was written to one file (geschriebene Datei).

    Attributes
    ----------
    rows : int
        Rows behind the header, footnote not counted.
    planted : Counter
        Rows by kind of fault.
    mended : Counter
        Cells by column and kind that cleaning mends.
    repeated : list of str
        Lines that stand at the end of the file.
    """

    rows: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    repeated: list[str] = field(default_factory=list)

    def truth(self) -> dict[str, Any]:
        """Rows and what must become of them."""
        merged = self.planted["exact_duplicate"]
        aside = self.planted.total() - merged
        rows = {"rows_in": self.rows, "rows_kept": self.rows - merged - aside}
        rows |= {"rows_merged": merged, "rows_set_aside": aside}
        return rows | {"planted": dict(self.planted), "mended": dict(self.mended)}


def write_delivery(
    folder: Path, events: int, encoding: str = "cp1252", seed: int = 1
) -> dict[str, Any]:
    """Write a delivery of `events` contacts and a tenth as many cases.

    Parameters
    ----------
    folder : Path
        Gets `delivery/`, `profiles/` and `truth.json`.
    events : int
        Contacts, before repeated rows.
    encoding : str
        cp1252, or utf-8 with decomposed characters among the faults.
    seed : int
        Two deliveries of one seed and size are the same bytes.

    Returns
    -------
    dict
        By file: rows, what must become of them, planted faults and cells to mend.
    """
    delivery, profiles = folder / "delivery", folder / "profiles"
    delivery.mkdir(parents=True)
    profiles.mkdir()
    sheet = f'area = "05370"\nas_of = {AS_OF}\nsynthetic = true\nprofiles = ["benchmark"]\n'
    (delivery / "delivery.toml").write_text(f"# Synthetische Daten\n{sheet}", encoding="utf-8")
    profile = (HERE / "benchmark.toml").read_text(encoding="utf-8")
    (profiles / "benchmark.toml").write_text(profile.replace("cp1252", encoding), encoding="utf-8")
    cases = max(1, events // 10)
    blocks = {"faelle": (cases_rows, cases), "kontakte": (contacts_rows, events)}
    truth = {}
    for kind, (block, rows) in blocks.items():
        columns = (block(at, cases, events, seed) for at in _blocks(rows))
        name = f"ki_{kind}.csv"
        truth[name] = _write(delivery / name, columns, kind, encoding, seed).truth()
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    return truth


def _blocks(rows: int) -> Iterator[np.ndarray]:
    for start in range(0, rows, AT_ONCE):
        yield np.arange(start, min(start + AT_ONCE, rows))


def _write(path: Path, blocks: Iterator[Columns], kind: str, encoding: str, seed: int) -> Written:
    declared = tomllib.loads((HERE / "faults.toml").read_text(encoding="utf-8"))[kind]
    if encoding != "utf-8":
        del declared["mended"]["unicode"]
    done, end = Written(), "\r\n"
    with path.open("w", encoding=encoding, newline="") as file:
        for number, columns in enumerate(blocks):
            if number == 0:
                date = f"Stand: {AS_OF:%d.%m.%Y}"
                file.write(end.join([*TOP, date, "", ";".join(columns)]) + end)
            lines = _spoiled(columns, declared, np.random.default_rng([seed, number]), done)
            file.write(end.join(lines.to_pylist()) + end)
            done.rows += len(lines)
        done.rows += len(done.repeated)
        file.writelines(line + end for line in done.repeated)
        file.write(f"Ende der Liste ({done.rows} Datensätze){end}")
    return done


def _spoiled(
    columns: Columns, declared: dict[str, Any], rng: np.random.Generator, done: Written
) -> pa.Array:
    """Lines of a block with its faults; what was planted is added to `done`."""
    faults = {kind: fault for kind, fault in declared.items() if kind != "mended"}
    rows = len(next(iter(columns.values())))
    bounds = np.cumsum([fault["per_mille"] for fault in faults.values()]) / 1000
    drawn = np.searchsorted(bounds, rng.random(rows), side="right")
    spoiled = _mended(columns, declared["mended"], drawn == len(faults), rng, done)
    for number, (kind, fault) in enumerate(faults.items()):
        mine = drawn == number
        if kind == "order_of_dates":
            mine &= _texts_differ(columns["Abschluss"], "")
        done.planted[kind] += int(mine.sum())
        wrong = _wrong(spoiled, kind, fault)
        if kind in ("exact_duplicate", "key_conflict"):
            done.repeated += _lines(wrong).filter(pa.array(mine)).to_pylist()
        elif kind != "row_too_long":
            column = fault["column"]
            spoiled = spoiled | {column: pc.if_else(mine, wrong[column], spoiled[column])}
    lines = _lines(spoiled)
    long = drawn == list(faults).index("row_too_long")
    return pc.if_else(long, pc.binary_join_element_wise(lines, "siehe oben", "x", ";"), lines)


def _wrong(columns: Columns, kind: str, fault: dict[str, Any]) -> Columns:
    """The columns as if every row had this fault."""
    if "column" not in fault:
        return columns
    if kind == "order_of_dates":
        opened = pc.index_in(columns["Aufnahme"], value_set=days()).fill_null(50)
        texts = days().take(pc.subtract(opened, 40))
    else:
        texts = pick(fault["texts"], np.arange(len(columns[fault["column"]])))
    return columns | {fault["column"]: texts}


def _mended(
    columns: Columns,
    declared: dict[str, Any],
    clean: np.ndarray,
    rng: np.random.Generator,
    done: Written,
) -> Columns:
    """Some texts of clean rows in a form that cleaning must mend."""
    forms = {
        "ags_zero": lambda texts: pc.utf8_ltrim(texts, "0"),
        "spaces": lambda texts: pc.binary_join_element_wise(texts, "\u00a0", ""),
        "invisible": lambda texts: pc.binary_join_element_wise(texts, "\u00ad", ""),
        "unicode": lambda texts: pc.utf8_normalize(texts, "NFD"),
    }
    for kind, fault in declared.items():
        name = fault["column"]
        texts, other = columns[name], forms[kind](columns[name])
        mine = clean & (rng.random(len(clean)) < fault["per_mille"] / 1000)
        mine &= ~pc.is_in(texts, pa.array(MISSING)).to_numpy(zero_copy_only=False)
        mine &= _texts_differ(other, texts)
        done.mended[f"{name}: {kind}"] += int(mine.sum())
        columns = columns | {name: pc.if_else(mine, other, texts)}
    return columns


def _lines(columns: Columns) -> pa.Array:
    return pc.binary_join_element_wise(*columns.values(), ";")


def _texts_differ(one: pa.Array, other: pa.Array | str) -> np.ndarray:
    return pc.not_equal(one, other).to_numpy(zero_copy_only=False)
