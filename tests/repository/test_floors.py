"""Imports go down the floors of the design only; read from the source, nothing is run."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kimeval"
FLOORS = {
    "core": 0,
    "data": 1,
    "quality": 2,
    "reach": 2,
    "published": 2,
    "referrals": 2,
    "outcomes": 2,
    "effects": 2,
    "services": 2,
    "resources": 2,
    "protect": 3,
    "figures": 4,
    "tables": 4,
    "report": 5,
    "evaluation": 5,
    "": 5,
    "run": 6,
    "cli": 6,
    "__main__": 6,
}
MEASURES = {name for name, floor in FLOORS.items() if floor == 2}


def package_of(module: str) -> str:
    """First part below kimeval; empty for the root itself."""
    return [*module.split("."), ""][1]


def module_of(path: Path, source: Path = SOURCE) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(("kimeval", *parts)).removesuffix(".__init__")


def imported(code: str, module: str, is_package: bool = False) -> set[str]:
    """Packages of kimeval that a module imports anywhere, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, is_package)
            at_root = base == "kimeval"
            names = [f"{base}.{a.name}" if at_root else base for a in node.names]
        else:
            continue
        found |= {package_of(n) for n in names if n.split(".")[0] == "kimeval"}
    return found - {"__version__"}


def _base(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    up = node.level - is_package
    parts = module.split(".")[:-up] if up else module.split(".")
    return ".".join([*parts, *([node.module] if node.module else [])])


def forbidden(module: str, targets: set[str]) -> list[str]:
    """What a module imports and must not."""
    own = package_of(module)
    return sorted(
        target
        for target in targets - {own}
        if FLOORS[target] > FLOORS[own] or {own, target} <= MEASURES
    )


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)


def test_every_package_has_its_floor():
    assert {package_of(module_of(path)) for path in modules()} <= set(FLOORS)
    assert len(modules()) > 15


@pytest.mark.parametrize("path", modules(), ids=module_of)
def test_imports_go_down_only(path):
    module = module_of(path)
    targets = imported(path.read_text(encoding="utf-8"), module, path.name == "__init__.py")
    assert targets <= set(FLOORS), "an import of something that has no floor"
    assert forbidden(module, targets) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from kimeval.data.read import x", {"data"}),
        ("import kimeval.protect.gate as gate", {"protect"}),
        ("from kimeval import core, figures", {"core", "figures"}),
        ("from kimeval import __version__", set()),
        ("import kimeval", {""}),
        ("import kimevaluation, pandas", set()),
        ("def f():\n    from kimeval.run import run", {"run"}),
        ("if TYPE_CHECKING:\n    from kimeval.report.pages import P", {"report"}),
        ("from ..data import read", {"data"}),
        ("from . import sibling", {"reach"}),
    ],
)
def test_each_way_to_import_is_seen(code, expected):
    assert imported(code, "kimeval.reach.coverage") == expected


def test_a_relative_import_of_a_package_is_counted_from_the_package_itself():
    assert imported("from .gate import protect", "kimeval.protect", is_package=True) == {"protect"}
    assert imported("from ..core import area", "kimeval.protect", is_package=True) == {"core"}


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("kimeval.core.area", "data"),
        ("kimeval.data.read", "reach"),
        ("kimeval.reach.coverage", "published"),
        ("kimeval.reach.coverage", "protect"),
        ("kimeval.protect.gate", "figures"),
        ("kimeval.tables.html", "report"),
        ("kimeval.core.area", ""),
        ("kimeval.report.pages", "cli"),
        ("kimeval.evaluation", "run"),
    ],
)
def test_an_import_up_or_between_measures_is_refused(module, target):
    assert forbidden(module, {target}) == [target]


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("kimeval.cli", "run"),
        ("kimeval.evaluation", "data"),
        ("kimeval", "evaluation"),
        ("kimeval.figures.bars", "protect"),
        ("kimeval.reach.coverage", "core"),
        ("kimeval.reach.coverage", "reach"),
    ],
)
def test_an_import_down_or_beside_is_allowed(module, target):
    assert forbidden(module, {target}) == []
