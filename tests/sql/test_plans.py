"""How the servers carry the statements out on loaded tables: by the index that the comment names, not by a scan.

A statement may read a whole table only if its comment says `none` under `Index:`, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rawdb import migrate
from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.statements.columns import Column, Table, load_tables
from rawdb.statements.resolution import Resolver
from rawdb.statements.statement import Statement
from rawdb.statements.variants import variants
from tests.sql import house

_DIGITS = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))
#: 2,000 numbers from 1 on.
_NUMBERS = (
    "SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n"
    f" FROM ({_DIGITS}) AS a, ({_DIGITS}) AS b, ({_DIGITS}) AS c, (SELECT 0 AS d UNION ALL SELECT 1) AS e"
)
#: The n-th day from the one that samples of times fall on.
_DAY = {
    "postgresql": "TIMESTAMP '2014-06-01' + n * INTERVAL '1 day'",
    "mysql": "DATE_ADD('2014-06-01', INTERVAL n DAY)",
    "sqlite": "STRFTIME('%Y-%m-%d 00:00:00.000000', '2014-06-01', '+' || n || ' day')",
}
_RENEW = {"postgresql": "ANALYZE", "mysql": "ANALYZE TABLE {}", "sqlite": "ANALYZE"}


@pytest.fixture
def loaded(rawdb_database: str, dialect: str) -> Iterator[tuple[Dialect, Any]]:
    """A driver connection to a migrated database with 2,000 rows in each table; none of their values repeats."""
    migrate.upgrade(rawdb_database)
    spoken = get_dialect(dialect)
    raw = spoken.connect(parse_url(rawdb_database), ConnectionOptions())
    tables = load_tables(house.ROOT / "sql" / "schema" / "columns.csv").values()
    for table in tables:
        spoken.run(raw, _fill(table, spoken), {})
    for renew in {_RENEW[dialect].format(table.name) for table in tables}:
        spoken.run(raw, renew, {})
    yield spoken, raw
    spoken.close(raw)


def _fill(table: Table, dialect: Dialect) -> str:
    columns = [column for column in table.columns.values() if not column.autoincrement]
    names = ", ".join(dialect.quote(column.name) for column in columns)
    values = ", ".join(_value(column, dialect) for column in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM ({_NUMBERS}) AS numbers"


def _value(column: Column, dialect: Dialect) -> str:
    """An expression over the number n."""
    kind, _, detail = column.type.rstrip(")").partition("(")
    if column.name == "deleted":
        return "0" if kind in ("int", "bigint") else "'False'" if kind == "string" else "FALSE"
    if kind == "enum":
        return f"'{detail.split('|')[0]}'"
    if kind in ("int", "bigint", "float"):
        return "n"
    if kind == "bool":
        return "FALSE"
    if kind == "datetime":
        return _DAY[dialect.name]
    text = "CONCAT('v', n)" if dialect.name == "mysql" else "'v' || n"
    return f"SUBSTRING({text}, 1, {detail})" if detail and dialect.name != "sqlite" else text


def _postgresql(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    for (line,) in rows:
        if found := re.search(r"Seq Scan on (\w+)", line):
            yield found[1]


def _mysql(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        # id, select_type, table, [partitions,] type, ...
        if "ALL" in row[3:5] and row[1] != "INSERT" and not str(row[2]).startswith("<"):
            yield str(row[2])


def _sqlite(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        found = re.match(r"SCAN (?:TABLE )?(\w+)(?! CONSTANT)", row[3])
        if found and "INDEX" not in row[3] and found[1] not in ("CONSTANT", "json_each", "SUBQUERY"):
            yield found[1]


SCANNED: dict[str, tuple[str, Callable[[list[tuple[Any, ...]]], Iterator[str]]]] = {
    "postgresql": ("EXPLAIN ", _postgresql),
    "mysql": ("EXPLAIN ", _mysql),
    "sqlite": ("EXPLAIN QUERY PLAN ", _sqlite),
}


def may_scan(statement: Statement) -> bool:
    """Whether the comment says that no index serves, always or in one of the variants."""
    return re.search(r"\bnone\b", statement.doc.partition("Index:")[2].partition("Locks:")[0]) is not None


def test_no_table_is_scanned(loaded: tuple[Dialect, Any]) -> None:
    spoken, raw = loaded
    word, scanned = SCANNED[spoken.name]
    declared = set(load_tables(house.ROOT / "sql" / "schema" / "columns.csv"))
    faults = []
    tried = 0
    for statement in house.effective(spoken.name).values():
        variant = next(variants(statement))
        rows = spoken.run(raw, word + variant.text, variant.parameters).rows
        resolver = Resolver(house.tokens(statement), {})
        tables = {resolver.aliases.get(name, "") for name in scanned(rows)} & declared
        tried += 1
        if tables and not may_scan(statement):
            faults.append(f"{statement.location} {statement.name} scans {', '.join(sorted(tables))}")
    assert tried > 100
    assert not faults, "\n" + "\n".join(faults)


def test_a_scan_is_seen(loaded: tuple[Dialect, Any]) -> None:
    spoken, raw = loaded
    word, scanned = SCANNED[spoken.name]
    text = f"{word}SELECT i.* FROM instances AS i WHERE i.display_description = 'x'"
    assert list(scanned(spoken.run(raw, text, {}).rows))
    text = f"{word}SELECT i.* FROM instances AS i WHERE i.uuid = 'x'"
    assert list(scanned(spoken.run(raw, text, {}).rows)) == []
