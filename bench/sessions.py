"""The bare drivers: one way to send a statement as their manuals show it, one as an experienced hand would.

`Naive` makes a cursor for each statement and takes the names of the columns from its description. `Floor` keeps one
cursor, lets psycopg send the server's own placeholders, and asks for names once for each text. Both give dicts.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import psycopg
import pymysql
from psycopg.types.numeric import Int8BinaryDumper
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import conversions

from rawdb.dialects import parse_url

T = TypeVar("T")
#: A deadlock, a transaction that cannot be serialized, a lock that was not free: SQLSTATE, errno, SQLite's own code.
_REFUSALS = {"40P01", "40001", "55P03", 1213, 1205, sqlite3.SQLITE_BUSY}
_BOOLEANS = {**conversions, FIELD_TYPE.TINY: lambda text: text != "0"}
_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def connect(url: str) -> Any:
    """A bare connection in autocommit mode, durability relaxed, whose rows have the types that rawdb's have.

    SQLite's converters of BOOLEAN and DATETIME are those of the process.
    """
    parsed = parse_url(url)
    if parsed.dialect == "sqlite":
        raw = sqlite3.connect(
            str(parsed.database), timeout=30, isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES
        )
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("PRAGMA cache_size = -16000")
        return raw
    where: dict[str, Any] = {"host": parsed.host, "port": parsed.port, "user": parsed.user, "password": parsed.password}
    where = {name: value for name, value in where.items() if value is not None}
    if parsed.dialect == "postgresql":
        given: dict[str, Any] = {**where, **parsed.query}
        return psycopg.connect(autocommit=True, dbname=parsed.database, **given)
    where = {**where, **{name: value for name, value in parsed.query.items() if name == "unix_socket"}}
    return pymysql.connect(
        autocommit=True, database=parsed.database, client_flag=CLIENT.FOUND_ROWS, charset="utf8mb4", conv=_BOOLEANS,
        init_command="SET SESSION sql_mode = 'TRADITIONAL'", ssl_disabled=False, **where,
    )  # fmt: skip


def utcnow() -> datetime:
    """The time as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None)


def _quoted(sql: str) -> str:
    return re.sub(r"\bbinary\b", '"binary"', sql)


class LostRaceError(Exception):
    """A guarded write has matched other rows than were read: somebody was faster."""


class Floor:
    """One cursor, the names of columns by text."""

    def __init__(self, url: str) -> None:
        self.dialect = parse_url(url).dialect
        self.raw = connect(url)
        self.returns = self.dialect != "mysql"
        self._cursor: Any = psycopg.RawCursor(self.raw) if self.dialect == "postgresql" else self.raw.cursor()
        if self.dialect == "postgresql":
            # One type for all numbers: psycopg's smallest ones that hold them would each prepare a statement anew.
            self.raw.adapters.register_dumper(int, Int8BinaryDumper)
        self._names: dict[str, tuple[str, ...]] = {}
        self._begin = "BEGIN IMMEDIATE" if self.dialect == "sqlite" else "BEGIN"

    def text(self, sql: str) -> str:
        """A statement, written with ?, in the driver's own placeholders. Names that are words of SQL are quoted."""
        if self.dialect == "mysql":
            return re.sub(r"\b(key|binary)\b(?! *\()", r"`\1`", sql).replace("?", "%s")
        if self.dialect == "postgresql":
            numbers = count(1)
            return re.sub(r"\?", lambda _: f"${next(numbers)}", _quoted(sql))
        return _quoted(sql)

    def time(self, value: Any) -> Any:
        """A datetime (or its text) as a parameter."""
        if self.dialect == "sqlite":
            return value if isinstance(value, str) else value.strftime(_FORMAT)
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def rows(self, text: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT, or of RETURNING."""
        cursor = self._cursor
        cursor.execute(text, parameters)
        names = self._names.get(text)
        if names is None:
            names = self._names[text] = tuple(column[0] for column in cursor.description)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, text: str, parameters: Sequence[Any] = ()) -> int:
        """The matched rows of a write."""
        self._cursor.execute(text, parameters)
        return self._cursor.rowcount  # type: ignore[no-any-return]

    def many(self, text: str, rows: Iterable[Sequence[Any]]) -> None:
        """One write for each row; PyMySQL makes one statement of an INSERT."""
        self._cursor.executemany(text, list(rows))

    def begin(self) -> None:
        self.run(self._begin)

    def commit(self) -> None:
        self.run("COMMIT")

    def rollback(self) -> None:
        self.run("ROLLBACK")

    def again(self, work: Callable[[], T]) -> T:
        """What `work` returns, as often as it takes until nobody is in its way."""
        while True:
            try:
                return work()
            except Exception as error:
                if not isinstance(error, LostRaceError) and _code(error) not in _REFUSALS:
                    raise

    def transaction(self, work: Callable[[], T]) -> T:
        """What `work` returns in a transaction."""
        return self.again(lambda: self._transaction(work))

    def _transaction(self, work: Callable[[], T]) -> T:
        self.begin()
        try:
            result = work()
            self.commit()
        except BaseException:
            self.raw.rollback()
            raise
        return result

    def insert(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows of the same columns."""
        names = list(rows[0])
        text = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self.many(self.text(text), [list(row.values()) for row in rows])

    def close(self) -> None:
        self.raw.close()


def _code(error: Exception) -> Any:
    """What the driver calls an error."""
    if isinstance(error, psycopg.Error):
        return error.sqlstate
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF
    return error.args[0] if isinstance(error, pymysql.Error) else None


class Naive(Floor):
    """A cursor for each statement, as the manuals show it."""

    def text(self, sql: str) -> str:
        if self.dialect == "postgresql":
            return _quoted(sql).replace("?", "%s")
        return super().text(sql)

    def rows(self, text: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        cursor = self.raw.cursor()
        cursor.execute(text, parameters)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.close()
        return rows

    def run(self, text: str, parameters: Sequence[Any] = ()) -> int:
        cursor = self.raw.cursor()
        cursor.execute(text, parameters)
        matched: int = cursor.rowcount
        cursor.close()
        return matched

    def many(self, text: str, rows: Iterable[Sequence[Any]]) -> None:
        cursor = self.raw.cursor()
        cursor.executemany(text, list(rows))
        cursor.close()
