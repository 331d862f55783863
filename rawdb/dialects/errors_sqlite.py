"""SQLite's errors, by extended result code.

The text stands in where there is no code: errors of the ``sqlite3`` module's own, and errors made by hand.
"""

from __future__ import annotations

import re
import sqlite3

from rawdb.dialects.base import UniqueColumns
from rawdb.dialects.errors_common import Pattern, driver_error_of, key_columns, untouched, with_details
from rawdb.exceptions import (
    DBConnectionError,
    DBConstraintError,
    DBDataError,
    DBDeadlock,
    DBDuplicateEntry,
    DBError,
    DBInvalidUnicodeParameter,
    DBNonExistentColumn,
    DBNonExistentDatabase,
    DBNonExistentTable,
    DBNotNullError,
    DBReferenceError,
    DBSyntaxError,
    DBTimeout,
)

_ERROR = 1
_CHECK = 275
_DUPLICATES = frozenset({1555, 2067, 2579})  # PRIMARYKEY, UNIQUE, ROWID
_FOREIGN_KEY = 787

#: Codes whose errors carry no fields; a code that is not here counts by its low byte.
_PLAIN: dict[int, type[DBError]] = {
    5: DBDeadlock,  # BUSY
    6: DBDeadlock,  # LOCKED
    9: DBTimeout,  # INTERRUPT
    14: DBNonExistentDatabase,  # CANTOPEN
    18: DBDataError,  # TOOBIG
    20: DBDataError,  # MISMATCH
    3091: DBDataError,  # CONSTRAINT_DATATYPE, of STRICT tables
}

#: The file under the connection is damaged, moved or unreadable: IOERR, CORRUPT, NOTADB, READONLY_DBMOVED.
_BAD_FILE = frozenset({10, 11, 26, 1032})

_NOT_NULL = 1299

_CODE_BY_TEXT: tuple[tuple[str, int], ...] = (
    ("UNIQUE constraint failed", 2067),
    ("FOREIGN KEY constraint failed", _FOREIGN_KEY),
    ("CHECK constraint failed", _CHECK),
    ("NOT NULL constraint failed", _NOT_NULL),
    ("database is locked", 5),
    ("database table is locked", 6),
    ("database schema is locked", 6),
    ("attempt to write a readonly database", 8),
    ("interrupted", 9),
    ("disk I/O error", 10),
    ("database disk image is malformed", 11),
    ("database or disk is full", 13),
    ("unable to open database", 14),
    ("string or blob too big", 18),
    ("datatype mismatch", 20),
    ("file is not a database", 26),
    ("no such table", _ERROR),
    ("no such column", _ERROR),
    ("has no column named", _ERROR),
    ("syntax error", _ERROR),
)

_FAILED_KEY = Pattern(r"constraint failed: (.+)\Z", re.DOTALL)
_FAILED_INDEX = Pattern(r"\Aindex '(.+)'\Z")
_FAILED_CHECK = Pattern(r"CHECK constraint failed: (.+)\Z", re.DOTALL)
_FAILED_NOT_NULL = Pattern(r"NOT NULL constraint failed: (?:(.+)\.)?(.+)\Z")
_MISSING_TABLE = Pattern(r"no such table: (.+)\Z")
_MISSING_COLUMN = Pattern(r"(?:no such column: (?:.+\.)?|has no column named )(.+)\Z")
#: A value that a function cannot take: the same as a class of errors on the other servers.
_BAD_VALUE = Pattern(r"\A(?:malformed JSON|integer overflow|bad JSON path)")
_SYNTAX = Pattern(r"syntax error|\Aincomplete input|\Aunrecognized token")


def translate(
    error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
) -> Exception:
    """The exception of `rawdb.exceptions` for an error of the sqlite3 module; any other error as it is.

    Args:
        error: the driver's error, made by SQLite or by hand.
        connecting: whether it ended an attempt to open the database; the codes tell it already.
        unique_columns: gives the columns of a unique index, or None for one it does not know.
    """
    if isinstance(error, UnicodeEncodeError):
        return with_details(DBInvalidUnicodeParameter(), error, "sqlite", None)
    if isinstance(error, OverflowError):
        return with_details(DBDataError(error), error, "sqlite", None)
    if not is_driver_error(error):
        return untouched(error)
    code = _code(error)
    translated = _translated(error, code, str(error), unique_columns)
    return with_details(translated, error, "sqlite", code)


def is_driver_error(error: BaseException) -> bool:
    """Whether `error` is the sqlite3 module's, its plain errors over values that cannot be bound included."""
    return isinstance(error, sqlite3.Error | OverflowError | UnicodeEncodeError)


def is_disconnect(error: BaseException) -> bool:
    """Whether `error`, the driver's or a translated one, says that the connection is closed."""
    error = driver_error_of(error)
    return isinstance(error, sqlite3.ProgrammingError) and "closed database" in str(error)


def evicts(error: BaseException) -> bool:
    """Whether the connection must not be used again after `error`: it is closed, or its file has gone bad."""
    error = driver_error_of(error)
    if not isinstance(error, sqlite3.Error):
        return False
    code = _code(error)
    return is_disconnect(error) or (code is not None and (code in _BAD_FILE or code & 0xFF in _BAD_FILE))


def _code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code
    text = str(error)
    return next((known for part, known in _CODE_BY_TEXT if part in text), None)


def _translated(error: BaseException, code: int | None, text: str, unique_columns: UniqueColumns | None) -> DBError:
    if code is None:
        if isinstance(error, sqlite3.DataError):
            return DBDataError(error)
        return DBConnectionError(error) if is_disconnect(error) else DBError(error)
    if code in _DUPLICATES:
        return DBDuplicateEntry(_columns(text, unique_columns), error)
    if code == _FOREIGN_KEY:
        return DBReferenceError(inner_exception=error)
    if code == _CHECK:
        check = _FAILED_CHECK.search(text)
        return DBConstraintError(None, check[1] if check else None, error)
    if code == _ERROR:
        return _plain_error(error, text)
    if code == _NOT_NULL:
        found = _FAILED_NOT_NULL.search(text)
        return DBNotNullError(found[1] if found else None, found[2] if found else None, error)
    return (_PLAIN.get(code) or _PLAIN.get(code & 0xFF, DBError))(inner_exception=error)


def _plain_error(error: BaseException, text: str) -> DBError:
    """SQLite has one code for whatever is wrong with a statement."""
    if table := _MISSING_TABLE.search(text):
        return DBNonExistentTable(table[1], error)
    if column := _MISSING_COLUMN.search(text):
        return DBNonExistentColumn(column[1], error)
    if _BAD_VALUE.search(text):
        return DBDataError(error)
    return DBSyntaxError(error) if _SYNTAX.search(text) else DBError(error)


def _columns(text: str, unique_columns: UniqueColumns | None) -> list[str]:
    """The columns SQLite lists as ``t.a, t.b``; an index over expressions is given by its name alone."""
    match = _FAILED_KEY.search(text)
    if match is None:
        return []
    index = _FAILED_INDEX.match(match[1])
    if index is not None:
        return key_columns(index[1], None, unique_columns, [])
    return [part.rpartition(".")[2] for part in match[1].split(", ")]
