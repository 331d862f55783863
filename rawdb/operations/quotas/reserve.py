"""The decision of quota_reserve: refresh what is stale, compare with the limits, reserve all or nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rawdb import timeutils
from rawdb._uuids import random_uuids
from rawdb.default import sql, writer
from rawdb.engine.calls import BoundStatements
from rawdb.exceptions import DBConnectionError, DBDataError, DBOutcomeUnknown, OverQuota, QuotaResourceUnknown
from rawdb.operations._rows import Row, as_stored
from rawdb.operations.quotas.sync import PER_PROJECT_QUOTAS, sync_function
from rawdb.operations.quotas.usages import Usage, check_written, lock_projects, lost_race, write_usages

LOG = logging.getLogger(__name__)

#: A limit of this exact value, of cores or ram, is reported as what the limit of instances leaves room for.
_UNLIMITED = -1
#: in_use and reserved of those who use nothing.
_NOTHING = (0, 0)


@dataclass(slots=True, eq=False)
class Request:
    """The arguments of a reserve, project and user resolved. Without a user every row is the project's as a whole."""

    project_id: str | None
    user_id: str | None
    resources: Mapping[str, Any]
    quotas: Mapping[str, int | None]
    user_quotas: Mapping[str, int | None]
    deltas: Mapping[str, int]
    expire: datetime | None
    until_refresh: int | None
    max_age: float | None

    def __post_init__(self) -> None:
        self.project_id = as_stored("reservations", "project_id", self.project_id)
        self.user_id = as_stored("reservations", "user_id", self.user_id)

    def owner_of(self, resource: str) -> str | None:
        """The user whose usage row counts a resource, None for the project as a whole."""
        return None if resource in PER_PROJECT_QUOTAS else self.user_id


@dataclass(slots=True, eq=False)
class Outcome:
    """What a reserve decided and committed."""

    unders: list[str]
    refusal: OverQuota | None = None


def reserve(context: Any, request: Request) -> list[str]:
    """Reserve the deltas of a request, all or none, and return the reservations' uuids in the order of the deltas.

    Raises QuotaResourceUnknown before anything is sent, OverQuota after the refreshed usages are committed.
    Round trips: see `quota_reserve`.
    """
    quotas, user_quotas = request.quotas, request.user_quotas
    unknown = [name for name in request.deltas if name not in quotas or name not in user_quotas]
    if unknown:
        raise QuotaResourceUnknown(unknown=sorted(unknown))
    if not request.deltas:
        return []
    uuids = random_uuids(len(request.deltas))
    try:
        outcome = _attempt(context, request, uuids)
    except DBOutcomeUnknown as lost:
        outcome = _attempt_again(context, request, uuids, lost)
    if outcome.unders:
        LOG.warning("the usage of %s falls below zero in project %s", ", ".join(outcome.unders), request.project_id)
    if outcome.refusal is not None:
        raise outcome.refusal
    return uuids


def _attempt_again(context: Any, request: Request, uuids: list[str], lost: DBOutcomeUnknown) -> Outcome:
    """A second attempt after a COMMIT without an answer. It looks first whether the reservations are there.

    That is decided by then: behind the project's lock no earlier transaction of the project is still open.
    """
    try:
        return _attempt(context, request, uuids, may_be_granted=True)
    except DBConnectionError as error:
        raise lost from error


@writer.independent
def _attempt(context: Any, request: Request, uuids: list[str], may_be_granted: bool = False) -> Outcome:
    statements = sql(context)
    lock_projects(statements, [request.project_id])
    if may_be_granted and statements.quota_reserve__granted(uuid=uuids[0]):
        return Outcome([])
    return decide(context, statements, request, uuids)


def decide(context: Any, statements: BoundStatements, request: Request, uuids: list[str]) -> Outcome:
    """Refresh, compare and reserve inside a transaction that holds the project's lock and has read nothing without it.

    A refusal is for the caller to raise. Round trips: 2, and 1 for each new usage and each count.
    """
    now = timeutils.utcnow()
    ledger = _Ledger(request, _read_usages(statements, request), now)
    ledger.refresh(context, statements)
    unders = [name for name, delta in request.deltas.items() if delta < 0 and delta + ledger.mine[name].in_use < 0]
    overs = ledger.overs()
    if overs:
        refusal = OverQuota(
            overs=sorted(overs), quotas=request.user_quotas, usages=ledger.usages(), headroom=ledger.headroom()
        )
        check_written(write_usages(statements, ledger.mine.values(), now))
        return Outcome(unders, refusal)
    ledger.reserve()
    written = write_usages(statements, ledger.mine.values(), now)
    reservations = ledger.reservations(uuids)
    if statements.quota_reserve__create_reservations(values=reservations) != len(reservations):
        raise lost_race("the list of reservations")
    check_written(written)
    return Outcome(unders)


def _read_usages(statements: BoundStatements, request: Request) -> list[Row]:
    rows: list[Row] = statements.quota_reserve__usages(
        project_id=request.project_id, user_key=request.user_id or "", aged=bool(request.max_age)
    )
    return rows


