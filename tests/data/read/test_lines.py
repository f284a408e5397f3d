import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read.lines import Sorter, parts_of, table_of_rows

HEADER = ["Fall", "Aufnahme"]


def spec(**settings) -> FileSpec:
    table = {"name": "cases", "columns": {"case_id": "Fall", "opened_on": "Aufnahme"}}
    return FileSpec(**{"pattern": "*", "title": "Fälle", "table": [table], **settings})


def read(*rows, at_once=100, **settings):
    numbered = list(enumerate([HEADER, *rows], 1))
    return list(parts_of("faelle.xlsx", numbered, spec(**settings), at_once))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], "blank"),
        (["", " ", "\u00a0"], "blank"),
        (["# x", "y"], "comment"),
        (["  #", "y"], "comment"),
        (["", "# x"], None),
        (["Fall", "Aufnahme"], "header"),
        (["Fall ", "\ufeffAufnahme"], "header"),
        (["Fall", "Aufnahme", ""], None),
        (["Summe", "3"], "total"),
        (["", "Summe Kreis"], "total"),
        (["Zwischensumme", "3"], None),
        (["7", "Summe"], None),
    ],
)
def test_a_line_is_told_by_its_first_filled_cell(cells, kind):
    assert Sorter(HEADER, spec(comment="#", totals=["Summe"])).kind(cells) == kind


@pytest.mark.parametrize(
    ("cells", "may_be"),
    [
        (["Quelle: KI", ""], True),
        (["* vorläufig", " "], True),
        (["1) vorläufig"], True),
        (["*"], True),
        (["siehe", ""], False),
        (["Quelle: KI", "x"], False),
        (["", "Quelle: KI"], False),
        ([], False),
    ],
)
def test_a_single_text_with_a_space_or_sign_may_be_a_footnote(cells, may_be):
    assert Sorter(HEADER, spec()).may_be_footnote(cells) is may_be


def test_what_may_be_a_footnote_is_a_row_if_a_row_follows():
    first, *_ = read(["siehe unten", ""], [], ["7", "x"])
    assert first.lines.tolist() == [2, 4]
    assert first.skipped == {"header": 1, "comment": 0, "hidden": 0, "blank": 1}


def test_footnotes_at_the_end_are_notes():
    (part,) = read(["7", "x"], ["Quelle: KI", ""], ["", ""], ["* alle", ""])
    assert part.skipped["footer"] == 2
    assert part.notes == ("Quelle: KI;", "* alle;")


def test_rows_without_header_are_an_error():
    with pytest.raises(FormatError, match="has no header"):
        list(parts_of("faelle.xlsx", [(1, ["x", "y"])], spec()))


@pytest.mark.parametrize("rows", [[], [(1, ["", " "]), (2, [])], [(1, None)]])
def test_nothing_but_blanks_is_an_empty_file(rows):
    with pytest.raises(FormatError, match=r"'faelle\.xlsx' is empty"):
        list(parts_of("faelle.xlsx", rows, spec()))


def test_hidden_rows_are_counted_before_and_behind_the_header():
    numbered = [(1, None), (2, HEADER), (3, None), (4, ["7", "x"]), (5, None)]
    (part,) = parts_of("faelle.xlsx", numbered, spec())
    assert part.skipped["hidden"] == 3
    assert (part.records, part.lines.tolist()) == (5, [4])


def test_lines_before_the_header_are_comments_and_noted():
    numbered = [(1, ["Export", "KI"]), (2, HEADER)]
    (part,) = parts_of("faelle.xlsx", numbered, spec())
    assert part.skipped["comment"] == 1
    assert part.notes == ("Export;KI",)


def test_trailing_cells_are_dropped_only_where_they_are_empty():
    (part,) = read(["7", "x", "", " "], ["8", "y", "", "z"])
    assert part.cells.to_pylist() == [{"Fall": "7", "Aufnahme": "x"}]
    assert part.trimmed == 1
    assert part.uneven.to_dict("records") == [
        {"line": 3, "reason": "row_too_long", "text": "8;y;;z"}
    ]


rows = st.lists(
    st.sampled_from(
        [["7", "x"], ["7"], ["7", "x", ""], ["7", "x", "y"], [], HEADER, ["a b", ""], ["#", ""]]
    ),
    max_size=12,
)


@given(rows, st.integers(1, 4))
def test_every_record_is_a_row_or_skipped_whatever_the_size_of_parts(rows, at_once):
    parts, whole = read(*rows, at_once=at_once, comment="#"), read(*rows, comment="#")
    assert sum(part.records for part in parts) == len(rows) + 1
    for part in parts:
        assert part.records == part.rows + sum(part.skipped.values())
    assert [line for part in parts for line in part.lines] == whole[0].lines.tolist()
    assert sum(len(part.uneven) for part in parts) == len(whole[0].uneven)


def test_no_rows_are_a_table_of_text_columns():
    table = table_of_rows([], ["Fall", "Aufnahme"])
    assert (table.num_rows, [str(kind) for kind in table.schema.types]) == (0, ["string"] * 2)
