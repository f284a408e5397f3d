"""Executed notebooks made by hand, and a reader of HTML that wants it valid."""

import datetime as dt
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kimeval.core.area import area
from kimeval.core.dataset import Dataset
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results, Row
from kimeval.core.schema import conform
from kimeval.figures import plot_groups
from kimeval.protect import Rules, protect
from kimeval.report.header import header
from kimeval.report.pages import PageContext
from kimeval.tables import overview

VOID = {"meta", "link", "img", "br", "hr", "input"}
PHRASING = {"a", "b", "em", "strong", "span", "sup", "code", "i"}
INSIDE = {
    "li": {"ul", "ol"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody"},
    "th": {"tr"},
    "td": {"tr"},
    "caption": {"table"},
    "figcaption": {"figure"},
}
BLOCKS = {"p", "div", "table", "ul", "ol", "dl", "figure", "section", "h1", "h2", "h3", "nav"}


class Page(HTMLParser):
    """A page as read: its tags, attributes and texts; nesting is checked on the way."""

    def __init__(self, html):
        super().__init__()
        self.stack, self.tags, self.attributes, self.text, self.faults = [], [], [], "", []
        self.headings = []
        self.feed(html)
        self.close()
        if self.stack:
            self.faults.append(f"never closed: {self.stack}")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        parent = self.stack[-1] if self.stack else ""
        if tag in INSIDE and parent not in INSIDE[tag]:
            self.faults.append(f"{tag} inside {parent}")
        if tag in BLOCKS and (parent == "p" or parent in PHRASING):
            self.faults.append(f"{tag} inside {parent}")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"{tag} closed out of order")

    def handle_data(self, data):
        if not {"style", "script"} & set(self.stack):
            self.text += data

    def values(self, *names):
        return [attrs[n] for _, attrs in self.attributes for n in names if n in attrs]


@pytest.fixture
def read():
    return Page


def count(value, group="", dimension="", name="persons_reached", **changed):
    place = {"dimension": dimension, "group": group}
    fields = {"numerator": value, "contributors": value, **place, **changed}
    return Row(name, "2024Q3", "05370", value=value, **fields)


@pytest.fixture
def rows():
    """A function that makes a count of persons."""
    return count


@pytest.fixture
def executed(tmp_path):
    """Write an executed notebook: a title, a parameter cell, then one cell per shown thing."""

    def write(name, *shown, title="# Wen erreicht das Programm?\n\nEine *Frage*.", outputs=()):
        cells = [new_markdown_cell(title), new_code_cell('quarter: str = "2024Q3"')]
        for thing in shown:
            if isinstance(thing, str):
                cells.append(new_markdown_cell(thing))
                continue
            bundle = thing._repr_mimebundle_()
            made = new_output("execute_result", bundle, execution_count=1)
            cells.append(new_code_cell("ke.tables.overview(secret_call)", outputs=[made]))
        cells += [new_code_cell("print(1)", outputs=[given]) for given in outputs]
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write


@pytest.fixture
def dataset():
    tables = {"clients": conform("clients", None)}
    return Dataset(area("05370"), dt.date(2024, 10, 15), tables, True, "2024-10-15, abc12345")


@pytest.fixture
def head(dataset):
    return header(Quarter(2024, 3), dataset.area, dataset, Rules())


@pytest.fixture
def chapter_parts(head):
    """Header, sentence of narrative, table and figure of a usual chapter."""
    groups = [count(90), count(60, "weiblich", "gender"), count(27, "männlich", "gender")]
    groups.append(count(3, "divers", "gender"))
    protected = protect(Results.of(groups), synthetic=True)
    return [
        head,
        "## Wie viele?\n\nEine Person zählt *einmal*.",
        overview(protected.only(dimension=""), "Überblick"),
        plot_groups(protected, "gender", "Erreichte Personen nach Geschlecht"),
    ]


@pytest.fixture
def context():
    def make(synthetic=True):
        return PageContext(
            area("05370"),
            Quarter(2024, 3),
            dt.date(2024, 10, 15),
            synthetic,
            "2024-10-15",
            "0.1.0",
            dt.date(2024, 11, 2),
        )

    return make
