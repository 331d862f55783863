"""PCI devices, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    DBError,
    Forbidden,
    NotFound,
    PciDeviceNotFound,
    PciDeviceNotFoundById,
)
from tests.operations.factories import stored, together
from tests.support.rows import Row

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER = "00000000-0000-4000-8000-000000000001"
ADDRESS = "0000:04:10.0"
DELETED = get_admin_context(read_deleted="yes")


def make(node_id: int = 1, address: str = ADDRESS, **values: Any) -> Row:
    value = {
        "compute_node_id": node_id,
        "address": address,
        "vendor_id": "8086",
        "product_id": "10ed",
        "dev_type": "type-VF",
        "dev_id": "pci_0000_04_10_0",
        "label": "label_8086_10ed",
        "status": "available",
        **values,
    }
    return api.pci_device_update(get_admin_context(), node_id, address, value)


def ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


class TestUpdate:
    def test_inserts(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row = make(extra_info='{"a": "é"}', zork="ignored")
        assert row == {
            "id": row["id"],
            "compute_node_id": 1,
            "address": ADDRESS,
            "vendor_id": "8086",
            "product_id": "10ed",
            "dev_type": "type-VF",
            "dev_id": "pci_0000_04_10_0",
            "label": "label_8086_10ed",
            "status": "available",
            "extra_info": '{"a": "é"}',
            "instance_uuid": None,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert api.pci_device_get_by_id(admin_context, row["id"]) == row

    def test_inserts_the_value_alone(self, admin_context: RequestContext) -> None:
        value = {"compute_node_id": 2, "address": "0000:05:00.0", "label": "l", "status": "s"}
        row = api.pci_device_update(admin_context, 1, ADDRESS, value)
        assert (row["compute_node_id"], row["address"]) == (2, "0000:05:00.0")
        for missing in value:
            with pytest.raises(DBError) as refused:
                api.pci_device_update(admin_context, 1, ADDRESS, {k: v for k, v in value.items() if k != missing})
            assert not isinstance(refused.value, DBDuplicateEntry)
        assert stored("pci_devices") == [row]

    def test_the_place_of_another_device(self, admin_context: RequestContext) -> None:
        row = make()
        with pytest.raises(DBDuplicateEntry):
            api.pci_device_update(admin_context, 9, "elsewhere", row)
        with pytest.raises(DBDuplicateEntry):
            make(address="0000:05:00.0", id=row["id"])
        other = make(address="0000:05:00.0")
        with pytest.raises(DBDuplicateEntry):
            api.pci_device_update(admin_context, 1, "0000:05:00.0", {"address": ADDRESS})
        assert stored("pci_devices") == [row, other]

    def test_a_deleted_row_made_by_hand(self, admin_context: RequestContext) -> None:
        make(deleted=7)
        with pytest.raises(DBDuplicateEntry):
            make(deleted=7)

    def test_edits_what_differs(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(), make(node_id=2)
        timeutils.advance_time_seconds(5)
        same = {"status": "available", "compute_node_id": "1", "zork": 1}
        assert api.pci_device_update(admin_context, 1, ADDRESS, same) == row
        value = {"status": "claimed", "instance_uuid": INSTANCE}
        after = api.pci_device_update(admin_context, node_id=1, address=ADDRESS, value=value)
        assert after == {**row, **value, "updated_at": timeutils.utcnow()}
        assert stored("pci_devices") == [after, other]

    def test_none_is_null(self, admin_context: RequestContext) -> None:
        make(instance_uuid=INSTANCE)
        assert api.pci_device_update(admin_context, 1, ADDRESS, {"instance_uuid": None})["instance_uuid"] is None
        with pytest.raises(DBError):
            api.pci_device_update(admin_context, 1, ADDRESS, {"status": None, "instance_uuid": OTHER})
        assert stored("pci_devices")[0]["instance_uuid"] is None

    @pytest.mark.parametrize("read_deleted", ["no", "yes", "only"])
    def test_a_deleted_device_is_not_edited(self, admin_context: RequestContext, read_deleted: str) -> None:
        gone = make()
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        value = {"compute_node_id": 1, "address": ADDRESS, "label": "l", "status": "s"}
        row = api.pci_device_update(get_admin_context(read_deleted), 1, ADDRESS, value)
        assert row["id"] != gone["id"]
        assert len(stored("pci_devices")) == 2

    def test_values_that_do_not_fit(self, admin_context: RequestContext) -> None:
        unfit: Any
        for unfit in ({"address": "0000:04:10.00"}, {"vendor_id": "80866"}, {"instance_uuid": "u" * 37}):
            with pytest.raises(DBDataError):
                make(**unfit)
        row = make()
        with pytest.raises(DBDataError):
            api.pci_device_update(admin_context, 1, ADDRESS, {"product_id": "12345"})
        # No node has such an id, so the device would be a new one, of which nothing is known.
        with pytest.raises(DBError):
            api.pci_device_update(admin_context, "node", ADDRESS, {})  # type: ignore[arg-type]
        assert stored("pci_devices") == [row]

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        make()
        assert statements == ["BEGIN", "pci_device_update__find", "pci_device_update__insert", "COMMIT"]
        for sent in (["pci_device_update"], []):
            statements.clear()
            api.pci_device_update(admin_context, 1, ADDRESS, {"status": "claimed"})
            assert statements == ["BEGIN", "pci_device_update__find", *sent, "COMMIT"]

    def test_a_new_device_seen_by_many_at_once(self, db: str) -> None:
        results = together(*[lambda number=number: make(dev_id=str(number)) for number in range(6)])
        [row] = stored("pci_devices")
        assert {result["id"] for result in results} == {row["id"]}
        # One stored it, the others edited it, and the last one's value is there.
        assert row["dev_id"] in {str(number) for number in range(6)}

    def test_claims_and_releases_at_once_do_not_mix(self, admin_context: RequestContext) -> None:
        """Whatever their order: a claimed device has its claimer's uuid, a free one has none."""
        make()
        free = {"status": "available", "instance_uuid": None}

        def look() -> None:
            row = api.pci_device_get_by_addr(get_admin_context(), 1, ADDRESS)
            assert (row["status"] == "claimed") is (row["instance_uuid"] is not None)

        def worker(uuid: str) -> Callable[[], None]:
            claim = {"status": "claimed", "instance_uuid": uuid}

            def work() -> None:
                for _ in range(20):
                    for value in (claim, free):
                        row: Row = api.pci_device_update(get_admin_context(), 1, ADDRESS, value)
                        assert {key: row[key] for key in value} == value
                        look()

            return work

        assert together(worker(INSTANCE), worker(OTHER), worker(INSTANCE), worker(OTHER)) == [None] * 4
        look()

    def test_different_columns_at_once_are_all_written(self, admin_context: RequestContext) -> None:
        make()
        columns = ("status", "dev_id", "label", "extra_info", "instance_uuid")

        def writer(column: str) -> Callable[[], None]:
            def write() -> None:
                for number in range(10):
                    api.pci_device_update(get_admin_context(), 1, ADDRESS, {column: f"{column}-{number}"})

            return write

        assert together(*map(writer, columns)) == [None] * len(columns)
        row: Row = api.pci_device_get_by_addr(admin_context, 1, ADDRESS)
        assert [row[column] for column in columns] == [f"{column}-9" for column in columns]


