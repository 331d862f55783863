"""What the statements of sql/queries have in common: read here, checked in test_house.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from rawdb.dialects import DIALECTS, get_dialect
from rawdb.statements.columns import load_tables
from rawdb.statements.loading import Statement, load_statements
from rawdb.statements.tokens import Source, Token, scan

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "sql" / "queries"
OPERATIONS = ROOT / "rawdb" / "operations"

KEYWORDS = frozenset(
    word.lower()
    for word in (
        *("ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "CROSS", "DELETE", "DESC", "DISTINCT", "ELSE", "END"),
        *("EXISTS", "FROM", "GROUP", "HAVING", "IN", "INNER", "INSERT", "INTO", "IS", "JOIN", "LEFT", "LIKE", "LIMIT"),
        *("NOT", "NULL", "ON", "OR", "ORDER", "SELECT", "SET", "THEN", "UNION", "UPDATE", "VALUES", "WHEN", "WHERE"),
        *("CAST", "COALESCE", "COUNT", "MAX", "MIN", "SUM", "FALSE", "TRUE", "LATERAL", "WITH"),
    )
)
#: Words that begin a line of the outermost query; they end at the river, the blank column after SELECT.
RIVER = frozenset(
    (
        *("AND", "CROSS", "DELETE", "FROM", "GROUP", "HAVING", "INSERT", "JOIN", "LEFT", "LIMIT", "ON", "OR", "ORDER"),
        *("SELECT", "SET", "UNION", "UPDATE", "VALUES", "WHERE"),
    )
)
RIVER_COLUMN = len("SELECT")


def has_module(domain: str) -> bool:
    """Whether a domain has its operations: a module, or a package where they are many."""
    return (OPERATIONS / f"{domain}.py").is_file() or (OPERATIONS / domain / "__init__.py").is_file()


@cache
def effective(dialect: str) -> Mapping[str, Statement]:
    """The effective statements of a dialect."""
    return load_statements(
        QUERIES, get_dialect(dialect), load_tables(ROOT / "sql" / "schema" / "columns.csv"), none_is_null=True
    )


def every() -> Iterator[Statement]:
    """Each statement of each file, once."""
    seen = set()
    for dialect in DIALECTS:
        for statement in effective(dialect).values():
            if statement.location not in seen:
                seen.add(statement.location)
                yield statement


def files() -> list[Path]:
    """The files of statements."""
    return sorted(QUERIES.glob("*/*.sql"))


def tokens(statement: Statement) -> list[Token]:
    """The tokens below the header."""
    body = statement.text.partition("\n")[2]
    return scan(Source.of(statement.location, body), 0, len(body))


def misplaced(statement: Statement) -> Iterator[str]:
    """Lines of the outermost query whose first word does not end at the river."""
    depth = 0
    column = 0
    first = True
    for token in tokens(statement):
        if token.kind == "space":
            if "\n" in token.text:
                first, column = True, len(token.text.rpartition("\n")[2])
            else:
                column += len(token.text)
            continue
        width = len(token.text)
        if first and depth == 0 and token.text in RIVER and column + width != RIVER_COLUMN:
            yield f"{token.text} ends in column {column + width}"
        first = first and token.kind in ("slot_open", "slot_close", "line_comment", "comment")
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        column += width
