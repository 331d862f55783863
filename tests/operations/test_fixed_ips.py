"""Fixed addresses, through rawdb.api, on every dialect. Claims under contention are in test_address_claims.py."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    FixedIpAlreadyInUse,
    FixedIpExists,
    FixedIpInvalid,
    FixedIpNotFound,
    FixedIpNotFoundForAddress,
    FixedIpNotFoundForInstance,
    FixedIpNotFoundForNetwork,
    FixedIpNotFoundForNetworkHost,
    Forbidden,
    InstanceNotFound,
    InvalidUUID,
    NoFixedIpsDefined,
    NoMoreFixedIps,
)
from tests.operations.address_helpers import (
    STRANGER,
    addresses,
    admin,
    changed,
    delete,
    fixed,
    floating,
    instance,
    network,
    put,
    row_of,
)
from tests.operations.factories import stored
from tests.operations.instance_helpers import columns, new_uuid, reading
from tests.support.rows import Row, there

#: What a uuid must not be: only the canonical text passes.
NO_UUIDS: list[Any] = ["zork", "", None, 5, "00000000-0000-0000-0000-00000000000A", "0" * 32]
NO_IDS: list[Any] = ["asdf", 2**70]


class TestGuards:
    def test_admins_only(self, context: RequestContext) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: api.fixed_ip_associate(context, "10.0.0.1", "no uuid"),
            lambda: api.fixed_ip_associate_pool(context, 1, "no uuid"),
            lambda: api.fixed_ip_disassociate_all_by_timeout(context, "host", "no time"),
            lambda: api.fixed_ip_get_all(context),
            lambda: api.fixed_ip_get_by_address_detailed(context, "10.0.0.1"),
            lambda: api.fixed_ip_get_by_host(context, "host"),
        ]
        for call in calls:
            with pytest.raises(AdminRequired):
                call()

    def test_somebody(self, nobody: RequestContext) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: api.fixed_ip_create(nobody, {}),
            lambda: api.fixed_ip_bulk_create(nobody, []),
            lambda: api.fixed_ip_disassociate(nobody, "10.0.0.1"),
            lambda: api.fixed_ip_get(nobody, 1),
            lambda: api.fixed_ip_get_by_address(nobody, "10.0.0.1"),
            lambda: api.fixed_ip_get_by_floating_address(nobody, "1.1.1.1"),
            lambda: api.fixed_ip_get_by_instance(nobody, "no uuid"),
            lambda: api.fixed_ip_get_by_network_host(nobody, 1, "host"),
            lambda: api.fixed_ips_by_virtual_interface(nobody, 1),
            lambda: api.fixed_ip_update(nobody, "10.0.0.1", {}),
            lambda: api.fixed_ip_count_by_project(nobody, "fake-project"),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call()


class TestCreate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        values = {"address": "10.0.0.1", "network_id": 7, "bogus": 1}
        row = api.fixed_ip_create(context, values)
        assert statements == ["fixed_ip_create"]
        assert values == {"address": "10.0.0.1", "network_id": 7, "bogus": 1}
        expected = dict.fromkeys(columns("fixed_ips")) | {
            "id": row["id"],
            "address": "10.0.0.1",
            "network_id": 7,
            "allocated": False,
            "leased": False,
            "reserved": False,
            "created_at": stopped_clock,
            "deleted": 0,
        }
        assert row == expected == api.fixed_ip_get(context, row["id"])

    def test_duplicates(self, context: RequestContext) -> None:
        fixed("10.0.0.1", deleted=50)
        row = fixed("10.0.0.1")
        for taken in ("10.0.0.1", ipaddress.ip_address("10.0.0.1")):
            with pytest.raises(FixedIpExists) as exists:
                api.fixed_ip_create(context, {"address": taken})
            assert exists.value.kwargs["address"] == taken
        with pytest.raises(DBDuplicateEntry):
            api.fixed_ip_create(context, {"id": row["id"], "address": "10.0.0.2"})
        # NULL is no address, and a deleted row's is free.
        fixed(None)
        fixed(None)
        delete("fixed_ips", row["id"])
        assert fixed("10.0.0.1")["id"] != row["id"]

    def test_ipv6_is_shortened(self, context: RequestContext) -> None:
        row = fixed("FE80:0::1")
        assert row["address"] == "fe80::1"
        assert api.fixed_ip_get_by_address(context, "FE80::0:1")["id"] == row["id"]
        with pytest.raises(FixedIpExists) as exists:
            fixed("FE80::1")
        assert exists.value.kwargs["address"] == "FE80::1"

    @pytest.mark.parametrize("spelled", ["::ffff:10.0.0.1", "::FFFF:A00:1", "0:0:0:0:0:ffff:10.0.0.1"])
    def test_ipv4_in_ipv6_has_one_text(self, context: RequestContext, spelled: str) -> None:
        # Python 3.13 prints it in another way than its predecessors, and what one has stored the other must find.
        row = fixed(spelled)
        assert row["address"] == "::ffff:10.0.0.1"
        for text in (spelled, "::ffff:a00:1", ipaddress.ip_address("::ffff:10.0.0.1")):
            assert api.fixed_ip_get_by_address(context, text)["id"] == row["id"]  # type: ignore[arg-type]

    @pytest.mark.parametrize("values", [{"address": "1" * 40}, {"network_id": "asdf"}, {"allocated": "perhaps"}])
    def test_wrong_values(self, context: RequestContext, statements: list[str], values: dict[str, Any]) -> None:
        with pytest.raises(DBDataError):
            api.fixed_ip_create(context, {"address": "10.0.0.1", **values})
        assert statements == []


class TestBulkCreate:
    def test_in_order(self, context: RequestContext, statements: list[str]) -> None:
        ips = [
            {"address": f"10.0.{n // 256}.{n % 256}", "network_id": n % 3, "bogus": n} for n in reversed(range(1200))
        ]
        copies = [dict(ip) for ip in ips]
        assert api.fixed_ip_bulk_create(context, ips) is None
        assert ips == copies
        assert statements.count("fixed_ip_bulk_create") == 3
        rows = api.fixed_ip_get_all(admin())
        assert [(row["address"], row["network_id"]) for row in rows] == [
            (ip["address"], ip["network_id"]) for ip in ips
        ]
        assert {(row["reserved"], row["leased"], row["allocated"], row["deleted"]) for row in rows} == {
            (False, False, False, 0)
        }

    def test_rows_of_one_call_may_name_other_columns(self, context: RequestContext) -> None:
        """Also where the first names what is no column: as many keys, but not the same ones."""
        ips: Any = [{"address": "10.8.0.1", "zork": 1}, {"address": "10.8.0.2", "host": "h"}]
        api.fixed_ip_bulk_create(context, ips)
        assert [row["host"] for row in stored("fixed_ips") if row["address"].startswith("10.8.0.")] == [None, "h"]

    def test_nothing(self, context: RequestContext) -> None:
        api.fixed_ip_bulk_create(context, [])
        assert stored("fixed_ips") == []

    def test_rows_of_all_kinds(self, context: RequestContext) -> None:
        fixed("10.0.0.1", deleted=50)
        ips = ({"address": address, **more} for address, more in self.kinds())
        api.fixed_ip_bulk_create(context, ips)
        rows = sorted(stored("fixed_ips"), key=lambda row: (row["deleted"], row["host"]))
        assert [(row["host"], row["address"], row["deleted"]) for row in rows[:6]] == [
            ("a", "10.0.0.1", 0), ("b", None, 0), ("c", None, 0), ("d", "fe80::1", 0), ("f", "10.0.0.9", 0),
            ("g", "10.0.0.3", 0),
        ]  # fmt: skip
        assert {row["host"]: row["id"] for row in rows}["f"] == 900
        assert (rows[6]["host"], rows[6]["deleted"]) == ("e", 7)

    @staticmethod
    def kinds() -> Iterator[tuple[Any, dict[str, Any]]]:
        yield "10.0.0.1", {"host": "a"}
        yield None, {"host": "b"}
        yield None, {"host": "c", "deleted": 0}
        yield ipaddress.ip_address("fe80::1"), {"host": "d"}
        yield "10.0.0.1", {"host": "e", "deleted": 7}
        yield "10.0.0.9", {"host": "f", "id": 900}
        yield "10.0.0.3", {"host": "g", "deleted": None}

    @pytest.mark.parametrize("taken", ["there", "twice", "twice, far apart", "twice in two spellings"])
    def test_the_first_duplicate_is_named(self, context: RequestContext, taken: str) -> None:
        fixed("10.0.9.9", deleted=50)
        fixed("10.9.9.9")
        before = stored("fixed_ips")
        ips = [{"address": f"10.0.{n // 256}.{n % 256}"} for n in range(700)] + [{"address": "fe80::1"}]
        culprit = {"there": "10.9.9.9", "twice": "10.0.2.150", "twice, far apart": "10.0.0.0"}.get(taken, "FE80::1")
        ips += [{"address": culprit}, {"address": "10.0.0.5"}, {"address": "10.9.9.9"}]
        with pytest.raises(FixedIpExists) as exists:
            api.fixed_ip_bulk_create(context, ips)
        assert exists.value.kwargs["address"] == culprit
        assert stored("fixed_ips") == before

    def test_wrong_values_keep_nothing(self, context: RequestContext) -> None:
        ips = [{"address": f"10.0.{n // 256}.{n % 256}"} for n in range(600)]
        with pytest.raises(DBDataError):
            api.fixed_ip_bulk_create(context, [*ips, {"address": "10.9.9.9", "network_id": "asdf"}])
        assert stored("fixed_ips") == []


class TestAssociate:
    def test_the_row(self, admin_context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        fixed("10.0.0.1", deleted=50, network_id=7)
        row = fixed("10.0.0.1", network_id=7, host="h", virtual_interface_id=3)
        other = fixed("10.0.0.2", network_id=7)
        timeutils.advance_time_seconds(5)
        statements.clear()
        uuid = new_uuid()
        got = api.fixed_ip_associate(admin_context, "10.0.0.1", uuid, 7)
        assert statements == ["BEGIN", "fixed_ip_associate__row", "fixed_ip_associate", "COMMIT"]
        assert got == changed(row, instance_uuid=uuid, updated_at=stopped_clock + timedelta(seconds=5))
        assert got == row_of("fixed_ips", row["id"])
        assert row_of("fixed_ips", other["id"]) == other

    def test_a_row_of_no_network_becomes_the_networks(self, admin_context: RequestContext) -> None:
        row = fixed("10.0.0.1")
        got = api.fixed_ip_associate(admin_context, "10.0.0.1", new_uuid(), network_id="7")  # type: ignore[arg-type]
        assert got["network_id"] == 7
        assert got == row_of("fixed_ips", row["id"])
        free = fixed("10.0.0.2")
        assert api.fixed_ip_associate(admin_context, "10.0.0.2", new_uuid())["network_id"] is None
        assert row_of("fixed_ips", free["id"])["network_id"] is None

    def test_which_row(self, admin_context: RequestContext) -> None:
        fixed("10.0.0.1", network_id=7)
        fixed("10.0.0.2", network_id=7, reserved=True)
        put("fixed_ips", address="10.0.0.3", network_id=7)
        # No default is written where a row holds NULL.
        api.fixed_ip_update(admin_context, "10.0.0.3", {"reserved": None})
        gone = fixed("10.0.0.4", network_id=7)
        delete("fixed_ips", gone["id"])
        missing: list[tuple[Any, dict[str, Any]]] = [
            ("10.0.0.1", {}),
            ("10.0.0.1", {"network_id": 8}),
            ("10.0.0.1", {"network_id": 7, "reserved": True}),
            ("10.0.0.2", {"network_id": 7}),
            ("10.0.0.3", {"network_id": 7}),
            ("10.0.0.3", {"network_id": 7, "reserved": True}),
            ("10.0.0.4", {"network_id": 7}),
            ("10.0.0.9", {"network_id": 7}),
            ("zork", {"network_id": 7}),
            (None, {"network_id": 7}),
            *(("10.0.0.1", {"network_id": wrong}) for wrong in NO_IDS),
        ]
        for caller in (admin_context, admin("yes")):
            for address, more in missing:
                with pytest.raises(FixedIpNotFoundForNetwork) as refused:
                    api.fixed_ip_associate(caller, address, new_uuid(), **more)
                assert refused.value.kwargs["address"] == address
                assert refused.value.kwargs["network_uuid"] == more.get("network_id")
        assert api.fixed_ip_associate(admin_context, "10.0.0.2", new_uuid(), 7, True)["reserved"] is True
        assert api.fixed_ip_associate(admin_context, "10.0.0.1", new_uuid(), 7)["address"] == "10.0.0.1"

    def test_an_impossible_network_takes_no_row(self, admin_context: RequestContext) -> None:
        row = fixed("10.0.0.1")
        for wrong in NO_IDS:
            with pytest.raises(FixedIpNotFoundForNetwork):
                api.fixed_ip_associate(admin_context, "10.0.0.1", new_uuid(), wrong)
            with pytest.raises(NoMoreFixedIps):
                api.fixed_ip_associate_pool(admin_context, wrong, new_uuid())
        assert row_of("fixed_ips", row["id"]) == row

    def test_of_rows_without_address_the_first(self, admin_context: RequestContext) -> None:
        first, second = fixed(None), fixed(None)
        assert api.fixed_ip_associate(admin_context, None, new_uuid())["id"] == first["id"]  # type: ignore[arg-type]
        assert row_of("fixed_ips", second["id"]) == second

    def test_in_use(self, admin_context: RequestContext) -> None:
        holder, asking = new_uuid(), new_uuid()
        row = api.fixed_ip_associate(admin_context, fixed("10.0.0.1", network_id=7)["address"], holder, 7)
        for uuid in (asking, holder):
            with pytest.raises(FixedIpAlreadyInUse) as refused:
                api.fixed_ip_associate(admin_context, "10.0.0.1", uuid, 7)
            assert refused.value.kwargs["instance_uuid"] == uuid
            assert refused.value.kwargs["address"] == "10.0.0.1"
        assert row_of("fixed_ips", row["id"]) == row

    @pytest.mark.parametrize("uuid", NO_UUIDS)
    def test_the_uuid_comes_first(self, admin_context: RequestContext, statements: list[str], uuid: Any) -> None:
        with pytest.raises(InvalidUUID) as invalid:
            api.fixed_ip_associate(admin_context, "10.0.0.1", uuid)
        assert invalid.value.kwargs["uuid"] == uuid
        assert "fixed_ip_associate__row" not in statements


class TestAssociatePool:
    def test_the_row(self, admin_context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        rows = [fixed(f"10.0.0.{n}", network_id=7, allocated=True, leased=True, virtual_interface_id=n) for n in (3, 2)]
        timeutils.advance_time_seconds(5)
        statements.clear()
        uuid = new_uuid()
        got = api.fixed_ip_associate_pool(admin_context, 7, uuid, host="h")
        assert statements == ["BEGIN", "fixed_ip_associate_pool__free", "fixed_ip_associate_pool", "COMMIT"]
        now = stopped_clock + timedelta(seconds=5)
        assert got == changed(rows[0], instance_uuid=uuid, host="h", updated_at=now)
        assert got == row_of("fixed_ips", got["id"])
        assert row_of("fixed_ips", rows[1]["id"]) == rows[1]

    def test_what_is_free(self, admin_context: RequestContext) -> None:
        gone = fixed("10.0.0.1", network_id=7)
        delete("fixed_ips", gone["id"])
        fixed("10.0.0.1", network_id=8)
        fixed("10.0.0.2", network_id=7, reserved=True)
        fixed("10.0.0.3", network_id=7, instance_uuid=new_uuid())
        fixed("10.0.0.4", network_id=7, host="h")
        api.fixed_ip_update(admin_context, fixed("10.0.0.5", network_id=7)["address"], {"reserved": None})
        for caller in (admin_context, admin("yes"), admin("only")):
            with pytest.raises(NoMoreFixedIps):
                api.fixed_ip_associate_pool(caller, 7, new_uuid())
        wrong: Any
        for wrong in (9, None, *NO_IDS):
            with pytest.raises(NoMoreFixedIps):
                api.fixed_ip_associate_pool(admin_context, wrong, new_uuid())
        free = fixed("10.0.0.6", network_id=7)
        assert api.fixed_ip_associate_pool(admin("only"), "7", new_uuid())["id"] == free["id"]  # type: ignore[arg-type]

    def test_rows_of_no_network(self, admin_context: RequestContext) -> None:
        loose, own, last = fixed("10.0.0.1"), fixed("10.0.0.2", network_id=7), fixed("10.0.0.3")
        first = api.fixed_ip_associate_pool(admin_context, 7, new_uuid())
        assert (first["id"], first["network_id"]) == (loose["id"], 7)
        assert first == row_of("fixed_ips", loose["id"])
        assert api.fixed_ip_associate_pool(admin_context, 7, new_uuid())["id"] == own["id"]
        none: Any = None
        got = api.fixed_ip_associate_pool(admin_context, none, new_uuid())
        assert (got["id"], got["network_id"]) == (last["id"], None)

    def test_for_whom(self, admin_context: RequestContext) -> None:
        rows = [fixed(f"10.0.0.{n}", network_id=7) for n in range(3)]
        for holder in ({}, {"instance_uuid": "", "host": ""}):
            # Nobody: the row stays as it is, and free.
            assert api.fixed_ip_associate_pool(admin_context, 7, **holder) == rows[0]
        assert row_of("fixed_ips", rows[0]["id"]) == rows[0]
        held = api.fixed_ip_associate_pool(admin_context, 7, host="h")
        assert (held["id"], held["host"], held["instance_uuid"]) == (rows[0]["id"], "h", None)
        assert api.fixed_ip_associate_pool(admin_context, 7, new_uuid())["id"] == rows[1]["id"]
        loose = fixed("10.0.0.9")
        delete("fixed_ips", rows[2]["id"])
        got = api.fixed_ip_associate_pool(admin_context, 7)
        assert (got["id"], got["network_id"], got["instance_uuid"]) == (loose["id"], 7, None)
        assert got == row_of("fixed_ips", loose["id"])

    def test_inside_a_transaction_of_the_caller(self, admin_context: RequestContext) -> None:
        rows = [fixed(f"10.0.0.{n}", network_id=7) for n in range(2)]
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(admin_context):
            got = [api.fixed_ip_associate_pool(admin_context, 7, new_uuid())["id"] for _ in rows]
            assert got == [row["id"] for row in rows]
            with pytest.raises(NoMoreFixedIps):
                api.fixed_ip_associate_pool(admin_context, 7, new_uuid())
            raise ZeroDivisionError
        assert [row_of("fixed_ips", row["id"]) for row in rows] == rows

    @pytest.mark.parametrize("uuid", [uuid for uuid in NO_UUIDS if uuid])
    def test_the_uuid_comes_first(self, admin_context: RequestContext, uuid: Any) -> None:
        with pytest.raises(InvalidUUID) as invalid:
            api.fixed_ip_associate_pool(admin_context, 7, uuid)
        assert invalid.value.kwargs["uuid"] == uuid


class TestDisassociate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        uuid = instance()
        values = {"network_id": 7, "virtual_interface_id": 3, "host": "h", "allocated": True, "leased": True}
        fixed("10.0.0.1", instance_uuid=uuid, deleted=50)
        row = fixed("10.0.0.1", instance_uuid=uuid, **values)
        other = fixed("10.0.0.2", instance_uuid=uuid, **values)
        timeutils.advance_time_seconds(5)
        statements.clear()
        assert api.fixed_ip_disassociate(context, "10.0.0.1") is None
        assert statements == ["BEGIN", "fixed_ip_get_by_address", "fixed_ip_disassociate", "COMMIT"]
        now = stopped_clock + timedelta(seconds=5)
        assert row_of("fixed_ips", row["id"]) == changed(
            row, instance_uuid=None, virtual_interface_id=None, updated_at=now
        )
        assert row_of("fixed_ips", other["id"]) == other
        assert [one["instance_uuid"] for one in stored("fixed_ips") if one["deleted"]] == [uuid]
        api.fixed_ip_disassociate(context, "10.0.0.1")

    def test_whose(self, context: RequestContext) -> None:
        lost = new_uuid()
        for address, uuid in (("10.0.0.1", instance(deleted=9)), ("10.0.0.2", lost)):
            fixed(address, instance_uuid=uuid)
        with pytest.raises(Forbidden):
            api.fixed_ip_disassociate(STRANGER, "10.0.0.1")
        with pytest.raises(InstanceNotFound) as missing:
            api.fixed_ip_disassociate(context, "10.0.0.2")
        assert missing.value.kwargs["instance_id"] == lost
        with pytest.raises(FixedIpNotFoundForAddress):
            api.fixed_ip_disassociate(context, "10.0.0.3")
        assert None not in [row["instance_uuid"] for row in stored("fixed_ips")]
        api.fixed_ip_disassociate(context, "10.0.0.1")
        api.fixed_ip_disassociate(admin(), "10.0.0.2")
        assert [row["instance_uuid"] for row in stored("fixed_ips")] == [None, None]

    def test_the_visible_row(self, context: RequestContext) -> None:
        uuid = instance()
        old, new = fixed("10.0.0.1", instance_uuid=uuid, deleted=50), fixed("10.0.0.1", instance_uuid=uuid)
        api.fixed_ip_disassociate(reading(context, "yes"), "10.0.0.1")
        assert row_of("fixed_ips", old["id"])["instance_uuid"] is None
        assert row_of("fixed_ips", new["id"]) == new


class TestDisassociateAllByTimeout:
    OLD = datetime.fromisoformat("2026-01-01T00:00:00")
    CUT = datetime.fromisoformat("2026-02-01T00:00:00")

    def make(self, address: str, network_id: int | None, uuid: str | None, **values: Any) -> Row:
        row = {"network_id": network_id, "instance_uuid": uuid, "leased": True, "virtual_interface_id": 3}
        return fixed(address, **{**row, "updated_at": self.OLD, **values})

    def test_which_rows(self, admin_context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        here, there = instance(host="h"), instance(host="x")
        gone = instance(host="h", deleted=5)
        single, many = network(host="h", multi_host=True), network(host="x", multi_host=True)
        foreign, dead = network(host="x"), network(host="h", deleted=6)
        found = [
            self.make("10.0.0.1", single, there),
            self.make("10.0.0.2", many, here),
            self.make("10.0.0.3", many, gone),
            self.make("10.0.0.4", dead, there),
        ]
        left = [
            self.make("10.0.1.1", many, there),
            self.make("10.0.1.2", foreign, here),
            self.make("10.0.1.3", single, None),
            self.make("10.0.1.4", None, here),
            self.make("10.0.1.5", single, new_uuid()),
            self.make("10.0.1.6", 999, here),
            self.make("10.0.1.7", single, there, allocated=True),
            self.make("10.0.1.8", single, there, updated_at=self.CUT),
            self.make("10.0.1.9", single, there, updated_at=None),
            self.make("10.0.0.1", single, there, deleted=50),
        ]
        statements.clear()
        assert api.fixed_ip_disassociate_all_by_timeout(admin("only"), "h", self.CUT) == 0
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", self.CUT) == 4
        assert statements[-4:] == [
            "BEGIN", "fixed_ip_disassociate_all_by_timeout__ids", "fixed_ip_disassociate_all_by_timeout", "COMMIT",
        ]  # fmt: skip
        for row in found:
            expected = changed(row, instance_uuid=None, leased=False, updated_at=stopped_clock)
            assert row_of("fixed_ips", row["id"]) == expected
        for row in left:
            assert row_of("fixed_ips", row["id"]) == row
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", self.CUT) == 0
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "nowhere", self.CUT) == 0

    def test_the_time(self, admin_context: RequestContext) -> None:
        uuid, net = instance(host="h"), network(host="h")
        self.make("10.0.0.1", net, uuid)
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", self.OLD) == 0
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", "2026-01-01T02:00:00+02:00") == 0
        assert api.fixed_ip_disassociate_all_by_timeout(admin("yes"), "h", "2026-01-01T00:00:00.000001") == 1
        for wrong in ("zork", 5):
            with pytest.raises((ValueError, DBDataError)):
                api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", wrong)  # type: ignore[arg-type]

    def test_many(self, admin_context: RequestContext) -> None:
        uuid, net = instance(host="h"), network(host="h")
        row = {"network_id": net, "instance_uuid": uuid, "updated_at": self.OLD}
        api.fixed_ip_bulk_create(admin_context, [{"address": f"10.0.{n // 256}.{n % 256}", **row} for n in range(1500)])
        assert api.fixed_ip_disassociate_all_by_timeout(admin_context, "h", self.CUT) == 1500


class TestGet:
    def test_by_id(self, context: RequestContext, statements: list[str]) -> None:
        live, gone = network(label="live"), network(deleted=9)
        row, other = fixed("10.0.0.1", network_id=live), fixed("10.0.0.2", network_id=gone)
        statements.clear()
        assert api.fixed_ip_get(context, row["id"]) == row
        got = api.fixed_ip_get(context, row["id"], get_network=True)
        assert statements == ["fixed_ip_get"] * 2
        assert there(got.pop("network"))["label"] == "live"
        assert got == row
        assert api.fixed_ip_get(context, other["id"], True)["network"] is None
        missing: Any
        for missing in (row["id"] + 100, None, *NO_IDS):
            with pytest.raises(FixedIpNotFound) as refused:
                api.fixed_ip_get(context, missing)
            assert refused.value.kwargs["id"] == missing

    def test_deleted(self, context: RequestContext) -> None:
        row = fixed("10.0.0.1", network_id=network(), deleted=50)
        for read_deleted in ("yes", "only"):
            got = api.fixed_ip_get(reading(context, read_deleted), row["id"], get_network=True)
            # The relation is that of a live row.
            assert got == changed(row, network=None)
        with pytest.raises(FixedIpNotFound):
            api.fixed_ip_get(context, row["id"])
        with pytest.raises(FixedIpNotFound):
            api.fixed_ip_get(reading(context, "only"), fixed("10.0.0.1")["id"])

    def test_whose(self, context: RequestContext) -> None:
        lost = new_uuid()
        mine = fixed("10.0.0.1", instance_uuid=instance(deleted=5))
        nobodys = fixed("10.0.0.2", instance_uuid=instance(project_id=None))
        dangling = fixed("10.0.0.3", instance_uuid=lost)
        free = fixed("10.0.0.4")
        assert api.fixed_ip_get(context, mine["id"]) == mine
        assert api.fixed_ip_get(STRANGER, free["id"]) == free
        for caller, row in ((STRANGER, mine), (context, nobodys)):
            with pytest.raises(Forbidden):
                api.fixed_ip_get(caller, row["id"])
            with pytest.raises(Forbidden):
                api.fixed_ip_get_by_address(caller, there(row["address"]))
        for get, key in ((api.fixed_ip_get, "id"), (api.fixed_ip_get_by_address, "address")):
            with pytest.raises(InstanceNotFound) as missing:
                get(context, dangling[key])
            assert missing.value.kwargs["instance_id"] == lost
        for row in (mine, nobodys, dangling):
            assert (
                api.fixed_ip_get(admin(), row["id"])
                == row
                == api.fixed_ip_get_by_address(admin(), there(row["address"]))
            )

    def test_all(self, admin_context: RequestContext) -> None:
        with pytest.raises(NoFixedIpsDefined):
            api.fixed_ip_get_all(admin_context)
        rows = [fixed("10.0.0.2"), fixed("10.0.0.1", deleted=50), fixed("10.0.0.1", instance_uuid=new_uuid())]
        for read_deleted in ("no", "yes", "only"):
            assert api.fixed_ip_get_all(admin(read_deleted)) == rows


class TestGetByAddress:
    def test_the_row(self, context: RequestContext, statements: list[str]) -> None:
        old = fixed("10.0.0.1", deleted=50)
        row = fixed("10.0.0.1")
        statements.clear()
        assert api.fixed_ip_get_by_address(context, "10.0.0.1") == row
        assert statements == ["fixed_ip_get_by_address"]
        assert api.fixed_ip_get_by_address(context, ipaddress.ip_address("10.0.0.1"), []) == row  # type: ignore[arg-type]
        for read_deleted in ("yes", "only"):
            assert api.fixed_ip_get_by_address(reading(context, read_deleted), "10.0.0.1") == old
        missing: Any
        for missing in ("10.0.0.2", "zork", "", None, "10.0.0.1/24", "x" * 300, 2**70):
            with pytest.raises(FixedIpNotFoundForAddress) as refused:
                api.fixed_ip_get_by_address(context, missing)
            assert refused.value.kwargs["address"] == missing
        without = fixed(None)
        none: Any = None
        assert api.fixed_ip_get_by_address(context, none) == without

    @pytest.mark.parametrize("value", [{"a": 1}, ["10.0.0.1"], b"10.0.0.1", "10.0.0.1\x00", "\ud800"])
    def test_no_address_at_all(self, admin_context: RequestContext, value: Any) -> None:
        for get in (api.fixed_ip_get_by_address, api.fixed_ip_get_by_address_detailed, api.fixed_ip_disassociate):
            with pytest.raises(FixedIpInvalid):
                get(admin_context, value)
        with pytest.raises(FixedIpInvalid):
            api.fixed_ip_update(admin_context, value, {"host": "h"})

    def test_relations(self, context: RequestContext, statements: list[str]) -> None:
        uuid = instance(display_name="it")
        net = network(label="net")
        row = fixed("10.0.0.1", network_id=net, instance_uuid=uuid)
        other = fixed("10.0.0.2", network_id=net, instance_uuid=uuid)
        links = [floating(f"1.1.1.{n}", fixed_ip_id=row["id"], auto_assigned=True) for n in (3, 1)]
        floating("1.1.1.4", fixed_ip_id=row["id"], deleted=60)
        floating("1.1.1.5", fixed_ip_id=other["id"])
        statements.clear()
        got = api.fixed_ip_get_by_address(context, "10.0.0.1", ["network", "instance", "floating_ips"])
        assert statements == ["fixed_ip_get_by_address"]
        assert there(got.pop("network"))["label"] == "net"
        shown = got.pop("instance")
        assert set(there(shown)) == columns("instances") | {"name"}
        assert (there(shown)["uuid"], there(shown)["name"]) == (uuid, f"instance-{there(shown)['id']:08x}")
        assert got.pop("floating_ips") == links
        assert got == row
        assert set(api.fixed_ip_get_by_address(context, "10.0.0.1", ["network"])) == set(row) | {"network"}
        got = api.fixed_ip_get_by_address(context, "10.0.0.1", ["floating_ips.fixed_ip"])
        assert got == changed(row, floating_ips=[changed(link, fixed_ip=row) for link in links])

    def test_relations_that_lead_nowhere(self, context: RequestContext) -> None:
        relations = ["network", "instance", "floating_ips", "instance.info_cache", "floating_ips.fixed_ip"]
        nothing: dict[str, Any] = {"network": None, "instance": None, "floating_ips": []}
        row = fixed("10.0.0.1", network_id=network(deleted=5), instance_uuid=instance(deleted=6))
        assert api.fixed_ip_get_by_address(context, "10.0.0.1", relations) == {**row, **nothing}
        # Those of a deleted row do, whatever may be seen.
        gone = fixed("10.0.0.2", network_id=network(), instance_uuid=instance(), deleted=50)
        floating("1.1.1.1", fixed_ip_id=gone["id"])
        assert api.fixed_ip_get_by_address(reading(context, "yes"), "10.0.0.2", relations) == {**gone, **nothing}

    def test_relations_of_the_instance(self, context: RequestContext, statements: list[str]) -> None:
        uuid = instance()
        put("instance_info_caches", instance_uuid=uuid, network_info="[]")
        put("instance_metadata", instance_uuid=uuid, key="k", value="v")
        put("instance_metadata", instance_uuid=uuid, key="k", value="old", deleted=5)
        group = put("security_groups", name="g", project_id="fake-project")
        put("security_group_rules", parent_group_id=group, protocol="tcp")
        put("security_group_instance_association", security_group_id=group, instance_uuid=uuid)
        fixed("10.0.0.1", instance_uuid=uuid)
        statements.clear()
        got = api.fixed_ip_get_by_address(context, "10.0.0.1", ["instance.metadata", "instance.info_cache"])["instance"]
        assert statements == ["fixed_ip_get_by_address", "instance_get_by_uuid"]
        assert set(there(got)) == columns("instances") | {"name", "metadata", "info_cache"}
        assert [one["value"] for one in there(got)["metadata"]] == ["v"]
        assert there(there(got)["info_cache"])["network_info"] == "[]"
        [seen] = there(api.fixed_ip_get_by_address(context, "10.0.0.1", ["instance.security_groups"])["instance"])[
            "security_groups"
        ]
        assert set(seen) == columns("security_groups")
        paths = ["instance.security_groups.rules"]
        [seen] = there(api.fixed_ip_get_by_address(admin("yes"), "10.0.0.1", paths)["instance"])["security_groups"]
        assert [rule["protocol"] for rule in seen["rules"]] == ["tcp"]

    @pytest.mark.parametrize("name", ["zork", "virtual_interface", "network.zork", "instance.", ""])
    def test_unknown_relations(self, context: RequestContext, name: str) -> None:
        fixed("10.0.0.1")
        with pytest.raises(ValueError, match="relation"):
            api.fixed_ip_get_by_address(context, "10.0.0.1", ["network", name])

    def test_detailed(self, admin_context: RequestContext, statements: list[str]) -> None:
        uuid, net = instance(deleted=5), network(label="net", deleted=6)
        old = fixed("10.0.0.1", network_id=net, instance_uuid=uuid, deleted=50)
        row = fixed("10.0.0.1", network_id=net, instance_uuid=uuid)
        statements.clear()
        got, at, holder = api.fixed_ip_get_by_address_detailed(admin_context, "10.0.0.1")
        assert statements == ["fixed_ip_get_by_address_detailed"]
        assert got == row
        assert at is not None
        assert holder is not None
        assert (at["label"], set(at)) == ("net", columns("networks"))
        assert (holder["uuid"], set(holder)) == (uuid, columns("instances") | {"name"})
        assert api.fixed_ip_get_by_address_detailed(admin("only"), "10.0.0.1") == (old, at, holder)
        bare = fixed("10.0.0.2", network_id=999, instance_uuid=new_uuid())
        assert api.fixed_ip_get_by_address_detailed(admin_context, "10.0.0.2") == (bare, None, None)
        missing: Any
        for missing in ("10.0.0.3", "zork", None):
            with pytest.raises(FixedIpNotFoundForAddress) as refused:
                api.fixed_ip_get_by_address_detailed(admin_context, missing)
            assert refused.value.kwargs["address"] == missing


class TestLists:
    def test_by_floating_address(self, context: RequestContext) -> None:
        gone, row, other = fixed("10.0.0.1", deleted=50), fixed("10.0.0.1"), fixed("10.0.0.2")
        # A floating address that is deleted leads to its fixed one all the same.
        floating("1.1.1.1", fixed_ip_id=row["id"], deleted=60)
        floating("1.1.1.1", fixed_ip_id=other["id"])
        floating("1.1.1.2", fixed_ip_id=gone["id"])
        floating("1.1.1.3")
        floating("1.1.1.4", fixed_ip_id=999)
        assert api.fixed_ip_get_by_floating_address(context, "1.1.1.1") == row
        assert api.fixed_ip_get_by_floating_address(context, "1.1.1.2") is None
        assert api.fixed_ip_get_by_floating_address(reading(context, "only"), "1.1.1.2") == gone
        assert api.fixed_ip_get_by_floating_address(reading(context, "only"), "1.1.1.1") is None
        missing: Any
        for missing in ("1.1.1.3", "1.1.1.4", "1.1.1.9", "zork", None, 2**70):
            assert api.fixed_ip_get_by_floating_address(context, missing) is None

    def test_by_host(self, admin_context: RequestContext) -> None:
        here, also, gone, there = (
            instance(host="h"), instance(host="h", project_id="x"), instance(host="h", deleted=5), instance(host="x"),
        )  # fmt: skip
        rows = [fixed("10.0.0.2", instance_uuid=also), fixed("10.0.0.1", instance_uuid=here, host="x")]
        rows.append(fixed("10.0.0.3", instance_uuid=here))
        old = fixed("10.0.0.1", instance_uuid=here, deleted=50)
        fixed("10.0.0.4", instance_uuid=gone)
        fixed("10.0.0.5", instance_uuid=there, host="h")
        fixed("10.0.0.6", host="h")
        homeless = fixed("10.0.0.7", instance_uuid=instance())
        assert api.fixed_ip_get_by_host(admin_context, "h") == rows
        assert api.fixed_ip_get_by_host(admin("yes"), "h") == [*rows, old]
        assert api.fixed_ip_get_by_host(admin("only"), "h") == [old]
        assert api.fixed_ip_get_by_host(admin_context, "nowhere") == []
        none: Any = None
        assert api.fixed_ip_get_by_host(admin_context, none) == [homeless]

    def test_by_instance(self, context: RequestContext) -> None:
        uuid = instance(project_id="another")
        rows = [fixed("10.0.0.2", instance_uuid=uuid), fixed("10.0.0.1", instance_uuid=uuid)]
        fixed("10.0.0.2", instance_uuid=uuid, deleted=50)
        fixed("10.0.0.3", instance_uuid=new_uuid())
        fixed("10.0.0.4")
        for read_deleted in ("no", "yes", "only"):
            assert api.fixed_ip_get_by_instance(reading(context, read_deleted), uuid) == rows
        missing = new_uuid()
        with pytest.raises(FixedIpNotFoundForInstance) as refused:
            api.fixed_ip_get_by_instance(context, missing)
        assert refused.value.kwargs["instance_uuid"] == missing
        for wrong in NO_UUIDS:
            with pytest.raises(InvalidUUID) as invalid:
                api.fixed_ip_get_by_instance(context, wrong)
            assert invalid.value.kwargs["uuid"] == wrong

    def test_by_network_host(self, context: RequestContext) -> None:
        fixed("10.0.0.1", network_id=7, host="h", deleted=50)
        row = fixed("10.0.0.2", network_id=7, host="h")
        fixed("10.0.0.1", network_id=7, host="h")
        fixed("10.0.0.3", network_id=8, host="h")
        bare = fixed("10.0.0.4", network_id=7)
        for read_deleted in ("no", "yes", "only"):
            assert api.fixed_ip_get_by_network_host(reading(context, read_deleted), 7, "h") == row
        assert api.fixed_ip_get_by_network_host(context, network_uuid="7", host="h") == row  # type: ignore[arg-type]
        none: Any = None
        assert api.fixed_ip_get_by_network_host(context, 7, none) == bare
        missing: Any
        for missing in ((9, "h"), (7, "x"), (None, "h"), *((wrong, "h") for wrong in NO_IDS)):
            with pytest.raises(FixedIpNotFoundForNetworkHost) as refused:
                api.fixed_ip_get_by_network_host(context, *missing)
            assert (refused.value.kwargs["network_id"], refused.value.kwargs["host"]) == missing

    def test_by_virtual_interface(self, context: RequestContext) -> None:
        rows = [fixed("10.0.0.2", virtual_interface_id=3), fixed("10.0.0.1", virtual_interface_id=3)]
        fixed("10.0.0.2", virtual_interface_id=3, deleted=50)
        without = fixed("10.0.0.3")
        for read_deleted in ("no", "yes", "only"):
            assert api.fixed_ips_by_virtual_interface(reading(context, read_deleted), 3) == rows
        none: Any = None
        assert api.fixed_ips_by_virtual_interface(context, none) == [without]
        for missing in (4, *NO_IDS):
            assert api.fixed_ips_by_virtual_interface(context, missing) == []

    def test_count_by_project(self, context: RequestContext) -> None:
        assert api.fixed_ip_count_by_project(context, "fake-project") == 0
        for address, uuid in (("10.0.0.1", instance()), ("10.0.0.2", instance(deleted=5))):
            fixed(address, instance_uuid=uuid)
            fixed(address, instance_uuid=uuid, deleted=50)
        fixed("10.0.0.3", instance_uuid=instance(project_id="another-project"))
        fixed("10.0.0.4", instance_uuid="fake-project")
        fixed("10.0.0.5", instance_uuid=instance(project_id=None))
        fixed("10.0.0.6")
        assert api.fixed_ip_count_by_project(reading(context, "yes"), "fake-project", session=object()) == 2
        assert api.fixed_ip_count_by_project(admin(), "another-project") == 1
        assert api.fixed_ip_count_by_project(admin(), "zork") == 0
        none: Any = None
        assert api.fixed_ip_count_by_project(admin(), none) == 1
        with pytest.raises(Forbidden):
            api.fixed_ip_count_by_project(STRANGER, "fake-project")


class TestUpdate:
    def test_the_row(self, context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
        uuid = instance()
        old = fixed("10.0.0.1", deleted=50)
        row, other = fixed("10.0.0.1", instance_uuid=uuid), fixed("10.0.0.2")
        timeutils.advance_time_seconds(5)
        values = {"allocated": "1", "virtual_interface_id": "3", "leased": False, "bogus": 1}
        copy = dict(values)
        statements.clear()
        assert api.fixed_ip_update(context, "10.0.0.1", values) is None
        assert statements == ["BEGIN", "fixed_ip_get_by_address", "fixed_ip_update", "COMMIT"]
        assert values == copy
        now = stopped_clock + timedelta(seconds=5)
        new = changed(row, allocated=True, virtual_interface_id=3, updated_at=now)
        assert row_of("fixed_ips", row["id"]) == new
        timeutils.advance_time_seconds(5)
        for nothing in (values, {}, {"bogus": 2}):
            api.fixed_ip_update(context, "10.0.0.1", nothing)
        assert row_of("fixed_ips", row["id"]) == new
        assert row_of("fixed_ips", other["id"]) == other
        api.fixed_ip_update(reading(context, "only"), "10.0.0.1", {"host": "h", "updated_at": "2026-01-01T00:00:00"})
        assert row_of("fixed_ips", old["id"]) == changed(old, host="h", updated_at=datetime(2026, 1, 1))  # noqa: DTZ001

    def test_a_row_handed_back(self, context: RequestContext, stopped_clock: datetime) -> None:
        fixed("10.0.0.1", updated_at=stopped_clock - timedelta(seconds=9))
        row = api.fixed_ip_get_by_address(context, "10.0.0.1", ["network", "floating_ips"])
        api.fixed_ip_update(context, "10.0.0.1", {**row, "host": "h"})
        assert row_of("fixed_ips", row["id"])["updated_at"] == stopped_clock

    def test_refusals(self, context: RequestContext) -> None:
        lost = new_uuid()
        for address, uuid in (("10.0.0.1", instance()), ("10.0.0.2", lost)):
            fixed(address, instance_uuid=uuid)
        before = stored("fixed_ips")
        with pytest.raises(Forbidden):
            api.fixed_ip_update(STRANGER, "10.0.0.1", {"host": "h"})
        with pytest.raises(InstanceNotFound) as missing:
            api.fixed_ip_update(context, "10.0.0.2", {})
        assert missing.value.kwargs["instance_id"] == lost
        with pytest.raises(FixedIpNotFoundForAddress):
            api.fixed_ip_update(context, "10.0.0.3", {})
        with pytest.raises(DBDuplicateEntry) as duplicate:
            api.fixed_ip_update(context, "10.0.0.1", {"address": "10.0.0.2"})
        assert "address" in duplicate.value.columns
        with pytest.raises(DBDataError):
            api.fixed_ip_update(context, "10.0.0.1", {"network_id": "asdf"})
        assert stored("fixed_ips") == before
        api.fixed_ip_update(context, "10.0.0.1", {"address": "FE80::0:1"})
        assert addresses([api.fixed_ip_get_by_address(context, "fe80::1")]) == ["fe80::1"]
