import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from kimeval.core.errors import NotebookFailure, ProtectionError
from kimeval.protect.canary import Needles, needles_of
from kimeval.run import steps
from kimeval.run.execute import execute
from kimeval.run.parameters import declared
from kimeval.run.plan import Job, Request
from kimeval.run.publish import published
from kimeval.run.quiet import QuietKernelManager
from kimeval.run.run import run
from kimeval.run.warm.forks import warm_kernels

pytestmark = pytest.mark.slow
GOOD = {"quarter": "2024Q3", "area": "05370"}
SECRET = "Mia Muster 01.01.1990"
RUNNER = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import SmallVintage
from kimeval.protect.canary import Needles
from kimeval.run import steps, trust
trust.require_trusted = lambda *_: ()
steps.delivery_digest = lambda *_: "1"
steps.ensure_vintage = lambda *_: SmallVintage()
steps.needles = lambda *_: Needles()
steps.write_pages = lambda stage, *_: (stage / "index.html").write_text("x")
from kimeval.cli import main
main(["run", "--quarter", "2024Q3", "--area", "05370", "--force"])
"""


@pytest.fixture
def executed(notebook, tmp_path):
    """Execute a notebook of some cells; gives the notebook and what the run says."""
    (tmp_path / "target").mkdir()
    (tmp_path / "scratch").mkdir()

    def go(*sources, timeout=60.0, memory_mib=0, **parameters):
        path = notebook(tmp_path / "02_small.ipynb", *sources)
        job = Job("02_small", path, GOOD | parameters, timeout=timeout, memory_mib=memory_mib)
        return execute(job, tmp_path / "target", tmp_path, tmp_path / "scratch")

    return go


def texts(path):
    cells = nbformat.read(path, as_version=4).cells
    return [o["data"]["text/plain"] for c in cells for o in c.get("outputs", []) if "data" in o]


def test_a_notebook_runs_with_its_parameters_and_twice_gives_the_same_bytes(executed, tmp_path):
    look = "import os\nquarter, area, threshold, os.environ['KIMEVAL_HOME'] == root"
    hostile = 'a"; import os  # \\" {area} \u00fc'
    cells = (f"root = {str(tmp_path)!r}[:99]", look.replace("root", "'x'"), "label")
    first = executed(*cells, label=hostile)
    once = first.path.read_bytes()
    assert texts(first.path) == ["('2024Q3', '05370', 5, False)", repr(hostile)]
    assert executed(*cells, label=hostile).path.read_bytes() == once
    assert first.seconds > 0


def test_the_kernel_finds_the_project_and_none_of_the_users_settings(executed, tmp_path):
    before = dict(os.environ)
    look = "import os, pathlib\npathlib.Path(os.environ['KIMEVAL_HOME']).name, os.getcwd()[-7:]"
    ran = executed(look, "get_ipython().ipython_dir[-15:]")
    assert texts(ran.path) == [f"('{tmp_path.name}', 'scratch')", "'scratch/ipython'"]
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "source",
    [
        f"raise ValueError({SECRET!r})",
        f"class DataError(Exception): pass\nraise DataError({SECRET!r})",
        f"{{}}[{SECRET!r}]",
        f"raise SystemExit({SECRET!r})",
    ],
)
def test_a_foreign_error_is_named_by_class_and_cell_only(executed, source, tmp_path):
    with pytest.raises(NotebookFailure, match=r"'02_small'.* cell 4 failed with \w+\.") as found:
        executed("1", source)
    assert "Mia" not in str(found.value)
    assert list((tmp_path / "target").iterdir()) == []


GUARDED = "import kimeval as ke\nke.evaluate(quarter, area, threshold, needs_data=False)\n"


def test_after_evaluate_a_failure_names_its_line_too_and_leaves_no_value(
    executed, tmp_path, capfd, caplog
):
    source = f"import warnings, logging\nwarnings.warn({SECRET!r})\nlogging.error({SECRET!r})"
    raw = f"import pandas as pd\ndf = pd.DataFrame({{'a': [{SECRET!r}]}})\nprint(df)\ndf"
    with pytest.raises(NotebookFailure, match=r"cell 6 failed with KeyError in line 2\.") as found:
        executed(GUARDED, source, raw, f"1\ndf[{SECRET!r}]")
    said = [str(found.value), *capfd.readouterr(), caplog.text, repr(found.value.__context__)]
    assert not any("Mia" in text for text in said)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix == ".ipynb"]
    assert [path.name for path in left] == ["02_small.ipynb"]
    assert not any(
        b"Mia" in path.read_bytes()
        for path in (tmp_path / "scratch").rglob("*")
        if path.is_file() and path.name != "history.sqlite"
    )


def test_after_evaluate_an_executed_notebook_holds_no_value(executed):
    raw = f"import pandas as pd\ndf = pd.DataFrame({{'a': [{SECRET!r}]}})\nprint(df)\ndf"
    path = executed(GUARDED, raw, "[df]", "{'a': df}").path
    shown = texts(path)[1:]
    assert len(shown) == 3
    assert all("Inhalte werden nicht angezeigt" in text and "Mia" not in text for text in shown)


def test_an_error_of_kimeval_is_told_in_full(executed):
    raising = "from kimeval.core.errors import DataError\nraise DataError('Zwei Summen. Prüfen.')"
    with pytest.raises(
        NotebookFailure, match=r"cell 3 failed with DataError: Zwei Summen\. Prüfen"
    ):
        executed(raising)


def test_a_notebook_that_ends_early_is_not_a_result(executed):
    with pytest.raises(NotebookFailure, match="02_small"):
        executed("raise SystemExit(0)", "2")


def test_a_dead_kernel_is_told(executed):
    with pytest.raises(NotebookFailure, match="its kernel died in cell 4, "):
        executed("1", "import os\nos._exit(1)")


def test_a_notebook_that_hangs_is_ended_with_its_children_and_told(executed, tmp_path):
    mark = tmp_path / "pids"
    hang = (
        f"import os, subprocess, time\nchild = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\ntime.sleep(60)"
    )
    with pytest.raises(NotebookFailure, match=r"within 6 s; cell 4 was still at work") as found:
        executed("1", hang, timeout=6.0)
    assert "--timeout" in str(found.value)
    for pid in mark.read_text().split():
        assert not is_running(int(pid))


def is_running(pid):
    """Whether a process is there; one that has ended and was not collected is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a kernel's memory.")


