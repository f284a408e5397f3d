import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from kimeval.core.errors import FormatError, MissingFileError
from kimeval.data.profiles import FileSpec
from kimeval.data.read import database
from kimeval.data.read.database import frozen_path, read_database

CANARY = "Kanarienvogel"
VARIABLE = "KIM_TEST_DATABASE"
SELECT = 'SELECT id AS "Fall", auf AS "Aufnahme", betrag AS "Betrag" FROM faelle ORDER BY id'
TABLE = """
CREATE TABLE faelle (id text, auf date, betrag numeric, am timestamp);
INSERT INTO faelle VALUES ('007', '2024-02-29', 12.5, '2024-02-29 14:30:00');
INSERT INTO faelle VALUES ('NA', NULL, 3, '2024-03-01 00:00:00');
"""
ROWS = [("007", "2024-02-29", "12,5"), ("NA", "", "3")]
KILLED = """
import os, signal, sys
from pathlib import Path
from kimeval.data.profiles import FileSpec
from kimeval.data.read import database

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

database.{where} = die
spec = FileSpec.model_validate_json(sys.argv[2])
list(database.read_database(Path(sys.argv[1]), spec))
"""


def spec(variable=VARIABLE, columns=("Fall", "Aufnahme")):
    mapped = dict(zip(("case_id", "opened_on"), columns, strict=True))
    return FileSpec(
        pattern="*.sql",
        title="Fälle",
        format="sql",
        database=variable,
        table=[{"name": "cases", "columns": mapped}],
    )


@pytest.fixture
def sqlite(tmp_path, monkeypatch):
    """Run statements in a database of its own, which the variable names."""
    file = tmp_path / "Daten und mehr" / "faelle.db"
    file.parent.mkdir()
    monkeypatch.setenv(VARIABLE, f"sqlite:///{file}")

    def run(script):
        with closing(sqlite3.connect(file)) as held, held:
            held.executescript(script)

    run(TABLE)
    return run


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "lieferung"
    folder.mkdir()

    def make(query=SELECT):
        (folder / "faelle.sql").write_text(query, encoding="utf-8")
        return folder / "faelle.sql"

    return make


def rows_of(path, **fields):
    parts = list(read_database(path, spec(**fields)))
    return [tuple(row.values()) for part in parts for row in part.cells.to_pylist()]


def refusal(path, match, error=FormatError, **fields):
    with pytest.raises(error, match=match) as found:
        list(read_database(path, spec(**fields)))
    shown = "".join(traceback.format_exception(found.value))
    assert not [secret for secret in (CANARY, "geheim", "FROM") if secret in str(found.value)]
    assert CANARY not in shown
    assert found.value.__context__ is None
    assert [name.name for name in path.parent.iterdir()] == [path.name]
    return str(found.value)


def kill_while(where, path):
    code = KILLED.format(where=where)
    command = [sys.executable, "-c", code, str(path), spec().model_dump_json()]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_the_result_of_a_query_is_read_as_text(sqlite, write):
    (part,) = read_database(write(), spec())
    assert part.cells.column_names == ["Fall", "Aufnahme", "Betrag"]
    assert [tuple(row.values()) for row in part.cells.to_pylist()] == ROWS
    assert (part.records, part.lines.tolist()) == (2, [1, 2])


def test_a_later_change_of_the_database_changes_nothing(sqlite, write):
    path = write()
    assert rows_of(path) == ROWS
    sqlite("UPDATE faelle SET id = 'B'; DROP TABLE faelle;")
    assert rows_of(path) == ROWS


def test_once_frozen_no_database_is_needed(sqlite, write, monkeypatch):
    path = write()
    rows_of(path)
    monkeypatch.delenv(VARIABLE)
    assert rows_of(path) == ROWS
    assert pq.read_schema(frozen_path(path)).names == ["Fall", "Aufnahme", "Betrag"]


