"""The page of versions as a run writes it, and what `kimeval versions` says."""

import csv
import json
import re
from pathlib import Path

import pytest

from kimeval.cli.guard import exit_code
from kimeval.core.errors import ProtectionError
from kimeval.protect.canary import needles_of
from kimeval.run import steps
from kimeval.run.plan import Request
from kimeval.run.publish import link_to
from kimeval.run.run import run
from kimeval.run.versions.page import SHOWN
from kimeval.run.versions.read import read_versions

GOOD = {"quarter": "2024Q3", "area": "05370"}
HEAD = [
    *("indicator", "period", "area", "dimension", "group", "numerator", "denominator", "value"),
    *("lower", "upper", "unit", "level", "status", "reason", "suppressed", "synthetic", "notebook"),
]


def line(value, group="", indicator="persons_reached", hidden=False, dimension="gender"):
    shown = "" if hidden else value
    about = [indicator, "2024Q3", "05370", dimension if group else "", group]
    return [
        *about,
        shown,
        "",
        shown,
        "",
        "",
        "persons",
        "output",
        "complete",
        "",
        hidden,
        True,
        "x",
    ]


@pytest.fixture
def results(below, executing, monkeypatch):
    """Lines of results.csv that the next run publishes."""
    lines = [line(120)]

    def pages(stage, *_):
        (Path(stage) / "index.html").write_text("<p>Bericht</p>", encoding="utf-8")
        with (Path(stage) / "results.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEAD, *lines])

    monkeypatch.setattr(steps, "write_pages", pages)
    return lines


@pytest.fixture
def publish(project, progress, results):
    """Publish a version with some lines, and give its folder."""

    def go(*lines, force=True, **request):
        results[:] = lines or results
        index = run(project, Request(**GOOD, force=force, **request), progress).index
        return index.parent.resolve()

    return go


def page(folder):
    return (folder / "versions.html").read_text(encoding="utf-8")


def data(folder):
    return json.loads((folder / "versions.json").read_text(encoding="utf-8"))


def rows(text, name):
    table = re.search(rf'<table class="ke-table {name}">.*?</table>', text, re.DOTALL)[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r, re.DOTALL) for r in table.split("<tr>")]
    return [[re.sub(r"<[^>]+>", "", c) for c in cell] for cell in cells[2:]]


def test_the_first_version_has_nothing_to_compare(publish):
    folder = publish()
    assert folder.name == "v1"
    assert [row[0] for row in rows(page(folder), "ke-versions")] == ["v1 (diese)"]
    assert "zu vergleichen ist noch nichts" in page(folder)
    assert data(folder)["step"] is None


def test_a_second_version_lists_both_and_says_why_and_what_differs(publish):
    publish(line(120), line(7, "divers"))
    folder = publish(line(125), line(7, "divers", hidden=True), parameters=("threshold=8",))
    assert folder.name == "v2"
    listed = rows(page(folder), "ke-versions")
    assert [row[0] for row in listed] == ["v2 (diese)", "v1"]
    assert listed[0][4].startswith("Schutzregeln")
    assert listed[1][4] == "erste Fassung"
    assert "Schwelle (threshold): 5 → 8" in page(folder)
    assert rows(page(folder), "ke-differences") == [
        ["Erreichte Personen", "3. Quartal 2024", "insgesamt", "120", "125", ""],
        ["Erreichte Personen", "3. Quartal 2024", "Geschlecht: divers", "7", ".", "jetzt gesperrt"],
    ]
    step = data(folder)["step"]
    assert (step["from"], step["to"]) == ("v1", "v2")
    assert [(one["old"], one["new"]) for one in step["figures"]] == [("120", "125"), ("7", ".")]


def test_a_version_made_again_says_that_nothing_changed(publish):
    publish()
    folder = publish()
    assert "Kein veröffentlichter Wert unterscheidet sich" in page(folder)
    assert rows(page(folder), "ke-versions")[0][4] == (
        "neu erstellt, nichts davon hat sich geändert"
    )
    assert data(folder)["versions"][1]["because"] == []


def test_the_old_version_is_not_touched_and_its_page_tells_of_itself_only(publish):
    old = publish(line(120))
    before = {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()}
    publish(line(121))
    assert {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()} == before
    assert "v2" not in page(old)


def test_links_lead_to_files_from_where_the_report_is_read(publish, project):
    publish(), publish(line(121)), publish(line(122))
    read = project.outputs / "2024Q3" / "05370"
    links = re.findall(r'href="([^"#]+)"', page(read))
    assert "../versions/05370/v1/index.html" in links
    assert "../versions/05370/v2/versions.html" in links
    for link in links:
        place = Path(re.sub(r"[^/]+/\.\./", "", str(Path("05370") / link)))  # as a browser does
        assert (project.outputs / "2024Q3" / place).is_file(), link


