"""What docs/scale.md says of measured numbers, in German."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

NAMES = {"sample": "Beispieldaten schreiben", "ingest": "Einlesen", "run": "Lauf"}
WORKERS = (2, 8, 32)
MINUTE = 60


def page_block(kept: dict, slopes: dict[str, float]) -> str:
    """Tables and sentences between the marks of the page."""
    steps = kept["steps"]
    parts = [measured_table(steps, kept["notebooks"]), slope_sentence(slopes), line_sentence(steps)]
    if state := kept.get("state"):
        parts += [state_sentence(state), plan_table(steps, state)]
    return "\n\n".join(parts)


def measured_table(steps: Sequence[dict], notebooks: Sequence[str]) -> str:
    """A row for each scale and step, over all measured areas."""
    head = (
        "Faktor",
        "Schritt",
        "Zeilen",
        "Prozessorsekunden",
        "größter Speicher in MiB",
        "geschrieben in MiB",
    )
    rows = []
    for scale in sorted({one["scale"] for one in steps}):
        for step, name in NAMES.items():
            ones = [one for one in steps if (one["scale"], one["step"]) == (scale, step)]
            rows.append(
                (
                    f"{scale:g}",
                    name,
                    number(sum(one["rows"] for one in ones)),
                    number(sum(one["busy"] for one in ones)),
                    number(max(one["peak_mib"] for one in ones)),
                    number(sum(one["disk_mib"] for one in ones)),
                )
            )
    areas = sorted({one["area"] for one in steps})
    told = f"Gebiete: {', '.join(areas)}. Notebooks: {', '.join(notebooks)}."
    return f"{told}\n\n{table(head, rows)}"


def slope_sentence(slopes: dict[str, float]) -> str:
    """Slopes of each step."""
    each = ", ".join(f"{NAMES[step]} {number(slopes[step], 2)}" for step in NAMES)
    return (
        f"Steigung des Logarithmus der Zeit über dem der Zeilen: {each}; alle drei zusammen "
        f"{number(slopes['all'], 2)}. Bei 1 wächst die Zeit mit den Zeilen, darunter langsamer."
    )


def line_sentence(steps: Sequence[dict]) -> str:
    """What an area costs in any case, and what its rows add."""
    lines = {step: line_of(steps, step, "busy") for step in NAMES}
    each = "; ".join(
        f"{NAMES[step]} {number(fixed, 1)} und {number(10_000 * more, 2)}"
        for step, (fixed, more) in lines.items()
    )
    return f"Prozessorsekunden je Gebiet, und dazu je 10.000 Zeilen: {each}."


def state_sentence(state: dict) -> str:
    """The sample of the whole state."""
    return (
        f"Alle {len(state['rows'])} Gebiete mit Faktor {state['scale']:g}: "
        f"{number(sum(state['rows'].values()))} Zeilen, geschrieben in "
        f"{number(state['busy'])} Prozessorsekunden, größter Speicher "
        f"{number(state['peak_mib'])} MiB, auf der Platte {number(state['disk_mib'])} MiB."
    )


def plan_table(steps: Sequence[dict], state: dict) -> str:
    """Time of a quarter of all areas by number of workers, disk, memory of a worker."""
    largest = max(one["scale"] for one in steps)
    growth = rows_at(steps, largest) / rows_at(steps, state["scale"])
    rows = [count * growth for count in state["rows"].values()]
    busy = {step: expected(steps, step, "busy", rows) for step in NAMES}
    disk = {step: expected(steps, step, "disk_mib", rows) for step in NAMES}
    memory = max(one["peak_mib"] for one in steps if one["step"] != "sample")
    longest = sum(expected(steps, step, "busy", [max(rows)]) for step in ("ingest", "run"))
    whole = busy["ingest"] + busy["run"]
    told = f"{number(sum(rows))} Zeilen" + (
        f", hochgerechnet von Faktor {state['scale']:g} mit dem Verhältnis der gemessenen Gebiete"
        if growth != 1
        else ""
    )
    most = max(one["rows"] for one in steps)
    beyond = f"Das größte Gebiet hat {number(max(rows))} Zeilen, gemessen ist bis {number(most)}."
    head = ("Prozesse, die Gebiete rechnen", "Minuten für ein Quartal")
    times = [(number(count), number(max(whole / count, longest) / MINUTE)) for count in WORKERS]
    return (
        f"Erwartet für alle Gebiete mit Faktor {largest:g} ({told}): Beispieldaten "
        f"{number(busy['sample'] / MINUTE)}, Einlesen {number(busy['ingest'] / MINUTE)} und Lauf "
        f"{number(busy['run'] / MINUTE)} Prozessorminuten; Lieferungen {number(disk['sample'])}, "
        f"Datenstände {number(disk['ingest'])} und eine Fassung der Ausgaben "
        f"{number(disk['run'])} MiB. Ein Prozess brauchte bis {number(memory)} MiB. "
        f"{beyond}\n\n"
        f"{table(head, times)}"
    )


def rows_at(steps: Sequence[dict], scale: float) -> int:
    """Delivered rows of all measured areas at a scale."""
    return sum(one["rows"] for one in steps if (one["scale"], one["step"]) == (scale, "sample"))


def line_of(steps: Sequence[dict], step: str, what: str) -> tuple[float, float]:
    """What an area costs in any case, and what each row adds, by least squares."""
    ones = [one for one in steps if one["step"] == step]
    each, fixed = np.polyfit([one["rows"] for one in ones], [one[what] for one in ones], 1)
    return float(fixed), float(each)


def expected(steps: Sequence[dict], step: str, what: str, rows: Sequence[float]) -> float:
    """Sum over areas of what the line says for their rows."""
    fixed, each = line_of(steps, step, what)
    return fixed * len(rows) + each * sum(rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float, places: int = 0) -> str:
    """A number as German texts write it."""
    text = f"{value:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,"))
