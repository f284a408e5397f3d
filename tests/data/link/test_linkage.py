"""Who is recognised as one person, and who is not. All records are synthetic."""

import numpy as np
import pytest

from kimeval.core.errors import DataError, ProfileError
from kimeval.data.link import link

OTHERS = ("Hamid", "Omar", "Karim", "Farid", "Yusuf", "Daniel")


@pytest.fixture
def joined(people, settings):
    """Whether the first two records come out as one person."""

    def told(*rows, **columns):
        groups = link(people(*rows, **columns), settings()).groups
        return bool(groups[0] == groups[1])

    return told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Müller-Weiß", "Björn"), ("Mueller Weiss", "Bjoern")),
        (("Hussein", "Amina"), ("Amina", "Hussein")),
        (("Schewtschenko", "Olena"), ("Shevchenko", "Olena")),
        (("Kraus-Weiß", "Anna"), ("Weiß", "Anna")),
        (("Aydin", "Elif Su"), ("Aydin", "Elif")),
        (("Tesfay", "Selam"), ("Tsefay", "Selam")),
        (("Tesfay", "Selam"), ("Tesfa", "Selam")),
        (("Tesfay", "Selam"), ("Tesfay", "Selamm")),
        (("Krasniqi", "Lejla"), ("Krasniqi", "Lejlaa")),
        (("Eze", "Ali"), ("Eez", "Ali")),
        (("Al-Hassan", "Fatima"), ("Al-aHssan", "Fatima")),
        (("Al-Hassan", "Fatima"), ("Hassan Al", "Fatima")),
        (("Ŝarif", "Zoë"), ("SARIF", "Zoe")),
    ],
    ids=" ".join,
)
def test_another_spelling_with_the_same_birth_date_is_one_person(joined, one, other):
    assert joined((*one, "1988-07-19"), (*other, "1988-07-19"))


def test_a_whole_name_in_one_column_meets_the_same_name_in_two(joined):
    assert joined(("Müller Anna", "", "1988-07-19"), ("Müller", "Anna", "1988-07-19"))


def test_two_whole_names_in_one_column_meet(joined):
    assert joined(("Anna Müller", "", "1988-07-19"), ("Mueller, Anna", "", "1988-07-19"))


def test_two_records_of_one_provider_are_one_person_too(joined):
    rows = [("Tesfay", "Selam", "1988-07-19"), ("Tesfai", "Selam", "1988-07-19")]
    assert joined(*rows, provider=["ki", "ki"])


@pytest.mark.parametrize("other", ["1988-09-07", "1988-07-08"], ids=["exchanged", "one digit"])
def test_a_slip_in_the_birth_date_needs_the_same_address(joined, other):
    rows = [("Tesfay", "Selam", "1988-07-09"), ("Tesfay", "Selam", other)]
    assert not joined(*rows)
    assert joined(*rows, street=["Am Markt"] * 2, house_number=["3"] * 2)


def test_twins_are_two_persons_even_at_one_address(joined):
    home = {"street": ["Am Markt"] * 2, "house_number": ["3"] * 2, "postcode": ["41812"] * 2}
    twins = [
        ("Tesfay", "Selam", "2015-07-19", "female"),
        ("Tesfay", "Rahel", "2015-07-19", "female"),
    ]
    assert not joined(*twins, **home, nationality=["224"] * 2, ags=["05370004"] * 2)


def test_brother_and_sister_with_forms_of_one_name_are_two_persons(joined):
    assert not joined(
        ("Tesfay", "Amin", "2015-07-19", "male"), ("Tesfay", "Amina", "2015-07-19", "female")
    )


def test_forms_of_one_name_without_any_gender_go_to_review(people, settings):
    rows = [("Tesfay", "Amin", "2015-07-19"), ("Tesfay", "Amina", "2015-07-19")]
    assert link(people(*rows), settings()).pairs["joined"].tolist() == [False]


def test_a_letter_more_in_a_name_of_one_gender_is_one_person(joined):
    assert joined(
        ("Tesfay", "Amina", "2015-07-19", "female"), ("Tesfay", "Amin", "2015-07-19", "female")
    )


@pytest.mark.parametrize("born", ["1961-02-03", "1961-01-01"])
def test_father_and_son_of_one_name_and_address_are_two_persons(joined, born):
    son = f"1990{born[4:]}"
    home = {"street": ["Am Markt"] * 2, "house_number": ["3"] * 2}
    assert not joined(("Tesfay", "Filmon", born), ("Tesfay", "Filmon", son), **home)


def test_two_birth_dates_are_one_person_only_with_an_equal_number(joined):
    rows = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selam", "1988-11-02")]
    assert not joined(*rows)
    assert joined(*rows, number=["100200300"] * 2)


def test_what_is_unknown_does_not_speak_against(people, settings):
    rows = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selam", "1988-07-19")]
    unknown = link(people(*rows, nationality=["224", ""]), settings()).pairs
    neither = link(people(*rows, nationality=["", ""]), settings()).pairs
    different = link(people(*rows, nationality=["224", "423"]), settings()).pairs
    assert unknown["weight"].iloc[0] == pytest.approx(neither["weight"].iloc[0])
    assert different["weight"].iloc[0] < neither["weight"].iloc[0] - 2


def test_names_without_any_birth_date_are_not_joined(joined):
    assert not joined(("Tesfay", "Selam", ""), ("Tesfay", "Selam", ""))


