"""The FastAPI example serves requests: results, errors, all or nothing, many at a time and cut off in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import rawdb
from examples.fastapi_app import app
from tests.aio.aio_helpers import names, nothing_lent, stopped

HEADERS = {"X-User": "fake-user", "X-Project": "fake-project"}


def served(work: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> None:
    """Run a client against the app, in one loop."""

    async def run() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://example", headers=HEADERS) as client:
            await work(client)

    asyncio.run(run())


def test_requests(db: str) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        made = await client.post("/key-pairs", json=["one", "two"])
        assert made.status_code == 201
        assert (await client.get("/key-pairs")).json() == made.json()
        assert (await client.get("/key-pairs/one")).json()["name"] == "one"
        assert (await client.get("/key-pairs", headers={"X-User": "another"})).json() == []
        assert (await client.get("/key-pairs/three")).status_code == 404
        assert (await client.post("/key-pairs", json=["three", "one"])).status_code == 409
        assert (await client.post("/key-pairs", json=[])).status_code == 422
        assert (await client.put("/key-pairs/one", params={"to": "uno"})).json()["name"] == "uno"
        assert (await client.put("/key-pairs/two", params={"to": "uno"})).status_code == 409

    served(work)
    # All or none.
    assert names() == ["two", "uno"]


def test_many_requests_at_a_time(db: str) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        requests = [client.post("/key-pairs", json=[f"{number}-a", f"{number % 20}-b"]) for number in range(40)]
        codes = [answer.status_code for answer in await asyncio.gather(*requests)]
        assert codes.count(201) == 20
        assert codes.count(409) == 20

    served(work)
    stored = names()
    assert len(stored) == 40
    assert nothing_lent()


def test_a_request_that_is_cut_off_is_undone(db: str) -> None:
    async def work(client: httpx.AsyncClient) -> None:
        assert (await client.post("/key-pairs", json=["old"])).status_code == 201
        with stopped("key_pair_destroy") as gate:
            request = asyncio.create_task(client.put("/key-pairs/old", params={"to": "new"}))
            await gate.reached()
            request.cancel()
            gate.open()
            with pytest.raises(asyncio.CancelledError):
                await request
        assert nothing_lent()

    served(work)
    assert names() == ["old"]


def test_too_many_requests(db: str, threads: Callable[..., None]) -> None:
    threads(1, timeout=0.05)

    async def work(client: httpx.AsyncClient) -> None:
        with stopped("key_pair_get") as gate:
            slow = asyncio.create_task(client.get("/key-pairs/one"))
            await gate.reached()
            refused = await client.get("/key-pairs")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            gate.open()
            assert (await slow).status_code == 404

    served(work)


def test_the_end_closes_the_connections(db: str) -> None:
    async def work() -> None:
        async with app.router.lifespan_context(app):
            assert await rawdb.aio.run(rawdb.default_database().server_version)
            pool = rawdb.default_database().pool()
        assert pool.lent == 0

    asyncio.run(work())
    rawdb.configure(connection=db)
