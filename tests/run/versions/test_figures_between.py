import pytest

from kimeval.run.versions import words
from kimeval.run.versions.figures import Difference, differences
from kimeval.run.versions.read import Version

ROW = {
    "indicator": "persons_reached",
    "period": "2024Q3",
    "area": "05370",
    "dimension": "gender",
    "group": "weiblich",
    "numerator": "120.0",
    "denominator": "",
    "value": "120.0",
    "lower": "",
    "upper": "",
    "unit": "persons",
    "level": "output",
    "status": "complete",
    "reason": "",
    "suppressed": "False",
}
HIDDEN = {"value": "", "numerator": "", "suppressed": "True"}


def version(*rows, as_of="2024-10-15"):
    return Version("v", {"data": {"as_of": as_of}}, tuple(ROW | row for row in rows))


def kinds(old, new):
    return [one.what for one in differences(version(*old), version(*new))]


def test_the_same_figures_do_not_differ():
    assert kinds([{}, HIDDEN | {"group": "divers"}], [{}, HIDDEN | {"group": "divers"}]) == []


def test_a_last_digit_of_floating_point_is_no_difference():
    assert kinds([{"value": "0.30000000000000004"}], [{"value": "0.3"}]) == []


def test_a_changed_value_says_which_numbers_changed():
    (found,) = differences(version({}), version({"value": "121.0", "numerator": "121.0"}))
    assert (found.what, found.columns) == ("changed", ("value", "numerator"))
    assert (words.value(found.old), words.value(found.new)) == ("120", "121")


@pytest.mark.parametrize(
    ("old", "new", "what", "shown"),
    [
        ({}, HIDDEN, "hidden", ("120", ".")),
        (HIDDEN, {}, "shown", (".", "120")),
        ({}, {"value": "", "status": "refused", "reason": "x"}, "changed", ("120", "x")),
        ({}, {"status": "partial", "reason": "offen"}, "reservation", ("120", "120")),
        (HIDDEN, HIDDEN | {"reason": "anders"}, "reservation", (".", ".")),
    ],
)
def test_each_kind_of_difference(old, new, what, shown):
    (found,) = differences(version(old), version(new))
    assert found.what == what
    assert (words.value(found.old), words.value(found.new)) == shown


def test_a_hidden_value_stays_hidden_whatever_the_line_holds():
    """A number in a suppressed line would be a fault of the file; it is not told on."""
    old, new = version(HIDDEN | {"numerator": "3.0"}), version(HIDDEN | {"numerator": "4.0"})
    assert differences(old, new) == []
    assert words.value(ROW | HIDDEN | {"value": "3.0"}) == "."


def test_a_figure_that_only_one_version_has_is_new_or_gone():
    other = {"group": "divers"}
    assert kinds([{}], [{}, other]) == ["added"]
    assert kinds([{}, other], [{}]) == ["gone"]
    assert words.value(None) == "–"


def test_another_quarter_or_group_is_another_figure():
    assert kinds([{}], [{"period": "2024Q2"}]) == ["added", "gone"]
    assert kinds([{}], [{"dimension": "age_band"}]) == ["added", "gone"]


def test_the_day_of_the_data_is_one_period():
    old = version({"period": "2024-10-15"})
    new = version({"period": "2025-01-15", "value": "7"}, as_of="2025-01-15")
    (found,) = differences(old, new)
    assert (found.what, words.period(found)) == ("changed", "Tag der Daten")
    again = version({"period": "2025-01-15"}, as_of="2025-01-15")
    assert differences(old, again) == []


def test_lines_of_the_same_name_are_compared_in_their_order():
    assert kinds([{}, {"value": "5"}], [{}, {"value": "6"}]) == ["changed"]


def test_outputs_come_before_context():
    old = version({"level": "context", "indicator": "rows_in"}, {})
    new = version({"level": "context", "indicator": "rows_in", "value": "1"}, {"value": "1"})
    assert [one.row["level"] for one in differences(old, new)] == ["output", "context"]


def test_figures_are_counted_by_kind_in_words():
    found = [Difference("changed", ROW, ROW)] * 2 + [Difference("hidden", ROW, ROW)]
    assert words.counts(found) == "2 mit anderem Wert, 1 jetzt gesperrt"
    assert words.counts(found, 1) == "2 changed, 1 now hidden"


@pytest.mark.parametrize(
    ("row", "name", "group", "period"),
    [
        ({}, "Erreichte Personen", "Geschlecht: weiblich", "3. Quartal 2024"),
        ({"dimension": "", "group": ""}, "Erreichte Personen", "insgesamt", "3. Quartal 2024"),
        ({"indicator": "no_more"}, "no_more", "Geschlecht: weiblich", "3. Quartal 2024"),
        (
            {"dimension": "language_level", "group": "B2"},
            "Erreichte Personen",
            "Sprachstand: B2",
            None,
        ),
        ({"dimension": "a · b", "group": "x · y"}, "Erreichte Personen", "x · y", None),
        ({"period": "2024-12-31"}, "Erreichte Personen", "Geschlecht: weiblich", "31.12.2024"),
        ({"period": "2014-09-01/.."}, "Erreichte Personen", None, "2014-09-01/.."),
    ],
)
def test_a_figure_is_named_in_german(row, name, group, period):
    found = Difference("added", None, ROW | row)
    assert words.name(found.row) == name
    assert group is None or words.group(found.row) == group
    assert period is None or words.period(found) == period


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"unit": "share", "value": "0.1234"}, "12,3\xa0%"),
        ({"unit": "abolished", "value": "5"}, "5 abolished"),
        ({"value": "1234.0"}, "1.234"),
        ({"value": "0.0"}, "0"),
    ],
)
def test_a_value_is_german_text(row, text):
    assert words.value(ROW | row) == text


def test_a_dimension_without_a_name_here_is_called_after_its_column():
    row = ROW | {"dimension": "partner_programme", "group": "Jugendmigrationsdienst"}
    assert words.group(row) == "Weiteres Förderprogramm: Jugendmigrationsdienst"


def test_a_remark_names_what_differs_where_the_value_does_not():
    (found,) = differences(version({}), version({"denominator": "9", "lower": "1"}))
    assert words.remark(found) == "Nenner, Intervall anders"
    (found,) = differences(version({}), version({"value": "9"}))
    assert words.remark(found) == ""


def test_a_share_that_is_rounded_to_the_same_says_so():
    share = {"unit": "share", "value": "0.1231"}
    (found,) = differences(version(share), version(share | {"value": "0.1232", "numerator": "1"}))
    assert words.remark(found) == "gerundet gleich"
