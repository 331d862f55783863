"""EC2 and S3 ids, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    Forbidden,
    ImageNotFound,
    InstanceNotFound,
    NotFound,
    SnapshotNotFound,
    VolumeNotFound,
)
from tests.operations.factories import soft_delete, stored, together

NO_IDS = (None, "asdf", 2**70, -1, 0, "")


class Kind(NamedTuple):
    """What the interfaces number, and the operations that do."""

    table: str
    missing: type[NotFound]
    keyword: str
    #: The argument of `create` that names a number.
    forced: str
    create: Callable[..., Any]
    row_by_id: Callable[..., Any] | None
    row_by_uuid: Callable[..., Any] | None
    id_by_uuid: Callable[..., Any]
    uuid_by_id: Callable[..., Any]


KINDS = {
    "instance": Kind(
        "instance_id_mappings",
        InstanceNotFound,
        "instance_id",
        "id",
        api.ec2_instance_create,
        api.ec2_instance_get_by_id,
        api.ec2_instance_get_by_uuid,
        api.get_ec2_instance_id_by_uuid,
        api.get_instance_uuid_by_ec2_id,
    ),
    "volume": Kind(
        "volume_id_mappings",
        VolumeNotFound,
        "volume_id",
        "forced_id",
        api.ec2_volume_create,
        api.ec2_volume_get_by_id,
        api.ec2_volume_get_by_uuid,
        api.get_ec2_volume_id_by_uuid,
        api.get_volume_uuid_by_ec2_id,
    ),
    "snapshot": Kind(
        "snapshot_id_mappings",
        SnapshotNotFound,
        "snapshot_id",
        "forced_id",
        api.ec2_snapshot_create,
        None,
        None,
        api.get_ec2_snapshot_id_by_uuid,
        api.get_snapshot_uuid_by_ec2_id,
    ),
}


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each of the three in turn."""
    return KINDS[request.param]


def test_create_and_read(context: RequestContext, kind: Kind, stopped_clock: datetime) -> None:
    rows = [kind.create(context, uuid) for uuid in ("b", "a")]
    stamps = {"created_at": stopped_clock, "updated_at": None, "deleted_at": None, "deleted": 0}
    assert rows == [{"id": row["id"], "uuid": uuid, **stamps} for row, uuid in zip(rows, ("b", "a"), strict=True)]
    assert stored(kind.table) == rows
    assert rows[0]["id"] < rows[1]["id"]
    for row in rows:
        assert kind.id_by_uuid(context, row["uuid"]) == row["id"]
        assert kind.uuid_by_id(context, row["id"]) == kind.uuid_by_id(context, str(row["id"])) == row["uuid"]
        if kind.row_by_id is not None and kind.row_by_uuid is not None:
            assert kind.row_by_id(context, row["id"]) == kind.row_by_uuid(context, row["uuid"]) == row


def test_the_lowest_of_several_deleted_or_not(context: RequestContext, kind: Kind) -> None:
    rows = [kind.create(context, uuid) for uuid in ("x", "a", "a", "A", "a ")]
    soft_delete(kind.table, rows[1]["id"])
    for read_deleted in ("no", "yes", "only"):
        reader = get_admin_context(read_deleted=read_deleted)
        assert kind.id_by_uuid(reader, "a") == rows[1]["id"]
        assert kind.uuid_by_id(reader, rows[1]["id"]) == "a"
        assert kind.id_by_uuid(reader, "A") == rows[3]["id"]
        assert kind.id_by_uuid(reader, "a ") == rows[4]["id"]
        if kind.row_by_uuid is not None:
            assert kind.row_by_uuid(reader, "a")["deleted"] == rows[1]["id"]


def test_missing(context: RequestContext, kind: Kind) -> None:
    kind.create(context, "a")
    by_id = [read for read in (kind.uuid_by_id, kind.row_by_id) if read is not None]
    by_uuid = [read for read in (kind.id_by_uuid, kind.row_by_uuid) if read is not None]
    tried = [(read, wanted) for read in by_id for wanted in NO_IDS]
    tried += [(read, wanted) for read in by_uuid for wanted in (None, "", "zork", "u" * 300, 5)]
    for read, wanted in tried:
        with pytest.raises(kind.missing) as missing:
            read(context, wanted)
        assert missing.value.kwargs == {"code": 404, kind.keyword: wanted}


def test_a_number_by_hand(context: RequestContext, kind: Kind) -> None:
    """The next ones go on behind it, also where an earlier one was lower."""
    kind.create(context, "a", 1000)
    kind.create(context, "b", **{kind.forced: 10})
    kind.create(context, "c", 1001)
    automatic = [kind.create(context, "d")["id"] for _ in range(2)]
    assert automatic[0] > 1001
    assert [(row["id"], row["uuid"]) for row in stored(kind.table)] == [
        (10, "b"),
        (1000, "a"),
        (1001, "c"),
        *[(number, "d") for number in automatic],
    ]
    with pytest.raises(DBDuplicateEntry):
        kind.create(context, "e", 1000)
    assert kind.create(context, "f", None)["id"] > automatic[1]


