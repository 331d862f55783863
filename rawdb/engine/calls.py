"""Statements as functions of the running transaction: `sql(context).key_pair_get(user_id=..., name=...)`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from aiosql.types import SQLOperationType as Operation

from rawdb import timeutils
from rawdb.dialects import Result
from rawdb.engine.scope import Scope
from rawdb.statements.adhoc import with_parameters
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Compiled
from rawdb.statements.slots import MAX_LIST
from rawdb.statements.statement import Statement

#: Values of the rows of one INSERT; more rows are sent in parts.
ROW_PARAMETERS = 8192
#: Rows that are sent as one document, or one by one.
BATCH_ROWS = 10_000


class BoundStatements:
    """The statements of a database, each an attribute that runs it in one scope.

    A call takes the statement's parameters and the arguments of its slots by keyword. `read_deleted` defaults to
    the context's, `:now` to the clock. The result depends on the operation: a list of dicts, one dict or None
    (`^`), one value or None (`$`), the number of matched rows (`!`), the new row (`<!`).
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getattr__(self, name: str) -> BoundStatement:
        if name.startswith("_"):
            raise AttributeError(name)
        statements = self._scope.database.statements
        statement = statements.get(name)
        if statement is None:
            near = difflib.get_close_matches(name, statements, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise AttributeError(f"no statement {name!r} in {self._scope.database.queries}{hint}")
        return BoundStatement(self._scope, statement)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._scope.database.statements]

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run SQL text of your own in this scope, its parameters written `:name` on every dialect.

        A text without parameters is sent as it stands.
        """
        dialect = self._scope.database.dialect
        sent, values = with_parameters(dialect, text, parameters) if parameters else (dialect.escaped(text), [])
        return self._scope.run(Compiled("execute", sent, writes=self._scope.mode == "writer"), values)


class BoundStatement:
    """A statement in a scope; calling it runs it. Its documentation is the comment in the SQL file."""

    __slots__ = ("_scope", "statement")

    def __init__(self, scope: Scope, statement: Statement) -> None:
        self._scope = scope
        self.statement = statement

    def __call__(self, **arguments: Any) -> Any:
        return call(self._scope, self.statement, arguments)

    def __repr__(self) -> str:
        return f"<statement {self.statement.name} of {self.statement.location}>"


def bound(scope: Scope) -> BoundStatements:
    """The statements of a scope."""
    if scope.handle is None:
        scope.handle = BoundStatements(scope)
    statements: BoundStatements = scope.handle
    return statements


def call(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Any:
    """Run a statement in a scope. Raises TypeError for missing and unknown arguments, before anything is sent."""
    if statement.undeclared is not None:
        statement = scope.database.inspected(statement, scope.describe)
    if statement.takes_now and "now" not in arguments:
        arguments["now"] = timeutils.utcnow()
    table = statement.table
    if table is not None:
        if "values" in arguments:
            arguments["values"] = _new_rows(statement, table, arguments["values"])
        if "changes" in arguments and not statement.stamps_itself:
            arguments["changes"] = _stamped(table, arguments["changes"])
    if statement.is_divisible:
        parts = _parts(scope, statement, arguments)
        if len(parts) != 1 or parts[0] is not arguments:
            return _shape(statement, arguments, _run_parts(scope, statement, parts))
    return _shape(statement, arguments, [_run(scope, statement, arguments)])


def _run_parts(scope: Scope, statement: Statement, parts: list[dict[str, Any]]) -> list[Result]:
    if len(parts) > 1 and statement.writes:
        return scope.atomic(lambda: [_run(scope, statement, part) for part in parts])
    return [_run(scope, statement, part) for part in parts]


def _run(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Result:
    database = scope.database
    prepared = statement.call(arguments, scope.context, database.rules)
    compiled = statement.compiled(prepared, database.cache)
    parameters = compiled.parameters(prepared.values)
    if compiled.batch:
        return scope.atomic(lambda: scope.run(compiled, parameters[0]))
    return scope.run(compiled, parameters)


def _new_rows(statement: Statement, table: Table, values: Any) -> dict[str, Any] | list[dict[str, Any]]:
    """One row, or several of the same columns, ready to be bound."""
    if isinstance(values, Mapping):
        return _stored(statement, table, values)
    if statement.operation is Operation.INSERT_RETURNING:
        raise TypeError(f"{statement.name} stores one row and returns it: `values` must be a dict")
    rows = [_stored(statement, table, row) for row in values]
    if any(row.keys() != rows[0].keys() for row in rows):
        raise TypeError(f"{statement.name}: all rows of one call must name the same columns")
    return rows


def _stored(statement: Statement, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    row = table.new_row(values)
    if not row:
        # Only MySQL has a syntax for it.
        raise TypeError(f"{statement.name}: `values` names no column of {table.name}")
    return row


def _stamped(table: Table, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with the time of the update, where the table keeps one and the caller gives none."""
    return {**{name: timeutils.utcnow() for name in table.stamped}, **changes}


def _parts(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls that one call becomes: long lists of rows or values are sent in parts."""
    rows = arguments.get("values")
    if isinstance(rows, list):
        size = BATCH_ROWS if scope.database.dialect.batches else ROW_PARAMETERS // max(1, len(rows[0]) if rows else 1)
        return [arguments] if 0 < len(rows) <= size else _chunks(arguments, "values", rows, max(1, size))
    name = statement.splits
    if name is None or name not in arguments or isinstance(arguments[name], (str, bytes)):
        return [arguments]
    arguments[name] = values = list(arguments[name])
    return [arguments] if len(values) <= MAX_LIST else _chunks(arguments, name, values, MAX_LIST)


def _chunks(arguments: dict[str, Any], name: str, values: Sequence[Any], size: int) -> list[dict[str, Any]]:
    return [{**arguments, name: values[start : start + size]} for start in range(0, len(values), size)]


def _shape(statement: Statement, arguments: dict[str, Any], results: list[Result]) -> Any:
    operation = statement.operation
    if operation is Operation.INSERT_RETURNING:
        return _new_row(statement, arguments, results[0])
    if operation is Operation.INSERT_UPDATE_DELETE:
        return sum([result.matched for result in results])
    rows = _rows(statement, results[0]) if len(results) == 1 else [r for one in results for r in _rows(statement, one)]
    if operation is Operation.SELECT_ONE:
        return rows[0] if rows else None
    if operation is Operation.SELECT_VALUE:
        return next(iter(rows[0].values())) if rows else None
    return rows


def _rows(statement: Statement, result: Result) -> list[dict[str, Any]]:
    rows = result.dicts()
    for relation in statement.relations:
        key, decode = relation.key, relation.decode
        for row in rows:
            row[key] = decode(row[key])
    return rows


def _new_row(statement: Statement, arguments: dict[str, Any], result: Result) -> dict[str, Any] | int | None:
    """The row that was stored; its id where the call gave no dict of values; None where nothing was stored."""
    if statement.returning:
        rows = result.dicts()
        return rows[0] if rows else None
    if result.matched == 0:
        return None
    new_id: int | None = result.rows[0][0] if result.rows else result.lastrowid
    values = arguments.get("values")
    if not isinstance(values, Mapping):
        return new_id
    identity = statement.table.identity if statement.table else None
    return dict(values) if identity is None else {identity: new_id, **values}
