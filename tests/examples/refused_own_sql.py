"""What type checkers refuse in code on the warehouse: every line that ends in a comment `refused`. It is never run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from warehouse import articles, database, invoices, orders
from warehouse.service import awaited


def statements(context: object) -> None:
    """Statements that are misspelt, and their arguments."""
    sql = database.sql(context)
    sql.stock_take(article_id=1, pieces=2)
    sql.stock_tak(article_id=1, pieces=2)  # refused
    sql.stock_take(article=1, pieces=2)  # refused
    sql.stock_take(article_id="chair", pieces=2)  # refused
    sql.article_get_all(by_word=True, word="chair")  # refused
    sql.article_change("chair", changes={"pricee": Decimal(1)})  # refused
    sql.customer_add("ada@example.org", "Ada")  # refused
    with database.reader.using(context) as block:
        print(block.order_gett(id=1))  # refused


def columns(context: object) -> None:
    """Columns of rows, of relations, and of rows that the warehouse hands on."""
    sql = database.sql(context)
    order = sql.order_get(id=1)
    print(order["state"])  # refused
    if order is not None:
        print(order["order_lines"][0]["price"] + 1, order["stat"])  # refused
        print(order["order_lines"][0]["prise"])  # refused
    print(articles.get(context, "chair")["photo"])  # refused
    print(orders.customer(context, "ada@example.org")["since"])  # refused
    print(invoices.page(context)[0]["paid_on"].year)  # refused
    invoices.page(context, after={"id": 1})  # refused


async def in_a_loop() -> None:
    """The same of coroutines."""
    async with awaited.writer.using(None) as sql:
        await sql.invoice_pay(id=1, paid_on=date(2026, 1, 2))
        await sql.invoice_pay(id=1, payed_on=date(2026, 1, 2))  # refused
        await sql.invoice_pays(id=1)  # refused
        invoice = await sql.invoice_get(id=1)
        print(invoice and invoice["sum"])  # refused
