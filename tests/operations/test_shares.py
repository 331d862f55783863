"""Shares, access rules and metadata, through rawdb.api, on every dialect."""

from __future__ import annotations

import inspect
import uuid
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    DBError,
    NotFound,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import NASTY, insert, option
from tests.operations.share_helpers import COMMON, by_id, kind, member, share, snapshot
from tests.operations.share_network_helpers import ids, is_missing, refuses_strangers
from tests.support.rows import there

#: Every column of shares that says nothing of its own accord.
UNSET = dict.fromkeys(
    (
        *("user_id", "project_id", "host", "size", "availability_zone", "status", "scheduled_at", "launched_at"),
        *("terminated_at", "display_name", "display_description", "snapshot_id", "share_proto", "export_location"),
        *("share_network_id", "volume_type_id", "share_server_id"),
    )
)


def metadata_rows(share_id: str = "s", deleted: bool = False) -> dict[str, Any]:
    """The metadata of a share as stored, live or deleted: rows by key."""
    rows = [row for row in stored("share_metadata") if row["share_id"] == share_id]
    return {row["key"]: row for row in rows if bool(row["deleted"]) is deleted}


class TestCreate:
    def test_the_least(self, context: RequestContext, stopped_clock: datetime) -> None:
        values: dict[str, Any] = {"zork": 1, "share_metadata": [1], "created_at": None, "deleted": None}
        row = api.share_create(context, values)
        columns = {**UNSET, "id": values["id"], "created_at": stopped_clock, **COMMON}
        assert row == {**columns, "name": f"share-{row['id']}", "share_metadata": [], "volume_type": None}
        assert stored("shares") == [columns]
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert api.share_get(context, row["id"]) == row
        assert values == {"zork": 1, "share_metadata": [1], "created_at": None, "deleted": None, "id": row["id"]}

    def test_ids(self, context: RequestContext) -> None:
        given: dict[str, Any] = {"id": "mine"}
        assert api.share_create(context, given)["name"] == "share-mine"
        assert given == {"id": "mine"}
        for empty in ("", None, 0):
            given = {"id": empty}
            assert api.share_create(context, given)["id"] == given["id"] != empty
        assert len(api.share_create(context, MappingProxyType({}))["id"]) == 36
        api.share_delete(context, "mine")
        with pytest.raises(DBDuplicateEntry):
            share(id="mine")
        assert len(stored("shares")) == 5

    def test_with_everything(self, context: RequestContext, stopped_clock: datetime) -> None:
        kind(id="t", name="gold", extra_specs={"k": "v"}), kind(id="other", name="silver")
        values: dict[str, Any] = {
            **dict.fromkeys(UNSET, "x"),
            "size": "5",
            "scheduled_at": "2026-01-02T03:04:05+01:00",
            "launched_at": datetime.fromisoformat("2026-01-02T03:04:05.123456"),
            "terminated_at": None,
            "volume_type_id": "t",
            "display_name": 7,
            "metadata": {"b": 5, 3: True, "a": "".join(NASTY[:-1])},
        }
        row = api.share_create(context, values)
        assert (row["size"], row["display_name"], row["status"]) == (5, "7", "x")
        assert row["scheduled_at"] == datetime.fromisoformat("2026-01-02T02:04:05")
        assert row["launched_at"] == values["launched_at"]
        assert row["volume_type"] == by_id(stored("volume_types"))["t"]
        assert row["share_metadata"] == stored("share_metadata")
        assert [(each["key"], each["value"]) for each in row["share_metadata"]] == [
            ("3", "True"), ("a", "".join(NASTY[:-1])), ("b", "5"),
        ]  # fmt: skip
        for each in row["share_metadata"]:
            assert each == {
                **{key: each[key] for key in ("id", "key", "value")},
                "share_id": row["id"],
                "created_at": stopped_clock,
                **COMMON,
                "deleted": 0,
            }
        assert values["metadata"]["b"] == 5
        assert api.share_get(context, row["id"]) == row

    def test_all_or_nothing(self, context: RequestContext) -> None:
        for bad in (
            {"metadata": {"a": "1", "b": None}},
            {"metadata": {None: "1"}},
            {"metadata": {"k" * 256: "1"}},
            {"metadata": {"k": "v" * 1024}},
            {"metadata": {"k": ["v"]}},
            {"size": "much"},
            {"size": 2**31},
            {"display_name": "n" * 256},
            {"id": "i" * 37},
            {"host": b"h"},
        ):
            given = dict(bad)
            with pytest.raises(DBError):
                api.share_create(context, given)
            assert given == bad
        with pytest.raises(ValueError, match="asdf"):
            share(scheduled_at="asdf")
        assert stored("shares") == stored("share_metadata") == []

    def test_nothing_is_looked_up(self, context: RequestContext) -> None:
        row = share(volume_type_id="no", snapshot_id="no", share_network_id="no", share_server_id="no")
        assert (row["volume_type_id"], row["volume_type"]) == ("no", None)


