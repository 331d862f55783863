"""The warehouse over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx
import pytest

from warehouse import articles
from warehouse.service import app

pytestmark = pytest.mark.usefixtures("stocked")


def served(work: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    """Let a client talk to the service, in one loop."""

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://warehouse") as client:
            await work(client)

    asyncio.run(run())


def test_the_way_of_an_order() -> None:
    async def work(client: httpx.AsyncClient) -> None:
        placed = await client.post("/orders", json={"email": "ada@example.org", "wanted": {"chair": 1, "lamp": 1}})
        assert placed.status_code == 201
        shown = (await client.get(f"/orders/{placed.json()}")).json()
        assert [line["pieces"] for line in shown["order_lines"]] == [1, 1]
        packed = (await client.post("/packing")).json()
        assert packed["id"] == placed.json()
        assert (await client.post("/packing")).status_code == 404
        invoice = (await client.post(f"/orders/{packed['claim']}/sent")).json()
        assert invoice["total"] == "20.09"
        assert (await client.post(f"/orders/{packed['claim']}/sent")).status_code == 409
        assert [each["id"] for each in (await client.get("/invoices", params={"unpaid": True})).json()] == [
            invoice["id"]
        ]
        paid = [await client.post(f"/invoices/{invoice['id']}/paid", params={"day": "2026-05-06"}) for _ in range(2)]
        assert [answer.status_code for answer in paid] == [204, 409]
        assert (await client.get("/invoices", params={"after": invoice["id"]})).json() == []

    served(work)


def test_articles() -> None:
    async def work(client: httpx.AsyncClient) -> None:
        shelf = {"sku": "shelf", "name": "A shelf", "price": "45.50", "colour": "red", "pieces": 2}
        assert (await client.post("/articles", json=[shelf])).json() == 1
        assert (await client.post("/articles", json=[shelf])).status_code == 409
        assert (await client.post("/articles", json=[{**shelf, "price": "0.001"}])).status_code == 422
        found = (await client.get("/articles", params={"word": "shelf"})).json()
        assert [(Decimal(each["price"]), each["details"]) for each in found] == [(Decimal("45.5"), {"colour": "red"})]
        assert [each["sku"] for each in (await client.get("/articles", params={"after": "shelf"})).json()] == ["table"]
        assert (await client.put("/articles/shelf/photo", content=b"\x00\xff")).status_code == 204
        assert (await client.get("/articles/shelf/photo")).content == b"\x00\xff"
        assert (await client.get("/articles/lamp/photo")).status_code == 404
        assert (await client.put("/articles/sofa/photo", content=b"")).status_code == 404

    served(work)


def test_many_at_one_moment() -> None:
    async def work(client: httpx.AsyncClient) -> None:
        order = {"email": "ada@example.org", "wanted": {"chair": 1}}
        answers = await asyncio.gather(*(client.post("/orders", json=order) for _ in range(15)))
        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 10

    served(work)
    assert articles.pieces(None, "chair") == 0
