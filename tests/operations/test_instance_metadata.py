"""Metadata and system metadata of instances, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBDataError, DBError, Forbidden
from tests.operations.factories import soft_delete, stored, together

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER_INSTANCE = "00000000-0000-4000-8000-000000000001"


class Kind(NamedTuple):
    """Both kinds of metadata behave alike on live rows; each such test runs for both."""

    get: Callable[..., dict[str, Any]]
    update: Callable[..., Any]
    table: str
    statement: str


PLAIN = Kind(api.instance_metadata_get, api.instance_metadata_update, "instance_metadata", "instance_update__metadata_")
SYSTEM = Kind(
    api.instance_system_metadata_get,
    api.instance_system_metadata_update,
    "instance_system_metadata",
    "instance_update__system_metadata_",
)
both = pytest.mark.parametrize("kind", [PLAIN, SYSTEM], ids=["metadata", "system_metadata"])


def sees(read_deleted: str) -> RequestContext:
    return RequestContext("fake-user", "fake-project", is_admin=False, read_deleted=read_deleted)


def instance_row(uuid: str = INSTANCE) -> None:
    """A bare instance: what concurrent writers of its metadata meet at."""
    with rawdb.writer.using() as sql:
        sql.execute(f"INSERT INTO instances (uuid, deleted) VALUES ('{uuid}', 0)")


def live(table: str) -> list[tuple[str, str | None]]:
    return [(row["key"], row["value"]) for row in stored(table) if not row["deleted"]]


def test_guards(db: str) -> None:
    calls: list[Callable[[RequestContext], Any]] = [
        lambda c: api.instance_metadata_get(c, INSTANCE),
        lambda c: api.instance_metadata_delete(c, INSTANCE, "k"),
        lambda c: api.instance_metadata_update(c, INSTANCE, {"k": "v"}, False),
        lambda c: api.instance_system_metadata_get(c, INSTANCE),
        lambda c: api.instance_system_metadata_update(c, INSTANCE, {"k": "v"}, False),
    ]
    for call in calls:
        for nobody in (RequestContext(None, None, is_admin=False), RequestContext("user", None, is_admin=False)):
            with pytest.raises(Forbidden):
                call(nobody)
        call(get_admin_context())
    assert live("instance_metadata") == live("instance_system_metadata") == [("k", "v")]


@both
class TestUpdate:
    def test_insert_change_and_keep(self, context: RequestContext, stopped_clock: datetime, kind: Kind) -> None:
        given = {"a": "1", "b": "2"}
        assert kind.update(context, INSTANCE, given, False) is given
        before = stored(kind.table)
        common = {"instance_uuid": INSTANCE, "created_at": stopped_clock, "updated_at": None, "deleted_at": None}
        assert before == [
            {"id": before[0]["id"], "key": "a", "value": "1", **common, "deleted": 0},
            {"id": before[1]["id"], "key": "b", "value": "2", **common, "deleted": 0},
        ]
        timeutils.advance_time_seconds(5)
        kind.update(context, INSTANCE, {"b": "new", "a": "1", "c": "3"}, False)
        after = stored(kind.table)
        later = stopped_clock + timedelta(seconds=5)
        assert after[:2] == [before[0], {**before[1], "value": "new", "updated_at": later}]
        assert kind.get(context, INSTANCE) == {"a": "1", "b": "new", "c": "3"}
        assert kind.get(context, OTHER_INSTANCE) == {}

    def test_delete(self, context: RequestContext, stopped_clock: datetime, kind: Kind) -> None:
        kind.update(context, INSTANCE, {"a": "1", "b": "2"}, False)
        kind.update(context, INSTANCE, {"a": "changed"}, False)
        kind.update(context, OTHER_INSTANCE, {"a": "theirs"}, False)
        before = stored(kind.table)
        timeutils.advance_time_seconds(5)
        assert kind.update(context, INSTANCE, {"b": "2", "c": "3"}, True) == {"b": "2", "c": "3"}
        removed = {"deleted": before[0]["id"], "deleted_at": stopped_clock + timedelta(seconds=5)}
        assert stored(kind.table)[:3] == [{**before[0], **removed}, *before[1:]]
        assert kind.get(context, INSTANCE) == {"b": "2", "c": "3"}
        assert kind.update(context, INSTANCE, {}, True) == {}
        assert kind.get(context, INSTANCE) == {}
        assert kind.get(context, OTHER_INSTANCE) == {"a": "theirs"}

    def test_by_keyword(self, context: RequestContext, kind: Kind) -> None:
        kind.update(context, instance_uuid=INSTANCE, metadata={"a": "1"}, delete=False)
        assert kind.get(context, instance_uuid=INSTANCE) == {"a": "1"}

    def test_deleted_key_comes_back_as_a_new_row(self, context: RequestContext, kind: Kind) -> None:
        for value in ("1", "2", "2"):
            kind.update(context, INSTANCE, {"a": value}, False)
            kind.update(context, INSTANCE, {}, True)
        kind.update(context, INSTANCE, {"a": "3"}, True)
        rows = stored(kind.table)
        assert [row["value"] for row in rows] == ["1", "2", "2", "3"]
        assert [row["deleted"] == row["id"] for row in rows] == [True, True, True, False]

    def test_values_that_are_no_text(self, context: RequestContext, kind: Kind) -> None:
        given = {"number": 7, "float": 1.5, "none": None, 8: "key"}
        assert kind.update(context, INSTANCE, given, False) is given
        stored_pairs = {"number": "7", "float": "1.5", "none": None, "8": "key"}
        assert kind.get(context, INSTANCE) == stored_pairs
        before = stored(kind.table)
        kind.update(context, INSTANCE, given, True)
        assert stored(kind.table) == before

    def test_hostile_text_case_and_blanks(self, context: RequestContext, kind: Kind) -> None:
        text = "x'\"; DROP TABLE instances; -- \\ %s %(a)s :id \xe9\U0001f600"
        pairs = {text: text, "k": "1", "K": "2", "k ": "3", " k": "4", "": ""}
        kind.update(context, INSTANCE, pairs, False)
        assert kind.get(context, INSTANCE) == pairs
        kind.update(context, INSTANCE, {text: "new", "K": "new"}, True)
        assert kind.get(context, INSTANCE) == {text: "new", "K": "new"}

    def test_bad_values_leave_everything(self, context: RequestContext, kind: Kind) -> None:
        kind.update(context, INSTANCE, {"a": "1", "b": "2"}, False)
        before = stored(kind.table)
        for bad in ({"a": ["list"]}, {"k" * 256: "v"}, {"a": "new", "c": "v" * 256}, {("k",): "v"}, {"a": "\x00"}):
            with pytest.raises(DBDataError):
                kind.update(context, INSTANCE, bad, True)
        with pytest.raises(DBError):
            kind.update(context, "i" * 37, {"a": "1"}, True)
        assert stored(kind.table) == before

    def test_every_project(self, context: RequestContext, kind: Kind) -> None:
        kind.update(context, INSTANCE, {"a": "1"}, False)
        stranger = RequestContext("stranger", "elsewhere", is_admin=False)
        kind.update(stranger, INSTANCE, {"a": "2"}, False)
        assert kind.get(context, INSTANCE) == kind.get(stranger, INSTANCE) == {"a": "2"}

    def test_joins_a_transaction(self, context: RequestContext, kind: Kind) -> None:
        def update_and_fail() -> None:
            with rawdb.writer.using(context):
                kind.update(context, INSTANCE, {"a": "1"}, False)
                assert kind.get(context, INSTANCE) == {"a": "1"}
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            update_and_fail()
        assert kind.get(context, INSTANCE) == {}

    def test_number_of_statements_does_not_grow(
        self, context: RequestContext, kind: Kind, statements: list[str]
    ) -> None:
        kind.update(context, INSTANCE, {f"a{number}": "1" for number in range(300)}, False)
        statements.clear()
        kind.update(context, INSTANCE, {f"a{number}": "2" for number in range(200, 500)}, True)
        assert statements == [
            "BEGIN",
            "instance_update__lock",
            f"{kind.statement}rows",
            f"{kind.statement}change",
            f"{kind.statement}remove",
            f"{kind.statement}add",
            "COMMIT",
        ]
        assert kind.get(context, INSTANCE) == {f"a{number}": "2" for number in range(200, 500)}
        statements.clear()
        kind.update(context, INSTANCE, {"a200": "2"}, False)
        kind.get(context, INSTANCE)
        assert statements == ["BEGIN", "instance_update__lock", f"{kind.statement}rows", "COMMIT", kind.get.__name__]

    def test_same_keys_at_once(self, context: RequestContext, kind: Kind) -> None:
        instance_row()
        results = together(
            *(lambda n=n: kind.update(sees("no"), INSTANCE, {"same": str(n), f"own{n}": "v"}, False) for n in range(6))
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        pairs = live(kind.table)
        assert sorted(key for key, _ in pairs) == [*(f"own{number}" for number in range(6)), "same"]

    def test_different_keys_of_an_unknown_instance_at_once(self, context: RequestContext, kind: Kind) -> None:
        results = together(*(lambda n=n: kind.update(sees("no"), INSTANCE, {f"k{n}": "v"}, False) for n in range(6)))
        assert not [result for result in results if isinstance(result, BaseException)]
        assert kind.get(context, INSTANCE) == {f"k{number}": "v" for number in range(6)}

    def test_whole_sets_at_once(self, context: RequestContext, kind: Kind) -> None:
        instance_row()
        kind.update(context, INSTANCE, {"old": "v"}, False)
        sets = [{f"k{number}-{index}": "v" for index in range(3)} for number in range(5)]
        results = together(*(lambda pairs=pairs: kind.update(sees("no"), INSTANCE, pairs, True) for pairs in sets))
        assert results == sets
        assert kind.get(context, INSTANCE) in sets


class TestVisibility:
    def test_metadata_is_live_whatever_the_context_says(self, context: RequestContext) -> None:
        api.instance_metadata_update(context, INSTANCE, {"gone": "1", "here": "2"}, False)
        api.instance_metadata_delete(context, INSTANCE, "gone")
        before = stored("instance_metadata")
        for read_deleted in ("no", "yes", "only"):
            assert api.instance_metadata_get(sees(read_deleted), INSTANCE) == {"here": "2"}
            api.instance_metadata_delete(sees(read_deleted), INSTANCE, "gone")
            api.instance_metadata_update(sees(read_deleted), INSTANCE, {"here": "2"}, True)
        assert stored("instance_metadata") == before
        api.instance_metadata_update(sees("yes"), INSTANCE, {"gone": "again"}, False)
        assert stored("instance_metadata")[:2] == before
        assert api.instance_metadata_get(context, INSTANCE) == {"here": "2", "gone": "again"}

    def test_system_metadata_follows_the_context(self, context: RequestContext) -> None:
        api.instance_system_metadata_update(context, INSTANCE, {"gone": "1", "both": "old"}, False)
        api.instance_system_metadata_update(context, INSTANCE, {}, True)
        api.instance_system_metadata_update(context, INSTANCE, {"both": "new", "here": "2"}, False)
        assert api.instance_system_metadata_get(context, INSTANCE) == {"both": "new", "here": "2"}
        everything = {"gone": "1", "both": "new", "here": "2"}
        assert api.instance_system_metadata_get(sees("yes"), INSTANCE) == everything
        assert api.instance_system_metadata_get(sees("only"), INSTANCE) == {"gone": "1", "both": "old"}

    def test_system_metadata_are_changed_where_they_are_seen(
        self, context: RequestContext, stopped_clock: datetime
    ) -> None:
        api.instance_system_metadata_update(context, INSTANCE, {"gone": "1", "live": "1"}, False)
        gone = stored("instance_system_metadata")[0]
        soft_delete("instance_system_metadata", gone["id"])
        timeutils.advance_time_seconds(5)
        later = stopped_clock + timedelta(seconds=5)
        api.instance_system_metadata_update(sees("yes"), INSTANCE, {"gone": "2"}, False)
        before = stored("instance_system_metadata")
        assert before[0] == {**gone, "deleted": gone["id"], "value": "2", "updated_at": later}
        assert len(before) == 2
        api.instance_system_metadata_update(sees("only"), INSTANCE, {"new": "3"}, True)
        after = stored("instance_system_metadata")
        assert after[:2] == [{**before[0], "deleted_at": later}, before[1]]
        assert live("instance_system_metadata") == [("live", "1"), ("new", "3")]


class TestDelete:
    def test_one_key(self, context: RequestContext, stopped_clock: datetime) -> None:
        for instance in (INSTANCE, OTHER_INSTANCE):
            api.instance_metadata_update(context, instance, {"a": "1", "A": "2", "b": "3"}, False)
            api.instance_metadata_update(context, instance, {"a": "changed"}, False)
        before = stored("instance_metadata")
        timeutils.advance_time_seconds(5)
        assert api.instance_metadata_delete(context, INSTANCE, "a") is None
        removed = {"deleted": before[0]["id"], "deleted_at": stopped_clock + timedelta(seconds=5)}
        assert stored("instance_metadata") == [{**before[0], **removed}, *before[1:]]
        assert api.instance_metadata_get(context, INSTANCE) == {"A": "2", "b": "3"}

    def test_every_live_row_of_the_key(self, context: RequestContext) -> None:
        api.instance_metadata_update(context, INSTANCE, {"a": "1", "b": "2", "c": "3"}, False)
        key = rawdb.default_database().dialect.quote("key")
        with rawdb.writer.using() as sql:
            sql.execute(
                f"INSERT INTO instance_metadata ({key}, value, instance_uuid, deleted)"
                f" VALUES ('a', 'newer', '{INSTANCE}', 0)"
            )
        assert api.instance_metadata_get(context, INSTANCE) == {"a": "newer", "b": "2", "c": "3"}
        api.instance_metadata_update(context, INSTANCE, {"a": "newest"}, False)
        assert [pair for pair in live("instance_metadata") if pair[0] == "a"] == [("a", "newest")] * 2
        api.instance_metadata_delete(context, INSTANCE, "a")
        assert api.instance_metadata_get(context, INSTANCE) == {"b": "2", "c": "3"}

    def test_nothing_to_delete(self, context: RequestContext, statements: list[str]) -> None:
        for key in ("a", "", None, "x" * 1000):
            assert api.instance_metadata_delete(context, INSTANCE, key) is None  # type: ignore[arg-type]
        assert statements == ["BEGIN", "instance_update__lock", "instance_metadata_delete", "COMMIT"] * 4

    def test_bad_key(self, context: RequestContext) -> None:
        with pytest.raises(DBDataError):
            api.instance_metadata_delete(context, INSTANCE, ["a"])  # type: ignore[arg-type]

    def test_against_updates(self, context: RequestContext) -> None:
        instance_row()
        api.instance_metadata_update(context, INSTANCE, {"a": "0", "b": "0"}, False)
        results = together(
            *(
                lambda n=n: api.instance_metadata_update(sees("no"), INSTANCE, {"b": str(n)}, False)
                for n in range(1, 4)
            ),
            *(lambda: api.instance_metadata_delete(sees("no"), INSTANCE, "a") for _ in range(3)),
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        pairs = api.instance_metadata_get(context, INSTANCE)
        assert list(pairs) == ["b"]
        assert pairs["b"] in ("1", "2", "3")