class TestReads:
    def test_relations(self, context: RequestContext, stopped_clock: datetime) -> None:
        kind(id="t", name="gold")
        share(id="s", volume_type_id="t", metadata={"b": "1", "a": "2", "gone": "3"})
        share(id="twin", volume_type_id="t", metadata={"a": "twin's"}), share(id="bare")
        api.share_metadata_delete(context, "s", "gone")
        insert("share_metadata", share_id="s", key="early", value="x", created_at="2020-01-01", deleted=0)
        found = api.share_get(context, "s")
        assert [row["key"] for row in found["share_metadata"]] == ["early", "a", "b"]
        assert found["share_metadata"][1:] == [metadata_rows()["a"], metadata_rows()["b"]]
        assert found["volume_type"] == stored("volume_types")[0]
        listed = by_id(api.share_get_all(get_admin_context()))
        assert listed["s"] == found
        assert listed["bare"]["share_metadata"] == []
        assert [row["value"] for row in listed["twin"]["share_metadata"]] == ["twin's"]
        with option(share_name_template="vol_%s"):
            assert api.share_get(context, "s")["name"] == "vol_s"
        # A type that is gone is not shown; a deleted share has no live metadata, but a live type.
        api.share_delete(context, "s")
        gone = api.share_get(member("yes"), "s")
        assert (gone["share_metadata"], gone["volume_type"]) == ([], found["volume_type"])
        assert api.share_get(member("only"), "s") == gone
        api.share_delete(context, "twin")
        api.volume_type_destroy(get_admin_context(), "t")
        assert api.share_get(member("yes"), "twin")["volume_type"] is None

    def test_get_follows_read_deleted(self, context: RequestContext) -> None:
        share(id="s"), share(id="gone")
        api.share_delete(context, "gone")
        is_missing(NotFound, lambda share_id: api.share_get(context, share_id), None, "gone", "S", "s ")
        with pytest.raises(NotFound):
            api.share_get(member("only"), "s")
        assert api.share_get(member("only"), "gone")["status"] == "deleted"
        assert api.share_get(member("yes", "other-project"), "s")["id"] == "s"

    def test_much_metadata_before_none(self, context: RequestContext, stopped_clock: datetime) -> None:
        for share_id in "abc":
            api.share_create(context, {"id": share_id, "project_id": "p"})
        pairs = {f"key {number}": "x" * 1000 for number in range(10)}
        api.share_metadata_update(context, "b", pairs, True)
        for listed in (api.share_get_all(get_admin_context()), api.share_get_all_by_project(context, "p")):
            assert [len(share["share_metadata"]) for share in listed] == [0, 10, 0]

    def test_lists(self, context: RequestContext, stopped_clock: datetime) -> None:
        admin = get_admin_context()
        mine = {"host": "h", "share_server_id": "e", "project_id": "p"}
        share(id="b", **mine), share(id="a", **mine)
        timeutils.advance_time_seconds(1)
        share(id="0", **mine), share(id="gone", **mine)
        share(id="other", host="H", share_server_id="E", project_id="P")
        share(id="none", host=None, share_server_id=None, project_id=None)
        api.share_delete(context, "gone")
        assert ids(api.share_get_all(admin)) == ["a", "b", "0", "none", "other"]
        assert ids(api.share_get_all(admin.elevated("yes"))) == ["a", "b", "0", "gone", "none", "other"]
        assert ids(api.share_get_all(admin.elevated("only"))) == ["gone"]
        for listing, asker, key in (
            (api.share_get_all_by_host, admin, "h"),
            (api.share_get_all_by_project, context, "p"),
            (api.share_get_all_by_share_server, context, "e"),
        ):
            found = listing(asker, key)
            assert ids(found) == ["a", "b", "0"]
            assert found[0] == api.share_get(context, "a")
            assert ids(listing(asker.elevated("yes"), key)) == ["a", "b", "0", "gone"]
            assert ids(listing(asker.elevated("only"), key)) == ["gone"]
            assert ids(listing(asker, None)) == ["none"]  # type: ignore[arg-type]
            for nothing in ("asdf", "", f"{key} ", 2**70):
                assert listing(asker, nothing) == []  # type: ignore[arg-type]
            with pytest.raises(DBDataError):
                listing(asker, {"a": 1})  # type: ignore[arg-type]

    def test_guards(self, statements: list[str]) -> None:
        refuses_strangers(
            statements,
            lambda context: api.share_create(context, {}),
            lambda context: api.share_get(context, "s"),
            api.share_get_all,
            lambda context: api.share_get_all_by_host(context, "h"),
            lambda context: api.share_get_all_by_project(context, "p"),
            lambda context: api.share_get_all_by_share_server(context, "e"),
            lambda context: api.share_update(context, "s", {}),
            lambda context: api.share_delete(context, "s"),
            lambda context: api.share_data_get_for_project(context, "p"),
            lambda context: api.share_access_create(context, {}),
            lambda context: api.share_access_get(context, "a"),
            lambda context: api.share_access_get_all_for_share(context, "s"),
            lambda context: api.share_access_get_all_by_type_and_access(context, "s", "ip", "x"),
            lambda context: api.share_access_update(context, "a", {}),
            lambda context: api.share_access_delete(context, "a"),
            lambda context: api.share_metadata_get(context, "s"),
            lambda context: api.share_metadata_update(context, "s", {}, False),
            lambda context: api.share_metadata_delete(context, "s", "k"),
        )
        for call in (
            api.share_get_all,
            lambda context: api.share_get_all_by_host(context, "h"),
            lambda context: api.share_data_get_for_project(context, "fake-project"),
        ):
            with pytest.raises(AdminRequired):
                call(member())
        assert statements == []


