import gzip
import traceback

import pytest

from kimeval.core.errors import FormatError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import eventlog
from kimeval.data.read.eventlog import read_eventlog

CANARY = "Kanarienvogel"
NEEDED = ("case:concept:name", "concept:name", "time:timestamp")
TIME = '<date key="time:timestamp" value="2024-07-01T10:00:00.000+02:00"/>'
EVENT = f'<event><string key="concept:name" value="Beratung"/>{TIME}</event>'
CASE = '<string key="concept:name" value="F1"/>'


def spec(needed=NEEDED, **fields):
    columns = dict(zip(("case_id", "activity", "started_at"), needed, strict=True))
    table = [{"name": "events", "columns": columns}]
    return FileSpec(pattern="*.xes", title="Protokoll", format="xes", table=table, **fields)


@pytest.fixture
def write(tmp_path):
    def make(content, head='<?xml version="1.0" encoding="UTF-8"?><log>', tail="</log>"):
        (tmp_path / "protokoll.xes").write_text(f"{head}{content}{tail}", encoding="utf-8")
        return tmp_path / "protokoll.xes"

    return make


def trace(*events, case=CASE):
    return f"<trace>{case}{''.join(events)}</trace>"


def event(*attributes):
    return (
        f'<event><string key="concept:name" value="Beratung"/>{TIME}{"".join(attributes)}</event>'
    )


def read_one(path, **fields):
    (part,) = read_eventlog(path, spec(**fields))
    return part


def column(path, name, **fields):
    return read_one(path, **fields).cells[name].to_pylist()


def refusal(path, match, **fields):
    with pytest.raises(FormatError, match=match) as error:
        list(read_eventlog(path, spec(**fields)))
    assert CANARY not in "".join(traceback.format_exception(error.value))
    assert error.value.__context__ is None


def test_a_row_is_an_event_with_the_attributes_of_its_case(write):
    group = '<string key="gruppe" value="A"/>'
    part = read_one(write(trace(EVENT, EVENT, case=CASE + group) + trace(EVENT)))
    assert part.cells.select([*NEEDED, "case:gruppe"]).to_pylist() == [
        dict(zip([*NEEDED, "case:gruppe"], row, strict=True))
        for row in (
            ("F1", "Beratung", "2024-07-01T10:00:00", "A"),
            ("F1", "Beratung", "2024-07-01T10:00:00", "A"),
            ("F1", "Beratung", "2024-07-01T10:00:00", ""),
        )
    ]
    assert (part.records, part.rows, dict(part.skipped)) == (3, 3, {})
    assert part.lines.tolist() == [1, 2, 3]


def test_standard_columns_are_there_even_if_no_event_has_them(write):
    part = read_one(write(trace(EVENT)))
    assert part.cells.column_names[:3] == [*NEEDED]
    assert part.cells["org:resource"].to_pylist() == [""]


def test_an_attribute_that_only_some_events_have_is_empty_for_the_others(write):
    path = write(trace(EVENT, event('<string key="thema" value="Wohnen"/>'), EVENT))
    assert column(path, "thema") == ["", "Wohnen", ""]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2010-12-30T11:02:00.000+01:00", "2010-12-30T11:02:00"),
        ("2024-06-30T22:30:00Z", "2024-07-01T00:30:00"),
        ("2024-06-30T22:00:00Z", "2024-07-01T00:00:00"),
        ("2024-06-30T22:30:00", "2024-06-30T22:30:00"),
        ("2024-06-30T22:30:00.250+02:00", "2024-06-30T22:30:00.250000"),
        ("30.06.2024", "30.06.2024"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_points_in_time_become_clock_time_in_berlin(write, value, expected):
    path = write(trace(EVENT.replace("2024-07-01T10:00:00.000+02:00", value)))
    assert column(path, "time:timestamp") == [expected]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("int", "50", "50"),
        ("float", "50.0", "50"),
        ("float", "0.5", "0,5"),
        ("float", "viel", "viel"),
        ("boolean", "true", "ja"),
        ("boolean", "false", "nein"),
        ("id", "4711-a", "4711-a"),
        ("string", "Grün &amp; Blau", "Grün & Blau"),
    ],
)
def test_values_become_text_by_their_type(write, kind, value, expected):
    assert column(write(trace(event(f'<{kind} key="x" value="{value}"/>'))), "x") == [expected]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_log_may_have_a_namespace(write, prefix):
    space = f'xmlns{":" + prefix[:-1] if prefix else ""}="http://www.xes-standard.org/"'
    body = trace(EVENT).replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    path = write(body, f"<{prefix}log {space}>", f"</{prefix}log>")
    assert column(path, "concept:name") == ["Beratung"]


