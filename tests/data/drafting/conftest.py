"""What the tests of drafting share: the sample delivery and files written by hand."""

import csv
from pathlib import Path

import pytest

from kimeval.data.drafting import draft_profile
from kimeval.data.profiles import load_profile

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def delivery() -> Path:
    """The committed synthetic delivery of Heinsberg."""
    return ROOT / "data" / "sample" / "05370" / "2024-10-15"


@pytest.fixture
def table(tmp_path):
    """Write a table of text: header, rows, and how."""

    def write(header, rows, name="export.csv", separator=";", encoding="utf-8", before=()):
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as opened:
            opened.writelines(f"{line}\n" for line in before)
            writer = csv.writer(opened, delimiter=separator)
            writer.writerow(header)
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def drafted(tmp_path):
    """Draft a profile, load it, and give the plans, the text and the profile."""

    def draft(*paths, **options):
        made = draft_profile(list(paths), **({"name": "probe"} | options))
        (tmp_path / f"{made.name}.toml").write_text(made.text, encoding="utf-8")
        return made, load_profile(tmp_path, made.name)

    return draft


@pytest.fixture
def cases():
    """Rows of cases of synthetic persons: number, person, opened, closed."""

    def rows(number=40):
        return [
            [f"F-{i:03}", f"K{i:04}", f"{1 + i % 28:02}.03.2023", f"{1 + i % 28:02}.06.2023"]
            for i in range(number)
        ]

    return rows