class TestUpdate:
    def test_columns(self, context: RequestContext, stopped_clock: datetime) -> None:
        kind(id="t", name="gold")
        share(id="s", host="h", metadata={"k": "v"}), share(id="other")
        before = by_id(stored("shares"))
        timeutils.advance_time_seconds(5)
        values: MappingProxyType[str, Any] = MappingProxyType(
            {"host": None, "size": "7", "volume_type_id": "t", "metadata": {}, "zork": 1}
        )
        row = api.share_update(context, "s", values)
        changes = {"host": None, "size": 7, "volume_type_id": "t", "updated_at": timeutils.utcnow()}
        assert by_id(stored("shares")) == {**before, "s": {**before["s"], **changes}}
        assert row == api.share_get(context, "s")
        assert (there(row["volume_type"])["name"], row["share_metadata"][0]["value"]) == ("gold", "v")
        assert api.share_update(context, "s", {"metadata": {"k": "new"}})["share_metadata"] == row["share_metadata"]
        # Anybody may, and every column.
        moment = datetime.fromisoformat("2020-01-01T00:00:00")
        ours = {"updated_at": moment, "created_at": moment, "status": "error"}
        row = api.share_update(member(project_id="other-project"), "s", ours)
        assert row == {**row, **ours}
        row = api.share_update(context, "s", {"deleted": "s", "deleted_at": moment})
        assert (row["deleted"], row["deleted_at"]) == ("s", moment)
        assert api.share_update(member("only"), "s", {"id": "s2", "deleted": "False"})["id"] == "s2"
        assert api.share_get(context, "s2")["deleted"] == "False"

    def test_missing_and_unfit(self, context: RequestContext) -> None:
        share(id="s"), share(id="gone")
        api.share_delete(context, "gone")
        before = stored("shares")
        is_missing(NotFound, lambda share_id: api.share_update(context, share_id, {"size": 9}), None, "gone")
        with pytest.raises(NotFound):
            api.share_update(member("only"), "s", {"size": 9})
        for bad in ({"size": "much"}, {"host": "h" * 256}, {"status": ["x"]}, {"id": None}):
            with pytest.raises(DBError):
                api.share_update(context, "s", {"display_name": "new", **bad})
        with pytest.raises(DBDuplicateEntry):
            api.share_update(context, "s", {"id": "gone"})
        assert stored("shares") == before
        assert api.share_update(member("yes"), "gone", {"size": 9})["size"] == 9


