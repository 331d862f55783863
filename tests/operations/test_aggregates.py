"""Aggregates and their hosts, through rawdb.api, on every dialect. Nobody is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AggregateHostExists,
    AggregateHostNotFound,
    AggregateNameExists,
    AggregateNotFound,
    DBDataError,
    DBError,
)
from tests.operations.aggregate_helpers import make, pairs, spoiled
from tests.operations.factories import soft_delete, stored
from tests.operations.inventory_helpers import COMMON, NO_IDS, anybody
from tests.support.rows import Row

ZONE: Final = "availability_zone"


def names(rows: Sequence[Row]) -> list[str]:
    return [row["name"] for row in rows]


class TestCreate:
    def test_returns_what_get_returns(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        values, metadata = {"name": "é", ZONE: "ignored", "zork": 1}, {ZONE: "z", "k": 1}
        row = api.aggregate_create(nobody, values, metadata)  # type: ignore[arg-type]
        assert row == {
            "id": row["id"],
            "name": "é",
            "created_at": stopped_clock,
            **COMMON,
            "hosts": [],
            "metadetails": {ZONE: "z", "k": "1"},
            "availability_zone": "z",
        }
        assert (values, metadata) == ({"name": "é", ZONE: "ignored", "zork": 1}, {ZONE: "z", "k": 1})
        assert api.aggregate_get(nobody, row["id"]) == row
        common = {"aggregate_id": row["id"], "created_at": stopped_clock, **COMMON}
        assert stored("aggregate_metadata") == [
            {"id": one["id"], "key": key, "value": value, **common}
            for one, (key, value) in zip(stored("aggregate_metadata"), row["metadetails"].items(), strict=True)
        ]

    @pytest.mark.parametrize("metadata", [None, {}])
    def test_without_metadata(self, nobody: RequestContext, metadata: Any) -> None:
        row = api.aggregate_create(nobody, {"name": "a"}, metadata=metadata)
        assert (row["hosts"], row["metadetails"], row[ZONE]) == ([], {}, None)
        assert api.aggregate_get(nobody, row["id"]) == row

    def test_a_live_twin(self, nobody: RequestContext) -> None:
        make()
        for context in (nobody, anybody("yes"), anybody("only")):
            with pytest.raises(AggregateNameExists) as twin:
                api.aggregate_create(context, {"name": "a"}, {"k": "v"})
            assert twin.value.kwargs == {"code": 500, "aggregate_name": "a"}
        assert stored("aggregate_metadata") == []
        for name in ("A", "a ", "á", ""):
            make(name)
        for _ in range(3):
            api.aggregate_delete(nobody, api.aggregate_get_all(nobody)[-1]["id"])
            make("")
        assert len(api.aggregate_get_all(nobody)) == 5

    def test_none_is_a_name_too(self, nobody: RequestContext) -> None:
        row = make(None)
        for values in ({"name": None}, {}):
            with pytest.raises(AggregateNameExists) as twin:
                api.aggregate_create(nobody, values)
            assert twin.value.kwargs["aggregate_name"] is None
        api.aggregate_delete(nobody, row["id"])
        assert api.aggregate_create(nobody, {})["name"] is None

    def test_a_name_given_twice_by_somebody_else(self, nobody: RequestContext) -> None:
        """No unique key refuses two live ones: whoever made them, a third is refused."""
        with rawdb.writer.using(nobody) as sql:
            for _ in range(2):
                sql.execute("INSERT INTO aggregates (name, deleted) VALUES ('a', 0)")
        with pytest.raises(AggregateNameExists):
            make()
        twins = api.aggregate_get_all(nobody)
        for twin in twins:
            with pytest.raises(AggregateNameExists):
                api.aggregate_update(nobody, twin["id"], {"name": "a"})
        api.aggregate_delete(nobody, twins[0]["id"])
        assert api.aggregate_update(nobody, twins[1]["id"], {"name": "a"})["id"] == twins[1]["id"]

    def test_all_or_nothing(self, nobody: RequestContext, statements: list[str]) -> None:
        metadata: Any
        for values, metadata in (
            ({"name": "n" * 256}, {}),
            ({"name": b"n"}, {}),
            ({"name": "a"}, {"k" * 256: "v"}),
            ({"name": "a"}, {"k": ["v"]}),
        ):
            with pytest.raises(DBDataError):
                api.aggregate_create(nobody, values, metadata)
        assert statements == []
        for metadata in ({"k": "v", ZONE: None}, {None: "v"}):
            with pytest.raises(DBError):
                api.aggregate_create(nobody, {"name": "a"}, metadata)
        assert stored("aggregates") == stored("aggregate_metadata") == stored("quota_locks", "version") == []

    def test_many_pairs_at_once(self, nobody: RequestContext, statements: list[str]) -> None:
        metadata = {f"k{number}": f"v{number}" for number in range(3000)}
        row = api.aggregate_create(nobody, {"name": "a"}, metadata)
        assert len(statements) < 10
        assert api.aggregate_get(nobody, row["id"])["metadetails"] == metadata

    @pytest.mark.dialects("postgresql", "mysql")
    def test_in_a_transaction_that_has_read_before(self, nobody: RequestContext) -> None:
        """What others have committed since counts, though a repeatable read does not show it."""
        with pytest.raises(AggregateNameExists), rawdb.writer.using(nobody):
            assert api.aggregate_get_all(nobody) == []
            with rawdb.writer.using(anybody()) as sql:
                sql.execute("INSERT INTO aggregates (name, deleted) VALUES ('a', 0)")
            api.aggregate_create(nobody, {"name": "a"})
        assert len(stored("aggregates")) == 1


class TestReads:
    def test_get(self, nobody: RequestContext) -> None:
        row = make("a", ("h2", "h1"), k="v", availability_zone="z")
        make("b", ("h1",), k="other")
        assert row["hosts"] == ["h2", "h1"]
        assert row["metadetails"] == {"k": "v", ZONE: "z"}
        assert row[ZONE] == "z"
        assert api.aggregate_get(nobody, aggregate_id=str(row["id"])) == row  # type: ignore[arg-type]

    def test_a_missing_one(self, nobody: RequestContext) -> None:
        row = make()
        for no_id in (0, row["id"] + 1, *NO_IDS):
            with pytest.raises(AggregateNotFound) as missing:
                api.aggregate_get(nobody, no_id)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "aggregate_id": no_id}
        with pytest.raises(AggregateNotFound):
            api.aggregate_get(anybody("only"), row["id"])

    def test_deleted_children_are_not_shown(self, nobody: RequestContext) -> None:
        row = spoiled()
        for read_deleted in ("no", "yes"):
            found = api.aggregate_get(anybody(read_deleted), row["id"])
            assert (found["hosts"], found["metadetails"]) == (["back"], {"back": "new"})

    def test_a_deleted_one_has_no_children(self, nobody: RequestContext) -> None:
        row = make("a", ("h",), availability_zone="z")
        api.aggregate_delete(nobody, row["id"])
        with pytest.raises(AggregateNotFound):
            api.aggregate_get(nobody, row["id"])
        with rawdb.writer.using(nobody) as sql:
            # Whatever is live in there.
            sql.execute("UPDATE aggregate_metadata SET deleted = 0")
        for read_deleted in ("yes", "only"):
            found = api.aggregate_get(anybody(read_deleted), row["id"])
            assert found["deleted"] == row["id"]
            assert (found["hosts"], found["metadetails"], found[ZONE]) == ([], {}, None)

    def test_get_all(self, nobody: RequestContext) -> None:
        assert api.aggregate_get_all(nobody) == []
        gone = make("gone", ("h",), k="v")
        rows = [make("b", ("h",), availability_zone="z"), make("a"), spoiled()]
        api.aggregate_delete(nobody, gone["id"])
        assert api.aggregate_get_all(nobody) == rows
        assert names(api.aggregate_get_all(anybody("yes"))) == ["gone", "b", "a", "s"]
        [deleted] = api.aggregate_get_all(anybody("only"))
        assert (deleted["name"], deleted["hosts"], deleted["metadetails"]) == ("gone", [], {})


class TestByHost:
    @pytest.fixture
    def rows(self, nobody: RequestContext) -> Sequence[Row]:
        gone = make("gone", ("h",), k="v")
        rows = [
            make("b", ("other", "h"), k="v", availability_zone="z"),
            make("a", ("h",), other="v"),
            make("c", ("other",), k="v"),
            make("d", ("H",), k="v"),
            make("e", ("h",), k="w"),
        ]
        removed = make("removed", ("h",), k="v")
        api.aggregate_host_delete(nobody, removed["id"], "h")
        api.aggregate_metadata_add(nobody, rows[1]["id"], {"k": "deleted"})
        api.aggregate_metadata_delete(nobody, rows[1]["id"], "k")
        api.aggregate_delete(nobody, gone["id"])
        return rows

    def test_all(self, rows: list[dict[str, Any]]) -> None:
        expected = [rows[0], rows[1], rows[4]]
        for read_deleted in ("no", "yes"):
            context = anybody(read_deleted)
            for no_key in (None, ""):
                assert api.aggregate_get_by_host(context, "h", no_key) == expected
            assert names(api.aggregate_get_by_host(context, host="other")) == ["b", "c"]
            assert api.aggregate_get_by_host(context, "zork") == []
            assert api.aggregate_get_by_host(context, None) == []  # type: ignore[arg-type]
        assert api.aggregate_get_by_host(anybody("only"), "h") == []

    def test_with_a_key(self, nobody: RequestContext, rows: list[dict[str, Any]]) -> None:
        # All of their metadata and hosts, not that key and host alone.
        assert api.aggregate_get_by_host(nobody, "h", key="k") == [rows[0], rows[4]]
        assert api.aggregate_get_by_host(nobody, "h", "other") == [rows[1]]
        assert api.aggregate_get_by_host(nobody, "h", "K") == []

    def test_none_is_null(self, nobody: RequestContext) -> None:
        row = make("a", (None, "h", None))
        make("b", ("h",))
        # Twice in there, shown once.
        assert row["hosts"] == [None, "h", None]
        assert api.aggregate_get_by_host(nobody, None) == [row]  # type: ignore[arg-type]


class TestUpdate:
    def test_the_name(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", ("h",), k="v"), make("b")
        timeutils.advance_time_seconds(5)
        given = {"name": "c", "zork": 1}
        changed = api.aggregate_update(nobody, aggregate_id=row["id"], values=given)
        assert changed == {**row, "name": "c", "updated_at": timeutils.utcnow()}
        assert given == {"name": "c", "zork": 1}
        assert api.aggregate_get_all(nobody) == [changed, other]
        timeutils.advance_time_seconds(5)
        for values in ({"name": "c"}, {}, {"zork": 1}, {"metadata": None}):
            assert api.aggregate_update(nobody, str(row["id"]), values) == changed  # type: ignore[arg-type]

    def test_a_taken_name(self, nobody: RequestContext) -> None:
        row, other, gone = make("a"), make("b"), make("c")
        api.aggregate_delete(nobody, gone["id"])
        for values in ({"name": "b"}, {"name": "b", "metadata": {"k": "v"}}):
            with pytest.raises(AggregateNameExists) as taken:
                api.aggregate_update(nobody, row["id"], values)
            assert taken.value.kwargs == {"code": 500, "aggregate_name": "b"}
        # The name is looked at before the aggregate.
        for no_id in (gone["id"], 0, *NO_IDS):
            with pytest.raises(AggregateNameExists):
                api.aggregate_update(nobody, no_id, {"name": "b"})  # type: ignore[arg-type]
        assert [one for one in api.aggregate_get_all(nobody) if one["metadetails"]] == []
        api.aggregate_update(nobody, row["id"], {"name": None})
        with pytest.raises(AggregateNameExists):
            api.aggregate_update(nobody, other["id"], {"name": None})
        assert api.aggregate_update(nobody, row["id"], {"name": None})["name"] is None
        assert names([api.aggregate_update(nobody, other["id"], {"name": "c"})]) == ["c"]
        assert names([api.aggregate_update(nobody, row["id"], {"name": "B"})]) == ["B"]

    def test_a_missing_one(self, nobody: RequestContext) -> None:
        gone = make()
        with pytest.raises(AggregateNotFound):
            api.aggregate_update(anybody("only"), gone["id"], {"name": "b"})
        api.aggregate_delete(nobody, gone["id"])
        for no_id in (gone["id"], 0, *NO_IDS):
            with pytest.raises(AggregateNotFound) as missing:
                api.aggregate_update(nobody, no_id, {"name": "a", ZONE: "z"})  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "aggregate_id": no_id}
        found = api.aggregate_update(anybody("only"), gone["id"], {"name": "b"})
        assert (found["name"], found["deleted"]) == ("b", gone["id"])
        assert stored("quota_locks", "version") != []

    def test_a_zone_is_merged(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = make("a", k="v", availability_zone="old")
        timeutils.advance_time_seconds(5)
        given = {ZONE: "new"}
        changed = api.aggregate_update(nobody, row["id"], given)
        assert changed == {**row, "metadetails": {"k": "v", ZONE: "new"}, ZONE: "new"}
        assert given == {ZONE: "new"}
        assert api.aggregate_update(nobody, row["id"], {ZONE: "newer", "metadata": None})["metadetails"] == {
            "k": "v",
            ZONE: "newer",
        }
        assert pairs(row["id"]) == [("k", "v", True), (ZONE, "newer", True)]
        assert [one["updated_at"] for one in stored("aggregate_metadata")] == [None, timeutils.utcnow()]

    def test_metadata_replace(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", k="v", gone="x", availability_zone="z"), make("b", gone="x")
        timeutils.advance_time_seconds(5)
        given = {"metadata": {"k": "w", "new": 1}, "name": "c"}
        changed = api.aggregate_update(nobody, row["id"], given)
        assert (changed["name"], changed["metadetails"], changed[ZONE]) == ("c", {"k": "w", "new": "1"}, None)
        assert given == {"metadata": {"k": "w", "new": 1}, "name": "c"}
        assert pairs(row["id"]) == [("k", "w", True), ("gone", "x", False), (ZONE, "z", False), ("new", "1", True)]
        dates = [one["deleted_at"] for one in stored("aggregate_metadata") if one["aggregate_id"] == row["id"]]
        assert dates == [None, timeutils.utcnow(), timeutils.utcnow(), None]
        assert api.aggregate_update(nobody, row["id"], {"metadata": {}})["metadetails"] == {}
        assert api.aggregate_get(nobody, other["id"]) == other

    def test_a_zone_with_metadata_replaces(self, nobody: RequestContext) -> None:
        row = make("a", k="v", availability_zone="z")
        given = {"metadata": {"new": "1", ZONE: "loses"}, ZONE: "wins"}
        changed = api.aggregate_update(nobody, row["id"], given)
        assert changed["metadetails"] == {"new": "1", ZONE: "wins"}
        assert given == {"metadata": {"new": "1", ZONE: "loses"}, ZONE: "wins"}
        assert api.aggregate_update(nobody, row["id"], {"metadata": {}, ZONE: "z"})["metadetails"] == {ZONE: "z"}

    def test_all_or_nothing(self, nobody: RequestContext, statements: list[str]) -> None:
        row = make("a", k="v", availability_zone="z")
        values: Any
        for values in ({ZONE: None}, {ZONE: None, "metadata": {"k": "w"}}, {"metadata": {"new": None}}):
            with pytest.raises(DBError):
                api.aggregate_update(nobody, row["id"], {"name": "b", **values})
        statements.clear()
        for values in ({ZONE: "z" * 256}, {"metadata": {"k": b"w"}}):
            with pytest.raises(DBDataError):
                api.aggregate_update(nobody, row["id"], {"name": "b", **values})
        assert statements == []
        with pytest.raises(DBDataError):
            api.aggregate_update(nobody, row["id"], {"name": "b" * 256, ZONE: "new"})
        assert api.aggregate_get(nobody, row["id"]) == row


class TestDelete:
    def test_one(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", ("h",), k="v", gone="x"), make("b", ("h",), k="v")
        api.aggregate_metadata_delete(nobody, row["id"], "gone")
        hosts = stored("aggregate_hosts")
        timeutils.advance_time_seconds(5)
        assert api.aggregate_delete(nobody, aggregate_id=row["id"]) is None
        [deleted, _] = stored("aggregates")
        assert deleted["deleted"] == row["id"]
        assert (deleted["deleted_at"], deleted["updated_at"]) == (timeutils.utcnow(), None)
        assert stored("aggregate_hosts") == hosts
        [pair, gone, _] = stored("aggregate_metadata")
        assert (pair["deleted"], pair["deleted_at"]) == (pair["id"], timeutils.utcnow())
        assert gone["deleted_at"] == stopped_clock
        assert api.aggregate_get_all(nobody) == [other]

    def test_a_missing_one(self, nobody: RequestContext) -> None:
        row, other = make("a", k="v"), make("b")
        with pytest.raises(AggregateNotFound):
            api.aggregate_delete(anybody("only"), row["id"])
        api.aggregate_delete(nobody, row["id"])
        for no_id in (row["id"], 0, *NO_IDS):
            with pytest.raises(AggregateNotFound) as missing:
                api.aggregate_delete(nobody, no_id)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "aggregate_id": no_id}
        for read_deleted in ("yes", "only"):
            api.aggregate_delete(anybody(read_deleted), row["id"])
        assert api.aggregate_get_all(nobody) == [other]


class TestHosts:
    def test_add(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a"), make("b")
        assert api.aggregate_host_add(nobody, aggregate_id=str(row["id"]), host="é") is None  # type: ignore[arg-type]
        api.aggregate_host_add(nobody, other["id"], "é")
        api.aggregate_host_add(nobody, row["id"], 5)  # type: ignore[arg-type]
        common = {"created_at": stopped_clock, **COMMON}
        assert [{**host, "id": 0} for host in stored("aggregate_hosts")] == [
            {"id": 0, "host": "é", "aggregate_id": row["id"], **common},
            {"id": 0, "host": "é", "aggregate_id": other["id"], **common},
            {"id": 0, "host": "5", "aggregate_id": row["id"], **common},
        ]

    def test_add_again(self, nobody: RequestContext) -> None:
        row = make("a", ("h",))
        with pytest.raises(AggregateHostExists) as twin:
            api.aggregate_host_add(nobody, row["id"], "h")
        assert twin.value.kwargs == {"code": 500, "host": "h", "aggregate_id": row["id"]}
        for host in ("H", "h ", ""):
            api.aggregate_host_add(nobody, row["id"], host)
        for _ in range(3):
            api.aggregate_host_delete(nobody, row["id"], "h")
            api.aggregate_host_add(nobody, row["id"], "h")
        assert api.aggregate_host_get_all(nobody, row["id"]) == ["H", "h ", "", "h"]

    def test_unfit_hosts(self, nobody: RequestContext, statements: list[str]) -> None:
        row = make()
        statements.clear()
        for host in ("h" * 256, b"h", "a\x00b", ["h"]):
            with pytest.raises(DBDataError):
                api.aggregate_host_add(nobody, row["id"], host)  # type: ignore[arg-type]
        assert statements == []

    def test_none_is_a_host(self, nobody: RequestContext) -> None:
        row = make("a", (None, "h", None))
        assert api.aggregate_host_get_all(nobody, row["id"]) == [None, "h", None]
        api.aggregate_host_delete(nobody, row["id"], None)  # type: ignore[arg-type]
        assert api.aggregate_host_get_all(nobody, row["id"]) == ["h"]

    def test_delete(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row, other = make("a", ("h", "i")), make("b", ("h",))
        assert api.aggregate_host_delete(nobody, aggregate_id=row["id"], host="h") is None
        [deleted, *rest] = stored("aggregate_hosts")
        assert deleted["deleted"] == deleted["id"]
        assert (deleted["deleted_at"], deleted["updated_at"]) == (stopped_clock, None)
        assert [host["deleted"] for host in rest] == [0, 0]
        assert api.aggregate_get(nobody, other["id"]) == other
        for host in ("h", "I", "zork", None):
            with pytest.raises(AggregateHostNotFound) as missing:
                api.aggregate_host_delete(nobody, row["id"], host)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "aggregate_id": row["id"], "host": host}
        api.aggregate_host_delete(anybody("yes"), row["id"], "h")

    def test_get_all(self, nobody: RequestContext) -> None:
        row = spoiled()
        assert api.aggregate_host_get_all(nobody, row["id"]) == ["back"]
        assert api.aggregate_host_get_all(anybody("yes"), row["id"]) == ["gone", "back", "back", "back"]
        assert api.aggregate_host_get_all(nobody, make("empty")["id"]) == []
        api.aggregate_delete(nobody, row["id"])
        # A deleted aggregate keeps its rows.
        assert api.aggregate_host_get_all(anybody("only"), row["id"]) == ["gone", "back", "back"]

    def test_a_missing_aggregate(self, nobody: RequestContext) -> None:
        gone, live = make("a", ("h",)), make("b", ("h",))
        api.aggregate_delete(nobody, gone["id"])
        rows = stored("aggregate_hosts")
        for no_id in (gone["id"], 0, *NO_IDS):
            call: Any
            for call in (
                lambda aggregate_id: api.aggregate_host_add(nobody, aggregate_id, "new"),
                lambda aggregate_id: api.aggregate_host_delete(nobody, aggregate_id, "h"),
                lambda aggregate_id: api.aggregate_host_get_all(nobody, aggregate_id),
            ):
                with pytest.raises(AggregateNotFound) as missing:
                    call(no_id)
                assert missing.value.kwargs == {"code": 404, "aggregate_id": no_id}
        for call in (api.aggregate_host_add, api.aggregate_host_delete):
            with pytest.raises(AggregateNotFound):
                call(anybody("only"), live["id"], "h")
        assert stored("aggregate_hosts") == rows

    def test_deleted_hosts_are_deleted_again(self, nobody: RequestContext) -> None:
        row = make("a", ("h",))
        soft_delete("aggregate_hosts", stored("aggregate_hosts")[0]["id"])
        with pytest.raises(AggregateHostNotFound):
            api.aggregate_host_delete(nobody, row["id"], "h")
        api.aggregate_host_delete(anybody("yes"), row["id"], "h")
        assert stored("aggregate_hosts")[0]["deleted_at"] is not None


def test_inside_a_transaction(nobody: RequestContext) -> None:
    """What raises leaves nothing of itself, and the caller goes on."""
    other = make("b")
    with rawdb.writer.using(nobody):
        row = api.aggregate_create(nobody, {"name": "a"}, {"k": "v"})
        api.aggregate_host_add(nobody, row["id"], "h")
        with pytest.raises(AggregateHostExists):
            api.aggregate_host_add(nobody, row["id"], "h")
        with pytest.raises(AggregateNameExists):
            api.aggregate_create(nobody, {"name": "a"})
        with pytest.raises(AggregateNameExists):
            api.aggregate_update(nobody, other["id"], {"name": "a", "metadata": {"k": "v"}})
        with pytest.raises(DBError):
            api.aggregate_update(nobody, row["id"], {"name": "c", ZONE: None})
        api.aggregate_host_add(nobody, row["id"], "i")
        shown = api.aggregate_get(nobody, row["id"])
    assert (shown["name"], shown["hosts"], shown["metadetails"]) == ("a", ["h", "i"], {"k": "v"})
    assert api.aggregate_get_all(nobody) == [other, shown]
    with pytest.raises(ZeroDivisionError), rawdb.writer.using(nobody):
        api.aggregate_delete(nobody, row["id"])
        raise ZeroDivisionError
    assert pairs(row["id"]) == [("k", "v", True)]


def test_round_trips(nobody: RequestContext, statements: list[str]) -> None:
    lock = "quota_reserve__lock"
    row = make("a", ("h",), k="v")
    assert statements == [
        *("BEGIN", lock, "aggregate_create__named", "aggregate_create", "aggregate_metadata_add", "COMMIT"),
        *("aggregate_host_add", "aggregate_get"),
    ]
    statements.clear()
    api.aggregate_get_all(nobody)
    api.aggregate_get_by_host(nobody, "h", "k")
    api.aggregate_host_get_all(nobody, row["id"])
    api.aggregate_host_delete(nobody, row["id"], "h")
    assert statements == [
        *("aggregate_get_all", "aggregate_get_by_host", "aggregate_host_get_all", "aggregate_host_delete")
    ]
    for values, sent in (
        ({}, []),
        ({"name": "b"}, ["aggregate_create__named", "aggregate_update"]),
        ({ZONE: "z"}, ["aggregate_metadata_add"]),
        ({"metadata": {"k": "w"}}, ["aggregate_metadata_add__remove", "aggregate_metadata_add"]),
        ({"metadata": {}}, ["aggregate_metadata_add__remove"]),
    ):
        statements.clear()
        api.aggregate_update(nobody, row["id"], values)
        assert statements == ["BEGIN", lock, "aggregate_get", *sent, "aggregate_get", "COMMIT"]
    statements.clear()
    api.aggregate_delete(nobody, row["id"])
    assert statements == ["BEGIN", lock, "aggregate_delete", "aggregate_delete__metadata", "COMMIT"]
