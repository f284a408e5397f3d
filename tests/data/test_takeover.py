import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import tomllib

import pytest

from kimeval.core.area import area
from kimeval.core.errors import (
    FormatError,
    KeyFileError,
    MissingFileError,
    ParameterError,
    PublishError,
)
from kimeval.core.project import Project
from kimeval.data import copying, vintages
from kimeval.data.takeover import Said, take_over

HEINSBERG = area("05370")
DAY = dt.date(2024, 10, 15)
SAID = Said(DAY, synthetic=True)
PROFILE = """
[profile]
name = "klein"
title = "Kleiner Export"
provider = "ki"

[[file]]
pattern = "faelle*.csv"
title = "Fälle"
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
opened_on = "Aufnahme"

[[file]]
pattern = "stellen*.csv"
title = "Stellen"
[[file.table]]
name = "posts"
[file.table.columns]
baustein = "Baustein"
held_by = "Träger"
valid_from = "ab"
"""
FILES = {
    "faelle.csv": "Fall;Aufnahme\nF1;01.02.2024\nF2;31.02.2024\n",
    "stellen.csv": "Baustein;Träger;ab\n2;Kreis;01.01.2024\n",
}
SHEET = 'area = "05370"\nas_of = 2024-10-15\nprofiles = ["klein"]\nsynthetic = true\n'


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path / "home")


@pytest.fixture
def exports(tmp_path):
    return write(tmp_path / "exports", FILES)


def write_project(root):
    for name in ("notebooks", "profiles", "data/raw"):
        (root / name).mkdir(parents=True)
    (root / "profiles" / "klein.toml").write_text(PROFILE, encoding="utf-8")
    return Project(root)


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def change(exports):
    return write(exports, {"faelle.csv": "Fall;Aufnahme\nF9;01.02.2024\n"})


def held(home):
    """Names in an area's folder, without the lock."""
    found = home / "05370"
    names = (path.name for path in found.iterdir()) if found.exists() else ()
    return sorted(name for name in names if name != ".lock")


