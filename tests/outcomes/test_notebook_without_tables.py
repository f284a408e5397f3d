"""The notebook goes on where a delivery lacks tables, and says which."""

import ast
import json
from dataclasses import replace

import pytest

SETS = [
    ("placements",),
    ("residence",),
    ("contacts",),
    ("cases",),
    ("placements", "residence", "contacts", "legal_spheres"),
]


def last_value(source, names):
    """Run a cell, and give the value of its last line where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


@pytest.mark.parametrize("missing", SETS, ids=", ".join)
def test_every_cell_shows_something(root, monkeypatch, missing):
    monkeypatch.chdir(root)
    cells = json.loads((root / "notebooks" / "04_outcomes.ipynb").read_text("utf-8"))["cells"]
    names, shown = {}, []
    for cell in cells:
        if cell["cell_type"] == "code":
            value = last_value("".join(cell["source"]), names)
            if "evaluation" in names and not shown:
                held = names["evaluation"].data
                kept = {n: t for n, t in held.tables.items() if n not in missing}
                lacking = replace(names["evaluation"], data=replace(held, tables=kept))
                names["evaluation"] = lacking
            if value is not None:
                shown.append(str(value._repr_mimebundle_().get("text/html", "")))
    assert len(shown) > 20
    assert all(shown)
    if missing[0] in ("placements", "residence", "cases"):
        assert "keine Tabelle" in "".join(shown)
