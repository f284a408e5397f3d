"""Fill the computed parts of docs/protection.md: settings and worked examples.

A part stands between `<!-- name ... -->` and `<!-- /name -->`; the text around it is
written by hand. The table of eight quarters comes from benchmarks/eight_quarters.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from kimeval.core.results import Results, Row
from kimeval.protect import Release, Rules, protect
from kimeval.protect.audit import Attack, View, attack
from kimeval.protect.cubes import Linked, Table, link
from kimeval.protect.methods.ptable import PTable, design_for, ptable
from kimeval.protect.methods.rounding import Rounding, base_for
from kimeval.protect.rules import DEFAULT_THRESHOLD, LEAST_THRESHOLD, METHODS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "protection.md"
PLACES, GENDERS, TOTAL = ("Amsel", "Buchen", "Erlen", "Linden"), ("Frauen", "Männer"), "insgesamt"
PERSONS = {("Amsel", "Frauen"): 3, ("Amsel", "Männer"): 31}
PERSONS |= {("Buchen", "Frauen"): 27, ("Buchen", "Männer"): 24}
PERSONS |= {("Erlen", "Frauen"): 9, ("Erlen", "Männer"): 12}
PERSONS |= {("Linden", "Frauen"): 44, ("Linden", "Männer"): 39}
LATER = PERSONS | {("Buchen", "Frauen"): 26, ("Linden", "Männer"): 48}
Counts = dict[tuple[str, str], int]


def page() -> str:
    """Text of docs/protection.md with each computed part made anew."""
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts().items():
        text = placed(text, name, part)
    return text


def parts() -> dict[str, str]:
    """Computed parts by name."""
    made = {"rules": settings(), "example": example(), "revision": revision()}
    return made | {"methods": methods()}


def placed(text: str, name: str, part: str) -> str:
    """A page with another part between the marks of a name."""
    marks = re.compile(rf"(<!-- {name}\b[^>]*-->)(.*?)(<!-- /{name} -->)", re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}\n\n{part}\n\n{found[3]}", text, count=1)


def settings() -> str:
    """What can be set, with its default and its range."""
    rules, loosest = Rules(), Rules(LEAST_THRESHOLD)
    count, percent = rules.dominance
    shown = {"safe": "werden gezeigt", "unsafe": "werden gesperrt"}
    rows = [
        (
            "Schwelle (`threshold`)",
            f"{rules.threshold} Personen",
            f"ab {LEAST_THRESHOLD}; unter {DEFAULT_THRESHOLD} nur mit Begründung",
        ),
        (
            "Schutzintervall (`spread`)",
            f"{rules.spread}: mindestens {rules.spread + 1} mögliche Werte",
            f"folgt aus der Schwelle; bei {loosest.threshold} sind es {loosest.spread + 1} Werte",
        ),
        ("Nullen (`zeros`)", shown[rules.zeros], shown["unsafe"]),
        (
            "Gruppen (`groups`)",
            "werden gesperrt, wo sie ganz in einer Zelle stehen" if rules.groups else "gezeigt",
            "werden gezeigt",
        ),
        (
            "Dominanz bei Beträgen (`dominance`)",
            f"die {count} größten Beiträge machen höchstens {percent:.0f} % aus",
            "1 oder 2 Beiträge, 50 bis unter 100 %",
        ),
        (
            "p-Prozent bei Beträgen (`p_percent`)",
            f"der größte Beitrag ist nicht auf {rules.p_percent:.0f} % genau bekannt",
            "1 bis 100 %",
        ),
        ("Verfahren (`method`)", f"`{rules.method}`", ", ".join(f"`{m}`" for m in METHODS)),
    ]
    return _table(("Einstellung", "Voreinstellung", "zulässig"), rows)


def example() -> str:
    """A table with one small count: true, hidden by itself only, and as it is published."""
    hidden = _hidden(protect(_results(PERSONS)).frame)
    small = {key for key, count in PERSONS.items() if count < DEFAULT_THRESHOLD}
    linked = link(_counts(PERSONS), [Table(("place", "gender"))])
    alone, guarded = _attacked(linked, small), _attacked(linked, hidden)
    pairs = ((alone, small), (guarded, hidden))
    found = [int(of.recovered[_cells(linked, keys)].sum()) for of, keys in pairs]
    return "\n\n".join(
        [
            "Die wahren Zahlen:",
            _places({key: str(count) for key, count in PERSONS.items()}),
            f"Ist nur die kleine Zahl gesperrt, ermittelt der Angriff {found[0]} von {len(small)}; "
            f"eine Zeile genügt ihm:",
            _places(_ranges(alone, linked, small)),
            f"So, wie kimeval die Tafel veröffentlicht, ermittelt er {found[1]} von {len(hidden)}. "
            f"In Klammern steht, welche Werte für Leser möglich bleiben:",
            _places(_ranges(guarded, linked, hidden)),
        ]
    )


def revision() -> str:
    """The same table again from a later delivery: what has changed and what is published."""
    first = Release(Rules())
    before = protect(_results(PERSONS), release=first).frame
    after = protect(_results(LATER), release=Release(Rules(), first.rows)).frame
    true = [_results(counts).frame["value"] for counts in (PERSONS, LATER)]
    changed = before.index[true[0] != true[1]]
    rows = [
        (before["group"][n] or TOTAL, *(f"{of[n]:.0f}" for of in true), *_pair(before, after, n))
        for n in changed
    ]
    head = ("Zeile", "wahr, zuerst", "wahr, später", "veröffentlicht, zuerst", "danach")
    return _table(head, rows)


def methods() -> str:
    """What rounding and the cell-key method may publish in place of small counts."""
    rounding, table = Rounding(base_for(DEFAULT_THRESHOLD)), ptable(design_for(DEFAULT_THRESHOLD))
    counts = np.arange(2.0 * DEFAULT_THRESHOLD)
    rounded = rounding.published(counts, np.zeros(len(counts)))
    rows = [
        (f"{count:.0f}", f"{near:.0f}", ", ".join(map(str, _overlaid(table, int(count)))))
        for count, near in zip(counts, rounded, strict=True)
    ]
    return _table(("wahre Zahl", "gerundet", "mit Cell-Key möglich"), rows)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"docs/{PAGE.name}")


def _results(counts: Counts) -> Results:
    made = [_row(sum(counts.values()))]
    for place in PLACES:
        made.append(_row(sum(counts[place, g] for g in GENDERS), "ags", place))
    for gender in GENDERS:
        made.append(_row(sum(counts[p, gender] for p in PLACES), "gender", gender))
    for (place, gender), count in counts.items():
        made.append(_row(count, "ags × gender", f"{place} × {gender}"))
    return Results.of(made)


def _row(count: int, dimension: str = "", group: str = "") -> Row:
    told = {"value": count, "numerator": count, "contributors": count}
    return Row("persons_reached", "2024Q3", "05370", dimension=dimension, group=group, **told)


def _hidden(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple(group.split(" × ")) for group in frame.loc[frame["suppressed"], "group"]}


def _counts(counts: Counts) -> pd.DataFrame:
    rows = [(place, gender, count) for (place, gender), count in counts.items()]
    return pd.DataFrame(rows, columns=["place", "gender", "count"])


def _attacked(linked: Linked, hidden: set) -> Attack:
    """What a reader finds out who knows that a hidden count is at least 1."""
    shown = linked.cells["count"].to_numpy(dtype=float)
    shown[_cells(linked, hidden)] = np.nan
    cells = len(shown)
    least, most = np.full(cells, float(Rules().least)), np.full(cells, np.inf)
    return attack(View(shown, linked.system.sums, least, most))


def _cells(linked: Linked, hidden: Iterable) -> np.ndarray:
    keys = list(linked.cells[["place", "gender"]].itertuples(index=False, name=None))
    return np.array([keys.index(key) for key in hidden], dtype=int)


def _ranges(found: Attack, linked: Linked, hidden: set) -> dict:
    """What a reader sees of each cell, with the values that stay possible."""
    seen = {key: str(count) for key, count in PERSONS.items()}
    for key in hidden:
        (at,) = _cells(linked, [key])
        low, high = f"{found.lowest[at]:.0f}", f"{found.highest[at]:.0f}"
        seen[key] = f". ({low})" if low == high else f". ({low} bis {high})"
    return seen


def _places(seen: dict) -> str:
    """Cells by place and gender, with their sums, as a table."""
    rows = [
        (
            place,
            *(seen[place, gender] for gender in GENDERS),
            str(sum(PERSONS[place, gender] for gender in GENDERS)),
        )
        for place in PLACES
    ]
    sums = [str(sum(PERSONS[place, gender] for place in PLACES)) for gender in GENDERS]
    return _table(("Ort", *GENDERS, TOTAL), [*rows, (TOTAL, *sums, str(sum(PERSONS.values())))])


def _overlaid(table: PTable, count: int) -> list[int]:
    reach = table.design.deviation
    moves = table.moves[min(count, len(table.moves) - 1)]
    return [count + step - reach for step in np.flatnonzero(moves > 0).tolist()]


def _pair(before: pd.DataFrame, after: pd.DataFrame, row: int) -> list[str]:
    hidden = [frame["suppressed"][row] for frame in (before, after)]
    values = [frame["value"][row] for frame in (before, after)]
    return ["." if no else f"{value:.0f}" for no, value in zip(hidden, values, strict=True)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
