"""Actions and their events, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    DBError,
    InstanceActionEventNotFound,
    InstanceActionNotFound,
    NotFound,
)
from tests.operations.factories import soft_delete, stored, together
from tests.support.rows import Row, there

INSTANCE = "5bc1a6d2-2f11-4c0e-9f5d-6b1f2c3d4e5f"
OTHER_INSTANCE = "00000000-0000-4000-8000-000000000001"
REQUEST = "req-1"


def start(context: RequestContext, **values: Any) -> Row:
    return api.action_start(context, {"action": "reboot", "instance_uuid": INSTANCE, "request_id": REQUEST, **values})


def start_event(context: RequestContext, event: str = "ev", **values: Any) -> Row:
    return api.action_event_start(context, {"event": event, "instance_uuid": INSTANCE, "request_id": REQUEST, **values})


def finish_event(context: RequestContext, event: str = "ev", result: str = "Success", **values: Any) -> Row:
    return api.action_event_finish(
        context, {"event": event, "instance_uuid": INSTANCE, "request_id": REQUEST, "result": result, **values}
    )


def with_read_deleted(value: str) -> RequestContext:
    return RequestContext(None, None, is_admin=False, read_deleted=value)


class TestStart:
    def test_returns_the_row(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = start(nobody, user_id="u", project_id="p", message="m", zork="ignored")
        assert row == {
            "id": row["id"],
            "action": "reboot",
            "instance_uuid": INSTANCE,
            "request_id": REQUEST,
            "user_id": "u",
            "project_id": "p",
            "start_time": stopped_clock,
            "finish_time": None,
            "message": "m",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert stored("instance_actions") == [row]

    def test_needs_no_key(self, nobody: RequestContext) -> None:
        row = api.action_start(nobody, {})
        assert row["action"] is None
        assert row["instance_uuid"] is None
        assert isinstance(row["start_time"], datetime)

    def test_none_for_start_time_means_now(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        assert start(nobody, start_time=None)["start_time"] == stopped_clock

    def test_several_of_one_request(self, nobody: RequestContext) -> None:
        assert start(nobody)["id"] < start(nobody)["id"]

    def test_start_time_as_text_is_replaced_in_the_values(self, nobody: RequestContext) -> None:
        values = {"instance_uuid": INSTANCE, "start_time": "2013-02-03T04:05:06.700000"}
        row = api.action_start(nobody, values)
        moment = datetime.fromisoformat("2013-02-03T04:05:06.700000")
        assert row["start_time"] == values["start_time"] == moment
        assert set(values) == {"instance_uuid", "start_time"}

    def test_time_zone_is_converted_to_utc(self, nobody: RequestContext) -> None:
        aware = datetime(2013, 2, 3, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
        utc = datetime.fromisoformat("2013-02-03T08:00:00.123456")
        assert start(nobody, start_time=aware)["start_time"] == utc
        assert start(nobody, start_time="2013-02-03T10:00:00.123456+02:00")["start_time"] == utc
        assert [row["start_time"] for row in stored("instance_actions")] == [utc, utc]

    @pytest.mark.parametrize("text", ["yesterday", "2013-02-30T00:00:00.000000"])
    def test_other_text_for_start_time(self, nobody: RequestContext, text: str) -> None:
        with pytest.raises(ValueError, match=text):
            start(nobody, start_time=text)
        assert stored("instance_actions") == []

    def test_value_that_is_too_long(self, nobody: RequestContext) -> None:
        with pytest.raises(DBError):
            start(nobody, action="a" * 256)
        assert stored("instance_actions") == []

    def test_hostile_text_is_stored_as_it_is(self, nobody: RequestContext) -> None:
        text = "x'; DROP TABLE instance_actions; -- \\ %s :id \u00e9\U0001f600"
        start(nobody, message=text)
        assert stored("instance_actions")[0]["message"] == text


class TestFinish:
    def test_changes_the_row(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        row = start(nobody)
        timeutils.advance_time_seconds(5)
        values = {
            "instance_uuid": INSTANCE,
            "request_id": REQUEST,
            "finish_time": "2013-02-03T04:05:06.700000",
            "message": "done",
            "zork": 1,
        }
        finished = api.action_finish(nobody, values)
        finish_time = datetime.fromisoformat("2013-02-03T04:05:06.700000")
        assert values["finish_time"] == finish_time
        changed = {"finish_time": finish_time, "message": "done", "updated_at": stopped_clock + timedelta(seconds=5)}
        assert finished == {**row, **changed}
        assert stored("instance_actions") == [finished]

    def test_finish_time_has_no_default(self, nobody: RequestContext) -> None:
        start(nobody)
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": "m"}
        assert api.action_finish(nobody, values)["finish_time"] is None

    def test_no_change_leaves_updated_at(self, nobody: RequestContext, statements: list[str]) -> None:
        row = start(nobody)
        statements.clear()
        same = {name: row[name] for name in ("instance_uuid", "request_id", "action", "start_time", "updated_at")}
        assert api.action_finish(nobody, same) == row
        assert statements == ["action_get_by_request_id"]
        assert stored("instance_actions") == [row]

    def test_none_is_written(self, nobody: RequestContext) -> None:
        start(nobody, message="m")
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": None, "start_time": None}
        finished = api.action_finish(nobody, values)
        assert (finished["message"], finished["start_time"]) == (None, None)

    def test_first_of_several(self, nobody: RequestContext) -> None:
        first, second = start(nobody), start(nobody)
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": "m"}
        for _ in range(2):
            assert api.action_finish(nobody, values)["id"] == first["id"]
        assert stored("instance_actions")[1] == second

    def test_unknown(self, nobody: RequestContext) -> None:
        start(nobody)
        for instance, request in ((OTHER_INSTANCE, REQUEST), (INSTANCE, "req-2"), (INSTANCE.upper(), REQUEST)):
            with pytest.raises(InstanceActionNotFound) as missing:
                api.action_finish(nobody, {"instance_uuid": instance, "request_id": request})
            assert missing.value.kwargs == {"instance_uuid": instance, "request_id": request, "code": 500}
            assert not isinstance(missing.value, NotFound)

    @pytest.mark.parametrize("key", ["instance_uuid", "request_id"])
    def test_missing_key(self, nobody: RequestContext, key: str) -> None:
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST}
        del values[key]
        for operation in (api.action_finish, api.action_event_start):
            with pytest.raises(KeyError, match=key):
                operation(nobody, dict(values))

    def test_visibility(self, nobody: RequestContext) -> None:
        row = start(nobody)
        soft_delete("instance_actions", row["id"])
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": "m"}
        with pytest.raises(InstanceActionNotFound):
            api.action_finish(nobody, values)
        for read_deleted in ("yes", "only"):
            values["message"] = read_deleted
            assert api.action_finish(with_read_deleted(read_deleted), values)["message"] == read_deleted
        assert stored("instance_actions")[0]["message"] == "only"

    def test_other_text_for_a_time(self, nobody: RequestContext) -> None:
        row = start(nobody)
        for key in ("start_time", "finish_time"):
            with pytest.raises(ValueError, match="soon"):
                api.action_finish(nobody, {"instance_uuid": INSTANCE, "request_id": REQUEST, key: "soon"})
        assert stored("instance_actions") == [row]

    def test_value_of_another_type(self, nobody: RequestContext) -> None:
        row = start(nobody)
        with pytest.raises(DBDataError):
            api.action_finish(nobody, {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": ["list"]})
        assert stored("instance_actions") == [row]

    def test_different_columns_at_once(self, nobody: RequestContext) -> None:
        start(nobody)
        moment = datetime.fromisoformat("2013-02-03T04:05:06.700000")
        key = {"instance_uuid": INSTANCE, "request_id": REQUEST}
        changes: list[dict[str, object]] = [
            {"message": "m"},
            {"user_id": "u"},
            {"project_id": "p"},
            {"finish_time": moment},
        ]
        results = together(*(lambda c=c: api.action_finish(with_read_deleted("no"), {**key, **c}) for c in changes))
        assert not [result for result in results if isinstance(result, BaseException)]
        [row] = stored("instance_actions")
        for change in changes:
            assert change.items() <= row.items()

    def test_deleted_between_the_read_and_the_write(self, nobody: RequestContext) -> None:
        first, second = start(nobody), start(nobody)
        sent: list[str] = []

        def interfere(name: str, text: str) -> None:
            sent.append(name)
            if name == "action_finish" and sent.count(name) == 1:
                soft_delete("instance_actions", first["id"])

        rawdb.default_database().observers.append(interfere)
        values = {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": "m"}
        assert api.action_finish(nobody, values)["id"] == second["id"]
        assert [row["message"] for row in stored("instance_actions")] == [None, "m"]

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        start(nobody)
        assert statements == ["action_start"]
        statements.clear()
        api.action_finish(nobody, {"instance_uuid": INSTANCE, "request_id": REQUEST, "message": "m"})
        assert statements == ["action_get_by_request_id", "action_finish"]


class TestReads:
    def test_newest_first(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        first = start(nobody)
        second = start(nobody, request_id="req-2")
        oldest = start(nobody, request_id="req-3", created_at=stopped_clock - timedelta(microseconds=1))
        newest = start(nobody, request_id="req-4", created_at=stopped_clock + timedelta(microseconds=1))
        start(nobody, instance_uuid=OTHER_INSTANCE)
        assert api.actions_get(nobody, INSTANCE) == [newest, second, first, oldest]

    def test_none_there(self, nobody: RequestContext) -> None:
        assert api.actions_get(nobody, INSTANCE) == []
        assert api.action_get_by_request_id(nobody, INSTANCE, REQUEST) is None
        assert api.action_events_get(nobody, 1) == []
        assert api.action_event_get_by_id(nobody, 1, 1) is None

    def test_by_request_id(self, nobody: RequestContext) -> None:
        first = start(nobody)
        start(nobody)
        start(nobody, instance_uuid=OTHER_INSTANCE)
        assert api.action_get_by_request_id(nobody, INSTANCE, REQUEST) == first
        assert api.action_get_by_request_id(nobody, INSTANCE, REQUEST.upper()) is None
        assert api.action_get_by_request_id(nobody, INSTANCE, REQUEST + " ") is None
        assert api.action_get_by_request_id(nobody, uuid=INSTANCE, request_id=REQUEST) == first

    def test_none_matches_what_has_none(self, nobody: RequestContext) -> None:
        row = start(nobody, request_id=None)
        start(nobody)
        assert api.action_get_by_request_id(nobody, INSTANCE, None) == row  # type: ignore[arg-type]
        orphan = api.action_start(nobody, {"action": "x"})
        assert api.actions_get(nobody, None) == [orphan]  # type: ignore[arg-type]

    def test_uuid_object(self, nobody: RequestContext) -> None:
        row = start(nobody, instance_uuid=uuid.UUID(INSTANCE))
        assert row["instance_uuid"] == INSTANCE
        assert api.actions_get(nobody, uuid.UUID(INSTANCE)) == [row]  # type: ignore[arg-type]

    def test_bad_arguments(self, nobody: RequestContext) -> None:
        for call in (
            lambda: api.actions_get(nobody, [INSTANCE]),  # type: ignore[arg-type]
            lambda: api.action_get_by_request_id(nobody, INSTANCE, {}),  # type: ignore[arg-type]
        ):
            with pytest.raises(DBDataError):
                call()
        for nothing in ("one", 2**70, None):
            assert api.action_events_get(nobody, nothing) == []  # type: ignore[arg-type]
            assert api.action_event_get_by_id(nobody, 1, nothing) is None  # type: ignore[arg-type]

    def test_visibility(self, nobody: RequestContext) -> None:
        live, gone = start(nobody), start(nobody, request_id="req-2")
        live_event, gone_event = start_event(nobody), start_event(nobody)
        soft_delete("instance_actions", gone["id"])
        soft_delete("instance_actions_events", gone_event["id"])
        expected = {"no": [live["id"]], "yes": [gone["id"], live["id"]], "only": [gone["id"]]}
        expected_events = {
            "no": [live_event["id"]],
            "yes": [gone_event["id"], live_event["id"]],
            "only": [gone_event["id"]],
        }
        for read_deleted, ids in expected.items():
            context = with_read_deleted(read_deleted)
            assert [row["id"] for row in api.actions_get(context, INSTANCE)] == ids
            found = api.action_get_by_request_id(context, INSTANCE, "req-2")
            assert (found is not None) == (gone["id"] in ids)
            events = [row["id"] for row in api.action_events_get(context, live["id"])]
            assert events == expected_events[read_deleted]
            one = api.action_event_get_by_id(context, live["id"], gone_event["id"])
            assert (one is not None) == (gone_event["id"] in events)

    def test_other_projects_are_read_too(self, nobody: RequestContext) -> None:
        start(nobody, project_id="theirs")
        event = start_event(nobody)
        plain = RequestContext("me", "mine", is_admin=False)
        assert len(api.actions_get(plain, INSTANCE)) == 1
        assert there(api.action_get_by_request_id(plain, INSTANCE, REQUEST))["project_id"] == "theirs"
        assert api.action_events_get(plain, event["action_id"]) == [event]

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        api.actions_get(nobody, INSTANCE)
        api.action_get_by_request_id(nobody, INSTANCE, REQUEST)
        api.action_events_get(nobody, 1)
        api.action_event_get_by_id(nobody, 1, 1)
        assert statements == ["actions_get", "action_get_by_request_id", "action_events_get", "action_event_get_by_id"]


class TestEventStart:
    def test_returns_the_row(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        action = start(nobody)
        values = {
            "event": "ev",
            "instance_uuid": INSTANCE,
            "request_id": REQUEST,
            "start_time": "2013-02-03T04:05:06.700000",
            "host": "h",
            "details": "d",
            "zork": 1,
        }
        event = api.action_event_start(nobody, values)
        start_time = datetime.fromisoformat("2013-02-03T04:05:06.700000")
        assert event == {
            "id": event["id"],
            "event": "ev",
            "action_id": action["id"],
            "start_time": start_time,
            "finish_time": None,
            "result": None,
            "traceback": None,
            "host": "h",
            "details": "d",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert values["action_id"] == action["id"]
        assert values["start_time"] == start_time
        assert values["zork"] == 1
        assert stored("instance_actions_events") == [event]

    def test_start_time_defaults_to_now(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        start(nobody)
        assert start_event(nobody)["start_time"] == stopped_clock

    def test_belongs_to_the_first_action(self, nobody: RequestContext) -> None:
        first = start(nobody)
        start(nobody)
        assert start_event(nobody, action_id=4711)["action_id"] == first["id"]

    def test_unknown_action(self, nobody: RequestContext) -> None:
        values = {"event": "ev", "instance_uuid": INSTANCE, "request_id": REQUEST}
        with pytest.raises(InstanceActionNotFound) as missing:
            api.action_event_start(nobody, values)
        assert missing.value.kwargs["request_id"] == REQUEST
        assert missing.value.kwargs["instance_uuid"] == INSTANCE
        assert "action_id" not in values
        assert stored("instance_actions_events") == []

    def test_deleted_action(self, nobody: RequestContext) -> None:
        action = start(nobody)
        soft_delete("instance_actions", action["id"])
        with pytest.raises(InstanceActionNotFound):
            start_event(nobody)
        assert start_event(with_read_deleted("yes"))["action_id"] == action["id"]

    def test_value_that_is_no_text(self, nobody: RequestContext) -> None:
        start(nobody)
        values = {"event": {}, "instance_uuid": INSTANCE, "request_id": REQUEST}
        with pytest.raises(DBDataError):
            api.action_event_start(nobody, values)
        assert "action_id" not in values

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        start(nobody)
        statements.clear()
        start_event(nobody)
        assert statements == ["action_get_by_request_id", "action_event_start"]


class TestEventFinish:
    def test_changes_the_row_and_not_the_action(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        action = start(nobody)
        event = start_event(nobody)
        timeutils.advance_time_seconds(3)
        values = {
            "event": "ev",
            "instance_uuid": INSTANCE,
            "request_id": REQUEST,
            "finish_time": "2013-02-03T04:05:06.700000",
            "result": "Success",
            "traceback": "t" * 5000,
            "zork": 1,
        }
        finished = api.action_event_finish(nobody, values)
        finish_time = datetime.fromisoformat("2013-02-03T04:05:06.700000")
        assert finished == {
            **event,
            "finish_time": finish_time,
            "result": "Success",
            "traceback": "t" * 5000,
            "updated_at": stopped_clock + timedelta(seconds=3),
        }
        assert values["finish_time"] == finish_time
        assert stored("instance_actions_events") == [finished]
        assert stored("instance_actions") == [action]

    @pytest.mark.parametrize("result", ["error", "Error", "ERROR"])
    def test_error_marks_the_action(self, nobody: RequestContext, stopped_clock: datetime, result: str) -> None:
        action = start(nobody, message="m")
        start_event(nobody)
        timeutils.advance_time_seconds(3)
        assert finish_event(nobody, result=result)["result"] == result
        later = stopped_clock + timedelta(seconds=3)
        assert stored("instance_actions") == [{**action, "message": "Error", "updated_at": later}]
        timeutils.advance_time_seconds(3)
        finish_event(nobody, result=result)
        assert stored("instance_actions")[0]["updated_at"] == later

    @pytest.mark.parametrize("result", ["Success", "errors", "", 1])
    def test_other_results_do_not(self, nobody: RequestContext, result: Any) -> None:
        action = start(nobody)
        start_event(nobody)
        assert finish_event(nobody, result=result)["result"] == str(result)
        assert stored("instance_actions") == [action]

    def test_result_is_required(self, nobody: RequestContext) -> None:
        action = start(nobody)
        event = start_event(nobody)
        values = {"event": "ev", "instance_uuid": INSTANCE, "request_id": REQUEST, "traceback": "t"}
        with pytest.raises(KeyError, match="result"):
            api.action_event_finish(nobody, values)
        assert stored("instance_actions_events") == [event]
        assert stored("instance_actions") == [action]

    @pytest.mark.parametrize("key", ["instance_uuid", "request_id", "event"])
    def test_missing_key(self, nobody: RequestContext, key: str) -> None:
        values = {"event": "ev", "instance_uuid": INSTANCE, "request_id": REQUEST, "result": "x"}
        del values[key]
        with pytest.raises(KeyError, match=key):
            api.action_event_finish(nobody, values)

    def test_unknown_action(self, nobody: RequestContext) -> None:
        with pytest.raises(InstanceActionNotFound) as missing:
            finish_event(nobody)
        assert missing.value.kwargs["request_id"] == REQUEST
        assert missing.value.kwargs["instance_uuid"] == INSTANCE

    def test_unknown_action_comes_before_the_missing_result(self, nobody: RequestContext) -> None:
        with pytest.raises(InstanceActionNotFound):
            api.action_event_finish(nobody, {"event": "ev", "instance_uuid": INSTANCE, "request_id": REQUEST})

    def test_unknown_event(self, nobody: RequestContext) -> None:
        first = start(nobody)
        other = start(nobody, request_id="req-2")
        start_event(nobody, request_id="req-2")
        with pytest.raises(InstanceActionEventNotFound) as missing:
            finish_event(nobody)
        assert missing.value.kwargs["action_id"] == first["id"] != other["id"]
        assert missing.value.kwargs["event"] == "ev"
        assert not isinstance(missing.value, NotFound)
        start_event(nobody)
        with pytest.raises(InstanceActionEventNotFound):
            finish_event(nobody, "EV")

    def test_event_of_the_second_action_of_a_request_is_out_of_reach(self, nobody: RequestContext) -> None:
        start(nobody)
        second = start(nobody)
        event = start_event(nobody)
        with rawdb.writer.using() as sql:
            sql.execute(f"UPDATE instance_actions_events SET action_id = {second['id']} WHERE id = {event['id']}")
        with pytest.raises(InstanceActionEventNotFound):
            finish_event(nobody)

    def test_oldest_of_a_name_even_if_finished(self, nobody: RequestContext) -> None:
        start(nobody)
        start_event(nobody, "other")
        first, second = start_event(nobody), start_event(nobody)
        for result in ("one", "two"):
            assert finish_event(nobody, result=result)["id"] == first["id"]
        rows = {row["id"]: row for row in stored("instance_actions_events")}
        assert rows[first["id"]]["result"] == "two"
        assert rows[second["id"]] == second

    def test_visibility(self, nobody: RequestContext) -> None:
        action = start(nobody)
        first, second = start_event(nobody), start_event(nobody)
        soft_delete("instance_actions_events", first["id"])
        assert finish_event(nobody)["id"] == second["id"]
        assert finish_event(with_read_deleted("yes"))["id"] == first["id"]
        soft_delete("instance_actions", action["id"])
        with pytest.raises(InstanceActionNotFound):
            finish_event(nobody)
        assert finish_event(with_read_deleted("only"), result="error")["id"] == first["id"]
        assert stored("instance_actions")[0]["message"] == "Error"

    def test_nothing_stays_when_a_value_is_bad(self, nobody: RequestContext) -> None:
        start(nobody)
        event = start_event(nobody)
        with pytest.raises(DBDataError):
            finish_event(nobody, result="error", host="h" * 256)
        assert stored("instance_actions_events") == [event]
        assert stored("instance_actions")[0]["message"] is None

    def test_round_trips(self, nobody: RequestContext, statements: list[str]) -> None:
        start(nobody)
        start_event(nobody)
        statements.clear()
        finish_event(nobody)
        assert statements == ["BEGIN", "action_event_finish__event", "action_event_finish", "COMMIT"]
        statements.clear()
        finish_event(nobody, result="error")
        assert statements == [
            "BEGIN",
            "action_event_finish__event",
            "action_event_finish",
            "action_finish",
            "COMMIT",
        ]

    def test_many_events_of_an_action_at_once(self, nobody: RequestContext) -> None:
        start(nobody)
        names = [f"ev{number}" for number in range(6)]
        for name in names:
            start_event(nobody, name)
        results = together(
            *(lambda name=name: finish_event(with_read_deleted("no"), name, "error") for name in names),
            *(lambda name=name: start_event(with_read_deleted("no"), f"more-{name}") for name in names[:2]),
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        rows = stored("instance_actions_events")
        assert [row["result"] for row in rows] == ["error"] * 6 + [None] * 2
        assert stored("instance_actions")[0]["message"] == "Error"


class TestEventReads:
    def test_newest_first(self, nobody: RequestContext, stopped_clock: datetime) -> None:
        action = start(nobody)
        first, second = start_event(nobody), start_event(nobody)
        oldest = start_event(nobody, created_at=stopped_clock - timedelta(microseconds=1))
        other = start(nobody, request_id="req-2")
        foreign = start_event(nobody, request_id="req-2")
        assert api.action_events_get(nobody, action["id"]) == [second, first, oldest]
        assert api.action_events_get(nobody, other["id"]) == [foreign]

    def test_by_id_needs_both(self, nobody: RequestContext) -> None:
        action = start(nobody)
        event = start_event(nobody)
        assert api.action_event_get_by_id(nobody, action["id"], event["id"]) == event
        assert api.action_event_get_by_id(nobody, action["id"] + 1, event["id"]) is None
        assert api.action_event_get_by_id(nobody, action["id"], event["id"] + 1) is None
