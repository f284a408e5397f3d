"""What became of each row, and what is missing, added up by hand."""

import datetime as dt

import pandas as pd
import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.schema import conform
from kimeval.data.ledger import SKIPPED, Ledger, rule_texts
from kimeval.protect import protect
from kimeval.quality import (
    completeness,
    lines_by_file,
    remarks,
    repairs,
    rows_by_file,
    set_aside,
)
from kimeval.quality.accounts import LINES, REMARKS


@pytest.fixture
def ledger(account, make_ledger):
    return make_ledger(
        accounts=[
            account("personen.csv", 90, 3, 7, header=1, comment=4, total=2),
            account("faelle.xlsx", 40, 0, 2, header=2, footer=1, blank=3, hidden=5),
        ],
        repairs=[
            {"file": "personen.csv", "column": "ags", "rule": "ags_zero", "cells": 5},
            {"file": "personen.csv", "column": "name", "rule": "spaces", "cells": 8},
            {"file": "faelle.xlsx", "column": "name", "rule": "spaces", "cells": 4},
            {"file": "faelle.xlsx", "column": "Fälle", "rule": "family_row", "cells": 6},
            {"file": "personen.csv", "column": "name", "rule": "mojibake", "cells": 9},
        ],
        reasons=[
            {"file": "personen.csv", "column": "a", "reason": "date_invalid", "rows": 7},
            {"file": "faelle.xlsx", "column": "b", "reason": "date_invalid", "rows": 1},
            {"file": "faelle.xlsx", "column": "c", "reason": "code_unknown", "rows": 1},
        ],
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
        "faelle.xlsx": 42,
    }
    totals = results.only(dimension="").frame.set_index("indicator")["value"].to_dict()
    assert totals == {"rows_in": 142, "rows_kept": 130, "rows_merged": 3, "rows_set_aside": 9}
    for file in ("personen.csv", "faelle.xlsx", ""):
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


def test_rules_that_came_later_stand_with_their_text(make_ledger, dataset):
    new = ["excel1904_date", "sign_secret", "decimal_decided", "trailing_cells"]
    ledger = make_ledger(
        repairs=[{"file": "a", "column": "", "rule": rule, "cells": 1} for rule in new]
    )
    texts = rule_texts()["repairs"]
    assert set(values(repairs(ledger, dataset))) == {"", *(texts[rule] for rule in new)}


def test_what_is_no_repair_of_a_cell_is_told_apart(ledger, dataset):
    texts = rule_texts()["repairs"]
    assert set(REMARKS) <= set(texts)
    assert list(values(remarks(ledger, dataset)).items()) == [
        (texts["mojibake"], 9),
        (texts["family_row"], 6),
        ("", 15),
    ]


def test_lines_that_are_no_rows_are_told_by_kind(ledger, dataset):
    wide = lines_by_file(ledger, dataset).frame.pivot_table("value", "group", "indicator")
    wide = wide[list(LINES)].astype(int)
    assert wide.loc["personen.csv"].tolist() == [107, 5, 2, 0, 100]
    assert wide.loc["faelle.xlsx"].tolist() == [53, 6, 0, 5, 42]
    assert wide.loc[""].tolist() == [160, 11, 2, 5, 142]


def test_every_kind_of_skipped_line_is_in_exactly_one_column():
    assert sorted(kind for kinds in LINES.values() for kind in kinds) == sorted(
        [*SKIPPED, "lines", "rows_in"]
    )


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
