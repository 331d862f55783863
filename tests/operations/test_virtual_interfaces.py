"""Virtual interfaces, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    DBInvalidUnicodeParameter,
    InstanceNotFound,
    InvalidIpAddressError,
    VirtualInterfaceCreateException,
)
from tests.operations.factories import soft_delete, stored, together
from tests.operations.instance_helpers import columns, make, new_uuid
from tests.operations.network_helpers import NO_IDS, admin, ids, member, not_for_nobody, put
from tests.support.rows import Row


def vif(address: str | None = None, **values: Any) -> Row:
    return api.virtual_interface_create(admin(), {"address": address, **values})


class TestCreate:
    def test_returns_the_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        values = {"address": "AA:bb", "network_id": 3, "instance_uuid": "no such one", "zork": 1}
        row = api.virtual_interface_create(context, values)
        assert values == {"address": "AA:bb", "network_id": 3, "instance_uuid": "no such one", "zork": 1}
        assert row == {
            **dict.fromkeys(columns("virtual_interfaces")),
            "id": row["id"],
            "address": "AA:bb",
            "network_id": 3,
            "instance_uuid": "no such one",
            "created_at": stopped_clock,
            "deleted": 0,
        }
        assert api.virtual_interface_get(context, row["id"]) == row
        assert vif(uuid="given")["uuid"] == "given"

    def test_whatever_is_refused_is_one_error(self, context: RequestContext) -> None:
        row = vif("aa")
        for wrong in ({"address": "aa"}, {"id": row["id"]}, {"network_id": "asdf"}, {"address": "x" * 256}):
            with pytest.raises(VirtualInterfaceCreateException) as refused:
                api.virtual_interface_create(context, wrong)
            assert refused.value.__cause__ is not None
        assert stored("virtual_interfaces") == [row]
        assert {vif(None)["address"], vif(None)["address"], vif("AA")["address"]} == {None, "AA"}

    def test_a_released_address_is_free(self, context: RequestContext) -> None:
        for _ in range(3):
            vif("aa", instance_uuid="i")
            api.virtual_interface_delete_by_instance(context, "i")
        assert len(stored("virtual_interfaces")) == 3

    def test_one_caller_gets_an_address(self, context: RequestContext) -> None:
        outcomes = together(*[lambda: vif("aa")] * 8)
        assert Counter(type(outcome) for outcome in outcomes) == {dict: 1, VirtualInterfaceCreateException: 7}
        assert len(stored("virtual_interfaces")) == 1


class TestGet:
    def test_one(self, context: RequestContext) -> None:
        gone = vif("aa", uuid="u", network_id=3, instance_uuid="i")
        soft_delete("virtual_interfaces", gone["id"])
        row = vif("aa", uuid="u", network_id=3, instance_uuid="i")
        twin = vif("bb", uuid="u", network_id=3, instance_uuid="i")
        bare = vif()
        seeing = member(read_deleted="yes")
        assert api.virtual_interface_get(seeing, vif_id=twin["id"]) == twin
        assert api.virtual_interface_get_by_address(seeing, address="aa") == row
        assert api.virtual_interface_get_by_uuid(seeing, vif_uuid="u") == row
        assert api.virtual_interface_get_by_instance_and_network(seeing, instance_id="i", network_id=3) == row
        for wrong in (gone["id"], 10**6, *NO_IDS):
            assert api.virtual_interface_get(seeing, wrong) is None
        for text in ("AA", "aa ", "", "x" * 300):
            assert api.virtual_interface_get_by_address(context, text) is None
            assert api.virtual_interface_get_by_uuid(context, text) is None
        for pair in (("i", 4), ("j", 3), ("I", 3), ("i", None), ("i", "asdf"), ("i", 2**70)):
            assert api.virtual_interface_get_by_instance_and_network(context, *pair) is None
        nothing: Any = None
        assert api.virtual_interface_get_by_address(context, nothing) == bare
        assert api.virtual_interface_get_by_uuid(context, nothing) == bare
        assert api.virtual_interface_get_by_instance_and_network(context, nothing, nothing) == bare

    @pytest.mark.parametrize("wrong", ["a\x00", {}, [], b"aa", "\ud800"])
    def test_what_can_be_no_address(self, context: RequestContext, wrong: Any) -> None:
        with pytest.raises(VirtualInterfaceCreateException):
            vif(wrong)
        with pytest.raises(InvalidIpAddressError):
            api.virtual_interface_get_by_address(context, wrong)
        with pytest.raises((DBDataError, DBInvalidUnicodeParameter)):
            api.virtual_interface_get_by_uuid(context, wrong)

    def test_all(self, context: RequestContext) -> None:
        assert api.virtual_interface_get_all(context) == []
        rows = [vif("bb"), vif("aa"), vif()]
        soft_delete("virtual_interfaces", vif()["id"])
        assert api.virtual_interface_get_all(admin("only")) == rows


class TestOfAnInstance:
    def test_oldest_first(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(context), make(context)
        later = vif("aa", instance_uuid=row["uuid"])
        same = vif("bb", instance_uuid=row["uuid"])
        timeutils.advance_time_seconds(-5)
        first = vif("cc", instance_uuid=row["uuid"])
        vif("dd", instance_uuid=other["uuid"])
        put("virtual_interfaces", address="ee", instance_uuid=row["uuid"], deleted=90)
        assert api.virtual_interface_get_by_instance(context, instance_id=row["uuid"]) == [first, later, same]
        assert api.virtual_interface_get_by_instance(admin(), row["uuid"], use_slave=True) == [first, later, same]

    def test_without_a_time_of_creation_first(self, context: RequestContext) -> None:
        row = make(context)
        vif("aa", instance_uuid=row["uuid"])
        vif("bb", instance_uuid=row["uuid"])
        with rawdb.writer.using() as sql:
            sql.execute("UPDATE virtual_interfaces SET created_at = NULL WHERE address = 'bb'")
        found = api.virtual_interface_get_by_instance(context, row["uuid"])
        assert [one["address"] for one in found] == ["bb", "aa"]

    def test_the_instance_must_be_visible(self, context: RequestContext, statements: list[str]) -> None:
        row, gone = make(context), make(context)
        kept = vif("aa", instance_uuid=gone["uuid"])
        vif("bb", instance_uuid=new_uuid())
        api.instance_destroy(context, gone["uuid"])
        statements.clear()
        assert api.virtual_interface_get_by_instance(context, row["uuid"]) == []
        assert statements == ["virtual_interface_get_by_instance"]
        assert api.virtual_interface_get_by_instance(member(read_deleted="yes"), gone["uuid"]) == [kept]
        unknown: Any
        for caller, unknown in (
            (context, gone["uuid"]),
            (member("other"), row["uuid"]),
            (admin(), stored("virtual_interfaces")[1]["instance_uuid"]),
            (admin(), "asdf"),
            (admin(), None),
        ):
            with pytest.raises(InstanceNotFound) as missing:
                api.virtual_interface_get_by_instance(caller, unknown)
            assert missing.value.kwargs["instance_id"] == unknown

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        for _ in range(2):
            vif(instance_uuid="i", network_id=3)
        other, none = vif("aa", instance_uuid="j"), vif()
        put("virtual_interfaces", instance_uuid="i", deleted=90)
        put("fixed_ips", address="10.0.0.1", virtual_interface_id=other["id"] - 1, instance_uuid="i")
        before, addresses = stored("virtual_interfaces"), stored("fixed_ips")
        api.virtual_interface_delete_by_instance(member(read_deleted="yes"), instance_id="i")
        api.virtual_interface_delete_by_instance(context, "unknown")
        marked = [{**one, "deleted": one["id"], "deleted_at": stopped_clock} for one in before[:2]]
        assert stored("virtual_interfaces") == [*marked, *before[2:]]
        assert stored("fixed_ips") == addresses
        assert ids(api.virtual_interface_get_all(context)) == [other["id"], none["id"]]


def test_who_may(db: str) -> None:
    not_for_nobody(
        [
            lambda c: api.virtual_interface_create(c, {}),
            lambda c: api.virtual_interface_delete_by_instance(c, "i"),
            lambda c: api.virtual_interface_get(c, 1),
            lambda c: api.virtual_interface_get_all(c),
            lambda c: api.virtual_interface_get_by_address(c, "a"),
            lambda c: api.virtual_interface_get_by_instance(c, "i"),
            lambda c: api.virtual_interface_get_by_instance_and_network(c, "i", 1),
            lambda c: api.virtual_interface_get_by_uuid(c, "u"),
        ]
    )
