import pytest

from kimeval.core.errors import MissingFileError
from kimeval.core.project import Project


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("KIMEVAL_HOME", raising=False)
    for folder in ("notebooks", "profiles", "data"):
        (tmp_path / "home" / folder).mkdir(parents=True)
    return tmp_path / "home"


def test_a_project_is_found_from_a_folder_inside_it(home):
    assert Project.find(home / "notebooks").root == home
    assert Project.find(home).root == home


def test_a_project_is_found_from_the_working_folder(home, monkeypatch):
    monkeypatch.chdir(home / "data")
    assert Project.find().root == home


def test_the_environment_variable_goes_before_the_given_folder(home, tmp_path, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(home))
    assert Project.find(tmp_path).root == home


def test_the_environment_variable_names_the_root_itself(home, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(home / "notebooks"))
    with pytest.raises(MissingFileError, match="where KIMEVAL_HOME points"):
        Project.find()


def test_a_folder_outside_names_what_a_project_holds(home, tmp_path):
    (home / "profiles").rmdir()
    with pytest.raises(MissingFileError, match="notebooks, profiles, data, found none here"):
        Project.find(home)


def test_an_error_names_no_path(tmp_path, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(tmp_path / "Max Mustermann"))
    with pytest.raises(MissingFileError) as error:
        Project.find()
    assert "Mustermann" not in str(error.value)


def test_folders_lie_below_the_root(home):
    found = Project(home)
    assert found.raw == home / "data" / "raw"
    assert found.sample == home / "data" / "sample"
    assert found.vintages == home / "data" / "vintages"
    assert found.outputs == home / "outputs"
    assert (found.notebooks, found.profiles) == (home / "notebooks", home / "profiles")
