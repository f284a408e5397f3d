import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from kimeval.cli.profile import profiles
from kimeval.core.errors import FormatError, MissingFileError, ParameterError, ProfileError
from kimeval.data.profiles import load_profile

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample" / "05370" / "2024-10-15"
CONTACTS = SAMPLE / "ki_kontakte.csv"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty project in the current folder."""
    for folder in ("notebooks", "profiles", "data"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIMEVAL_HOME", raising=False)
    monkeypatch.delenv("KIMEVAL_KEY_FILE", raising=False)
    return tmp_path


def call(*words):
    """The command as `kimeval profile` runs it; errors come through."""
    return typer.main.get_command(profiles).main([*map(str, words)], standalone_mode=False)


def test_new_writes_a_profile_that_loads_and_names_its_path(root, capsys):
    call("new", CONTACTS, "--provider", "ki")
    out, err = capsys.readouterr()
    assert out == f"profiles{os.sep}ki-kontakte.toml\n"
    assert err == (
        "ki_kontakte.csv: contacts; 8 sure, 0 likely, 0 unsure, 0 required missing; "
        "0 ignored, 0 not mapped\n"
    )
    assert load_profile(root / "profiles", "ki-kontakte").provider == "ki"


def test_new_never_overwrites(root):
    call("new", CONTACTS, "--name", "ki")
    before = (root / "profiles" / "ki.toml").read_bytes()
    with pytest.raises(ProfileError, match=r"never overwritten, 'ki\.toml' exists"):
        call("new", SAMPLE / "ki_aufenthalt.csv", "--name", "ki")
    assert (root / "profiles" / "ki.toml").read_bytes() == before


def test_new_writes_to_a_named_file_or_to_standard_output(root, tmp_path, monkeypatch, capsys):
    call("new", CONTACTS, "--out", tmp_path / "entwurf.toml")
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "data")
    call("new", CONTACTS, "--out", "-")
    assert capsys.readouterr().out == (tmp_path / "entwurf.toml").read_text(encoding="utf-8")
    assert list((root / "profiles").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["nichts.csv"], MissingFileError),
        ([CONTACTS, "--name", "a/b"], ParameterError),
        ([CONTACTS, "--out", "fehlt/entwurf.toml"], ProfileError),
        (["leer.csv"], FormatError),
    ],
)
def test_new_refuses_what_cannot_be_drafted_and_writes_nothing(root, words, error):
    (root / "leer.csv").touch()
    before = sorted(root.rglob("*"))
    with pytest.raises(error):
        call("new", *words)
    assert sorted(root.rglob("*")) == before


def test_check_prints_the_account_and_stores_nothing(root, capsys):
    call("new", CONTACTS, "--name", "ki")
    before = sorted(root.rglob("*"))
    capsys.readouterr()
    call("check", "ki", CONTACTS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["ki_kontakte.csv", "3537", "3443", "30", "64"]
    assert "set aside: ki_kontakte.csv: code_unknown (Art des Kontakts): 12 rows" in lines
    assert "codes not understood: ki_kontakte*.csv: contacts.mode: 2 texts in 12 rows" in lines
    assert lines[-1] == "tables: contacts 3443"
    assert sorted(root.rglob("*")) == before


def test_check_takes_a_profile_outside_the_project_by_its_path(root, tmp_path, capsys):
    call("new", CONTACTS, "--name", "ki", "--out", tmp_path / "ki.toml")
    call("check", tmp_path / "ki.toml", CONTACTS)
    assert capsys.readouterr().out.endswith("tables: contacts 3443\n")


def test_check_names_columns_without_a_place(root, capsys):
    call("new", SAMPLE / "statistik_zuzug.csv", "--name", "statistik")
    call("check", "statistik", SAMPLE / "statistik_zuzug.csv")
    assert "not mapped: statistik_zuzug*.csv: Gemeinde" in capsys.readouterr().out


def test_check_of_an_unknown_profile_names_the_nearest(root):
    call("new", CONTACTS, "--name", "traeger")
    with pytest.raises(MissingFileError, match="Did you mean 'traeger'"):
        call("check", "traegr", CONTACTS)


@pytest.mark.parametrize("command", ["new", "check"])
def test_help_needs_no_heavy_library(command):
    script = (
        "import sys, typer\nfrom kimeval.cli.profile import profiles\n"
        f"typer.main.get_command(profiles).main([{command!r}, '--help'], standalone_mode=False)\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert "kimeval profile" in done.stdout
    assert not {"pandas", "numpy", "scipy", "pyarrow"} & set(done.stderr.split())
