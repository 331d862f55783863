"""Consoles and their pools, through rawdb.api, on every dialect. Nobody is refused."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    ConsoleNotFound,
    ConsoleNotFoundForInstance,
    ConsoleNotFoundInPoolForInstance,
    ConsolePoolExists,
    ConsolePoolNotFoundForHostType,
    DBDataError,
    DBDuplicateEntry,
)
from tests.operations.factories import soft_delete, stored, together
from tests.operations.inventory_helpers import COMMON, NO_IDS, anybody
from tests.support.rows import there

KEY = {"host": "proxy", "console_type": "xvp", "compute_host": "compute"}
INSTANCE = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
EVERY = ("no", "yes", "only")


def make_pool(**values: Any) -> dict[str, Any]:
    return dict(api.console_pool_create(anybody(), {**KEY, **values}))


def make(pool_id: int | None = None, instance_uuid: str | None = INSTANCE, **values: Any) -> dict[str, Any]:
    return dict(api.console_create(anybody(), {"pool_id": pool_id, "instance_uuid": instance_uuid, **values}))


class TestPoolCreate:
    def test_returns_the_row(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        given = {
            **KEY,
            "address": "2001:DB8:0:0::1",
            "username": "u",
            "password": "é",
            "public_hostname": "p",
            "zork": 1,
        }
        row = api.console_pool_create(nobody, given)
        expected = {**given, "id": row["id"], "address": "2001:db8::1", "created_at": stopped_clock, **COMMON}
        del expected["zork"]
        assert row == expected
        assert given["address"] == "2001:DB8:0:0::1"
        assert stored("console_pools") == [row]
        assert make_pool(host="b", address=ipaddress.ip_address("10.0.0.1"))["address"] == "10.0.0.1"
        assert make_pool(host="c", address="no address")["address"] == "no address"
        assert make_pool(host="d", address=None)["address"] is None
        assert [one["address"] for one in stored("console_pools")][1:] == ["10.0.0.1", "no address", None]

    def test_a_live_twin(self, nobody: RequestContext) -> None:
        row = make_pool()
        with pytest.raises(ConsolePoolExists) as twin:
            make_pool(password="other")
        assert twin.value.kwargs == {"code": 500, **KEY}
        with pytest.raises(DBDuplicateEntry):
            make_pool(id=row["id"], host="b")
        for other in (
            {"host": "Proxy"},
            {"console_type": "vnc"},
            {"compute_host": "c"},
            {"host": None},
            {"host": None},
        ):
            make_pool(**other)
        soft_delete("console_pools", row["id"])
        make_pool()
        assert len(stored("console_pools")) == 7
        for unfit in ({"host": "h" * 256}, {"address": "a" * 40}, {"username": b"u"}):
            with pytest.raises(DBDataError):
                make_pool(console_type="z", **unfit)
        assert len(stored("console_pools")) == 7

    def test_one_of_many_at_once(self, db: str) -> None:
        results = together(*[make_pool] * 6)
        assert sorted(type(result).__name__ for result in results) == ["ConsolePoolExists"] * 5 + ["dict"]
        assert len(stored("console_pools")) == 1


class TestPools:
    def test_get_by_host_type(self, nobody: RequestContext) -> None:
        gone = make_pool()
        soft_delete("console_pools", gone["id"])
        row, empty = make_pool(), make_pool(compute_host="c")
        consoles = [make(row["id"], port=2), make(row["id"], OTHER, port=1)]
        make(gone["id"])
        make(None)
        soft_delete("consoles", consoles[0]["id"])
        consoles[0]["deleted"] = consoles[0]["id"]
        for read_deleted in EVERY:
            found = api.console_pool_get_by_host_type(anybody(read_deleted), "compute", "proxy", "xvp")
            assert found == {**row, "consoles": consoles}
        by_name = {"console_type": "xvp", "proxy_host": "proxy", "compute_host": "c"}
        assert api.console_pool_get_by_host_type(nobody, **by_name) == {**empty, "consoles": []}

    def test_a_missing_one(self, nobody: RequestContext) -> None:
        make_pool()
        for compute_host, proxy_host, kind in (
            ("proxy", "compute", "xvp"),
            ("compute", "proxy", "XVP"),
            ("compute", "", "xvp"),
            ("compute", None, "xvp"),
        ):
            with pytest.raises(ConsolePoolNotFoundForHostType) as missing:
                api.console_pool_get_by_host_type(nobody, compute_host, proxy_host, kind)  # type: ignore[arg-type]
            expected = {"code": 404, "host": proxy_host, "console_type": kind, "compute_host": compute_host}
            assert missing.value.kwargs == expected
        nameless = [make_pool(host=None), make_pool(host=None)]
        found = api.console_pool_get_by_host_type(nobody, "compute", None, "xvp")  # type: ignore[arg-type]
        assert found == {**nameless[0], "consoles": []}

    def test_get_all_by_host_type(self, db: str) -> None:
        soft_delete("console_pools", make_pool()["id"])
        rows = [make_pool(compute_host="b"), make_pool(compute_host="a")]
        make_pool(host="other")
        make_pool(console_type="vnc")
        console = make(rows[1]["id"])
        expected = [{**rows[0], "consoles": []}, {**rows[1], "consoles": [console]}]
        for read_deleted in EVERY:
            context = anybody(read_deleted)
            assert api.console_pool_get_all_by_host_type(context, host="proxy", console_type="xvp") == expected
            assert api.console_pool_get_all_by_host_type(context, "xvp", "proxy") == []
            assert api.console_pool_get_all_by_host_type(context, None, None) == []  # type: ignore[arg-type]


class TestConsoles:
    def test_create(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        given = {"instance_name": "n", "instance_uuid": INSTANCE, "password": "é", "port": "5900", "pool_id": 4711}
        row = api.console_create(nobody, {**given, "zork": 1})
        assert row == {**given, "id": row["id"], "port": 5900, "created_at": stopped_clock, **COMMON}
        assert given["port"] == "5900"
        rows = [row, api.console_create(nobody, given), api.console_create(nobody, {})]
        assert stored("consoles") == rows
        unfit: dict[str, Any]
        for unfit in ({"port": "x"}, {"instance_uuid": "u" * 37}, {"pool_id": "asdf"}, {"pool_id": 2**70}):
            with pytest.raises(DBDataError):
                make(**dict[str, Any](pool_id=None) | unfit)
        assert stored("consoles") == rows

    def test_get(self, nobody: RequestContext) -> None:
        pool = make_pool()
        row, dangling, lonely = make(pool["id"]), make(pool["id"] + 1), make(None)
        soft_delete("console_pools", pool["id"])
        pool["deleted"] = pool["id"]
        for read_deleted in EVERY:
            context = anybody(read_deleted)
            assert api.console_get(context, row["id"]) == {**row, "pool": pool}
            assert api.console_get(context, console_id=row["id"], instance_uuid=INSTANCE) == {**row, "pool": pool}
            assert api.console_get(context, str(dangling["id"])) == {**dangling, "pool": None}  # type: ignore[arg-type]
            assert api.console_get(context, lonely["id"]) == {**lonely, "pool": None}
        soft_delete("consoles", row["id"])
        assert api.console_get(nobody, row["id"])["deleted"] == row["id"]

    def test_a_missing_one(self, nobody: RequestContext) -> None:
        row = make()
        for console_id in (*NO_IDS, row["id"] + 1, 0):
            with pytest.raises(ConsoleNotFound) as missing:
                api.console_get(nobody, console_id)  # type: ignore[arg-type]
            assert type(missing.value) is ConsoleNotFound
            assert missing.value.kwargs == {"code": 404, "console_id": console_id}
        with pytest.raises(ConsoleNotFoundForInstance) as of_instance:
            api.console_get(nobody, row["id"], OTHER)
        assert of_instance.value.kwargs == {"code": 404, "console_id": row["id"], "instance_uuid": OTHER}
        with pytest.raises(ConsoleNotFoundForInstance):
            api.console_get(nobody, "asdf", INSTANCE)  # type: ignore[arg-type]
        with pytest.raises(ConsoleNotFound) as empty:
            api.console_get(nobody, row["id"], "")
        assert type(empty.value) is ConsoleNotFound

    def test_get_by_pool_instance(self, nobody: RequestContext) -> None:
        pool, other = make_pool(), make_pool(host="b")
        make(pool["id"], OTHER)
        row = make(pool["id"])
        make(pool["id"])
        elsewhere, lonely, idle = make(other["id"]), make(None), make(pool["id"], None)
        for read_deleted in EVERY:
            context = anybody(read_deleted)
            by_name = {"instance_uuid": INSTANCE, "pool_id": pool["id"]}
            assert api.console_get_by_pool_instance(context, **by_name) == {**row, "pool": pool}
            assert api.console_get_by_pool_instance(context, other["id"], INSTANCE) == {**elsewhere, "pool": other}
            assert api.console_get_by_pool_instance(context, None, INSTANCE) == {**lonely, "pool": None}  # type: ignore[arg-type]
            assert api.console_get_by_pool_instance(context, pool["id"], None) == {**idle, "pool": pool}  # type: ignore[arg-type]
        for pool_id, uuid in ((other["id"], OTHER), (0, INSTANCE), ("asdf", INSTANCE), (2**70, INSTANCE)):
            with pytest.raises(ConsoleNotFoundInPoolForInstance) as missing:
                api.console_get_by_pool_instance(nobody, pool_id, uuid)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "pool_id": pool_id, "instance_uuid": uuid}
        soft_delete("consoles", row["id"])
        assert api.console_get_by_pool_instance(nobody, pool["id"], INSTANCE)["id"] == row["id"]

    def test_get_all_by_instance(self, nobody: RequestContext) -> None:
        pool = make_pool()
        rows = [make(pool["id"]), make(pool["id"] + 1), make(None)]
        make(pool["id"], OTHER)
        free = make(pool["id"], None)
        soft_delete("consoles", rows[0]["id"])
        rows[0]["deleted"] = rows[0]["id"]
        for read_deleted in EVERY:
            context = anybody(read_deleted)
            nothing: Any
            for nothing in (None, [], ()):
                assert api.console_get_all_by_instance(context, INSTANCE, nothing) == rows
            pools = [pool, None, None]
            joined = api.console_get_all_by_instance(context, INSTANCE, columns_to_join=["pool"])
            assert joined == [{**row, "pool": one} for row, one in zip(rows, pools, strict=True)]
        assert api.console_get_all_by_instance(nobody, "unknown") == []
        assert api.console_get_all_by_instance(nobody, None) == [free]  # type: ignore[arg-type]
        for unknown in (["zork"], ["pool", "consoles"], "pool", [None]):
            with pytest.raises(ValueError, match="no relation"):
                api.console_get_all_by_instance(nobody, INSTANCE, unknown)  # type: ignore[arg-type]

    def test_delete(self, nobody: RequestContext) -> None:
        pool = make_pool()
        rows = [make(pool["id"]), make(pool["id"]), make(pool["id"])]
        assert api.console_delete(nobody, console_id=rows[0]["id"]) is None
        for no_id in (rows[0]["id"], 0, *NO_IDS):
            assert api.console_delete(nobody, no_id) is None  # type: ignore[arg-type]
        assert stored("consoles") == rows[1:]
        soft_delete("consoles", rows[1]["id"])
        api.console_delete(nobody, rows[1]["id"])
        assert stored("consoles") == rows[2:]
        assert len(stored("console_pools")) == 1


def test_dates_of_a_relation(nobody: RequestContext, stopped_clock: datetime) -> None:
    pool = make_pool()
    timeutils.advance_time_seconds(0.000001)
    console = make(pool["id"])
    assert there(api.console_get(nobody, console["id"])["pool"])["created_at"] == stopped_clock
    [found] = api.console_pool_get_all_by_host_type(nobody, "proxy", "xvp")
    assert found["consoles"][0]["created_at"] == timeutils.utcnow()


def test_round_trips(nobody: RequestContext, statements: list[str]) -> None:
    pool = make_pool()
    console = make(pool["id"])
    api.console_pool_get_by_host_type(nobody, "compute", "proxy", "xvp")
    api.console_pool_get_all_by_host_type(nobody, "proxy", "xvp")
    api.console_get(nobody, console["id"])
    api.console_get_by_pool_instance(nobody, pool["id"], INSTANCE)
    api.console_get_all_by_instance(nobody, INSTANCE, ["pool"])
    api.console_delete(nobody, console["id"])
    assert statements == [
        "console_pool_create",
        "console_create",
        "console_pool_get_by_host_type",
        "console_pool_get_all_by_host_type",
        "console_get",
        "console_get_by_pool_instance",
        "console_get_all_by_instance",
        "console_delete",
    ]
