"""Block device mappings, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBDataError, DBError, Forbidden, InvalidBDMFormat
from tests.operations.factories import stored, together
from tests.support.rows import Row, there

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER = "00000000-0000-4000-8000-000000000001"
NOBODY = RequestContext(None, None, is_admin=False)


@pytest.fixture
def deleted_too(db: str) -> RequestContext:
    return RequestContext("u", "p", is_admin=False, read_deleted="yes")


@pytest.fixture
def ephemeral_format(db: str) -> Iterator[Callable[[str | None], None]]:
    """Sets the option default_ephemeral_format for one test."""
    yield lambda value: rawdb.configure(default_ephemeral_format=value)
    rawdb.configure(default_ephemeral_format=None)


def make(context: RequestContext, **values: Any) -> Row:
    return api.block_device_mapping_create(context, {"instance_uuid": INSTANCE, **values}, legacy=False)


def make_swap(context: RequestContext, **values: Any) -> Row:
    swap = {"source_type": "blank", "destination_type": "local", "guest_format": "swap"}
    return make(context, **swap, **values)


def make_instance(uuid: str = INSTANCE, deleted: bool = False) -> int:
    """An instance by its row alone."""
    with rawdb.writer.using() as sql:
        row = sql.instance_create(values={"uuid": uuid, "project_id": "p", "display_name": "x"})
        if deleted:
            sql.execute(f"UPDATE instances SET deleted = id WHERE id = {row['id']}")
    return int(row["id"])


def ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


def live_ids() -> list[int]:
    return ids([row for row in stored("block_device_mapping") if row["deleted"] == 0])


class TestCreate:
    def test_returns_the_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {
            "instance_uuid": INSTANCE,
            "source_type": "image",
            "destination_type": "local",
            "boot_index": "0",
            "device_name": "/dev/vda",
            "image_id": OTHER,
            "delete_on_termination": 1,
            "volume_size": 3,
            "no_device": None,
            "connection_info": '{"a": "é"}',
            "zork": "ignored",
        }
        row = api.block_device_mapping_create(context, given, legacy=False)
        assert row == {
            "id": row["id"],
            "instance_uuid": INSTANCE,
            "source_type": "image",
            "destination_type": "local",
            "guest_format": None,
            "device_type": None,
            "disk_bus": None,
            "boot_index": 0,
            "device_name": "/dev/vda",
            "delete_on_termination": True,
            "snapshot_id": None,
            "volume_id": None,
            "volume_size": 3,
            "image_id": OTHER,
            "no_device": None,
            "connection_info": '{"a": "é"}',
            "virtual_name": None,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert row["delete_on_termination"] is True
        assert api.block_device_mapping_get_all_by_instance(context, INSTANCE) == [row]
        assert given["zork"] == "ignored"

    def test_delete_on_termination_is_false_by_default(self, context: RequestContext) -> None:
        assert make(context, delete_on_termination=None)["delete_on_termination"] is False
        row = api.block_device_mapping_create(context, {"instance_uuid": INSTANCE, "volume_id": OTHER})
        assert row["delete_on_termination"] is False

    def test_no_check_of_instance_or_twins(self, context: RequestContext) -> None:
        assert make(context, device_name="/dev/vda")["id"] != make(context, device_name="/dev/vda")["id"]

    def test_an_empty_size_counts_as_none(self, context: RequestContext) -> None:
        given = {"instance_uuid": INSTANCE, "volume_id": OTHER, "volume_size": ""}
        for legacy in (True, False):
            assert api.block_device_mapping_create(context, given, legacy=legacy)["volume_size"] is None

    def test_without_legacy_nothing_is_checked_or_converted(self, context: RequestContext) -> None:
        row = make(context, device_name="with space", virtual_name="swap")
        assert (row["device_name"], row["source_type"], row["delete_on_termination"]) == ("with space", None, False)
        assert make(context)["source_type"] is None

    def test_values_that_do_not_fit(self, context: RequestContext) -> None:
        unfit: Any
        for unfit in ({"volume_id": "v" * 37}, {"volume_size": "big"}, {"boot_index": []}, {"no_device": "perhaps"}):
            with pytest.raises(DBDataError):
                make(context, **unfit)
        assert stored("block_device_mapping") == []

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        make(context)
        assert statements == ["block_device_mapping_create"]


def convert(context: RequestContext, **values: Any) -> Row:
    return api.block_device_mapping_create(context, {"instance_uuid": INSTANCE, **values})


def types(row: Row) -> tuple[Any, ...]:
    return row["source_type"], row["destination_type"], row["guest_format"], row["delete_on_termination"]


class TestLegacy:
    def test_swap(self, context: RequestContext) -> None:
        row = convert(context, virtual_name="swap", delete_on_termination=False, volume_id=OTHER, volume_size=1)
        assert types(row) == ("blank", "local", "swap", True)
        assert (row["volume_id"], row["volume_size"], row["virtual_name"]) == (OTHER, 1, None)

    def test_ephemeral(self, context: RequestContext, ephemeral_format: Callable[[str | None], None]) -> None:
        assert types(convert(context, virtual_name="ephemeral0")) == ("blank", "local", None, True)
        ephemeral_format("ext4")
        for name in ("ephemeral0", "ephemeral9", "ephemeral10"):
            assert types(convert(context, virtual_name=name)) == ("blank", "local", "ext4", True)

    @pytest.mark.parametrize("snapshot", [{"snapshot_id": OTHER}, {"snapshot_id": OTHER, "volume_id": INSTANCE}])
    def test_snapshot(self, context: RequestContext, snapshot: dict[str, str]) -> None:
        row = convert(context, **snapshot, no_device=True)
        assert types(row) == ("snapshot", "volume", None, False)
        assert row["snapshot_id"] == OTHER

    def test_volume(self, context: RequestContext) -> None:
        row = convert(context, volume_id=OTHER, virtual_name="disk7", delete_on_termination="Yes", no_device=False)
        assert types(row) == ("volume", "volume", None, True)
        assert row["virtual_name"] is None

    def test_no_device(self, context: RequestContext) -> None:
        row = convert(context, no_device=True, device_name="not / checked", volume_size=-1)
        assert types(row) == (None, None, None, False)
        assert (row["no_device"], row["device_name"], row["volume_size"]) == (True, "not / checked", -1)

    def test_anything_else(self, context: RequestContext) -> None:
        for virtual_name in (None, "", "ephemeral", "ephemeral01", "ephemeral-1", "ephemeral1x", "Swap", "swap ", 5):
            with pytest.raises(InvalidBDMFormat) as refused:
                convert(context, virtual_name=virtual_name, volume_id="", snapshot_id=None, no_device=False)
            assert refused.value.kwargs["details"]
        assert stored("block_device_mapping") == []

    def test_what_the_old_notation_does_not_know_is_dropped(self, context: RequestContext) -> None:
        new = {"boot_index": 0, "disk_bus": "ide", "device_type": "cdrom", "guest_format": "x", "image_id": OTHER}
        row = convert(context, volume_id=OTHER, source_type="image", destination_type="local", **new, zork=1)
        assert types(row) == ("volume", "volume", None, False)
        assert [row[key] for key in new] == [None] * len(new)

    def test_what_it_knows_is_kept(self, context: RequestContext, stopped_clock: datetime) -> None:
        known = {
            "id": 77,
            "device_name": "vdb",
            "connection_info": "{}",
            "created_at": datetime(2020, 1, 1),  # noqa: DTZ001
            "updated_at": datetime(2020, 1, 2),  # noqa: DTZ001
            "deleted": 0,
        }
        row = convert(context, volume_id=OTHER, **known)
        assert {key: row[key] for key in known} == known

    def test_delete_on_termination(self, context: RequestContext) -> None:
        given: Any
        for given in ("1", "t", "true", "on", "y", "yes", "YES", "True", True, 1):
            assert convert(context, volume_id=OTHER, delete_on_termination=given)["delete_on_termination"] is True
        for given in ("0", "false", "", "2", "yess", False, 0, 2, None):
            assert convert(context, volume_id=OTHER, delete_on_termination=given)["delete_on_termination"] is False

    def test_device_name(self, context: RequestContext) -> None:
        for good in (None, "a", "/dev/vda", "é" * 255):
            assert convert(context, volume_id=OTHER, device_name=good)["device_name"] == good
        for bad in ("", "a b", " ", "a" * 256, 5):
            with pytest.raises(InvalidBDMFormat):
                convert(context, volume_id=OTHER, device_name=bad)

    def test_volume_size(self, context: RequestContext) -> None:
        for good, kept in ((1, 1), ("20", 20), (0, 0), (None, None), ("0", 0)):
            assert convert(context, volume_id=OTHER, volume_size=good)["volume_size"] == kept
        for bad in (-1, "-1", "big", "1.5", 1.5, float("inf"), [1]):
            with pytest.raises(InvalidBDMFormat):
                convert(context, volume_id=OTHER, volume_size=bad)


class TestUpdate:
    def test_returns_the_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = make(context, device_name="vda", volume_id=OTHER)
        timeutils.advance_time_seconds(5)
        changes = {"device_name": "vdb", "boot_index": 1, "delete_on_termination": "true"}
        after = api.block_device_mapping_update(context, row["id"], changes, legacy=False)
        expected = {"device_name": "vdb", "boot_index": 1, "delete_on_termination": True}
        assert after == {**row, **expected, "updated_at": timeutils.utcnow()}
        assert api.block_device_mapping_get_all_by_instance(context, INSTANCE) == [after]

    def test_always_moves_updated_at(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = make(context, device_name="vda")
        for values in ({"device_name": "vda"}, {}):
            timeutils.advance_time_seconds(5)
            after = api.block_device_mapping_update(context, row["id"], values)
            assert after == {**row, "updated_at": timeutils.utcnow()}
        after = api.block_device_mapping_update(context, row["id"], {"updated_at": stopped_clock})
        assert there(after)["updated_at"] == stopped_clock

    def test_none_is_null(self, context: RequestContext) -> None:
        row = make(context, delete_on_termination=True)
        after = api.block_device_mapping_update(context, row["id"], {"delete_on_termination": None}, legacy=False)
        assert there(after)["delete_on_termination"] is None

    def test_visibility(self, context: RequestContext, deleted_too: RequestContext) -> None:
        row = make(context)
        api.block_device_mapping_destroy(context, row["id"])
        assert api.block_device_mapping_update(context, row["id"], {"device_name": "x"}) is None
        assert api.block_device_mapping_update(context, row["id"] + 1, {"device_name": "x"}) is None
        assert stored("block_device_mapping")[0]["device_name"] is None
        assert (
            there(api.block_device_mapping_update(deleted_too, row["id"], {"device_name": "x"}))["device_name"] == "x"
        )

    def test_a_key_that_is_no_column(self, context: RequestContext) -> None:
        row = make(context, volume_id=OTHER)
        for bad in ("zork", "device_name = 'x', deleted", "instance"):
            with pytest.raises(DBError):
                api.block_device_mapping_update(context, row["id"], {bad: "x", "boot_index": 1}, legacy=False)
        assert stored("block_device_mapping") == [row]

    def test_columns_are_taken_as_they_are(self, context: RequestContext) -> None:
        """With `legacy`, as long as every key is a column: nothing is emptied, nothing is checked."""
        row = make(context, device_name="vda", volume_id=OTHER, connection_info="{}", boot_index=0)
        after = api.block_device_mapping_update(context, row["id"], {"device_name": "a b", "volume_size": ""})
        assert after == {**row, "device_name": "a b", "updated_at": there(after)["updated_at"]}

    def test_the_old_notation_empties_what_it_does_not_mention(self, context: RequestContext) -> None:
        kept = {"boot_index": 3, "disk_bus": "ide", "device_type": "disk"}
        row = make(context, device_name="vda", connection_info="{}", volume_size=1, image_id=OTHER, **kept)
        after: Row = there(api.block_device_mapping_update(context, row["id"], {"virtual_name": "swap"}))
        assert types(after) == ("blank", "local", "swap", True)
        assert {key: after[key] for key in kept} == kept
        for emptied in ("device_name", "connection_info", "volume_size", "image_id", "volume_id", "no_device"):
            assert after[emptied] is None
        assert after["instance_uuid"] == INSTANCE

    def test_an_unknown_key_makes_it_the_old_notation(self, context: RequestContext) -> None:
        row = make(context, device_name="vda", guest_format="ext4")
        after = api.block_device_mapping_update(context, row["id"], {"zork": 1, "volume_id": OTHER})
        assert types(there(after)) == ("volume", "volume", "ext4", None)
        assert there(after)["device_name"] is None
        with pytest.raises(InvalidBDMFormat):
            api.block_device_mapping_update(context, row["id"], {"zork": 1, "boot_index": 1})

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        row = make(context)
        statements.clear()
        api.block_device_mapping_update(context, row["id"], {"boot_index": 1})
        assert statements == ["BEGIN", "block_device_mapping_update", "block_device_mapping_update__row", "COMMIT"]
        statements.clear()
        api.block_device_mapping_update(context, -1, {"boot_index": 1})
        assert statements == ["BEGIN", "block_device_mapping_update", "COMMIT"]


def put(context: RequestContext, legacy: bool = False, **values: Any) -> Row:
    return api.block_device_mapping_update_or_create(context, {"instance_uuid": INSTANCE, **values}, legacy=legacy)


class TestUpdateOrCreate:
    def test_creates(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = put(context, device_name="vda", volume_id=OTHER)
        assert (row["device_name"], row["volume_id"], row["delete_on_termination"]) == ("vda", OTHER, False)
        assert (row["created_at"], row["updated_at"]) == (stopped_clock, None)
        assert stored("block_device_mapping") == [row]

    def test_edits(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = put(context, device_name="vda", volume_id=OTHER)
        other = make(context, device_name="vdb")
        elsewhere = make(context, device_name="vda", instance_uuid=OTHER)
        timeutils.advance_time_seconds(5)
        assert put(context, device_name="vda", volume_id=OTHER) == row
        after = put(context, device_name="vda", boot_index=1, zork="ignored")
        assert after == {**row, "boot_index": 1, "updated_at": timeutils.utcnow()}
        assert stored("block_device_mapping") == [after, other, elsewhere]

    def test_edits_the_oldest(self, context: RequestContext) -> None:
        first, second = make(context, device_name="vda"), make(context, device_name="vda")
        assert put(context, device_name="vda", boot_index=1)["id"] == first["id"]
        assert stored("block_device_mapping")[1] == second

    def test_an_empty_device_name_always_creates(self, context: RequestContext) -> None:
        for empty in (None, "", None, ""):
            assert put(context, device_name=empty)["device_name"] == empty
        assert len(live_ids()) == 4

    def test_visibility(self, context: RequestContext, deleted_too: RequestContext) -> None:
        gone = make(context, device_name="vda")
        api.block_device_mapping_destroy(context, gone["id"])
        assert put(deleted_too, device_name="vda", boot_index=7)["id"] == gone["id"]
        assert put(context, device_name="vda")["id"] != gone["id"]

    def test_keys_that_are_missing(self, context: RequestContext) -> None:
        for legacy in (True, False):
            with pytest.raises(KeyError, match="device_name"):
                put(context, legacy, volume_id=OTHER)
            with pytest.raises(KeyError, match="instance_uuid"):
                api.block_device_mapping_update_or_create(context, {"device_name": "x"}, legacy=legacy)
        assert stored("block_device_mapping") == []

    def test_a_key_that_is_no_column(self, context: RequestContext) -> None:
        with pytest.raises(TypeError, match="zork"):
            put(context, device_name="vda", zork=1)
        assert stored("block_device_mapping") == []

    def test_the_old_notation(self, context: RequestContext) -> None:
        row = put(context, legacy=True, virtual_name="ephemeral0", zork=1)
        assert types(row) == ("blank", "local", None, True)
        assert (row["device_name"], row["virtual_name"]) == (None, None)
        row = put(context, legacy=True, virtual_name="swap", device_name="vdb", volume_size="")
        assert types(row) == ("blank", "local", "swap", True)
        with pytest.raises(InvalidBDMFormat):
            put(context, legacy=True, virtual_name="no", device_name="vdb")
        with pytest.raises(InvalidBDMFormat):
            put(context, legacy=True, virtual_name="swap", device_name="a b")

    def test_the_old_notation_empties_what_it_does_not_mention(self, context: RequestContext) -> None:
        row = make(context, device_name="vdb", volume_id=OTHER, boot_index=3)
        after = put(context, legacy=True, virtual_name="swap", device_name="vdb")
        assert (after["id"], after["volume_id"], after["boot_index"]) == (row["id"], None, 3)

    def test_a_new_swap_replaces_the_others(self, context: RequestContext, stopped_clock: datetime) -> None:
        old = [make_swap(context, device_name="vdb"), make_swap(context), make_swap(context, device_name="vdc")]
        not_local = make(context, source_type="blank", guest_format="swap", device_name="vdd")
        kept = [
            make(context, source_type="blank", destination_type="local", guest_format="ext4"),
            make(context, source_type="volume", destination_type="volume", guest_format="swap"),
            make_swap(context, instance_uuid=OTHER),
        ]
        timeutils.advance_time_seconds(5)
        row = put(context, legacy=True, virtual_name="swap", device_name="vdc")
        assert row["id"] == old[2]["id"]
        assert live_ids() == [row["id"], *ids(kept)]
        gone = stored("block_device_mapping")[0]
        assert (gone["deleted"], gone["deleted_at"], gone["updated_at"]) == (gone["id"], timeutils.utcnow(), None)
        assert not_local["id"] not in live_ids()
        new = put(context, legacy=True, virtual_name="swap")
        assert live_ids() == [*ids(kept), new["id"]]

    def test_a_swap_is_told_by_what_is_given(self, context: RequestContext) -> None:
        swaps = [make_swap(context, device_name="vdb"), make_swap(context, device_name="vdc")]
        put(context, device_name="vdc", source_type="blank", guest_format="swap")
        put(context, device_name="vdc", boot_index=1)
        assert live_ids() == ids(swaps)
        put(context, device_name="vdc", source_type="blank", guest_format="swap", destination_type="local")
        assert live_ids() == ids(swaps[1:])

    def test_ephemeral_disks_are_not_limited(self, context: RequestContext) -> None:
        for number in range(3):
            put(context, legacy=True, virtual_name=f"ephemeral{number}")
            put(context, legacy=True, virtual_name="ephemeral0")
        assert len(live_ids()) == 6

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        start = ["BEGIN", "instance_update__lock"]
        find = "block_device_mapping_update_or_create__find"
        put(context, device_name=None)
        assert statements == [*start, "block_device_mapping_create", "COMMIT"]
        statements.clear()
        put(context, device_name="vda")
        assert statements == [*start, find, "block_device_mapping_create", "COMMIT"]
        statements.clear()
        put(context, device_name="vda")
        assert statements == [*start, find, "COMMIT"]
        statements.clear()
        put(context, legacy=True, device_name="vda", virtual_name="swap")
        assert statements == [
            *start,
            find,
            "block_device_mapping_update_or_create__edit",
            "block_device_mapping_update_or_create__other_swaps",
            "COMMIT",
        ]

    def test_many_at_once_make_one_disk(self, db: str) -> None:
        make_instance()
        results = together(
            *[lambda number=number: put(NOBODY, device_name="vda", boot_index=number) for number in range(6)]
        )
        assert {row["id"] for row in results} == {results[0]["id"]}
        assert len(stored("block_device_mapping")) == 1

    def test_many_swaps_at_once_leave_one(self, db: str) -> None:
        make_instance()
        results = together(
            *[
                lambda number=number: put(NOBODY, legacy=True, device_name=f"vd{number}", virtual_name="swap")
                for number in range(6)
            ]
        )
        assert all(isinstance(row, dict) for row in results), results
        assert len(live_ids()) == 1
        assert len(stored("block_device_mapping")) == 6

    def test_edits_and_updates_at_once_do_not_mix(self, context: RequestContext) -> None:
        """Each call differs from the first state in one column only: together they could make (1, 2)."""
        states = [(0, 1), (0, 2), (1, 1)]
        row = make(context, device_name="vda", boot_index=0, volume_size=1)

        def look() -> None:
            [now] = api.block_device_mapping_get_all_by_instance(get_admin_context(), INSTANCE)
            assert (now["boot_index"], now["volume_size"]) in states

        def edit() -> None:
            for index, size in [states[1], states[0], states[2], states[0]] * 10:
                put(NOBODY, device_name="vda", boot_index=index, volume_size=size)
                look()

        def update() -> None:
            for index, size in [states[2], states[0]] * 20:
                values = {"boot_index": index, "volume_size": size}
                api.block_device_mapping_update(get_admin_context(), row["id"], values)
                look()

        assert together(edit, update, edit, update) == [None] * 4
        look()


class TestReads:
    def test_get_all_by_instance(self, context: RequestContext, deleted_too: RequestContext) -> None:
        rows = [make(context, device_name="vdb"), make(context, device_name="vda")]
        make(context, instance_uuid=OTHER)
        stranger = RequestContext("other-user", "other-project", is_admin=False)
        assert api.block_device_mapping_get_all_by_instance(stranger, INSTANCE) == rows
        assert api.block_device_mapping_get_all_by_instance(context, "unknown") == []
        api.block_device_mapping_destroy(context, rows[0]["id"])
        assert ids(api.block_device_mapping_get_all_by_instance(context, INSTANCE)) == [rows[1]["id"]]
        assert ids(api.block_device_mapping_get_all_by_instance(deleted_too, INSTANCE, use_slave=True)) == ids(rows)

    def test_none_is_null(self, context: RequestContext) -> None:
        row = make(context, instance_uuid=None)
        assert api.block_device_mapping_get_all_by_instance(context, None) == [row]  # type: ignore[arg-type]
        assert api.block_device_mapping_get_by_volume_id(context, None) == row  # type: ignore[arg-type]

    def test_get_by_volume_id(self, context: RequestContext, deleted_too: RequestContext) -> None:
        assert api.block_device_mapping_get_by_volume_id(context, OTHER) is None
        rows = [make(context, volume_id=OTHER), make(context, volume_id=OTHER)]
        assert api.block_device_mapping_get_by_volume_id(context, OTHER) == rows[0]
        assert api.block_device_mapping_get_by_volume_id(context, OTHER, []) == rows[0]
        api.block_device_mapping_destroy(context, rows[0]["id"])
        assert api.block_device_mapping_get_by_volume_id(context, OTHER) == rows[1]
        assert there(api.block_device_mapping_get_by_volume_id(deleted_too, OTHER))["id"] == rows[0]["id"]

    @pytest.mark.parametrize("deleted", [False, True])
    def test_with_its_instance(self, context: RequestContext, deleted: bool) -> None:
        instance_id = make_instance(deleted=deleted)
        row = make(context, volume_id=OTHER)
        found = api.block_device_mapping_get_by_volume_id(context, OTHER, columns_to_join=["instance"])
        assert found is not None
        instance = found.pop("instance")
        assert found == row
        [columns] = stored("instances")
        assert instance == {**columns, "name": f"instance-{instance_id:08x}"}
        assert bool(instance["deleted"]) is deleted

    def test_without_an_instance(self, context: RequestContext) -> None:
        make(context, volume_id=OTHER)
        make(context, volume_id=INSTANCE, instance_uuid=None)
        for volume in (OTHER, INSTANCE):
            found = api.block_device_mapping_get_by_volume_id(context, volume, ("instance",))
            assert there(found)["instance"] is None

    def test_a_deleted_disk_has_no_instance(self, context: RequestContext, deleted_too: RequestContext) -> None:
        make_instance()
        row = make(context, volume_id=OTHER)
        api.block_device_mapping_destroy(context, row["id"])
        found = api.block_device_mapping_get_by_volume_id(deleted_too, OTHER, ["instance"])
        assert there(found)["instance"] is None

    def test_another_relation(self, context: RequestContext, statements: list[str]) -> None:
        with pytest.raises(ValueError, match="zork"):
            api.block_device_mapping_get_by_volume_id(context, OTHER, ["instance", "zork"])
        assert statements == []

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        make(context, volume_id=OTHER)
        statements.clear()
        api.block_device_mapping_get_all_by_instance(context, INSTANCE)
        api.block_device_mapping_get_by_volume_id(context, OTHER)
        assert statements == ["block_device_mapping_get_all_by_instance", "block_device_mapping_get_by_volume_id"]
        statements.clear()
        api.block_device_mapping_get_by_volume_id(context, OTHER, ["instance"])
        assert statements == [
            "block_device_mapping_get_by_volume_id",
            "block_device_mapping_get_by_volume_id__instance",
        ]


class TestDestroy:
    def test_one(self, context: RequestContext, deleted_too: RequestContext, stopped_clock: datetime) -> None:
        rows = [make(context), make(context)]
        assert api.block_device_mapping_destroy(context, rows[0]["id"]) is None
        gone = stored("block_device_mapping")[0]
        assert gone == {**rows[0], "deleted": gone["id"], "deleted_at": stopped_clock}
        assert live_ids() == [rows[1]["id"]]
        timeutils.advance_time_seconds(5)
        assert api.block_device_mapping_destroy(context, gone["id"]) is None
        assert api.block_device_mapping_destroy(context, -1) is None
        assert stored("block_device_mapping")[0] == gone
        api.block_device_mapping_destroy(deleted_too, gone["id"])
        assert stored("block_device_mapping")[0]["deleted_at"] == timeutils.utcnow()

    def test_by_instance_and_volume(self, context: RequestContext, stopped_clock: datetime) -> None:
        rows = [make(context, volume_id=OTHER), make(context, volume_id=OTHER)]
        kept = [make(context), make(context, volume_id=INSTANCE), make(context, volume_id=OTHER, instance_uuid=OTHER)]
        assert api.block_device_mapping_destroy_by_instance_and_volume(context, INSTANCE, OTHER) is None
        assert live_ids() == ids(kept)
        gone = stored("block_device_mapping")[0]
        assert gone == {**rows[0], "deleted": gone["id"], "deleted_at": stopped_clock}
        assert api.block_device_mapping_destroy_by_instance_and_volume(context, INSTANCE, OTHER) is None

    def test_by_instance_and_device(self, context: RequestContext) -> None:
        for device_name in ("vda", "vda", None):
            make(context, device_name=device_name)
        kept = [make(context, device_name="vdb"), make(context, device_name="vda", instance_uuid=OTHER)]
        assert api.block_device_mapping_destroy_by_instance_and_device(context, INSTANCE, "vda") is None
        assert len(live_ids()) == 3
        assert api.block_device_mapping_destroy_by_instance_and_device(context, INSTANCE, None) is None  # type: ignore[arg-type]
        assert live_ids() == ids(kept)

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        api.block_device_mapping_destroy(context, 1)
        api.block_device_mapping_destroy_by_instance_and_volume(context, INSTANCE, OTHER)
        api.block_device_mapping_destroy_by_instance_and_device(context, INSTANCE, "vda")
        assert statements == [
            "block_device_mapping_destroy",
            "block_device_mapping_destroy_by_instance_and_volume",
            "block_device_mapping_destroy_by_instance_and_device",
        ]


def test_guards_come_first(db: str, statements: list[str]) -> None:
    guarded: list[Callable[[], Any]] = [
        lambda: api.block_device_mapping_create(NOBODY, None),  # type: ignore[arg-type]
        lambda: api.block_device_mapping_update(NOBODY, 1, None),  # type: ignore[arg-type]
        lambda: api.block_device_mapping_get_all_by_instance(NOBODY, INSTANCE),
        lambda: api.block_device_mapping_get_by_volume_id(NOBODY, OTHER),
        lambda: api.block_device_mapping_destroy(NOBODY, 1),
        lambda: api.block_device_mapping_destroy_by_instance_and_volume(NOBODY, INSTANCE, OTHER),
        lambda: api.block_device_mapping_destroy_by_instance_and_device(NOBODY, INSTANCE, "vda"),
    ]
    for operation in guarded:
        with pytest.raises(Forbidden):
            operation()
    assert statements == []
    assert put(NOBODY, device_name="vda")["device_name"] == "vda"
