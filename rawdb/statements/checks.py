"""What is checked of a whole statement when it is loaded: its verb against its mark, the names of its results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from rawdb.dialects import Dialect
from rawdb.exceptions import StatementError
from rawdb.statements.columns import Table
from rawdb.statements.marks import Operation
from rawdb.statements.resolution import Resolver
from rawdb.statements.tokens import Source, Token, is_name, name_of

_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})
_READS = frozenset({"SELECT", "VALUES", "TABLE", "SHOW", "DESCRIBE", "EXPLAIN", "PRAGMA"})
_CONTROL = frozenset({
    "ABORT", "BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT", "START", "UNLOCK", "XA",
})  # fmt: skip
#: What ends the list of results of a SELECT.
_AFTER_RESULTS = frozenset({
    "EXCEPT", "FETCH", "FOR", "FROM", "GROUP", "HAVING", "INTERSECT", "INTO", "LIMIT", "ORDER", "UNION", "WHERE",
    "WINDOW", ";",
})  # fmt: skip
#: Last words of an expression that are no alias.
_NO_LABEL = frozenset({"ALL", "DISTINCT", "END", "FALSE", "NULL", "TRUE", "CURRENT_DATE", "CURRENT_TIMESTAMP"})


def check_verb(source: Source, name: str, operation: Operation, resolver: Resolver, dialect: Dialect) -> None:
    """Refuse what ends transactions, and a mark that does not fit the verb."""
    verb, position = resolver.verb, resolver.verb_position
    if _is_control(verb, resolver.words_behind_verb(3)):
        raise source.error(
            position, f"{verb} ends or begins a transaction", "use a writer's block, or .savepoint() inside it"
        )
    if operation is Operation.SCRIPT:
        return
    given = verb in _CHANGES and resolver.returns
    if operation is Operation.INSERT_UPDATE_DELETE and verb in _READS:
        raise source.error(position, f"{verb} changes no rows", f"end the name in nothing, ^ or $: {name}(...)")
    if operation is Operation.INSERT_RETURNING:
        if verb not in ("INSERT", "REPLACE") and not given:
            raise source.error(position, f"{verb} makes no new row", f"end the name in another mark: {name}(...)!")
        _check_id(source, resolver, dialect)
    elif operation is not Operation.INSERT_UPDATE_DELETE and verb in _CHANGES and not given:
        raise source.error(position, f"{verb} gives no rows", f"write {name}(...)! for the number of rows it changed")


def _is_control(verb: str, behind: list[str]) -> bool:
    if verb == "SET":
        return behind[:1] == ["AUTOCOMMIT"] or ("TRANSACTION" in behind and "=" not in behind)
    if verb == "LOCK":
        return behind[:1] == ["TABLES"]
    return verb in _CONTROL or (verb == "PREPARE" and behind[:1] == ["TRANSACTION"])


def _check_id(source: Source, resolver: Resolver, dialect: Dialect) -> None:
    """On MySQL an upsert that found its row tells no id of it, or another row's."""
    if dialect.name != "mysql" or not resolver.has("DUPLICATE") or resolver.returns or resolver.has("LAST_INSERT_ID"):
        return
    raise source.error(
        resolver.verb_position,
        "the id of the row that ON DUPLICATE KEY finds is not told",
        "add id = LAST_INSERT_ID(id) to what it updates (id being the table's own key)",
    )


def count_of(source: Source, resolver: Resolver, operation: Operation, dialect: Dialect) -> int | None:
    """How many rows an upsert is for, where the server counts a changed row twice; None where its count is right.

    Raises StatementError where it is not known.
    """
    if dialect.name != "mysql" or operation is not Operation.INSERT_UPDATE_DELETE:
        return None
    if not resolver.has("DUPLICATE") and resolver.verb != "REPLACE":
        return None
    if resolver.rows_given is None:
        raise source.error(
            resolver.verb_position,
            "a changed row counts as two here, and how many are changed is not known",
            "write VALUES, or guard an UPDATE and an INSERT",
        )
    return resolver.rows_given


class _Item(NamedTuple):
    """One entry of a list of results: its name, where it stands, and whether the name is an alias without quotes."""

    name: str
    position: int
    label: Token | None = None


def check_results(
    source: Source, layer: str, operation: Operation, resolver: Resolver, tables: Mapping[str, Table]
) -> None:
    """Refuse results of which two have one name: a row, a dict, would lose one of them."""
    if operation in (Operation.INSERT_UPDATE_DELETE, Operation.SCRIPT):
        return
    folds = layer in ("common", "postgresql")
    seen: dict[str, _Item] = {}
    for item in _items(resolver, tables, folds=folds):
        if folds and item.label is not None and item.label.kind == "word" and item.name != item.name.lower():
            instead = f'write {item.name.lower()}, or "{item.name}" in the postgresql folder'
            raise source.error(item.label.position, f"{item.name} is {item.name.lower()} on PostgreSQL", instead)
        if operation is Operation.SELECT_VALUE:
            continue
        key = item.name.lower() if folds else item.name
        if key in seen:
            raise _twice(source, item, seen[key])
        seen[key] = item


def _twice(source: Source, item: _Item, first: _Item) -> StatementError:
    line = source.line_of(first.position)
    place = f"{line}:{first.position - source.line_starts[line - 1] + 1}"
    return source.error(
        item.position, f"two columns of the result are called {item.name} (the first at {place})", "name one with AS"
    )


def _items(resolver: Resolver, tables: Mapping[str, Table], *, folds: bool) -> Iterator[_Item]:
    for words in resolver.results(_AFTER_RESULTS):
        texts = [word.text for word in words]
        position = words[0].position
        if texts == ["*"] or (len(texts) == 3 and texts[1:] == [".", "*"]):
            names = resolver.tables_behind(words)
            for name in names:
                if name in tables:
                    yield from (_Item(column, position) for column in tables[name].columns)
            continue
        label = _label(words)
        if label is not None:
            yield _Item(name_of(label), position, label)
        elif is_name(words[-1]) and (len(words) == 1 or (len(words) == 3 and texts[1] == ".")):
            yield _Item(name_of(words[-1]), position)
        elif folds and (name := _unnamed(words)):
            yield _Item(name, position)


def _label(words: list[Token]) -> Token | None:
    """The name that an entry gets, with AS or without."""
    if len(words) < 2 or not is_name(words[-1]):
        return None
    before, last = words[-2], words[-1]
    if before.text.upper() == "AS":
        return last
    if last.text.upper() in _NO_LABEL or (before.kind == "word" and before.text.upper() in ("NOT", "IS", "OR", "AND")):
        return None
    ends = before.text == ")" or before.kind in ("word", "quoted", "number", "string", "parameter")
    return last if ends else None


def _unnamed(words: list[Token]) -> str:
    """What PostgreSQL calls an expression: a function by its name, CASE by that, anything else the same."""
    first = words[0]
    if first.kind == "word" and first.text.upper() == "CASE":
        return "case"
    if first.kind == "word" and len(words) > 2 and words[1].text == "(" and words[-1].text == ")":
        depth = 0
        for word, following in pairwise(words[1:]):
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            if depth == 0 and following is not None:
                return "?column?"
        return "" if first.text.upper() == "CAST" else first.text.lower()
    if first.text == "(":
        return ""
    return "?column?"
