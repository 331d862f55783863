"""Articles and stock: what goes in comes out the same on every dialect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rawdb.exceptions import DBConstraintError, DBDataError, DBError
from warehouse import articles
from warehouse.errors import ConflictError, NotFoundError

pytestmark = pytest.mark.usefixtures("stocked")


def skus(word: str | None = None, dearest: Decimal | None = None) -> list[str]:
    """A search, as skus."""
    return [article["sku"] for article in articles.search(None, word, dearest)]


def test_what_was_delivered() -> None:
    chair = articles.get(None, "chair")
    assert (chair["price"], chair["details"], chair["sold_until"]) == (
        Decimal("19.99"),
        {"colour": "red", "legs": 4},
        None,
    )
    assert articles.get(None, "table")["sold_until"] == date(2030, 12, 31)
    assert articles.get(None, "table")["details"] == {}
    assert articles.photo(None, "chair") == b"\x89PNG\x00\xff"
    assert articles.photo(None, "lamp") is None
    assert [articles.pieces(None, sku) for sku in ("chair", "lamp", "table")] == [5, 1, 0]


def test_a_delivery_is_taken_in_whole_or_not_at_all() -> None:
    with pytest.raises(ConflictError):
        articles.deliver(
            None,
            [
                {"sku": "shelf", "name": "Shelf", "price": Decimal(1)},
                {"sku": "lamp", "name": "Another", "price": Decimal(1)},
            ],
        )
    with pytest.raises(NotFoundError):
        articles.get(None, "shelf")
    assert articles.deliver(None, []) == 0


def test_a_large_delivery() -> None:
    delivered = articles.deliver(
        None,
        [
            {"sku": f"screw-{number}", "name": "Screw", "price": Decimal(number) / 100, "pieces": number}
            for number in range(2000)
        ],
    )
    assert delivered == 2000
    assert articles.pieces(None, "screw-1999") == 1999
    assert articles.get(None, "screw-1999")["price"] == Decimal("19.99")


@pytest.mark.parametrize("price", [Decimal("0.001"), Decimal("12345678901.00"), "free", Decimal(-1)])
def test_a_price_that_is_none(price: Decimal) -> None:
    with pytest.raises((DBDataError, DBConstraintError)):
        articles.deliver(None, [{"sku": "x", "name": "X", "price": price}])
    with pytest.raises(NotFoundError):
        articles.get(None, "x")


def test_searching() -> None:
    assert skus() == ["lamp", "chair", "table"]
    assert skus(word="a ") == ["chair", "table"]
    assert skus(word="CHAIR") == ["chair"]
    assert skus(word="0%") == ["lamp"]
    assert skus(word="e_") == ["table"]
    assert skus(word="!") == skus(word="' OR 1 = 1") == []
    assert skus(dearest=Decimal("19.99")) == ["lamp", "chair"]
    assert skus(word="a", dearest=Decimal(1)) == ["lamp"]


def test_pages_of_a_search_with_names_that_repeat() -> None:
    articles.deliver(None, [{"sku": f"twin-{n}", "name": "A chair", "price": Decimal(n)} for n in range(5)])
    seen: list[str] = []
    last = None
    while page := articles.search(None, "chair", after=last, limit=2):
        seen += [article["sku"] for article in page]
        last = page[-1]
    assert seen == ["chair", *(f"twin-{n}" for n in range(5))]


def test_by_colour() -> None:
    assert articles.of_colour(None, "red") == ["chair"]
    assert articles.of_colour(None, "green") == []


def test_changing() -> None:
    articles.change(None, "lamp", {"price": Decimal("0.15"), "details": {"colour": "red"}})
    lamp = articles.get(None, "lamp")
    assert (lamp["price"], lamp["details"], lamp["name"]) == (Decimal("0.15"), {"colour": "red"}, "100% lamp")
    assert lamp["updated_at"] is not None
    assert articles.of_colour(None, "red") == ["chair", "lamp"]
    with pytest.raises(NotFoundError):
        articles.change(None, "lamps", {"price": 1})
    with pytest.raises(DBError, match="articles has no column 'pricee'"):
        articles.change(None, "lamp", {"pricee": 1})  # type: ignore[typeddict-unknown-key]


def test_taking_out() -> None:
    old = articles.get(None, "lamp")["id"]
    articles.take_out(None, "lamp")
    for call in (articles.get, articles.take_out):
        with pytest.raises(NotFoundError):
            call(None, "lamp")
    assert skus() == ["chair", "table"]
    assert articles.of_colour(None, "blue") == []
    articles.deliver(None, [{"sku": "lamp", "name": "New lamp", "price": Decimal(2)}])
    assert articles.get(None, "lamp")["id"] != old
    assert articles.get(None, "lamp", read_deleted="only")["id"] == old


def test_restocking() -> None:
    articles.restock(None, "table", 2)
    articles.restock(None, "table", 3)
    assert articles.pieces(None, "table") == 5
