"""Generated pages, glossary and the numbers they state agree with the declarations."""

import re
import unicodedata
from pathlib import Path

import pytest

from kimeval.core.area import areas
from kimeval.core.catalogue import LEVELS, catalogue
from kimeval.core.codes import code_lists
from kimeval.core.schema import DTYPES, tables
from kimeval.core.units import units as unit_words

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")


def glossary_rows() -> list[list[str]]:
    lines = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def alphabetical(term: str) -> str:
    """Sorting key of DIN 5007-1: umlauts as their vowels."""
    split = unicodedata.normalize("NFD", term.casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


@pytest.fixture(scope="module")
def documentation(script):
    return script(".ci/documentation.py")


@pytest.mark.parametrize("name", ["catalogue.md", "tables.md", "exit_codes.md"])
def test_a_generated_page_is_what_its_generator_makes_now(documentation, name):
    made = documentation.pages()[name]
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, "run: make docs"


def test_the_catalogue_page_holds_each_indicator_once(documentation):
    page = documentation.catalogue_page()
    ids = re.findall(r"^`([a-z0-9_]+)` · ", page, re.MULTILINE)
    assert sorted(ids) == sorted(catalogue())
    assert page.startswith(f"# Indikatorenkatalog\n\n{documentation.MADE}\n\n{len(catalogue())} ")


def test_the_pages_have_a_german_word_for_each_level_unit_and_type(documentation):
    units = {c.unit for t in tables().values() for c in t.columns.values() if c.unit}
    units |= {indicator.unit for indicator in catalogue().values()}
    assert set(documentation.LEVELS) == set(LEVELS)
    assert set(documentation.TYPES) == {*DTYPES, "eur"}
    assert units == set(unit_words())


def test_each_link_of_the_pages_leads_to_an_anchor_or_a_file(documentation):
    anchors = re.findall(r'<a id="([^"]+)">', documentation.tables_page())
    assert len(anchors) == len(set(anchors)) == len(tables()) + len(code_lists())
    for page in documentation.pages().values():
        for target in re.findall(r"\]\(([^)]+)\)", page):
            file, _, anchor = target.partition("#")
            assert anchor in anchors
            assert not file or (ROOT / "docs" / file).is_file()


def test_glossary_terms_stand_in_alphabetical_order_and_once():
    terms = [row[0] for row in glossary_rows()]
    assert len(terms) > 50
    assert terms == sorted(set(terms), key=alphabetical)


def test_each_glossary_row_has_a_term_a_name_and_one_sentence():
    for row in glossary_rows():
        assert len(row) == 3 and all(row)
        assert row[2].endswith(".")


@pytest.mark.parametrize("name", list(tables()))
def test_each_table_is_in_the_glossary_by_its_german_name(name):
    rows = [row for row in glossary_rows() if f"`{name}`" in row[1]]
    assert tables()[name].german in {term for row in rows for term in row[0].split(", ")}


@pytest.mark.parametrize("name", list(code_lists()))
def test_each_code_list_is_in_the_glossary(name):
    assert any(f"`{name}`" in row[1] for row in glossary_rows())


def test_each_level_is_in_the_glossary():
    names = " ".join(row[1] for row in glossary_rows())
    assert [level for level in LEVELS if level not in names] == []


def test_the_glossary_states_the_number_of_areas_there_are():
    row = next(row for row in glossary_rows() if row[0] == "KIM-Gebiet")
    assert re.findall(r"\d+", row[2]) == [str(len(areas()))]


def test_a_name_in_code_marks_of_the_glossary_exists_in_the_code():
    known = {*tables(), *code_lists(), *catalogue(), "provider", "catalogue", "fte"}
    known |= {c for table in tables().values() for c in table.columns}
    known |= {code for codes in code_lists().values() for code in codes}
    known |= {"Area", "Dataset", "Indicator", "Quarter", "Results"}
    named = {name for row in glossary_rows() for name in re.findall(r"`([^`]+)`", row[1])}
    assert named - known == set()
