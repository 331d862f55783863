"""The statements of queries for type checkers and editors.

Written by `rawdb sql types` from what mysql, postgresql, sqlite said: do not edit.
With `--check` the command says whether it is what would be written now.
"""
# ruff: noqa
# fmt: off

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, Protocol

from rawdb import AnyOf, Constant, Page, Predicate
from rawdb.typed import AsyncHandle, Handle, Json, TypedDict

__all__ = [
    "ArticleAddValues",
    "ArticleChangeChanges",
    "ArticleGetAllByColourRow",
    "ArticleGetAllBySkuRow",
    "ArticleGetAllRow",
    "ArticleGetRow",
    "AsyncStatements",
    "CustomerRow",
    "CustomerTurnoverRow",
    "InvoiceRow",
    "OrderGetRow",
    "OrderLineAddValues",
    "OrderLineRow",
    "OrderRow",
    "Statements",
    "StockPutValues",
]


class ArticleAddValues(TypedDict):
    """A row for article_add."""

    id: NotRequired[int]
    sku: str
    name: str
    price: Decimal | int
    details: Json
    photo: NotRequired[bytes | None]
    sold_until: NotRequired[date | None]
    created_at: datetime
    updated_at: NotRequired[datetime | None]
    deleted: NotRequired[int]


class ArticleChangeChanges(TypedDict):
    """What article_change changes."""

    id: NotRequired[int]
    sku: NotRequired[str]
    name: NotRequired[str]
    price: NotRequired[Decimal | int]
    details: NotRequired[Json]
    photo: NotRequired[bytes | None]
    sold_until: NotRequired[date | None]
    created_at: NotRequired[datetime]
    updated_at: NotRequired[datetime | None]
    deleted: NotRequired[int]


class ArticleGetRow(TypedDict):
    """A row of article_get."""

    id: int
    sku: str
    name: str
    price: Decimal
    details: Any
    sold_until: date | None
    created_at: datetime
    updated_at: datetime | None


class ArticleGetAllRow(TypedDict):
    """A row of article_get_all."""

    id: int
    sku: str
    name: str
    price: Decimal
    details: Any
    sold_until: date | None
    created_at: datetime
    updated_at: datetime | None


class ArticleGetAllByColourRow(TypedDict):
    """A row of article_get_all_by_colour."""

    sku: str
    name: str


class ArticleGetAllBySkuRow(TypedDict):
    """A row of article_get_all_by_sku."""

    id: int
    sku: str
    price: Decimal
    sold_until: date | None


class CustomerRow(TypedDict):
    """A row of customers."""

    id: int
    email: str
    name: str
    customer_since: date


class CustomerTurnoverRow(TypedDict):
    """A row of customer_turnover."""

    email: str
    invoices: int
    turnover: Decimal | float


class InvoiceRow(TypedDict):
    """A row of invoices."""

    id: int
    order_id: int
    total: Decimal
    issued_on: date
    paid_on: date | None


class OrderLineRow(TypedDict):
    """A row of order_lines."""

    order_id: int
    article_id: int
    pieces: int
    price: Decimal


class OrderGetRow(TypedDict):
    """A row of order_get."""

    id: int
    customer_id: int
    state: str
    placed_at: datetime
    claim: str | None
    claimed_at: datetime | None
    sent_at: datetime | None
    order_lines: list[OrderLineRow]


class OrderRow(TypedDict):
    """A row of orders."""

    id: int
    customer_id: int
    state: str
    placed_at: datetime
    claim: str | None
    claimed_at: datetime | None
    sent_at: datetime | None


class OrderLineAddValues(TypedDict):
    """A row for order_line_add."""

    order_id: int
    article_id: int
    pieces: int
    price: Decimal | int


class StockPutValues(TypedDict):
    """A row for stock_put."""

    article_id: int
    pieces: int


