"""How every estimator of outcomes and effects does where the truth is known.

    python benchmarks/simulate.py [--draws 1000] [--seed 8] [--only areas series] [--write]

Runs the cases of the modules below, prints one table per module and, with `--write`, puts
each between its marks in its page. The last line is JSON. `worst_coverage` is the coverage
farthest from 0.95 and `worst_false_positive` the highest share, both over the regimes in
which an estimator answers without a warning in most draws; a bound that is wide on purpose
counts only where it holds too rarely.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from coverage_of_truths import markdown_table, placed
from simulated import COVERED, MOST_FALSE_POSITIVE, Case, Simulated

DOCS = Path(__file__).resolve().parents[1] / "docs"
DRAWS, SEED = 1_000, 8
WIDE = "mindestens 95"
LOST = 0.995
HEAD = ("Verfahren", "Lage", "Verzerrung", "Deckung", "falsch positiv", "verweigert", "gewarnt")


@dataclass(frozen=True)
class Part:
    """A module of cases, and the page that shows its table.

    Attributes
    ----------
    module, page, mark : str
        The module's name, the file's below docs/, and the name of its marks there.
    """

    module: str
    page: str
    mark: str


PARTS = {
    "outcomes": Part("truths_outcomes", "outcomes.md", "measured"),
    "areas": Part("simulated_areas", "effects.md", "simulated-areas"),
    "series": Part("simulated_series", "effects.md", "simulated-series"),
    "people": Part("simulated_people", "effects.md", "simulated-people"),
}
Done = tuple[Case, Simulated]


def simulate(name: str, draws: int = DRAWS, seed: int = SEED) -> list[Done]:
    """Run every case of a part."""
    cases: Iterable[Case] = import_module(PARTS[name].module).CASES
    return [(case, case.run(draws, seed)) for case in cases]


def table(done: Sequence[Done], draws: int) -> str:
    """A Markdown table, one line per estimator and regime, and how often was drawn."""
    rows = [
        (
            case.estimator,
            case.regime,
            _number(found.bias, 3),
            _percent(found.coverage),
            _percent(found.false_positive),
            "immer" if found.refused > LOST else _percent(found.refused) if found.refused else "",
            _percent(found.warned) if found.warned else "",
        )
        for case, found in done
    ]
    error = _percent((0.05 * 0.95 / draws) ** 0.5)
    many = f"{draws:,}".replace(",", ".")
    note = f"{many} Ziehungen je Zeile; Standardfehler einer Deckung von 95: {error}."
    return f"{markdown_table(HEAD, rows)}\n\n{note}"


def summary(done: Sequence[Done]) -> dict[str, float | int | None]:
    """The figures of the last line."""
    sure = [(case, found) for case, found in done if found.warned < 0.5]
    covered = [
        found.coverage
        for case, found in sure
        if found.coverage is not None
        and not (WIDE in case.estimator and found.coverage >= COVERED[0])
    ]
    false = [found.false_positive for _, found in sure if found.false_positive is not None]
    refused = sum(found.refused > LOST for _, found in done)
    return {
        "estimators": len({case.estimator for case, _ in done}),
        "regimes": len(done),
        "worst_coverage": _rounded(max(covered, key=lambda share: abs(share - 0.95), default=None)),
        "worst_false_positive": _rounded(max(false, default=None)),
        "refused": refused,
        "warned": sum(found.warned >= 0.5 for _, found in done),
        "outside": sum(not kept(case, found) for case, found in sure),
    }


def kept(case: Case, found: Simulated, slack: float = 0.0) -> bool:
    """Whether an answered case lies where it should, with some slack for few draws."""
    low, high = COVERED[0] - slack, COVERED[1] + slack
    high = 1.0 if WIDE in case.estimator else high
    covered = found.coverage is None or low <= found.coverage <= high
    quiet = found.false_positive is None or found.false_positive <= MOST_FALSE_POSITIVE + slack
    return covered and quiet


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or write them into their pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--write", action="store_true", help="put the tables into the pages")
    given = parser.parse_args(arguments)
    done: list[Done] = []
    begun = time.perf_counter()
    for name in given.only:
        part = simulate(name, given.draws, given.seed)
        done += part
        print(f"## {name}\n\n{table(part, given.draws)}\n", flush=True)
        page = DOCS / PARTS[name].page
        if given.write and page.is_file():
            text = placed(
                page.read_text(encoding="utf-8"), PARTS[name].mark, table(part, given.draws)
            )
            page.write_text(text, encoding="utf-8", newline="\n")
    seconds = round(time.perf_counter() - begun)
    told = {"benchmark": "simulate", "draws": given.draws, "seconds": seconds, **summary(done)}
    print(json.dumps(told))


def _percent(share: float | None) -> str:
    return _number(None if share is None else 100 * share, 1)


def _number(value: float | None, places: int) -> str:
    if value is None:
        return "–"
    return f"{value:.{places}f}".replace(".", ",").replace("-0,000", "0,000").replace("-", "−")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    main()
