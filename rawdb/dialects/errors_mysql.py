"""Errors of MySQL and MariaDB, by errno.

The class of a PyMySQL error is no guide: a deadlock, a division by zero and a lost connection are all
OperationalErrors. Numbers that only MySQL 8 or a cluster gives are written from their manuals.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pymysql

from rawdb.dialects.base import UniqueColumns
from rawdb.dialects.errors_common import (
    Pattern,
    driver_error_of,
    key_columns,
    raised_inside,
    untouched,
    with_details,
)
from rawdb.exceptions import (
    DBAuthenticationError,
    DBConnectionError,
    DBConstraintError,
    DBDataError,
    DBDeadlock,
    DBDuplicateEntry,
    DBError,
    DBInvalidUnicodeParameter,
    DBNonExistentColumn,
    DBNonExistentConstraint,
    DBNonExistentDatabase,
    DBNonExistentTable,
    DBNotNullError,
    DBNotSupportedError,
    DBOutcomeUnknown,
    DBReferenceError,
    DBSyntaxError,
    DBTimeout,
)

#: Numbers whose errors carry no fields.
_PLAIN: dict[int, type[DBError]] = {
    0: DBConnectionError,  # PyMySQL's own, for a connection closed on this side
    1020: DBDeadlock,  # record has changed since last read (MariaDB, innodb_snapshot_isolation)
    1205: DBDeadlock,  # lock wait timeout; the transaction stays open, with its earlier work
    1213: DBDeadlock,  # deadlock, or the write set lost its certification on a Galera cluster
    3101: DBDeadlock,  # the same of a group of MySQL's, at COMMIT
    1297: DBDeadlock,  # temporary error of NDB
    3572: DBDeadlock,  # NOWAIT (MySQL; MariaDB answers 1205)
    8022: DBDeadlock,  # TiDB: the transaction must be run again
    8028: DBDeadlock,  # TiDB: the schema changed under the transaction
    9007: DBDeadlock,  # TiDB: write conflict
    1180: DBOutcomeUnknown,  # error during COMMIT: the node is leaving its cluster
    1040: DBConnectionError,  # too many connections
    1047: DBConnectionError,  # Galera: this node is not part of the cluster
    1053: DBConnectionError,  # server shutdown in progress
    1152: DBConnectionError,  # aborted connection
    1158: DBConnectionError,  # network: packet cannot be read
    1159: DBConnectionError,
    1160: DBConnectionError,
    1161: DBConnectionError,
    1184: DBConnectionError,  # aborted connection
    1203: DBConnectionError,  # too many connections of this user
    1226: DBConnectionError,  # a limit of this user's: of connections, or of what they send in an hour
    1927: DBConnectionError,  # connection was killed (MariaDB)
    2002: DBConnectionError,  # cannot connect through the socket
    2003: DBConnectionError,  # cannot connect
    2006: DBConnectionError,  # server has gone away
    2013: DBConnectionError,  # lost connection during query
    2014: DBConnectionError,  # commands out of sync
    2045: DBConnectionError,  # cannot connect (shared memory)
    2055: DBConnectionError,  # lost connection, with the system's error
    4031: DBConnectionError,  # disconnected for inactivity (MySQL)
    1264: DBDataError,  # out of range
    1265: DBDataError,  # truncated
    1292: DBDataError,  # incorrect value
    1365: DBDataError,  # division by zero
    1366: DBDataError,  # incorrect value for column
    1367: DBDataError,  # illegal value while parsing
    1406: DBDataError,  # too long
    1411: DBDataError,  # incorrect value for function
    1441: DBDataError,  # datetime overflow
    1690: DBDataError,  # out of range in an expression
    1139: DBDataError,  # invalid regular expression
    **dict.fromkeys((3140, 3141, 3143, 3144, 3146, 3157, 3158), DBDataError),  # no JSON, or none of its paths (MySQL)
    **dict.fromkeys(range(3685, 3700), DBDataError),  # the same in MySQL 8, by its kind
    1045: DBAuthenticationError,  # wrong password
    1130: DBAuthenticationError,  # not from this host
    1698: DBAuthenticationError,  # no password would do
    1820: DBAuthenticationError,  # the password has expired
    1862: DBAuthenticationError,
    3118: DBAuthenticationError,  # the account is locked
    4151: DBAuthenticationError,
    1064: DBSyntaxError,
    1149: DBSyntaxError,
    1235: DBNotSupportedError,  # this version does not support it yet
    1286: DBNotSupportedError,  # unknown storage engine
    1289: DBNotSupportedError,  # feature disabled
    1317: DBTimeout,  # KILL QUERY
    1969: DBTimeout,  # max_statement_time (MariaDB)
    3024: DBTimeout,  # max_execution_time (MySQL)
}

#: The server still answers, but it will not write any more. 1290 has other meanings too: see `evicts`.
_READ_ONLY = frozenset({1792, 1836})
_OPTION_PREVENTS = 1290

#: Texts of PyMySQL's errors without a number.
_LOST = Pattern(r"Packet sequence number wrong|Already closed|\A\(0, ''\)\Z")

_NAME = r"""[`"]((?:[^`"]|``|"")+)[`"]"""
_DUPLICATE = Pattern(r"Duplicate entry '(?P<value>.*)' for key '?(?P<key>.+?)'?\Z", re.DOTALL)
_REFERENCE = Pattern(
    rf"\((?:{_NAME}\.)?{_NAME}, CONSTRAINT {_NAME} FOREIGN KEY \((?P<key>[^)]*)\) "
    rf"REFERENCES (?:{_NAME}\.)?{_NAME} \("
)
_DROP_PARENT = Pattern(
    r"Cannot drop table '(?P<parent>.+)' referenced by a foreign key constraint '(?P<constraint>.+)' "
    r"on table '(?P<child>.+)'"
)
_CHECK = Pattern(rf"CONSTRAINT {_NAME} failed for (?:{_NAME}\.)?{_NAME}")
_IN_QUOTES = Pattern(r"'(.*?)'(?!\w)")
# The apostrophes of "can't" and "doesn't" quote nothing.
_QUOTED = Pattern(r"(?<!\w)'(.+?)'(?!\w)")
_MISSING_TABLE = Pattern(r"Table '(?:[^'.]*\.)?(.+?)' doesn't exist")
_CANNOT_DROP = Pattern(r"""Can't DROP (?:(?P<kind>[A-Z ]+) )?[`'"](?P<name>.+?)[`'"]; check""")
_RENAME = Pattern(r"Error on rename of '(?:.*/)?(.+?)' to ")


def translate(
    error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
) -> Exception:
    """The exception of `rawdb.exceptions` for an error of PyMySQL; any other error as it is.

    Args:
        error: the driver's error, made by the server's answer or by hand.
        connecting: whether it ended an attempt to connect; the numbers tell it already.
        unique_columns: gives the columns of a unique index, or None for one it does not know.
    """
    if isinstance(error, UnicodeEncodeError):
        return with_details(DBInvalidUnicodeParameter(), error, "mysql", None)
    if not is_driver_error(error):
        return untouched(error)
    code, message = _parts(error)
    translated = _translated(error, code, message, unique_columns)
    return with_details(translated, error, "mysql", code)


def is_driver_error(error: BaseException) -> bool:
    """Whether `error` is PyMySQL's, the plain Python errors it lets out over wrong parameters included."""
    return isinstance(error, pymysql.MySQLError | UnicodeEncodeError) or raised_inside("pymysql", error)


