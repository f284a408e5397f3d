"""What a real notebook shows of data: nothing but how much there is of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from kimeval.protect import surface

pytestmark = pytest.mark.slow
NAME = "Mia Musterfrau"
BEGIN = (
    "import duckdb, numpy as np, pandas as pd, pyarrow as pa\n"
    "import kimeval as ke\n"
    "evaluation = ke.evaluate('2024Q3', '05370', needs_data=False)\n"
    "name = 'Mia Muster' + 'frau'\n"
    "df = pd.DataFrame({'name': [name, name], 'age': [31, 32]}, index=['a', name])\n"
    "table = pa.table({'name': [name, name]})\n"
    "rows = duckdb.sql(\"SELECT 'Mia Muster' || 'frau' AS name\")"
)
LINE = "Inhalte werden nicht angezeigt."


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Execute cells in one kernel, which fail or not; outputs of each as JSON text."""

    def go(*sources, begin=BEGIN):
        cells = [nbformat.v4.new_code_cell(source) for source in (begin, *sources)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        folder = tmp_path_factory.mktemp("kernel")
        settings = {"IPYTHONDIR": str(folder), "JUPYTER_PLATFORM_DIRS": "1"}
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env=os.environ | settings)
        return [json.dumps(cell.outputs, ensure_ascii=False) for cell in notebook.cells[1:]]

    return go


SHOWN = [
    "df",
    "df.name",
    "df.index",
    "df.name.array",
    "df.astype('category').name.cat.categories",
    "df.style",
    "df.values",
    "table",
    "table.column('name')",
    "table.column('name').combine_chunks()",
    "table.to_batches()[0]",
    "rows",
    "[df]",
    "{'a': df}",
    "(table, 1)",
    "df.name.tolist()",
    "df.to_dict()",
    "next(df.itertuples())",
    "set(df.name)",
    "df.name.iloc[0] and df.iloc[0]",
    "df.groupby('name').age.sum()",
]


def test_no_table_shows_a_value_however_it_is_shown(run):
    ways = ["{}", "print({})", "display({})", "import pprint; pprint.pprint({})"]
    simple = ["df", "df.name", "df.index", "df.name.array", "[df]", "{'a': df}"]
    texts = [f"print({way.format(name)})" for way in ("str({})", "repr({})", "f'{{{}}}'")
             for name in ("df", "df.name", "df.index")]  # fmt: skip
    sources = [way.format(what) for way in ways[:3] for what in SHOWN]
    sources += [ways[3].format(what) for what in simple] + texts + ["rows.show()", "print(rows)"]
    for source, shown in zip(sources, run(*sources), strict=True):
        assert "Mia" not in shown, source
        assert LINE in shown, source
        assert "error" not in shown, source


def test_the_size_is_told(run):
    many = "pd.DataFrame({f'c{n}': [name] * 1234 for n in range(14)})"
    shown = run(many, "df.name", "pa.array([name])", "np.zeros((2, 3, 4))", "[1, 2, 3]")
    assert "Tabelle mit 1.234 Zeilen und 14 Spalten; Inhalte werden nicht angezeigt." in shown[0]
    assert "evaluation.protect()" in shown[0]
    assert "Reihe mit 2 Werten;" in shown[1]
    assert "Reihe mit 1 Wert;" in shown[2]
    assert "Feld mit 2 × 3 × 4 Werten;" in shown[3]
    assert "Sammlung mit 3 Einträgen;" in shown[4]


def test_what_passed_the_gate_and_plain_answers_are_shown(run):
    gate = "published = evaluation.protect(ke.published.results())\n"
    table = "ke.tables.published_table(published.only(status='refused'), 'Nicht veröffentlicht')"
    header, made, figure, summary, shape, words = run(
        "evaluation",
        gate + table,
        "ke.figures.published.plot_fill_rates(published)",
        "published",
        "print(df.shape, len(df))\ndf.shape",
        "'drei Worte'",
    )
    assert "Kreis Heinsberg" in header
    assert "Nicht veröffentlicht" in made and "text/html" in made
    assert "svg+xml" in figure
    assert "Protected(" in summary
    assert "(2, 2) 2" in shape and shape.count("(2, 2)") == 2
    assert "drei Worte" in words
    assert not any(LINE in shown for shown in (header, made, figure, summary, shape, words))


LATER = """
import sys, types

class DataFrame:
    __module__ = "polars.dataframe.frame"
    shape = (2, 1)

    def __repr__(self):
        return name

    def _repr_html_(self):
        return name

sys.modules["polars"] = types.SimpleNamespace(DataFrame=DataFrame)
DataFrame()
"""


def test_a_library_that_is_imported_later_is_guarded_too(run):
    for shown in run(LATER, "print(str(DataFrame()))", "DataFrame()"):
        assert "Mia" not in shown
        assert "Tabelle mit 2 Zeilen und 1 Spalte" in shown


