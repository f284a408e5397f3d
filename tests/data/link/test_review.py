"""The sheet of doubtful pairs, filled in and read back."""

import pandas as pd
import pytest

from kimeval.core.errors import DataError, FormatError, MissingFileError
from kimeval.data.link import link, read_decisions, review_sheet
from kimeval.data.link.review import GERMAN

DOUBTFUL = [("Tesfay", "Selam", "1988-07-19"), ("Tesfay", "Selam", "1988-07-18")]
THREE = [*DOUBTFUL, ("Tesfay", "Selam", "1988-07-17")]
SHEET = "Paar;Träger 1;Datei 1;Zeile 1;Träger 2;Datei 2;Zeile 2;Was übereinstimmt;Entscheidung\n"


@pytest.fixture
def decide(people, settings, tmp_path):
    """Link, fill in the sheet, write it, read it, and link again."""

    def done(rows, decisions, encoding="utf-8-sig"):
        frame = people(*rows)
        sheet = review_sheet(link(frame, settings()), frame)
        sheet["Entscheidung"] = decisions
        path = tmp_path / "review.csv"
        sheet.to_csv(path, sep=";", index=False, encoding=encoding)
        read = read_decisions(path)
        return frame, read, link(frame, settings(), read)

    return done


def test_the_sheet_names_rows_and_no_person(people, settings):
    frame = people(*DOUBTFUL)
    sheet = review_sheet(link(frame, settings()), frame)
    assert list(sheet.columns) == list(GERMAN.values())
    assert sheet.iloc[0, 1:7].tolist() == ["ki", "ki.csv", "2", "drk", "drk.csv", "3"]
    assert sheet["Was übereinstimmt"].tolist() == [
        "Name gleich, Vorname gleich, Geburtsdatum in einer Ziffer verschieden"
    ]
    text = sheet.to_csv()
    assert not any(value in text for value in ("Tesfay", "Selam", "1988"))


def test_joined_pairs_are_not_on_the_sheet(people, settings):
    frame = people(DOUBTFUL[0], DOUBTFUL[0])
    assert review_sheet(link(frame, settings()), frame).empty


def test_gleich_joins(decide):
    _, _, result = decide(DOUBTFUL, ["gleich"])
    assert result.groups[1] == 0


def test_verschieden_keeps_apart_also_through_a_third_record(people, settings):
    rows = [DOUBTFUL[0]] * 3
    frame = people(*rows)
    first = link(frame, settings())
    assert first.groups[:3].tolist() == [0, 0, 0]
    pair = first.pairs.iloc[[1]]
    decision = pd.DataFrame(
        {
            "provider_left": ["ki"],
            "file_left": ["ki.csv"],
            "line_left": [2],
            "provider_right": ["ki"],
            "file_right": ["ki.csv"],
            "line_right": [4],
            "why": pair["why"].to_numpy(),
            "decision": ["verschieden"],
        }
    )
    groups = link(frame, settings(), decision).groups
    assert groups[0] != groups[2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_decided_pairs_stay_on_the_sheet_with_their_decision(decide, encoding):
    frame, _, result = decide(DOUBTFUL, ["verschieden"], encoding)
    assert review_sheet(result, frame)["Entscheidung"].tolist() == ["verschieden"]


def test_empty_decisions_change_nothing(decide):
    _, read, result = decide(DOUBTFUL, [""])
    assert read.empty
    assert result.groups[1] == 1


def test_contradicting_decisions_are_refused(decide):
    with pytest.raises(DataError, match="must not contradict"):
        decide(THREE, ["gleich", "gleich", "verschieden"])


def test_both_decisions_on_one_pair_are_refused(decide, people, settings):
    frame, read, _ = decide(DOUBTFUL, ["gleich"])
    both = pd.concat([read, read.assign(decision="verschieden")])
    with pytest.raises(DataError, match="1 pairs have both"):
        link(frame, settings(), both)


def test_decisions_of_another_delivery_are_refused(decide, people, settings):
    _, read, _ = decide(DOUBTFUL, ["gleich"])
    shifted = people(("Eze", "Ali", "1970-02-02"), *DOUBTFUL)
    with pytest.raises(DataError, match="1 of 1 name other rows"):
        link(shifted, settings(), read)


def test_decisions_without_a_model_are_refused(decide, settings):
    frame, read, _ = decide(DOUBTFUL, ["gleich"])
    with pytest.raises(DataError, match="every profile says"):
        link(frame, settings(model="exact"), read)


def test_a_sheet_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"review\.csv"):
        read_decisions(tmp_path / "review.csv")


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "review.csv"
    path.write_text(SHEET.replace("Entscheidung", "Entscheid"), encoding="utf-8")
    with pytest.raises(FormatError, match="Did you mean 'Entscheid'"):
        read_decisions(path)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1;ki;a.csv;2;drk;b.csv;3;Name gleich;Frau Tesfay fragen", "row 2 .* has another"),
        ("1;ki;a.csv;2,0;drk;b.csv;3;Name gleich;gleich", "whole numbers; row 2"),
        ("1;ki;a.csv", "whole numbers; row 2"),
    ],
)
def test_a_wrong_row_is_named_and_its_text_is_not(tmp_path, row, problem):
    path = tmp_path / "review.csv"
    path.write_text(SHEET + row + "\n", encoding="utf-8")
    with pytest.raises(FormatError, match=problem) as found:
        read_decisions(path)
    assert "Tesfay" not in str(found.value)


def test_capitals_and_commas_are_read(tmp_path):
    path = tmp_path / "review.csv"
    row = '1,ki,a.csv,2,drk,b.csv,3,"Name gleich, Vorname gleich", GLEICH \n'
    path.write_text(SHEET.replace(";", ",") + row, encoding="utf-8")
    read = read_decisions(path)
    assert read["decision"].tolist() == ["gleich"]
    assert read["why"].tolist() == ["Name gleich, Vorname gleich"]
