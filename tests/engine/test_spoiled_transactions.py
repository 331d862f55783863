"""Transactions in which something went wrong and was caught: what can still be done, and what is said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBDuplicateEntry,
    DBError,
)


def names(database: Database) -> list[str]:
    """What is stored, seen from another context."""
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


@pytest.fixture
def context() -> SimpleNamespace:
    return SimpleNamespace(read_deleted="no")


class TestSpoiledTransactions:
    def test_an_error_that_was_caught_inside(self, database: Database, context: Any) -> None:
        """PostgreSQL cannot commit any more and says so; on the others the rest of the transaction stands."""

        def work() -> None:
            with database.writer.using(context) as sql:
                sql.thing_create(values={"name": "a"})
                with pytest.raises(DBDuplicateEntry):
                    sql.thing_create(values={"name": "a"})

        if database.url.dialect != "postgresql":
            work()
            assert names(database) == ["a"]
            return
        with pytest.raises(DBError, match="nothing was committed") as raised:
            work()
        assert isinstance(raised.value.cause, DBDuplicateEntry)
        assert names(database) == []

    @pytest.mark.dialects("postgresql")
    def test_work_after_an_error_names_the_first_one(self, database: Database, context: Any) -> None:
        with pytest.raises(DBError, match="nothing was committed"), database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            with pytest.raises(DBDuplicateEntry) as first:
                sql.thing_create(values={"name": "a"})
            with pytest.raises(DBError) as second:
                sql.thing_count()
            assert second.value.code == "25P02"
            assert second.value.cause is first.value

    def test_an_error_of_the_programmer_sends_nothing(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.using(context) as sql:
            with pytest.raises(TypeError, match="needs the argument 'name'"):
                sql.thing_get()
            with pytest.raises(TypeError, match="takes no argument nam; it takes name, read_deleted"):
                sql.thing_get(nam="a")
            with pytest.raises(AttributeError, match="did you mean thing_get"):
                sql.thing_gett(name="a")
        assert sent == []

    def test_interrupted_in_the_middle(self, database: Database, context: Any) -> None:
        """The connection is not used again, for nobody knows which answer would come next."""
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})

        def interrupt(name: str, text: str) -> None:
            if name == "thing_count":
                raise KeyboardInterrupt

        database.observers.append(interrupt)
        with pytest.raises(KeyboardInterrupt), database.writer.using(context) as sql:
            sql.thing_create(values={"name": "b"})
            sql.thing_count()
        database.observers.clear()
        assert names(database) == ["a"]
        assert database.pool().lent == 0
