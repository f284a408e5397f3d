"""The list of trusted notebooks is that of the notebooks as they are committed."""

import re
from pathlib import Path

from kimeval.run.trust import LIST, content_hash, trusted_list

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_the_list_is_what_its_script_makes_now(script):
    assert LIST.read_text(encoding="utf-8") == script(".ci/trusted.py").trusted(), "run: make trust"


def test_each_notebook_stands_on_the_list_with_its_hash():
    found = {path.stem: content_hash(path) for path in NOTEBOOKS.glob("*.ipynb")}
    assert len(found) >= 3
    assert found == dict(trusted_list())
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in found.values())


def test_the_list_lies_in_the_package():
    assert LIST.is_relative_to(Path(__file__).resolve().parents[2] / "src" / "kimeval")
