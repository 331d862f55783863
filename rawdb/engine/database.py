"""A database: its URL and options, its pools, its statements, and its `reader` and `writer`."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, Self
from urllib.parse import parse_qsl

from rawdb._hints import did_you_mean
from rawdb.context import ContextRules
from rawdb.dialects import URL, Description, Dialect, get_dialect, parse_url
from rawdb.dialects.translation import translate_error
from rawdb.engine.calls import BoundStatements, bound, handles
from rawdb.engine.config import read_options
from rawdb.engine.connection import Connection
from rawdb.engine.hooks import Hooks, Observer, rewrite_for_ndb, statement_logger
from rawdb.engine.options import DatabaseOptions
from rawdb.engine.pool import Pool
from rawdb.engine.scope import READER, WRITER, current_scope
from rawdb.engine.transactions import Entry, S_co
from rawdb.engine.writer_lock import WriterLock
from rawdb.exceptions import CantStartEngineError, DBConnectionError, DBError, DBNonExistentTable, StatementError
from rawdb.statements.columns import (
    Table,
    check_types,
    lazy_tables,
    load_tables,
    unique_columns,
    with_types,
)
from rawdb.statements.compiled import Cache, Rules
from rawdb.statements.loading import Statement, check_parity, lazy_statements, load_statements

__all__ = ["Database", "DatabaseOptions", "check_parity"]

LOG = logging.getLogger(__name__)
_databases: weakref.WeakSet[Database[Any]] = weakref.WeakSet()


class Database(Generic[S_co]):
    """One database for SQL of your own, or for rawdb's.

    `connection` is its URL, `slave_connection` that of a replica for async readers. `queries` is the folder of
    SQL files, `tables` the declared schema as a CSV file or a mapping of tables; without it, the tables are read from
    the live database. `columns` declares what no catalog tells: `{"notes.labels": "json_list"}`. `rules` fill the slots
    of visibility and scope from a context; without any, those of a RequestContext do. With `lazy` each statement is
    parsed when it is first called, and a fault in one is raised then: for a folder that a test has loaded whole.
    Nothing is opened before the first use. As a context manager it is
    disposed of at the end. See DatabaseOptions for the rest. `Database[Statements]` tells type checkers the class that
    `rawdb sql types` wrote.
    """

    def __init__(
        self,
        connection: str | URL,
        slave_connection: str | URL | None = None,
        *,
        queries: Path | str | None = None,
        tables: Path | str | Mapping[str, Table] | None = None,
        columns: Mapping[str, str] | None = None,
        rules: Rules | None = None,
        lazy: bool = False,
        **options: Any,
    ) -> None:
        for name, given in (("connection", connection), ("slave_connection", slave_connection or connection)):
            if not isinstance(given, (str, URL)):
                raise _no_url(name, given)
        self._made_of = (connection, slave_connection, queries, tables, columns, rules, lazy, dict(options))
        self.options = DatabaseOptions.from_keywords(options)
        extra = dict(parse_qsl(self.options.connection_parameters, keep_blank_values=True))
        self.url = parse_url(connection).with_query(**extra)
        self.replica_url = None if slave_connection is None else parse_url(slave_connection).with_query(**extra)
        if self.replica_url is not None and self.replica_url.dialect != self.url.dialect:
            raise ValueError(f"the replica of a {self.url.dialect} database cannot be {self.replica_url.dialect}")
        #: The dialect that the URL names.
        self.dialect: Dialect = get_dialect(self.url.dialect).configured(self.options.connection)
        self.queries = None if queries is None else Path(queries)
        self.observers: list[Observer] = []
        self._given_tables = tables
        check_types(columns or {})
        self._types = dict(columns or {})
        self._lazy = lazy
        self.rules = ContextRules() if rules is None else rules
        #: The finished texts of its statements; see `len(database.cache)`, `.hits`, `.misses`.
        self.cache = Cache()
        self._lock = threading.RLock()
        self._started: _Started | None = None
        self.reader: Entry[S_co] = Entry(self._itself, READER)
        self.writer: Entry[S_co] = Entry(self._itself, WRITER)
        #: What works in its place, in a test: the one that came last. Looked at by every call, so no property.
        self.stand_in: Database[Any] | None = None
        self._stand_ins: list[Database[Any]] = []
        self._loaded: _Loaded | None = None
        self._of_tables: dict[tuple[str, str], tuple[Table, Statement]] = {}
        _databases.add(self)

    @classmethod
    def from_config(
        cls,
        source: Mapping[str, Any] | Path | str,
        section: str = "database",
        *,
        environ: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Self:
        """A database whose options stand in a section of a file (TOML or INI) or mapping, and in the environment.

        What is given here by keyword comes first, then RAWDB_<OPTION> of the environment, then the file. See
        rawdb.engine.config.read_options for the rest. Raises CantStartEngineError where none of them names a URL.
        """
        given = {**read_options(source, section, environ), **options}
        if not given.get("connection"):
            raise CantStartEngineError(f"no database URL: write connection = ... into [{section}], or set RAWDB_URL")
        return cls(**given)

    def __reduce__(self) -> tuple[Any, ...]:
        # What it was made of, and no connection: for processes that are started by spawn. The password is in it.
        return _rebuilt, (type(self), *self._made_of)

    def _itself(self) -> Database[Any]:
        return self.stand_in or self

    @contextlib.contextmanager
    def replaced_by(self, other: Database[Any]) -> Iterator[Database[Any]]:
        """Within the block, blocks and functions written for this database work on another one: for tests.

        In every thread. What is open on a context stays as it is, so replace it where nothing is.
        """
        if not isinstance(other, Database):
            raise TypeError(f"expected a Database to work on, not {other!r}")
        self._stand_ins.append(other)
        self.stand_in = other
        try:
            yield other
        finally:
            # Blocks of several threads may end in another order than they began.
            last = max(index for index, one in enumerate(self._stand_ins) if one is other)
            del self._stand_ins[last]
            self.stand_in = self._stand_ins[-1] if self._stand_ins else None

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The effective statements of this database's dialect. Where the tables are declared, nothing is opened."""
        started = self._started
        return self._declared().statements if started is None else started.statements

    @property
    def handles(self) -> type[BoundStatements]:
        """The class of the handles of its statements."""
        started = self._started
        return self._declared().handles if started is None else started.handles

    @property
    def tables(self) -> Mapping[str, Table]:
        """The declared tables, or those of the live database."""
        started = self._started
        return self._declared().tables if started is None else started.tables

    @property
    def is_started(self) -> bool:
        """Whether the database was used."""
        return self._started is not None

    def pool(self, *, replica: bool = False) -> Pool:
        """The pool of the master, or of the replica when there is one."""
        started = self._started or self._start()
        if not replica or started.replica is None or (started.replica.is_resting and self.options.replica_fallback):
            return started.master
        return started.replica

    def lent(self) -> list[str]:
        """The connections that are in use now, each with what it does: more than none between calls is a leak."""
        started = self._started
        if started is None:
            return []
        return [loan for pool in (started.master, started.replica) if pool is not None for loan in pool.loans()]

    def sql(self, context: Any = None) -> S_co:
        """The statements of the reader or writer that is open on `context` in this thread."""
        return bound(current_scope(self._itself(), context))  # type: ignore[return-value]

    def inspected(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        """The statement with its tables that are not declared, as far as the live database has them.

        `describe` reads its catalog. Raises StatementError when one that a slot needs is not there either. Those that
        values come from or go to are looked for once, until a server misses a table: some are no tables of this
        database's, such as those of a catalog. Round trips: 2, the first time.
        """
        # The handle of an open block may know it from before.
        found = self.statements[statement.name]
        if found.undeclared is None:
            return self._seeing(found, describe) if found.is_blind else found
        found = self.anew(found, describe)
        if found.undeclared is not None:
            raise StatementError(
                f"{found.location}:1 - {found.name}: the table {found.undeclared} is neither declared nor in the "
                "database; declare its columns, or create it"
            )
        return found

    def _seeing(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        if self._given_tables is not None or statement.name in self._start().looked_for:
            return statement
        with contextlib.suppress(DBError):
            self._publish(describe())
            self._start().looked_for.add(statement.name)
        return self.statements[statement.name]

    def look_for_more(self) -> None:
        """Look once more for tables that were looked for in vain: somebody may make them yet."""
        if self._started is not None:
            self._started.looked_for.clear()

    def anew(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        """The statement as the live database's tables make it now; the same one where they are as they were.

        For a call that names a column which its table did not have. `describe` reads the catalog (2 round trips),
        unless the tables were read since the statement was made.
        """
        found = self.statements[statement.name]
        if found is statement and self._given_tables is None:
            self._publish(describe())
        return self.statements[statement.name]

    def _publish(self, description: Description) -> None:
        """Go on with the tables that a catalog has. It is read before: nobody waits for a connection with the lock."""
        with self._lock:
            self._started = self._with_live_tables(self._start(), self.queries, description)

    def table(self, name: str, describe: Callable[[], Description]) -> Table:
        """A table that is declared, or stands in the live database, whose catalog `describe` reads.

        Raises DBNonExistentTable. Round trips: 2, when the tables are not declared and it was not seen yet.
        """
        found = self.tables.get(name)
        if found is None and self._given_tables is None:
            self._publish(describe())
            found = self.tables.get(name)
        if found is None:
            hint = did_you_mean(name, self.tables)
            raise DBNonExistentTable(name, f"the table {name!r} is neither declared nor in the database{hint}")
        return found

    def table_anew(self, table: Table, describe: Callable[[], Description]) -> Table:
        """The table as the live database has it now; the same one where that is as it was. As `anew` otherwise."""
        if self.tables.get(table.name) is table and self._given_tables is None:
            self._publish(describe())
        return self.tables.get(table.name, table)

    def statement_of(self, table: Table, kind: str) -> Statement:
        """One of the statements that every table has, for rawdb.tables."""
        known = self._of_tables.get((table.name, kind))
        if known is None or known[0] is not table:
            # For rawdb.tables only.
            from rawdb.statements.of_tables import statement_of_table

            known = self._of_tables[table.name, kind] = (table, statement_of_table(table, kind, self.dialect))
        return known[1]

    def look_anew(self) -> None:
        """Forget what is known of the live database's tables: the next statement that needs them reads its catalog.

        For whoever changes tables; declared tables stay as they are declared. A block that is open is not disturbed.
        """
        started = self._started
        if started is None or self._given_tables is not None:
            return
        connection = started.master.acquire()
        try:
            description = connection.describe()
        finally:
            started.master.release(connection)
        self._publish(description)

    def dispose(self) -> None:
        """Close all connections. The database can be used again and then opens new ones."""
        with self._lock:
            started, self._started, self._loaded = self._started, None, None
        if started is not None:
            started.master.dispose()
            if started.replica is not None:
                started.replica.dispose()

    def server_version(self) -> str:
        """Name and version of the server."""
        pool = self.pool()
        connection = pool.acquire()
        try:
            return self.dialect.version(connection.raw)
        finally:
            pool.release(connection)

    def _start(self) -> _Started:
        started = self._started
        if started is None:
            with self._lock:
                started = self._started
                if started is None:
                    started = self._started = self._open()
        return started

    def _declared(self) -> _Loaded:
        """Statements and tables as the files have them; the live database is asked only for what they do not."""
        if self._given_tables is None and self.queries is not None:
            return self._start()
        with self._lock:
            if self._loaded is None:
                self._loaded = _Loaded(*self._load())
            return self._loaded

    def __enter__(self) -> Database[S_co]:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def _open(self) -> _Started:
        loaded = self._loaded
        tables, statements = self._load() if loaded is None else (loaded.tables, loaded.statements)
        hooks = Hooks(
            observers=self.observers,
            logger=statement_logger(self.options.connection_debug, self.options.logging_name),
            trace=self.options.connection_trace,
            rewrite=rewrite_for_ndb if self.options.mysql_enable_ndb else None,
            unique_columns=unique_columns(tables),
        )
        master = self._make_pool(self.url, hooks)
        replica = None if self.replica_url is None else self._make_pool(self.replica_url, hooks, replica=True)
        if self.options.max_retries != 0:
            self._connect_first(master)
        started = _Started(master, replica, hooks, tables, statements)
        if self._given_tables is None and self.queries is not None:
            connection = master.acquire()
            try:
                started = self._with_live_tables(started, self.queries, connection.describe())
            finally:
                master.release(connection)
        return started

    def _load(self) -> tuple[Mapping[str, Table], Mapping[str, Statement]]:
        given, queries = self._given_tables, self.queries
        if isinstance(given, (Path, str)) and queries is not None:
            changed = _newest_change(Path(given), queries)
            types = tuple(self._types.items())
            return _load_files(Path(given), queries, self.dialect, self.rules.none_is_null, self._lazy, types, changed)
        tables = self._load_tables()
        return tables, {} if queries is None else self._load_statements(queries, tables)

    def _with_live_tables(self, started: _Started, queries: Path | None, description: Description) -> _Started:
        """The same with the tables that the live database has now, and statements that know them."""
        # With declared tables it is not needed.
        from rawdb.statements.live import live_tables

        tables = with_types(live_tables(description, self.dialect.name), self._types)
        if tables == started.tables:
            return started
        started.hooks.unique_columns = unique_columns(tables)
        statements = {} if queries is None else self._load_statements(queries, tables)
        return _Started(started.master, started.replica, started.hooks, tables, statements)

    def _load_statements(self, queries: Path, tables: Mapping[str, Table]) -> Mapping[str, Statement]:
        load = lazy_statements if self._lazy else load_statements
        return load(queries, self.dialect, tables, none_is_null=self.rules.none_is_null)

    def _load_tables(self) -> Mapping[str, Table]:
        given = self._given_tables
        if given is None or isinstance(given, Mapping):
            return with_types(given or {}, self._types)
        return with_types(lazy_tables(given) if self._lazy else load_tables(given), self._types)

    def _make_pool(self, url: URL, hooks: Hooks, *, replica: bool = False) -> Pool:
        options = self.options
        waits = not (replica and options.replica_fallback)
        size, overflow = options.max_pool_size, options.max_overflow
        if url.is_memory:
            # A private memory database lives in its one connection, which all threads take in turn.
            size, overflow = 1, 0
        pool = Pool(
            self._connector(url, hooks),
            size=size,
            overflow=overflow,
            timeout=options.pool_timeout,
            recycle=-1 if url.is_memory else options.connection_recycle_time,
            idle_check=options.idle_check,
            ping_timeout=min(options.connection.connect_timeout, options.connection.read_timeout),
            checkin=options.thread_checkin,
            restart_timeout=options.restart_timeout if waits else 0.0,
            on_checkin=options.connection.on_checkin,
            keeps_marked=url.is_memory,
            file=None if url.dialect != "sqlite" or url.is_memory else os.path.realpath(url.database or ""),
            writer_lock=WriterLock(options.connection.sqlite_busy_timeout) if self.dialect.single_writer else None,
        )
        for function in options.on_engine_create:
            function(pool)
        return pool

    def _connector(self, url: URL, hooks: Hooks) -> Callable[[], Connection]:
        dialect, settings = self.dialect, self.options.connection

        def connect() -> Connection:
            try:
                raw = dialect.connect(url, settings)
            except Exception as error:
                if dialect.is_driver_error(error):
                    raise _unconnected(error, url) from error
                raise
            return Connection(raw, dialect, hooks)

        return connect

    def _connect_first(self, pool: Pool) -> None:
        attempt = 0
        while True:
            attempt += 1
            try:
                pool.release(pool.acquire(patient=False))
                return
            except DBConnectionError as error:
                LOG.warning("cannot connect (attempt %d): %s", attempt, error)
                if 0 <= self.options.max_retries <= attempt:
                    raise
            time.sleep(self.options.retry_interval)

    def __repr__(self) -> str:
        return f"Database({str(self.url)!r})"


def _unconnected(error: Exception, url: URL) -> Exception:
    """The error of an attempt to connect: it names the server, and what may be behind it."""
    translated = translate_error(error, url.dialect, connecting=True)
    if isinstance(translated, DBError):
        translated.server = str(url)
        if isinstance(translated, DBConnectionError):
            translated.hint = "is the server running, and is the URL right?"
    return translated


def _no_url(name: str, given: Any) -> TypeError:
    # Only its type: what was meant for a URL may hold a password.
    kind = type(given).__name__
    return TypeError(f"{name}: expected a database URL such as sqlite:///cloud.db, not a value of type {kind}")


def _rebuilt(
    kind: type[Database],
    connection: Any,
    slave: Any,
    queries: Any,
    tables: Any,
    columns: Any,
    rules: Any,
    lazy: bool,
    options: dict[str, Any],
) -> Database:
    return kind(connection, slave, queries=queries, tables=tables, columns=columns, rules=rules, lazy=lazy, **options)


@functools.lru_cache(maxsize=8)
def _load_files(
    tables_file: Path,
    queries: Path,
    dialect: Dialect,
    none_is_null: bool,
    lazy: bool,
    types: tuple[tuple[str, str], ...],
    newest_change: int,
) -> tuple[Mapping[str, Table], Mapping[str, Statement]]:
    """Tables and statements of some files, parsed once for all databases that use them as they are now."""
    tables = with_types(lazy_tables(tables_file) if lazy else load_tables(tables_file), dict(types))
    load = lazy_statements if lazy else load_statements
    return tables, load(queries, dialect, tables, none_is_null=none_is_null)


def _newest_change(tables_file: Path, queries: Path) -> int:
    """When the newest of the files was changed (a removed file changes its folder)."""
    paths = [str(tables_file), str(tables_file.with_name("indexes.csv")), str(queries)]
    for folder, folders, files in os.walk(queries):
        paths += [os.path.join(folder, name) for name in (*folders, *files)]  # noqa: PTH118 - a tenth of pathlib's time
    return max(map(_changed, paths), default=0)


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


class _Loaded:
    """What the files say: tables, and statements that know them."""

    def __init__(self, tables: Mapping[str, Table], statements: Mapping[str, Statement]) -> None:
        self.tables = tables
        self.statements = statements
        self.handles = handles()


class _Started(_Loaded):
    """The same, and where it is used. Never changed: who holds one may go on with it."""

    def __init__(
        self,
        master: Pool,
        replica: Pool | None,
        hooks: Hooks,
        tables: Mapping[str, Table],
        statements: Mapping[str, Statement],
    ) -> None:
        super().__init__(tables, statements)
        self.master = master
        self.replica = replica
        self.hooks = hooks
        #: The statements whose tables are not there, or not of this database.
        self.looked_for: set[str] = set()


def _after_fork() -> None:
    for database in list(_databases):
        # Another thread of the parent may have held it, and is not here to give it back.
        database._lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)
