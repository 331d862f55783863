"""Invoices: money is Decimal, and the server adds it up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import rawdb
from rawdb import Page, SortKey, equal
from rawdb.exceptions import DBDuplicateEntry
from warehouse.errors import ConflictError, NotFoundError
from warehouse.rows import Invoice, Turnover

CENT = Decimal("0.01")
_OPEN_FIRST = (SortKey("paid_on", "desc", "nullsfirst"), SortKey("id"))


@rawdb.writer
def issue(context: object, order_id: int, day: date) -> Invoice:
    """The invoice of an order. Raises NotFoundError, and ConflictError where there is one."""
    sql = rawdb.sql(context)
    try:
        issued = sql.invoice_issue(order_id=order_id, issued_on=day)
    except DBDuplicateEntry as error:
        raise ConflictError(f"order {order_id} has its invoice") from error
    if not issued:
        raise NotFoundError(f"no order {order_id}")
    row: Invoice = sql.invoice_get_by_order(order_id=order_id)
    return row


@rawdb.reader.autocommit
def page(context: object, after: Invoice | None = None, limit: int = 20, *, unpaid: bool = False) -> list[Invoice]:
    """A page of invoices: the open ones, then those paid last. `after` is the last one of the page before."""
    arguments: dict[str, Any] = {"filters": [equal("paid_on", None)]} if unpaid else {}
    rows: list[Invoice] = rawdb.sql(context).invoice_get_all(page=Page(_OPEN_FIRST, after), limit=limit, **arguments)
    return rows


@rawdb.reader.autocommit
def get(context: object, invoice_id: int) -> Invoice:
    """One invoice. Raises NotFoundError."""
    row: Invoice | None = rawdb.sql(context).invoice_get(id=invoice_id)
    if row is None:
        raise NotFoundError(f"no invoice {invoice_id}")
    return row


@rawdb.writer
def pay(context: object, invoice_id: int, day: date) -> None:
    """An invoice is paid, once. Raises NotFoundError, and ConflictError where it was paid before."""
    if not rawdb.sql(context).invoice_pay(id=invoice_id, paid_on=day):
        get(context, invoice_id)
        raise ConflictError(f"invoice {invoice_id} is paid")


@rawdb.reader.autocommit
def turnover(context: object, first_day: date, last_day: date) -> list[Turnover]:
    """What each customer was billed for in a time, the best customer first."""
    rows: list[Turnover] = rawdb.sql(context).customer_turnover(first_day=first_day, last_day=last_day)
    for row in rows:
        # A sum is no column: SQLite gives it as a plain number.
        row["turnover"] = Decimal(row["turnover"]).quantize(CENT)
    return rows
