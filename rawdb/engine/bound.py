"""Statements as functions of the running transaction: `sql(context).key_pair_get(user_id=..., name=...)`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from aiosql.types import SQLOperationType as Operation

from rawdb import timeutils
from rawdb.dialects import Result
from rawdb.engine.columns import Table
from rawdb.engine.slots import MAX_LIST, Rendering
from rawdb.engine.statement import Statement

if TYPE_CHECKING:
    from rawdb.engine.scope import Scope

#: Values of the rows of one INSERT; more rows are sent in parts.
ROW_PARAMETERS = 8192

_COUNTED = (Operation.INSERT_UPDATE_DELETE, Operation.INSERT_RETURNING)


class BoundStatements:
    """The statements of a database, each an attribute that runs it in one scope.

    A call takes the statement's parameters and the arguments of its slots by keyword. `read_deleted` defaults to
    the context's, `:now` to the clock. The result depends on the operation: a list of dicts, one dict or None
    (`^`), one value or None (`$`), the number of matched rows (`!`), the new row (`<!`).
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        statements = self._scope.database.statements
        if name not in statements:
            near = difflib.get_close_matches(name, statements, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise AttributeError(f"no statement {name!r} in {self._scope.database.queries}{hint}")
        return partial(call, self._scope, statements[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._scope.database.statements]

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run SQL text of your own, in the driver's own parameter style, in this scope."""
        return self._scope.run("execute", text, parameters or {}, writes=self._scope.mode == "writer")


def call(scope: Scope, statement: Statement, /, **arguments: Any) -> Any:
    """Run a statement in a scope. Raises TypeError for missing and unknown arguments, before anything is sent."""
    if statement.undeclared is not None:
        statement = scope.database.inspected(statement, scope.describe)
    complete = _complete(scope, statement, arguments)
    parts = _parts(statement, complete)
    if len(parts) > 1 and statement.writes:
        with scope.together():
            results = [_run(scope, statement, part) for part in parts]
    else:
        results = [_run(scope, statement, part) for part in parts]
    return _shape(statement, complete, results)


def _complete(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> dict[str, Any]:
    unknown = set(arguments) - statement.accepts
    if unknown:
        takes = ", ".join(sorted(statement.accepts)) or "nothing"
        raise TypeError(f"{statement.name} takes no argument {', '.join(sorted(unknown))}; it takes {takes}")
    if "now" in statement.accepts and "now" not in arguments:
        arguments["now"] = timeutils.utcnow()
    if "read_deleted" in statement.accepts and "read_deleted" not in arguments:
        arguments["read_deleted"] = getattr(scope.context, "read_deleted", "no")
    table = statement.table
    if table is not None and "values" in arguments:
        arguments["values"] = _new_rows(statement, table, arguments["values"])
    if table is not None and "changes" in arguments:
        arguments["changes"] = _stamped(table, arguments["changes"])
    return arguments


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


def _parts(statement: Statement, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls that one call becomes: long lists of rows or values are sent in parts."""
    rows = arguments.get("values")
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        return _chunks(arguments, "values", rows, max(1, ROW_PARAMETERS // max(1, len(rows[0]))) if rows else 1)
    name = statement.splits
    if name is None or name not in arguments:
        return [arguments]
    values = list(arguments[name])
    arguments = {**arguments, name: values}
    return [arguments] if len(values) <= MAX_LIST else _chunks(arguments, name, values, MAX_LIST)


def _chunks(arguments: dict[str, Any], name: str, values: Sequence[Any], size: int) -> list[dict[str, Any]]:
    return [{**arguments, name: values[start : start + size]} for start in range(0, len(values), size)]


def _run(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Result:
    rendering = Rendering(statement, scope.database.dialect, arguments, scope.context)
    text = f"{statement.tag}{rendering.render(statement.segments, {})}{statement.ending}"
    return scope.run(
        statement.name,
        text,
        rendering.bound,
        statement.location,
        writes=statement.writes,
        table=statement.target,
    )


def _shape(statement: Statement, arguments: dict[str, Any], results: list[Result]) -> Any:
    operation = statement.operation
    if operation is Operation.INSERT_RETURNING:
        return _new_row(statement, arguments, results[0])
    if operation in _COUNTED:
        return sum(result.matched for result in results)
    rows = [row for result in results for row in result.dicts()]
    for relation in statement.relations:
        for row in rows:
            row[relation.key] = relation.decode(row[relation.key])
    if operation is Operation.SELECT_ONE:
        return rows[0] if rows else None
    if operation is Operation.SELECT_VALUE:
        return next(iter(rows[0].values())) if rows else None
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
