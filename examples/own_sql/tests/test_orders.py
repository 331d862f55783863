"""Orders, the last piece, packing, and money."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from warehouse import articles, invoices, orders
from warehouse.errors import ConflictError, NotFoundError, SoldOutError

ADA = "ada@example.org"
DAY = date(2026, 3, 4)

pytestmark = pytest.mark.usefixtures("stocked")


def test_placing() -> None:
    order = orders.get(None, orders.place(None, ADA, {"chair": 2, "lamp": 1}))
    assert order["state"] == "placed"
    assert [(line["pieces"], line["price"]) for line in order["order_lines"]] == [
        (2, Decimal("19.99")),
        (1, Decimal("0.10")),
    ]
    assert [articles.pieces(None, sku) for sku in ("chair", "lamp")] == [3, 0]


@pytest.mark.parametrize(
    ("email", "wanted", "error"),
    [
        (ADA, {"chair": 1, "lamp": 2}, SoldOutError),
        (ADA, {"chair": 1, "table": 1}, SoldOutError),
        (ADA, {"chair": 1, "sofa": 1}, NotFoundError),
        ("eve@example.org", {"chair": 1}, NotFoundError),
        (ADA, {}, ValueError),
        (ADA, {"chair": 0}, ValueError),
    ],
)
def test_an_order_that_cannot_be_filled_takes_nothing(
    email: str, wanted: dict[str, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        orders.place(None, email, wanted)
    assert [articles.pieces(None, sku) for sku in ("chair", "lamp")] == [5, 1]
    assert orders.claim(None) is None


def test_the_last_piece_is_sold_once() -> None:
    """Twelve at one moment, in both orders of the articles: five chairs, one lamp."""

    def buy(number: int) -> str:
        wanted = {"lamp": 1, "chair": 1} if number % 3 == 0 else {"chair": 1}
        try:
            orders.place(None, ADA, dict(reversed(wanted.items())) if number % 2 else wanted)
        except SoldOutError:
            return "sold out"
        return "lamp" if "lamp" in wanted else "chair"

    with ThreadPoolExecutor(12) as pool:
        told = Counter(pool.map(buy, range(12)))
    assert (told["chair"] + told["lamp"], told["lamp"]) == (5, 1)
    assert [articles.pieces(None, sku) for sku in ("chair", "lamp")] == [0, 0]


def test_each_order_is_packed_by_one() -> None:
    placed = [orders.place(None, ADA, {"chair": 1}) for _ in range(5)]
    with ThreadPoolExecutor(8) as pool:
        claimed = [order for order in pool.map(orders.claim, [None] * 8) if order is not None]
    assert sorted(order["id"] for order in claimed) == placed
    assert len({order["claim"] for order in claimed}) == 5
    assert {order["state"] for order in claimed} == {"packing"}


def test_the_order_that_waits_longest_comes_first() -> None:
    first, second = (orders.place(None, ADA, {"chair": 1}) for _ in range(2))
    claimed = [orders.claim(None) for _ in range(3)]
    assert [order and order["id"] for order in claimed] == [first, second, None]


def test_sending_once() -> None:
    order_id = orders.place(None, ADA, {"chair": 1})
    claimed = orders.claim(None)
    assert claimed is not None
    assert claimed["claim"] is not None
    orders.send(None, claimed["claim"])
    assert orders.get(None, order_id)["state"] == "sent"
    for claim in (claimed["claim"], "nobody's"):
        with pytest.raises(ConflictError):
            orders.send(None, claim)


def test_customers() -> None:
    assert orders.customer(None, ADA)["customer_since"] == date(2024, 2, 29)
    with pytest.raises(ConflictError):
        orders.welcome(None, ADA, "Another Ada", DAY)
    for other in ("ADA@example.org", f"{ADA} "):
        with pytest.raises(NotFoundError):
            orders.customer(None, other)


def test_an_invoice_is_exact_and_issued_once() -> None:
    articles.restock(None, "lamp", 2)
    order_id = orders.place(None, ADA, {"chair": 1, "lamp": 3})
    articles.change(None, "lamp", {"price": 99})
    invoice = invoices.issue(None, order_id, DAY)
    assert invoice["total"] == Decimal("20.29")
    assert type(invoice["total"]) is Decimal
    assert (invoice["issued_on"], invoice["paid_on"]) == (DAY, None)
    with pytest.raises(ConflictError):
        invoices.issue(None, order_id, DAY)
    with pytest.raises(NotFoundError):
        invoices.issue(None, order_id + 1, DAY)


def issued(days: list[date | None]) -> list[int]:
    """Invoices paid on these days, None for one that is open."""
    ids: list[int] = []
    articles.restock(None, "lamp", len(days))
    for day in days:
        invoice = invoices.issue(None, orders.place(None, ADA, {"lamp": 1}), DAY)
        if day is not None:
            invoices.pay(None, invoice["id"], day)
        ids.append(invoice["id"])
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_pages_of_invoices_with_nulls_and_ties(limit: int) -> None:
    early, late = date(2026, 4, 1), date(2026, 4, 2)
    ids = issued([early, None, late, None, early, late, None])
    wanted = [ids[n] for n in (1, 3, 6, 2, 5, 0, 4)]
    seen: list[int] = []
    last = None
    while page := invoices.page(None, last, limit):
        seen += [invoice["id"] for invoice in page]
        last = page[-1]
    assert seen == wanted
    assert [invoice["id"] for invoice in invoices.page(None, unpaid=True)] == wanted[:3]


def test_paying_once() -> None:
    [invoice_id] = issued([None])
    invoices.pay(None, invoice_id, DAY)
    assert invoices.get(None, invoice_id)["paid_on"] == DAY
    with pytest.raises(ConflictError):
        invoices.pay(None, invoice_id, DAY)
    with pytest.raises(NotFoundError):
        invoices.pay(None, invoice_id + 1, DAY)


def test_turnover() -> None:
    orders.welcome(None, "bob@example.org", "Bob", DAY)
    orders.welcome(None, "eve@example.org", "Eve", DAY)
    invoices.issue(None, orders.place(None, "bob@example.org", {"chair": 2}), date(2026, 1, 31))
    invoices.issue(None, orders.place(None, ADA, {"chair": 1}), date(2026, 1, 1))
    invoices.issue(None, orders.place(None, ADA, {"chair": 1}), date(2026, 2, 1))
    assert invoices.turnover(None, date(2026, 1, 1), date(2026, 1, 31)) == [
        {"email": "bob@example.org", "invoices": 1, "turnover": Decimal("39.98")},
        {"email": ADA, "invoices": 1, "turnover": Decimal("19.99")},
    ]
