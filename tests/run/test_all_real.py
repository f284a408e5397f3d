"""Two generated areas, evaluated with a real notebook, through the command line."""

import json
import shutil
from pathlib import Path

import pytest

from kimeval.cli.guard import exit_code

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
ALL = ["run", "--quarter", "2024Q3", "--all"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A project with one notebook and small synthetic deliveries of two areas."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    shutil.copy(ROOT / "notebooks" / "01_data_quality.ipynb", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIMEVAL_HOME", str(tmp_path))
    monkeypatch.delenv("KIMEVAL_DEBUG", raising=False)
    sample = ["sample", "--areas", "05334002,05370", "--as-of", "2024-10-15", "--scale", "0.05"]
    assert exit_code(sample) == 0
    return tmp_path


def test_two_areas_are_published_and_the_second_start_changes_nothing(home, capsys):
    assert exit_code(ALL) == 0
    assert "published 2, no delivery 52" in capsys.readouterr().out
    folder = home / "outputs" / "2024Q3"
    page = (folder / "index.html").read_text(encoding="utf-8")
    for code, name in {"05334002": "Stadt Aachen", "05370": "Kreis Heinsberg"}.items():
        assert f'href="{code}/index.html">{name}<' in page
        assert name in (folder / code / "01_data_quality.html").read_text(encoding="utf-8")
        manifest = json.loads((folder / code / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["area"], manifest["data"]["synthetic"]) == (code, True)
    assert exit_code(ALL) == 0
    assert "unchanged 2, no delivery 52" in capsys.readouterr().out
    assert (folder / "05370").readlink().name == "v1"


def test_a_broken_delivery_and_a_hanging_notebook_are_told_and_the_rest_is_published(home, capsys):
    path = home / "notebooks" / "01_data_quality.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "hang", "metadata": {}, "outputs": []}
    source = "import time\ntime.sleep(60 if area == '05334002' else 0)"
    content["cells"].append(cell | {"source": source, "execution_count": None})
    path.write_text(json.dumps(content), encoding="utf-8")
    (home / "data" / "sample" / "05111" / "2024-10-15").mkdir(parents=True)
    assert exit_code([*ALL, "--timeout", "15", "--trust", "01_data_quality"]) == 42
    assert "published 1, failed 2, no delivery 51" in capsys.readouterr().out
    held = json.loads((home / "outputs" / "2024Q3" / "summary.json").read_text(encoding="utf-8"))
    told = {one["area"]: one for one in held["areas"] if one["status"] == "failed"}
    assert told["05111"]["error"] == "MissingFileError"
    number = len(content["cells"])
    assert f"within 15 s; cell {number} was still at work" in told["05334002"]["message"]
    assert (home / "outputs" / "2024Q3" / "05370" / "index.html").is_file()
