"""Snapshots of shares, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import AdminRequired, DBDataError, DBDuplicateEntry, DBError, NotAuthorized, ShareSnapshotNotFound
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import option, without
from tests.operations.share_helpers import COMMON, by_id, member, share, snapshot
from tests.operations.share_network_helpers import ids, is_missing, refuses_strangers
from tests.support.rows import there


def is_not_found(call: Any, *unknown: Any) -> None:
    is_missing(ShareSnapshotNotFound, call, "snapshot_id", *unknown)


def parent(share_id: str) -> dict[str, Any]:
    """A share as its snapshots show it."""
    return without(api.share_get(member("yes"), share_id), "share_metadata", "volume_type")


class TestCreate:
    def test_the_least(self, context: RequestContext, stopped_clock: datetime) -> None:
        values: dict[str, Any] = {"share_id": "no-share", "project_id": "fake-project", "zork": 1, "deleted": None}
        row = api.share_snapshot_create(context, values)
        unset = ("user_id", "size", "status", "progress", "display_name", "display_description", "share_size")
        columns = {
            **dict.fromkeys((*unset, "share_proto", "export_location")),
            "id": values["id"],
            "share_id": "no-share",
            "project_id": "fake-project",
            "created_at": stopped_clock,
            **COMMON,
        }
        names = {"name": f"share-snapshot-{row['id']}", "share_name": "share-no-share", "share": None}
        assert row == {**columns, **names}
        assert stored("share_snapshots") == [columns]
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert api.share_snapshot_get(context, row["id"]) == row

    def test_of_a_share(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s", host="h", metadata={"k": "v"}), share(id="other")
        row = api.share_snapshot_create(
            context, MappingProxyType({"id": "n", "share_id": "s", "project_id": "fake-project", "size": "3"})
        )
        assert (row["id"], row["size"], there(row["share"])["host"]) == ("n", 3, "h")
        assert row["share"] == parent("s")
        with option(share_name_template="s_%s", share_snapshot_name_template="n_%s"):
            found = api.share_snapshot_get(context, "n")
            assert (found["name"], found["share_name"], there(found["share"])["name"]) == ("n_n", "s_s", "s_s")

    def test_for_another_project(self, context: RequestContext) -> None:
        for project_id in ("other", None):
            row = api.share_snapshot_create(context, {"share_id": "s", "project_id": project_id})
            assert row["project_id"] == project_id
            with pytest.raises(ShareSnapshotNotFound):
                api.share_snapshot_get(context, row["id"])
        row = api.share_snapshot_create(context, {"share_id": "s", "deleted": "n", "id": "n"})
        assert (row["deleted"], row["share"]) == ("n", None)

    def test_unfit(self, context: RequestContext) -> None:
        snapshot(id="taken")
        api.share_snapshot_destroy(context, "taken")
        with pytest.raises(DBDuplicateEntry):
            snapshot(id="taken")
        for bad in (
            {"share_id": None},
            {"share_id": "s" * 37},
            {"size": "x"},
            {"progress": ["1"]},
            {"share_size": 2**31},
        ):
            with pytest.raises(DBError):
                snapshot(**bad)
        assert ids(stored("share_snapshots")) == ["taken"]


class TestReads:
    def test_the_share_of_a_snapshot(self, context: RequestContext) -> None:
        share(id="s", host="h", volume_type_id="t")
        snapshot(id="n"), snapshot(id="gone"), snapshot(id="orphan", share_id="S")
        api.share_snapshot_destroy(context, "gone")
        api.share_delete(context, "s")
        # A deleted share goes on being shown, though not by a deleted snapshot.
        assert api.share_snapshot_get(context, "n")["share"] == parent("s")
        assert parent("s")["deleted"] == "s"
        gone = api.share_snapshot_get(member("yes"), "gone")
        assert (gone["share"], gone["share_name"], gone["status"]) == (None, "share-s", "deleted")
        assert api.share_snapshot_get(context, "orphan")["share"] is None
        listed = by_id(api.share_snapshot_get_all(get_admin_context("yes")))
        assert {key: row["share"] and row["share"]["host"] for key, row in listed.items()} == {
            "n": "h", "gone": None, "orphan": None
        }  # fmt: skip

    def test_get_is_scoped(self, context: RequestContext) -> None:
        snapshot(id="n"), snapshot(id="theirs", project_id="other"), snapshot(id="nobody's", project_id=None)
        snapshot(id="gone")
        api.share_snapshot_destroy(context, "gone")
        is_not_found(
            lambda snapshot_id: api.share_snapshot_get(context, snapshot_id), "theirs", "nobody's", "gone", "N", "n "
        )
        for name in ("n", "theirs", "nobody's"):
            assert api.share_snapshot_get(get_admin_context(), name)["id"] == name
        assert api.share_snapshot_get(member(project_id="other"), "theirs")["id"] == "theirs"
        assert api.share_snapshot_get(member("only"), "gone")["deleted"] == "gone"
        with pytest.raises(ShareSnapshotNotFound):
            api.share_snapshot_get(member("only"), "n")

    def test_lists(self, context: RequestContext, stopped_clock: datetime) -> None:
        admin = get_admin_context()
        snapshot(id="b"), snapshot(id="a")
        timeutils.advance_time_seconds(1)
        snapshot(id="0"), snapshot(id="gone"), snapshot(id="theirs", project_id="other")
        snapshot(id="null", project_id=None), snapshot(id="of another", share_id="S")
        api.share_snapshot_destroy(context, "gone")
        everything = ["a", "b", "0", "gone", "null", "of another", "theirs"]
        assert ids(api.share_snapshot_get_all(admin.elevated("yes"))) == everything
        assert ids(api.share_snapshot_get_all(admin.elevated("only"))) == ["gone"]
        found = api.share_snapshot_get_all(admin)
        assert ids(found) == [name for name in everything if name != "gone"]
        assert found[0] == api.share_snapshot_get(context, "a")

        by_project = api.share_snapshot_get_all_by_project
        assert ids(by_project(context, "fake-project")) == ["a", "b", "0", "of another"]
        assert ids(by_project(member("yes"), "fake-project")) == ["a", "b", "0", "gone", "of another"]
        assert ids(by_project(member("only"), "fake-project")) == ["gone"]
        assert ids(by_project(admin, "other")) == ["theirs"]
        assert ids(by_project(admin, None)) == ["null"]  # type: ignore[arg-type]
        assert by_project(admin, "Other") == by_project(admin, 2**70) == []  # type: ignore[arg-type]
        for another in ("other", None, "Fake-project"):
            with pytest.raises(NotAuthorized):
                by_project(context, another)  # type: ignore[arg-type]

        for_share = api.share_snapshot_get_all_for_share
        for read_deleted in ("no", "yes", "only"):
            assert ids(for_share(member(read_deleted), "s")) == ["a", "b", "0"]
            assert ids(for_share(get_admin_context(read_deleted), "s")) == ["a", "b", "0", "null", "theirs"]
        assert ids(for_share(member(project_id="other"), "s")) == ["theirs"]
        assert for_share(member(project_id="third"), "s") == for_share(context, None) == for_share(context, 2**70) == []  # type: ignore[arg-type]

    def test_guards(self, statements: list[str]) -> None:
        refuses_strangers(
            statements,
            lambda context: api.share_snapshot_create(context, {}),
            lambda context: api.share_snapshot_get(context, "n"),
            api.share_snapshot_get_all,
            lambda context: api.share_snapshot_get_all_by_project(context, "fake-project"),
            lambda context: api.share_snapshot_get_all_for_share(context, "s"),
            lambda context: api.share_snapshot_update(context, "n", {}),
            lambda context: api.share_snapshot_destroy(context, "n"),
            lambda context: api.share_snapshot_data_get_for_project(context, "fake-project"),
            lambda context: api.snapshot_data_get_for_project(context, "fake-project"),
        )
        call: Any
        for call in (
            api.share_snapshot_get_all,
            lambda context: api.snapshot_data_get_for_project(context, "fake-project"),
        ):
            with pytest.raises(AdminRequired):
                call(member())
        for call in (api.share_snapshot_get_all_by_project, api.share_snapshot_data_get_for_project):
            with pytest.raises(NotAuthorized):
                call(member(), "other")
        assert statements == []


class TestUpdate:
    def test_columns(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s")
        snapshot(id="n", status="creating"), snapshot(id="twin", status="creating")
        before = by_id(stored("share_snapshots"))
        timeutils.advance_time_seconds(5)
        values: MappingProxyType[str, Any] = MappingProxyType(
            {"status": "available", "progress": 100, "size": None, "zork": 1, "share": {}}
        )
        row = api.share_snapshot_update(context, "n", values)
        changes = {"status": "available", "progress": "100", "size": None, "updated_at": timeutils.utcnow()}
        assert by_id(stored("share_snapshots")) == {**before, "n": {**before["n"], **changes}}
        assert row == api.share_snapshot_get(context, "n")
        assert row["share"] == parent("s")
        # What takes it out of sight is returned all the same.
        assert api.share_snapshot_update(context, "n", {"project_id": "other"})["project_id"] == "other"
        row = api.share_snapshot_update(get_admin_context(), "n", {"deleted": "n", "project_id": "fake-project"})
        assert (row["deleted"], row["share"]) == ("n", None)
        assert api.share_snapshot_update(member("only"), "n", {"deleted": "False", "id": "m"})["id"] == "m"
        assert api.share_snapshot_get(context, "m")["deleted"] == "False"

    def test_missing_and_unfit(self, context: RequestContext) -> None:
        snapshot(id="n"), snapshot(id="theirs", project_id="other"), snapshot(id="gone")
        api.share_snapshot_destroy(context, "gone")
        before = stored("share_snapshots")
        is_not_found(lambda snapshot_id: api.share_snapshot_update(context, snapshot_id, {"size": 2}), "theirs", "gone")
        with pytest.raises(ShareSnapshotNotFound):
            api.share_snapshot_update(member("only"), "n", {"size": 2})
        for bad in ({"size": "x"}, {"share_id": None}, {"status": "s" * 256}, {"display_name": b"n"}):
            with pytest.raises(DBError):
                api.share_snapshot_update(context, "n", {"progress": "1%", **bad})
        assert stored("share_snapshots") == before
        assert api.share_snapshot_update(get_admin_context(), "theirs", {"size": 2})["size"] == 2


class TestDestroy:
    def test_one_of_any_project(self, context: RequestContext, stopped_clock: datetime) -> None:
        share(id="s")
        snapshot(id="n", project_id="other", status="available"), snapshot(id="twin", project_id="other")
        before = by_id(stored("share_snapshots"))
        timeutils.advance_time_seconds(5)
        assert api.share_snapshot_destroy(context, "n") is None
        gone = {**before["n"], "status": "deleted", "deleted": "n", "deleted_at": timeutils.utcnow()}
        assert by_id(stored("share_snapshots")) == {**before, "n": gone}
        assert stored("shares")[0]["deleted"] == "False"
        timeutils.advance_time_seconds(5)
        for read_deleted in ("no", "yes", "only"):
            is_not_found(lambda name, how=read_deleted: api.share_snapshot_destroy(member(how), name), "n")
        assert by_id(stored("share_snapshots")) == {**before, "n": gone}
        api.share_snapshot_destroy(member("only"), "twin")
        assert {row["deleted"] for row in stored("share_snapshots")} == {"n", "twin"}

    def test_one_of_many_at_once(self, context: RequestContext) -> None:
        snapshot(id="n")
        results = together(*[lambda: api.share_snapshot_destroy(member(), "n") for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["NoneType", *["ShareSnapshotNotFound"] * 4]


class TestCounts:
    def test_live_ones_by_two_sizes(self, admin_context: RequestContext) -> None:
        for number, (size, share_size, user) in enumerate(
            [(1, 10, "u"), (2, 20, "u"), (None, None, "u"), (4, 40, None)]
        ):
            snapshot(id=str(number), project_id="p", user_id=user, size=size, share_size=share_size, status="error")
        snapshot(project_id="P", user_id="u", size=100, share_size=1000)
        snapshot(project_id=None, user_id="u", size=200, share_size=2000)
        snapshot(id="gone", project_id="p", user_id="u", size=300, share_size=3000)
        api.share_snapshot_destroy(admin_context, "gone")
        own, of_shares = api.snapshot_data_get_for_project, api.share_snapshot_data_get_for_project
        for asker in (admin_context, admin_context.elevated("yes"), admin_context.elevated("only")):
            assert of_shares(asker, "p") == (4, 70)
            assert own(asker, "p") == (4, 7)
            assert own(asker, "p", user_id="u") == (3, 3)
        assert of_shares(member(project_id="p"), "p") == (4, 70)
        assert own(admin_context, "p", user_id="") == own(admin_context, "p", user_id=None) == (4, 7)
        assert own(admin_context, "asdf") == of_shares(admin_context, "asdf") == own(admin_context, "p", user_id="w")
        assert own(admin_context, "asdf") == (0, 0)
        assert (own(admin_context, None), of_shares(admin_context, None)) == ((1, 200), (1, 2000))  # type: ignore[arg-type]
        assert {type(each) for each in (*own(admin_context, "p"), *of_shares(admin_context, "p"))} == {int}
        for count in (own, of_shares):
            with pytest.raises(DBDataError):
                count(admin_context, ["p"])  # type: ignore[arg-type]

    def test_in_an_open_transaction(self, admin_context: RequestContext) -> None:
        snapshot(id="n", project_id="p", size=3, share_size=4)
        with rawdb.writer.using(admin_context) as session:
            session.share_snapshot_destroy(snapshot_id="n")
            for count, before in (
                (api.snapshot_data_get_for_project, (1, 3)),
                (api.share_snapshot_data_get_for_project, (1, 4)),
            ):
                assert count(get_admin_context(), "p", session) == (0, 0)
                assert count(get_admin_context(), "p") == before


def test_lists_begin_with_what_has_no_time_of_creation(admin_context: RequestContext) -> None:
    for number in (1, 2):
        snapshot(id=f"n{number}")
    api.share_snapshot_update(admin_context, "n2", {"created_at": None})
    lists = (
        api.share_snapshot_get_all(admin_context),
        api.share_snapshot_get_all_by_project(admin_context, "fake-project"),
        api.share_snapshot_get_all_for_share(admin_context, "s"),
    )
    assert [ids(found) for found in lists] == [["n2", "n1"]] * len(lists)


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    """As the docstrings say."""
    snapshot(id="n")
    assert statements == ["BEGIN", "share_snapshot_create", "share_snapshot_get", "COMMIT"]
    statements.clear()
    api.share_snapshot_get(context, "n")
    api.share_snapshot_get_all_for_share(context, "s")
    assert statements == ["share_snapshot_get", "share_snapshot_get_all_for_share"]
    statements.clear()
    api.share_snapshot_update(context, "n", {})
    assert statements == ["BEGIN", "share_snapshot_update", "share_snapshot_get", "COMMIT"]
    statements.clear()
    api.share_snapshot_destroy(context, "n")
    assert statements == ["share_snapshot_destroy"]
