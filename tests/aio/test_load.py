"""500 tasks at once, half of them cancelled somewhere: quotas stay exact and transactions whole, on every dialect."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

import rawdb
from rawdb import aio, api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import OverQuota
from tests.aio.aio_helpers import CancelledAt, create, names, nothing_lent
from tests.operations.factories import stored
from tests.operations.quota_helpers import FAR, counting, live_reservations, reserve, usages

TASKS = 500
LIMIT = 120
USERS = 6
#: So many times a task waits that is granted a unit and is not cancelled.
WAITS = 7


class Crowd:
    """Tasks that each want one unit of a project, and store two rows with it.

    A third of them share one context, so that only the task tells them apart.
    """

    def __init__(self) -> None:
        self.shared = RequestContext("user-0", "project", is_admin=False, overwrite=False)
        self.granted: dict[int, list[str]] = {}
        #: Tasks that asked to commit, and those that came to their end.
        self.committing: set[int] = set()
        self.finished: set[int] = set()
        self.stored: set[int] = set()
        self.refused = 0
        self.cancelled = 0

    async def run(self) -> None:
        """All of them, at the same time."""
        results = await asyncio.gather(*[self._guarded(number) for number in range(TASKS)], return_exceptions=True)
        errors = [result for result in results if isinstance(result, Exception)]
        if errors:
            raise errors[0]
        self.cancelled = sum(isinstance(result, asyncio.CancelledError) for result in results)

    async def _guarded(self, number: int) -> None:
        dice = random.Random(number)
        work = self._work(number, dice)
        if dice.random() < 0.5:
            await CancelledAt(work, dice.randint(1, WAITS), dice.choice([None, 0.0, 0.001, 0.01]))
        else:
            await work

    async def _work(self, number: int, dice: random.Random) -> None:
        context = self.shared
        if number % 3:
            context = RequestContext(f"user-{number % USERS}", "project", is_admin=False, overwrite=False)
        try:
            uuids = await self._reserve(context)
        except OverQuota:
            self.refused += 1
            return
        self.granted[number] = uuids
        async with aio.writer.using(context):
            await create(context, f"{number} first")
            await asyncio.sleep(0)
            await create(context, f"{number} second")
        self.stored.add(number)
        if dice.random() < 0.8:
            self.committing.add(number)
            await aio.api.reservation_commit(context, uuids)
        else:
            await aio.api.reservation_rollback(context, uuids)
        self.finished.add(number)

    @staticmethod
    async def _reserve(context: RequestContext) -> list[str]:
        resources = {"fixed_ips": counting(fixed_ips=0)}
        return await aio.run(reserve, context, {"fixed_ips": 1}, resources=resources, quotas={"fixed_ips": LIMIT})


@pytest.fixture
def arena(db: str) -> str:
    """A connection for every thread; SQLite need not wait for the disk at every COMMIT."""
    rawdb.dispose()
    rawdb.configure(connection=db, max_pool_size=20, sqlite_synchronous=False)
    return db


def test_a_crowd_with_random_cancellation(arena: str, threads: Any) -> None:
    threads(20, timeout=300)
    crowd = Crowd()
    asyncio.run(crowd.run())
    assert nothing_lent()
    assert crowd.refused > 0
    assert crowd.cancelled > 0

    # Transactions: both rows or none, and both of whoever came past his block.
    pairs = {name.partition(" ")[0] for name in names()}
    assert names() == sorted(f"{number} {part}" for number in pairs for part in ("first", "second"))
    assert {str(number) for number in crowd.stored} <= pairs <= {str(number) for number in crowd.granted}

    # Quotas: what is recorded is what the reservations say, and never more than the limit.
    live = {row["uuid"] for row in live_reservations()}
    settled = {number for number, uuids in crowd.granted.items() if uuids[0] not in live}
    committed = settled & crowd.committing
    assert crowd.finished <= settled
    assert usages() == {("project", None, "fixed_ips"): (len(committed), len(live))}
    assert len(committed) + len(live) <= LIMIT
    # A call that was cancelled on its way may have reserved without telling.
    assert len(stored("reservations")) >= len(crowd.granted)

    # What nobody ended expires; then exactly the rest is free.
    timeutils.set_time_override(FAR.replace(year=FAR.year + 1))
    try:
        asyncio.run(aio.api.reservation_expire(get_admin_context()))
        assert usages() == {("project", None, "fixed_ips"): (len(committed), 0)}
    finally:
        timeutils.clear_time_override()
    rest = LIMIT - len(committed)
    context, resources = crowd.shared, {"fixed_ips": counting(fixed_ips=0)}
    with pytest.raises(OverQuota):
        reserve(context, {"fixed_ips": rest + 1}, resources=resources, quotas={"fixed_ips": LIMIT})
    api.reservation_commit(
        context, reserve(context, {"fixed_ips": rest}, resources=resources, quotas={"fixed_ips": LIMIT})
    )
    assert usages() == {("project", None, "fixed_ips"): (LIMIT, 0)}
