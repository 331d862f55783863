"""The warehouse over HTTP.

    pip install 'rawdb[all]' fastapi uvicorn
    WAREHOUSE_URL=sqlite:///warehouse.db uvicorn warehouse.service:app

Handlers come in both kinds. A plain function runs in a thread of FastAPI's, and calls the warehouse as it is. A
coroutine runs in the loop and must not wait there: it awaits a call in a thread of rawdb's (`aio.run`), or statements
one by one in a transaction of its own (`aio.writer`).
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import rawdb
import warehouse
from rawdb import aio
from rawdb.exceptions import DBPoolTimeout
from warehouse import articles, invoices, orders
from warehouse.errors import ConflictError, NotFoundError, SoldOutError
from warehouse.statements import ArticleGetAllRow, AsyncStatements, InvoiceRow, OrderGetRow, OrderRow

#: The same database for coroutines.
awaited = aio.DefaultDatabase[AsyncStatements]()

_STATUS: dict[type[Exception], int] = {NotFoundError: 404, ConflictError: 409, SoldOutError: 409, DBPoolTimeout: 503}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    """Bring the tables up to date at the start, close the connections at the end."""
    if url := os.environ.get("WAREHOUSE_URL"):
        warehouse.configure(url)
    await aio.run(warehouse.upgrade)
    yield
    await aio.run(rawdb.dispose)


app = FastAPI(lifespan=lifespan)


class NewArticle(BaseModel):
    """An article as it is delivered."""

    sku: str = Field(max_length=40)
    name: str = Field(max_length=200)
    price: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    colour: str | None = None
    pieces: int = Field(0, ge=0)


class NewOrder(BaseModel):
    """Who wants how many pieces of which sku."""

    email: str
    wanted: dict[str, Annotated[int, Field(gt=0)]] = Field(min_length=1)


async def refused(request: Request, error: Exception) -> JSONResponse:
    """What the warehouse says no with, as an answer."""
    return JSONResponse({"detail": str(error)}, status_code=_STATUS[type(error)])


for kind in _STATUS:
    app.add_exception_handler(kind, refused)


@app.post("/articles", status_code=201)
def deliver(delivery: list[NewArticle]) -> int:
    """Take in articles, all or none."""
    return articles.deliver(
        None,
        [
            {
                "sku": each.sku,
                "name": each.name,
                "price": each.price,
                "details": {} if each.colour is None else {"colour": each.colour},
                "pieces": each.pieces,
            }
            for each in delivery
        ],
    )


@app.get("/articles")
def search(word: str | None = None, dearest: Decimal | None = None, after: str | None = None) -> list[ArticleGetAllRow]:
    """A page of articles by name; `after` is the sku of the last one before."""
    last = None if after is None else articles.get(None, after)
    return articles.search(None, word, dearest, last)


@app.get("/articles/{sku}/photo")
def photo(sku: str) -> Response:
    """The photo of an article."""
    found = articles.photo(None, sku)
    if found is None:
        raise HTTPException(404, f"no photo of {sku}")
    return Response(found, media_type="image/png")


@app.put("/articles/{sku}/photo", status_code=204)
async def put_photo(sku: str, request: Request) -> None:
    """Another photo."""
    await aio.run(articles.change, None, sku, {"photo": await request.body()})


@app.post("/orders", status_code=201)
async def place(order: NewOrder) -> int:
    """Order, and get the order's id: one trip to a thread, the whole transaction in it."""
    return await aio.run(orders.place, None, order.email, order.wanted)


@app.get("/orders/{order_id}")
async def show(order_id: int) -> OrderGetRow:
    """An order with its lines."""
    return await aio.run(orders.get, None, order_id)


@app.post("/packing")
async def pack() -> OrderRow:
    """The order to pack next, for this caller alone."""
    claimed = await aio.run(orders.claim, None)
    if claimed is None:
        raise HTTPException(404, "nothing waits")
    return claimed


@app.post("/orders/{claim}/sent")
async def send(claim: str) -> InvoiceRow:
    """A packed order leaves, and its invoice with it: both or none, statement by statement in one transaction."""
    now = datetime.now(UTC)
    async with awaited.writer.using(None) as sql:
        sent = await sql.order_send(claim=claim, now=now)
        order = await sql.order_get_by_claim(claim=claim)
        if not sent or order is None:
            raise ConflictError("no order with this claim is being packed")
        await sql.invoice_issue(order_id=order["id"], issued_on=now.date())
        invoice = await sql.invoice_get_by_order(order_id=order["id"])
        if invoice is None:
            raise NotFoundError(f"nothing was ordered with order {order['id']}")
        return invoice


@app.get("/invoices")
def list_invoices(after: int | None = None, *, unpaid: bool = False) -> list[InvoiceRow]:
    """A page of invoices, open ones first; `after` is the id of the last one before."""
    last = None if after is None else invoices.get(None, after)
    return invoices.page(None, last, unpaid=unpaid)


@app.post("/invoices/{invoice_id}/paid", status_code=204)
def pay(invoice_id: int, day: date) -> None:
    """An invoice is paid."""
    invoices.pay(None, invoice_id, day)
