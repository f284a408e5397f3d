import numpy as np
import pandas as pd
import pytest

from kimeval.core.tabular import shaped
from kimeval.data.clean.people import people
from kimeval.data.profiles import FileSpec

from .exports import CLIENTS, rows_of

HEADER = ["Person", "Nachname", "Vorname", "geboren", "Straße", "Telefon"]
ANNA = ["P1", "Müller", "Anna", "24.12.1990", "Am Markt", "0123"]
OMAR = ["P2", "Al-Hassan ", "-", "", "", ""]
LINK = {"names": ["Nachname", "Vorname"], "birth_date": "geboren"}


def found(*rows, chosen=None, link=LINK, **settings) -> pd.DataFrame:
    of = FileSpec(pattern="*", title="Fälle", table=[CLIENTS], link=link, **settings)
    chosen = np.arange(len(rows)) if chosen is None else np.array(chosen, dtype=np.int64)
    clients = shaped("clients", {}, len(chosen))
    return people(rows_of(HEADER, rows), chosen, clients, of, "ki")


def test_a_person_comes_with_provider_file_and_line():
    held = found(ANNA, OMAR, chosen=[1])
    assert held[["provider", "file", "line"]].to_numpy().tolist() == [["ki", "faelle.csv", 3]]


def test_names_are_tidy_and_a_sign_for_missing_is_no_name():
    held = found(ANNA, OMAR, missing=["-"])
    assert held["family"].tolist() == ["Müller", "Al-Hassan"]
    assert held["given"].tolist() == ["Anna", ""]


def test_a_name_in_one_column_is_the_family_name():
    held = found(ANNA, link={**LINK, "names": ["Nachname"]})
    assert (held["family"][0], held["given"][0]) == ("Müller", "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("24.12.1990", "1990-12-24"),
        ("1990-12-24", "1990-12-24"),
        ("24.12.1990 00:00", "1990-12-24"),
        ("33231", "1990-12-24"),
        ("", ""),
        ("1990", ""),
        ("31.02.1990", ""),
    ],
)
def test_a_birth_date_is_iso_in_every_form_and_empty_if_it_is_none(written, read):
    row = [*ANNA[:3], written, *ANNA[4:]]
    assert found(row, dates=["%d.%m.%Y", "excel"])["birth_date"].tolist() == [read]


def test_what_else_tells_persons_apart_is_there_or_empty():
    held = found(ANNA, link={**LINK, "also": {"street": "Straße", "number": "Telefon"}})
    assert held[["street", "number", "postcode"]].to_numpy().tolist() == [["Am Markt", "0123", ""]]


def test_every_column_is_text_and_never_missing():
    held = found(ANNA, OMAR)
    others = held.drop(columns="line")
    assert not others.isna().any().any()
    assert {type(cell) for cell in others.to_numpy().ravel()} == {str}


def test_nobody_is_a_table_as_well():
    assert len(found(ANNA, chosen=[])) == 0
