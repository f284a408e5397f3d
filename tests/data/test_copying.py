import os

import pytest

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data import copying
from kimeval.data.copying import copy_files, delivered_files, same_files

FILES = {"a.csv": "1;2\n", "b.csv": "3;4\n"}


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "exports", FILES)


def write(folder, files):
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def names(paths):
    return [path.name for path in paths]


def test_hidden_files_and_those_of_operating_systems_do_not_count(folder):
    for name in (".DS_Store", "~$a.xlsx", "Thumbs.db", "desktop.ini"):
        (folder / name).write_text("x")
    assert names(delivered_files(folder)) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.symlink_to("a.csv"), "'c' in 'exports' is a link"),
        (lambda path: path.symlink_to("nowhere"), "is a link"),
        (lambda path: path.mkdir(), "is a folder"),
        (os.mkfifo, "is no plain file"),
    ],
    ids=["link", "dead link", "folder", "pipe"],
)
def test_anything_but_a_file_is_refused(folder, make, says):
    make(folder / "c")
    with pytest.raises(FormatError, match=says):
        delivered_files(folder)


def test_a_folder_without_files_is_refused(tmp_path):
    write(tmp_path / "leer", {"delivery.toml": "", ".hidden": ""})
    with pytest.raises(MissingFileError, match="'leer' holds none"):
        delivered_files(tmp_path / "leer")


def test_a_path_that_is_no_folder_is_refused(folder):
    with pytest.raises(MissingFileError, match="found nothing at 'weg'"):
        delivered_files(folder / "weg")
    with pytest.raises(MissingFileError, match=r"found a file at 'a\.csv'"):
        delivered_files(folder / "a.csv")


def test_copies_have_content_and_time_of_the_originals(folder, tmp_path):
    os.utime(folder / "a.csv", (1e9, 1e9))
    target = write(tmp_path / "copy", {})
    shares = []
    copy_files(delivered_files(folder), target, "copying", lambda text, s: shares.append((text, s)))
    assert {path.name: path.read_text() for path in target.iterdir()} == FILES
    assert (target / "a.csv").stat().st_mtime == 1e9
    assert shares == [("copying", 0.5), ("copying", 1.0)]


def test_a_file_that_changes_meanwhile_is_refused(folder, tmp_path):
    target = write(tmp_path / "copy", {})

    def grow(text, share):
        with (folder / "a.csv").open("a") as more:
            more.write("5")

    with pytest.raises(FormatError, match=r"'a\.csv' changed while it was copied"):
        copy_files(delivered_files(folder), target, "copying", grow)


def test_a_file_that_cannot_be_read_is_named(folder, tmp_path):
    files = delivered_files(folder)
    (folder / "a.csv").unlink()
    (folder / "a.csv").mkdir()
    with pytest.raises(FormatError, match=r"'a\.csv' must be readable"):
        copy_files(files, write(tmp_path / "copy", {}), "copying")


def test_the_same_files_are_found_whatever_the_sheet_says(folder, tmp_path):
    home = tmp_path / "home"
    write(home / "2023-01-15", {"a.csv": "1;2\n"})
    held = write(home / "2024-10-15", {**FILES, "delivery.toml": "x", ".x": "y"})
    assert same_files(delivered_files(folder), home) == held


@pytest.mark.parametrize(
    "files",
    [{**FILES, "a.csv": "1;3\n"}, {"a.csv": "1;2\n"}, {"c.csv": "1;2\n", "b.csv": "3;4\n"}],
    ids=["content", "fewer", "name"],
)
def test_other_files_are_another_delivery(folder, tmp_path, files):
    write(tmp_path / "home" / "2024-10-15", files)
    assert same_files(delivered_files(folder), tmp_path / "home") is None


def test_decisions_and_frozen_queries_that_came_later_make_no_other_delivery(folder, tmp_path):
    later = {**FILES, "review.csv": "gleich", "a.sql.parquet": "x"}
    held = write(tmp_path / "home" / "2024-10-15", later)
    assert same_files(delivered_files(folder), tmp_path / "home") == held


def test_other_decisions_make_another_delivery(folder, tmp_path):
    write(tmp_path / "home" / "2024-10-15", {**FILES, "review.csv": "gleich"})
    (folder / "review.csv").write_text("anders")
    assert same_files(delivered_files(folder), tmp_path / "home") is None


def test_files_of_other_sizes_are_not_hashed(folder, tmp_path, monkeypatch):
    write(tmp_path / "home" / "2024-10-15", {**FILES, "a.csv": "1;2;3\n"})
    monkeypatch.setattr(copying, "file_hash", None)
    assert same_files(delivered_files(folder), tmp_path / "home") is None
