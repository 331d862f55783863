"""What the Manila face does otherwise, and its names that are no operations, on every dialect."""

from __future__ import annotations

import pytest

import rawdb
from rawdb import api, migrate
from rawdb.compat import manila, manila_models
from rawdb.context import RequestContext
from rawdb.exceptions import AdminRequired, ServiceNotFound
from tests.operations.factories import stored
from tests.support.rows import Row


def make(context: RequestContext, host: str = "h", **values: object) -> Row:
    given = {"host": host, "binary": "manila-share", "topic": "manila-share", **values}
    row = manila.service_create(context, given)
    assert "availability_zone" not in given or given["availability_zone"] == values["availability_zone"]
    return row


def test_services_are_in_the_zone_manila(admin_context: RequestContext) -> None:
    zones = [make(admin_context)["availability_zone"]]
    zones += [make(admin_context, zone or "none", availability_zone=zone)["availability_zone"] for zone in (None, "z")]
    assert zones == ["manila", "manila", "z"]
    assert [row["availability_zone"] for row in stored("services")] == zones
    api.service_create(admin_context, {"host": "nova", "topic": "compute", "binary": "b"})
    assert stored("services")[-1]["availability_zone"] is None


def test_service_get(admin_context: RequestContext) -> None:
    row = make(admin_context)
    assert manila.service_get(admin_context, row["id"]) == row
    with pytest.raises(ServiceNotFound) as missing:
        manila.service_get(admin_context, row["id"] + 1)
    assert missing.value.kwargs["service_id"] == row["id"] + 1


def test_by_host_and_topic_raises(admin_context: RequestContext) -> None:
    row = make(admin_context)
    make(admin_context, "off", disabled=True)
    assert manila.service_get_by_host_and_topic(admin_context, "h", "manila-share") == row
    for host, topic in (("off", "manila-share"), ("h", "other"), (None, None)):
        with pytest.raises(ServiceNotFound) as missing:
            manila.service_get_by_host_and_topic(admin_context, host, topic)  # type: ignore[arg-type]
        assert missing.value.kwargs == {"code": 404, "service_id": None}


def test_service_update_returns_nothing(admin_context: RequestContext) -> None:
    row = make(admin_context)
    assert manila.service_update(admin_context, row["id"], {"report_count": 3}) is None  # type: ignore[func-returns-value]
    assert manila.service_get(admin_context, row["id"])["report_count"] == 3
    with pytest.raises(ServiceNotFound):
        manila.service_update(admin_context, row["id"] + 1, {"report_count": 3})


def test_guards(context: RequestContext, statements: list[str]) -> None:
    for call in (
        lambda: manila.service_create(context, None),  # type: ignore[arg-type]
        lambda: manila.service_get(context, 1),
        lambda: manila.service_get_by_host_and_topic(context, "h", "t"),
        lambda: manila.service_update(context, 1, None),  # type: ignore[arg-type]
    ):
        with pytest.raises(AdminRequired):
            call()
    assert statements == []


def test_states_of_access_rules(context: RequestContext) -> None:
    states = {
        name: value for name, value in vars(manila_models.ShareAccessMapping).items() if name.startswith("STATE_")
    }
    assert states == {
        "STATE_NEW": "new",
        "STATE_ACTIVE": "active",
        "STATE_DELETING": "deleting",
        "STATE_DELETED": "deleted",
        "STATE_ERROR": "error",
    }
    rule = manila.share_access_create(context, {"share_id": "s"})
    assert rule["state"] == manila_models.ShareAccessMapping.STATE_NEW
    manila.share_access_delete(context, rule["id"])
    assert stored("share_access_map")[0]["state"] == manila_models.ShareAccessMapping.STATE_DELETED


def test_register_models(database_url: str) -> None:
    """On an empty database: all tables are there, and a second call changes nothing."""
    rawdb.dispose()
    rawdb.configure(connection=database_url)
    try:
        for _ in range(2):
            assert manila_models.register_models() is None  # type: ignore[func-returns-value]
        assert migrate.version() is not None
        assert stored("manila_nodes") == []
    finally:
        rawdb.dispose()
