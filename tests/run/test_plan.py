import pytest

from kimeval.core.errors import (
    AreaError,
    FormatError,
    MissingFileError,
    NotebookNameError,
    ParameterError,
    QuarterError,
)
from kimeval.run.plan import Request, inputs, make_plan

GOOD = {"quarter": "2024Q3", "area": "05370"}


def test_a_plan_runs_every_notebook_in_order_with_canonical_values(project):
    plan = make_plan(project, Request("III/2024", "05370"))
    assert [job.name for job in plan.jobs] == ["01_first", "02_second"]
    assert all(dict(job.parameters) == GOOD for job in plan.jobs)


def test_a_plan_takes_the_named_notebooks_once(project):
    names = ("02_second.ipynb", "02_second", " 01_first")
    plan = make_plan(project, Request(**GOOD, notebooks=names))
    assert [job.name for job in plan.jobs] == ["01_first", "02_second"]


def test_a_given_parameter_reaches_the_jobs_with_its_type(project):
    plan = make_plan(project, Request(**GOOD, parameters=("threshold=3",)))
    assert [job.parameters["threshold"] for job in plan.jobs] == [3, 3]


def test_a_job_knows_its_defaults_and_passes_on_what_was_given(project):
    job = make_plan(project, Request(**GOOD)).jobs[0]
    assert dict(job.parameters) == GOOD
    assert dict(job.values) == GOOD | {"threshold": 5}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"quarter": "2024Q5"}, QuarterError, "2024Q3"),
        ({"quarter": "2150Q1"}, QuarterError, "must have begun"),
        ({"area": "5370"}, AreaError, "Did it lose a zero"),
        ({"area": "99999"}, AreaError, "kimeval areas"),
        ({"area": "05370\n"}, AreaError, "54"),
        ({"notebooks": ("02_secund",)}, NotebookNameError, "Did you mean '02_second'"),
        ({"notebooks": ("../notebooks/01_first",)}, NotebookNameError, "notebooks"),
        ({"notebooks": ("",)}, NotebookNameError, "Known: 01_first, 02_second"),
        ({"parameters": ("treshold=5",)}, ParameterError, "Did you mean 'threshold'"),
        ({"parameters": ("threshold=five",)}, ParameterError, "whole number"),
    ],
)
def test_a_wrong_request_is_refused_with_its_way_out(project, change, error, says):
    with pytest.raises(error, match=says):
        make_plan(project, Request(**(GOOD | change)))


def test_a_project_without_notebooks_is_refused(project):
    for path in project.notebooks.iterdir():
        path.unlink()
    with pytest.raises(MissingFileError, match="found none"):
        make_plan(project, Request(**GOOD))


def test_a_notebook_that_ignores_the_area_is_refused(project, notebook):
    notebook(project.notebooks / "03_third.ipynb", parameters='quarter: str = "2024Q3"')
    with pytest.raises(FormatError, match="'03_third' lacks area"):
        make_plan(project, Request(**GOOD))


def test_inputs_change_with_whatever_a_result_depends_on(project, notebook):
    def now(delivery="a", **change):
        return inputs(make_plan(project, Request(**(GOOD | change))), delivery)

    before = now()
    assert now() == before
    assert now(delivery="b") != before
    assert now(quarter="2024Q2") != before
    assert now(area="05334") != before
    assert now(notebooks=("01_first",)) != before
    assert now(parameters=("threshold=4",)) != before
    assert now(legal_basis="§ 67c SGB X") != before
    (project.root / "requirements.lock").write_text("pandas==3.0.0\n")
    assert now() != before
    locked = now()
    notebook(project.notebooks / "02_second.ipynb", "1 + 2")
    assert now() != locked
