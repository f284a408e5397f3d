import os

from kimeval.run.fingerprint import code_hash, file_hashes, folder_hash, packages


def test_a_folder_keeps_its_hash_when_only_times_and_caches_change(tmp_path):
    (tmp_path / "a.py").write_text("1")
    before = folder_hash(tmp_path)
    os.utime(tmp_path / "a.py", (0, 0))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("2")
    assert folder_hash(tmp_path) == before


def test_a_folder_changes_its_hash_with_content_and_with_names(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = folder_hash(tmp_path)
    (tmp_path / "a.py").write_text("2")
    second = folder_hash(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, folder_hash(tmp_path)}) == 3


def test_hashes_are_sorted_by_relative_name(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_text("")
    (tmp_path / "a").write_text("")
    assert list(file_hashes(tmp_path)) == ["a", "b/x"]


def test_the_code_has_one_hash():
    assert len(code_hash()) == 64
    assert code_hash() == code_hash()


def test_versions_are_those_of_direct_dependencies_only():
    found = packages()
    assert found["pandas"].startswith("3.")
    assert found["python"].startswith("3.")
    assert "pytest" not in found
    assert "missing" not in found.values()
