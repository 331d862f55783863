"""What a statement's result holds, read from its text and the tables: names, Python types, and what can be NULL.

A column that is NOT NULL is NULL all the same behind an outer join; one that the WHERE finds to be not NULL is not.
What a subquery or a WITH gives is followed into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rawdb.dialects.prepared import Kinds
from rawdb.statements.columns import Table
from rawdb.statements.expressions import AGGREGATES, DOCUMENT_KINDS, Cell, cell, computed, merged
from rawdb.statements.tokens import Token, is_name, name_of
from rawdb.statements.words import QUERIES, Words, closing, is_enclosed, outside, split, upper

_SET_OPERATORS = ("UNION", "INTERSECT", "EXCEPT")
_CLAUSES = frozenset({
    "FETCH", "FOR", "FROM", "GROUP", "HAVING", "INTO", "LIMIT", "LOCK", "OFFSET", "ORDER", "RETURNING", "WHERE",
    "WINDOW",
})  # fmt: skip
_JOINS = frozenset({"JOIN", "LEFT", "RIGHT", "FULL", "CROSS", "INNER", "NATURAL", "STRAIGHT_JOIN", ",", "OUTER"})
_NO_ALIAS = _JOINS | {"ON", "USING", "SET", "TABLESAMPLE", "FORCE", "USE", "IGNORE", "INDEXED", "NOT", "PARTITION"}

Columns = Mapping[str, Cell]
#: The columns of a table by its name; None for one that is not known.
Tables = Callable[[str], Columns | None]


class Item(NamedTuple):
    """A column of a result; its name is None where the server makes one up. What is `left_out` is NULL then."""

    name: str | None
    cell: Cell
    left_out: bool = False


@dataclass(frozen=True)
class Result:
    """The result of a query: its columns, None where they are not told, and whether it is one row whatever happens.

    `table` is the one whose `*` it is, with nothing beside it.
    """

    items: Sequence[Item] | None
    one_row: bool = False
    table: str | None = None

    def columns(self) -> Columns | None:
        """The columns by name, where all have one."""
        if self.items is None or any(item.name is None for item in self.items):
            return None
        return {item.name: item.cell for item in self.items if item.name is not None}


class _Source(NamedTuple):
    alias: str
    columns: Columns | None
    optional: bool
    table: str | None = None


@dataclass
class _Scope:
    """The tables that one SELECT reads, and those around it."""

    dialect: str
    reader: Reader
    sources: list[_Source] = field(default_factory=list)
    grouped: bool = False
    known: frozenset[tuple[str, str]] = frozenset()
    outer: _Scope | None = None
    common: Mapping[str, Columns | None] = field(default_factory=dict)
    merges: bool = False

    def column(self, alias: str, name: str) -> Cell | None:
        own = [one for one in self.sources if not alias or one.alias.lower() == alias.lower()]
        found = [(one, merged(one.columns, name)) for one in own if one.columns is not None]
        hits = [(one, column) for one, column in found if column is not None]
        if hits:
            source, column = hits[0]
            sure = {("", name), (source.alias, name)} & self.known if len(hits) == 1 or alias else set()
            return Cell(column.kinds, (column.nullable or source.optional) and not sure)
        if own and (alias or any(one.columns is None for one in own)):
            return None
        return None if self.outer is None else self.outer.column(alias, name)

    def scalar(self, words: Words) -> Cell:
        result = self.reader.query(words, self)
        if not result.items:
            return Cell()
        first = result.items[0].cell
        if self.dialect != "sqlite" and DOCUMENT_KINDS.isdisjoint(first.kinds):
            # There alone the type of the column inside is known outside.
            first = computed(first, self.dialect)
        return Cell(first.kinds, first.nullable or not result.one_row)

    def star(self, alias: str) -> list[Item] | None:
        """All columns, or those of one table."""
        own = [one for one in self.sources if not alias or one.alias.lower() == alias.lower()]
        if not own or any(one.columns is None for one in own) or (self.merges and not alias):
            return None
        return [Item(name, self.column(one.alias, name) or Cell()) for one in own for name in one.columns or ()]

    def table(self, listed: Words) -> str | None:
        """The table whose `*` a list of results is."""
        if not _is_star(listed):
            return None
        alias = "" if len(listed) == 1 else name_of(listed[0])
        own = [one.table for one in self.sources if not alias or one.alias.lower() == alias.lower()]
        return own[0] if len(own) == 1 else None


@dataclass(frozen=True)
class Reader:
    """Reads the results of the statements of a dialect. `optional` are the places that a call may leave out."""

    dialect: str
    tables: Tables
    optional: frozenset[int] = frozenset()

    def statement(self, words: Words) -> Result:
        """The result of a whole statement."""
        return self.query([word for word in words if word.kind != "semicolon"], None)

    def query(self, words: Words, outer: _Scope | None) -> Result:
        """The result of a query, with its WITH and its UNIONs."""
        if is_enclosed(words):
            return self.query(words[1:-1], outer)
        common: dict[str, Columns | None] = dict(outer.common) if outer is not None else {}
        if upper(words, 0) == "WITH":
            words = self._with(words, outer, common)
        branches = split(words, _SET_OPERATORS)
        results = [self._branch(branch, outer, common) for branch in branches]
        return results[0] if len(results) == 1 else _united(results, self.dialect)

    def _with(self, words: Words, outer: _Scope | None, common: dict[str, Columns | None]) -> Words:
        """Note the queries of a WITH; gives what stands behind it."""
        index = 2 if upper(words, 1) == "RECURSIVE" else 1
        while index < len(words) and is_name(words[index]):
            name, index = name_of(words[index]), index + 1
            names: list[str] = []
            if upper(words, index) == "(":
                end = closing(words, index)
                names = [name_of(word) for word in words[index + 1 : end] if is_name(word)]
                index = end + 1
            while upper(words, index) in ("AS", "NOT", "MATERIALIZED"):
                index += 1
            end = closing(words, index)
            common[name] = None
            around = _Scope(self.dialect, self, outer=outer, common=common)
            common[name] = _renamed(self.query(words[index + 1 : end], around), names)
            index = end + 1
            if upper(words, index) != ",":
                break
            index += 1
        return words[index:]

    def _branch(self, words: Words, outer: _Scope | None, common: Mapping[str, Columns | None]) -> Result:
        if upper(words, 0) in ("ALL", "DISTINCT"):
            words = words[1:]
        if is_enclosed(words):
            return self.query(words[1:-1], outer if outer is not None else _Scope(self.dialect, self, common=common))
        parts = _clauses(words)
        scope = _Scope(self.dialect, self, outer=outer, common=common)
        if upper(words, 0) == "SELECT":
            self._read_sources(parts.get("FROM", ()), scope)
            listed = parts.get("SELECT", ())
        else:
            self._read_target(words, parts, scope)
            listed = parts.get("RETURNING", ())
        if upper(words, 0) == "SELECT":
            # What a change leaves behind is another matter.
            scope.known = self._known(parts.get("WHERE", ()))
        scope.grouped = "GROUP" in parts
        if any(upper(words, index) in ("ROLLUP", "CUBE", "SETS") for index in range(len(words))):
            return Result(None)
        items = self._items(listed, scope)
        return Result(items, _is_one_row(words, parts, listed), scope.table(_without_distinct(listed)))

    def _read_target(self, words: Words, parts: Mapping[str, Words], scope: _Scope) -> None:
        """The table that INSERT, UPDATE or DELETE changes, and those it reads besides."""
        starts = {"INTO": 1, "UPDATE": 1, "DELETE": 2}
        at = next((i + starts[upper(words, i)] for i in outside(words) if upper(words, i) in starts), 0)
        while upper(words, at) in ("ONLY", "FROM", "OR"):
            # SQLite has UPDATE OR FAIL and the like.
            at += 2 if upper(words, at) == "OR" else 1
        if upper(words, 0) != "UPDATE" and upper(words, 0) != "DELETE":
            self._read_sources(words[at : at + 1], scope)
            return
        end = next((i for i in range(at, len(words)) if upper(words, i) in ("SET", "USING", *_CLAUSES)), len(words))
        self._read_sources(words[at:end], scope)
        if upper(words, 0) == "UPDATE":
            self._read_sources(parts.get("FROM", ()), scope)

    def _read_sources(self, words: Words, scope: _Scope) -> None:
        """The tables of a FROM, each with whether a join may leave it without a row."""
        index, optional = 0, False
        plain = set(outside(words))
        while index < len(words):
            word = upper(words, index)
            if word in _JOINS and index in plain and upper(words, index + 1) != "(":
                if word in ("RIGHT", "FULL"):
                    scope.sources[:] = [one._replace(optional=True) for one in scope.sources]
                scope.merges = scope.merges or word == "NATURAL"
                optional = word in ("LEFT", "FULL") or (optional and word in ("JOIN", "OUTER"))
                index += 1
            elif word in ("LATERAL", "ONLY"):
                index += 1
            elif word in _JOINS:
                # JOIN ( ... or , ( ...
                optional = optional and word == "JOIN"
                index += 1
            elif word in ("ON", "USING"):
                scope.merges = scope.merges or word == "USING"
                index = _next_join(words, index + 1, plain)
            else:
                index = self._read_source(words, index, scope, optional=optional)

    def _read_source(self, words: Words, index: int, scope: _Scope, *, optional: bool) -> int:
        """One table, query or function with its alias; gives where it ends."""
        columns: Columns | None = None
        table: str | None = None
        alias = ""
        if upper(words, index) == "(":
            end = closing(words, index)
            inside = words[index + 1 : end]
            if upper(inside, 0) not in QUERIES:
                before = len(scope.sources)
                self._read_sources(inside, scope)
                if optional:
                    scope.sources[before:] = [one._replace(optional=True) for one in scope.sources[before:]]
                return end + 1
            columns = self.query(inside, scope).columns()
            index = end + 1
        else:
            while upper(words, index + 1) == ".":
                index += 2
            alias = name_of(words[index])
            table = None if alias in scope.common else alias
            columns = self.tables(alias) if table else scope.common[alias]
            index += 1
            if upper(words, index) == "(":
                columns, table, index = None, None, closing(words, index) + 1
        if upper(words, index) == "AS":
            index += 1
        if index < len(words) and is_name(words[index]) and upper(words, index) not in _NO_ALIAS:
            alias, index = name_of(words[index]), index + 1
            if upper(words, index) == "(":
                end = closing(words, index)
                names = [name_of(word) for word in words[index + 1 : end] if is_name(word)]
                columns, table = None if columns is None else _renamed_columns(columns, names), None
                index = end + 1
        scope.sources.append(_Source(alias, columns, optional, table))
        # What else may stand there, such as an index hint, is passed over.
        return _next_join(words, index, set(outside(words)))

    def _known(self, words: Words) -> frozenset[tuple[str, str]]:
        """The columns that the WHERE finds to be not NULL, whatever the call."""
        if any(upper(words, index) == "OR" for index in outside(words)):
            return frozenset()
        found = set()
        for condition in split(words, ("AND",)):
            if {word.position for word in condition} & self.optional or len(condition) < 4:
                continue
            if [upper(condition, len(condition) - back) for back in (3, 2, 1)] != ["IS", "NOT", "NULL"]:
                continue
            operand = condition[:-3]
            if len(operand) == 1 and is_name(operand[0]):
                found.add(("", name_of(operand[0])))
            elif len(operand) == 3 and operand[1].text == ".":
                found.add((name_of(operand[0]), name_of(operand[2])))
        return frozenset(found)

    def _items(self, words: Words, scope: _Scope) -> list[Item] | None:
        items: list[Item] = []
        for entry in split(_without_distinct(words), (",",)):
            if _is_star(entry):
                columns = scope.star("" if len(entry) == 1 else name_of(entry[0]))
                if columns is None:
                    return None
                items += columns
                continue
            label, expression = _labelled(entry)
            found = cell(expression, scope)
            left_out = any(word.position in self.optional for word in entry)
            items.append(Item(label, Cell(found.kinds, found.nullable or left_out), left_out))
        return items


def document_types(words: Words, tables: Mapping[str, Table], dialect: str) -> list[str | None]:
    """For each column of a statement's result the logical type of the documents that it holds, or None.

    Nothing where the columns cannot be told.
    """

    def columns_of(name: str) -> Columns | None:
        table = tables.get(name)
        if table is None:
            return None
        return {column: Cell(Kinds(DOCUMENT_KINDS & {one.type})) for column, one in table.columns.items()}

    return [_document_type(item.cell.kinds) for item in Reader(dialect, columns_of).statement(words).items or ()]


def _document_type(kinds: Kinds) -> str | None:
    if not kinds or not kinds <= DOCUMENT_KINDS:
        return None
    return next(iter(kinds)) if len(kinds) == 1 else "json"


def _clauses(words: Words) -> dict[str, Words]:
    """The words of each clause by its first word, that word left out."""
    starts = [index for index in outside(words) if index == 0 or _is_clause(words, index)]
    found: dict[str, Words] = {}
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        found.setdefault(upper(words, start), words[start + 1 : end])
    return found


def _is_clause(words: Words, index: int) -> bool:
    """Whether a clause begins here; the name of a column does not, nor IS DISTINCT FROM."""
    return upper(words, index) in _CLAUSES and upper(words, index - 1) not in (".", "DISTINCT", "AS")


def _next_join(words: Words, index: int, plain: set[int]) -> int:
    """Where the next table of a FROM begins to be joined."""
    while index < len(words):
        if index in plain and upper(words, index) in _JOINS:
            opens = upper(words, index + 1) == "("
            if not opens or upper(words, index) in ("JOIN", ",", "STRAIGHT_JOIN"):
                return index
        index += 1
    return index


def _is_star(entry: Words) -> bool:
    return len(entry) in (1, 3) and entry[-1].text == "*" and (len(entry) == 1 or entry[1].text == ".")


def _without_distinct(words: Words) -> Words:
    if upper(words, 0) not in ("DISTINCT", "ALL"):
        return words
    if upper(words, 1) == "ON":
        return words[closing(words, 2) + 1 :]
    return words[1:]


#: Words that may end an expression, and name none.
_ENDS = frozenset({"END", "NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"})


def _labelled(entry: Words) -> tuple[str | None, Words]:
    """The name of a result and its expression."""
    last: Token = entry[-1]
    if len(entry) > 1 and is_name(last):
        before = upper(entry, len(entry) - 2)
        if before == "AS":
            return name_of(last), entry[:-2]
        ends = before == ")" or entry[-2].kind in ("word", "quoted", "number", "string", "parameter")
        if ends and upper(entry, len(entry) - 1) not in _ENDS and before not in ("NOT", "IS", "OR", "AND", "COLLATE"):
            return name_of(last), entry[:-1]
    if is_name(last) and (len(entry) == 1 or (len(entry) == 3 and entry[1].text == ".")):
        return name_of(last), entry
    return None, entry


def _is_one_row(words: Words, parts: Mapping[str, Words], listed: Words) -> bool:
    """Whether it gives one row whatever the tables hold: an aggregate of all, or values from no table."""
    if not parts.keys().isdisjoint({"GROUP", "HAVING", "LIMIT", "OFFSET", "FETCH"}):
        return False
    if upper(words, 0) == "INSERT":
        # One row goes in, or an error comes; a conflict may leave it out.
        behind = [upper(words, index) for index in outside(words)]
        return "VALUES" in behind and {"CONFLICT", "DUPLICATE", "IGNORE", "OR"}.isdisjoint(behind)
    if upper(words, 0) != "SELECT":
        return False
    if "FROM" not in parts:
        return "WHERE" not in parts
    return any(_aggregates(entry) for entry in split(_without_distinct(listed), (",",)))


def _aggregates(entry: Words) -> bool:
    """Whether an entry holds an aggregate of the query's own rows."""
    for index in range(len(entry) - 1):
        if upper(entry, index) == "(" and upper(entry, index + 1) in QUERIES:
            return _aggregates(entry[:index]) or _aggregates(entry[closing(entry, index) + 1 :])
        if upper(entry, index) in AGGREGATES and upper(entry, index + 1) == "(":
            behind = [upper(entry, at) for at in range(closing(entry, index + 1) + 1, len(entry))]
            several = (
                upper(entry, index) in ("MIN", "MAX")
                and len(split(entry[index + 2 : closing(entry, index + 1)], (",",))) > 1
            )
            return "OVER" not in behind and not several
    return False


def _united(results: Sequence[Result], dialect: str) -> Result:
    """The result of a UNION: named as its first query names it."""
    if any(result.items is None for result in results):
        return Result(None)
    lists = [result.items or () for result in results]
    if len({len(items) for items in lists}) != 1:
        return Result(None)
    rows = []
    for items in zip(*lists, strict=True):
        known = all(item.cell.kinds for item in items)
        kinds = frozenset(kind for item in items for kind in item.cell.kinds) if known else frozenset()
        rows.append(Item(items[0].name, Cell(kinds, any(item.cell.nullable for item in items))))
    return Result(rows)


def _renamed(result: Result, names: Sequence[str]) -> Columns | None:
    if not names:
        return result.columns()
    if result.items is None or len(result.items) != len(names):
        return None
    return {name: item.cell for name, item in zip(names, result.items, strict=True)}


def _renamed_columns(columns: Columns, names: Sequence[str]) -> Columns | None:
    if len(columns) < len(names):
        return None
    return dict(zip([*names, *list(columns)[len(names) :]], columns.values(), strict=True))