class TestReads:
    def test_by_address(self, admin_context: RequestContext) -> None:
        row = make()
        make(node_id=2)
        make(address="0000:05:00.0")
        assert api.pci_device_get_by_addr(admin_context, node_id=1, dev_addr=ADDRESS) == row
        with pytest.raises(PciDeviceNotFound) as missing:
            api.pci_device_get_by_addr(admin_context, 3, ADDRESS)
        assert missing.value.kwargs == {"code": 500, "node_id": 3, "address": ADDRESS}
        assert not isinstance(missing.value, NotFound)

    def test_by_address_the_oldest(self, admin_context: RequestContext) -> None:
        first = make()
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        second = make()
        assert api.pci_device_get_by_addr(admin_context, 1, ADDRESS) == second
        assert api.pci_device_get_by_addr(DELETED, 1, ADDRESS)["id"] == first["id"]
        assert api.pci_device_get_by_addr(get_admin_context("only"), 1, ADDRESS)["id"] == first["id"]

    def test_by_id(self, admin_context: RequestContext) -> None:
        row = make()
        assert api.pci_device_get_by_id(admin_context, id=row["id"]) == row
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        with pytest.raises(PciDeviceNotFoundById) as missing:
            api.pci_device_get_by_id(admin_context, row["id"])
        assert missing.value.kwargs == {"code": 404, "id": row["id"]}
        assert isinstance(missing.value, NotFound)
        assert api.pci_device_get_by_id(DELETED, row["id"])["deleted"] == row["id"]

    def test_by_node(self, admin_context: RequestContext) -> None:
        rows = [make(address="0000:04:10.1"), make(address="0000:04:10.0", status="allocated")]
        make(node_id=2)
        assert api.pci_device_get_all_by_node(admin_context, 1) == rows
        assert api.pci_device_get_all_by_node(admin_context, 3) == []
        api.pci_device_destroy(admin_context, 1, "0000:04:10.1")
        assert ids(api.pci_device_get_all_by_node(admin_context, 1)) == ids(rows[1:])
        assert ids(api.pci_device_get_all_by_node(DELETED, 1)) == ids(rows)
        assert ids(api.pci_device_get_all_by_node(get_admin_context("only"), 1)) == ids(rows[:1])

    def test_by_instance(self, context: RequestContext, admin_context: RequestContext) -> None:
        taken: dict[str, Any] = {"status": "allocated", "instance_uuid": INSTANCE}
        rows = [make(**taken), make(node_id=2, **taken)]
        make(node_id=3, status="claimed", instance_uuid=INSTANCE)
        make(node_id=4, status="allocated", instance_uuid=OTHER)
        unowned = make(node_id=5, status="allocated")
        assert api.pci_device_get_all_by_instance_uuid(context, INSTANCE) == rows
        assert api.pci_device_get_all_by_instance_uuid(context, "unknown") == []
        assert api.pci_device_get_all_by_instance_uuid(context, None) == [unowned]  # type: ignore[arg-type]
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        assert ids(api.pci_device_get_all_by_instance_uuid(context, INSTANCE)) == ids(rows[1:])
        assert ids(api.pci_device_get_all_by_instance_uuid(DELETED, INSTANCE)) == ids(rows)

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        row = make()
        statements.clear()
        api.pci_device_get_by_addr(admin_context, 1, ADDRESS)
        api.pci_device_get_by_id(admin_context, row["id"])
        api.pci_device_get_all_by_node(admin_context, 1)
        api.pci_device_get_all_by_instance_uuid(admin_context, INSTANCE)
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        assert statements == [
            "pci_device_get_by_addr",
            "pci_device_get_by_id",
            "pci_device_get_all_by_node",
            "pci_device_get_all_by_instance_uuid",
            "pci_device_destroy",
        ]