@pytest.fixture(params=["plain", "warm"])
def kernels(request):
    """Each kind of kernel."""
    if request.param == "plain":
        yield
    else:
        with warm_kernels():
            yield


@LINUX
@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(
    "source",
    [
        "held = bytearray(1 << 40)",
        "import numpy\nnumpy.zeros(1 << 40)",
        "import time\nheld = []\nwhile True: held.append(b'x' * (1 << 22)); time.sleep(0.001)",
    ],
)
def test_a_notebook_that_eats_memory_is_ended_and_told(executed, source):
    with pytest.raises(NotebookFailure, match="within 400 MiB of memory; cell 4 needed") as found:
        executed("1", source, memory_mib=400)
    assert "--memory-limit" in str(found.value)


@LINUX
@pytest.mark.usefixtures("kernels")
def test_a_notebook_within_its_memory_is_left_alone(executed):
    ran = executed(
        "held = b'x' * (200 << 20)\nimport time\ntime.sleep(0.5)\nlen(held)", memory_mib=400
    )
    assert texts(ran.path) == [str(200 << 20)]


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(
    "source",
    [
        "print('x' * 100_000_000)",
        "for n in range(2_000_000): print('x' * 50)",
        "from IPython.display import HTML\nHTML('x' * 100_000_000)",
    ],
)
def test_a_notebook_that_prints_without_end_is_ended_and_told(executed, source):
    with pytest.raises(NotebookFailure, match="may show 64 MiB at most; cell 4 printed"):
        executed("1", source)


def test_a_notebook_that_prints_much_is_left_alone(executed):
    assert texts(executed("print('x' * 20_000_000)", "1 + 1").path) == ["2"]


@pytest.fixture
def starts(monkeypatch):
    """Kernels that die at start as often as told; counts the attempts."""
    real = QuietKernelManager.start_kernel
    counted = SimpleNamespace(attempts=0, dying=0)

    async def start(self, **options):
        counted.attempts += 1
        await real(self, **options)
        if counted.attempts <= counted.dying:
            os.kill(self.provisioner.pid, signal.SIGKILL)

    monkeypatch.setattr(QuietKernelManager, "start_kernel", start)
    return counted


def test_a_kernel_that_dies_at_its_start_is_tried_once_more(executed, starts):
    starts.dying = 1
    assert texts(executed("1 + 1").path) == ["2"]
    assert starts.attempts == 2


def test_a_kernel_that_dies_at_both_starts_is_a_failure(executed, starts):
    starts.dying = 9
    with pytest.raises(NotebookFailure, match="none started in two attempts"):
        executed("1 + 1")
    assert starts.attempts == 2


