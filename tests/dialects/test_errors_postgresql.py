"""PostgreSQL's errors: provoked on the server through bare psycopg, then translated."""

from __future__ import annotations

import secrets
import select
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg import errors

from rawdb import exceptions as exc
from rawdb.dialects import parse_url
from rawdb.dialects.errors_postgresql import evicts, is_disconnect, translate
from rawdb.testing.databases import create_database, drop_database

pytestmark = pytest.mark.dialects("postgresql")

Connect = Callable[..., "psycopg.Connection[Any]"]

SCHEMA = """
CREATE TABLE parent (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE child (
    id int PRIMARY KEY,
    parent_id int CONSTRAINT child_parent_fkey REFERENCES parent (id),
    a int, b int,
    CONSTRAINT child_ab_fkey FOREIGN KEY (a, b) REFERENCES parent (a, b)
);
CREATE TABLE things (
    id int CONSTRAINT things_pkey PRIMARY KEY,
    name text NOT NULL,
    code varchar(5),
    quantity smallint CONSTRAINT quantity_positive CHECK (quantity > 0),
    day date,
    "Odd" int,
    CONSTRAINT uniq_things0name0code UNIQUE (name, code)
);
CREATE UNIQUE INDEX uuid ON things (day);
CREATE UNIQUE INDEX things_odd_idx ON things ("Odd");
CREATE UNIQUE INDEX things_expression_idx ON things (coalesce(quantity, 0), lower(code));
CREATE TABLE spans (span int4range, EXCLUDE USING gist (span WITH &&));
INSERT INTO parent VALUES (1, 1, 2), (2, 3, 4);
INSERT INTO child VALUES (1, 1, 1, 2);
INSERT INTO things VALUES (1, 'x)=(y', 'c', 1, '2024-01-01', 7), (2, 'two', 'd', 2, '2024-01-02', 8);
INSERT INTO spans VALUES ('[1,5)');
"""


@pytest.fixture(scope="module")
def url(servers: Any) -> Iterator[str]:
    url = create_database(servers.postgresql)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
    yield url
    drop_database(url)


@pytest.fixture
def connect(url: str, dialect: str) -> Iterator[Connect]:
    """Opens bare connections in autocommit mode and closes them after the test."""
    opened: list[psycopg.Connection[Any]] = []

    def connect(**options: Any) -> psycopg.Connection[Any]:
        opened.append(psycopg.connect(url, autocommit=True, **options))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def provoke(action: Callable[..., Any], *arguments: Any) -> BaseException:
    with pytest.raises((psycopg.Error, UnicodeEncodeError, TypeError)) as caught:
        action(*arguments)
    return caught.value


def check(
    error: BaseException, kind: type[BaseException], code: str | None, /, connecting: bool = False, **fields: Any
) -> None:
    """The error translates to exactly this class and fields; connection errors and they alone are disconnects."""
    translated = translate(error, connecting=connecting)
    assert type(translated) is kind
    assert {name: getattr(translated, name) for name in fields} == fields
    assert translated.inner_exception is error  # type: ignore[attr-defined]
    assert translated.__cause__ is error
    assert (translated.dialect, translated.code) == ("postgresql", code)  # type: ignore[attr-defined]
    if not connecting:
        assert is_disconnect(error) is is_disconnect(translated) is issubclass(kind, exc.DBConnectionError)
        assert evicts(error) is evicts(translated) is (is_disconnect(error) or code == "25006")


