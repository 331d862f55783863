"""Instance groups and their children, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    InstanceGroupIdExists,
    InstanceGroupNotFound,
)
from tests.operations.factories import stored, together
from tests.operations.instance_group_helpers import COMMON, GROUP, UNKNOWN, children, create, full, sees


class TestCreate:
    def test_returns_what_get_returns(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        values = {"uuid": GROUP, "user_id": "u", "project_id": "p", "name": "n", "zork": 1}
        row = api.instance_group_create(nobody, values, ["p2", "p1"], {"k": "v", "a": "b"}, ["m2", "m1"])
        assert row == {
            "id": row["id"],
            "uuid": GROUP,
            "user_id": "u",
            "project_id": "p",
            "name": "n",
            "created_at": stopped_clock,
            **COMMON,
            "policies": ["p2", "p1"],
            "metadetails": {"k": "v", "a": "b"},
            "members": ["m2", "m1"],
        }
        assert values == {"uuid": GROUP, "user_id": "u", "project_id": "p", "name": "n", "zork": 1}
        assert api.instance_group_get(nobody, GROUP) == row

    def test_rows_of_the_children(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        common = {"group_id": row["id"], "created_at": stopped_clock, **COMMON}
        for table, expected in (
            ("instance_group_policy", [{"policy": "p1"}, {"policy": "p2"}]),
            ("instance_group_metadata", [{"key": "k1", "value": "v1"}, {"key": "k2", "value": "v2"}]),
            ("instance_group_member", [{"instance_id": "m1"}, {"instance_id": "m2"}]),
        ):
            rows = stored(table)
            assert rows == [{"id": found["id"], **child, **common} for found, child in zip(rows, expected, strict=True)]

    @pytest.mark.parametrize("values", [{}, {"uuid": None}])
    def test_makes_up_a_uuid(self, nobody: RequestContext, values: dict[str, Any]) -> None:
        row = api.instance_group_create(nobody, values)
        assert values == {"uuid": row["uuid"]}
        assert str(uuid.UUID(row["uuid"])) == row["uuid"]
        assert children(row) == ([], {}, [])
        assert api.instance_group_get(nobody, row["uuid"]) == row

    def test_live_twin(self, nobody: RequestContext) -> None:
        create(nobody)
        with pytest.raises(InstanceGroupIdExists) as twin:
            create(nobody, members=["m"])
        assert twin.value.kwargs["group_uuid"] == GROUP
        assert len(stored("instance_groups")) == 1
        assert stored("instance_group_member") == []

    def test_uuid_of_a_deleted_group(self, nobody: RequestContext) -> None:
        for _ in range(3):
            row = full(nobody)
            api.instance_group_delete(nobody, GROUP)
        again = create(nobody)
        assert again["id"] != row["id"]
        assert api.instance_group_get(nobody, GROUP) == again

    def test_names_given_twice_are_stored_once(self, nobody: RequestContext) -> None:
        row = create(nobody, policies=["p", "q", "p"], members=["m", 1, "1", "m"], metadata={1: 2, "1": 3})
        assert children(row) == (["p", "q"], {"1": "3"}, ["m", "1"])
        assert api.instance_group_get(nobody, GROUP) == row

    @pytest.mark.parametrize(
        "bad",
        [{"policies": ["x" * 256]}, {"members": [["m"]]}, {"metadata": {"k": "x" * 256}}, {"metadata": {"k": {}}}],
    )
    def test_nothing_stays_when_a_child_is_bad(self, nobody: RequestContext, bad: dict[str, Any]) -> None:
        values: dict[str, Any] = {}
        with pytest.raises(DBDataError):
            api.instance_group_create(nobody, values, **{"policies": ["p"], "members": ["m"], **bad})
        assert values == {}
        for table in ("instance_groups", "instance_group_policy", "instance_group_member", "instance_group_metadata"):
            assert stored(table) == []

    def test_hostile_text(self, nobody: RequestContext) -> None:
        text = "x'\"; DROP TABLE instance_groups; -- \\ %s :id {} é\U0001f600\n\t"
        row = create(nobody, policies=[text], members=[text], metadata={text: text})
        assert children(api.instance_group_get(nobody, GROUP)) == children(row) == ([text], {text: text}, [text])

    def test_case_and_trailing_blanks_count(self, nobody: RequestContext) -> None:
        names = ["m", "M", "m ", " m", "\xe9", "e"]
        assert create(nobody, members=names, metadata=dict.fromkeys(names, "v"))["members"] == names
        assert api.instance_group_members_get(nobody, GROUP) == names
        api.instance_group_member_delete(nobody, GROUP, "m ")
        assert api.instance_group_members_get(nobody, GROUP) == ["m", "M", " m", "\xe9", "e"]
        assert list(api.instance_group_metadata_get(nobody, GROUP)) == names

    def test_many_children(self, nobody: RequestContext, statements: list[str]) -> None:
        names = [f"name-{number}" for number in range(3000)]
        row = create(nobody, members=names)
        assert api.instance_group_get(nobody, GROUP)["members"] == row["members"] == names

    def test_one_winner(self, nobody: RequestContext) -> None:
        results = together(*(lambda n=n: create(sees("no"), members=[f"m{n}"]) for n in range(5)))
        [winner] = [result for result in results if isinstance(result, dict)]
        assert [type(result) for result in results if result is not winner] == [InstanceGroupIdExists] * 4
        assert api.instance_group_get(nobody, GROUP) == winner

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        create(nobody, UNKNOWN)
        assert statements == ["BEGIN", "instance_group_create", "COMMIT"]
        statements.clear()
        full(nobody)
        assert statements == [
            "BEGIN",
            "instance_group_create",
            "instance_group_policies_add",
            "instance_group_metadata_add",
            "instance_group_members_add",
            "COMMIT",
        ]


@pytest.mark.parametrize("group_uuid", [UNKNOWN, "", None, 0, GROUP[:-1], "x" * 1000])
def test_unknown_group(nobody: RequestContext, group_uuid: Any) -> None:
    full(nobody)
    calls: list[Callable[[], Any]] = [
        lambda: api.instance_group_get(nobody, group_uuid),
        lambda: api.instance_group_update(nobody, group_uuid, {"name": "new"}),
        lambda: api.instance_group_update(nobody, group_uuid, {"members": ["m3"]}),
        lambda: api.instance_group_delete(nobody, group_uuid),
        lambda: api.instance_group_metadata_add(nobody, group_uuid, {"k": "v"}),
        lambda: api.instance_group_metadata_delete(nobody, group_uuid, "k1"),
        lambda: api.instance_group_metadata_get(nobody, group_uuid),
        lambda: api.instance_group_members_add(nobody, group_uuid, ["m"]),
        lambda: api.instance_group_member_delete(nobody, group_uuid, "m1"),
        lambda: api.instance_group_members_get(nobody, group_uuid),
        lambda: api.instance_group_policies_add(nobody, group_uuid, ["p"]),
        lambda: api.instance_group_policy_delete(nobody, group_uuid, "p1"),
        lambda: api.instance_group_policies_get(nobody, group_uuid),
    ]
    before = [stored(f"instance_group{kind}") for kind in ("s", "_policy", "_metadata", "_member")]
    for call in calls:
        with pytest.raises(InstanceGroupNotFound) as missing:
            call()
        assert missing.value.kwargs["group_uuid"] == group_uuid
    assert [stored(f"instance_group{kind}") for kind in ("s", "_policy", "_metadata", "_member")] == before


class TestReads:
    def test_visibility(self, nobody: RequestContext) -> None:
        gone = full(nobody)
        api.instance_group_delete(nobody, GROUP)
        live = full(nobody, UNKNOWN)
        with pytest.raises(InstanceGroupNotFound):
            api.instance_group_get(nobody, GROUP)
        with pytest.raises(InstanceGroupNotFound):
            api.instance_group_get(sees("only"), UNKNOWN)
        for read_deleted in ("yes", "only"):
            found = api.instance_group_get(sees(read_deleted), GROUP)
            assert found["id"] == found["deleted"] == gone["id"]
            assert children(found) == ([], {}, [])
        for read_deleted, ids in (("no", [live["id"]]), ("yes", [gone["id"], live["id"]]), ("only", [gone["id"]])):
            context = sees(read_deleted)
            assert [row["id"] for row in api.instance_group_get_all(context)] == ids
            assert [row["id"] for row in api.instance_group_get_all_by_project_id(context, "p")] == ids

    def test_first_of_a_uuid(self, nobody: RequestContext) -> None:
        first = full(nobody)
        api.instance_group_delete(nobody, GROUP)
        create(nobody, members=["m3"])
        assert api.instance_group_get(sees("yes"), GROUP)["id"] == first["id"]
        assert api.instance_group_members_get(sees("yes"), GROUP) == ["m1", "m2"]
        assert api.instance_group_members_get(nobody, GROUP) == ["m3"]

    def test_children_of_a_deleted_group_by_their_own_operations(self, nobody: RequestContext) -> None:
        full(nobody)
        api.instance_group_delete(nobody, GROUP)
        for context in (sees("yes"), sees("only")):
            assert api.instance_group_members_get(context, GROUP) == ["m1", "m2"]
            assert api.instance_group_policies_get(context, GROUP) == ["p1", "p2"]
            assert api.instance_group_metadata_get(context, GROUP) == {"k1": "v1", "k2": "v2"}

    def test_deleted_children_of_a_live_group(self, nobody: RequestContext) -> None:
        full(nobody)
        api.instance_group_member_delete(nobody, GROUP, "m1")
        api.instance_group_policy_delete(nobody, GROUP, "p1")
        api.instance_group_metadata_delete(nobody, GROUP, "k1")
        api.instance_group_members_add(nobody, GROUP, ["m1"])
        api.instance_group_metadata_add(nobody, GROUP, {"k1": "new"})
        everything = sees("yes")
        assert api.instance_group_members_get(everything, GROUP) == ["m1", "m2", "m1"]
        assert api.instance_group_policies_get(everything, GROUP) == ["p1", "p2"]
        assert api.instance_group_metadata_get(everything, GROUP) == {"k1": "new", "k2": "v2"}
        for context in (nobody, everything):
            assert children(api.instance_group_get(context, GROUP)) == (["p2"], {"k1": "new", "k2": "v2"}, ["m2", "m1"])

    def test_groups_without_children(self, nobody: RequestContext) -> None:
        create(nobody)
        assert children(api.instance_group_get(nobody, GROUP)) == ([], {}, [])
        assert api.instance_group_members_get(nobody, GROUP) == []
        assert api.instance_group_policies_get(nobody, GROUP) == []
        assert api.instance_group_metadata_get(nobody, GROUP) == {}

    def test_listings(self, nobody: RequestContext) -> None:
        assert api.instance_group_get_all(nobody) == []
        rows = [full(nobody), create(nobody, UNKNOWN, members=["m9"])]
        rows.append(api.instance_group_create(nobody, {"project_id": "q"}, policies=["p9"]))
        rows.append(api.instance_group_create(nobody, {"name": "of no project"}))
        assert api.instance_group_get_all(nobody) == rows
        plain = RequestContext("u", "q", is_admin=False)
        assert api.instance_group_get_all(plain) == rows
        assert api.instance_group_get_all_by_project_id(plain, "p") == rows[:2]
        assert api.instance_group_get_all_by_project_id(nobody, "q") == rows[2:3]
        assert api.instance_group_get_all_by_project_id(nobody, project_id=None) == rows[3:]  # type: ignore[arg-type]
        assert api.instance_group_get_all_by_project_id(nobody, "P") == []

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        for number in range(5):
            full(nobody, f"group-{number}")
        statements.clear()
        api.instance_group_get(nobody, "group-1")
        api.instance_group_get_all(nobody)
        api.instance_group_get_all_by_project_id(nobody, "p")
        api.instance_group_policies_get(nobody, "group-1")
        api.instance_group_metadata_get(nobody, "group-1")
        api.instance_group_members_get(nobody, "group-1")
        assert statements == [
            "instance_group_get",
            "instance_group_get_all",
            "instance_group_get_all_by_project_id",
            "instance_group_policies_get",
            "instance_group_metadata_get",
            "instance_group_members_get",
        ]


class TestUpdate:
    def test_own_columns(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        timeutils.advance_time_seconds(5)
        values = {"name": "new", "user_id": None, "zork": 1}
        assert api.instance_group_update(nobody, GROUP, values) is None
        assert values == {"name": "new", "user_id": None, "zork": 1}
        later = stopped_clock + timedelta(seconds=5)
        assert api.instance_group_get(nobody, GROUP) == {**row, "name": "new", "user_id": None, "updated_at": later}

    def test_no_change(self, nobody: RequestContext, statements: list[str]) -> None:
        row = full(nobody)
        statements.clear()
        api.instance_group_update(nobody, GROUP, {"name": "n", "project_id": "p"})
        assert statements == ["BEGIN", "instance_group_get", "COMMIT"]
        assert api.instance_group_get(nobody, GROUP) == row

    def test_children_are_replaced(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        before = {kind: stored(f"instance_group_{kind}") for kind in ("policy", "metadata", "member")}
        timeutils.advance_time_seconds(5)
        later = stopped_clock + timedelta(seconds=5)
        values = {"policies": ["p2", "p3"], "metadata": {"k2": "new", "k3": "v3"}, "members": ["m3", "m2"]}
        api.instance_group_update(nobody, GROUP, values)
        assert values == {"policies": ["p2", "p3"], "metadata": {"k2": "new", "k3": "v3"}, "members": ["m3", "m2"]}
        expected = {"policies": ["p2", "p3"], "metadetails": {"k2": "new", "k3": "v3"}, "members": ["m2", "m3"]}
        assert api.instance_group_get(nobody, GROUP) == {**row, **expected}
        for kind, (first, second) in before.items():
            after = stored(f"instance_group_{kind}")
            assert after[0] == {**first, "deleted": first["id"], "deleted_at": later}
            assert after[1] == ({**second, "value": "new", "updated_at": later} if kind == "metadata" else second)
            assert len(after) == 3

    def test_empty_clears_and_none_does_not(self, nobody: RequestContext) -> None:
        full(nobody)
        values: dict[str, Any] = {"policies": [], "metadata": None, "members": ["m1"]}
        api.instance_group_update(nobody, GROUP, values)
        assert values == {"members": ["m1"]}
        assert children(api.instance_group_get(nobody, GROUP)) == ([], {"k1": "v1", "k2": "v2"}, ["m1"])
        values = {"metadata": {}, "members": []}
        api.instance_group_update(nobody, GROUP, values)
        assert values == {}
        assert children(api.instance_group_get(nobody, GROUP)) == ([], {}, [])

    def test_columns_and_children_together(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        timeutils.advance_time_seconds(5)
        api.instance_group_update(nobody, GROUP, {"name": "new", "members": ["m3"], "deleted_at": None})
        expected = {**row, "name": "new", "members": ["m3"], "updated_at": stopped_clock + timedelta(seconds=5)}
        assert api.instance_group_get(nobody, GROUP) == expected

    def test_new_uuid(self, nobody: RequestContext) -> None:
        full(nobody)
        create(nobody, "other")
        before = api.instance_group_get_all(nobody)
        with pytest.raises(DBDuplicateEntry):
            api.instance_group_update(nobody, GROUP, {"uuid": "other", "members": ["m3"]})
        assert api.instance_group_get_all(nobody) == before
        api.instance_group_update(nobody, GROUP, {"uuid": UNKNOWN, "members": ["m3"]})
        assert api.instance_group_get(nobody, UNKNOWN)["members"] == ["m3"]

    def test_missing_value_for_a_required_column(self, nobody: RequestContext) -> None:
        row = full(nobody)
        values: dict[str, Any] = {"uuid": None, "members": [], "name": "new"}
        with pytest.raises(DBError):
            api.instance_group_update(nobody, GROUP, values)
        assert values == {"uuid": None, "members": [], "name": "new"}
        assert api.instance_group_get(nobody, GROUP) == row

    def test_deleted_group_that_is_visible(self, nobody: RequestContext) -> None:
        full(nobody)
        api.instance_group_delete(nobody, GROUP)
        deleted_at = stored("instance_groups")[0]["deleted_at"]
        api.instance_group_update(sees("yes"), GROUP, {"name": "new", "members": ["m9"]})
        api.instance_group_members_add(sees("only"), GROUP, ["m9"])
        row = api.instance_group_get(sees("yes"), GROUP)
        assert (row["name"], row["deleted_at"]) == ("new", deleted_at)
        assert [member["deleted"] for member in stored("instance_group_member")][2:] == [0]
        with pytest.raises(InstanceGroupNotFound):
            api.instance_group_update(nobody, GROUP, {"name": "newer"})

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        full(nobody)
        statements.clear()
        api.instance_group_update(nobody, GROUP, {"name": "new"})
        assert statements == ["BEGIN", "instance_group_get", "instance_group_update", "COMMIT"]
        statements.clear()
        values = {
            "name": "newer",
            "policies": [f"p{number}" for number in range(20)],
            "metadata": {"k1": "new", **{f"k{number}": "v" for number in range(20)}},
            "members": [f"m{number}" for number in range(3, 20)],
        }
        api.instance_group_update(nobody, GROUP, values)
        assert statements == [
            "BEGIN",
            "instance_group_update__lock",
            "instance_group_get",
            "instance_group_policies_add",
            "instance_group_metadata_add__change",
            "instance_group_metadata_add",
            "instance_group_members_add__remove",
            "instance_group_members_add",
            "instance_group_update__unlock",
            "instance_group_update",
            "COMMIT",
        ]

    def test_different_columns_at_once(self, nobody: RequestContext) -> None:
        create(nobody)
        changes = [{"name": "x"}, {"user_id": "x"}, {"project_id": "x"}, {"members": ["m"]}, {"policies": ["p"]}]
        results = together(
            *(lambda values=values: api.instance_group_update(sees("no"), GROUP, values) for values in changes)
        )
        assert results == [None] * 5
        row = api.instance_group_get(nobody, GROUP)
        assert (row["name"], row["user_id"], row["project_id"]) == ("x", "x", "x")
        assert children(row) == (["p"], {}, ["m"])

    def test_replacements_do_not_mix(self, nobody: RequestContext) -> None:
        create(nobody)
        sets = [[f"m{number}-{index}" for index in range(4)] for number in range(5)]
        results = together(
            *(lambda m=members: api.instance_group_update(sees("no"), GROUP, {"members": m}) for members in sets)
        )
        assert results == [None] * 5
        assert api.instance_group_get(nobody, GROUP)["members"] in sets


class TestDelete:
    def test_takes_the_children_along(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = full(nobody)
        api.instance_group_update(nobody, GROUP, {"name": "new", "metadata": {"k1": "new"}})
        other = full(nobody, UNKNOWN)
        before = {kind: stored(f"instance_group{kind}") for kind in ("s", "_policy", "_metadata", "_member")}
        timeutils.advance_time_seconds(5)
        later = stopped_clock + timedelta(seconds=5)
        assert api.instance_group_delete(nobody, GROUP) is None
        for kind, rows in before.items():
            mine = "id" if kind == "s" else "group_id"
            assert stored(f"instance_group{kind}") == [
                {**old, "deleted": old["id"], "deleted_at": later}
                if old[mine] == row["id"] and not old["deleted"]
                else old
                for old in rows
            ]
        assert api.instance_group_get_all(nobody) == [other]
        with pytest.raises(InstanceGroupNotFound):
            api.instance_group_delete(nobody, GROUP)

    def test_again_with_a_context_that_sees_deleted(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        full(nobody)
        api.instance_group_delete(nobody, GROUP)
        create(nobody, members=["m3"])
        timeutils.advance_time_seconds(5)
        api.instance_group_delete(sees("yes"), GROUP)
        later = stopped_clock + timedelta(seconds=5)
        for table in ("instance_groups", "instance_group_member", "instance_group_policy", "instance_group_metadata"):
            assert {row["deleted_at"] for row in stored(table)} == {later}
            assert all(row["deleted"] == row["id"] for row in stored(table))

    def test_only_once(self, nobody: RequestContext) -> None:
        full(nobody)
        results = together(*(lambda: api.instance_group_delete(sees("no"), GROUP) for _ in range(4)))
        assert sorted(str(type(result)) for result in results) == sorted(
            [str(type(None))] + [str(InstanceGroupNotFound)] * 3
        )

    def test_against_adding(self, nobody: RequestContext) -> None:
        for attempt in range(3):
            name = f"group-{attempt}"
            create(nobody, name)
            results = together(
                lambda name=name: api.instance_group_delete(sees("no"), name),
                *(lambda n=n, name=name: api.instance_group_members_add(sees("no"), name, [f"m{n}"]) for n in range(3)),
            )
            assert results[0] is None
            for number, result in enumerate(results[1:]):
                assert result == [f"m{number}"] or isinstance(result, InstanceGroupNotFound)
        # No live member is left in a deleted group.
        assert [row for row in stored("instance_group_member") if not row["deleted"]] == []

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        full(nobody)
        statements.clear()
        api.instance_group_delete(nobody, GROUP)
        assert statements == [
            "BEGIN",
            "instance_group_delete__ids",
            "instance_group_delete",
            "instance_group_delete__policies",
            "instance_group_delete__metadata",
            "instance_group_delete__members",
            "COMMIT",
        ]


def test_a_taken_id_is_no_uuid(nobody: RequestContext) -> None:
    row = create(nobody)
    values = {"uuid": UNKNOWN, "id": row["id"]}
    with pytest.raises(DBDuplicateEntry):
        api.instance_group_create(nobody, values)
    assert values == {"uuid": UNKNOWN, "id": row["id"]}
    assert api.instance_group_get_all(nobody) == [row]