def contents(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def everything(project):
    """Deliveries and vintages, stages too."""
    return held(project.raw), held(project.vintages)


def test_files_become_a_delivery_and_a_vintage(project, exports):
    taken = take_over(project, HEINSBERG, exports, SAID)
    assert everything(project) == (["2024-10-15"], ["2024-10-15"])
    place = project.raw / "05370" / "2024-10-15"
    assert contents(place) == {**FILES, "delivery.toml": SHEET}
    assert (taken.delivery.folder, taken.delivery.profiles) == (place, ("klein",))
    assert (taken.copied, taken.new) == (True, True)
    assert taken.vintage.load().tables["cases"]["opened_on"].tolist() == [dt.datetime(2024, 2, 1)]


def test_the_folder_handed_over_stays_as_it_is(project, exports):
    take_over(project, HEINSBERG, exports, SAID)
    assert contents(exports) == FILES


def test_the_vintage_of_a_taken_delivery_is_that_of_its_place(project, exports):
    taken = take_over(project, HEINSBERG, exports, SAID)
    assert vintages.ensure_vintage(project, HEINSBERG) == taken.vintage


def test_a_sheet_in_the_folder_is_copied_as_it_is(project, exports):
    sheet = "# von Hand\n" + SHEET
    write(exports, {"delivery.toml": sheet})
    take_over(project, HEINSBERG, exports, Said())
    place = project.raw / "05370" / "2024-10-15"
    assert (place / "delivery.toml").read_text(encoding="utf-8") == sheet


def test_a_written_sheet_is_toml_whatever_the_profile_is_called(project, exports):
    (project.profiles / "klein.toml").rename(project.profiles / 'k"l.toml')
    take_over(project, HEINSBERG, exports, Said(DAY, ('k"l',), True))
    text = (project.raw / "05370" / "2024-10-15" / "delivery.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["profiles"] == ['k"l']


def test_hidden_files_are_not_copied(project, exports):
    write(exports, {".DS_Store": "x", "~$faelle.csv": "x"})
    take_over(project, HEINSBERG, exports, SAID)
    assert sorted(contents(project.raw / "05370" / "2024-10-15")) == [
        "delivery.toml",
        "faelle.csv",
        "stellen.csv",
    ]


def test_the_same_files_are_recognised_and_nothing_is_copied(project, exports):
    first = take_over(project, HEINSBERG, exports, SAID)
    again = take_over(project, HEINSBERG, exports, Said())
    assert everything(project) == (["2024-10-15"], ["2024-10-15"])
    assert (again.vintage, again.delivery) == (first.vintage, first.delivery)
    assert (again.copied, again.new) == (False, False)


def test_the_same_files_with_another_profile_make_a_vintage_and_no_copy(project, exports):
    take_over(project, HEINSBERG, exports, SAID)
    path = project.profiles / "klein.toml"
    path.write_text(PROFILE.replace("Stellen", "Posten"), encoding="utf-8")
    again = take_over(project, HEINSBERG, exports, SAID)
    assert everything(project) == (["2024-10-15"], ["2024-10-15", "2024-10-15.2"])
    assert (again.copied, again.new) == (False, True)


def test_other_files_of_the_same_day_get_the_next_number(project, exports):
    take_over(project, HEINSBERG, exports, SAID)
    (project.raw / "05370" / "2024-10-15.9").mkdir()
    write(project.raw / "05370" / "2024-10-15.9", {"delivery.toml": SHEET, "x.csv": ""})
    taken = take_over(project, HEINSBERG, change(exports), SAID)
    assert taken.delivery.folder.name == "2024-10-15.10"
    assert taken.vintage.name == "2024-10-15.2"


@pytest.mark.parametrize(
    "said",
    [Said(dt.date(2024, 10, 14)), Said(synthetic=False), Said(profiles=("anders",))],
    ids=["day", "synthetic", "profiles"],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_what_is_said_must_not_contradict_the_sheet(project, exports, said, known):
    if known:
        take_over(project, HEINSBERG, exports, SAID)
    else:
        write(exports, {"delivery.toml": SHEET})
    before = everything(project)
    with pytest.raises(ParameterError, match=r"delivery\.toml of .* Correct the one that is wrong"):
        take_over(project, HEINSBERG, exports, said)
    assert everything(project) == before


def test_a_sheet_of_another_day_than_that_of_the_same_files_is_refused(project, exports):
    take_over(project, HEINSBERG, exports, SAID)
    write(exports, {"delivery.toml": SHEET.replace("2024-10-15", "2024-10-14")})
    with pytest.raises(ParameterError, match="says as_of = 2024-10-15, now it is 2024-10-14"):
        take_over(project, HEINSBERG, exports, Said())


def test_a_sheet_of_another_area_is_refused(project, exports):
    write(exports, {"delivery.toml": SHEET.replace("05370", "05334")})
    with pytest.raises(ParameterError, match="says area = 05334, now it is 05370"):
        take_over(project, HEINSBERG, exports, Said())


def test_the_day_is_asked_for_and_the_newest_file_only_suggests_it(project, exports):
    os.utime(exports / "faelle.csv", (1728900000, 1728900000))
    os.utime(exports / "stellen.csv", (1e9, 1e9))
    with pytest.raises(ParameterError, match="--as-of 2024-10-14 if that is the day"):
        take_over(project, HEINSBERG, exports, Said(synthetic=True))
    assert everything(project) == ([], [])


def test_a_day_in_the_future_is_refused(project, exports):
    with pytest.raises(ParameterError, match="must not lie in the future, got 2999-01-01"):
        take_over(project, HEINSBERG, exports, Said(dt.date(2999, 1, 1)))


def test_real_data_without_a_key_are_not_even_copied(project, exports, monkeypatch):
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    with pytest.raises(KeyFileError, match="kimeval key new FILE"):
        take_over(project, HEINSBERG, exports, Said(DAY))
    assert not (project.raw / "05370").exists()


def test_a_file_without_profile_stops_before_copying(project, exports):
    write(exports, {"neu.csv": "x"})
    with pytest.raises(MissingFileError, match=r"kimeval profile new neu\.csv"):
        take_over(project, HEINSBERG, exports, SAID)
    assert not (project.raw / "05370").exists()


def test_a_named_profile_that_does_not_fit_stops_before_copying(project, exports):
    (exports / "stellen.csv").unlink()
    with pytest.raises(MissingFileError, match=r"expects a file 'stellen\*\.csv'"):
        take_over(project, HEINSBERG, exports, Said(DAY, ("klein",), True))
    assert not (project.raw / "05370").exists()


@pytest.mark.parametrize("home", ["raw", "sample"])
def test_a_delivery_of_the_project_is_used_where_it_lies(project, home):
    folder = write(project.root / "data" / home / "05370" / "Herbst", {**FILES})
    write(folder, {"delivery.toml": SHEET})
    taken = take_over(project, HEINSBERG, folder, Said())
    assert (taken.delivery.folder, taken.copied, taken.new) == (folder, False, True)
    assert held(project.raw) == (["Herbst"] if home == "raw" else [])


@pytest.mark.parametrize("place", ["05334/2024-10-15", "05370", ""])
def test_another_folder_of_data_raw_is_refused(project, place):
    folder = write(project.raw / place, FILES)
    with pytest.raises(FormatError, match="lies elsewhere in data/raw"):
        take_over(project, HEINSBERG, folder, SAID)


def test_a_failing_ingest_leaves_neither_delivery_nor_vintage(project, exports):
    write(exports, {"stellen.csv": "Bauteil;Träger;ab\n2;Kreis;01.01.2024\n"})
    with pytest.raises(FormatError) as found:
        take_over(project, HEINSBERG, exports, SAID)
    assert everything(project) == ([], [])
    assert ".part" not in str(found.value)


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("module", "name", "place"),
    [
        (copying.os, "fsync", "data/raw/05370"),
        (vintages, "ingest", "data/vintages/05370"),
        (vintages, "_dump", "data/vintages/05370"),
    ],
)
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    project, exports, monkeypatch, module, name, place
):
    monkeypatch.setattr(module, name, full)
    with pytest.raises(PublishError, match=f"{place} .*No space left on device.*Free some space"):
        take_over(project, HEINSBERG, exports, SAID)
    assert everything(project) == ([], [])


def test_a_vintage_that_cannot_appear_takes_the_delivery_back(project, exports, monkeypatch):
    monkeypatch.setattr(vintages, "_freeze", full)
    with pytest.raises(PublishError, match="data/vintages/05370"):
        take_over(project, HEINSBERG, exports, SAID)
    assert everything(project) == ([], [])


def test_a_folder_that_cannot_be_written_is_one_clear_error(project, exports, monkeypatch):
    mkdir = type(exports).mkdir

    def forbidden(path, *arguments, **options):
        if path.name == "05370":
            raise PermissionError(errno.EACCES, "Permission denied")
        mkdir(path, *arguments, **options)

    monkeypatch.setattr(type(exports), "mkdir", forbidden)
    with pytest.raises(PublishError, match=r"data/raw/05370 .*Permission denied.*permissions"):
        take_over(project, HEINSBERG, exports, SAID)


def test_what_killed_processes_left_is_swept(project, exports):
    (project.raw / "05370" / ".7.part" / "2024-10-15").mkdir(parents=True)
    take_over(project, HEINSBERG, exports, SAID)
    assert held(project.raw) == ["2024-10-15"]


def test_progress_tells_copying_and_each_kind_of_file(project, exports):
    told = []
    take_over(project, HEINSBERG, exports, SAID, lambda text, share: told.append((text, share)))
    texts = list(dict.fromkeys(text for text, _ in told))
    assert texts[:3] == ["copying to data/raw/05370/2024-10-15", "Fälle (ki)", "Stellen (ki)"]
    assert all(0 <= share <= 1 for _, share in told)


SERVER = """
import datetime as dt, os, signal, sys
from pathlib import Path
from kimeval.core.area import area
from kimeval.core.project import Project
from kimeval.data.takeover import Said, take_over

WRITING = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime", "shutil.rmtree"}
seen = 0

def watch(kill_at, root):
    def hook(event, arguments):
        global seen
        writes = event == "open" and str(arguments[0]).startswith(root)
        if event in WRITING or writes:
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

for line in sys.stdin:
    root, exports, kill_at = line.split("\\t")
    if (child := os.fork()) == 0:
        watch(int(kill_at), root)
        said = Said(dt.date(2024, 10, 15), synthetic=True)
        take_over(Project(Path(root)), area("05370"), Path(exports), said)
        Path(root, "seen").write_text(str(seen))
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture
def ingesting():
    """Ingest in a process that is killed before the given step on the disk."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ingest(project, exports, kill_at=0):
        server.stdin.write(f"{project.root}\t{exports}\t{kill_at}\n")
        server.stdin.flush()
        return int(server.stdout.readline())

    yield ingest
    server.stdin.close()
    server.wait()


def visible(names):
    return [name for name in names if name[0] != "."]


def require_whole_after_kill(ingesting, project, exports, step):
    """Killed before a step: no vintage, or all of it; no half delivery; the next call ends it."""
    assert ingesting(project, exports, step) == signal.SIGKILL, f"step {step}"
    deliveries, frozen = (visible(names) for names in everything(project))
    for name in deliveries:
        assert contents(project.raw / "05370" / name) == {**FILES, "delivery.toml": SHEET}
    assert len(frozen) <= len(deliveries) <= 1
    assert ingesting(project, exports) == 0
    assert [visible(names) for names in everything(project)] == [["2024-10-15"]] * 2
    vintages.ensure_vintage(project, HEINSBERG).load()


@pytest.fixture
def steps(ingesting, tmp_path, exports):
    """How many steps on the disk a whole ingest takes."""
    project = write_project(tmp_path / "count")
    assert ingesting(project, exports) == 0
    return int((project.root / "seen").read_text())


def test_a_kill_at_some_steps_leaves_no_vintage_and_no_half_delivery(
    ingesting, tmp_path, exports, steps
):
    assert steps > 30
    for step in sorted({*range(1, steps, steps // 5), *range(steps - 4, steps + 1)}):
        project = write_project(tmp_path / f"home{step}")
        require_whole_after_kill(ingesting, project, exports, step)


@pytest.mark.long
def test_a_kill_at_any_step_leaves_no_vintage_and_no_half_delivery(
    ingesting, tmp_path, exports, steps
):
    for step in range(1, steps + 1):
        project = write_project(tmp_path / f"home{step}")
        require_whole_after_kill(ingesting, project, exports, step)
