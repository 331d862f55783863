"""PostgreSQL's errors, by SQLSTATE.

psycopg has no SQLSTATE for an error of its own: a failed connection attempt, a connection found closed. Those
are told apart by psycopg's texts, which no server setting translates, then by the server's English ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import psycopg

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

#: SQLSTATEs whose errors carry no fields. A class of SQLSTATEs is written by its first two characters.
_PLAIN: dict[str, type[DBError]] = {
    "08": DBConnectionError,
    "08007": DBOutcomeUnknown,  # transaction_resolution_unknown
    "0A": DBNotSupportedError,
    "22": DBDataError,
    "28": DBAuthenticationError,
    "42601": DBSyntaxError,
    "25P03": DBConnectionError,  # idle_in_transaction_session_timeout
    "25P04": DBConnectionError,  # transaction_timeout
    "40001": DBDeadlock,  # serialization_failure
    "40003": DBOutcomeUnknown,  # statement_completion_unknown
    "40P01": DBDeadlock,  # deadlock_detected
    "53300": DBConnectionError,  # too_many_connections
    "55P03": DBDeadlock,  # lock_not_available: lock_timeout and NOWAIT
    "57014": DBTimeout,  # query_canceled: statement_timeout, or a cancel request
    "57P01": DBConnectionError,  # admin_shutdown
    "57P02": DBConnectionError,  # crash_shutdown
    "57P03": DBConnectionError,  # cannot_connect_now
    "57P04": DBConnectionError,  # database_dropped
    "57P05": DBConnectionError,  # idle_session_timeout
}

#: The server still answers, but this one will not write: a replica, or a primary that was demoted.
_READ_ONLY = "25006"

#: Texts of errors without a SQLSTATE, with the one that the server would have given. The first match counts.
_STATE_BY_TEXT: tuple[tuple[Pattern, str], ...] = tuple(
    (Pattern(pattern), state)
    for pattern, state in (
        (r"duplicate key value violates unique constraint", "23505"),
        (r"violates (?:RESTRICT setting of )?foreign key constraint", "23503"),
        (r"violates check constraint", "23514"),
        (r"violates not-null constraint", "23502"),
        (r"deadlock detected", "40P01"),
        (r"could not serialize access", "40001"),
        (r"could not obtain lock on|canceling statement due to lock timeout", "55P03"),
        (r"canceling statement due to", "57014"),
        (r"terminating connection due to administrator command", "57P01"),
        (r"the database system is (?:starting up|shutting down|in recovery mode)", "57P03"),
        (r"too many (?:connections|clients)|remaining connection slots are reserved", "53300"),
        (r'database ".*" does not exist', "3D000"),
        (r'role ".*" does not exist|no pg_hba\.conf entry|not permitted to log in', "28000"),
        (r"authentication failed|no password supplied", "28P01"),
        (r'(?:relation|table|view|sequence) ".*" does not exist$', "42P01"),
    )
)

_LOST = Pattern(
    r"the connection is (?:closed|lost)|connection socket closed|server closed the connection|"
    r"(?:consuming input|flushing|connection) failed:|connection is bad:|connection timeout expired|"
    r"sending query failed:(?! another command)|no connection to the server|failed to resolve host|"
    r"SSL connection has been closed|could not (?:receive data from|send data to) server"
)

_DETAIL = Pattern(r"^DETAIL:\s*(.*?)(?=\n(?:HINT|CONTEXT|QUERY|WHERE|LOCATION|LINE \d+):|\Z)", re.DOTALL | re.MULTILINE)
_SEVERITY = Pattern(r"\A[A-Z]+:\s+")
_CONSTRAINT = Pattern(r'constraint "(.+?)"')
_NULL_COLUMN = Pattern(r'null value in column "(.+?)"')
_RELATION = Pattern(r'(?:on table|relation) "(.+?)"')
# In any language: only the parentheses are the same.
_DUPLICATE = Pattern(r"\A[^()]*\((?P<columns>.+?)\)=\((?P<value>.*)\)[^()]*\Z", re.DOTALL)
# Each language has quotes of its own.
_QUOTED = r'["„“”«»]\s?(.+?)\s?["„“”«»]'
_REFERENCE = Pattern(
    r'\A[^()]*\((?P<key>.+?)\)=\(.*\)[^"„“”«»]*["„“”«»]\s?(?P<table>.+?)\s?["„“”«»][^"„“”«»]*\Z', re.DOTALL
)
_MISSING_TABLE = Pattern(
    r'\A(?:relation|table|view|materialized view|foreign table|sequence) "(.+)" does not exist\Z'
    rf"|{_QUOTED}"
)
_MISSING_COLUMN = Pattern(rf"(?:column )?{_QUOTED}|column (\S+) ")
_MISSING_CONSTRAINT = Pattern(r'\Aconstraint "(.+)" (?:of relation|for table) "(.+)" does not exist\Z')
_MISSING_DATABASE = Pattern(r'database "(.+)" does not exist')
_COMMA = Pattern(r",\s*(?![^()]*\))")


class _Report(NamedTuple):
    """What the server said: from the diagnostics it sent, else read out of the error's text."""

    text: str
    primary: str
    detail: str
    table: str | None
    constraint: str | None
    column: str | None = None


def translate(
    error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
) -> Exception:
    """The exception of `rawdb.exceptions` for an error of psycopg; any other error as it is.

    Args:
        error: the driver's error, made by the server's answer or by hand.
        connecting: whether it ended an attempt to connect.
        unique_columns: gives the columns of a unique index, or None for one it does not know.
    """
    if isinstance(error, UnicodeEncodeError):
        return with_details(DBInvalidUnicodeParameter(), error, "postgresql", None)
    if not is_driver_error(error):
        return untouched(error)
    report = _report(error)
    state = _state(error, report)
    translated = _translated(error, state, report, connecting, unique_columns)
    return with_details(translated, error, "postgresql", state)