class TestDelete:
    def test_one(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s", status="available", metadata={"k": "v", "old": "x"}), share(id="twin", metadata={"k": "v"})
        api.share_access_create(context, {"id": "a", "share_id": "s"}), snapshot(id="n", share_id="s")
        api.share_metadata_delete(context, "s", "old")
        shares, metadata, live = by_id(stored("shares")), by_id(stored("share_metadata")), metadata_rows()["k"]
        timeutils.advance_time_seconds(5)
        assert api.share_delete(member(project_id="other-project"), "s") is None
        now = timeutils.utcnow()
        gone = {**shares["s"], "status": "deleted", "deleted": "s", "deleted_at": now}
        assert by_id(stored("shares")) == {**shares, "s": gone}
        assert by_id(stored("share_metadata")) == {
            **metadata, live["id"]: {**live, "deleted": live["id"], "deleted_at": now}
        }  # fmt: skip
        assert [row["deleted"] for row in stored("share_access_map") + stored("share_snapshots")] == ["False", "False"]

    def test_missing(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s"), share(id="gone", metadata={"k": "v"})
        api.share_delete(context, "gone")
        before = stored("shares"), stored("share_metadata")
        timeutils.advance_time_seconds(5)
        is_missing(NotFound, lambda share_id: api.share_delete(context, share_id), None, "gone")
        with pytest.raises(NotFound):
            api.share_delete(member("only"), "s")
        # One that is deleted and seen is not deleted anew.
        assert api.share_delete(member("yes"), "gone") is api.share_delete(member("only"), "gone") is None
        assert (stored("shares"), stored("share_metadata")) == before

    def test_one_of_many_at_once(self, context: RequestContext) -> None:
        share(id="s")
        results = together(*[lambda: api.share_delete(member(), "s") for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["NoneType", *["NotFound"] * 4]


class TestCount:
    def test_live_ones(self, admin_context: RequestContext) -> None:
        for number, (size, user) in enumerate([(5, "u"), (7, "u"), (None, "u"), (11, "v"), (13, None)]):
            share(id=str(number), project_id="p", user_id=user, size=size, status="error")
        share(project_id="P", user_id="u", size=100), share(project_id=None, user_id="u", size=200)
        share(id="gone", project_id="p", user_id="u", size=1000)
        api.share_delete(admin_context, "gone")
        count = api.share_data_get_for_project
        for asker in (admin_context, admin_context.elevated("yes"), admin_context.elevated("only")):
            assert count(asker, "p") == (5, 36)
            assert count(asker, "p", user_id="u") == (3, 12)
        assert count(admin_context, "p", user_id="") == count(admin_context, "p", user_id=None) == (5, 36)
        assert count(admin_context, "p", user_id="w") == count(admin_context, "asdf") == (0, 0)
        assert count(admin_context, None) == (1, 200)  # type: ignore[arg-type]
        assert [type(each) for each in count(admin_context, "p")] == [int, int]

    def test_in_an_open_transaction(self, admin_context: RequestContext) -> None:
        share(id="s", project_id="p", size=3)
        with rawdb.writer.using(admin_context) as session:
            session.share_delete(id="s")
            assert api.share_data_get_for_project(get_admin_context(), "p", session) == (0, 0)
            assert api.share_data_get_for_project(get_admin_context(), "p") == (1, 3)

    def test_the_signature_is_the_documented_one(self) -> None:
        for operation in (api.share_data_get_for_project, api.snapshot_data_get_for_project):
            assert list(inspect.signature(operation).parameters) == ["context", "project_id", "session"]


class TestAccess:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {"share_id": "no-share", "access_type": "ip", "access_to": 10, "zork": 1, "state": None}
        row = api.share_access_create(context, given)
        assert row == {
            "id": given["id"],
            "share_id": "no-share",
            "access_type": "ip",
            "access_to": "10",
            "state": "new",
            "created_at": stopped_clock,
            **COMMON,
        }
        assert stored("share_access_map") == [row]
        assert str(uuid.UUID(row["id"])) == row["id"]
        twin = api.share_access_create(context, {**given, "id": "mine"})
        assert twin == {**row, "id": "mine"}
        api.share_access_delete(context, "mine")
        with pytest.raises(DBDuplicateEntry):
            api.share_access_create(context, {**given, "id": "mine"})
        for bad in ({}, {"share_id": "s" * 37}, {"share_id": "s", "access_to": "a" * 256}, {"share_id": ["s"]}):
            with pytest.raises(DBError):
                api.share_access_create(context, bad)
        assert len(stored("share_access_map")) == 2

    def test_reads(self, context: RequestContext, stopped_clock: datetime) -> None:
        def make(access_id: str, share_id: str, access_type: Any = "ip", access_to: Any = "10.0.0.1") -> Any:
            values = {"id": access_id, "share_id": share_id, "access_type": access_type, "access_to": access_to}
            return api.share_access_create(context, values)

        make("b", "s"), make("a", "s"), make("sid", "s", "sid"), make("far", "s", access_to="10.0.0.2")
        timeutils.advance_time_seconds(1)
        make("0", "s"), make("gone", "s"), make("theirs", "S"), make("null", "s", None, None)
        api.share_access_delete(context, "gone")
        rows = by_id(stored("share_access_map"))
        assert api.share_access_get(context, "a") == rows["a"]
        is_missing(NotFound, lambda access_id: api.share_access_get(context, access_id), None, "gone", "A")
        assert api.share_access_get(member("only"), "gone") == rows["gone"]
        with pytest.raises(NotFound):
            api.share_access_get(member("only"), "a")
        of_share = api.share_access_get_all_for_share
        assert of_share(context, "s") == [rows[name] for name in ("a", "b", "far", "sid", "0", "null")]
        assert ids(of_share(member("yes"), "s")) == ["a", "b", "far", "sid", "0", "gone", "null"]
        assert ids(of_share(member("only"), "s")) == ["gone"]
        assert of_share(context, None) == of_share(context, 2**70) == of_share(context, "asdf") == []  # type: ignore[arg-type]
        alike = api.share_access_get_all_by_type_and_access
        assert alike(context, "s", "ip", "10.0.0.1") == [rows[name] for name in ("a", "b", "0")]
        assert ids(alike(member("yes"), "s", "ip", "10.0.0.1")) == ["a", "b", "0", "gone"]
        assert ids(alike(member("only"), share_id="s", access_type="ip", access="10.0.0.1")) == ["gone"]
        assert ids(alike(context, "s", None, None)) == ["null"]  # type: ignore[arg-type]
        for nothing in (("s", "IP", "10.0.0.1"), ("s", "ip", "10.0.0.1 "), ("s", "ip", None), ("x", "ip", "10.0.0.1")):
            assert alike(context, *nothing) == []

    def test_update(self, context: RequestContext, stopped_clock: datetime) -> None:
        for name in ("a", "other", "gone"):
            api.share_access_create(context, {"id": name, "share_id": "s"})
        api.share_access_delete(context, "gone")
        before = by_id(stored("share_access_map"))
        timeutils.advance_time_seconds(5)
        row = api.share_access_update(member(project_id="other"), "a", {"state": "any word", "zork": 1})
        assert row == {**before["a"], "state": "any word", "updated_at": timeutils.utcnow()}
        assert by_id(stored("share_access_map")) == {**before, "a": row}
        assert api.share_access_update(context, "a", {"state": None})["state"] is None
        assert api.share_access_update(context, "a", {"deleted": "a"})["deleted"] == "a"
        is_missing(NotFound, lambda access_id: api.share_access_update(context, access_id, {}), None, "gone", "a")
        assert api.share_access_update(member("only"), "a", {"deleted": "False"})["deleted"] == "False"
        with pytest.raises(DBDataError):
            api.share_access_update(context, "a", {"state": "s" * 256})

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        for name in ("a", "other"):
            api.share_access_create(context, {"id": name, "share_id": "s", "state": "active"})
        before = by_id(stored("share_access_map"))
        timeutils.advance_time_seconds(5)
        assert api.share_access_delete(context, "a") is None
        gone = {**before["a"], "state": "deleted", "deleted": "a", "deleted_at": timeutils.utcnow()}
        assert by_id(stored("share_access_map")) == {**before, "a": gone}
        timeutils.advance_time_seconds(5)
        for asker in (context, member("yes"), member("only")):
            for unknown in ("a", "asdf", None, 2**70):
                assert api.share_access_delete(asker, unknown) is None  # type: ignore[arg-type]
        assert by_id(stored("share_access_map")) == {**before, "a": gone}


class TestMetadata:
    def test_get(self, context: RequestContext) -> None:
        share(id="s", metadata={"b": "1", "a": "2", "A": "3", "a ": "4", "gone": "5"})
        share(id="bare"), share(id="twin", metadata={"a": "x"}), share(id="gone", metadata={"a": "x"})
        api.share_metadata_delete(context, "s", "gone")
        api.share_delete(context, "gone")
        for asker in (context, member("yes")):
            assert api.share_metadata_get(asker, "s") == {"A": "3", "a": "2", "a ": "4", "b": "1"}
            assert api.share_metadata_get(asker, "bare") == {}
        is_missing(NotFound, lambda share_id: api.share_metadata_get(context, share_id), None, "gone")
        assert api.share_metadata_get(member("yes"), "gone") == api.share_metadata_get(member("only"), "gone") == {}

    def test_update_merges(self, context: RequestContext, stopped_clock: datetime) -> None:
        (
            share(id="s", metadata={"kept": "1", "same": "2", "new": "3", "back": "4"}),
            share(id="twin", metadata={"new": 0}),
        )
        api.share_metadata_delete(context, "s", "back")
        before, others, the_share = metadata_rows(), metadata_rows("twin"), stored("shares")
        timeutils.advance_time_seconds(5)
        given = {"same": "2", "new": 7, "back": True, "x": "it's"}
        assert api.share_metadata_update(context, "s", given, False) is given
        now, after = timeutils.utcnow(), metadata_rows()
        assert (after["kept"], after["same"]) == (before["kept"], before["same"])
        assert after["new"] == {**before["new"], "value": "7", "updated_at": now}
        assert (after["back"]["value"], after["back"]["created_at"], after["back"]["updated_at"]) == ("True", now, None)
        assert api.share_metadata_get(context, "s") == {
            "back": "True", "kept": "1", "new": "7", "same": "2", "x": "it's"
        }  # fmt: skip
        assert metadata_rows("s", deleted=True)["back"]["value"] == "4"
        assert metadata_rows("twin") == others
        assert stored("shares") == the_share

    def test_update_replaces(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s", metadata={"a": "1", "b": "2", "A": "3"}), share(id="twin", metadata={"b": "x"})
        others, before = metadata_rows("twin"), metadata_rows()
        timeutils.advance_time_seconds(5)
        api.share_metadata_update(context, share="s", metadata={"a": "9", "c": "4"}, delete=True)
        assert api.share_metadata_get(context, "s") == {"a": "9", "c": "4"}
        gone = metadata_rows(deleted=True)
        assert {key: row["deleted"] for key, row in gone.items()} == {"A": before["A"]["id"], "b": before["b"]["id"]}
        assert {row["deleted_at"] for row in gone.values()} == {timeutils.utcnow()}
        assert metadata_rows()["a"]["id"] == before["a"]["id"]
        assert api.share_metadata_update(context, "s", {}, False) == {}
        assert len(metadata_rows()) == 2
        api.share_metadata_update(context, "s", {}, True)
        assert api.share_metadata_get(context, "s") == {}
        api.share_metadata_update(context, "s", {"b": "3"}, True)
        assert api.share_metadata_get(context, "s") == {"b": "3"}
        assert metadata_rows("twin") == others

    def test_update_all_or_nothing(self, context: RequestContext) -> None:
        share(id="s", metadata={"a": "1", "b": "2"}), share(id="gone")
        api.share_delete(context, "gone")
        before = stored("share_metadata"), stored("shares")
        bad: Any
        for bad in ({"c": None}, {None: "x"}, {"k" * 256: "x"}, {"c": "v" * 1024}, {"c": {}}, {b"c": "x"}):
            for delete in (True, False):
                with pytest.raises(DBError):
                    api.share_metadata_update(context, "s", {"a": "9", **bad}, delete)
        is_missing(NotFound, lambda name: api.share_metadata_update(context, name, {"k": "v"}, True), None, "gone")
        with pytest.raises(NotFound):
            api.share_metadata_update(member("only"), "s", {"k": "v"}, True)
        assert (stored("share_metadata"), stored("shares")) == before
        # A deleted share that is seen takes metadata, and stays as it is.
        api.share_metadata_update(member("yes"), "gone", {"k": "v"}, True)
        assert api.share_metadata_get(member("yes"), "gone") == {"k": "v"}
        assert stored("shares") == before[1]

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s", metadata={"a": "1", "A": "2", "b": "3"}), share(id="twin", metadata={"a": "x"}), share(id="gone")
        api.share_delete(context, "gone")
        before = by_id(stored("share_metadata"))
        row = metadata_rows()["a"]
        timeutils.advance_time_seconds(5)
        assert api.share_metadata_delete(context, "s", "a") is None
        gone = {**row, "deleted": row["id"], "deleted_at": timeutils.utcnow()}
        assert by_id(stored("share_metadata")) == {**before, row["id"]: gone}
        timeutils.advance_time_seconds(5)
        for unknown in ("a", "zork", None, 2**70, "b "):
            assert api.share_metadata_delete(context, "s", unknown) is None  # type: ignore[arg-type]
        assert by_id(stored("share_metadata")) == {**before, row["id"]: gone}
        is_missing(NotFound, lambda share_id: api.share_metadata_delete(context, share_id, "b"), None, "gone")
        with pytest.raises(NotFound):
            api.share_metadata_delete(member("only"), "s", "b")
        assert api.share_metadata_delete(member("yes"), "gone", "b") is None
        assert api.share_metadata_get(context, "s") == {"A": "2", "b": "3"}


class TestMetadataAtOnce:
    def test_replacements_do_not_mix(self, context: RequestContext) -> None:
        """Of several replacements one is there in the end, whole."""
        share(id="s", metadata={"first": "x"})
        sets = [{**{f"k{n}": str(own) for n in range(6)}, f"own{own}": "x"} for own in range(6)]
        results = together(
            *[lambda given=given: api.share_metadata_update(member(), "s", given, True) for given in sets]
        )
        assert results == sets
        assert api.share_metadata_get(context, "s") in sets

    def test_merges_add_up(self, context: RequestContext) -> None:
        """Batches of the same keys in other orders: no key twice, nothing lost, and no deadlock comes out."""
        share(id="s")
        keys = [f"k{number}" for number in range(8)]

        def merge(number: int) -> None:
            turned = keys[number:] + keys[:number]
            given = {**dict.fromkeys(turned, str(number)), f"own{number}": "x"}
            api.share_metadata_update(member(), "s", given, False)

        assert together(*[lambda n=n: merge(n) for n in range(6)]) == [None] * 6
        found = api.share_metadata_get(context, "s")
        assert len(found) == len(stored("share_metadata")) == 14
        assert len({found[key] for key in keys}) == 1

    def test_a_deleted_share_has_no_metadata(self, context: RequestContext) -> None:
        """What passed before the delete is deleted with it, what comes behind is refused."""
        for number in range(4):
            name = f"s{number}"
            share(id=name)
            updates = [
                lambda n=n, name=name: api.share_metadata_update(member(), name, {f"k{n}": "v"}, False)
                for n in range(3)
            ]
            *results, deleted = together(*updates, lambda name=name: api.share_delete(member(), name))
            assert deleted is None
            assert {type(result) for result in results} <= {dict, NotFound}
            assert len(metadata_rows(name, deleted=True)) == sum(isinstance(result, dict) for result in results)
            assert metadata_rows(name) == {}


@pytest.mark.parametrize("pairs", ["ab", [("a", "b")], 5])
def test_pairs_that_are_no_dict(context: RequestContext, statements: list[str], pairs: Any) -> None:
    admin = get_admin_context()
    calls = (
        lambda: api.share_create(context, {"metadata": pairs}),
        lambda: api.share_metadata_update(context, "s", pairs, False),
        lambda: api.share_server_backend_details_set(context, "e", pairs),
        lambda: api.volume_type_create(admin, {"extra_specs": pairs}),
        lambda: api.volume_type_extra_specs_update_or_create(context, "t", pairs),
    )
    for call in calls:
        with pytest.raises(TypeError, match="expected a dict of keys and values, got"):
            call()
    assert not {*statements} - {"BEGIN", "ROLLBACK"}


def test_lists_begin_with_what_has_no_time_of_creation(context: RequestContext) -> None:
    for number in (1, 2):
        api.share_create(context, {"id": f"s{number}", "project_id": "p", "host": "h", "share_server_id": "e"})
        api.share_access_create(
            context, {"id": f"a{number}", "share_id": "s", "access_type": "ip", "access_to": "10.0.0.1"}
        )
    api.share_update(context, "s2", {"created_at": None})
    api.share_access_update(context, "a2", {"created_at": None})
    admin = get_admin_context()
    shares = (
        api.share_get_all(admin),
        api.share_get_all_by_host(admin, "h"),
        api.share_get_all_by_project(context, "p"),
        api.share_get_all_by_share_server(context, "e"),
        api.volume_get_active_by_window(context, datetime(2020, 1, 1)),  # noqa: DTZ001
    )
    assert [ids(found) for found in shares] == [["s2", "s1"]] * len(shares)
    rules = (
        api.share_access_get_all_for_share(context, "s"),
        api.share_access_get_all_by_type_and_access(context, "s", "ip", "10.0.0.1"),
    )
    assert [ids(found) for found in rules] == [["a2", "a1"]] * len(rules)


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    """As the docstrings say."""

    def sent(call: Any) -> list[str]:
        statements.clear()
        call()
        return list(statements)

    def written(*names: str) -> list[str]:
        return ["BEGIN", *names, "COMMIT"]

    assert sent(lambda: share(id="s")) == ["share_create"]
    assert sent(lambda: share(id="n", metadata={"a": 1, "b": 2})) == written(
        "share_create", "share_create__metadata", "share_get"
    )
    assert sent(lambda: share(volume_type_id="t")) == written("share_create", "share_get")
    assert sent(lambda: api.share_get(context, "s")) == ["share_get"]
    assert sent(lambda: api.share_get_all_by_project(context, "p")) == ["share_get_all_by_project"]
    assert sent(lambda: api.share_update(context, "s", {"size": 2})) == written("share_update", "share_get")
    assert sent(lambda: api.share_access_create(context, {"id": "a", "share_id": "s"})) == ["share_access_create"]
    assert sent(lambda: api.share_access_update(context, "a", {})) == written("share_access_update", "share_access_get")
    assert sent(lambda: api.share_access_delete(context, "a")) == ["share_access_delete"]
    assert sent(lambda: api.share_metadata_get(context, "s")) == ["share_metadata_get"]
    lock, unlock = "share_metadata_update__lock", "share_metadata_update__unlock"
    assert sent(lambda: api.share_metadata_update(context, "s", {}, False)) == written(lock, unlock)
    assert sent(lambda: api.share_metadata_update(context, "s", {"a": 1}, True)) == written(
        lock, "share_metadata_update__remove", "share_metadata_update", unlock
    )
    assert sent(lambda: api.share_metadata_delete(context, "s", "a")) == ["share_metadata_delete"]
    assert sent(lambda: api.share_metadata_delete(context, "s", "a")) == ["share_metadata_delete", "share_get"]
    assert sent(lambda: api.share_delete(context, "s")) == written("share_delete", "share_delete__metadata")
    assert sent(lambda: api.share_delete(member("yes"), "s")) == written(
        "share_delete", "share_get", "share_delete__metadata"
    )
