"""Operations inside a transaction of the caller's: one that raises leaves nothing of itself, and the rest goes on."""

from __future__ import annotations

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBDuplicateEntry, FlavorExists, KeyPairExists
from tests.operations.factories import together

FLAVOR = {"name": "m1", "flavorid": "1", "memory_mb": 1, "vcpus": 1, "root_gb": 1, "ephemeral_gb": 0}


def pair(name: str) -> dict[str, str]:
    return {"user_id": "fake-user", "name": name}


def test_a_duplicate_does_not_spoil_the_callers_transaction(context: RequestContext) -> None:
    with rawdb.writer.using(context):
        api.key_pair_create(context, pair("a"))
        with pytest.raises(KeyPairExists):
            api.key_pair_create(context, pair("a"))
        api.key_pair_create(context, pair("b"))
    assert [row["name"] for row in api.key_pair_get_all_by_user(context, "fake-user")] == ["a", "b"]


def test_an_operation_of_many_statements_leaves_nothing_behind(context: RequestContext) -> None:
    values = {"uuid": "3b241101-e2bb-4255-8caf-4136c566a962", "metadata": {"k": "v"}, "project_id": "fake-project"}
    api.instance_create(context, values)
    with rawdb.writer.using(context) as sql:
        for table in ("instance_info_caches", "instance_metadata", "instance_id_mappings"):
            before = sql.execute(f"SELECT COUNT(*) FROM {table}").rows
            with pytest.raises(DBDuplicateEntry):
                api.instance_create(context, values)
            assert sql.execute(f"SELECT COUNT(*) FROM {table}").rows == before
    assert len(api.instance_get_all(context)) == 1


def test_flavor_access_goes_with_the_flavor(admin_context: RequestContext) -> None:
    api.flavor_create(admin_context, FLAVOR, projects=["p1"])
    with rawdb.writer.using(admin_context):
        with pytest.raises(FlavorExists):
            api.flavor_create(admin_context, {**FLAVOR, "flavorid": "2"}, projects=["p2"])
        api.flavor_create(admin_context, {**FLAVOR, "name": "m2", "flavorid": "2"})
    assert api.flavor_access_get_by_flavor_id(admin_context, "2") == []


def test_the_callers_rollback_takes_all(context: RequestContext) -> None:
    with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
        api.key_pair_create(context, pair("a"))
        raise ZeroDivisionError
    assert api.key_pair_count_by_user(context, "fake-user") == 0


def test_alone_an_operation_needs_no_savepoint(context: RequestContext, statements: list[str]) -> None:
    api.key_pair_create(context, pair("a"))
    assert statements == ["key_pair_create"]


def test_at_read_committed_an_operation_sees_what_came_since(dialect: str, context: RequestContext) -> None:
    if dialect == "sqlite":
        pytest.skip("nobody else writes while a writer's transaction is open")
    instance, group = "3b241101-e2bb-4255-8caf-4136c566a962", "group"
    old = {"changed": "old", "gone": "v"}
    api.instance_create(context, {"uuid": instance, "metadata": old, "project_id": "fake-project"})
    api.instance_group_create(context, {"uuid": group}, members=["m"])

    def meanwhile() -> None:
        other = RequestContext("another", "fake-project", is_admin=False)
        api.instance_metadata_update(other, instance, {"changed": "theirs", "new": "theirs"}, delete=True)
        api.instance_group_members_add(other, group, ["new"])

    with rawdb.writer.isolation("READ COMMITTED").using(context):
        assert api.key_pair_count_by_user(context, "fake-user") == 0
        assert together(meanwhile) == [None]
        pairs = {**old, "new": "mine"}
        api.instance_metadata_update(context, instance, pairs, delete=False)
        api.instance_group_members_add(context, group, ["new", "mine"])
    rows = api.instance_get_by_uuid(context, instance)["metadata"]
    assert sorted((row["key"], row["value"]) for row in rows) == sorted(pairs.items())
    assert api.instance_group_members_get(context, group) == ["m", "new", "mine"]
