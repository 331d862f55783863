"""Articles and stock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

from rawdb import Page, Predicate, SortKey
from rawdb.exceptions import DBDuplicateEntry
from warehouse import database
from warehouse.errors import ConflictError, NotFoundError
from warehouse.statements import ArticleAddValues, ArticleChangeChanges, ArticleGetAllRow, ArticleGetRow

_BY_NAME = (SortKey("name"), SortKey("id"))


class NewArticle(TypedDict):
    """An article as it is delivered: the row of two tables."""

    sku: str
    name: str
    price: Decimal
    details: NotRequired[dict[str, Any]]
    photo: NotRequired[bytes]
    sold_until: NotRequired[date]
    pieces: NotRequired[int]


@database.writer
def deliver(context: object, articles: Iterable[NewArticle]) -> int:
    """Take in new articles with their pieces, all or none; returns how many. Raises ConflictError for a known sku.

    Round trips: 3, and COMMIT, for any number of articles.
    """
    delivered = list(articles)
    if not delivered:
        return 0
    sql = database.sql(context)
    now = datetime.now(UTC)
    try:
        sql.article_add(values=[_row(article, now) for article in delivered])
    except DBDuplicateEntry as error:
        raise ConflictError("a sku of the delivery is known already") from error
    ids = {row["sku"]: row["id"] for row in sql.article_get_all_by_sku(skus=[each["sku"] for each in delivered])}
    sql.stock_put(values=[{"article_id": ids[each["sku"]], "pieces": each.get("pieces", 0)} for each in delivered])
    return len(delivered)


@database.writer
def restock(context: object, sku: str, pieces: int) -> None:
    """Put more pieces of an article into the warehouse."""
    database.sql(context).stock_put(values={"article_id": get(context, sku)["id"], "pieces": pieces})


@database.reader.autocommit
def get(context: object, sku: str, read_deleted: Literal["no", "yes", "only"] = "no") -> ArticleGetRow:
    """One article. Raises NotFoundError. `read_deleted`: 'no', 'yes' or 'only' those that were taken out."""
    row = database.sql(context).article_get(sku=sku, read_deleted=read_deleted)
    if row is None:
        raise NotFoundError(f"no article {sku}")
    return row


@database.reader.autocommit
def search(
    context: object,
    word: str | None = None,
    dearest: Decimal | None = None,
    after: ArticleGetAllRow | None = None,
    limit: int = 20,
) -> list[ArticleGetAllRow]:
    """A page of articles by name, those behind the last one of the page before. Case does not count."""
    return database.sql(context).article_get_all(
        by_word=word is not None,
        word=None if word is None else _holding(word),
        filters=None if dearest is None else [Predicate("price", "<=", dearest)],
        page=Page(_BY_NAME, after),
        limit=limit,
    )


@database.reader.autocommit
def of_colour(context: object, colour: str) -> list[str]:
    """The skus of the articles of a colour."""
    return [row["sku"] for row in database.sql(context).article_get_all_by_colour(colour=colour)]


@database.writer.autocommit
def change(context: object, sku: str, changes: ArticleChangeChanges) -> None:
    """Give an article another name, price, photo, ... Raises NotFoundError; DBError for what is no column."""
    if not database.sql(context).article_change(sku=sku, changes=changes):
        raise NotFoundError(f"no article {sku}")


@database.writer.autocommit
def take_out(context: object, sku: str) -> None:
    """Sell an article no more. Its row stays, for orders and invoices show it."""
    if not database.sql(context).article_delete(sku=sku):
        raise NotFoundError(f"no article {sku}")


@database.reader.autocommit
def photo(context: object, sku: str) -> bytes | None:
    """The photo of an article, if there is one."""
    return database.sql(context).article_photo(sku=sku)


@database.reader.autocommit
def pieces(context: object, sku: str) -> int:
    """How many pieces are there. Before long it may be fewer: `orders.place` decides who gets them."""
    return database.sql(context).stock_get(article_id=get(context, sku)["id"]) or 0


def _row(article: NewArticle, now: datetime) -> ArticleAddValues:
    return {
        "sku": article["sku"],
        "name": article["name"],
        "price": article["price"],
        "details": article.get("details", {}),
        "photo": article.get("photo"),
        "sold_until": article.get("sold_until"),
        "created_at": now,
    }


def _holding(word: str) -> str:
    """The pattern of texts that hold a word, whatever characters it has."""
    escaped = word.lower()
    for character in "!%_":
        escaped = escaped.replace(character, f"!{character}")
    return f"%{escaped}%"
