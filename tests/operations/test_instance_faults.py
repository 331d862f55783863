"""Instance faults, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError, DBError
from tests.operations.factories import soft_delete, stored, together
from tests.support.rows import Row

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER_INSTANCE = "00000000-0000-4000-8000-000000000001"


def fault(context: RequestContext, **values: Any) -> Row:
    return api.instance_fault_create(context, {"instance_uuid": INSTANCE, "code": 500, **values})


def test_create_returns_the_row(nobody: RequestContext, stopped_clock: datetime) -> None:
    values = {"instance_uuid": INSTANCE, "code": "404", "message": "m", "details": "d" * 70000, "host": "h", "zork": 1}
    row = api.instance_fault_create(nobody, values)
    assert row == {
        "id": row["id"],
        "instance_uuid": INSTANCE,
        "code": 404,
        "message": "m",
        "details": "d" * 70000,
        "host": "h",
        "created_at": stopped_clock,
        "updated_at": None,
        "deleted_at": None,
        "deleted": 0,
    }
    assert type(row) is dict
    assert values["code"] == "404"
    assert stored("instance_faults") == [row]
    assert api.instance_fault_get_by_instance_uuids(nobody, [INSTANCE]) == {INSTANCE: [row]}


@pytest.mark.parametrize("values", [{}, {"code": None}])
def test_create_needs_a_code(nobody: RequestContext, values: dict[str, Any]) -> None:
    with pytest.raises(DBError):
        api.instance_fault_create(nobody, {"instance_uuid": INSTANCE, **values})
    assert stored("instance_faults") == []


@pytest.mark.parametrize("bad", [{"code": "many"}, {"code": 2**31}, {"message": "m" * 256}, {"host": b"h"}])
def test_create_refuses_what_a_column_cannot_hold(nobody: RequestContext, bad: dict[str, Any]) -> None:
    with pytest.raises(DBDataError):
        fault(nobody, **bad)
    assert stored("instance_faults") == []


def test_create_for_no_instance(nobody: RequestContext) -> None:
    assert api.instance_fault_create(nobody, {"code": 1})["instance_uuid"] is None
    assert fault(nobody, instance_uuid="no such instance")["instance_uuid"] == "no such instance"


def test_newest_first_for_every_uuid(nobody: RequestContext, stopped_clock: datetime) -> None:
    first, second = fault(nobody), fault(nobody)
    oldest = fault(nobody, created_at=stopped_clock - timedelta(microseconds=1))
    newest = fault(nobody, created_at=stopped_clock + timedelta(microseconds=1))
    other = fault(nobody, instance_uuid=OTHER_INSTANCE)
    fault(nobody, instance_uuid="not asked for")
    expected = {INSTANCE: [newest, second, first, oldest], OTHER_INSTANCE: [other], "none": []}
    assert api.instance_fault_get_by_instance_uuids(nobody, [INSTANCE, OTHER_INSTANCE, "none"]) == expected


def test_any_collection_of_uuids(nobody: RequestContext) -> None:
    row = fault(nobody)
    for uuids in ((INSTANCE, INSTANCE), {INSTANCE}, {INSTANCE: 1}, [INSTANCE, INSTANCE]):
        assert api.instance_fault_get_by_instance_uuids(nobody, uuids) == {INSTANCE: [row]}
    key = uuid.UUID(INSTANCE)
    assert api.instance_fault_get_by_instance_uuids(nobody, [key]) == {key: [row]}  # type: ignore[list-item]
    assert api.instance_fault_get_by_instance_uuids(nobody, instance_uuids=[INSTANCE.upper(), None]) == {  # type: ignore[list-item]
        INSTANCE.upper(): [],
        None: [],
    }


def test_no_uuids_ask_nothing(nobody: RequestContext, statements: list[str]) -> None:
    assert api.instance_fault_get_by_instance_uuids(nobody, []) == {}
    assert statements == []


def test_round_trips(nobody: RequestContext, statements: list[str]) -> None:
    fault(nobody)
    assert statements == ["instance_fault_create"]
    statements.clear()
    api.instance_fault_get_by_instance_uuids(nobody, [f"uuid-{number}" for number in range(1000)])
    assert statements == ["instance_fault_get_by_instance_uuids"]


def test_more_uuids_than_one_statement_takes(nobody: RequestContext) -> None:
    uuids = [f"uuid-{number}" for number in range(16390)]
    rows = {name: fault(nobody, instance_uuid=name) for name in (uuids[0], uuids[16383], uuids[16384], uuids[-1])}
    found = api.instance_fault_get_by_instance_uuids(nobody, uuids + uuids[:9])
    assert list(found) == uuids
    assert {name: faults for name, faults in found.items() if faults} == {name: [row] for name, row in rows.items()}


def test_a_uuid_that_is_no_text(nobody: RequestContext) -> None:
    with pytest.raises(DBDataError):
        api.instance_fault_get_by_instance_uuids(nobody, [("tuple",)])  # type: ignore[list-item]


@pytest.mark.parametrize("read_deleted", ["no", "yes", "only"])
def test_live_faults_only(nobody: RequestContext, read_deleted: str) -> None:
    gone, live = fault(nobody), fault(nobody)
    soft_delete("instance_faults", gone["id"])
    context = RequestContext("u", "p", is_admin=False, read_deleted=read_deleted)
    assert api.instance_fault_get_by_instance_uuids(context, [INSTANCE]) == {INSTANCE: [live]}


def test_all_at_once(nobody: RequestContext) -> None:
    results = together(*(lambda code=code: fault(RequestContext(None, None), code=code) for code in range(6)))
    assert sorted(row["code"] for row in results) == list(range(6))
    assert len(api.instance_fault_get_by_instance_uuids(nobody, [INSTANCE])[INSTANCE]) == 6


def test_none_is_not_the_text_of_it(nobody: RequestContext) -> None:
    row = fault(nobody, instance_uuid="None")
    fault(nobody, instance_uuid=None)
    assert api.instance_fault_get_by_instance_uuids(nobody, [None, "None"]) == {  # type: ignore[list-item]
        None: [],
        "None": [row],
    }
