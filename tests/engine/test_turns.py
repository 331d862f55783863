"""Writers of one process at one SQLite database take turns; one that waits for itself is told at once."""

from __future__ import annotations

import threading

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBError

pytestmark = pytest.mark.dialects("sqlite")


def pair(name: str) -> dict[str, str]:
    return {"user_id": "fake-user", "name": name}


def test_a_writer_inside_another_of_the_same_thread_is_refused(context: RequestContext) -> None:
    with rawdb.writer.using(context):
        api.key_pair_create(context, pair("outer"))
        with pytest.raises(DBError, match="a writer is open in this thread"), rawdb.writer.independent.using(context):
            api.key_pair_create(context, pair("inner"))
    assert api.key_pair_count_by_user(context, "fake-user") == 1


def test_the_turn_is_given_back_after_an_error(context: RequestContext) -> None:
    def fail() -> None:
        with rawdb.writer.using(context):
            api.key_pair_create(context, pair("lost"))
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fail()
    api.key_pair_create(context, pair("kept"))
    assert [row["name"] for row in api.key_pair_get_all_by_user(context, "fake-user")] == ["kept"]


def test_many_threads_write_one_after_the_other(context: RequestContext) -> None:
    def work(number: int) -> None:
        own = RequestContext("fake-user", "fake-project", is_admin=False)
        for index in range(10):
            api.key_pair_create(own, pair(f"{number}-{index}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.key_pair_count_by_user(context, "fake-user") == 120


def test_readers_do_not_wait_for_the_turn(context: RequestContext) -> None:
    with rawdb.writer.using(context):
        api.key_pair_create(context, pair("unseen"))
        other = RequestContext("fake-user", "fake-project", is_admin=False)
        assert api.key_pair_count_by_user(other, "fake-user") == 0
