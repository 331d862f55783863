"""Who asks: the request context that every operation takes as its first argument.

Operations read `is_admin`, `user_id`, `project_id`, `read_deleted` and `quota_class` and may call
`elevated()`; any object that offers these works in place of a `RequestContext`.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from rawdb import timeutils
from rawdb._uuids import random_uuid

ReadDeleted = Literal["no", "yes", "only"]
ProjectOnly = Literal[False, True, "allow_none"]
Scope = Literal["none", "own", "own_or_none"]

LOG = logging.getLogger(__name__)

_READ_DELETED = ("no", "yes", "only")
_ALIASES = frozenset({"user", "tenant"})

_current = threading.local()


class RequestContext:
    """The identity and the preferences of one request. All attributes but the two aliases may be assigned.

    `read_deleted` chooses the rows that reads see: 'no' live ones, 'yes' all, 'only' deleted ones; anything
    else raises ValueError, here and on later assignment. `is_admin=None` means "if a role is admin, in any
    case". `timestamp` may be a text in ISO 8601; it becomes naive UTC. Of
    `service_catalog` only the entries of type volume are kept. Unknown keywords are dropped with a warning in
    the log.

    A new context becomes the current one of its thread (`get_current`), unless `overwrite` is false and the
    thread already has one.
    """

    def __init__(
        self,
        user_id: str | None,
        project_id: str | None,
        is_admin: bool | None = None,
        read_deleted: str = "no",
        roles: Iterable[str] | None = None,
        remote_address: str | None = None,
        timestamp: datetime | str | None = None,
        request_id: str | None = None,
        auth_token: str | None = None,
        overwrite: bool = True,
        quota_class: str | None = None,
        user_name: str | None = None,
        project_name: str | None = None,
        service_catalog: Iterable[Mapping[str, Any]] | None = None,
        instance_lock_checked: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            # Names only: a value may be a secret.
            LOG.warning("unknown arguments dropped from a request context: %s", ", ".join(sorted(kwargs)))
        self.user_id = user_id
        self.project_id = project_id
        self.roles: list[str] = list(roles or ())
        self.is_admin: bool = _has_admin_role(self.roles) if is_admin is None else is_admin
        self.read_deleted = read_deleted
        self.remote_address = remote_address
        self.timestamp: datetime = _read_timestamp(timestamp)
        self.request_id: str = request_id or f"req-{random_uuid()}"
        self.auth_token = auth_token
        self.quota_class = quota_class
        self.user_name = user_name
        self.project_name = project_name
        self.service_catalog: list[Mapping[str, Any]] = [
            entry for entry in service_catalog or () if entry.get("type") == "volume"
        ]
        self.instance_lock_checked = instance_lock_checked
        if overwrite or get_current() is None:
            _current.context = self

    @property
    def user(self) -> str | None:
        """Another name of `user_id`."""
        return self.user_id

    @property
    def tenant(self) -> str | None:
        """Another name of `project_id`."""
        return self.project_id

    @property
    def read_deleted(self) -> str:
        """The rows that reads see: 'no' (live), 'yes' (all) or 'only' (deleted)."""
        return self._read_deleted

    @read_deleted.setter
    def read_deleted(self, value: str) -> None:
        if value not in _READ_DELETED:
            raise ValueError(f"read_deleted must be 'no', 'yes' or 'only', not {value!r}")
        self._read_deleted = value

    def elevated(self, read_deleted: str | None = None, overwrite: bool = False) -> RequestContext:
        """Return a shallow copy that is admin, has the role admin, and reads as `read_deleted` when given.

        The copy has a list of roles of its own, so this context stays what it was. With `overwrite` the copy
        becomes the current context of the thread.
        """
        context = copy.copy(self)
        context.is_admin = True
        context.roles = list(self.roles)
        if "admin" not in context.roles:
            context.roles.append("admin")
        if read_deleted is not None:
            context.read_deleted = read_deleted
        if overwrite:
            _current.context = context
        return context

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a dict that survives JSON; `timestamp` is a text, aliases are included."""
        return {
            "user_id": self.user_id,
            "project_id": self.project_id,
            "is_admin": self.is_admin,
            "read_deleted": self.read_deleted,
            "roles": list(self.roles),
            "remote_address": self.remote_address,
            "timestamp": _write_timestamp(self.timestamp),
            "request_id": self.request_id,
            "auth_token": self.auth_token,
            "quota_class": self.quota_class,
            "user_name": self.user_name,
            "service_catalog": list(self.service_catalog),
            "project_name": self.project_name,
            "instance_lock_checked": self.instance_lock_checked,
            "tenant": self.tenant,
            "user": self.user,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RequestContext:
        """Return the context that `to_dict` described. The aliases `user` and `tenant` are ignored."""
        return cls(**{key: value for key, value in values.items() if key not in _ALIASES})


def get_current() -> RequestContext | None:
    """Return the current context of this thread, or None when it has none yet."""
    context: RequestContext | None = getattr(_current, "context", None)
    return context


def get_admin_context(read_deleted: str = "no") -> RequestContext:
    """Return an admin context without user and project. It never replaces the thread's current context."""
    return RequestContext(None, None, is_admin=True, read_deleted=read_deleted, overwrite=False)


def is_user_context(context: Any) -> bool:
    """Tell whether `context` is an ordinary user's: not admin, with both a user and a project."""
    if not context or context.is_admin:
        return False
    return bool(context.user_id and context.project_id)


def project_scope(context: Any, project_only: ProjectOnly) -> Scope:
    """Return which projects' rows `context` may see in a read that is declared `project_only`.

    'none' is no restriction, 'own' the rows of the context's project, 'own_or_none' those and the rows of no
    project. Only user contexts are ever restricted. A `project_only` besides False, True and 'allow_none'
    raises ValueError.
    """
    if project_only not in (False, True, "allow_none"):
        raise ValueError(f"project_only must be False, True or 'allow_none', not {project_only!r}")
    if not project_only or not is_user_context(context):
        return "none"
    return "own_or_none" if project_only == "allow_none" else "own"


class ContextRules:
    """What statements take from a request context: which rows its reads see, deleted ones and other projects'.

    With `none_is_null` a parameter that is None matches NULL.
    """

    def __init__(self, *, none_is_null: bool = False) -> None:
        self.none_is_null = none_is_null

    def visibility(self, context: Any) -> str:
        """'no', 'yes' or 'only': the context's read_deleted, 'no' where it has none."""
        return getattr(context, "read_deleted", "no")

    def scope(self, context: Any, wanted: Any) -> tuple[Scope, str | None]:
        """The scope of a read that is declared `wanted`, and the project whose rows are the context's own."""
        kind = project_scope(context, wanted)
        return kind, None if kind == "none" else context.project_id


def _has_admin_role(roles: list[str]) -> bool:
    return any(role.lower() == "admin" for role in roles)


def _read_timestamp(value: datetime | str | None) -> datetime:
    if not value:
        return timeutils.utcnow()
    return timeutils.parse_datetime(value)


def _write_timestamp(value: datetime) -> str:
    # isoformat and not strftime, which leaves years before 1000 without their zeros on Linux.
    return timeutils.parse_datetime(value).isoformat(timespec="microseconds")
