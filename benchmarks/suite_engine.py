"""What a worker of the suite does where only the execution of notebooks is timed."""

from __future__ import annotations

from pathlib import Path

from kimeval.core.project import Project
from kimeval.run.area_task import Telling
from kimeval.run.plan import Request, make_plan
from kimeval.run.publish import stage
from kimeval.run.run import execute_all
from kimeval.run.summary import PUBLISHED, AreaResult


class Silent:
    """Progress that nobody watches."""

    def line(self, text: str) -> None: ...

    def busy(self, text: str) -> None: ...

    def notebook(self, text: str) -> None: ...

    def read(self, text: str, share: float) -> None: ...


def execute_area(root: Path, request: Request, tell, before) -> AreaResult:
    """Execute the notebooks of an area into a stage, which is thrown away."""
    plan = make_plan(Project(root), request)
    area = plan.area
    with stage(plan.project.outputs, request.quarter, area.code) as folder:
        executed = execute_all(plan, folder, folder / "release.parquet", Telling(tell))
        assert all(one.path.is_file() for one in executed)
    return AreaResult(area.code, area.name, PUBLISHED)
