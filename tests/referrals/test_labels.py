"""Words as codes: dictionaries are kept, joined where they differ, and rid of unused words."""

import pyarrow as pa
import pytest

from kimeval.referrals.labels import Labels, codes_of, encoded


def coded(words, indices):
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(words))


def texts(column):
    return column.cast(pa.string()).to_pylist()


@pytest.mark.parametrize(
    "parts",
    [
        [coded(["x", "y"], [0, 1]), coded(["x", "y"], [1, None])],
        [coded(["x", "y"], [0, 1]), coded(["y", "x"], [0, None])],
        [coded(["x", "y"], [0, 1]), coded(["z", "y"], [1, None])],
    ],
)
def test_chunks_share_one_dictionary(parts):
    made = encoded(pa.chunked_array(parts))
    assert texts(made) == ["x", "y", "y", None]
    assert codes_of(made).tolist() == [0, 1, 1, -1]


def test_equal_dictionaries_are_kept_as_they_are():
    words = pa.array(["b", "a", "unused"])
    parts = [pa.DictionaryArray.from_arrays(pa.array([i]), words) for i in (1, 0)]
    assert encoded(pa.chunked_array(parts)).dictionary.equals(words)


def test_a_word_that_no_row_has_is_no_name():
    labels = Labels.of(coded(["c", "unused", "a", "b"], [0, 2, None, 3]))
    assert labels.names == ("a", "b", "c")
    assert labels.codes.tolist() == [2, 0, -1, 1]


def test_only_missing_words_have_no_name():
    labels = Labels.of(pa.array([None, None], pa.string()))
    assert (labels.names, labels.codes.tolist()) == ((), [-1, -1])