def is_disconnect(error: BaseException) -> bool:
    """Whether `error`, the driver's or a translated one, says that the connection is gone."""
    error = driver_error_of(error)
    if not isinstance(error, pymysql.MySQLError):
        return False
    code, message = _parts(error)
    return _LOST.search(message) is not None if code is None else _is_lost(code)


def evicts(error: BaseException) -> bool:
    """Whether the connection must leave its pool after `error`: it is gone, or it turned read-only."""
    error = driver_error_of(error)
    if is_disconnect(error):
        return True
    if not isinstance(error, pymysql.MySQLError):
        return False
    code, message = _parts(error)
    return code in _READ_ONLY or (code == _OPTION_PREVENTS and "read" in message.lower())


def _is_lost(code: int) -> bool:
    return issubclass(_PLAIN.get(code, DBError), DBConnectionError)


def _parts(error: BaseException) -> tuple[int | None, str]:
    """Number and text of an error; no number where the driver, or whoever made it, gave none."""
    if error.args and isinstance(error.args[0], int):
        return error.args[0], " ".join(str(part) for part in error.args[1:])
    return None, str(error)


def _translated(error: BaseException, code: int | None, message: str, unique_columns: UniqueColumns | None) -> DBError:
    if code is None:
        return _without_number(error, message)
    if code in (1062, 1586):
        return _duplicate(error, message, unique_columns)
    special = _WITH_FIELDS.get(code)
    return special(error, message) if special else _PLAIN.get(code, DBError)(error)


