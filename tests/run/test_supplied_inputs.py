"""A run depends on the denominators a user supplies: a changed one is a reason to run again."""

import pytest

from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.core.quarter import Quarter
from kimeval.data import deliveries
from kimeval.run import steps

HERE, QUARTER = area("05370"), Quarter(2024, 3)


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(deliveries, "delivery_digest", lambda *_: "the same delivery")
    (tmp_path / "data" / "denominators").mkdir(parents=True)
    (tmp_path / "data" / "sample" / "05370").mkdir(parents=True)
    return Project(tmp_path)


@pytest.mark.parametrize("place", ["denominators/own.toml", "sample/05370/denominators.toml"])
def test_a_changed_denominator_changes_what_a_run_depends_on(project, place):
    before = steps.delivery_digest(project, HERE, QUARTER)
    (project.root / "data" / place).write_text("# 400\n", encoding="utf-8")
    first = steps.delivery_digest(project, HERE, QUARTER)
    (project.root / "data" / place).write_text("# 401\n", encoding="utf-8")
    second = steps.delivery_digest(project, HERE, QUARTER)
    assert len({before, first, second}) == 3
    assert steps.delivery_digest(project, HERE, QUARTER) == second
