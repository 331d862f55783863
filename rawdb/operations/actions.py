"""Actions: what was asked of an instance, and the events that carrying it out consists of.

SQL: sql/queries/*/actions.sql. Nobody is refused and no project is looked at: a context without user works.
"""

from __future__ import annotations

from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import InstanceActionEventNotFound, InstanceActionNotFound
from rawdb.operations._operation import NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row
from rawdb.statements.criteria import Predicate
from rawdb.timeutils import ACTION_FINISH_DATETIME_KEYS, ACTION_START_DATETIME_KEYS, convert_datetimes


@lone_write(NO_GUARD)
def action_start(context: Any, values: dict[str, Any]) -> shapes.InstanceActionRow:
    """Store an action and return its row.

    `values` are columns of instance_actions (action, instance_uuid, request_id, user_id, project_id, start_time);
    none is required and other keys are ignored. `start_time` is now if not given; a text in it, or
    a datetime with a time zone, is replaced in `values` by its datetime in UTC. Raises ValueError for any other text.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    convert_datetimes(values, ACTION_START_DATETIME_KEYS)
    return sql(context).action_start(values=values)


@lone_write(NO_GUARD)
def action_finish(context: Any, values: dict[str, Any]) -> shapes.InstanceActionRow:
    """Change the first visible action of an instance and a request, and return its row.

    `values` are columns of instance_actions, instance_uuid and request_id among them (KeyError without); other
    keys are ignored. `finish_time` gets no default; texts in it and in `start_time` are treated as by action_start.
    Raises InstanceActionNotFound. Round trips: 2, or 1 when nothing changes. Source: Nova Juno and Grizzly.
    """
    convert_datetimes(values, ACTION_FINISH_DATETIME_KEYS)
    row = sql(context).action_get_by_request_id(filters=_of_request(values["instance_uuid"], values["request_id"]))
    if row is None:
        raise _action_not_found(values)
    return edit_row(sql(context).action_finish, "instance_actions", row, values, lost=_action_not_found(values))


@lone_read(NO_GUARD)
def actions_get(context: Any, uuid: str) -> list[shapes.InstanceActionRow]:
    """Return the visible actions of an instance, newest first (by created_at, then id).

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).actions_get(filters=[Predicate("instance_uuid", "=", uuid)])


@lone_read(NO_GUARD)
def action_get_by_request_id(context: Any, uuid: str, request_id: str) -> shapes.InstanceActionRow | None:
    """Return the first visible action of an instance and a request, or None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).action_get_by_request_id(filters=_of_request(uuid, request_id))


@lone_write(NO_GUARD)
def action_event_start(context: Any, values: dict[str, Any]) -> shapes.InstanceActionsEventRow:
    """Store an event of an action and return its row.

    `values` are columns of instance_actions_events (event, start_time, host, details), and instance_uuid and
    request_id, which name the action (KeyError without) and are not in the result; other keys are ignored.
    `values` gets the key `action_id`; `start_time` is treated as by action_start. Raises InstanceActionNotFound.
    Round trips: 2. Source: Nova Juno and Grizzly.
    """
    convert_datetimes(values, ACTION_START_DATETIME_KEYS)
    action = sql(context).action_get_by_request_id(filters=_of_request(values["instance_uuid"], values["request_id"]))
    if action is None:
        raise _action_not_found(values)
    row = sql(context).action_event_start(values={**values, "action_id": action["id"]})
    values["action_id"] = action["id"]
    return row


@writes(NO_GUARD)
def action_event_finish(context: Any, values: dict[str, Any]) -> shapes.InstanceActionsEventRow:
    """Change the oldest visible event of a name under an action, finished or not, and return its row.

    `values` are columns of instance_actions_events, and instance_uuid and request_id, which name the action;
    these two, `event` and `result` are required (KeyError). A `result` that is "error" in any case makes "Error"
    the message of the action. Texts in start_time and finish_time are treated as by action_start. Raises
    InstanceActionNotFound, InstanceActionEventNotFound. Round trips: 2, with an error 3, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    convert_datetimes(values, ACTION_FINISH_DATETIME_KEYS)
    event = sql(context).action_event_finish__event(
        filters=_of_request(values["instance_uuid"], values["request_id"]), event=values["event"]
    )
    if event is None:
        raise _action_not_found(values)
    action_id, message = event.pop("found_action_id"), event.pop("found_message")
    not_found = InstanceActionEventNotFound(action_id=action_id, event=values["event"])
    if event["id"] is None:
        raise not_found
    failed = str(values["result"]).lower() == "error"
    row = edit_row(sql(context).action_event_finish, "instance_actions_events", event, values, lost=not_found)
    if failed and message != "Error":
        sql(context).action_finish(id=action_id, changes={"message": "Error"})
    return row


@lone_read(NO_GUARD)
def action_events_get(context: Any, action_id: int) -> list[shapes.InstanceActionsEventRow]:
    """Return the visible events of an action, newest first (by created_at, then id).

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).action_events_get(filters=[Predicate("action_id", "=", action_id)])


@lone_read(NO_GUARD)
def action_event_get_by_id(context: Any, action_id: int, event_id: int) -> shapes.InstanceActionsEventRow | None:
    """Return the visible event `event_id` if it belongs to the action, or None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).action_event_get_by_id(event_id=event_id, filters=[Predicate("action_id", "=", action_id)])


def _of_request(instance_uuid: str | None, request_id: str | None) -> list[Predicate]:
    return [Predicate("instance_uuid", "=", instance_uuid), Predicate("request_id", "=", request_id)]


def _action_not_found(values: dict[str, Any]) -> InstanceActionNotFound:
    return InstanceActionNotFound(request_id=values["request_id"], instance_uuid=values["instance_uuid"])
