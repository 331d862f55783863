"""TypedDicts for rows, written from declared tables and from the statements that read them.

A table `security_groups` gives the class `SecurityGroupRow`, with every column, `| None` where it is nullable. A
statement whose rows are more, or less, than those of one table gives a class of its own: `instance_get` gives
`InstanceGetRow`, a row of its table with the relations under their keys. Statements of the same rows share the class
of the shortest name; helper statements (`instance_get__part`) have none. What SQL computes is `Any`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rawdb.schema.typed_dicts import TypedDictClass, camel
from rawdb.statements.columns import Column, Table
from rawdb.statements.loading import Statement
from rawdb.statements.marks import Operation
from rawdb.statements.relations import Pairs, Relation
from rawdb.statements.resolution import Resolver, code
from rawdb.statements.tokens import Source, Token, inside_slots, is_name, name_of, scan

WARNING = """Written by `rawdb sql types` from the declared tables and the statements: do not edit. With `--check` the
command says whether it is what would be written now.
"""
_LINES = 500
_OUTER = ("LEFT", "RIGHT", "FULL")
_READS = (Operation.SELECT, Operation.SELECT_ONE)
_PYTHON = {
    "int": "int",
    "smallint": "int",
    "bigint": "int",
    "soft_delete": "int",
    "bool": "bool",
    "float": "float",
    "single": "float",
    "datetime": "datetime",
    "json_dict": "dict[str, Any]",
    "json_list": "list[Any]",
    "text": "str",
    "mediumtext": "str",
    "longtext": "str",
    "ip": "str",
    "cidr": "str",
}
_TEXTS = ("string(", "enum(")


@dataclass(frozen=True)
class _Shape:
    """What a statement's rows hold: the columns of a table, or none, and further keys."""

    table: str | None
    columns: tuple[tuple[str, str], ...]
    relations: tuple[Relation | Pairs, ...]


