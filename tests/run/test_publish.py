import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kimeval.run.publish import (
    PublishError,
    clear_stages,
    publish,
    published,
    require_place,
    stage,
)

FILES = 5
PUBLISHER = """
import os, signal, sys
from pathlib import Path
from kimeval.run.publish import clear_stages, publish, stage

outputs, first, last, fatal = Path(sys.argv[1]), *map(int, sys.argv[2:])
events = 0

def die(event, arguments):
    global events
    if event.startswith(("os.", "open", "shutil.", "tempfile.", "glob.", "pathlib.")):
        events += 1
        if events == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

for token in range(first, last):
    clear_stages(outputs)
    with stage(outputs, "2024Q3", "05370") as folder:
        (folder / "notebooks").mkdir()
        for n in range(5):
            (folder / "notebooks" / str(n)).write_text(str(token))
        if fatal:
            sys.addaudithook(die)
        publish(folder, outputs, "2024Q3", "05370")
"""


def write_and_publish(outputs, token):
    clear_stages(outputs)
    with stage(outputs, "2024Q3", "05370") as folder:
        (folder / "notebooks").mkdir()
        for n in range(FILES):
            (folder / "notebooks" / str(n)).write_text(str(token))
        return publish(folder, outputs, "2024Q3", "05370")


def tokens(outputs):
    """What a reader finds, through one resolved link as a browser would."""
    folder = published(outputs, "2024Q3", "05370").resolve(strict=True) / "notebooks"
    return [(folder / str(n)).read_text() for n in range(FILES)]


def publisher(outputs, first, last, fatal=0):
    command = [sys.executable, "-c", PUBLISHER, str(outputs), str(first), str(last), str(fatal)]
    return subprocess.Popen(command)


def test_a_stage_becomes_the_first_version_behind_a_relative_link(tmp_path):
    place = write_and_publish(tmp_path, 1)
    assert place == tmp_path / "2024Q3" / "05370"
    assert place.readlink() == Path("versions/05370/v1")
    assert tokens(tmp_path) == ["1"] * FILES
    assert list((tmp_path / ".stage").iterdir()) == []


def test_every_file_and_folder_reaches_the_disk_before_the_rename(tmp_path, monkeypatch):
    order = []
    rename = Path.rename
    monkeypatch.setattr(os, "fsync", lambda _: order.append("fsync"))
    monkeypatch.setattr(Path, "rename", lambda a, b: (order.append("rename"), rename(a, b)))
    write_and_publish(tmp_path, 1)
    folders = ["stage", "notebooks"]
    assert order.index("rename") == FILES + len(folders)


def test_a_second_version_keeps_the_first(tmp_path):
    write_and_publish(tmp_path, 1)
    place = write_and_publish(tmp_path, 2)
    assert place.readlink().name == "v2"
    assert (place.parent / "versions" / "05370" / "v1" / "notebooks" / "0").read_text() == "1"


def test_version_ten_comes_after_nine(tmp_path):
    for n in range(1, 12):
        place = write_and_publish(tmp_path, n)
    assert place.readlink().name == "v11"


def test_a_stage_is_removed_when_its_run_fails(tmp_path):
    write_and_publish(tmp_path, 1)
    with pytest.raises(ZeroDivisionError), stage(tmp_path, "2024Q3", "05370") as folder:
        (folder / "half").write_text("half")
        1 / 0  # noqa: B018
    assert not folder.exists()
    assert tokens(tmp_path) == ["1"] * FILES


def test_what_dead_runs_left_is_removed_at_the_next_start(tmp_path):
    write_and_publish(tmp_path, 1)
    (tmp_path / ".stage" / "2024Q3-05370-1").mkdir()
    left = tmp_path / "2024Q3" / ".05370-1.link"
    left.symlink_to("versions/05370/v9")
    clear_stages(tmp_path)
    assert list((tmp_path / ".stage").iterdir()) == []
    assert not left.is_symlink()
    assert tokens(tmp_path) == ["1"] * FILES


def test_a_folder_where_the_link_belongs_is_not_touched(tmp_path):
    mine = tmp_path / "2024Q3" / "05370"
    mine.mkdir(parents=True)
    (mine / "index.html").write_text("mine")
    with pytest.raises(PublishError, match="outputs/2024Q3/05370 must be a link"):
        require_place(tmp_path, "2024Q3", "05370")
    assert (mine / "index.html").read_text() == "mine"


def test_a_file_system_without_links_is_named(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(PublishError, match="symbolic links"):
        clear_stages(tmp_path)


def test_a_kill_at_any_step_of_publishing_leaves_a_whole_version(tmp_path):
    write_and_publish(tmp_path, 1)
    survived, found = False, set()
    for fatal in range(1, 200):
        died = publisher(tmp_path, 2, 3, fatal).wait() == -signal.SIGKILL
        assert len(set(tokens(tmp_path))) == 1
        found.add(tokens(tmp_path)[0])
        if not died:
            survived = True
            break
        write_and_publish(tmp_path, 1)
    assert survived
    assert fatal > 10
    assert found == {"1", "2"}


@pytest.mark.slow
def test_readers_find_a_whole_version_while_publishers_are_killed_at_random(tmp_path):
    chance = random.Random(20240930)
    write_and_publish(tmp_path, 0)
    for round_ in range(25):
        with publisher(tmp_path, 1000 * round_, 1000 * round_ + 999) as process:
            while process.poll() is None and int(tokens(tmp_path)[0]) <= 1000 * round_:
                assert len(set(tokens(tmp_path))) == 1
            end = time.monotonic() + chance.uniform(0, 0.05)
            while time.monotonic() < end:
                assert len(set(tokens(tmp_path))) == 1
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert len(set(tokens(tmp_path))) == 1
