import pytest

from .exports import HEADER, KEY, clean_files, spec


@pytest.fixture
def clean(tmp_path):
    """Write files of one kind, read and clean them."""

    def write_and_clean(*files, header=HEADER, provider="ki", key=KEY, **settings):
        paths = []
        for number, rows in enumerate(files, 1):
            path = tmp_path / f"faelle{number}.csv"
            path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
            paths.append(path)
        return clean_files(paths, spec(**settings), provider, key)

    return write_and_clean
