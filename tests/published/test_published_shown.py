import pytest

from kimeval.core.errors import DataError, ProtectionError
from kimeval.figures import published as figures
from kimeval.protect import protect
from kimeval.published import contradictions, results, values
from kimeval.tables.contradictions import contradiction_list
from kimeval.tables.published import published_table, value_text

PLOTS = [
    figures.plot_fill_rates,
    figures.plot_assignments,
    figures.plot_coverage_bounds,
    figures.plot_own_contribution,
    figures.plot_drawn_shares,
]


@pytest.fixture(scope="module")
def protected():
    return protect(results())


def readable(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
def test_a_figure_takes_protected_results_only(plot):
    with pytest.raises(ProtectionError, match="A figure shows protected results only"):
        plot(results())


@pytest.mark.parametrize(
    ("plot", "said"),
    [
        (figures.plot_fill_rates, "KIM Baustein 2: 10,25 von 12,0 (85,4 %)"),
        (figures.plot_assignments, "2021 nicht veröffentlicht; 2022 nicht veröffentlicht"),
        (figures.plot_assignments, "1.052 Einsätze, 34,33 EUR je Einsatz"),
        (figures.plot_assignments, "31,96 EUR je Einsatz, kein volles Jahr (bis 30.11.2024)"),
        (figures.plot_coverage_bounds, "höchstens etwa 40,3 %"),
        (figures.plot_own_contribution, "100.000 EUR im Jahr"),
        (figures.plot_own_contribution, "mindestens 75.000 EUR im Jahr"),
        (figures.plot_own_contribution, "bis zu 45.000 EUR im Jahr"),
        (figures.plot_drawn_shares, "75.700 von 103.450 (73,2 %)"),
    ],
)
def test_the_alternative_text_says_the_finding(protected, plot, said):
    assert said in readable(plot(protected).alt)


def test_a_figure_names_its_documents(protected):
    assert "dritter Tätigkeitsbericht" in figures.plot_fill_rates(protected).source


def test_a_table_says_unknown_where_nothing_was_published(protected):
    missing = protected.only(indicator="published_assignments", period="2021")

    assert "Sprachmittlerpool: Einsätze | unbekannt | Kreis Heinsberg | 2021" in (
        published_table(missing, "Einsätze").text
    )


def test_a_table_shows_a_bound_in_words(protected):
    bound = protected.only(indicator="published_coverage").frame.iloc[1]

    assert readable(value_text(bound)) == "höchstens etwa 40,3 %"


def test_a_table_marks_a_plan_and_a_partial_year(protected):
    text = published_table(protected, "Alle").text

    assert "| veröffentlicht [2], Modul 2 | Plan" in text
    assert " | kein volles Jahr (bis 30.11.2024)" in text


def test_a_table_shows_the_caveat_of_a_derivation(protected):
    rates = protected.only(indicator="published_fill_rate")

    assert "| Ohne die halbe Assistenzstelle, die besetzt ist" in published_table(rates, "x").text


def test_the_table_of_contradictions_holds_all_nine():
    html = contradiction_list(contradictions()).html

    assert html.count("<h3>") == 9
    assert html.count("Beim Auswerten:") == 9


def test_the_table_of_contradictions_takes_nothing_else():
    with pytest.raises(DataError, match="contradictions of published figures only, got str"):
        contradiction_list(["x"])


def test_a_title_with_markup_is_escaped(protected):
    assert "&lt;b&gt;" in published_table(protected, "<b>").html


def test_each_published_line_names_its_document_and_the_place_in_it(protected):
    text = readable(published_table(protected, "x").text)
    assert "| veröffentlicht [4], Nr. 4.3.2 |" in text
    assert "| veröffentlicht [2], Modul 2 |" in text
    assert "| errechnet [1], [4] |" in text
    html = published_table(protected, "x").html
    assert "[4] Kreis Heinsberg, dritter Tätigkeitsbericht" in html
    assert "[2] StädteRegion Aachen, Sitzungsvorlage 2020/0354" in html


def test_a_title_and_a_period_name_one_value_only():
    keys = [(value.title, value.period.code) for value in values().values()]
    assert len(keys) == len(set(keys))
