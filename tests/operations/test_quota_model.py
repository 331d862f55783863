"""Random sequences of quota operations against a plain model of them, on every dialect."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import OverQuota
from tests.operations.factories import stored
from tests.operations.quota_helpers import Resource

PROJECTS = ("p", "q")
USERS = ("u", "v", "w")
RESOURCES = ("cores", "ram", "shares", "fixed_ips")
STEPS = 60
#: cores and ram are counted together.
SYNCED = {"cores": ("cores", "ram"), "ram": ("cores", "ram"), "shares": ("shares",), "fixed_ips": ("fixed_ips",)}

Row = dict[str, Any]


@dataclass
class Model:
    """The live rows, and what the operations do with them, in the plainest words."""

    usages: list[Row] = field(default_factory=list)
    reservations: list[Row] = field(default_factory=list)
    world: dict[tuple[str, str | None, str], int] = field(default_factory=dict)

    def usage(self, project: str, user: str, resource: str) -> Row | None:
        owner = None if resource == "fixed_ips" else user
        for row in self.usages:
            if (row["project_id"], row["user_id"], row["resource"]) == (project, owner, resource):
                return row
        return None

    def counted(self, project: str, user: str, resource: str) -> int:
        return self.world.get((project, None if resource == "fixed_ips" else user, resource), 0)

    def refresh(self, request: Row, resource: str) -> None:
        for name in SYNCED[resource]:
            row = self.usage(request["project"], request["user"], name) or self.create(request, name)
            row["in_use"] = self.counted(request["project"], request["user"], name)
            row["until_refresh"] = request["until_refresh"] or None
            row["updated_at"] = timeutils.utcnow()

    def create(self, request: Row, resource: str) -> Row:
        row = {
            "project_id": request["project"],
            "user_id": None if resource == "fixed_ips" else request["user"],
            "resource": resource,
            "in_use": 0,
            "reserved": 0,
            "until_refresh": request["until_refresh"] or None,
            "updated_at": timeutils.utcnow(),
        }
        self.usages.append(row)
        return row

    def freshen(self, request: Row) -> None:
        done: set[str] = set()
        for resource in request["deltas"]:
            if resource in done:
                continue
            row = self.usage(request["project"], request["user"], resource)
            if row is None or row["in_use"] < 0:
                stale = True
            elif row["until_refresh"] is not None:
                row["until_refresh"] -= 1
                row["updated_at"] = timeutils.utcnow()
                stale = row["until_refresh"] <= 0
            else:
                age = timeutils.utcnow() - row["updated_at"]
                stale = bool(request["max_age"]) and age >= timedelta(seconds=request["max_age"])
            if stale:
                self.refresh(request, resource)
                done.update(SYNCED[resource])

    def reserve(self, request: Row) -> list[str]:
        """The resources that are over; a granted request is entered with `uuids`."""
        self.freshen(request)
        over = []
        for resource, delta in request["deltas"].items():
            row = self.usage(request["project"], request["user"], resource)
            assert row is not None
            rows = [r for r in self.usages if (r["project_id"], r["resource"]) == (request["project"], resource)]
            of_project = sum(r["in_use"] + r["reserved"] for r in rows)
            limits = (
                (request["quotas"][resource], of_project),
                (
                    request["user_quotas"][resource],
                    row["in_use"] + row["reserved"],
                ),
            )
            if delta >= 0 and any(
                limit is not None and limit >= 0 and total + delta > limit for limit, total in limits
            ):
                over.append(resource)
        return sorted(over)

    def enter(self, request: Row, uuids: Iterable[str]) -> None:
        for uuid, (resource, delta) in zip(uuids, request["deltas"].items(), strict=True):
            row = self.usage(request["project"], request["user"], resource)
            assert row is not None
            if delta > 0:
                row["reserved"] += delta
                row["updated_at"] = timeutils.utcnow()
            self.reservations.append(
                {
                    "uuid": uuid,
                    "usage": row,
                    "project_id": request["project"],
                    "user_id": request["user"],
                    "delta": delta,
                    "expire": request["expire"],
                }
            )

    def settle(self, chosen: Callable[[Row], bool], *, committed: bool) -> None:
        for reservation in [row for row in self.reservations if chosen(row)]:
            self.reservations.remove(reservation)
            usage, delta = reservation["usage"], reservation["delta"]
            if not any(usage is row for row in self.usages):
                continue
            if delta > 0:
                usage["reserved"] -= delta
            if committed:
                usage["in_use"] += delta
            if delta > 0 or (committed and delta < 0):
                usage["updated_at"] = timeutils.utcnow()

    def destroy(self, project: str, user: str | None) -> None:
        def kept(row: Row) -> bool:
            return row["project_id"] != project or user not in (None, row["user_id"])

        self.usages = [row for row in self.usages if kept(row)]
        self.reservations = [row for row in self.reservations if kept(row)]


class Run:
    """One random sequence, done to the database and to the model alike."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.model = Model()
        self.uuids: list[str] = []
        self.granted = self.refused = 0

    def step(self) -> None:
        timeutils.advance_time_seconds(self.random.randint(0, 20))
        self._change_the_world()
        steps = [self.reserve, self.commit, self.roll_back, self.expire, self.destroy, self.update]
        self.random.choices(steps, weights=[12, 4, 3, 2, 1, 1])[0]()

    def _change_the_world(self) -> None:
        project, user, resource = (self.random.choice(names) for names in (PROJECTS, USERS, RESOURCES))
        owner = None if resource == "fixed_ips" else user
        self.model.world[project, owner, resource] = self.random.randint(0, 4)

    def _request(self) -> Row:
        names = self.random.sample(RESOURCES, self.random.randint(1, 4))
        quotas = {name: self.random.choice([-1, None, 0, 8, 12, 20]) for name in names}
        user_quotas = quotas if self.random.random() < 0.4 else {
            name: self.random.choice([-1, None, 5, 10]) for name in names
        }  # fmt: skip
        return {
            "project": self.random.choice(PROJECTS),
            "user": self.random.choice(USERS),
            "deltas": {name: self.random.choice([-3, -1, 0, 1, 1, 2, 4]) for name in names},
            "quotas": quotas,
            "user_quotas": user_quotas,
            "expire": timeutils.utcnow() + timedelta(seconds=self.random.choice([5, 50, 10**6])),
            "until_refresh": self.random.choice([None, 0, 0, 1, 3]),
            "max_age": self.random.choice([None, 0, 0, 15, 60]),
        }

    def _resources(self) -> dict[str, Resource]:
        def sync(name: str) -> Resource:
            def count(elevated: Any, project: str, user: str, session: Any) -> dict[str, int]:
                return {each: self.model.counted(project, user, each) for each in SYNCED[name]}

            return Resource(count)

        return {name: sync(name) for name in RESOURCES}

    def reserve(self) -> None:
        request = self._request()
        context = RequestContext(request["user"], request["project"], is_admin=False)
        over = self.model.reserve(request)
        arguments = [
            request[name] for name in ("quotas", "user_quotas", "deltas", "expire", "until_refresh", "max_age")
        ]
        if over:
            self.refused += 1
            with pytest.raises(OverQuota) as caught:
                api.quota_reserve(context, self._resources(), *arguments)
            assert caught.value.kwargs["overs"] == over
            return
        self.granted += 1
        uuids = api.quota_reserve(context, self._resources(), *arguments)
        self.model.enter(request, uuids)
        self.uuids += uuids

    def _some_uuids(self) -> list[str]:
        return self.random.sample(self.uuids, min(len(self.uuids), self.random.randint(0, 6)))

    def _somebody(self) -> RequestContext:
        return RequestContext(self.random.choice(USERS), self.random.choice(PROJECTS), is_admin=False)

    def commit(self) -> None:
        uuids = self._some_uuids()
        api.reservation_commit(self._somebody(), uuids)
        self.model.settle(lambda row: row["uuid"] in uuids, committed=True)

    def roll_back(self) -> None:
        uuids = self._some_uuids()
        api.reservation_rollback(get_admin_context(), uuids)
        self.model.settle(lambda row: row["uuid"] in uuids, committed=False)

    def expire(self) -> None:
        api.reservation_expire(get_admin_context())
        self.model.settle(lambda row: row["expire"] < timeutils.utcnow(), committed=False)

    def destroy(self) -> None:
        project, user = self.random.choice(PROJECTS), self.random.choice([None, *USERS])
        if user is None:
            api.quota_destroy_all_by_project(get_admin_context(), project)
        else:
            api.quota_destroy_all_by_project_and_user(get_admin_context(), project, user)
        self.model.destroy(project, user)

    def update(self) -> None:
        project, user, resource = (self.random.choice(names) for names in (PROJECTS, USERS, RESOURCES))
        row = self.model.usage(project, user, resource)
        if row is not None:
            api.quota_usage_update(get_admin_context(), project, user, resource, in_use=-1)
            row.update(in_use=-1, updated_at=timeutils.utcnow())

    def check(self) -> None:
        figures = ("project_id", "user_id", "resource", "in_use", "reserved", "until_refresh", "updated_at")
        rows = [row for row in stored("quota_usages") if row["deleted"] == 0]
        assert _sorted(_only(row, figures) for row in rows) == _sorted(self.model.usages)
        names = ("uuid", "project_id", "user_id", "delta", "expire")
        live = [row for row in stored("reservations") if row["deleted"] == 0]
        assert _sorted(_only(row, names) for row in live) == _sorted(
            _only(row, names) for row in self.model.reservations
        )
        resources = {row["id"]: row["resource"] for row in stored("quota_usages")}
        for row in live:
            assert resources[row["usage_id"]] == row["resource"]


def _only(row: Row, names: Iterable[str]) -> Row:
    return {name: row[name] for name in names}


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_sequences(db: str, stopped_clock: datetime, seed: int) -> None:
    run = Run(seed)
    for _ in range(STEPS):
        run.step()
        run.check()
    assert run.granted
    assert run.refused
