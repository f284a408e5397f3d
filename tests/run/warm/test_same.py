"""What warm kernels show is what plain ones show, byte for byte."""

import json
import os
import sys

import pytest

from kimeval.run.warm.forks import warm_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Kernels are forked on Linux only."),
]
FIGURES = "import matplotlib.pyplot as plt\nimport pandas as pd\nplt.plot([1, 2])"
DIRECT = "from matplotlib.figure import Figure\nf = Figure()\nf.subplots().plot([1])\nf"
SVG = "%config InlineBackend.figure_formats = ['svg']\nplt.rcParams['svg.hashsalt'] = 'a'"
SEABORN = "import seaborn as sns\nsns.barplot(x=[1, 2, 3], y=[3, 1, 2]);"
TABLE = "pd.DataFrame({f'column{n}': range(90) for n in range(30)})"
HASHES = "{hash('a'), 'b', 'c'}, list({'x', 'y', 'z'})"
RICH = "from IPython.display import HTML, display\ndisplay(HTML('<b>a</b>'))\n1 / 3"


@pytest.fixture
def shown(cells):
    """Cells of an executed notebook, with what they show."""
    return lambda *sources: json.loads(cells(*sources).read_text(encoding="utf-8"))["cells"]


@pytest.fixture
def both(shown, forks, monkeypatch):
    """The same cells in a warm and in a plain kernel."""

    def go(*sources):
        warm = shown(*sources)
        with monkeypatch.context() as plain:
            plain.setattr("kimeval.run.warm.forks.current", lambda: None)
            return warm, shown(*sources)

    return go


def test_figures_and_tables_are_the_same(both):
    warm, plain = both(FIGURES, "plt.plot([3, 1])\nplt.show()", SEABORN, TABLE, HASHES, RICH)
    strip = "[<matplotlib.lines.Line2D at"
    kinds = [sorted(o.get("data", {})) for cell in warm for o in cell.get("outputs", [])]
    assert sum("image/png" in kind for kind in kinds) == 3
    assert without(warm, strip) == without(plain, strip)


def test_a_figure_without_pyplot_is_the_same(both):
    warm, plain = both(DIRECT, "import matplotlib.pyplot as plt", DIRECT)
    assert without(warm, "<Figure") == without(plain, "<Figure")


def test_a_figure_as_svg_is_the_same(both):
    warm, plain = both(FIGURES, SVG, "plt.plot([3, 1]);")
    assert any("image/svg+xml" in o.get("data", {}) for c in warm for o in c.get("outputs", []))
    assert undated(without(warm, "[<")) == undated(without(plain, "[<"))


def test_settings_are_the_same(both):
    settings = (
        "import sys, logging, locale, signal, resource, pandas as pd, matplotlib as mpl",
        "{k: pd.get_option(k) for k in ('display.max_columns', 'display.max_rows')}",
        "sorted((k, str(v)) for k, v in mpl.rcParams.items())",
        "logging.root.level, locale.getlocale()",
        "sys.flags, sys.path, sys.argv[0], sys.getrecursionlimit(), sys.stdin is None",
        "signal.getsignal(2), signal.getsignal(15), resource.getrlimit(7)",
        "sorted(get_ipython().config), sorted(get_ipython().user_ns)",
        "import os\nsorted(set(os.environ) - {'JPY_PARENT_PID'}), sys.modules['__main__'].__name__",
    )
    warm, plain = both(*settings)
    for one, other in zip(warm, plain, strict=True):
        assert one == other


def without(cells, start):
    """Cells without texts that name a place in memory."""
    for cell in cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/plain", "")
            if "".join(text).startswith(start):
                output["data"]["text/plain"] = start
    return cells


def undated(cells):
    return [line for line in json.dumps(cells, indent=0).splitlines() if "<dc:date>" not in line]


def test_a_figure_is_shown_even_if_its_backend_was_loaded_before_there_was_a_shell(
    shown, monkeypatch, tmp_path
):
    (tmp_path / "sitecustomize.py").write_text("import matplotlib_inline.backend_inline")
    with warm_kernels() as forks:
        with monkeypatch.context() as started:
            started.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
            assert forks.start()
        figure = shown("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert [sorted(o["data"]) for o in figure[-1]["outputs"]] == [["image/png", "text/plain"]]