FAILING = {
    "KeyError": "df[name]",
    "ValueError": "raise ValueError(name)",
    "AttributeError": "getattr(df, name)",
    "RuntimeError": (
        "try:\n    {}[name]\nexcept KeyError as error:\n    raise RuntimeError(name) from error"
    ),
    "ExceptionGroup": "raise ExceptionGroup(name, [ValueError(name)])",
    "SystemExit": "raise SystemExit(name)",
    "SyntaxError": "exec(f'x = {name}')",
    "FileNotFoundError": "raise OSError(2, name, name)",
    "DataError": "class DataError(Exception): pass\nraise DataError(name)",
    "KimevalError": (
        "from kimeval.core.errors import KimevalError as Own\n"
        "class KimevalError(Own): pass\nraise KimevalError(name)"
    ),
    "ZeroDivisionError": "class Odd:\n    def __repr__(self): return name[0 / 0]\nOdd()",
}


def test_a_failure_tells_class_cell_and_line_only(run):
    for (kind, source), shown in zip(FAILING.items(), run(*FAILING.values()), strict=True):
        assert "Mia" not in shown, source
        assert f'"ename": "{kind}"' in shown, shown
    first = run("1\n\ndf[name]")[0]
    assert "KeyError in Zelle 2, Zeile 3." in first
    assert "pandas" in first and "__getitem__()" in first


def test_an_error_of_kimeval_is_one_line(run):
    source = "from kimeval.core.errors import DataError\nraise DataError('Zwei Summen. Prüfen.')"
    outputs = json.loads(run(source)[0])
    assert outputs[0]["traceback"] == ["DataError: Zwei Summen. Prüfen."]
    assert outputs[0]["evalue"] == "Zwei Summen. Prüfen."


def test_the_client_that_asked_is_told_no_value_either(tmp_path):
    cells = [nbformat.v4.new_code_cell(source) for source in (BEGIN, "{}[name]")]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3")
    with pytest.raises(CellExecutionError) as found:
        client.execute(env=os.environ | {"IPYTHONDIR": str(tmp_path)})
    assert found.value.ename == "KeyError"
    assert "Mia" not in f"{found.value} {found.value.evalue} {found.value.traceback}"


SAYING = {
    "warning": "import warnings\nwarnings.warn(name)",
    "log": "import logging\nlogging.warning('row %s', name)",
    "log with handler": (
        "logging.basicConfig(force=True)\n"
        "try:\n    {}[name]\nexcept KeyError:\n    logging.getLogger('a').exception(name)"
    ),
    "thread": (
        "import threading\ndef fail(): raise ValueError(name)\n"
        "work = threading.Thread(target=fail)\nwork.start()\nwork.join()"
    ),
    "destructor": "class Odd:\n    def __del__(self): raise ValueError(name)\nOdd()\nNone",
    "exception": (
        "try:\n    {}[name]\nexcept KeyError as error:\n    print(error)\n    display(error)"
    ),
    "pseudonym": "print('row 0937b0701a78b0d54ca5, 31')",
}


def test_warnings_logs_and_lost_exceptions_tell_no_text(run):
    for way, shown in zip(SAYING, run(*SAYING.values()), strict=True):
        assert "Mia" not in shown, way
        assert "0937b" not in shown, way
        assert shown != "[]", way
        assert "not shown" in shown or "nicht angezeigt" in shown, way


def test_in_plain_python_nothing_is_changed():
    assert not surface.guard()
    assert "Mia" in repr(pd.DataFrame({"name": [NAME]}))
    script = (
        "import kimeval as ke, pandas as pd, logging, warnings\n"
        "ke.evaluate('2024Q3', '05370', needs_data=False)\n"
        f"print(pd.DataFrame({{'name': [{NAME!r}]}}))\nwarnings.warn({NAME!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert NAME in done.stdout
    assert NAME in done.stderr


def test_the_guard_can_be_taken_off():
    script = (
        "import builtins, logging, sys, threading, warnings\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "import pandas as pd\nfrom kimeval.protect.surface import guard, unguard\n"
        "def state():\n"
        "    return [builtins.print, warnings.showwarning, logging.getLogRecordFactory(),\n"
        "            threading.excepthook, sys.unraisablehook, shell.display_formatter.format,\n"
        "            shell.showtraceback, pd.DataFrame.__repr__, pd.DataFrame._repr_html_]\n"
        "before = state()\nassert guard() and guard()\n"
        "assert not any(a == b for a, b in zip(before, state()))\n"
        f"assert 'Mia' not in repr(pd.DataFrame({{'a': [{NAME!r}]}}))\n"
        "unguard()\nassert before == state()\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    assert done.returncode == 0, done.stderr
