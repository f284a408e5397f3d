"""What became of each row, and what is missing, added up by hand."""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.schema import conform
from kimeval.data.ledger import Ledger, rule_texts
from kimeval.protect import protect
from kimeval.quality import completeness, repairs, rows_by_file, set_aside


def account(file, kept, merged, aside):
    head = {"file": file, "title": file, "provider": "ki", "unit": "person", "only_active": False}
    rows_in = kept + merged + aside
    skipped = {"comment": 0, "header": 1, "blank": 0, "footer": 0}
    fates = {"rows_kept": kept, "rows_merged": merged, "rows_set_aside": aside}
    return {**head, "lines": rows_in + 1, **skipped, "rows_in": rows_in, **fates}


@pytest.fixture
def ledger():
    return Ledger.from_records(
        {
            "accounts": [account("personen.csv", 90, 3, 7), account("faelle.csv", 40, 0, 2)],
            "repairs": [
                {"file": "personen.csv", "column": "ags", "rule": "ags_zero", "cells": 5},
                {"file": "personen.csv", "column": "name", "rule": "spaces", "cells": 8},
                {"file": "faelle.csv", "column": "name", "rule": "spaces", "cells": 4},
            ],
            "reasons": [
                {"file": "personen.csv", "column": "a", "reason": "date_invalid", "rows": 7},
                {"file": "faelle.csv", "column": "b", "reason": "date_invalid", "rows": 1},
                {"file": "faelle.csv", "column": "c", "reason": "code_unknown", "rows": 1},
            ],
            "linked": [],
        }
    ).balanced()


@pytest.fixture
def dataset():
    clients = conform(
        "clients",
        pd.DataFrame(
            {"client_id": list("abcd"), "gender": ["male", None, None, "female"], "ags": None}
        ),
    )
    return Dataset(area("05370"), dt.date(2024, 10, 15), {"clients": clients})


def values(results, **chosen):
    frame = results.only(**chosen).frame
    return dict(zip(frame["group"], frame["value"], strict=True))


def test_kept_merged_and_set_aside_add_up_to_delivered_in_each_file_and_in_total(ledger, dataset):
    results = rows_by_file(ledger, dataset)
    assert values(results, dimension="file", indicator="rows_in") == {
        "personen.csv": 100,
        "faelle.csv": 42,
    }
    totals = results.only(dimension="").frame.set_index("indicator")["value"].to_dict()
    assert totals == {"rows_in": 142, "rows_kept": 130, "rows_merged": 3, "rows_set_aside": 9}
    for file in ("personen.csv", "faelle.csv", ""):
        rows = results.only(group=file).frame.set_index("indicator")["value"]
        assert rows[["rows_kept", "rows_merged", "rows_set_aside"]].sum() == rows["rows_in"]


def test_reasons_are_added_over_files_and_the_most_frequent_comes_first(ledger, dataset):
    texts = rule_texts()["reasons"]
    found = values(set_aside(ledger, dataset))
    assert list(found.items()) == [
        (texts["date_invalid"], 8),
        (texts["code_unknown"], 1),
        ("", 9),
    ]


def test_repairs_are_added_over_files_and_columns(ledger, dataset):
    texts = rule_texts()["repairs"]
    found = values(repairs(ledger, dataset))
    assert list(found.items()) == [(texts["spaces"], 12), (texts["ags_zero"], 5), ("", 17)]


def test_few_rows_of_a_file_are_shown(ledger, dataset):
    assert protect(rows_by_file(ledger, dataset)).suppressed == 0


def test_an_empty_ledger_has_totals_of_zero(dataset):
    assert rows_by_file(Ledger(), dataset).frame["value"].tolist() == [0, 0, 0, 0]
    assert values(set_aside(Ledger(), dataset)) == {"": 0}
    assert values(repairs(Ledger(), dataset)) == {"": 0}


def test_missing_values_are_counted_by_column(dataset):
    found = completeness(dataset, "clients").frame.set_index("group")
    assert found.loc["Geschlecht", ["numerator", "denominator", "value"]].tolist() == [2, 4, 0.5]
    assert found.loc["Wohngemeinde", "value"] == 1.0
    assert found["dimension"].unique().tolist() == ["column"]
    assert found["period"].unique().tolist() == ["2024-10-15"]


def test_columns_that_must_be_filled_and_those_of_cleaning_are_left_out(dataset):
    groups = set(completeness(dataset, "clients").frame["group"])
    assert "Personennummer beim Träger" not in groups
    assert not groups & {"provider", "source"}
    assert len(groups) == 9


def test_a_missing_or_empty_table_has_no_rows(dataset):
    assert len(completeness(dataset, "cases")) == 0
    empty = Dataset(dataset.area, dataset.as_of, {"cases": conform("cases", None)})
    assert len(completeness(empty, "cases")) == 0