def test_a_placeholder_is_no_name(joined):
    assert not joined(
        ("Unbekannt", "Unbekannt", "1990-01-01"), ("unbekannt", "unbekannt", "1990-01-01")
    )


def test_a_family_named_na_is_a_name(joined):
    assert joined(("NA", "Selam", "1988-07-19"), ("Na", "Selam", "1988-07-19"))


def test_the_first_of_january_weighs_less_than_another_day(people, settings):
    rows = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selam", "1988-07-19")]
    usual = link(people(*rows), settings()).pairs["weight"].iloc[0]
    round_ = [(family, given, "1988-01-01") for family, given, _ in rows]
    assert link(people(*round_), settings()).pairs["weight"].iloc[0] < usual - 4


def test_a_common_name_on_a_common_first_of_january_goes_to_review(people, settings):
    rows = [("Ali", "Mohammed", "1990-01-01"), ("Ali", "Mohamed", "1990-01-01")]
    rows += [("Ali", name, f"{year}-01-01") for year in range(1960, 2000) for name in OTHERS]
    rows += [("Ali", "Mohammed", f"{year}-05-11") for year in range(1950, 2000)]
    pairs = link(people(*rows, gender=[""] * len(rows)), settings()).pairs
    first = pairs[(pairs["record_left"] == 0) & (pairs["record_right"] == 1)]
    assert first["joined"].tolist() == [False]


def test_whole_name_and_ordinary_birth_date_are_joined_below_the_threshold(people, settings):
    rows = [("Tesfay", "Selam", "1988-07-19", "male"), ("Tesfay", "Selam", "1988-07-19", "female")]
    differ = {"nationality": ["224", "423"], "ags": ["05370004", "05370008"]}
    pairs = link(people(*rows, **differ), settings(threshold=0.99999)).pairs
    assert pairs.loc[0, "probability"] < 0.99999
    assert pairs.loc[0, "joined"]


def test_reasons_name_levels_and_no_values(people, settings):
    rows = [("Tesfay", "Selam", "1988-01-01"), ("Tesfay", "Selamm", "1988-01-01")]
    pairs = link(people(*rows), settings()).pairs
    assert pairs["why"].tolist() == [
        "Name gleich, Vorname ähnlich, Geburtsdatum gleich (1. Januar)"
    ]


def test_the_stricter_provider_decides(people, settings, one_link):
    rows = [("Tesfay", "Selam", "1988-01-01"), ("Tesfai", "Selam", "1988-01-01")]
    loose = settings(threshold=0.6)
    probability = link(people(*rows), loose).pairs["probability"].iloc[0]
    strict = loose | {"drk": one_link(threshold=(probability + 1) / 2)}
    assert link(people(*rows), loose).groups[1] == 0
    assert link(people(*rows), strict).groups[1] == 1


def test_the_stricter_provider_decides_what_is_shown(people, settings, one_link):
    rows = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selam", "1988-07-18")]
    pairs = link(people(*rows), settings()).pairs
    strict = settings() | {"ki": one_link(review=(pairs["probability"].iloc[0] + 1) / 2)}
    assert len(pairs) == 1
    assert link(people(*rows), strict).pairs.empty


def test_the_same_records_give_the_same_result(people, settings):
    rows = [("Tesfay", "Selam", "1988-01-01"), ("Tesfai", "Selam", "1988-01-01")]
    first, second = (link(people(*rows), settings()) for _ in range(2))
    assert first.pairs.equals(second.pairs)
    assert (first.groups == second.groups).all()


@pytest.mark.parametrize("rows", [[], [("Tesfay", "Selam", "1988-01-01")]], ids=["none", "one"])
@pytest.mark.parametrize("model", ["person", "exact"])
def test_no_record_and_one_record_give_no_pairs(people, settings, rows, model):
    frame = people(("A", "B", "1988-01-01"), crowd=False).iloc[: len(rows)]
    result = link(frame, settings(model=model))
    assert (len(result.pairs), result.persons) == (0, len(rows))


def test_people_are_left_as_they_were(people, settings):
    frame = people(("Tesfay", "Selam", "1988-01-01"))
    before = frame.copy()
    link(frame, settings())
    assert frame.equals(before)


def test_a_missing_column_is_named(people, settings):
    with pytest.raises(DataError, match="birth_date are missing"):
        link(people(("A", "B", "")).drop(columns="birth_date"), settings())


def test_records_in_another_order_are_refused(people, settings):
    with pytest.raises(DataError, match="numbered 0, 1"):
        link(people(("A", "B", "")).iloc[::-1], settings())


def test_a_provider_without_settings_is_named(people, one_link):
    with pytest.raises(DataError, match="crowd, drk has none"):
        link(people(("A", "B", ""), ("A", "C", "")), {"ki": one_link()})


def test_an_unknown_model_names_the_known_ones(people, settings):
    with pytest.raises(ProfileError, match="Did you mean 'person'"):
        link(people(("A", "B", "")), settings(model="persons"))


def test_groups_carry_their_lowest_record(people, settings):
    same = ("Tesfay", "Selam", "1988-07-19")
    groups = link(people(("Eze", "Ali", "1970-02-02"), same, same), settings()).groups
    assert groups[:3].tolist() == [0, 1, 1]
    assert groups.dtype == np.int64
