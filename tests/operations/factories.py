"""What the tests of several domains share: rows that no operation makes, what is stored, and threads that meet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rawdb
from rawdb.exceptions import DBDeadlock, RetryRequest
from rawdb.testing.databases import connected


def stored(table: str, order: str = "id") -> list[dict[str, Any]]:
    """Every row of a table as it is stored, deleted ones too."""
    with rawdb.reader.using() as sql:
        return sql.execute(f"SELECT * FROM {table} ORDER BY {order}").dicts()


def soft_delete(table: str, row_id: int) -> None:
    """Mark a row deleted, as another process would: on a connection of its own, between any two statements."""
    with connected(rawdb.default_database().url) as run:
        run(f"UPDATE {table} SET deleted = id WHERE id = {int(row_id)}")


@contextmanager
def refused_once(statement: str) -> Iterator[None]:
    """The first time that the statement is about to be sent, its transaction is refused, and runs again."""
    observers = rawdb.default_database().observers
    left = [statement]

    def refuse(name: str, text: str) -> None:
        if name in left:
            left.remove(name)
            raise RetryRequest(DBDeadlock(f"{name} is refused once"))

    observers.append(refuse)
    try:
        yield
    finally:
        observers.remove(refuse)
    assert not left, f"{statement} was not sent"


@contextmanager
def meanwhile(statement: str, call: Callable[[], Any]) -> Iterator[None]:
    """The first time that the statement is about to be sent, another thread makes the call, and comes to its end."""
    observers = rawdb.default_database().observers
    left = [statement]

    def interrupt(name: str, text: str) -> None:
        if name in left:
            left.remove(name)
            [result] = together(call)
            assert not isinstance(result, BaseException), result

    observers.append(interrupt)
    try:
        yield
    finally:
        observers.remove(interrupt)
    assert left == [], "the statement was not sent"


def together(*functions: Callable[..., Any]) -> list[Any]:
    """Call each function in a thread of its own, all at the same moment; their results or exceptions, in order."""
    barrier = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def run(index: int) -> None:
        try:
            barrier.wait(30)
            results[index] = functions[index]()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a thread has not come to its end"
    return results