def _without_number(error: BaseException, message: str) -> DBError:
    if _LOST.search(message):
        return DBConnectionError(error)
    if isinstance(error, pymysql.DataError):
        return DBDataError(error)
    if isinstance(error, pymysql.NotSupportedError):
        return DBNotSupportedError(error)
    return DBError(error)


def _duplicate(error: BaseException, message: str, unique_columns: UniqueColumns | None) -> DBDuplicateEntry:
    match = _DUPLICATE.search(message)
    # Before the session could choose the language, or in one of an old server: the value comes first, the key last.
    quoted = [match["value"], match["key"]] if match else _IN_QUOTES.findall(message)
    if len(quoted) < 2:
        return DBDuplicateEntry([], error)
    # MySQL writes `table.key` from 8.0.19 on.
    table, _, key = quoted[-1].rpartition(".")
    return DBDuplicateEntry(key_columns(key, table, unique_columns, [key]), error, quoted[0])


def _reference(error: BaseException, message: str) -> DBReferenceError:
    match = _REFERENCE.search(message)
    if match is None:
        return DBReferenceError(inner_exception=error)
    key = ", ".join(column.strip('`" ') for column in match["key"].split(","))
    return DBReferenceError(match[2], match[3], key, match[6], error)


def _drop_parent(error: BaseException, message: str) -> DBReferenceError:
    match = _DROP_PARENT.search(message)
    if match is None:
        return DBReferenceError(inner_exception=error)
    return DBReferenceError(match["child"], match["constraint"], None, match["parent"], error)


def _check_mariadb(error: BaseException, message: str) -> DBConstraintError:
    match = _CHECK.search(message)
    return DBConstraintError(match[3], match[1], error) if match else DBConstraintError(None, None, error)


def _check_mysql(error: BaseException, message: str) -> DBConstraintError:
    return DBConstraintError(None, _quoted(message), error)


def _missing_table(error: BaseException, message: str) -> DBNonExistentTable:
    match = _MISSING_TABLE.search(message)
    return DBNonExistentTable(match[1] if match else _last_part(_quoted(message)), error)


def _missing_column(error: BaseException, message: str) -> DBNonExistentColumn:
    return DBNonExistentColumn(_last_part(_quoted(message)), error)


def _not_null(error: BaseException, message: str) -> DBNotNullError:
    return DBNotNullError(None, _quoted(message), error)


def _unknown_table(error: BaseException, message: str) -> DBNonExistentTable:
    return DBNonExistentTable(_last_part(_quoted(message)), error)


def _missing_key(error: BaseException, message: str) -> DBError:
    match = _CANNOT_DROP.search(message)
    # MySQL names no kind; MariaDB does, and an index or a column is no constraint.
    if match is None or match["kind"] not in (None, "FOREIGN KEY", "CONSTRAINT"):
        return DBError(error)
    return DBNonExistentConstraint(None, match["name"], error)


def _missing_constraint(error: BaseException, message: str) -> DBNonExistentConstraint:
    return DBNonExistentConstraint(None, _quoted(message), error)


def _failed_rename(error: BaseException, message: str) -> DBError:
    match = _RENAME.search(message)
    return DBNonExistentConstraint(match[1], None, error) if match else DBError(error)


def _missing_database(error: BaseException, message: str) -> DBNonExistentDatabase:
    return DBNonExistentDatabase(_quoted(message), error)


def _last_part(name: str | None) -> str | None:
    return name.rpartition(".")[2] if name else None


def _quoted(message: str) -> str | None:
    match = _QUOTED.search(message)
    return match[1] if match else None


_WITH_FIELDS: dict[int, Callable[[BaseException, str], DBError]] = {
    1008: _missing_database,
    1025: _failed_rename,
    1048: _not_null,
    1049: _missing_database,
    1051: _unknown_table,
    1054: _missing_column,
    1091: _missing_key,
    1146: _missing_table,
    1216: _reference,
    1217: _reference,
    1263: _not_null,
    1364: _not_null,
    1451: _reference,
    1452: _reference,
    3730: _drop_parent,
    3819: _check_mysql,
    3821: _missing_constraint,
    3940: _missing_constraint,
    4025: _check_mariadb,
}
