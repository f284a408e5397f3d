"""The state's notebook on effects runs on what areas published, and refuses where it must."""

import json
from pathlib import Path

import pytest

from kimeval.core.area import areas
from kimeval.core.quarter import Quarter
from kimeval.core.results import Row
from kimeval.data.sample.arrivals import newly_arrived
from kimeval.data.sample.programme import settings, window

from .areas_made import QUARTER, publish

SEED = 2024
NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "05_effects_state.ipynb"
KNOWN = 17


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    """A project whose areas can be published, as the working folder."""
    for folder in ("notebooks", "profiles", "data/sample", "data/raw"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "outputs"


def rows_of(code):
    """Course entries by quarter of arrival, and since when the programme runs."""
    setting = settings(SEED)[code]
    table = newly_arrived(areas()[code], setting, SEED, 1.0).groupby("quarter")
    counts = table[["newly_arrived", "course_entry"]].sum().to_numpy()[:KNOWN].tolist()
    rows = [
        Row(
            "course_entry_share",
            str(quarter),
            code,
            value=entered / arrived,
            numerator=entered,
            denominator=arrived,
            contributors=entered,
            method="Wilson",
        )
        for quarter, (arrived, entered) in zip(window(), counts, strict=False)
    ]
    since = Quarter.parse(QUARTER) - setting.start + 1 if setting.start else 0
    return [*rows, Row("case_management_quarters", QUARTER, code, value=since)]


def run_cells():
    """What each code cell of the notebook shows, run one after the other."""
    held, shown = {}, []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        *lines, last = "".join(cell["source"]).strip().split("\n")
        exec("\n".join(lines), held)
        if "=" in last.split("(")[0]:
            exec(last, held)
        else:
            shown.append(eval(last, held))
    return shown


def test_the_notebook_shows_the_effect_that_was_planted(outputs):
    for code in areas():
        publish(outputs, code, rows_of(code))
    shown = run_cells()
    texts = [one._repr_mimebundle_()["text/plain"] for one in shown]
    assert any("Wirkung des Beginns auf den Kurseintritt" in text for text in texts)
    assert any("Prozentpunkte höher, als ohne das Programm" in text for text in texts)
    assert any("Vor dem Beginn höchstens" in t for t in texts)
    assert any("davon ohne Beginn in diesen Quartalen: 4" in text for text in texts)
    assert any("einfache Zwei-Wege-Regression" in text for text in texts)


def test_with_one_published_area_the_notebook_says_what_is_lacking(outputs):
    publish(outputs, "05370", rows_of("05370"))
    texts = [one._repr_mimebundle_()["text/plain"] for one in run_cells()]
    assert any("nicht bestimmbar" in text and "Nur ein Gebiet" in text for text in texts)
