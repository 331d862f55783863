"""Floating addresses, through rawdb.api, on every dialect.

Those of an instance are in test_floating_addresses.py, claims under contention in test_address_claims.py, and deleting
many in test_floating_ip_bulk_destroy.py.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    FixedIpNotFoundForAddress,
    FloatingIpExists,
    FloatingIpNotFound,
    FloatingIpNotFoundForAddress,
    FloatingIpNotFoundForHost,
    Forbidden,
    InvalidIpAddressError,
    NoFloatingIpsDefined,
    NoMoreFloatingIps,
    NotFound,
)
from tests.operations.address_helpers import (
    STRANGER,
    admin,
    changed,
    delete,
    fixed,
    floating,
    instance,
    network,
    row_of,
)
from tests.operations.factories import stored
from tests.operations.instance_helpers import columns, new_uuid, reading
from tests.support.rows import Row

NO_IDS: list[Any] = ["asdf", 2**70]


def now_is(moment: datetime) -> datetime:
    """Let five seconds pass on the stopped clock that showed `moment`; the time then."""
    timeutils.advance_time_seconds(5)
    return moment + timedelta(seconds=5)


class TestGuards:
    def test_admins_only(self, context: RequestContext) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: api.floating_ip_get_all(context),
            lambda: api.floating_ip_get_all_by_host(context, "h"),
        ]
        for call in calls:
            with pytest.raises(AdminRequired):
                call()

    def test_somebody(self, nobody: RequestContext) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: api.floating_ip_get(nobody, 1),
            lambda: api.floating_ip_get_pools(nobody),
            lambda: api.floating_ip_allocate_address(nobody, "fake-project", "pool"),
            lambda: api.floating_ip_create(nobody, {}),
            lambda: api.floating_ip_bulk_create(nobody, []),
            lambda: api.floating_ip_bulk_destroy(nobody, []),
            lambda: api.floating_ip_fixed_ip_associate(nobody, "1.1.1.1", "10.0.0.1", "h"),
            lambda: api.floating_ip_deallocate(nobody, "1.1.1.1"),
            lambda: api.floating_ip_destroy(nobody, "1.1.1.1"),
            lambda: api.floating_ip_disassociate(nobody, "1.1.1.1"),
            lambda: api.floating_ip_get_all_by_project(nobody, "fake-project"),
            lambda: api.floating_ip_get_by_address(nobody, "1.1.1.1"),
            lambda: api.floating_ip_get_by_fixed_address(nobody, "10.0.0.1"),
            lambda: api.floating_ip_get_by_fixed_ip_id(nobody, 1),
            lambda: api.floating_ip_update(nobody, "1.1.1.1", {}),
            lambda: api.floating_ip_set_auto_assigned(nobody, "1.1.1.1"),
            lambda: api.floating_ip_count_by_project(nobody, "fake-project"),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call()

    def test_another_project(self, context: RequestContext) -> None:
        floating("1.1.1.1", project_id="fake-project")
        floating("1.1.1.2", pool="pool")
        fixed("10.0.0.1")
        before = stored("floating_ips")
        calls: list[Callable[[], Any]] = [
            lambda: api.floating_ip_allocate_address(STRANGER, "fake-project", "pool"),
            lambda: api.floating_ip_get_all_by_project(STRANGER, "fake-project"),
            lambda: api.floating_ip_count_by_project(STRANGER, "fake-project"),
            lambda: api.floating_ip_get_by_address(STRANGER, "1.1.1.1"),
            lambda: api.floating_ip_fixed_ip_associate(STRANGER, "1.1.1.1", "10.0.0.1", "h"),
            lambda: api.floating_ip_update(STRANGER, "1.1.1.1", {"host": "h"}),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call()
        assert stored("floating_ips") == before


class TestCreate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        values = {"address": "1.1.1.1", "pool": "pool", "bogus": 1}
        row = api.floating_ip_create(context, values)
        assert statements == ["floating_ip_create"]
        assert values == {"address": "1.1.1.1", "pool": "pool", "bogus": 1}
        expected = dict.fromkeys(columns("floating_ips")) | {
            "id": row["id"],
            "address": "1.1.1.1",
            "pool": "pool",
            "auto_assigned": False,
            "created_at": stopped_clock,
            "deleted": 0,
        }
        assert row == expected == row_of("floating_ips", row["id"])

    def test_duplicates(self, context: RequestContext) -> None:
        floating("1.1.1.1", deleted=50)
        row = floating("1.1.1.1", project_id="another")
        taken: Any
        for taken in ("1.1.1.1", ipaddress.ip_address("1.1.1.1")):
            with pytest.raises(FloatingIpExists) as exists:
                api.floating_ip_create(context, {"address": taken})
            assert exists.value.kwargs["address"] == taken
        with pytest.raises(DBDuplicateEntry):
            floating("1.1.1.2", id=row["id"])
        floating(None)
        floating(None)
        delete("floating_ips", row["id"])
        floating("1.1.1.1")
        with pytest.raises(DBDataError):
            floating("1.1.1.3", fixed_ip_id="asdf")


class TestBulkCreate:
    def test_in_order(self, context: RequestContext, statements: list[str]) -> None:
        floating("1.1.0.7", deleted=50)
        ips = [{"address": f"1.1.{n // 256}.{n % 256}", "pool": f"pool{n % 3}", "bogus": n} for n in range(1200)]
        ips.reverse()
        copies = [dict(ip) for ip in ips]
        statements.clear()
        rows = api.floating_ip_bulk_create(context, ips)
        assert ips == copies
        assert statements.count("floating_ip_bulk_create") == 3
        assert [(row["address"], row["pool"]) for row in rows] == [(ip["address"], ip["pool"]) for ip in ips]
        assert rows == api.floating_ip_get_all(admin())
        assert api.floating_ip_bulk_create(context, []) == []

    def test_rows_of_all_kinds(self, context: RequestContext) -> None:
        ips: list[dict[str, Any]] = [
            {"address": "1.1.1.1"},
            {"address": None},
            {"address": "FE80:0::1"},
            {"address": "1.1.1.1", "deleted": 7},
            {"address": "1.1.1.9", "id": 900},
            {"address": "1.1.1.3", "project_id": "p", "auto_assigned": True},
        ]
        rows = api.floating_ip_bulk_create(context, (ip for ip in ips))
        assert [row["address"] for row in rows] == ["1.1.1.1", None, "fe80::1", "1.1.1.1", "1.1.1.9", "1.1.1.3"]
        assert [row["deleted"] for row in rows] == [0, 0, 0, 7, 0, 0]
        assert rows[4]["id"] == 900
        assert rows == [row_of("floating_ips", row["id"]) for row in rows]

    @pytest.mark.parametrize("culprit", ["1.9.9.9", "1.1.2.150", "1.1.0.0", "FE80::1"])
    def test_the_first_duplicate_is_named(self, context: RequestContext, culprit: str) -> None:
        floating("1.9.9.9")
        ips = [{"address": f"1.1.{n // 256}.{n % 256}"} for n in range(700)] + [{"address": "fe80::1"}]
        with pytest.raises(FloatingIpExists) as exists:
            api.floating_ip_bulk_create(context, [*ips, {"address": culprit}, {"address": "1.1.0.5"}])
        assert exists.value.kwargs["address"] == culprit
        assert [row["address"] for row in stored("floating_ips")] == ["1.9.9.9"]


class TestAllocate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        rows = [floating(f"1.1.1.{n}", pool="pool", host="h", interface="eth0") for n in (3, 2)]
        now = now_is(stopped_clock)
        statements.clear()
        assert api.floating_ip_allocate_address(context, "fake-project", "pool") == "1.1.1.3"
        assert statements == ["BEGIN", "floating_ip_allocate_address__free", "floating_ip_allocate_address", "COMMIT"]
        expected = changed(rows[0], project_id="fake-project", auto_assigned=False, updated_at=now)
        assert row_of("floating_ips", rows[0]["id"]) == expected
        assert row_of("floating_ips", rows[1]["id"]) == rows[1]
        assert api.floating_ip_allocate_address(admin(), "another", "pool", auto_assigned=True) == "1.1.1.2"
        got = row_of("floating_ips", rows[1]["id"])
        assert (got["project_id"], got["auto_assigned"]) == ("another", True)
        assert stored("quota_usages") == stored("reservations") == []

    def test_what_is_free(self, context: RequestContext) -> None:
        floating("1.1.1.1", pool="pool", deleted=50)
        floating("1.1.1.1", pool="pool", project_id="another")
        floating("1.1.1.2", pool="pool", fixed_ip_id=1)
        floating("1.1.1.3", pool="other")
        floating("1.1.1.4")
        for caller in (context, reading(context, "yes"), reading(context, "only")):
            with pytest.raises(NoMoreFloatingIps) as none_left:
                api.floating_ip_allocate_address(caller, "fake-project", "pool")
            assert isinstance(none_left.value, NotFound)
        nowhere: Any = None
        assert api.floating_ip_allocate_address(context, "fake-project", nowhere) == "1.1.1.4"
        with pytest.raises(NoMoreFloatingIps):
            api.floating_ip_allocate_address(context, "fake-project", nowhere)
        free = floating("1.1.1.5", pool="pool", auto_assigned=True)
        assert api.floating_ip_allocate_address(reading(context, "only"), "fake-project", "pool") == "1.1.1.5"
        assert row_of("floating_ips", free["id"])["auto_assigned"] is False
        with pytest.raises(DBDataError):
            api.floating_ip_allocate_address(admin(), "x" * 300, "other")

    def test_what_is_given_back_is_free_again(self, context: RequestContext) -> None:
        row = floating("1.1.1.1", pool="pool")
        api.floating_ip_allocate_address(context, "fake-project", "pool")
        fixed("10.0.0.1")
        api.floating_ip_fixed_ip_associate(context, "1.1.1.1", "10.0.0.1", "h")
        api.floating_ip_deallocate(context, "1.1.1.1")
        with pytest.raises(NoMoreFloatingIps):
            api.floating_ip_allocate_address(context, "fake-project", "pool")
        api.floating_ip_disassociate(context, "1.1.1.1")
        assert api.floating_ip_allocate_address(context, "fake-project", "pool") == row["address"]


class TestAssociate:
    def test_the_rows(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        net = network(label="net")
        fixed("10.0.0.1", deleted=50)
        target = fixed("10.0.0.1", network_id=net, instance_uuid=new_uuid())
        floating("1.1.1.1", deleted=60)
        row = floating("1.1.1.1", project_id="fake-project", fixed_ip_id=999, auto_assigned=True)
        now = now_is(stopped_clock)
        statements.clear()
        got: Any = api.floating_ip_fixed_ip_associate(context, "1.1.1.1", "10.0.0.1", "h")
        assert got is not None
        assert statements == [
            "BEGIN", "floating_ip_get_by_address", "floating_ip_fixed_ip_associate__fixed_ip",
            "floating_ip_fixed_ip_associate", "COMMIT",
        ]  # fmt: skip
        assert got.pop("network")["label"] == "net"
        assert got == target
        bound = changed(row, fixed_ip_id=target["id"], host="h", updated_at=now)
        assert row_of("floating_ips", row["id"]) == bound
        timeutils.advance_time_seconds(5)
        assert api.floating_ip_fixed_ip_associate(context, "1.1.1.1", "10.0.0.1", "x") is None
        assert row_of("floating_ips", row["id"]) == bound

    def test_what_is_missing(self, context: RequestContext) -> None:
        row = floating("1.1.1.1")
        fixed("10.0.0.1", network_id=network(deleted=5))
        fixed("10.0.0.2", deleted=50)
        missing: Any
        for missing in ("1.1.1.2", "zork", None):
            with pytest.raises(FloatingIpNotFoundForAddress) as lost:
                api.floating_ip_fixed_ip_associate(context, missing, "10.0.0.9", "h")
            assert lost.value.kwargs["address"] == missing
        for missing in ("10.0.0.2", "zork", "", None):
            with pytest.raises(FixedIpNotFoundForAddress) as gone:
                api.floating_ip_fixed_ip_associate(context, "1.1.1.1", missing, "h")
            assert gone.value.kwargs["address"] == missing
        assert row_of("floating_ips", row["id"]) == row
        got = api.floating_ip_fixed_ip_associate(context, "1.1.1.1", "10.0.0.1", None)
        assert got is not None
        assert got["network"] is None
        # Deleted rows are seen as the context says.
        old = floating("1.1.1.1", deleted=70)
        assert api.floating_ip_fixed_ip_associate(reading(context, "only"), "1.1.1.1", "10.0.0.2", "h") is not None
        assert row_of("floating_ips", old["id"])["host"] == "h"
        with pytest.raises(DBDataError):
            api.floating_ip_fixed_ip_associate(reading(context, "yes"), "1.1.1.1", "10.0.0.2", "x" * 300)


class TestDeallocate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        floating("1.1.1.1", project_id="fake-project", deleted=50)
        values = {"fixed_ip_id": 9, "host": "h", "auto_assigned": True, "pool": "pool"}
        row = floating("1.1.1.1", project_id="another-project", **values)
        other = floating("1.1.1.2", project_id="fake-project")
        now = now_is(stopped_clock)
        statements.clear()
        got = api.floating_ip_deallocate(context, "1.1.1.1")
        assert statements == ["BEGIN", "floating_ip_deallocate__row", "floating_ip_deallocate", "COMMIT"]
        assert got == changed(row, project_id=None, host=None, auto_assigned=False, updated_at=now)
        assert got == row_of("floating_ips", row["id"])
        assert row_of("floating_ips", other["id"]) == other
        missing: Any
        for missing in ("1.1.1.1", "1.1.1.9", "zork", "", None):
            assert api.floating_ip_deallocate(context, missing) is None

    def test_the_visible_row(self, context: RequestContext) -> None:
        old = floating("1.1.1.1", project_id="fake-project", deleted=50)
        row = floating("1.1.1.1", project_id="fake-project")
        got = api.floating_ip_deallocate(reading(context, "yes"), "1.1.1.1")
        assert got is not None
        assert (got["id"], got["project_id"]) == (old["id"], None)
        assert row_of("floating_ips", row["id"]) == row
        assert api.floating_ip_deallocate(reading(context, "only"), "1.1.1.1") is None


class TestDestroy:
    def test_for_good(self, context: RequestContext, statements: list[str]) -> None:
        old, row = floating("1.1.1.1", deleted=50), floating("1.1.1.1", project_id="another-project")
        other = floating("1.1.1.2")
        statements.clear()
        assert api.floating_ip_destroy(context, "1.1.1.1") is None
        assert statements == ["floating_ip_destroy"]
        assert [one["id"] for one in stored("floating_ips")] == [old["id"], other["id"]]
        missing: Any
        for missing in ("1.1.1.1", "zork", "", None):
            with pytest.raises(FloatingIpNotFoundForAddress) as refused:
                api.floating_ip_destroy(context, missing)
            assert refused.value.kwargs["address"] == missing
        assert floating("1.1.1.1")["id"] != row["id"]
        api.floating_ip_destroy(reading(context, "yes"), "1.1.1.1")
        assert [one["id"] for one in stored("floating_ips")] == [other["id"]]
        assert stored("quota_usages") == []


class TestDisassociate:
    def test_the_rows(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        target = fixed("10.0.0.1", network_id=network(label="net"), instance_uuid=new_uuid())
        floating("1.1.1.1", fixed_ip_id=target["id"], deleted=50)
        values = {"project_id": "another-project", "host": "h", "auto_assigned": True}
        row = floating("1.1.1.1", fixed_ip_id=target["id"], **values)
        now = now_is(stopped_clock)
        statements.clear()
        got: Any = api.floating_ip_disassociate(context, "1.1.1.1")
        assert got is not None
        assert statements == ["BEGIN", "floating_ip_disassociate__row", "floating_ip_disassociate", "COMMIT"]
        assert got.pop("network")["label"] == "net"
        assert got == target
        assert row_of("floating_ips", row["id"]) == changed(row, fixed_ip_id=None, host=None, updated_at=now)
        assert api.floating_ip_disassociate(context, "1.1.1.1") is None
        missing: Any
        for missing in ("1.1.1.2", "zork", "", None):
            with pytest.raises(FloatingIpNotFoundForAddress) as refused:
                api.floating_ip_disassociate(context, missing)
            assert refused.value.kwargs["address"] == missing

    def test_a_fixed_address_that_is_not_seen(self, context: RequestContext) -> None:
        gone = fixed("10.0.0.1", network_id=network(), deleted=50)
        row = floating("1.1.1.1", fixed_ip_id=gone["id"])
        assert api.floating_ip_disassociate(context, "1.1.1.1") is None
        assert row_of("floating_ips", row["id"])["fixed_ip_id"] is None
        api.floating_ip_update(context, "1.1.1.1", {"fixed_ip_id": gone["id"]})
        assert api.floating_ip_disassociate(reading(context, "yes"), "1.1.1.1") == changed(gone, network=None)


class TestGet:
    def shown(self, context: RequestContext, row: Row) -> list[Any]:
        """The row as each of the operations shows it that carry relations."""
        every = api.floating_ip_get_all_by_project(admin(), row["project_id"])
        return [
            api.floating_ip_get(context, row["id"]),
            api.floating_ip_get_by_address(context, row["address"]),
            *[one for one in every if one["id"] == row["id"]],
        ]

    def test_relations(self, context: RequestContext, statements: list[str]) -> None:
        uuid = instance()
        target = fixed("10.0.0.1", network_id=network(), instance_uuid=uuid)
        row = floating("1.1.1.1", fixed_ip_id=target["id"], project_id="fake-project")
        statements.clear()
        views = self.shown(context, row)
        assert statements == ["floating_ip_get_all_by_project", "floating_ip_get", "floating_ip_get_by_address"]
        for got in views:
            fixed_ip = got.pop("fixed_ip")
            holder = fixed_ip.pop("instance")
            assert set(holder) == columns("instances") | {"name"}
            assert (holder["uuid"], holder["name"]) == (uuid, f"instance-{holder['id']:08x}")
            assert fixed_ip == target
            assert got == row
        assert len(views) == 3

    def test_relations_that_lead_nowhere(self, context: RequestContext) -> None:
        target = fixed("10.0.0.1", instance_uuid=instance(deleted=5))
        to_deleted = fixed("10.0.0.2", instance_uuid=instance(), deleted=50)
        own = {"project_id": "fake-project"}
        for got in self.shown(context, floating("1.1.1.1", fixed_ip_id=target["id"], **own)):
            assert got["fixed_ip"] == changed(target, instance=None)
        for number, fixed_ip_id in enumerate((to_deleted["id"], 999, None)):
            for got in self.shown(context, floating(f"1.1.2.{number}", fixed_ip_id=fixed_ip_id, **own)):
                assert got["fixed_ip"] is None
        deleted = floating("1.1.3.1", fixed_ip_id=target["id"], deleted=60, **own)
        assert self.shown(reading(context, "yes"), deleted) == [changed(deleted, fixed_ip=None)] * 2

    def test_by_id(self, context: RequestContext) -> None:
        mine = floating("1.1.1.1", project_id="fake-project")
        gone = floating("1.1.1.1", project_id="fake-project", deleted=50)
        free, other = floating("1.1.1.2"), floating("1.1.1.3", project_id="another-project")
        assert api.floating_ip_get(context, str(mine["id"]))["id"] == mine["id"]  # type: ignore[arg-type]
        assert api.floating_ip_get(reading(context, "only"), gone["id"])["id"] == gone["id"]
        missing: Any
        for missing in (free["id"], other["id"], gone["id"], 10**6, None, *NO_IDS):
            with pytest.raises(FloatingIpNotFound) as refused:
                api.floating_ip_get(context, missing)
            assert refused.value.kwargs["id"] == missing
        for row in (free, other):
            assert api.floating_ip_get(admin(), row["id"])["id"] == row["id"]

    def test_by_address(self, context: RequestContext) -> None:
        old = floating("1.1.1.1", project_id="another-project", deleted=50)
        free = floating("1.1.1.1")
        other = floating("1.1.1.2", project_id="another-project")
        floating("FE80:0::1")
        assert api.floating_ip_get_by_address(context, "1.1.1.1")["id"] == free["id"]
        assert api.floating_ip_get_by_address(context, "fe80:0:0::1")["address"] == "fe80::1"
        assert api.floating_ip_get_by_address(admin("only"), "1.1.1.1")["id"] == old["id"]
        assert api.floating_ip_get_by_address(STRANGER, "1.1.1.2")["id"] == other["id"]
        for caller, address in ((context, "1.1.1.2"), (reading(context, "yes"), "1.1.1.1")):
            with pytest.raises(Forbidden):
                api.floating_ip_get_by_address(caller, address)
        missing: Any
        for missing in ("1.1.1.3", "zork", "x" * 300, 2**70):
            with pytest.raises(FloatingIpNotFoundForAddress) as refused:
                api.floating_ip_get_by_address(context, missing)
            assert refused.value.kwargs["address"] == missing
        for empty in ("", None):
            with pytest.raises(FloatingIpNotFoundForAddress) as refused:
                api.floating_ip_get_by_address(context, empty)
            assert refused.value.kwargs["address"] is None
        without = floating(None)
        assert api.floating_ip_get_by_address(context, "")["id"] == without["id"]

    @pytest.mark.parametrize("value", [{"a": 1}, ["1.1.1.1"], b"1.1.1.1", "1.1.1.1\x00", "\ud800"])
    def test_no_address_at_all(self, context: RequestContext, value: Any) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: api.floating_ip_get_by_address(context, value),
            lambda: api.floating_ip_fixed_ip_associate(context, value, "10.0.0.1", "h"),
            lambda: api.floating_ip_update(context, value, {"host": "h"}),
        ]
        for call in calls:
            with pytest.raises(InvalidIpAddressError):
                call()


class TestLists:
    def test_pools(self, context: RequestContext) -> None:
        assert api.floating_ip_get_pools(context) == []
        for number, pool in enumerate(["b", "a", "b", None, "", None]):
            floating(f"1.1.1.{number}", pool=pool, project_id="another-project")
        floating("1.1.1.1", pool="gone", deleted=50)
        floating("1.1.1.2", pool="a", deleted=51)

        def pools(caller: RequestContext) -> list[Any]:
            rows = api.floating_ip_get_pools(caller)
            assert all(set(row) == {"name"} for row in rows)
            return [row["name"] for row in rows]

        assert pools(context) == [None, "", "a", "b"]
        assert pools(reading(context, "only")) == ["a", "gone"]
        assert pools(reading(context, "yes")) == [None, "", "a", "b", "gone"]

    def test_all(self, admin_context: RequestContext) -> None:
        floating("1.1.1.1", deleted=50)
        for read_deleted in ("no", "yes"):
            with pytest.raises(NoFloatingIpsDefined):
                api.floating_ip_get_all(admin(read_deleted))
        rows = [floating("1.1.1.2", fixed_ip_id=1), floating("1.1.1.1", project_id="p")]
        for read_deleted in ("no", "yes", "only"):
            assert api.floating_ip_get_all(admin(read_deleted)) == rows

    def test_by_host(self, admin_context: RequestContext) -> None:
        rows = [floating("1.1.1.2", host="h"), floating("1.1.1.1", host="h")]
        floating("1.1.1.1", host="h", deleted=50)
        floating("1.1.1.3", host="x")
        for read_deleted in ("no", "yes", "only"):
            assert api.floating_ip_get_all_by_host(admin(read_deleted), "h") == rows
        missing: Any
        for missing in ("nowhere", None):
            with pytest.raises(FloatingIpNotFoundForHost) as refused:
                api.floating_ip_get_all_by_host(admin_context, missing)
            assert refused.value.kwargs["host"] == missing
        homeless = floating("1.1.1.4")
        none: Any = None
        assert api.floating_ip_get_all_by_host(admin_context, none) == [homeless]

    def test_by_project(self, context: RequestContext) -> None:
        assert api.floating_ip_get_all_by_project(context, "fake-project") == []
        rows = [floating(f"1.1.1.{number}", project_id="fake-project") for number in (2, 1)]
        floating("1.1.1.3", project_id="fake-project", auto_assigned=True)
        unknown = floating("1.1.1.4", project_id="fake-project")
        api.floating_ip_update(context, "1.1.1.4", {"auto_assigned": None})
        floating("1.1.1.1", project_id="fake-project", deleted=50)
        floating("1.1.1.5", project_id="another-project")
        free = floating("1.1.1.6")
        expected = [changed(row, fixed_ip=None) for row in rows]
        for read_deleted in ("no", "yes", "only"):
            caller = reading(context, read_deleted)
            assert api.floating_ip_get_all_by_project(caller, "fake-project") == expected
            assert api.floating_ip_count_by_project(caller, "fake-project", session=object()) == 2
        assert row_of("floating_ips", unknown["id"])["auto_assigned"] is None
        none: Any = None
        assert api.floating_ip_get_all_by_project(admin(), none) == [changed(free, fixed_ip=None)]
        assert api.floating_ip_count_by_project(admin(), none) == 1
        assert api.floating_ip_count_by_project(admin(), "zork") == 0

    def test_by_fixed_address(self, context: RequestContext) -> None:
        gone, target, other = fixed("10.0.0.1", deleted=50), fixed("10.0.0.1"), fixed("10.0.0.2")
        rows = [
            floating("1.1.1.3", fixed_ip_id=target["id"], project_id="another-project"),
            floating("1.1.1.1", fixed_ip_id=gone["id"]),
        ]
        old = floating("1.1.1.1", fixed_ip_id=target["id"], deleted=60)
        floating("1.1.1.2", fixed_ip_id=other["id"])
        loose = floating("1.1.1.4")
        assert api.floating_ip_get_by_fixed_address(context, "10.0.0.1") == rows
        assert api.floating_ip_get_by_fixed_address(reading(context, "yes"), "10.0.0.1") == [*rows, old]
        assert api.floating_ip_get_by_fixed_address(reading(context, "only"), "10.0.0.1") == [old]
        assert api.floating_ip_get_by_fixed_ip_id(context, target["id"]) == rows[:1]
        assert api.floating_ip_get_by_fixed_ip_id(reading(context, "yes"), str(target["id"])) == [rows[0], old]  # type: ignore[arg-type]
        assert api.floating_ip_get_by_fixed_ip_id(reading(context, "only"), target["id"]) == [old]
        missing: Any
        for missing in ("10.0.0.3", "zork", None, 2**70):
            assert api.floating_ip_get_by_fixed_address(context, missing) == []
        for missing in (999, *NO_IDS):
            assert api.floating_ip_get_by_fixed_ip_id(context, missing) == []
        none: Any = None
        assert api.floating_ip_get_by_fixed_ip_id(context, none) == [loose]


class TestUpdate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        old = floating("1.1.1.1", deleted=50)
        row, other = floating("1.1.1.1", project_id="fake-project"), floating("1.1.1.2")
        now = now_is(stopped_clock)
        values = {"host": "h", "fixed_ip_id": "3", "auto_assigned": False, "bogus": 1}
        copy = dict(values)
        statements.clear()
        assert api.floating_ip_update(context, "1.1.1.1", values) is None
        assert statements == ["BEGIN", "floating_ip_get_by_address", "floating_ip_update", "COMMIT"]
        assert values == copy
        new = changed(row, host="h", fixed_ip_id=3, updated_at=now)
        assert row_of("floating_ips", row["id"]) == new
        timeutils.advance_time_seconds(5)
        for nothing in (values, {}, {"bogus": 2}):
            api.floating_ip_update(context, "1.1.1.1", nothing)
        assert row_of("floating_ips", row["id"]) == new
        assert row_of("floating_ips", other["id"]) == other
        api.floating_ip_update(reading(context, "only"), "1.1.1.1", {"pool": "p"})
        assert row_of("floating_ips", old["id"])["pool"] == "p"

    def test_a_row_handed_back(self, context: RequestContext, stopped_clock: datetime) -> None:
        floating("1.1.1.1", updated_at=stopped_clock - timedelta(seconds=9))
        row = api.floating_ip_get_by_address(context, "1.1.1.1")
        api.floating_ip_update(context, "1.1.1.1", {**row, "host": "h"})
        assert row_of("floating_ips", row["id"])["updated_at"] == stopped_clock

    def test_refusals(self, context: RequestContext) -> None:
        row = floating("1.1.1.1")
        floating("1.1.1.2")
        with pytest.raises(FloatingIpExists) as exists:
            api.floating_ip_update(context, "1.1.1.1", {"address": "1.1.1.2", "host": "h"})
        assert exists.value.kwargs["address"] == "1.1.1.2"
        for missing in ("1.1.1.3", "zork"):
            with pytest.raises(FloatingIpNotFoundForAddress):
                api.floating_ip_update(context, missing, {"host": "h"})
        with pytest.raises(DBDataError):
            api.floating_ip_update(context, "1.1.1.1", {"fixed_ip_id": "asdf"})
        assert row_of("floating_ips", row["id"]) == row

    def test_auto_assigned(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        old = floating("1.1.1.1", deleted=50)
        row, other = floating("1.1.1.1", project_id="another-project", host="h"), floating("1.1.1.2")
        now = now_is(stopped_clock)
        statements.clear()
        assert api.floating_ip_set_auto_assigned(context, "1.1.1.1") is None
        assert statements == ["floating_ip_set_auto_assigned"]
        assert row_of("floating_ips", row["id"]) == changed(row, auto_assigned=True, updated_at=now)
        assert row_of("floating_ips", old["id"]) == old
        assert row_of("floating_ips", other["id"]) == other
        missing: Any
        for missing in ("1.1.1.9", "zork", "", None):
            api.floating_ip_set_auto_assigned(context, missing)
        api.floating_ip_set_auto_assigned(reading(context, "yes"), "1.1.1.1")
        assert row_of("floating_ips", old["id"])["auto_assigned"] is True
