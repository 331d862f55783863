"""What somebody writes with typed statements: type checkers refuse the lines that say so, and no other.

It is never run; `statements` is written by the test.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from statements import (  # type: ignore[import-not-found,unused-ignore]
    AsyncStatements,
    OrderLoadValues,
    OrderTotalsRow,
    Statements,
)

from rawdb import Database, Page, SortKey, aio, equal
from rawdb.typed import ahead, many, streamed

database: Database[Statements] = Database("sqlite:///shop.db", queries="queries")
other = Database[Statements]("sqlite:///other.db", queries="queries")


awaited: aio.Database[AsyncStatements] = aio.wrap(database)


async def in_a_loop(number: int) -> str | None:
    """Coroutines: the same statements, awaited, with their arguments by name."""
    async with awaited.reader.using() as sql:
        row = await sql.customer_get(id=number)
        print(sql.customer_get(id=number)["name"])  # refused
        print(await sql.customer_gett(id=number))  # refused
        print(await sql.customer_get(number))  # refused
        print((await sql.everybody())[0]["wort"])  # refused
        await sql.execute("SELECT 1")
        return None if row is None else row["email"]


@awaited.writer
async def rename(context: object, number: int, name: str) -> int:
    """Statements of the block that a task has open."""
    return await awaited.sql(context).customer_update(id=number, changes={"name": name})


@database.writer
def new_customer(context: object, name: str, email: str | None) -> int:
    """Statements of the block that is open on a context."""
    sql = database.sql(context)
    stored = sql.customer_store(values={"name": name, "email": email})
    sql.customer_update(stored["id"], changes={"email": None})
    sql.customer_update(stored["id"], changes={"mail": None})  # refused
    sql.customer_store(values={"email": email})  # refused
    return sql.customer_add(name, email) + sql.customer_count()


async def many_rows() -> int:
    """A statement's other ways, awaited."""
    async with awaited.writer.using() as sql:
        async for row in streamed(sql.everybody)():
            print(row["word"], row["wort"])  # refused
        pending = await ahead(sql.customer_rename)(id=1, name="x")
        print(await pending.result() + 1)
        return await many(sql.customer_rename, [{"id": 1, "name": "x"}])


def all_rows() -> int:
    """A statement's other ways."""
    with database.writer.using() as sql:
        for row in streamed(sql.order_totals)(least=Decimal(1)):
            print(row["name"].upper())
            print(row["nam"])  # refused
        with streamed(sql.order_totals, fetch_size=10)(least=Decimal(1)) as rows:
            print(next(rows)["orders"] + 1)
        streamed(sql.order_totals)(lest=1)  # refused
        streamed(sql.customer_count)()  # refused
        many(sql.everybody, [])  # refused
        counted = ahead(sql.customer_count)().result() + 1
        ahead(sql.order_totals)(lest=1)  # refused
        ahead(sql.order_totals)(least=Decimal(counted)).result()[0]["nam"]  # refused
        sql.tidy()
        return many(sql.customer_rename, ({"id": number, "name": "x"} for number in range(3)))


def totals(least: Decimal) -> list[OrderTotalsRow]:
    """Rows as they are written."""
    with database.reader.autocommit.using() as sql:
        rows = sql.order_totals(least=least)
        print(rows[0]["name"].upper(), rows[0]["orders"] + 1)
        print(rows[0]["nam"])  # refused
        print(rows[0]["newest_paid"] + 1)  # refused
        print(sql.order_totals(lest=least))  # refused
        print(sql.order_total(least))  # refused
        print(sql.order_totals(least, "more"))  # refused
        print(sql.order_totals(least="seven", now=None))  # refused
        return rows


def one(number: int) -> str:
    """What may not be there."""
    with other.reader.using() as sql:
        print(sql.customer_get(number)["name"])  # refused
        row = sql.customer_get(id=number)
        full = sql.customer_full(number)
        if full is not None:
            print([order["total"] for order in full["orders"]])
            print([order["sum"] for order in full["orders"]])  # refused
        return sql.customer_name(number) or (row["name"] if row else "")


def orders(since: datetime, day: date) -> int:
    """Slots."""
    with database.writer.using(None) as sql:
        page = Page([SortKey("id")])
        found = sql.order_all(None, ids=[1, 2], since=since, recent=True, page=page, filters=[equal("id", 1)])
        sql.order_all(None, ids=["one"])  # refused
        sql.order_all(None, ids=[1], page=1)  # refused
        sql.order_all(None, ids=[1], recently=True)  # refused
        new: OrderLoadValues = {"customer_id": 1, "total": Decimal(1), "pieces": 1, "placed": since, "date": day}
        sql.customer_named(people=[{"name": "ada", "email": "x"}])
        sql.customer_named(people=[{"name": "ada"}])  # refused
        sql.list(1)[0]["id"].bit_length()
        sql.execute("DELETE FROM orders WHERE id = :id", {"id": 1})
        return sql.order_load(values=new) + sql.order_load(values=[new, new]) + found[0]["customer_id"]
