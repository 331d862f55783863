"""Arguments that are lists or dicts: another kind is refused, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBNonExistentTable

PERIOD = datetime.fromisoformat("2026-11-01T02:03:04.567890")
FLAVOR = {"name": "f", "flavorid": "f", "memory_mb": 1, "vcpus": 1, "root_gb": 1, "ephemeral_gb": 1}


@pytest.mark.parametrize("given", ["ab", b"ab", 5])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("uuids", lambda context, given: api.bw_usage_get_by_uuids(context, given, PERIOD)),
        ("instance_uuids", api.instance_fault_get_by_instance_uuids),
        ("network_uuids", api.network_get_all_by_uuids),
        ("projects", lambda context, given: api.flavor_create(context, FLAVOR, given)),
        ("reservations", api.reservation_commit),
        ("reservations", api.reservation_rollback),
    ],
    ids=["usage", "faults", "networks", "flavor", "commit", "rollback"],
)
def test_the_letters_of_a_text_are_no_list(
    admin_context: RequestContext, name: str, call: Callable[..., Any], given: Any
) -> None:
    """A uuid in place of a list of them would find the rows of its letters: none, and no error."""
    with pytest.raises(TypeError, match=f"{name}: expected a list of values, got "):
        call(admin_context, given)
    assert api.flavor_get_all(admin_context) == []


@pytest.mark.parametrize("given", [["k"], "kv", 5])
def test_metadata_is_a_dict(admin_context: RequestContext, given: Any) -> None:
    aggregate = api.aggregate_create(admin_context, {"name": "a"}, {"k": "v"})
    for call in (
        lambda: api.aggregate_create(admin_context, {"name": "b"}, given),
        lambda: api.aggregate_metadata_add(admin_context, aggregate["id"], given),
        lambda: api.aggregate_metadata_add(admin_context, aggregate["id"], given, set_delete=True),
        lambda: api.aggregate_update(admin_context, aggregate["id"], {"name": "c", "metadata": given}),
    ):
        with pytest.raises(TypeError, match="aggregate_metadata: expected a dict of keys and values, got "):
            call()
    assert api.aggregate_get_all(admin_context) == [aggregate]


@pytest.mark.parametrize("given", [["k"], "kv", 5, {"k"}])
@pytest.mark.parametrize("kind", ["metadata", "system_metadata"])
def test_metadata_of_a_new_instance_is_a_dict(admin_context: RequestContext, kind: str, given: Any) -> None:
    with pytest.raises(TypeError, match=f"instance_{kind}: expected a dict of keys and values, got "):
        api.instance_create(admin_context, {kind: given})
    assert api.instance_get_all(admin_context) == []


def test_a_table_that_is_not_there_is_named(admin_context: RequestContext) -> None:
    names: list[Any] = ["zork", "", None, 'cells"; DROP TABLE cells']
    for name in names:
        with pytest.raises(DBNonExistentTable) as raised:
            api.archive_deleted_rows_for_table(admin_context, name)
        assert f"there is no table {name!r}" in str(raised.value)
