"""Share servers, backend details and network allocations, through rawdb.api, on every dialect."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    NotFound,
    ShareServerNotFound,
    ShareServerNotFoundByFilters,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import insert, option
from tests.operations.quota_workers import WORKERS, checked, run_threads
from tests.operations.share_network_helpers import (
    COMMON,
    allocation,
    ids,
    is_missing,
    member,
    network,
    refuses_strangers,
    server,
    share,
)
from tests.operations.share_network_workers import ShareServerRace, check
from tests.support.rows import there

DETAILS = "share_server_backend_details"
LATER = timedelta(seconds=5)
EMPTY: dict[str, Any] = {"shares": [], "network_allocations": [], "share_network": None, "backend_details": {}}


def details_of(server_id: str) -> dict[str, str]:
    return api.share_server_backend_details_get(member(), server_id)


class TestServers:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        net = network(id="n", name="net")
        given = {"host": "h", "share_network_id": "n", "zork": 1, "backend_details": {"k": "v"}}
        row = api.share_server_create(context, given)
        columns = {"id": given["id"], "host": "h", "share_network_id": "n", "status": "INACTIVE"}
        columns |= {"created_at": stopped_clock, **COMMON}
        net = {key: value for key, value in net.items() if not isinstance(value, list)}
        assert row == {**columns, **EMPTY, "share_network": net}
        assert stored("share_servers") == [columns]
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert api.share_server_get(context, row["id"]) == row
        assert api.share_server_create(context, MappingProxyType({"status": None}))["status"] == "INACTIVE"
        assert server(id="mine", status="ACTIVE", host=None, share_network_id="nowhere")["share_network"] is None
        api.share_server_delete(context, "mine")
        with pytest.raises(DBDuplicateEntry):
            server(id="mine")
        given = {"host": "h" * 256}
        for bad in (given, {"status": "s" * 33}, {"share_network_id": ["n"]}, {"id": "i" * 37}):
            with pytest.raises(DBDataError):
                api.share_server_create(context, bad)
        assert "id" not in given
        assert len(stored("share_servers")) == 3

    def test_relations(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="n"), server(id="e", share_network_id="n"), server(id="other", share_network_id="n")
        for number, created_at in ((1, stopped_clock), (2, stopped_clock), (3, stopped_clock - LATER)):
            share(id=f"s{number}", share_server_id="e", created_at=created_at)
            allocation("e", id=f"a{number}", ip_address=f"10.0.0.{number}", created_at=created_at)
        share(share_server_id="e", deleted="s-gone"), share(share_server_id="other"), share(share_server_id=None)
        allocation("e", id="a-gone", deleted="a-gone"), allocation("other")
        api.share_server_backend_details_set(context, "e", {"b": "2", "a": "1"})
        api.share_server_backend_details_set(context, "other", {"a": "other"})
        insert(DETAILS, share_server_id="e", key="c", value="gone", deleted="7")
        insert(DETAILS, share_server_id="e", key="a", value="old", deleted="8")

        found = api.share_server_get(context, "e")
        assert ids(found["shares"]) == ["s3", "s1", "s2"]
        assert ids(found["network_allocations"]) == ["a3", "a1", "a2"]
        columns = {row["id"]: row for row in stored("shares")}
        assert found["shares"][0] == {**columns["s3"], "name": "share-s3"}
        with option(share_name_template="%s.share"):
            assert api.share_server_get(context, "e")["shares"][0]["name"] == "s3.share"
        allocations = {row["id"]: row for row in stored("network_allocations")}
        assert found["network_allocations"] == [allocations[name] for name in ("a3", "a1", "a2")]
        assert found["share_network"] == stored("share_networks")[0]
        assert found["backend_details"] == {"a": "1", "b": "2"} == details_of("e")
        assert {row["id"]: row["backend_details"] for row in api.share_server_get_all(context)} == {
            "e": {"a": "1", "b": "2"},
            "other": {"a": "other"},
        }
        # A deleted network is still shown, though not by a deleted server, which keeps showing its shares.
        api.share_network_delete(context, "n")
        assert api.share_server_get(context, "e")["share_network"] == stored("share_networks")[0]
        api.share_server_delete(context, "e")
        gone = api.share_server_get(member("yes"), "e")
        assert gone["share_network"] is None
        assert (gone["shares"], gone["network_allocations"]) == (found["shares"], found["network_allocations"])
        # Of details the newest counts, and they follow read_deleted as the details alone do.
        assert gone["backend_details"] == api.share_server_backend_details_get(member("yes"), "e")
        assert gone["backend_details"] == {"b": "2", "a": "old", "c": "gone"}
        assert details_of("e") == {}

    def test_get_and_lists_follow_read_deleted(self, context: RequestContext, stopped_clock: datetime) -> None:
        second, first = server(id="b"), server(id="a")
        timeutils.advance_time_seconds(5)
        third = server(id="0", host="g")
        timeutils.advance_time_seconds(5)
        server(id="gone")
        api.share_server_delete(context, "gone")
        assert api.share_server_get_all(context) == [first, second, third]
        assert ids(api.share_server_get_all(member("yes"))) == ["a", "b", "0", "gone"]
        assert ids(api.share_server_get_all(member("only"))) == ["gone"]
        assert api.share_server_get(member("only"), "gone")["deleted"] == "gone"
        is_missing(ShareServerNotFound, lambda row_id: api.share_server_get(context, row_id), "share_server_id", "gone")
        with pytest.raises(ShareServerNotFound):
            api.share_server_get(member("only"), "a")

    def test_by_host_and_network(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="n")
        wanted = {"host": "h", "share_network_id": "n"}
        for number, status in enumerate(("INACTIVE", "ERROR", "DELETING", None)):
            server(id=f"0{number}", status=status, **wanted)
        with pytest.raises(ShareServerNotFoundByFilters) as missing:
            api.share_server_get_by_host_and_share_net_valid(context, "h", "n")
        assert isinstance(missing.value, ShareServerNotFound)
        assert missing.value.kwargs.keys() == {"code", "filters_description"}
        for word in ("n", "h", "CREATING", "ACTIVE"):
            assert word in missing.value.kwargs["filters_description"]
        timeutils.advance_time_seconds(5)
        server(id="b", status="CREATING", **wanted), server(id="a", status="ACTIVE", **wanted)
        server(id="gone", status="ACTIVE", created_at=stopped_clock - LATER, **wanted)
        api.share_server_delete(context, "gone")
        server(id="H", status="ACTIVE", host="H", share_network_id="n")
        server(id="m", status="ACTIVE", host="h", share_network_id="m")
        server(id="none", status="ACTIVE", host=None, share_network_id=None)

        share(id="s", share_server_id="a")
        found = api.share_server_get_by_host_and_share_net_valid(context, host="h", share_net_id="n", session=None)
        assert found == api.share_server_get(context, "a")
        assert ids(found["shares"]) == ["s"]
        assert api.share_server_get_by_host_and_share_net_valid(member("yes"), "h", "n")["id"] == "gone"
        assert api.share_server_get_by_host_and_share_net_valid(context, None, None)["id"] == "none"  # type: ignore[arg-type]

        on_net = [*(f"0{number}" for number in range(4)), "a", "b"]
        every = api.share_server_get_by_host_and_share_net(context, "h", "n")
        assert ids(every) == on_net
        assert every[4] == found
        assert ids(api.share_server_get_by_host_and_share_net(member("only"), "h", "n")) == ["gone"]
        assert ids(api.share_server_get_by_host(context, "h", "whatever")) == [*on_net, "m"]
        assert api.share_server_get_by_host(context, "h", None)[4] == found  # type: ignore[arg-type]
        assert ids(api.share_server_get_by_host(member("only"), "h", "n")) == ["gone"]
        assert ids(api.share_server_get_by_host(context, None, "n")) == ["none"]  # type: ignore[arg-type]
        for host, net in (("asdf", "n"), ("h", "asdf"), (2**70, 2**70), (None, "n"), ("h", None)):
            assert api.share_server_get_by_host_and_share_net(context, host, net) == []  # type: ignore[arg-type]
            with pytest.raises(ShareServerNotFoundByFilters):
                api.share_server_get_by_host_and_share_net_valid(context, host, net)  # type: ignore[arg-type]
        assert api.share_server_get_by_host(context, "asdf", "n") == []

    def test_update(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="n")
        row, other = server(id="a"), server(id="b")
        api.share_server_backend_details_set(context, "a", {"k": "v"})
        insert(DETAILS, share_server_id="a", key="gone", value="gone", deleted="7")
        timeutils.advance_time_seconds(5)
        values: dict[str, Any] = {
            "status": "ACTIVE",
            "host": None,
            "share_network_id": "n",
            "backend_details": {},
            "zork": 1,
        }
        changed = api.share_server_update(context, "a", values)
        own = {"status": "ACTIVE", "host": None, "share_network_id": "n", "updated_at": stopped_clock + LATER}
        assert changed == {**row, **own, "share_network": changed["share_network"], "backend_details": {"k": "v"}}
        assert there(changed["share_network"])["id"] == "n"
        assert api.share_server_get(context, "a") == changed
        assert values["backend_details"] == {}
        assert api.share_server_update(context, "a", {})["status"] == "ACTIVE"
        bad: Any
        for bad in ({"status": "s" * 33}, {"id": None}, {"host": []}):
            with pytest.raises(DBError):
                api.share_server_update(context, "b", bad)
        assert api.share_server_get(context, "b") == other
        gone = api.share_server_update(context, "a", {"deleted": "a"})
        assert (gone["deleted"], gone["share_network"]) == ("a", None)
        is_missing(
            ShareServerNotFound,
            lambda row_id: api.share_server_update(context, row_id, {"status": "ERROR"}),
            "share_server_id",
            "a",
        )
        assert api.share_server_update(member("only"), "a", {"status": "ERROR"})["status"] == "ERROR"

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        server(id="a", status="ACTIVE"), server(id="b")
        for name in ("a", "b"):
            api.share_server_backend_details_set(context, name, {"k": "v", "l": "w"})
            share(share_server_id=name), allocation(name)
        insert(DETAILS, share_server_id="a", key="old", value="v", deleted="99", deleted_at=stopped_clock)
        around = [stored("shares"), stored("network_allocations")]
        row, other = stored("share_servers")
        details = stored(DETAILS)
        timeutils.advance_time_seconds(5)
        assert api.share_server_delete(context, "a") is None
        stamp = {"deleted_at": stopped_clock + LATER, "updated_at": stopped_clock + LATER}
        gone = {**row, "deleted": "a", **stamp}
        assert gone["status"] == "ACTIVE"
        after = [{**detail, "deleted": str(detail["id"]), **stamp} for detail in details[:2]] + details[2:]
        assert (stored("share_servers"), stored(DETAILS)) == ([gone, other], after)
        timeutils.advance_time_seconds(5)
        is_missing(ShareServerNotFound, lambda row_id: api.share_server_delete(context, row_id), "share_server_id", "a")
        with pytest.raises(ShareServerNotFound):
            api.share_server_delete(member("only"), "b")
        # Seen, but deleted before: neither the server nor its details are stamped anew.
        api.share_server_delete(member("yes"), "a")
        api.share_server_delete(member("only"), "a")
        assert (stored("share_servers"), stored(DETAILS)) == ([gone, other], after)
        assert [stored("shares"), stored("network_allocations")] == around
        assert together(*[lambda: api.share_server_delete(member(), "b") for _ in range(4)]).count(None) == 1


class TestBackendDetails:
    def test_set(self, context: RequestContext, stopped_clock: datetime) -> None:
        server(id="e"), server(id="other")
        given = {"b": "2", "a": 1, "K": "", "k": "é" * 1023, "k ": "x"}
        assert api.share_server_backend_details_set(context, "e", given) is given
        assert details_of("e") == {**given, "a": "1"}
        before = stored(DETAILS)
        created = {"created_at": stopped_clock, **COMMON}
        assert before[0] == {"id": before[0]["id"], "key": "K", "value": "", "share_server_id": "e", **created}
        timeutils.advance_time_seconds(5)
        again = {"a": "new", "b": "2", "c": "3"}
        api.share_server_backend_details_set(context, share_server_id="e", server_details=again)
        assert details_of("e") == {**given, **again}
        after = {row["key"]: row for row in stored(DETAILS)}
        assert len(after) == len(stored(DETAILS)) == 6
        for row in before:
            changed = {"value": "new", "updated_at": stopped_clock + LATER} if row["key"] == "a" else {}
            assert after[row["key"]] == {**row, **changed}
        # The server itself is as it was.
        assert {(row["updated_at"], row["deleted_at"]) for row in stored("share_servers")} == {(None, None)}
        assert details_of("other") == {}

    def test_repeated_keys_and_many(self, context: RequestContext, statements: list[str]) -> None:
        server(id="e")
        statements.clear()
        given: dict[Any, Any] = {1: "one", "1": "text", **{f"k{number}": number for number in range(1500)}}
        api.share_server_backend_details_set(context, "e", given)
        details = api.share_server_get(context, "e")["backend_details"]
        assert (len(details), details["1"], details["k1499"]) == (1501, "text", "1499")
        assert len(statements) <= 8

    def test_deleted_key_comes_back_as_a_new_row(self, context: RequestContext) -> None:
        server(id="e")
        insert(DETAILS, share_server_id="e", key="k", value="old", deleted="77")
        for value in ("v", "w"):
            api.share_server_backend_details_set(context, "e", {"k": value})
        assert [(row["value"], row["deleted"]) for row in stored(DETAILS)] == [("old", "77"), ("w", "False")]

    def test_bad_values_change_nothing(self, context: RequestContext) -> None:
        server(id="e")
        api.share_server_backend_details_set(context, "e", {"k": "v"})
        bad: Any
        for bad in ({"l": None}, {None: "v"}, {"l": "v" * 1024}, {"l" * 256: "v"}, {"l": []}, {"l": "nul\x00"}):
            with pytest.raises(DBError):
                api.share_server_backend_details_set(context, "e", {"a": "b", "k": "new", **bad})
        assert details_of("e") == {"k": "v"}
        assert {row["deleted_at"] for row in stored("share_servers")} == {None}

    def test_missing_server(self, context: RequestContext) -> None:
        server(id="gone"), server(id="live")
        api.share_server_delete(context, "gone")
        for details in ({"k": "v"}, {}):
            is_missing(
                ShareServerNotFound,
                partial(api.share_server_backend_details_set, context, server_details=details),
                "share_server_id",
                "gone",
            )
            with pytest.raises(ShareServerNotFound):
                api.share_server_backend_details_set(member("only"), "live", details)
        assert stored(DETAILS) == []
        assert api.share_server_backend_details_set(context, "live", {}) == {}
        # Those who see a deleted server may describe it; it stays deleted.
        before = stored("share_servers")
        for sees in ("yes", "only"):
            api.share_server_backend_details_set(member(sees), "gone", {"k": sees})
        assert api.share_server_backend_details_get(member("yes"), "gone") == {"k": "only"}
        assert stored("share_servers") == before

    def test_get(self, context: RequestContext) -> None:
        server(id="e")
        api.share_server_backend_details_set(context, "e", {"k": "v"})
        insert(DETAILS, share_server_id="e", key="old", value="w", deleted="77")
        assert api.share_server_backend_details_get(member("only"), "e") == {"old": "w"}
        assert api.share_server_backend_details_get(member("yes"), "e") == {"k": "v", "old": "w"}
        for unknown in (None, "asdf", "E", "e ", 2**70):
            assert api.share_server_backend_details_get(context, unknown) == {}  # type: ignore[arg-type]
        with pytest.raises(DBDataError):
            api.share_server_backend_details_get(context, ["e"])  # type: ignore[arg-type]

    def test_at_once(self, context: RequestContext) -> None:
        """Batches of the same keys in other orders: all of each or nothing, no key twice, and no deadlock comes out."""
        server(id="e")
        keys = [f"k{number}" for number in range(8)]

        def batch(number: int) -> dict[str, Any]:
            turned = keys[number:] + keys[:number]
            return {**dict.fromkeys(turned, str(number)), f"own{number}": "x"}

        results = together(
            *[lambda n=n: api.share_server_backend_details_set(member(), "e", batch(n)) for n in range(6)]
        )
        assert not [result for result in results if isinstance(result, BaseException)]
        details = details_of("e")
        assert len({details[key] for key in keys}) == 1
        assert len(details) == len(stored(DETAILS)) == 14

    def test_a_deleted_server_has_no_details(self, context: RequestContext) -> None:
        """A set that passed before a delete is deleted with it; one that comes behind is refused."""
        for number in range(10):
            name = f"e{number}"
            server(id=name)
            setters = [
                lambda n=n, name=name: api.share_server_backend_details_set(member(), name, {f"k{n}": "v"})
                for n in range(3)
            ]
            *results, deleted = together(*setters, lambda name=name: api.share_server_delete(member(), name))
            assert deleted is None
            assert {type(result) for result in results} <= {dict, ShareServerNotFound}
            rows = [row for row in stored(DETAILS) if row["share_server_id"] == name]
            assert len(rows) == sum(isinstance(result, dict) for result in results)
            assert [row for row in rows if row["deleted"] == "False"] == []


@pytest.mark.slow
def test_details_and_associations_under_contention(db: str) -> None:
    rawdb.dispose()
    rawdb.configure(connection=db, max_pool_size=WORKERS, sqlite_synchronous=False)
    race = ShareServerRace(6)
    outcomes = checked(run_threads(race, range(WORKERS), threading.Barrier(WORKERS)))
    rows = {
        "details": stored(DETAILS),
        "associations": stored("share_network_security_service_association"),
    }
    check(race, outcomes, rows)


class TestAllocations:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {"share_server_id": "e", "ip_address": "10.0.0.1", "mac_address": "aa:bb", "zork": 1}
        row = api.network_allocation_create(context, given)
        assert row == {
            "id": given["id"],
            "share_server_id": "e",
            "ip_address": "10.0.0.1",
            "mac_address": "aa:bb",
            "status": "NEW",
            "created_at": stopped_clock,
            **COMMON,
        }
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert stored("network_allocations") == [row]
        assert allocation("e", id="port")["id"] == "port"
        with pytest.raises(DBDuplicateEntry):
            allocation("other", id="port")
        bad: Any
        for bad in ({"share_server_id": None}, {"ip_address": "1" * 65}, {"mac_address": []}, {"status": "s" * 33}):
            with pytest.raises(DBError):
                api.network_allocation_create(context, {"share_server_id": "e", **bad})
        assert len(stored("network_allocations")) == 2

    def test_update(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = allocation("e", id="a"), allocation("e", id="b")
        timeutils.advance_time_seconds(5)
        values = {"status": None, "ip_address": "10.0.0.2", "zork": 1}
        changed = {**row, "status": None, "ip_address": "10.0.0.2", "updated_at": stopped_clock + LATER}
        assert api.network_allocation_update(context, "a", values) == changed
        assert values == {"status": None, "ip_address": "10.0.0.2", "zork": 1}
        assert stored("network_allocations") == [changed, other]
        assert api.network_allocation_update(context, "a", {})["ip_address"] == "10.0.0.2"
        for bad in ({"share_server_id": None}, {"id": None}, {"mac_address": "m" * 33}):
            with pytest.raises(DBError):
                api.network_allocation_update(context, "b", bad)
        assert api.network_allocation_update(context, "a", {"deleted": "a"})["deleted"] == "a"
        is_missing(NotFound, lambda row_id: api.network_allocation_update(context, row_id, {"status": "x"}), None, "a")
        assert api.network_allocation_update(member("yes"), "a", {"status": "ERROR"})["status"] == "ERROR"

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = allocation("e", id="a"), allocation("e", id="b")
        timeutils.advance_time_seconds(5)
        assert api.network_allocation_delete(context, "a") is None
        gone = {**row, "deleted": "a", "deleted_at": stopped_clock + LATER, "updated_at": stopped_clock + LATER}
        assert stored("network_allocations") == [gone, other]
        timeutils.advance_time_seconds(5)
        is_missing(NotFound, lambda row_id: api.network_allocation_delete(context, row_id), None, "a")
        with pytest.raises(NotFound):
            api.network_allocation_delete(member("only"), "b")
        api.network_allocation_delete(member("yes"), "a")
        assert stored("network_allocations") == [gone, other]

    def test_get_for_share_server(self, context: RequestContext, stopped_clock: datetime) -> None:
        second, first = allocation("e", id="b"), allocation("e", id="a")
        timeutils.advance_time_seconds(5)
        third = allocation("e", id="0")
        allocation("E"), allocation("e", id="gone")
        api.network_allocation_delete(context, "gone")
        rows = api.network_allocations_get_for_share_server(context, share_server_id="e", session=None)
        assert rows == [first, second, third]
        assert ids(api.network_allocations_get_for_share_server(member("yes"), "e")) == ["a", "b", "0", "gone"]
        assert ids(api.network_allocations_get_for_share_server(member("only"), "e")) == ["gone"]
        for unknown in (None, "asdf", 2**70):
            assert api.network_allocations_get_for_share_server(context, unknown) == []  # type: ignore[arg-type]


def test_sessions(admin_context: RequestContext) -> None:
    """An open transaction handed in is worked in, whoever's it is, and the context still says what is seen."""
    server(id="gone", host="g", share_network_id="n", status="ACTIVE")
    api.share_server_delete(member(), "gone")
    with rawdb.writer.using(admin_context) as session:
        api.share_server_create(admin_context, {"id": "e", "host": "h", "share_network_id": "n", "status": "ACTIVE"})
        api.network_allocation_create(admin_context, {"id": "a", "share_server_id": "e"})
        for context, host, expected in ((member(), "h", "e"), (member("only"), "g", "gone")):
            found = api.share_server_get(context, expected, session)
            assert found["id"] == expected
            valid = api.share_server_get_by_host_and_share_net_valid(context, host, "n", session=session)
            assert valid == found
            assert api.share_server_get_by_host_and_share_net(context, host, "n", session) == [found]
            assert api.share_server_get_by_host(context, host, "n", session) == [found]
        assert ids(api.network_allocations_get_for_share_server(member(), "e", session)) == ["a"]
        with pytest.raises(ShareServerNotFound):
            api.share_server_get(member(), "gone", session)
    assert api.share_server_get(member(), "e")["network_allocations"][0]["id"] == "a"


