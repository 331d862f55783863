"""Customers, and the life of an order: placed, packed, sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from rawdb.exceptions import DBDuplicateEntry
from warehouse import database
from warehouse.errors import ConflictError, NotFoundError, SoldOutError
from warehouse.statements import CustomerRow, OrderGetRow, OrderLineAddValues, OrderRow


@database.writer.autocommit
def welcome(context: object, email: str, name: str, since: date) -> int:
    """A new customer; returns the id. Raises ConflictError for an address that is known."""
    try:
        return database.sql(context).customer_add(email=email, name=name, customer_since=since)
    except DBDuplicateEntry as error:
        raise ConflictError(f"{email} is a customer already") from error


@database.reader.autocommit
def customer(context: object, email: str) -> CustomerRow:
    """One customer. Raises NotFoundError."""
    row = database.sql(context).customer_get(email=email)
    if row is None:
        raise NotFoundError(f"no customer {email}")
    return row


@database.writer
def place(context: object, email: str, wanted: Mapping[str, int]) -> int:
    """Order so many pieces of each sku, all or nothing; returns the order's id.

    Raises NotFoundError, and SoldOutError where fewer pieces are left. Whoever asks last for the last piece gets that
    error, however many ask at one moment: `stock_take` decides.
    Round trips: 4 and one for each article, and COMMIT.
    """
    if not wanted or min(wanted.values()) < 1:
        raise ValueError("an order takes at least one piece of each article in it")
    sql = database.sql(context)
    articles = sql.article_get_all_by_sku(skus=list(wanted))
    if missing := set(wanted) - {article["sku"] for article in articles}:
        raise NotFoundError(f"no article {', '.join(sorted(missing))}")
    order_id = sql.order_add(customer_id=customer(context, email)["id"])
    lines: list[OrderLineAddValues] = []
    # By ascending id, as every order does it: two orders of the same articles wait for one another, and never both.
    for article in articles:
        pieces = wanted[article["sku"]]
        if not sql.stock_take(article_id=article["id"], pieces=pieces):
            raise SoldOutError(f"fewer than {pieces} pieces of {article['sku']} are left")
        lines.append({"order_id": order_id, "article_id": article["id"], "pieces": pieces, "price": article["price"]})
    sql.order_line_add(values=lines)
    return order_id


@database.reader.autocommit
def get(context: object, order_id: int) -> OrderGetRow:
    """One order with its lines. Raises NotFoundError."""
    row = database.sql(context).order_get(id=order_id)
    if row is None:
        raise NotFoundError(f"no order {order_id}")
    return row


@database.writer
def claim(context: object) -> OrderRow | None:
    """The order that waits longest, for one packer alone; None when none waits. `send` takes its `claim`."""
    sql = database.sql(context)
    token = str(uuid.uuid4())
    if not sql.order_claim(claim=token):
        return None
    return sql.order_get_by_claim(claim=token)


@database.writer.autocommit
def send(context: object, token: str) -> None:
    """The order with that claim is on its way. Raises ConflictError when it was before, or nobody has the claim."""
    if not database.sql(context).order_send(claim=token):
        raise ConflictError("no order with this claim is being packed")
