"""The task log, through rawdb.api, on every dialect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import AdminRequired, DBDataError, DBError, TaskAlreadyRunning, TaskNotRunning
from tests.operations import usage_workers
from tests.operations.factories import soft_delete, stored
from tests.support.rows import Row

BEGIN = datetime.fromisoformat("2026-11-01T00:00:00.000001")
END = datetime.fromisoformat("2026-12-01T00:00:00")
LATER = END + timedelta(days=31)
WORKERS = 12


def begin(name: Any = "audit", host: Any = "h1", first: Any = BEGIN, last: Any = END, **others: Any) -> None:
    return api.task_log_begin_task(get_admin_context(), name, first, last, host, **others)


def end(host: Any = "h1", errors: Any = 0, who: RequestContext | None = None, **others: Any) -> None:
    return api.task_log_end_task(who or get_admin_context(), "audit", BEGIN, END, host, errors, **others)


def test_begin_stores_a_running_task(admin_context: RequestContext, stopped_clock: datetime) -> None:
    assert begin(task_items=7, message="go") is None  # type: ignore[func-returns-value]
    [row] = stored("task_log")
    assert row == {
        "id": row["id"],
        "task_name": "audit",
        "state": "RUNNING",
        "host": "h1",
        "period_beginning": BEGIN,
        "period_ending": END,
        "message": "go",
        "task_items": 7,
        "errors": 0,
        "created_at": stopped_clock,
        "updated_at": None,
        "deleted_at": None,
        "deleted": 0,
    }
    assert api.task_log_get(admin_context, "audit", BEGIN, END, "h1") == row


def test_begin_without_message_and_items(admin_context: RequestContext) -> None:
    begin()
    begin(host="h2", task_items=None, message="")
    begin(host="h3", task_items=0, message=None)
    assert [(row["message"], row["task_items"]) for row in stored("task_log")] == [("", 0)] * 3


def test_a_period_is_begun_once_ever(admin_context: RequestContext) -> None:
    begin()
    there = BEGIN.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=-3)))
    for first in (BEGIN, there, BEGIN.isoformat()):
        with pytest.raises(TaskAlreadyRunning) as refused:
            begin(first=first, message="again")
        assert refused.value.kwargs == {"code": 500, "task_name": "audit", "host": "h1"}
    end()
    with pytest.raises(TaskAlreadyRunning):
        begin()
    soft_delete("task_log", stored("task_log")[0]["id"])
    with pytest.raises(TaskAlreadyRunning):
        begin()
    assert len(stored("task_log")) == 1


def test_what_tells_periods_apart(admin_context: RequestContext) -> None:
    begin()
    begin(name="AUDIT")
    begin(host="H1")
    begin(host="h1 ")
    begin(first=BEGIN + timedelta(microseconds=1))
    begin(last=LATER)
    assert len(stored("task_log")) == 6


def test_begin_with_bad_input(admin_context: RequestContext, statements: list[str]) -> None:
    wrong: Any
    for wrong in ({"name": "n" * 256}, {"host": "h" * 256}, {"message": "m" * 256}, {"task_items": "asdf"}):
        with pytest.raises(DBDataError):
            begin(**wrong)
    with pytest.raises(DBDataError):
        begin(task_items=2**70)
    with pytest.raises(ValueError, match="asdf"):
        begin(first="asdf")
    assert statements == []
    for wrong in ({"name": None}, {"host": None}):
        with pytest.raises(DBError):
            begin(**wrong)
    assert stored("task_log") == []


def test_end(admin_context: RequestContext, stopped_clock: datetime) -> None:
    begin(message="go")
    begin(host="h2")
    begin(last=LATER)
    row, *others = stored("task_log")
    timeutils.advance_time_seconds(5)
    assert end(errors=3, message="done") is None  # type: ignore[func-returns-value]
    expected = {**row, "state": "DONE", "errors": 3, "message": "done", "updated_at": timeutils.utcnow()}
    assert stored("task_log") == [expected, *others]
    for message in (None, ""):
        end(errors=4, message=message)
        assert stored("task_log") == [{**expected, "errors": 4}, *others]
    end(errors=4)


def test_end_on_all_hosts(admin_context: RequestContext) -> None:
    begin()
    begin(host="h2")
    begin(host="h3", name="other")
    end(host=None, errors=2)
    assert [(row["state"], row["errors"]) for row in stored("task_log")] == [("DONE", 2), ("DONE", 2), ("RUNNING", 0)]


def test_end_of_a_missing_task(admin_context: RequestContext) -> None:
    begin(host="h2")
    begin(last=LATER)
    for host in ("h1", "H2", ""):
        with pytest.raises(TaskNotRunning) as missing:
            end(host=host)
        assert missing.value.kwargs == {"code": 500, "task_name": "audit", "host": host}
    with pytest.raises(TaskNotRunning):
        api.task_log_end_task(admin_context, None, BEGIN, END, "h2", 0)  # type: ignore[arg-type]
    with pytest.raises(DBDataError):
        end(host="h2", errors="asdf")
    with pytest.raises(DBDataError):
        end(host="h2", message="m" * 256)
    assert {row["state"] for row in stored("task_log")} == {"RUNNING"}


def test_visibility(admin_context: RequestContext) -> None:
    begin()
    begin(host="h2")
    gone, live = stored("task_log")
    soft_delete("task_log", gone["id"])
    with pytest.raises(TaskNotRunning):
        end()
    with pytest.raises(TaskNotRunning):
        end(host="h2", who=get_admin_context(read_deleted="only"))

    def hosts(read_deleted: str) -> list[str]:
        reader = get_admin_context(read_deleted=read_deleted)
        rows = api.task_log_get_all(reader, "audit", BEGIN, END)
        assert api.task_log_get(reader, "audit", BEGIN, END, None) == rows[0]
        return [row["host"] for row in rows]

    assert [hosts(read_deleted) for read_deleted in ("no", "yes", "only")] == [["h2"], ["h1", "h2"], ["h1"]]
    end(who=get_admin_context(read_deleted="only"), errors=5)
    end(who=get_admin_context(read_deleted="yes"), errors=6)
    assert [row["errors"] for row in stored("task_log")] == [6, 0]
    assert live["host"] == "h2"


def test_reads(admin_context: RequestContext) -> None:
    for host in ("h2", "h1", "h3"):
        begin(host=host)
    begin(last=LATER)
    begin(name="other")
    end(host="h1")
    second, first, third, later, _ = stored("task_log")

    def get_all(**narrowed: Any) -> Sequence[Row]:
        rows = api.task_log_get_all(admin_context, "audit", BEGIN, END, **narrowed)
        one = api.task_log_get(admin_context, "audit", BEGIN, END, **{"host": None, **narrowed})
        assert one == (rows[0] if rows else None)
        return rows

    assert get_all() == [second, first, third]
    assert get_all(host="h1") == [first]
    assert get_all(state="RUNNING") == [second, third]
    assert get_all(host="h1", state="RUNNING") == []
    assert get_all(state="running") == []
    assert get_all(host="") == []
    assert api.task_log_get_all(admin_context, "audit", BEGIN, LATER) == [later]
    assert api.task_log_get(admin_context, "zork", BEGIN, END, "h1") is None
    with pytest.raises(ValueError, match="asdf"):
        api.task_log_get_all(admin_context, "audit", "asdf", END)  # type: ignore[arg-type]


@pytest.fixture
def enough_connections(db: str) -> None:
    rawdb.dispose()
    rawdb.configure(connection=db, max_pool_size=WORKERS)


@pytest.mark.usefixtures("enough_connections")
def test_one_thread_begins_a_task() -> None:
    outcomes = usage_workers.in_threads("task", list(range(WORKERS)), 8, threading.Barrier(WORKERS))
    usage_workers.check("task", outcomes, 8, WORKERS)


@pytest.mark.slow
@pytest.mark.usefixtures("enough_connections")
def test_one_process_begins_a_task(db: str) -> None:
    outcomes = usage_workers.in_processes([db] * 3, "task", 20, WORKERS)
    usage_workers.check("task", outcomes, 20, WORKERS)


def test_only_admins_and_round_trips(context: RequestContext, statements: list[str]) -> None:
    calls: dict[str, Callable[[RequestContext], object]] = {
        "task_log_begin_task": lambda who: api.task_log_begin_task(who, "audit", BEGIN, END, "h1"),
        "task_log_end_task": lambda who: api.task_log_end_task(who, "audit", BEGIN, END, "h1", 0),
        "task_log_get": lambda who: api.task_log_get(who, "audit", BEGIN, END, "h1"),
        "task_log_get_all": lambda who: api.task_log_get_all(who, "audit", BEGIN, END),
    }
    for call in calls.values():
        with pytest.raises(AdminRequired):
            call(context)
    assert statements == []
    for call in calls.values():
        call(get_admin_context())
    assert statements == list(calls)
