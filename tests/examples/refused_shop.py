"""What type checkers refuse in code on the tutorial's shop: every line that ends in a comment `refused`."""

from __future__ import annotations

from decimal import Decimal

import shop


def statements(context: object) -> None:
    """Statements that are misspelt, and their arguments."""
    sql = shop.database.sql(context)
    sql.article_take(sku="chair", pieces=1)
    sql.article_tkae(sku="chair", pieces=1)  # refused
    sql.article_take(sku="chair", piece=1)  # refused
    sql.article_take(sku="chair", pieces="one")  # refused


def rows(context: object) -> None:
    """Columns, of rows that come and of those that go."""
    shop.deliver(context, [{"sku": "x", "name": "X", "price": Decimal(1)}])
    shop.deliver(context, [{"sku": "x", "nmae": "X", "price": Decimal(1)}])  # refused
    shop.deliver(context, [{"sku": "x", "name": "X"}])  # refused
    print(shop.get(context, "chair")["colour"])
    print(shop.get(context, "chair")["color"])  # refused
