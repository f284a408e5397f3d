import json

import pytest

from kimeval.core.errors import FormatError, NotebookNameError, TrustError
from kimeval.run import execute as execution
from kimeval.run import trust
from kimeval.run.plan import Request, inputs, make_plan
from kimeval.run.run import run
from kimeval.run.trust import content_hash, require_same, require_trusted

GOOD = {"quarter": "2024Q3", "area": "05370"}
NAMES = ("01_first", "02_second")


@pytest.fixture
def changed(tmp_path, notebook):
    """Hash of a notebook before and after a change of its JSON."""
    path = notebook(tmp_path / "n.ipynb", "1 + 1", "2 + 2")

    def of(change):
        before = content_hash(path)
        held = json.loads(path.read_text())
        change(held)
        path.write_text(json.dumps(held))
        return before, content_hash(path)

    return of


@pytest.fixture
def listed(untrusting, monkeypatch, tmp_path):
    """The list of a project whose notebooks are all trusted as they are now."""
    lines = [f'{n} = "{content_hash(untrusting.notebooks / f"{n}.ipynb")}"' for n in NAMES]
    (tmp_path / "list.toml").write_text("[notebooks]\n" + "\n".join(lines))
    monkeypatch.setattr(trust, "LIST", tmp_path / "list.toml")
    return untrusting


def edit(project, notebook, name="02_second"):
    notebook(project.notebooks / f"{name}.ipynb", "print(open('data'))")


def noise(held):
    held["metadata"]["language_info"] = {"version": "3.12"}
    for cell in held["cells"]:
        cell["id"] = "other-" + cell["id"]
        cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2"}]
            cell["execution_count"] = 7
        cell["source"] = cell["source"].splitlines(keepends=True)


def test_outputs_ids_counts_and_editors_marks_do_not_count(changed):
    before, after = changed(noise)
    assert before == after


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held["cells"][2].update(source="1 + 2"),
        lambda held: held["cells"][0].update(source="# Andere Frage?"),
        lambda held: held["cells"][1].update(source='quarter: str = "2024Q4"\n'),
        lambda held: held["cells"][2]["metadata"].update(tags=["raises-exception"]),
        lambda held: held["cells"][2]["metadata"].update(tags=["parameters"]),
        lambda held: held["cells"][2].update(cell_type="raw"),
        lambda held: held["cells"][0].update(attachments={"a.png": {"image/png": "aaaa"}}),
        lambda held: held["cells"].reverse(),
        lambda held: held["cells"].pop(),
        lambda held: held["cells"].append(held["cells"][-1]),
        lambda held: held["cells"][2].update(source="1 + 1\n"),
    ],
)
def test_what_a_notebook_says_or_does_counts(changed, change):
    before, after = changed(change)
    assert before != after


def test_a_cell_cut_in_two_is_another_notebook(changed):
    def cut(held):
        first, second = dict(held["cells"][2]), dict(held["cells"][2])
        held["cells"][2:3] = [first | {"source": "1 +"}, second | {"source": " 1"}]

    before, after = changed(cut)
    assert before != after


@pytest.mark.parametrize(
    "change", [{"nbformat": 3}, {"nbformat": 5}, {"worksheets": [{"cells": []}]}, {"cells": [1]}]
)
def test_another_format_is_refused_as_it_may_hide_cells(tmp_path, notebook, change):
    path = notebook(tmp_path / "n.ipynb")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FormatError, match=r"'n\.ipynb'"):
        content_hash(path)


def test_listed_notebooks_run_without_a_word(listed):
    plan = make_plan(listed, Request(**GOOD))
    assert plan.trusted == ()
    assert inputs(plan, "delivery 1")["trusted_by_user"] == []


def test_a_changed_notebook_is_refused_with_its_name_and_the_way_out(listed, notebook):
    edit(listed, notebook)
    with pytest.raises(TrustError, match=r"'02_second' was changed.*--trust 02_second") as found:
        make_plan(listed, Request(**GOOD))
    assert found.value.exit_code == 14
    assert "open(" not in str(found.value)


