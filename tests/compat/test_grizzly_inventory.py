"""What services, compute nodes, consoles, usage and aggregates do otherwise in the Grizzly face, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.compat import nova_grizzly
from rawdb.context import RequestContext
from rawdb.exceptions import AggregateNotFound, ComputeHostNotFound, DBDataError, DBError, ServiceNotFound
from tests.operations.aggregate_helpers import make as make_aggregate
from tests.operations.factories import stored, together
from tests.operations.inventory_helpers import admin, anybody, make_node, make_service, node_values, refused
from tests.support.rows import Row

LATER = timedelta(seconds=5)


def stats(node: Row) -> dict[str, Any]:
    return {row["key"]: row["value"] for row in node["stats"]}


class TestServices:
    def test_get_and_destroy(self, admin_context: RequestContext) -> None:
        service = make_service()
        node = make_node(service["id"])
        found = nova_grizzly.service_get(admin_context, service["id"])
        assert found == {**service, "compute_node": [node]}
        assert nova_grizzly.service_destroy(admin_context, instance_id=service["id"]) is None  # type: ignore[func-returns-value]
        for operation in (nova_grizzly.service_get, nova_grizzly.service_destroy):
            with pytest.raises(ServiceNotFound) as missing:
                operation(admin_context, service["id"])
            assert missing.value.kwargs["service_id"] == service["id"]
        assert stored("compute_nodes")[0]["deleted"] == node["id"]


class TestComputeNodes:
    def test_create(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = node_values(stats={"num_instances": 3, "io": "1"})
        node = nova_grizzly.compute_node_create(admin_context, given)
        assert given["stats"] == {"num_instances": 3, "io": "1"}
        assert stats(node) == {"num_instances": "3", "io": "1"}
        assert node["stats"] == stored("compute_node_stats")
        assert node["stats"][0]["compute_node_id"] == node["id"]
        assert "service" not in node
        assert stored("compute_nodes")[0]["stats"] == "{}"
        nothing: Any
        for nothing in ({}, None):
            assert nova_grizzly.compute_node_create(admin_context, node_values(stats=nothing))["stats"] == []
        bad: Any
        for bad in ({"k" * 256: 1}, {"k": []}, {"k": "v" * 256}):
            with pytest.raises(DBDataError):
                nova_grizzly.compute_node_create(admin_context, node_values(stats={"a": 1, **bad}))
        assert len(stored("compute_nodes")) == 3
        assert len(stored("compute_node_stats")) == 2

    def test_reads(self, admin_context: RequestContext) -> None:
        service = make_service(binary="nova-other")
        node = nova_grizzly.compute_node_create(admin_context, node_values(service["id"], stats={"k": "v"}))
        other = nova_grizzly.compute_node_create(admin_context, node_values(99, stats={"k": "w"}))
        nova_grizzly.compute_node_update(admin_context, node["id"], {"stats": {"gone": 1}})
        nova_grizzly.compute_node_update(admin_context, node["id"], {"stats": {"k": "v"}}, prune_stats=True)
        found = nova_grizzly.compute_node_get(anybody(), node["id"])
        assert stats(found) == {"k": "v"}
        assert found["service"] == service
        assert {**found, "stats": "{}"} == api.compute_node_get(anybody(), node["id"])
        assert nova_grizzly.compute_node_get_all(admin_context) == [
            found,
            nova_grizzly.compute_node_get(anybody(), other["id"]),
        ]
        api.compute_node_delete(admin_context, other["id"])
        assert nova_grizzly.compute_node_get_all(admin_context) == [found]
        assert [row["id"] for row in nova_grizzly.compute_node_get_all(admin("yes"))] == [node["id"], other["id"]]
        [gone] = nova_grizzly.compute_node_get_all(admin("only"))
        assert (stats(gone), gone["service"]) == ({"k": "w"}, None)
        for unknown in (other["id"], None, "asdf", 2**70):
            with pytest.raises(ComputeHostNotFound):
                nova_grizzly.compute_node_get(anybody(), unknown)  # type: ignore[arg-type]

    def test_update(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        node = nova_grizzly.compute_node_create(admin_context, node_values(stats={"a": 1, "b": 2, "c": 3}))
        other = nova_grizzly.compute_node_create(admin_context, node_values(stats={"a": "other"}))
        before = stored("compute_node_stats")
        timeutils.advance_time_seconds(5)
        values = {"vcpus": 7, "stats": {"a": 1, "b": 20, "d": None}, "zork": 1}
        changed = nova_grizzly.compute_node_update(admin_context, node["id"], values)
        assert values["stats"] == {"a": 1, "b": 20, "d": None}
        assert (changed["vcpus"], changed["updated_at"]) == (7, stopped_clock + LATER)
        assert stats(changed) == {"a": "1", "b": "20", "c": "3", "d": None}
        assert changed == nova_grizzly.compute_node_get(admin_context, node["id"])
        after = stored("compute_node_stats")
        assert after[:4] == [
            before[0],
            {**before[1], "value": "20", "updated_at": stopped_clock + LATER},
            *before[2:],
        ]
        nova_grizzly.compute_node_update(admin_context, node["id"], {"stats": {"b": 20}}, prune_stats=True)
        assert stats(nova_grizzly.compute_node_get(admin_context, node["id"])) == {"b": "20"}
        gone = [row for row in stored("compute_node_stats") if row["deleted"]]
        assert [(row["deleted"], row["deleted_at"]) for row in gone] == [
            (row["id"], stopped_clock + LATER) for row in gone
        ]
        assert stats(nova_grizzly.compute_node_update(admin_context, node["id"], {})) == {"b": "20"}
        assert stats(nova_grizzly.compute_node_update(admin_context, node["id"], {}, True)) == {}
        assert stats(nova_grizzly.compute_node_get(admin_context, other["id"])) == {"a": "other"}
        kept = nova_grizzly.compute_node_update(admin_context, node["id"], {"updated_at": stopped_clock})
        assert kept["updated_at"] == stopped_clock
        with pytest.raises(DBError):
            nova_grizzly.compute_node_update(admin_context, node["id"], {"vcpus": 8, "stats": {"k": []}})
        assert nova_grizzly.compute_node_get(admin_context, node["id"])["vcpus"] == 7
        for unknown in (None, "asdf", 2**70, other["id"] + 1):
            with pytest.raises(ComputeHostNotFound):
                nova_grizzly.compute_node_update(admin_context, unknown, {"stats": {"k": "v"}})  # type: ignore[arg-type]

    def test_update_at_once(self, admin_context: RequestContext) -> None:
        node = nova_grizzly.compute_node_create(admin_context, node_values())

        def update(number: int) -> None:
            given = {"stats": {"same": number, f"own{number}": number}}
            nova_grizzly.compute_node_update(admin(), node["id"], given)

        results = together(*[lambda n=n: update(n) for n in range(6)])
        assert results == [None] * 6
        rows = stored("compute_node_stats")
        assert sorted(row["key"] for row in rows) == [*(f"own{number}" for number in range(6)), "same"]

    def test_statistics_count_every_node(self, admin_context: RequestContext) -> None:
        enabled, disabled = make_service("a"), make_service("b", disabled=True)
        for service_id in (enabled["id"], disabled["id"], 99):
            make_node(service_id, vcpus=2)
        api.compute_node_delete(admin_context, make_node(enabled["id"])["id"])
        found = nova_grizzly.compute_node_statistics(anybody())
        assert (found["count"], found["vcpus"]) == (3, 6)
        assert api.compute_node_statistics(anybody())["count"] == 1
        assert found.keys() == api.compute_node_statistics(anybody()).keys()


def test_guards(db: str, statements: list[str]) -> None:
    refused(
        statements,
        lambda context: nova_grizzly.compute_node_create(context, None),  # type: ignore[arg-type]
        lambda context: nova_grizzly.compute_node_update(context, 1, None),  # type: ignore[arg-type]
        lambda context: nova_grizzly.compute_node_get_all(context),
        lambda context: nova_grizzly.service_get(context, 1),
        lambda context: nova_grizzly.service_destroy(context, 1),
    )


class TestAggregates:
    def test_only_for_admins(self, db: str, statements: list[str]) -> None:
        refused(
            statements,
            lambda context: nova_grizzly.aggregate_create(context, {"name": "a"}),
            lambda context: nova_grizzly.aggregate_delete(context, 1),
            lambda context: nova_grizzly.aggregate_get(context, 1),
            lambda context: nova_grizzly.aggregate_get_all(context),
            lambda context: nova_grizzly.aggregate_get_by_host(context, "h"),
            lambda context: nova_grizzly.aggregate_host_add(context, 1, "h"),
            lambda context: nova_grizzly.aggregate_host_delete(context, 1, "h"),
            lambda context: nova_grizzly.aggregate_host_get_all(context, 1),
            lambda context: nova_grizzly.aggregate_host_get_by_metadata_key(context, "k"),
            lambda context: nova_grizzly.aggregate_metadata_add(context, 1, {}),
            lambda context: nova_grizzly.aggregate_metadata_delete(context, 1, "k"),
            lambda context: nova_grizzly.aggregate_metadata_get(context, 1),
            lambda context: nova_grizzly.aggregate_metadata_get_by_host(context, "h"),
            lambda context: nova_grizzly.aggregate_update(context, 1, {}),
        )

    def test_they_do_what_they_do(self, admin_context: RequestContext) -> None:
        row = nova_grizzly.aggregate_create(admin_context, {"name": "a"}, {"k": "v"})
        nova_grizzly.aggregate_host_add(admin_context, row["id"], "h")
        assert nova_grizzly.aggregate_get_by_host(admin_context, "h") == [api.aggregate_get(anybody(), row["id"])]
        nova_grizzly.aggregate_delete(admin_context, row["id"])
        with pytest.raises(AggregateNotFound):
            nova_grizzly.aggregate_get(admin_context, row["id"])

    def test_a_zone_alone_replaces_the_metadata(self, admin_context: RequestContext) -> None:
        row = make_aggregate("a", k="v", availability_zone="old")
        values = {"availability_zone": "new"}
        changed = nova_grizzly.aggregate_update(admin_context, row["id"], values)
        assert changed["metadetails"] == {"availability_zone": "new"}
        assert values == {"availability_zone": "new"}
        both = {"availability_zone": "newer", "metadata": {"l": "w"}, "name": "b"}
        changed = nova_grizzly.aggregate_update(admin_context, row["id"], both)
        assert changed["metadetails"] == {"availability_zone": "newer", "l": "w"}
        assert nova_grizzly.aggregate_update(admin_context, row["id"], {"name": "c"})["metadetails"] == {
            "availability_zone": "newer",
            "l": "w",
        }


def test_consoles_and_bandwidth(context: RequestContext) -> None:
    console = api.console_create(context, {"instance_uuid": "i", "port": 1})
    assert nova_grizzly.console_get_all_by_instance(context, "i") == [console]
    assert nova_grizzly.console_get_all_by_instance(context, "j") == []
    start = timeutils.utcnow()
    api.bw_usage_update(context, "u", "m", start, 1, 2, 3, 4)
    assert nova_grizzly.bw_usage_get(context, "u", start, "m") == api.bw_usage_get(context, "u", start, "m")
    assert nova_grizzly.bw_usage_get(context, "u", start, "n") is None


class TestVolumeUsage:
    def test_a_new_volume(self, context: RequestContext, stopped_clock: datetime) -> None:
        past = stopped_clock - LATER
        assert nova_grizzly.vol_usage_update(context, "v", 1, 2, 3, 4, "i", past) is None
        nova_grizzly.vol_usage_update(context, "w", 1, 2, 3, 4, "i", update_totals=True)
        current, total = stored("volume_usage_cache")
        for row in (current, total):
            assert row["instance_uuid"] is None
            assert (row["curr_last_refreshed"], row["tot_last_refreshed"]) == (stopped_clock, stopped_clock)
        assert (current["curr_reads"], current["tot_reads"]) == (1, 0)
        assert (total["curr_write_bytes"], total["tot_write_bytes"]) == (0, 4)

    def test_times(self, context: RequestContext, stopped_clock: datetime) -> None:
        api.vol_usage_update(context, "v", 10, 10, 10, 10, "i", "p", "u", "z")

        def update(reads: int, last_refreshed: datetime | None, totals: bool = False) -> dict[str, Any]:
            nova_grizzly.vol_usage_update(context, "v", reads, 20, 20, 20, "j", last_refreshed, totals)
            [row] = stored("volume_usage_cache")
            assert (row["instance_uuid"], row["project_id"], row["user_id"]) == ("j", "p", "u")
            assert row["availability_zone"] == "z"
            return row

        times = [stopped_clock + LATER * number for number in range(1, 6)]
        row = update(11, times[0])
        assert (row["curr_last_refreshed"], row["tot_last_refreshed"]) == (times[0], None)
        row = update(5, times[1])  # lower: the guest has started anew
        assert (row["curr_last_refreshed"], row["tot_last_refreshed"]) == (times[1], times[1])
        assert (row["curr_reads"], row["tot_reads"]) == (5, 11)
        row = update(6, times[2], totals=True)
        assert (row["curr_last_refreshed"], row["tot_last_refreshed"]) == (times[1], times[2])
        assert (row["curr_reads"], row["tot_reads"]) == (0, 17)
        row = update(1, None)
        assert (row["curr_last_refreshed"], row["tot_last_refreshed"]) == (stopped_clock, times[2])

    def test_at_once(self, context: RequestContext) -> None:
        def update() -> None:
            user = RequestContext("fake-user", "fake-project", is_admin=False)
            nova_grizzly.vol_usage_update(user, "v", 1, 1, 1, 1, "i", None, True)

        assert together(*[update for _ in range(6)]) == [None] * 6
        [row] = stored("volume_usage_cache")
        assert row["tot_reads"] == 6