def is_driver_error(error: BaseException) -> bool:
    """Whether `error` is psycopg's, plain Python errors over wrong parameters included."""
    return isinstance(error, psycopg.Error | UnicodeEncodeError) or raised_inside("psycopg", error)


def is_disconnect(error: BaseException) -> bool:
    """Whether `error`, the driver's or a translated one, says that the connection is gone."""
    error = driver_error_of(error)
    if not isinstance(error, psycopg.Error):
        return False
    report = _report(error)
    state = _state(error, report)
    return issubclass(_class_of(state), DBConnectionError) or (state is None and _is_lost(error, report))


def evicts(error: BaseException) -> bool:
    """Whether the connection must leave its pool after `error`: it is gone, or it turned read-only."""
    return getattr(driver_error_of(error), "sqlstate", None) == _READ_ONLY or is_disconnect(error)


def _translated(
    error: BaseException,
    state: str | None,
    report: _Report,
    connecting: bool,
    unique_columns: UniqueColumns | None,
) -> DBError:
    if state == "23505":
        return _duplicate(error, report, unique_columns)
    if state is not None:
        special = _WITH_FIELDS.get(state)
        return special(error, report) if special else _class_of(state)(error)
    if _is_lost(error, report) or (connecting and isinstance(error, psycopg.OperationalError)):
        return DBConnectionError(error)
    if isinstance(error, psycopg.DataError):
        return DBDataError(error)
    if isinstance(error, psycopg.NotSupportedError):
        return DBNotSupportedError(error)
    return DBError(error)


def _class_of(state: str | None) -> type[DBError]:
    if state is None:
        return DBError
    return _PLAIN.get(state) or _PLAIN.get(state[:2], DBError)


def _state(error: BaseException, report: _Report) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return str(state)
    # Attempts to connect that failed over several addresses are listed below one another.
    text = report.text if _LOST.search(report.text) else report.primary
    return next((known for pattern, known in _STATE_BY_TEXT if pattern.search(text)), None)


def _is_lost(error: BaseException, report: _Report) -> bool:
    return isinstance(error, psycopg.OperationalError) and _LOST.search(report.text) is not None


def _report(error: BaseException) -> _Report:
    text = str(error)
    diagnostics = getattr(error, "diag", None)
    if diagnostics is not None and diagnostics.message_primary is not None:
        return _Report(
            text,
            diagnostics.message_primary,
            diagnostics.message_detail or "",
            diagnostics.table_name,
            diagnostics.constraint_name,
            diagnostics.column_name,
        )
    primary = _SEVERITY.sub("", text.partition("\n")[0])
    detail = _DETAIL.search(text)
    return _Report(
        text,
        primary,
        detail[1] if detail else "",
        _first(_RELATION, primary),
        _first(_CONSTRAINT, primary),
        _first(_NULL_COLUMN, primary),
    )


def _first(pattern: Pattern, text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None


def _duplicate(error: BaseException, report: _Report, unique_columns: UniqueColumns | None) -> DBDuplicateEntry:
    # A user who may not read the columns gets no detail.
    detail = _DUPLICATE.match(report.detail)
    shown = [column.strip('"') for column in _COMMA.split(detail["columns"])] if detail else []
    columns = key_columns(report.constraint, report.table, unique_columns, shown)
    return DBDuplicateEntry(columns, error, detail["value"] if detail else None)


def _reference(error: BaseException, report: _Report) -> DBReferenceError:
    # diag names the child table in both directions; the message names the table that was written to.
    detail = _REFERENCE.match(report.detail)
    table = _first(_RELATION, report.primary)
    key, key_table = (detail["key"], detail["table"]) if detail else (None, None)
    return DBReferenceError(table, report.constraint, key, key_table, error)


def _check(error: BaseException, report: _Report) -> DBConstraintError:
    return DBConstraintError(report.table, report.constraint, error)


def _not_null(error: BaseException, report: _Report) -> DBNotNullError:
    return DBNotNullError(report.table, report.column, error)


def _missing_column(error: BaseException, report: _Report) -> DBNonExistentColumn:
    found = _MISSING_COLUMN.search(report.primary)
    return DBNonExistentColumn((found[1] or found[2]).rpartition(".")[2] if found else None, error)


def _missing_table(error: BaseException, report: _Report) -> DBError:
    found = _MISSING_TABLE.search(report.primary)
    table = found and (found[1] or found[2])
    # The same SQLSTATE tells of a table missing from a FROM clause, in any language.
    if "FROM" in report.primary and not (found and found[1]):
        return DBError(error)
    return DBNonExistentTable(table, error)


def _missing_object(error: BaseException, report: _Report) -> DBError:
    match = _MISSING_CONSTRAINT.match(report.primary)
    return DBNonExistentConstraint(match[2], match[1], error) if match else DBError(error)


def _missing_database(error: BaseException, report: _Report) -> DBNonExistentDatabase:
    return DBNonExistentDatabase(_first(_MISSING_DATABASE, report.text), error)


_WITH_FIELDS: dict[str, Callable[[BaseException, _Report], DBError]] = {
    "23001": _reference,
    "23502": _not_null,
    "23503": _reference,
    "23514": _check,
    "3D000": _missing_database,
    "42703": _missing_column,
    "42704": _missing_object,
    "42P01": _missing_table,
}
