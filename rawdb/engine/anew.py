"""Tables that were changed after they were read: they are looked at again, and work goes on where that helps.

Whoever names a column that its table did not have may be right by now, and so may be the server that misses one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rawdb.engine.scope import Scope
from rawdb.exceptions import DBError, DBNonExistentColumn, InvalidSortKey
from rawdb.statements.columns import Table
from rawdb.statements.statement import Statement

#: What a call raises for a column that its table does not have.
UNKNOWN_COLUMN = (DBNonExistentColumn, InvalidSortKey)

T = TypeVar("T", Statement, Table)


def statement_anew(scope: Scope, statement: Statement, error: Exception) -> Statement:
    """The statement with the tables as they are now, to be called again because of `error`.

    Raises the error where there is no reason to. What changes rows, and was sent, is not sent again.
    """
    if getattr(error, "statement", None) not in (None, statement.name):
        # Another one's, which was sent ahead: the transaction is over.
        scope.look_at_end()
        raise error
    return _anew(scope, statement, error, lambda: scope.database.anew(statement, scope.describe), statement.writes)


def table_anew(scope: Scope, table: Table, error: Exception, *, writes: bool) -> Table:
    """The same for a table."""
    return _anew(scope, table, error, lambda: scope.database.table_anew(table, scope.describe), writes)


def _anew(scope: Scope, known: T, error: Exception, look: Callable[[], T], writes: bool) -> T:
    was_sent = getattr(error, "inner_exception", None) is not None
    try:
        found = look()
    except DBError:
        # The reason for looking says more than why nothing could be seen.
        found = known
        if was_sent and isinstance(error, DBError):
            # PostgreSQL answers nothing in a transaction in which it has refused something; another one may go well.
            scope.look_at_end()
            error.is_outdated = True
    if found is known or (was_sent and writes):
        raise error
    return found