STATEMENTS: list[tuple[str, str, type[exc.DBError], dict[str, Any]]] = [
    (
        "INSERT INTO things (id, name, code) VALUES (3, 'x)=(y', 'c')",
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["name", "code"], "value": "x)=(y, c"},
    ),
    (
        "INSERT INTO things (id, name) VALUES (1, 'n')",
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["id"], "value": "1"},
    ),
    (
        "INSERT INTO things (id, name, day) VALUES (3, 'n', '2024-01-01')",
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["day"], "value": "2024-01-01"},
    ),
    (
        "INSERT INTO things (id, name, \"Odd\") VALUES (3, 'n', 7)",
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["Odd"], "value": "7"},
    ),
    (
        "INSERT INTO things (id, name, code, quantity) VALUES (3, 'n', 'C', 1)",
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["COALESCE(quantity::integer, 0)", "lower(code::text)"], "value": "1, c"},
    ),
    (
        "INSERT INTO child (id, parent_id) VALUES (2, 99)",
        "23503",
        exc.DBReferenceError,
        {"table": "child", "constraint": "child_parent_fkey", "key": "parent_id", "key_table": "parent"},
    ),
    (
        "UPDATE child SET a = 9, b = 9 WHERE id = 1",
        "23503",
        exc.DBReferenceError,
        {"table": "child", "constraint": "child_ab_fkey", "key": "a, b", "key_table": "parent"},
    ),
    (
        "DELETE FROM parent WHERE id = 1",
        "23503",
        exc.DBReferenceError,
        {"table": "parent", "constraint": "child_parent_fkey", "key": "id", "key_table": "child"},
    ),
    (
        "UPDATE parent SET a = 8 WHERE id = 1",
        "23503",
        exc.DBReferenceError,
        {"table": "parent", "constraint": "child_ab_fkey", "key": "a, b", "key_table": "child"},
    ),
    (
        "INSERT INTO things (id, name, quantity) VALUES (3, 'n', 0)",
        "23514",
        exc.DBConstraintError,
        {"table": "things", "check_name": "quantity_positive"},
    ),
    ("INSERT INTO things (id) VALUES (3)", "23502", exc.DBNotNullError, {"table": "things", "column": "name"}),
    ("INSERT INTO spans VALUES ('[2,3)')", "23P01", exc.DBError, {}),
    ("SELECT * FROM missing", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("INSERT INTO public.missing VALUES (1)", "42P01", exc.DBNonExistentTable, {"table": "public.missing"}),
    ("DROP TABLE missing", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("DROP VIEW missing", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("DROP MATERIALIZED VIEW missing", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("DROP SEQUENCE missing", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("SELECT nextval('missing')", "42P01", exc.DBNonExistentTable, {"table": "missing"}),
    ("SELECT missing.id FROM things", "42P01", exc.DBError, {}),
    ("SELECT things.id FROM things AS t", "42P01", exc.DBError, {}),
    (
        "ALTER TABLE things DROP CONSTRAINT missing",
        "42704",
        exc.DBNonExistentConstraint,
        {"table": "things", "constraint": "missing"},
    ),
    ("DROP INDEX missing", "42704", exc.DBError, {}),
    ("SELECT 1::missing", "42704", exc.DBError, {}),
    ("SET ROLE missing", "22023", exc.DBDataError, {}),
    ("DROP ROLE missing", "42704", exc.DBError, {}),
    ("DROP DATABASE missing", "3D000", exc.DBNonExistentDatabase, {"database": "missing"}),
    ("INSERT INTO things (id, name, code) VALUES (3, 'n', 'too long')", "22001", exc.DBDataError, {}),
    ("INSERT INTO things (id, name, quantity) VALUES (3, 'n', 99999)", "22003", exc.DBDataError, {}),
    ("INSERT INTO things (id, name, day) VALUES (3, 'n', 'someday')", "22007", exc.DBDataError, {}),
    ("INSERT INTO things (id, name, day) VALUES (3, 'n', '2024-02-30')", "22008", exc.DBDataError, {}),
    ("SELECT 1 / 0", "22012", exc.DBDataError, {}),
    ("SELECT 'x'::int", "22P02", exc.DBDataError, {}),
    ("SELECT DISTINCT id FROM things FOR UPDATE", "0A000", exc.DBNotSupportedError, {}),
    ("DROP TABLE parent", "2BP01", exc.DBError, {}),
    ("SELEC 1", "42601", exc.DBSyntaxError, {}),
    ("SELECT missing FROM things", "42703", exc.DBNonExistentColumn, {"column": "missing"}),
    ("SELECT t.missing FROM things AS t", "42703", exc.DBNonExistentColumn, {"column": "missing"}),
    ("INSERT INTO things (missing) VALUES (1)", "42703", exc.DBNonExistentColumn, {"column": "missing"}),
    ("SELECT missing()", "42883", exc.DBError, {}),
    ("SELECT name FROM things WHERE name", "42804", exc.DBError, {}),
    ("CREATE TABLE things (id int)", "42P07", exc.DBError, {}),
    ("ALTER TABLE things ADD COLUMN name text", "42701", exc.DBError, {}),
    ("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(10)", "57014", exc.DBTimeout, {}),
    ("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(10)", "57P01", exc.DBConnectionError, {}),
    ("BEGIN READ ONLY; DELETE FROM spans", "25006", exc.DBError, {}),
    ("SAVEPOINT s", "25P01", exc.DBError, {}),
    ("BEGIN; ROLLBACK TO SAVEPOINT missing", "3B001", exc.DBError, {}),
    ("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(10)", "57014", exc.DBTimeout, {}),
]


@pytest.mark.parametrize(("statement", "code", "kind", "fields"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_statement(
    connect: Connect, statement: str, code: str, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    error = provoke(connect().execute, statement)
    check(error, kind, code, **fields)


def test_duplicate_columns_come_from_the_declared_schema_first(connect: Connect) -> None:
    error = provoke(connect().execute, "INSERT INTO things (id, name, day) VALUES (3, 'n', '2024-01-01')")
    asked: list[str] = []

    def declared(index: str) -> list[str] | None:
        asked.append(index)
        return ["declared"] if index == "uuid" else None

    translated = translate(error, unique_columns=declared)
    assert isinstance(translated, exc.DBDuplicateEntry)
    assert translated.columns == ["declared"]
    assert asked == ["things.uuid", "uuid"]


def test_duplicate_without_the_right_to_read(connect: Connect) -> None:
    connection, role = connect(), f"rawdb_{secrets.token_hex(6)}"
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE ROLE {role}")
        connection.execute(f"GRANT INSERT ON things TO {role}")
        connection.execute(f"SET LOCAL ROLE {role}")
        with connection.transaction(force_rollback=True):
            named = provoke(connection.execute, "INSERT INTO things VALUES (3, 'x)=(y', 'c')")
        with connection.transaction(force_rollback=True):
            unnamed = provoke(connection.execute, "INSERT INTO things VALUES (1, 'n')")
    check(named, exc.DBDuplicateEntry, "23505", columns=["name", "code"], value=None)
    check(unnamed, exc.DBDuplicateEntry, "23505", columns=[], value=None)


def test_statement_after_an_error(connect: Connect) -> None:
    connection = connect()
    connection.execute("BEGIN")
    provoke(connection.execute, "SELEC 1")
    check(provoke(connection.execute, "SELECT 1"), exc.DBError, "25P02")


def test_deadlock(connect: Connect) -> None:
    one, two = connect(), connect()
    for connection, row in ((one, 1), (two, 2)):
        connection.execute("SET deadlock_timeout = '10ms'")
        connection.execute("BEGIN")
        connection.execute("UPDATE parent SET id = id WHERE id = %s", (row,))

    def cross(connection: psycopg.Connection[Any], row: int) -> BaseException | None:
        try:
            connection.execute("UPDATE parent SET id = id WHERE id = %s", (row,))
        except psycopg.Error as error:
            return error
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(cross, (one, two), (2, 1)))
    victims = [error for error in outcomes if error is not None]
    assert len(victims) == 1
    check(victims[0], exc.DBDeadlock, "40P01")


def test_serialization_failure(connect: Connect) -> None:
    one, two = connect(), connect()
    one.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    one.execute("SELECT * FROM parent")
    two.execute("UPDATE parent SET id = id WHERE id = 1")
    check(provoke(one.execute, "UPDATE parent SET id = id WHERE id = 1"), exc.DBDeadlock, "40001")


@pytest.mark.parametrize("statement", ["SELECT * FROM parent FOR UPDATE NOWAIT", "SELECT * FROM parent FOR UPDATE"])
def test_lock_not_available(connect: Connect, statement: str) -> None:
    one, two = connect(), connect()
    one.execute("BEGIN")
    one.execute("SELECT * FROM parent FOR UPDATE")
    two.execute("SET lock_timeout = '10ms'")
    check(provoke(two.execute, statement), exc.DBDeadlock, "55P03")


def test_killed_from_outside_and_then_closed(connect: Connect) -> None:
    victim, killer = connect(), connect()
    killer.execute("SELECT pg_terminate_backend(%s, 5000)", (victim.info.backend_pid,))
    check(provoke(victim.execute, "SELECT 1"), exc.DBConnectionError, "57P01")
    check(provoke(victim.execute, "SELECT 1"), exc.DBConnectionError, None)


@pytest.mark.parametrize(
    ("setting", "begin", "code"),
    [("idle_in_transaction_session_timeout", "BEGIN", "25P03"), ("idle_session_timeout", "SELECT 1", "57P05")],
)
def test_idle_too_long(connect: Connect, setting: str, begin: str, code: str) -> None:
    connection = connect()
    connection.execute(f"SET {setting} = '10ms'; {begin}")
    assert select.select([connection], [], [], 10)[0], "the server did not end the session"
    check(provoke(connection.execute, "SELECT 1"), exc.DBConnectionError, code)


def test_connection_refused(connect: Connect) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        error = provoke(lambda: connect(host="127.0.0.1", port=reserved.getsockname()[1]))
    check(error, exc.DBConnectionError, None, connecting=True)
    assert is_disconnect(error)


def test_unknown_database(connect: Connect) -> None:
    error = provoke(lambda: connect(dbname="rawdb_missing"))
    check(error, exc.DBNonExistentDatabase, "3D000", connecting=True, database="rawdb_missing")
    assert not is_disconnect(error)


def test_unknown_role(connect: Connect) -> None:
    error = provoke(lambda: connect(user="rawdb_missing"))
    # A server that asks for passwords does not tell whether the role exists.
    code = "28000" if "does not exist" in str(error) else "28P01"
    check(error, exc.DBAuthenticationError, code, connecting=True)
    assert not is_disconnect(error)


def test_too_many_connections(connect: Connect, url: str) -> None:
    admin, role, password = connect(), f"rawdb_{secrets.token_hex(6)}", secrets.token_hex(6)
    admin.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 0 PASSWORD '{password}'")
    try:
        crowd = replace(parse_url(url), user=role, password=password).render()
        error = provoke(psycopg.connect, crowd)
    finally:
        admin.execute(f"DROP ROLE {role}")
    check(error, exc.DBConnectionError, "53300", connecting=True)
    assert password not in str(translate(error, connecting=True))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("nul \x00", exc.DBDataError),
        ("surrogate \ud800", exc.DBInvalidUnicodeParameter),
        (object(), exc.DBError),
        (2**70, exc.DBDataError),
    ],
)
def test_value_that_cannot_be_sent(connect: Connect, value: Any, kind: type[BaseException]) -> None:
    error = provoke(connect().execute, "SELECT %s::bigint" if value == 2**70 else "SELECT %s", (value,))
    check(error, kind, "22003" if value == 2**70 else None)


@pytest.mark.parametrize("parameters", [(), (1, 2), {"a": 1}, 1])
def test_wrong_parameters(connect: Connect, parameters: Any) -> None:
    check(provoke(connect().execute, "SELECT %s", parameters), exc.DBError, None)


BY_HAND: list[tuple[psycopg.Error, str | None, type[exc.DBError], dict[str, Any]]] = [
    (
        errors.UniqueViolation(
            'ERROR:  duplicate key value violates unique constraint "uniq_t0a0b"\n'
            "DETAIL:  Key (a, b)=(1, two\nlines) already exists.\nCONTEXT:  somewhere"
        ),
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["a", "b"], "value": "1, two\nlines"},
    ),
    (
        psycopg.IntegrityError('duplicate key value violates unique constraint "uniq_t0a"'),
        "23505",
        exc.DBDuplicateEntry,
        {"columns": ["a"], "value": None},
    ),
    (
        psycopg.IntegrityError(
            'insert or update on table "c" violates foreign key constraint "c_fkey"\n'
            'DETAIL:  Key (p)=(1) is not present in table "p".'
        ),
        "23503",
        exc.DBReferenceError,
        {"table": "c", "constraint": "c_fkey", "key": "p", "key_table": "p"},
    ),
    (
        errors.RestrictViolation(
            'update or delete on table "p" violates RESTRICT setting of foreign key constraint "f" on table "c"\n'
            'DETAIL:  Key (id)=(1) is referenced from table "c".'
        ),
        "23001",
        exc.DBReferenceError,
        {"table": "p", "constraint": "f", "key": "id", "key_table": "c"},
    ),
    (
        errors.CheckViolation('new row for relation "t" violates check constraint "positive"'),
        "23514",
        exc.DBConstraintError,
        {"table": "t", "check_name": "positive"},
    ),
    (errors.UndefinedTable("Relation »t« existiert nicht"), "42P01", exc.DBNonExistentTable, {"table": "t"}),
    (errors.UndefinedTable("fehlender Eintrag in FROM-Klausel für Tabelle »t«"), "42P01", exc.DBError, {}),
    (errors.DeadlockDetected(), "40P01", exc.DBDeadlock, {}),
    (psycopg.OperationalError("deadlock detected"), "40P01", exc.DBDeadlock, {}),
    (errors.StatementCompletionUnknown("?"), "40003", exc.DBOutcomeUnknown, {}),
    (errors.TransactionResolutionUnknown("?"), "08007", exc.DBOutcomeUnknown, {}),
    (errors.ConnectionFailure("?"), "08006", exc.DBConnectionError, {}),
    (errors.TooManyConnections("?"), "53300", exc.DBConnectionError, {}),
    (errors.CrashShutdown("?"), "57P02", exc.DBConnectionError, {}),
    (errors.CannotConnectNow("?"), "57P03", exc.DBConnectionError, {}),
    (
        psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly"),
        None,
        exc.DBConnectionError,
        {},
    ),
    (errors.ConnectionTimeout("connection timeout expired"), None, exc.DBConnectionError, {}),
    (
        psycopg.OperationalError("sending query failed: another command is already in progress"),
        None,
        exc.DBError,
        {},
    ),
    (psycopg.NotSupportedError("not in this libpq"), None, exc.DBNotSupportedError, {}),
    (psycopg.InterfaceError("the cursor is closed"), None, exc.DBError, {}),
    (psycopg.Error(), None, exc.DBError, {}),
]


@pytest.mark.parametrize(
    ("error", "code", "kind", "fields"), BY_HAND, ids=[f"{type(row[0]).__name__}: {row[0]}" for row in BY_HAND]
)
def test_error_without_diagnostics(
    dialect: str, error: psycopg.Error, code: str | None, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    check(error, kind, code, **fields)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ('connection failed: FATAL:  password authentication failed for user "u"', "28P01", exc.DBAuthenticationError),
        ("connection failed: fe_sendauth: no password supplied", "28P01", exc.DBAuthenticationError),
        (
            'connection failed: FATAL:  no pg_hba.conf entry for host "::1", user "u"',
            "28000",
            exc.DBAuthenticationError,
        ),
        ("connection failed: FATAL:  the database system is starting up", "57P03", exc.DBConnectionError),
        ("connection failed: FATAL:  sorry, too many clients already", "53300", exc.DBConnectionError),
        ("failed to resolve host 'x': [Errno -2] Name or service not known", None, exc.DBConnectionError),
        ("anything else, in any language", None, exc.DBConnectionError),
    ],
)
def test_failed_attempt_to_connect(dialect: str, text: str, code: str, kind: type[exc.DBError]) -> None:
    check(psycopg.OperationalError(text), kind, code, connecting=True)


def test_messages_in_another_language(dialect: str) -> None:
    class Duplicate(errors.UniqueViolation):
        diag = SimpleNamespace(  # type: ignore[assignment]
            message_primary="doppelter Schlüsselwert verletzt Unique-Constraint »uniq_t0a«",
            message_detail="Schlüssel »(a)=(1)« existiert bereits.",
            table_name="t",
            constraint_name="uniq_t0a",
            column_name=None,
        )

    check(Duplicate("..."), exc.DBDuplicateEntry, "23505", columns=["a"], value="1")


@pytest.mark.parametrize(
    ("driver", "message", "detail", "kind", "fields"),
    [
        (
            errors.UniqueViolation,
            "doppelter Schlüsselwert verletzt Unique-Constraint »things_pkey«",
            "Schlüssel »(id)=(1)« existiert bereits.",
            exc.DBDuplicateEntry,
            {"columns": ["id"], "value": "1"},
        ),
        (
            errors.ForeignKeyViolation,
            "un enregistrement viole la contrainte de clé étrangère « child_parent_fkey »",
            "La clé (parent_id)=(99) n'est pas présente dans la table « parent ».",
            exc.DBReferenceError,
            {"constraint": "k", "key": "parent_id", "key_table": "parent"},
        ),
        (
            errors.NotNullViolation,
            "NULL-Wert in Spalte »name« verletzt Not-Null-Constraint",
            None,
            exc.DBNotNullError,
            {"table": "t", "column": "c"},
        ),
        (
            errors.UndefinedTable,
            "Relation »missing« existiert nicht",
            None,
            exc.DBNonExistentTable,
            {"table": "missing"},
        ),
        (
            errors.UndefinedTable,
            "la relation « missing » n'existe pas",
            None,
            exc.DBNonExistentTable,
            {"table": "missing"},
        ),
        (
            errors.UndefinedColumn,
            "Spalte »missing« existiert nicht",
            None,
            exc.DBNonExistentColumn,
            {"column": "missing"},
        ),
    ],
)
def test_a_server_of_another_language(
    dialect: str,
    driver: type[psycopg.Error],
    message: str,
    detail: str | None,
    kind: type[exc.DBError],
    fields: dict[str, Any],
) -> None:
    """Codes and diagnostics come before texts, and of the texts only what no language changes."""
    known = {"table_name": "t", "constraint_name": "k", "column_name": "c"}
    diagnosed = type(
        driver.__name__,
        (driver,),
        {"diag": SimpleNamespace(message_primary=message, message_detail=detail, **known)},
    )
    check(diagnosed(message), kind, driver.sqlstate, **fields)


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), OSError("x"), KeyboardInterrupt()])
def test_error_of_somebody_else(dialect: str, error: BaseException) -> None:
    assert translate(error) is error
    assert not is_disconnect(error)
    assert not evicts(error)
