"""What the written module says is what calls give, on every dialect and for unkind rows."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest

import rawdb
from rawdb import Page, SortKey, aio, equal
from rawdb.cli import main
from rawdb.typed import many, streamed
from tests.support.shapes import faults, hints
from tests.typed.shop import imported, make_tables, write_queries

LONG_AGO = datetime.fromisoformat("2001-01-01")
CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "customer_get": ({"id": 1}, {"id": 2}, {"id": 99}),
    "customer_count": ({},),
    "customer_name": ({"id": 1}, {"id": 99}),
    "customer_add": ({"name": "cy", "email": None},),
    "customer_store": ({"values": {"name": "di"}}, {"values": {"name": "ed", "email": "ed@example.org"}}),
    "order_load": (
        {"values": {"customer_id": 1, "total": 1, "pieces": 1, "placed": LONG_AGO}},
        {"values": [{"customer_id": 1, "total": Decimal("1.5"), "pieces": 1, "placed": LONG_AGO}] * 2},
    ),
    "customer_update": ({"id": 1, "changes": {"email": "x"}}, {"id": 1, "changes": {"email": None}}),
    "order_all": (
        {"ids": [1, 2, 3, 4], "limit": None},
        {"ids": [1, 2, 3, 4], "limit": 9, "recent": True, "since": LONG_AGO, "filters": [equal("customer_id", 9)]},
        {"ids": [1, 2, 3, 4], "limit": 9, "page": Page([SortKey("id")])},
    ),
    "customer_rename": ({"id": 1, "name": "ad"},),
    "tidy": ({},),
    "order_totals": ({"least": 0}, {"least": Decimal("7.5")}),
    "order_revenue": ({},),
    "order_mailed": ({},),
    "customer_full": ({"id": 1}, {"id": 2}, {"id": 99}),
    "customer_named": ({"people": [{"name": "ada", "email": "ada@example.org"}, {"name": "bo", "email": "x"}]},),
    "everybody": ({},),
    "list": ({"least": 1},),
}


def written(folder: Path, *arguments: str) -> Any:
    """The class `Statements` of a module that the command writes."""
    path = folder / "statements.py"
    assert main(["sql", "types", str(folder / "queries"), *arguments, "-o", str(path)]) == 0
    return imported(path).Statements


def wrong(method: Callable[..., Any], result: Any) -> list[str]:
    return faults(result, hints(method)["return"])


def test_results_are_of_the_types_that_are_written(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    queries = write_queries(tmp_path / "queries")
    statements = written(tmp_path, "--url", database_url)
    with rawdb.Database(database_url, queries=queries) as database:
        assert {*CALLS} == {*database.statements}
        with database.writer.using() as sql:
            for name, calls in CALLS.items():
                method = getattr(statements, name)
                for arguments in calls:
                    inspect.signature(method).bind(None, **arguments)
                    result = getattr(sql, name)(**arguments)
                    assert wrong(method, result) == [], name
            sql.execute("DELETE FROM orders")
            assert wrong(statements.order_revenue, sql.order_revenue()) == []


def test_coroutines_give_the_same(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    queries = write_queries(tmp_path / "queries")
    written(tmp_path, "--url", database_url, "--async")
    statements = imported(tmp_path / "statements.py").AsyncStatements

    async def everything() -> None:
        database = aio.Database(database_url, queries=queries)
        async with database.writer.using() as sql:
            for name, calls in CALLS.items():
                method = getattr(statements, name)
                for arguments in calls:
                    inspect.signature(method).bind(None, **arguments)
                    assert wrong(method, await getattr(sql, name)(**arguments)) == [], name
        await database.dispose()

    asyncio.run(everything())


def test_streams_and_many_are_those_of_the_statement(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    queries = write_queries(tmp_path / "queries")
    with rawdb.Database(database_url, queries=queries) as database, database.writer.using() as sql:
        assert many(sql.customer_rename, [{"id": 1, "name": "x"}, {"id": 99, "name": "y"}]) == 1
        assert [row["id"] for row in streamed(sql.list, fetch_size=1)(least=2)] == [2, 3, 4]
        assert list(streamed(sql.list)(3)) == sql.list(3)


def test_nothing_can_be_null_that_never_is(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    write_queries(tmp_path / "queries")
    statements = written(tmp_path, "--url", database_url)

    def row(name: str) -> dict[str, Any]:
        found = hints(getattr(statements, name))["return"]
        inner = next(one for one in [found, *getattr(found, "__args__", ())] if hasattr(one, "__required_keys__"))
        return {key: type(None) in getattr(kind, "__args__", ()) for key, kind in hints(inner).items()}

    assert row("customer_get") == {"id": False, "name": False, "email": True}
    totals = row("order_totals")
    assert {key for key, may_be in totals.items() if may_be} == {"lightest", "newest_paid"}
    assert {key for key, may_be in row("order_revenue").items() if may_be} == {"revenue", "last_day"}
    assert row("order_mailed") == {"id": False, "date": True, "email": False}
    orders = row("order_all")
    assert {"customer", "email", "shown"} <= {key for key, may_be in orders.items() if may_be}
    assert not any(orders[key] for key in ("id", "customer_id", "total", "placed", "is_paid"))
    assert row("everybody") == {"id": False, "word": True}


def test_a_value_is_none_only_where_there_may_be_no_row(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    write_queries(tmp_path / "queries")
    statements = written(tmp_path, "--url", database_url)
    assert hints(statements.customer_count)["return"] is int
    assert hints(statements.customer_name)["return"] == str | None
    assert hints(statements.customer_add)["return"] is int
    revenue = hints(statements.order_revenue)["return"]
    assert revenue.__required_keys__ == {"revenue", "orders", "last_day"}


@pytest.mark.dialects("postgresql")
def test_types_of_postgresql_s_own(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    text = """
-- name: order_get(id, state)^
-- Arrays, enumerations, documents and what is computed of them.
SELECT o.*, o.tags[1] AS first_tag, o.details->>'a' AS a, o.total * 2 AS twice, o.state::text AS word,
       CAST(o.total AS NUMERIC(12, 4)) AS four, ROW_NUMBER() OVER (ORDER BY o.id) AS place, NOW() AS moment,
       ARRAY_AGG(o.id) OVER () AS ids, o.placed - o.placed AS age, x.n
  FROM orders AS o
       CROSS JOIN generate_series(1, 1) AS x (n)
 WHERE o.id = :id
   AND o.state = :state;