def test_what_describes_the_log_is_no_event(write):
    about = f'<extension name="A"/><global scope="event">{TIME}</global><string key="a" value="b"/>'
    part = read_one(write(about + trace(EVENT)))
    assert (part.rows, part.notes) == (1, ())


def test_attributes_of_a_case_behind_its_events_count_too(write):
    path = write(f"<trace>{EVENT}{CASE}</trace>")
    assert column(path, "case:concept:name") == ["F1"]


def test_events_outside_a_case_are_rows_without_a_case(write):
    assert column(write(trace(EVENT) + EVENT), "case:concept:name") == ["F1", ""]


def test_what_cannot_be_a_cell_is_noted(write):
    nested = '<string key="a" value="b"><string key="c" value="d"/></string>'
    several = '<list key="l"><values><int key="n" value="1"/></values></list>'
    repeated, nameless = '<string key="concept:name" value="X"/>', '<string value="y"/>'
    path = write(trace(event(nested, several, repeated, nameless)) + trace())
    part = read_one(path)
    assert part.notes == (
        "nicht gelesen: 6 Angaben in oder neben anderen",
        "nicht gelesen: 1 Fälle ohne Ereignis",
    )
    assert part.cells["concept:name"].to_pylist() == ["Beratung"]
    assert part.cells["a"].to_pylist() == ["b"]


def test_a_packed_log_is_read(write):
    path = write(trace(EVENT))
    packed = path.with_suffix(".xes.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_one(packed).cells.equals(read_one(path).cells)


def test_large_logs_come_in_parts_with_running_numbers(write, monkeypatch):
    monkeypatch.setattr(eventlog, "AT_ONCE", 2)
    parts = list(read_eventlog(write(trace(EVENT, EVENT) + trace(EVENT, EVENT) + trace()), spec()))
    assert [part.lines.tolist() for part in parts] == [[1, 2], [3, 4]]
    assert sum(len(part.notes) for part in parts) == 1


def test_a_missing_attribute_names_the_columns_and_the_nearest(write):
    path = write(trace(event(f'<string key="org:resource" value="{CANARY}"/>')))
    needed = (*NEEDED[:2], "time:timestamps")
    refusal(path, "lacks the column time:timestamps.*become 'time:timestamp'", needed=needed)


@pytest.mark.parametrize("content", ["", trace(), "<trace/>"])
def test_a_log_without_events_is_empty(write, content):
    refusal(write(content), "is empty")


@pytest.mark.parametrize("content", [b"", CANARY.encode(), b"\x00" * 50, b"\x1f\x8b" + bytes(50)])
def test_what_is_no_xml_is_refused(tmp_path, content):
    (tmp_path / "a.xes").write_bytes(content)
    refusal(tmp_path / "a.xes", "damaged or not complete")


def test_another_kind_of_xml_is_refused(write):
    refusal(write(CANARY, "<html>", "</html>"), "begins with <log>")


@pytest.mark.parametrize("keep", [0.4, 0.9, 0.99])
@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_log_is_refused(write, keep, packed):
    path = write(trace(*[event(f'<string key="x" value="{CANARY} {n}"/>') for n in range(100)]))
    content = gzip.compress(path.read_bytes()) if packed else path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    refusal(path, "damaged or not complete")


def test_entities_are_refused(write):
    entities = f'<!DOCTYPE log [<!ENTITY a "{CANARY}"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    refusal(write(trace(EVENT), entities + "<log>"), "needs no document type")


def test_a_document_type_behind_a_long_comment_is_refused_too(write):
    head = f"<!--{'x' * 10_000}--><!DOCTYPE log><log>"
    refusal(write(trace(EVENT), head), "needs no document type")


def test_a_packed_bomb_is_refused_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(eventlog, "NO_BOMB", 1000)
    (tmp_path / "a.xes.gz").write_bytes(gzip.compress(b"<log>" + b" " * 5_000_000))
    refusal(tmp_path / "a.xes.gz", "at most 200 times its size")


def test_deeply_nested_attributes_do_no_harm(write):
    depth = 50_000
    nested = '<list key="a">' * depth + "</list>" * depth
    part = read_one(write(trace(event(nested))))
    assert part.notes == (f"nicht gelesen: {depth} Angaben in oder neben anderen",)
