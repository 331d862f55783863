"""Migrations of instances, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import AdminRequired, DBDataError, MigrationNotFound, MigrationNotFoundByStatus, NotFound
from tests.operations.factories import soft_delete, stored, together
from tests.support.rows import Row, there

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER = "00000000-0000-4000-8000-000000000001"
DELETED = get_admin_context(read_deleted="yes")


def make(**values: Any) -> Row:
    return api.migration_create(get_admin_context(), {"instance_uuid": INSTANCE, "status": "finished", **values})


def make_instance(uuid: str, **system_metadata: str) -> dict[str, Any]:
    """An instance and its system metadata by their rows alone."""
    with rawdb.writer.using() as sql:
        row: dict[str, Any] = sql.instance_create(values={"uuid": uuid, "project_id": "p", "locked": True})
        for key, value in system_metadata.items():
            sql.instance_update__system_metadata_add(values=[{"instance_uuid": uuid, "key": key, "value": value}])
    return row


def ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


class TestCreate:
    def test_returns_the_row(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = {"source_compute": "h1", "dest_node": "n2", "old_instance_type_id": "3", "zork": "ignored"}
        row = api.migration_create(admin_context, given)
        assert row == {
            "id": row["id"],
            "source_compute": "h1",
            "dest_compute": None,
            "source_node": None,
            "dest_node": "n2",
            "dest_host": None,
            "old_instance_type_id": 3,
            "new_instance_type_id": None,
            "instance_uuid": None,
            "status": None,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert api.migration_get(admin_context, row["id"]) == row
        assert given["zork"] == "ignored"

    def test_values_that_do_not_fit(self, admin_context: RequestContext) -> None:
        for unfit in ({"instance_uuid": "u" * 37}, {"new_instance_type_id": "m1.tiny"}, {"status": ["a"]}):
            with pytest.raises(DBDataError):
                api.migration_create(admin_context, unfit)
        assert stored("migrations") == []


class TestUpdate:
    def test_writes_what_differs(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(dest_compute="h1"), make()
        timeutils.advance_time_seconds(5)
        assert api.migration_update(admin_context, row["id"], {"status": "finished", "zork": 1}) == row
        assert api.migration_update(admin_context, row["id"], {}) == row
        after = api.migration_update(admin_context, row["id"], {"status": "confirmed", "dest_compute": None})
        expected = {"status": "confirmed", "dest_compute": None, "updated_at": timeutils.utcnow()}
        assert after == {**row, **expected}
        assert stored("migrations") == [after, other]

    def test_a_given_updated_at_counts_if_it_differs(
        self, admin_context: RequestContext, stopped_clock: datetime
    ) -> None:
        row = make()
        earlier = stopped_clock - timedelta(days=1)
        given = {"status": "error", "updated_at": earlier}
        assert api.migration_update(admin_context, row["id"], given)["updated_at"] == earlier
        again = {"status": "reverted", "updated_at": earlier}
        assert api.migration_update(admin_context, row["id"], again)["updated_at"] == stopped_clock

    def test_a_deleted_one(self, admin_context: RequestContext) -> None:
        row = make()
        soft_delete("migrations", row["id"])
        after = api.migration_update(admin_context, id=row["id"], values={"status": "error"})
        assert (after["status"], after["deleted"]) == ("error", row["id"])

    def test_a_missing_one(self, admin_context: RequestContext) -> None:
        with pytest.raises(MigrationNotFound) as missing:
            api.migration_update(admin_context, 7, {"status": "error"})
        assert missing.value.kwargs == {"code": 404, "migration_id": 7}

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        row = make()
        statements.clear()
        api.migration_update(admin_context, row["id"], {"status": "error"})
        assert statements == ["BEGIN", "migration_update__find", "migration_update", "COMMIT"]
        statements.clear()
        api.migration_update(admin_context, row["id"], {"status": "error"})
        assert statements == ["BEGIN", "migration_update__find", "COMMIT"]

    def test_at_once_the_values_of_two_calls_do_not_mix(self, admin_context: RequestContext) -> None:
        """Each call differs from the first state in one column only: together they could make ("b", "2")."""
        states = [("a", "1"), ("a", "2"), ("b", "1")]
        row = make(status="a", dest_host="1")

        def look() -> None:
            now = api.migration_get(get_admin_context(), row["id"])
            assert (now["status"], now["dest_host"]) in states

        def writer(number: int) -> Callable[[], None]:
            def write() -> None:
                for status, host in [states[number], states[0]] * 20:
                    api.migration_update(get_admin_context(), row["id"], {"status": status, "dest_host": host})
                    look()

            return write

        assert together(writer(1), writer(2), writer(1), writer(2)) == [None] * 4
        look()


class TestGet:
    @pytest.mark.parametrize("read_deleted", ["no", "only"])
    def test_deleted_or_not(self, admin_context: RequestContext, read_deleted: str) -> None:
        context = get_admin_context(read_deleted)
        row = make()
        assert api.migration_get(context, migration_id=row["id"]) == row
        soft_delete("migrations", row["id"])
        assert api.migration_get(context, row["id"])["deleted"] == row["id"]
        with pytest.raises(MigrationNotFound) as missing:
            api.migration_get(context, row["id"] + 1)
        assert missing.value.kwargs == {"code": 404, "migration_id": row["id"] + 1}

    def test_by_instance_and_status(self, admin_context: RequestContext) -> None:
        make(instance_uuid=OTHER)
        make(status="error")
        rows = [make(), make()]
        assert api.migration_get_by_instance_and_status(admin_context, INSTANCE, "finished") == rows[0]
        soft_delete("migrations", rows[0]["id"])
        found = api.migration_get_by_instance_and_status(admin_context, INSTANCE, "finished")
        assert found["id"] == rows[0]["id"]

    def test_by_instance_without_status(self, admin_context: RequestContext) -> None:
        make()
        row = make(status=None)
        assert api.migration_get_by_instance_and_status(admin_context, INSTANCE, None) == row  # type: ignore[arg-type]

    def test_by_instance_and_status_missing(self, admin_context: RequestContext) -> None:
        make()
        with pytest.raises(MigrationNotFoundByStatus) as missing:
            api.migration_get_by_instance_and_status(admin_context, INSTANCE, "error")
        assert missing.value.kwargs == {"code": 404, "instance_id": INSTANCE, "status": "error"}
        assert isinstance(missing.value, MigrationNotFound)
        assert isinstance(missing.value, NotFound)

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        row = make()
        api.migration_get(admin_context, row["id"])
        api.migration_get_by_instance_and_status(admin_context, INSTANCE, "finished")
        api.migration_get_unconfirmed_by_dest_compute(admin_context, 1, "h1")
        api.migration_get_all_by_filters(admin_context, {})
        assert statements == [
            "migration_create",
            "migration_get",
            "migration_get_by_instance_and_status",
            "migration_get_unconfirmed_by_dest_compute",
            "migration_get_all_by_filters",
        ]


class TestUnconfirmed:
    def test_window(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        rows = [
            make(dest_compute="h1", updated_at=stopped_clock - timedelta(seconds=seconds)) for seconds in (9, 10, 11)
        ]
        make(dest_compute="h2", updated_at=stopped_clock - timedelta(seconds=20))
        make(dest_compute="h1", updated_at=stopped_clock - timedelta(seconds=20), status="confirmed")
        found = api.migration_get_unconfirmed_by_dest_compute(admin_context, 10, "h1")
        assert found == rows[1:]
        assert api.migration_get_unconfirmed_by_dest_compute(admin_context, 9.5, "h1", use_slave=True) == rows[1:]
        assert api.migration_get_unconfirmed_by_dest_compute(admin_context, 12, "h1") == []
        timeutils.advance_time_seconds(1)
        assert api.migration_get_unconfirmed_by_dest_compute(admin_context, 10, "h1") == rows

    def test_never_updated(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row = make(dest_compute="h1", status="finished")
        timeutils.advance_time_seconds(100)
        assert api.migration_get_unconfirmed_by_dest_compute(admin_context, 10, "h1") == []
        api.migration_update(admin_context, row["id"], {"dest_node": "n"})
        timeutils.advance_time_seconds(100)
        assert ids(api.migration_get_unconfirmed_by_dest_compute(admin_context, 10, "h1")) == [row["id"]]

    def test_deleted_ones_count(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row = make(dest_compute="h1", updated_at=stopped_clock - timedelta(seconds=20))
        soft_delete("migrations", row["id"])
        assert ids(api.migration_get_unconfirmed_by_dest_compute(admin_context, 10, "h1")) == [row["id"]]


class TestInProgress:
    def test_which(self, admin_context: RequestContext) -> None:
        here = {"source_compute": "h1", "source_node": "n1", "dest_compute": "h2", "dest_node": "n2"}
        there = {"source_compute": "h2", "source_node": "n2", "dest_compute": "h1", "dest_node": "n1"}
        rows = [make(**here), make(**there), make(**here, status="migrating"), make(**there, status="pre-migrating")]
        for ended in ("confirmed", "reverted", "error", None):
            make(**here, status=ended)
        make(source_compute="h1", source_node="n2")
        make(source_compute="h1", source_node="n2", dest_compute="h2", dest_node="n1")
        make(source_compute="h1", dest_node="n1")
        found = api.migration_get_in_progress_by_host_and_node(admin_context, "h1", "n1")
        assert found == [{**row, "instance": None} for row in rows]
        assert api.migration_get_in_progress_by_host_and_node(admin_context, "h9", "n1") == []

    def test_visibility(self, admin_context: RequestContext) -> None:
        rows = [make(source_compute="h1", source_node="n1") for _ in range(2)]
        soft_delete("migrations", rows[0]["id"])
        for context, expected in (
            (admin_context, rows[1:]),
            (DELETED, rows),
            (get_admin_context("only"), rows[:1]),
        ):
            found = api.migration_get_in_progress_by_host_and_node(context, "h1", "n1")
            assert ids(found) == ids(expected)

    def test_instances(self, admin_context: RequestContext) -> None:
        here = {"source_compute": "h1", "source_node": "n1"}
        instance = make_instance(INSTANCE, a="1", b="2")
        gone = make_instance(OTHER, c="3")
        soft_delete("instances", gone["id"])
        pairs = [row for row in stored("instance_system_metadata") if row["instance_uuid"] == INSTANCE]
        soft_delete("instance_system_metadata", pairs[0]["id"])
        make(**here)
        make(**here, instance_uuid=OTHER)
        make(**here, instance_uuid=None)
        make(**here, status="migrating")
        for context in (admin_context, DELETED):
            found = api.migration_get_in_progress_by_host_and_node(context, "h1", "n1")
            expected = {**instance, "name": f"instance-{instance['id']:08x}", "system_metadata": pairs[1:]}
            assert [row["instance"] for row in found] == [expected, None, None, expected]
        assert there(found[0]["instance"])["locked"] is True
        there(found[0]["instance"])["system_metadata"].clear()
        there(found[0]["instance"])["locked"] = None
        assert found[3]["instance"] == expected

    def test_instance_without_system_metadata(self, admin_context: RequestContext) -> None:
        make_instance(INSTANCE)
        make(source_compute="h1", source_node="n1")
        [row] = api.migration_get_in_progress_by_host_and_node(admin_context, "h1", "n1")
        assert there(row["instance"])["system_metadata"] == []

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        name = "migration_get_in_progress_by_host_and_node"
        api.migration_get_in_progress_by_host_and_node(admin_context, "h1", "n1")
        assert statements == [name]
        for number in range(5):
            make(source_compute="h1", source_node="n1", instance_uuid=f"uuid-{number}")
        statements.clear()
        api.migration_get_in_progress_by_host_and_node(admin_context, "h1", "n1")
        assert statements == [name, f"{name}__instances", f"{name}__system_metadata"]


class TestByFilters:
    def test_status_and_host(self, admin_context: RequestContext) -> None:
        rows = [
            make(status="a", source_compute="h1", dest_compute="h2"),
            make(status="a", source_compute="h2", dest_compute="h3"),
            make(status="b", source_compute="h3", dest_compute="h1"),
            make(status=None),
        ]
        by_filters: list[tuple[dict[str, Any], list[int]]] = [
            ({}, [0, 1, 2, 3]),
            ({"status": "a"}, [0, 1]),
            ({"status": None}, [3]),
            ({"host": "h1"}, [0, 2]),
            ({"host": "h2", "status": "a"}, [0, 1]),
            ({"host": "h3", "status": "b", "zork": 1, "instance_uuid": "no"}, [2]),
            ({"host": None}, [3]),
            ({"host": "h9"}, []),
        ]
        for filters, expected in by_filters:
            assert api.migration_get_all_by_filters(admin_context, filters) == [rows[index] for index in expected]

    def test_visibility(self, admin_context: RequestContext) -> None:
        rows = [make(), make()]
        soft_delete("migrations", rows[0]["id"])
        assert ids(api.migration_get_all_by_filters(admin_context, {})) == ids(rows[1:])
        assert ids(api.migration_get_all_by_filters(DELETED, {"status": "finished"})) == ids(rows)
        assert ids(api.migration_get_all_by_filters(get_admin_context("only"), {})) == ids(rows[:1])


def test_guards_come_first(context: RequestContext, statements: list[str]) -> None:
    operations: list[Callable[[], Any]] = [
        lambda: api.migration_create(context, None),  # type: ignore[arg-type]
        lambda: api.migration_update(context, 1, None),  # type: ignore[arg-type]
        lambda: api.migration_get(context, "x"),  # type: ignore[arg-type]
        lambda: api.migration_get_by_instance_and_status(context, INSTANCE, "finished"),
        lambda: api.migration_get_unconfirmed_by_dest_compute(context, None, "h"),  # type: ignore[arg-type]
        lambda: api.migration_get_in_progress_by_host_and_node(context, "h", "n"),
        lambda: api.migration_get_all_by_filters(context, None),  # type: ignore[arg-type]
    ]
    for operation in operations:
        with pytest.raises(AdminRequired):
            operation()
    assert statements == []


def test_migrations_of_one_instance_share_nothing(admin_context: RequestContext) -> None:
    make_instance(INSTANCE, k="v")
    for _ in range(2):
        make(status="migrating", source_compute="h", source_node="n")
    first, second = api.migration_get_in_progress_by_host_and_node(admin_context, "h", "n")
    assert first["instance"] is not None
    assert second["instance"] == first["instance"]
    first["instance"]["host"] = "changed"
    first["instance"]["system_metadata"][0]["value"] = "changed"
    assert second["instance"]["host"] is None
    assert second["instance"]["system_metadata"][0]["value"] == "v"


@pytest.mark.parametrize("window", [float("inf"), 1e30, -1e30, float("nan")])
def test_a_window_beyond_the_calendar(admin_context: RequestContext, window: float) -> None:
    with pytest.raises(ValueError):
        api.migration_get_unconfirmed_by_dest_compute(admin_context, window, "h")