class TestDestroy:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(), make(node_id=2)
        assert api.pci_device_destroy(admin_context, node_id=1, address=ADDRESS) is None
        assert stored("pci_devices") == [{**row, "deleted": row["id"], "deleted_at": stopped_clock}, other]

    def test_a_missing_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        make()
        api.pci_device_destroy(admin_context, 1, ADDRESS)
        for node_id, address in ((1, ADDRESS), (2, ADDRESS), (1, "0000:05:00.0")):
            with pytest.raises(PciDeviceNotFound) as missing:
                api.pci_device_destroy(admin_context, node_id, address)
            assert missing.value.kwargs == {"code": 500, "node_id": node_id, "address": address}
        timeutils.advance_time_seconds(5)
        assert api.pci_device_destroy(DELETED, 1, ADDRESS) is None
        assert stored("pci_devices")[0]["deleted_at"] == timeutils.utcnow()

    def test_only_one_of_many_at_once(self, db: str) -> None:
        make()
        results = together(*[lambda: api.pci_device_destroy(get_admin_context(), 1, ADDRESS) for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["PciDeviceNotFound"] * 4


def test_guards_come_first(context: RequestContext, statements: list[str]) -> None:
    admin_only: list[Callable[[], Any]] = [
        lambda: api.pci_device_get_by_addr(context, "x", ADDRESS),  # type: ignore[arg-type]
        lambda: api.pci_device_get_by_id(context, "x"),  # type: ignore[arg-type]
        lambda: api.pci_device_get_all_by_node(context, "x"),  # type: ignore[arg-type]
        lambda: api.pci_device_destroy(context, "x", ADDRESS),  # type: ignore[arg-type]
        lambda: api.pci_device_update(context, "x", ADDRESS, None),  # type: ignore[arg-type]
    ]
    for operation in admin_only:
        with pytest.raises(AdminRequired):
            operation()
    with pytest.raises(Forbidden):
        api.pci_device_get_all_by_instance_uuid(RequestContext("user", None, is_admin=False), INSTANCE)
    assert statements == []
    assert api.pci_device_get_all_by_instance_uuid(context, INSTANCE) == []
