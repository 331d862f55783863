"""Networks, through rawdb.api, on every dialect. Who wins where several callers want one: test_network_claims.py."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    DuplicateVlan,
    NetworkInUse,
    NetworkNotFound,
    NetworkNotFoundForCidr,
    NetworkNotFoundForInstance,
    NetworkNotFoundForProject,
    NetworkNotFoundForUUID,
    NoMoreNetworks,
    NoNetworksFound,
    NotFound,
)
from tests.operations.factories import soft_delete, stored
from tests.operations.instance_helpers import columns, make, new_uuid
from tests.operations.network_helpers import (
    NO_IDS,
    admin,
    ids,
    member,
    network,
    not_for_nobody,
    only_for_admins,
    put,
)
from tests.support.rows import Row


class TestCreate:
    def test_returns_the_row(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        values = {"label": "l", "cidr": "10.0.0.7/24", "vlan": 5, "deleted": None, "zork": 1}
        row = api.network_create_safe(admin_context, values)
        assert values == {"label": "l", "cidr": "10.0.0.7/24", "vlan": 5, "deleted": None, "zork": 1}
        assert row == {
            **dict.fromkeys(columns("networks")),
            "id": row["id"],
            "uuid": row["uuid"],
            "label": "l",
            "cidr": "10.0.0.0/24",
            "vlan": 5,
            "injected": False,
            "multi_host": False,
            "enable_dhcp": True,
            "share_address": False,
            "created_at": stopped_clock,
            "deleted": 0,
        }
        assert str(uuid.UUID(row["uuid"])) == row["uuid"]
        assert api.network_get(admin_context, row["id"]) == row

    def test_addresses_are_canonical(self, admin_context: RequestContext) -> None:
        given = {
            "uuid": "given",
            "cidr": "10.0.0.9",
            "cidr_v6": "FE80::5/64",
            "gateway": "10.0.0.1",
            "gateway_v6": IPv6Address("FE80::1"),
            "dns1": "FE80:0::2",
            "dns2": "no address",
        }
        row: Row = api.network_create_safe(admin_context, given)
        assert {name: row[name] for name in given} == {
            "uuid": "given",
            "cidr": "10.0.0.9/32",
            "cidr_v6": "fe80::/64",
            "gateway": "10.0.0.1",
            "gateway_v6": "fe80::1",
            "dns1": "fe80::2",
            "dns2": "no address",
        }
        assert api.network_get(admin_context, row["id"]) == row
        assert network(cidr=IPv4Network("10.1.0.0/16"), cidr_v6="nonsense")["cidr"] == "10.1.0.0/16"

    def test_a_vlan_is_used_once(self, admin_context: RequestContext) -> None:
        first = network(vlan=7)
        with pytest.raises(DuplicateVlan) as taken:
            network(vlan=7, label="other")
        assert taken.value.kwargs["vlan"] == 7
        with pytest.raises(DBDuplicateEntry):
            network(id=first["id"])
        assert ids(stored("networks")) == [first["id"]]
        soft_delete("networks", first["id"])
        second = network(vlan=7)
        api.network_delete_safe(admin_context, second["id"])
        network(vlan=7)
        assert len({network()["id"], network(vlan=None)["id"]}) == 2

    def test_wrong_values_are_refused(self, admin_context: RequestContext) -> None:
        for wrong in ({"vlan": "asdf"}, {"label": "x" * 256}, {"vlan": 2**70}, {"enable_dhcp": "perhaps"}):
            with pytest.raises(DBDataError):
                api.network_create_safe(admin_context, wrong)
        assert stored("networks") == []


class TestGet:
    def test_by_id(self, context: RequestContext) -> None:
        mine, other, free = network(project_id="fake-project"), network(project_id="other"), network()
        gone = network(project_id="fake-project")
        soft_delete("networks", gone["id"])
        assert api.network_get(context, mine["id"]) == mine
        assert api.network_get(context, free["id"]) == free
        assert api.network_get(context, network_id=other["id"], project_only=False) == other
        assert api.network_get(admin(), other["id"], True) == other
        for number, project_only in (
            (other["id"], "allow_none"),
            (free["id"], True),
            (gone["id"], False),
            (10**6, False),
        ):
            with pytest.raises(NetworkNotFound) as missing:
                api.network_get(context, number, project_only)
            assert missing.value.kwargs["network_id"] == number
        assert api.network_get(member(read_deleted="yes"), gone["id"])["deleted"] == gone["id"]
        with pytest.raises(NetworkNotFound):
            api.network_get(member(read_deleted="only"), mine["id"])
        for wrong in NO_IDS:
            with pytest.raises(NetworkNotFound):
                api.network_get(context, wrong)

    def test_all(self, context: RequestContext) -> None:
        for caller in (context, admin()):
            with pytest.raises(NoNetworksFound):
                api.network_get_all(caller)
        mine, other, free = network(project_id="fake-project"), network(project_id="other"), network()
        soft_delete("networks", network(project_id="fake-project")["id"])
        seeing = member(read_deleted="yes")
        assert ids(api.network_get_all(seeing)) == [mine["id"], free["id"]]
        assert ids(api.network_get_all(seeing, project_only=True)) == [mine["id"]]
        assert ids(api.network_get_all(seeing, False)) == [mine["id"], other["id"], free["id"]]
        assert api.network_get_all(admin("only")) == [mine, other, free]
        with pytest.raises(NoNetworksFound):
            api.network_get_all(member("third"), True)

    def test_by_uuids(self, context: RequestContext) -> None:
        rows = [network(project_id=project, uuid=f"u{number}") for number, project in enumerate(["fake-project", None])]
        other = network(project_id="other", uuid="u2")
        soft_delete("networks", network(uuid="u3")["id"])
        soft_delete("networks", network(uuid="u0")["id"])
        assert api.network_get_all_by_uuids(context, ["u1", "u0", "u1"]) == rows
        assert api.network_get_all_by_uuids(context, iter(["u2", "u0"]), False) == [rows[0], other]
        assert api.network_get_all_by_uuids(admin("yes"), network_uuids=["u2"]) == [other]
        for nothing in ([], ["u3"], ["x", "y"], [None]):
            with pytest.raises(NoNetworksFound):
                api.network_get_all_by_uuids(admin("yes"), nothing)  # type: ignore[arg-type]
        for caller, project in ((context, "fake-project"), (admin(), None)):
            with pytest.raises(NetworkNotFoundForProject) as missing:
                api.network_get_all_by_uuids(caller, ["u1", "y", "u3", "x"])
            assert missing.value.kwargs["network_uuid"] == "y"
            assert missing.value.kwargs["project_id"] == project
            assert not isinstance(missing.value, NetworkNotFound)
        with pytest.raises(NetworkNotFound) as unknown:
            api.network_get_all_by_uuids(context, ["u3", "u1"], project_only=False)
        assert unknown.value.kwargs["network_id"] == "u3"

    def test_by_more_uuids_than_one_statement_holds(self, admin_context: RequestContext) -> None:
        rows = [network(uuid=f"u{number}") for number in (20000, 1)]
        with pytest.raises(NetworkNotFoundForProject) as missing:
            api.network_get_all_by_uuids(admin_context, [f"u{number}" for number in range(1, 20001)])
        assert missing.value.kwargs["network_uuid"] == "u2"
        many = ["u1"] * 20000 + ["u20000"]
        assert api.network_get_all_by_uuids(admin_context, many) == rows

    def test_by_uuid(self, admin_context: RequestContext) -> None:
        soft_delete("networks", network(uuid="u")["id"])
        first = network(uuid="u")
        network(uuid="u")
        assert api.network_get_by_uuid(admin("yes"), "u") == first
        for wrong in ("U", "u ", "x", None):
            with pytest.raises(NetworkNotFoundForUUID) as missing:
                api.network_get_by_uuid(admin_context, uuid=wrong)  # type: ignore[arg-type]
            assert missing.value.kwargs["uuid"] == wrong

    def test_by_cidr(self, admin_context: RequestContext) -> None:
        soft_delete("networks", network(cidr="10.0.0.0/24")["id"])
        v6 = network(cidr_v6="FE80::5/64")
        v4 = network(cidr="10.0.0.0/24", cidr_v6="fe81::/64")
        network(cidr="10.0.0.0/24")
        network(cidr="10.0.0.0/25")
        single = network(cidr="10.9.9.9")
        plain = network(cidr="nonsense", cidr_v6="10.8.8.8")
        for text, row in (
            ("10.0.0.0/24", v4),
            ("10.0.0.77/24", v4),
            ("fe80::/64", v6),
            ("FE80:0::9/64", v6),
            (IPv4Network("10.0.0.0/24"), v4),
            ("10.9.9.9", single),
            ("10.9.9.9/32", single),
            ("10.8.8.8", plain),
            ("nonsense", plain),
            (None, v6),
        ):
            assert api.network_get_by_cidr(admin("yes"), text) == row  # type: ignore[arg-type]
        for text in ("10.0.0.0/23", "10.0.0.0", "asdf"):
            with pytest.raises(NetworkNotFoundForCidr) as missing:
                api.network_get_by_cidr(admin_context, cidr=text)
            assert missing.value.kwargs["cidr"] == text


class TestUpdate:
    def test_writes_what_differs(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = network(label="a", cidr="10.0.0.0/24")
        timeutils.advance_time_seconds(5)
        assert api.network_update(context, row["id"], {"label": "a", "cidr": "10.0.0.3/24", "zork": 1}) == row
        values = {"label": "b", "cidr": "10.1.0.9", "zork": 1}
        new = api.network_update(context, network_id=row["id"], values=values)
        later = stopped_clock + timedelta(seconds=5)
        assert new == {**row, "label": "b", "cidr": "10.1.0.9/32", "updated_at": later}
        assert values == {"label": "b", "cidr": "10.1.0.9", "zork": 1}
        assert api.network_get(context, row["id"]) == new

    def test_only_what_the_caller_sees(self, context: RequestContext) -> None:
        other, gone = network(project_id="other"), network()
        soft_delete("networks", gone["id"])
        for number in (other["id"], gone["id"], 10**6, *NO_IDS):
            with pytest.raises(NetworkNotFound) as missing:
                api.network_update(context, number, {"label": "x"})
            assert missing.value.kwargs["network_id"] == number
        assert api.network_update(admin(), other["id"], {"label": "x"})["label"] == "x"
        assert api.network_update(member(read_deleted="yes"), gone["id"], {"label": "y"})["label"] == "y"
        # What was changed away from the caller's eyes is still returned.
        assert api.network_update(admin(), other["id"], {"deleted": other["id"]})["deleted"] == other["id"]

    def test_a_vlan_is_used_once(self, context: RequestContext) -> None:
        network(vlan=7)
        row = network(vlan=8)
        with pytest.raises(DuplicateVlan) as taken:
            api.network_update(context, row["id"], {"vlan": 7, "label": "x"})
        assert taken.value.kwargs["vlan"] == 7
        with pytest.raises(DBDataError):
            api.network_update(context, row["id"], {"vlan": "asdf"})
        assert api.network_get(context, row["id"]) == row


class TestDisassociate:
    @pytest.mark.parametrize(("host", "project"), [(True, True), (True, False), (False, True), (False, False)])
    def test_clears(self, admin_context: RequestContext, host: bool, project: bool) -> None:
        row, twin = (network(host="h", project_id="p", label="l") for _ in range(2))
        api.network_disassociate(admin_context, row["id"], disassociate_host=host, disassociate_project=project)
        new = api.network_get(admin_context, row["id"])
        assert (new["host"], new["project_id"]) == (None if host else "h", None if project else "p")
        assert (new["updated_at"] is not None) == (host or project)
        assert api.network_get(admin_context, twin["id"]) == twin

    def test_missing(self, admin_context: RequestContext) -> None:
        gone = network(host="h", project_id="p")
        soft_delete("networks", gone["id"])
        for number in (gone["id"], 10**6, *NO_IDS):
            for flags in ((True, True), (False, False)):
                with pytest.raises(NetworkNotFound) as missing:
                    api.network_disassociate(admin_context, number, *flags)
                assert missing.value.kwargs["network_id"] == number
        api.network_disassociate(admin("yes"), gone["id"])
        assert stored("networks")[0]["host"] is None


class TestDelete:
    def test_the_row_goes_and_the_addresses_are_marked(
        self, admin_context: RequestContext, stopped_clock: datetime
    ) -> None:
        row, other = network(vlan=1), network()
        for number, allocated in enumerate((False, None, False)):
            put("fixed_ips", network_id=row["id"], address=f"10.0.0.{number}", allocated=allocated, reserved=True)
        put("fixed_ips", network_id=row["id"], address="10.0.0.9", allocated=True, deleted=90)
        put("fixed_ips", network_id=other["id"], address="10.0.0.10", allocated=True)
        before = stored("fixed_ips")
        api.network_delete_safe(admin_context, row["id"])
        assert ids(stored("networks")) == [other["id"]]
        marked = [{**one, "deleted": one["id"], "deleted_at": stopped_clock} for one in before[:3]]
        assert stored("fixed_ips") == [*marked, *before[3:]]

    def test_in_use_comes_first(self, admin_context: RequestContext) -> None:
        row = network()
        put("fixed_ips", network_id=row["id"], address="10.0.0.1", allocated=False)
        put("fixed_ips", network_id=row["id"], address="10.0.0.2", allocated=True)
        put("fixed_ips", network_id=10**6, address="10.0.0.3", allocated=True)
        before = stored("fixed_ips")
        for number in (row["id"], 10**6):
            with pytest.raises(NetworkInUse) as in_use:
                api.network_delete_safe(admin_context, number)
            assert in_use.value.kwargs["network_id"] == number
        assert stored("fixed_ips") == before
        assert api.network_get(admin_context, row["id"]) == row

    def test_missing(self, admin_context: RequestContext) -> None:
        gone = network()
        soft_delete("networks", gone["id"])
        put("fixed_ips", network_id=gone["id"], address="10.0.0.1")
        before = stored("fixed_ips")
        for number in (gone["id"], 10**6, *NO_IDS):
            with pytest.raises(NetworkNotFound) as missing:
                api.network_delete_safe(admin_context, number)
            assert missing.value.kwargs["network_id"] == number
        assert stored("fixed_ips") == before
        api.network_delete_safe(admin("yes"), gone["id"])
        assert stored("networks") == []


class TestFixedAddresses:
    def test_count_reserved(self, admin_context: RequestContext) -> None:
        row, other = network(), network()
        for number, (owner, reserved, deleted) in enumerate(
            [(row, True, 0), (row, True, 0), (row, False, 0), (row, None, 0), (row, True, 90), (other, True, 0)]
        ):
            put("fixed_ips", network_id=owner["id"], address=f"10.0.0.{number}", reserved=reserved, deleted=deleted)
        assert api.network_count_reserved_ips(admin("yes"), row["id"]) == 2
        put("fixed_ips", address="10.1.0.1", reserved=True)
        assert [api.network_count_reserved_ips(admin_context, wrong) for wrong in NO_IDS] == [0, 0, 1]

    def test_associated(self, context: RequestContext) -> None:
        row, other = network(), network()
        instance = make(context, host="h", hostname="web")
        moved = make(context, host="h2")
        gone = make(context, host="h")
        vif = put("virtual_interfaces", address="aa", instance_uuid="whoever")
        deleted_vif = put("virtual_interfaces", address="bb", deleted=90)
        api.instance_destroy(context, gone["uuid"])

        def fixed(address: str, **values: Any) -> None:
            here = {"network_id": row["id"], "virtual_interface_id": vif, "instance_uuid": instance["uuid"]}
            put("fixed_ips", address=address, **{**here, **values})

        fixed("10.0.0.1", allocated=True, leased=True)
        fixed("10.0.0.2", virtual_interface_id=None)
        fixed("10.0.0.3", instance_uuid=None)
        fixed("10.0.0.4", virtual_interface_id=deleted_vif)
        fixed("10.0.0.5", instance_uuid=gone["uuid"])
        fixed("10.0.0.6", network_id=other["id"])
        fixed("10.0.0.7", deleted=90)
        fixed("10.0.0.8", instance_uuid=moved["uuid"])
        found = api.network_get_associated_fixed_ips(admin("yes"), row["id"])
        assert found[0] == {
            "address": "10.0.0.1",
            "instance_uuid": instance["uuid"],
            "network_id": row["id"],
            "vif_id": vif,
            "vif_address": "aa",
            "instance_hostname": "web",
            "instance_updated": instance["updated_at"],
            "instance_created": instance["created_at"],
            "allocated": True,
            "leased": True,
        }
        assert [type(found[1][name]) for name in ("instance_created", "allocated", "leased")] == [datetime, bool, bool]
        assert [one["address"] for one in found] == ["10.0.0.1", "10.0.0.8"]
        for host, expected in (("h", ["10.0.0.1"]), ("h2", ["10.0.0.8"]), ("h3", []), ("", ["10.0.0.1", "10.0.0.8"])):
            on_host = api.network_get_associated_fixed_ips(admin(), row["id"], host=host)
            assert [one["address"] for one in on_host] == expected
            assert api.network_in_use_on_host(admin("yes"), row["id"], host) is bool(expected)
        assert api.network_in_use_on_host(admin(), row["id"]) is True
        for wrong in (network()["id"], 10**6, *NO_IDS):
            assert api.network_in_use_on_host(admin(), wrong) is False
            assert api.network_get_associated_fixed_ips(admin(), wrong) == []


class TestByHostAndInstance:
    def test_by_host(self, context: RequestContext) -> None:
        served, held, reached, elsewhere, gone, deleted_only = (network(label=str(number)) for number in range(6))
        for row, host in ((served, "h"), (gone, "h")):
            api.network_set_host(admin(), row["id"], host)
        soft_delete("networks", gone["id"])
        instance, destroyed = make(context, host="h"), make(context, host="h")
        vif = put("virtual_interfaces", address="aa", instance_uuid=destroyed["uuid"], deleted=90)
        put("fixed_ips", network_id=held["id"], address="10.0.0.1", host="h")
        put("fixed_ips", network_id=held["id"], address="10.0.0.2", host="h")
        put("fixed_ips", network_id=served["id"], address="10.0.0.3", host="h")
        # By the interface's instance, here a deleted one, not by the address's own.
        put("fixed_ips", network_id=reached["id"], address="10.0.0.4", virtual_interface_id=vif)
        put("fixed_ips", network_id=elsewhere["id"], address="10.0.0.5", instance_uuid=instance["uuid"])
        put("fixed_ips", network_id=deleted_only["id"], address="10.0.0.6", host="h", deleted=90)
        api.instance_destroy(context, destroyed["uuid"])
        assert ids(api.network_get_all_by_host(admin(), "h")) == [served["id"], held["id"], reached["id"]]
        assert ids(api.network_get_all_by_host(admin("yes"), "h")) == [
            served["id"],
            held["id"],
            reached["id"],
            deleted_only["id"],
        ]
        assert ids(api.network_get_all_by_host(admin("only"), host="h")) == [served["id"], deleted_only["id"]]
        assert api.network_get_all_by_host(admin(), "H") == []
        without = ids(api.network_get_all_by_host(admin(), None))  # type: ignore[arg-type]
        assert without == ids([held, reached, elsewhere, deleted_only])

    def test_by_instance(self, context: RequestContext) -> None:
        by_vif, by_address, by_both, gone, other = (network() for _ in range(5))
        soft_delete("networks", gone["id"])
        instance, second = make(context), make(context)
        for number, (row, deleted) in enumerate([(by_vif, 0), (by_both, 0), (gone, 0), (other, 90)]):
            mine = {"network_id": row["id"], "instance_uuid": instance["uuid"], "deleted": deleted}
            put("virtual_interfaces", address=f"m{number}", **mine)
        for number, (row, deleted) in enumerate([(by_address, 0), (by_both, 0), (other, 90)]):
            mine = {"network_id": row["id"], "instance_uuid": instance["uuid"], "deleted": deleted}
            put("fixed_ips", address=f"10.0.0.{number}", **mine)
        put("virtual_interfaces", address="zz", network_id=other["id"], instance_uuid=second["uuid"])
        put("virtual_interfaces", address="yy", network_id=other["id"])
        dangling = new_uuid()
        put("fixed_ips", address="10.0.1.1", network_id=other["id"], instance_uuid=dangling)
        for instance_id in (instance["uuid"], instance["id"], str(instance["id"])):
            assert api.network_get_all_by_instance(admin("yes"), instance_id) == [by_vif, by_address, by_both]
        assert api.network_get_all_by_instance(admin(), instance_id=dangling) == [other]
        for wrong in (10**6, 2**70, "asdf", -1, new_uuid()):
            with pytest.raises(NetworkNotFoundForInstance) as missing:
                api.network_get_all_by_instance(admin(), wrong)
            assert missing.value.kwargs["instance_id"] == wrong


class TestSetHost:
    def test_the_first_host_stays(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        for before in (None, ""):
            row = network(host=before)
            assert api.network_set_host(admin_context, row["id"], "h") == "h"
            assert api.network_get(admin_context, row["id"]) == {**row, "host": "h", "updated_at": stopped_clock}
            timeutils.advance_time_seconds(5)
            assert api.network_set_host(admin_context, network_id=row["id"], host_id="h2") == "h"
            assert api.network_get(admin_context, row["id"])["updated_at"] == stopped_clock
            timeutils.set_time_override(stopped_clock)

    def test_missing(self, admin_context: RequestContext) -> None:
        gone = network()
        soft_delete("networks", gone["id"])
        for number in (gone["id"], 10**6, *NO_IDS):
            with pytest.raises(NetworkNotFound) as missing:
                api.network_set_host(admin("yes"), number, "h")
            assert missing.value.kwargs["network_id"] == number
        assert stored("networks")[0]["host"] is None


class TestAssociate:
    def test_the_first_free_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        soft_delete("networks", network()["id"])
        network(project_id="other")
        rows = [network() for _ in range(3)]
        got = api.network_associate(admin("yes"), "p")
        assert got == {**rows[0], "project_id": "p", "updated_at": stopped_clock}
        assert api.network_get(admin_context, got["id"]) == got
        # It stays the project's, whatever is asked for.
        timeutils.advance_time_seconds(5)
        assert api.network_associate(admin_context, "p") == got
        assert api.network_associate(admin_context, "p", network_id=rows[2]["id"]) == got
        assert api.network_get(admin_context, rows[2]["id"]) == rows[2]
        # By force it gets more, this one or the next.
        assert api.network_associate(admin_context, "p", rows[2]["id"], force=True)["id"] == rows[2]["id"]
        assert api.network_associate(admin_context, project_id="p", force=True)["id"] == rows[1]["id"]
        assert api.network_associate(admin_context, "p") == got
        for arguments in (("q",), ("p", None, True), ("p", got["id"], True)):
            with pytest.raises(NoMoreNetworks) as none:
                api.network_associate(admin_context, *arguments)
            assert not isinstance(none.value, NotFound)

    def test_one_given(self, admin_context: RequestContext) -> None:
        rows = [network() for _ in range(2)]
        assert api.network_associate(admin_context, "p", rows[1]["id"])["id"] == rows[1]["id"]
        for wrong in (rows[1]["id"], 10**6, "asdf", 2**70):
            with pytest.raises(NoMoreNetworks):
                api.network_associate(admin_context, "q", wrong)  # type: ignore[arg-type]
        assert api.network_get(admin_context, rows[0]["id"]) == rows[0]

    def test_a_long_project_id_is_refused(self, admin_context: RequestContext) -> None:
        row = network()
        with pytest.raises(DBDataError):
            api.network_associate(admin_context, "p" * 256)
        assert stored("networks") == [row]

    def test_within_a_transaction_of_the_caller(self, admin_context: RequestContext) -> None:
        row = network()
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(admin_context):
            assert api.network_associate(admin_context, "p")["id"] == row["id"]
            assert api.network_associate(admin_context, "p")["id"] == row["id"]
            raise ZeroDivisionError
        assert stored("networks") == [row]

    def test_of_a_project(self, context: RequestContext) -> None:
        first, second = network(project_id="other"), network(project_id="other")
        soft_delete("networks", network(project_id="other")["id"])
        assert api.project_get_networks(member(read_deleted="yes"), "other") == [first, second]
        assert api.project_get_networks(context, "p", associate=False) == []
        with pytest.raises(AdminRequired):
            api.project_get_networks(context, "p")
        with pytest.raises(NoMoreNetworks):
            api.project_get_networks(admin(), "p")
        free = network()
        assert ids(api.project_get_networks(admin(), project_id="p")) == [free["id"]]
        assert ids(api.project_get_networks(context, "p")) == [free["id"]]


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    row, free = network(host="h", project_id="p"), network()
    lock, commit = "quota_reserve__lock", "COMMIT"
    owned, claim = "network_associate__owned", ["network_associate__free", "network_associate__claim", commit]
    for call, expected in (
        (lambda c: api.network_associate(c, "p"), ["network_associate"]),
        (lambda c: api.network_associate(c, "q"), ["network_associate", "BEGIN", lock, owned, *claim]),
        (lambda c: api.network_disassociate(c, free["id"]), ["network_disassociate"]),
        (lambda c: api.network_associate(c, "q", None, True), ["BEGIN", *claim]),
        (lambda c: api.network_get_all_by_uuids(c, [row["uuid"]]), ["network_get_all_by_uuids"]),
        (lambda c: api.network_set_host(c, free["id"], "h"), ["network_set_host"]),
        (lambda c: api.network_set_host(c, free["id"], "h"), ["network_set_host", "network_set_host__stored"]),
        (lambda c: api.network_in_use_on_host(c, row["id"]), ["network_in_use_on_host"]),
        (lambda c: api.network_update(c, row["id"], {}), ["BEGIN", "network_get", commit]),
        (
            lambda c: api.network_update(c, row["id"], {"label": "x"}),
            ["BEGIN", "network_get", "network_update", commit],
        ),
        (
            lambda c: api.network_delete_safe(c, row["id"]),
            [
                "BEGIN",
                "network_delete_safe__in_use",
                "network_delete_safe__fixed_ips",
                "network_delete_safe",
                commit,
            ],
        ),
        (lambda c: api.project_get_networks(c, "q"), ["project_get_networks"]),
    ):
        statements.clear()
        call(admin_context)
        assert [name for name in statements if not name.startswith("BEGIN")] == [
            name for name in expected if name != "BEGIN"
        ]


def test_who_may(context: RequestContext) -> None:
    only_for_admins(
        context,
        [
            lambda c: api.network_associate(c, "p"),
            lambda c: api.network_count_reserved_ips(c, 1),
            lambda c: api.network_create_safe(c, {}),
            lambda c: api.network_delete_safe(c, 1),
            lambda c: api.network_disassociate(c, 1),
            lambda c: api.network_in_use_on_host(c, 1),
            lambda c: api.network_get_associated_fixed_ips(c, 1),
            lambda c: api.network_get_by_uuid(c, "u"),
            lambda c: api.network_get_by_cidr(c, "c"),
            lambda c: api.network_get_all_by_host(c, "h"),
            lambda c: api.network_get_all_by_instance(c, "u"),
            lambda c: api.network_set_host(c, 1, "h"),
        ],
    )
    not_for_nobody(
        [
            lambda c: api.network_get(c, 1),
            lambda c: api.network_get_all(c),
            lambda c: api.network_get_all_by_uuids(c, ["u"]),
            lambda c: api.network_update(c, 1, {}),
            lambda c: api.project_get_networks(c, "p"),
        ]
    )
