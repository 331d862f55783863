"""A second opinion on which column a parameter meets: sqlglot's, where it is installed. It is needed for nothing else.

What rawdb takes for a column must be that column for sqlglot too; where rawdb knows none, it checks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rawdb.dialects import DIALECTS, get_dialect
from rawdb.statements.columns import load_tables
from rawdb.statements.export import plain_text
from rawdb.statements.loading import load_statements
from rawdb.statements.segments import Parameter, Slot

sqlglot = pytest.importorskip("sqlglot")

SQL = Path(__file__).parents[2] / "sql"
_SPOKEN = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite"}


def parameters(segments: Any) -> Iterator[Parameter]:
    for segment in segments:
        if isinstance(segment, Parameter):
            yield segment
        elif isinstance(segment, Slot):
            yield from parameters(segment.body)


def compared(tree: Any) -> Iterator[tuple[str, str | None, str]]:
    """Parameter, table and column of each plain comparison, the table resolved through sqlglot's scopes."""
    exp = sqlglot.exp
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE):
        if isinstance(node.parent, exp.Update) or node.arg_key == "expressions":
            continue  # an assignment
        for column, value in ((node.left, node.right), (node.right, node.left)):
            if isinstance(column, exp.Column) and isinstance(value, exp.Placeholder) and value.name:
                yield value.name, table_of(column), column.name


def table_of(column: Any) -> str | None:
    """The table behind a column's alias, looked for from the inside out; None for a column without alias."""
    exp = sqlglot.exp
    if not column.table:
        return None
    scope = column.parent
    while scope is not None:
        if isinstance(scope, (exp.Select, exp.Update, exp.Delete, exp.Insert)):
            for table in scope.find_all(exp.Table):
                around = table.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Insert)
                if around is scope and table.alias_or_name == column.table:
                    return str(table.name)
        scope = scope.parent
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_both_say_the_same(dialect: str) -> None:
    tables = load_tables(SQL / "schema" / "columns.csv")
    statements = load_statements(SQL / "queries", get_dialect(dialect), tables, none_is_null=True)
    seen = 0
    differences = []
    for statement in statements.values():
        text = re.sub(r"^\s*--[^\n]*\n", "", plain_text(statement), flags=re.MULTILINE)
        try:
            tree = sqlglot.parse_one(text.rstrip().rstrip(";"), read=_SPOKEN[dialect])
        except sqlglot.errors.ParseError:
            continue
        known: dict[str, set[tuple[str, str]]] = {}
        for parameter in parameters(statement.segments):
            if parameter.column is not None:
                known.setdefault(parameter.name, set()).add((parameter.column.table, parameter.column.name))
        for name, table, column in compared(tree):
            met = known.get(name, set())
            if not met:
                continue
            seen += 1
            fits = {(found, held) for found, held in met if held == column and table in (None, found)}
            if not fits:
                differences.append(
                    f"{statement.location} {statement.name}: :{name} is {sorted(met)}, not {table}.{column}"
                )
    assert not differences, "\n".join(differences)
    # Most statements are read, and hold such comparisons: the test would show nothing otherwise.
    assert seen > 300
