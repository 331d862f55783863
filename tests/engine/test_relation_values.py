"""A relation holds what a SELECT gives, of every type that a server has, in tables that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.statements.effects import effects
from rawdb.statements.variants import variants
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

_TEXTS = ["'a'", "''", "'it''s \"\u00e9\"'", "'\x01\x1f\n'", "'\U0001f418'", "'[1,2]'", "'{\"\": 1}'", "'null'"]
_FLOATS = [
    "0",
    "1",
    "0.1",
    "0.1e0 + 0.2e0",
    "1e0 / 3",
    "1e16",
    "1.7976931348623157e308",
    "-5e-324",
    "123456789012345678e0",
]
#: Native types, and values in the server's SQL.
TYPES = {
    "postgresql": {
        "double precision": [*_FLOATS, "'Infinity'", "'NaN'"],
        "double precision[]": ["'{1, 0.1, NULL}'", "'{}'"],
        "real": ["0.1", "1", "16777217"],
        "numeric[]": ["'{1.50, NULL, 2}'", "'{{1}, {2}}'"],
        "timetz": ["'10:00+02'", "'08:00:00.5-01:30'"],
        "citext": _TEXTS,
        "text": _TEXTS,
        "bytea": ["'\\x00ff'", "''"],
    },
    "mysql": {
        "DOUBLE": [one for one in _FLOATS if one != "1e0 / 3"],
        "FLOAT": ["0.1", "1", "16777217"],
        "BIT(1)": ["b'0'", "b'1'"],
        "BIT(12)": ["b'101010101010'", "b'1'"],
        "BIT(64)": ["x'ffffffffffffffff'", "b'1'"],
        "INTEGER ZEROFILL": ["42", "0"],
        "BIGINT ZEROFILL": ["18446744073709551615"],
        "DECIMAL(9, 2) ZEROFILL": ["1.5", "0"],
        "YEAR": ["2020", "0"],
        "POINT": ["POINT(1, 2)"],
        "TINYTEXT": _TEXTS,
        "TEXT": _TEXTS,
        "VARCHAR(9) CHARACTER SET latin1": ["'\u00e9'", "'\u20ac'"],
        "VARBINARY(9)": ["x'00ff5c22'", "''"],
        "ENUM('a', 'it''s \"b\"')": ["'a'", "'it''s \"b\"'"],
        "SET('x', 'y')": ["'x,y'", "''"],
        "TIME(6)": ["'-838:59:58.000001'", "'00:00'"],
    },
    "sqlite": {
        "DOUBLE": [*_FLOATS, "9e999", "'no number'"],
        "DOUBLE PRECISION": [*_FLOATS, "-9e999"],
        "REAL": _FLOATS,
        "NTEXT": _TEXTS,
        "TEXT": _TEXTS,
        "BLOB": ["x'00ff'", "x''"],
    },
}
SQL = """\
-- name: plain_{0}()
-- The rows of a table.
SELECT t.* FROM typed_{0} AS t ORDER BY t.id;

-- name: related_{0}()$
-- The same as a relation, each row with itself and its value.
SELECT (SELECT /*{{json t as own}}*/ COUNT(*)
             + COUNT((SELECT /*{{one o as twin}}*/ COUNT(*) /*{{}}*/ FROM typed_{0} AS o WHERE o.id = t.id))
             + COUNT((SELECT /*{{map o.id o.v as pair}}*/ COUNT(*) /*{{}}*/
                        FROM typed_{0} AS o
                       WHERE o.id = t.id)) /*{{}}*/
          FROM typed_{0} AS t) AS own;
