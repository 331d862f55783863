"""Services, through rawdb.api, on every dialect."""

from __future__ import annotations

import threading

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    ComputeHostNotFound,
    DBDuplicateEntry,
    HostBinaryNotFound,
    ServiceBinaryExists,
    ServiceNotFound,
    ServiceTopicExists,
)


def make(context: RequestContext, host: str = "h1", binary: str = "nova-compute", **values: object) -> dict:
    return api.service_create(
        context, {"host": host, "binary": binary, "topic": "compute", "report_count": 0, **values}
    )


def make_node(context: RequestContext, service_id: int, name: str = "n1") -> None:
    """No operation makes compute nodes yet."""
    numbers = "vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, hypervisor_version"
    with rawdb.writer.using(context) as sql:
        sql.execute(
            "INSERT INTO compute_nodes"
            f" (service_id, hypervisor_hostname, hypervisor_type, {numbers}, cpu_info, deleted)"
            f" VALUES ({service_id}, '{name}', 'kvm', 1, 1, 1, 1, 1, 1, 1, '', 0)"
        )


def make_share(
    context: RequestContext, share_id: str, host: str | None, size: int | None, deleted: str = "False"
) -> None:
    """No operation makes shares yet."""
    quoted = "NULL" if host is None else f"'{host}'"
    gigabytes = "NULL" if size is None else size
    with rawdb.writer.using(context) as sql:
        sql.execute(
            f"INSERT INTO shares (id, host, size, deleted) VALUES ('{share_id}', {quoted}, {gigabytes}, '{deleted}')"
        )


def test_create_returns_the_row(admin_context: RequestContext) -> None:
    row = make(admin_context, zork="ignored")
    assert (row["host"], row["topic"]) == ("h1", "compute")
    assert row["disabled"] is False
    assert row["updated_at"] is None
    assert row["deleted"] == 0
    assert row["availability_zone"] is None
    assert "zork" not in row
    assert api.service_get(admin_context, row["id"]) == row


def test_create_disabled_when_new_services_are_off(admin_context: RequestContext) -> None:
    rawdb.configure(enable_new_services=False)
    try:
        assert make(admin_context, disabled=False)["disabled"] is True
    finally:
        rawdb.configure(enable_new_services=True)


def test_create_refuses_twins(admin_context: RequestContext) -> None:
    make(admin_context)
    with pytest.raises(ServiceBinaryExists) as by_binary:
        make(admin_context, topic="other")
    assert by_binary.value.kwargs["binary"] == "nova-compute"
    with pytest.raises(ServiceTopicExists) as by_topic:
        make(admin_context, binary="other")
    assert by_topic.value.kwargs["topic"] == "compute"
    assert len(api.service_get_all(admin_context)) == 1


def test_create_again_after_destroy(admin_context: RequestContext) -> None:
    for _ in range(3):
        api.service_destroy(admin_context, make(admin_context)["id"])
    make(admin_context)
    assert len(api.service_get_all(admin_context)) == 1


def test_destroy_takes_the_compute_nodes_along(admin_context: RequestContext) -> None:
    service = make(admin_context)
    make_node(admin_context, service["id"])
    assert len(api.service_get(admin_context, service["id"], with_compute_node=True)["compute_node"]) == 1
    api.service_destroy(admin_context, service["id"])
    with pytest.raises(ServiceNotFound) as missing:
        api.service_get(admin_context, service["id"])
    assert missing.value.kwargs["service_id"] == service["id"]
    gone = api.service_get(admin_context.elevated(read_deleted="yes"), service["id"], with_compute_node=True)
    assert gone["deleted"] == gone["id"]
    assert gone["updated_at"] is None
    assert gone["compute_node"] == []
    with pytest.raises(ServiceNotFound):
        api.service_destroy(admin_context, service["id"])


def test_get_all_by_disabled(admin_context: RequestContext) -> None:
    make(admin_context, "a")
    make(admin_context, "b", disabled=True)
    hosts = [[row["host"] for row in api.service_get_all(admin_context, disabled)] for disabled in (None, True, False)]
    assert hosts == [["a", "b"], ["b"], ["a"]]


