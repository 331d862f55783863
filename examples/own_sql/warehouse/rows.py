"""What rows hold. `typing_extensions`, which FastAPI brings along, is what it asks for before Python 3.12."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NotRequired

from typing_extensions import TypedDict


class NewArticle(TypedDict):
    """An article as it is delivered."""

    sku: str
    name: str
    price: Decimal
    details: NotRequired[dict[str, Any]]
    photo: NotRequired[bytes]
    sold_until: NotRequired[date]
    pieces: NotRequired[int]


class Article(TypedDict):
    """An article, without its photo."""

    id: int
    sku: str
    name: str
    price: Decimal
    details: dict[str, Any]
    sold_until: date | None
    created_at: datetime
    updated_at: datetime | None


class OrderLine(TypedDict):
    """So many pieces of an article, at the price of that day."""

    order_id: int
    article_id: int
    pieces: int
    price: Decimal


class Order(TypedDict):
    """An order."""

    id: int
    customer_id: int
    state: str
    placed_at: datetime
    claim: str | None
    claimed_at: datetime | None
    sent_at: datetime | None


class OrderWithLines(Order):
    """An order with what was ordered."""

    order_lines: list[OrderLine]


class Customer(TypedDict):
    """A customer."""

    id: int
    email: str
    name: str
    customer_since: date


class Invoice(TypedDict):
    """An invoice; one that is open has no `paid_on`."""

    id: int
    order_id: int
    total: Decimal
    issued_on: date
    paid_on: date | None


class Turnover(TypedDict):
    """What a customer was billed for."""

    email: str
    invoices: int
    turnover: Decimal
