"""A database in another's place, a context that shows its block, and errors of connections that are not rawdb's."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb.engine.database import Database
from rawdb.exceptions import DBDuplicateEntry, DBError, DBNonExistentTable, NoEngineContextEstablished
from tests.driver_waits import before_input, shown_to
from tests.engine.conftest import Open


def names_in(database: Database) -> list[str]:
    with database.reader.using(None) as sql:
        return [row["name"] for row in sql.thing_names()]


@pytest.mark.dialects("sqlite")
def test_another_database_works_in_its_place(database: Database, tmp_path: Path, open_database: Open) -> None:
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with database.reader.using(None) as sql:
        [[text]] = sql.execute("SELECT m.sql FROM sqlite_master AS m WHERE m.type = 'table' AND m.name = 'things'").rows
    with other.writer.using(None) as sql:
        sql.execute(text)

    @database.writer
    def add(context: Any, name: str) -> None:
        database.sql(context).thing_create(values={"name": name})

    add(None, "first")
    with database.replaced_by(other) as stand_in:
        assert stand_in is other
        add(None, "second")
        worker = threading.Thread(target=add, args=(None, "third"))
        worker.start()
        worker.join()
        assert names_in(database) == ["second", "third"]
        with database.replaced_by(database):
            assert names_in(database) == ["first"]
    assert names_in(database) == ["first"]
    assert names_in(other) == ["second", "third"]
    with pytest.raises(ZeroDivisionError), database.replaced_by(other):
        raise ZeroDivisionError
    assert names_in(database) == ["first"]


@pytest.mark.dialects("sqlite")
def test_so_can_the_default_database_be_replaced(database: Database) -> None:
    rawdb.dispose()
    rawdb.configure(connection="sqlite:////nowhere/at/all.db", max_retries=0)
    with rawdb.default_database().replaced_by(database):
        assert rawdb.default_database() is database
        with rawdb.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            assert rawdb.sql(None).thing_count() == 1
    assert rawdb.default_database() is not database
    rawdb.dispose()
    assert names_in(database) == ["a"]


@pytest.mark.dialects("sqlite")
def test_a_context_shows_its_block(database: Database) -> None:
    @rawdb.transaction_context_provider
    class Context:
        pass

    rawdb.dispose()
    rawdb.configure(connection="sqlite://")
    context, another = Context(), Context()
    found = []
    with rawdb.default_database().replaced_by(database):
        with rawdb.writer.using(context) as sql:
            assert context.session is context.connection is sql  # type: ignore[attr-defined]
            assert getattr(another, "session", None) is None
            worker = threading.Thread(target=lambda: found.append(getattr(context, "session", None)))
            worker.start()
            worker.join()
        with pytest.raises(NoEngineContextEstablished):
            _ = context.session  # type: ignore[attr-defined]
    assert found == [None]
    rawdb.dispose()


def test_a_context_of_a_database_of_ones_own(database: Database, open_database: Open) -> None:
    @rawdb.transaction_context_provider(database=database)
    class Context:
        pass

    context, other = Context(), open_database(database.url)
    with database.reader.using(context) as sql:
        assert context.session is context.connection is sql  # type: ignore[attr-defined]
    with other.reader.using(context):
        assert getattr(context, "session", None) is None


def test_errors_of_a_foreign_connection(database: Database, dialect: str) -> None:
    pool = database.pool()
    connection = pool.acquire()
    raw = connection.raw
    try:
        with pytest.raises(DBNonExistentTable) as caught, rawdb.translated(dialect, "mine"):
            raw.cursor().execute("SELECT * FROM zork")
        assert (caught.value.statement, caught.value.dialect) == ("mine", dialect)
        assert caught.value.__cause__ is caught.value.inner_exception
        connection.rollback()
        with pytest.raises(DBDuplicateEntry), rawdb.translated(f"{dialect}+driver"):
            raw.cursor().execute("INSERT INTO things (name, deleted) VALUES ('a', 0)")
            raw.cursor().execute("INSERT INTO things (name, deleted) VALUES ('a', 0)")
    finally:
        connection.rollback()
        pool.release(connection)


@pytest.mark.dialects("sqlite")
def test_other_errors_are_left_alone(dialect: str) -> None:
    with pytest.raises(KeyError), rawdb.translated(dialect):
        raise KeyError("mine")
    with pytest.raises(DBError, match="mine") as caught, rawdb.translated(dialect):
        raise DBError("mine")
    assert caught.value.__cause__ is None
    with pytest.raises(ValueError, match="unknown dialect 'oracle'"), rawdb.translated("oracle"):
        raise AssertionError


@pytest.mark.dialects("sqlite")
def test_stand_ins_that_overlap(database: Database) -> None:
    """As blocks of two threads do: the first ends before the second."""
    one, two = (Database("sqlite://") for _ in range(2))
    first, second = database.replaced_by(one), database.replaced_by(two)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert (database.stand_in,) == (two,)
    second.__exit__(None, None, None)
    assert (database.stand_in,) == (None,)
    for wrong in (None, "x"):
        with pytest.raises(TypeError, match="expected a Database"), database.replaced_by(wrong):  # type: ignore[arg-type]
            pass


@pytest.mark.parametrize("given", [["postgresql://u:hidden@h/d"], {"url": "mysql://u:hidden@h/d"}, b"hidden", 5])
def test_what_is_no_url_is_not_shown(given: Any) -> None:
    for options in ({"connection": given}, {"connection": "sqlite://", "slave_connection": given}):
        with pytest.raises(TypeError, match="expected a database URL") as raised:
            Database(**options)
        assert "hidden" not in str(raised.value)


class _Interrupt(BaseException):
    """What a signal's handler raises."""


@pytest.mark.dialects("postgresql")
@pytest.mark.parametrize("at", range(1, 8))
def test_an_interrupt_while_the_driver_waits(database: Database, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """At each of its waits: what was raised is what comes out, nothing is run again, stored or lent."""
    from rawdb.dialects import postgresql

    runs, waits = [], iter(range(1, 1000))

    def interrupt(_: int) -> None:
        if next(waits) == at:
            raise _Interrupt

    @database.writer
    def grow(context: Any) -> None:
        runs.append(context)
        database.sql(context).thing_grow.many([{"name": "a", "by": 1}] * 3)

    names_in(database)
    with monkeypatch.context() as patched:
        patched.setattr(postgresql, "_watched", shown_to(interrupt))
        patched.setattr(postgresql._Connection, "_until_input", before_input(interrupt))
        try:
            grow(None)
        except _Interrupt:
            assert next(waits) > at
        else:
            assert next(waits) <= at
    assert len(runs) == 1
    assert database.lent() == []
    assert names_in(database) == []
