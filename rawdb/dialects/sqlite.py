"""SQLite through the standard library."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time as clock
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from rawdb.dialects import errors_sqlite
from rawdb.dialects.base import ConnectionOptions, Dialect, Result, Stream, UniqueColumns, as_result
from rawdb.dialects.url import URL
from rawdb.exceptions import DBDataError

if TYPE_CHECKING:
    from rawdb.dialects.catalogs import Catalog

_name = itemgetter(0)
#: Logical types with values that SQLite has no type for.
_BOUND = frozenset({"date", "time", "numeric", "other"})
#: A number with all its digits: before 3.43 JSON has 15 of them, and an infinity for the largest ones.
_REAL = (
    "json(CASE typeof({0}) WHEN 'real' THEN replace(printf('%!.20g', {0}), 'Inf', '9e999') ELSE json_quote({0}) END)"
)

#: What SQLite reads of a URI; another name is part of a file's, whose question mark would cut it.
_URI_OPTIONS = frozenset({"mode", "cache", "vfs", "immutable", "nolock", "psow"})
_READ_ONLY = {("mode", "ro"), ("immutable", "1")}


def _file_name(url: URL) -> str:
    """The file, or with options (`?mode=ro`) the URI that SQLite reads them from."""
    name = url.database or ":memory:"
    unknown = sorted(url.query.keys() - _URI_OPTIONS)
    if unknown and "vfs" not in url.query:
        raise ValueError(
            f"unknown option {unknown[0]!r} of an sqlite URL: there are {', '.join(sorted(_URI_OPTIONS))}; "
            "a file's name cannot hold a question mark"
        )
    if name.startswith("file:"):
        # Written as SQLite's own URI.
        name = name.removeprefix("file:")
    elif not url.query:
        return name
    return f"file:{quote(name, safe='/:')}?{urlencode(url.query)}"


class _Connection(sqlite3.Connection):
    """A connection that knows which file it has open: SQLite goes on writing one that was removed."""

    path: str = ""
    file: tuple[int, int] | None = None

    def note_file(self) -> None:
        """Remember the file."""
        [path] = [row[2] for row in self.execute("PRAGMA database_list") if row[1] == "main"]
        if path:
            self.path = path
            self.file = _identity(path)

    def lost_file(self) -> bool:
        """Whether another file, or none, is where it was."""
        return bool(self.path) and _identity(self.path) != self.file


def _identity(path: str) -> tuple[int, int] | None:
    try:
        # As Path.stat, for less than half of what that costs: each transaction asks.
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino


#: What a thread's running statement could not say by an error of its own: `cells` that no Python value can hold, and
#: the `pattern` that is no regular expression. `cells` is None while no statement of rawdb's runs.
_found = threading.local()


class _Unreadable(str):
    """A cell that is not what the type of its column says."""


def _regexp(pattern: Any, value: Any) -> bool | None:
    if pattern is None or value is None:
        return None
    try:
        return re.search(str(pattern), str(value)) is not None
    except re.error as error:
        _found.pattern = f"invalid regular expression {str(pattern)!r}: {error}"
        raise


def _boolean(data: bytes) -> Any:
    known = _BOOLS.get(data)
    return _other_boolean(data) if known is None else known


def _datetime(data: bytes) -> Any:
    """A moment: a text in ISO 8601. A number can mean several, and the digits of a day without hyphens are one."""
    try:
        moment = _from_iso(data.decode())
    except ValueError:
        return _unread("DATETIME", data)
    if moment.tzinfo is None and data[4:5] == b"-":
        return moment
    return _other_datetime(data)


def _unread(kind: str, data: bytes) -> Any:
    """What stands for a cell that cannot be read: an error raised here would not know its column."""
    cells = getattr(_found, "cells", None)
    if cells is None:
        raise ValueError(f"{data!r} in a column of type {kind} cannot be read")
    cells.append(kind)
    return _Unreadable(data.decode(errors="replace"))


def _converter(kind: str, read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    def convert(data: bytes) -> Any:
        try:
            return read(data.decode())
        except (ValueError, ArithmeticError):
            return _unread(kind, data)

    return convert


def _with_offset(text: str) -> datetime:
    moment = _from_iso(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC).replace(tzinfo=None)


_from_iso = datetime.fromisoformat
_BOOLS = {b"1": True, b"0": False}
_WORDS = {"true": True, "false": False, "t": True, "f": False}
_other_boolean = _converter(
    "BOOLEAN", lambda text: _WORDS[text] if (text := text.lower()) in _WORDS else float(text) != 0
)
_other_datetime = _converter("DATETIME", _with_offset)
# Keyed by the first word of a column's declared type. Those that come with sqlite3 are deprecated.
_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "BOOLEAN": _boolean,
    "BOOL": _boolean,
    "DATETIME": _datetime,
    "TIMESTAMP": _datetime,
    "DATE": _converter("DATE", date.fromisoformat),
    "TIME": _converter("TIME", time.fromisoformat),
    "NUMERIC": _converter("NUMERIC", Decimal),
    "DECIMAL": _converter("DECIMAL", Decimal),
}
for _kind, _read in _READERS.items():
    sqlite3.register_converter(_kind, _read)


def _normal(read: Callable[[bytes], Any], text: Any) -> Any:
    """A text as rawdb writes what it reads of it; one that cannot be read as it is."""
    # Such a one may be of a row that nobody reads.
    cells, _found.cells = getattr(_found, "cells", None), []
    try:
        found = read(str(text).encode()) if text is not None else None
    finally:
        _found.cells = cells
    write = _WRITERS.get(type(found))
    return text if write is None else write(found)


_SECONDS = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_MICROSECONDS = ".[0-9][0-9][0-9][0-9][0-9][0-9]"


def _full_text(plain: str, function: str) -> str:
    """A time in a text of anybody's making, in the one form that rawdb writes: such texts sort as time does."""
    return (
        f"CASE WHEN {{0}} GLOB '{plain}{_MICROSECONDS}' THEN {{0}}"
        f" WHEN {{0}} GLOB '{plain}' THEN {{0}} || '.000000' ELSE {function}({{0}}) END"
    )


