"""Rows of any table, without a file of SQL: for what is too plain to deserve a statement of its own.

Each function takes the statements of an open block (`with database.writer.using(None) as sql`), and the name of a table
that is declared or stands in the live database. Columns are checked against it, values as everywhere; an unknown
table is a DBNonExistentTable, an unknown column a DBError, before anything is sent.

`where` says which rows: a dict, as `rawdb.criteria.match` reads it, or a list of conditions; with none, all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rawdb.criteria import match
from rawdb.engine.anew import UNKNOWN_COLUMN, table_anew
from rawdb.engine.bulk import batches
from rawdb.engine.calls import BoundStatements, call, new_rows, scope_of
from rawdb.engine.scope import Scope
from rawdb.exceptions import DBError, MultiRowsMatched, NoRowsMatched
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Compiled
from rawdb.statements.criteria import NO_LIMIT, AnyOf, Constant, Page, Predicate

__all__ = [
    "delete",
    "find",
    "insert",
    "load",
    "soft_delete",
    "update",
    "update_on_match",
    "update_returning_pk",
]

#: Rows that are looked at where one was to match.
_SEEN = 100
T = TypeVar("T")
Where = Mapping[str, Any] | Iterable[Predicate | AnyOf | Constant]


def insert(sql: BoundStatements, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Store a row and return it whole, with what the server gave it: its id, its defaults.

    Raises DBError where a trigger has skipped it. Round trips: one on PostgreSQL, else two; there a row without a known
    key comes back as it was given.
    """
    scope = scope_of(sql)
    if scope.database.dialect.has_returning:
        row: dict[str, Any] | None = _call(scope, table, "insert", values=values)
    else:
        row = scope.atomic(lambda: _insert_and_look(scope, sql, table, values))
    if row is None:
        raise DBError(f"{table}: no row was stored, and no error raised: a trigger of the table has skipped it")
    return row


