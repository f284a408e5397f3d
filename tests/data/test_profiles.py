from pathlib import Path

import pytest

from kimeval.core import schema
from kimeval.core.errors import MissingFileError, ProfileError
from kimeval.data.profiles import FileSpec, load_profile

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
[profile]
name = "klein"
title = "Kleiner Export"
provider = "traeger"
"""
FILE = """
[[file]]
pattern = "klein*.csv"
title = "Fälle"
"""
TABLE = """
[[file.table]]
name = "cases"
[file.table.columns]
case_id = "Fall"
opened_on = "Aufnahme"
closing_reason = "Grund"
"""
SMALL = HEAD + FILE + TABLE
CLIENTS = """
[[file.table]]
name = "clients"
[file.table.columns]
client_id = "Person"
birth_year = { column = "geboren", take = "year" }
"""

LINKED = """
[file.link]
names = ["Nachname", "Vorname"]
birth_date = "geboren"
"""


@pytest.fixture
def load(tmp_path):
    """Write a profile and load it."""

    def write_and_load(text, name="klein"):
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / f"{name}.toml").write_bytes(content)
        return load_profile(tmp_path, name)

    return write_and_load


def test_a_small_profile_loads_with_its_defaults(load):
    profile = load(SMALL)
    spec = profile.file[0]
    assert (profile.name, profile.provider, profile.provider_name) == ("klein", "traeger", "")
    assert (spec.encoding, spec.separator, spec.decimal) == ("utf-8", ";", ",")
    assert (spec.dates, spec.missing, spec.zero) == (["%d.%m.%Y"], [""], [])
    assert (spec.unit, spec.only_active, spec.family) == ("person", False, "count")
    assert (spec.format, spec.signs, spec.totals, spec.rows_said) == ("csv", "none", [], "")
    assert spec.needed == ["Fall", "Aufnahme", "Grund"]


def test_needed_columns_stand_once_in_the_order_of_the_profile(load):
    link = '[file.link]\nnames = ["Nachname", "Vorname"]\nbirth_date = "geboren"\n'
    spec = load(HEAD + FILE + link + CLIENTS + TABLE).file[0]
    assert spec.needed == ["Person", "geboren", "Fall", "Aufnahme", "Grund", "Nachname", "Vorname"]


def test_the_last_table_identifies_a_row_unless_another_is_named(load):
    assert load(HEAD + FILE + CLIENTS + TABLE).file[0].identifying.name == "cases"
    named = FILE + 'identity = "clients"\n'
    assert load(HEAD + named + CLIENTS + TABLE).file[0].identifying.name == "clients"


def test_the_first_pattern_that_fits_a_name_holds(load):
    second = FILE.replace("klein*", "klein_k*").replace("Fälle", "Kontakte")
    profile = load(SMALL + second + TABLE)
    assert profile.spec_for("klein_kontakte.csv").title == "Fälle"
    assert profile.spec_for("gross.csv") is None


def test_a_missing_profile_names_the_nearest_one(load, tmp_path):
    load(SMALL)
    with pytest.raises(MissingFileError, match=r"profile 'klien'\. Did you mean 'klein'"):
        load_profile(tmp_path, "klien")


REFUSALS = {
    "not TOML": (SMALL + "\nx = = 1", "is not TOML in UTF-8"),
    "not UTF-8": ("# Fälle".encode("cp1252"), "is not TOML in UTF-8"),
    "empty": ("", "name: Field required"),
    "no table of the profile": ("profile = 3\n" + FILE + TABLE, "is not complete"),
    "no title": (SMALL.replace('title = "Kleiner Export"', ""), "title: Field required"),
    "no file": (HEAD, "file: Field required"),
    "no table": (HEAD + FILE, "file.0.table: Field required"),
    "no columns": (HEAD + FILE + '[[file.table]]\nname = "cases"\n', "file.0.table.0.columns"),
    "unknown field": (HEAD + FILE + "seperator = ','\n" + TABLE, "file.0.seperator: Extra inputs"),
    "unknown encoding": (HEAD + FILE + "encoding = 'latin1'\n" + TABLE, "file.0.encoding: Input"),
    "long separator": (HEAD + FILE + "separator = '||'\n" + TABLE, "file.0.separator: String"),
    "quote as separator": (HEAD + FILE + "separator = '\"'\n" + TABLE, "file.0.separator: String"),
    "line end as separator": (
        HEAD + FILE + 'separator = "\\n"\n' + TABLE,
        "file.0.separator: String",
    ),
    "unknown format": (HEAD + FILE + "format = 'ods'\n" + TABLE, "file.0.format: Input"),
    "unknown decimal sign": (HEAD + FILE + "decimal = ';'\n" + TABLE, "file.0.decimal: Input"),
    "unknown signs": (HEAD + FILE + "signs = 'mine'\n" + TABLE, "file.0.signs: Input"),
    "no header rows": (HEAD + FILE + "header_rows = 0\n" + TABLE, "file.0.header_rows: Input"),
    "rows said without a number": (
        HEAD + FILE + "rows_said = 'Zeilen: [0-9]+'\n" + TABLE,
        "rows_said must be a regular expression with one group around the number",
    ),
    "rows said by a broken pattern": (
        HEAD + FILE + "rows_said = 'Zeilen: ('\n" + TABLE,
        "rows_said must be a regular expression with one group around the number",
    ),
    "family of rows without persons": (
        HEAD + FILE + "family = 'rows'\n" + TABLE,
        'family = "rows" needs the table cases with its client_id',
    ),
    "family of rows without cases": (
        HEAD + FILE + "family = 'rows'\n" + CLIENTS,
        'family = "rows" needs the table cases with its client_id',
    ),
    "threshold below one half": (
        HEAD + FILE + LINKED + "threshold = 0.5\n" + TABLE,
        "file.0.link.threshold: Input should be greater than 0.5",
    ),
    "something else that tells persons apart": (
        HEAD + FILE + LINKED + "also = { shoe = 'Schuh' }\n" + TABLE,
        "file.0.link.also.shoe",
    ),
    "unknown unit": (HEAD + FILE + "unit = 'family'\n" + TABLE, "file.0.unit: Input"),
    "unknown table": (
        SMALL.replace('"cases"', '"case"'),
        "There is no canonical table 'case'. Did you mean 'cases'?",
    ),
    "unknown column": (
        SMALL.replace("opened_on", "open_on"),
        "Table 'cases' has no column 'open_on'. Did you mean 'opened_on'?",
    ),
    "unknown code": (
        SMALL + '[file.table.codes.closing_reason]\nweg = "movd"\n',
        "'movd' is not a code of 'closing_reason'. Did you mean 'moved'?",
    ),
    "code of an unknown column": (
        SMALL + '[file.table.codes.reason]\nweg = "moved"\n',
        "Table 'cases' has no column 'reason'",
    ),
    "neither yes nor no": (
        HEAD
        + FILE
        + '[[file.table]]\nname = "interpreting"\n[file.table.columns]\nrequest_id = "Nr."\n'
        + 'requested_on = "Tag"\nmatched = "ok"\n[file.table.codes.matched]\nx = "ja"\n',
        "'ja' is not a code of 'matched'. Known: false, true.",
    ),
    "required column not mapped": (
        SMALL.replace('opened_on = "Aufnahme"\n', ""),
        "Table 'cases' needs opened_on. Map them or give a constant.",
    ),
    "constant that is no code": (
        SMALL + '[file.table.constants]\nbaustein = "9"\n',
        "'9' is not a code of 'baustein'. Known: 1, 2, 3.",
    ),
    "constant of another type": (
        SMALL + '[file.table.constants]\npersons = "viele"\n',
        "Column 'persons' of table 'cases' must hold Int64",
    ),
    "year of a column that is no year": (
        SMALL.replace('"Aufnahme"', '{ column = "Aufnahme", take = "year" }'),
        "'opened_on' is a date and cannot take a year",
    ),
    "unknown identity": (
        HEAD + FILE + 'identity = "clients"\n' + TABLE,
        "identity must be a table of the file, got 'clients'. Known: cases.",
    ),
    "table twice": (SMALL + TABLE, "It feeds table cases twice"),
    "date format without a day": (
        HEAD + FILE + 'dates = ["%m/%Y"]\n' + TABLE,
        "'%m/%Y' is no format of a date. Write it like %d.%m.%Y, or excel.",
    ),
    "date format in another language": (
        HEAD + FILE + 'dates = ["%d.%m.%Y", "TT.MM.JJJJ"]\n' + TABLE,
        "'TT.MM.JJJJ' is no format of a date",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_profile_is_refused_with_its_name_and_the_fault(load, case):
    text, fault = REFUSALS[case]
    with pytest.raises(ProfileError) as error:
        load(text)
    assert "Profile 'klein'" in str(error.value)
    assert fault in str(error.value)
    assert error.value.exit_code == 22


def test_a_fault_inside_a_file_names_its_pattern(load):
    with pytest.raises(ProfileError, match=r"^Profile 'klein', file 'klein\*\.csv': Table"):
        load(SMALL.replace("opened_on", "open_on"))


def test_a_constant_may_stand_for_a_required_column(load):
    text = SMALL.replace('opened_on = "Aufnahme"\n', "")
    constants = '[file.table.constants]\nopened_on = "2024-01-01"\nbaustein = "2"\npersons = "1"\n'
    assert load(text + constants).file[0].table[0].constants["persons"] == "1"


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y", "%Y%m%d", "excel", "excel1904"]
)
def test_known_forms_of_a_date_are_accepted(load, form):
    assert load(HEAD + FILE + f'dates = ["{form}"]\n' + TABLE).file[0].dates == [form]


@pytest.mark.parametrize("path", sorted((ROOT / "profiles").glob("*.toml")), ids=lambda p: p.stem)
def test_every_profile_of_the_project_loads(path):
    profile = load_profile(path.parent, path.stem)
    assert profile.name == path.stem
    assert all(isinstance(spec, FileSpec) and spec.needed for spec in profile.file)
    assert {fed.name for spec in profile.file for fed in spec.table} <= set(schema.tables())


def test_the_project_has_profiles():
    assert len(list((ROOT / "profiles").glob("*.toml"))) >= 5


def test_columns_of_linkage_are_needed_as_well(load):
    spec = load(HEAD + FILE + LINKED + 'also = { street = "Straße" }\n' + TABLE).file[0]
    assert spec.link.columns == ["Nachname", "Vorname", "geboren", "Straße"]
    assert spec.needed[-4:] == spec.link.columns
    assert (spec.link.model, spec.link.threshold, spec.link.review) == ("person", 0.95, 0.5)


def test_a_family_of_rows_names_cases_and_persons(load):
    cases = TABLE + 'client_id = "Person"\n'
    assert load(HEAD + FILE + 'family = "rows"\n' + cases).file[0].family == "rows"


@pytest.mark.parametrize("separator", [",", "\\t", "|", "§"])
def test_any_single_sign_separates(load, separator):
    assert load(HEAD + FILE + f'separator = "{separator}"\n' + TABLE).file[0].separator


def test_only_an_identifier_can_be_made_of_a_row(load):
    row = SMALL.replace('case_id = "Fall"', 'case_id = { take = "row" }')
    assert load(row).file[0].needed == ["Aufnahme", "Grund"]
    with pytest.raises(ProfileError, match="'opened_on' is a date and cannot take a row"):
        load(SMALL.replace('opened_on = "Aufnahme"', 'opened_on = { take = "row" }'))
    with pytest.raises(ProfileError, match="a year needs a column, a row needs none"):
        load(row.replace('take = "row"', 'take = "row", column = "Fall"'))
