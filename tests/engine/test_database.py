"""A database: its options, what is done with every statement, its errors, its tables without a declaration."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import rawdb
import rawdb.default
from rawdb.dialects import ConnectionOptions, get_dialect, parse_url
from rawdb.dialects.mysql import MySQL, _tls_context
from rawdb.engine.database import Database
from rawdb.engine.hooks import rewrite_for_ndb
from rawdb.engine.options import DatabaseOptions
from rawdb.exceptions import (
    DBConnectionError,
    DBDuplicateEntry,
    DBError,
    DBNonExistentDatabase,
    NotSupportedWarning,
    OsloDBDeprecationWarning,
    StatementError,
)
from rawdb.testing.databases import connected
from tests.engine.conftest import Open
from tests.support.rows import there


def value(database: Database, text: str) -> Any:
    """The one value that a query of one's own gives."""
    with database.reader.autocommit.using(object()) as sql:
        return sql.execute(text).rows[0][0]


class TestOptions:
    def test_defaults(self) -> None:
        options = DatabaseOptions.from_keywords({})
        assert (options.max_pool_size, options.max_overflow, options.pool_timeout) == (5, 50, 30)
        assert (options.connection_recycle_time, options.max_retries) == (3600, 10)
        # A web request hangs for so long when its server is down.
        assert options.max_retries * options.retry_interval <= 5
        assert options.connection.mysql_sql_mode == "TRADITIONAL"
        assert options.connection.sqlite_synchronous is True
        assert options.connection.sqlite_fk is False
        assert options.synchronous_reader is True
        assert options.thread_checkin is True

    def test_unknown_names_are_refused(self) -> None:
        with pytest.raises(TypeError, match="unknown option 'max_pol_size'; did you mean max_pool_size"):
            Database("sqlite://", max_pol_size=3)

    def test_numbers_and_switches_as_configuration_files_give_them(self) -> None:
        options = Database(
            "sqlite://", max_pool_size="7", pool_timeout="2.5", sqlite_fk="yes", max_retries="-1"
        ).options
        assert (options.max_pool_size, options.pool_timeout, options.max_retries) == (7, 2.5, -1)
        assert options.connection.sqlite_fk is True

    def test_names_without_effect_are_taken(self, recwarn: pytest.WarningsRecorder) -> None:
        database = Database(
            "sqlite://",
            backend="sqlalchemy",
            use_db_reconnect=False,
            db_retry_interval=1,
            db_inc_retry_interval=True,
            db_max_retry_interval=10,
            db_max_retries=20,
            expire_on_commit=False,
            flush_on_subtransaction=False,
            rollback_reader_sessions=False,
        )
        assert database.options == DatabaseOptions()
        assert not recwarn.list

    def test_the_old_name_of_the_age(self) -> None:
        with pytest.warns(OsloDBDeprecationWarning, match="connection_recycle_time"):
            database = Database("sqlite://", idle_timeout=7)
        assert database.options.connection_recycle_time == 7

    def test_options_of_the_connection_are_given_flat(self) -> None:
        database = Database("sqlite://", sqlite_fk=True, read_timeout=3)
        assert database.options.connection.sqlite_fk is True
        assert database.options.connection.read_timeout == 3

    def test_connection_parameters(self) -> None:
        database = Database("mysql://u@h/d?a=1", connection_parameters="charset=utf8mb4&b=")
        assert database.url.query == {"a": "1", "charset": "utf8mb4", "b": ""}

    def test_nothing_is_opened_before_the_first_use(self) -> None:
        database = Database("sqlite:////nowhere/at/all.db")
        assert not database.is_started
        assert database.lent() == []
        assert repr(database) == "Database('sqlite:////nowhere/at/all.db')"

    def test_on_engine_create(self, url: str, open_database: Open) -> None:
        pools: list[Any] = []
        database = open_database(url, slave_connection=url, on_engine_create=[pools.append])
        assert pools == []
        assert [database.pool(), database.pool(replica=True)] == pools

    def test_on_connect(self, url: str, open_database: Open) -> None:
        raws: list[Any] = []
        database = open_database(url, on_connect=[raws.append])
        connection = database.pool().acquire()
        assert raws == [connection.raw]
        database.pool().release(connection)


