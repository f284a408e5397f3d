"""A test against outside data runs, says why it cannot, or fails in CI; it never just vanishes."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def conftest(script):
    return script("tests/conftest.py")


@pytest.fixture
def shared(tmp_path):
    (tmp_path / "shared").mkdir()
    return tmp_path / "shared"


@pytest.mark.parametrize("in_ci", [True, False])
def test_reference_data_that_are_there_are_used(conftest, shared, in_ci):
    (shared / "reference").mkdir()
    assert conftest.reference_folder(shared, in_ci) == shared / "reference"


def test_in_ci_a_shared_folder_without_reference_data_fails(conftest, shared):
    with pytest.raises(pytest.fail.Exception, match="holds no reference/"):
        conftest.reference_folder(shared, in_ci=True)


def test_elsewhere_it_skips_with_the_way_out(conftest, shared):
    with pytest.raises(pytest.skip.Exception, match="KIMEVAL_SHARED"):
        conftest.reference_folder(shared, in_ci=False)


def test_without_a_shared_folder_it_skips_in_ci_too(conftest, tmp_path):
    with pytest.raises(pytest.skip.Exception):
        conftest.reference_folder(tmp_path / "shared", in_ci=True)


def test_the_shared_folder_lies_beside_the_root_or_where_the_variable_points(
    conftest, root, tmp_path, monkeypatch
):
    monkeypatch.delenv("KIMEVAL_SHARED", raising=False)
    assert conftest.shared_folder() == root.parent / "shared"
    monkeypatch.setenv("KIMEVAL_SHARED", str(tmp_path))
    assert conftest.shared_folder() == tmp_path


def test_skips_are_summed_up_by_reason(conftest):
    lines = []
    skipped = [SimpleNamespace(longrepr=("test_a.py", n, "Skipped: no data")) for n in (1, 2)]
    reporter = SimpleNamespace(stats={"skipped": skipped}, write_line=lines.append)
    conftest.pytest_terminal_summary(reporter)
    assert lines == ["skipped 2: no data"]