"""


@pytest.fixture
def database(url: str, dialect: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    """A table for each type, its primary key behind the value, or before it."""
    types = TYPES[dialect]
    with connected(url) as run:
        if dialect == "postgresql":
            run("CREATE EXTENSION IF NOT EXISTS citext")
        for number, (native, values) in enumerate(types.items()):
            columns = [f"v {native} NULL", "id INTEGER PRIMARY KEY"]
            run(f"CREATE TABLE typed_{number} ({', '.join(columns[:: 1 if number % 2 else -1])})")
            for position, value in enumerate([*values, "NULL"]):
                run(f"INSERT INTO typed_{number} (id, v) VALUES ({position}, {value})")
    (tmp_path / "typed.sql").write_text("".join(SQL.format(number) for number in range(len(types))))
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        for number in range(len(types)):
            run(f"DROP TABLE typed_{number}")


def test_what_a_relation_holds(database: Database) -> None:
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    with database.reader.using(None) as sql:
        for number, native in enumerate(TYPES[database.dialect.name]):
            rows = getattr(sql, f"plain_{number}")()
            # By their texts, which tell 1 from 1.0, and nan is nan.
            expected[native] = [repr({**row, "twin": row, "pair": {str(row["id"]): row["v"]}}) for row in rows]
            found[native] = [repr(row) for row in getattr(sql, f"related_{number}")()]
    assert found == expected


def test_to_read_one_is_to_read(database: Database) -> None:
    """A text that might change something is not sent again, and is no reader's."""
    for statement in database.statements.values():
        assert {effects(variant.text) for variant in variants(statement)} == {0}


@pytest.mark.dialects("postgresql")
def test_an_object_of_the_server_s_own(url: str, open_database: Open, tmp_path: Path) -> None:
    """JSON has an object for a row of another type: it is none of the pairs of a relation."""
    (tmp_path / "typed.sql").write_text(SQL.format("own"))
    with connected(url) as run:
        run("CREATE DOMAIN document AS jsonb")
        run("CREATE TABLE typed_own (id integer PRIMARY KEY, v document)")
        run('INSERT INTO typed_own VALUES (1, \'{"a": [{"b": 1}], "": {}}\')')
    try:
        with open_database(url, queries=tmp_path, tables=None).reader.using(None) as sql:
            [row] = sql.plain_own()
            assert row["v"] == {"a": [{"b": 1}], "": {}}
            assert sql.related_own() == [{**row, "twin": row, "pair": {"1": row["v"]}}]
    finally:
        with connected(url) as run:
            run("DROP TABLE typed_own")
            run("DROP DOMAIN document")


NAMES = ("it's", "a(b", "COUNT(c", "100%s", "{}")


def test_names_that_sql_quotes(url: str, open_database: Open, tmp_path: Path) -> None:
    """Parentheses and quotes in the names of columns, those of a relation inside a relation included."""
    (tmp_path / "typed.sql").write_text(SQL.format("own"))
    quote = open_database(url).dialect.quote
    columns = [quote(name).replace("%%", "%") + " INTEGER" for name in NAMES]
    with connected(url) as run:
        run(f"CREATE TABLE typed_own (id INTEGER PRIMARY KEY, v INTEGER, {', '.join(columns)})")
        run(f"INSERT INTO typed_own VALUES (1, 2{', 3' * len(columns)})")
    try:
        row = {"id": 1, "v": 2, **dict.fromkeys(NAMES, 3)}
        with open_database(url, queries=tmp_path, tables=None).reader.using(None) as sql:
            assert sql.related_own() == [{**row, "twin": row, "pair": {"1": 2}}]
    finally:
        with connected(url) as run:
            run("DROP TABLE typed_own")


@pytest.mark.dialects("mysql")
@pytest.mark.parametrize(
    "mode", ["EMPTY_STRING_IS_NULL", "ANSI", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "ONLY_FULL_GROUP_BY", "ORACLE"]
)
def test_a_mode_of_the_server(url: str, open_database: Open, tmp_path: Path, mode: str) -> None:
    (tmp_path / "typed.sql").write_text(SQL.format("own"))
    with connected(url) as run:
        run("CREATE TABLE typed_own (id INTEGER PRIMARY KEY, v VARCHAR(20))")
        run("INSERT INTO typed_own VALUES (1, 'a '), (2, ''), (3, '\\\\ \" '' %'), (4, NULL)")
    try:
        database = open_database(url, queries=tmp_path, tables=None, mysql_sql_mode=f"{mode},STRICT_ALL_TABLES")
        with database.reader.using(None) as sql:
            rows = sql.plain_own()
            assert [row["v"] for row in rows] == ["a ", "", "\\ \" ' %", None]
            assert sql.related_own() == [{**row, "twin": row, "pair": {str(row["id"]): row["v"]}} for row in rows]
    finally:
        with connected(url) as run:
            run("DROP TABLE typed_own")
