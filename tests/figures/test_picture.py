"""A picture: words for those who do not see it, the same bytes each time, nothing foreign."""

import base64
import re

import matplotlib as mpl
import pandas as pd
import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.quarter import Quarter
from kimeval.core.results import Results
from kimeval.figures import (
    plot_dots,
    plot_fates,
    plot_funnel,
    plot_groups,
    plot_heat,
    plot_missing,
    plot_pyramid,
    plot_tiles,
    plot_trend,
)
from kimeval.figures.picture import picture
from kimeval.figures.theme import canvas, one_per_label, quarter_ticks, theme, wrapped
from kimeval.tables.html import GATE_MIME, RESULTS_MIME

HOSTILE = [
    "$x$",
    "$\\alpha$",
    "$",
    "a_b^2",
    "<script>alert(1)</script>",
    '" onerror="x',
    "50 % & mehr",
]
PLOTS = {
    plot_trend: (),
    plot_groups: ("gender", "Titel"),
    plot_dots: ("ags", "Titel"),
    plot_funnel: ("Titel",),
    plot_heat: ("contact_mode", "Titel"),
    plot_pyramid: ("Titel",),
    plot_tiles: ("Titel",),
    plot_fates: (),
    plot_missing: ("Titel",),
}


def svg_of(bundle):
    return base64.b64decode(re.search(r"base64,([^\"]+)", bundle["text/html"])[1]).decode()


def test_alternative_text_of_a_breakdown_names_every_value(counts):
    made = plot_groups(counts([1234, 30, 3, 9], ["KI", "DRK", "AWO", "Caritas"]), "provider", "Wer")
    assert made.alt == "Balken: Wer. KI 1.234, DRK 30, AWO gesperrt, Caritas gesperrt."
    assert made.source.startswith("2 Werte sind gesperrt (weniger als 5 Personen")


def test_alternative_text_of_a_series_names_the_last_two_quarters(trend):
    made = plot_trend(trend([200, 1250], [60, 3]))
    assert made.alt == (
        "Linien je Quartal ab 2. Quartal 2024. "
        "Erreichte Personen im 3. Quartal 2024: 1.250, im Vorquartal 200. "
        "Neu aufgenommene Personen im 3. Quartal 2024: gesperrt, im Vorquartal 60."
    )


def test_alternative_text_of_shares_names_total_highest_and_lowest(shares):
    made = plot_dots(
        shares([(100, 400), (60, 150), (40, 250)], ["Wegberg", "Selfkant"]), "ags", "T"
    )
    assert "Insgesamt 25,0\xa0%" in made.alt
    assert "Am höchsten Wegberg mit 40,0\xa0% (32,5 bis 48,0\xa0%)" in made.alt
    assert "am niedrigsten Selfkant mit 16,0\xa0% (12,0 bis 21,1\xa0%)" in made.alt


def test_alternative_text_of_files_names_the_sums_and_the_worst(files):
    made = plot_fates(files(**{"a.csv": (90, 4, 6), "b.csv": (1000, 0, 10)}))
    assert "Von 1.110 gelieferten Zeilen wurden 1.090 übernommen, 4 zusammengeführt" in made.alt
    assert made.alt.endswith("und 16 zurückgestellt, anteilig am meisten in a.csv.")
    assert plot_fates(files(**{"a.csv": (9, 0, 0)})).alt.endswith("und 0 zurückgestellt.")


def test_alternative_text_of_missing_values_names_each_column(columns):
    made = plot_missing(columns(Geburtsjahr=0.021, Geschlecht=0.5), "Fehlend")
    assert made.alt == "Balken: Fehlend. Geschlecht 50,0\xa0%, Geburtsjahr 2,1\xa0%."


def test_a_picture_without_words_is_refused():
    with pytest.raises(ProtectionError, match="alternative text"):
        picture(canvas()[0], "Titel", "  ")


def test_a_hidden_number_is_nowhere_in_the_picture(counts):
    made = plot_groups(counts([1234, 30, 3, 9], ["KI", "DRK", "AWO", "Caritas"]), "provider", "Wer")
    bundle = made._repr_mimebundle_()
    assert [row["value"] for row in bundle[RESULTS_MIME]] == [1234, 30, None, None]
    assert bundle[GATE_MIME]["passed"] is True
    assert repr(made) == "Picture(wer)"


def test_the_same_results_give_the_same_bytes(counts, trend):
    def twice(plot, *given):
        return [plot(*given).svg for _ in range(2)]

    first, second = twice(plot_groups, counts([12, 30], ["a", "b"]), "provider", "T")
    assert first == second
    first, second = twice(plot_trend, trend([20, 30], [7, 8]))
    assert first == second


def test_a_drawing_holds_no_date_and_no_path(counts):
    svg = plot_groups(counts([12, 30], ["a", "b"]), "provider", "T").svg
    assert "dc:date" not in svg and "<?xml" not in svg and "DOCTYPE" not in svg
    assert not re.search(r"/(home|work|tmp|usr)/", svg)
    assert svg.startswith("<svg")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_drawn_as_it_is_written(counts, drawn, name):
    bundle = plot_groups(counts([12, 30], [name, "b"]), "provider", name)._repr_mimebundle_()
    assert drawn[0].axes[0].get_yticklabels()[0].get_text() == name
    assert not drawn[0].axes[0].get_yticklabels()[0].get_parse_math()
    assert "<script>" not in bundle["text/html"] and 'onerror="' not in bundle["text/html"]
    assert "<script>" not in svg_of(bundle)


def test_synthetic_data_are_named_in_the_drawing_itself(counts, drawn):
    from dataclasses import replace

    given = counts([12, 30], ["a", "b"])
    plot_groups(replace(given, synthetic=True), "provider", "T")
    plot_groups(given, "provider", "T")
    said = [figure.get_supxlabel() for figure in drawn]
    assert said == ["Synthetische Daten", ""]


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
@pytest.mark.parametrize("given", [Results.of([]), pd.DataFrame({"value": [4711]}), None])
def test_a_figure_refuses_what_has_not_passed_the_gate(plot, given):
    with pytest.raises(ProtectionError, match="protected results only") as found:
        plot(given, *PLOTS[plot])
    assert "4711" not in str(found.value)


def test_the_house_style_changes_nothing_for_good():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["text.parse_math"] is False
    assert dict(mpl.rcParams) == before


def test_long_labels_break_and_make_the_figure_higher():
    labels = wrapped(["kurz", "Verein für interkulturelle Begegnung, Beratung und Teilhabe e. V."])
    assert [label.count("\n") for label in labels] == [0, 1]
    assert one_per_label(["a\nb\nc"] * 4) > one_per_label(["a"] * 4)


def test_years_stand_once_where_there_are_many_quarters():
    few = quarter_ticks(Quarter.span(Quarter(2024, 1), Quarter(2024, 2)))
    assert few == ([0, 1], ["Q1\n2024", "Q2\n2024"])
    many = quarter_ticks(Quarter.span(Quarter(2020, 4), Quarter(2024, 3)))[1]
    assert many[:6] == ["Q4\n ", "Q1\n2021", "Q2\n ", "Q3\n ", "Q4\n ", "Q1\n2022"]
    places, labels = quarter_ticks(Quarter.span(Quarter(2014, 4), Quarter(2024, 3)))
    assert (places[0], labels[0], len(labels)) == (1, "2015", 10)
