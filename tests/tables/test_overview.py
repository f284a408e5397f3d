"""Tables of protected results: signs, notes, escaping, and valid HTML."""

import json
from html.parser import HTMLParser

import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.results import Results, Row, refused
from kimeval.protect import Rules, protect
from kimeval.tables import breakdown, coverage_of_tables, definitions, overview
from kimeval.tables.html import GATE_MIME, RESULTS_MIME

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd()|' /C calc'!A0",
    "$\\alpha$",
    'a" onload="x',
    "&amp;",
]
NBSP = "\N{NO-BREAK SPACE}"


class Cells(HTMLParser):
    """Texts of the cells of a table, line by line, and every tag and attribute."""

    def __init__(self, html):
        super().__init__()
        self.lines, self.tags, self.names, self.open = [], [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        if tag == "tr":
            self.lines.append([])
        if tag in ("td", "th"):
            self.lines[-1].append("")
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.lines[-1][-1] += data


def count(value, group="", dimension="provider", name="persons_reached", **changed):
    place = {"dimension": dimension, "group": group} if group else {}
    fields = {"numerator": value, "contributors": value, **place, **changed}
    return Row(name, "2024Q3", "05370", value=value, **fields)


def share(hits, total, group="", **changed):
    return Row(
        "coverage_newly_arrived",
        "2024Q3",
        "05370",
        value=hits / total,
        numerator=hits,
        denominator=total,
        lower=0.31,
        upper=0.382,
        confidence=0.95,
        contributors=hits,
        dimension="ags" if group else "",
        group=group,
        **changed,
    )


def of(*rows, threshold=5):
    return protect(Results.of(rows), Rules(threshold))


def test_an_overview_has_a_line_per_indicator_with_value_unit_and_interval():
    table = overview(of(count(1234), share(346, 1000), count(3, name="persons_new")), "Überblick")
    lines = Cells(table.html).lines
    assert lines[0] == ["Kennzahl", "Wert", "Einheit", "95-%-Intervall"]
    assert lines[1] == ["Erreichte Personen", "1.234", "Personen", ""]
    assert lines[2][1:] == [f"34,6{NBSP}%", "Anteil", f"31,0 bis 38,2{NBSP}%"]
    assert lines[3] == ["Neu aufgenommene Personen", ".", "Personen", ""]
    assert '<caption style="text-align:left">Überblick</caption>' in table.html


def test_an_overview_without_intervals_has_no_column_for_them():
    lines = Cells(overview(of(count(1234)), "x").html).lines
    assert lines == [["Kennzahl", "Wert", "Einheit"], ["Erreichte Personen", "1.234", "Personen"]]


def test_the_point_is_explained_with_the_threshold_that_was_used():
    assert "weniger als 7 Personen" in overview(of(count(3), threshold=7), "x").html
    assert "gesperrt" not in overview(of(count(30)), "x").html


def test_a_refused_value_is_an_x_with_its_reason_below():
    table = overview(of(refused("persons_reached", "2024Q3", "05370", "Quelle fehlt")), "x")
    assert Cells(table.html).lines[1] == ["Erreichte Personen1", "x", "Personen"]
    assert "1 nicht bestimmbar: Quelle fehlt." in table.html
    assert "x kein Wert, weil die Daten ihn nicht tragen." in table.html


def test_each_reason_has_one_note_and_a_note_one_status():
    rows = [
        count(30, status="partial", reason="Quelle fehlt"),
        count(31, name="persons_new", status="partial", reason="Quelle fehlt"),
        refused("cases_new", "2024Q3", "05370", "Quelle fehlt"),
    ]
    html = overview(of(*rows), "x").html
    assert html.count("1 unvollständig: Quelle fehlt.") == 1
    assert "2 nicht bestimmbar: Quelle fehlt." in html
    assert [line[0][-1] for line in Cells(html).lines[1:]] == ["1", "1", "2"]


def test_a_breakdown_ends_with_the_total_and_shows_numerator_and_denominator():
    table = breakdown(of(share(100, 400), share(60, 200, "Erkelenz"), share(40, 200, "Gangelt")),
                      "Reichweite", "ags", "Gemeinde")  # fmt: skip
    lines = Cells(table.html).lines
    assert lines[0][0] == "Gemeinde" and len(lines[0]) == 5
    assert lines[1] == ["Erkelenz", "60", "200", f"30,0{NBSP}%", f"31,0 bis 38,2{NBSP}%"]
    assert lines[-1][:4] == ["insgesamt", "100", "400", f"25,0{NBSP}%"]


def test_other_dimensions_do_not_enter_a_breakdown():
    rows = [count(50), count(50, "a"), count(50, "weiblich", "gender")]
    assert len(Cells(breakdown(of(*rows), "x", "gender").html).lines) == 3


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_stays_text(name):
    table = breakdown(of(count(50), count(50, name)), name, "provider", name)
    read = Cells(table.html)
    assert read.lines[1] == [name, "50"]
    assert not {"script", "img"} & set(read.tags)
    assert read.names <= {"class", "scope", "style"}


def test_every_head_cell_says_what_it_heads():
    html = overview(of(count(50)), "x").html
    assert html.count('<th scope="col"') == 3
    assert html.count('<th scope="row"') == 1


def test_an_empty_result_is_an_empty_table_and_no_error():
    assert len(Cells(breakdown(of(), "x", "ags", "Gemeinde").html).lines) == 1
    assert len(Cells(overview(of(), "x").html).lines) == 1


@pytest.mark.parametrize("show", [overview, breakdown, definitions])
@pytest.mark.parametrize(
    "given", [Results.of([count(4711)]), Results.of([count(4711)]).frame, pd.DataFrame()]
)
def test_a_table_refuses_what_has_not_passed_the_gate(show, given):
    words = {overview: ["x"], breakdown: ["x", "ags"], definitions: []}[show]
    with pytest.raises(ProtectionError, match="protected results only") as found:
        show(given, *words)
    assert "4711" not in str(found.value)


def test_what_a_notebook_keeps_of_a_table_has_passed_the_gate_and_counts_no_contributors():
    bundle = overview(of(count(50, contributors=41), count(3, name="persons_new")), "x")
    data = bundle._repr_mimebundle_()
    assert data[GATE_MIME]["passed"] is True
    rows = json.loads(json.dumps(data[RESULTS_MIME], allow_nan=False))
    assert [row["value"] for row in rows] == [50, None]
    assert [row["suppressed"] for row in rows] == [False, True]
    assert "contributors" not in rows[0]
    assert "3" not in data["text/plain"].split("Neu aufgenommene")[1].split("|")[0]


def test_definitions_come_once_with_their_caveats():
    html = definitions(of(count(50)), of(count(50)), of(share(10, 50))).html
    assert html.count("<dt>") == 2
    assert "<dt>Erreichte Personen</dt>" in html and "<em>Zu beachten:</em>" in html


def test_tables_that_were_not_delivered_are_named_without_counts():
    import datetime as dt

    from kimeval.core.area import area
    from kimeval.core.dataset import Dataset
    from kimeval.core.schema import conform

    held = Dataset(area("05370"), dt.date(2024, 10, 15), {"cases": conform("cases", None)})
    lines = Cells(coverage_of_tables(held, "Tabellen").html).lines
    assert lines[0] == ["Tabelle", "Stand"] and len(lines) == 16
    assert [state for name, state in lines[1:] if name == "Fälle"] == ["geliefert"]
    assert sum(state == "fehlt" for _, state in lines[1:]) == 14