def test_lists_begin_with_what_has_no_time_of_creation(context: RequestContext) -> None:
    for number in (1, 2):
        server(id=f"e{number}", share_network_id="n", status="ACTIVE")
        allocation("e", id=f"a{number}")
    api.share_server_update(context, "e2", {"created_at": None})
    api.network_allocation_update(context, "a2", {"created_at": None})
    servers = (
        api.share_server_get_all(context),
        api.share_server_get_by_host(context, "h", "n"),
        api.share_server_get_by_host_and_share_net(context, "h", "n"),
    )
    assert [ids(found) for found in servers] == [["e2", "e1"]] * len(servers)
    assert api.share_server_get_by_host_and_share_net_valid(context, "h", "n")["id"] == "e2"
    assert ids(api.network_allocations_get_for_share_server(context, "e")) == ["a2", "a1"]


def test_guards(context: RequestContext, statements: list[str]) -> None:
    refuses_strangers(
        statements,
        lambda context: api.share_server_create(context, None),  # type: ignore[arg-type]
        lambda context: api.share_server_get(context, "e"),
        lambda context: api.share_server_get_all(context),
        lambda context: api.share_server_get_by_host(context, "h", "n"),
        lambda context: api.share_server_get_by_host_and_share_net(context, "h", "n"),
        lambda context: api.share_server_get_by_host_and_share_net_valid(context, "h", "n"),
        lambda context: api.share_server_update(context, "e", None),  # type: ignore[arg-type]
        lambda context: api.share_server_delete(context, "e"),
        lambda context: api.share_server_backend_details_set(context, "e", None),  # type: ignore[arg-type]
        lambda context: api.share_server_backend_details_get(context, "e"),
        lambda context: api.network_allocation_create(context, None),  # type: ignore[arg-type]
        lambda context: api.network_allocation_update(context, "a", None),  # type: ignore[arg-type]
        lambda context: api.network_allocation_delete(context, "a"),
        lambda context: api.network_allocations_get_for_share_server(context, "e"),
    )


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    context = admin_context
    api.share_server_create(context, {"id": "e", "host": "h", "share_network_id": "n", "status": "ACTIVE"})
    for number in range(20):
        share(share_server_id="e"), allocation("e", id=f"a{number}")
    created = ["BEGIN", "share_server_create", "share_server_get", "COMMIT"]
    assert statements[:4] == created
    statements.clear()
    api.share_server_get(context, "e")
    api.share_server_get_all(context)
    api.share_server_get_by_host(context, "h", "n")
    api.share_server_get_by_host_and_share_net(context, "h", "n")
    api.share_server_get_by_host_and_share_net_valid(context, "h", "n")
    api.share_server_update(context, "e", {"status": "ERROR"})
    api.share_server_backend_details_set(context, "e", {f"k{number}": "v" for number in range(30)})
    api.share_server_backend_details_set(context, "e", {})
    api.share_server_backend_details_get(context, "e")
    api.network_allocations_get_for_share_server(context, "e")
    api.network_allocation_update(context, "a1", {"status": "ERROR"})
    api.network_allocation_delete(context, "a1")
    api.share_server_delete(context, "e")
    assert statements == [
        *("share_server_get", "share_server_get_all", "share_server_get_by_host"),
        *("share_server_get_by_host_and_share_net", "share_server_get_by_host_and_share_net_valid"),
        *("BEGIN", "share_server_update", "share_server_get", "COMMIT"),
        *("BEGIN", "share_server_backend_details_set__lock", "share_server_backend_details_set"),
        *("share_server_backend_details_set__unlock", "COMMIT"),
        *("BEGIN", "share_server_get__id", "COMMIT"),
        *("share_server_backend_details_get", "network_allocations_get_for_share_server"),
        *("BEGIN", "network_allocation_update", "network_allocation_update__row", "COMMIT"),
        "network_allocation_delete",
        *("BEGIN", "share_server_delete", "share_server_delete__backend_details", "COMMIT"),
    ]
