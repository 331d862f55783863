"""The operations that are measured: rawdb's, and the same by hand, checked for equal results before they are timed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.bare import Bare
from bench.dataset import RESOURCES, Dataset, pairs
from rawdb import api
from rawdb.context import RequestContext, get_admin_context

Operation = Callable[[], Any]
EXPIRE = datetime.fromisoformat("2030-01-01")
DELTAS = {"instances": 1, "cores": 2, "ram": 512}
UNLIMITED = dict.fromkeys(RESOURCES, 10**9)
#: A new instance, but for its security groups.
NEW_INSTANCE: dict[str, Any] = {
    "project_id": "made", "user_id": "user", "image_ref": "4f1b7c6e-8d4e-4d3e-9b1a-5a1f0c9d7e21",
    "hostname": "vm", "display_name": "machine", "memory_mb": 2048, "vcpus": 2, "root_gb": 20,
    "shutdown_terminate": False, "disable_terminate": False, "locked": False, "cleaned": 0,
    "vm_state": "building", "instance_type_id": 5, "launch_index": 0, "reservation_id": "r-12345678",
    "metadata": pairs("key", 3), "system_metadata": pairs("key", 30),
}  # fmt: skip
#: What differs between two rows that were stored one after the other.
VARYING = {"id", "uuid", "instance_uuid", "name", "created_at", "updated_at", "deleted_at", "launched_at", "hostname"}
VARYING |= {"host", "node", "display_name"}


@dataclass(frozen=True)
class Case:
    """One operation: rawdb's call, and the call by hand on a session. `most` limits the calls of a round."""

    name: str
    rawdb: Operation
    bare: Callable[[Bare], Operation]
    exact: bool = True
    most: int = 400

    def check(self, bare: Bare) -> None:
        """Raise AssertionError where the two give different results."""
        ours, by_hand = self.rawdb(), self.bare(bare)()
        if not self.exact:
            ours, by_hand = _masked(ours), _masked(by_hand)
        assert ours == by_hand, f"{self.name}: {_difference(ours, by_hand)}"


def user_of(project: str) -> RequestContext:
    """A plain user of a project."""
    return RequestContext("user", project, is_admin=False)


def cases(data: Dataset) -> list[Case]:
    """The operations on a loaded dataset."""
    admin, user = get_admin_context(), user_of("large")
    marker = data.last_marker("large")
    key_user, host, uuid = user_of("middle"), "host1", data.any_uuid()
    key_user.user_id = "user17"
    steps = itertools.count(1)
    return [
        Case(
            "key_pair_get",
            lambda: api.key_pair_get(key_user, "user17", "key"),
            lambda bare: lambda: bare.key_pair_get("user17", "key"),
        ),
        Case(
            "instance_get_by_uuid, metadata",
            lambda: api.instance_get_by_uuid(user, uuid),
            lambda bare: lambda: bare.instance_get(uuid, "large"),
        ),
        Case(
            "instance_get_by_uuid, no metadata",
            lambda: api.instance_get_by_uuid(user, uuid, columns_to_join=[]),
            lambda bare: lambda: bare.instance_get(uuid, "large", metadata=False),
        ),
        Case(
            "instance_get_all_by_host, 100",
            lambda: api.instance_get_all_by_host(admin, host),
            lambda bare: lambda: bare.by_host(host),
        ),
        Case(
            "instance_get_all_by_filters, first 100",
            lambda: api.instance_get_all_by_filters(user, {"deleted": False}, limit=100),
            lambda bare: lambda: bare.page("large"),
        ),
        Case(
            "instance_get_all_by_filters, last 100",
            lambda: api.instance_get_all_by_filters(user, {"deleted": False}, limit=100, marker=marker),
            lambda bare: lambda: bare.page("large", marker),
        ),
        _create(),
        Case(
            "instance_destroy",
            lambda: api.instance_destroy(user_of("doomed"), data.next_doomed()),
            lambda bare: lambda: bare.instance_destroy(data.next_doomed(), "doomed"),
            exact=False,
            most=10,
        ),
        Case(
            "instance_metadata_update, 3 keys",
            lambda: _values_only(api.instance_metadata_update(user, uuid, _changed(steps), False)),
            lambda bare: lambda: _values_only(bare.instance_metadata_update(uuid, _changed(steps))),
        ),
        Case(
            "instance_update, 1 column",
            lambda: {**api.instance_update(user, uuid, {"progress": next(steps)}), "progress": 0},
            lambda bare: lambda: {**bare.instance_update(uuid, "large", "progress", next(steps)), "progress": 0},
            exact=False,
        ),
        Case(
            "service_get_all, 104",
            lambda: api.service_get_all(admin),
            lambda bare: bare.service_get_all,
        ),
        Case(
            "quota_get_all_by_project",
            lambda: api.quota_get_all_by_project(user, "large"),
            lambda bare: lambda: bare.quota_get_all_by_project("large"),
        ),
        Case(
            "quota_reserve and reservation_commit",
            lambda: quota_cycle(user),
            lambda bare: lambda: bare_quota_cycle(bare, "large"),
        ),
    ]


def _create() -> Case:
    user = user_of("made")
    return Case(
        "instance_create, 33 metadata",
        lambda: api.instance_create(user, {**NEW_INSTANCE, "security_groups": ["default"]}),
        lambda bare: lambda: bare.instance_create(NEW_INSTANCE, "made"),
        exact=False,
        most=20,
    )


def _changed(steps: itertools.count[int]) -> dict[str, str]:
    step = next(steps)
    return {f"key{number}": f"value {step}" for number in range(3)}


def _values_only(pairs: Mapping[str, str]) -> list[str]:
    return list(pairs)


def quota_cycle(user: RequestContext, limits: Mapping[str, int] = UNLIMITED) -> int:
    """Reserve and commit. Returns how many reservations were made."""
    names = api.quota_reserve(user, {}, limits, limits, DELTAS, EXPIRE, None, None)
    api.reservation_commit(user, names)
    return len(names)


def bare_quota_cycle(bare: Bare, project: str, limits: Mapping[str, int] = UNLIMITED) -> int:
    """The same by hand."""
    names = bare.quotas.reserve(project, "user", limits, limits, DELTAS, EXPIRE)
    bare.quotas.commit(names, project)
    return len(names)


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "*" if key in VARYING and one else _flag(key, _masked(one)) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


def _flag(key: str, value: Any) -> Any:
    return bool(value) if key == "deleted" else value


def _difference(ours: Any, by_hand: Any, where: str = "") -> str:
    """The first place where two results differ."""
    if isinstance(ours, Mapping) and isinstance(by_hand, Mapping):
        if ours.keys() != by_hand.keys():
            return f"{where}: keys {sorted(map(str, ours.keys() ^ by_hand.keys()))}"
        return next((_difference(ours[k], by_hand[k], f"{where}.{k}") for k in ours if ours[k] != by_hand[k]), "")
    if isinstance(ours, list) and isinstance(by_hand, list):
        if len(ours) != len(by_hand):
            return f"{where}: {len(ours)} and {len(by_hand)} elements"
        pairs_ = enumerate(zip(ours, by_hand, strict=True))
        return next((_difference(a, b, f"{where}[{n}]") for n, (a, b) in pairs_ if a != b), "")
    return f"{where}: {ours!r} and {by_hand!r}"
