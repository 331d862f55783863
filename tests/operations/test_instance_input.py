"""What callers pass by mistake or by malice: the documented errors, nothing written, and no SQL of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBError, DBInvalidUnicodeParameter, NovaException
from tests.operations.factories import stored
from tests.operations.instance_helpers import columns, make, without
from tests.support.rows import Row

#: In every text that is passed below, and in no statement.
MARK = "q7Zx"
DOCUMENTED = (NovaException, DBError, DBInvalidUnicodeParameter, AttributeError, KeyError, ValueError, TypeError)
SQL = (
    "' OR '1'='1",
    "'; DROP TABLE instances; --",
    '"',
    "\\",
    "%s",
    "%(uuid)s",
    ":uuid",
    "/*{filters}*/",
    "\x00",
    "\ud800",
)

texts = some.builds(
    lambda before, sql, after: f"{before}{sql}{MARK}{after}",
    some.text(max_size=8),
    some.sampled_from(["", *SQL]),
    some.one_of(some.text(max_size=8), some.just("x" * 300)),
)
odd = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**70), 2**70),
    some.floats(),
    some.binary(max_size=4),
    some.just(object()),
    some.just({}),
    some.just([[]]),
    some.datetimes(),
)
values = some.one_of(texts, odd, some.lists(texts, max_size=3), some.dictionaries(texts, texts, max_size=2))
few = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Sent(list[str]):
    """The texts of the statements sent."""

    def __repr__(self) -> str:
        return f"{len(self)} statements"

    def marked(self) -> list[str]:
        """Those that hold what a caller passed."""
        return [text for text in self if MARK in text]


@pytest.fixture
def sent(context: RequestContext) -> Sent:
    """The texts of the statements sent."""
    found = Sent()
    rawdb.default_database().observers.append(lambda name, text: found.append(text))
    return found


def attempt(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The result of a call, or the documented error that it ended in; any other error leaves."""
    try:
        return call(*args, **kwargs)
    except DOCUMENTED as error:
        return error


@few
@given(text=texts, value=values, name=some.one_of(texts, odd))
@example(text=MARK, value=["a"] * 3, name="display_name")
def test_reads(context: RequestContext, sent: Sent, text: str, value: Any, name: Any) -> None:
    if not stored("instances"):
        make(context, host="h", metadata={"k": "v"})
    before = stored("instances"), stored("instance_metadata")
    admin = get_admin_context()
    sent.clear()
    for argument in (text, value):
        attempt(api.instance_get, context, argument)
        attempt(api.instance_get_by_uuid, context, argument)
        attempt(api.instance_get_all_by_host, admin, argument)
        attempt(api.instance_get_all_by_host_and_node, admin, argument, argument)
        attempt(api.instance_get_all_by_host_and_not_type, admin, "h", argument)
        attempt(api.instance_data_get_for_project, admin, argument)
        attempt(api.instance_get_all_hung_in_rebooting, admin, argument)
        attempt(api.instance_get_active_by_window_joined, admin, argument, argument, argument, argument)
        attempt(api.instance_get_floating_address, context, argument)
        attempt(api.instance_floating_address_get_all, context, argument)
        attempt(api.instance_get_all_by_filters, context, {}, marker=argument)
        attempt(api.instance_get_all_by_filters, context, {}, limit=argument)
        for column in (
            "host",
            "node",
            "vcpus",
            "uuid",
            "metadata",
            "filter",
            "deleted",
            "changes-since",
            "launched_at",
        ):
            attempt(api.instance_get_all_by_filters, admin, {column: argument})
        attempt(api.instance_get_all_by_filters, admin, {"metadata": {text: argument}})
        attempt(api.instance_get_all_by_filters, admin, {"filter": [{"name": f"tag:{text}", "value": argument}]})
        attempt(api.instance_get_all_by_filters, admin, {"filter": [{"name": "tag-key", "value": argument}]})
    if isinstance(name, (str, int, type(None))) and name not in columns("instances"):
        assert len(api.instance_get_all_by_filters(context, {name: text})) == 1  # type: ignore[dict-item]
        assert isinstance(attempt(api.instance_get_all_by_filters, context, {}, name), AttributeError)
        assert isinstance(attempt(api.instance_get_all_by_filters, context, {}, "id", name), KeyError)
        assert isinstance(attempt(api.instance_get, context, 1, [name]), ValueError)
    assert sent
    assert sent.marked() == []
    assert (stored("instances"), stored("instance_metadata")) == before


