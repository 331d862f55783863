"""Share networks and servers with what hangs on them, and the contexts that look at them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError, NotAuthorized, NovaException
from tests.operations.instance_helpers import insert
from tests.support.rows import Row

COMMON = {"updated_at": None, "deleted_at": None, "deleted": "False"}
#: Values of a wrong kind for an id: none of them is one, and some are no plain value at all.
NO_IDS = (None, "asdf", "", 2**70, -1)
_numbers = itertools.count(1)


def member(read_deleted: str = "no") -> RequestContext:
    """A plain user of another project than the rows here belong to: none of these operations minds."""
    return RequestContext("fake-user", "fake-project", is_admin=False, read_deleted=read_deleted)


def service(**values: Any) -> Row:
    return api.security_service_create(member(), {"project_id": "p", "type": "ldap", **values})


def network(**values: Any) -> Row:
    return api.share_network_create(member(), {"project_id": "p", **values})


def server(**values: Any) -> Row:
    return api.share_server_create(member(), {"host": "h", **values})


def allocation(server_id: str, **values: Any) -> Row:
    return api.network_allocation_create(member(), {"share_server_id": server_id, **values})


def share(**values: Any) -> str:
    """Store a share, and its id."""
    row = {"id": f"share-{next(_numbers)}", "project_id": "p", "size": 1, **values}
    insert("shares", **row)
    return str(row["id"])


def ids(rows: Sequence[Row]) -> list[Any]:
    return [row["id"] for row in rows]


def is_missing(error: type[NovaException], call: Callable[[Any], Any], field: str | None, *unknown: Any) -> None:
    """The call raises just that error for what is no id, and for each of `unknown`, with it as its field."""
    for row_id in (*NO_IDS, *unknown):
        with pytest.raises(error) as missing:
            call(row_id)
        assert type(missing.value) is error
        assert missing.value.kwargs == ({"code": 404} if field is None else {"code": 404, field: row_id})
    with pytest.raises(DBDataError):
        call(["asdf"])


def refuses_strangers(statements: list[str], *calls: Callable[[RequestContext | None], Any]) -> None:
    """Each call is refused without a user and a project, before anything is looked at; an administrator needs none."""
    statements.clear()
    for call in calls:
        for user_id, project_id in ((None, None), ("fake-user", None), (None, "fake-project")):
            with pytest.raises(NotAuthorized):
                call(RequestContext(user_id, project_id, is_admin=False))
        with pytest.raises(NotAuthorized):
            call(None)
    assert statements == []
