"""The form of every notebook: thin, one question, no logic, no stored output."""

import ast
import copy
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
TYPES = {"str", "int", "float", "bool", "list[str]"}
LAST = "Was diese Zahlen nicht zeigen"
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With)
LOGIC += (ast.For, ast.While, ast.If, ast.IfExp, ast.Match, ast.ListComp, ast.DictComp)
LOGIC += (ast.SetComp, ast.GeneratorExp)


def source(cell: dict) -> str:
    return "".join(cell["source"])


def headings(notebook: dict, level: int) -> list[str]:
    marks = re.compile(rf"^{'#' * level} +(.+?)\s*$", re.MULTILINE)
    texts = [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return [found for text in texts for found in marks.findall(text)]


def code_cells(notebook: dict) -> list[dict]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def is_parameters(cell: dict) -> bool:
    return "parameters" in cell.get("metadata", {}).get("tags", [])


def complaints(notebook: dict) -> list[str]:
    """What a notebook breaks; empty where it keeps its form."""
    return [
        *title_complaints(notebook),
        *parameter_complaints(notebook),
        *[text for cell in code_cells(notebook) for text in cell_complaints(cell)],
        *file_complaints(notebook),
    ]


def title_complaints(notebook: dict) -> list[str]:
    first = notebook["cells"][0]
    found = []
    if len(headings(notebook, 1)) != 1:
        found.append("exactly one H1")
    if first["cell_type"] != "markdown" or not source(first).startswith("# "):
        found.append("the title is the first cell")
    if headings(notebook, 2)[-1:] != [LAST]:
        found.append(f"the last H2 is {LAST}")
    return found


def parameter_complaints(notebook: dict) -> list[str]:
    cells = notebook["cells"]
    places = [number for number, cell in enumerate(cells) if is_parameters(cell)]
    if len(places) != 1 or places[0] > 2 or cells[places[0]]["cell_type"] != "code":
        return ["exactly one code cell tagged parameters among the first three"]
    lines = [line for line in source(cells[places[0]]).splitlines() if line.strip()]
    found = [f"a parameter reads `name: type = default  # help`: {x}" for x in lines if not fits(x)]
    if not [cell for cell in cells[places[0] + 1 :] if cell["cell_type"] == "code"]:
        found.append("a code cell follows the parameters")
    return found if lines else ["the parameters cell is not empty"]


def fits(line: str) -> bool:
    """Whether a line declares one parameter with an allowed type and a help text."""
    match = re.fullmatch(r"[a-z_]+: (\S+) = (.+?)  # \S.*", line)
    if not match or match[1] not in TYPES:
        return False
    try:
        value = ast.literal_eval(match[2])
    except (ValueError, SyntaxError):
        return False
    if match[1] == "list[str]":
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return type(value).__name__ == match[1]


def cell_complaints(cell: dict) -> list[str]:
    text = source(cell)
    found = []
    if len(text.strip().splitlines()) > 6:
        found.append("a code cell has at most six lines")
    if cell["outputs"] or cell["execution_count"] is not None:
        found.append("no outputs and no execution count")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return [*found, "a code cell is plain Python without magics"]
    nodes = list(ast.walk(tree))
    if any(isinstance(node, LOGIC) for node in nodes):
        found.append("no logic in a cell")
    imports = [ast.unparse(n) for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    if set(imports) - {"import kimeval as ke"}:
        found.append("no import but kimeval as ke")
    return found


def file_complaints(notebook: dict) -> list[str]:
    found = []
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        found.append("nbformat 4.5")
    ids = [cell.get("id") for cell in notebook["cells"]]
    if None in ids or len(set(ids)) != len(ids):
        found.append("each cell has an id of its own")
    if notebook["metadata"].get("kernelspec", {}).get("name") != "python3":
        found.append("kernelspec python3")
    return found


def good() -> dict:
    """A notebook that keeps its form."""

    def cell(number: int, kind: str, text: str, **more: object) -> dict:
        return {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": text, **more}

    empty = {"outputs": [], "execution_count": None}
    parameters = 'quarter: str = "2024Q3"  # Quartal\nthreshold: int = 5  # Schwelle'
    cells = [
        cell(1, "markdown", "# Wen erreicht das Programm?"),
        cell(2, "code", parameters, **empty) | {"metadata": {"tags": ["parameters"]}},
        cell(3, "code", "import kimeval as ke\n\nke.evaluate(quarter=quarter)", **empty),
        cell(4, "markdown", "## Reichweite"),
        cell(5, "markdown", f"## {LAST}\n\nNichts über Wirkung."),
    ]
    kernel = {"kernelspec": {"name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def notebooks() -> list[Path]:
    return sorted(FOLDER.glob("*.ipynb"))


def test_the_notebooks_of_the_walking_skeleton_are_there():
    expected = {"01_data_quality", "02_reach", "10_published_figures"}
    assert expected <= {path.stem for path in notebooks()}


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_keeps_its_form(path):
    assert re.fullmatch(r"\d\d_[a-z]+(_[a-z]+)*", path.stem)
    assert complaints(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_takes_quarter_area_and_threshold_with_the_same_defaults(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = source(next(cell for cell in cells if is_parameters(cell)))
    own = ('area: str = "05370"', "threshold: int = 5")
    for line in ('quarter: str = "2024Q3"', *(('area: str = "05"',) if of_state(path) else own)):
        assert line in text


def of_state(path: Path) -> bool:
    """Whether a notebook is about the state alone, whose rules are those of its areas."""
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    return metadata.get("kimeval", {}).get("scope") == "state"


def test_a_good_notebook_draws_no_complaint():
    assert complaints(good()) == []


@pytest.mark.parametrize(
    ("cell", "change", "complaint"),
    [
        (0, {"source": "Einleitung"}, "exactly one H1"),
        (3, {"source": "# Noch ein Titel"}, "exactly one H1"),
        (0, {"source": "Vorab\n# Titel"}, "the title is the first cell"),
        (4, {"source": "## Schluss"}, f"the last H2 is {LAST}"),
        (1, {"metadata": {}}, "tagged parameters among the first three"),
        (2, {"metadata": {"tags": ["parameters"]}}, "tagged parameters among the first three"),
        (1, {"source": 'quarter = "2024Q3"  # Quartal'}, "a parameter reads"),
        (1, {"source": 'quarter: str = "2024Q3"'}, "a parameter reads"),
        (1, {"source": "quarter: dict = {}  # Quartal"}, "a parameter reads"),
        (1, {"source": "quarter: str = 5  # Quartal"}, "a parameter reads"),
        (1, {"source": "quarter: str = str(1)  # Quartal"}, "a parameter reads"),
        (1, {"source": ""}, "the parameters cell is not empty"),
        (2, {"cell_type": "markdown"}, "a code cell follows the parameters"),
        (2, {"source": "a\n" * 7}, "at most six lines"),
        (2, {"source": "if quarter:\n    pass"}, "no logic"),
        (2, {"source": "[x for x in quarter]"}, "no logic"),
        (2, {"source": "f = lambda: 1"}, "no logic"),
        (2, {"source": "def f():\n    pass"}, "no logic"),
        (2, {"source": "a if b else c"}, "no logic"),
        (2, {"source": "import pandas as pd"}, "no import but kimeval"),
        (2, {"source": "from kimeval import reach"}, "no import but kimeval"),
        (2, {"source": "%matplotlib inline"}, "plain Python"),
        (2, {"outputs": [{"output_type": "stream"}]}, "no outputs"),
        (2, {"execution_count": 1}, "no outputs"),
        (2, {"id": "cell-1"}, "an id of its own"),
    ],
)
def test_each_breach_is_seen(cell, change, complaint):
    broken = copy.deepcopy(good())
    broken["cells"][cell] |= change
    assert any(complaint in text for text in complaints(broken))


@pytest.mark.parametrize(
    ("change", "complaint"), [({"nbformat_minor": 4}, "nbformat"), ({"metadata": {}}, "kernelspec")]
)
def test_each_breach_of_the_file_is_seen(change, complaint):
    assert any(complaint in text for text in complaints({**good(), **change}))
