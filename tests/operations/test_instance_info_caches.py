"""Instance info caches, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBDataError, DBError, Forbidden, InstanceInfoCacheNotFound
from tests.operations.factories import soft_delete, stored, together
from tests.support.rows import Row, there

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER_INSTANCE = "00000000-0000-4000-8000-000000000001"


def with_read_deleted(value: str) -> RequestContext:
    return RequestContext("fake-user", "fake-project", is_admin=False, read_deleted=value)


def update(context: RequestContext, text: str | None = "[]", **values: Any) -> Row:
    return api.instance_info_cache_update(context, INSTANCE, {"network_info": text, **values})


def test_guards(db: str) -> None:
    for nobody in (RequestContext(None, None, is_admin=False), RequestContext("user", None, is_admin=False)):
        for call in (
            lambda c: api.instance_info_cache_get(c, INSTANCE),
            lambda c: api.instance_info_cache_update(c, INSTANCE, None),  # type: ignore[arg-type]
            lambda c: api.instance_info_cache_delete(c, INSTANCE),
        ):
            with pytest.raises(Forbidden):
                call(nobody)
    assert api.instance_info_cache_get(get_admin_context(), INSTANCE) is None


def test_update_inserts_the_missing_row(context: RequestContext, stopped_clock: datetime) -> None:
    values = {"network_info": "n" * 70000, "zork": 1}
    row = api.instance_info_cache_update(context, INSTANCE, values)
    assert row == {
        "id": row["id"],
        "network_info": "n" * 70000,
        "instance_uuid": INSTANCE,
        "created_at": stopped_clock,
        "updated_at": None,
        "deleted_at": None,
        "deleted": 0,
    }
    assert values == {"network_info": "n" * 70000, "zork": 1, "instance_uuid": INSTANCE}
    assert api.instance_info_cache_get(context, INSTANCE) == row
    assert api.instance_info_cache_get(context, OTHER_INSTANCE) is None


def test_the_argument_names_the_instance_of_a_new_row(context: RequestContext) -> None:
    values = {"network_info": "[]", "instance_uuid": OTHER_INSTANCE}
    assert api.instance_info_cache_update(context, INSTANCE, values)["instance_uuid"] == INSTANCE
    assert values["instance_uuid"] == INSTANCE


def test_update_changes_the_row(context: RequestContext, stopped_clock: datetime) -> None:
    row = update(context)
    timeutils.advance_time_seconds(7)
    values = {"network_info": "[1]", "zork": 1}
    changed = api.instance_info_cache_update(context, INSTANCE, values)
    assert changed == {**row, "network_info": "[1]", "updated_at": stopped_clock + timedelta(seconds=7)}
    assert values == {"network_info": "[1]", "zork": 1}
    assert stored("instance_info_caches") == [changed]
    assert update(context, None)["network_info"] is None


def test_no_change_leaves_updated_at(context: RequestContext, statements: list[str]) -> None:
    row = update(context)
    statements.clear()
    assert update(context) == row
    assert statements == ["instance_info_cache_get"]
    assert stored("instance_info_caches") == [row]


def test_deleted_row_that_is_visible(context: RequestContext) -> None:
    update(context)
    api.instance_info_cache_delete(context, INSTANCE)
    before = stored("instance_info_caches")
    for read_deleted in ("yes", "only"):
        with pytest.raises(InstanceInfoCacheNotFound) as missing:
            update(with_read_deleted(read_deleted), "other")
        assert missing.value.kwargs["instance_uuid"] == INSTANCE
    assert stored("instance_info_caches") == before


def test_deleted_row_that_is_not_visible(context: RequestContext) -> None:
    update(context)
    api.instance_info_cache_delete(context, INSTANCE)
    before = stored("instance_info_caches")
    values = {"network_info": "other", "zork": 1}
    row = api.instance_info_cache_update(context, INSTANCE, values)
    assert row == {
        "id": None,
        "network_info": "other",
        "instance_uuid": INSTANCE,
        "created_at": None,
        "updated_at": None,
        "deleted_at": None,
        "deleted": None,
    }
    assert values["instance_uuid"] == INSTANCE
    assert stored("instance_info_caches") == before


def test_live_row_that_is_not_visible(context: RequestContext) -> None:
    row = update(context)
    assert update(with_read_deleted("only"), "other")["id"] is None
    assert stored("instance_info_caches") == [row]


def test_swallowed_duplicate_does_not_spoil_the_transaction(context: RequestContext) -> None:
    update(context)
    api.instance_info_cache_delete(context, INSTANCE)
    with rawdb.writer.using(context):
        other = api.instance_info_cache_update(context, OTHER_INSTANCE, {"network_info": "before"})
        assert update(context, "swallowed")["id"] is None
        api.instance_info_cache_update(context, OTHER_INSTANCE, {"network_info": "after"})
    assert there(api.instance_info_cache_get(context, OTHER_INSTANCE))["network_info"] == "after"
    assert there(api.instance_info_cache_get(context, OTHER_INSTANCE))["id"] == other["id"]


def test_other_errors_are_not_swallowed(context: RequestContext) -> None:
    values: dict[str, Any] = {"network_info": "[]"}
    with pytest.raises(DBError):
        api.instance_info_cache_update(context, None, values)  # type: ignore[arg-type]
    with pytest.raises(DBDataError):
        api.instance_info_cache_update(context, "x" * 37, values)
    with pytest.raises(DBDataError):
        api.instance_info_cache_update(context, INSTANCE, {"network_info": ["list"]})
    assert values == {"network_info": "[]"}
    assert stored("instance_info_caches") == []


def test_get_by_visibility(context: RequestContext) -> None:
    row = update(context)
    assert api.instance_info_cache_get(with_read_deleted("only"), INSTANCE) is None
    assert api.instance_info_cache_get(with_read_deleted("yes"), INSTANCE) == row
    api.instance_info_cache_delete(context, INSTANCE)
    assert api.instance_info_cache_get(context, INSTANCE) is None
    assert there(api.instance_info_cache_get(with_read_deleted("only"), INSTANCE))["id"] == row["id"]
    assert there(api.instance_info_cache_get(with_read_deleted("yes"), instance_uuid=INSTANCE))["id"] == row["id"]


def test_every_project_reads_and_writes_it(context: RequestContext) -> None:
    update(context)
    stranger = RequestContext("stranger", "elsewhere", is_admin=False)
    assert update(stranger, "theirs")["network_info"] == "theirs"
    assert there(api.instance_info_cache_get(context, INSTANCE))["network_info"] == "theirs"


def test_delete_keeps_updated_at(context: RequestContext, stopped_clock: datetime) -> None:
    update(context)
    row = update(context, "[1]")
    timeutils.advance_time_seconds(7)
    assert api.instance_info_cache_delete(context, INSTANCE) is None
    later = stopped_clock + timedelta(seconds=7)
    assert stored("instance_info_caches") == [{**row, "deleted": row["id"], "deleted_at": later}]


def test_delete_by_visibility(context: RequestContext, stopped_clock: datetime) -> None:
    update(context)
    api.instance_info_cache_delete(with_read_deleted("only"), INSTANCE)
    assert stored("instance_info_caches")[0]["deleted"] == 0
    api.instance_info_cache_delete(context, INSTANCE)
    timeutils.advance_time_seconds(1)
    api.instance_info_cache_delete(context, INSTANCE)
    assert stored("instance_info_caches")[0]["deleted_at"] == stopped_clock
    api.instance_info_cache_delete(with_read_deleted("yes"), INSTANCE)
    assert stored("instance_info_caches")[0]["deleted_at"] == stopped_clock + timedelta(seconds=1)


def test_delete_of_nothing_is_silent(context: RequestContext) -> None:
    assert api.instance_info_cache_delete(context, INSTANCE) is None


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    update(context)
    update(context, "[1]")
    api.instance_info_cache_get(context, INSTANCE)
    api.instance_info_cache_delete(context, INSTANCE)
    assert statements == [
        "instance_info_cache_get",
        "instance_info_cache_update__insert",
        "instance_info_cache_get",
        "instance_info_cache_update",
        "instance_info_cache_get",
        "instance_info_cache_delete",
    ]


def test_first_writer_wins(context: RequestContext) -> None:
    for attempt in range(5):
        instance = f"instance-{attempt}"

        def create(text: str, instance: str = instance) -> Row:
            return api.instance_info_cache_update(with_read_deleted("no"), instance, {"network_info": text})

        results = together(*(lambda text=str(number): create(text) for number in range(6)))
        assert not [result for result in results if isinstance(result, BaseException)]
        stored_row = api.instance_info_cache_get(context, instance)
        made = [row for row in results if row["id"] is not None]
        # Late ones find the row and change it; the others made no row of their own.
        assert {row["id"] for row in made} == {there(stored_row)["id"]}
        assert there(stored_row)["network_info"] in [row["network_info"] for row in made]
        assert len([row for row in made if row["updated_at"] is None]) == 1
    assert len(stored("instance_info_caches")) == 5


def test_delete_against_update(context: RequestContext) -> None:
    update(context)
    results = together(
        *(lambda text=str(number): update(with_read_deleted("no"), text) for number in range(4)),
        lambda: api.instance_info_cache_delete(with_read_deleted("no"), INSTANCE),
    )
    assert not [result for result in results if isinstance(result, BaseException)]
    [row] = stored("instance_info_caches")
    assert row["deleted"] == row["id"]


def test_deleted_between_the_read_and_the_write(context: RequestContext) -> None:
    """The guarded update matches nothing; a second run finds no visible row and may not make one."""
    cache = update(context)
    sent: list[str] = []

    def interfere(name: str, text: str) -> None:
        sent.append(name)
        if sent.count("instance_info_cache_update") == 1 and name == "instance_info_cache_update":
            soft_delete("instance_info_caches", cache["id"])

    rawdb.default_database().observers.append(interfere)
    assert update(context, "late")["id"] is None
    assert sent.count("instance_info_cache_get") == 2
    [row] = stored("instance_info_caches")
    assert (row["network_info"], row["deleted"]) == ("[]", row["id"])