@few
@given(text=texts, value=values, column=some.sampled_from(["host", "vcpus", "locked", "launched_at", "access_ip_v4"]))
def test_updates(context: RequestContext, sent: Sent, text: str, value: Any, column: str) -> None:
    rows = stored("instances")
    row: Row = api.instance_get(context, rows[-1]["id"]) if rows else make(context, host="h", metadata={"k": "v"})
    uuid: str = row["uuid"]
    calls: list[Callable[[], Any]] = [
        lambda: api.instance_update(context, uuid, {column: value}),
        lambda: api.instance_update(context, uuid, {text: value, column: value, "vm_state": "x"}),
        lambda: api.instance_update(context, uuid, {"expected_task_state": value, "host": text}),
        lambda: api.instance_update(context, uuid, {"expected_vm_state": [value], "metadata": {text: "v"}}),
        lambda: api.instance_update(context, uuid, {"metadata": {text: value}, "system_metadata": {"k": value}}),
        lambda: api.instance_update(context, text, {column: value}),
        lambda: api.instance_update_and_get_original(context, uuid, {"host": value}, columns_to_join=[text])[1],
    ]
    for call in calls:
        before = stored("instances"), stored("instance_metadata"), stored("instance_system_metadata")
        sent.clear()
        result = attempt(call)
        assert sent.marked() == []
        if isinstance(result, Exception):
            assert (stored("instances"), stored("instance_metadata"), stored("instance_system_metadata")) == before
        else:
            assert api.instance_get(context, row["id"]) == result


@few
@given(text=texts, value=values)
def test_test_and_set_and_destroy(context: RequestContext, sent: Sent, text: str, value: Any) -> None:
    if not stored("instances"):
        make(context, host="h")
    [before] = stored("instances")
    for attr in (text, f"host = '{text}'", value, "metadata"):
        attempt(api.instance_test_and_set, context, before["uuid"], attr, ["h"], "i")
    for states in (value, [text], [value]):
        attempt(api.instance_test_and_set, context, before["uuid"], "host", states, text)
    attempt(api.instance_test_and_set, context, text, "host", ["h"], "i")
    for condition in (api.equal_any(text), api.equal_any(value, text), api.not_equal("h", value)):
        for column in (text, "host", "vcpus", "locked", "launched_at"):
            wanted = api.constraint(**{column: condition})
            if column == "host" or column == text:
                result = attempt(api.instance_destroy, context, before["uuid"], wanted)
            else:
                result = attempt(api.instance_destroy, context, text, wanted)
            assert isinstance(result, Exception)
    assert sent.marked() == []
    assert stored("instances") == [before]


@few
@given(
    text=texts, value=values, column=some.sampled_from(["uuid", "host", "vcpus", "locked", "access_ip_v6", "deleted"])
)
def test_creates(context: RequestContext, sent: Sent, text: str, value: Any, column: str) -> None:
    tables = (
        "instances",
        "instance_metadata",
        "instance_system_metadata",
        "instance_info_caches",
        "instance_id_mappings",
    )
    for given_values in (
        {column: value},
        {"host": "h", "metadata": {text: value}},
        {"system_metadata": {"k": text}, "info_cache": {"network_info": value, text: value}},
        {"security_groups": [text]},
        {"launched_at": value, "metadata": {"k": "v"}},
    ):
        before = [stored(table) for table in tables]
        sent.clear()
        result = attempt(api.instance_create, context, given_values)
        assert sent.marked() == []
        if isinstance(result, Exception):
            assert [stored(table) for table in tables] == before
        else:
            shown = api.instance_get(get_admin_context("yes"), result["id"])
            assert without(shown, "security_groups") == without(result, "security_groups")


def test_the_texts_are_what_they_seem(sent: Sent, context: RequestContext) -> None:
    """The check above sees a text that reaches a statement."""
    with rawdb.reader.using(context) as sql:
        sql.execute(f"SELECT '{MARK}'")
    assert sent.marked() == [f"SELECT '{MARK}'"]
