"""One statement for many sets of parameters, sent the way that the driver does it best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import Any, TypeVar

from rawdb import timeutils
from rawdb.engine.anew import UNKNOWN_COLUMN, statement_anew
from rawdb.engine.scope import Scope
from rawdb.statements.compiled import Compiled
from rawdb.statements.marks import Operation
from rawdb.statements.statement import Statement

#: Rows of an iterator that are taken, checked and sent at a time.
BATCH_ROWS = 10_000

T = TypeVar("T")
Prepared = tuple[Compiled, list[Any]]


def batches(rows: Iterable[T], what: str) -> Iterator[list[T]]:
    """The rows of a list as a whole, those of an iterator in parts. TypeError for what holds no rows."""
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        raise TypeError(f"{what} takes a list of dicts, or an iterator of them, not {rows!r}")
    if isinstance(rows, Sequence):
        return iter([list(rows)] if rows else [])
    return _parts(iter(rows))


def _parts(rows: Iterator[T]) -> Iterator[list[T]]:
    while part := list(islice(rows, BATCH_ROWS)):
        yield part


def run_many(scope: Scope, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> int:
    """Run a statement once for each set of parameters, all or none; returns how many rows matched, all together."""
    name = statement.name
    if statement.operation is not Operation.INSERT_UPDATE_DELETE:
        raise TypeError(f"{name}: many() is for statements that end in !, whose results add up")
    taken = sorted({"values", "changes"} & statement.accepts)
    if taken:
        raise TypeError(f"{name}: many() gives parameters, and no {taken[0]}; a list of rows is one call: values=[...]")
    if statement.lacks_tables:
        statement = scope.database.inspected(statement, scope.describe)
    parts = (_prepared_part(scope, statement, part) for part in batches(rows, f"{name}: many()"))
    # The first part, which is all of a list, is checked before a transaction or a savepoint is begun for it.
    first = next(parts, [])
    if not first:
        return 0
    return scope.all_or_none(lambda: sum([_send(scope, statement, part) for part in chain([first], parts)]))


def _prepared_part(scope: Scope, statement: Statement, rows: list[Mapping[str, Any]]) -> list[Prepared]:
    while True:
        try:
            return [_prepared(scope, statement, row) for row in rows]
        except UNKNOWN_COLUMN as error:
            statement = statement_anew(scope, statement, error)


def _send(scope: Scope, statement: Statement, prepared: list[Prepared]) -> int:
    """Run a statement for some sets of parameters, those of one text together."""
    matched = 0
    for compiled, group in groupby(prepared, lambda one: one[0]):
        parameters = [values for _, values in group]
        if statement.counts is not None:
            # The server counts a row that it changed twice.
            counted = [min(statement.counts, scope.run(compiled, each).matched) for each in parameters]
            matched += sum(counted)
        else:
            matched += scope.run(compiled.for_many(), parameters).matched
    return matched


def _prepared(scope: Scope, statement: Statement, row: Mapping[str, Any]) -> Prepared:
    if not isinstance(row, Mapping):
        raise TypeError(f"{statement.name}: many() takes dicts of parameters, not {row!r}")
    arguments = dict(row)
    if statement.takes_now:
        arguments.setdefault("now", timeutils.utcnow())
    database = scope.database
    return statement.prepared(arguments, scope.context, database.rules, database.cache)
