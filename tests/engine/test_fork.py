"""After a fork: the child opens its own connections and leaves the parent's alone."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable

import pytest

import rawdb.default
from rawdb.engine.database import Database
from rawdb.exceptions import DBConnectionError, DBError
from rawdb.statements.compiled import Compiled

# From Python 3.12 on a fork beside threads warns; what it warns of is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def in_child(function: Callable[[], None]) -> None:
    """Run `function` in a forked process; it must end without an exception."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            function()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # No cleaning up: the parent does that, and it is the parent's to do.
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def create(database: Database, name: str) -> None:
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": name})


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


def test_idle_connections_are_not_shared(database: Database) -> None:
    create(database, "a")
    pool = database.pool()
    connection = pool.acquire()
    pool.release(connection)

    def child() -> None:
        mine = pool.acquire()
        assert mine is not connection
        assert mine.process == os.getpid()
        pool.release(mine)
        for number in range(5):
            create(database, f"child-{number}")
        database.dispose()

    in_child(child)
    # The parent's session has outlived the child's; that of SQLite was closed before the fork.
    again = pool.acquire()
    assert (again is connection) == (database.url.dialect != "sqlite")
    assert again.run(Compiled("count", "SELECT COUNT(*) FROM things")).rows == [(6,)]
    pool.release(again)


def test_a_transaction_stays_with_the_parent(database: Database) -> None:
    context = object()
    with database.writer.using(context) as sql:
        sql.part_create(values={"name": "p"})

        def child() -> None:
            try:
                sql.thing_create(values={"name": "from the child"})
            except DBConnectionError as error:
                assert "before a fork" in str(error)
            else:
                raise AssertionError("the child spoke on its parent's connection")
            if database.url.dialect == "sqlite":
                # SQLite's table of locks came along, and says that this process holds what its parent holds.
                for other in (database, Database(database.url)):
                    with (
                        pytest.raises(DBError, match=r"forked while .* was in use"),
                        other.reader.using(object()) as own,
                    ):
                        own.execute("SELECT 1")
                return
            # A new context has its own transaction, in the same thread.
            assert names(database) == []
            create(database, "of its own")

        in_child(child)
        sql.thing_create(values={"name": "from the parent"})
    assert sorted(names(database)) == (
        ["from the parent"] if database.url.dialect == "sqlite" else ["from the parent", "of its own"]
    )


def test_the_child_that_leaves_a_block_does_not_commit(database: Database) -> None:
    block = database.writer.using(None)
    with block as sql:
        sql.thing_create(values={"name": "a"})
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                block.__exit__(None, None, None)
            except DBConnectionError:
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        # Nothing was said on the parent's connection meanwhile.
        assert sql.thing_count() == 1
        assert names(database) == []
    assert names(database) == ["a"]


def test_locks_that_another_thread_held(database: Database) -> None:
    """The thread is not in the child to give them back."""
    create(database, "a")
    held, done = threading.Event(), threading.Event()
    pool = database.pool()

    def hold() -> None:
        with database._lock, pool._lock, rawdb.default._lock:
            held.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)

    def child() -> None:
        create(database, "b")
        database.dispose()
        create(database, "c")
        rawdb.default.lent_connections()

    try:
        in_child(child)
    finally:
        done.set()
        holder.join()
    assert names(database) == ["a", "b", "c"]


def test_a_child_of_a_child(database: Database) -> None:
    create(database, "a")

    def grandchild() -> None:
        create(database, "c")

    def child() -> None:
        create(database, "b")
        in_child(grandchild)
        create(database, "d")

    in_child(child)
    assert names(database) == ["a", "b", "c", "d"]


@pytest.mark.dialects("sqlite")
def test_nothing_that_was_acknowledged_vanishes(database: Database) -> None:
    """With a connection in both, the parent's last close removed the log with the child's commits in it."""
    create(database, "parent")

    def child() -> None:
        for number in range(10):
            create(database, f"child-{number}")
        os.kill(os.getppid(), 0)

    in_child(child)
    database.dispose()
    assert len(names(database)) == 11


@pytest.mark.dialects("sqlite")
def test_a_memory_database_survives_a_fork() -> None:
    database = Database("sqlite://")
    with database.writer.using(None) as sql:
        sql.execute("CREATE TABLE t (id INTEGER)")
    in_child(lambda: None)
    with database.reader.using(None) as sql:
        assert sql.execute("SELECT COUNT(*) FROM t").rows == [(0,)]
    database.dispose()
