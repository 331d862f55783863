"""Errors of the toolkit: what a database reports, and what using the engine wrongly reports.

A driver's own error never reaches a caller. It is translated into one of the ``DB*`` classes below, which say
the same thing on every database, and stays reachable as ``inner_exception`` and ``__cause__``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rawdb.exceptions.base import Rebuilt

__all__ = [
    "AlreadyStartedError",
    "BackendNotAvailable",
    "CantStartEngineError",
    "CantUpdateException",
    "ColumnError",
    "ContextNotRequestedError",
    "DBAuthenticationError",
    "DBConnectionError",
    "DBConstraintError",
    "DBDataError",
    "DBDatetimeError",
    "DBDeadlock",
    "DBDuplicateEntry",
    "DBError",
    "DBInvalidUnicodeParameter",
    "DBMigrationError",
    "DBNonExistentColumn",
    "DBNonExistentConstraint",
    "DBNonExistentDatabase",
    "DBNonExistentTable",
    "DBNotNullError",
    "DBNotSupportedError",
    "DBOutcomeUnknown",
    "DBPoolTimeout",
    "DBReferenceError",
    "DBSyntaxError",
    "DBTimeout",
    "MultiRowsMatched",
    "NoEngineContextEstablished",
    "NoRowsMatched",
    "NotSupportedWarning",
    "OsloDBDeprecationWarning",
    "RetryRequest",
    "StatementError",
]

#: Up to the last @: one in a password is often not escaped, and neither is a slash.
_CREDENTIALS = r"(?<=://)([^\s/@:]*):\S*@"


def _text_of(error: BaseException | str | None) -> str:
    """The text of `error` without the password of any URL in it."""
    if error is None:
        return ""
    text = str(error)
    return re.sub(_CREDENTIALS, r"\1:***@", text) if "://" in text else text


class _Located(Rebuilt):
    """What the engine adds to an error: the statement that failed, where it stands, and on which attempt."""

    inner_exception: BaseException | None = None
    """The driver's own error."""
    statement: str | None = None
    """Name of the statement that failed."""
    location: str | None = None
    """``file:line`` of that statement."""
    dialect: str | None = None
    """``postgresql``, ``mysql`` or ``sqlite``."""
    code: str | int | None = None
    """SQLSTATE, errno or extended result code, as the server gave it."""
    server: str | None = None
    """The URL, without password, of the server that could not be connected to."""
    hint: str = ""
    """What may be behind it; shown with the statement, or with the server."""
    attempt: int | None = None
    """Which run of the retried function this was, counted from 1."""

    def __str__(self) -> str:
        text = super().__str__()
        where = ", ".join(part for part in (self.statement, self.location, self.server) if part is not None)
        if not where:
            return text
        if text and self.hint:
            first, end, rest = text.partition("\n")
            text = f"{first} ({self.hint}){end}{rest}"
        return f"{text} [{where}]" if text else f"[{where}]"


class DBError(_Located, Exception):
    """A database refused or failed; the base of all that it can report.

    `inner_exception` is the driver's error (a plain text is accepted too), `cause` the error that had led to
    a rollback to a savepoint when that rollback failed as well.
    """

    #: Whether its reason may be that rawdb knew a table as it had been, which it knows better the next time.
    is_outdated = False

    def __init__(self, inner_exception: BaseException | str | None = None, cause: BaseException | None = None) -> None:
        super().__init__(_text_of(inner_exception))
        self.inner_exception = inner_exception if isinstance(inner_exception, BaseException) else None
        self.cause = cause


