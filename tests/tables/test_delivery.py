"""The account of a delivery's rows as a table."""

from kimeval.core.results import Results, Row
from kimeval.protect import protect
from kimeval.tables import accounts
from kimeval.tables.delivery import FATES
from kimeval.tables.templates import render

NUMBERS = {"b.csv": (1000, 990, 4, 6), "<a>.csv": (30, 30, 0, 0), "": (1030, 1020, 4, 6)}


def protected():
    rows = [
        Row(name, "2024-10-15", "05370", value=value, dimension="file" if file else "", group=file)
        for file, values in NUMBERS.items()
        for name, value in zip(FATES, values, strict=True)
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


def test_a_template_escapes_and_wants_every_name(tmp_path):
    import pytest
    from jinja2 import UndefinedError

    (tmp_path / "t.jinja").write_text("<p>{{ text }}</p>", encoding="utf-8")
    assert render(tmp_path / "t.jinja", text="<b>&") == "<p>&lt;b&gt;&amp;</p>"
    with pytest.raises(UndefinedError):
        render(tmp_path / "t.jinja")
