"""Promise: a function is run again from its start when the server refuses its work, and only then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from rawdb import Database, RetryRequest
from rawdb.exceptions import DBDuplicateEntry, DBError


def test_a_guard_lets_through_exactly_what_is_there(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_new(name="a", size=7)

    @database.writer
    def take(context: object) -> int:
        taken: int = database.sql(context).box_take(name="a", pieces=1)
        return taken

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: take(None), range(20))) == 7
    with database.reader.using(None) as sql:
        assert sql.box_get(name="a")["size"] == 0


def test_transactions_that_cross_one_another_all_end_well(database: Database) -> None:
    """In opposite orders, so that a server with row locks must refuse some."""
    with database.writer.using(None) as sql:
        sql.box_load(values=[{"name": "a", "size": 1000}, {"name": "b", "size": 1000}])

    @database.writer
    def both(context: object, first: str, second: str) -> None:
        sql = database.sql(context)
        assert sql.box_take(name=first, pieces=1) == 1
        assert sql.box_take(name=second, pieces=1) == 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: both(None, *("ab" if n % 2 else "ba")), range(30)))
    with database.reader.using(None) as sql:
        assert [sql.box_get(name=name)["size"] for name in "ab"] == [970, 970]


def test_one_of_many_who_create_the_same_wins(database: Database) -> None:
    @database.writer
    def create(context: object) -> bool:
        try:
            database.sql(context).box_new(name="a", size=1)
        except DBDuplicateEntry:
            return False
        return True

    def tried(_: int) -> bool:
        try:
            return create(None)
        except DBError:
            # On PostgreSQL the refused INSERT has spoiled its transaction.
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(tried, range(6))) == [False] * 5 + [True]


def test_a_request_runs_the_function_again_from_its_start(database: Database) -> None:
    runs: list[int] = []

    @database.writer
    def work(context: object) -> int:
        runs.append(1)
        sql = database.sql(context)
        sql.box_new(name=f"run {len(runs)}", size=1)
        if len(runs) < 3:
            raise RetryRequest(DBError("a race was lost"))
        count: int = sql.box_count()
        return count

    assert work(None) == 1
    assert len(runs) == 3


def test_an_error_of_ones_own_making_is_not_repeated(database: Database) -> None:
    runs: list[int] = []

    @database.writer
    def work(context: object) -> None:
        runs.append(1)
        database.sql(context).box_new(name=None, size=1)

    with pytest.raises(DBError):
        work(None)
    assert len(runs) == 1


def test_once_is_once(database: Database) -> None:
    runs: list[int] = []

    @database.writer.once
    def work(context: object) -> None:
        runs.append(1)
        raise RetryRequest(DBError("a race was lost"))

    with pytest.raises(DBError, match="a race was lost"):
        work(None)
    assert len(runs) == 1
