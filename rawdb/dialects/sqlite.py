"""SQLite through the standard library."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from rawdb.dialects import errors_sqlite
from rawdb.dialects.base import ConnectionOptions, Dialect, Result, UniqueColumns
from rawdb.dialects.url import URL

_DATETIME = "%Y-%m-%d %H:%M:%S.%f"


_READ_ONLY = {("mode", "ro"), ("immutable", "1")}


def _file_name(url: URL) -> str:
    """The file, or with options (`?mode=ro`) the URI that SQLite reads them from."""
    name = url.database or ":memory:"
    return f"file:{quote(name)}?{urlencode(url.query)}" if url.query else name


def _regexp(pattern: Any, value: Any) -> bool:
    return re.search(str(pattern), str(value)) is not None


# Keyed by the declared type of a column; fixed-width text compares and sorts as time does.
sqlite3.register_converter("BOOLEAN", lambda data: data != b"0")
sqlite3.register_converter("DATETIME", lambda data: datetime.fromisoformat(data.decode()))


class SQLite(Dialect):
    """SQLite 3.35 and later."""

    name = "sqlite"
    # A deferred transaction that reads and then writes fails at once when another writer came between.
    begin_write = "BEGIN IMMEDIATE"
    single_writer = True
    max_parameters = 32766
    batches = "many"
    differs = "{} IS NOT {}"
    json_inner = "json({})"
    regexp_text = "{column} REGEXP {parameter}"

    def _open(self, url: URL, options: ConnectionOptions) -> sqlite3.Connection:
        return sqlite3.connect(
            _file_name(url),
            timeout=options.sqlite_busy_timeout,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES,
            check_same_thread=False,
            uri=bool(url.query),
            cached_statements=512,
        )

    def _set_up(self, raw: sqlite3.Connection, url: URL, options: ConnectionOptions) -> None:
        raw.create_function("REGEXP", 2, _regexp, deterministic=True)
        if not url.is_memory and not _READ_ONLY & set(url.query.items()):
            raw.execute("PRAGMA journal_mode = WAL").close()
        if not options.sqlite_synchronous:
            raw.execute("PRAGMA synchronous = OFF").close()
        raw.execute(f"PRAGMA foreign_keys = {'ON' if options.sqlite_fk else 'OFF'}").close()

    def cursor(self, raw: sqlite3.Connection) -> sqlite3.Cursor:
        return raw.cursor()

    def execute(self, cursor: sqlite3.Cursor, text: str, parameters: Sequence[Any]) -> Result:
        cursor.execute(text, parameters)
        if cursor.description is None:
            return Result((), [], cursor.rowcount, cursor.lastrowid)
        columns = tuple([column[0] for column in cursor.description])
        return Result(columns, cursor.fetchall(), cursor.rowcount, cursor.lastrowid)

    def execute_many(self, cursor: sqlite3.Cursor, text: str, rows: Sequence[Sequence[Any]]) -> Result:
        cursor.executemany(text, rows)
        return Result((), [], cursor.rowcount, cursor.lastrowid)

    def parameter(self, position: int) -> str:
        return "?"

    def binder(self, logical: str | None) -> Callable[[Any], Any] | None:
        return self.bind if logical in (None, "datetime", "other") else None

    def _run_named(self, raw: sqlite3.Connection, text: str, parameters: Mapping[str, Any]) -> Result:
        cursor = raw.cursor()
        try:
            return self.execute(cursor, text, dict(parameters))  # type: ignore[arg-type]
        finally:
            cursor.close()

    def placeholder(self, name: str) -> str:
        return f":{name}"

    def bind(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.strftime(_DATETIME) if value.year >= 1000 else value.isoformat(" ", "microseconds")
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return value

    def in_transaction(self, raw: sqlite3.Connection) -> bool:
        return raw.in_transaction

    def is_closed(self, raw: sqlite3.Connection) -> bool:
        return False

    def ping(self, raw: sqlite3.Connection, timeout: float) -> None:
        raw.execute("SELECT 1").close()

    def ends_transaction(self, raw: sqlite3.Connection, error: BaseException) -> bool:
        # A full disk or a failed write may end the transaction, and the library says so only this way.
        return not raw.in_transaction

    def version(self, raw: sqlite3.Connection) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def is_driver_error(self, error: BaseException) -> bool:
        return errors_sqlite.is_driver_error(error)

    def translate(
        self, error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
    ) -> Exception:
        return errors_sqlite.translate(error, connecting=connecting, unique_columns=unique_columns)

    def evicts(self, error: BaseException) -> bool:
        return errors_sqlite.evicts(error)

    def loses_outcome(self, error: BaseException, *, commit: bool) -> bool:
        return False
