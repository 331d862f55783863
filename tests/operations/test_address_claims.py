"""Claims of addresses under contention, on every dialect: nothing handed out twice, nothing lost while some is free."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from rawdb.exceptions import FixedIpAlreadyInUse, NoMoreFixedIps, NoMoreFloatingIps
from tests.operations.address_helpers import admin, fixed, floating, row_of
from tests.operations.address_workers import (
    CLAIMS,
    NETWORK,
    POOL,
    check,
    in_processes,
    in_threads,
    provide,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import new_uuid
from tests.support.rows import there

WORKERS = 12
ROUNDS = 10


@pytest.fixture(autouse=True)
def _enough_connections(db: str) -> None:
    """A connection kept for each worker: opening one costs more than what these tests do with it."""
    rawdb.dispose()
    rawdb.configure(connection=db, max_pool_size=2 * WORKERS)


@pytest.mark.parametrize("share", [0.7, 1.2])
@pytest.mark.parametrize("name", list(CLAIMS))
def test_threads(db: str, name: str, share: float) -> None:
    count = int(WORKERS * ROUNDS * share)
    provide(ROUNDS, count)
    outcomes = in_threads(name, ROUNDS, WORKERS, threading.Barrier(WORKERS))
    check(name, outcomes, WORKERS, ROUNDS if name == "fixed_ip_associate" else count)


@pytest.mark.slow
def test_processes(db: str) -> None:
    count = int(WORKERS * ROUNDS * 0.8)
    provide(ROUNDS, count)
    parts = in_processes(db, list(CLAIMS), ROUNDS, WORKERS, processes=4)
    for name in CLAIMS:
        outcomes = [outcome for part in parts for outcome in part[name]]
        check(name, outcomes, WORKERS, ROUNDS if name == "fixed_ip_associate" else count)


def test_the_last_address(db: str) -> None:
    for number in range(10):
        fixed(f"10.0.0.{number}", network_id=NETWORK)
        floating(f"1.1.1.{number}", pool=POOL)
        claims = [lambda: api.fixed_ip_associate_pool(admin(), NETWORK, new_uuid())] * 5
        kinds = Counter(type(outcome) for outcome in together(*claims))
        assert kinds == {dict: 1, NoMoreFixedIps: 4}
        gifts = [lambda: api.floating_ip_allocate_address(admin(), "p", POOL)] * 5
        assert Counter(type(outcome) for outcome in together(*gifts)) == {str: 1, NoMoreFloatingIps: 4}


def test_two_ways_to_one_address(db: str) -> None:
    for number in range(15):
        address = fixed(f"10.0.0.{number}", network_id=NETWORK)["address"]
        outcomes = together(
            *[lambda: api.fixed_ip_associate_pool(admin(), NETWORK, new_uuid())] * 3,
            *[lambda address=address: api.fixed_ip_associate(admin(), address, new_uuid(), NETWORK)] * 3,
        )
        won = [outcome for outcome in outcomes if isinstance(outcome, dict)]
        assert len(won) == 1, outcomes
        lost = Counter(type(outcome) for outcome in outcomes if not isinstance(outcome, dict))
        assert set(lost) <= {NoMoreFixedIps, FixedIpAlreadyInUse}
        assert row_of("fixed_ips", won[0]["id"]) == won[0]


def test_what_is_given_back_is_claimed_again(db: str) -> None:
    rows = [fixed(f"10.0.0.{number}", network_id=NETWORK) for number in range(6)]
    holders: dict[int, str] = {}
    lock = threading.Lock()

    def run() -> None:
        for _ in range(8):
            uuid = new_uuid()
            row = api.fixed_ip_associate_pool(admin(), NETWORK, uuid)
            with lock:
                assert row["id"] not in holders, "handed out twice"
                holders[row["id"]] = uuid
            assert row["instance_uuid"] == uuid
            with lock:
                del holders[row["id"]]
            api.fixed_ip_disassociate(admin(), there(row["address"]))

    # As many claimers as addresses: each finds one whenever it asks.
    assert together(*[run] * len(rows)) == [None] * len(rows)
    assert {row["instance_uuid"] for row in stored("fixed_ips")} == {None}


@contextmanager
def holding(body: Callable[[Any], Any]) -> Iterator[Any]:
    """Run `body(context)` in a transaction of another thread, which is rolled back when the block ends."""
    held, release = threading.Event(), threading.Event()
    got: list[Any] = []

    def run() -> None:
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
            got.append(body(context))
            held.set()
            release.wait(30)
            raise ZeroDivisionError

    context = get_admin_context()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert held.wait(30)
    try:
        yield got[0]
    finally:
        release.set()
        thread.join(30)


@pytest.mark.dialects("postgresql", "mysql")
class TestLocks:
    """A claim that is not decided yet: others pass by, and wait for it only when nothing else is left."""

    def test_others_pass_by(self, db: str) -> None:
        rows = [fixed(f"10.0.0.{number}", network_id=NETWORK) for number in range(3)]
        links = [floating(f"1.1.1.{number}", pool=POOL) for number in range(3)]
        with holding(lambda context: api.fixed_ip_associate_pool(context, NETWORK, new_uuid())) as row:
            assert row["id"] == rows[0]["id"]
            assert api.fixed_ip_associate_pool(admin(), NETWORK, new_uuid())["id"] == rows[1]["id"]
        with holding(lambda context: api.floating_ip_allocate_address(context, "p", POOL)) as address:
            assert address == links[0]["address"]
            assert api.floating_ip_allocate_address(admin(), "p", POOL) == links[1]["address"]
        assert api.fixed_ip_associate_pool(admin(), NETWORK, new_uuid())["id"] == rows[0]["id"]
        assert api.floating_ip_allocate_address(admin(), "p", POOL) == links[0]["address"]

    def test_what_is_held_is_waited_for(self, db: str, statements: list[str]) -> None:
        row, link = fixed("10.0.0.1", network_id=NETWORK), floating("1.1.1.1", pool=POOL)
        got: list[Any] = []

        def claim() -> None:
            got.append(api.fixed_ip_associate_pool(admin(), NETWORK, new_uuid())["id"])
            got.append(api.floating_ip_allocate_address(admin(), "p", POOL))

        asked = threading.Event()
        rawdb.default_database().observers.append(
            lambda name, text: asked.set() if name == "fixed_ip_associate_pool__first" else None
        )
        thread = threading.Thread(target=claim, daemon=True)
        with holding(lambda context: api.fixed_ip_associate_pool(context, NETWORK, new_uuid())):
            thread.start()
            assert asked.wait(30)
        thread.join(30)
        assert got == [row["id"], link["address"]]