#: How columns are compared that may hold one moment in several forms: 12:30:00 by CURRENT_TIMESTAMP, 12:30:00.000000
#: by rawdb. Of tables that are declared rawdb writes the rows.
_FULL: Mapping[str, str] = {
    "datetime(6)": _full_text(f"{_DAY} {_SECONDS}", "rawdb_datetime"),
    "time": _full_text(_SECONDS, "rawdb_time"),
}


def _exact(value: Decimal) -> int | float:
    """The number that SQLite keeps exactly; it has 64 bits for integers, and 15 digits of others."""
    if value == value.to_integral_value() and -(2**63) <= value < 2**63:
        return int(value)
    number = float(value)
    if Decimal(f"{number:.15g}") != value:
        raise DBDataError(f"SQLite has 15 digits for a number with a fraction, too few for {value}")
    return number


def _check_kept(value: float) -> None:
    """Refuse a number that is a whole document where SQLite would not keep it as it is."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise DBDataError(f"SQLite has 64 bits for an integer, too few for {value}")
    _exact(Decimal(repr(value)))


def _duration(value: timedelta) -> str:
    """As the other servers write one, and as SQLite's functions of time take it."""
    minutes, seconds = divmod(abs(value) // timedelta(seconds=1), 60)
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{abs(value).microseconds:06}"


def _moment(value: datetime) -> str:
    # Fixed-width text compares and sorts as time does.
    return value.isoformat(" ", "microseconds")


#: How values are stored that SQLite has no type for.
_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: date.isoformat,
    time: lambda value: value.isoformat("microseconds"),
    timedelta: _duration,
    Decimal: _exact,
}


def _with_reason(error: sqlite3.OperationalError) -> sqlite3.Error:
    """The error of a statement, with what a function of rawdb's had to say."""
    pattern, _found.pattern = getattr(_found, "pattern", None), None
    return error if pattern is None or "user-defined function" not in str(error) else sqlite3.DataError(pattern)


def _unreadable(columns: Sequence[str], rows: Sequence[Sequence[Any]], kind: str) -> sqlite3.DataError:
    """The error for the first cell that is not what the type of its column says."""
    for row in rows:
        for name, cell in zip(columns, row, strict=True):
            if isinstance(cell, _Unreadable):
                return sqlite3.DataError(f"{name}: {str(cell)!r} in a column of type {kind} cannot be read")
    return sqlite3.DataError(f"a cell in a column of type {kind} cannot be read")


class _Stream(Stream):
    """The library's own cursor, which makes each row when it is asked for."""

    def __init__(self, cursor: sqlite3.Cursor, text: str, parameters: Sequence[Any]) -> None:
        self._cursor = cursor
        self._read(lambda: cursor.execute(text, parameters))
        self.columns = tuple([column[0] for column in cursor.description or ()])

    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        unreadable: list[str] = []
        rows: list[tuple[Any, ...]] = self._read(lambda: self._cursor.fetchmany(count), unreadable)
        if unreadable:
            raise _unreadable(self.columns, rows, unreadable[0])
        return rows

    def close(self) -> None:
        self._cursor.close()

    def _read(self, work: Callable[[], Any], unreadable: list[str] | None = None) -> Any:
        # The first row is made when the statement is run, and its cells are converted when it is read.
        _found.cells = [] if unreadable is None else unreadable
        try:
            return work()
        except sqlite3.OperationalError as error:
            raise _with_reason(error) from error
        finally:
            _found.cells = None


def _write_ahead(raw: sqlite3.Connection, timeout: float) -> None:
    # Of several connections that turn a new file into one with a write-ahead log, the library refuses all
    # but one at once, without asking its busy handler.
    deadline = clock.monotonic() + timeout
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or clock.monotonic() > deadline:
                raise
        clock.sleep(0.005)


