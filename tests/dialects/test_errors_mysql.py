"""Errors of MySQL and MariaDB: provoked on the server through bare PyMySQL, then translated."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pymysql
import pytest
from pymysql import err

from rawdb import exceptions as exc
from rawdb.dialects import parse_url
from rawdb.dialects.errors_mysql import evicts, is_disconnect, translate
from rawdb.testing.databases import create_database, drop_database

pytestmark = pytest.mark.dialects("mysql")

Connect = Callable[..., "pymysql.Connection[Any]"]

READ_ONLY = {1290, 1792, 1836}
CONNECTION_LOST = (
    *(1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1927),
    *(2002, 2003, 2006, 2013, 2014, 2045, 2055, 4031),
)
LONG = "x" * 80

SCHEMA = """
CREATE TABLE parent (id int PRIMARY KEY, a int, b int, UNIQUE KEY parent_ab (a, b));
CREATE TABLE child (
    id int PRIMARY KEY,
    parent_id int, a int, b int,
    CONSTRAINT child_parent_fkey FOREIGN KEY (parent_id) REFERENCES parent (id),
    CONSTRAINT child_ab_fkey FOREIGN KEY (a, b) REFERENCES parent (a, b)
);
CREATE TABLE things (
    id int PRIMARY KEY,
    name varchar(100) NOT NULL,
    code varbinary(5),
    quantity tinyint,
    day date,
    kind enum('a', 'b'),
    CONSTRAINT quantity_positive CHECK (quantity > 0),
    UNIQUE KEY uniq_things0name0code (name, code),
    UNIQUE KEY uuid (day)
);
CREATE TABLE wide (name varchar(100), UNIQUE KEY uniq_wide0name (name));
CREATE TABLE checked (id int PRIMARY KEY, a int, CHECK (a > 0));
CREATE TABLE marked (id int CHECK (id > 0));
INSERT INTO parent VALUES (1, 1, 2), (2, 3, 4);
INSERT INTO child VALUES (1, 1, 1, 2);
INSERT INTO things VALUES (1, 'it''s'' for key ''k', 'c', 1, '2024-01-01', 'a');
"""


@pytest.fixture(scope="module")
def url(servers: Any) -> Iterator[str]:
    url = create_database(servers.mysql)
    with open_connection(url) as connection:
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                connection.cursor().execute(statement)
        connection.cursor().execute("INSERT INTO wide VALUES (%s)", (LONG,))
        connection.cursor().execute("INSERT INTO things (id, name, code) VALUES (3, 'n', %s)", (b"\xff\x00",))
    yield url
    drop_database(url)


def open_connection(url: str, **options: Any) -> pymysql.Connection[Any]:
    parsed = parse_url(url)
    arguments = {
        "host": parsed.host,
        "port": parsed.port or 3306,
        "user": parsed.user,
        "password": parsed.password or "",
        "database": parsed.database,
        "unix_socket": parsed.query.get("unix_socket"),
        "charset": "utf8mb4",
        "autocommit": True,
        "init_command": "SET SESSION sql_mode = 'TRADITIONAL'",
        **options,
    }
    return pymysql.connect(**{key: value for key, value in arguments.items() if value is not None})


@pytest.fixture
def connect(url: str, dialect: str) -> Iterator[Connect]:
    """Opens bare connections in autocommit mode and closes them after the test."""
    opened: list[pymysql.Connection[Any]] = []

    def connect(**options: Any) -> pymysql.Connection[Any]:
        opened.append(open_connection(url, **options))
        return opened[-1]

    yield connect
    for connection in opened:
        if connection.open:
            connection.close()


@pytest.fixture
def is_mariadb(connect: Connect) -> bool:
    return "MariaDB" in connect().get_server_info()  # type: ignore[no-untyped-call]


def run(connection: pymysql.Connection[Any], *statements: str, parameters: Any = None) -> None:
    for statement in statements:
        connection.cursor().execute(statement, parameters)


def provoke(action: Callable[..., Any], *arguments: Any, **options: Any) -> BaseException:
    with pytest.raises((pymysql.MySQLError, UnicodeEncodeError, AttributeError, KeyError, TypeError)) as caught:
        action(*arguments, **options)
    return caught.value


def check(error: BaseException, kind: type[BaseException], code: int | None, /, **fields: Any) -> None:
    """The error translates to exactly this class and fields; connection errors and they alone are disconnects."""
    translated = translate(error)
    assert (type(translated), translated.code) == (kind, code)  # type: ignore[attr-defined]
    assert {name: getattr(translated, name) for name in fields} == fields
    assert translated.inner_exception is error  # type: ignore[attr-defined]
    assert translated.__cause__ is error
    assert translated.dialect == "mysql"  # type: ignore[attr-defined]
    assert is_disconnect(error) is is_disconnect(translated) is issubclass(kind, exc.DBConnectionError)
    assert evicts(error) is evicts(translated) is (is_disconnect(error) or code in READ_ONLY)


STATEMENTS: list[tuple[str, int, type[exc.DBError], dict[str, Any]]] = [
    (
        "INSERT INTO things (id, name, code) VALUES (9, 'it''s'' for key ''k', 'c')",
        1062,
        exc.DBDuplicateEntry,
        {"columns": ["name", "code"], "value": "it's' for key 'k-c"},
    ),
    (
        "INSERT INTO things (id, name) VALUES (1, 'n')",
        1062,
        exc.DBDuplicateEntry,
        {"columns": ["PRIMARY"], "value": "1"},
    ),
    (
        "INSERT INTO things (id, name, day) VALUES (9, 'n', '2024-01-01')",
        1062,
        exc.DBDuplicateEntry,
        {"columns": ["uuid"], "value": "2024-01-01"},
    ),
    (
        "INSERT INTO child (id, parent_id) VALUES (2, 99)",
        1452,
        exc.DBReferenceError,
        {"table": "child", "constraint": "child_parent_fkey", "key": "parent_id", "key_table": "parent"},
    ),
    (
        "UPDATE child SET a = 9, b = 9",
        1452,
        exc.DBReferenceError,
        {"table": "child", "constraint": "child_ab_fkey", "key": "a, b", "key_table": "parent"},
    ),
    (
        "DELETE FROM parent WHERE id = 1",
        1451,
        exc.DBReferenceError,
        {"table": "child", "key_table": "parent"},
    ),
    (
        "UPDATE parent SET a = 8 WHERE id = 1",
        1451,
        exc.DBReferenceError,
        {"table": "child", "constraint": "child_ab_fkey", "key": "a, b", "key_table": "parent"},
    ),
    ("INSERT INTO things (id) VALUES (9)", 1364, exc.DBNotNullError, {"column": "name"}),
    ("INSERT INTO things (id, name) VALUES (9, NULL)", 1048, exc.DBNotNullError, {"column": "name"}),
    ("SELECT * FROM missing", 1146, exc.DBNonExistentTable, {"table": "missing"}),
    ("SELECT * FROM mysql.missing", 1146, exc.DBNonExistentTable, {"table": "missing"}),
    ("DROP TABLE missing", 1051, exc.DBNonExistentTable, {"table": "missing"}),
    (
        "ALTER TABLE things DROP FOREIGN KEY missing",
        1091,
        exc.DBNonExistentConstraint,
        {"table": None, "constraint": "missing"},
    ),
    ("USE rawdb_missing", 1049, exc.DBNonExistentDatabase, {"database": "rawdb_missing"}),
    ("DROP DATABASE rawdb_missing", 1008, exc.DBNonExistentDatabase, {"database": "rawdb_missing"}),
    ("INSERT INTO things (id, name, quantity) VALUES (9, 'n', 999)", 1264, exc.DBDataError, {}),
    ("INSERT INTO things (id, name, kind) VALUES (9, 'n', 'z')", 1265, exc.DBDataError, {}),
    ("INSERT INTO things (id, name, day) VALUES (9, 'n', '2024-02-30')", 1292, exc.DBDataError, {}),
    ("INSERT INTO things (id, name, quantity) VALUES (9, 'n', 'many')", 1366, exc.DBDataError, {}),
    ("INSERT INTO things (id, name, code) VALUES (9, 'n', 'too long')", 1406, exc.DBDataError, {}),
    ("INSERT INTO things (id, name, quantity) VALUES (9, 'n', 1 / 0)", 1365, exc.DBDataError, {}),
    ("SELECT 18446744073709551615 + 1", 1690, exc.DBDataError, {}),
    ("INSERT INTO things VALUES (9, 'n', 'c', 1, STR_TO_DATE('x', '%Y'), 'a')", 1411, exc.DBDataError, {}),
    (
        "INSERT INTO things (id, name, day) VALUES (9, 'n', DATE_ADD('9999-12-31', INTERVAL 1 DAY))",
        1441,
        exc.DBDataError,
        {},
    ),
    ("SELECT 1 WHERE 1 IN (SELECT id FROM things LIMIT 1)", 1235, exc.DBNotSupportedError, {}),
    ("CREATE TABLE t (id int) ENGINE = missing", 1286, exc.DBNotSupportedError, {}),
    ("ROLLBACK TO SAVEPOINT missing", 1305, exc.DBError, {}),
    ("SELECT missing()", 1305, exc.DBError, {}),
    ("SELECT missing FROM things", 1054, exc.DBNonExistentColumn, {"column": "missing"}),
    ("SELECT t.missing FROM things AS t", 1054, exc.DBNonExistentColumn, {"column": "missing"}),
    ("CREATE TABLE things (id int)", 1050, exc.DBError, {}),
    ("ALTER TABLE things ADD COLUMN name int", 1060, exc.DBError, {}),
    ("SELEC 1", 1064, exc.DBSyntaxError, {}),
    ("INSERT INTO parent VALUES (1, 2)", 1136, exc.DBError, {}),
    ("KILL QUERY CONNECTION_ID()", 1317, exc.DBTimeout, {}),
]


@pytest.mark.parametrize(("statement", "code", "kind", "fields"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_statement(
    connect: Connect, statement: str, code: int, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    check(provoke(run, connect(), statement), kind, code, **fields)


def test_long_value_of_a_duplicate(connect: Connect, is_mariadb: bool) -> None:
    error = provoke(run, connect(), "INSERT INTO wide VALUES (%s)", parameters=(LONG,))
    check(error, exc.DBDuplicateEntry, 1062, columns=["name"], value="x" * 61 + "..." if is_mariadb else LONG)


def test_binary_value_of_a_duplicate(connect: Connect) -> None:
    statement = "INSERT INTO things (id, name, code) VALUES (9, 'n', %s)"
    error = provoke(run, connect(), statement, parameters=(b"\xff\x00",))
    check(error, exc.DBDuplicateEntry, 1062, columns=["name", "code"], value=r"n-\xFF\x00")


def test_duplicate_columns_come_from_the_declared_schema_first(connect: Connect) -> None:
    error = provoke(run, connect(), "INSERT INTO things (id, name, day) VALUES (9, 'n', '2024-01-01')")
    translated = translate(error, unique_columns={"uuid": ["day"]}.get)
    assert isinstance(translated, exc.DBDuplicateEntry)
    assert translated.columns == ["day"]


@pytest.mark.parametrize(
    ("statement", "table", "name"),
    [
        ("INSERT INTO things (id, name, quantity) VALUES (9, 'n', 0)", "things", "quantity_positive"),
        ("INSERT INTO checked VALUES (1, 0)", "checked", "CONSTRAINT_1"),
        ("INSERT INTO marked VALUES (0)", "marked", "marked.id"),
    ],
)
def test_check(connect: Connect, is_mariadb: bool, statement: str, table: str, name: str) -> None:
    error = provoke(run, connect(), statement)
    if is_mariadb:
        check(error, exc.DBConstraintError, 4025, table=table, check_name=name)
    else:
        own = name == "quantity_positive"
        check(error, exc.DBConstraintError, 3819, table=None, check_name=name if own else f"{table}_chk_1")


def test_dropped_parent(connect: Connect, is_mariadb: bool) -> None:
    error = provoke(run, connect(), "DROP TABLE parent")
    if is_mariadb:
        check(error, exc.DBReferenceError, 1451, table=None, constraint=None, key=None, key_table=None)
    else:
        check(error, exc.DBReferenceError, 3730, table="child", key=None, key_table="parent")


@pytest.mark.parametrize(
    ("what", "mariadb", "mysql", "mysql_code"),
    [
        ("CONSTRAINT", exc.DBNonExistentConstraint, exc.DBNonExistentConstraint, 3940),
        ("INDEX", exc.DBError, exc.DBNonExistentConstraint, 1091),
        ("COLUMN", exc.DBError, exc.DBNonExistentConstraint, 1091),
    ],
)
def test_dropped_before(
    connect: Connect,
    is_mariadb: bool,
    what: str,
    mariadb: type[exc.DBError],
    mysql: type[exc.DBError],
    mysql_code: int,
) -> None:
    error = provoke(run, connect(), f"ALTER TABLE things DROP {what} missing")
    kind = mariadb if is_mariadb else mysql
    fields = {"table": None, "constraint": "missing"} if kind is exc.DBNonExistentConstraint else {}
    check(error, kind, 1091 if is_mariadb else mysql_code, **fields)


def test_deadlock(connect: Connect) -> None:
    one, two = connect(), connect()
    for connection, row in ((one, 1), (two, 2)):
        run(connection, "BEGIN", f"SELECT * FROM parent WHERE id = {row} FOR UPDATE")

    def cross(connection: pymysql.Connection[Any], row: int) -> BaseException | None:
        try:
            run(connection, f"SELECT * FROM parent WHERE id = {row} FOR UPDATE")
        except pymysql.MySQLError as error:
            return error
        finally:
            connection.rollback()
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(cross, (one, two), (2, 1)))
    victims = [error for error in outcomes if error is not None]
    assert len(victims) == 1
    check(victims[0], exc.DBDeadlock, 1213)


def test_lock_that_is_not_waited_for(connect: Connect, is_mariadb: bool) -> None:
    one, two = connect(), connect()
    run(one, "BEGIN", "SELECT * FROM parent FOR UPDATE")
    error = provoke(run, two, "SELECT * FROM parent FOR UPDATE NOWAIT")
    check(error, exc.DBDeadlock, 1205 if is_mariadb else 3572)


def test_row_changed_since_the_snapshot(connect: Connect, is_mariadb: bool) -> None:
    if not is_mariadb:
        pytest.skip("MySQL has no innodb_snapshot_isolation")
    one, two = connect(), connect()
    run(one, "SET innodb_snapshot_isolation = ON", "BEGIN", "SELECT * FROM parent")
    run(two, "UPDATE parent SET a = a + 10 WHERE id = 2")
    check(provoke(run, one, "UPDATE parent SET a = 0 WHERE id = 2"), exc.DBDeadlock, 1020)


def test_time_limit_of_a_statement(connect: Connect, is_mariadb: bool) -> None:
    wait = "SELECT COUNT(*) FROM information_schema.columns AS a, information_schema.columns AS b"
    connection = connect()
    if is_mariadb:
        run(connection, "SET max_statement_time = 0.01")
        check(provoke(run, connection, "SELECT SLEEP(10)"), exc.DBTimeout, 1969)
    else:
        run(connection, "SET max_execution_time = 10")
        check(provoke(run, connection, wait), exc.DBTimeout, 3024)


def test_read_only_transaction(connect: Connect) -> None:
    error = provoke(run, connect(), "START TRANSACTION READ ONLY", "DELETE FROM things")
    check(error, exc.DBError, 1792)


def test_killed_from_outside_and_then_closed(connect: Connect) -> None:
    victim, killer = connect(), connect()
    run(killer, f"KILL {victim.thread_id()}")  # type: ignore[no-untyped-call]
    first = provoke(run, victim, "SELECT 1")
    assert first.args[0] in (1927, 2006, 2013)
    check(first, exc.DBConnectionError, first.args[0])
    check(provoke(run, victim, "SELECT 1"), exc.DBConnectionError, 0)
    victim.close()
    check(provoke(victim.close), exc.DBConnectionError, None)


def test_answer_that_does_not_come_in_time(connect: Connect) -> None:
    connection = connect(read_timeout=0.05)
    check(provoke(run, connection, "SELECT SLEEP(1)"), exc.DBConnectionError, 2013)


def test_connection_refused(connect: Connect) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        error = provoke(connect, host="127.0.0.1", port=reserved.getsockname()[1], unix_socket=None)
    check(error, exc.DBConnectionError, 2003)


def test_unknown_database(connect: Connect) -> None:
    error = provoke(connect, database="rawdb_missing")
    check(error, exc.DBNonExistentDatabase, 1049, database="rawdb_missing")


def test_login_and_rights(connect: Connect) -> None:
    check(provoke(connect, user="rawdb_missing", password="wrong-password"), exc.DBAuthenticationError, 1045)
    admin, user, password = connect(), f"rawdb_{secrets.token_hex(6)}", secrets.token_hex(6)
    run(admin, f"CREATE USER {user}@'%%' IDENTIFIED BY '{password}'", parameters=())
    try:
        refused = provoke(connect, user=user, password="wrong-password")
        foreign = provoke(connect, user=user, password=password)
    finally:
        run(admin, f"DROP USER {user}@'%%'", parameters=())
    check(refused, exc.DBAuthenticationError, 1045)
    assert "wrong-password" not in str(translate(refused))
    check(foreign, exc.DBError, 1044)


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("SELECT %s, %s", (1,)),
        ("SELECT %s", (1, 2)),
        ("SELECT %(a)s", {"b": 1}),
        ("SELECT %s", ({},)),
        ("SELECT %s", (float("nan"),)),
    ],
)
def test_wrong_parameters(connect: Connect, statement: str, parameters: Any) -> None:
    error = provoke(run, connect(), statement, parameters=parameters)
    check(error, exc.DBError, None)


def test_lone_surrogate(connect: Connect) -> None:
    error = provoke(run, connect(), "SELECT %s", parameters=("surrogate \ud800",))
    check(error, exc.DBInvalidUnicodeParameter, None)


BY_HAND: list[tuple[pymysql.MySQLError, type[exc.DBError], dict[str, Any]]] = [
    (
        err.IntegrityError(1062, "Duplicate entry 'a-b' for key 'things.uniq_things0name0code'"),
        exc.DBDuplicateEntry,
        {"columns": ["name", "code"], "value": "a-b"},
    ),
    (
        err.IntegrityError(1586, "Duplicate entry '1' for key 'things.PRIMARY'"),
        exc.DBDuplicateEntry,
        {"columns": ["PRIMARY"], "value": "1"},
    ),
    (err.IntegrityError(1062), exc.DBDuplicateEntry, {"columns": [], "value": None}),
    (
        err.IntegrityError(
            1452,
            "Cannot add or update a child row: a foreign key constraint fails"
            ' ("db"."c", CONSTRAINT "f" FOREIGN KEY ("k1", "k2") REFERENCES "p" ("a", "b"))',
        ),
        exc.DBReferenceError,
        {"table": "c", "constraint": "f", "key": "k1, k2", "key_table": "p"},
    ),
    (
        err.IntegrityError(1217, "Cannot delete or update a parent row: a foreign key constraint fails"),
        exc.DBReferenceError,
        {"table": None, "constraint": None, "key": None, "key_table": None},
    ),
    (err.IntegrityError(1216, "?"), exc.DBReferenceError, {"table": None}),
    (
        err.OperationalError(3730, "Cannot drop table 'p' referenced by a foreign key constraint 'f' on table 'c'."),
        exc.DBReferenceError,
        {"table": "c", "constraint": "f", "key": None, "key_table": "p"},
    ),
    (
        err.OperationalError(3819, "Check constraint 'positive' is violated."),
        exc.DBConstraintError,
        {"table": None, "check_name": "positive"},
    ),
    (err.OperationalError(1091, "Can't DROP 'i'; check that column/key exists"), exc.DBNonExistentConstraint, {}),
    (
        err.OperationalError(3940, "Constraint 'c' does not exist."),
        exc.DBNonExistentConstraint,
        {"table": None, "constraint": "c"},
    ),
    (
        err.OperationalError(3821, "Check constraint 'c' is not found in the table."),
        exc.DBNonExistentConstraint,
        {"table": None, "constraint": "c"},
    ),
    (
        err.OperationalError(1025, "Error on rename of './db/t' to './db/#sql2-1-1' (errno: 152)"),
        exc.DBNonExistentConstraint,
        {"table": "t", "constraint": None},
    ),
    (err.OperationalError(1025, "?"), exc.DBError, {}),
    (err.ProgrammingError(1367, "?"), exc.DBDataError, {}),
    (err.OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction"), exc.DBDeadlock, {}),
    (err.OperationalError(3572, "Statement aborted because lock(s) could not be acquired"), exc.DBDeadlock, {}),
    (err.OperationalError(1020, "Record has changed since last read in table 't'"), exc.DBDeadlock, {}),
    (err.OperationalError(3024, "maximum statement execution time exceeded"), exc.DBTimeout, {}),
    (err.OperationalError(1180, "Got error 6 during COMMIT"), exc.DBOutcomeUnknown, {}),
    (err.OperationalError(1047, "WSREP has not yet prepared node for application use"), exc.DBConnectionError, {}),
    *((err.OperationalError(code, "?"), exc.DBConnectionError, {}) for code in CONNECTION_LOST),
    (err.InterfaceError(0, ""), exc.DBConnectionError, {}),
    (err.OperationalError(1698, "Access denied for user 'root'@'localhost'"), exc.DBAuthenticationError, {}),
    (err.InternalError(1139, "Got error 'missing )' from regexp"), exc.DBDataError, {}),
    (err.OperationalError(3692, "Mismatched parenthesis in regular expression."), exc.DBDataError, {}),
    (
        err.OperationalError(1290, "The MariaDB server is running with the --read-only option"),
        exc.DBError,
        {},
    ),
    (err.OperationalError(1836, "Running in read-only mode"), exc.DBError, {}),
    (
        err.OperationalError(1054, "Unknown column 'y2013' in 'field list'"),
        exc.DBNonExistentColumn,
        {"column": "y2013"},
    ),
]


@pytest.mark.parametrize(("error", "kind", "fields"), BY_HAND, ids=[str(row[0]) for row in BY_HAND])
def test_error_by_hand(
    dialect: str, error: pymysql.MySQLError, kind: type[exc.DBError], fields: dict[str, Any]
) -> None:
    check(error, kind, error.args[0], **fields)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (err.InternalError("Packet sequence number wrong - got 1 expected 2"), exc.DBConnectionError),
        (err.InterfaceError("(0, '')"), exc.DBConnectionError),
        (err.DataError("?"), exc.DBDataError),
        (err.NotSupportedError("?"), exc.DBNotSupportedError),
        (err.ProgrammingError("Cursor closed"), exc.DBError),
        (err.Error(), exc.DBError),
    ],
)
def test_error_without_a_number(dialect: str, error: pymysql.MySQLError, kind: type[exc.DBError]) -> None:
    check(error, kind, None)


def test_option_that_has_nothing_to_do_with_reading(dialect: str) -> None:
    error = err.OperationalError(1290, "The server is running with the --secure-file-priv option")
    assert not evicts(error)


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), OSError("x"), KeyboardInterrupt()])
def test_error_of_somebody_else(dialect: str, error: BaseException) -> None:
    assert translate(error) is error
    assert not is_disconnect(error)
    assert not evicts(error)


@pytest.mark.parametrize("language", ["de_DE", "fr_FR", "ru_RU", "ja_JP"])
def test_a_server_of_another_language(connect: Connect, language: str) -> None:
    """What the number says does not depend on the text, nor does the key that is hit."""
    connection = connect(init_command=f"SET SESSION lc_messages = '{language}', sql_mode = 'TRADITIONAL'")
    duplicate = provoke(run, connection, "INSERT INTO things (id, name) VALUES (1, 'n')")
    assert "Duplicate entry" not in str(duplicate)
    check(duplicate, exc.DBDuplicateEntry, 1062, columns=["PRIMARY"], value="1")
    check(provoke(run, connection, "SELECT * FROM missing"), exc.DBNonExistentTable, 1146, table="missing")
    check(provoke(run, connection, "SELECT missing FROM things"), exc.DBNonExistentColumn, 1054, column="missing")
    check(provoke(run, connection, "INSERT INTO things (id) VALUES (9)"), exc.DBNotNullError, 1364, column="name")
