import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kimeval.core.errors import NotebookFailure
from kimeval.core.mime import RESULTS
from kimeval.run.outputs import cleaned, require_publishable, suppressed_rows


def executed(*outputs, count=1):
    cell = new_code_cell("show()", outputs=list(outputs), execution_count=count)
    injected = new_code_cell("# Parameters", execution_count=1)
    injected.metadata.tags = ["injected-parameters"]
    return new_notebook(cells=[new_markdown_cell("# Frage?"), injected, cell])


def shown(**data):
    return new_output("display_data", data=data)


def test_protected_output_may_leave():
    require_publishable(executed(shown(**{"text/html": "<table><td>.</td></table>"})), "02_reach")


@pytest.mark.parametrize(
    "output",
    [
        new_output("error", ename="ValueError", evalue="Mia Muster", traceback=[]),
        new_output("stream", name="stderr", text="Traceback (most recent call last):\nMia Muster"),
        shown(**{"text/plain": "Traceback (most recent call last)\n Mia Muster"}),
    ],
)
def test_an_error_in_an_output_is_refused_without_its_text(output):
    with pytest.raises(NotebookFailure, match="cell 2 shows one") as found:
        require_publishable(executed(output), "02_reach")
    assert "Mia" not in str(found.value)


def test_a_cell_that_did_not_run_is_refused():
    with pytest.raises(NotebookFailure, match="stopped before cell 2"):
        require_publishable(executed(count=None), "02_reach")


def test_times_paths_printed_text_and_random_ids_do_not_leave():
    notebook = executed(
        new_output("stream", name="stderr", text="/srv/mia/x.py: UserWarning"),
        shown(**{"text/html": "<p>gut</p>"}),
    )
    notebook.metadata.papermill = {"input_path": "/srv/mia", "duration": 1.2}
    notebook.cells[2].metadata = {"papermill": {"start_time": "2025"}, "execution": {"a": "2025"}}
    notebook.cells[1].id = "b1946ac9"
    text = nbformat.writes(cleaned(notebook))
    assert "mia" not in text
    assert "2025" not in text
    assert "b1946ac9" not in text
    assert "<p>gut</p>" in text


def test_cleaning_leaves_its_argument_alone():
    notebook = executed(new_output("stream", name="stdout", text="x"))
    cleaned(notebook)
    assert len(notebook.cells[2].outputs) == 1


def test_suppressed_rows_are_counted_over_all_outputs():
    rows = [{"suppressed": True}, {"suppressed": False}, {"suppressed": True}]
    notebook = executed(shown(**{RESULTS: rows}), shown(**{RESULTS: rows[:1]}))
    assert suppressed_rows(notebook) == 3
