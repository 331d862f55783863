"""DNS domains, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError, DBError
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import insert
from tests.operations.network_helpers import admin, member, not_for_nobody, only_for_admins
from tests.support.rows import there


def test_register(admin_context: RequestContext, stopped_clock: datetime) -> None:
    api.dnsdomain_register_for_zone(admin_context, "z.example", "zone")
    api.dnsdomain_register_for_project(admin_context, "p.example", "project")
    fresh = {"created_at": stopped_clock, "updated_at": None, "deleted_at": None, "deleted": False}
    zone = {"domain": "z.example", "scope": "private", "availability_zone": "zone", "project_id": None, **fresh}
    project = {"domain": "p.example", "scope": "public", "availability_zone": None, "project_id": "project", **fresh}
    assert api.dnsdomain_get_all(admin_context) == [project, zone]
    # The other half of a domain stays.
    timeutils.advance_time_seconds(5)
    api.dnsdomain_register_for_project(admin_context, fqdomain="z.example", project="other")
    api.dnsdomain_register_for_zone(admin_context, fqdomain="p.example", zone="there")
    later = stopped_clock + timedelta(seconds=5)
    changed = {"scope": "public", "project_id": "other", "updated_at": later}
    assert api.dnsdomain_get(admin_context, "z.example") == {**zone, **changed}
    changed = {"scope": "private", "availability_zone": "there", "updated_at": later}
    assert api.dnsdomain_get(admin_context, "p.example") == {**project, **changed}
    api.dnsdomain_register_for_zone(admin_context, "p.example", None)  # type: ignore[arg-type]
    assert stored("dns_domains", "domain")[0]["availability_zone"] is None


def test_read(context: RequestContext) -> None:
    assert (api.dnsdomain_list(context), api.dnsdomain_get_all(context)) == ([], [])
    for name in ("b", "B", "a"):
        api.dnsdomain_register_for_zone(admin(), name, "zone")
    insert("dns_domains", domain="gone", deleted=True)
    seeing = member("whatever", read_deleted="yes")
    assert api.dnsdomain_list(seeing) == ["B", "a", "b"]
    nobody: Any = None
    assert [row["domain"] for row in api.dnsdomain_get_all(nobody)] == api.dnsdomain_list(context)
    row = api.dnsdomain_get(seeing, fqdomain="B")
    assert row is not None
    assert row["domain"] == "B"
    for unknown in ("gone", "b ", "x", "x" * 300, None):
        assert api.dnsdomain_get(seeing, unknown) is None  # type: ignore[arg-type]


def test_unregister_removes_the_row(admin_context: RequestContext) -> None:
    name: Any
    for name in ("a", "b"):
        api.dnsdomain_register_for_zone(admin_context, name, "zone")
    insert("dns_domains", domain="gone", deleted=True)
    for name in ("a", "a", "gone", "unknown", "B", None):
        api.dnsdomain_unregister(admin_context, name)
    api.dnsdomain_unregister(admin("only"), fqdomain="b")
    assert [row["domain"] for row in stored("dns_domains", "domain")] == ["b", "gone"]
    api.dnsdomain_unregister(admin("only"), fqdomain="gone")
    assert [row["domain"] for row in stored("dns_domains", "domain")] == ["b"]


def test_a_row_marked_deleted_comes_back(admin_context: RequestContext, stopped_clock: datetime) -> None:
    insert("dns_domains", domain="d", deleted=True, deleted_at=stopped_clock)
    api.dnsdomain_register_for_project(admin_context, "d", "p")
    row = api.dnsdomain_get(admin_context, "d")
    assert row is not None
    assert (row["project_id"], row["deleted"], row["deleted_at"]) == ("p", False, None)


def test_wrong_values(admin_context: RequestContext) -> None:
    for name, zone in (("x" * 256, "z"), ("d", "z" * 256), ("d", {}), ("a\x00", "z")):
        with pytest.raises(DBDataError):
            api.dnsdomain_register_for_zone(admin_context, name, zone)  # type: ignore[arg-type]
    with pytest.raises(DBError):
        api.dnsdomain_register_for_project(admin_context, None, "p")  # type: ignore[arg-type]
    assert stored("dns_domains", "domain") == []


def test_callers_at_the_same_time_leave_one_row(admin_context: RequestContext) -> None:
    for number in range(4):
        name = f"d{number}"
        outcomes = together(
            *[lambda name=name, n=n: api.dnsdomain_register_for_zone(admin(), name, f"z{n}") for n in range(4)],
            *[lambda name=name, n=n: api.dnsdomain_register_for_project(admin(), name, f"p{n}") for n in range(4)],
        )
        assert outcomes == [None] * 8
        row = api.dnsdomain_get(admin_context, name)
        assert row is not None
        assert (there(row["project_id"])[0], there(row["availability_zone"])[0]) == ("p", "z")
    assert len(stored("dns_domains", "domain")) == 4


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    api.dnsdomain_register_for_zone(admin_context, "d", "z")
    api.dnsdomain_register_for_project(admin_context, "d", "p")
    api.dnsdomain_unregister(admin_context, "d")
    assert statements == ["dnsdomain_register_for_zone", "dnsdomain_register_for_project", "dnsdomain_unregister"]


def test_who_may(context: RequestContext) -> None:
    only_for_admins(
        context,
        [
            lambda c: api.dnsdomain_register_for_zone(c, "d", "z"),
            lambda c: api.dnsdomain_register_for_project(c, "d", "p"),
            lambda c: api.dnsdomain_unregister(c, "d"),
        ],
    )
    not_for_nobody([lambda c: api.dnsdomain_get(c, "d"), lambda c: api.dnsdomain_list(c)])
