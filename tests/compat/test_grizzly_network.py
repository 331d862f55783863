"""What addresses, networks and security groups do otherwise in the Grizzly face, on every dialect."""

from __future__ import annotations

import pytest

from rawdb import api
from rawdb.compat import nova_grizzly
from rawdb.context import RequestContext
from rawdb.exceptions import (
    FixedIpExists,
    FixedIpNotFoundForAddress,
    FloatingIpExists,
    NoMoreFloatingIps,
    NotAuthorized,
    SecurityGroupNotFound,
)
from tests.operations.factories import stored
from tests.operations.instance_helpers import make, new_uuid, reading
from tests.operations.network_helpers import admin, member, network, put
from tests.operations.quota_helpers import usage_row, usages
from tests.support.rows import there


class TestFixedAddresses:
    def test_writers_return_addresses(self, context: RequestContext) -> None:
        net = network()["id"]
        values = {"address": "10.0.0.1", "network_id": net}
        assert nova_grizzly.fixed_ip_create(context, values) == "10.0.0.1"
        with pytest.raises(FixedIpExists):
            nova_grizzly.fixed_ip_create(context, values)
        assert nova_grizzly.fixed_ip_create(context, {"address": "FE80::1", "network_id": net}) == "fe80::1"
        uuid = new_uuid()
        assert nova_grizzly.fixed_ip_associate(admin(), "10.0.0.1", uuid, net, reserved=False) == "10.0.0.1"
        assert nova_grizzly.fixed_ip_associate_pool(admin(), net, instance_uuid=uuid, host="h") == "fe80::1"
        assert [row["instance_uuid"] for row in stored("fixed_ips")] == [uuid, uuid]
        assert nova_grizzly.fixed_ip_get_by_address(admin(), "10.0.0.1")["network_id"] == net

    def test_disassociate_leaves_the_interface(self, admin_context: RequestContext) -> None:
        put("fixed_ips", address="10.0.0.1", instance_uuid="i", virtual_interface_id=7, allocated=True, leased=True)
        put("fixed_ips", address="10.0.0.2", instance_uuid="i", virtual_interface_id=8)
        before, other = stored("fixed_ips")
        assert nova_grizzly.fixed_ip_disassociate(admin_context, "10.0.0.1") is None  # type: ignore[func-returns-value]
        after, untouched = stored("fixed_ips")
        assert after == {**before, "instance_uuid": None, "updated_at": after["updated_at"]}
        assert untouched == other
        with pytest.raises(FixedIpNotFoundForAddress):
            nova_grizzly.fixed_ip_disassociate(admin_context, "10.0.0.9")


class TestFloatingAddresses:
    def test_writers_return_addresses_or_nothing(self, context: RequestContext) -> None:
        assert nova_grizzly.floating_ip_create(context, {"address": "1.1.1.1", "pool": "p"}) == "1.1.1.1"
        more = [{"address": "1.1.1.2", "pool": "p"}, {"address": "1.1.1.3", "pool": "q"}]
        assert nova_grizzly.floating_ip_bulk_create(context, more) is None  # type: ignore[func-returns-value]
        with pytest.raises(FloatingIpExists):
            nova_grizzly.floating_ip_bulk_create(context, [{"address": "1.1.1.4"}, more[0]])
        assert len(stored("floating_ips")) == 3
        given = nova_grizzly.floating_ip_allocate_address(context, "fake-project", "p")
        assert given in ("1.1.1.1", "1.1.1.2")
        assert nova_grizzly.floating_ip_deallocate(context, given) is None  # type: ignore[func-returns-value]
        assert {row["project_id"] for row in stored("floating_ips")} == {None}
        assert nova_grizzly.floating_ip_deallocate(context, "9.9.9.9") is None  # type: ignore[func-returns-value]
        with pytest.raises(NoMoreFloatingIps):
            nova_grizzly.floating_ip_allocate_address(context, "fake-project", "nowhere")
        with pytest.raises(NotAuthorized):
            nova_grizzly.floating_ip_allocate_address(context, "other-project", "p")

    def test_bulk_destroy_leaves_quotas_alone(self, context: RequestContext, statements: list[str]) -> None:
        usage_row("floating_ips", in_use=5, user_id=None)
        for number in range(3):
            put("floating_ips", address=f"1.1.1.{number}", project_id="fake-project", auto_assigned=False)
        statements.clear()
        ips = [{"address": "1.1.1.1"}, {"address": "1.1.1.0"}, {"address": "9.9.9.9"}, {"address": None}]
        assert nova_grizzly.floating_ip_bulk_destroy(context, iter(ips)) is None  # type: ignore[arg-type]
        assert [name for name in statements if "quota" in name or "reservation" in name] == []
        assert [bool(row["deleted"]) for row in stored("floating_ips")] == [True, True, False]
        assert usages() == {("fake-project", None, "floating_ips"): (5, 0)}
        with pytest.raises(NotAuthorized):
            nova_grizzly.floating_ip_bulk_destroy(RequestContext(None, None, is_admin=False), None)  # type: ignore[arg-type]


