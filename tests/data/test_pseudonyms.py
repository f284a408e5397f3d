import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import KeyFileError
from kimeval.data.pseudonyms import (
    LEAST_BYTES,
    SAMPLE_KEY,
    VARIABLE,
    load_key,
    new_key,
    plain_name,
    pseudonym,
)

KEY = b"k" * LEAST_BYTES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Müller", "Anna"), ("Mueller", "Anna")),
        (("Müller", "Anna"), ("MÜLLER", "anna")),
        (("Müller", "Anna"), (unicodedata.normalize("NFD", "Müller"), "Anna")),
        (("Weiß", "Jan"), ("Weiss", "Jan")),
        (("Weiß", "Jan"), ("WEISS", "JAN")),
        (("Al-Hassan", "Omar"), ("al Hassan", "Omar")),
        (("Al-Hassan", "Omar"), ("Al\u2011Hassan", "\u00a0Omar ")),
        (("Yılmaz, Ayşe", ""), ("Ayse", "Yılmaz")),
        (("Müller-Weiß", "Anna"), ("Weiss Mueller", "Anna")),
        (("Anna", "Müller"), ("Müller", "Anna")),
        (("O'Neill", "Éva"), ("O’Neill", "Eva")),
    ],
)
def test_spelling_habits_do_not_split_a_person(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Müller", "Anna"), ("Müler", "Anna")),
        (("Müller", "Anna"), ("Müller", "Anne")),
        (("Müller", "Anna"), ("Muller", "Anna")),
        (("Al-Hassan", "Omar"), ("Alhassan", "Omar")),
    ],
)
def test_typing_errors_do_split_a_person(one, other):
    assert plain_name(one) != plain_name(other)


def test_a_name_is_written_out_in_plain_letters():
    assert plain_name(["Müller-Weiß", "Änne"]) == "aenne mueller weiss"


@pytest.mark.parametrize("names", [["", ""], ["-", "?"], ["12", "_"]])
def test_signs_and_digits_are_no_name(names):
    assert plain_name(names) == ""


def test_names_in_other_scripts_are_kept():
    assert plain_name(["Коваль", "Олена"]) == "коваль олена"


def test_a_pseudonym_is_twenty_hexadecimal_digits():
    assert pseudonym(KEY, "ki", "client_id", "4711") == "94153a048af5593dbfdd"


def test_another_key_gives_another_pseudonym():
    assert pseudonym(KEY, "4711") != pseudonym(b"m" * LEAST_BYTES, "4711")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("ab",), ("a", "b")),
        (("a", ""), ("a",)),
        (("1:a",), ("", "a")),
        (("1:a1:b",), ("a", "b")),
    ],
)
def test_parts_cannot_run_together(one, other):
    assert pseudonym(KEY, *one) != pseudonym(KEY, *other)


words = st.lists(st.text(alphabet="ab:1ü", max_size=4), max_size=4)


@given(words, words)
def test_only_equal_parts_give_equal_pseudonyms(one, other):
    assert (pseudonym(KEY, *one) == pseudonym(KEY, *other)) == (one == other)


def test_synthetic_data_need_no_secret(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert load_key(synthetic=True) == SAMPLE_KEY


def test_real_data_need_a_named_key(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(KeyFileError, match="none is named") as error:
        load_key(synthetic=False)
    assert error.value.exit_code == 24


@pytest.mark.parametrize("name", ["absent.key", "."])
def test_a_named_key_must_be_a_file(monkeypatch, tmp_path, name):
    monkeypatch.setenv(VARIABLE, str(tmp_path / name))
    with pytest.raises(KeyFileError, match="there is no such file"):
        load_key(synthetic=False)


def test_a_short_key_is_refused_without_being_shown(monkeypatch, tmp_path):
    (tmp_path / "short.key").write_text("GEHEIM123\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "short.key"))
    with pytest.raises(KeyFileError, match="at least 32 bytes, this one has 9") as error:
        load_key(synthetic=False)
    assert "GEHEIM123" not in str(error.value)


def test_a_key_that_may_not_be_read_is_an_error_and_no_traceback(monkeypatch, tmp_path):
    def denied(path):
        raise PermissionError(13, "Permission denied")

    new_key(tmp_path / "kimeval.key")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kimeval.key"))
    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(KeyFileError, match="cannot be read: Permission denied"):
        load_key(synthetic=False)


def test_a_new_key_is_read_back_and_belongs_to_its_owner_only(monkeypatch, tmp_path):
    path = tmp_path / "kimeval.key"
    new_key(path)
    monkeypatch.setenv(VARIABLE, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(synthetic=False) == path.read_bytes().strip()
    assert len(load_key(synthetic=False)) == 64


def test_two_new_keys_differ(tmp_path):
    new_key(tmp_path / "a.key")
    new_key(tmp_path / "b.key")
    assert (tmp_path / "a.key").read_bytes() != (tmp_path / "b.key").read_bytes()


def test_a_key_is_never_overwritten(tmp_path):
    path = tmp_path / "kimeval.key"
    new_key(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match=r"'kimeval\.key' exists and is kept"):
        new_key(path)
    assert path.read_bytes() == before


def test_a_key_in_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(KeyFileError, match="cannot be written"):
        new_key(tmp_path / "absent" / "kimeval.key")
