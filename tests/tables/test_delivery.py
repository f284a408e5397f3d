"""The account of a delivery's rows as a table."""

import datetime as dt

import pytest

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.results import Results, Row
from kimeval.core.schema import conform, tables
from kimeval.protect import protect
from kimeval.tables import accounts, coverage_of_tables, lines_of_files
from kimeval.tables.delivery import FATES, LINES, ONLY_SOME
from kimeval.tables.templates import render

NUMBERS = {"b.csv": (1000, 990, 4, 6), "<a>.csv": (30, 30, 0, 0), "": (1030, 1020, 4, 6)}


def protected(numbers=NUMBERS, names=FATES):
    rows = [
        Row(name, "2024-10-15", "05370", value=value, dimension="file" if file else "", group=file)
        for file, values in numbers.items()
        for name, value in zip(names, values, strict=True)
    ]
    return protect(Results.of(rows))


def test_files_stand_in_order_of_delivery_and_the_sum_last():
    text = accounts(protected(), "Verbleib").text.splitlines()
    assert text == [
        "Verbleib",
        "b.csv: 1.000 | 990 | 4 | 6",
        "<a>.csv: 30 | 30 | 0 | 0",
        "insgesamt: 1.030 | 1.020 | 4 | 6",
    ]


def test_file_names_are_escaped_and_the_sum_is_marked():
    html = accounts(protected(), "Verbleib").html
    assert "&lt;a&gt;.csv" in html and "<a>" not in html
    assert html.count('class="ke-total"') == 1


def test_a_delivery_without_files_has_its_sum_alone():
    rows = [Row(name, "2024-10-15", "05370", value=0) for name in FATES]
    assert accounts(protect(Results.of(rows)), "x").text == "x\ninsgesamt: 0 | 0 | 0 | 0"


def test_heads_read_as_the_sum_that_must_add_up():
    html = accounts(protected(), "Verbleib").html.replace("\N{NO-BREAK SPACE}", " ")
    heads = ["Eingang", "= übernommen", "+ zusammengeführt", "+ zurückgestellt"]
    places = [html.index(f">{head}</th>") for head in heads]
    assert places == sorted(places)


def test_lines_that_are_no_rows_lead_from_the_file_to_its_rows():
    numbers = {"a.xlsx": (1055, 5, 30, 20, 1000), "": (1055, 5, 30, 20, 1000)}
    text = lines_of_files(protected(numbers, LINES), "Zeilen").text.splitlines()
    assert text[1:] == [
        "a.xlsx: 1.055 | 5 | 30 | 20 | 1.000",
        "insgesamt: 1.055 | 5 | 30 | 20 | 1.000",
    ]


def coverage(*held):
    frames = {name: conform(name, None) for name in held}
    data = Dataset(area("05370"), dt.date(2024, 10, 15), frames)
    return coverage_of_tables(data, "Tabellen")


def test_a_table_that_only_some_systems_have_is_never_called_missing():
    shown = coverage("cases")
    assert set(ONLY_SOME) == {"members", "totals", "events"}
    for name in ONLY_SOME:
        assert f"\n{tables()[name].german}: " not in shown.text
        assert f"„{tables()[name].german}“ gibt es nur, wo ein " in shown.html
    assert shown.text.count(": fehlt") == len(tables()) - len(ONLY_SOME) - 1


@pytest.mark.parametrize("name", ["members", "totals", "events"])
def test_a_table_that_only_some_systems_have_is_listed_where_it_was_delivered(name):
    shown = coverage(name)
    assert f"\n{tables()[name].german}: geliefert" in shown.text
    assert f"„{tables()[name].german}“" not in shown.html


def test_a_template_escapes_and_wants_every_name(tmp_path):
    from jinja2 import UndefinedError

    (tmp_path / "t.jinja").write_text("<p>{{ text }}</p>", encoding="utf-8")
    assert render(tmp_path / "t.jinja", text="<b>&") == "<p>&lt;b&gt;&amp;</p>"
    with pytest.raises(UndefinedError):
        render(tmp_path / "t.jinja")
