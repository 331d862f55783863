"""Compute nodes, through rawdb.api, on every dialect."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import ComputeHostNotFound, DBDataError, DBError, HostNotFound, ServiceNotFound
from tests.operations.factories import soft_delete, stored, together
from tests.operations.inventory_helpers import (
    COMMON,
    NO_IDS,
    admin,
    anybody,
    make_node,
    make_service,
    node_values,
    refused,
)
from tests.support.rows import Row

STATISTICS = (
    *("vcpus", "memory_mb", "local_gb", "vcpus_used", "memory_mb_used", "local_gb_used", "free_ram_mb"),
    *("free_disk_gb", "current_workload", "running_vms", "disk_available_least"),
)
DATES = {"created_at", "updated_at", "deleted_at", "deleted"}


def ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


class TestCreate:
    def test_returns_the_row(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = node_values(4711, host_ip="2001:DB8::0:1", hypervisor_hostname="é", cpu_info="x" * 70000, zork=1)
        before = dict(given)
        row = api.compute_node_create(admin_context, given)
        unset = (
            *("free_ram_mb", "free_disk_gb", "current_workload", "running_vms", "disk_available_least"),
            *("supported_instances", "metrics", "pci_stats", "extra_resources"),
        )
        expected = {**given, **dict.fromkeys(unset), "id": row["id"], "host_ip": "2001:db8::1", "stats": "{}"}
        del expected["zork"]
        assert row == {**expected, "created_at": stopped_clock, **COMMON}
        assert given == before
        assert stored("compute_nodes") == [row]
        # Nothing is unique: one service may have two nodes of one name.
        again = api.compute_node_create(admin_context, {**given, "host_ip": ipaddress.ip_address("::ffff")})
        assert again["host_ip"] == "::ffff"
        assert again["id"] != row["id"]

    def test_datetimes(self, admin_context: RequestContext) -> None:
        moment = datetime.fromisoformat("2014-05-06T07:08:09.000123")
        for given in (
            moment,
            moment.replace(tzinfo=UTC),
            moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5))),
            "2014-05-06T07:08:09.000123",
        ):
            values = node_values(created_at=given, updated_at=given, deleted_at=given)
            row = api.compute_node_create(admin_context, values)
            assert (row["created_at"], row["updated_at"], row["deleted_at"]) == (moment, moment, moment)
            assert values["updated_at"] is given
        assert {row["updated_at"] for row in stored("compute_nodes")} == {moment}
        with pytest.raises(ValueError, match="yesterday"):
            api.compute_node_create(admin_context, node_values(created_at="yesterday"))

    def test_values_that_are_refused(self, admin_context: RequestContext) -> None:
        for name in ("service_id", "vcpus", "memory_mb_used", "hypervisor_type", "hypervisor_version", "cpu_info"):
            values = node_values()
            del values[name]
            with pytest.raises(DBError):
                api.compute_node_create(admin_context, values)
            with pytest.raises(DBError):
                api.compute_node_create(admin_context, node_values(**{name: None}))  # type: ignore[arg-type]
        unfit: Any
        for unfit in ({"vcpus": "many"}, {"vcpus": 2**31}, {"hypervisor_hostname": "h" * 256}, {"stats": {}}):
            with pytest.raises(DBDataError):
                api.compute_node_create(admin_context, node_values(**unfit))
        with pytest.raises(DBDataError):
            api.compute_node_create(admin_context, {**node_values(), "service_id": "asdf"})
        assert stored("compute_nodes") == []


class TestGet:
    def test_with_the_service(self, db: str) -> None:
        service, gone = make_service(), make_service("h2", "other")
        node, of_gone, dangling = make_node(service["id"]), make_node(gone["id"]), make_node(gone["id"] + 1)
        soft_delete("services", gone["id"])
        gone = {**gone, "deleted": gone["id"]}
        for context in (anybody(), admin(), anybody("yes")):
            assert api.compute_node_get(context, compute_id=node["id"]) == {**node, "service": service}
            assert api.compute_node_get(context, str(of_gone["id"])) == {**of_gone, "service": gone}  # type: ignore[arg-type]
            assert api.compute_node_get(context, dangling["id"]) == {**dangling, "service": None}

    def test_a_deleted_node_has_no_service(self, db: str) -> None:
        node = make_node(make_service()["id"])
        with pytest.raises(ComputeHostNotFound):
            api.compute_node_get(anybody("only"), node["id"])
        api.compute_node_delete(admin(), node["id"])
        with pytest.raises(ComputeHostNotFound):
            api.compute_node_get(anybody(), node["id"])
        for read_deleted in ("yes", "only"):
            found = api.compute_node_get(anybody(read_deleted), node["id"])
            assert (found["deleted"], found["service"]) == (node["id"], None)

    def test_a_missing_one(self, db: str) -> None:
        node = make_node()
        for no_id in (*NO_IDS, 0, node["id"] + 1):
            with pytest.raises(ComputeHostNotFound) as missing:
                api.compute_node_get(anybody(), no_id)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "host": no_id}
            assert isinstance(missing.value, HostNotFound)

    def test_by_service_id(self, db: str) -> None:
        service, idle = make_service(), make_service("h2")
        gone, first, _ = make_node(service["id"]), make_node(service["id"]), make_node(service["id"])
        api.compute_node_delete(admin(), gone["id"])
        for read_deleted in ("no", "yes", "only"):
            assert api.compute_node_get_by_service_id(admin(read_deleted), service_id=service["id"]) == first
        for no_id in (idle["id"], 0, *NO_IDS):
            with pytest.raises(ServiceNotFound) as missing:
                api.compute_node_get_by_service_id(admin("yes"), no_id)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "service_id": no_id}


class TestGetAll:
    def test_order_and_services(self, db: str) -> None:
        assert api.compute_node_get_all(admin()) == []
        first, second = make_service("h1", disabled=True), make_service("h2")
        other, gone = make_service("h3", "nova-cert"), make_service("h4")
        upper = make_service("h5", "Nova-Compute")
        services = [upper, gone, other, second, first]
        nodes = [make_node(service["id"], hypervisor_hostname="same") for service in [*services, first]]
        deleted = make_node(first["id"])
        soft_delete("services", gone["id"])
        api.compute_node_delete(admin(), deleted["id"])
        shown = {first["id"]: first, second["id"]: second}
        expected = [
            {**node, "service": shown.get(node["service_id"])}
            for node in sorted(nodes, key=lambda node: (node["service_id"], node["id"]))
        ]
        for read_deleted in ("no", "yes", "only"):
            assert api.compute_node_get_all(admin(read_deleted)) == expected
        assert [row["service"] and row["service"]["id"] for row in expected] == [
            *(first["id"], first["id"], second["id"]),
            *(None, None, None),
        ]

    def test_without_dates(self, db: str) -> None:
        service = make_service()
        make_node(service["id"])
        make_node(service["id"] + 1)
        full = api.compute_node_get_all(admin())
        bare = api.compute_node_get_all(admin(), no_date_fields=True)
        assert len(bare) == 2
        for row, node in zip(bare, full, strict=True):
            assert row.keys() == node.keys() - DATES
            assert {**node, **row, "service": None} == {**node, "service": None}
        assert bare[0]["service"] == {name: value for name, value in service.items() if name not in DATES}
        assert bare[1]["service"] is None


class TestSearch:
    def test_matches(self, db: str) -> None:
        service = make_service()
        names = ("node-1.é.org", "NODE-1", "xnode-11", "node_1", "no%de", "a!b", "a!!b", "a\\b", "[x]*?", None, "")
        nodes = {name: make_node(service["id"], hypervisor_hostname=name) for name in names}

        def found(match: Any, context: RequestContext | None = None) -> list[str | None]:
            rows = api.compute_node_search_by_hypervisor(context or admin(), hypervisor_match=match)
            assert ids(rows) == sorted(ids(rows))
            assert all(row == {**nodes[row["hypervisor_hostname"]], "service": service} for row in rows)
            return [row["hypervisor_hostname"] for row in rows]

        assert found("node-1") == ["node-1.é.org", "xnode-11"]
        assert found("é.") == ["node-1.é.org"]
        assert found("É") == []
        assert found("NODE") == ["NODE-1"]
        assert found("node_1") == ["node-1.é.org", "xnode-11", "node_1"]
        assert found("no%1") == ["node-1.é.org", "xnode-11", "node_1"]
        assert found("no%de") == ["node-1.é.org", "xnode-11", "node_1", "no%de"]
        assert found("a!b") == ["a!b"]
        assert found("!!") == ["a!!b"]
        assert found("\\") == ["a\\b"]
        assert found("[x]*") == ["[x]*?"]
        assert found("*") == found("?") == ["[x]*?"]
        assert found(1) == ["node-1.é.org", "NODE-1", "xnode-11", "node_1"]
        assert found("") == found("%") == [name for name in names if name is not None]
        assert found("zork") == found(None) == []
        api.compute_node_delete(admin(), nodes["a!b"]["id"])
        assert found("a!b") == []
        assert ids(api.compute_node_search_by_hypervisor(admin("only"), "a!b")) == [nodes["a!b"]["id"]]
        assert [row["service"] for row in api.compute_node_search_by_hypervisor(admin("yes"), "a!")] == [None, service]


class TestUpdate:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        service = make_service()
        node, other = make_node(service["id"]), make_node(service["id"])
        timeutils.advance_time_seconds(5)
        moment = timeutils.utcnow()
        given = {"vcpus_used": 3, "stats": '{"a": 1}', "host_ip": "::0", "updated_at": stopped_clock, "zork": 1}
        before = dict(given)
        changed = api.compute_node_update(admin_context, compute_id=node["id"], values=given)
        expected = {**node, "vcpus_used": 3, "stats": '{"a": 1}', "host_ip": "::", "updated_at": moment}
        assert changed == {**expected, "service": service}
        assert given == before
        assert stored("compute_nodes") == [expected, other]

    def test_the_time_moves_always(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        node = make_node(make_service()["id"])
        for values in ({}, {"updated_at": None}, {"updated_at": "2001-02-03"}, {"vcpus": 1}, {"zork": 1}):
            timeutils.advance_time_seconds(5)
            row = api.compute_node_update(admin_context, str(node["id"]), values)  # type: ignore[arg-type]
            assert row["updated_at"] == timeutils.utcnow()
            assert stored("compute_nodes")[0] == {**node, "updated_at": timeutils.utcnow()}

    def test_visibility(self, db: str) -> None:
        node = make_node(make_service()["id"])
        with pytest.raises(ComputeHostNotFound):
            api.compute_node_update(admin("only"), node["id"], {})
        api.compute_node_delete(admin(), node["id"])
        for no_id in (node["id"], 0, *NO_IDS):
            with pytest.raises(ComputeHostNotFound) as missing:
                api.compute_node_update(admin(), no_id, {"vcpus": 9})  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "host": no_id}
        row = api.compute_node_update(admin("yes"), node["id"], {"vcpus": 9})
        assert (row["vcpus"], row["service"]) == (9, None)
        revived = api.compute_node_update(admin("only"), node["id"], {"deleted": 0, "deleted_at": None})
        assert revived["service"] is not None
        assert api.compute_node_update(admin(), node["id"], {"deleted": node["id"]})["deleted"] == node["id"]

    def test_values_that_are_refused(self, db: str) -> None:
        node = make_node()
        for unfit in ({"vcpus": None}, {"vcpus": "many"}, {"host_ip": "x" * 40}, {"hypervisor_type": b"x"}):
            with pytest.raises(DBError):
                api.compute_node_update(admin(), node["id"], {"memory_mb": 9, **unfit})
        with pytest.raises(ValueError, match="today"):
            api.compute_node_update(admin(), node["id"], {"created_at": "today"})
        assert stored("compute_nodes") == [node]

    def test_columns_of_one_call_stay_together(self, db: str) -> None:
        node = make_node(make_service()["id"])
        columns = ("vcpus_used", "memory_mb_used", "local_gb_used", "free_ram_mb", "running_vms")

        def write(worker: int) -> list[Row]:
            numbers = range(worker * 100, worker * 100 + 8)
            return [api.compute_node_update(admin(), node["id"], dict.fromkeys(columns, n)) for n in numbers]

        results = together(*[lambda worker=worker: write(worker) for worker in range(6)])
        for worker, rows in enumerate(results):
            for number, row in enumerate(rows):
                assert {row[column] for column in columns} == {worker * 100 + number}
        [last] = stored("compute_nodes")
        assert len({last[column] for column in columns}) == 1
        assert last["vcpus_used"] % 100 == 7

    def test_a_deleted_node_stays_deleted(self, db: str) -> None:
        for _ in range(5):
            node = make_node()
            results = together(
                *[lambda node=node: api.compute_node_update(admin(), node["id"], {"vcpus": 2})] * 3,
                *[lambda node=node: api.compute_node_delete(admin(), node["id"])] * 3,
            )
            assert all(isinstance(result, (dict, ComputeHostNotFound)) for result in results[:3]), results
            assert sorted(type(result).__name__ for result in results[3:]) == [*["ComputeHostNotFound"] * 2, "NoneType"]
            assert stored("compute_nodes")[-1]["deleted"] == node["id"]


def test_delete(admin_context: RequestContext, stopped_clock: datetime) -> None:
    service = make_service()
    node, other = make_node(service["id"]), make_node(service["id"])
    assert api.compute_node_delete(admin_context, compute_id=node["id"]) is None
    assert stored("compute_nodes") == [{**node, "deleted": node["id"], "deleted_at": stopped_clock}, other]
    assert api.service_get(admin_context, service["id"]) == service
    for no_id in (node["id"], 0, *NO_IDS):
        with pytest.raises(ComputeHostNotFound) as missing:
            api.compute_node_delete(admin_context, no_id)  # type: ignore[arg-type]
        assert missing.value.kwargs == {"code": 404, "host": no_id}
    with pytest.raises(ComputeHostNotFound):
        api.compute_node_delete(admin("only"), other["id"])
    for read_deleted in ("yes", "only"):
        api.compute_node_delete(admin(read_deleted), node["id"])


class TestStatistics:
    def test_nothing(self, db: str) -> None:
        make_node(4711)
        api.compute_node_delete(admin(), make_node(make_service()["id"])["id"])
        found = api.compute_node_statistics(anybody())
        assert found == dict.fromkeys(("count", *STATISTICS), 0)
        assert {type(value) for value in found.values()} == {int}

    def test_sums(self, db: str) -> None:
        service, gone, disabled, unset = (make_service(f"h{number}") for number in range(4))
        soft_delete("services", gone["id"])
        api.service_update(admin(), disabled["id"], {"disabled": True})
        api.service_update(admin(), unset["id"], {"disabled": None})
        large = {name: 2**31 - 1 - number for number, name in enumerate(STATISTICS)}
        nothing = dict.fromkeys(STATISTICS[6:])
        for one in (service, service, gone):
            make_node(one["id"], **large)
        make_node(service["id"], **nothing)
        make_node(service["id"], disk_available_least=-5)
        for one in (disabled, unset):
            make_node(one["id"], **large)
        api.compute_node_delete(admin(), make_node(service["id"], **large)["id"])
        expected = {name: 3 * value for name, value in large.items()}
        for name in STATISTICS[:6]:
            expected[name] += 2
        expected["disk_available_least"] -= 5
        for context in (anybody(), admin("only"), admin("yes")):
            found = api.compute_node_statistics(context)
            assert found == {"count": 5, **expected}
            assert {type(value) for value in found.values()} == {int}


def test_only_administrators(statements: list[str]) -> None:
    refused(
        statements,
        lambda context: api.compute_node_create(context, None),  # type: ignore[arg-type]
        lambda context: api.compute_node_get_by_service_id(context, 1),
        lambda context: api.compute_node_get_all(context),
        lambda context: api.compute_node_search_by_hypervisor(context, "h"),
        lambda context: api.compute_node_update(context, 1, None),  # type: ignore[arg-type]
        lambda context: api.compute_node_delete(context, 1),
    )


def test_round_trips(statements: list[str]) -> None:
    node = make_node(make_service()["id"])
    api.compute_node_get(anybody(), node["id"])
    api.compute_node_get_by_service_id(admin(), node["service_id"])
    api.compute_node_get_all(admin())
    api.compute_node_search_by_hypervisor(admin(), "h")
    api.compute_node_statistics(anybody())
    api.compute_node_update(admin(), node["id"], {})
    api.compute_node_delete(admin(), node["id"])
    assert statements == [
        "service_create",
        "compute_node_create",
        "compute_node_get",
        "compute_node_get_by_service_id",
        "compute_node_get_all",
        "compute_node_search_by_hypervisor",
        "compute_node_statistics",
        *("BEGIN", "compute_node_update", "compute_node_get", "COMMIT"),
        "compute_node_delete",
    ]
