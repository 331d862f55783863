"""Task log: periodic tasks, each run once on a host for a period. SQL: sql/queries/*/task_logs.sql."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import DBDuplicateEntry, TaskAlreadyRunning, TaskNotRunning
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql


@lone_write(ADMIN)
def task_log_begin_task(
    context: Any,
    task_name: str,
    period_beginning: datetime,
    period_ending: datetime,
    host: str,
    task_items: int | None = None,
    message: str | None = None,
) -> None:
    """Note that a task begins on a host for a period. A `message` that is None is stored as ''.

    Raises TaskAlreadyRunning when it was begun before, whatever became of it: the unique key lets one of concurrent
    callers begin, ever. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    values = {
        "task_name": task_name,
        "host": host,
        "period_beginning": period_beginning,
        "period_ending": period_ending,
        "state": "RUNNING",
        "errors": 0,
        "task_items": task_items or 0,
        "message": message or "",
    }
    try:
        sql(context).task_log_begin_task(values=values)
    except DBDuplicateEntry as error:
        raise TaskAlreadyRunning(task_name=task_name, host=host) from error


@lone_write(ADMIN)
def task_log_end_task(
    context: Any,
    task_name: str,
    period_beginning: datetime,
    period_ending: datetime,
    host: str | None,
    errors: int,
    message: str | None = None,
) -> None:
    """Note that a task is done, on a host or, with None, on all of them; a `message` replaces the stored one.

    Its state is not asked for: a task may end twice. Raises TaskNotRunning when no visible one matches.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    changes = {"state": "DONE", "errors": errors}
    matched = sql(context).task_log_end_task(
        task_name=task_name,
        period_beginning=period_beginning,
        period_ending=period_ending,
        on_host=host is not None,
        host=host,
        changes={**changes, "message": message} if message else changes,
    )
    if not matched:
        raise TaskNotRunning(task_name=task_name, host=host)


@lone_read(ADMIN)
def task_log_get(
    context: Any,
    task_name: str,
    period_beginning: datetime,
    period_ending: datetime,
    host: str | None,
    state: str | None = None,
) -> shapes.TaskLogRow | None:
    """Return the visible run of a task for a period, or None; `host` and `state` narrow unless they are None.

    Of several the oldest is returned. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).task_log_get(**_runs(task_name, period_beginning, period_ending, host, state))


@lone_read(ADMIN)
def task_log_get_all(
    context: Any,
    task_name: str,
    period_beginning: datetime,
    period_ending: datetime,
    host: str | None = None,
    state: str | None = None,
) -> list[shapes.TaskLogRow]:
    """Return the visible runs of a task for a period, by id; `host` and `state` narrow unless they are None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).task_log_get_all(**_runs(task_name, period_beginning, period_ending, host, state))


def _runs(
    task_name: str, period_beginning: datetime, period_ending: datetime, host: str | None, state: str | None
) -> dict[str, Any]:
    return {
        "task_name": task_name,
        "period_beginning": period_beginning,
        "period_ending": period_ending,
        "on_host": host is not None,
        "host": host,
        "in_state": state is not None,
        "state": state,
    }