def test_a_query_that_was_changed_after_its_result_was_frozen_is_refused(sqlite, write):
    path = write()
    rows_of(path)
    write(SELECT + " LIMIT 1")
    with pytest.raises(FormatError, match="query was changed since") as error:
        rows_of(path)
    assert "remove 'faelle.sql.parquet'" in str(error.value)
    frozen_path(path).unlink()
    assert rows_of(path) == ROWS[:1]


def test_a_damaged_frozen_result_is_refused(sqlite, write):
    path = write()
    frozen_path(path).write_bytes(CANARY.encode())
    with pytest.raises(FormatError, match="Remove it to read the database again") as error:
        rows_of(path)
    assert CANARY not in "".join(traceback.format_exception(error.value))


def test_many_rows_come_in_several_fetches(sqlite, write, monkeypatch):
    monkeypatch.setattr("kimeval.data.read.query.AT_ONCE", 2)
    sqlite("INSERT INTO faelle (id) VALUES ('x'), ('y'), ('z')")
    assert [row[0] for row in rows_of(write())] == ["007", "NA", "x", "y", "z"]


def test_a_result_without_rows_is_one_part_without_rows(sqlite, write):
    (part,) = read_database(write(SELECT.replace("ORDER", "WHERE id = 'C' ORDER")), spec())
    assert (part.rows, part.cells.num_columns) == (0, 3)


def test_a_column_twice_gets_a_number(sqlite, write):
    query = SELECT.replace('betrag AS "Betrag"', "betrag, betrag, count(*) OVER ()")
    (part,) = read_database(write(query), spec())
    names = ["Fall", "Aufnahme", "betrag", "betrag (2)", "count(*) OVER ()"]
    assert part.cells.column_names == names


@pytest.mark.parametrize(
    "query",
    [
        f"{SELECT};\n",
        f"-- Fälle; alle\n{SELECT}; -- Ende; aus",
        f"/* ; */ {SELECT}",
        f"WITH f AS (SELECT * FROM faelle) {SELECT.replace('faelle', 'f')}",
        "SELECT id AS Fall, auf AS Aufnahme, betrag AS \"x;y\" FROM faelle WHERE id <> ';%:b''' ",
        "\ufeff" + SELECT,
    ],
)
def test_one_select_is_taken_however_it_is_written(sqlite, write, query):
    assert sorted(row[0] for row in rows_of(write(query))) == ["007", "NA"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "DELETE FROM faelle",
        f"{SELECT}; DELETE FROM faelle",
        f"{SELECT} /* */; DELETE FROM faelle -- */",
        r"SELECT E'\''; DELETE FROM faelle; --' AS x",
        "SELECT 1 AS a$x$; DELETE FROM faelle; SELECT 2 AS b$x$",
        "PRAGMA journal_mode = delete",
    ],
)
def test_anything_but_one_select_is_refused(sqlite, write, query):
    refusal(write(query), "must hold one SELECT and nothing else")


def test_a_query_in_another_encoding_is_refused(sqlite, write):
    path = write()
    path.write_bytes("SELECT 'Fälle'".encode("cp1252"))
    refusal(path, "is text in UTF-8")


def test_the_database_is_opened_for_reading_only(sqlite, write, tmp_path):
    refusal(write("WITH x AS (SELECT 1) DELETE FROM faelle"), "failed in the database")
    (tmp_path / "lieferung" / "faelle.sql").write_text(SELECT, encoding="utf-8")
    assert rows_of(tmp_path / "lieferung" / "faelle.sql") == ROWS


def test_a_query_that_fails_names_neither_itself_nor_a_value(sqlite, write):
    refusal(write(f"SELECT {CANARY} FROM faelle"), "failed in the database of KIM_TEST_DATABASE")


def test_a_query_that_fails_midway_leaves_nothing(sqlite, write, monkeypatch):
    monkeypatch.setattr("kimeval.data.read.query.AT_ONCE", 1)
    sqlite(f"INSERT INTO faelle (id, auf) VALUES ('{CANARY}', CAST(x'fffe' AS text))")
    refusal(write(), "failed in the database")


