"""Statements as functions of the running transaction: `sql(context).key_pair_get(user_id=..., name=...)`."""

from __future__ import annotations

import inspect
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from rawdb import timeutils
from rawdb._hints import did_you_mean
from rawdb.dialects import Result
from rawdb.dialects.base import doubled
from rawdb.engine.anew import UNKNOWN_COLUMN, statement_anew
from rawdb.engine.bulk import BATCH_ROWS, run_many
from rawdb.engine.scope import Home, Scope
from rawdb.engine.streams import FETCH_SIZE, Stream
from rawdb.exceptions import DBDataError, DBError, DBNonExistentColumn, DBNonExistentTable, StatementError
from rawdb.statements.adhoc import with_parameters
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Compiled
from rawdb.statements.effects import WRITES
from rawdb.statements.marks import Operation
from rawdb.statements.slots import MAX_LIST
from rawdb.statements.statement import Statement

T = TypeVar("T")

_ROWS, _ROW, _VALUE = Operation.SELECT, Operation.SELECT_ONE, Operation.SELECT_VALUE
_MATCHED = Operation.INSERT_UPDATE_DELETE
#: Values of the rows of one INSERT; more rows are sent in parts.
ROW_PARAMETERS = 8192


class BoundStatements:
    """The statements of a database, each an attribute that runs it in one scope.

    A call takes the statement's parameters, by position or by name, and the arguments of its slots by name.
    `read_deleted` defaults to the context's, `:now` to the clock. The result depends on the operation: a list of dicts,
    one dict or None (`^`), one value or None (`$`), the number of matched rows (`!`), the new row (`<!`).
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getattr__(self, name: str) -> BoundStatement:
        if name.startswith("_"):
            raise AttributeError(name)
        statements = self._scope.database.statements
        try:
            statement = statements[name]
        except KeyError:
            hint = did_you_mean(name, statements) if statements else "; there is none at all"
            raise AttributeError(f"no statement {name!r} in {self._scope.database.queries}{hint}") from None
        # From now on the interpreter finds it by itself, which takes half the time.
        setattr(type(self), name, property(lambda handle: BoundStatement(handle._scope, statement)))
        return BoundStatement(self._scope, statement)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._scope.database.statements})

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run one statement of your own in this scope, its parameters written `:name` on every dialect.

        Raises StatementError for several statements in one text, TypeError for a parameter that is missing or unknown.
        """
        sent, values, names = with_parameters(self._scope.database.dialect, text, parameters or {})
        compiled = Compiled("execute", sent, writes=self._scope.mode == "writer", by_key=not values, names=names)
        try:
            result = self._scope.run(compiled, values)
        except DBError as error:
            error.location = error.location or caller()
            raise _explained(error, names) from error.__cause__
        return result if result.lastrowid is None else _with_own_id(result, text)

    def execute_script(self, text: str) -> None:
        """Run the statements of a text, all of them or none: as a script of the files, without parameters.

        Raises StatementError for text that cannot be read, before anything is sent. On MySQL a text with DDL is a
        TypeError outside of writer.autocommit, where each of its statements stands alone.
        """
        # Few processes run scripts.
        from rawdb.engine.scripts import run_text

        run_text(self._scope, text, caller)

    def stream(self, text: str, parameters: Mapping[str, Any] | None = None, *, fetch_size: int = FETCH_SIZE) -> Stream:
        """Run a query of your own, its rows read in parts: `for row in sql.stream("SELECT ...", {...})`.

        As `execute` otherwise, and as the `stream` of a statement.
        """
        sent, values, names = with_parameters(self._scope.database.dialect, text, parameters or {})
        compiled = Compiled("stream", sent, names=names, location=caller())
        if compiled.effects & WRITES:
            raise TypeError("stream: the text changes something, and only what reads can be streamed: use execute")
        return Stream(self._scope, [(compiled, values)], fetch_size, Result.dicts, _explained_for)


