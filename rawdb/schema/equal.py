"""What is the same in other words: names of types, defaults, and what servers make by themselves.

A found schema is put into the words of the wanted one where both mean the same, so that what still differs is a
difference. Parts of which the declaration says nothing are taken as they are found.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rawdb.schema.declaration import Scope
from rawdb.schema.model import Column, Constraint, Index, Schema, Table

_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int)\(\d+\)")
_NAMES = (
    (re.compile(r"^(?:numeric|dec|fixed)\b"), "decimal"),
    (re.compile(r"^(?:character varying|varchar)\b"), "string"),
    (re.compile(r"^(?:character|nchar)\b"), "char"),
    (re.compile(r"^timestamp(?:\(\d\))? with time zone$"), "timestamptz"),
    (re.compile(r"^(time|timestamp)(?:\(\d\))?(?: without time zone)?$"), r"\1"),
    (re.compile(r"^(?:bytea|tinyblob|mediumblob|longblob|varbinary\(\d+\))$"), "blob"),
    (re.compile(r"^jsonb$"), "json"),
    (re.compile(r"^(?:double precision|real|double|single|float8?)$"), "float"),
    (re.compile(r"^datetime\(\d\)$"), "datetime"),
)
_ALSO = {
    # SQLite stores by the kind alone; MariaDB's JSON is a long text.
    "sqlite": {"bigint": "int", "smallint": "int", "integer": "int", "tinyint": "int", "mediumint": "int"},
    "mysql": {"json": "longtext", "tinyint(1)": "bool"},
    "postgresql": {},
}
_NOW = re.compile(r"^(?:now|current_timestamp|localtimestamp)(?:\(\d?\))?$", re.IGNORECASE)


def equalised(dialect: str, found: Schema, wanted: Schema, scope: Scope) -> Schema:
    """The found schema in the words of the wanted one. Neither is changed."""
    return {
        name: _table(dialect, table, wanted[name], scope) if name in wanted else table for name, table in found.items()
    }


def _table(dialect: str, found: Table, wanted: Table, scope: Scope) -> Table:
    columns = {
        name: _column(dialect, column, wanted.columns[name], wanted, scope) if name in wanted.columns else column
        for name, column in found.columns.items()
    }
    table = Table(found.name, columns, found.primary_key)
    table.constraints = _constraints(found, wanted, scope)
    table.indexes = dict(wanted.indexes)
    if scope.indexes:
        table.indexes = _indexes(dialect, found, wanted)
    return table


def _column(dialect: str, found: Column, wanted: Column, table: Table, scope: Scope) -> Column:
    changes: dict[str, object] = {}
    if _type(dialect, found.type) == _type(dialect, wanted.type):
        changes["type"] = wanted.type
    if not scope.collations:
        changes["collation"] = wanted.collation
        if dialect == "sqlite" and table.primary_key == (wanted.name,) and found.type == "int":
            # A lone INTEGER key is numbered, said to be so or not.
            changes["autoincrement"] = wanted.autoincrement
    if not scope.defaults or _default(found.default) == _default(wanted.default):
        changes["default"] = wanted.default
    return replace(found, **changes)  # type: ignore[arg-type]


def _type(dialect: str, name: str) -> str:
    name = _WIDTH.sub(r"\1", name.lower()) if name != "tinyint(1)" else name
    for pattern, other in _NAMES:
        name = pattern.sub(other, name)
    return _ALSO[dialect].get(name, name).replace(" ", "")


def _default(text: str | None) -> str | None:
    if text is None:
        return None
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if _NOW.match(text):
        return "current_timestamp"
    text = text.strip("'")
    try:
        return str(float(text))
    except ValueError:
        return text


def _indexes(dialect: str, found: Table, wanted: Table) -> dict[str, Index]:
    result = {}
    keys = [part for part in found.constraints.values() if part.kind == "foreign key"]
    for index in found.indexes.values():
        if index.name not in wanted.indexes:
            if dialect == "mysql" and not index.unique and _serves_a_key(index.name, index.columns, keys):
                continue
            if index.name.startswith("sqlite_autoindex_"):
                same = [each for each in wanted.indexes.values() if each.unique and each.columns == index.columns]
                index = same[0] if same else index
        result[index.name] = index
    return result


def _serves_a_key(name: str, columns: tuple[str, ...], keys: list[Constraint]) -> bool:
    """Whether InnoDB made the index, for a foreign key that found none."""
    return any(key.columns == columns and name in (key.name, *columns) for key in keys)


def _constraints(found: Table, wanted: Table, scope: Scope) -> dict[str, Constraint]:
    checks = {part.name: part for part in found.constraints.values() if part.kind == "check"}
    keys = {part.name: part for part in found.constraints.values() if part.kind != "check"}
    if not scope.constraints:
        # Declared ones must be there, others may.
        return {
            **{name: part for name, part in checks.items() if name in wanted.constraints},
            **{name: part for name, part in wanted.constraints.items() if part.kind != "check"},
        }
    # MariaDB puts a check of its own, named like the column, on what is declared as JSON.
    result = {name: part for name, part in checks.items() if not (name in found.columns and _is_json(found, name))}
    for part in keys.values():
        same = [each for each in wanted.constraints.values() if _leads(each) == _leads(part)]
        key = same[0] if same else part
        result[key.name] = key
    return result


def _is_json(table: Table, name: str) -> bool:
    return table.columns[name].type in ("json", "longtext")


def _leads(part: Constraint) -> tuple[object, ...]:
    return part.kind, part.columns, part.target, part.target_columns