def test_a_missing_column_is_told_before_anything_is_frozen(sqlite, write):
    match = "lacks the column Aufnahmetag.*become 'Aufnahme'"
    refusal(write(), match, columns=("Fall", "Aufnahmetag"))


def test_a_missing_variable_says_what_to_set(write, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    message = refusal(write(), f"variable {VARIABLE}, which is not set", MissingFileError)
    assert "sqlite:///faelle.db" in message


def test_a_profile_without_a_variable_is_refused(write):
    refusal(write(), "Add database with the name", variable="")


@pytest.mark.parametrize(
    ("address", "match"),
    [
        ("geheim", "holds no address"),
        ("postgresql://nutzer:geheim@127.0.0.1:x/a", "holds no address"),
        ("mysql://nutzer:geheim@127.0.0.1/a", "must name a file of SQLite"),
        ("sqlite://", "must name a file of SQLite"),
        ("sqlite:///geheim/fehlt.db", "does not let us in"),
        ("postgresql://nutzer:geheim@127.0.0.1:1/geheim", "does not let us in"),
    ],
)
def test_an_address_that_leads_nowhere_is_not_told(write, monkeypatch, address, match):
    monkeypatch.setenv(VARIABLE, address)
    refusal(write(), match)


def test_a_file_that_is_no_database_is_refused(write, monkeypatch, tmp_path):
    (tmp_path / "a.db").write_bytes(CANARY.encode() * 1000)
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'a.db'}")
    refusal(write(), "failed in the database")


@pytest.mark.parametrize("where", ["text_of", "_publish"])
def test_a_killed_reading_leaves_nothing_that_is_read(sqlite, write, where):
    path = write()
    kill_while(where, path)
    assert not frozen_path(path).exists()
    assert all(left.name.startswith(".") for left in path.parent.iterdir() if left != path)
    assert rows_of(path) == ROWS
    assert sorted(path.parent.iterdir()) == [path, frozen_path(path)]