class DBDuplicateEntry(DBError):
    """A unique key holds these values already.

    `columns` lists the key's columns (empty when unknown), `value` is the refused value as text, or None.
    """

    def __init__(
        self,
        columns: Iterable[str] | None = None,
        inner_exception: BaseException | str | None = None,
        value: str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.columns: list[str] = list(columns or ())
        self.value = value


class DBReferenceError(DBError):
    """A foreign key was violated: `table` and `key` on one side, `key_table` on the other."""

    def __init__(
        self,
        table: str | None = None,
        constraint: str | None = None,
        key: str | None = None,
        key_table: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.table = table
        self.constraint = constraint
        self.key = key
        self.key_table = key_table


class DBConstraintError(DBError):
    """A CHECK constraint was violated."""

    def __init__(
        self,
        table: str | None = None,
        check_name: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.table = table
        self.check_name = check_name


class DBNotNullError(DBError):
    """A column that must have a value got none."""

    def __init__(
        self,
        table: str | None = None,
        column: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.table = table
        self.column = column


class DBNonExistentConstraint(DBError):
    """The constraint to be changed or dropped is not there."""

    def __init__(
        self,
        table: str | None = None,
        constraint: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.table = table
        self.constraint = constraint


class DBNonExistentTable(DBError):
    """The table, view or sequence is not there."""

    hint = "was the schema migrated?"

    def __init__(
        self,
        table: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.table = table


class DBNonExistentColumn(DBError):
    """The column is not there."""

    hint = "was the schema migrated?"

    def __init__(
        self,
        column: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.column = column


class DBSyntaxError(DBError):
    """The server does not understand the SQL."""


class DBNonExistentDatabase(DBError):
    """The database is not there, or its file cannot be opened."""

    hint = "is the name right? rawdb makes no database, and for SQLite no folder"

    def __init__(
        self,
        database: str | None = None,
        inner_exception: BaseException | str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(inner_exception, cause)
        self.database = database


class DBDeadlock(DBError):
    """Another transaction was in the way: deadlock, lock wait, serialization failure, busy database.

    The transaction must be rolled back and the whole of it run again.
    """

    no_wait: bool = False
    """Whether the statement says NOWAIT and its lock was not free: then nothing is run again by itself."""


class DBConnectionError(DBError):
    """The server cannot be reached, or the connection to it is gone."""


class DBAuthenticationError(DBError):
    """The server does not let this user in: the password is wrong, or the account is not to be used from here."""

    hint = "are user and password in the URL right?"


class DBOutcomeUnknown(DBConnectionError):
    """A COMMIT, or a write that stood alone, was sent and its answer was lost.

    It may have taken effect or not, so it is not repeated: look at the data first.
    """


class DBPoolTimeout(DBConnectionError):
    """No connection of the pool became free in time."""


class DBTimeout(DBError):
    """The statement was stopped before its end, by the server's time limit or by a cancel request."""


class DBDataError(DBError):
    """A value does not fit its type: too long, out of range, malformed, a division by zero."""


class DBDatetimeError(DBDataError, ValueError):
    """A text that is no ISO 8601 datetime, or a moment that has no UTC equivalent; a ValueError too."""


class DBNotSupportedError(DBError):
    """This server does not have the feature."""


class DBMigrationError(DBError):
    """A schema migration failed, or was asked for something it cannot do."""

    def __init__(self, message: BaseException | str | None = None, cause: BaseException | None = None) -> None:
        super().__init__(message, cause)


class DBInvalidUnicodeParameter(_Located, Exception):
    """A text value cannot be encoded, such as a lone surrogate. Not a `DBError`: no database has seen it."""

    def __init__(self, inner_exception: BaseException | None = None) -> None:
        super().__init__("a text parameter holds characters that cannot be encoded")
        self.inner_exception = inner_exception


class StatementError(ValueError):
    """A SQL file cannot be used as written; raised when it is loaded.

    The text reads ``file:line:column - what is wrong, and what to write instead``, without parts not given.
    """

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place} - {message}" if place else message)
        self.file = file
        self.line = line
        self.column = column


class RetryRequest(Exception):
    """Raised by a function that wants to be run again; `inner_exc` comes out when the repeats are used up."""

    def __init__(self, inner_exc: BaseException) -> None:
        super().__init__(str(inner_exc))
        self.inner_exc = inner_exc


class AlreadyStartedError(TypeError):
    """The connection options were changed after the first connection was made."""


class CantStartEngineError(Exception):
    """No connection can be made because no URL is configured."""


class NoEngineContextEstablished(AttributeError):
    """The context has no running transaction in this thread."""


class ContextNotRequestedError(AttributeError):
    """A transaction is running, but this attribute was not asked of it."""


class ColumnError(Exception):
    """A column has a type that the operation cannot handle, or is missing."""


class BackendNotAvailable(Exception):
    """The kind of database that a test asks for cannot be used here."""


class CantUpdateException(Exception):
    """A compare-and-set update did not hit exactly one row."""


class MultiRowsMatched(CantUpdateException):
    """It hit more than one row; the caller must roll back."""


class NoRowsMatched(CantUpdateException):
    """It hit no row."""


class NotSupportedWarning(Warning):
    """An option is unknown, or has no meaning here, and is ignored."""


class OsloDBDeprecationWarning(DeprecationWarning):
    """A documented name that has a better one."""
