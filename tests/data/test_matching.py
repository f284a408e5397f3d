import pytest

from kimeval.core.errors import MissingFileError, ParameterError
from kimeval.data.matching import matching_profiles, named_profiles, require_fit
from kimeval.data.profiles import load_profile

FILE = """
[[file]]
pattern = "{pattern}"
title = "Stellen"
[[file.table]]
name = "posts"
[file.table.columns]
baustein = "Baustein"
held_by = "Träger"
valid_from = "ab"
"""


@pytest.fixture
def folder(tmp_path):
    """Profiles a (a1*, a2*), b (b*) and any (*)."""
    write(tmp_path, "a", "a1*.csv", "a2*.csv")
    write(tmp_path, "b", "b*.csv")
    write(tmp_path, "any", "*.csv")
    return tmp_path


def write(folder, name, *patterns):
    head = f'[profile]\nname = "{name}"\ntitle = "T"\nprovider = "{name}"\n'
    text = head + "".join(FILE.format(pattern=pattern) for pattern in patterns)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_profiles_are_found_by_the_names_of_files(folder):
    assert matching_profiles(["b.csv", "a2.csv", "a1.csv"], folder) == ("a", "b")


def test_several_files_may_follow_one_pattern(folder):
    assert matching_profiles(["b_2023.csv", "b_2024.csv"], folder) == ("b",)


def test_a_file_that_fits_none_is_named_with_the_way_out(folder):
    with pytest.raises(MissingFileError) as found:
        matching_profiles(["b.csv", "zeiten.xlsx"], folder)
    assert "zeiten.xlsx fits none of a, any, b" in str(found.value)
    assert "kimeval profile new zeiten.xlsx." in str(found.value)


def test_a_pattern_for_any_name_is_never_found_but_offered(folder):
    with pytest.raises(MissingFileError, match="takes any file: --profiles any"):
        matching_profiles(["zeiten.csv"], folder)


def test_a_file_that_fits_several_profiles_is_named_with_them(folder):
    write(folder, "b2", "b?.csv")
    with pytest.raises(ParameterError, match=r"'b1\.csv' fits b, b2.*--profiles"):
        matching_profiles(["b1.csv"], folder)


def test_every_file_of_a_found_profile_must_be_there(folder):
    with pytest.raises(MissingFileError, match=r"Profile 'a' expects a file 'a2\*\.csv'"):
        matching_profiles(["a1.csv"], folder)


def test_a_broken_profile_does_not_stop_the_search_and_is_told(folder):
    (folder / "neu.toml").write_text("[profile", encoding="utf-8")
    assert matching_profiles(["b.csv"], folder) == ("b",)
    with pytest.raises(MissingFileError, match="Could not be read: neu"):
        matching_profiles(["x.xes"], folder)


def test_without_any_profile_one_is_to_be_drafted(tmp_path):
    with pytest.raises(MissingFileError, match="there is no profile yet"):
        matching_profiles(["x.csv"], tmp_path)


@pytest.mark.parametrize("name", ["c", "../a", ""])
def test_a_named_profile_must_be_one_of_the_folder(folder, name):
    with pytest.raises(MissingFileError, match="There is no profile"):
        named_profiles([name], folder / ".." / folder.name)


def test_named_profiles_may_take_any_file(folder):
    require_fit(["b.csv", "zeiten.csv"], [load_profile(folder, name) for name in ("b", "any")])
