"""The notebooks of the project on the committed sample: warm and plain give the same files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Kernels are forked on Linux only."),
]
ROOT = Path(__file__).resolve().parents[3]
DELIVERY = Path("data/sample/05370/2024-10-15")
NAMING = {"manifest.json", "index.html", "versions.html", "versions.json"}  # times, or the version


@pytest.fixture(scope="module")
def versions(tmp_path_factory):
    """What a run with plain and one with warm kernels have published."""
    home = tmp_path_factory.mktemp("project")
    (home / DELIVERY.parent).mkdir(parents=True)
    for name in ("notebooks", "profiles", DELIVERY, "requirements.lock", "pyproject.toml"):
        (home / name).symlink_to(ROOT / name)
    for kernels in ("plain", "warm"):
        environment = {**os.environ, "KIMEVAL_HOME": str(home), "KIMEVAL_KERNELS": kernels}
        command = [sys.executable, "-m", "kimeval", "run", "--quarter", "2024Q3", "--area", "05370"]
        done = subprocess.run(
            [*command, "--force"], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (home / "outputs").rename(home / kernels)
        shutil.rmtree(home / "data" / "register")
    return home


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in NAMING)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_all_that_is_published_is_the_same_byte_for_byte(versions):
    plain, warm = (files(versions / k / "2024Q3" / "05370") for k in ("plain", "warm"))
    assert any(name.startswith("figures/") for name in warm)
    assert "notebooks/02_reach.ipynb" in warm
    assert [name for name in {*plain, *warm} if plain.get(name) != warm.get(name)] == []
