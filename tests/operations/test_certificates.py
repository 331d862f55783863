"""Certificates, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError
from tests.operations.factories import soft_delete, stored
from tests.operations.inventory_helpers import COMMON, admin, refused
from tests.support.rows import Row


def make(user_id: str | None = "u", project_id: str | None = "p", **values: Any) -> Row:
    return api.certificate_create(admin(), {"user_id": user_id, "project_id": project_id, **values})


def test_create(admin_context: RequestContext, stopped_clock: datetime) -> None:
    given = {"user_id": "u", "project_id": "p", "file_name": "é.pem", "zork": 1}
    row = api.certificate_create(admin_context, given)
    assert row == {
        "id": row["id"],
        "user_id": "u",
        "project_id": "p",
        "file_name": "é.pem",
        "created_at": stopped_clock,
        **COMMON,
    }
    assert given["zork"] == 1
    again = api.certificate_create(admin_context, given)
    bare = api.certificate_create(admin_context, {})
    early = api.certificate_create(admin_context, {"created_at": "2020-01-02T03:04:05"})
    assert early["created_at"] == datetime.fromisoformat("2020-01-02T03:04:05")
    assert stored("certificates") == [row, again, bare, early]
    for unfit in ({"user_id": "u" * 256}, {"file_name": b"f"}, {"project_id": "a\x00"}, {"deleted": "no"}):
        with pytest.raises(DBDataError):
            api.certificate_create(admin_context, unfit)
    assert len(stored("certificates")) == 4


def test_lists(db: str) -> None:
    gone = make()
    first, second = make(file_name="b"), make(file_name="a")
    other_user, other_project, upper = make("v"), make("u", "q"), make("U", "P")
    of_nobody, of_no_project = make(None, "p"), make("u", None)
    soft_delete("certificates", gone["id"])
    for context in (admin(), admin("yes"), admin("only")):
        assert api.certificate_get_all_by_user(context, "u") == [first, second, other_project, of_no_project]
        assert api.certificate_get_all_by_project(context, "p") == [first, second, other_user, of_nobody]
        assert api.certificate_get_all_by_user_and_project(context, "u", "p") == [first, second]
        assert api.certificate_get_all_by_user_and_project(context, project_id="p", user_id="v") == [other_user]
        assert api.certificate_get_all_by_user_and_project(context, "p", "u") == []
        assert api.certificate_get_all_by_user(context, "U") == [upper]
        assert api.certificate_get_all_by_user(context, "u ") == []


def test_none_is_null(db: str) -> None:
    make()
    of_nobody, of_no_project, of_neither = make(None, "p"), make("u", None), make(None, None)
    assert api.certificate_get_all_by_user(admin(), None) == [of_nobody, of_neither]  # type: ignore[arg-type]
    assert api.certificate_get_all_by_project(admin(), None) == [of_no_project, of_neither]  # type: ignore[arg-type]
    assert api.certificate_get_all_by_user_and_project(admin(), None, "p") == [of_nobody]  # type: ignore[arg-type]
    assert api.certificate_get_all_by_user_and_project(admin(), None, None) == [of_neither]  # type: ignore[arg-type]


def test_only_administrators(statements: list[str]) -> None:
    refused(
        statements,
        lambda context: api.certificate_create(context, None),  # type: ignore[arg-type]
        lambda context: api.certificate_get_all_by_project(context, "p"),
        lambda context: api.certificate_get_all_by_user(context, "u"),
        lambda context: api.certificate_get_all_by_user_and_project(context, "u", "p"),
    )


def test_round_trips(statements: list[str]) -> None:
    make()
    api.certificate_get_all_by_project(admin(), "p")
    api.certificate_get_all_by_user(admin(), "u")
    api.certificate_get_all_by_user_and_project(admin(), "u", "p")
    assert statements == [
        "certificate_create",
        "certificate_get_all_by_project",
        "certificate_get_all_by_user",
        "certificate_get_all_by_user_and_project",
    ]
