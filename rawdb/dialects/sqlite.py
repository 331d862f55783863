"""SQLite through the standard library."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
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
    if name.startswith("file:"):
        # Written as SQLite's own URI.
        name = name.removeprefix("file:")
    elif not url.query:
        return name
    return f"file:{quote(name, safe='/:')}?{urlencode(url.query)}"


class _Connection(sqlite3.Connection):
    """A connection that knows which file it has open: SQLite goes on writing one that was removed."""

    path: str | None = None
    file: tuple[int, int] | None = None

    def note_file(self) -> None:
        """Remember the file."""
        [path] = [row[2] for row in self.execute("PRAGMA database_list") if row[1] == "main"]
        if path:
            self.path, self.file = path, _identity(path)

    def lost_file(self) -> bool:
        """Whether another file, or none, is where it was."""
        return self.path is not None and _identity(self.path) != self.file


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
            uri=_file_name(url).startswith("file:"),
            factory=_Connection,
            cached_statements=512,
        )

    def _set_up(self, raw: sqlite3.Connection, url: URL, options: ConnectionOptions) -> None:
        raw.create_function("REGEXP", 2, _regexp, deterministic=True)
        if not url.is_memory and not _READ_ONLY & set(url.query.items()):
            raw.execute("PRAGMA journal_mode = WAL").close()
        if not options.sqlite_synchronous:
            raw.execute("PRAGMA synchronous = OFF").close()
        raw.execute(f"PRAGMA foreign_keys = {'ON' if options.sqlite_fk else 'OFF'}").close()
        if isinstance(raw, _Connection) and not url.is_memory:
            raw.note_file()

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

    def is_gone(self, raw: sqlite3.Connection) -> bool:
        return isinstance(raw, _Connection) and raw.lost_file()

    def ping(self, raw: sqlite3.Connection, timeout: float) -> None:
        raw.execute("SELECT 1").close()
        if self.is_gone(raw):
            raise sqlite3.ProgrammingError("Cannot operate on a closed database: its file was removed or replaced")

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
