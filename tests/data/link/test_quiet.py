"""Personal data reach no disk, no log and no message."""

import logging

import numpy as np
import pytest

from kimeval.core.errors import DataError
from kimeval.data.engine import VARIABLE, connect
from kimeval.data.link import link
from kimeval.data.link.score import silent

ROWS = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selamm", "1988-07-19")]
SECRETS = ("Tesfay", "tesfay", "Selam", "selam", "1988-07-19")


@pytest.fixture
def empty_folders(tmp_path, monkeypatch):
    """Working and temporary folder, both empty."""
    for name in ("work", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return tmp_path


@pytest.fixture
def many(people):
    """A delivery that needs more memory than DuckDB's least."""
    draws = np.random.default_rng(5)
    letters = np.array(list("abcdefghij"))
    names = ["".join(draws.choice(letters, 8)) for _ in range(12_000)]
    return people(
        *[(name, name[::-1], f"19{50 + n % 40}-07-{10 + n % 20}") for n, name in enumerate(names)]
    )


def test_nothing_is_written(people, settings, empty_folders):
    link(people(*ROWS), settings())
    assert [path for path in empty_folders.rglob("*") if path.is_file()] == []


def test_too_little_memory_is_an_error_and_no_file(many, settings, empty_folders, monkeypatch):
    monkeypatch.setenv(VARIABLE, "20MiB")
    with pytest.raises(DataError, match="Set KIMEVAL_MEMORY") as found:
        link(many, settings())
    assert [path for path in empty_folders.rglob("*") if path.is_file()] == []
    assert found.value.__cause__ is None


def test_the_engine_has_no_folder_to_spill_to():
    told = connect().sql("SELECT current_setting('temp_directory')").fetchall()
    assert told == [("",)]


def test_no_log_and_no_output_tells_anything(people, settings, caplog, capfd):
    with caplog.at_level(1):
        link(people(*ROWS), settings())
    assert [r.getMessage() for r in caplog.records if r.name.startswith("splink")] == []
    assert not any(secret in caplog.text for secret in SECRETS)
    assert capfd.readouterr() == ("", "")


def test_a_failure_inside_names_no_value():
    with pytest.raises(DataError, match="defect of kimeval") as found, silent():
        connect().sql("SELECT CAST('Tesfay' AS INTEGER)").fetchall()
    assert "Tesfay" not in str(found.value)
    assert found.value.__suppress_context__


def test_the_loggers_are_as_before_afterwards():
    logger = logging.getLogger("splink")
    before = logger.level
    with silent():
        assert logger.level > logging.CRITICAL
    assert logger.level == before
