"""Two callers that edit one row at once: the last one has its way with all its columns, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from tests.operations.factories import meanwhile, stored
from tests.support.rows import Row

GROUP = "11111111-1111-4111-8111-111111111111"
REQUEST = {"instance_uuid": GROUP, "request_id": "req-1"}
Edit = Callable[[RequestContext, Row], object]


def _action(context: RequestContext) -> Edit:
    api.action_start(context, {**REQUEST, "message": "m", "project_id": "p"})
    return lambda mine, values: api.action_finish(mine, {**REQUEST, **values})


def _event(context: RequestContext) -> Edit:
    api.action_start(context, dict(REQUEST))
    api.action_event_start(context, {**REQUEST, "event": "e", "traceback": "m", "details": "p"})
    return lambda mine, values: api.action_event_finish(mine, {**REQUEST, "event": "e", "result": "ok", **values})


def _service(context: RequestContext) -> Edit:
    row = api.service_create(context, {"host": "h", "binary": "m", "topic": "p"})
    return lambda mine, values: api.service_update(mine, row["id"], values)


def _network(context: RequestContext) -> Edit:
    row = api.network_create_safe(context, {"label": "m", "bridge": "p"})
    return lambda mine, values: api.network_update(mine, row["id"], values)


def _security_group(context: RequestContext) -> Edit:
    row = api.security_group_create(context, {"name": "m", "description": "p", "project_id": "p", "user_id": "u"})
    return lambda mine, values: api.security_group_update(mine, row["id"], values)


def _instance_group(context: RequestContext) -> Edit:
    api.instance_group_create(context, {"uuid": GROUP, "name": "m", "project_id": "p"})
    return lambda mine, values: api.instance_group_update(mine, GROUP, dict(values))


@pytest.mark.parametrize(
    ("make", "table", "statement", "columns"),
    [
        (_action, "instance_actions", "action_finish", ("message", "project_id")),
        (_event, "instance_actions_events", "action_event_finish", ("traceback", "details")),
        (_service, "services", "service_update", ("binary", "topic")),
        (_network, "networks", "network_update", ("label", "bridge")),
        (_security_group, "security_groups", "security_group_update", ("name", "description")),
        (_instance_group, "instance_groups", "instance_group_update", ("name", "project_id")),
    ],
)
def test_the_last_edit_has_all_its_columns(
    dialect: str,
    admin_context: RequestContext,
    make: Callable[[RequestContext], Edit],
    table: str,
    statement: str,
    columns: tuple[str, str],
) -> None:
    if dialect == "sqlite":
        pytest.skip("a writer has its turn before it is heard of: nobody else gets between the read and the edit")
    edit = make(admin_context)
    first, second = columns
    # The first column is what it was when the row was read, and is something else when it is written.
    with meanwhile(statement, lambda: edit(get_admin_context(), {first: "theirs", second: "theirs"})):
        edit(admin_context, {first: "m", second: "mine"})
    [row] = stored(table)
    assert {name: row[name] for name in columns} == {first: "m", second: "mine"}


def test_an_edit_that_changes_nothing_writes_nothing(admin_context: RequestContext, statements: list[str]) -> None:
    edit: Any = _action(admin_context)
    statements.clear()
    assert edit(admin_context, {"message": "m", "project_id": "p"})["updated_at"] is None
    assert statements == ["action_get_by_request_id"]
