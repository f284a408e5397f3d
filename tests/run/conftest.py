"""A small project with tiny notebooks, and doubles for what lies below."""

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kimeval.core.errors import NotebookFailure
from kimeval.core.project import Project
from kimeval.protect.canary import Needles
from kimeval.run import execute as execution
from kimeval.run import steps, trust
from kimeval.run.execute import Executed

CELL = 'quarter: str = "2024Q3"  # Quartal\narea: str = "05370"  # KIM-Gebiet\n'
THRESHOLD = "threshold: int = 5  # Mindestzahl\n"


@dataclass(frozen=True)
class SmallVintage:
    """As much of a vintage as a run looks at."""

    name: str = "2025-01-15"
    digest: str = "d" * 64
    as_of: dt.date = dt.date(2025, 1, 15)
    synthetic: bool = True


@dataclass
class Told:
    """Progress that remembers what it was told."""

    lines: list[str] = field(default_factory=list)

    def line(self, text):
        self.lines.append(text)

    def busy(self, text):
        self.lines.append(text)

    def notebook(self, text):
        self.lines.append(text)

    def read(self, text, share):
        self.lines.append(text)


def write_notebook(path, *sources, parameters=CELL + THRESHOLD):
    """Write a notebook: a title, the parameters, then code cells."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Frage?"},
        _code("parameters", parameters, ["parameters"]),
        *(_code(f"cell-{n}", source, []) for n, source in enumerate(sources)),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _code(name, source, tags):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": tags},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


@pytest.fixture
def notebook():
    return write_notebook


@pytest.fixture
def vintage():
    return SmallVintage()


@pytest.fixture
def progress():
    return Told()


@pytest.fixture
def untrusting(tmp_path):
    """A project whose notebooks are not kimeval's own."""
    root = tmp_path / "project"
    for folder in ("notebooks", "profiles", "data"):
        (root / folder).mkdir(parents=True)
    for name in ("01_first", "02_second"):
        write_notebook(root / "notebooks" / f"{name}.ipynb", "1 + 1")
    return Project(root)


@pytest.fixture
def project(untrusting, monkeypatch):
    """The same, with notebooks that are trusted."""
    monkeypatch.setattr(trust, "require_trusted", lambda *_: ())
    return untrusting


@pytest.fixture
def below(monkeypatch):
    """Doubles for data and pages; the log says which were called."""
    log = []

    def pages(stage, executed, *_):
        log.append("pages")
        (Path(stage) / "index.html").write_text(f"<p>{len(executed)}</p>", encoding="utf-8")

    def vintage(*_):
        log.append("vintage")
        return SmallVintage()

    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "delivery 1")
    monkeypatch.setattr(steps, "ensure_vintage", vintage)
    monkeypatch.setattr(steps, "write_pages", pages)
    monkeypatch.setattr(steps, "needles", lambda *_: Needles())
    return log


@pytest.fixture
def executing(monkeypatch, below):
    """Papermill's double: writes the notebook's name; `fail` names one that fails."""

    class Double:
        fail = ""

        def __call__(self, job, target, project, scratch, release):
            below.append(job.name)
            if job.name == self.fail:
                raise NotebookFailure("A notebook must run to its end. Nothing was published.")
            path = target / f"{job.name}.ipynb"
            path.write_text('{"cells": []}')
            return Executed(job.name, path, 0.1, 2)

    double = Double()
    monkeypatch.setattr(execution, "execute", double)
    return double
