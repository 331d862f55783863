"""Agent builds, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import AgentBuildExists, AgentBuildNotFound, DBDataError, DBDuplicateEntry, DBError, NotFound
from tests.operations.factories import soft_delete, stored, together
from tests.operations.inventory_helpers import COMMON, NO_IDS, admin, refused
from tests.support.rows import Row, there

TRIPLE = {"hypervisor": "kvm", "os": "linux", "architecture": "x86"}


def make(**values: Any) -> Row:
    return api.agent_build_create(admin(), {**TRIPLE, **values})


class TestCreate:
    def test_returns_the_row(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = {**TRIPLE, "version": "1", "url": "http://é", "md5hash": "d", "zork": 1}
        row = api.agent_build_create(admin_context, given)
        expected = {**given, "id": row["id"], "created_at": stopped_clock, **COMMON}
        del expected["zork"]
        assert row == expected
        assert given["zork"] == 1
        assert stored("agent_builds") == [row]

    def test_a_live_twin(self, admin_context: RequestContext) -> None:
        row = make()
        with pytest.raises(AgentBuildExists) as twin:
            make(version="2")
        assert twin.value.kwargs == {"code": 500, **TRIPLE}
        assert not isinstance(twin.value, NotFound)
        with pytest.raises(DBDuplicateEntry):
            make(id=row["id"], os="windows")
        for other in ({"os": "Linux"}, {"os": "linux "}, {"hypervisor": "xen"}, {"architecture": "arm"}):
            make(**other)
        for _ in range(2):
            api.agent_build_destroy(admin_context, there(api.agent_build_get_by_triple(admin_context, **TRIPLE))["id"])
            make()
        assert len(stored("agent_builds")) == 7

    def test_parts_that_are_missing(self, admin_context: RequestContext) -> None:
        rows = [make(os=None), make(os=None), api.agent_build_create(admin_context, {})]
        assert rows[2]["hypervisor"] is None
        assert api.agent_build_get_by_triple(admin_context, "kvm", None, "x86") == rows[0]  # type: ignore[arg-type]
        assert api.agent_build_get_by_triple(admin_context, None, None, None) == rows[2]  # type: ignore[arg-type]
        assert api.agent_build_get_by_triple(admin_context, None, None, "x86") is None  # type: ignore[arg-type]
        for unfit in ({"os": "o" * 256}, {"version": b"1"}, {"deleted": "no"}):
            with pytest.raises(DBDataError):
                make(**unfit)

    def test_one_of_many_at_once(self, db: str) -> None:
        results = together(*[make] * 6)
        assert sorted(type(result).__name__ for result in results) == ["AgentBuildExists"] * 5 + ["dict"]
        assert len(stored("agent_builds")) == 1


def test_reads(db: str) -> None:
    gone = make(version="0")
    api.agent_build_destroy(admin(), gone["id"])
    rows = [make(), make(os="a"), make(hypervisor="xen"), make(hypervisor=None), make(hypervisor="")]
    for context in (admin(), admin("yes"), admin("only")):
        assert api.agent_build_get_by_triple(context, **TRIPLE) == rows[0]
        assert api.agent_build_get_by_triple(context, "kvm", "x86", "linux") is None
        assert api.agent_build_get_by_triple(context, "KVM", "linux", "x86") is None
        assert api.agent_build_get_all(context) == rows
        assert api.agent_build_get_all(context, None) == api.agent_build_get_all(context, "") == rows
        assert api.agent_build_get_all(context, hypervisor="kvm") == rows[:2]
        assert api.agent_build_get_all(context, "zork") == []


class TestDestroy:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(), make(os="a")
        timeutils.advance_time_seconds(5)
        assert api.agent_build_destroy(admin_context, agent_update_id=row["id"]) is None
        moment = timeutils.utcnow()
        assert stored("agent_builds") == [{**row, "deleted": row["id"], "deleted_at": moment}, other]

    def test_visibility(self, db: str) -> None:
        row = make()
        with pytest.raises(AgentBuildNotFound):
            api.agent_build_destroy(admin("only"), row["id"])
        api.agent_build_destroy(admin(), row["id"])
        with pytest.raises(AgentBuildNotFound) as missing:
            api.agent_build_destroy(admin(), row["id"])
        assert missing.value.kwargs == {"code": 404, "id": row["id"]}
        api.agent_build_destroy(admin("yes"), row["id"])
        api.agent_build_destroy(admin("only"), row["id"])

    def test_no_ids(self, db: str) -> None:
        row = make()
        for no_id in (*NO_IDS, row["id"] + 1, 0):
            with pytest.raises(AgentBuildNotFound):
                api.agent_build_destroy(admin(), no_id)  # type: ignore[arg-type]
            with pytest.raises(AgentBuildNotFound):
                api.agent_build_update(admin(), no_id, {"version": "2"})  # type: ignore[arg-type]
        assert stored("agent_builds") == [row]

    def test_one_of_many_at_once(self, db: str) -> None:
        row = make()
        results = together(*[lambda: api.agent_build_destroy(admin(), row["id"])] * 6)
        assert sorted(type(result).__name__ for result in results) == ["AgentBuildNotFound"] * 5 + ["NoneType"]


class TestUpdate:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(), make(os="a", version="1")
        timeutils.advance_time_seconds(5)
        given = {"version": "2", "url": None}
        assert api.agent_build_update(admin_context, agent_build_id=row["id"], values=given) is None
        expected = {**row, "version": "2", "updated_at": timeutils.utcnow()}
        assert stored("agent_builds") == [expected, other]
        assert given == {"version": "2", "url": None}
        # Twice the same is no miss.
        api.agent_build_update(admin_context, row["id"], given)
        timeutils.advance_time_seconds(5)
        api.agent_build_update(admin_context, str(row["id"]), {})  # type: ignore[arg-type]
        assert stored("agent_builds")[0] == {**expected, "updated_at": timeutils.utcnow()}

    def test_visibility(self, db: str) -> None:
        row = make()
        soft_delete("agent_builds", row["id"])
        with pytest.raises(AgentBuildNotFound) as missing:
            api.agent_build_update(admin(), row["id"], {"version": "2"})
        assert missing.value.kwargs == {"code": 404, "id": row["id"]}
        api.agent_build_update(admin("yes"), row["id"], {"version": "3"})
        assert stored("agent_builds")[0]["version"] == "3"

    def test_errors(self, db: str) -> None:
        row, other = make(), make(os="a")
        with pytest.raises(DBDuplicateEntry) as twin:
            api.agent_build_update(admin(), other["id"], {"os": "linux"})
        assert set(twin.value.columns) >= set(TRIPLE)
        with pytest.raises(DBError):
            api.agent_build_update(admin(), row["id"], {"zork": 1, "version": "2"})
        with pytest.raises(DBDataError):
            api.agent_build_update(admin(), row["id"], {"version": "2" * 256})
        assert stored("agent_builds") == [row, other]


def test_only_administrators(statements: list[str]) -> None:
    refused(
        statements,
        lambda context: api.agent_build_create(context, None),  # type: ignore[arg-type]
        lambda context: api.agent_build_get_by_triple(context, "h", "o", "a"),
        lambda context: api.agent_build_get_all(context),
        lambda context: api.agent_build_destroy(context, 1),
        lambda context: api.agent_build_update(context, 1, None),  # type: ignore[arg-type]
    )


def test_round_trips(statements: list[str]) -> None:
    row = make()
    api.agent_build_get_by_triple(admin(), **TRIPLE)
    api.agent_build_get_all(admin())
    api.agent_build_update(admin(), row["id"], {"version": "2"})
    api.agent_build_destroy(admin(), row["id"])
    assert statements == [
        "agent_build_create",
        "agent_build_get_by_triple",
        "agent_build_get_all",
        "agent_build_update",
        "agent_build_destroy",
    ]
