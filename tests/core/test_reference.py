import pytest

from kimeval.core.errors import MissingFileError
from kimeval.core.reference import read_reference


def test_cells_stay_text_with_their_zeros():
    first = read_reference("geography/municipalities.csv")[0]
    assert first["ags"] == "05111000"


def test_a_missing_file_is_named_by_its_place_in_the_project():
    with pytest.raises(MissingFileError, match=r"'geography/none\.csv' is missing"):
        read_reference("geography/none.csv")
