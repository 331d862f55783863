"""Rules of security groups, and the default rules of new ones, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    Invalid,
    NotFound,
    SecurityGroupDefaultRuleNotFound,
    SecurityGroupNotFoundForRule,
)
from tests.operations.factories import soft_delete, stored
from tests.operations.instance_helpers import columns, make, pairs, without
from tests.operations.network_helpers import NO_IDS, admin, ids, member, not_for_nobody, only_for_admins
from tests.support.rows import Row, there


def rule(parent: Any = None, grantee: Any = None, **values: Any) -> Row:
    return api.security_group_rule_create(member(), {"parent_group_id": parent, "group_id": grantee, **values})


def default_rule(**values: Any) -> Row:
    return api.security_group_default_rule_create(admin(), values)


def group(name: str) -> dict[str, Any]:
    values = {"name": name, "project_id": "fake-project", "user_id": "u"}
    return without(api.security_group_create(admin(), values), "rules")


class TestRules:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {
            "parent_group_id": 5,
            "protocol": "tcp",
            "from_port": 1,
            "to_port": 2,
            "cidr": "10.0.0.9/24",
            "zork": 1,
        }
        row = api.security_group_rule_create(context, given)
        assert given["cidr"] == "10.0.0.9/24"
        assert row == {
            "id": row["id"],
            "parent_group_id": 5,
            "protocol": "tcp",
            "from_port": 1,
            "to_port": 2,
            "cidr": "10.0.0.0/24",
            "group_id": None,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert api.security_group_rule_create(context, given)["id"] != row["id"]
        assert api.security_group_rule_get(context, row["id"]) == row
        texts = {"FE80::1": "fe80::1/128", "10.0.0.9": "10.0.0.9/32", "no range": "no range", None: None}
        assert [rule(cidr=text)["cidr"] for text in texts] == list(texts.values())
        for wrong in ({"parent_group_id": "asdf"}, {"from_port": 2**40}, {"cidr": "x" * 44}, {"protocol": "x" * 256}):
            with pytest.raises(DBDataError):
                api.security_group_rule_create(context, wrong)

    def test_get_and_destroy(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, twin = rule(5), rule(5)
        timeutils.advance_time_seconds(5)
        api.security_group_rule_destroy(context, security_group_rule_id=row["id"])
        gone = {**row, "deleted": row["id"], "deleted_at": stopped_clock + timedelta(seconds=5)}
        assert stored("security_group_rules") == [gone, twin]
        seeing = member(read_deleted="yes")
        assert api.security_group_rule_get(seeing, security_group_rule_id=row["id"]) == gone
        for call in (api.security_group_rule_get, api.security_group_rule_destroy):
            for number in (row["id"], 10**6, *NO_IDS):
                with pytest.raises(SecurityGroupNotFoundForRule) as missing:
                    call(context, number)
                assert missing.value.kwargs["rule_id"] == number
        with pytest.raises(SecurityGroupNotFoundForRule):
            api.security_group_rule_get(member(read_deleted="only"), twin["id"])
        timeutils.advance_time_seconds(5)
        api.security_group_rule_destroy(seeing, row["id"])
        assert stored("security_group_rules")[0]["deleted_at"] == stopped_clock + timedelta(seconds=10)

    def test_count_and_by_grantee(self, context: RequestContext) -> None:
        rows = [rule(5, 6), rule(5, 7), rule(6, 6), rule(None, None)]
        dead = rule(5, 6)
        soft_delete("security_group_rules", dead["id"])
        seeing = member(read_deleted="yes")
        assert [api.security_group_rule_count_by_group(seeing, number) for number in (5, 6, 7)] == [2, 1, 0]
        assert [api.security_group_rule_count_by_group(context, wrong) for wrong in NO_IDS] == [0, 0, 1]
        by_grantee = api.security_group_rule_get_by_security_group_grantee
        assert by_grantee(context, 6) == [rows[0], rows[2]]
        assert ids(by_grantee(seeing, security_group_id=6)) == ids([rows[0], rows[2], dead])
        assert ids(by_grantee(member(read_deleted="only"), 6)) == [dead["id"]]
        assert [by_grantee(context, wrong) for wrong in NO_IDS] == [[], [], [rows[3]]]


class TestByGroup:
    def test_paths(self, context: RequestContext, statements: list[str]) -> None:
        parent, grantee, gone = group("parent"), group("grantee"), group("gone")
        instance = make(context, metadata={"k": "v"}, system_metadata={"s": "t"})
        for one in (parent, grantee, grantee, gone):
            api.instance_add_security_group(context, instance["uuid"], one["id"])
        rows = [rule(parent["id"], grantee["id"]), rule(parent["id"]), rule(parent["id"], gone["id"])]
        twin = rule(parent["id"], grantee["id"])
        dead = rule(parent["id"], grantee["id"])
        rule(grantee["id"], parent["id"])
        for table, number in (("security_groups", gone["id"]), ("security_group_rules", dead["id"])):
            soft_delete(table, number)
        [gone] = [one for one in stored("security_groups") if one["id"] == gone["id"]]
        by_group = api.security_group_rule_get_by_security_group

        statements.clear()
        assert by_group(context, parent["id"], []) == [*rows, twin]
        joined = [{**one, "grantee_group": other} for one, other in zip(rows, (grantee, None, gone), strict=True)]
        joined.append({**twin, "grantee_group": grantee})
        assert by_group(context, parent["id"], columns_to_join=["grantee_group"]) == joined
        name = "security_group_rule_get_by_security_group"
        assert statements == [name, name]

        statements.clear()
        found = by_group(context, security_group_id=parent["id"])
        assert statements == [name, "security_group_get__instances"]
        [full] = there(found[0]["grantee_group"])["instances"]
        assert set(full) == columns("instances") | {"name", "system_metadata", "info_cache"}
        assert full["name"] == f"instance-{instance['id']:08x}"
        assert pairs(full["system_metadata"]) == {"s": "t"}
        assert there(full["info_cache"])["instance_uuid"] == instance["uuid"]
        assert found[1]["grantee_group"] is None
        assert found[2]["grantee_group"] == {**gone, "instances": []}
        assert found[3]["grantee_group"] == found[0]["grantee_group"]
        other = there(found[3]["grantee_group"])
        other["instances"][0]["system_metadata"].clear()
        other["instances"].clear()
        assert pairs(there(found[0]["grantee_group"])["instances"][0]["system_metadata"]) == {"s": "t"}

        [plain] = there(by_group(context, parent["id"], ["grantee_group.instances"])[0]["grantee_group"])["instances"]
        assert plain == without(full, "system_metadata", "info_cache")
        seeing = by_group(member(read_deleted="yes"), parent["id"], ["grantee_group"])
        assert (seeing[-1]["id"], seeing[-1]["grantee_group"]) == (dead["id"], None)
        assert ids(by_group(member(read_deleted="only"), parent["id"])) == [dead["id"]]
        assert [by_group(context, wrong) for wrong in NO_IDS] == [[], [], []]
        for path in ("zork", "grantee_group.rules", "grantee_group.instances.zork", "parent_group"):
            with pytest.raises(ValueError, match="has no relation"):
                by_group(context, parent["id"], [path])


class TestDefaultRules:
    def test_create_and_list(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {"protocol": "udp", "from_port": 1, "to_port": 2, "cidr": "10.0.0.9", "zork": 1}
        row = api.security_group_default_rule_create(admin(), given)
        assert row == {
            "id": row["id"],
            "protocol": "udp",
            "from_port": 1,
            "to_port": 2,
            "cidr": "10.0.0.9/32",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        same, gone = default_rule(protocol="udp"), default_rule()
        soft_delete("security_group_default_rules", gone["id"])
        assert api.security_group_default_rule_list(context) == [row, same]
        assert ids(api.security_group_default_rule_list(member(read_deleted="only"))) == [gone["id"]]
        assert ids(api.security_group_default_rule_list(admin("yes"))) == ids([row, same, gone])
        with pytest.raises(DBDataError):
            default_rule(protocol="longer")

    def test_get_and_destroy(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, twin = default_rule(protocol="tcp"), default_rule(protocol="tcp")
        assert api.security_group_default_rule_get(context, security_group_rule_default_id=row["id"]) == row
        api.security_group_default_rule_destroy(admin(), security_group_rule_default_id=row["id"])
        gone = {**row, "deleted": row["id"], "deleted_at": stopped_clock}
        assert stored("security_group_default_rules") == [gone, twin]
        assert api.security_group_default_rule_get(member(read_deleted="yes"), row["id"]) == gone
        for call in (api.security_group_default_rule_get, api.security_group_default_rule_destroy):
            for number in (row["id"], 10**6, *NO_IDS):
                with pytest.raises(SecurityGroupDefaultRuleNotFound) as missing:
                    call(admin(), number)
                assert missing.value.kwargs["rule_id"] == number
                assert isinstance(missing.value, Invalid)
                assert not isinstance(missing.value, NotFound)
        api.security_group_default_rule_destroy(admin("only"), row["id"])


def test_who_may(context: RequestContext) -> None:
    only_for_admins(
        context,
        [
            lambda c: api.security_group_default_rule_create(c, {}),
            lambda c: api.security_group_default_rule_destroy(c, 1),
        ],
    )
    not_for_nobody(
        [
            lambda c: api.security_group_default_rule_get(c, 1),
            lambda c: api.security_group_default_rule_list(c),
            lambda c: api.security_group_rule_count_by_group(c, 1),
            lambda c: api.security_group_rule_create(c, {}),
            lambda c: api.security_group_rule_destroy(c, 1),
            lambda c: api.security_group_rule_get(c, 1),
            lambda c: api.security_group_rule_get_by_security_group(c, 1),
            lambda c: api.security_group_rule_get_by_security_group_grantee(c, 1),
        ]
    )
