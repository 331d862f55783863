"""The request context, and what is derived from one."""

# ruff: noqa: DTZ001 - naive UTC datetimes are what a context holds

from __future__ import annotations

import copy
import inspect
import json
import logging
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from rawdb import timeutils
from rawdb.context import (
    RequestContext,
    get_admin_context,
    get_current,
    is_user_context,
    project_scope,
)

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456)
FIELDS = [
    "auth_token",
    "instance_lock_checked",
    "is_admin",
    "project_id",
    "project_name",
    "quota_class",
    "read_deleted",
    "remote_address",
    "request_id",
    "roles",
    "service_catalog",
    "timestamp",
    "user_id",
    "user_name",
]


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    timeutils.set_time_override(NOON)
    yield
    timeutils.clear_time_override()


def in_new_thread(function: Callable[[], Any]) -> Any:
    """Run `function` in a thread that has no current context yet."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def full_context() -> RequestContext:
    return RequestContext(
        "u",
        "p",
        is_admin=False,
        read_deleted="only",
        roles=["member"],
        remote_address="192.0.2.1",
        timestamp="2026-01-30T01:02:03.000004",
        request_id="req-1",
        auth_token="secret",
        quota_class="gold",
        user_name="ursula",
        project_name="project",
        service_catalog=[{"type": "volume", "name": "v"}, {"type": "image"}, {"name": "untyped"}],
        instance_lock_checked=True,
    )


def test_signature() -> None:
    parameters = inspect.signature(RequestContext).parameters
    assert list(parameters) == [
        "user_id",
        "project_id",
        "is_admin",
        "read_deleted",
        "roles",
        "remote_address",
        "timestamp",
        "request_id",
        "auth_token",
        "overwrite",
        "quota_class",
        "user_name",
        "project_name",
        "service_catalog",
        "instance_lock_checked",
        "kwargs",
    ]
    assert parameters["read_deleted"].default == "no"
    assert parameters["overwrite"].default is True


def test_defaults() -> None:
    context = RequestContext("u", "p")
    state = context.to_dict()
    assert re.fullmatch(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", state.pop("request_id"))
    assert context.timestamp == NOON
    assert state == {
        "user_id": "u",
        "project_id": "p",
        "is_admin": False,
        "read_deleted": "no",
        "roles": [],
        "remote_address": None,
        "timestamp": "2026-01-31T12:00:00.123456",
        "auth_token": None,
        "quota_class": None,
        "user_name": None,
        "service_catalog": [],
        "project_name": None,
        "instance_lock_checked": False,
        "tenant": "p",
        "user": "u",
    }


def test_request_ids_differ() -> None:
    assert RequestContext("u", "p").request_id != RequestContext("u", "p").request_id


@pytest.mark.parametrize(
    ("is_admin", "roles", "expected"),
    [
        (None, None, False),
        (None, ["member"], False),
        (None, ["administrator"], False),
        (None, ["member", "AdMiN"], True),
        (False, ["admin"], False),
        (True, [], True),
    ],
)
def test_is_admin(is_admin: bool | None, roles: list[str] | None, expected: bool) -> None:
    assert RequestContext("u", "p", is_admin=is_admin, roles=roles).is_admin is expected


@pytest.mark.parametrize("value", ["no", "yes", "only"])
def test_read_deleted_takes_three_words(value: str) -> None:
    assert RequestContext("u", "p", read_deleted=value).read_deleted == value
    context = RequestContext("u", "p")
    context.read_deleted = value
    assert context.read_deleted == value


@pytest.mark.parametrize("value", [True, False, None, "", "NO", "maybe", [], 0])
def test_read_deleted_refuses_anything_else(value: Any) -> None:
    with pytest.raises(ValueError, match="read_deleted"):
        RequestContext("u", "p", read_deleted=value)
    context = RequestContext("u", "p", read_deleted="yes")
    with pytest.raises(ValueError, match="read_deleted"):
        context.read_deleted = value
    assert context.read_deleted == "yes"


def test_timestamp() -> None:
    assert RequestContext("u", "p", timestamp=datetime(2020, 2, 2)).timestamp == datetime(2020, 2, 2)
    with_fraction = RequestContext("u", "p", timestamp="2020-02-02T00:00:00.5").timestamp
    assert with_fraction == datetime(2020, 2, 2, 0, 0, 0, 500000)
    assert RequestContext("u", "p", timestamp="").timestamp == NOON


@pytest.mark.parametrize("text", ["2020-02-02", "2020-02-02T00:00:00", "2020-02-02T02:00:00.000000+02:00"])
def test_timestamp_text_is_any_of_iso_8601(text: str) -> None:
    assert RequestContext("u", "p", timestamp=text).timestamp == datetime(2020, 2, 2)


@pytest.mark.parametrize("text", ["2020-02-30", "today"])
def test_timestamp_text_of_another_kind(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        RequestContext("u", "p", timestamp=text)


def test_service_catalog_keeps_volumes() -> None:
    assert full_context().service_catalog == [{"type": "volume", "name": "v"}]
    assert RequestContext("u", "p", service_catalog=[]).service_catalog == []


def test_unknown_keywords_are_dropped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="rawdb.context"):
        context = RequestContext("u", "p", colour="red", password="hunter2")
    assert not hasattr(context, "colour")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "colour, password" in caplog.text
    assert "hunter2" not in caplog.text


def test_known_keywords_do_not_warn(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="rawdb.context"):
        full_context()
    assert caplog.records == []


def test_the_list_of_roles_is_our_own() -> None:
    roles = ["member"]
    context = RequestContext("u", "p", roles=roles)
    roles.append("admin")
    assert context.roles == ["member"]


def test_attributes_can_be_assigned() -> None:
    context = RequestContext("u", "p")
    for name in FIELDS:
        value = "yes" if name == "read_deleted" else object()
        setattr(context, name, value)
        assert getattr(context, name) == value


@pytest.mark.parametrize(("alias", "field"), [("user", "user_id"), ("tenant", "project_id")])
def test_aliases_follow_and_are_read_only(alias: str, field: str) -> None:
    context = RequestContext("u", "p")
    setattr(context, field, "other")
    assert getattr(context, alias) == "other"
    with pytest.raises(AttributeError):
        setattr(context, alias, "x")
    assert getattr(context, field) == "other"


def test_elevated_leaves_the_original_alone() -> None:
    original = full_context()
    before = original.to_dict()
    elevated = original.elevated()
    assert elevated is not original
    assert elevated.is_admin is True
    assert elevated.roles == ["member", "admin"]
    assert elevated.read_deleted == "only"
    assert elevated.request_id == original.request_id
    assert original.to_dict() == before


def test_elevated_with_read_deleted() -> None:
    original = RequestContext("u", "p", roles=["admin"])
    elevated = original.elevated(read_deleted="yes")
    assert elevated.roles == ["admin"]
    assert (elevated.read_deleted, original.read_deleted) == ("yes", "no")
    with pytest.raises(ValueError, match="read_deleted"):
        original.elevated(read_deleted="maybe")


def test_to_dict_and_back() -> None:
    context = full_context()
    state = context.to_dict()
    assert sorted(state) == sorted([*FIELDS, "tenant", "user"])
    assert state["timestamp"] == "2026-01-30T01:02:03.000004"
    restored = RequestContext.from_dict(json.loads(json.dumps(state)))
    assert restored.to_dict() == state
    assert restored.timestamp == context.timestamp


def test_to_dict_shares_no_list() -> None:
    context = full_context()
    state = context.to_dict()
    state["roles"].append("admin")
    state["service_catalog"].clear()
    assert context.roles == ["member"]
    assert len(context.service_catalog) == 1


def test_to_dict_has_four_digits_of_year() -> None:
    context = RequestContext("u", "p", timestamp=datetime(1, 1, 1))
    assert context.to_dict()["timestamp"] == "0001-01-01T00:00:00.000000"
    assert RequestContext.from_dict(context.to_dict()).timestamp == datetime(1, 1, 1)


def test_to_dict_with_an_aware_timestamp() -> None:
    context = RequestContext("u", "p", timestamp=NOON.replace(tzinfo=UTC))
    assert context.to_dict()["timestamp"] == "2026-01-31T12:00:00.123456"
    east = timezone(timedelta(hours=2))
    assert RequestContext("u", "p", timestamp=NOON.replace(tzinfo=east)).timestamp == NOON - timedelta(hours=2)
    context.timestamp = NOON.replace(tzinfo=east)
    assert context.to_dict()["timestamp"] == "2026-01-31T10:00:00.123456"


def test_from_dict_ignores_the_aliases_and_keeps_its_argument(caplog: pytest.LogCaptureFixture) -> None:
    values = {"user_id": "u", "project_id": "p", "user": "x", "tenant": "y"}
    with caplog.at_level(logging.WARNING, logger="rawdb.context"):
        context = RequestContext.from_dict(values)
    assert (context.user, context.tenant) == ("u", "p")
    assert values == {"user_id": "u", "project_id": "p", "user": "x", "tenant": "y"}
    assert caplog.records == []


def test_from_dict_keeps_the_class() -> None:
    class Special(RequestContext):
        pass

    assert type(Special.from_dict({"user_id": "u", "project_id": "p"})) is Special


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, *(lambda c, p=p: pickle.loads(pickle.dumps(c, p)) for p in range(2, 6))],
)
def test_copies_and_pickles(duplicate: Callable[[Any], Any]) -> None:
    context = full_context()
    context.note = "kept"  # type: ignore[attr-defined]
    twin = duplicate(context)
    assert type(twin) is RequestContext
    assert twin is not context
    assert twin.to_dict() == context.to_dict()
    assert vars(twin)["note"] == "kept"
    twin.read_deleted = "yes"
    assert context.read_deleted == "only"
    with pytest.raises(ValueError, match="read_deleted"):
        twin.read_deleted = "maybe"


def test_a_new_thread_has_no_current_context() -> None:
    RequestContext("u", "p")
    assert in_new_thread(get_current) is None


def test_current_context_and_overwrite() -> None:
    def run() -> list[bool]:
        first = RequestContext("u", "p", overwrite=False)
        seen = [get_current() is first]
        RequestContext("v", "p", overwrite=False)
        seen.append(get_current() is first)
        third = RequestContext("w", "p")
        seen.append(get_current() is third)
        return seen

    assert in_new_thread(run) == [True, True, True]


def test_a_rejected_context_does_not_become_current() -> None:
    current = RequestContext("u", "p")
    with pytest.raises(ValueError, match="read_deleted"):
        RequestContext("v", "p", read_deleted="maybe")
    assert get_current() is current


def test_elevated_becomes_current_on_request_only() -> None:
    context = RequestContext("u", "p")
    context.elevated()
    assert get_current() is context
    elevated = context.elevated(overwrite=True)
    assert get_current() is elevated


def test_admin_context() -> None:
    current = RequestContext("u", "p")
    admin = get_admin_context()
    assert (admin.user_id, admin.project_id, admin.is_admin, admin.read_deleted) == (None, None, True, "no")
    assert get_admin_context("yes").read_deleted == "yes"
    assert get_admin_context(read_deleted="only").read_deleted == "only"
    assert get_current() is current


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, False),
        ({}, False),
        (RequestContext("u", "p", is_admin=True), False),
        (RequestContext("u", "p"), True),
        (RequestContext("u", None), False),
        (RequestContext("u", ""), False),
        (RequestContext(None, "p"), False),
        (RequestContext("", "p"), False),
        (SimpleNamespace(is_admin=False, user_id="u", project_id="p"), True),
        (SimpleNamespace(is_admin=1, user_id="u", project_id="p"), False),
    ],
)
def test_is_user_context(context: Any, expected: bool) -> None:
    assert is_user_context(context) is expected


@pytest.mark.parametrize(
    ("project_only", "for_a_user"),
    [(False, "none"), (True, "own"), ("allow_none", "own_or_none")],
)
def test_project_scope(project_only: Any, for_a_user: str) -> None:
    assert project_scope(RequestContext("u", "p"), project_only) == for_a_user
    assert project_scope(SimpleNamespace(is_admin=False, user_id="u", project_id="p"), project_only) == for_a_user
    assert project_scope(RequestContext("u", "p", is_admin=True), project_only) == "none"
    assert project_scope(RequestContext("u", None), project_only) == "none"
    assert project_scope(RequestContext(None, "p"), project_only) == "none"


@pytest.mark.parametrize("project_only", ["own", "", None, "ALLOW_NONE"])
def test_project_scope_refuses_other_words(project_only: Any) -> None:
    with pytest.raises(ValueError, match="project_only"):
        project_scope(get_admin_context(), project_only)
