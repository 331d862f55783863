"""Quotas of shares, snapshots, gigabytes and share networks: what their own counts find, through one share's life."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import OverQuota
from tests.operations.instance_helpers import option
from tests.operations.quota_helpers import RESERVE, live_reservations, mine, reserve, usages
from tests.operations.share_helpers import member
from tests.operations.share_workers import RESOURCES

NAMES = ("shares", "gigabytes", "snapshots", "share_networks")
LIMITS = {"shares": 3, "gigabytes": 20, "snapshots": 2, "share_networks": 1}
NO_LIMITS = dict.fromkeys(NAMES, -1)
OWNER = {"project_id": "fake-project", "user_id": "fake-user"}


def figures() -> tuple[tuple[int, int], ...]:
    """in_use and reserved of the four, of fake-user in fake-project."""
    return tuple(mine(name) for name in NAMES)


def ask(context: RequestContext, *deltas: int, **arguments: Any) -> list[str]:
    """Reserve of the four in one request, counted from the rows that exist."""
    wanted = dict(zip(NAMES, deltas, strict=True))
    return reserve(context, wanted, **{"resources": RESOURCES, "quotas": LIMITS, **arguments})


def count_anew(context: RequestContext) -> None:
    """Have the usages of the four read from the rows that exist, as an operator would."""
    for name in NAMES:
        api.quota_usage_update(get_admin_context(), "fake-project", "fake-user", name, in_use=-1)
    api.reservation_commit(context, ask(context, 0, 0, 0, 0))


def test_the_life_of_a_share(context: RequestContext, statements: list[str]) -> None:
    uuids = ask(context, 1, 5, 0, 1)
    counts = [f"quota_reserve__sync_{name}" for name in NAMES]
    creations = ["quota_reserve__create_usage"] * 4
    assert statements == [*RESERVE, *counts, *creations, "quota_reserve__create_reservations", "COMMIT"]
    assert len(set(uuids)) == 4
    assert figures() == ((0, 1), (0, 5), (0, 0), (0, 1))
    api.share_network_create(context, {"id": "net", **OWNER})
    api.share_create(context, {"id": "s", "size": 5, "share_network_id": "net", "metadata": {"k": "v"}, **OWNER})
    api.reservation_commit(context, uuids)
    assert figures() == ((1, 0), (5, 0), (0, 0), (1, 0))

    statements.clear()
    uuids = ask(context, 0, 5, 1, 0)
    assert statements == [*RESERVE, "quota_reserve__write_usages", "quota_reserve__create_reservations", "COMMIT"]
    api.share_snapshot_create(context, {"id": "n", "share_id": "s", "size": 5, "share_size": 99, **OWNER})
    api.reservation_commit(context, uuids)
    assert figures() == ((1, 0), (10, 0), (1, 0), (1, 0))
    count_anew(context)
    assert figures() == ((1, 0), (10, 0), (1, 0), (1, 0))

    # What is marked with a status still counts; what is deleted does not.
    api.share_update(context, "s", {"status": "error"})
    api.share_snapshot_destroy(context, "n")
    api.reservation_commit(context, ask(context, 0, -5, -1, 0))
    assert figures() == ((1, 0), (5, 0), (0, 0), (1, 0))
    api.share_delete(context, "s")
    api.share_network_delete(context, "net")
    api.reservation_rollback(context, ask(context, -1, -5, 0, -1))
    assert figures() == ((1, 0), (5, 0), (0, 0), (1, 0))
    count_anew(context)
    assert figures() == ((0, 0),) * 4
    assert live_reservations() == []


def test_all_or_nothing(context: RequestContext) -> None:
    for number in range(2):
        api.share_create(context, {"size": 8, "id": str(number), **OWNER})
    for deltas, overs in (
        ((2, 4, 2, 1), ["shares"]),
        ((1, 5, 2, 1), ["gigabytes"]),
        ((2, 5, 3, 2), ["gigabytes", "share_networks", "shares", "snapshots"]),
        ((1, 4, 3, 1), ["snapshots"]),
    ):
        with pytest.raises(OverQuota) as refused:
            ask(context, *deltas)
        assert refused.value.kwargs["overs"] == overs
        assert refused.value.kwargs["usages"]["shares"] == {"in_use": 2, "reserved": 0}
        assert refused.value.kwargs["usages"]["gigabytes"] == {"in_use": 16, "reserved": 0}
        assert figures() == ((2, 0), (16, 0), (0, 0), (0, 0))
        assert live_reservations() == []
    assert len(ask(context, 1, 4, 2, 1)) == 4
    with pytest.raises(OverQuota):
        ask(context, 0, 0, 0, 1)


def test_two_limits(context: RequestContext) -> None:
    """The project's over all its users, and the user's own."""
    other = RequestContext("other-user", "fake-project", is_admin=False)
    api.reservation_commit(other, ask(other, 2, 10, 1, 0))
    own = {"shares": 1, "gigabytes": -1, "snapshots": 2, "share_networks": 1}
    for deltas, overs in (
        ((2, 10, 0, 0), ["shares"]),
        ((1, 11, 0, 0), ["gigabytes"]),
        ((1, 10, 2, 0), ["snapshots"]),
        ((0, 0, 0, 2), ["share_networks"]),
    ):
        with pytest.raises(OverQuota) as refused:
            ask(context, *deltas, user_quotas=own)
        assert refused.value.kwargs["overs"] == overs
    assert len(ask(context, 1, 10, 1, 1, user_quotas=own)) == 4
    assert usages()["fake-project", "other-user", "gigabytes"] == (10, 0)


def test_what_is_counted(context: RequestContext) -> None:
    """Live rows of the user in the project, whatever the caller sees; snapshots by their own size."""
    owner: Any
    for number, owner in enumerate(
        (OWNER, OWNER, {**OWNER, "user_id": "u"}, {**OWNER, "project_id": "p"}, {"user_id": None, "project_id": None})
    ):
        for name in (f"{number}", f"{number}-gone"):
            network = {**owner, "project_id": owner["project_id"] or "none"}
            api.share_create(context, {"id": name, "size": 10**number, **owner})
            api.share_snapshot_create(
                context, {"id": name, "share_id": "x", "size": 2 * 10**number, "share_size": 7, **owner}
            )
            api.share_network_create(context, {"id": name, **network})
        for delete in (api.share_delete, api.share_snapshot_destroy, api.share_network_delete):
            delete(context, f"{number}-gone")
    for asker in (context, member("yes"), member("only")):
        api.quota_destroy_all_by_project(get_admin_context(), "fake-project")
        ask(asker, 0, 0, 0, 0, quotas=NO_LIMITS)
        assert figures() == ((2, 0), (33, 0), (2, 0), (2, 0))
    api.quota_destroy_all_by_project(get_admin_context(), "fake-project")
    with option(no_snapshot_gb_quota=True):
        ask(context, 0, 0, 0, 0, quotas=NO_LIMITS)
    assert figures() == ((2, 0), (11, 0), (2, 0), (2, 0))
    # Without a user, the project's as a whole.
    nobody = RequestContext(None, "fake-project", is_admin=True)
    api.quota_destroy_all_by_project(get_admin_context(), "fake-project")
    ask(nobody, 0, 0, 0, 0, quotas=NO_LIMITS)
    assert [usages()["fake-project", None, name][0] for name in NAMES] == [3, 333, 3, 3]


def test_refreshes_by_number_and_by_age(context: RequestContext, stopped_clock: Any) -> None:
    api.reservation_commit(context, ask(context, 0, 0, 0, 0, until_refresh=2))
    api.share_create(context, {"size": 4, **OWNER})
    ask(context, 0, 0, 0, 0, until_refresh=2)
    assert figures() == ((0, 0),) * 4
    ask(context, 0, 0, 0, 0, until_refresh=0)
    assert figures() == ((1, 0), (4, 0), (0, 0), (0, 0))
    api.share_create(context, {"size": 6, **OWNER})
    timeutils.advance_time_seconds(59)
    ask(context, 0, 0, 0, 0, max_age=60)
    assert figures()[0] == (1, 0)
    timeutils.advance_time_seconds(1)
    ask(context, 0, 0, 0, 0, max_age=60)
    assert figures() == ((2, 0), (10, 0), (0, 0), (0, 0))
