"""Security groups, through rawdb.api, on every dialect. Their rules: test_security_group_rules.py."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    Forbidden,
    SecurityGroupExists,
    SecurityGroupNotFound,
    SecurityGroupNotFoundForProject,
)
from tests.operations.factories import soft_delete, stored, together
from tests.operations.instance_helpers import columns, devices, make, new_uuid, pairs, without
from tests.operations.network_helpers import NO_IDS, admin, ids, member, not_for_nobody, put
from tests.support.rows import Row, there

PROJECT = "fake-project"
EMPTY_RULE = {"protocol": None, "from_port": None, "to_port": None, "cidr": None}


def group(name: str | None = "g", project_id: str | None = PROJECT, **values: Any) -> dict[str, Any]:
    """A group as it is stored: without relations."""
    values = {"name": name, "project_id": project_id, "user_id": "u", **values}
    return without(api.security_group_create(admin(), values), "rules")


def rule(parent: Any, grantee: Any = None, **values: Any) -> Row:
    return api.security_group_rule_create(admin(), {"parent_group_id": parent, "group_id": grantee, **values})


def join(instance: Row, *groups: dict[str, Any]) -> None:
    for one in groups:
        api.instance_add_security_group(admin(), instance["uuid"], one["id"])


def bare(context: RequestContext, instance: Row) -> dict[str, Any]:
    """An instance as it stands in a group: its columns and its name."""
    row: Row = api.instance_get(context.elevated(), instance["id"])
    return {name: row[name] for name in (*columns("instances"), "name")}


class TestCreate:
    def test_returns_the_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        values = {"name": "n", "description": "d", "user_id": "u", "project_id": "p", "rules": [1], "zork": 1}
        row = api.security_group_create(context, values)
        assert values == {"name": "n", "description": "d", "user_id": "u", "project_id": "p", "rules": [1], "zork": 1}
        assert row == {
            "id": row["id"],
            "name": "n",
            "description": "d",
            "user_id": "u",
            "project_id": "p",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
            "rules": [],
        }
        assert api.security_group_get(admin(), row["id"]) == row
        assert stored("security_group_rules") == stored("quota_usages") == []

    def test_a_name_is_used_once_in_a_project(self, context: RequestContext) -> None:
        row = group()
        with pytest.raises(SecurityGroupExists) as taken:
            group(user_id="other")
        assert taken.value.kwargs["project_id"] == PROJECT
        assert taken.value.kwargs["security_group_name"] == "g"
        with pytest.raises(DBDuplicateEntry):
            group("other", id=row["id"])
        for name, project in (
            ("G", PROJECT),
            ("g ", PROJECT),
            ("g", "other"),
            ("g", None),
            ("g", None),
            (None, PROJECT),
        ):
            group(name, project)
        for _ in range(2):
            api.security_group_destroy(context, row["id"])
            row = group()
        with pytest.raises(DBDataError):
            group("x" * 256)
        assert len(stored("security_groups")) == 9

    def test_with_instances(self, context: RequestContext) -> None:
        first, second, gone = make(context), make(context), make(context)
        api.instance_destroy(context, gone["uuid"])
        given = {"name": "n", "project_id": PROJECT, "instances": [second, first, gone, second]}
        default = stored("security_groups")
        usages = stored("quota_usages")
        row = api.security_group_create(context, given)
        assert len(given["instances"]) == 4
        assert row["instances"] == [bare(context, first), bare(context, second)]
        assert row["rules"] == []
        mine = [one for one in stored("security_group_instance_association") if one["security_group_id"] == row["id"]]
        assert [one["instance_uuid"] for one in mine] == [second["uuid"], first["uuid"], gone["uuid"]]
        assert stored("security_groups")[:-1] == default
        assert stored("quota_usages") == usages
        empty: Any
        for name, empty in (("n2", []), ("n3", None)):
            values = {"name": name, "project_id": PROJECT, "instances": empty}
            assert api.security_group_create(context, values)["instances"] == []
        with pytest.raises(SecurityGroupExists):
            api.security_group_create(context, given)
        assert mine == [
            one for one in stored("security_group_instance_association") if one["security_group_id"] >= row["id"]
        ]

    def test_one_caller_gets_a_name(self, context: RequestContext) -> None:
        outcomes = together(*[lambda: group()] * 8)
        assert Counter(type(outcome) for outcome in outcomes) == {dict: 1, SecurityGroupExists: 7}
        assert len(stored("security_groups")) == 1


class TestRelations:
    def test_rules_and_those_they_let_in(self, context: RequestContext) -> None:
        row, other, gone = group(), group("other"), group("gone", "another")
        soft_delete("security_groups", gone["id"])
        [gone] = [one for one in stored("security_groups") if one["id"] == gone["id"]]
        rules = [
            {**rule(row["id"], other["id"], protocol="tcp", cidr="10.0.0.1"), "grantee_group": other},
            {**rule(row["id"], row["id"], from_port=1, to_port=2), "grantee_group": row},
            {**rule(row["id"]), "grantee_group": None},
            {**rule(row["id"], gone["id"]), "grantee_group": gone},
            {**rule(row["id"], 10**6), "grantee_group": None},
        ]
        soft_delete("security_group_rules", rule(row["id"], other["id"])["id"])
        foreign = {**rule(other["id"], row["id"]), "grantee_group": row}
        dead = {**rule(gone["id"], row["id"]), "grantee_group": row}
        full = {**row, "rules": rules}
        seeing = member(read_deleted="yes")
        assert api.security_group_get(seeing, row["id"]) == full
        assert api.security_group_get_all(context) == [full, {**other, "rules": [foreign]}]
        assert api.security_group_get_all(admin("only")) == [{**gone, "rules": [dead]}]
        assert api.security_group_get_by_project(seeing, PROJECT) == [full, {**other, "rules": [foreign]}]
        assert api.security_group_get_by_name(seeing, PROJECT, "g") == {**full, "instances": []}
        assert rules[0]["cidr"] == "10.0.0.1/32"

    def test_instances(self, context: RequestContext) -> None:
        row, other = group(), group("other")
        first, second = make(context, metadata={"k": "v"}, system_metadata={"s": "t"}), make(context)
        foreign = make(RequestContext("u", "another", is_admin=False))
        gone, left = make(context), make(context)
        join(second, row, row, other)
        join(first, row)
        join(foreign, row)
        join(gone, row)
        join(left, row)
        api.instance_remove_security_group(context, left["uuid"], row["id"])
        api.instance_add_security_group(context, new_uuid(), row["id"])
        api.instance_destroy(context, gone["uuid"])
        expected = [bare(context, one) for one in (first, second, foreign)]
        for path in ("instances", "instances_x"):
            got = api.security_group_get(
                member(read_deleted="yes"), row["id"], columns_to_join=["zork", path, "rules.x"]
            )
            assert got == {**row, "rules": [], "instances": expected}
        assert "instances" not in api.security_group_get(context, row["id"], [])
        assert "instances" not in api.security_group_get(context, row["id"], ["rules", "zork.instances"])
        assert api.security_group_get_by_name(context, PROJECT, "g", [])["instances"] == expected
        assert ids(api.security_group_get(context, other["id"], ("instances",))["instances"]) == [second["id"]]

    def test_relations_of_instances(self, context: RequestContext) -> None:
        row, other = group(), group("other")
        values = {"metadata": {"k": "v"}, "system_metadata": {"s": "t", "s2": "t2"}}
        instance = make(context, security_groups=["default"], **values)
        api.instance_system_metadata_update(context, instance["uuid"], {"s": "t"}, True)
        join(instance, row, other)
        put("block_device_mapping", instance_uuid=instance["uuid"], device_name="/dev/vda")
        plain = bare(context, instance)
        paths = ["instances.info_cache", "instances.system_metadata", "instances"]
        [got] = api.security_group_get(member(read_deleted="yes"), row["id"], paths)["instances"]
        assert without(got, "info_cache", "system_metadata") == plain
        assert pairs(got["system_metadata"]) == {"s": "t"}
        assert set(got["system_metadata"][0]) == columns("instance_system_metadata")
        assert there(got["info_cache"])["instance_uuid"] == instance["uuid"]
        paths = ["instances.metadata", "instances.security_groups", "instances.block_device_mapping"]
        [got] = api.security_group_get(context, row["id"], paths)["instances"]
        assert set(got) == {*plain, "metadata", "security_groups", "block_device_mapping"}
        assert pairs(got["metadata"]) == {"k": "v"}
        assert {one["name"] for one in got["security_groups"]} == {"g", "other", "default"}
        assert [one["device_name"] for one in got["block_device_mapping"]] == ["/dev/vda"]
        devices(instance["uuid"])
        [got] = api.security_group_get(member(read_deleted="yes"), row["id"], ["instances.pci_devices"])["instances"]
        assert [one["label"] for one in got["pci_devices"]] == ["label0", "label1"]
        for wrong in ("instances.zork", "instances.info_cache.instance"):
            with pytest.raises(ValueError, match="has no relation"):
                api.security_group_get(context, row["id"], [wrong])

    def test_a_deleted_group_has_no_instances(self, context: RequestContext) -> None:
        row = group()
        join(make(context), row)
        soft_delete("security_groups", row["id"])
        assert api.security_group_get(member(read_deleted="yes"), row["id"], ["instances"])["instances"] == []


class TestGet:
    def test_by_id(self, context: RequestContext) -> None:
        row, foreign, nobodys, gone = group(), group(project_id="another"), group(project_id=None), group("gone")
        soft_delete("security_groups", gone["id"])
        assert api.security_group_get(context, security_group_id=row["id"])["id"] == row["id"]
        assert api.security_group_get(admin(), foreign["id"])["id"] == foreign["id"]
        assert api.security_group_get(member(read_deleted="only"), gone["id"])["deleted"] == gone["id"]
        for number in (foreign["id"], nobodys["id"], gone["id"], 10**6, *NO_IDS):
            with pytest.raises(SecurityGroupNotFound) as missing:
                api.security_group_get(context, number, ["instances"])
            assert missing.value.kwargs["security_group_id"] == number

    def test_by_name(self, context: RequestContext) -> None:
        soft_delete("security_groups", group()["id"])
        row, foreign, nobodys, nameless = group(), group(project_id="another"), group(project_id=None), group(None)
        relations: dict[str, Any] = {"rules": [], "instances": []}
        seeing = member(read_deleted="yes")
        assert api.security_group_get_by_name(seeing, project_id=PROJECT, group_name="g") == {**row, **relations}
        assert api.security_group_get_by_name(context, "another", "g") == {**foreign, **relations}
        assert api.security_group_get_by_name(context, None, "g") == {**nobodys, **relations}  # type: ignore[arg-type]
        assert api.security_group_get_by_name(context, PROJECT, None) == {**nameless, **relations}  # type: ignore[arg-type]
        assert api.security_group_exists(context, project_id="another", group_name="g") is True
        for project, name in ((PROJECT, "G"), (PROJECT, "g "), ("unknown", "g"), ("another", None)):
            with pytest.raises(SecurityGroupNotFoundForProject) as missing:
                api.security_group_get_by_name(seeing, project, name)  # type: ignore[arg-type]
            assert missing.value.kwargs["project_id"] == project
            assert missing.value.kwargs["security_group_id"] == name
            assert isinstance(missing.value, SecurityGroupNotFound)
            assert api.security_group_exists(seeing, project, name) is False  # type: ignore[arg-type]

    def test_lists(self, context: RequestContext) -> None:
        assert api.security_group_get_all(context) == api.security_group_get_by_project(context, PROJECT) == []
        row, foreign, nobodys, second = group(), group(project_id="another"), group(project_id=None), group("a")
        gone = group("gone")
        soft_delete("security_groups", gone["id"])
        assert ids(api.security_group_get_all(context)) == ids([row, foreign, nobodys, second])
        assert ids(api.security_group_get_all(member(read_deleted="yes"))) == ids([row, foreign, nobodys, second, gone])
        assert ids(api.security_group_get_by_project(admin("yes"), PROJECT)) == ids([row, second])
        assert ids(api.security_group_get_by_project(context, project_id="another")) == ids([foreign])
        assert ids(api.security_group_get_by_project(context, None)) == ids([nobodys])  # type: ignore[arg-type]
        assert api.security_group_count_by_project(context, PROJECT) == 2
        assert api.security_group_count_by_project(admin("yes"), "another", session=object()) == 1
        with pytest.raises(Forbidden):
            api.security_group_count_by_project(context, project_id="another")

    def test_by_instance(self, context: RequestContext) -> None:
        row, other, gone, unused = group(), group("other", "another"), group("gone"), group("unused")
        instance, second = make(context, security_groups=["default"]), make(context, security_groups=["default"])
        default = api.security_group_get_by_name(context, PROJECT, "default")
        for one in (other, row, row, gone):
            join(instance, one)
        join(instance, unused)
        api.instance_remove_security_group(context, instance["uuid"], unused["id"])
        soft_delete("security_groups", gone["id"])
        granted = rule(row["id"], other["id"])
        seeing = member("whatever", read_deleted="yes")
        assert api.security_group_get_by_instance(seeing, instance_uuid=instance["uuid"]) == [
            {**row, "rules": [{**granted, "grantee_group": other}]},
            {**other, "rules": []},
            without(default, "instances"),
        ]
        assert ids(api.security_group_get_by_instance(context, second["uuid"])) == [default["id"]]
        api.instance_destroy(context, second["uuid"])
        join(second, row)
        for unknown in (second["uuid"], new_uuid(), "asdf", None):
            assert api.security_group_get_by_instance(seeing, unknown) == []  # type: ignore[arg-type]

    def test_in_use(self, context: RequestContext) -> None:
        used, left, unused, dead = group("1"), group("2"), group("3"), group("4")
        instance, gone = make(context), make(context)
        join(instance, used, used, left)
        join(gone, left)
        api.instance_remove_security_group(context, instance["uuid"], left["id"])
        api.instance_destroy(context, gone["uuid"])
        join(gone, unused)
        api.instance_add_security_group(context, new_uuid(), unused["id"])
        join(instance, dead)
        soft_delete("security_groups", dead["id"])
        found = [api.security_group_in_use(admin("yes"), one["id"]) for one in (used, left, unused, dead)]
        assert found == [True, False, False, True]
        assert [api.security_group_in_use(context, group_id=wrong) for wrong in (10**6, *NO_IDS)] == [False] * 4


class TestUpdate:
    def test_writes_what_differs(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = group(project_id="another")
        rule(row["id"])
        timeutils.advance_time_seconds(5)
        assert api.security_group_update(context, row["id"], {"name": "g", "zork": 1}) == row
        values = {"name": "new", "description": "d", "zork": 1, "instances": [1]}
        new = api.security_group_update(context, security_group_id=row["id"], values=values)
        later = stopped_clock + timedelta(seconds=5)
        assert new == {**row, "name": "new", "description": "d", "updated_at": later}
        assert values == {"name": "new", "description": "d", "zork": 1, "instances": [1]}
        assert without(api.security_group_get(admin(), row["id"]), "rules") == new

    def test_missing_and_taken(self, context: RequestContext) -> None:
        row, gone = group(), group("gone")
        soft_delete("security_groups", gone["id"])
        for number in (gone["id"], 10**6, *NO_IDS):
            with pytest.raises(SecurityGroupNotFound) as missing:
                api.security_group_update(context, number, {"name": "x"})
            assert missing.value.kwargs["security_group_id"] == number
        assert api.security_group_update(member(read_deleted="yes"), gone["id"], {"name": "x"})["name"] == "x"
        other, foreign = group("other"), group(project_id="another")
        with pytest.raises(SecurityGroupExists) as taken:
            api.security_group_update(context, other["id"], {"name": "g"})
        assert taken.value.kwargs["project_id"] == PROJECT
        assert taken.value.kwargs["security_group_name"] == "g"
        with pytest.raises(SecurityGroupExists) as moved:
            api.security_group_update(context, foreign["id"], {"project_id": PROJECT})
        assert moved.value.kwargs["security_group_name"] == "g"
        with pytest.raises(DBDataError):
            api.security_group_update(context, row["id"], {"name": "x" * 256})
        assert [without(one, "rules") for one in api.security_group_get_all(context)] == [row, other, foreign]

    def test_relations_by_path(self, context: RequestContext) -> None:
        row, other = group(), group("other")
        instance = make(context)
        join(instance, row, other)
        granted = rule(row["id"], other["id"])
        soft_delete("security_group_rules", rule(row["id"], other["id"])["id"])
        update = api.security_group_update
        seeing = member(read_deleted="yes")
        assert update(seeing, row["id"], {}, ["rules"]) == {**row, "rules": [granted]}
        joined = {**granted, "grantee_group": other}
        assert update(seeing, row["id"], {}, ["rules.grantee_group"]) == {**row, "rules": [joined]}
        plain = bare(context, instance)
        got = update(context, row["id"], {"description": "d"}, ["instances", "rules.grantee_group.instances"])
        assert got["instances"] == there(got["rules"][0]["grantee_group"])["instances"] == [plain]
        assert got["description"] == "d"
        got = update(context, row["id"], {}, columns_to_join=["instances.info_cache"])
        assert there(got["instances"][0]["info_cache"])["instance_uuid"] == instance["uuid"]
        assert "rules" not in got
        for path in ("rules.zork", "instances.zork", "zork", "rules.grantee_group.zork"):
            with pytest.raises(ValueError, match="has no relation"):
                update(context, row["id"], {"description": "never"}, [path])
        assert api.security_group_get(context, row["id"])["description"] == "d"


class TestDestroy:
    def test_marks_what_hangs_on_the_group(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = group(project_id="another"), group("other")
        instance = make(context)
        join(instance, row, row, other)
        api.instance_remove_security_group(context, instance["uuid"], other["id"])
        join(instance, other)
        rule(row["id"])
        rule(row["id"], row["id"])
        rule(other["id"], row["id"])
        rule(other["id"], other["id"])
        rule(10**6)
        soft_delete("security_group_rules", rule(row["id"])["id"])
        usages = stored("quota_usages")
        before = {
            table: stored(table)
            for table in ("security_groups", "security_group_rules", "security_group_instance_association")
        }
        timeutils.advance_time_seconds(5)
        later = stopped_clock + timedelta(seconds=5)
        api.security_group_destroy(context, security_group_id=row["id"])

        def after(table: str, *names: str) -> list[dict[str, Any]]:
            return [
                {**one, "deleted": one["id"], "deleted_at": later}
                if row["id"] in [one[name] for name in names] and not one["deleted"]
                else one
                for one in before[table]
            ]

        assert stored("security_groups") == after("security_groups", "id")
        assert stored("security_group_rules") == after("security_group_rules", "parent_group_id", "group_id")
        association = "security_group_instance_association"
        assert stored(association) == after(association, "security_group_id")
        assert stored("quota_usages") == usages
        assert sum(one["deleted"] == 0 for one in stored("security_group_rules")) == 2
        # Once gone, it is not found again, unless the context sees deleted rows.
        timeutils.advance_time_seconds(5)
        for number in (row["id"], 10**6, *NO_IDS):
            api.security_group_destroy(context, number)
        assert stored("security_groups") == after("security_groups", "id")
        api.security_group_destroy(member(read_deleted="yes"), row["id"])
        assert stored("security_groups")[0]["deleted_at"] == later + timedelta(seconds=5)


class TestEnsureDefault:
    def test_makes_one(self, context: RequestContext, stopped_clock: datetime) -> None:
        for port in (22, 80):
            values = {"protocol": "tcp", "from_port": port, "cidr": "0.0.0.0/0"}
            rule = api.security_group_default_rule_create(admin(), values)
            if port == 22:
                soft_delete("security_group_default_rules", rule["id"])
        soft_delete("security_groups", group("default")["id"])
        group("default", "another")
        existed, row = api.security_group_ensure_default(context)
        assert existed is False
        assert row == {
            "id": row["id"],
            "name": "default",
            "description": "default",
            "user_id": "fake-user",
            "project_id": PROJECT,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
            "rules": [],
        }
        [copy] = stored("security_group_rules")
        assert {name: copy[name] for name in ("parent_group_id", "from_port", "cidr", "group_id", "deleted")} == {
            "parent_group_id": row["id"],
            "from_port": 80,
            "cidr": "0.0.0.0/0",
            "group_id": None,
            "deleted": 0,
        }
        [usage] = stored("quota_usages")
        assert {name: usage[name] for name in ("project_id", "user_id", "resource", "in_use", "reserved")} == {
            "project_id": PROJECT,
            "user_id": "fake-user",
            "resource": "security_groups",
            "in_use": 1,
            "reserved": 0,
        }
        assert (usage["until_refresh"], usage["updated_at"]) == (None, stopped_clock)

    def test_finds_one(self, context: RequestContext, statements: list[str]) -> None:
        api.security_group_default_rule_create(admin(), {"protocol": "tcp"})
        row = group("default", description="mine")
        statements.clear()
        assert api.security_group_ensure_default(member(read_deleted="only")) == (True, row)
        assert statements == ["security_group_ensure_default__find"]
        assert stored("security_group_rules") == stored("quota_usages") == []

    def test_adds_to_the_usage_and_copies_what_is_visible(self, context: RequestContext) -> None:
        for deleted, user in ((0, "fake-user"), (0, "other"), (90, "fake-user")):
            put(
                "quota_usages",
                project_id=PROJECT,
                user_id=user,
                resource="security_groups",
                in_use=3,
                reserved=1,
                deleted=deleted,
            )
        for _ in range(2):
            api.security_group_default_rule_create(admin(), {"protocol": "tcp"})
        soft_delete("security_group_default_rules", 1)
        api.security_group_ensure_default(member(read_deleted="yes"))
        assert [(one["in_use"], one["reserved"]) for one in stored("quota_usages")] == [(4, 1), (3, 1), (3, 1)]
        assert len(stored("security_group_rules")) == 2

    def test_without_a_project(self, nobody: RequestContext) -> None:
        assert [api.security_group_ensure_default(nobody)[0] for _ in range(2)] == [False, True]
        assert [(one["project_id"], one["user_id"]) for one in stored("security_groups")] == [(None, None)]

    def test_all_or_nothing(self, context: RequestContext) -> None:
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
            api.security_group_ensure_default(context)
            raise ZeroDivisionError
        assert stored("security_groups") == stored("quota_usages") == []


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    row = group("other")
    instance = make(context)
    join(instance, row)
    rule(row["id"], row["id"])
    name = "security_group_get"
    ensure = "security_group_ensure_default"
    for call, expected in (
        (lambda: api.security_group_get(context, row["id"]), [name]),
        (lambda: api.security_group_get(context, row["id"], ["instances.metadata"]), [name, f"{name}__instances"]),
        (lambda: api.security_group_get_by_name(context, PROJECT, "other"), [f"{name}_by_name", f"{name}__instances"]),
        (lambda: api.security_group_get_all(context), [f"{name}_all"]),
        (lambda: group("third"), ["security_group_create"]),
        (
            lambda: group("fourth", instances=[instance]),
            ["security_group_create", "security_group_create__instances", f"{name}__instances", "COMMIT"],
        ),
        (
            lambda: api.security_group_update(context, row["id"], {"name": "new"}, ["rules", "instances"]),
            [
                "security_group_update__row",
                "security_group_update",
                "security_group_rule_get_by_security_group",
                f"{name}__instances",
                "COMMIT",
            ],
        ),
        (
            lambda: api.security_group_destroy(context, row["id"]),
            [
                "security_group_destroy",
                *[f"security_group_destroy__{part}" for part in ("instances", "rules", "grants")],
                "COMMIT",
            ],
        ),
        (
            lambda: api.security_group_ensure_default(member("new")),
            [
                f"{ensure}__find",
                "quota_reserve__lock",
                f"{ensure}__find",
                f"{ensure}__create",
                f"{ensure}__rules",
                f"{ensure}__usage",
                "quota_reserve__create_usage",
                "COMMIT",
            ],
        ),
    ):
        statements.clear()
        call()
        assert [one for one in statements if not one.startswith("BEGIN")] == expected


def test_who_may(db: str) -> None:
    not_for_nobody(
        [
            lambda c: api.security_group_count_by_project(c, "p"),
            lambda c: api.security_group_create(c, {}),
            lambda c: api.security_group_destroy(c, 1),
            lambda c: api.security_group_exists(c, "p", "g"),
            lambda c: api.security_group_get(c, 1),
            lambda c: api.security_group_get_all(c),
            lambda c: api.security_group_get_by_instance(c, "u"),
            lambda c: api.security_group_get_by_name(c, "p", "g"),
            lambda c: api.security_group_get_by_project(c, "p"),
            lambda c: api.security_group_in_use(c, 1),
            lambda c: api.security_group_update(c, 1, {}),
        ]
    )