def row_types(tables: Mapping[str, Table], statements: Iterable[Statement]) -> dict[str, str]:
    """The modules of a package, text by file name: the rows of tables, of statements, and all of them together."""
    rows = {name: _table_class(table) for name, table in sorted(tables.items())}
    files = {
        f"_tables{number}.py": _module("Rows of tables", part) for number, part in enumerate(_parts(rows.values()), 1)
    }
    homes = {one.name: name for name, part in zip(files, _parts(rows.values()), strict=True) for one in part}
    found: list[TypedDictClass] = []
    for shape, members in _shapes(statements, tables):
        found.extend(_statement_classes(shape, members, rows))
    files["_statements.py"] = _module("Rows of statements", found, homes)
    return files


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the modules; an `__init__.py` that exports all is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(folder, files):
        if name in files:
            (folder / name).write_text(files[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    start = folder / "__init__.py"
    if not start.exists():
        lines = [f"from .{name.removesuffix('.py')} import *  # noqa: F403" for name in sorted(files)]
        start.write_text("\n".join(['"""Rows as typed dicts."""', "", *lines, ""]), encoding="utf-8")


def stale(folder: Path, files: Mapping[str, str]) -> list[str]:
    """The names of modules in the folder that are not as they would be written, or would not be there."""
    superfluous = {path.name for path in folder.glob("_tables*.py")} - files.keys()
    return sorted(superfluous | {name for name, text in files.items() if _read(folder / name) != text})


def row_name(table: str) -> str:
    """The class of a table's rows: `security_groups` gives SecurityGroupRow."""
    *words, last = table.split("_")
    if last.endswith("sses"):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith("ss"):
        last = last[:-1]
    return f"{camel([*words, last])}Row"


def python_type(column: Column) -> str:
    """The type of a column's values, as it is written in Python."""
    is_text = column.type.startswith(_TEXTS) and not column.type.endswith("[]")
    kind = "str" if is_text else _PYTHON.get(column.type, "Any")
    return f"{kind} | None" if column.nullable and kind != "Any" else kind


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _parts(classes: Iterable[TypedDictClass]) -> list[list[TypedDictClass]]:
    """The classes in lists that each make a file of moderate length."""
    parts: list[list[TypedDictClass]] = []
    room = 0
    for one in classes:
        length = one.text().count("\n") + 3
        if length > room:
            parts.append([])
            room = _LINES
        parts[-1].append(one)
        room -= length
    return parts


def _module(title: str, classes: Iterable[TypedDictClass], homes: Mapping[str, str] | None = None) -> str:
    classes = list(classes)
    texts = [one.text() for one in classes]
    words = {word for text in texts for word in text.replace("[", " ").replace("]", " ").replace(")", " ").split()}
    words |= {word.partition("(")[2] for word in words if "(" in word}
    # Without postponed annotations: what is required must be known at run time too.
    lines = [f'"""{title}.\n\n{WARNING}"""', ""]
    if "datetime" in words:
        lines.append("from datetime import datetime")
    lines.append(f"from typing import {'Any, ' if words & {'Any', 'Any,'} else ''}TypedDict")
    lines.append("")
    used = sorted((home, name) for name, home in (homes or {}).items() if name in words)
    for home, group in groupby(used, key=lambda one: one[0]):
        names = [f"    {name}," for _, name in group]
        lines += [f"from .{home.removesuffix('.py')} import (", *names, ")"]
    exported = [f'    "{name}",' for name in sorted(one.name for one in classes)]
    lines += [*([""] if used else []), *(["__all__ = [", *exported, "]"] if exported else ["__all__: list[str] = []"])]
    body = "\n\n\n".join(texts)
    return "\n".join(lines) + (f"\n\n\n{body}\n" if body else "\n")


def _table_class(table: Table) -> TypedDictClass:
    fields = {name: python_type(column) for name, column in table.columns.items()}
    return TypedDictClass(row_name(table.name), f"A row of {table.name}.", fields)


def _shapes(statements: Iterable[Statement], tables: Mapping[str, Table]) -> Iterator[tuple[_Shape, list[str]]]:
    """Each shape of rows that is not simply a table's, with the names of the statements that give it."""
    members: dict[object, tuple[_Shape, list[str]]] = {}
    for statement in sorted(statements, key=lambda one: (len(one.name), one.name)):
        if statement.operation in _READS and not statement.writes and "__" not in statement.name:
            shape = _shape(statement, tables)
            if shape is not None and (shape.columns or shape.relations):
                key = (shape.table, shape.columns, tuple(map(_described, shape.relations)))
                members.setdefault(key, (shape, []))[1].append(statement.name)
    return iter(sorted(members.values(), key=lambda item: item[1][0]))


def _described(relation: Relation | Pairs) -> tuple[object, ...]:
    """What tells relations of different rows apart."""
    if isinstance(relation, Pairs):
        return (relation.key,)
    return (relation.key, relation.table.name, relation.single, *map(_described, relation.inner))


def _shape(statement: Statement, tables: Mapping[str, Table]) -> _Shape | None:
    """The rows of a SELECT; None where its text does not tell."""
    body = statement.text.partition("\n")[2]
    tokens = scan(Source.of(statement.location, body), 0, len(body))
    words = code(tokens)
    resolver = Resolver(tokens, tables)
    items = _select_list(words)
    relations = {relation.key: relation for relation in statement.relations}
    outer = resolver.has(*_OUTER)
    # In a list of results that is NULL when it is off.
    optional = set(inside_slots(tokens, ("when",)))
    whole: str | None = None
    columns: dict[str, str] = {}
    for item in items:
        if len(item) == 3 and item[2].text == "*" and whole is None:
            table = resolver.table_of(name_of(item[0]), item)
            if table is None or (outer and name_of(item[0]) != _first_alias(words)):
                return None
            whole = table.name
            continue
        key = _key(item)
        if key is None:
            return None
        if key not in relations:
            columns[key] = _item_type(item, resolver, nullable=outer or not optional.isdisjoint(item))
    if not items or relations.keys() - {_key(item) for item in items}:
        return None
    return _Shape(whole, tuple(columns.items()), statement.relations)


def _key(item: list[Token]) -> str | None:
    """The key of a result: its alias, or the name of a column; None for what has neither."""
    if not item or not is_name(item[-1]):
        return None
    named = len(item) == 1 or item[-2].text.upper() == "AS" or (len(item) == 3 and item[1].text == ".")
    return name_of(item[-1]) if named else None


def _select_list(words: list[Token]) -> list[list[Token]]:
    """What stands between the outermost SELECT and its FROM, cut at its commas."""
    depth = 0
    items: list[list[Token]] = []
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        upper = word.text.upper()
        if depth == 0 and not items and upper == "SELECT":
            items.append([])
        elif items and depth == 0 and upper == "FROM" and not _is_qualified(items[-1]):
            return items
        elif items and depth == 0 and word.text == ",":
            items.append([])
        elif items and not (depth == 0 and upper == "DISTINCT"):
            items[-1].append(word)
    return []


def _is_qualified(before: list[Token]) -> bool:
    """Whether what follows is the name of a column, keyword or not: c.from."""
    return bool(before) and before[-1].text == "."


def _first_alias(words: list[Token]) -> str:
    """The alias of the table that the outermost FROM begins with."""
    depth = 0
    for index, word in enumerate(words):
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth == 0 and word.text.upper() == "FROM" and not _is_qualified(words[:index]):
            following = words[index + 1 : index + 4]
            aliased = len(following) == 3 and following[1].text.upper() == "AS"
            return name_of(following[2] if aliased else following[0])
    return ""


def _item_type(item: list[Token], resolver: Resolver, *, nullable: bool) -> str:
    """The type of a column that is read as it is; Any for what is computed."""
    if len(item) not in (3, 5) or item[1].text != "." or not is_name(item[2]):
        return "Any"
    table = resolver.table_of(name_of(item[0]), item)
    column = table.columns.get(name_of(item[2])) if table else None
    if column is None:
        return "Any"
    kind = python_type(column)
    return f"{kind} | None" if nullable and not kind.endswith(("None", "Any")) else kind


def _statement_classes(shape: _Shape, members: list[str], rows: Mapping[str, TypedDictClass]) -> list[TypedDictClass]:
    """The class of a shape, behind those of its relations that have relations themselves."""
    name = camel(members[0].split("_"))
    inner: list[TypedDictClass] = []
    fields = dict(shape.columns)
    fields.update((relation.key, _relation_type(relation, name, rows, inner)) for relation in shape.relations)
    doc = f"A row of {members[0]}{', and of statements like it' if len(members) > 1 else ''}."
    return [*inner, TypedDictClass(f"{name}Row", doc, fields, rows[shape.table] if shape.table else None)]


def _relation_type(
    relation: Relation | Pairs, owner: str, rows: Mapping[str, TypedDictClass], found: list[TypedDictClass]
) -> str:
    if isinstance(relation, Pairs):
        return "dict[str, Any]"
    base = rows[relation.table.name]
    if relation.inner:
        name = f"{owner}{camel(relation.key.split('_'))}"
        fields = {inner.key: _relation_type(inner, name, rows, found) for inner in relation.inner}
        base = TypedDictClass(
            f"{name}Row", f"A row of {relation.table.name} under the key `{relation.key}`.", fields, base
        )
        found.append(base)
    return f"{base.name} | None" if relation.single else f"list[{base.name}]"
