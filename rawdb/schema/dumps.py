"""A schema as text, for comparing two states of one database: same schema, same text."""

from __future__ import annotations

from collections.abc import Iterator

from rawdb.schema.model import Column, Schema, Table


def dump(schema: Schema) -> str:
    """The schema as text: tables by name, columns in their order, then keys and constraints by name."""
    return "\n".join(line for name in sorted(schema) for line in _table(schema[name]))


def _table(table: Table) -> Iterator[str]:
    yield f"table {table.name}"
    for column in table.columns.values():
        yield f"  {_column(column)}"
    yield f"  primary key ({', '.join(table.primary_key)})"
    for _, index in sorted(table.indexes.items()):
        kind = "unique" if index.unique else "index"
        where = "" if index.where is None else f" where {index.where}"
        yield f"  {kind} {index.name} ({', '.join(index.columns)}){where}"
    for _, constraint in sorted(table.constraints.items()):
        reference = (
            f" ({', '.join(constraint.columns)}) to {constraint.target} ({', '.join(constraint.target_columns)})"
            if constraint.target
            else ""
        )
        yield f"  {constraint.kind} {constraint.name}{reference}"
    yield ""


def _column(column: Column) -> str:
    words = [column.name, column.native or column.type]
    if column.collation is not None:
        words.append(f"collate {column.collation}")
    words.append("null" if column.nullable else "not null")
    if column.autoincrement:
        words.append("autoincrement")
    if column.default is not None:
        words.append(f"default {column.default}")
    return " ".join(words)
