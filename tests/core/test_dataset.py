import datetime as dt
import gc
import weakref
from dataclasses import replace

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset, MissingTable
from kimeval.core.errors import DataError
from kimeval.core.quarter import Quarter
from kimeval.core.schema import conform


def dataset(as_of: dt.date = dt.date(2024, 10, 15)) -> Dataset:
    clients = conform("clients", pd.DataFrame({"client_id": ["Mustermann"]}))
    return Dataset(area("05370"), as_of, {"clients": clients})


def test_a_held_table_is_handed_out():
    assert len(dataset().table("clients")) == 1


def test_a_missing_table_is_named_in_german():
    with pytest.raises(MissingTable, match="keine Tabelle „Fälle“"):
        dataset().table("cases")


def test_a_missing_table_can_be_taken_as_empty():
    assert len(dataset().table_or_empty("cases")) == 0
    assert "opened_on" in dataset().table_or_empty("cases")


def test_missing_tables_are_all_but_the_held_ones():
    assert len(dataset().missing_tables) == 17
    assert "clients" not in dataset().missing_tables


def test_a_table_that_does_not_exist_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'clients'"):
        dataset().table("cleints")


def test_a_quarter_is_complete_only_in_data_of_a_later_day():
    assert dataset(dt.date(2024, 10, 1)).status(Quarter(2024, 3)) == ("complete", "")
    status, reason = dataset(dt.date(2024, 9, 30)).status(Quarter(2024, 3))
    assert status == "partial"
    assert reason == "Daten vom 30.09.2024, vor dem Ende des Quartals"


def test_counts_of_cases_are_partial_where_an_export_drops_closed_ones():
    known = replace(dataset(dt.date(2024, 10, 15)), only_active=("drk",))
    assert known.status(Quarter(2024, 3)) == ("complete", "")
    status, reason = known.status_of_cases(Quarter(2024, 3))
    assert status == "partial"
    assert "drk" in reason
    assert dataset().status_of_cases(Quarter(2024, 3)) == ("complete", "")


def test_an_open_quarter_says_so_before_it_speaks_of_exports():
    known = replace(dataset(dt.date(2024, 9, 30)), only_active=("drk",))
    assert known.status_of_cases(Quarter(2024, 3)) == known.status(Quarter(2024, 3))


def test_no_row_is_shown():
    assert "Mustermann" not in repr(dataset())
    assert "clients" in repr(dataset())


def test_what_measures_share_is_made_once_for_each_dataset():
    held, made = dataset(), []
    for _ in range(2):
        assert held.once("seen", lambda: made.append(1) or len(made)) == 1
    other = replace(held, version="another")
    assert other.once("seen", lambda: made.append(1) or len(made)) == 2
    assert len(made) == 2


def test_what_failed_is_made_again():
    held = dataset()

    def fail():
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            held.once("broken", fail)
    assert held.once("broken", lambda: 1) == 1


def test_what_was_made_goes_with_its_dataset():
    alone = dataset()
    kept = weakref.ref(alone.once("frame", lambda: pd.DataFrame({"a": [1]})))
    assert kept() is not None
    del alone
    gc.collect()
    assert kept() is None
