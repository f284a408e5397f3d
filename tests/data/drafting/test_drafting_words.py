import pytest

from kimeval.core import schema
from kimeval.core.codes import code_lists
from kimeval.data.drafting.slots import every_slot, slots_of
from kimeval.data.drafting.words import best_similarity, names_of, similarity, synonyms


@pytest.mark.parametrize(
    ("name", "synonym"),
    [
        ("FALL-NR.", "Fallnummer"),
        ("fall_id", "Fall-ID"),
        ("FallNr", "Fallnummer"),
        ("Datum der Einreise", "Einreisedatum"),
        ("Klient:innen-Nr.", "Klient-Nr."),
        ("KlientInnen-Nr.", "Klient*innen-Nr."),
        ("Staatsangehoerigkeit", "Staatsangehörigkeit"),
        ("date_of_birth", "birth date"),
        ("Dauer (Minuten)", "Dauer in Minuten"),
        ("Gu\u0308ltig ab", "gültig ab"),
    ],
)
def test_the_same_words_in_another_dress_count_one(name, synonym):
    assert similarity(name, synonym) == 1.0


@pytest.mark.parametrize(
    ("name", "synonym", "least"),
    [
        ("Staatsange", "Staatsangehörigkeit", 0.7),
        ("Aufenthalt", "Aufenthaltstitel", 0.75),
        ("Staatsanghörigkeit", "Staatsangehörigkeit", 0.9),
        ("Verlauf Beginn", "Beginn", 0.6),
    ],
)
def test_cut_misspelt_and_longer_names_count_less_than_one(name, synonym, least):
    assert least <= similarity(name, synonym) < 1.0


@pytest.mark.parametrize(
    ("name", "synonym"),
    [("Telefon", "Titel"), ("Grund", "Gruppe"), ("", "Fall"), ("!!", "Fall"), ("Ort", "Vorname")],
)
def test_other_words_stay_below_what_counts_as_a_name(name, synonym):
    assert similarity(name, synonym) < 0.6


def test_the_german_name_of_each_canonical_column_leads_to_it():
    for table in schema.tables().values():
        for column in table.columns.values():
            assert best_similarity(column.german, names_of(table.name, column.name)) == 1.0


def test_the_synonyms_name_only_what_exists():
    declared = synonyms()
    canonical = {c for t in schema.tables().values() for c in t.columns}
    assert set(declared["columns"]) <= canonical
    assert set(declared["hints"]) <= set(schema.tables())
    for table, columns in declared["tables"].items():
        assert set(columns) <= set(schema.table(table).columns)
    for name, aliases in declared["aliases"].items():
        allowed = {"true", "false"} if name == "bool" else set(code_lists()[name])
        assert set(aliases.values()) <= allowed, name


def test_identifiers_of_two_tables_are_one_place_and_other_columns_are_not():
    slots = slots_of(("clients", "cases"))
    held = {(slot.name, slot.tables) for slot in slots}
    assert ("client_id", ("clients", "cases")) in held
    assert {("ags", ("clients",)), ("ags", ("cases",))} <= held


def test_the_number_that_linkage_gives_is_never_mapped():
    assert "person_id" not in {slot.name for slot in every_slot()}