class _Ledger:
    """The usages of a project as one reserve sees and changes them.

    `mine` holds, by resource, the row that counts for the request's user; everybody else's are sums.
    """

    def __init__(self, request: Request, rows: Iterable[Row], now: datetime) -> None:
        self.mine: dict[str, Usage] = {}
        self._request = request
        self._now = now
        self._others: dict[str, tuple[int, int]] = {}
        for row in rows:
            resource = row["resource"]
            if row["id"] is None:
                self._add_to_others(resource, row["in_use"], row["reserved"])
                continue
            usage = Usage(request.project_id, **row)
            if resource in self.mine:
                usage = self._of_two(self.mine[resource], usage)
            self.mine[resource] = usage

    def _of_two(self, one: Usage, another: Usage) -> Usage:
        """Which of a user's row and the project's as a whole counts: the kind of the resource decides."""
        owner = self._request.owner_of(one.resource)
        usage, other = (another, one) if another.user_id == owner else (one, another)
        self._add_to_others(one.resource, other.in_use, other.reserved)
        return usage

    def _add_to_others(self, resource: str, in_use: int, reserved: int) -> None:
        before = self._others.get(resource, _NOTHING)
        self._others[resource] = (before[0] + in_use, before[1] + reserved)

    def refresh(self, context: Any, statements: BoundStatements) -> None:
        """Give every resource of the request a row, and true figures where its own are missing, wrong or stale."""
        done: set[str] = set()
        for resource in self._request.deltas:
            if resource in done or not self._is_stale(resource):
                continue
            count = sync_function(self._request.resources, resource)
            counted = count(context.elevated(), self._request.project_id, self._request.user_id, statements)
            for name, in_use in counted.items():
                self._correct(name, int(in_use))
            done.update(counted)

    def _is_stale(self, resource: str) -> bool:
        """Whether a resource must be counted. Creates the missing row, and counts down where the row says so."""
        usage = self.mine.get(resource)
        if usage is None:
            self._create(resource)
            return True
        if usage.in_use < 0:
            return True
        if usage.until_refresh is not None:
            usage.until_refresh -= 1
            usage.changed = True
            return usage.until_refresh <= 0
        if not self._request.max_age:
            return False
        # The whole age, not only its seconds within the day.
        return usage.updated_at is None or (self._now - usage.updated_at).total_seconds() >= self._request.max_age

    def _create(self, resource: Any) -> Usage:
        if not (resource is None or issubclass(type(resource), str)):
            # Stored as text it would never be found by this name, and be there whenever it was to be made.
            raise DBDataError(f"quota_usages.resource: expected text, got {resource!r}")
        usage = Usage(self._request.project_id, self._request.owner_of(resource), resource)
        usage.until_refresh = self._request.until_refresh or None
        self.mine[resource] = usage
        return usage

    def _correct(self, resource: str, in_use: int) -> None:
        usage = self.mine.get(resource) or self._create(resource)
        if usage.in_use != in_use:
            LOG.debug(
                "usage of %s in project %s, user %s: %s recorded, %s counted",
                resource, usage.project_id, usage.user_id, usage.in_use, in_use,
            )  # fmt: skip
        usage.in_use = in_use
        usage.until_refresh = self._request.until_refresh or None
        usage.changed = True

    def overs(self) -> list[str]:
        """The resources whose positive deltas go over the project's limit or the user's, each by itself."""
        request, found = self._request, []
        for resource, delta in request.deltas.items():
            if delta < 0:
                continue
            usage = self.mine[resource]
            of_user = delta + usage.in_use + usage.reserved
            of_project = of_user + sum(self._others.get(resource, _NOTHING))
            if _is_over(request.quotas[resource], of_project) or _is_over(request.user_quotas[resource], of_user):
                found.append(resource)
        return found

    def _of_project(self, resource: str) -> tuple[int, int]:
        """in_use and reserved of a resource, summed over the project."""
        in_use, reserved = self._others.get(resource, _NOTHING)
        usage = self.mine.get(resource)
        return (in_use, reserved) if usage is None else (in_use + usage.in_use, reserved + usage.reserved)

    def usages(self) -> dict[str, dict[str, int]]:
        """The figures that a refusal reports: the user's, or the project's where the user has no limits of its own."""
        if self._request.quotas == self._request.user_quotas:
            figures = {name: self._of_project(name) for name in {**self.mine, **self._others}}
        else:
            figures = {name: (usage.in_use, usage.reserved) for name, usage in self.mine.items()}
        return {name: {"in_use": in_use, "reserved": reserved} for name, (in_use, reserved) in figures.items()}

    def headroom(self) -> dict[str, int]:
        """What each limit leaves, by the reported figures.

        Cores and ram without a limit get what the instances that still fit would need.
        """
        limits, deltas, usages = self._request.user_quotas, self._request.deltas, self.usages()
        room = {}
        for name, limit in limits.items():
            used = usages.get(name, {"in_use": 0, "reserved": 0})
            room[name] = (_UNLIMITED if limit is None else limit) - used["in_use"] - used["reserved"]
        if "instances" in room:
            for name in ("cores", "ram"):
                if limits.get(name) == _UNLIMITED:
                    each = deltas.get(name)
                    instances = room["instances"]
                    room[name] = instances * each // (deltas.get("instances") or 1) if each else instances
        return room

    def reserve(self) -> None:
        """Raise `reserved` by the positive deltas; a negative one shows when it is committed."""
        for resource, delta in self._request.deltas.items():
            if delta > 0:
                usage = self.mine[resource]
                usage.reserved += delta
                usage.changed = True

    def reservations(self, uuids: Iterable[str]) -> list[Row]:
        """The reservations to store, in the order of the deltas, once all usages have their ids."""
        request = self._request
        return [
            {
                "uuid": name,
                "usage_id": self.mine[resource].id,
                "project_id": request.project_id,
                "user_id": request.user_id,
                "resource": resource,
                "delta": delta,
                "expire": request.expire,
            }
            for name, (resource, delta) in zip(uuids, request.deltas.items(), strict=True)
        ]


def _is_over(limit: int | None, total: int) -> bool:
    """Whether a total is over a limit; None and negative numbers are no limit."""
    return limit is not None and 0 <= limit < total
