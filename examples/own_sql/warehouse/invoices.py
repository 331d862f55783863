"""Invoices: money is Decimal, and the server adds it up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rawdb import Page, SortKey, equal
from rawdb.exceptions import DBDuplicateEntry
from warehouse import database
from warehouse.errors import ConflictError, NotFoundError
from warehouse.statements import CustomerTurnoverRow, InvoiceRow

CENT = Decimal("0.01")
_OPEN_FIRST = (SortKey("paid_on", "desc", "nullsfirst"), SortKey("id"))


@database.writer
def issue(context: object, order_id: int, day: date) -> InvoiceRow:
    """The invoice of an order. Raises NotFoundError, and ConflictError where there is one."""
    sql = database.sql(context)
    try:
        sql.invoice_issue(order_id=order_id, issued_on=day)
    except DBDuplicateEntry as error:
        raise ConflictError(f"order {order_id} has its invoice") from error
    row = sql.invoice_get_by_order(order_id=order_id)
    if row is None:
        raise NotFoundError(f"no order {order_id}")
    return row


@database.reader.autocommit
def page(
    context: object, after: InvoiceRow | None = None, limit: int = 20, *, unpaid: bool = False
) -> list[InvoiceRow]:
    """A page of invoices: the open ones, then those paid last. `after` is the last one of the page before."""
    wanted = [equal("paid_on", None)] if unpaid else None
    return database.sql(context).invoice_get_all(filters=wanted, page=Page(_OPEN_FIRST, after), limit=limit)


@database.reader.autocommit
def get(context: object, invoice_id: int) -> InvoiceRow:
    """One invoice. Raises NotFoundError."""
    row = database.sql(context).invoice_get(id=invoice_id)
    if row is None:
        raise NotFoundError(f"no invoice {invoice_id}")
    return row


@database.writer
def pay(context: object, invoice_id: int, day: date) -> None:
    """An invoice is paid, once. Raises NotFoundError, and ConflictError where it was paid before."""
    if not database.sql(context).invoice_pay(id=invoice_id, paid_on=day):
        get(context, invoice_id)
        raise ConflictError(f"invoice {invoice_id} is paid")


@database.reader.autocommit
def turnover(context: object, first_day: date, last_day: date) -> list[CustomerTurnoverRow]:
    """What each customer was billed for in a time, the best customer first."""
    rows = database.sql(context).customer_turnover(first_day=first_day, last_day=last_day)
    for row in rows:
        # A sum is no column: SQLite gives it as a plain number.
        row["turnover"] = Decimal(row["turnover"]).quantize(CENT)
    return rows
