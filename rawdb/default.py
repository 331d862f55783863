"""The process-wide database that `rawdb.api` works on, configured by `rawdb.configure` or by RAWDB_URL and its kin."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from rawdb import options as service
from rawdb._house import sql_root
from rawdb.context import ContextRules
from rawdb.engine.calls import BoundStatements, bound
from rawdb.engine.config import from_environment
from rawdb.engine.database import Database
from rawdb.engine.options import check_names
from rawdb.engine.scope import current_scope
from rawdb.engine.transactions import READER, WRITER, Entry, S_co
from rawdb.exceptions import AlreadyStartedError, CantStartEngineError

_OF_DATABASE = ("connection", "slave_connection", "queries", "tables", "columns")
T = TypeVar("T")
_lock = threading.RLock()
_settings: dict[str, Any] = {}
_defaults: dict[str, Any] = {}
_database: Database | None = None


def configure(**options: Any) -> None:
    """Set options of the default database (`connection=URL`, ...) and of the service.

    With `queries`, a folder of SQL of your own, it is a database for that: its tables are read from the live database
    unless `tables` declares them, as with `rawdb.Database`.

    They come before those of the environment (RAWDB_<OPTION>). Service options (`instance_name_template`, ...) may
    change at any time. The others may not once the database was used: AlreadyStartedError. Unknown names only warn
    (NotSupportedWarning).
    """
    _configure(_settings, options)


def configure_defaults(**options: Any) -> None:
    """Set options of the default database that give way to those of `configure` and of the environment.

    Raises TypeError for a service option, which has a default, and errors as `configure`.
    """
    for name in options:
        if service.is_service_option(name):
            raise TypeError(f"{name} is a service option, with a default of its own: use configure")
    _configure(_defaults, options)


def _configure(settings: dict[str, Any], options: dict[str, Any]) -> None:
    global _database
    for_service = {name: value for name, value in options.items() if service.is_service_option(name)}
    others = {name: value for name, value in options.items() if name not in for_service}
    for_database = check_names(others, also=_OF_DATABASE, stacklevel=4)
    with _lock:
        if for_database and _database is not None and _database.is_started:
            raise AlreadyStartedError("the database is in use: call rawdb.dispose() before changing its options")
        service.options.set(**for_service)
        if for_database:
            settings.update(for_database)
            _database = None


def dispose() -> None:
    """Close the default database's pools and forget its options; `configure` may be called again."""
    global _database
    with _lock:
        database, _database = _database, None
        _settings.clear()
        _defaults.clear()
    if database is not None:
        database.dispose()


def default_database() -> Database:
    """The default database. Raises CantStartEngineError when no URL was configured."""
    global _database
    database = _database
    if database is not None:
        return database.stand_in or database
    with _lock:
        if _database is None:
            settings = {**_defaults, **from_environment(), **_settings}
            url = settings.pop("connection", None)
            if not url:
                raise CantStartEngineError("no database URL: call rawdb.configure(connection=...) or set RAWDB_URL")
            _database = Database(url, **(settings if settings.get("queries") else _with_own_sql(settings)))
        return _database.stand_in or _database


def _with_own_sql(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings, and what belongs to the SQL of rawdb itself: other SQL has other tables."""
    root = sql_root()
    own = {"queries": root / "queries", "tables": root / "schema" / "columns.csv"}
    # These files were checked whole by rawdb's tests.
    checked = not own.keys() & settings.keys()
    return {**own, "rules": ContextRules(none_is_null=True), "lazy": checked, **settings}


def lent_connections() -> list[str]:
    """The default database's connections that are in use now, for tests that look for leaks. Opens nothing."""
    with _lock:
        return [] if _database is None else _database.lent()


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)

reader = Entry(default_database, READER)
writer = Entry(default_database, WRITER)


def sql(context: Any = None) -> BoundStatements:
    """The statements of the reader or writer that is open on `context` in this thread."""
    scope = current_scope(default_database(), context)
    return scope.handle or bound(scope)


class DefaultDatabase(Generic[S_co]):
    """The default database for functions that are written before it is configured, with the class of its statements.

    `database = DefaultDatabase[Statements]()` has `reader`, `writer` and `sql`, which are those of this module. To type
    checkers their statements are those of the class that `rawdb sql types` wrote. It holds nothing and opens nothing.
    """

    def __init__(self) -> None:
        self.reader: Entry[S_co] = Entry(default_database, READER)
        self.writer: Entry[S_co] = Entry(default_database, WRITER)

    def sql(self, context: Any = None) -> S_co:
        """The statements of the reader or writer that is open on `context` in this thread."""
        return sql(context)  # type: ignore[return-value]


@overload
def transaction_context_provider(kind: type[T]) -> type[T]: ...


@overload
def transaction_context_provider(*, database: Database[Any]) -> Callable[[type[T]], type[T]]: ...


def transaction_context_provider(kind: type[Any] | None = None, *, database: Database[Any] | None = None) -> Any:
    """Class decorator: an instance that serves as context shows the statements of the block that is open on it.

    As `connection`, and as `session`, which is the same. Outside of a block, and in another thread, that is
    NoEngineContextEstablished, an AttributeError, so that `getattr(context, "session", None)` works. It is about the
    default database; `@transaction_context_provider(database=shop)` about another one.
    """
    statements = sql if database is None else database.sql

    def decorate(kind: type[T]) -> type[T]:
        for name in ("connection", "session"):
            setattr(kind, name, property(lambda context: statements(context)))
        return kind

    return decorate if kind is None else decorate(kind)