def test_the_first_number_by_hand(context: RequestContext, kind: Kind) -> None:
    kind.create(context, "a", 1)
    assert kind.create(context, "b")["id"] > 1


def test_numbers_that_meet(db: str, kind: Kind) -> None:
    """Some are given by hand just where the server counts: whoever names none gets one."""
    start = kind.create(get_admin_context(), "first")["id"]
    by_hand = [lambda step=step: kind.create(get_admin_context(), "hand", start + step) for step in (1, 2, 3, 5)]
    drawn = [lambda: kind.create(get_admin_context(), "drawn")["id"] for _ in range(6)]
    results = together(*by_hand, *drawn)
    assert all(isinstance(result, (dict, DBDuplicateEntry)) for result in results[:4]), results
    assert all(isinstance(result, int) for result in results[4:]), results
    assert len(set(results[4:])) == 6
    kept = sum(isinstance(result, dict) for result in results)
    assert len(stored(kind.table)) == 1 + kept + 6


def test_bad_input(context: RequestContext, kind: Kind, statements: list[str]) -> None:
    for uuid, number in (("u" * 37, None), (b"u", None), ("a", "asdf"), ("a", 2**70), ("a", 0), ("a", "0"), ("a", 1.5)):
        with pytest.raises(DBDataError):
            kind.create(context, uuid, number)
    assert statements == []
    with pytest.raises(DBError):
        kind.create(context, None)
    assert stored(kind.table) == []


def test_undone_with_the_callers_transaction(context: RequestContext, kind: Kind) -> None:
    with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
        kind.create(context, "a", 50)
        assert kind.id_by_uuid(context, "a") == 50
        raise ZeroDivisionError
    assert stored(kind.table) == []
    assert kind.create(context, "a", 50)["id"] == 50


def test_guards(nobody: RequestContext, kind: Kind, statements: list[str]) -> None:
    reads = [kind.row_by_id, kind.row_by_uuid, kind.id_by_uuid, kind.uuid_by_id]
    for call in [kind.create, *(read for read in reads if read is not None)]:
        with pytest.raises(Forbidden):
            call(nobody, "a")
    assert statements == []


def test_round_trips(context: RequestContext, kind: Kind, statements: list[str]) -> None:
    name = kind.create.__name__
    number = kind.create(context, "a")["id"]
    kind.create(context, "a", number + 5)
    assert statements == ["BEGIN", name, "COMMIT", "BEGIN", name, f"{name}__after", "COMMIT"]
    statements.clear()
    reads = [(kind.row_by_id, number), (kind.row_by_uuid, "a"), (kind.id_by_uuid, "a"), (kind.uuid_by_id, number)]
    for read, wanted in reads:
        if read is not None:
            read(context, wanted)
    assert statements == [read.__name__ for read, _ in reads if read is not None]


class TestImages:
    def test_create_and_read(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        """Nobody in particular may."""
        rows = [api.s3_image_create(nobody, uuid) for uuid in ("x", "a", "a", "A")]
        stamps = {"created_at": stopped_clock, "updated_at": None, "deleted_at": None, "deleted": 0}
        assert rows[1] == {"id": rows[1]["id"], "uuid": "a", **stamps}
        assert stored("s3_images") == rows
        soft_delete("s3_images", rows[1]["id"])
        found = stored("s3_images")[1]
        assert found["deleted"] == found["id"]
        for read_deleted in ("no", "yes", "only"):
            reader = RequestContext(None, None, is_admin=False, read_deleted=read_deleted)
            assert api.s3_image_get(reader, found["id"]) == found
            assert api.s3_image_get_by_uuid(reader, "a") == found
            assert api.s3_image_get_by_uuid(reader, "A") == rows[3]

    def test_missing(self, context: RequestContext) -> None:
        api.s3_image_create(context, "a")
        for wanted in NO_IDS:
            with pytest.raises(ImageNotFound) as missing:
                api.s3_image_get(context, wanted)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "image_id": wanted}
        for wanted in (None, "", "zork", "u" * 300):
            with pytest.raises(ImageNotFound) as missing:
                api.s3_image_get_by_uuid(context, wanted)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "image_id": wanted}

    def test_whatever_goes_wrong_is_a_database_error(self, context: RequestContext) -> None:
        for wrong in (None, "u" * 37, object(), b"a", "\ud800", "a\x00"):
            with pytest.raises(DBError):
                api.s3_image_create(context, wrong)  # type: ignore[arg-type]
        assert stored("s3_images") == []

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        row = api.s3_image_create(context, "a")
        api.s3_image_get(context, row["id"])
        api.s3_image_get_by_uuid(context, "a")
        assert statements == ["s3_image_create", "s3_image_get", "s3_image_get_by_uuid"]
