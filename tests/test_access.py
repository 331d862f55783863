"""Who passes which guard."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rawdb import access
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions.api import AdminRequired, Forbidden, NotAuthorized

ADMIN = get_admin_context()
ADMIN_OF_A_PROJECT = RequestContext("u", "p", is_admin=True, overwrite=False)
USER = RequestContext("u", "p", quota_class="gold", overwrite=False)
NO_PROJECT = RequestContext("u", None, quota_class="gold", overwrite=False)
NO_USER = RequestContext(None, "p", quota_class="gold", overwrite=False)
NOBODY = RequestContext(None, None, overwrite=False)
EMPTY_TEXTS = RequestContext("", "", overwrite=False)

Guard = Callable[..., None]

AUTHORIZE = [
    pytest.param(access.authorize_project, "p", id="project"),
    pytest.param(access.authorize_user, "u", id="user"),
    pytest.param(access.authorize_quota_class, "gold", id="quota_class"),
]


def duck(**attributes: Any) -> Any:
    """Return a context that is no RequestContext."""
    defaults = {
        "is_admin": False,
        "user_id": "u",
        "project_id": "p",
        "read_deleted": "no",
        "quota_class": None,
    }
    return SimpleNamespace(**{**defaults, **attributes})


class FalsyAdmin(RequestContext):
    """A context with every right that nevertheless is false."""

    def __bool__(self) -> bool:
        return False


FALSY: list[Any] = [None, False, 0, "", {}, FalsyAdmin("u", "p", is_admin=True, overwrite=False)]


@pytest.mark.parametrize("context", [ADMIN, ADMIN_OF_A_PROJECT, USER, duck(), duck(is_admin=1, user_id=None)])
def test_require_context_passes(context: Any) -> None:
    access.require_context(context)


@pytest.mark.parametrize("context", [NO_PROJECT, NO_USER, NOBODY, EMPTY_TEXTS, duck(project_id=None), *FALSY])
def test_require_context_refuses(context: Any) -> None:
    with pytest.raises(Forbidden) as caught:
        access.require_context(context)
    assert type(caught.value) is Forbidden


@pytest.mark.parametrize("context", [ADMIN, ADMIN_OF_A_PROJECT, duck(is_admin=True), duck(is_admin=1)])
def test_require_admin_passes(context: Any) -> None:
    access.require_admin(context)


@pytest.mark.parametrize("context", [USER, NO_PROJECT, NOBODY, duck(), duck(is_admin=None), *FALSY])
def test_require_admin_refuses(context: Any) -> None:
    with pytest.raises(AdminRequired):
        access.require_admin(context)


def test_admin_comes_from_the_flag_and_not_from_the_roles() -> None:
    context = RequestContext("u", "p", is_admin=False, roles=["admin"], overwrite=False)
    with pytest.raises(AdminRequired):
        access.require_admin(context)
    access.require_admin(context.elevated())


@pytest.mark.parametrize(("guard", "own"), AUTHORIZE)
def test_authorize_passes_the_owner(guard: Guard, own: str) -> None:
    guard(USER, own)
    guard(duck(quota_class="gold"), own)


@pytest.mark.parametrize(("guard", "own"), AUTHORIZE)
@pytest.mark.parametrize("other", ["other", "", None])
def test_authorize_refuses_another_user_context(guard: Guard, own: str, other: Any) -> None:
    for context in (USER, duck(quota_class="gold")):
        with pytest.raises(Forbidden):
            guard(context, other)


@pytest.mark.parametrize(("guard", "own"), AUTHORIZE)
@pytest.mark.parametrize("context", [ADMIN, ADMIN_OF_A_PROJECT, NO_PROJECT, NO_USER, NOBODY])
def test_authorize_restricts_user_contexts_only(guard: Guard, own: str, context: Any) -> None:
    guard(context, own)
    guard(context, "other")
    guard(context, None)


@pytest.mark.parametrize(("guard", "own"), AUTHORIZE)
@pytest.mark.parametrize("context", FALSY)
def test_authorize_refuses_falsy_contexts(guard: Guard, own: str, context: Any) -> None:
    with pytest.raises(Forbidden):
        guard(context, own)


@pytest.mark.parametrize("quota_class", [None, ""])
def test_a_user_without_quota_class_is_of_no_class(quota_class: str | None) -> None:
    for name in ("gold", quota_class):
        with pytest.raises(Forbidden):
            access.authorize_quota_class(duck(quota_class=quota_class), name)


@pytest.mark.parametrize(
    "guard",
    [lambda: access.require_context(NOBODY), lambda: access.require_admin(USER)],
    ids=["any", "admin"],
)
@pytest.mark.parametrize("name", [Forbidden, NotAuthorized])
def test_both_names_catch_every_refusal(guard: Callable[[], None], name: type[Exception]) -> None:
    with pytest.raises(name) as caught:
        guard()
    assert caught.value.kwargs == {"code": 403}  # type: ignore[attr-defined]
