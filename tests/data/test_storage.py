import errno
import os
import subprocess
import sys
import time

import pytest

from kimeval.core.errors import LockedError, PublishError
from kimeval.data.storage import FULL, alone, sweep, writable

HOLDER = """
import sys, time
from pathlib import Path
from kimeval.data.storage import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "No space left on device. Nothing was left behind. Free some space"),
        (errno.EDQUOT, "Free some space"),
        (errno.EACCES, "Permission denied. Nothing was left behind. Change the folder's"),
        (errno.EROFS, "Change the folder's permissions"),
        (errno.EIO, "Check the disk, then call again"),
    ],
)
def test_a_refusal_names_place_reason_and_way_out(number, says):
    with (
        pytest.raises(PublishError, match=rf"data/raw/05370 must take .*{says}") as found,
        writable("data/raw/05370"),
    ):
        raise OSError(number, os.strerror(number), "mias/kim.csv")
    assert "mia" not in str(found.value)
    assert found.value.__suppress_context__


def test_an_error_without_a_number_has_words_too():
    with pytest.raises(PublishError, match="the system refused"), writable("data/raw"):
        raise OSError("mias/kim.csv")


def test_other_errors_pass_where_only_some_are_meant():
    with pytest.raises(PermissionError), writable("data/raw", FULL):
        raise PermissionError(errno.EACCES, "")
    with pytest.raises(PublishError), writable("data/raw", FULL):
        raise OSError(errno.ENOSPC, "")


def test_a_second_process_is_refused_until_the_first_is_dead(tmp_path):
    home = tmp_path / "05370"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError, match="data/raw/05370, another one is at work"), alone(home):
        pass
    holder.kill()
    holder.wait()
    with alone(home) as locked:
        assert locked


def test_stages_of_the_dead_go_at_once_when_alone_and_after_a_day_otherwise(tmp_path):
    for name, days in ((".old.part", 2), (".new.part", 0), ("2024-10-15", 9)):
        (tmp_path / name).mkdir()
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / name, (then, then))
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new.part", "2024-10-15"]
    sweep(tmp_path, at_once=True)
    assert [path.name for path in tmp_path.iterdir()] == ["2024-10-15"]