@pytest.mark.parametrize("source", ["1 / 0", "import os\nos._exit(1)"])
def test_a_cell_that_fails_is_not_tried_again(executed, starts, source):
    with pytest.raises(NotebookFailure):
        executed(source)
    assert starts.attempts == 1


def test_the_declared_parameters_are_those_papermill_sees(notebook, tmp_path):
    import papermill

    path = notebook(tmp_path / "n.ipynb")
    assert set(papermill.inspect_notebook(path)) == set(declared(path))


def test_a_run_gives_pages_without_code_and_the_same_bytes_again(
    project, notebook, monkeypatch, progress, vintage
):
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "1")
    monkeypatch.setattr(steps, "ensure_vintage", lambda *_: vintage)
    monkeypatch.setattr(steps, "needles", lambda *_: Needles())
    for path in project.notebooks.iterdir():
        path.unlink()
    show = "import kimeval as ke\nke.evaluate(quarter, area, threshold, needs_data=False)"
    notebook(project.notebooks / "02_small.ipynb", show, "print('not through the gate')")
    index = run(project, Request("2024Q3", "05370"), progress).index
    page = (index.parent / "02_small.html").read_text(encoding="utf-8")
    assert "Kreis Heinsberg" in page
    assert "import kimeval" not in page
    assert "not through the gate" not in page
    assert "02_small.html" in index.read_text(encoding="utf-8")
    once = json.loads((index.parent / "manifest.json").read_text(encoding="utf-8"))
    run(project, Request("2024Q3", "05370", force=True), progress)
    again = json.loads((index.parent / "manifest.json").read_text(encoding="utf-8"))
    for name in ("index.html", "versions.html", "versions.json"):  # these name the version
        assert once["outputs"].pop(name) != again["outputs"].pop(name)
    assert again["outputs"] == once["outputs"]
    assert index.parent.readlink().name == "v2"


def test_a_raw_table_is_not_published(project, notebook, monkeypatch, progress, vintage):
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "1")
    monkeypatch.setattr(steps, "ensure_vintage", lambda *_: vintage)
    monkeypatch.setattr(steps, "needles", lambda *_: Needles())
    raw = f"import pandas as pd\npd.DataFrame({{'name': [{SECRET!r}]}})"
    notebook(project.notebooks / "01_first.ipynb", raw)
    with pytest.raises(ProtectionError, match="01_first") as found:
        run(project, Request("2024Q3", "05370", notebooks=("01_first",)), progress)
    assert "Mia" not in str(found.value)
    assert not (project.outputs / "2024Q3").exists()


def test_a_name_in_a_notebook_is_not_published(project, notebook, monkeypatch, progress, vintage):
    monkeypatch.setattr(steps, "delivery_digest", lambda *_: "1")
    monkeypatch.setattr(steps, "ensure_vintage", lambda *_: vintage)
    monkeypatch.setattr(steps, "needles", lambda *_: needles_of(names=[("Muster", "Mia")]))
    request = Request("2024Q3", "05370", notebooks=("01_first",))
    page = "from kimeval.tables.html import Html\nHtml('<p>{}</p>')"
    notebook(project.notebooks / "01_first.ipynb", page.format("Drei"))
    index = run(project, request, progress).index
    notebook(project.notebooks / "01_first.ipynb", page.format("M' + 'uster"))
    with pytest.raises(ProtectionError, match=r"'01_first\.html' holds a name") as found:
        run(project, request, progress)
    assert "uster" not in str(found.value)
    assert index.parent.readlink().name == "v1"


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_interrupted_run_leaves_the_last_good_version(project, notebook, sent, code):
    folder = str(Path(__file__).parent)
    environment = os.environ | {"KIMEVAL_HOME": str(project.root)}
    command = [sys.executable, "-c", RUNNER, folder]
    for path in project.notebooks.iterdir():
        path.unlink()
    path = project.notebooks / "01_slow.ipynb"
    notebook(path, "1")
    subprocess.run(command, env=environment, check=True, capture_output=True)
    mark = project.root / "begun"
    notebook(path, f"open({str(mark)!r}, 'w').close()\nimport time\ntime.sleep(60)")
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        while not mark.exists() and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(sent)
        _, said = running.communicate(timeout=30)
    assert running.returncode == code
    assert "Traceback" not in said
    assert ("kimeval: Interrupted" in said) == (sent == signal.SIGINT)
    place = published(project.outputs, "2024Q3", "05370")
    assert place.readlink().name == "v1"
    assert (place / "manifest.json").is_file()