def test_only_allocated_addresses_are_in_use(context: RequestContext) -> None:
    instance = make(context, host="h")
    net = network()["id"]
    vif = put("virtual_interfaces", address="aa:bb", network_id=net, instance_uuid=instance["uuid"])
    common = {"network_id": net, "instance_uuid": instance["uuid"], "virtual_interface_id": vif}
    put("fixed_ips", address="10.0.0.1", allocated=False, **common)
    assert nova_grizzly.network_get_associated_fixed_ips(admin(), net) == []
    assert nova_grizzly.network_in_use_on_host(admin(), net) is False
    assert api.network_in_use_on_host(admin(), net) is True
    put("fixed_ips", address="10.0.0.2", allocated=True, **common)
    expected = api.network_get_associated_fixed_ips(admin(), net)
    assert nova_grizzly.network_get_associated_fixed_ips(admin(), net, "h") == expected[1:]
    assert nova_grizzly.network_in_use_on_host(admin(), net, host="h") is True
    assert nova_grizzly.network_in_use_on_host(admin(), net, "g") is False


class TestSecurityGroups:
    def test_reads(self, context: RequestContext) -> None:
        instance = make(context)
        group = api.security_group_create(context, {"project_id": "fake-project", "name": "g", "user_id": "fake-user"})
        rule = {"parent_group_id": group["id"], "group_id": group["id"], "protocol": "tcp"}
        api.security_group_rule_create(context, rule)
        api.instance_add_security_group(context, instance["uuid"], group["id"])

        found = nova_grizzly.security_group_get(context, group["id"])
        assert found == api.security_group_get(context, group["id"], ["instances"])
        assert [row["uuid"] for row in found["instances"]] == [instance["uuid"]]
        with pytest.raises(SecurityGroupNotFound):
            nova_grizzly.security_group_get(member("other-project"), group["id"])
        assert nova_grizzly.security_group_get_by_name(context, "fake-project", "g") == found
        [row] = nova_grizzly.security_group_rule_get_by_security_group(context, group["id"])
        assert row == api.security_group_rule_get_by_security_group(context, group["id"])[0]
        assert [one["uuid"] for one in there(row["grantee_group"])["instances"]] == [instance["uuid"]]

        by_number = nova_grizzly.security_group_get_by_instance(context, instance["id"])
        assert by_number == api.security_group_get_by_instance(context, instance["uuid"])
        assert [row["name"] for row in by_number] == ["g"]

    def test_by_instance_that_is_none(self, context: RequestContext) -> None:
        """An association without an instance is nobody's, whatever the number."""
        instance = make(context)
        put("security_group_instance_association", instance_uuid=None, security_group_id=1)
        for number in (None, "asdf", 2**70, instance["id"] + 1, instance["uuid"]):
            assert nova_grizzly.security_group_get_by_instance(context, number) == []  # type: ignore[arg-type]
        group = api.security_group_create(context, {"project_id": "p", "name": "g"})
        api.instance_add_security_group(context, instance["uuid"], group["id"])
        api.instance_destroy(context, instance["uuid"])
        assert nova_grizzly.security_group_get_by_instance(reading(context, "yes"), instance["id"]) == []


def test_interfaces_of_an_instance(context: RequestContext) -> None:
    instance = make(context)
    vif = api.virtual_interface_create(context, {"address": "aa:bb", "instance_uuid": instance["uuid"]})
    assert [row["id"] for row in nova_grizzly.virtual_interface_get_by_instance(context, instance["uuid"])] == [
        vif["id"]
    ]
