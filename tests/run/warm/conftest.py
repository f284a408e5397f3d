"""One parent for all tests of warm kernels, and a way to execute some cells."""

import nbformat
import pytest

from kimeval.run.execute import execute
from kimeval.run.plan import Job
from kimeval.run.warm.forks import Forks, warm_kernels

GOOD = {"quarter": "2024Q3", "area": "05370"}


@pytest.fixture(scope="session")
def parent():
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture
def forks(parent, monkeypatch):
    """The parent in use; sees to it that no kernel of a test is plain without notice."""
    monkeypatch.setattr("kimeval.run.warm.forks.Forks", lambda *_: parent)
    monkeypatch.setattr(parent, "close", lambda: None)
    with warm_kernels() as used:
        assert used.start(), "this machine can fork, yet the parent did not start"
        yield used


@pytest.fixture
def cells(notebook, tmp_path):
    """Execute some cells; gives the file."""
    (tmp_path / "target").mkdir(exist_ok=True)
    count = iter(range(99))

    def go(*sources, **parameters):
        number = next(count)
        (scratch := tmp_path / f"scratch{number}").mkdir()
        path = notebook(tmp_path / f"cells{number}.ipynb", *sources)
        job = Job("cells", path, GOOD | parameters)
        return execute(job, tmp_path / "target", tmp_path, scratch).path

    return go


@pytest.fixture
def texts(cells):
    """Execute some cells; gives what they show as text."""

    def go(*sources):
        shown = nbformat.read(cells(*sources), as_version=4).cells
        outputs = [o for cell in shown for o in cell.get("outputs", []) if "data" in o]
        return [output["data"]["text/plain"] for output in outputs]

    return go
