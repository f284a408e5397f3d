import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kimeval.data.clean.candidates import shares


def written(folder, *slabs):
    folder.mkdir()
    begin = 0
    for number, keys in enumerate(slabs):
        rows = np.arange(begin, begin + len(keys))
        held = pa.table({"_row": rows, "_key": pa.array(keys, pa.uint64())})
        pq.write_table(held, folder / f"{number}.parquet")
        begin += len(keys)
    return folder


def found(keys, most):
    return [rows.tolist() for rows in shares(keys, keys.parent / "spill", most)]


def test_rows_of_one_hash_are_candidates_across_slabs(tmp_path):
    assert found(written(tmp_path / "keys", [7, 8, 9], [9, 1, 7]), 100) == [[0, 2, 3, 5]]


def test_no_share_where_nothing_repeats(tmp_path):
    assert found(written(tmp_path / "keys", [1, 2], [3]), 100) == []
    assert found(written(tmp_path / "none", []), 100) == []


@pytest.mark.parametrize("most", [1, 7, 50])
def test_shares_hold_each_candidate_once_and_equal_hashes_together(tmp_path, most):
    drawn = np.random.default_rng(3)
    keys = drawn.integers(0, 150, 200).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    repeated = np.flatnonzero(np.bincount(np.unique(keys, return_inverse=True)[1]) > 1)
    expected = np.flatnonzero(np.isin(np.unique(keys, return_inverse=True)[1], repeated))
    made = found(written(tmp_path / "keys", keys[:90], keys[90:]), most)
    assert len(made) > 1
    assert min(map(len, made)) > 1
    assert sorted(row for rows in made for row in rows) == expected.tolist()
    assert all(rows == sorted(rows) for rows in made)
    held = [set(keys[rows].tolist()) for rows in made]
    assert len(set().union(*held)) == sum(map(len, held))


def test_a_folder_with_signs_of_a_pattern_in_its_name_is_read(tmp_path):
    place = tmp_path / "it's [a] delivery?"
    place.mkdir()
    assert found(written(place / "keys", [5, 5]), 100) == [[0, 1]]