class TestFirstConnection:
    def test_attempts(self, open_database: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        pauses: list[float] = []
        monkeypatch.setattr("rawdb.engine.database.time.sleep", pauses.append)
        database = open_database("mysql://u:secret@127.0.0.1:1/d", max_retries=3, retry_interval=7)
        with pytest.raises(DBConnectionError):
            database.pool()
        assert pauses == [7, 7]
        assert not database.is_started

    def test_what_is_no_matter_of_time(self, url: str, open_database: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rawdb.engine.database.time.sleep", lambda pause: pytest.fail("it waits"))
        missing = parse_url(url).with_database("/nowhere/x.db" if url.startswith("sqlite") else "rawdb_not_there")
        with pytest.raises(DBNonExistentDatabase):
            open_database(missing.render(), max_retries=3).pool()

    @pytest.mark.dialects("mysql")
    def test_a_refused_login(self, url: str, open_database: Open) -> None:
        host = parse_url(url)
        wrong = f"mysql://nobody:secret-word@{host.host}:{host.port}/{host.database}"
        with pytest.raises(DBError) as raised:
            open_database(wrong, max_retries=3).pool()
        assert not isinstance(raised.value, DBConnectionError)
        assert "secret-word" not in str(raised.value)

    def test_started_once(self, url: str, open_database: Open) -> None:
        pools: list[Any] = []
        database = open_database(url, max_retries=1, on_engine_create=[pools.append])
        threads = [threading.Thread(target=database.pool) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(pools) == 1

    def test_a_failed_start_is_tried_again(self, url: str, open_database: Open, tmp_path: Path) -> None:
        database = open_database(url, queries=tmp_path / "later")
        with pytest.raises(StatementError):
            _ = database.statements
        (tmp_path / "later").mkdir()
        assert database.statements == {}


class TestTagTraceAndLog:
    def test_the_tag_is_on_the_wire(self, database: Database) -> None:
        texts: list[str] = []
        database.observers.append(lambda name, text: texts.append(text))
        with database.reader.autocommit.using(None) as sql:
            sql.thing_count()
        assert texts == ["/* rawdb:thing_count */ SELECT COUNT(*) AS things FROM things AS t"]

    @pytest.mark.dialects("postgresql")
    def test_the_server_shows_it(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            sql.thing_count()
            with connected(database.url) as run:
                shown = run("SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in%%'").rows
        assert any("rawdb:thing_count" in row[0] for row in shown)

    def test_trace(self, url: str, open_database: Open) -> None:
        database = open_database(url, connection_trace=True)
        texts: list[str] = []
        database.observers.append(lambda name, text: texts.append(text))

        def caller_with_percent_100() -> None:
            with database.writer.using(None) as sql:
                sql.thing_create(values={"name": "a"})

        caller_with_percent_100()
        assert len(texts) == 3
        for text in texts:
            assert text.endswith(" */")
            trace = text[text.rindex("/* File: ") :]
            assert trace.startswith(f"/* File: {__file__} (")
            assert ") caller_with_percent_100; File: " in trace
            assert trace.count("File: ") == 3
            assert "rawdb/engine" not in trace

    def test_trace_of_odd_paths(self, url: str, open_database: Open, tmp_path: Path) -> None:
        database = open_database(url, connection_trace=True)
        text = "def run(database):\n    with database.reader.using(None) as sql:\n        return sql.thing_count()\n"
        scope: dict[str, Any] = {}
        exec(compile(text, str(tmp_path / "a*" / "100% :name ' ?.py"), "exec"), scope)
        assert scope["run"](database) == 0

    @pytest.mark.parametrize(
        ("debug", "level"),
        [
            (100, logging.DEBUG),
            (500, logging.DEBUG),
            (50, logging.INFO),
            (99, logging.INFO),
            (49, logging.WARNING),
            (0, logging.WARNING),
        ],
    )
    @pytest.mark.dialects("sqlite")
    def test_levels(self, url: str, open_database: Open, debug: int, level: int) -> None:
        open_database(url, connection_debug=debug, logging_name="levels").pool()
        assert logging.getLogger("rawdb.statements.levels").level == level

    @pytest.mark.dialects("sqlite")
    def test_a_level_that_is_left_alone(self, url: str, open_database: Open) -> None:
        logger = logging.getLogger("rawdb.statements.alone")
        logger.setLevel(logging.CRITICAL)
        open_database(url, connection_debug=-1, logging_name="alone").pool()
        assert logger.level == logging.CRITICAL

    def test_what_is_logged(self, url: str, open_database: Open, caplog: pytest.LogCaptureFixture) -> None:
        def logged(debug: int, name: str) -> list[str]:
            database = open_database(url, connection_debug=debug, logging_name=name)
            caplog.clear()
            with database.writer.using(None) as sql:
                sql.thing_create(values={"name": f"secret-{name}"})
            return [record.getMessage() for record in caplog.records if record.name == f"rawdb.statements.{name}"]

        assert logged(0, "none") == []
        assert logged(50, "names") == ["BEGIN", "thing_create", "COMMIT"]
        create = logged(100, "texts")[1]
        assert "INSERT INTO things" in create
        assert "secret" not in create


class Missing(DBError):
    """An application's own class of error."""


class TestErrors:
    def test_an_error_names_its_statement(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
        with pytest.raises(DBDuplicateEntry) as raised, database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a", "note": "bound-secret"})
        error = raised.value
        assert error.columns == ["name", "deleted"]
        assert error.statement == "thing_create"
        assert error.location is not None
        assert error.location.endswith("things.sql:3")
        assert error.dialect == database.url.dialect
        assert error.__cause__ is error.inner_exception
        assert database.dialect.is_driver_error(there(error.inner_exception))
        assert "[thing_create, " in str(error)
        assert "bound-secret" not in str(error)

    def test_keys_are_known_by_the_declaration(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            # Far from the numbers that the server gives by itself, which an explicit one does not move everywhere.
            sql.thing_create(values={"id": 1000, "name": "a", "size": 1})
        for values, columns in (({"id": 1000, "name": "b"}, ["id"]), ({"name": "c", "size": 1}, ["kind", "size"])):
            with pytest.raises(DBDuplicateEntry) as raised, database.writer.using(None) as sql:
                sql.thing_create(values=values)
            assert raised.value.columns == columns

    def test_a_text_that_cannot_be_sent(self, database: Database) -> None:
        with database.writer.using(None) as sql, pytest.raises(rawdb.exceptions.DBInvalidUnicodeParameter):
            sql.execute("SELECT :a", {"a": "\ud800"})
        with database.reader.using(None) as sql:
            assert sql.thing_count() == 0

    def test_missing_table(self, database: Database) -> None:
        with pytest.raises(rawdb.exceptions.DBNonExistentTable) as raised, database.reader.using(None) as sql:
            sql.execute("SELECT 1 FROM not_there")
        assert raised.value.table == "not_there"

    def test_own_rules(self, database: Database) -> None:
        @rawdb.filters(database.url.dialect, regex="not_there")
        def missing(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> Exception:
            return Missing(error)

        try:
            with pytest.raises(Missing) as raised, database.reader.using(None) as sql:
                sql.execute("SELECT 1 FROM not_there")
        finally:
            rawdb.remove_filters(missing)
        assert raised.value.statement == "execute"
        assert database.dialect.is_driver_error(there(raised.value.inner_exception))

    @pytest.mark.dialects("sqlite")
    def test_own_rules_while_connecting(self, open_database: Open, tmp_path: Path) -> None:
        @rawdb.filters("sqlite", codes=14)
        def missing(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> Exception:
            return Missing(error)

        database = open_database(f"sqlite:///{tmp_path}/no/folder.db")
        try:
            with pytest.raises(Missing), database.reader.using(None) as sql:
                sql.thing_count()
        finally:
            rawdb.remove_filters(missing)


class TestDialectOptions:
    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            ("TRADITIONAL", "TRADITIONAL"),
            ("ANSI_QUOTES", "ANSI_QUOTES"),
            ("", "STRICT_TRANS_TABLES"),
            (None, "STRICT_TRANS_TABLES"),
        ],
    )
    def test_sql_mode(self, url: str, open_database: Open, mode: str | None, expected: str) -> None:
        found = value(open_database(url, mysql_sql_mode=mode), "SELECT @@SESSION.sql_mode")
        assert expected in found
        assert bool(found) == bool(expected)

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize(
        ("mode", "warned"),
        [("TRADITIONAL", False), ("STRICT_ALL_TABLES", False), ("ANSI", True), ("", True), (None, True)],
    )
    def test_a_mode_that_lets_wrong_values_in(
        self,
        url: str,
        open_database: Open,
        mode: str | None,
        warned: bool,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("rawdb.dialects.mysql._modes_warned_of", set())
        database = open_database(url, mysql_sql_mode=mode)
        connections = [database.pool().acquire() for _ in range(2)]
        for connection in connections:
            database.pool().release(connection)
        texts = [record.getMessage() for record in caplog.records if record.name == "rawdb.dialects.mysql"]
        assert len(texts) == (1 if warned else 0)
        assert all("STRICT_ALL_TABLES" in text for text in texts)

    @pytest.mark.dialects("mysql")
    def test_rows_are_counted_as_matched(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO parts (name) VALUES ('x')")
            assert sql.execute("UPDATE parts SET name = 'x'").matched == 1

    @pytest.mark.dialects("mysql")
    def test_an_unknown_option_of_the_url(self, url: str, open_database: Open) -> None:
        database = open_database(f"{url}?zork=1")
        with pytest.warns(NotSupportedWarning, match="'zork'"):
            database.pool().release(database.pool().acquire())

    @pytest.mark.dialects("mysql")
    def test_wsrep_sync_wait(self, url: str, open_database: Open) -> None:
        database = open_database(url, mysql_wsrep_sync_wait=1)
        assert value(database, "SELECT @@SESSION.wsrep_sync_wait") == 1

    @pytest.mark.dialects("postgresql")
    def test_options_of_the_url(self, url: str, open_database: Open) -> None:
        database = open_database(f"{url}?application_name=my-service&options=-c%20statement_timeout%3D12345")
        assert value(database, "SHOW application_name") == "my-service"
        assert value(database, "SHOW statement_timeout") == "12345ms"
        assert value(open_database(url), "SHOW application_name") == "rawdb"

    @pytest.mark.dialects("postgresql")
    def test_an_unknown_option_of_a_postgresql_url(self, url: str, open_database: Open) -> None:
        with pytest.raises(DBError, match="zork"):
            open_database(f"{url}?zork=1").pool().acquire()

    @pytest.mark.dialects("postgresql")
    def test_json(self, url: str, open_database: Open) -> None:
        database = open_database(url, json_deserializer=lambda text: ("read", bytes(text).decode()))
        assert value(database, "SELECT CAST('[1]' AS json)") == ("read", "[1]")

    @pytest.mark.dialects("sqlite")
    @pytest.mark.parametrize("enforced", [True, False])
    def test_foreign_keys(self, url: str, open_database: Open, enforced: bool) -> None:
        assert value(open_database(url, sqlite_fk=enforced), "PRAGMA foreign_keys") == int(enforced)

    @pytest.mark.dialects("sqlite")
    @pytest.mark.parametrize(("synchronous", "number"), [(True, 2), (False, 0)])
    def test_synchronous(self, url: str, open_database: Open, synchronous: bool, number: int) -> None:
        assert value(open_database(url, sqlite_synchronous=synchronous), "PRAGMA synchronous") == number

    @pytest.mark.dialects("sqlite")
    def test_pages_that_are_kept(self, url: str, open_database: Open) -> None:
        """Sixteen megabytes, or what a hook says."""
        assert value(open_database(url), "PRAGMA cache_size") == -16000
        other = open_database(url, on_connect=[lambda raw: raw.execute("PRAGMA cache_size = -500")])
        assert value(other, "PRAGMA cache_size") == -500

    @pytest.mark.dialects("sqlite")
    def test_a_read_only_file(self, url: str, open_database: Open) -> None:
        with open_database(url).writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
        database = open_database(f"{url}?mode=ro")
        with database.reader.using(None) as sql:
            assert sql.thing_count() == 1
        with pytest.raises(DBError, match="readonly"), database.writer.using(None) as sql:
            sql.thing_create(values={"name": "b"})

    @pytest.mark.dialects("sqlite")
    def test_a_file_of_an_odd_name(self, tmp_path: Path, open_database: Open) -> None:
        for name in ("a b%20c.db", "d#e.db"):
            for query in ("", "?cache=private"):
                path = tmp_path / name
                database = open_database(f"sqlite:///{path}{query}", queries=None)
                with database.writer.using(None) as sql:
                    sql.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER)")
                assert path.exists()

    @pytest.mark.dialects("sqlite")
    def test_regexp(self, database: Database) -> None:
        assert value(database, "SELECT 'abcd' REGEXP 'b.d'") == 1
        assert value(database, "SELECT 12345 REGEXP '^123'") == 1

    @pytest.mark.dialects("sqlite")
    def test_ddl_is_transactional(self, database: Database) -> None:
        with pytest.raises(Stop), database.writer.using(None) as sql:
            sql.execute("CREATE TABLE t (a INTEGER)")
            raise Stop
        assert value(database, "SELECT COUNT(*) FROM sqlite_master WHERE name = 't'") == 0

    def test_ndb(self, url: str, open_database: Open) -> None:
        database = open_database(url, mysql_enable_ndb=True)
        texts: list[str] = []
        database.observers.append(lambda name, text: texts.append(text))
        if database.url.dialect == "mysql":
            with pytest.raises(Stop), database.writer.using(None) as sql:
                with database.writer.savepoint.using(None):
                    sql.thing_create(values={"name": "a"})
                raise Stop
            assert [text for text in texts if "SAVEPOINT" in text] == []
            assert texts[1].startswith("SET @")
        else:
            with database.reader.using(None) as sql:
                sql.thing_count()
            assert texts[1].startswith("/* rawdb:thing_count */ SELECT")


class Stop(Exception):
    """Ends a block."""


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("CREATE TABLE t (a INT) ENGINE=InnoDB", "CREATE TABLE t (a INT) ENGINE=NDBCLUSTER"),
        (
            "create table t (a int) engine = innodb charset=utf8",
            "create table t (a int) engine = NDBCLUSTER charset=utf8",
        ),
        ("SAVEPOINT x", "SET @rawdb_savepoint = 0"),
        ("  savepoint x", "SET @rawdb_savepoint = 0"),
        ("/* rawdb:x */ RELEASE SAVEPOINT x", "SET @rawdb_savepoint = 0"),
        ("ROLLBACK TO SAVEPOINT x", "SET @rawdb_savepoint = 0"),
        ("ROLLBACK", "ROLLBACK"),
        ("SELECT 'innodb'", "SELECT 'innodb'"),
    ],
)
def test_rewriting_for_ndb(text: str, rewritten: str) -> None:
    assert rewrite_for_ndb(text) == rewritten


class TestTls:
    def test_without_it(self) -> None:
        assert _tls_context({}) is None
        assert _tls_context({"charset": "utf8mb4"}) is None
        assert _tls_context({"ssl": "false", "ssl_ca": "unread.pem"}) is None

    @pytest.mark.dialects("mysql")
    def test_switched_off(self, url: str, open_database: Open) -> None:
        """Such a connection asks for no TLS, not even where the server has it."""
        database = open_database(f"{url}?ssl=false")
        connection = database.pool().acquire()
        try:
            assert connection.raw.ssl is False
        finally:
            database.pool().release(connection)

    def test_verified_unless_said_otherwise(self) -> None:
        context = _tls_context({"ssl": "true"})
        assert context is not None
        assert context.check_hostname
        context = _tls_context({"ssl_verify": "false"})
        assert context is not None
        assert not context.check_hostname

    def test_files(self, tmp_path: Path, certificate: Callable[[], tuple[Path, Path]]) -> None:
        certificate_file, key_file = certificate()
        context = _tls_context(
            {"ssl_ca": str(certificate_file), "ssl_cert": str(certificate_file), "ssl_key": str(key_file)}
        )
        assert context is not None
        assert len(context.get_ca_certs()) == 1
        with pytest.raises(FileNotFoundError):
            _tls_context({"ssl_ca": str(tmp_path / "missing.pem")})

    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Callable[[], tuple[Path, Path]]:
        def make() -> tuple[Path, Path]:
            certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
                 "-keyout", str(key), "-out", str(certificate)],
                check=True, capture_output=True,
            )  # fmt: skip
            return certificate, key

        return make


@pytest.mark.dialects("sqlite")
def test_many_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    """The first of them turns it to WAL; nobody is refused."""
    script = dedent(
        f"""
        from rawdb.engine.database import Database
        database = Database("sqlite:///{tmp_path}/new.db", max_retries=1)
        @database.writer
        def work(context):
            sql = database.sql(context)
            sql.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER)")
            sql.execute("INSERT INTO t (a) VALUES (1)")
        for _ in range(5):
            work(None)
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    processes = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    errors = [process.communicate()[1] for process in processes]
    assert errors == [""] * 8
    with connected(f"sqlite:///{tmp_path}/new.db") as run:
        assert run("SELECT COUNT(*) FROM t").rows == [(40,)]


@pytest.mark.dialects("sqlite")
def test_many_connections_to_a_new_file_at_once(tmp_path: Path) -> None:
    """The busy handler is not asked where two turn a file to WAL: some 10 of 100 files were refused without a wait."""
    together = threading.Barrier(4)

    def connect(name: str) -> str:
        together.wait()
        raw = get_dialect("sqlite").connect(parse_url(f"sqlite:///{tmp_path}/{name}"), ConnectionOptions())
        try:
            return str(raw.execute("PRAGMA journal_mode").fetchone()[0])
        finally:
            raw.close()

    with ThreadPoolExecutor(4) as threads:
        for number in range(100):
            assert list(threads.map(connect, [f"{number}.db"] * 4)) == ["wal"] * 4


def test_server_version(database: Database) -> None:
    name = {"postgresql": "PostgreSQL", "mysql": "M", "sqlite": "SQLite"}[database.url.dialect]
    assert database.server_version().startswith(name) or "MariaDB" in database.server_version()


def test_options_reach_the_dialect() -> None:
    assert ConnectionOptions().on_connect == ()
    assert isinstance(get_dialect("mysql"), MySQL)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("max_pool_size", "seven", "a number"),
        ("max_pool_size", "7.5", "a number"),
        ("pool_timeout", "", "a number"),
        ("sqlite_fk", "perhaps", "True or False"),
        ("mysql_wsrep_sync_wait", "x", "a number"),
        ("thread_checkin", "perhaps", "True or False"),
        ("max_overflow", True, "a number"),
        ("sqlite_fk", 1, "True or False"),
        ("read_timeout", None, "a number"),
        ("retry", 20, "a RetryPolicy"),
        ("retry", None, "a RetryPolicy"),
        ("on_connect", print, "a list of functions"),
        ("on_checkin", "print", "a list of functions"),
        ("on_engine_create", [print, 5], "a list of functions"),
        ("json_serializer", "json.dumps", "a function"),
    ],
)
def test_an_option_of_a_wrong_type_is_named(name: str, value: Any, wanted: str) -> None:
    with pytest.raises(TypeError, match=f"option {name} takes {wanted}.*, not {re.escape(repr(value))}"):
        Database("sqlite://", **{name: value})


def test_options_as_texts() -> None:
    """Configuration files and the environment know nothing but texts."""
    given: dict[str, Any] = {
        "max_pool_size": "7",
        "pool_timeout": "2.5",
        "max_overflow": "-1",
        "thread_checkin": "no",
        "connection_debug": "100",
        "sqlite_fk": "True",
        "sqlite_synchronous": "off",
        "read_timeout": "3",
        "mysql_wsrep_sync_wait": "7",
        "logging_name": "7",
    }
    options = Database("sqlite://", **given).options
    assert (options.max_pool_size, options.pool_timeout, options.max_overflow) == (7, 2.5, -1)
    assert (options.thread_checkin, options.connection_debug, options.logging_name) == (False, 100, "7")
    connection = options.connection
    assert (connection.sqlite_fk, connection.sqlite_synchronous, connection.read_timeout) == (True, False, 3.0)
    assert connection.mysql_wsrep_sync_wait == 7


def test_options_do_not_show_a_password() -> None:
    database = Database("mysql://u@h/d", connection_parameters="ssl_key_password=zz-secret")
    assert "zz-secret" not in f"{database!r} {database.options!r} {database.url!r}"
