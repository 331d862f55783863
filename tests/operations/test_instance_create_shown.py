"""What instance_create returns is what a read shows, to the last key, whatever was given and whatever was there."""

from __future__ import annotations

from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError
from tests.operations.factories import stored
from tests.operations.instance_helpers import NASTY, insert, make, new_uuid, pairs, reading
from tests.support.rows import there

GIVEN: dict[str, dict[str, Any]] = {
    "many": {
        "metadata": {f"k{number}": f"v{number}" for number in range(120)},
        "system_metadata": {f"s{number}": None if number % 7 else "é" for number in range(80)},
    },
    "nasty": {"metadata": {text: text for text in NASTY}, "system_metadata": {text[::-1]: text for text in NASTY}},
    "no texts": {"metadata": {1: 2, 2.5: True, "k": None}, "system_metadata": {"only": "one"}},
    "stored alike": {"metadata": {1: "first", "1": "second"}},
    "one kind": {"system_metadata": {"k": "v"}},
    "a cache": {"metadata": {"k": "v"}, "info_cache": {"network_info": '[{"id": 1}]', "zork": 1}},
    "columns": {"metadata": {"k": "v"}, "locked": 1, "vcpus": "4", "launched_at": "2026-01-02T10:00:00+02:00"},
}


@pytest.mark.parametrize("values", GIVEN.values(), ids=GIVEN)
def test_it_is_what_a_read_shows(context: RequestContext, values: dict[str, Any]) -> None:
    other = make(context, metadata={"k": "other"}, system_metadata={"k": "other"})
    row = make(context, **values)
    shown_later = api.instance_get_by_uuid(context, there(row["uuid"]))
    assert shown_later == row
    for key in ("metadata", "system_metadata"):
        assert [list(one) for one in row[key]] == [list(one) for one in shown_later[key]]
        shown = [(one["key"], one["value"]) for one in row[key]]
        assert len(shown) == len({str(name) for name in values.get(key, ())})
        assert [one["id"] for one in row[key]] == sorted(one["id"] for one in row[key])
    assert api.instance_get(context, other["id"]) == other


def test_groups_come_with_their_rules(context: RequestContext) -> None:
    make(context)
    for name in ("web", "bare"):
        insert("security_groups", name=name, project_id=context.project_id)
    group_id = next(one["id"] for one in stored("security_groups") if one["name"] == "web")
    for port, deleted in ((22, 0), (80, 7), (443, 0)):
        insert("security_group_rules", parent_group_id=group_id, from_port=port, deleted=deleted)
    row = make(context, metadata={"k": "v"}, security_groups=["web", "default", "bare"])
    assert [one["name"] for one in row["security_groups"]] == ["default", "web", "bare"]
    assert [rule["from_port"] for rule in row["security_groups"][1]["rules"]] == [22, 443]
    shown = api.instance_get(context, row["id"])
    assert (
        sorted(shown["security_groups"], key=lambda one: ["default", "web", "bare"].index(there(one["name"])))
        == (row["security_groups"])
    )
    assert {**shown, "security_groups": row["security_groups"]} == row


def test_one_that_is_deleted_has_its_pairs_and_no_groups(context: RequestContext) -> None:
    row = make(context, deleted=5, metadata={"k": "v"}, security_groups=["default"])
    assert (row["deleted"], row["security_groups"], pairs(row["metadata"])) == (5, [], {"k": "v"})
    assert api.instance_get(reading(context, "yes"), row["id"]) == row


@pytest.mark.parametrize("before", ["metadata", "system_metadata", "security_groups", "deleted ones"])
def test_what_its_uuid_had_before_is_shown_too(context: RequestContext, before: str) -> None:
    make(context)
    uuid, [default] = new_uuid(), stored("security_groups")
    if before == "security_groups":
        insert("security_group_instance_association", instance_uuid=uuid, security_group_id=default["id"])
    elif before == "deleted ones":
        insert("instance_metadata", instance_uuid=uuid, key="k", value="gone", deleted=9)
        insert("security_group_instance_association", instance_uuid=uuid, security_group_id=1, deleted=9)
    else:
        insert(f"instance_{before}", instance_uuid=uuid, key="k", value="earlier")
    row = make(context, uuid=uuid, metadata={"k": "v"}, system_metadata={"k": "v"})
    assert api.instance_get_by_uuid(context, uuid) == row
    expected = ["earlier", "v"] if before == "metadata" else ["v"]
    assert [one["value"] for one in row["metadata"]] == expected
    assert len(row["security_groups"]) == (before == "security_groups")


def test_it_joins_a_transaction(context: RequestContext) -> None:
    with rawdb.writer.using(context):
        row = make(context, metadata={"k": "v"}, security_groups=["default"])
        assert api.instance_get(context, row["id"]) == row
    assert api.instance_get(context, row["id"]) == row


def test_a_wrong_pair_is_named_before_anything_stays(context: RequestContext) -> None:
    bad: Any = {"a": "x" * 256, "k" * 256: "v", "b": ["v"]}
    with pytest.raises(DBDataError, match=r"instance_metadata\.value: expected at most 255 characters"):
        make(context, metadata=bad)
    for wrong, place in (({"a": "v", "k\x00": "v"}, "key"), ({"a": "v", "b": ["v"], "c" * 256: "v"}, "value")):
        with pytest.raises(DBDataError, match=rf"instance_system_metadata\.{place}: "):
            make(context, system_metadata=wrong)
    assert stored("instances") == stored("instance_metadata") == stored("instance_system_metadata") == []