def test_by_topic_leaves_out_disabled_and_by_host_does_not(admin_context: RequestContext) -> None:
    make(admin_context, "a")
    make(admin_context, "b", disabled=True)
    assert [row["host"] for row in api.service_get_all_by_topic(admin_context, "compute")] == ["a"]
    assert api.service_get_by_host_and_topic(admin_context, "a", "compute")["host"] == "a"
    assert api.service_get_by_host_and_topic(admin_context, "b", "compute") is None
    assert len(api.service_get_all_by_host(admin_context, "b")) == 1


def test_by_compute_host(admin_context: RequestContext) -> None:
    service = make(admin_context, "b", disabled=True)
    make_node(admin_context, service["id"])
    found = api.service_get_by_compute_host(admin_context, "b")
    assert found["id"] == service["id"]
    assert [node["hypervisor_hostname"] for node in found["compute_node"]] == ["n1"]
    with pytest.raises(ComputeHostNotFound) as missing:
        api.service_get_by_compute_host(admin_context, "a")
    assert missing.value.kwargs["host"] == "a"


def test_by_args(admin_context: RequestContext) -> None:
    service = make(admin_context, disabled=True)
    assert api.service_get_by_args(admin_context, "h1", "nova-compute")["id"] == service["id"]
    with pytest.raises(HostBinaryNotFound) as missing:
        api.service_get_by_args(admin_context, "h1", "NOVA-COMPUTE")
    assert missing.value.kwargs["host"] == "h1"


def test_update_writes_what_differs(admin_context: RequestContext) -> None:
    service = make(admin_context)
    assert api.service_update(admin_context, service["id"], {"report_count": 0})["updated_at"] is None
    updated = api.service_update(admin_context, service["id"], {"report_count": 5, "zork": 1})
    assert updated["report_count"] == 5
    assert updated["updated_at"] is not None
    assert api.service_get(admin_context, service["id"]) == updated
    with pytest.raises(ServiceNotFound):
        api.service_update(admin_context, service["id"] + 1, {"report_count": 5})


def test_update_into_a_twin_is_a_plain_duplicate(admin_context: RequestContext) -> None:
    make(admin_context, "a")
    other = make(admin_context, "b")
    with pytest.raises(DBDuplicateEntry):
        api.service_update(admin_context, other["id"], {"host": "a"})
    assert api.service_get(admin_context, other["id"]) == other


def test_share_services_by_load(admin_context: RequestContext) -> None:
    for host in ("full", "empty", "half", "also-empty"):
        make(admin_context, host, topic="manila-share")
    make(admin_context, "disabled", topic="manila-share", disabled=True)
    make_share(admin_context, "1", "full", 9)
    make_share(admin_context, "2", "full", 1)
    make_share(admin_context, "3", "half", 5)
    make_share(admin_context, "4", "half", None)
    make_share(admin_context, "5", "empty", 50, deleted="5")
    make_share(admin_context, "6", None, 70)
    found = [(row["host"], gigabytes) for row, gigabytes in api.service_get_all_share_sorted(admin_context)]
    assert found == [("empty", 0), ("also-empty", 0), ("half", 5), ("full", 10)]


def test_only_admins(context: RequestContext) -> None:
    calls = [
        lambda: api.service_create(context, {}),
        lambda: api.service_destroy(context, 1),
        lambda: api.service_get(context, 1),
        lambda: api.service_get_all(context),
        lambda: api.service_get_all_by_host(context, "h"),
        lambda: api.service_get_all_by_topic(context, "t"),
        lambda: api.service_get_all_share_sorted(context),
        lambda: api.service_get_by_args(context, "h", "b"),
        lambda: api.service_get_by_compute_host(context, "h"),
        lambda: api.service_get_by_host_and_topic(context, "h", "t"),
        lambda: api.service_update(context, 1, {}),
    ]
    for call in calls:
        with pytest.raises(AdminRequired):
            call()


def test_concurrent_creates_leave_one(admin_context: RequestContext) -> None:
    barrier = threading.Barrier(8)
    outcomes: list[str] = []

    def create() -> None:
        barrier.wait()
        try:
            make(admin_context.elevated())
            outcomes.append("created")
        except (ServiceBinaryExists, ServiceTopicExists):
            outcomes.append("exists")

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created"] + ["exists"] * 7
    assert len(api.service_get_all(admin_context)) == 1