class Statements(Handle, Protocol):
    """The statements, as a block of a database offers them."""

    def article_add(self, *, values: ArticleAddValues | Iterable[ArticleAddValues]) -> int:
        """New articles, any number of them.
        Index: articles_sku_key refuses a second live one of a sku. Locks: the new rows.
        """
        ...

    def article_change(
        self,
        sku: str,
        *,
        now: datetime | None = None,
        changes: ArticleChangeChanges,
    ) -> int:
        """Other columns for a live article.
        Index: articles_sku_key. Locks: the row.
        """
        ...

    def article_delete(self, sku: str, *, now: datetime | None = None) -> int:
        """Soft delete: the row stays, and its sku is free for another.
        Index: articles_sku_key. Locks: the row.
        """
        ...

    def article_get(
        self,
        sku: str,
        *,
        read_deleted: Literal["no", "yes", "only"] | None = None,
    ) -> ArticleGetRow | None:
        """One article, without its photo; the newest of the sku where deleted ones are asked for.
        Index: articles_sku_key. Locks: none.
        """
        ...

    def article_get_all(
        self,
        *,
        word: str | None = None,
        limit: int | None,
        by_word: bool = False,
        filters: Sequence[Predicate | AnyOf | Constant] | None = None,
        page: Page | None = None,
    ) -> list[ArticleGetAllRow]:
        """A page of the live articles whose name holds a word, if one is given, and that meet the filters.
        Index: primary key in its order; none for another order, nor for the word, which may stand anywhere. Locks: none.
        """
        ...

    def article_get_all_by_colour(self, colour: str | None) -> list[ArticleGetAllByColourRow]:
        """Live articles of a colour. Here because each server has its own words for a value inside JSON.
        Index: articles_colour_idx. Locks: none.
        """
        ...

    def article_get_all_by_sku(self, *, skus: Iterable[str]) -> list[ArticleGetAllBySkuRow]:
        """Live articles by their skus.
        Index: articles_sku_key. Locks: none.
        """
        ...

    def article_photo(self, sku: str) -> bytes | None:
        """The photo of a live article: bytes, or NULL.
        Index: articles_sku_key. Locks: none.
        """
        ...

    def customer_add(self, email: str, name: str, customer_since: date) -> int:
        """A new customer.
        Index: customers_email_key refuses a second one of an address. Locks: the new row.
        """
        ...

    def customer_get(self, email: str) -> CustomerRow | None:
        """One customer by address.
        Index: customers_email_key. Locks: none.
        """
        ...

    def customer_turnover(self, first_day: date, last_day: date) -> list[CustomerTurnoverRow]:
        """What each customer was billed for in a time, the best first; those with nothing are left out.
        Index: invoices_issued_on_idx, then primary keys. Locks: none.
        """
        ...

    def invoice_get(self, id: int) -> InvoiceRow | None:
        """One invoice.
        Index: primary key. Locks: none.
        """
        ...

    def invoice_get_all(
        self,
        limit: int | None,
        *,
        filters: Sequence[Predicate | AnyOf | Constant] | None = None,
        page: Page | None = None,
    ) -> list[InvoiceRow]:
        """A page of invoices. `paid_on` is NULL in those that are open: where NULLs stand in an order is the page's to say.
        Index: primary key in its order; none for another. Locks: none.
        """
        ...

    def invoice_get_by_order(self, order_id: int) -> InvoiceRow | None:
        """The invoice of an order.
        Index: invoices_order_id_key. Locks: none.
        """
        ...

    def invoice_issue(self, order_id: int, issued_on: date | None) -> int:
        """The invoice of an order; 0 for an order without lines. The server adds the money up.
        Index: primary key; invoices_order_id_key refuses a second one. Locks: the new row.
        """
        ...

    def invoice_pay(self, id: int, paid_on: date | None) -> int:
        """An open invoice is paid: 0 if it was already.
        Index: primary key. Locks: the row.
        """
        ...

    def order_add(self, customer_id: int, *, now: datetime | None = None) -> int:
        """A new order.
        Index: none. Locks: the new row.
        """
        ...

    def order_claim(self, claim: str | None, *, now: datetime | None = None) -> int:
        """Give the order that waits longest to one packer. Writers take turns here, so a subquery is enough.
        Index: orders_state_placed_at_idx. Locks: the database, as every write.
        """
        ...

    def order_get(self, id: int) -> OrderGetRow | None:
        """One order with its lines.
        Index: primary key, of the lines too. Locks: none.
        """
        ...

    def order_get_by_claim(self, claim: str) -> OrderRow | None:
        """The order that a packer's claim is on.
        Index: orders_claim_key. Locks: none.
        """
        ...

    def order_line_add(self, *, values: OrderLineAddValues | Iterable[OrderLineAddValues]) -> int:
        """Lines of an order, each with the price of that day.
        Index: primary key refuses an article twice. Locks: the new rows.
        """
        ...

    def order_send(self, claim: str, *, now: datetime | None = None) -> int:
        """A claimed order is on its way: 0 if it is already, or if nobody has that claim.
        Index: orders_claim_key. Locks: the row.
        """
        ...

    def stock_get(self, article_id: int) -> int | None:
        """The pieces of an article.
        Index: primary key. Locks: none.
        """
        ...

    def stock_put(self, *, values: StockPutValues | Iterable[StockPutValues]) -> int:
        """Add pieces, to what is there if anything is. Here because MySQL has another form of it.
        Index: primary key. Locks: the rows.
        """
        ...

    def stock_take(self, article_id: int, pieces: int | None) -> int:
        """Take pieces, if so many are there: 1, or 0 and nothing is taken. Whoever takes the last one is decided here, by the
        server, and by no read before it.
        Index: primary key. Locks: the row, until the transaction is over.
        """
        ...