def test_an_interrupted_reading_leaves_nothing(sqlite, write, monkeypatch):
    path = write()
    monkeypatch.setattr(database, "_publish", lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        rows_of(path)
    assert list(path.parent.iterdir()) == [path]


def test_of_two_readings_at_once_the_first_one_holds(sqlite, write, monkeypatch):
    path = write()
    publish = database._publish

    def after_another(part, target):
        shutil.copy(part, target)
        sqlite("UPDATE faelle SET id = 'B'")
        part.write_bytes(CANARY.encode())
        publish(part, target)

    monkeypatch.setattr(database, "_publish", after_another)
    assert rows_of(path) == ROWS


def test_the_part_of_a_reading_that_still_runs_is_left_alone(sqlite, write):
    path = write()
    with database._part(frozen_path(path), "unwritable") as part:
        database._sweep(frozen_path(path))
        assert part.exists()


def test_a_folder_that_cannot_be_written_is_told(sqlite, write, monkeypatch):
    def full(*_):
        raise OSError(28, CANARY)

    monkeypatch.setattr(database, "_publish", full)
    refusal(write(), "which cannot be written")


def binaries():
    """The newest PostgreSQL of Debian's package, or of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    onpath = shutil.which("initdb")
    return found[-1] if found else Path(onpath).parent if onpath else None


def other_user():
    """The server refuses to run as root: who runs it then, and as which command."""
    if os.geteuid() != 0:
        return os.geteuid(), []
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return user.pw_uid, ["setpriv", *ids, "--"]


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """Address of a PostgreSQL of these tests, in a folder of its own; it is always stopped."""
    programs = binaries()
    if programs is None or (os.geteuid() == 0 and not shutil.which("setpriv")):
        pytest.skip("PostgreSQL is not installed (Debian: postgresql): not read from in this run.")
    user, command = other_user()
    home = Path(tempfile.mkdtemp(prefix="kim-pg-"))
    (home / "password").write_text("geheim\n")
    for path in (home, home / "password"):
        os.chown(path, user, -1)

    def run(program, *arguments):
        call = [*command, programs / program, "-D", home / "data", *arguments]
        subprocess.run(call, cwd=home, check=True, capture_output=True)

    port = free_port()
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
    access = ["-U", "kim", "--auth=scram-sha-256", f"--pwfile={home / 'password'}"]
    try:
        run("initdb", *access, "--encoding=UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-w", "-l", home / "log", "-o", options, "start")
        yield f"postgresql://kim:geheim@127.0.0.1:{port}/postgres"
    finally:
        if (home / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(home)


@pytest.fixture
def postgres(server, monkeypatch):
    """Run statements in the database, which the variable names."""
    monkeypatch.setenv(VARIABLE, server)
    engine = sa.create_engine(server.replace("postgresql:", "postgresql+pg8000:"))

    def run(*statements):
        with engine.begin() as held:
            return [held.exec_driver_sql(statement) for statement in statements][-1]

    run("DROP TABLE IF EXISTS faelle", *TABLE.strip().removesuffix(";").split(";"))
    yield run
    engine.dispose()


def test_postgresql_gives_the_same_rows(postgres, write):
    assert rows_of(write()) == ROWS


def test_types_of_postgresql_become_text(postgres, write):
    query = """SELECT 1 AS "Fall", am AS "Aufnahme", 0.50::numeric, 0.1::real, true, NULL::text,
        timestamptz '2024-06-30 22:30+00', interval '26 hours', bytea '\\x00ff', 'a%b' LIKE '%'
        FROM faelle WHERE id LIKE '00%'"""
    (row,) = rows_of(write(query))
    assert row[:6] == ("1", "2024-02-29T14:30:00", "0,5", "0,1", "ja", "")
    assert row[6:] == ("2024-07-01T00:30:00", "26:00:00", "00ff", "ja")


def test_a_later_change_of_postgresql_changes_nothing(postgres, write):
    path = write()
    assert rows_of(path) == ROWS
    postgres("DELETE FROM faelle")
    assert rows_of(path) == ROWS


def test_postgresql_streams_through_a_cursor_of_the_server(postgres, write):
    query = 'SELECT statement AS "Fall", name AS "Aufnahme" FROM pg_cursors'
    ((statement, name),) = rows_of(write(query))
    assert (name, statement.split()[:2]) == ("kimeval", ["DECLARE", "kimeval"])


@pytest.mark.parametrize(
    "query",
    [
        'SELECT stores() AS "Fall", 1 AS "Aufnahme"',
        "WITH x AS (DELETE FROM faelle RETURNING id) SELECT id, id FROM x",
        "SELECT id INTO neu FROM faelle",
    ],
)
def test_postgresql_is_opened_for_reading_only(postgres, write, query):
    insert = f"INSERT INTO faelle VALUES ('{CANARY}') RETURNING 1"
    postgres(f"CREATE OR REPLACE FUNCTION stores() RETURNS int LANGUAGE sql AS $${insert}$$")
    refusal(write(query), "failed in the database")
    assert postgres("SELECT count(*) FROM faelle").scalar() == 2


@pytest.mark.parametrize("wrong", ["kim:falsch@", "niemand:geheim@", "kim:geheim@"])
def test_postgresql_that_lets_nobody_in_is_told_without_its_address(
    postgres, server, write, monkeypatch, wrong
):
    address = server.replace("kim:geheim@", wrong)
    monkeypatch.setenv(VARIABLE, address.replace("/postgres", "/geheim"))
    message = refusal(write(), "does not let us in")
    assert "127.0.0.1" not in message


def test_a_query_of_postgresql_that_fails_midway_tells_no_value(
    postgres, write, monkeypatch, caplog, capfd
):
    monkeypatch.setattr("kimeval.data.read.query.AT_ONCE", 1)
    text = f"CASE WHEN n < 3 THEN n::text ELSE '{CANARY}' END"
    query = f'SELECT ({text})::int AS "Fall", 1 AS "Aufnahme" FROM generate_series(1, 5) AS n'
    refusal(write(query), "failed in the database")
    assert CANARY not in caplog.text + "".join(capfd.readouterr())
