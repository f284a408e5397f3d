import pandas as pd

from kimeval.data.link import joined_sheet, link
from kimeval.data.profiles import Link

SETTINGS = {name: Link(names=["a", "b"], birth_date="c") for name in ("ki", "drk")}


def people(*rows):
    columns = ["provider", "line", "family", "given", "birth_date"]
    held = pd.DataFrame(rows, columns=columns).assign(file=lambda d: d["provider"] + ".csv")
    return held.assign(record=range(len(held)), gender="female", nationality="475", ags="05370016")


KNOWN = people(
    ("ki", 2, "Winterfeldt", "Magdalena", "1990-12-24"),
    ("ki", 3, "Ostermann", "Theodora", "1985-03-17"),
    ("drk", 2, "Winterfeld", "Magdalena", "1990-12-24"),
    ("drk", 9, "Winterfeldt", "Magdalena", "1990-12-24"),
)


def test_each_joined_pair_names_both_rows_and_why():
    sheet = joined_sheet(link(KNOWN, SETTINGS), KNOWN)
    assert set(sheet["Person"]) == {"1"}
    assert set(sheet["Datensätze der Person"]) == {"3"}
    places = set(zip(sheet["Zeile 1"], sheet["Datei 2"], sheet["Zeile 2"], strict=True))
    assert ("2", "drk.csv", "2") in places
    assert all("Geburtsdatum gleich" in why for why in sheet["Was übereinstimmt"])


def test_of_three_records_the_weakest_tie_is_marked():
    sheet = joined_sheet(link(KNOWN, SETTINGS), KNOWN)
    assert (sheet["schwächste Verbindung der Person"] == "ja").sum() == 1


def test_no_name_and_no_birth_date_stand_in_the_sheet():
    text = joined_sheet(link(KNOWN, SETTINGS), KNOWN).to_csv()
    for personal in ("Winterfeld", "Magdalena", "1990", "24.12."):
        assert personal not in text