class AsyncStatements(AsyncHandle, Protocol):
    """The statements, as a block of `rawdb.aio` offers them."""

    async def article_add(self, *, values: ArticleAddValues | Iterable[ArticleAddValues]) -> int:
        """New articles, any number of them.
        Index: articles_sku_key refuses a second live one of a sku. Locks: the new rows.
        """
        ...

    async def article_change(
        self,
        *,
        sku: str,
        now: datetime | None = None,
        changes: ArticleChangeChanges,
    ) -> int:
        """Other columns for a live article.
        Index: articles_sku_key. Locks: the row.
        """
        ...

    async def article_delete(self, *, sku: str, now: datetime | None = None) -> int:
        """Soft delete: the row stays, and its sku is free for another.
        Index: articles_sku_key. Locks: the row.
        """
        ...

    async def article_get(
        self,
        *,
        sku: str,
        read_deleted: Literal["no", "yes", "only"] | None = None,
    ) -> ArticleGetRow | None:
        """One article, without its photo; the newest of the sku where deleted ones are asked for.
        Index: articles_sku_key. Locks: none.
        """
        ...

    async def article_get_all(
        self,
        *,
        word: str | None = None,
        limit: int | None,
        by_word: bool = False,
        filters: Sequence[Predicate | AnyOf | Constant] | None = None,
        page: Page | None = None,
    ) -> list[ArticleGetAllRow]:
        """A page of the live articles whose name holds a word, if one is given, and that meet the filters.
        Index: primary key in its order; none for another order, nor for the word, which may stand anywhere. Locks: none.
        """
        ...

    async def article_get_all_by_colour(
        self,
        *,
        colour: str | None,
    ) -> list[ArticleGetAllByColourRow]:
        """Live articles of a colour. Here because each server has its own words for a value inside JSON.
        Index: articles_colour_idx. Locks: none.
        """
        ...

    async def article_get_all_by_sku(self, *, skus: Iterable[str]) -> list[ArticleGetAllBySkuRow]:
        """Live articles by their skus.
        Index: articles_sku_key. Locks: none.
        """
        ...

    async def article_photo(self, *, sku: str) -> bytes | None:
        """The photo of a live article: bytes, or NULL.
        Index: articles_sku_key. Locks: none.
        """
        ...

    async def customer_add(self, *, email: str, name: str, customer_since: date) -> int:
        """A new customer.
        Index: customers_email_key refuses a second one of an address. Locks: the new row.
        """
        ...

    async def customer_get(self, *, email: str) -> CustomerRow | None:
        """One customer by address.
        Index: customers_email_key. Locks: none.
        """
        ...

    async def customer_turnover(
        self,
        *,
        first_day: date,
        last_day: date,
    ) -> list[CustomerTurnoverRow]:
        """What each customer was billed for in a time, the best first; those with nothing are left out.
        Index: invoices_issued_on_idx, then primary keys. Locks: none.
        """
        ...

    async def invoice_get(self, *, id: int) -> InvoiceRow | None:
        """One invoice.
        Index: primary key. Locks: none.
        """
        ...

    async def invoice_get_all(
        self,
        *,
        limit: int | None,
        filters: Sequence[Predicate | AnyOf | Constant] | None = None,
        page: Page | None = None,
    ) -> list[InvoiceRow]:
        """A page of invoices. `paid_on` is NULL in those that are open: where NULLs stand in an order is the page's to say.
        Index: primary key in its order; none for another. Locks: none.
        """
        ...

    async def invoice_get_by_order(self, *, order_id: int) -> InvoiceRow | None:
        """The invoice of an order.
        Index: invoices_order_id_key. Locks: none.
        """
        ...

    async def invoice_issue(self, *, order_id: int, issued_on: date | None) -> int:
        """The invoice of an order; 0 for an order without lines. The server adds the money up.
        Index: primary key; invoices_order_id_key refuses a second one. Locks: the new row.
        """
        ...

    async def invoice_pay(self, *, id: int, paid_on: date | None) -> int:
        """An open invoice is paid: 0 if it was already.
        Index: primary key. Locks: the row.
        """
        ...

    async def order_add(self, *, customer_id: int, now: datetime | None = None) -> int:
        """A new order.
        Index: none. Locks: the new row.
        """
        ...

    async def order_claim(self, *, claim: str | None, now: datetime | None = None) -> int:
        """Give the order that waits longest to one packer. Writers take turns here, so a subquery is enough.
        Index: orders_state_placed_at_idx. Locks: the database, as every write.
        """
        ...

    async def order_get(self, *, id: int) -> OrderGetRow | None:
        """One order with its lines.
        Index: primary key, of the lines too. Locks: none.
        """
        ...

    async def order_get_by_claim(self, *, claim: str) -> OrderRow | None:
        """The order that a packer's claim is on.
        Index: orders_claim_key. Locks: none.
        """
        ...

    async def order_line_add(
        self,
        *,
        values: OrderLineAddValues | Iterable[OrderLineAddValues],
    ) -> int:
        """Lines of an order, each with the price of that day.
        Index: primary key refuses an article twice. Locks: the new rows.
        """
        ...

    async def order_send(self, *, claim: str, now: datetime | None = None) -> int:
        """A claimed order is on its way: 0 if it is already, or if nobody has that claim.
        Index: orders_claim_key. Locks: the row.
        """
        ...

    async def stock_get(self, *, article_id: int) -> int | None:
        """The pieces of an article.
        Index: primary key. Locks: none.
        """
        ...

    async def stock_put(self, *, values: StockPutValues | Iterable[StockPutValues]) -> int:
        """Add pieces, to what is there if anything is. Here because MySQL has another form of it.
        Index: primary key. Locks: the rows.
        """
        ...

    async def stock_take(self, *, article_id: int, pieces: int | None) -> int:
        """Take pieces, if so many are there: 1, or 0 and nothing is taken. Whoever takes the last one is decided here, by the
        server, and by no read before it.
        Index: primary key. Locks: the row, until the transaction is over.
        """
        ...