class BoundStatement:
    """A statement in a scope; calling it runs it. Its documentation is the comment in the SQL file."""

    __slots__ = ("_scope", "statement")

    def __init__(self, scope: Scope, statement: Statement) -> None:
        self._scope = scope
        self.statement = statement

    def __call__(self, *given: Any, **arguments: Any) -> Any:
        if given:
            arguments = self.statement.by_name(given, arguments)
        while True:
            try:
                return call(self._scope, self.statement, arguments)
            except UNKNOWN_COLUMN as error:
                self.statement = statement_anew(self._scope, self.statement, error)

    def many(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run it once for each dict of parameters, all or none; returns how many rows matched, all together.

        For statements that end in `!` and take parameters. The sets of a list are all checked before the first is
        sent; an iterator is read in parts of 10,000. On PostgreSQL they are sent one behind the other without waiting
        for the answers, on SQLite by the library; on MySQL each is a round trip.
        """
        try:
            return run_many(self._scope, self.statement, rows)
        except DBNonExistentTable:
            self._scope.database.look_for_more()
            raise

    def ahead(self, *given: Any, **arguments: Any) -> Pending:
        """Run it together with the next statement of the block: one round trip for both, on PostgreSQL.

        For work that need not look at the result before it goes on: `.result()` of what is returned gives what the call
        would have given. The next statement raises an error of this one too (it names the right one), and the
        transaction, or the savepoint around it, is over then. On MySQL, whose Galera clusters do not hold what shares a
        message together, on SQLite, and where statements stand alone, it is run at once.
        """
        if given:
            arguments = self.statement.by_name(given, arguments)
        while True:
            try:
                return _ahead(self._scope, self.statement, arguments)
            except UNKNOWN_COLUMN as error:
                self.statement = statement_anew(self._scope, self.statement, error)

    def stream(self, *given: Any, fetch_size: int = FETCH_SIZE, **arguments: Any) -> Stream:
        """The rows that a call gives, read in parts of `fetch_size` rows: a large result in constant memory.

        Needs a block with a transaction, `reader` or `writer`. A SELECT without mark has rows to read; TypeError for
        any other. On MySQL no other statement can run on the block until the stream is read to its end, or closed.
        """
        statement = self.statement
        if statement.operation is not Operation.SELECT or statement.writes:
            raise TypeError(
                f"{statement.name} cannot be streamed: only what gives a list of rows, and changes none, can"
            )
        if given:
            arguments = statement.by_name(given, arguments)
        if self._scope.autocommit:
            raise TypeError(
                f"{statement.name}: a stream needs a transaction, and here each statement stands alone: use reader"
            )
        while True:
            try:
                return _streamed(self._scope, self.statement, arguments, fetch_size)
            except UNKNOWN_COLUMN as error:
                self.statement = statement_anew(self._scope, self.statement, error)

    def __repr__(self) -> str:
        statement = self.statement
        return f"<statement {statement.name}{statement.signature} of {statement.location}>"

    @property
    def __name__(self) -> str:
        return self.statement.name

    @property
    def __signature__(self) -> inspect.Signature:
        return self.statement.signature

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return self.statement.help


class Pending:
    """The result of a statement that was sent ahead."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find

    def result(self) -> Any:
        """What the call would have given. A statement that still waits for the next one is run for that."""
        return self._find()


def _ahead(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Pending:
    """Run a statement with the next one, if it can be sent in one part."""
    if not statement.is_plain:
        if statement.steps:
            return _run_now(scope, statement, arguments)
        statement = _complete(scope, statement, arguments)
        if statement.is_divisible and len(_parts(statement, arguments)) != 1:
            return _run_now(scope, statement, arguments)
    database = scope.database
    compiled, parameters = statement.prepared(arguments, scope.context, database.rules, database.cache)
    if compiled.batch:
        # Its rows are checked and bound already.
        result = scope.atomic(lambda: scope.run(compiled, parameters[0]))
    elif database.dialect.takes_ahead:
        sent = scope.run_ahead(compiled, parameters)
        return Pending(lambda: _shape(statement, arguments, scope.result_of(sent)))
    else:
        result = scope.run(compiled, parameters)
    return Pending(lambda: _shape(statement, arguments, result))


def _run_now(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Pending:
    result = call(scope, statement, arguments)
    return Pending(lambda: result)


def _streamed(scope: Scope, statement: Statement, arguments: dict[str, Any], fetch_size: int) -> Stream:
    """The rows of a call, of one part after the other where its list is too long for one."""
    statement = _complete(scope, statement, arguments)
    database = scope.database

    def calls() -> Iterator[tuple[Compiled, list[Any]]]:
        for part in _parts(statement, arguments) if statement.is_divisible else [arguments]:
            yield statement.prepared(part, scope.context, database.rules, database.cache)

    return Stream(scope, calls(), fetch_size, lambda result: _rows(statement, result), partial(_noted, database))


#: What gives a row an id, and what may have given one to no row, or have met one that had it.
_INSERT = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*(?:INSERT|REPLACE)\b", re.IGNORECASE | re.DOTALL)
_UPSERT = re.compile(r"\bON\s+(?:CONFLICT|DUPLICATE)\b", re.IGNORECASE)


def _with_own_id(result: Result, text: str) -> Result:
    """The result; an id that belongs to an earlier statement of the session, or to no row, is None."""
    if result.lastrowid and result.matched > 0 and _INSERT.match(text) and not _UPSERT.search(text):
        return result
    return result._replace(lastrowid=None)


def _noted(database: Home, error: DBError, sent: Compiled) -> DBError:
    """The error, explained. A table that the server misses will be looked for again: somebody may make it yet."""
    if isinstance(error, DBNonExistentTable):
        database.look_for_more()
    return _explained_for(error, sent)


def _explained_for(error: DBError, sent: Compiled) -> DBError:
    # Another statement's, which was sent ahead, has other parameters.
    return _explained(error, sent.names) if error.statement == sent.name else error


class _Sender(threading.local):
    """Where the code stands for which this thread works, where that is code of another."""

    place: str | None = None


_sender = _Sender()


def sent_from(place: str | None, work: Callable[[], T]) -> T:
    """Do what code at a place asked this thread to do: errors name that place."""
    before, _sender.place = _sender.place, place
    try:
        return work()
    finally:
        _sender.place = before


def caller() -> str | None:
    """Where the code stands that sent a text of its own."""
    if _sender.place is not None:
        return _sender.place
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("rawdb."):
        frame = frame.f_back
    return None if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


#: PostgreSQL: the type of a parameter cannot be told, or is another one at another place.
_NO_TYPE = ("42P18", "42P08")


def _explained(error: DBError, names: Mapping[int, str]) -> DBError:
    """The error; where a parameter's type is not clear to the server, with the parameter's name and what to write."""
    if getattr(error.inner_exception, "sqlstate", None) in _NO_TYPE:
        said = str(error.args[0]).partition("\n")[0]
        match = re.search(r"\$(\d+)", said)
        name = names.get(int(match[1])) if match else None
        which = f"the parameter :{name}" if name else "a parameter"
        what = f"PostgreSQL cannot tell the type of {which} ({said})"
        error.args = (f"{what}; write CAST(:{name or 'name'} AS text), or its type, where it meets no column",)
    return error


def handles() -> type[BoundStatements]:
    """A class of handles for one set of statements, which become its properties when they are first asked for."""
    return type("Statements", (BoundStatements,), {})


def scope_of(sql: BoundStatements) -> Scope:
    """The scope that some statements run in. TypeError for what holds no statements."""
    if not isinstance(sql, BoundStatements):
        raise TypeError(f"expected the statements of an open block, such as `writer.using(context)` gives, not {sql!r}")
    return sql._scope


def bound(scope: Scope) -> BoundStatements:
    """The statements of a scope."""
    if scope.handle is None:
        scope.handle = scope.database.handles(scope)
    statements: BoundStatements = scope.handle
    return statements


def call(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Any:
    """Run a statement in a scope. Raises TypeError for missing and unknown arguments, before anything is sent."""
    if statement.is_plain:
        return _shape(statement, arguments, _run(scope, statement, arguments))
    if statement.steps:
        from rawdb.engine.scripts import run_script  # few processes run any

        return run_script(scope, statement, arguments)
    statement = _complete(scope, statement, arguments)
    parts = _parts(statement, arguments) if statement.is_divisible else [arguments]
    if len(parts) == 1:
        return _shape(statement, arguments, _run(scope, statement, parts[0]))
    return _shape_all(statement, arguments, _run_parts(scope, statement, parts))


def _complete(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Statement:
    """The statement with the tables that its slots need; its arguments get the clock, rows and changes as stored."""
    if statement.lacks_tables:
        statement = scope.database.inspected(statement, scope.describe)
    if statement.takes_now and "now" not in arguments:
        arguments["now"] = timeutils.utcnow()
    table = statement.table
    if table is not None:
        if "values" in arguments:
            if not isinstance(arguments["values"], (list, dict)) and isinstance(arguments["values"], Iterator):
                # It is read once, and the call may be made again.
                arguments["values"] = list(arguments["values"])
            arguments["values"] = _new_rows(statement, table, arguments["values"])
        if "changes" in arguments and not statement.stamps_itself:
            arguments["changes"] = _stamped(statement, table, arguments["changes"])
    return statement


def _run_parts(scope: Scope, statement: Statement, parts: list[dict[str, Any]]) -> list[Result]:
    if statement.writes:
        return scope.atomic(lambda: [_run(scope, statement, part) for part in parts])
    return [_run(scope, statement, part) for part in parts]


def _run(scope: Scope, statement: Statement, arguments: dict[str, Any]) -> Result:
    database = scope.database
    compiled, parameters = statement.prepared(arguments, scope.context, database.rules, database.cache)
    if compiled.batch:
        return scope.atomic(lambda: scope.run(compiled, parameters[0]))
    try:
        return scope.run(compiled, parameters)
    except DBError as error:
        raise _noted(database, error, compiled) from error.__cause__


def _new_rows(statement: Statement, table: Table, values: Any) -> dict[str, Any] | list[dict[str, Any]]:
    """One row, or several of the same columns, ready to be bound."""
    # A dict is one without a question to the type, which costs three calls.
    if type(values) is dict or (type(values) is not list and isinstance(values, Mapping)):
        return new_rows(statement, table, [values])[0]
    if statement.operation is Operation.INSERT_RETURNING:
        raise TypeError(f"{statement.name} stores one row and returns it: `values` must be a dict")
    if type(values) is not list and (not isinstance(values, Iterable) or isinstance(values, (str, bytes))):
        raise TypeError(f"{statement.name}: `values` is a dict, or a list of dicts, not {values!r}")
    return new_rows(statement, table, list(values))


def new_rows(statement: Statement, table: Table, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Several rows of the same columns, ready to be bound. TypeError for rows of others, DBError for a wrong value."""
    if not (statement.none_is_null and set(map(type, values)) == {dict}):
        for row in values:
            _check_row(statement, table, row)
    rows = table.new_rows(values, timeutils.utcnow)
    if not all(rows):
        # Only MySQL has a syntax for it.
        raise TypeError(f"{statement.name}: `values` names no column of {table.name}")
    names = rows[0].keys() if rows else ()
    if len(rows) > 1 and [row for row in rows if row.keys() != names]:
        raise TypeError(f"{statement.name}: all rows of one call must name the same columns")
    return rows


def _check_row(statement: Statement, table: Table, values: Any) -> None:
    if type(values) is not dict and not isinstance(values, Mapping):
        raise TypeError(f"{statement.name}: `values` is a list of dicts, not of {values!r}")
    if not (statement.none_is_null or values.keys() <= table.columns.keys()):
        # A misspelt name, which would be lost silently. The documented operations ask for that.
        raise DBNonExistentColumn(None, f"{statement.name}: {table.without(values)}")


def _stamped(statement: Statement, table: Table, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with the time of the update, where the table keeps one and the caller gives none."""
    if type(changes) is not dict and not isinstance(changes, Mapping):
        raise TypeError(f"{statement.name}: `changes` is a dict of columns and values, not {changes!r}")
    return {**{name: timeutils.utcnow() for name in table.stamped}, **changes}


def _parts(statement: Statement, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls that one call becomes: long lists of rows or values are sent in parts."""
    rows = arguments.get("values")
    if isinstance(rows, list):
        size = BATCH_ROWS if statement.has_batches else ROW_PARAMETERS // max(1, len(rows[0]) if rows else 1)
        return [arguments] if 0 < len(rows) <= size else _chunks(arguments, "values", rows, max(1, size))
    name = statement.splits
    if name is None:
        return [arguments]
    given = arguments.get(name)
    if type(given) is not list:
        if not isinstance(given, Iterable) or isinstance(given, (str, bytes, Mapping)):
            return [arguments]
        given = list(given)
    arguments[name] = values = given if len(given) <= MAX_LIST else _distinct(given)
    return [arguments] if len(values) <= MAX_LIST else _chunks(arguments, name, values, MAX_LIST)


def _distinct(values: list[Any]) -> list[Any]:
    """The values of a list, each once: one that stood in two parts would find its rows twice."""
    try:
        return [value for _, value in {(type(value), value): None for value in values}]
    except TypeError:
        # Arrays.
        return values


def _chunks(arguments: dict[str, Any], name: str, values: Sequence[Any], size: int) -> list[dict[str, Any]]:
    return [{**arguments, name: values[start : start + size]} for start in range(0, len(values), size)]


def _shape(statement: Statement, arguments: dict[str, Any], result: Result) -> Any:
    """What a call returns."""
    operation = statement.operation
    if operation is _ROWS:
        return _rows(statement, result)
    if operation is _ROW:
        rows = _rows(statement, result)
        return rows[0] if rows else None
    if operation is _MATCHED:
        matched = result.matched
        return matched if statement.counts is None else _counted(statement.counts, arguments, matched)
    if operation is _VALUE:
        if not result.rows:
            return None
        read = statement.relations or statement.documents
        return next(iter(_rows(statement, result)[0].values())) if read else result.rows[0][0]
    return _new_row(statement, arguments, result)


def _shape_all(statement: Statement, arguments: dict[str, Any], results: list[Result]) -> Any:
    """What a call returns that was sent in parts, or not at all: there were no rows to store."""
    rows = [row for result in results for row in result.rows]
    columns = results[0].columns if results else ()
    return _shape(statement, arguments, Result(columns, rows, sum([one.matched for one in results]), None))


def _counted(given: int, arguments: Mapping[str, Any], matched: int) -> int:
    """The rows that an upsert was for, where the server counts one that it changed twice."""
    rows = arguments.get("values")
    if rows is not None:
        given = len(rows) if isinstance(rows, list) else 1
    return min(given, matched)


def _rows(statement: Statement, result: Result) -> list[dict[str, Any]]:
    columns = result.columns
    # As result.dicts(), without the call.
    rows = [dict(zip(columns, row, strict=False)) for row in result.rows]
    if rows and len(rows[0]) != len(columns):
        raise StatementError(f"{statement.location}:1 - {statement.name}: {doubled(columns)}")
    for relation in statement.relations:
        key = relation.key
        if key not in columns:
            raise StatementError(
                f"{statement.location}:1 - {statement.name}: no column {key!r}: write AS {key} behind it"
            )
        if len(rows) == 1:
            rows[0][key] = relation.decode(rows[0][key])
            continue
        for row, value in zip(rows, relation.decode_all([row[key] for row in rows]), strict=True):
            row[key] = value
    for position, read in statement.documents:
        _read_documents(statement, rows, columns[position], read)
    return rows


def _read_documents(statement: Statement, rows: list[dict[str, Any]], key: str, read: Callable[[Any], Any]) -> None:
    """Make documents of the texts in a column of JSON."""
    try:
        for row in rows:
            value = row[key]
            if value is not None:
                row[key] = read(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise DBDataError(f"{statement.name}: {key} is no JSON document of its kind: {error}") from error


def _new_row(statement: Statement, arguments: dict[str, Any], result: Result) -> dict[str, Any] | int | None:
    """The row that was stored; None where nothing was.

    Its id alone where the call gave no dict of values, and for an upsert, whose row may hold others.
    """
    if statement.returning:
        rows = _rows(statement, result)
        return rows[0] if rows else None
    if not (result.rows if statement.ending else result.matched):
        return None
    identity = statement.table.identity if statement.table else None
    # What a server reports for a table that it does not number is no id of the row.
    new_id: int | None = None if identity is None else result.rows[0][0] if result.rows else result.lastrowid
    values = arguments.get("values")
    if statement.upsert or not isinstance(values, Mapping):
        return new_id
    return dict(values) if identity is None else {identity: new_id, **values}
