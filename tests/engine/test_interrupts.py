"""Exceptions that arrive from outside, between any two instructions: Ctrl-C, a signal's handler, a soft time limit.

A signal's handler runs where the interpreter looks for signals: when a function is entered and when a call comes back.
The tests raise at each of these places in turn, in every function of the engine that a block goes through.
"""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.exceptions import DBConnectionError, DBError
from tests.engine.conftest import Open

_ENGINE = "rawdb.engine."


class Interrupt(BaseException):
    """What comes from outside."""


class Injected:
    """Raises at the n-th place of a run inside the engine where a signal's handler could."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0
        self.place = ""

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        module = str(frame.f_globals.get("__name__", ""))
        if event not in ("call", "c_return", "return") or not module.startswith(_ENGINE):
            return
        self.count += 1
        if self.count == self.at:
            sys.setprofile(None)
            self.place = f"{event} in {frame.f_code.co_qualname}:{frame.f_lineno}"
            raise Interrupt

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        sys.setprofile(self)
        try:
            yield
        finally:
            sys.setprofile(None)


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


def block(database: Database, name: str, context: Any) -> None:
    with database.writer.using(context) as sql:
        sql.thing_create(values={"name": name})


def function(database: Database, name: str, context: Any) -> None:
    @database.writer
    def create(context: Any) -> None:
        database.sql(context).thing_create(values={"name": name})

    create(context)


def lone(database: Database, name: str, context: Any) -> None:
    with database.writer.autocommit.using(context) as sql:
        sql.thing_create(values={"name": name})


@pytest.mark.parametrize("work", [block, function, lone])
@pytest.mark.parametrize("inside_the_handler", [False, True])
def test_at_every_place(
    url: str, open_database: Open, work: Callable[[Database, str, Any], None], inside_the_handler: bool
) -> None:
    """Whatever reports success afterwards is committed, on the same context, the first block's traceback alive or not.

    No connection and no turn to write is lost either.
    """
    database = open_database(url, sqlite_synchronous=False)
    context = None
    work(database, "before", context)
    at, kept = 0, ["before"]
    keep: BaseException | None
    while True:
        at += 1
        injected, keep = Injected(at), None
        try:
            with injected.at_work():
                work(database, f"cut-{at}", context)
        except Interrupt as interrupt:
            if inside_the_handler:
                work(database, f"after-{at}", context)
                kept.append(f"after-{at}")
            keep = interrupt
        else:
            assert injected.count < at, injected.place
            break
        if not inside_the_handler:
            # A log, or a test, may keep the traceback with all its frames.
            work(database, f"after-{at}", context)
            kept.append(f"after-{at}")
        # Until here the traceback, and all frames in it, are alive.
        assert keep is not None
        keep = None
        stored = names(database)
        missing = set(kept) - set(stored)
        assert not missing, f"{injected.place}: acknowledged and not there"
        if database.lent():
            # What an interrupt took between two owners goes with the last frame that knew it.
            gc.collect()
        assert database.lent() == [], injected.place
    assert at > 20


def test_a_traceback_that_is_kept_keeps_no_block_open(database: Database) -> None:
    """The frames of a block that was cut at its end live on in the traceback, and so does the Block."""
    kept: list[BaseException] = []
    first = database.writer.using(None)

    def cut(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name == "_leave":
            sys.setprofile(None)
            raise Interrupt

    try:
        with first as sql:
            sql.thing_create(values={"name": "cut"})
            sys.setprofile(cut)
    except Interrupt as interrupt:
        kept.append(interrupt)
        block(database, "inside", None)
    finally:
        sys.setprofile(None)
    block(database, "after", None)
    assert sorted(names(database)) == ["after", "inside"]
    assert database.lent() == []


def test_another_thread_gets_the_turn_of_a_block_that_was_cut(database: Database) -> None:
    """On SQLite the turn hangs on the block's life; the cut thread may never open a block again."""
    failures: list[BaseException] = []
    cut_off, done = threading.Event(), threading.Event()

    def cut(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name == "_leave":
            sys.setprofile(None)
            raise Interrupt

    def first() -> None:
        try:
            with database.writer.using(object()) as sql:
                sql.thing_create(values={"name": "cut"})
                sys.setprofile(cut)
        except Interrupt:
            sys.setprofile(None)
        cut_off.set()
        done.wait(60)

    def second() -> None:
        cut_off.wait(60)
        try:
            block(database, "second", None)
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    gc.collect()
    assert names(database) == ["second"]


def test_what_is_caught_inside_a_block_ends_it(database: Database) -> None:
    """Asked for B, one would get the answer for A: nothing is sent any more, COMMIT included."""

    def interrupt(name: str, text: str) -> None:
        if name == "thing_count":
            raise Interrupt

    sent: list[str] = []
    with pytest.raises(DBConnectionError, match="nothing was committed"), database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a"})
        database.observers.append(interrupt)
        with pytest.raises(Interrupt):
            sql.thing_count()
        database.observers[:] = [lambda name, text: sent.append(name)]
        with pytest.raises(DBConnectionError):
            sql.thing_create(values={"name": "b"})
    assert [name for name in sent if name != "thing_names"] == []
    database.observers.clear()
    assert names(database) == []
    assert database.lent() == []


@pytest.mark.dialects("mysql", "postgresql")
@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals need the main thread")
def test_a_handler_that_raises_an_error_of_the_system(database: Database) -> None:
    """TimeoutError is an OSError: PyMySQL would make a lost connection of it, and the deadline would be run again."""
    runs: list[int] = []

    def late(number: int, frame: Any) -> None:
        raise TimeoutError("the caller's deadline")

    slow = {"mysql": "SELECT SLEEP(20)", "postgresql": "SELECT pg_sleep(20)"}[database.url.dialect]

    @database.reader
    def read(context: Any) -> None:
        runs.append(1)
        sql = database.sql(context)
        sql.thing_count()
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        sql.execute(slow)

    before = signal.signal(signal.SIGALRM, late)
    try:
        with pytest.raises(TimeoutError, match="the caller's deadline"):
            read(None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert runs == [1]
    assert database.lent() == []
    assert names(database) == []


def test_a_lone_write_that_was_cut_counts_as_written(database: Database) -> None:
    """Nobody knows what became of it, so the function is not run again."""
    runs: list[int] = []

    def interrupt(name: str, text: str) -> None:
        if name == "thing_create":
            raise Interrupt

    @database.writer.autocommit
    def work(context: Any) -> None:
        runs.append(1)
        database.observers[:] = [interrupt]
        with contextlib.suppress(Interrupt):
            database.sql(context).thing_create(values={"name": "a"})
        database.observers.clear()
        raise DBConnectionError("the look at the data failed, too")

    with pytest.raises(DBError):
        work(None)
    assert runs == [1]
