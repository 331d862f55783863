"""The warehouse on an empty database, once per dialect, with the tables of the migrations that pyproject.toml names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

import rawdb
import warehouse
from warehouse import articles, orders


@pytest.fixture
def empty(rawdb_schema: str) -> Iterator[str]:
    """A warehouse with nothing in it; the URL of its database."""
    warehouse.configure(rawdb_schema)
    yield rawdb_schema
    assert rawdb.default_database().lent() == []
    rawdb.dispose()


@pytest.fixture
def stocked(empty: str) -> str:
    """Three articles, of which there are 5 pieces, 1, and none, and a customer, ada@example.org."""
    articles.deliver(
        None,
        [
            {
                "sku": "chair",
                "name": "A chair",
                "price": Decimal("19.99"),
                "details": {"colour": "red", "legs": 4},
                "photo": b"\x89PNG\x00\xff",
                "pieces": 5,
            },
            {"sku": "lamp", "name": "100% lamp", "price": Decimal("0.10"), "details": {"colour": "blue"}, "pieces": 1},
            {"sku": "table", "name": "A table_", "price": Decimal("120.00"), "sold_until": date(2030, 12, 31)},
        ],
    )
    orders.welcome(None, "ada@example.org", "Ada", date(2024, 2, 29))
    return empty
