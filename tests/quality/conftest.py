"""A ledger and a dataset of three providers, small enough to count by hand."""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.schema import conform
from kimeval.data.ledger import ACCOUNTS, SKIPPED, TABLES, Ledger


@pytest.fixture
def account():
    """An account of one file."""

    def make(file, kept, merged=0, aside=0, provider="ki", only_active=False, **skipped):
        words = {"file": file, "title": file, "provider": provider, "unit": "person"}
        numbers = {name: 0 for name, kind in ACCOUNTS.items() if kind == "int64"}
        numbers |= {"rows_kept": kept, "rows_merged": merged, "rows_set_aside": aside}
        numbers |= skipped | {"rows_in": kept + merged + aside}
        lines = numbers["rows_in"] + sum(numbers[kind] for kind in SKIPPED)
        return words | {"only_active": only_active} | numbers | {"lines": lines}

    return make


@pytest.fixture
def make_ledger():
    """A ledger of some tables, the others empty."""

    def make(**tables):
        return Ledger.from_records({name: tables.get(name, []) for name in TABLES})

    return make


@pytest.fixture
def make_dataset():
    """A dataset of tables given as columns."""
    names = {"ki": "KI", "drk": "DRK", "dia": "Diakonie"}

    def make(**tables):
        frames = {name: conform(name, pd.DataFrame(held)) for name, held in tables.items()}
        return Dataset(area("05370"), dt.date(2024, 10, 15), frames, providers=names)

    return make
