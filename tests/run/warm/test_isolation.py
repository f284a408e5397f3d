"""A warm kernel is as alone as one that was started plainly."""

import sys
from pathlib import Path

import pytest

from kimeval.core.errors import NotebookFailure

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("forks"),
    pytest.mark.skipif(sys.platform != "linux", reason="Kernels are forked on Linux only."),
]
SECRET = "Mia Muster 01.01.1990"


def test_a_kernel_is_a_child_of_the_parent_and_not_of_the_run(forks, texts):
    assert texts("import os", "os.getppid()") == [str(forks.pid)]


def test_the_parent_has_a_single_thread(forks):
    assert len(list(Path(f"/proc/{forks.pid}/task").iterdir())) == 1


def test_what_a_notebook_does_to_a_module_is_gone_in_the_next(texts):
    change = "import pandas, kimeval, sys\npandas.mark = kimeval.mark = sys.mark = 1\npandas.mark"
    look = "import pandas, kimeval, sys\n[hasattr(m, 'mark') for m in (pandas, kimeval, sys)]"
    assert texts(change) == ["1"]
    assert texts(look) == ["[False, False, False]"]


def test_names_of_a_notebook_are_gone_in_the_next(texts):
    assert texts("mine = 1\nmine") == ["1"]
    assert texts("'mine' in globals()") == ["False"]


def test_styles_and_open_figures_are_gone_in_the_next(texts):
    look = "import matplotlib.pyplot as plt\n(plt.rcParams['axes.grid'], plt.get_fignums())"
    change = "plt.rcParams['axes.grid'] = True\nplt.close('all')\nfigure = plt.Figure()"
    before = texts(look)
    texts("import matplotlib.pyplot as plt\n" + change, "plt.rcParams['axes.grid']")
    assert texts(look) == before == ["(False, [])"]


def test_the_environment_is_the_runs_and_changes_are_gone_in_the_next(texts, monkeypatch):
    look = "import os\n[os.environ.get(name) for name in ('OF_THE_RUN', 'OF_A_CELL')]"
    monkeypatch.setenv("OF_THE_RUN", "1")
    texts("import os\nos.environ['OF_A_CELL'] = '1'")
    assert texts(look) == ["['1', None]"]
    monkeypatch.delenv("OF_THE_RUN")
    assert texts(look) == ["[None, None]"]


def test_random_numbers_differ_between_kernels(texts):
    draw = "import random, numpy, uuid\n(random.random(), numpy.random.rand(), uuid.uuid4().hex)"
    first, second = (eval(texts(draw)[0]) for _ in range(2))
    assert not set(first) & set(second)


def test_the_working_directory_is_the_kernels_own(texts, tmp_path):
    look = "import os, pathlib\nos.path.basename(os.getcwd())"
    assert texts(look, "os.chdir('/')") == ["'scratch0'"]
    assert texts(look) == ["'scratch1'"]


def test_a_table_shows_its_columns_as_in_any_notebook(texts):
    shown = texts("import pandas as pd\n(pd.options.display.max_columns, pd.options.display.width)")
    assert shown == ["(20, 80)"]


def test_a_kernel_computes_with_one_thread(texts):
    look = "import os\n[os.environ[n] for n in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS')]"
    assert texts(look) == ["['1', '1']"]


def test_memory_is_given_back(forks, texts):
    def own():
        lines = Path(f"/proc/{forks.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private"))

    texts("1")
    before = own()
    texts("block = bytearray(200_000_000)\nlen(block)")
    assert own() - before < 20_000


def test_a_crash_touches_neither_parent_nor_the_next_kernel(forks, texts, cells):
    pid = forks.pid
    for crash in ("os._exit(1)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)"):
        with pytest.raises(NotebookFailure, match="its kernel died"):
            cells(f"import os\n{crash}")
    assert texts("1") == ["1"]
    assert forks.pid == pid


def test_no_process_and_no_socket_of_an_ended_kernel_is_left(forks, texts):
    start = "import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=False).pid"
    pid = int(texts(start)[0])
    assert not Path(f"/proc/{pid}").exists() or "zombie" in Path(f"/proc/{pid}/status").read_text()
    assert Path(f"/proc/{forks.pid}/task/{forks.pid}/children").read_text().split() == []
    assert list(Path(forks.address()).parent.iterdir()) == []


def test_kernels_speak_over_files_of_this_user_only(texts, forks):
    look = "import json, sys\ninfo = json.load(open(sys.argv[2]))\n(info['transport'], info['ip'])"
    transport, address = eval(texts(look)[0])
    assert transport == "ipc"
    assert Path(address).parent == Path(forks.address()).parent
    assert Path(address).parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "source",
    [f"raise ValueError({SECRET!r})", f"{{}}[{SECRET!r}]", f"raise SystemExit({SECRET!r})"],
)
def test_an_error_is_told_as_from_a_plain_kernel(cells, source, monkeypatch):
    with pytest.raises(NotebookFailure) as warm:
        cells("1", source)
    monkeypatch.setattr("kimeval.run.warm.forks.current", lambda: None)
    with pytest.raises(NotebookFailure) as plain:
        cells("1", source)
    assert str(warm.value) == str(plain.value)
    assert "Mia" not in str(warm.value)


def test_the_guard_works_in_a_warm_kernel(cells, texts):
    guarded = "import kimeval as ke\nke.evaluate(quarter, area, threshold, needs_data=False)\n"
    raw = f"import pandas as pd\ndf = pd.DataFrame({{'a': [{SECRET!r}]}})\nprint(df)\ndf"
    shown = texts(guarded, raw, "[df]")[1:]
    assert len(shown) == 2
    assert all("Inhalte werden nicht angezeigt" in text and "Mia" not in text for text in shown)
    with pytest.raises(NotebookFailure, match=r"cell 4 failed with KeyError in line 2\.") as found:
        cells(guarded, f"1\n{{}}[{SECRET!r}]")
    assert "Mia" not in str(found.value)


def test_an_own_error_is_told_in_full(cells):
    raising = "from kimeval.core.errors import DataError\nraise DataError('Zwei Summen. Prüfen.')"
    with pytest.raises(NotebookFailure, match=r"DataError: Zwei Summen\. Prüfen"):
        cells(raising)
