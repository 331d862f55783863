"""Documented names of Manila's models that are no operations: the states of access rules, and the making of tables."""

from __future__ import annotations

from rawdb import migrate

__all__ = ["ShareAccessMapping", "register_models"]


class ShareAccessMapping:
    """The states that an access rule of a share goes through, as its column `state` holds them."""

    STATE_NEW = "new"
    STATE_ACTIVE = "active"
    STATE_DELETING = "deleting"
    STATE_DELETED = "deleted"
    STATE_ERROR = "error"


def register_models() -> None:
    """Make all tables of the default database, or bring them up to date; repeatable. It is `rawdb.migrate.upgrade`."""
    migrate.upgrade()
