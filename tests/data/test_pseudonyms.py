import hmac
import stat
import sys
import threading
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import KeyFileError
from kimeval.data import pseudonyms as module
from kimeval.data.pseudonyms import (
    LEAST_BYTES,
    SAMPLE_KEY,
    VARIABLE,
    load_key,
    new_key,
    plain_name,
    pseudonym,
    pseudonyms,
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


def each(key, parts, texts) -> list[str | None]:
    return [None if text is None else pseudonym(key, *parts, text) for text in texts]


some = st.lists(st.one_of(st.none(), st.text(alphabet="ab:1ü€ \n", max_size=70)), max_size=9)


@given(st.binary(min_size=1, max_size=130), words, some)
def test_pseudonyms_of_many_are_those_of_each(key, parts, texts):
    found = pseudonyms(key, parts, pa.array(texts, pa.string()))
    assert found.to_pylist() == each(key, parts, texts)
    assert found.type == pa.string()


@pytest.mark.parametrize("length", [63, 64, 65, 200])
def test_keys_around_the_size_of_a_block_give_the_standard_hash(length):
    key = b"k" * length
    (found,) = pseudonyms(key, (), pa.array(["4711"])).to_pylist()
    assert found == hmac.new(key, b"4:4711", "sha256").hexdigest()[:20]


@pytest.mark.parametrize("cut", [slice(0, 0), slice(3, 9), slice(0, 25)])
def test_a_part_of_an_array_is_hashed_alone(cut):
    texts = [f"P{number}" if number % 4 else None for number in range(25)]
    held = pa.array(texts).slice(cut.start, cut.stop - cut.start)
    assert pseudonyms(KEY, ("ki",), held).to_pylist() == each(KEY, ("ki",), texts[cut])


def test_many_are_hashed_in_steps(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 7)
    texts = [f"P{number}" for number in range(30)]
    assert pseudonyms(KEY, ("ki",), pa.array(texts)).to_pylist() == each(KEY, ("ki",), texts)


@pytest.fixture
def helped(monkeypatch):
    """Pseudonyms of 30 texts, more than are worth a second process, and how that one ended."""
    monkeypatch.setattr(module, "WORTH_A_PROCESS", 10)
    monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    texts = [f"P{number}" if number % 7 else None for number in range(30)]
    ended = []

    class Watched(module.subprocess.Popen):
        def __exit__(self, *raised):
            super().__exit__(*raised)
            ended.append(self.returncode)

    monkeypatch.setattr(module.subprocess, "Popen", Watched)

    def hashed():
        found = pseudonyms(KEY, ("ki", "client_id"), pa.array(texts)).to_pylist()
        assert found == each(KEY, ("ki", "client_id"), texts)
        return ended

    return hashed


@pytest.fixture
def answered(monkeypatch):
    """What the second process was asked and answered; our own work waits for the first answer."""
    first, shares, helper, digests = threading.Event(), [], module._helper, module._digests

    @contextmanager
    def watched(key, prefix):
        with helper(key, prefix) as theirs:

            def digest(texts):
                done = theirs(texts)
                shares.append(None if done is None else len(done))
                first.set()
                return done

            yield digest

    def patient(*arguments):
        assert first.wait(60)
        return digests(*arguments)

    monkeypatch.setattr(module, "_helper", watched)
    monkeypatch.setattr(module, "_digests", patient)
    return shares


def test_a_second_process_takes_its_share_and_gives_the_same_pseudonyms(helped, answered):
    assert helped() == [0]
    assert answered[0] == 3
    assert None not in answered


def test_what_a_dead_process_was_asked_is_done_by_the_first(helped, answered, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert helped() == [1]
    assert answered == [None]


def test_a_slice_is_sent_without_the_array_behind_it(helped, answered, monkeypatch):
    sizes = []
    dump = module.pickle.dump

    def measured(what, to):
        sizes.append(len(module.pickle.dumps(what)))
        dump(what, to)

    monkeypatch.setattr(module.pickle, "dump", measured)
    monkeypatch.setattr(module, "AT_ONCE", 1000)
    texts = [f"P{number:050}" for number in range(30_000)]
    found = pseudonyms(KEY, (), pa.array(texts))
    assert found[29_999].as_py() == pseudonym(KEY, texts[-1])
    assert max(sizes) < 100_000


@pytest.mark.parametrize("program", ["true", "false"])
def test_a_second_process_that_dies_is_done_without(helped, monkeypatch, tmp_path, program):
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))
    assert helped() == [0 if program == "true" else 1]


def test_a_second_process_that_is_killed_at_work_is_done_without(helped, monkeypatch, tmp_path):
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\nhead -c 100 > /dev/null\nprintf half\nkill -9 $$\n")
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))
    assert helped() == [-9]


@pytest.mark.parametrize("program", ["", "/absent/python"])
def test_where_no_second_process_can_start_one_does_it_all(helped, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert helped() == []


def test_the_key_stands_on_no_command_line(helped, monkeypatch):
    seen = []
    start = module.subprocess.Popen

    def started(command, **settings):
        seen.append((command, settings.get("env")))
        return start(command, **settings)

    monkeypatch.setattr(module.subprocess, "Popen", started)
    helped()
    assert len(seen) == 1
    assert KEY.decode() not in str(seen)
