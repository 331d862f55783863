"""Key pairs, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    Forbidden,
    KeyPairExists,
    KeypairNotFound,
    NotAuthorized,
    NotFound,
)
from tests.operations.factories import stored, together
from tests.support.rows import Row

USER = "fake-user"
#: Neither an admin nor a user of a project: it may authorize itself for any user, but passes no other guard.
NOBODY = RequestContext("fake-user", None, is_admin=False)


def make(name: str = "k", user_id: str = USER, **values: Any) -> Row:
    return api.key_pair_create(get_admin_context(), {"user_id": user_id, "name": name, **values})


def user(read_deleted: str, user_id: str = USER) -> RequestContext:
    return RequestContext(user_id, "fake-project", is_admin=False, read_deleted=read_deleted)


class TestCreate:
    def test_returns_the_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {
            "user_id": USER,
            "name": "k",
            "fingerprint": "f",
            "public_key": "ssh-rsa é\n" * 1000,
            "zork": "ignored",
        }
        row = api.key_pair_create(context, given)
        assert row == {
            "id": row["id"],
            "name": "k",
            "user_id": USER,
            "fingerprint": "f",
            "public_key": given["public_key"],
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert type(row) is dict
        assert api.key_pair_get(context, USER, "k") == row
        assert given["zork"] == "ignored"

    def test_for_another_user(self, context: RequestContext) -> None:
        row = api.key_pair_create(context, {"user_id": "other-user", "name": "k"})
        assert stored("key_pairs") == [row]

    def test_a_live_twin(self, context: RequestContext) -> None:
        make()
        with pytest.raises(KeyPairExists) as refused:
            make(fingerprint="other")
        assert refused.value.kwargs == {"code": 500, "key_name": "k"}
        make("k2")
        make(user_id="other-user")
        assert len(stored("key_pairs")) == 3

    def test_a_deleted_twin_does_not_count(self, context: RequestContext) -> None:
        for _ in range(3):
            make()
            api.key_pair_destroy(context, USER, "k")
        make()
        assert api.key_pair_count_by_user(context, USER) == 1
        assert len(stored("key_pairs")) == 4

    def test_case_and_blanks_make_another_name(self, context: RequestContext) -> None:
        for name in ("k", "K", "k ", " k", "ķ"):
            make(name)
        for name in ("k", "K", "k ", " k", "ķ"):
            assert api.key_pair_get(context, USER, name)["name"] == name

    def test_another_unique_key_stays_a_database_error(self, context: RequestContext) -> None:
        row = make()
        with pytest.raises(DBDuplicateEntry):
            make("k2", id=row["id"])

    def test_values_that_do_not_fit(self, context: RequestContext) -> None:
        for unfit in ({"name": "n" * 256}, {"fingerprint": b"f"}, {"public_key": "a\x00b"}, {"deleted": "no"}):
            with pytest.raises(DBDataError):
                api.key_pair_create(context, {"user_id": USER, "name": "k", **unfit})
        assert stored("key_pairs") == []

    def test_only_one_of_many_at_once(self, context: RequestContext) -> None:
        results = together(*[lambda: make() for _ in range(6)])
        assert sorted(type(result).__name__ for result in results) == ["KeyPairExists"] * 5 + ["dict"]
        assert len(stored("key_pairs")) == 1


class TestDestroy:
    def test_one(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, *others = make(), make("k2"), make(user_id="other-user")
        assert api.key_pair_destroy(context, user_id=USER, name="k") is None
        assert stored("key_pairs") == [{**row, "deleted": row["id"], "deleted_at": stopped_clock}, *others]

    def test_a_missing_one(self, context: RequestContext) -> None:
        make()
        api.key_pair_destroy(context, USER, "k")
        for name in ("k", "zork"):
            with pytest.raises(KeypairNotFound) as missing:
                api.key_pair_destroy(context, USER, name)
            assert missing.value.kwargs == {"code": 404, "user_id": USER, "name": name}
            assert isinstance(missing.value, NotFound)

    def test_visibility(self, context: RequestContext, stopped_clock: datetime) -> None:
        make()
        with pytest.raises(KeypairNotFound):
            api.key_pair_destroy(user("only"), USER, "k")
        api.key_pair_destroy(context, USER, "k")
        timeutils.advance_time_seconds(5)
        live = make()
        api.key_pair_destroy(user("only"), USER, "k")
        assert [row["deleted_at"] for row in stored("key_pairs")] == [timeutils.utcnow(), None]
        timeutils.advance_time_seconds(5)
        api.key_pair_destroy(user("yes"), USER, "k")
        assert {row["deleted_at"] for row in stored("key_pairs")} == {timeutils.utcnow()}
        assert stored("key_pairs")[1]["deleted"] == live["id"]

    def test_only_one_of_many_at_once(self, db: str) -> None:
        make()
        results = together(*[lambda: api.key_pair_destroy(get_admin_context(), USER, "k") for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["KeypairNotFound"] * 4 + ["NoneType"]


class TestReads:
    def test_get(self, context: RequestContext) -> None:
        row = make()
        make("k2")
        make(user_id="other-user")
        assert api.key_pair_get(context, user_id=USER, name="k") == row
        with pytest.raises(KeypairNotFound) as missing:
            api.key_pair_get(context, USER, "zork")
        assert missing.value.kwargs == {"code": 404, "user_id": USER, "name": "zork"}

    def test_get_follows_read_deleted(self, context: RequestContext) -> None:
        first = make()
        api.key_pair_destroy(context, USER, "k")
        with pytest.raises(KeypairNotFound):
            api.key_pair_get(context, USER, "k")
        second = make()
        assert api.key_pair_get(context, USER, "k") == second
        assert api.key_pair_get(user("yes"), USER, "k")["id"] == first["id"]
        assert api.key_pair_get(user("only"), USER, "k")["id"] == first["id"]

    def test_list_and_count_are_live_only(self, context: RequestContext) -> None:
        make("gone")
        api.key_pair_destroy(context, USER, "gone")
        rows = [make("b"), make("a")]
        make("c", user_id="other-user")
        for reader in (context, user("yes"), user("only")):
            assert api.key_pair_get_all_by_user(reader, USER) == rows
            count = api.key_pair_count_by_user(reader, USER)
            assert count == 2
            assert type(count) is int

    def test_of_nobody(self, admin_context: RequestContext) -> None:
        make()
        assert api.key_pair_get_all_by_user(admin_context, "unknown") == []
        assert api.key_pair_count_by_user(admin_context, "unknown") == 0


class TestGuards:
    READS: tuple[Callable[[RequestContext, str], Any], ...] = (
        lambda context, user_id: api.key_pair_get(context, user_id, "k"),
        lambda context, user_id: api.key_pair_get_all_by_user(context, user_id),
        lambda context, user_id: api.key_pair_count_by_user(context, user_id),
        lambda context, user_id: api.key_pair_destroy(context, user_id, "k"),
    )

    def test_another_user(self, context: RequestContext, statements: list[str]) -> None:
        make(user_id="other-user")
        statements.clear()
        for operation in self.READS:
            with pytest.raises(Forbidden):
                operation(context, "other-user")
            with pytest.raises(NotAuthorized):
                operation(context, None)  # type: ignore[arg-type]
        assert statements == []

    def test_an_admin(self, admin_context: RequestContext) -> None:
        make(user_id="other-user")
        for operation in self.READS:
            operation(admin_context, "other-user")
        assert stored("key_pairs")[0]["deleted"]

    def test_a_context_without_project(self, db: str, statements: list[str]) -> None:
        with pytest.raises(Forbidden):
            api.key_pair_create(NOBODY, None)  # type: ignore[arg-type]
        get, get_all, count, destroy = self.READS
        for operation in (get, get_all, destroy):
            with pytest.raises(Forbidden):
                operation(NOBODY, USER)
        assert statements == []
        make(user_id="other-user")
        assert count(NOBODY, "other-user") == 1


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    make()
    api.key_pair_get(context, USER, "k")
    api.key_pair_get_all_by_user(context, USER)
    api.key_pair_count_by_user(context, USER)
    api.key_pair_destroy(context, USER, "k")
    assert statements == [
        "key_pair_create",
        "key_pair_get",
        "key_pair_get_all_by_user",
        "key_pair_count_by_user",
        "key_pair_destroy",
    ]
