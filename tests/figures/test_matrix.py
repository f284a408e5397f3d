"""Offices as a matrix: sums, dashes, signs, and who stands where."""

from matplotlib.patches import Rectangle

from kimeval.core.results import Results, Row
from kimeval.figures import matrix, plot_between
from kimeval.figures.map_marks import HIDDEN
from kimeval.protect import protect

WAYS = {
    ("KIM", "Jobcenter"): 60,
    ("KIM", "übrige Stellen"): 40,
    ("übrige Stellen", "KIM"): 30,
    ("übrige Stellen", "Jobcenter"): 20,
}


def row(number, dimension="", group=""):
    return Row("referrals_between", "2023", "05370", value=number, numerator=number,
               contributors=number, dimension=dimension, group=group)  # fmt: skip


def between(ways=WAYS):
    rows = [row(sum(ways.values()))]
    for end, name in ((0, "from_office"), (1, "to_office")):
        sums = {}
        for way, number in ways.items():
            sums[way[end]] = sums.get(way[end], 0) + number
        rows += [row(number, name, group) for group, number in sums.items()]
    rows += [row(n, "from_office × to_office", " × ".join(way)) for way, n in ways.items()]
    return protect(Results.of(rows))


def drawn_between(monkeypatch, table):
    found, canvas = [], matrix.canvas
    monkeypatch.setattr(matrix, "canvas", lambda **kw: found.append(canvas(**kw)) or found[-1])
    return plot_between(table, "Matrix"), found[0][1]


def test_senders_are_columns_and_receivers_rows_the_others_last(monkeypatch):
    _, axes = drawn_between(monkeypatch, between())
    ticks = [[t.get_text() for t in axis.get_ticklabels()] for axis in (axes.xaxis, axes.yaxis)]
    assert ticks[0] == ["KIM", "übrige Stellen", "insgesamt"]
    assert ticks[1] == ["Jobcenter", "KIM", "übrige Stellen", "insgesamt"]


def test_each_number_stands_where_it_belongs(monkeypatch):
    _, axes = drawn_between(monkeypatch, between())
    told = {t.get_position(): t.get_text() for t in axes.texts}
    assert told[0, 0] == "60" and told[1, 0] == "20"  # to the job centre
    assert told[0, 1] == "–"  # from KIM to KIM
    assert told[2, 0] == "80" and told[0, 3] == "100" and told[2, 3] == "150"


def test_a_hidden_way_is_hatched_with_its_sign(monkeypatch):
    ways = {**WAYS, ("KIM", "Schulamt"): 3, ("übrige Stellen", "Schulamt"): 4}
    made, axes = drawn_between(monkeypatch, between(ways))
    cells = [p for p in axes.patches if isinstance(p, Rectangle)]
    assert HIDDEN["hatch"] in {cell.get_hatch() for cell in cells}
    assert "." in [t.get_text() for t in axes.texts]
    assert "Gesperrt:" in made.alt and "3" not in made.alt.split("Am häufigsten")[1].split()


def test_the_finding():
    assert plot_between(between(), "Matrix").alt == (
        "Raster: Matrix, 2 abgebende und 3 aufnehmende Stellen. Am häufigsten KIM an Jobcenter "
        "(60), KIM an übrige Stellen (40), übrige Stellen an KIM (30)."
    )


def test_a_refusal_says_why():
    refused = Row("referrals_between", "2023", "05370", status="refused", reason="keine Tabelle")
    assert "keine Tabelle" in plot_between(protect(Results.of([refused])), "Matrix").alt


def test_the_same_bytes_for_the_same_numbers():
    assert plot_between(between(), "M").svg == plot_between(between(), "M").svg
