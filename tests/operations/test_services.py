"""Services, through rawdb.api, on every dialect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    ComputeHostNotFound,
    DBDataError,
    DBDuplicateEntry,
    HostBinaryNotFound,
    ServiceBinaryExists,
    ServiceNotFound,
    ServiceTopicExists,
)
from tests.operations.factories import soft_delete, stored, together
from tests.operations.inventory_helpers import NO_IDS, admin, make_node
from tests.support.rows import Row, there


def make(
    context: RequestContext, host: str | None = "h1", binary: str | None = "nova-compute", **values: object
) -> Row:
    return api.service_create(
        context, {"host": host, "binary": binary, "topic": "compute", "report_count": 0, **values}
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
    make_node(service["id"], hypervisor_hostname="n1")
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
    assert there(api.service_get_by_host_and_topic(admin_context, "a", "compute"))["host"] == "a"
    assert api.service_get_by_host_and_topic(admin_context, "b", "compute") is None
    assert len(api.service_get_all_by_host(admin_context, "b")) == 1


def test_by_compute_host(admin_context: RequestContext) -> None:
    service = make(admin_context, "b", disabled=True)
    make_node(service["id"], hypervisor_hostname="n1")
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


def test_what_can_be_no_id(admin_context: RequestContext) -> None:
    row = make(admin_context)
    for no_id in (row["id"] + 1, 0, *NO_IDS):
        for call in (
            lambda service_id: api.service_get(admin_context, service_id),
            lambda service_id: api.service_get(admin_context, service_id, with_compute_node=True),
            lambda service_id: api.service_update(admin_context, service_id, {"report_count": 9}),
            lambda service_id: api.service_destroy(admin_context, service_id),
        ):
            with pytest.raises(ServiceNotFound) as missing:
                call(no_id)
            assert missing.value.kwargs == {"code": 404, "service_id": no_id}
    assert stored("services") == [row]
    assert api.service_get(admin_context, str(row["id"])) == row  # type: ignore[arg-type]


def test_none_is_null(admin_context: RequestContext) -> None:
    make(admin_context)
    # NULLs are never twins.
    hostless = [make(admin_context, None), make(admin_context, None)]
    other = make(admin_context, "h1", None, topic=None)
    context = admin_context
    assert api.service_get_all_by_host(context, None) == hostless  # type: ignore[arg-type]
    assert api.service_get_all_by_topic(context, None) == [other]  # type: ignore[arg-type]
    assert api.service_get_by_args(context, "h1", None) == other  # type: ignore[arg-type]
    assert api.service_get_by_args(context, None, "nova-compute") == hostless[0]  # type: ignore[arg-type]
    assert api.service_get_by_host_and_topic(context, "h1", None) == other  # type: ignore[arg-type]
    assert api.service_get_by_host_and_topic(context, None, "compute") == hostless[0]  # type: ignore[arg-type]
    assert api.service_get_by_host_and_topic(context, None, None) is None  # type: ignore[arg-type]
    assert api.service_get_by_compute_host(context, None) == {**hostless[0], "compute_node": []}  # type: ignore[arg-type]
    with pytest.raises(HostBinaryNotFound):
        api.service_get_by_args(context, None, None)  # type: ignore[arg-type]


def test_deleted_twins_and_those_of_another_case(admin_context: RequestContext) -> None:
    gone = make(admin_context)
    make_node(gone["id"])
    api.service_destroy(admin_context, gone["id"])
    row, upper = make(admin_context), make(admin_context, "H1")
    node = make_node(row["id"])
    for read_deleted in ("no", "yes", "only"):
        context = admin(read_deleted)
        assert api.service_get_all_by_topic(context, "compute") == [row, upper]
        assert api.service_get_all_by_host(context, "h1") == [row]
        assert api.service_get_by_host_and_topic(context, "h1", "compute") == row
        assert api.service_get_by_compute_host(context, "h1") == {**row, "compute_node": [node]}
    found = [api.service_get_by_args(admin(mode), "h1", "nova-compute")["id"] for mode in ("no", "yes", "only")]
    assert found == [row["id"], gone["id"], gone["id"]]
    every = [[one["id"] for one in api.service_get_all(admin(mode))] for mode in ("no", "yes", "only")]
    assert every == [[row["id"], upper["id"]], [gone["id"], row["id"], upper["id"]], [gone["id"]]]
    with pytest.raises(ServiceNotFound):
        api.service_get(admin("only"), row["id"])
    assert api.service_get(admin("only"), gone["id"])["deleted"] == gone["id"]


def test_compute_nodes_of_a_service(admin_context: RequestContext) -> None:
    row, idle = make(admin_context), make(admin_context, "h2")
    nodes = [make_node(row["id"], hypervisor_hostname=name, host_ip="::1") for name in ("b", "a", "b")]
    soft_delete("compute_nodes", nodes[1]["id"])
    del nodes[1]
    assert api.service_get(admin_context, row["id"], True) == {**row, "compute_node": nodes}
    assert api.service_get(admin_context, idle["id"], with_compute_node=True) == {**idle, "compute_node": []}
    assert api.service_get(admin("yes"), row["id"], True) == {**row, "compute_node": nodes}
    assert api.service_get(admin_context, row["id"]) == row


def test_destroy_under_another_visibility(admin_context: RequestContext, stopped_clock: datetime) -> None:
    row, other = make(admin_context), make(admin_context, "h2")
    node, of_other = make_node(row["id"]), make_node(other["id"])
    gone = make_node(row["id"])
    api.compute_node_delete(admin_context, gone["id"])
    with pytest.raises(ServiceNotFound):
        api.service_destroy(admin("only"), row["id"])
    timeutils.advance_time_seconds(5)
    assert api.service_destroy(admin_context, service_id=row["id"]) is None
    dates = {one["id"]: one["deleted_at"] for one in stored("compute_nodes")}
    assert dates == {node["id"]: timeutils.utcnow(), of_other["id"]: None, gone["id"]: stopped_clock}
    timeutils.advance_time_seconds(5)
    # Deleted rows that are seen are found, and deleted again.
    api.service_destroy(admin("yes"), row["id"])
    assert [one["deleted_at"] for one in stored("services")] == [timeutils.utcnow(), None]
    dates = {one["id"]: one["deleted_at"] for one in stored("compute_nodes")}
    assert dates == {node["id"]: timeutils.utcnow(), of_other["id"]: None, gone["id"]: timeutils.utcnow()}


def test_disabled_may_be_unset(admin_context: RequestContext) -> None:
    row = make(admin_context)
    unset = api.service_update(admin_context, row["id"], {"disabled": None, "disabled_reason": "é"})
    assert (unset["disabled"], unset["disabled_reason"]) == (None, "é")
    for disabled in (True, False):
        assert api.service_get_all(admin_context, disabled) == []
    assert api.service_get_all(admin_context) == [unset]
    assert api.service_get_all_by_topic(admin_context, "compute") == []
    assert api.service_get_all_by_host(admin_context, "h1") == [unset]
    with pytest.raises(DBDataError):
        api.service_get_all(admin_context, "perhaps")  # type: ignore[arg-type]


def test_update_refuses_what_does_not_fit(admin_context: RequestContext) -> None:
    row = make(admin_context)
    given = {"report_count": "x", "host": "h2"}
    for unfit in (given, {"host": "h" * 256}, {"disabled": "perhaps"}, {"binary": b"b"}):
        with pytest.raises(DBDataError):
            api.service_update(admin_context, row["id"], unfit)
    assert given == {"report_count": "x", "host": "h2"}
    with pytest.raises(ServiceNotFound):
        api.service_update(admin("only"), row["id"], {"report_count": 1})
    assert stored("services") == [row]


def test_a_destroyed_service_is_not_updated(admin_context: RequestContext) -> None:
    for number in range(5):
        service_id = make(admin_context, f"h{number}")["id"]
        updates = [
            lambda count=count, service_id=service_id: api.service_update(admin(), service_id, {"report_count": count})
            for count in (1, 2, 3)
        ]
        outcomes = together(*updates, lambda service_id=service_id: api.service_destroy(admin(), service_id))
        assert all(isinstance(outcome, (dict, ServiceNotFound)) for outcome in outcomes[:3]), outcomes
        assert outcomes[3] is None
        after = stored("services")[-1]
        written = {outcome["report_count"] for outcome in outcomes[:3] if isinstance(outcome, dict)}
        assert after["deleted"] == service_id
        assert after["report_count"] in (written or {0})


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
    calls: list[Callable[[], object]] = [
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


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    service_id = make(admin_context)["id"]
    api.service_get(admin_context, service_id)
    api.service_get(admin_context, service_id, with_compute_node=True)
    api.service_get_by_compute_host(admin_context, "h1")
    assert statements == ["service_create", "service_get", "service_get", "service_get_by_compute_host"]
    statements.clear()
    api.service_update(admin_context, service_id, {"report_count": 1})
    api.service_destroy(admin_context, service_id)
    assert statements == [
        *("BEGIN", "service_get", "service_update", "COMMIT"),
        *("BEGIN", "service_destroy", "service_destroy__compute_nodes", "COMMIT"),
    ]


def test_a_taken_id_is_no_topic(admin_context: RequestContext) -> None:
    row = api.service_create(admin_context, {"host": "h", "binary": "b", "topic": "t"})
    with pytest.raises(DBDuplicateEntry):
        api.service_create(admin_context, {"host": "other", "binary": "b", "topic": "t", "id": row["id"]})
    assert stored("services") == [row]
