"""Access to flavors and their extra specs, under both their names; on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    DBError,
    FlavorAccessExists,
    FlavorAccessNotFound,
    FlavorExtraSpecsNotFound,
    FlavorNotFound,
)
from tests.operations.factories import together
from tests.operations.flavor_helpers import DELETED, access_rows, make, member, specs_rows
from tests.operations.instance_helpers import insert
from tests.support.rows import there

ACCESS = pytest.mark.parametrize(
    ("add", "remove", "get_all"),
    [
        (api.flavor_access_add, api.flavor_access_remove, api.flavor_access_get_by_flavor_id),
        (
            api.instance_type_access_add,
            api.instance_type_access_remove,
            api.instance_type_access_get_by_flavor_id,
        ),
    ],
)
Call = Callable[..., Any]


@ACCESS
class TestAccess:
    def test_add_and_list(
        self, admin_context: RequestContext, stopped_clock: datetime, add: Call, remove: Call, get_all: Call
    ) -> None:
        flavor = make(is_public=False)
        row = add(admin_context, "f1", "p1")
        assert row == {
            "id": row["id"],
            "instance_type_id": flavor["id"],
            "project_id": "p1",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        second = add(admin_context, "f1", "p2")
        assert get_all(admin_context, "f1") == [row, second]
        assert api.flavor_get(member("p2"), flavor["id"]) == flavor

    def test_add_twice(self, admin_context: RequestContext, add: Call, remove: Call, get_all: Call) -> None:
        make()
        add(admin_context, "f1", "p1")
        with pytest.raises(FlavorAccessExists) as refused:
            add(admin_context, "f1", "p1")
        assert refused.value.kwargs == {"code": 500, "flavor_id": "f1", "project_id": "p1"}
        assert len(get_all(admin_context, "f1")) == 1

    def test_remove(
        self, admin_context: RequestContext, stopped_clock: datetime, add: Call, remove: Call, get_all: Call
    ) -> None:
        make("f1", ["p1", "p2"])
        make("f2", ["p1"])
        assert remove(admin_context, "f1", "p1") is None
        assert [row["project_id"] for row in get_all(admin_context, "f1")] == ["p2"]
        assert [row["project_id"] for row in get_all(admin_context, "f2")] == ["p1"]
        gone = access_rows()[0]
        assert (gone["deleted"], gone["deleted_at"], gone["updated_at"]) == (gone["id"], stopped_clock, None)
        with pytest.raises(FlavorAccessNotFound) as missing:
            remove(admin_context, "f1", "p1")
        assert missing.value.kwargs == {"code": 404, "flavor_id": "f1", "project_id": "p1"}
        add(admin_context, "f1", "p1")
        remove(DELETED, "f1", "p1")
        with pytest.raises(FlavorAccessNotFound):
            remove(DELETED, "f1", "p1")

    def test_an_unknown_and_a_deleted_flavor(self, db: str, add: Call, remove: Call, get_all: Call) -> None:
        make("f1", ["p1"])
        api.instance_type_destroy(get_admin_context(), "name-f1")
        for context in (get_admin_context(), DELETED, get_admin_context("only")):
            for flavor_id in ("f1", "f2"):
                assert get_all(context, flavor_id) == []
                for call in (add, remove):
                    with pytest.raises(FlavorNotFound) as missing:
                        call(context, flavor_id, "p1")
                    assert missing.value.kwargs == {"code": 404, "flavor_id": flavor_id}

    def test_several_without_a_flavorid(self, db: str, add: Call, remove: Call, get_all: Call) -> None:
        admin = get_admin_context()
        none: Any = None
        first, second = (make(none, name=name)["id"] for name in ("a", "b"))
        api.flavor_extra_specs_update_or_create(admin, none, {"k": "v"})
        for flavor in (first, second):
            insert("instance_type_projects", instance_type_id=flavor, project_id="p")
            insert("instance_type_extra_specs", instance_type_id=flavor, key="l", value="v")
        with pytest.raises(FlavorAccessExists):
            add(admin, none, "p")
        remove(admin, none, "p")
        api.flavor_extra_specs_delete(admin, none, "k")
        api.instance_type_extra_specs_delete(admin, none, "l")
        assert [row["instance_type_id"] for row in get_all(admin, none)] == [second]
        assert [(row["instance_type_id"], row["key"]) for row in specs_rows() if not row["deleted"]] == [(second, "l")]

    def test_the_row_id_is_no_flavorid(
        self, admin_context: RequestContext, add: Call, remove: Call, get_all: Call
    ) -> None:
        row = make("f1", ["p1"])
        assert get_all(admin_context, row["id"]) == []
        with pytest.raises(FlavorNotFound):
            add(admin_context, row["id"], "p2")

    def test_round_trips(
        self, admin_context: RequestContext, statements: list[str], add: Call, remove: Call, get_all: Call
    ) -> None:
        make()
        statements.clear()
        add(admin_context, "f1", "p1")
        assert statements == ["BEGIN", "flavor_get_by_flavor_id__lock", "flavor_access_add", "COMMIT"]
        statements.clear()
        get_all(admin_context, "f1")
        remove(admin_context, "f1", "p1")
        assert statements == ["flavor_access_get_by_flavor_id", "flavor_access_remove"]

    def test_only_one_of_many_adds_at_once(
        self, admin_context: RequestContext, add: Call, remove: Call, get_all: Call
    ) -> None:
        make()
        results = together(*[lambda: add(get_admin_context(), "f1", "p1") for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["FlavorAccessExists"] * 4 + ["dict"]
        assert len(get_all(admin_context, "f1")) == 1


EXTRA_SPECS = pytest.mark.parametrize(
    ("get", "update"),
    [
        (api.flavor_extra_specs_get, api.flavor_extra_specs_update_or_create),
        (api.instance_type_extra_specs_get, api.instance_type_extra_specs_update_or_create),
    ],
)


class TestExtraSpecs:
    @EXTRA_SPECS
    def test_merge(self, context: RequestContext, stopped_clock: datetime, get: Call, update: Call) -> None:
        flavor = make(extra_specs={"same": "1", "changed": "1", "left": "1"})
        timeutils.advance_time_seconds(5)
        now = timeutils.utcnow()
        given = {"same": "1", "changed": 2, "new": "3"}
        assert update(context, "f1", given) is given
        assert given == {"same": "1", "changed": 2, "new": "3"}
        expected = {"same": "1", "changed": "2", "left": "1", "new": "3"}
        assert get(context, "f1") == expected
        assert api.flavor_get(context, flavor["id"])["extra_specs"] == expected
        rows = {row["key"]: row for row in specs_rows()}
        assert len(rows) == len(specs_rows()) == 4
        assert {key: row["updated_at"] for key, row in rows.items()} == {
            "same": None,
            "changed": now,
            "left": None,
            "new": None,
        }
        assert {key: row["created_at"] for key, row in rows.items()} == {
            "same": stopped_clock,
            "changed": stopped_clock,
            "left": stopped_clock,
            "new": now,
        }

    @EXTRA_SPECS
    def test_from_and_to_null(self, context: RequestContext, stopped_clock: datetime, get: Call, update: Call) -> None:
        make(extra_specs={"a": None, "b": "1", "c": None})
        timeutils.advance_time_seconds(5)
        update(context, "f1", {"a": "1", "b": None, "c": None})
        assert get(context, "f1") == {"a": "1", "b": None, "c": None}
        updated = {row["key"]: row["updated_at"] for row in specs_rows()}
        assert updated == {"a": timeutils.utcnow(), "b": timeutils.utcnow(), "c": None}

    @EXTRA_SPECS
    def test_case_and_blanks_make_another_key_and_value(self, context: RequestContext, get: Call, update: Call) -> None:
        make(extra_specs={"a": "x"})
        update(context, "f1", {"A": "y", "a ": "z", "a": "X"})
        assert get(context, "f1") == {"A": "y", "a ": "z", "a": "X"}
        update(context, "f1", {"a": "X "})
        assert get(context, "f1")["a"] == "X "

    @EXTRA_SPECS
    def test_a_deleted_spec_is_not_revived(self, context: RequestContext, get: Call, update: Call) -> None:
        make(extra_specs={"a": "1"})
        for value in ("2", "3"):
            api.flavor_extra_specs_delete(context, "f1", "a")
            update(context, "f1", {"a": value})
        assert get(context, "f1") == {"a": "3"}
        rows = specs_rows()
        assert [row["value"] for row in rows] == ["1", "2", "3"]
        assert [row["deleted"] for row in rows] == [rows[0]["id"], rows[1]["id"], 0]

    @EXTRA_SPECS
    def test_of_another_flavor(self, context: RequestContext, get: Call, update: Call) -> None:
        make("f1", extra_specs={"a": "1"})
        make("f2", extra_specs={"a": "1"})
        update(context, "f1", {"a": "2"})
        assert get(context, "f2") == {"a": "1"}

    @EXTRA_SPECS
    def test_nothing_to_merge(self, context: RequestContext, statements: list[str], get: Call, update: Call) -> None:
        make(extra_specs={"a": "1"})
        statements.clear()
        assert update(context, "f1", {}) == {}
        assert statements == ["BEGIN", "flavor_get_by_flavor_id__lock", "COMMIT"]
        assert get(context, "f1") == {"a": "1"}
        with pytest.raises(FlavorNotFound):
            update(context, "f2", {})

    @EXTRA_SPECS
    def test_an_unknown_and_a_deleted_flavor(self, admin_context: RequestContext, get: Call, update: Call) -> None:
        make("f1", extra_specs={"a": "1"})
        api.flavor_destroy(admin_context, "name-f1")
        for context in (member("p"), member("p", "yes"), member("p", "only")):
            for flavor_id in ("f1", "f2"):
                assert get(context, flavor_id) == {}
                with pytest.raises(FlavorNotFound) as missing:
                    update(context, flavor_id, {"a": "2"})
                assert missing.value.kwargs == {"code": 404, "flavor_id": flavor_id}
        assert len(specs_rows()) == 1

    @EXTRA_SPECS
    def test_nobody_needs_access(self, context: RequestContext, get: Call, update: Call) -> None:
        make(is_public=False)
        update(context, "f1", {"a": "1"})
        assert get(context, "f1") == {"a": "1"}

    def test_what_cannot_be_stored(self, context: RequestContext) -> None:
        make()
        unfit: list[dict[Any, Any]] = [{None: "v"}, {"k" * 256: "v"}, {"k": "v" * 256}, {"a\x00": "v"}, {"k": b"v"}]
        for specs in unfit:
            with pytest.raises(DBError):
                api.flavor_extra_specs_update_or_create(context, "f1", {"good": "1", **specs})
        assert specs_rows() == []

    def test_item(self, context: RequestContext) -> None:
        make(extra_specs={"a": "1", "b": None}, is_public=False)
        assert api.flavor_extra_specs_get_item(context, "f1", "a") == {"a": "1"}
        assert api.flavor_extra_specs_get_item(context, "f1", "b") == {"b": None}
        for flavor_id, key in (("f1", "c"), ("f2", "a"), ("f1", "A")):
            with pytest.raises(FlavorExtraSpecsNotFound) as missing:
                api.flavor_extra_specs_get_item(context, flavor_id, key)
            assert missing.value.kwargs == {"code": 404, "extra_specs_key": key, "flavor_id": flavor_id}

    def test_item_of_a_deleted_spec(self, context: RequestContext) -> None:
        make(extra_specs={"a": "1"})
        api.flavor_extra_specs_delete(context, "f1", "a")
        with pytest.raises(FlavorExtraSpecsNotFound):
            api.flavor_extra_specs_get_item(member("p", "yes"), "f1", "a")

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        make("f1", extra_specs={"a": "1", "b": "2"})
        make("f2", extra_specs={"a": "1"})
        assert api.flavor_extra_specs_delete(context, "f1", "a") is None
        assert api.flavor_extra_specs_get(context, "f1") == {"b": "2"}
        assert api.flavor_extra_specs_get(context, "f2") == {"a": "1"}
        gone = next(row for row in specs_rows() if row["deleted"])
        assert (gone["deleted"], gone["deleted_at"], gone["updated_at"]) == (gone["id"], stopped_clock, None)

    def test_delete_of_what_is_not_there(self, context: RequestContext) -> None:
        make(extra_specs={"a": "1"})
        for flavor_id, key in (("f1", "c"), ("f2", "a")):
            with pytest.raises(FlavorExtraSpecsNotFound) as missing:
                api.flavor_extra_specs_delete(context, flavor_id, key)
            assert missing.value.kwargs == {"code": 404, "extra_specs_key": key, "flavor_id": flavor_id}
            assert api.instance_type_extra_specs_delete(context, flavor_id, key) is None
        assert api.instance_type_extra_specs_delete(context, "f1", "a") is None
        assert api.instance_type_extra_specs_get(context, "f1") == {}

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        make(extra_specs={"a": "1"})
        statements.clear()
        api.flavor_extra_specs_update_or_create(context, "f1", {str(number): "v" for number in range(100)})
        assert statements == [
            "BEGIN",
            "flavor_get_by_flavor_id__lock",
            "flavor_extra_specs_update_or_create",
            "COMMIT",
        ]
        statements.clear()
        api.flavor_extra_specs_get(context, "f1")
        api.flavor_extra_specs_get_item(context, "f1", "a")
        api.flavor_extra_specs_delete(context, "f1", "a")
        assert statements == [
            "flavor_extra_specs_get",
            "flavor_extra_specs_get_item",
            "flavor_extra_specs_delete",
        ]

    def test_many_writers_of_the_same_keys(self, context: RequestContext) -> None:
        """In opposite orders, so that locks taken key by key would cross."""
        make()
        keys = [f"key{number}" for number in range(20)]

        def writer(number: int) -> Callable[[], Any]:
            order = keys if number % 2 else keys[::-1]
            return lambda: [
                api.flavor_extra_specs_update_or_create(member("p"), "f1", dict.fromkeys(order, f"{number}.{again}"))
                for again in range(5)
            ]

        results = together(*[writer(number) for number in range(6)])
        assert not [result for result in results if isinstance(result, BaseException)]
        specs = api.flavor_extra_specs_get(context, "f1")
        assert sorted(specs) == sorted(keys)
        # Each call writes all its keys or none: the last one shows everywhere.
        assert len(set(specs.values())) == 1
        assert there(next(iter(specs.values()))).endswith(".4")
        assert len(specs_rows()) == len(keys)

    def test_writers_of_different_keys(self, context: RequestContext) -> None:
        make()
        results = together(
            *[
                lambda number=number: api.flavor_extra_specs_update_or_create(
                    member("p"), "f1", {f"own{number}": "1", "shared": str(number)}
                )
                for number in range(8)
            ]
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        specs = api.flavor_extra_specs_get(context, "f1")
        assert set(specs) == {"shared", *(f"own{number}" for number in range(8))}


def test_flavors_without_a_flavorid(admin_context: RequestContext) -> None:
    """None finds rows without one, of which no unique key keeps a second away: the oldest is meant, as in a read."""
    values = {"flavorid": None, "memory_mb": 1, "vcpus": 1}
    gone = api.flavor_create(admin_context, {**values, "name": "gone", "extra_specs": {"k": "0"}}, ["p"])
    api.flavor_destroy(admin_context, "gone")
    old, new = (
        api.flavor_create(admin_context, {**values, "name": name, "extra_specs": {"k": name}}, ["p"])
        for name in ("old", "new")
    )
    assert gone["id"] < old["id"] < new["id"]
    assert api.flavor_get_by_flavor_id(admin_context, None)["name"] == "old"  # type: ignore[arg-type]
    assert api.flavor_extra_specs_get_item(admin_context, None, "k") == {"k": "old"}  # type: ignore[arg-type]
    api.flavor_extra_specs_update_or_create(admin_context, None, {"k": "changed"})  # type: ignore[arg-type]
    assert api.flavor_get(admin_context, old["id"])["extra_specs"] == {"k": "changed"}
    api.flavor_extra_specs_delete(admin_context, None, "k")  # type: ignore[arg-type]
    with pytest.raises(FlavorExtraSpecsNotFound):
        api.flavor_extra_specs_delete(admin_context, None, "k")  # type: ignore[arg-type]
    assert api.instance_type_extra_specs_delete(admin_context, None, "k") is None  # type: ignore[arg-type]
    api.flavor_access_remove(admin_context, None, "p")  # type: ignore[arg-type]
    with pytest.raises(FlavorAccessNotFound):
        api.flavor_access_remove(admin_context, None, "p")  # type: ignore[arg-type]
    assert api.flavor_access_add(admin_context, None, "p")["instance_type_id"] == old["id"]  # type: ignore[arg-type]
    assert api.flavor_get(admin_context, new["id"]) == new
