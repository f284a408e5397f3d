import hashlib

from kimeval.core.digests import combined, file_hash


def test_a_file_hash_is_the_sha256_of_its_content(tmp_path):
    (tmp_path / "a").write_bytes(b"KIM")
    assert file_hash(tmp_path / "a") == hashlib.sha256(b"KIM").hexdigest()


def test_names_order_and_start_all_count():
    pairs = [("a", "1"), ("b", "2")]
    changed = [[("b", "2"), ("a", "1")], [("a", "2"), ("b", "1")], [("a1", ""), ("b", "2")], []]
    hashes = {combined(pairs), combined(pairs, "key"), *map(combined, changed)}
    assert len(hashes) == 6
    assert combined(pairs) == hashlib.sha256(b"a\x001\nb\x002\n").hexdigest()
