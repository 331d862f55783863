"""Networks and security groups under contention, on every dialect: one winner, none lost while one is free."""

from __future__ import annotations

from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import NetworkInUse, NetworkNotFound, NoMoreNetworks
from tests.operations import network_checks as checks
from tests.operations.factories import stored, together
from tests.operations.network_helpers import admin, network, put
from tests.operations.network_workers import AllInTurn
from tests.operations.quota_workers import WORKERS, as_processes, as_threads, checked, configure

ROUNDS = 4


@pytest.fixture
def arena(db: str) -> str:
    """The database with a connection for every worker; SQLite need not wait for the disk at every COMMIT."""
    rawdb.dispose()
    configure(db)
    return db


@pytest.mark.parametrize("run", [as_threads, as_processes], ids=["threads", "processes"])
def test_one_winner_and_none_left(arena: str, run: Any) -> None:
    """Networks, hosts, vlans and default groups: see AllInTurn."""
    for protocol in ("tcp", "udp"):
        api.security_group_default_rule_create(admin(), {"protocol": protocol})
    ids = [network(host=None if number % 2 else "")["id"] for number in range(WORKERS + ROUNDS + 7)]
    results = checked(run(arena, AllInTurn(ROUNDS, ids)))
    checks.all_in_turn(results, ROUNDS, ids)


def test_the_last_network_is_waited_for(arena: str) -> None:
    """Whoever finds the last free network locked waits for the holder to decide, and takes it if it comes free."""
    row = network()

    def give_up() -> None:
        with rawdb.writer.using(admin()) as sql:
            sql.execute(f"UPDATE networks SET project_id = 'never' WHERE id = {row['id']}")
            raise ZeroDivisionError

    for _ in range(5):
        got, gone = together(lambda: api.network_associate(admin(), "p"), give_up)
        assert isinstance(gone, ZeroDivisionError)
        assert got["id"] == row["id"]
        api.network_disassociate(admin(), row["id"])


def test_one_named_network_goes_to_one_project(arena: str) -> None:
    row, spare = network(), network()
    outcomes = together(
        *[lambda n=n: api.network_associate(admin(), f"p{n}", row["id"], force=bool(n % 2)) for n in range(8)]
    )
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NoMoreNetworks) for outcome in outcomes) == 7
    assert api.network_get(admin(), spare["id"])["project_id"] is None


def test_an_address_is_allocated_or_its_network_is_deleted(arena: str) -> None:
    """Never both: an address that is allocated at the same time keeps the network, or finds itself deleted."""
    for number in range(8):
        row = network()
        address = put("fixed_ips", network_id=row["id"], address=f"10.0.0.{number}", allocated=False)

        def allocate(address: int = address) -> int:
            with rawdb.writer.using(admin()) as sql:
                text = f"UPDATE fixed_ips SET allocated = TRUE WHERE id = {address} AND deleted = 0"
                return sql.execute(text).matched

        allocated, deleted = together(allocate, lambda row=row: api.network_delete_safe(admin(), row["id"]))
        assert allocated in (0, 1)
        [stored_address] = [one for one in stored("fixed_ips") if one["id"] == address]
        if allocated:
            assert isinstance(deleted, NetworkInUse)
            assert stored_address["deleted"] == 0
            assert api.network_get(admin(), row["id"]) == row
        else:
            assert deleted is None
            assert stored_address["deleted"] == address
            with pytest.raises(NetworkNotFound):
                api.network_get(admin(), row["id"])


@pytest.mark.dialects("mysql")
def test_within_a_transaction_that_has_read_before(arena: str) -> None:
    """Its snapshot may be older than the host that another caller has set."""
    context: RequestContext = admin()
    row = network()
    with rawdb.writer.using(context):
        assert api.network_get(context, row["id"])["host"] is None
        assert api.network_set_host(admin(), row["id"], "first") == "first"
        assert api.network_set_host(context, row["id"], "second") == "first"


@pytest.mark.dialects("mysql", "postgresql")
def test_within_a_transaction_a_project_gets_one_network(arena: str) -> None:
    """A plain read under the project's lock may show a snapshot in which the network of another caller is missing."""
    context: RequestContext = admin()
    ids = [network()["id"] for _ in range(3)]
    with rawdb.writer.using(context):
        assert api.project_get_networks(context, "p", associate=False) == []
        assert api.network_associate(admin(), "p")["id"] == ids[0]
        assert api.network_associate(context, "p")["id"] == ids[0]
        assert [row["id"] for row in api.project_get_networks(context, "p")] != []
    assert [row["project_id"] for row in stored("networks")] == ["p", None, None]


@pytest.mark.dialects("mysql", "postgresql")
def test_a_network_that_becomes_another_projects_is_not_changed(arena: str) -> None:
    """What the operation has read may be another project's when it writes."""
    context = RequestContext("u", "p", is_admin=False)
    row = network()
    observers = rawdb.default_database().observers

    def give_away(name: str, text: str) -> None:
        if name == "network_update":
            observers.remove(give_away)
            assert api.network_associate(admin(), "q", row["id"])["id"] == row["id"]

    observers.append(give_away)
    with pytest.raises(NetworkNotFound):
        api.network_update(context, row["id"], {"label": "mine"})
    assert give_away not in observers
    [left] = stored("networks")
    assert (left["label"], left["project_id"]) == (row["label"], "q")
