import datetime as dt
from decimal import Decimal

import pytest

from kimeval.core.errors import DataError
from kimeval.core.reference import read_reference, reference_file
from kimeval.published.names import count_name, unit_name
from kimeval.published.sources import document, documents, figures, read_figures

ROW = {
    "id": "a",
    "area": "05370",
    "system": "KIM",
    "indicator": "posts_filled",
    "value": "10.25",
    "unit": "fte",
    "period_start": "2024-11-01",
    "period_end": "",
    "quality": "exact",
    "definition": "",
    "source": "heinsberg-2024",
    "section": "",
}


def test_there_are_96_published_figures():
    assert len(figures()) == 96


def test_a_figure_is_typed():
    figure = figures()["komman1-drawn"]

    assert figure.value == Decimal("25199.98")
    assert figure.period.end == dt.date(2024, 10, 31)


def test_every_source_of_a_figure_is_a_document():
    assert {figure.source for figure in figures().values()} <= set(documents())


def test_documents_are_those_of_the_source_list_and_the_register():
    listed = reference_file("published/SOURCES.md").read_text(encoding="utf-8")
    keys = {line.split("|")[1].strip() for line in listed.splitlines() if line.startswith("| ")}

    assert set(documents()) == (keys - {"key"}) | {"register"}


def test_every_unit_and_indicator_has_a_german_name():
    for figure in figures().values():
        assert unit_name(figure.unit).german
        assert count_name(figure.indicator).german


def test_the_register_holds_53_units():
    assert len(read_reference("geography/districts.csv")) == 53


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(DataError, match="unique, got 'a' twice"):
        read_figures([ROW, ROW])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("value", "10,25", "a number like 10.25, got '10,25' for 'a'"),
        ("period_start", "01.11.2024", "dates like 2024-11-30"),
        ("source", "heinsberg-2042", "Did you mean 'heinsberg-2024'"),
    ],
)
def test_a_figure_that_cannot_be_read_is_refused(column, value, message):
    with pytest.raises(DataError, match=message):
        read_figures([{**ROW, column: value}])


def test_an_unknown_document_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'aachen-2021'"):
        document("achen-2021")


def test_an_unknown_unit_is_refused():
    with pytest.raises(DataError, match=r"declared in names.toml, got 'EUR/fte'"):
        unit_name("EUR/fte")