-- name: order_add(state, details, uid, tags)<!
-- Gives what it has stored.
INSERT INTO orders (customer_id, total, pieces, placed, state, details, uid, tags)
VALUES (1, 1, 1, NOW(), :state, :details, :uid, :tags)
RETURNING id, state, details, uid, tags;
"""
    queries = write_queries(tmp_path / "queries", text, "postgresql")
    statements = written(tmp_path, "--url", database_url)
    stored = hints(hints(statements.order_add)["return"])
    assert stored == {
        "id": int,
        "state": Literal["new", "paid", "sent"],
        "details": Any,
        "uid": UUID | None,
        "tags": list[str],
    }
    row = hints(hints(statements.order_get)["return"].__args__[0])
    assert (row["total"], row["ids"], row["age"]) == (Decimal, list[int] | None, timedelta)
    assert (row["date"], row["four"], row["place"], row["n"]) == (date | None, Decimal, int, int | None)
    assert hints(statements.order_add)["state"] == Literal["new", "paid", "sent"]
    with rawdb.Database(database_url, queries=queries) as database, database.writer.using() as sql:
        new = sql.order_add("paid", {"a": [1]}, UUID(int=7), ["red", "blue"])
        assert wrong(statements.order_add, new) == []
        assert wrong(statements.order_get, sql.order_get(new["id"], "paid")) == []


@pytest.mark.dialects("mysql")
def test_what_mysql_says_of_expressions(database_url: str, tmp_path: Path) -> None:
    make_tables(database_url)
    text = """
-- name: order_get(id)^
-- Expressions whose types and NULLs the server knows.
SELECT o.state, o.details, 7 / 2 AS half, IFNULL(c.name, 'nobody') AS name, c.name AS none_or_name, NULL AS nothing,
       YEAR(o.placed) AS year, MOD(o.id, 2) AS odd, c.id IS NULL AS lonely, TIMEDIFF(o.placed, o.placed) AS t
  FROM orders AS o
       LEFT JOIN customers AS c ON c.id = o.customer_id
 WHERE o.id = :id;
"""
    queries = write_queries(tmp_path / "queries", text, "mysql")
    statements = written(tmp_path, "--url", database_url)
    row = hints(hints(statements.order_get)["return"].__args__[0])
    assert row["state"] == Literal["new", "paid", "sent"]
    assert (row["name"], row["none_or_name"], row["half"], row["lonely"]) == (str, str | None, Decimal | None, int)
    with rawdb.Database(database_url, queries=queries) as database, database.reader.using() as sql:
        for number in range(1, 5):
            assert wrong(statements.order_get, sql.order_get(number)) == []
