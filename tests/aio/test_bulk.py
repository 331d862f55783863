"""Streams, scripts and many calls of coroutines: the rows come in parts, each fetched in the task's own thread."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rawdb import aio
from rawdb.exceptions import DBDuplicateEntry, DBNonExistentTable, NoEngineContextEstablished
from rawdb.testing.databases import connected

QUERIES = """\
-- name: ware_list()
-- All.
SELECT w.id, w.name FROM wares AS w ORDER BY w.id;

-- name: ware_add(id, name)!
-- One.
INSERT INTO wares (id, name) VALUES (:id, :name);

-- name: ware_swap(one, other)#
-- Two names.
UPDATE wares SET name = :other WHERE id = 1;
UPDATE wares SET name = :one WHERE id = 2;
"""


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> aio.Database:
    (tmp_path / "wares.sql").write_text(QUERIES)
    with connected(database_url) as run:
        run("CREATE TABLE wares (id INTEGER PRIMARY KEY, name VARCHAR(9))")
    return aio.Database(database_url, queries=tmp_path, max_retries=0)


def wares(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "name": f"n{n}"} for n in range(count)]


def test_streams_and_many(database: aio.Database) -> None:
    async def work() -> None:
        async with database.writer.using() as sql:
            assert await sql.ware_add.many(wares(50)) == 50
            await sql.ware_swap(one="a", other="b")
            rows = [row async for row in sql.ware_list.stream(fetch_size=7)]
            assert rows == await sql.ware_list()
            assert [row["name"] for row in rows[:3]] == ["n0", "b", "a"]
            named = sql.stream("SELECT w.name FROM wares AS w WHERE w.id < :id", {"id": 2}, fetch_size=1)
            assert len([row async for row in named]) == 2
        await database.dispose()

    asyncio.run(work())


def test_a_stream_is_left_early(database: aio.Database) -> None:
    async def work() -> None:
        async with database.writer.using() as sql:
            await sql.ware_add.many(wares(50))
            async for row in sql.ware_list.stream(fetch_size=7):
                if row["id"] == 10:
                    break
            rows = sql.ware_list.stream(fetch_size=7)
            assert (await anext(rows))["id"] == 0
            await rows.aclose()
            assert [row async for row in rows] == []
            # The block goes on, on each server.
            await sql.ware_add(id=99, name="x")
        async with database.reader.using() as sql:
            kept = sql.ware_list.stream(fetch_size=7)
            await anext(kept)
        with pytest.raises(NoEngineContextEstablished):
            [row async for row in kept]
        async with database.reader.using() as sql:
            assert len(await sql.ware_list()) == 51
        assert database.sync.lent() == []
        await database.dispose()

    asyncio.run(work())


def test_errors(database: aio.Database) -> None:
    async def work() -> None:
        with pytest.raises(DBNonExistentTable):
            async with database.reader.using() as sql:
                [row async for row in sql.stream("SELECT * FROM zork")]
        with pytest.raises(TypeError, match="ware_add cannot be streamed"):
            async with database.writer.using() as sql:
                [row async for row in sql.ware_add.stream()]
        with pytest.raises(DBDuplicateEntry):
            async with database.writer.using() as sql:
                await sql.execute_script("INSERT INTO wares (id) VALUES (1); INSERT INTO wares (id) VALUES (1)")
        async with database.reader.using() as sql:
            assert await sql.ware_list() == []
        await database.dispose()

    asyncio.run(work())


def test_ahead(database: aio.Database) -> None:
    """Sent with the next statement; the result is awaited."""

    async def work() -> None:
        async with database.writer.using() as sql:
            added = await sql.ware_add.ahead(**wares(1)[0])
            assert await added.result() == 1
        await database.dispose()

    asyncio.run(work())
