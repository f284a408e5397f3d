"""Pages of a run: what a browser, a screen reader and a spreadsheet get."""

import csv
import re
from itertools import pairwise

import pytest
from nbformat.v4 import new_output

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results
from kimeval.protect import protect
from kimeval.report.pages import key_figures, write_pages
from kimeval.tables import breakdown, overview
from kimeval.tables.html import RESULTS_MIME

SYNTHETIC = "Synthetische Daten"
OUTSIDE = re.compile(r"(?i)\b(?:https?:)?//[a-z0-9]")


@pytest.fixture
def stage(tmp_path):
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


@pytest.fixture
def pages(stage, executed, chapter_parts, context):
    """Two chapters and the index, written once."""
    files = [executed("02_reach", *chapter_parts), executed("03_paths", *chapter_parts)]
    write_pages(stage, files, context())
    return {path.stem: path.read_text(encoding="utf-8") for path in stage.glob("*.html")}


def table_of(stage):
    with (stage / "results.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_notebook_becomes_a_page_beside_an_index(pages, stage):
    assert set(pages) == {"02_reach", "03_paths", "index"}
    assert (stage / "figures" / "02_reach-erreichte-personen-nach-geschlecht.svg").is_file()


def test_a_page_shows_text_and_results_and_no_code(pages, read):
    page = read(pages["02_reach"])
    assert "Eine Person zählt einmal." in page.text and "Überblick" in page.text
    assert "secret_call" not in pages["02_reach"] and "quarter: str" not in pages["02_reach"]
    assert "pre" not in page.tags and "script" not in page.tags


def test_pages_are_well_formed(pages, read):
    assert {name: read(html).faults for name, html in pages.items()} == {
        "02_reach": [],
        "03_paths": [],
        "index": [],
    }


def test_pages_are_german_with_one_first_heading_and_no_step_left_out(pages, read):
    for html in pages.values():
        page = read(html)
        assert html.startswith('<!DOCTYPE html>\n<html lang="de">')
        assert page.headings.count(1) == 1 and page.headings[0] == 1
        steps = [later - earlier for earlier, later in pairwise(page.headings)]
        assert max(steps, default=0) <= 1
        assert page.tags.count("title") == page.tags.count("main") == 1


def test_every_picture_has_words(pages, read):
    images = [attrs for tag, attrs in read(pages["02_reach"]).attributes if tag == "img"]
    assert [image["alt"] for image in images] == [
        "Balken: Erreichte Personen nach Geschlecht. "
        "weiblich 60, männlich gesperrt, divers gesperrt."
    ]


def test_every_id_stands_once_and_every_link_leads_somewhere(pages, stage, read):
    (stage / "manifest.json").touch()
    for html in pages.values():
        page = read(html)
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        for link in page.values("href"):
            target, _, anchor = link.partition("#")
            if target.startswith("notebooks/"):
                continue
            assert not target or (stage / target).is_file(), link
            assert not anchor or anchor in ids, link
        assert set(page.values("aria-labelledby")) <= set(ids)


def test_no_page_asks_anything_of_the_outside(pages, read):
    for html in pages.values():
        page = read(html)
        assert not [v for v in page.values("href", "src", "action") if OUTSIDE.search(v)]
        assert "@import" not in html and "url(" not in html
        assert not {"script", "iframe", "link", "object", "form"} & set(page.tags)


def test_every_page_of_synthetic_data_says_so_before_all_else(pages, read):
    for html in pages.values():
        text = read(html.split("<body>")[1].split("<header")[0]).text
        assert SYNTHETIC in text


def test_pages_of_real_data_say_nothing_of_synthetic_ones(stage, executed, rows, context):
    shown = overview(protect(Results.of([rows(50)])), "x")
    write_pages(stage, [executed("02_reach", shown)], context(synthetic=False))
    for path in stage.rglob("*.*"):
        assert SYNTHETIC not in path.read_text(encoding="utf-8")


def test_results_of_invented_persons_mark_their_page_even_without_a_header(
    stage, executed, rows, context
):
    shown = overview(protect(Results.of([rows(50)]), synthetic=True), "x")
    write_pages(stage, [executed("02_reach", shown)], context())
    assert SYNTHETIC in (stage / "02_reach.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "output",
    [
        new_output("execute_result", {"text/html": "<p>4711</p>", "text/plain": "4711"}),
        new_output("display_data", {"text/plain": "4711"}),
        new_output("error", ename="KeyError", evalue="4711", traceback=["4711"]),
    ],
    ids=["html", "plain", "error"],
)
def test_an_output_that_did_not_pass_the_gate_is_refused(stage, executed, context, output):
    path = executed("02_reach", "Text", outputs=[output])
    with pytest.raises(ProtectionError, match="cell 4 of '02_reach'") as found:
        write_pages(stage, [path], context())
    assert "4711" not in str(found.value)
    assert not list(stage.iterdir())


def test_printed_text_is_left_out(stage, executed, context, chapter_parts):
    printed = new_output("stream", name="stdout", text="4711 Name Vorname")
    write_pages(stage, [executed("02_reach", *chapter_parts, outputs=[printed])], context())
    assert "4711" not in (stage / "02_reach.html").read_text(encoding="utf-8")


def test_the_results_file_holds_each_protected_row_once_and_no_contributors(pages, stage):
    found = table_of(stage)
    assert "contributors" not in found[0]
    assert [(row["group"], row["value"], row["suppressed"]) for row in found] == [
        ("", "90.0", "False"),
        ("weiblich", "60.0", "False"),
        ("männlich", "", "True"),
        ("divers", "", "True"),
    ]
    assert {row["numerator"] for row in found if row["suppressed"] == "True"} == {""}
    assert {row["synthetic"] for row in found} == {"True"}


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_spreadsheet_runs_nothing_of_the_results_file(stage, executed, rows, context, name):
    hostile = protect(Results.of([rows(50), rows(50, name, "provider")]))
    write_pages(stage, [executed("02_reach", breakdown(hostile, "x", "provider"))], context())
    assert [row["group"] for row in table_of(stage)] == ["", f"'{name}"]


def test_a_negative_number_stays_a_number(stage, executed, context):
    from kimeval.core.results import Row

    change = Row("published_change_services", "2020", "05370", value=-0.219)
    write_pages(stage, [executed("10_p", overview(protect(Results.of([change])), "x"))], context())
    assert table_of(stage)[0]["value"] == "-0.219"


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=y>'])
def test_hostile_labels_stay_text_on_every_page(stage, executed, rows, context, read, hostile):
    protected = protect(Results.of([rows(50), rows(50, hostile, "provider")]))
    write_pages(
        stage,
        [executed("02_reach", breakdown(protected, hostile, "provider"), title=f"# `{hostile}`")],
        context(),
    )
    for path in stage.glob("*.html"):
        page = read(path.read_text(encoding="utf-8"))
        assert not {"script", "img"} & set(page.tags)
        assert page.faults == []


def test_the_index_has_a_tile_per_key_figure_and_a_link_per_chapter(pages, read):
    page = read(pages["index"])
    assert "Auf einen Blick" in page.text and "Erreichte Personen" in page.text
    assert [v for v in page.values("href") if v.endswith(".html")] == [
        "02_reach.html",
        "03_paths.html",
    ]
    assert "Kreis Heinsberg, 3. Quartal 2024" in page.text
    assert "Eine Frage." in page.text


def test_chapters_lead_to_the_ones_before_and_after(pages):
    assert 'rel="next" href="03_paths.html"' in pages["02_reach"]
    assert 'rel="prev"' not in pages["02_reach"]
    assert 'rel="prev" href="02_reach.html"' in pages["03_paths"]


def test_tiles_take_totals_of_the_quarter_in_the_order_of_the_report(rows):
    given = [
        rows(44, name="cases_active", status="partial", reason="Quelle fehlt"),
        rows(1234),
        rows(9, "weiblich", "gender"),
        rows(3, name="persons_new"),
    ]
    data = overview(protect(Results.of(given)), "x")._repr_mimebundle_()[RESULTS_MIME]
    tiles, notes = key_figures(data, "2024Q3")
    assert [(tile.name, tile.value, tile.note) for tile in tiles] == [
        ("Erreichte Personen", "1.234", ""),
        ("Neu aufgenommene Personen", ".", ""),
        ("Aktive Fälle", "44", "1"),
    ]
    assert notes == {"1": "Quelle fehlt"}
    assert key_figures(data, "2024Q2") == ([], {})


def test_the_same_notebooks_give_the_same_bytes(pages, stage, executed, chapter_parts, context):
    before = {path.name: path.read_bytes() for path in stage.rglob("*") if path.is_file()}
    files = [executed("02_reach", *chapter_parts), executed("03_paths", *chapter_parts)]
    write_pages(stage, files, context())
    assert {p.name: p.read_bytes() for p in stage.rglob("*") if p.is_file()} == before
