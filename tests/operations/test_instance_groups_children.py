"""Metadata, members and policies of instance groups, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    InstanceGroupMemberNotFound,
    InstanceGroupMetadataNotFound,
    InstanceGroupNotFound,
    InstanceGroupPolicyNotFound,
    NovaException,
)
from tests.operations.factories import stored, together
from tests.operations.instance_group_helpers import GROUP, UNKNOWN, create, full, sees


class TestMetadata:
    def test_add(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        before = stored("instance_group_metadata")
        timeutils.advance_time_seconds(5)
        given = {"k2": "new", "k3": 3, "k1": "v1", "k4": None}
        assert api.instance_group_metadata_add(nobody, GROUP, given) is given
        pairs = {"k1": "v1", "k2": "new", "k3": "3", "k4": None}
        assert api.instance_group_metadata_get(nobody, GROUP) == pairs
        assert api.instance_group_get(nobody, GROUP) == {**row, "metadetails": pairs}
        after = stored("instance_group_metadata")
        later = stopped_clock + timedelta(seconds=5)
        assert after[:2] == [before[0], {**before[1], "value": "new", "updated_at": later}]

    def test_set_delete(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        full(nobody)
        before = stored("instance_group_metadata")
        api.instance_group_metadata_add(nobody, GROUP, {"k2": "v2", "k3": "v3"}, set_delete=True)
        assert api.instance_group_metadata_get(nobody, GROUP) == {"k2": "v2", "k3": "v3"}
        removed = {**before[0], "deleted": before[0]["id"], "deleted_at": stopped_clock}
        assert stored("instance_group_metadata")[:2] == [removed, before[1]]
        assert api.instance_group_metadata_add(nobody, GROUP, {}, True) == {}
        assert api.instance_group_metadata_get(nobody, GROUP) == {}

    def test_a_deleted_key_comes_back_as_a_new_row(self, nobody: RequestContext) -> None:
        full(nobody)
        api.instance_group_metadata_delete(nobody, GROUP, "k1")
        api.instance_group_metadata_add(nobody, GROUP, {"k1": "again"})
        rows = [row for row in stored("instance_group_metadata") if row["key"] == "k1"]
        assert [(row["value"], bool(row["deleted"])) for row in rows] == [("v1", True), ("again", False)]

    def test_add_writes_nothing_that_is_there(self, nobody: RequestContext, statements: list[str]) -> None:
        full(nobody)
        statements.clear()
        for given in ({"k1": "v1"}, {}):
            api.instance_group_metadata_add(nobody, GROUP, given)
        idle = ["BEGIN", "instance_group_update__lock", "instance_group_get", "instance_group_update__unlock", "COMMIT"]
        assert statements == idle * 2

    def test_bad_value(self, nobody: RequestContext) -> None:
        row = full(nobody)
        bad: Any
        for bad in ({"k1": []}, {"k" * 256: "v"}, {"k1": "x", "k3": "v" * 256}, {"k1": "nul\x00"}):
            with pytest.raises(DBDataError):
                api.instance_group_metadata_add(nobody, GROUP, bad, set_delete=True)
        assert api.instance_group_get(nobody, GROUP) == row

    def test_delete(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        full(nobody)
        full(nobody, UNKNOWN)
        before = stored("instance_group_metadata")
        assert api.instance_group_metadata_delete(nobody, GROUP, "k1") is None
        removed = {**before[0], "deleted": before[0]["id"], "deleted_at": stopped_clock}
        assert stored("instance_group_metadata") == [removed, *before[1:]]
        for key in ("k1", "k3", "K2", None):
            with pytest.raises(InstanceGroupMetadataNotFound) as missing:
                api.instance_group_metadata_delete(nobody, GROUP, key)  # type: ignore[arg-type]
            assert missing.value.kwargs["group_uuid"] == GROUP
            assert missing.value.kwargs["metadata_key"] == key
        api.instance_group_metadata_delete(sees("yes"), GROUP, "k1")

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        full(nobody)
        statements.clear()
        new = {f"k{number}": "new" for number in range(1, 1500)}
        api.instance_group_metadata_add(
            nobody, GROUP, {"k1": "new", **{f"n{number}": "v" for number in range(30)}}, True
        )
        assert statements == [
            "BEGIN",
            "instance_group_update__lock",
            "instance_group_get",
            "instance_group_metadata_add__remove",
            "instance_group_metadata_add__change",
            "instance_group_metadata_add",
            "instance_group_update__unlock",
            "COMMIT",
        ]
        statements.clear()
        api.instance_group_metadata_delete(nobody, GROUP, "k1")
        assert statements == ["instance_group_metadata_delete"]
        for values in (new, dict.fromkeys(new, "newer")):
            api.instance_group_metadata_add(nobody, GROUP, values, True)
            assert api.instance_group_metadata_get(nobody, GROUP) == values

    def test_same_key_at_once(self, nobody: RequestContext) -> None:
        create(nobody)
        results = together(
            *(
                lambda n=n: api.instance_group_metadata_add(sees("no"), GROUP, {"k": str(n), f"k{n}": "v"})
                for n in range(6)
            )
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        rows = stored("instance_group_metadata")
        assert sorted(row["key"] for row in rows) == ["k", *(f"k{number}" for number in range(6))]


class Names:
    """Members and policies behave alike; each test of them runs for both."""

    def __init__(
        self, add: Any, delete: Any, get: Any, error: type[NovaException], field: str, table: str, column: str
    ):
        self.add, self.delete, self.get = add, delete, get
        self.error, self.field, self.table, self.column = error, field, table, column


MEMBERS = Names(
    api.instance_group_members_add,
    api.instance_group_member_delete,
    api.instance_group_members_get,
    InstanceGroupMemberNotFound,
    "instance_id",
    "instance_group_member",
    "instance_id",
)
POLICIES = Names(
    api.instance_group_policies_add,
    api.instance_group_policy_delete,
    api.instance_group_policies_get,
    InstanceGroupPolicyNotFound,
    "policy",
    "instance_group_policy",
    "policy",
)


@pytest.mark.parametrize("names", [MEMBERS, POLICIES], ids=["members", "policies"])
class TestNames:
    def test_add(self, nobody: RequestContext, names: Names) -> None:
        row = create(nobody)
        for given in (["b", "a"], ["c", "b", "c", 7], [], ("d",)):
            assert names.add(nobody, GROUP, given) is given
        assert names.get(nobody, GROUP) == ["b", "a", "c", "7", "d"]
        shown = api.instance_group_get(nobody, GROUP)
        assert ["b", "a", "c", "7", "d"] in (shown["members"], shown["policies"])
        assert (shown["updated_at"], shown["deleted_at"]) == (None, None)
        assert {child["group_id"] for child in stored(names.table)} == {row["id"]}

    def test_set_delete(self, nobody: RequestContext, names: Names, stopped_clock: datetime) -> None:
        create(nobody)
        create(nobody, UNKNOWN)
        names.add(nobody, GROUP, ["a", "b"])
        names.add(nobody, UNKNOWN, ["a"])
        before = stored(names.table)
        timeutils.advance_time_seconds(5)
        names.add(nobody, GROUP, ["c", "b"], set_delete=True)
        assert names.get(nobody, GROUP) == ["b", "c"]
        assert names.get(nobody, UNKNOWN) == ["a"]
        removed = {"deleted": before[0]["id"], "deleted_at": stopped_clock + timedelta(seconds=5)}
        assert stored(names.table)[:2] == [{**before[0], **removed}, before[1]]
        names.add(nobody, GROUP, [], True)
        assert names.get(nobody, GROUP) == []

    def test_deleted_name_comes_back_as_a_new_row(self, nobody: RequestContext, names: Names) -> None:
        create(nobody)
        for _ in range(3):
            names.add(nobody, GROUP, ["a"])
            names.delete(nobody, GROUP, "a")
        names.add(nobody, GROUP, ["a"])
        assert names.get(nobody, GROUP) == ["a"]
        assert names.get(sees("yes"), GROUP) == ["a"] * 4

    def test_delete(self, nobody: RequestContext, names: Names, stopped_clock: datetime) -> None:
        create(nobody)
        create(nobody, UNKNOWN)
        names.add(nobody, GROUP, ["a", "b"])
        names.add(nobody, UNKNOWN, ["a"])
        before = stored(names.table)
        assert names.delete(nobody, GROUP, "a") is None
        removed = {**before[0], "deleted": before[0]["id"], "deleted_at": stopped_clock}
        assert stored(names.table) == [removed, *before[1:]]
        for name in ("a", "c", "B", "b "):
            with pytest.raises(names.error) as missing:
                names.delete(nobody, GROUP, name)
            assert missing.value.kwargs["group_uuid"] == GROUP
            assert missing.value.kwargs[names.field] == name
        assert stored(names.table)[1:] == before[1:]

    def test_delete_takes_every_row_of_the_name(self, nobody: RequestContext, names: Names) -> None:
        create(nobody)
        names.add(nobody, GROUP, ["a", "b"])
        with rawdb.writer.using() as sql:
            sql.execute(f"UPDATE {names.table} SET {names.column} = 'a'")
        assert names.get(nobody, GROUP) == ["a", "a"]
        names.add(nobody, GROUP, ["a"])
        names.delete(nobody, GROUP, "a")
        assert names.get(nobody, GROUP) == []

    def test_bad_names(self, nobody: RequestContext, names: Names) -> None:
        create(nobody)
        names.add(nobody, GROUP, ["a"])
        bad: Any
        for bad in (["b", "x" * 256], [{}], ["nul\x00"]):
            with pytest.raises(DBDataError):
                names.add(nobody, GROUP, bad, True)
        with pytest.raises(DBDataError):
            names.delete(nobody, GROUP, ["a"])
        assert names.get(nobody, GROUP) == ["a"]

    def test_same_name_at_once(self, nobody: RequestContext, names: Names) -> None:
        create(nobody)
        results = together(*(lambda n=n: names.add(sees("no"), GROUP, ["same", f"own-{n}"]) for n in range(6)))
        assert not [result for result in results if isinstance(result, BaseException)]
        assert sorted(names.get(nobody, GROUP)) == [*(f"own-{number}" for number in range(6)), "same"]

    def test_delete_at_once(self, nobody: RequestContext, names: Names) -> None:
        create(nobody)
        names.add(nobody, GROUP, ["a", "b"])
        results = together(*(lambda: names.delete(sees("no"), GROUP, "a") for _ in range(4)))
        assert [result for result in results if result is None] == [None]
        assert len([result for result in results if isinstance(result, names.error)]) == 3
        assert names.get(nobody, GROUP) == ["b"]

    def test_many_groups_at_once(self, nobody: RequestContext, names: Names) -> None:
        uuids = [f"group-{number}" for number in range(6)]
        for name in uuids:
            create(nobody, name)
        results = together(*(lambda name=name: names.add(sees("no"), name, ["a", "b"], True) for name in uuids))
        assert not [result for result in results if isinstance(result, BaseException)]
        assert [names.get(nobody, name) for name in uuids] == [["a", "b"]] * 6

    def test_round_trips(self, nobody: RequestContext, names: Names, statements: list[str]) -> None:
        create(nobody)
        names.add(nobody, GROUP, [f"name-{number}" for number in range(500)])
        statements.clear()
        names.add(nobody, GROUP, [f"other-{number}" for number in range(50)], True)
        kind = names.add.__name__
        assert [name for name in statements if name not in ("BEGIN", "COMMIT")] == [
            "instance_group_update__lock",
            "instance_group_get",
            f"{kind}__remove",
            kind,
            "instance_group_update__unlock",
        ]
        statements.clear()
        names.delete(nobody, GROUP, "other-1")
        assert statements == [names.delete.__name__]


@pytest.mark.parametrize(
    "add",
    [
        lambda mine: api.instance_group_members_add(mine, GROUP, ["m9"]),
        lambda mine: api.instance_group_policies_add(mine, GROUP, ["p9"]),
        lambda mine: api.instance_group_metadata_add(mine, GROUP, {"k9": "v9"}),
        lambda mine: api.instance_group_update(mine, GROUP, {"members": ["m9"]}),
    ],
    ids=["members", "policies", "metadata", "update"],
)
def test_a_group_that_was_deleted_since_the_transaction_read(dialect: str, nobody: RequestContext, add: Any) -> None:
    if dialect == "sqlite":
        pytest.skip("nobody else writes while a writer's transaction is open")
    full(nobody)
    with pytest.raises(InstanceGroupNotFound) as missing, rawdb.writer.using(nobody):
        # From here on, REPEATABLE READ shows what was there now.
        assert api.instance_group_get_all_by_project_id(nobody, "another") == []
        assert together(lambda: api.instance_group_delete(sees("no"), GROUP)) == [None]
        add(nobody)
    assert missing.value.kwargs["group_uuid"] == GROUP
    assert api.instance_group_members_get(sees("yes"), GROUP) == ["m1", "m2"]
