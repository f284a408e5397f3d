import re
from string import Formatter

import pytest

from kimeval.core.errors import DataError
from kimeval.published import contradictions, values
from kimeval.published.contradictions import fill
from kimeval.published.sources import read_declarations

# DOMAIN: what each of the nine must show, as a reader sees it.
SHOWN = {
    1: ["100.000", "70.000", "350.000", "275.000", "75.000", "45.000", "30.000", "25.000"],
    2: ["12 Personen", "13 Personen", "10,25 von 12,0", "85,4 %"],
    3: ["etwa 100", "knapp 25 %", "mehr als etwa 400", "161", "höchstens etwa 40,3 %", "Duldung"],
    4: ["2,5 Stellen", "1,5 Stellen", "1,0 Stellen"],
    5: ["320", "250", "−21,9 %", "1.052", "745", "30.11.2024", "33 auf 30", "43 auf 70", "Nenner"],
    6: ["61 Eltern in 11 Gruppen", "5,5 Personen je Gruppe", "6,0 Personen", "fehlen 5 Personen"],
    7: ["54 Gebieten", "53 Kreise"],
    8: ["75.700", "103.450", "73,2 %", "28,3 %", "30.09.2024", "22 Monaten", "84,0 %", "91,6 %"],
    9: ["01.10.2024", "01.11.2024", "30.11.2024"],
}


def readable(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def declared() -> list[dict[str, str]]:
    return read_declarations("contradictions")["contradiction"]


def test_all_nine_contradictions_are_there():
    assert [found.number for found in contradictions()] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("number", SHOWN)
def test_a_contradiction_shows_its_numbers(number):
    text = readable(contradictions()[number - 1].text)

    assert [part for part in SHOWN[number] if part not in text] == []


@pytest.mark.parametrize("given", declared(), ids=lambda given: given["id"])
def test_no_digit_stands_outside_a_placeholder(given):
    for field in ("title", "text", "advice"):
        typed = "".join(literal for literal, *_ in Formatter().parse(given[field]))
        assert not re.search(r"\d", typed)


@pytest.mark.parametrize("found", contradictions(), ids=lambda found: found.id)
def test_a_contradiction_says_what_to_do_and_where_it_stands(found):
    assert found.advice.endswith(".")
    assert found.documents
    assert len(found.values) >= 2


def test_the_numbers_of_a_text_follow_the_figures():
    given = [{"id": "x", "title": "t", "text": "{b2-filled} {posts-b3-filled-2024}", "advice": "."}]
    changed = {**values(), "b2-filled": values()["kim-filled"]}

    assert readable(fill(given, changed)[0].text) == "14,75 Stellen 2,0 Stellen"


def test_an_unknown_id_is_refused():
    given = [{"id": "x", "title": "t", "text": "{b2-filed}", "advice": "."}]

    with pytest.raises(DataError, match=r"'x' names the unknown id 'b2-filed'. Did you mean"):
        fill(given, values())


def test_one_value_alone_contradicts_nothing():
    given = [{"id": "x", "title": "t", "text": "{b2-filled}", "advice": "."}]

    with pytest.raises(DataError, match="two values or more, 'x' names 1"):
        fill(given, values())


def test_the_report_of_2024_holds_figures_for_different_days():
    days = {
        value.period.label
        for value in values().values()
        if value.sources == ("heinsberg-2024",) and value.kind == "published"
        if value.period.is_day
    }

    assert {"01.10.2024", "01.11.2024", "30.11.2024"} <= days
