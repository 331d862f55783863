"""The floating addresses of an instance, through rawdb.api, on every dialect."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import FixedIpNotFoundForInstance, InstanceNotFound, InvalidID, InvalidUUID
from tests.operations.factories import stored
from tests.operations.instance_helpers import insert, make, new_uuid, reading


def fixed(instance_uuid: str, address: str, deleted: int = 0) -> int:
    """A fixed address of an instance; gives its id."""
    insert("fixed_ips", instance_uuid=instance_uuid, address=address, deleted=deleted)
    return int(stored("fixed_ips")[-1]["id"])


def floating(fixed_ip_id: int, address: str, deleted: int = 0) -> None:
    insert("floating_ips", fixed_ip_id=fixed_ip_id, address=address, deleted=deleted)


def test_get_floating_address(context: RequestContext, statements: list[str]) -> None:
    row = make(context)
    with pytest.raises(FixedIpNotFoundForInstance) as refused:
        api.instance_get_floating_address(context, row["id"])
    assert refused.value.kwargs["instance_uuid"] == row["uuid"]
    gone = fixed(row["uuid"], "10.0.0.9", deleted=50)
    floating(gone, "1.1.1.9")
    with pytest.raises(FixedIpNotFoundForInstance):
        api.instance_get_floating_address(reading(context, "yes"), row["id"])
    first, second = fixed(row["uuid"], "10.0.0.1"), fixed(row["uuid"], "10.0.0.2")
    floating(second, "1.1.1.2")
    assert api.instance_get_floating_address(context, row["id"]) is None
    floating(first, "1.1.1.0", deleted=60)
    floating(first, "1.1.1.1")
    floating(first, "1.1.1.3")
    statements.clear()
    assert api.instance_get_floating_address(context, instance_id=row["id"]) == "1.1.1.1"
    assert statements == ["instance_get_floating_address"]
    assert api.instance_get_floating_address(reading(context, "yes"), row["id"]) == "1.1.1.0"


def test_a_floating_address_is_found_by_the_address_it_leads_to(context: RequestContext) -> None:
    row, other = make(context), make(context)
    fixed(row["uuid"], "10.0.0.1")
    # A deleted fixed address of the same text, as is left when the address moves on to another instance.
    floating(fixed(other["uuid"], "10.0.0.1", deleted=70), "1.1.1.1")
    assert api.instance_get_floating_address(context, row["id"]) == "1.1.1.1"


def test_get_floating_address_finds_the_instance_first(context: RequestContext) -> None:
    row = make(context)
    fixed(row["uuid"], "10.0.0.1")
    for caller, number in ((RequestContext("u", "another"), row["id"]), (context, 10**6)):
        with pytest.raises(InstanceNotFound) as missing:
            api.instance_get_floating_address(caller, number)
        assert missing.value.kwargs["instance_id"] == number
    wrong: Any
    for wrong in ("zork", 2**70):
        with pytest.raises(InvalidID):
            api.instance_get_floating_address(context, wrong)
    assert api.instance_get_floating_address(get_admin_context(), row["id"]) is None


def test_floating_address_get_all(context: RequestContext, statements: list[str]) -> None:
    row = make(context)
    for uuid in (row["uuid"], new_uuid()):
        with pytest.raises(FixedIpNotFoundForInstance) as refused:
            api.instance_floating_address_get_all(context, uuid)
        assert refused.value.kwargs["instance_uuid"] == uuid
    first, second = fixed(row["uuid"], "10.0.0.1"), fixed(row["uuid"], "10.0.0.2")
    gone = fixed(row["uuid"], "10.0.0.3", deleted=50)
    assert api.instance_floating_address_get_all(context, row["uuid"]) == []
    floating(second, "1.1.1.3")
    floating(first, "1.1.1.1")
    floating(first, "1.1.1.2", deleted=60)
    floating(gone, "1.1.1.4")
    floating(gone, "1.1.1.5", deleted=61)
    stranger = RequestContext("u", "another")
    statements.clear()
    assert api.instance_floating_address_get_all(stranger, instance_uuid=row["uuid"]) == ["1.1.1.3", "1.1.1.1"]
    assert statements == ["instance_floating_address_get_all"]
    everything = api.instance_floating_address_get_all(reading(context, "yes"), row["uuid"])
    assert everything == ["1.1.1.3", "1.1.1.1", "1.1.1.2", "1.1.1.4", "1.1.1.5"]
    assert api.instance_floating_address_get_all(reading(context, "only"), row["uuid"]) == ["1.1.1.5"]


@pytest.mark.parametrize("value", ["zork", "", None, 5, "00000000-0000-0000-0000-00000000000A"])
def test_floating_address_get_all_checks_the_uuid(context: RequestContext, value: Any) -> None:
    with pytest.raises(InvalidUUID) as invalid:
        api.instance_floating_address_get_all(context, value)
    assert invalid.value.kwargs["uuid"] == value