class SQLite(Dialect):
    """SQLite 3.35 and later."""

    name = "sqlite"
    seeks_nulls_apart = True
    # A deferred transaction that reads and then writes fails at once when another writer came between.
    begin_write = "BEGIN IMMEDIATE"
    single_writer = True
    # Its RETURNING gives a whole number in a REAL column as an int.
    has_returning = False
    max_parameters = 32766
    batches = "many"
    differs = "{} IS NOT {}"
    json_inner = "json({})"
    json_cells: ClassVar[Mapping[str, str]] = {**Dialect.json_cells, "float": _REAL, "other": _REAL}
    regexp_text = "{column} REGEXP {parameter}"

    def connect(self, url: URL, options: ConnectionOptions) -> Any:
        """Open a connection; an error names the file."""
        try:
            return super().connect(url, options)
        except sqlite3.Error as error:
            where = ":memory:" if url.is_memory else Path(url.database or "").absolute()
            error.args = (f"{error}: {where}",)
            raise

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
        for name, read in (("rawdb_datetime", _datetime), ("rawdb_time", _READERS["TIME"])):
            raw.create_function(name, 1, partial(_normal, read), deterministic=True)
        if not url.is_memory and not _READ_ONLY & set(url.query.items()):
            _write_ahead(raw, options.sqlite_busy_timeout)
        # Pages are kept up to 16 MB, where the library keeps 2: one list of rows that lie apart needs more, each time.
        raw.execute("PRAGMA cache_size = -16000").close()
        if not options.sqlite_synchronous:
            raw.execute("PRAGMA synchronous = OFF").close()
        raw.execute(f"PRAGMA foreign_keys = {'ON' if options.sqlite_fk else 'OFF'}").close()
        if isinstance(raw, _Connection) and not url.is_memory:
            raw.note_file()

    def cursor(self, raw: sqlite3.Connection) -> sqlite3.Cursor:
        return raw.cursor()

    def execute(self, cursor: sqlite3.Cursor, text: str, parameters: Sequence[Any], by_key: bool = True) -> Result:
        unreadable: list[str] = []
        _found.cells = unreadable
        try:
            cursor.execute(text, parameters)
            if cursor.description is None:
                return as_result(((), [], cursor.rowcount, cursor.lastrowid))
            columns = tuple(map(_name, cursor.description))
            rows = cursor.fetchall()
        except sqlite3.OperationalError as error:
            raise _with_reason(error) from error
        finally:
            _found.cells = None
        if unreadable:
            raise _unreadable(columns, rows, unreadable[0])
        return as_result((columns, rows, cursor.rowcount, cursor.lastrowid))

    def stream(self, raw: sqlite3.Connection, text: str, parameters: Sequence[Any]) -> Stream:
        return _Stream(raw.cursor(), text, parameters)

    def execute_many(self, cursor: sqlite3.Cursor, text: str, rows: Sequence[Sequence[Any]]) -> Result:
        cursor.executemany(text, rows)
        return as_result(((), [], cursor.rowcount, cursor.lastrowid))

    def parameter(self, position: int) -> str:
        return "?"

    def binder(self, logical: str | None) -> Callable[[Any], Any] | None:
        kind = None if logical is None else logical.partition("(")[0]
        if kind == "datetime":
            # Nothing but a moment comes from the check of one.
            return _moment
        return self.bind if kind is None or kind in _BOUND else super().binder(logical)

    def document(self, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            # A column that is called JSON makes a number of the text of one.
            _check_kept(value)
        return super().document(value)

    def as_read(self, logical: str, place: str, *, ordered: bool) -> str:
        full = _FULL.get(logical)
        return place if full is None else full.format(place)

    def _run_named(self, raw: sqlite3.Connection, text: str, parameters: Mapping[str, Any]) -> Result:
        cursor = raw.cursor()
        try:
            return self.execute(cursor, text, dict(parameters))  # type: ignore[arg-type]
        finally:
            cursor.close()

    def placeholder(self, name: str) -> str:
        return f":{name}"

    def quote(self, name: str) -> str:
        # In double quotes, what is the name of nothing is a string to SQLite: a condition on a column that somebody
        # has dropped would hold for every row, or for none.
        doubled = name.replace("`", "``")
        return f"`{doubled}`"

    def bind(self, value: Any) -> Any:
        write = _WRITERS.get(type(value))
        return super().bind(value) if write is None else write(value)

    def _columns(self, raw: sqlite3.Connection, catalog: Catalog) -> list[tuple[Any, ...]]:
        try:
            return super()._columns(raw, catalog)
        except sqlite3.OperationalError:
            # One view of a table that is gone spoils the whole answer.
            return self.run(raw, catalog.columns, {}).rows

    def in_transaction(self, raw: sqlite3.Connection) -> bool:
        return raw.in_transaction

    def is_closed(self, raw: sqlite3.Connection) -> bool:
        return False

    def is_dead(self, raw: sqlite3.Connection) -> bool:
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
