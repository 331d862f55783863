"""What an expression of a result can hold: its Python types and whether it can be NULL, read from its text.

What is not understood has no types and can be NULL: a server that is asked may know better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from rawdb.dialects.prepared import Kinds
from rawdb.dialects.types import DOCUMENTS
from rawdb.statements.tokens import is_name, name_of
from rawdb.statements.words import QUERIES, Words, closing, is_enclosed, outside, split, upper

UNTOLD = Kinds()
#: An exact number without declared digits behind the point: as a column a Decimal, computed with an int where whole.
NUMERIC = "Numeric"
#: Documents are known by the type of their column. Of an expression it is the server that says what it makes of one.
DOCUMENT_KINDS = Kinds(DOCUMENTS)

_CONDITIONS = frozenset({
    "=", "<>", "!=", "<", ">", "<=", ">=", "AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "REGEXP",
    "RLIKE", "GLOB", "SIMILAR", "ESCAPE", "DISTINCT", "FROM",
})  # fmt: skip
_ARITHMETIC = frozenset("+-*/%")
#: Operators whose results are not known here.
_FOREIGN = frozenset("#@~?&|^:")
_COUNTS = frozenset({"COUNT", "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE"})
AGGREGATES = frozenset({
    "AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "STRING_AGG", "SUM", "TOTAL", "ARRAY_AGG", "BOOL_AND", "BOOL_OR",
    "JSON_AGG", "JSONB_AGG", "JSON_OBJECT_AGG", "JSON_ARRAYAGG", "JSON_GROUP_ARRAY", "EVERY",
})  # fmt: skip
_TEXTS = frozenset({"CONCAT", "LOWER", "LTRIM", "REPLACE", "RTRIM", "SUBSTR", "SUBSTRING", "TRIM", "UPPER"})
_LENGTHS = frozenset({"CHAR_LENGTH", "INSTR", "LENGTH", "OCTET_LENGTH", "STRPOS"})
_MOMENTS = frozenset({"CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "NOW"})
_CASTS = {
    "INT": "int", "INTEGER": "int", "BIGINT": "int", "SMALLINT": "int", "SIGNED": "int", "UNSIGNED": "int",
    "CHAR": "str", "CHARACTER": "str", "VARCHAR": "str", "TEXT": "str", "REAL": "float", "DOUBLE": "float",
    "FLOAT": "float", "DECIMAL": "Decimal", "NUMERIC": "Decimal", "DATE": "date", "DATETIME": "datetime",
    "TIMESTAMP": "datetime", "BOOLEAN": "bool", "BOOL": "bool", "UUID": "UUID",
}  # fmt: skip


class Cell(NamedTuple):
    """What a place can hold: Python types by their names (none: not told), and whether NULL."""

    kinds: Kinds = UNTOLD
    nullable: bool = True


class Scope(Protocol):
    """What the names in an expression mean."""

    dialect: str
    #: Whether rows are grouped: an aggregate then has at least one row.
    grouped: bool

    def column(self, alias: str, name: str) -> Cell | None:
        """A column; None for an unknown one."""

    def scalar(self, words: Words) -> Cell:
        """A query that stands for one value."""


def cell(words: Words, scope: Scope) -> Cell:
    """What an expression can hold."""
    if is_enclosed(words):
        return scope.scalar(words[1:-1]) if upper(words, 1) in QUERIES else cell(words[1:-1], scope)
    if len(words) == 3 and words[1].text == "." and is_name(words[0]) and is_name(words[2]):
        return scope.column(name_of(words[0]), name_of(words[2])) or Cell()
    if len(words) == 1:
        return _atom(words, scope)
    plain = set(outside(words))
    operators = {upper(words, index) for index in plain if words[index].kind in ("operator", "other", "word", "cast")}
    if _reads_json(words, plain) or not operators.isdisjoint(_FOREIGN):
        return Cell()
    for found, read in _READERS:
        if not operators.isdisjoint(found):
            return read(words, scope)
    return _primary(words, scope)


def _reads_json(words: Words, plain: set[int]) -> bool:
    """Whether a `->` stands there, which the scanner takes for two signs."""
    return any(
        words[index].text == "-" and index + 1 < len(words) and words[index + 1].position == words[index].position + 1
        for index in plain
        if upper(words, index + 1) == ">"
    )


def _atom(words: Words, scope: Scope) -> Cell:
    word, text = words[0], upper(words, 0)
    if word.kind == "number":
        if word.text.isdigit():
            return Cell(Kinds({"int"}), nullable=False)
        return Cell(Kinds({"float" if scope.dialect == "sqlite" else "Decimal"}), nullable=False)
    if word.kind == "string":
        return Cell(Kinds({"str"}), nullable=False)
    if text == "NULL":
        return Cell(Kinds({"None"}))
    if text in ("TRUE", "FALSE"):
        return Cell(_boolean(scope), nullable=False)
    if text in _MOMENTS:
        return Cell(Kinds({"str" if scope.dialect == "sqlite" else "datetime"}), nullable=False)
    return (scope.column("", name_of(word)) if is_name(word) else None) or Cell()


def _boolean(scope: Scope) -> Kinds:
    return Kinds({"bool" if scope.dialect == "postgresql" else "int"})


def computed(one: Cell, dialect: str) -> Cell:
    """A value that went through an expression: SQLite then forgets the type of its column."""
    kinds = set(one.kinds)
    if not DOCUMENT_KINDS.isdisjoint(kinds):
        return Cell(UNTOLD, one.nullable)
    if dialect == "sqlite":
        kinds = {kind for before in kinds for kind in _FORGOTTEN.get(before, (before,))}
    elif NUMERIC in kinds:
        kinds = kinds - {NUMERIC} | {"Decimal", "int"}
    return Cell(Kinds(kinds), one.nullable)


_FORGOTTEN = {
    "datetime": ("str",), "date": ("str",), "time": ("str",), "bool": ("int",), "Decimal": ("float", "int"),
    NUMERIC: ("float", "int"),
}  # fmt: skip


def united(cells: Iterable[Cell], dialect: str, *, nullable: bool) -> Cell:
    """One of several; of an unknown type where one of them is."""
    found = [computed(one, dialect) for one in cells]
    if any(not one.kinds for one in found):
        return Cell(UNTOLD, nullable)
    return Cell(Kinds(kind for one in found for kind in one.kinds), nullable)


def _condition(words: Words, scope: Scope) -> Cell:
    """A comparison or a test; one for NULL is never NULL itself."""
    ends = [upper(words, len(words) - 1 - back) for back in (2, 1, 0)]
    tests = [index for index in outside(words) if upper(words, index) in _CONDITIONS]
    lone = {"IS"} | ({"NOT"} if ends[1] == "NOT" else set())
    if ends[2] == "NULL" and ends[-2] in lone and {upper(words, index) for index in tests} <= lone:
        return Cell(_boolean(scope), nullable=False)
    if upper(words, 0) == "NOT":
        return Cell(_boolean(scope), _is_nullable(words[1:], scope))
    operands = split(words, _CONDITIONS)
    return Cell(_boolean(scope), any(_is_nullable(operand, scope) for operand in operands))


def _is_nullable(words: Words, scope: Scope) -> bool:
    if is_enclosed(words) and upper(words, 1) not in QUERIES:
        # The list behind IN.
        return any(cell(part, scope).nullable for part in split(words[1:-1], ","))
    return cell(words, scope).nullable


def _joined(words: Words, scope: Scope) -> Cell:
    return Cell(Kinds({"str"}), any(cell(part, scope).nullable for part in split(words, ("||",))))


def _sum(words: Words, scope: Scope) -> Cell:
    operands = [computed(cell(part, scope), scope.dialect) for part in split(words, _ARITHMETIC)]
    kinds = Kinds(kind for operand in operands for kind in operand.kinds)
    divides = any(upper(words, index) in ("/", "%") for index in outside(words))
    # Of a division by zero two of the servers make NULL, and MySQL divides integers to a fraction.
    nullable = any(operand.nullable for operand in operands) or (divides and scope.dialect != "postgresql")
    if any(not operand.kinds for operand in operands) or not kinds <= {"int", "float", "Decimal", "bool", "None"}:
        return Cell(UNTOLD, nullable)
    if divides and scope.dialect == "mysql":
        return Cell(UNTOLD, nullable)
    if "float" in kinds and scope.dialect != "sqlite":
        return Cell(Kinds({"float"}), nullable)
    if "Decimal" in kinds and scope.dialect != "sqlite":
        # Not even of a declared column: what comes out whole may be read as int.
        return Cell(Kinds({"Decimal", "int"} if "int" in kinds else {"Decimal"}), nullable)
    return Cell(kinds - {"bool", "None"} or Kinds({"int"}), nullable)


def _cast_by_colons(words: Words, scope: Scope) -> Cell:
    at = max(index for index in outside(words) if words[index].kind == "cast")
    if not set(outside(words[:at])) & {i for i in range(at) if upper(words, i) in _ARITHMETIC}:
        return _as_type(words[at + 1 :], cell(words[:at], scope), scope)
    # a + b::int casts b alone.
    return Cell()


_READERS: tuple[tuple[frozenset[str], Callable[[Words, Scope], Cell]], ...] = (
    (_CONDITIONS, _condition),
    (frozenset({"||"}), _joined),
    (frozenset({"::"}), _cast_by_colons),
    (_ARITHMETIC, _sum),
)


def _as_type(type_words: Words, one: Cell, scope: Scope) -> Cell:
    kind = _CASTS.get(upper(type_words, 0))
    if kind is None or upper(type_words, len(type_words) - 1) == "]":
        return Cell(UNTOLD, one.nullable)
    if scope.dialect == "sqlite" and kind in _FORGOTTEN:
        return Cell(UNTOLD if kind != "Decimal" else Kinds(_FORGOTTEN[kind]), one.nullable)
    scaled = any(word.text == "," for word in type_words)
    return Cell(Kinds({"Decimal", "int"} if kind == "Decimal" and not scaled else {kind}), one.nullable)


def _primary(words: Words, scope: Scope) -> Cell:
    if upper(words, 0) == "CASE" and upper(words, len(words) - 1) == "END":
        return _case(words[1:-1], scope)
    if upper(words, 1) == "(" and words[0].kind == "word":
        return _function(words, scope)
    if len(words) > 2 and upper(words, len(words) - 2) == "COLLATE":
        return cell(words[:-2], scope)
    return Cell()


def _case(words: Words, scope: Scope) -> Cell:
    """One of its results; NULL as well where it has no ELSE."""
    results, start, word = [], 0, ""
    for index in [*outside(words), len(words)]:
        if index == len(words) or upper(words, index) in ("WHEN", "THEN", "ELSE"):
            if word in ("THEN", "ELSE"):
                results.append(cell(words[start:index], scope))
            start, word = index + 1, upper(words, index) or word
    has_else = any(upper(words, index) == "ELSE" for index in outside(words))
    return united(results, scope.dialect, nullable=not has_else or any(one.nullable for one in results))


def _function(words: Words, scope: Scope) -> Cell:
    """A call of a function, with what may stand behind it."""
    name, end = upper(words, 0), closing(words, 1)
    inside, behind = words[2:end], words[end + 1 :]
    if name == "EXISTS":
        return Cell(_boolean(scope), nullable=False)
    if name in _COUNTS:
        return Cell(Kinds({"int"}), nullable=False)
    if name == "CAST":
        at = next((index for index in outside(inside) if upper(inside, index) == "AS"), None)
        return Cell() if at is None else _as_type(inside[at + 1 :], cell(inside[:at], scope), scope)
    arguments = [cell(part, scope) for part in split(inside, ",")]
    nullable = any(one.nullable for one in arguments)
    if name in AGGREGATES:
        # Of no rows it is NULL: of a group there is one, but FILTER or a window may leave none.
        return _aggregate(name, arguments, scope, nullable=nullable or not scope.grouped or bool(behind))
    if behind or not arguments:
        return _atom(words, scope) if name in _MOMENTS else Cell()
    return _plain_function(name, arguments, scope.dialect, nullable=nullable)


def _aggregate(name: str, arguments: list[Cell], scope: Scope, *, nullable: bool) -> Cell:
    first = arguments[0] if arguments else Cell()
    if name in ("MIN", "MAX"):
        return computed(Cell(first.kinds, nullable), scope.dialect)
    if name in ("GROUP_CONCAT", "STRING_AGG"):
        return Cell(Kinds({"str"}), nullable)
    if name == "SUM":
        return _sum_of(first, scope.dialect, nullable=nullable)
    if name == "AVG" and first.kinds:
        kind = "float" if scope.dialect == "sqlite" or "float" in first.kinds else "Decimal"
        return Cell(Kinds({kind}), nullable)
    return Cell(UNTOLD, nullable)


def _sum_of(first: Cell, dialect: str, *, nullable: bool) -> Cell:
    kinds = computed(first, dialect).kinds
    if not kinds <= {"int", "bool", "float", "Decimal"}:
        return Cell(UNTOLD, nullable)
    return Cell(Kinds("int" if kind == "bool" else kind for kind in kinds), nullable)


def _plain_function(name: str, arguments: list[Cell], dialect: str, *, nullable: bool) -> Cell:
    if name in ("COALESCE", "IFNULL"):
        return united(arguments, dialect, nullable=all(one.nullable for one in arguments))
    if name == "NULLIF":
        return computed(Cell(arguments[0].kinds), dialect)
    if name in _TEXTS:
        return Cell(Kinds({"str"}), nullable)
    if name in _LENGTHS:
        return Cell(Kinds({"int"}), nullable)
    if name == "ABS":
        return computed(Cell(arguments[0].kinds, nullable), dialect)
    return Cell()


def merged(mapping: Mapping[str, Cell], name: str) -> Cell | None:
    """A column by its name, as servers compare them: without regard to case where that is clear."""
    found = mapping.get(name)
    if found is None:
        near = [one for key, one in mapping.items() if key.lower() == name.lower()]
        return near[0] if len(near) == 1 else None
    return found
