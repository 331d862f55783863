"""SQLite's errors: provoked through the bare sqlite3 module, then translated."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rawdb import exceptions as exc
from rawdb.dialects.errors_sqlite import evicts, is_disconnect, translate

pytestmark = pytest.mark.dialects("sqlite")

SCHEMA = """
CREATE TABLE parent (id integer PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE child (id integer PRIMARY KEY, parent_id int REFERENCES parent (id));
CREATE TABLE late (parent_id int REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE things (
    id integer PRIMARY KEY,
    name text NOT NULL,
    code text,
    quantity int CONSTRAINT quantity_positive CHECK (quantity > 0),
    size int CHECK (size < 100),
    alias text,
    CONSTRAINT uniq_things0name0code UNIQUE (name, code)
);
CREATE UNIQUE INDEX things_lower_idx ON things (lower(alias));
CREATE TABLE keyed (name text PRIMARY KEY);
CREATE TABLE plain (name text);
CREATE TRIGGER refuse BEFORE DELETE ON plain BEGIN SELECT RAISE(ABORT, 'not this one'); END;
INSERT INTO parent VALUES (1, 1, 2);
INSERT INTO child VALUES (1, 1);
INSERT INTO things VALUES (1, 'n', 'c', 1, 1, 'a');
INSERT INTO keyed VALUES ('k');
INSERT INTO plain VALUES ('p');
"""


@pytest.fixture
def path(tmp_path: Path, dialect: str) -> Path:
    """A file with the schema, in WAL mode."""
    path = tmp_path / "errors.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
    return path


@pytest.fixture
def connect(path: Path, request: pytest.FixtureRequest) -> Callable[[], sqlite3.Connection]:
    """Opens bare connections in autocommit mode, which wait for nobody, and closes them after the test."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        request.addfinalizer(connection.close)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    return connect


@pytest.fixture
def connection(connect: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
    return connect()


def provoke(action: Callable[..., Any], *arguments: Any, **options: Any) -> BaseException:
    with pytest.raises((sqlite3.Error, OverflowError, UnicodeEncodeError)) as caught:
        action(*arguments, **options)
    return caught.value


def check(
    error: BaseException, kind: type[BaseException], code: int | None, /, evict: bool = False, **fields: Any
) -> None:
    """The error translates to exactly this class and fields."""
    translated = translate(error)
    assert (type(translated), translated.code) == (kind, code)  # type: ignore[attr-defined]
    assert {name: getattr(translated, name) for name in fields} == fields
    assert translated.inner_exception is error  # type: ignore[attr-defined]
    assert translated.__cause__ is error
    assert translated.dialect == "sqlite"  # type: ignore[attr-defined]
    assert is_disconnect(error) is is_disconnect(translated) is issubclass(kind, exc.DBConnectionError)
    assert evicts(error) is evicts(translated) is evict


NO_REFERENCE: dict[str, Any] = {"table": None, "constraint": None, "key": None, "key_table": None}

STATEMENTS: list[tuple[str, int, type[exc.DBError], dict[str, Any]]] = [
    (
        "INSERT INTO things (name, code) VALUES ('n', 'c')",
        2067,
        exc.DBDuplicateEntry,
        {"columns": ["name", "code"], "value": None},
    ),
    ("INSERT INTO things (name, alias) VALUES ('x', 'A')", 2067, exc.DBDuplicateEntry, {"columns": []}),
    ("INSERT INTO things (id, name) VALUES (1, 'x')", 1555, exc.DBDuplicateEntry, {"columns": ["id"]}),
    ("INSERT INTO keyed VALUES ('k')", 1555, exc.DBDuplicateEntry, {"columns": ["name"]}),
    ("INSERT INTO plain (rowid) VALUES (1)", 2579, exc.DBDuplicateEntry, {"columns": ["rowid"]}),
    ("INSERT INTO child VALUES (2, 99)", 787, exc.DBReferenceError, NO_REFERENCE),
    ("DELETE FROM parent", 787, exc.DBReferenceError, NO_REFERENCE),
    ("DROP TABLE parent", 787, exc.DBReferenceError, NO_REFERENCE),
    (
        "INSERT INTO things (name, quantity) VALUES ('x', 0)",
        275,
        exc.DBConstraintError,
        {"table": None, "check_name": "quantity_positive"},
    ),
    (
        "INSERT INTO things (name, size) VALUES ('x', 100)",
        275,
        exc.DBConstraintError,
        {"check_name": "size < 100"},
    ),
    ("INSERT INTO things (id) VALUES (2)", 1299, exc.DBNotNullError, {"table": "things", "column": "name"}),
    ("DELETE FROM plain", 1811, exc.DBError, {}),
    ("INSERT INTO parent (id) VALUES ('x')", 20, exc.DBDataError, {}),
    ("SELECT zeroblob(3000000000)", 18, exc.DBDataError, {}),
    ("SELECT * FROM missing", 1, exc.DBNonExistentTable, {"table": "missing"}),
    ("INSERT INTO main.missing VALUES (1)", 1, exc.DBNonExistentTable, {"table": "main.missing"}),
    ("DROP TABLE missing", 1, exc.DBNonExistentTable, {"table": "missing"}),
    ("ATTACH '/nowhere/file.db' AS other", 14, exc.DBNonExistentDatabase, {"database": None}),
    ("SELEC 1", 1, exc.DBSyntaxError, {}),
    ("SELECT (1", 1, exc.DBSyntaxError, {}),
    ("SELECT #", 1, exc.DBSyntaxError, {}),
    ("SELECT missing FROM things", 1, exc.DBNonExistentColumn, {"column": "missing"}),
    ("SELECT t.missing FROM things AS t", 1, exc.DBNonExistentColumn, {"column": "missing"}),
    ("INSERT INTO things (missing) VALUES (1)", 1, exc.DBNonExistentColumn, {"column": "missing"}),
    ("DROP INDEX missing", 1, exc.DBError, {}),
    ("SELECT missing()", 1, exc.DBError, {}),
    ("ROLLBACK TO SAVEPOINT missing", 1, exc.DBError, {}),
    ("CREATE TABLE things (id)", 1, exc.DBError, {}),
    ("ALTER TABLE things ADD COLUMN name text", 1, exc.DBError, {}),
]


@pytest.mark.parametrize(("statement", "code", "kind", "fields"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_statement(
    connection: sqlite3.Connection, statement: str, code: int, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    check(provoke(connection.execute, statement), kind, code, **fields)


def test_expression_index_of_the_declared_schema(connection: sqlite3.Connection) -> None:
    error = provoke(connection.execute, "INSERT INTO things (name, alias) VALUES ('x', 'A')")
    translated = translate(error, unique_columns={"things_lower_idx": ["alias"]}.get)
    assert isinstance(translated, exc.DBDuplicateEntry)
    assert translated.columns == ["alias"]


def test_deferred_reference(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("INSERT INTO late VALUES (99)")
    check(provoke(connection.execute, "COMMIT"), exc.DBReferenceError, 787, **NO_REFERENCE)


@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 37), reason="no STRICT tables")
def test_strict_table(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE exact (n int) STRICT")
    check(provoke(connection.execute, "INSERT INTO exact VALUES ('x')"), exc.DBDataError, 3091)


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ((2**63,), exc.DBDataError),
        (("surrogate \ud800",), exc.DBInvalidUnicodeParameter),
        ((object(),), exc.DBError),
        ((), exc.DBError),
        ((1, 2), exc.DBError),
        ({"a": 1}, exc.DBError),
    ],
)
def test_wrong_parameters(connection: sqlite3.Connection, parameters: Any, kind: type[BaseException]) -> None:
    statement = "SELECT :b" if isinstance(parameters, dict) else "SELECT ?"
    check(provoke(connection.execute, statement, parameters), kind, None)


def test_busy(connect: Callable[[], sqlite3.Connection]) -> None:
    connect().execute("BEGIN IMMEDIATE")
    check(provoke(connect().execute, "BEGIN IMMEDIATE"), exc.DBDeadlock, 5)


def test_snapshot_overtaken_by_another_writer(connect: Callable[[], sqlite3.Connection]) -> None:
    one, two = connect(), connect()
    one.execute("BEGIN")
    one.execute("SELECT * FROM plain").fetchall()
    two.execute("INSERT INTO plain VALUES ('q')")
    check(provoke(one.execute, "INSERT INTO plain VALUES ('r')"), exc.DBDeadlock, 517)


def test_table_in_use_by_the_same_connection(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT * FROM things UNION ALL SELECT * FROM things")
    assert next(rows)
    check(provoke(connection.execute, "DROP TABLE things"), exc.DBDeadlock, 6)


def test_shared_cache(path: Path, request: pytest.FixtureRequest) -> None:
    connections = []
    for _ in range(2):
        one = sqlite3.connect(f"file:{path}?cache=shared", uri=True, timeout=0, isolation_level=None)
        request.addfinalizer(one.close)
        connections.append(one)
    connections[0].execute("BEGIN IMMEDIATE")
    connections[0].execute("INSERT INTO plain VALUES ('q')")
    check(provoke(connections[1].execute, "SELECT * FROM plain"), exc.DBDeadlock, 262)


def test_file_that_cannot_be_opened(tmp_path: Path, dialect: str) -> None:
    error = provoke(sqlite3.connect, tmp_path / "missing" / "file.db")
    check(error, exc.DBNonExistentDatabase, 14, database=None)


def test_closed_connection(connection: sqlite3.Connection) -> None:
    connection.close()
    check(provoke(connection.execute, "SELECT 1"), exc.DBConnectionError, None, evict=True)


def test_read_only(path: Path, request: pytest.FixtureRequest) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    request.addfinalizer(connection.close)
    check(provoke(connection.execute, "INSERT INTO plain VALUES ('q')"), exc.DBError, 8)


def test_interrupted(connection: sqlite3.Connection) -> None:
    connection.set_progress_handler(lambda: 1, 1)
    check(provoke(connection.execute, "SELECT * FROM things"), exc.DBTimeout, 9)


def test_full(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1")
    error = provoke(connection.execute, "INSERT INTO plain VALUES (zeroblob(1000000))")
    check(error, exc.DBError, 13)


def test_not_a_database(tmp_path: Path, dialect: str, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is plain text, and more of it than the header of a database is long " * 20)
    connection = sqlite3.connect(path)
    request.addfinalizer(connection.close)
    check(provoke(connection.execute, "SELECT * FROM things"), exc.DBError, 26, evict=True)


def test_damaged_file(path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
    with closing(sqlite3.connect(path)) as first:
        first.execute("PRAGMA journal_mode = DELETE")
        (size,) = first.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[size:] = b"\xff" * (len(data) - size)
    path.write_bytes(data)
    error = provoke(connect().execute, "SELECT * FROM plain")
    check(error, exc.DBError, 11, evict=True)


@pytest.mark.parametrize(
    ("error", "code", "kind", "fields"),
    [
        (
            sqlite3.IntegrityError("UNIQUE constraint failed: t.a, t.b"),
            2067,
            exc.DBDuplicateEntry,
            {"columns": ["a", "b"]},
        ),
        (sqlite3.IntegrityError("FOREIGN KEY constraint failed"), 787, exc.DBReferenceError, NO_REFERENCE),
        (
            sqlite3.IntegrityError("CHECK constraint failed: positive"),
            275,
            exc.DBConstraintError,
            {"check_name": "positive"},
        ),
        (sqlite3.OperationalError("database is locked"), 5, exc.DBDeadlock, {}),
        (sqlite3.OperationalError("no such table: t"), 1, exc.DBNonExistentTable, {"table": "t"}),
        (sqlite3.OperationalError("unable to open database file"), 14, exc.DBNonExistentDatabase, {}),
        (sqlite3.OperationalError("anything else"), None, exc.DBError, {}),
        (sqlite3.Error(), None, exc.DBError, {}),
        (sqlite3.DataError("t.at: 'x' cannot be read"), None, exc.DBDataError, {}),
    ],
)
def test_error_without_a_code(
    dialect: str, error: sqlite3.Error, code: int, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    check(error, kind, code, **fields)


@pytest.mark.parametrize(("code", "evict"), [(778, True), (1032, True), (526, False), (773, False)])
def test_extended_codes_count_by_their_low_byte(dialect: str, code: int, evict: bool) -> None:
    error = sqlite3.OperationalError("?")
    error.sqlite_errorcode = code
    kinds = {526: exc.DBNonExistentDatabase, 773: exc.DBDeadlock}
    check(error, kinds.get(code, exc.DBError), code, evict=evict)


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), OSError("x"), KeyboardInterrupt()])
def test_error_of_somebody_else(dialect: str, error: BaseException) -> None:
    assert translate(error) is error
    assert not is_disconnect(error)
    assert not evicts(error)
