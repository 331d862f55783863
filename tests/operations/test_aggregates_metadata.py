"""Metadata of aggregates, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import AggregateMetadataNotFound, AggregateNotFound, DBDataError, DBError
from tests.operations.aggregate_helpers import make, pairs, spoiled
from tests.operations.factories import soft_delete, stored
from tests.operations.inventory_helpers import COMMON, NO_IDS, anybody
from tests.support.rows import Row

ZONE = "availability_zone"


class TestAdd:
    def test_new_and_known_keys(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", k="v", same="x"), make("b", k="v")
        timeutils.advance_time_seconds(5)
        moment = timeutils.utcnow()
        given = {"k": "w", "same": "x", "new": 1, "ê": "é"}
        assert api.aggregate_metadata_add(nobody, aggregate_id=str(row["id"]), metadata=given) is None  # type: ignore[arg-type]
        assert given == {"k": "w", "same": "x", "new": 1, "ê": "é"}
        mine = [one for one in stored("aggregate_metadata") if one["aggregate_id"] == row["id"]]
        assert [{**one, "id": 0} for one in mine] == [
            {"id": 0, "key": key, "value": value, "aggregate_id": row["id"], **COMMON, **dates}
            for key, value, dates in (
                ("k", "w", {"created_at": stopped_clock, "updated_at": moment}),
                ("same", "x", {"created_at": stopped_clock}),
                ("new", "1", {"created_at": moment}),
                ("ê", "é", {"created_at": moment}),
            )
        ]
        assert api.aggregate_get(nobody, other["id"]) == other

    def test_case_and_blanks_make_another_key(self, nobody: RequestContext) -> None:
        row = make()
        metadata = {"k": "1", "K": "2", "k ": "3", "": "4"}
        api.aggregate_metadata_add(nobody, row["id"], metadata)
        api.aggregate_metadata_add(nobody, row["id"], {"k": "5"})
        assert api.aggregate_metadata_get(nobody, row["id"]) == {**metadata, "k": "5"}

    def test_a_deleted_key_comes_back_as_a_new_row(self, nobody: RequestContext) -> None:
        row = spoiled()
        before = stored("aggregate_metadata")
        api.aggregate_metadata_add(nobody, row["id"], {"gone": "again"})
        after = stored("aggregate_metadata")
        assert after[:-1] == before
        assert pairs(row["id"])[-1] == ("gone", "again", True)

    def test_set_delete_replaces(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", k="v", gone="x"), make("b", gone="x")
        soft_delete("aggregate_metadata", stored("aggregate_metadata")[0]["id"])
        before = stored("aggregate_metadata")[0]
        timeutils.advance_time_seconds(5)
        api.aggregate_metadata_add(nobody, row["id"], {"new": "1"}, set_delete=True)
        assert pairs(row["id"]) == [("k", "v", False), ("gone", "x", False), ("new", "1", True)]
        deleted = stored("aggregate_metadata")
        assert deleted[0] == before
        assert (deleted[1]["deleted_at"], deleted[1]["updated_at"]) == (timeutils.utcnow(), None)
        api.aggregate_metadata_add(nobody, row["id"], {"new": "1"}, True)
        assert stored("aggregate_metadata") == deleted
        api.aggregate_metadata_add(nobody, row["id"], {}, True)
        assert api.aggregate_metadata_get(nobody, row["id"]) == {}
        assert api.aggregate_get(nobody, other["id"]) == other

    def test_nothing(self, nobody: RequestContext) -> None:
        row = make("a", k="v")
        assert api.aggregate_metadata_add(nobody, row["id"], {}) is None
        assert api.aggregate_get(nobody, row["id"]) == row

    def test_all_or_nothing(self, nobody: RequestContext, statements: list[str]) -> None:
        row = make("a", k="v")
        metadata: Any
        for metadata in ({"new": "1", "k": None}, {"new": "1", None: "v"}):
            for set_delete in (False, True):
                with pytest.raises(DBError):
                    api.aggregate_metadata_add(nobody, row["id"], metadata, set_delete)
        statements.clear()
        for metadata in ({"k" * 256: "v"}, {"k": "v" * 256}, {"k": b"v"}, {"k": {}}, {("k",): "v"}):
            with pytest.raises(DBDataError):
                api.aggregate_metadata_add(nobody, row["id"], {"new": "1", **metadata})
        assert statements == []
        assert api.aggregate_get(nobody, row["id"]) == row

    def test_many(self, nobody: RequestContext, statements: list[str]) -> None:
        row = make("a", gone="x")
        metadata = {f"k{number}": "v" for number in range(2500)}
        api.aggregate_metadata_add(nobody, row["id"], metadata, True)
        changed = dict.fromkeys(list(metadata)[::2], "w")
        statements.clear()
        api.aggregate_metadata_add(nobody, row["id"], changed)
        assert len(statements) < 10
        assert api.aggregate_metadata_get(nobody, row["id"]) == {**metadata, **changed}


class TestGet:
    def test_visible_ones(self, nobody: RequestContext) -> None:
        row = spoiled()
        assert api.aggregate_metadata_get(nobody, aggregate_id=row["id"]) == {"back": "new"}
        assert api.aggregate_metadata_get(nobody, make("empty")["id"]) == {}
        # The live value wins over deleted ones, whichever row is younger.
        first = stored("aggregate_metadata")[-1]
        api.aggregate_metadata_delete(nobody, row["id"], "back")
        api.aggregate_metadata_add(nobody, row["id"], {"back": "live"})
        soft_delete("aggregate_metadata", stored("aggregate_metadata")[-1]["id"])
        with rawdb.writer.using(nobody) as sql:
            sql.execute(f"UPDATE aggregate_metadata SET deleted = 0 WHERE id = {first['id']}")
        assert api.aggregate_metadata_get(anybody("yes"), row["id"]) == {"back": "new", "gone": "old"}
        api.aggregate_delete(nobody, row["id"])
        assert api.aggregate_metadata_get(anybody("only"), row["id"]) == {"back": "live", "gone": "old"}


class TestDelete:
    def test_one(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", k="v", l="v"), make("b", k="v")
        assert api.aggregate_metadata_delete(nobody, aggregate_id=row["id"], key="k") is None
        [deleted, *rest] = stored("aggregate_metadata")
        assert deleted["deleted"] == deleted["id"]
        assert (deleted["deleted_at"], deleted["updated_at"]) == (stopped_clock, None)
        assert [one["deleted"] for one in rest] == [0, 0]
        assert api.aggregate_get(nobody, other["id"]) == other
        for key in ("k", "L", "zork", None):
            with pytest.raises(AggregateMetadataNotFound) as missing:
                api.aggregate_metadata_delete(nobody, row["id"], key)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "aggregate_id": row["id"], "metadata_key": key}
        api.aggregate_metadata_delete(anybody("yes"), row["id"], "k")
        assert api.aggregate_metadata_get(nobody, row["id"]) == {"l": "v"}


def test_a_missing_aggregate(nobody: RequestContext) -> None:
    gone, live = make("a", k="v"), make("b", k="v")
    api.aggregate_delete(nobody, gone["id"])
    rows = stored("aggregate_metadata")
    for no_id in (gone["id"], 0, *NO_IDS):
        for call in (
            lambda aggregate_id: api.aggregate_metadata_add(nobody, aggregate_id, {"new": "1"}),
            lambda aggregate_id: api.aggregate_metadata_add(nobody, aggregate_id, {}, True),
            lambda aggregate_id: api.aggregate_metadata_get(nobody, aggregate_id),
            lambda aggregate_id: api.aggregate_metadata_delete(nobody, aggregate_id, "k"),
        ):
            with pytest.raises(AggregateNotFound) as missing:
                call(no_id)
            assert missing.value.kwargs == {"code": 404, "aggregate_id": no_id}
    with pytest.raises(AggregateNotFound):
        api.aggregate_metadata_delete(anybody("only"), live["id"], "k")
    with pytest.raises(AggregateNotFound):
        api.aggregate_metadata_add(anybody("only"), live["id"], {"new": "1"})
    assert stored("aggregate_metadata") == rows


class TestByHostAndKey:
    @pytest.fixture
    def rows(self, nobody: RequestContext) -> Sequence[Row]:
        gone = make("gone", ("h", "i"), k="gone")
        rows = [
            make("b", ("h", "i"), k="v", other="1"),
            make("a", ("h",), k="w", other="1"),
            make("c", ("i",), k="v"),
            make("d", (), k="hostless"),
            make("e", ("h",), K="x"),
        ]
        removed = make("removed", ("h", "j"), k="removed")
        api.aggregate_host_delete(nobody, removed["id"], "h")
        api.aggregate_metadata_add(nobody, rows[4]["id"], {"k": "deleted"})
        api.aggregate_metadata_delete(nobody, rows[4]["id"], "k")
        api.aggregate_delete(nobody, gone["id"])
        return rows

    def test_metadata_by_host(self, rows: list[dict[str, Any]]) -> None:
        for read_deleted in ("no", "yes"):
            context = anybody(read_deleted)
            everything = {"k": {"v", "w"}, "other": {"1"}, "K": {"x"}}
            for no_key in (None, ""):
                assert api.aggregate_metadata_get_by_host(context, "h", no_key) == everything
            assert api.aggregate_metadata_get_by_host(context, host="h", key="k") == {"k": {"v", "w"}}
            assert api.aggregate_metadata_get_by_host(context, "i") == {"k": {"v"}, "other": {"1"}}
            for host, key in (("H", None), ("h", "zork"), (None, None)):
                assert api.aggregate_metadata_get_by_host(context, host, key) == {}  # type: ignore[arg-type]
        assert api.aggregate_metadata_get_by_host(anybody("only"), "h") == {}

    def test_metadata_by_key(self, rows: list[dict[str, Any]]) -> None:
        for read_deleted in ("no", "yes"):
            context = anybody(read_deleted)
            by_name = {"aggregate_id": rows[0]["id"], "key": "k"}
            assert api.aggregate_metadata_get_by_metadata_key(context, **by_name) == {"k": {"v"}}
            assert api.aggregate_metadata_get_by_metadata_key(context, str(rows[3]["id"]), "k") == {"k": {"hostless"}}  # type: ignore[arg-type]
            for aggregate_id, key in (
                *((rows[4]["id"], "k"), (rows[0]["id"], "K"), (rows[0]["id"] - 1, "k"), (rows[0]["id"], None)),
                *((no_id, "k") for no_id in (0, *NO_IDS)),
            ):
                assert api.aggregate_metadata_get_by_metadata_key(context, aggregate_id, key) == {}  # type: ignore[arg-type]
        assert api.aggregate_metadata_get_by_metadata_key(anybody("only"), rows[0]["id"], "k") == {}

    def test_hosts_by_key(self, rows: list[dict[str, Any]]) -> None:
        for read_deleted in ("no", "yes"):
            context = anybody(read_deleted)
            found = api.aggregate_host_get_by_metadata_key(context, key="k")
            assert found == {"h": {"v", "w"}, "i": {"v"}, "j": {"removed"}}
            assert api.aggregate_host_get_by_metadata_key(context, "other") == {"h": {"1"}, "i": {"1"}}
            for key in ("zork", "", None):
                assert api.aggregate_host_get_by_metadata_key(context, key) == {}  # type: ignore[arg-type]
        assert api.aggregate_host_get_by_metadata_key(anybody("only"), "k") == {}

    def test_aggregates_by_key(self, nobody: RequestContext, rows: list[dict[str, Any]]) -> None:
        zoned = make("z", ("h",), k="v", availability_zone="zone")
        removed = [row for row in api.aggregate_get_all(nobody) if row["name"] == "removed"]
        for read_deleted in ("no", "yes"):
            context = anybody(read_deleted)
            expected = [
                {**row, "metadetails": {"k": row["metadetails"]["k"]}, ZONE: None}
                for row in [*rows[:4], *removed, zoned]
            ]
            assert api.aggregate_get_by_metadata_key(context, key="k") == expected
            [found] = api.aggregate_get_by_metadata_key(context, ZONE)
            assert found == {**zoned, "metadetails": {ZONE: "zone"}}
            for key in ("zork", "", None):
                assert api.aggregate_get_by_metadata_key(context, key) == []  # type: ignore[arg-type]
        assert api.aggregate_get_by_metadata_key(anybody("only"), "k") == []


def test_round_trips(nobody: RequestContext, statements: list[str]) -> None:
    row = make("a", ("h",), k="v")
    statements.clear()
    api.aggregate_metadata_get(nobody, row["id"])
    api.aggregate_metadata_get_by_host(nobody, "h")
    api.aggregate_metadata_get_by_metadata_key(nobody, row["id"], "k")
    api.aggregate_host_get_by_metadata_key(nobody, "k")
    api.aggregate_get_by_metadata_key(nobody, "k")
    api.aggregate_metadata_delete(nobody, row["id"], "k")
    assert statements == [
        "aggregate_metadata_get",
        "aggregate_metadata_get_by_host",
        "aggregate_metadata_get_by_metadata_key",
        "aggregate_host_get_by_metadata_key",
        "aggregate_get_by_metadata_key",
        "aggregate_metadata_delete",
    ]
    before = ["BEGIN", "quota_reserve__lock", "aggregate_get__id"]
    for metadata, set_delete, sent in (
        ({}, False, []),
        ({"k": "v"}, False, ["aggregate_metadata_add"]),
        ({"k": "v"}, True, ["aggregate_metadata_add__remove", "aggregate_metadata_add"]),
    ):
        statements.clear()
        api.aggregate_metadata_add(nobody, row["id"], metadata, set_delete)
        assert statements == [*before, *sent, "COMMIT"]