def test_the_page_needs_no_network_no_script_and_names_no_place(publish, project):
    publish()
    text = page(publish(line(121)))
    assert not re.search(r"https?://|<script|src=", text)
    assert str(project.root) not in text
    assert '<html lang="de">' in text


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_data(publish):
    publish(*(line(n, f"g{n}") for n in range(SHOWN + 20)))
    folder = publish(*(line(n + 1, f"g{n}") for n in range(SHOWN + 20)))
    assert len(rows(page(folder), "ke-differences")) == SHOWN
    assert "20 weitere stehen in" in page(folder)
    assert len(data(folder)["step"]["figures"]) == SHOWN + 20


def test_text_of_the_user_is_shown_as_text(publish):
    publish()
    folder = publish(line(1, "<b>x</b>"), legal_basis="<script>alert(1)</script>")
    assert "<script" not in page(folder)
    assert "&lt;script&gt;" in page(folder)


def test_the_page_is_searched_before_it_is_published(publish, monkeypatch, project):
    publish()
    monkeypatch.setattr(steps, "needles", lambda *_: needles_of(names=[("Muster", "Mia")]))
    with pytest.raises(ProtectionError, match=r"versions\.(html|json)' holds a name"):
        publish(line(121), legal_basis="Vermerk von Mia Muster")
    assert (project.outputs / "2024Q3" / "05370").readlink().name == "v1"


def test_the_manifest_holds_a_hash_of_the_page(publish):
    held = json.loads((publish() / "manifest.json").read_text())["outputs"]
    assert {"versions.html", "versions.json"} <= set(held)


def test_an_unchanged_report_has_no_second_version(publish):
    publish()
    assert publish(force=False).name == "v1"


@pytest.mark.parametrize("damage", ["{", "{}", '{"started": 1}', None])
def test_a_damaged_or_missing_version_is_left_out(publish, project, damage):
    old = publish()
    manifest = old / "manifest.json"
    manifest.write_text(damage) if damage else manifest.unlink()
    folder = publish(line(121))
    assert folder.name == "v2"
    assert [row[0] for row in rows(page(folder), "ke-versions")] == ["v2 (diese)"]
    assert [v.name for v in read_versions(project.outputs, "2024Q3", "05370")] == ["v2"]


def test_versions_are_compared_by_their_number_ten_after_nine(publish):
    for n in range(11):
        folder = publish(line(n))
    assert folder.name == "v11"
    names = [row[0] for row in rows(page(folder), "ke-versions")]
    assert names == ["v11 (diese)", *(f"v{n}" for n in range(10, 0, -1))]
    assert data(folder)["step"]["from"] == "v10"


@pytest.fixture
def command(project, monkeypatch, capsys):
    monkeypatch.setenv("KIMEVAL_HOME", str(project.root))

    def go(*words):
        code = exit_code(["versions", "--quarter", "2024Q3", "--area", "05370", *words])
        return code, capsys.readouterr()

    return go


def test_the_command_lists_versions_and_what_changed(publish, command):
    publish(line(120)), publish(line(125), parameters=("threshold=8",))
    code, told = command()
    assert code == 0
    lines = told.out.splitlines()
    assert lines[0] == "Kreis Heinsberg (05370), 2024Q3: versions published: 2, read now: v2"
    assert lines[2].split()[0] == "v1"
    assert lines[2].endswith("first version")
    assert lines[3].startswith("v2 *")
    assert lines[3].endswith("rules of protection")
    assert "v1 -> v2" in lines
    assert any(re.fullmatch(r"  rules of protection +threshold: 5 -> 8", text) for text in lines)
    assert "    persons_reached, 2024Q3, total: 120 -> 125" in lines
    assert lines[-1].endswith("outputs/2024Q3/05370/versions.html")


def test_the_command_marks_the_version_that_is_read(publish, command, project):
    first = publish()
    publish(line(121))
    link_to(first, project.outputs, "2024Q3", "05370")
    assert "read now: v1" in command()[1].out


def test_the_command_compares_any_two(publish, command):
    publish(line(1)), publish(line(2)), publish(line(3))
    code, told = command("--from", "v1", "--to", "v3")
    assert code == 0
    assert told.out.splitlines()[0] == "v1 -> v3"
    assert "total: 1 -> 3" in told.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--from", "v1"], 10, "--to"),
        (["--from", "v1", "--to", "v9"], 10, "v9"),
        (["--area", "05371"], 12, "kimeval areas"),
        (["--quarter", "2024Q2"], 20, "kimeval run --quarter 2024Q2"),
        (["--quarter", "x"], 11, "III/2024"),
    ],
)
def test_a_wrong_call_is_one_line(publish, command, words, code, says):
    publish()
    found, told = command(*words)
    assert found == code
    assert told.out == ""
    assert says in told.err
    assert told.err.count("\n") == 1