def _insert_and_look(
    scope: Scope, sql: BoundStatements, table: str, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    stored: dict[str, Any] | None = _call(scope, table, "insert", values=values)
    if stored is None:
        return None
    key = _table(scope, table).unique.get("PRIMARY", ())
    if not key or any(stored.get(name) is None for name in key):
        return stored
    return next(iter(find(sql, table, {name: stored[name] for name in key})), stored)


def load(
    sql: BoundStatements,
    table: str,
    rows: Iterable[Mapping[str, Any] | Sequence[Any]],
    columns: Sequence[str] | None = None,
) -> int:
    """Store many rows, all or none, and return how many: by COPY on PostgreSQL, else as the driver does it best.

    Rows are dicts of the same columns; with `columns` sequences of values in that order. Those of a list are all
    checked before any of them is sent; an iterator is read in parts of 10,000 rows, so that any number of them takes
    the same memory. Raises TypeError for rows of other columns, DBError as an INSERT.
    """
    scope = scope_of(sql)
    parts = batches(_as_dicts(rows, columns), f"{table}: load()")
    send = _copy if scope.database.dialect.has_copy else _insert_many
    return scope.all_or_none(lambda: sum([send(scope, table, part) for part in parts]))


def find(
    sql: BoundStatements,
    table: str,
    where: Where = (),
    *,
    page: Page | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """The rows for which all conditions hold, in the order of their first column that is no document, or of a page.

    With rawdb.paging: `paginate(functools.partial(find, sql, "notes"), 10, ["title"])`. Round trips: one.
    """
    limit = NO_LIMIT if limit is None else limit
    found: list[dict[str, Any]] = _call(
        scope_of(sql), table, "find", filters=_conditions(where), page=page, limit=limit
    )
    return found


def update(sql: BoundStatements, table: str, changes: Mapping[str, Any], where: Where) -> int:
    """Change columns of the rows for which all conditions hold, and return how many matched. Round trips: one."""
    matched: int = _call(scope_of(sql), table, "update", changes=changes, filters=_conditions(where))
    return matched


def delete(sql: BoundStatements, table: str, where: Where) -> int:
    """Remove the rows for which all conditions hold, and return how many these were. Round trips: one."""
    matched: int = _call(scope_of(sql), table, "delete", filters=_conditions(where))
    return matched


def soft_delete(sql: BoundStatements, table: str, where: Where) -> int:
    """Mark the rows for which all conditions hold as deleted, and return how many these were.

    `deleted` becomes the row's id (true, where it is a boolean), `deleted_at` the time of rawdb's clock; `updated_at`
    stays. Name `{"deleted": 0}` among the conditions, or a deleted row is deleted anew. Raises StatementError for a
    table without these columns. Round trips: one.
    """
    matched: int = _call(scope_of(sql), table, "soft_delete", filters=_conditions(where))
    return matched


def update_returning_pk(
    sql: BoundStatements, table: str, changes: Mapping[str, Any], surrogate: tuple[str, Any], where: Where = ()
) -> tuple[Any, ...]:
    """Change the one row that has the surrogate key, a pair of column and value, and return its primary key.

    Further conditions may be given. Raises NoRowsMatched for none, MultiRowsMatched for more than one: let it leave the
    block, which undoes the change; where statements stand alone it is undone at once.
    Round trips: one on PostgreSQL, else two.
    """
    scope = scope_of(sql)
    pair: Any = surrogate
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise TypeError(f"surrogate is a pair of a column and its value, not {surrogate!r}")
    name, value = surrogate
    conditions = [*match({name: value}), *_conditions(where)]
    return scope.atomic(lambda: _update_one(scope, sql, table, changes, conditions))


def update_on_match(
    sql: BoundStatements,
    table: str,
    specimen: Mapping[str, Any],
    surrogate_key: str,
    values: Mapping[str, Any],
    *,
    attempts: int = 3,
    include_only: Collection[str] | None = None,
    where: Where = (),
    handle_failure: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Compare and set: change the row only if it still looks like the specimen, which names its surrogate key.

    `values` are stored where every column of the specimen (or those of `include_only`) still holds its value, and the
    conditions of `where` hold. Where no row matches, `handle_failure` is called: it may raise, return True (then it is
    taken as done) or False (then it is tried again, `attempts` times in all).

    Returns the primary key, the surrogate key and the new values, no others. Raises NoRowsMatched when no attempt has
    found the row, MultiRowsMatched, at once, when several did: let it leave the block, which undoes the change.
    """
    if surrogate_key not in specimen:
        raise ValueError(f"the specimen lacks its surrogate key {surrogate_key}")
    surrogate = (surrogate_key, specimen[surrogate_key])
    conditions = [*match(specimen, include_only=include_only, exclude=[surrogate_key]), *_conditions(where)]
    for attempt in range(attempts):
        try:
            key = update_returning_pk(sql, table, values, surrogate, conditions)
        except NoRowsMatched:
            if handle_failure is not None and handle_failure():
                return {surrogate_key: surrogate[1], **values}
            if attempt == attempts - 1:
                raise
            continue
        names = _table(scope_of(sql), table).unique["PRIMARY"]
        return {**dict(zip(names, key, strict=True)), surrogate_key: surrogate[1], **values}
    raise ValueError(f"attempts is a number from 1, not {attempts}")


def _update_one(
    scope: Scope,
    sql: BoundStatements,
    table: str,
    changes: Mapping[str, Any],
    conditions: Sequence[Predicate | AnyOf | Constant],
) -> tuple[Any, ...]:
    key = _table(scope, table).unique.get("PRIMARY", ())
    if not key:
        raise DBError(f"{table} has no primary key")
    if not scope.database.dialect.has_returning:
        # Which row it is can be seen before the change alone; the change still has all conditions to meet.
        # It locks, or it would look at a snapshot, and miss what others have committed since the transaction began.
        rows = _call(scope, table, "find_and_lock", filters=conditions, limit=_SEEN)
        matched = len(rows)
        if matched == 1:
            before = {name: rows[0][name] for name in key}
            matched = update(sql, table, changes, [*conditions, *match(before)])
            columns = _table(scope, table).columns
            rows = [{**before, **{name: columns[name].encode(changes[name]) for name in key if name in changes}}]
    else:
        rows = _call(scope, table, "update_returning", changes=changes, filters=conditions)
        matched = len(rows)
    if matched == 0:
        raise NoRowsMatched(f"no row of {table} matched")
    if matched > 1:
        raise MultiRowsMatched(f"{matched} rows of {table} matched, where one was to be changed")
    return tuple([rows[0][name] for name in key])


def _table(scope: Scope, name: str) -> Table:
    return scope.database.table(name, scope.describe)


def _call(scope: Scope, table: str, kind: str, **arguments: Any) -> Any:
    def work(known: Table) -> Any:
        return call(scope, scope.database.statement_of(known, kind), dict(arguments))

    return _with_table(scope, table, work, writes=kind != "find")


def _with_table(scope: Scope, name: str, work: Callable[[Table], T], *, writes: bool) -> T:
    """Do something with a table; again where it turns out to have changed since it was read."""
    known = _table(scope, name)
    while True:
        try:
            return work(known)
        except UNKNOWN_COLUMN as error:
            known = table_anew(scope, known, error, writes=writes)


def _conditions(where: Where) -> list[Predicate | AnyOf | Constant]:
    """What fills the slot, which says what is wrong with it."""
    if isinstance(where, Mapping):
        return [*match(where)]
    given: Any = where
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise TypeError(f"where is a dict of columns and values, or a list of conditions, not {given!r}")
    return list(given)


def _as_dicts(rows: Any, columns: Sequence[str] | None) -> Any:
    """Rows as dicts; of a list a list."""
    if columns is None or isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        return rows
    names = _listed(columns)
    named = (dict(zip(names, _cells(row, names), strict=True)) for row in rows)
    return list(named) if isinstance(rows, Sequence) else named


def _listed(columns: Any) -> list[str]:
    """The names of columns, each once."""
    if isinstance(columns, (str, bytes)) or not isinstance(columns, Iterable):
        raise TypeError(f"columns is a list of names, not {columns!r}")
    names = list(columns)
    if twice := sorted({str(name) for name in names if names.count(name) > 1}):
        raise TypeError(f"columns names {', '.join(twice)} twice")
    return names


def _cells(row: Any, names: list[str]) -> Sequence[Any]:
    """A row that has a value for each column."""
    if isinstance(row, (str, bytes)) or not isinstance(row, Sequence):
        raise TypeError(f"with columns each row is a list or tuple of values, not {row!r}")
    if len(row) != len(names):
        raise TypeError(
            f"{len(names)} columns are named ({', '.join(names)}), and a row has {len(row)} values: {row!r}"
        )
    return row


def _insert_many(scope: Scope, table: str, rows: list[Mapping[str, Any]]) -> int:
    stored: int = _call(scope, table, "load", values=rows)
    return stored


def _copy(scope: Scope, table: str, rows: list[Mapping[str, Any]]) -> int:
    return _with_table(scope, table, lambda known: _copy_into(scope, known, rows), writes=True)


def _copy_into(scope: Scope, known: Table, rows: list[Mapping[str, Any]]) -> int:
    database = scope.database
    dialect, statement = database.dialect, database.statement_of(known, "load")
    complete = new_rows(statement, known, rows)
    columns = [known.columns[name] for name in complete[0]]
    listed = ", ".join([dialect.quote(column.name) for column in columns])
    text = f"{statement.tag}COPY {dialect.quote(known.name)} ({listed}) FROM STDIN"
    sent = Compiled(statement.name, text, location=statement.location, table=known.name, writes=True)
    binds = [dialect.binder(column.type) for column in columns]

    def cells(row: Mapping[str, Any]) -> list[Any]:
        """In the order of the columns: rows may name them in others."""
        return [row[column.name] for column in columns]

    # All of them now: a document that has no JSON would be found in the middle of the COPY.
    lines = [
        [cell if bind is None or cell is None else bind(cell) for bind, cell in zip(binds, cells(row), strict=True)]
        for row in complete
    ]
    return scope.held(sent, lambda connection: connection.copy(sent, lines))
