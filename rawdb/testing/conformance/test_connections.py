"""Promise: connections come back clean, are replaced when they are gone, and are never shared."""

from __future__ import annotations

import threading

import pytest

from rawdb import Database
from rawdb.exceptions import DBConnectionError, DBError, DBPoolTimeout


def test_all_are_given_back(database: Database) -> None:
    for _ in range(3):
        with database.writer.using(None) as sql:
            sql.box_count()
        with pytest.raises(DBError), database.writer.using(None) as sql:
            sql.execute("SELECT nothing FROM nowhere")
    assert database.lent() == []


def test_one_that_is_closed_is_replaced(database: Database) -> None:
    with database.reader.using(None) as sql:
        sql.box_count()
    pool = database.pool()
    connection = pool.acquire()
    database.dialect.close(connection.raw)
    pool.release(connection)
    with database.reader.autocommit.using(None) as sql:
        assert sql.box_count() == 0


def test_threads_take_turns(database: Database) -> None:
    """More threads than connections, each with transactions of its own."""
    with Database(database.url, queries=database.queries, max_pool_size=2, max_overflow=0) as small:
        errors: list[Exception] = []

        def work(number: int) -> None:
            try:
                for turn in range(3):
                    with small.writer.using(None) as sql:
                        sql.box_new(name=f"{number} {turn}", size=1)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert small.lent() == []
    with database.reader.using(None) as sql:
        assert sql.box_count() == 18


def test_none_is_free(database: Database) -> None:
    with Database(database.url, max_pool_size=1, max_overflow=0, pool_timeout=0.05) as small:
        with small.reader.using("one") as sql:
            sql.execute("SELECT 1")
            with pytest.raises(DBPoolTimeout), small.reader.using("another") as other:
                other.execute("SELECT 1")
        with small.reader.using("another") as sql:
            assert sql.execute("SELECT 1").rows == [(1,)]
    assert issubclass(DBPoolTimeout, DBConnectionError)


def test_statements_carry_their_name(database: Database) -> None:
    texts: list[str] = []
    database.observers[:] = [lambda name, text: texts.append(text)]
    with database.reader.autocommit.using(None) as sql:
        sql.box_count()
    database.observers.clear()
    [text] = texts
    assert text.startswith("/* rawdb:box_count */")


def test_the_server_says_what_it_is(database: Database) -> None:
    assert database.server_version()
