import pytest

from kimeval.data.clean.repairs import READERS
from kimeval.data.ledger import rule_texts

from .reading import read


@pytest.mark.parametrize("kind", ["int", "date", "ags", "code", "text"])
def test_signs_of_a_missing_value_are_missing_and_no_repair(kind):
    for text in (".", " . ", "", "\u00a0"):
        cell = read(text, kind, missing=frozenset({"", "."}), column={"codes": "gender"})
        assert (cell.value, cell.rules, cell.reason) == (None, (), None)


def test_repairs_of_form_come_before_repairs_of_content():
    cell = read("\ufeff5370016.0\u00a0", "ags")
    assert cell.rules == ("invisible", "spaces", "ags_decimal", "ags_zero")


def test_every_rule_of_a_cell_has_a_german_text():
    cells = [
        read("5370016.0", "ags"),
        read("45000", "date", dates=("excel",)),
        read("43539", "date", dates=("excel1904",)),
        read("2023-12-31T00:00", "date"),
        read("1.000", "int"),
        read("24.12.1990", "int", take="year"),
        read("\ufeffa\u0308  Ã¼", "text"),
        read("weiblich", "code", column={"codes": "gender"}),
        read("x", "bool", mapping={"x": "true"}),
        *(read(text, "int", official=True) for text in ["-", "0", ".", "...", "/", "x"]),
        *(read(text, "int", official=True) for text in ["(1)", "1p", "1r"]),
    ]
    made = {rule for cell in cells for rule in cell.rules}
    of_rows = {"trailing_cells", "attributes_differ", "family_row", "decimal_decided"}
    assert made == set(rule_texts()["repairs"]) - of_rows


def test_every_reason_has_a_german_text():
    found = {read("#WERT!", kind, column={"codes": "gender"}).reason for kind in READERS}
    assert found == {None, "date_invalid", "number_invalid", "ags_invalid", "code_unknown"}
    assert found - {None} <= set(rule_texts()["reasons"])
