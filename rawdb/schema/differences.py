"""Comparing two schemas: each difference is an action that would turn the first into the second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rawdb.schema.model import Column, Constraint, Index, Schema, Table

#: `("add_table", Table)`, `("remove_table", Table)`, `("add_column", None, table, Column)`,
#: `("remove_column", None, table, Column)`, `("add_index", Index)`, `("remove_index", Index)`,
#: `("add_constraint", part)`, `("remove_constraint", part)`, `("add_fk", part)`, `("remove_fk", part)`, or, for
#: a column that differs, a list of `("modify_<what>", None, table, column, existing, found, wanted)`.
Difference = tuple[Any, ...] | list[tuple[Any, ...]]


def differences(found: Schema, wanted: Schema) -> list[Difference]:
    """What would bring `found` to `wanted`, tables in alphabetical order. An empty list: they are the same.

    A unique key is a constraint here, whether the server made it by UNIQUE or by an index.
    """
    result: list[Difference] = []
    for name in sorted(found.keys() | wanted.keys()):
        if name not in found:
            result.append(("add_table", wanted[name]))
        elif name not in wanted:
            result.append(("remove_table", found[name]))
        else:
            result.extend(_table(found[name], wanted[name]))
    return result


def _table(found: Table, wanted: Table) -> Iterator[Difference]:
    for name in wanted.columns.keys() - found.columns.keys():
        yield "add_column", None, wanted.name, wanted.columns[name]
    for name in found.columns.keys() - wanted.columns.keys():
        yield "remove_column", None, wanted.name, found.columns[name]
    for name, column in wanted.columns.items():
        if name in found.columns and (changes := _column(wanted.name, found.columns[name], column)):
            yield changes
    if found.primary_key != wanted.primary_key:
        yield "remove_constraint", _primary(found)
        yield "add_constraint", _primary(wanted)
    yield from _parts(set(found.indexes.values()), set(wanted.indexes.values()))
    yield from _parts(set(found.constraints.values()), set(wanted.constraints.values()))


def _column(table: str, found: Column, wanted: Column) -> list[tuple[Any, ...]]:
    existing = {
        "existing_type": found.native or found.type,
        "existing_nullable": found.nullable,
        "existing_server_default": found.default,
    }
    compared = {
        "type": (_typed(found), _typed(wanted)),
        "nullable": (found.nullable, wanted.nullable),
        "default": (found.default, wanted.default),
        "autoincrement": (found.autoincrement, wanted.autoincrement),
    }
    return [
        (f"modify_{what}", None, table, found.name, existing, before, after)
        for what, (before, after) in compared.items()
        if before != after
    ]


def _typed(column: Column) -> str:
    return column.type if column.collation is None else f"{column.type}, {column.collation} comparison"


def _primary(table: Table) -> Index:
    return Index(table.name, "primary key", table.primary_key, unique=True)


def _parts(found: set[Any], wanted: set[Any]) -> Iterator[Difference]:
    """Indexes and constraints, those to remove first: a name may be needed again."""
    for part in sorted(found - wanted, key=_by_name):
        yield f"remove_{_word(part)}", part
    for part in sorted(wanted - found, key=_by_name):
        yield f"add_{_word(part)}", part


def _word(part: Any) -> str:
    if isinstance(part, Index):
        return "constraint" if part.unique else "index"
    return "fk" if part.kind == "foreign key" else "constraint"


def _by_name(part: Any) -> str:
    return str(part.name)


def describe(difference: Difference) -> str:
    """The difference in one line for people."""
    if isinstance(difference, list):
        return "; ".join(describe(change) for change in difference)
    action, *details = difference
    word = action.replace("_", " ")
    if action.startswith("modify_"):
        _, table, column, _, found, wanted = details
        return f"{word} of {table}.{column}: it is {found}, declared is {wanted}"
    if action.endswith("_column"):
        return f"{word} {details[1]}.{details[2].name} ({details[2].type})"
    part = details[0]
    if isinstance(part, Table):
        return f"{word} {part.name}"
    if isinstance(part, Index):
        kind = "unique " if part.unique else ""
        where = "" if part.where is None else f" where {part.where}"
        return f"{word} {kind}{part.name} on {part.table} ({', '.join(part.columns)}){where}"
    return f"{word} {part.kind} {part.name} on {part.table}{_reference(part)}"


def _reference(part: Constraint) -> str:
    if not part.target:
        return ""
    return f" ({', '.join(part.columns)}) to {part.target} ({', '.join(part.target_columns)})"