def test_a_notebook_that_is_not_on_the_list_is_refused(listed, notebook):
    edit(listed, notebook, "03_new")
    with pytest.raises(TrustError, match="'03_new' is none of its own"):
        make_plan(listed, Request(**GOOD))


def test_the_content_of_one_under_the_name_of_another_is_refused(listed):
    first = (listed.notebooks / "01_first.ipynb").read_text()
    (listed.notebooks / "01_first.ipynb").write_text(first.replace("1 + 1", "1 + 3"))
    swapped = listed.notebooks / "02_second.ipynb"
    swapped.write_text(first.replace("1 + 1", "1 + 4"))
    with pytest.raises(TrustError, match="'01_first' was changed; so with 02_second"):
        make_plan(listed, Request(**GOOD))


@pytest.mark.parametrize("text", ["", "[notebooks]\na = '1'\na = '2'", "notebooks = 1", "<<<<"])
def test_with_a_damaged_list_no_notebook_is_trusted(listed, text):
    trust.LIST.write_text(text)
    with pytest.raises(FormatError, match="make trust"):
        make_plan(listed, Request(**GOOD, trust=("all",)))


def test_only_notebooks_that_would_run_are_looked_at(listed, notebook):
    edit(listed, notebook)
    assert make_plan(listed, Request(**GOOD, notebooks=("01_first",))).trusted == ()


@pytest.mark.parametrize("words", [("02_second",), ("02_second.ipynb",), ("all",), NAMES])
def test_a_persons_word_lets_it_run_and_is_noted(listed, notebook, words):
    edit(listed, notebook)
    plan = make_plan(listed, Request(**GOOD, trust=words))
    assert inputs(plan, "delivery 1")["trusted_by_user"] == ["02_second"]


def test_the_word_for_one_is_none_for_another(listed, notebook):
    edit(listed, notebook)
    with pytest.raises(TrustError, match="02_second"):
        make_plan(listed, Request(**GOOD, trust=("01_first",)))


def test_a_word_for_what_is_not_there_is_a_mistake(listed):
    with pytest.raises(NotebookNameError, match="Did you mean '02_second'"):
        make_plan(listed, Request(**GOOD, trust=("02_secund",)))


def test_a_word_for_a_notebook_that_does_not_run_this_time_is_none(listed):
    request = Request(**GOOD, notebooks=("01_first",), trust=("02_second",))
    assert make_plan(listed, request).trusted == ()


def test_nothing_is_written_when_a_notebook_is_refused(listed, notebook, below, progress):
    edit(listed, notebook)
    with pytest.raises(TrustError):
        run(listed, Request(**GOOD), progress)
    assert not listed.outputs.exists()
    assert below == []


def test_the_manifest_says_what_ran_by_a_persons_word(listed, notebook, below, executing, progress):
    edit(listed, notebook)
    index = run(listed, Request(**GOOD, trust=("all",)), progress).index
    held = json.loads((index.parent / "manifest.json").read_text())
    assert held["inputs"]["trusted_by_user"] == ["02_second"]


def test_a_notebook_that_changes_while_the_run_is_at_work_is_not_executed(project, notebook):
    pytest.importorskip("papermill")
    job = make_plan(project, Request(**GOOD)).jobs[1]
    edit(project, notebook)
    with pytest.raises(TrustError, match=r"'02_second' was changed\. Nothing was published"):
        execution._watched(job, project.root, watch=None)


def test_the_notebook_that_was_looked_at_is_executed(project):
    job = make_plan(project, Request(**GOOD)).jobs[0]
    require_same(job.path.read_text(), job.name, job.content)
    assert len(job.content) == 64


def test_many_refused_notebooks_are_told_in_one_short_line():
    with pytest.raises(TrustError, match=r"and 15 more.*--trust all") as found:
        require_trusted({f"{n:02}_x": "0" for n in range(20)}, ())
    assert len(str(found.value)) < 300


def test_a_name_that_could_steer_a_terminal_is_shown_harmless():
    with pytest.raises(TrustError) as found:
        require_trusted({"x\x1b[2J": "0"}, ())
    assert str(found.value).isprintable()
