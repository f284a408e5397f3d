import os
import signal
import subprocess
import sys

import pytest

from kimeval.core.errors import LockedError, PublishError
from kimeval.run import lock
from kimeval.run.lock import only_run

HOLDER = """
import sys, time
from pathlib import Path
from kimeval.run.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_while_the_first_is_at_work(tmp_path, holder):
    with pytest.raises(LockedError, match="another run is at work"), only_run(tmp_path):
        pass


def test_a_killed_run_leaves_no_lock(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with only_run(tmp_path):
        pass


def test_the_lock_can_be_taken_again_and_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), only_run(tmp_path):
        1 / 0  # noqa: B018
    with only_run(tmp_path):
        pass


def test_without_flock_creation_decides_and_the_message_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "fcntl", None)
    with only_run(tmp_path):
        with pytest.raises(LockedError, match=r"delete outputs/\.lock"), only_run(tmp_path):
            pass
        assert (tmp_path / ".lock").exists()
    assert not (tmp_path / ".lock").exists()


def test_a_file_system_without_locks_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", refuse)
    with pytest.raises(PublishError, match="No locks available"), only_run(tmp_path):
        pass


def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PublishError, match="permissions"), only_run(tmp_path):
        pass
