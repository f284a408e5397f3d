"""One side of the comparison of runs, in a process of its own.

`python suite_sides.py SIDE PROJECT OUT NOTEBOOKS AREAS`, the last two with commas.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

QUARTER = "2024Q3"
Pair = tuple[str, str]


def execute_plainly(project: Path, out: Path, pair: Pair) -> None:
    """One notebook as a user of papermill would run it, in a plain kernel."""
    import papermill

    area, name = pair
    (folder := out / area).mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        project / "notebooks" / f"{name}.ipynb",
        folder / f"{name}.ipynb",
        parameters={"quarter": QUARTER, "area": area},
        kernel_name="python3",
        progress_bar=False,
        cwd=project,
    )


def loop(project: Path, out: Path, pairs: list[Pair]) -> None:
    """Papermill, one notebook after the other."""
    for pair in pairs:
        execute_plainly(project, out, pair)


def pool(project: Path, out: Path, pairs: list[Pair]) -> None:
    """Papermill in two processes."""
    with get_context("spawn").Pool(2) as two:
        two.map(partial(execute_plainly, project, out), pairs, chunksize=1)


def suite(project: Path, out: Path, pairs: list[Pair]) -> None:
    """The suite's engine: executed notebooks, cleaned and written, and nothing else."""
    from kimeval.run.warm.forks import warm_kernels

    with warm_kernels(workers=True) as forks:
        forks.begin()  # the parent imports while this process does
        from suite_engine import Silent, execute_area

        from kimeval.core.project import Project
        from kimeval.run.area_progress import AreaProgress
        from kimeval.run.area_task import Task
        from kimeval.run.machine import usable_cores
        from kimeval.run.plan import Request
        from kimeval.run.publish import clear_stages
        from kimeval.run.side_by_side import side_by_side

        at = Project(project)
        names = tuple(dict.fromkeys(name for _, name in pairs))
        codes = list(dict.fromkeys(area for area, _ in pairs))
        tasks = [Task(Request(QUARTER, code, names, trust=("all",))) for code in codes]
        at.outputs.mkdir(exist_ok=True)
        clear_stages(at.outputs)
        shown = AreaProgress(Silent(), dict.fromkeys(codes, len(names)))
        with side_by_side(usable_cores(), at, tasks, shown, act=execute_area) as results:
            for result in results:
                assert result.status == "published", result.message


def floor(project: Path, out: Path, pairs: list[Pair]) -> None:
    """The same cells as scripts, in as many warm processes as there are cores.

    Each last value of a cell is put into the forms that a notebook shows it in.
    """
    from kimeval.run.machine import usable_cores
    from kimeval.run.warm.stack import import_stack

    import_stack()
    with get_context("fork").Pool(usable_cores()) as warm:
        warm.map(partial(script, project), pairs, chunksize=1)


def script(project: Path, pair: Pair) -> None:
    """Run the cells of a notebook as a script."""
    from IPython.core.formatters import DisplayFormatter

    area, name = pair
    notebook = json.loads((project / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = DisplayFormatter()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            for value in values("".join(cell["source"]), names):
                shown.format(value)
            if "parameters" in cell["metadata"].get("tags", []):
                names |= {"quarter": QUARTER, "area": area}


def values(source: str, names: dict[str, Any]) -> Iterator[Any]:
    """Run a cell; its last value, if it has one."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if isinstance(last, ast.Expr):
        yield eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


SIDES = {"loop": loop, "pool2": pool, "suite": suite, "floor": floor}


def main() -> None:
    side, project, out, notebooks, areas = sys.argv[1:]
    os.environ["KIMEVAL_HOME"] = project
    pairs = [(area, name) for area in areas.split(",") for name in notebooks.split(",")]
    SIDES[side](Path(project), Path(out), pairs)


if __name__ == "__main__":
    main()
