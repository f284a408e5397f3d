"""The page of versions is valid HTML that a screen reader can walk through."""

from dataclasses import replace

import pytest

from kimeval.core.area import area
from kimeval.core.quarter import Quarter
from kimeval.report.pages import write_pages
from kimeval.run.versions.page import Step, html
from kimeval.run.versions.read import Version

ROW = {"indicator": "persons_reached", "period": "2024Q3", "area": "05370", "dimension": "gender"}
ROW |= {"group": "weiblich", "value": "7.0", "unit": "persons", "level": "output"}
ROW |= {"status": "complete", "reason": "", "suppressed": "False"}


def version(number, **data):
    held = {"vintage": "2024-10-15", "as_of": "2024-10-15", "sha256": "a", "synthetic": True}
    inputs = {"code": "c" * 64, "kimeval": "0.1.0"}
    manifest = {"data": held | data, "inputs": inputs, "started": "2024-10-20T10:00:00+02:00"}
    row = ROW | {"value": str(number)}
    return Version(f"v{number}", manifest, (row,), has_page=True)


@pytest.fixture
def page(read):
    def made(number):
        versions = [version(n, sha256=str(n)) for n in range(1, number + 1)]
        step = Step.between(*versions[-2:]) if number > 1 else None
        return read(html(area("05370"), Quarter(2024, 3), versions, step))

    return made


@pytest.mark.parametrize("number", [1, 2, 4])
def test_the_page_is_nested_as_html_must_be(page, number):
    found = page(number)
    assert found.faults == []
    assert found.headings[0] == 1
    assert set(found.headings[1:]) <= {2}
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    assert set(found.values("aria-labelledby")) <= set(ids)


def test_each_header_cell_says_what_it_heads(page):
    heads = [attributes for tag, attributes in page(2).attributes if tag == "th"]
    assert len(heads) > 10
    assert all(head.get("scope") in ("col", "row") for head in heads)


def test_invented_persons_are_said_to_be_invented(page):
    assert "Synthetische Daten" in page(2).text


def test_only_versions_between_the_first_and_this_one_have_details_elsewhere(page):
    links = [link for link in page(4).values("href") if link.endswith("versions.html")]
    assert links == [f"../versions/05370/v{n}/versions.html" for n in (3, 2)]


def test_the_index_of_a_version_names_it(tmp_path, context, executed, chapter_parts, read):
    notebook = executed("02_reach", *chapter_parts)
    write_pages(tmp_path, [notebook], replace(context(), edition="v3"))
    found = read((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert found.faults == []
    assert "Fassung v3" in found.text
    assert found.values("href").count("versions.html") == 2
