"""Rules of the provider's firewall, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError
from tests.operations.factories import stored
from tests.operations.network_helpers import NO_IDS, admin, only_for_admins


def test_create_and_read(admin_context: RequestContext, stopped_clock: datetime) -> None:
    assert api.provider_fw_rule_get_all(admin_context) == []
    given = {"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr": "10.0.0.9/8", "zork": 1}
    row = api.provider_fw_rule_create(admin_context, rule=given)
    assert given == {"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr": "10.0.0.9/8", "zork": 1}
    assert row == {
        "id": row["id"],
        "protocol": "tcp",
        "from_port": 1,
        "to_port": 2,
        "cidr": "10.0.0.0/8",
        "created_at": stopped_clock,
        "updated_at": None,
        "deleted_at": None,
        "deleted": 0,
    }
    same = api.provider_fw_rule_create(admin_context, given)
    bare = api.provider_fw_rule_create(admin_context, {"cidr": "FE80::9"})
    assert bare["cidr"] == "fe80::9/128"
    assert api.provider_fw_rule_get_all(admin_context) == [row, same, bare]


def test_destroy(admin_context: RequestContext, stopped_clock: datetime) -> None:
    row, twin = (api.provider_fw_rule_create(admin_context, {"protocol": "icmp"}) for _ in range(2))
    timeutils.advance_time_seconds(5)
    api.provider_fw_rule_destroy(admin_context, rule_id=row["id"])
    first = {**row, "deleted": row["id"], "deleted_at": stopped_clock + timedelta(seconds=5)}
    assert stored("provider_fw_rules") == [first, twin]
    assert api.provider_fw_rule_get_all(admin_context) == [twin]
    assert api.provider_fw_rule_get_all(admin("only")) == [first]
    # Once more, whatever the context sees.
    timeutils.advance_time_seconds(5)
    for number in (row["id"], 10**6, *NO_IDS):
        api.provider_fw_rule_destroy(admin_context, number)
    again = {**first, "deleted_at": stopped_clock + timedelta(seconds=10)}
    assert api.provider_fw_rule_get_all(admin("yes")) == [again, twin]


def test_wrong_values(admin_context: RequestContext) -> None:
    for wrong in ({"protocol": "longer"}, {"from_port": "asdf"}, {"cidr": "x" * 44}, {"to_port": 2**70}):
        with pytest.raises(DBDataError):
            api.provider_fw_rule_create(admin_context, wrong)
    assert stored("provider_fw_rules") == []


def test_who_may(context: RequestContext) -> None:
    only_for_admins(
        context,
        [
            lambda c: api.provider_fw_rule_create(c, {}),
            lambda c: api.provider_fw_rule_destroy(c, 1),
            lambda c: api.provider_fw_rule_get_all(c),
        ],
    )
