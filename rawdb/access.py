"""Guards: who may call an operation.

They run before anything else, argument checks included, and send nothing to the database. `context` is any
object with `is_admin`, `user_id`, `project_id` and, for the last guard, `quota_class`. A falsy context passes
no guard.

The three `authorize_*` guards restrict user contexts only: an admin passes, and so does a context that has no
project or no user, which `require_context` would refuse.
"""

from __future__ import annotations

from typing import Any

from rawdb.context import is_user_context
from rawdb.exceptions import AdminRequired, Forbidden


def require_context(context: Any) -> None:
    """Pass an admin, or a user of a project; raise Forbidden for everybody else."""
    if not context or not (context.is_admin or is_user_context(context)):
        raise Forbidden


def require_admin(context: Any) -> None:
    """Pass an admin; raise AdminRequired for everybody else."""
    if not context or not context.is_admin:
        raise AdminRequired


def authorize_project(context: Any, project_id: str | None) -> None:
    """Raise Forbidden for a user context of another project than `project_id`."""
    if not context or (is_user_context(context) and context.project_id != project_id):
        raise Forbidden


def authorize_user(context: Any, user_id: str | None) -> None:
    """Raise Forbidden for a user context of another user than `user_id`."""
    if not context or (is_user_context(context) and context.user_id != user_id):
        raise Forbidden


def authorize_quota_class(context: Any, class_name: str | None) -> None:
    """Raise Forbidden for a user context of another quota class than `class_name`, or of none at all."""
    if not context:
        raise Forbidden
    if is_user_context(context) and (not context.quota_class or context.quota_class != class_name):
        raise Forbidden
