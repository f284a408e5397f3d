"""No cell about a person reaches a draft, a message or the terminal."""

import random
import re
import tomllib
from pathlib import Path

import pytest

from kimeval.cli.profile import draft_lines, trial_lines
from kimeval.core.errors import FormatError, KimevalError
from kimeval.core.quarter import today_in_berlin
from kimeval.data.drafting import draft_profile
from kimeval.data.drafting.header import split_lines
from kimeval.data.drafting.look import look_at
from kimeval.data.drafting.suggestions import LEAST_PERSONS
from kimeval.data.drafting.trial import try_profile

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "data/sample/05370/2024-10-15").glob("*.csv"))
PERSONAL = re.compile(r"name|vorname|geb|bemerkung|notiz|-nr\.|_id$|bezugsperson", re.IGNORECASE)
HEADER = ["Fallnummer", "Klient-Nr.", "Name", "Geburtsdatum", "Aufnahme", "Stelle", "Verlauf"]


def words_of(path):
    """Texts of the personal columns of a file that are long enough to tell."""
    look = look_at(path)
    held = [c for c in look.contents if PERSONAL.search(c.name)]
    return {text for content in held for text in content.texts if len(text) > 3}


def holds(text, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_name_birth_date_number_or_remark_of_the_sample_is_in_its_draft(path):
    made = draft_profile([path])
    said = made.text + "\n".join(draft_lines(made)) + repr(made)
    names = set(look_at(path).header)
    assert [word for word in words_of(path) - names if holds(said, word)] == []


@pytest.fixture
def people(table):
    """Forty persons whose every personal cell holds the canary's word."""
    rows = [
        [
            f"F-{i}",
            f"K-{i}",
            f"Kanarie{'abcdefghij'[i % 10]}{'klmn'[i % 4]}",
            f"{1 + i % 28:02}.02.{1950 + i}",
            f"{1 + i % 28:02}.03.2023",
            ["Jobcenter", "Jobcentr", "Frau Kanarie", "Kanarie selten"][i % 3 if i != 7 else 3],
            f"Kanarie kam heute mit Kind Nummer {i} und wird wiederkommen",
        ]
        for i in range(40)
    ]
    return table(HEADER, rows)


def test_frequent_texts_of_code_columns_are_shown_and_people_are_not(people, drafted):
    made, _ = drafted(people)
    assert "anarie" not in made.text
    assert "1950" not in made.text
    assert made.files[0].ignore == ["Verlauf"]


def referrals(table, texts, persons):
    """Referrals to a column of texts; each person has ten rows."""
    header = ["Verweis-Nr.", "Klient-Nr.", "Datum", "von", "an"]
    rows = [
        [f"{i}", f"K-{i // 10}", "01.03.2024", "Jobcenter", texts[i // 10 % len(texts)]]
        for i in range(persons * 10)
    ]
    return table(header, rows)


def test_a_text_of_fewer_than_three_persons_is_only_counted(table, drafted):
    texts = ["Jobcenter"] * 5 + ["Jobcentr", "Jobcentr"]
    made, _ = drafted(referrals(table, texts, 7))
    found = made.files[0].codes["referrals", "to_agency"]
    assert LEAST_PERSONS == 3
    assert (found.entries, found.withheld) == ((), 1)
    assert 'Jobcentr"' not in made.text
    assert "Texte ohne Schlüssel, die hier nicht stehen: 1" in made.text


def test_a_text_of_three_persons_is_suggested_and_switched_off(table, drafted):
    texts = ["Jobcenter"] * 4 + ["Jobcentr"] * 3
    made, profile = drafted(referrals(table, texts, 7))
    assert '# "Jobcentr" = "jobcenter"  # ähnlich, bitte prüfen' in made.text
    assert profile.file[0].table[0].codes == {"to_agency": {}}


@pytest.mark.parametrize(
    "text",
    ["Frau Kanarie", "Herrn Kanarie", "Fam. Kanarie", "kanarie@example.org", "Kanarie 01.02.1980"],
)
def test_a_text_that_names_somebody_is_never_shown(table, drafted, text):
    made, _ = drafted(referrals(table, ["Jobcenter"] * 4 + [text] * 4, 8))
    assert "anarie" not in made.text
    assert made.files[0].codes["referrals", "to_agency"].withheld == 1


def test_many_different_texts_are_free_text_and_never_shown(table, drafted):
    header = ["Verweis-Nr.", "Klient-Nr.", "Datum", "von", "an"]
    texts = [f"Kanarie {i // 8}" if i % 2 else "Jobcenter" for i in range(640)]
    rows = [[f"{i}", f"K-{i}", "01.03.2024", "Jobcenter", text] for i, text in enumerate(texts)]
    made, _ = drafted(table(header, rows))
    assert "Kanarie" not in made.text
    assert made.files[0].codes["referrals", "to_agency"].withheld == 80


@pytest.mark.parametrize(
    "rows",
    [
        [["Schule", "Kinder"], ["Schule", "Eltern"], ["Verein", "Kinder"]],
        [["F-001", "K-001", "Kaya"], ["F-002", "K-002", "Demir"], ["F-003", "K-003", "Eze"]],
        [["HS-01", "AB/1", "Kaya"], ["ER-02", "CD/2", "Demir"], ["GE-03", "EF/3", "Eze"]],
        [["Kaya", "Emre"], ["Demir", "Ali"], ["Eze", "Mia"], ["Haile", "Nour"]],
        [["Kaya", "01.02.1980"], ["Demir", "03.04.1990"]],
        [["Kaya", "mia@example.org"], ["Demir", "ali@example.org"]],
        [["Kaya", "5370004"], ["Demir", "5370008"]],
    ],
)
def test_a_line_that_may_be_data_is_no_header(rows):
    with pytest.raises(FormatError, match="needs a header"):
        split_lines(rows, "ohne.csv")


def test_what_is_said_before_the_header_is_not_repeated(table, cases, drafted):
    header = ["Fallnummer", "Klient-Nr.", "Aufnahme", "Abschluss"]
    before = ["Export für Frau Kanarie", "# Kanarie", "Stand 01.10.2024"]
    made, _ = drafted(table(header, cases(), before=before))
    assert "anarie" not in made.text + repr(made)


@pytest.mark.parametrize("seed", range(3))
def test_a_row_of_data_is_never_taken_for_a_header(tmp_path, seed):
    """Headerless cuts of the sample: refused, or a draft without any name in it."""
    names = tomllib.loads((ROOT / "src/kimeval/data/sample/names.toml").read_text("utf-8"))
    canaries = [name for held in names.values() for name in held if len(name) > 3]
    generator = random.Random(seed)
    rows = [row for p in FILES if "faelle" in p.name for row in [look_at(p).rows]]
    path = tmp_path / "ohne.csv"
    for _ in range(120):
        held = generator.choice(rows)[: generator.choice([5, 20, 70])]
        columns = generator.sample(range(len(held[0])), generator.randint(2, len(held[0])))
        path.write_text("\n".join(";".join(row[c] for c in columns) for row in held), "utf-8")
        try:
            text = draft_profile([path], name="probe").text
        except KimevalError as error:
            text = str(error)
        assert [word for word in canaries if holds(text, word)] == []


def test_a_file_without_a_header_is_refused_without_a_word_of_it(people):
    lines = people.read_text(encoding="utf-8").splitlines()
    people.write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(FormatError, match="needs a header") as error:
        draft_profile([people])
    assert "anarie" not in str(error.value)
    assert error.value.__cause__ is None


def test_the_account_of_a_trial_holds_no_cell(people, drafted):
    _, profile = drafted(people)
    trial = try_profile(profile, [people], today_in_berlin())
    assert "anarie" not in "\n".join(trial_lines(trial)) + repr(trial)
