"""The connection is cut within an answer, after n bytes of all that a call is answered, for n over the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY, RetryPolicy
from rawdb.exceptions import DBConnectionError, DBOutcomeUnknown
from tests.engine.conftest import Open
from tests.support.proxy import Proxy

#: No divisor of the sizes of messages, so that cuts fall at the ends of some and into others.
STEP = 5

pytestmark = pytest.mark.dialects("postgresql", "mysql")


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    with Proxy(url) as made:
        yield made


def in_a_transaction(far: Database, name: str) -> Any:
    @far.writer
    def work(context: object) -> Any:
        sql = far.sql(context)
        sql.thing_create(values={"name": name})
        return sql.thing_count()

    return work(object())


def alone(far: Database, name: str) -> Any:
    @far.writer.autocommit
    def work(context: object) -> Any:
        return far.sql(context).thing_create(values={"name": name})["name"]

    return work(object())


def in_a_block(far: Database, name: str) -> Any:
    with far.writer.using(object()) as sql:
        sql.thing_create(values={"name": name})
        return sql.thing_count()


def only_reading(far: Database, name: str) -> Any:
    with far.reader.autocommit.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


def stored(database: Database) -> list[str]:
    with database.reader.autocommit.using(object()) as sql:
        return sorted(row["name"] for row in sql.thing_names())


def outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except DBConnectionError as error:
        return error


@pytest.mark.parametrize("retry", [NO_RETRY, RetryPolicy()], ids=["once", "again"])
@pytest.mark.parametrize("kind", [in_a_transaction, alone, in_a_block, only_reading])
def test_an_answer_that_is_cut(
    url: str, open_database: Open, proxy: Proxy, kind: Callable[[Database, str], Any], retry: RetryPolicy
) -> None:
    """What is acknowledged is there, once; what is known to have failed is not; whatever else is said to be unknown."""
    database, far = open_database(url), open_database(proxy.url, retry=retry)
    kind(far, "first")
    before = proxy.answered
    kind(far, "second")
    whole = proxy.answered - before
    unknown = acknowledged = 0
    for size in sorted({*range(0, whole, STEP), whole - 1, whole, 10 * whole}):
        far.server_version()
        names, name = stored(database), f"after {size} bytes"
        proxy.passes = size
        found = outcome(lambda name=name: kind(far, name))  # type: ignore[misc]
        proxy.passes = None
        added = [each for each in stored(database) if each not in names]
        if kind is only_reading:
            assert added == []
            assert isinstance(found, DBConnectionError) or sorted(found) == names
        elif isinstance(found, DBOutcomeUnknown):
            unknown += 1
            assert added in ([], [name])
        elif isinstance(found, DBConnectionError):
            assert added == [], name
        else:
            acknowledged += 1
            assert added == [name]
        assert far.lent() == []
    # Once a statement is prepared, its answers are shorter.
    assert proxy.lost > whole // STEP // 2
    assert (unknown > 0) is (kind is not only_reading)
    assert acknowledged > 0 or kind is only_reading
