"""What several tests share: outside data, loose scripts, and a list of what was skipped."""

import importlib.util
import os
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """Data that are no part of the project: beside its root, or where KIMEVAL_SHARED points."""
    named = os.environ.get("KIMEVAL_SHARED")
    return Path(named) if named else ROOT.parent / "shared"


def reference_folder(shared: Path, in_ci: bool) -> Path:
    """Outside truths, or the reason why the test cannot run.

    In CI, data that lie beside the project and lack this folder are a failure: a
    test that is skipped for months looks like one that passes.
    """
    folder = shared / "reference"
    if folder.is_dir():
        return folder
    if in_ci and shared.is_dir():
        pytest.fail("The shared folder lies beside the project and holds no reference/.")
    pytest.skip("No shared/reference beside the project; set KIMEVAL_SHARED to test against it.")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def reference_data() -> Path:
    return reference_folder(shared_folder(), in_ci=os.environ.get("CI") == "true")


@pytest.fixture(scope="session")
def script():
    """Load a file that is no part of a package, by its path in the project."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"script_{Path(name).stem}", ROOT / name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def pytest_terminal_summary(terminalreporter) -> None:
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {number}: {reason}")


def _reason(report) -> str:
    text = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
