import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.header import MOST_COLUMNS, SEARCHED, find_header, plain, unique

SECRET = "GEHEIM123"


def spec(**settings) -> FileSpec:
    table = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}
    return FileSpec(**{"pattern": "*.csv", "title": "Fälle", "table": [table], **settings})


def found(*lines, of=None):
    numbered = [(number, line.split(";")) for number, line in enumerate(lines, 1)]
    return find_header(numbered, of or spec(), "faelle.csv")


def test_the_first_line_with_all_needed_columns_is_the_header():
    assert found("Export;Fall", "Aufnahme;Fall;Ort", "Fall;Aufnahme") == (
        1,
        ["Aufnahme", "Fall", "Ort"],
    )


@pytest.mark.parametrize(
    "header",
    ["Fall ;  Aufnahme", "\ufeffFall;Auf\ufeffnahme", "\u00a0Fall\u2009;\tAufnahme"],
)
def test_odd_spaces_and_byte_order_marks_do_not_hide_a_column(header):
    assert found(header) == (0, ["Fall", "Aufnahme"])


def test_columns_are_found_in_either_unicode_form():
    table = {"name": "cases", "columns": {"case_id": "Fäll", "opened_on": "geprüft am"}}
    of = spec(table=[table])
    assert found("Fa\u0308ll;gepru\u0308ft \u00a0am", of=of) == (0, ["Fäll", "geprüft am"])


def test_plain_ignores_form_spaces_and_byte_order_mark():
    assert plain("\ufeffgepru\u0308ft \u00a0am ") == "geprüft am"


def test_a_needed_column_twice_is_refused():
    with pytest.raises(FormatError, match="has the column Fall twice"):
        found("Fall;Aufnahme;Fall")


def test_a_needed_column_twice_in_another_form_is_refused():
    with pytest.raises(FormatError, match="has the column Fall twice"):
        found("Fall;Aufnahme; Fall")


def test_other_columns_may_stand_twice_and_get_a_number():
    assert unique(["Fall", "Notiz", "Notiz", "Notiz (2)", "Notiz"]) == [
        "Fall",
        "Notiz",
        "Notiz (3)",
        "Notiz (2)",
        "Notiz (4)",
    ]


@given(st.lists(st.sampled_from(["", "a", "a (2)", "a (2) (2)", "b"]), max_size=9))
def test_numbered_names_are_unique_and_keep_their_beginning(header):
    names = unique(header)
    assert len(set(names)) == len(header)
    assert all(name.startswith(column) for name, column in zip(names, header, strict=True))


def test_a_missing_column_lists_what_was_found_and_the_nearest_name():
    with pytest.raises(FormatError) as error:
        found("# Export", "Fall;Aufname", "7;x")
    assert str(error.value) == (
        "'faelle.csv' lacks the column Aufnahme; its header on line 2 has Fall, Aufname. "
        "Did it become 'Aufname'? Change the profile or the file."
    )


def test_a_long_header_is_shown_in_part():
    more = [f"Spalte{number}" for number in range(40)]
    with pytest.raises(FormatError, match=r"Spalte28, \.\.\.\. Change") as error:
        found(";".join(["Fall", *more]))
    assert "Spalte29" not in str(error.value)


def test_another_separator_is_named_as_a_possible_cause():
    with pytest.raises(FormatError, match=r"has no header.*is ';' its separator"):
        found("Fall,Aufnahme", "7,x")


def test_a_row_that_repeats_one_column_name_is_not_shown_as_the_header():
    link = {"names": ["Name", "Vorname"], "birth_date": "geboren"}
    with pytest.raises(FormatError, match="has no header") as error:
        found("Bearbeitung;x", f"Name;{SECRET}", "7;x", of=spec(link=link))
    assert SECRET not in str(error.value)


def test_the_header_is_looked_for_in_the_first_lines_only():
    assert found(*["x"] * SEARCHED, "Fall;Aufnahme")[0] == SEARCHED
    with pytest.raises(FormatError, match="has no header"):
        found(*["x"] * (SEARCHED + 1), "Fall;Aufnahme")


def test_too_many_columns_are_no_table_of_cases():
    wide = ";".join(["Fall", "Aufnahme", *["x"] * (MOST_COLUMNS - 2)])
    assert found(wide)[0] == 0
    with pytest.raises(FormatError, match=r"has 5001 columns, at most 5000"):
        found(f"{wide};x")
