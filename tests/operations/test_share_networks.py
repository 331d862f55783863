"""Share networks and security services, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
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
    NovaException,
    SecurityServiceNotFound,
    ShareNetworkNotFound,
    ShareNetworkSecurityServiceAssociationError,
    ShareNetworkSecurityServiceDissociationError,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import insert, option
from tests.operations.share_network_helpers import (
    COMMON,
    ids,
    is_missing,
    member,
    network,
    refuses_strangers,
    server,
    service,
    share,
)

ASSOCIATIONS = "share_network_security_service_association"
LATER = timedelta(seconds=5)


class TestSecurityServices:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {"project_id": "p", "type": "ldap", "user": "é", "password": 7, "zork": 1}
        row = api.security_service_create(context, given)
        empty = dict.fromkeys(("dns_ip", "server", "domain", "name", "description"))
        assert row == {
            "id": given["id"],
            "project_id": "p",
            "type": "ldap",
            "user": "é",
            "password": "7",
            "status": "NEW",
            **empty,
            "created_at": stopped_clock,
            **COMMON,
        }
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert given == {"project_id": "p", "type": "ldap", "user": "é", "password": 7, "zork": 1, "id": row["id"]}
        assert api.security_service_get(context, row["id"]) == row
        assert stored("security_services") == [row]

    def test_create_with_values_of_the_callers(self, context: RequestContext) -> None:
        fixed = MappingProxyType({"project_id": "p", "type": "ldap", "id": None, "status": None})
        assert api.security_service_create(context, fixed)["status"] == "NEW"
        row = service(id="mine", status="ERROR", created_at="2020-01-01T00:00:00+01:00")
        assert (row["id"], row["status"], row["created_at"]) == (
            "mine",
            "ERROR",
            datetime.fromisoformat("2019-12-31T23:00:00"),
        )
        with pytest.raises(DBDuplicateEntry):
            service(id="mine")
        api.security_service_delete(context, "mine")
        with pytest.raises(DBDuplicateEntry):
            service(id="mine")

    def test_values_that_do_not_fit(self, context: RequestContext) -> None:
        given: dict[str, Any] = {"type": "ldap"}
        for bad in ({"project_id": None}, {"type": None}, {"type": "t" * 33}, {"name": b"n"}, {"id": "i" * 37}):
            with pytest.raises(DBError):
                api.security_service_create(context, given := {"project_id": "p", "type": "ldap", **bad})
        assert "id" not in given or len(given["id"]) == 37
        assert stored("security_services") == []

    def test_get_and_lists_follow_read_deleted(self, context: RequestContext, stopped_clock: datetime) -> None:
        second, first = service(id="b"), service(id="a")
        timeutils.advance_time_seconds(5)
        third = service(id="0", project_id="q")
        timeutils.advance_time_seconds(5)
        gone = service(id="gone")
        api.security_service_delete(context, "gone")
        assert api.security_service_get_all(context) == [first, second, third]
        assert api.security_service_get_all_by_project(context, "p") == [first, second]
        assert api.security_service_get_all_by_project(context, "P") == []
        assert ids(api.security_service_get_all(member("yes"))) == ["a", "b", "0", "gone"]
        assert ids(api.security_service_get_all_by_project(member("yes"), "p")) == ["a", "b", "gone"]
        assert ids(api.security_service_get_all_by_project(member("only"), "p")) == ["gone"]
        assert api.security_service_get(member("only"), "gone")["created_at"] == gone["created_at"]
        is_missing(
            SecurityServiceNotFound,
            lambda row_id: api.security_service_get(context, row_id),
            "security_service_id",
            "gone",
        )
        with pytest.raises(SecurityServiceNotFound):
            api.security_service_get(member("only"), "a")
        for nobodys in (None, 2**70, ""):
            assert api.security_service_get_all_by_project(context, nobodys) == []  # type: ignore[arg-type]

    def test_update(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = service(id="a", name="n"), service(id="b")
        timeutils.advance_time_seconds(5)
        values = {"name": None, "status": "ACTIVE", "zork": 1}
        changed = {**row, "name": None, "status": "ACTIVE", "updated_at": stopped_clock + LATER}
        assert api.security_service_update(context, "a", values) == changed
        assert values == {"name": None, "status": "ACTIVE", "zork": 1}
        assert stored("security_services") == [changed, other]
        assert api.security_service_update(context, "a", {"updated_at": None})["updated_at"] is None
        assert api.security_service_update(context, "a", {"zork": 1})["status"] == "ACTIVE"
        assert api.security_service_update(context, "a", {"id": "c"})["id"] == "c"
        assert api.security_service_update(context, "c", {"deleted": "c"})["deleted"] == "c"
        assert api.security_service_update(member("only"), "c", {"name": "old"})["name"] == "old"
        bad: Any
        for bad in ({"type": None}, {"status": "s" * 17}, {"id": None}, {"created_at": []}):
            with pytest.raises(DBError):
                api.security_service_update(context, "b", bad)
        with pytest.raises(DBDuplicateEntry):
            api.security_service_update(context, "b", {"id": "c"})
        assert api.security_service_get(context, "b") == other
        is_missing(
            SecurityServiceNotFound,
            lambda row_id: api.security_service_update(context, row_id, {"name": "n"}),
            "security_service_id",
            "c",
        )

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = service(id="a"), service(id="b")
        timeutils.advance_time_seconds(5)
        assert api.security_service_delete(context, "a") is None
        now = stopped_clock + LATER
        gone = {**row, "deleted": "a", "deleted_at": now, "updated_at": now}
        assert stored("security_services") == [gone, other]
        timeutils.advance_time_seconds(5)
        is_missing(
            SecurityServiceNotFound,
            lambda row_id: api.security_service_delete(context, row_id),
            "security_service_id",
            "a",
        )
        # Seen, but deleted before: nothing is stamped anew.
        api.security_service_delete(member("yes"), "a")
        api.security_service_delete(member("only"), "a")
        with pytest.raises(SecurityServiceNotFound):
            api.security_service_delete(member("only"), "b")
        assert stored("security_services") == [gone, other]
        assert together(*[lambda: api.security_service_delete(member(), "b") for _ in range(4)]).count(None) == 1


class TestShareNetworks:
    def test_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        given = {"project_id": "p", "cidr": "10.0.0.5/24", "segmentation_id": "7", "ip_version": 4, "zork": 1}
        row = api.share_network_create(context, given)
        empty = dict.fromkeys(("user_id", "neutron_net_id", "neutron_subnet_id", "network_type", "name", "description"))
        columns = {
            "id": given["id"],
            "project_id": "p",
            "cidr": "10.0.0.5/24",
            "segmentation_id": 7,
            "ip_version": 4,
            **empty,
            "created_at": stopped_clock,
            **COMMON,
        }
        assert row == {**columns, "shares": [], "security_services": [], "share_servers": []}
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert stored("share_networks") == [columns]
        assert api.share_network_get(context, row["id"]) == row
        network(id="mine")
        with pytest.raises(DBDuplicateEntry):
            network(id="mine", project_id="q")
        for bad in (
            {"project_id": None},
            {"network_type": "t" * 33},
            {"ip_version": "four"},
            {"segmentation_id": 2**40},
        ):
            with pytest.raises(DBError):
                network(**bad)
        assert len(stored("share_networks")) == 2

    def test_relations(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="n"), network(id="m")
        for number, created_at in ((1, stopped_clock), (2, stopped_clock), (3, stopped_clock - LATER)):
            share(id=f"s{number}", share_network_id="n", created_at=created_at)
            server(id=f"e{number}", share_network_id="n", created_at=created_at)
            service(id=f"v{number}", created_at=created_at)
            api.share_network_add_security_service(context, "n", f"v{number}")
        share(id="s-gone", share_network_id="n", deleted="s-gone"), share(share_network_id=None)
        server(id="e-gone", share_network_id="n", deleted="e-gone"), server(share_network_id="other")
        for name in ("v-gone", "v-left", "v-never"):
            service(id=name)
        api.share_network_add_security_service(context, "n", "v-gone")
        api.security_service_delete(context, "v-gone")
        api.share_network_add_security_service(context, "n", "v-left")
        api.share_network_remove_security_service(context, "n", "v-left")
        api.share_network_add_security_service(context, "m", "v1")

        found = api.share_network_get(context, "n")
        assert ids(found["shares"]) == ["s3", "s1", "s2"]
        assert ids(found["share_servers"]) == ["e3", "e1", "e2"]
        assert ids(found["security_services"]) == ["v3", "v1", "v2"]
        columns = {row["id"]: row for row in stored("shares")}
        assert found["shares"][0] == {**columns["s3"], "name": "share-s3"}
        assert found["share_servers"][0] == next(row for row in stored("share_servers") if row["id"] == "e3")
        assert found["security_services"][1] == api.security_service_get(context, "v1")
        with option(share_name_template="%s.share"):
            assert api.share_network_get(context, "n")["shares"][0]["name"] == "s3.share"
        assert [ids(row["security_services"]) for row in api.share_network_get_all(context)] == [
            ["v1"],
            ["v3", "v1", "v2"],
        ]
        # What is nested does not follow read_deleted; a deleted network has no services, and keeps the rest.
        assert api.share_network_get(member("yes"), "n") == found
        api.share_network_delete(context, "n")
        gone = api.share_network_get(member("yes"), "n")
        assert gone["security_services"] == []
        assert (gone["shares"], gone["share_servers"]) == (found["shares"], found["share_servers"])

    def test_get_and_lists_follow_read_deleted(self, context: RequestContext, stopped_clock: datetime) -> None:
        second, first = network(id="b"), network(id="a")
        timeutils.advance_time_seconds(5)
        third = network(id="0", project_id="q")
        timeutils.advance_time_seconds(5)
        network(id="gone")
        api.share_network_delete(context, "gone")
        assert api.share_network_get_all(context) == [first, second, third]
        assert api.share_network_get_all_by_project(context, "p") == [first, second]
        assert ids(api.share_network_get_all(member("yes"))) == ["a", "b", "0", "gone"]
        assert ids(api.share_network_get_all(member("only"))) == ["gone"]
        assert ids(api.share_network_get_all_by_project(member("yes"), "p")) == ["a", "b", "gone"]
        network(id="u", user_id="fake-user")
        assert ids(api.share_network_get_all_by_project(context, "p", user_id="fake-user")) == ["u"]
        assert api.share_network_get_all_by_project(context, "q", user_id="fake-user") == []
        assert ids(api.share_network_get_all_by_project(context, "p", user_id=None)) == ["a", "b", "u"]
        assert api.share_network_get(member("only"), "gone")["deleted"] == "gone"
        is_missing(
            ShareNetworkNotFound, lambda row_id: api.share_network_get(context, row_id), "share_network_id", "gone"
        )
        for nobodys in (None, 2**70, "", "P"):
            assert api.share_network_get_all_by_project(context, nobodys) == []  # type: ignore[arg-type]
            assert api.share_network_get_all_by_security_service(context, nobodys) == []  # type: ignore[arg-type]

    def test_get_all_by_security_service(self, context: RequestContext, stopped_clock: datetime) -> None:
        service(id="v"), service(id="w")
        for name in ("b", "a", "left", "gone", "other"):
            network(id=name)
        for name in ("b", "a", "left", "gone"):
            api.share_network_add_security_service(context, name, "v")
        api.share_network_add_security_service(context, "b", "w")
        api.share_network_remove_security_service(context, "left", "v")
        api.share_network_delete(context, "gone")
        found = api.share_network_get_all_by_security_service(context, share_network_id="v")
        assert found == [api.share_network_get(context, "a"), api.share_network_get(context, "b")]
        assert ids(found[1]["security_services"]) == ["v", "w"]
        # A removed association stays removed, whatever is seen.
        assert ids(api.share_network_get_all_by_security_service(member("yes"), "v")) == ["a", "b", "gone"]
        assert ids(api.share_network_get_all_by_security_service(member("only"), "v")) == ["gone"]
        # The service itself is not looked at.
        api.security_service_delete(context, "v")
        found = api.share_network_get_all_by_security_service(context, "v")
        assert [(row["id"], ids(row["security_services"])) for row in found] == [("a", []), ("b", ["w"])]
        assert api.share_network_get_all_by_security_service(context, "a") == []

    def test_update(self, context: RequestContext, stopped_clock: datetime) -> None:
        row, other = network(id="a", name="n", ip_version=4), network(id="b")
        share(id="s", share_network_id="a")
        timeutils.advance_time_seconds(5)
        values: dict[str, Any] = {"name": None, "ip_version": "6", "zork": 1, "shares": [], "security_services": None}
        changed = api.share_network_update(context, "a", values)
        now = stopped_clock + LATER
        assert changed == {**row, "name": None, "ip_version": 6, "updated_at": now, "shares": changed["shares"]}
        assert ids(changed["shares"]) == ["s"]
        assert api.share_network_get(context, "a") == changed
        assert values["shares"] == []
        assert api.share_network_update(context, "a", {})["ip_version"] == 6
        for bad in ({"project_id": None}, {"id": None}, {"ip_version": "six"}, {"cidr": "c" * 65}):
            with pytest.raises(DBError):
                api.share_network_update(context, "b", bad)
        assert api.share_network_get(context, "b") == other
        assert api.share_network_update(context, "a", {"deleted": "a", "deleted_at": now})["deleted_at"] == now
        is_missing(
            ShareNetworkNotFound,
            lambda row_id: api.share_network_update(context, row_id, {"name": 1}),
            "share_network_id",
            "a",
        )
        assert api.share_network_update(member("yes"), "a", {"name": 5})["name"] == "5"

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="a"), network(id="b"), service(id="v")
        share(id="s", share_network_id="a"), server(id="e", share_network_id="a")
        api.share_network_add_security_service(context, "a", "v")
        tables = ("shares", "share_servers", "security_services", ASSOCIATIONS)
        around = [stored(table) for table in tables]
        row, other = stored("share_networks")
        timeutils.advance_time_seconds(5)
        assert api.share_network_delete(context, "a") is None
        now = stopped_clock + LATER
        gone = {**row, "deleted": "a", "deleted_at": now, "updated_at": now}
        timeutils.advance_time_seconds(5)
        is_missing(
            ShareNetworkNotFound, lambda row_id: api.share_network_delete(context, row_id), "share_network_id", "a"
        )
        api.share_network_delete(member("yes"), "a")
        assert stored("share_networks") == [gone, other]
        assert [stored(table) for table in tables] == around
        assert together(*[lambda: api.share_network_delete(member(), "b") for _ in range(4)]).count(None) == 1


class TestAssociations:
    def test_add_and_remove(self, context: RequestContext, stopped_clock: datetime) -> None:
        network(id="n"), network(id="m"), service(id="v"), service(id="w")
        added = api.share_network_add_security_service(context, "n", "v")
        assert added == api.share_network_get(context, "n")
        assert added["security_services"] == [api.security_service_get(context, "v")]
        assert added["updated_at"] is None
        api.share_network_add_security_service(context, id="m", security_service_id="v")
        api.share_network_add_security_service(context, "n", "w")
        before = stored(ASSOCIATIONS)
        assert before[0] == {
            "id": before[0]["id"],
            "share_network_id": "n",
            "security_service_id": "v",
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        timeutils.advance_time_seconds(5)
        now = stopped_clock + LATER
        removed = api.share_network_remove_security_service(context, "n", "v")
        assert removed == api.share_network_get(context, "n")
        assert ids(removed["security_services"]) == ["w"]
        stamp = {"deleted": before[0]["id"], "deleted_at": now, "updated_at": now}
        assert stored(ASSOCIATIONS) == [{**before[0], **stamp}, *before[1:]]
        for _ in range(3):
            assert ids(api.share_network_add_security_service(context, "n", "v")["security_services"]) == ["v", "w"]
            api.share_network_remove_security_service(context, "n", "v")
        assert len(stored(ASSOCIATIONS)) == 6

    def test_add_refuses(self, context: RequestContext) -> None:
        for name in ("n", "gone"):
            network(id=name), service(id=f"{name}-v")
        api.share_network_add_security_service(context, "gone", "n-v")
        api.share_network_add_security_service(context, "n", "gone-v")
        api.share_network_delete(context, "gone")
        api.security_service_delete(context, "gone-v")
        before = stored(ASSOCIATIONS)

        def refused(error: type[NovaException], network_id: Any, service_id: Any, **kwargs: Any) -> None:
            with pytest.raises(error) as refusal:
                api.share_network_add_security_service(context, network_id, service_id)
            assert refusal.value.kwargs == kwargs

        twin = {"code": 500, "reason": "Already associated"}
        # The association comes first: it counts although one side is deleted.
        for one, other in (("gone", "n-v"), ("n", "gone-v")):
            pair = {"share_network_id": one, "security_service_id": other}
            refused(ShareNetworkSecurityServiceAssociationError, one, other, **pair, **twin)
        refused(ShareNetworkNotFound, "gone", "gone-v", code=404, share_network_id="gone")
        for unknown in (None, "asdf", 2**70):
            refused(ShareNetworkNotFound, unknown, unknown, code=404, share_network_id=unknown)
            refused(SecurityServiceNotFound, "n", unknown, code=404, security_service_id=unknown)
        network(id="other")
        refused(SecurityServiceNotFound, "other", "gone-v", code=404, security_service_id="gone-v")
        with pytest.raises(DBDataError):
            api.share_network_add_security_service(context, ["n"], "n-v")  # type: ignore[arg-type]
        assert stored(ASSOCIATIONS) == before
        # Those who see deleted rows may associate them.
        added = api.share_network_add_security_service(member("only"), "gone", "gone-v")
        assert (added["id"], added["security_services"]) == ("gone", [])
        assert len(stored(ASSOCIATIONS)) == len(before) + 1

    def test_remove_refuses(self, context: RequestContext) -> None:
        for name in ("n", "gone"):
            network(id=name), service(id=f"{name}-v")
        for one in ("n", "gone"):
            api.share_network_add_security_service(context, one, "gone-v")
        api.share_network_delete(context, "gone")
        api.security_service_delete(context, "gone-v")
        before = stored(ASSOCIATIONS)

        def refused(error: type[NovaException], network_id: Any, service_id: Any, **kwargs: Any) -> None:
            with pytest.raises(error) as refusal:
                api.share_network_remove_security_service(context, network_id, service_id)
            assert refusal.value.kwargs == kwargs

        # Existence comes first: what is deleted keeps its associations.
        refused(ShareNetworkNotFound, "gone", "gone-v", code=404, share_network_id="gone")
        refused(SecurityServiceNotFound, "n", "gone-v", code=404, security_service_id="gone-v")
        for unknown in (None, "asdf", 2**70):
            refused(ShareNetworkNotFound, unknown, "n-v", code=404, share_network_id=unknown)
            refused(SecurityServiceNotFound, "n", unknown, code=404, security_service_id=unknown)
        none = {"code": 500, "share_network_id": "n", "security_service_id": "n-v", "reason": "No association defined"}
        refused(ShareNetworkSecurityServiceDissociationError, "n", "n-v", **none)
        api.share_network_add_security_service(context, "n", "n-v")
        api.share_network_remove_security_service(context, "n", "n-v")
        refused(ShareNetworkSecurityServiceDissociationError, "n", "n-v", **none)
        assert stored(ASSOCIATIONS)[: len(before)] == before
        removed = api.share_network_remove_security_service(member("yes"), "gone", "gone-v")
        assert removed["id"] == "gone"

    def test_one_of_many_at_once(self, context: RequestContext) -> None:
        network(id="n"), service(id="v")
        results = together(*[lambda: api.share_network_add_security_service(member(), "n", "v") for _ in range(6)])
        names = sorted(type(result).__name__ for result in results)
        assert names == ["ShareNetworkSecurityServiceAssociationError"] * 5 + ["dict"]
        results = together(*[lambda: api.share_network_remove_security_service(member(), "n", "v") for _ in range(6)])
        names = sorted(type(result).__name__ for result in results)
        assert names == ["ShareNetworkSecurityServiceDissociationError"] * 5 + ["dict"]
        assert len(stored(ASSOCIATIONS)) == 1

    def test_crowds_add_and_remove(self, context: RequestContext) -> None:
        """Whatever the order, each call passes or says why not, and no pair is live twice."""
        network(id="n"), network(id="m"), service(id="v"), service(id="w")
        allowed = (ShareNetworkSecurityServiceAssociationError, ShareNetworkSecurityServiceDissociationError)

        def work(number: int) -> int:
            balance = 0
            for turn in range(8):
                one, other = "nm"[(number + turn) % 2], "vw"[(number + turn // 2) % 2]
                change, step = (
                    (api.share_network_add_security_service, 1),
                    (api.share_network_remove_security_service, -1),
                )[(number // 2 + turn) % 2]
                try:
                    change(member(), one, other)
                    balance += step
                except allowed:
                    pass
            return balance

        results = together(*[lambda n=n: work(n) for n in range(4)])
        assert not [result for result in results if not isinstance(result, int)]
        live = [row for row in stored(ASSOCIATIONS) if not row["deleted"]]
        assert len(live) == sum(results)
        assert len({(row["share_network_id"], row["security_service_id"]) for row in live}) == len(live)

    def test_nothing_stays_of_an_outer_transaction(self, context: RequestContext) -> None:
        network(id="n"), service(id="v")
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
            api.share_network_add_security_service(context, "n", "v")
            with pytest.raises(ShareNetworkSecurityServiceAssociationError):
                api.share_network_add_security_service(context, "n", "v")
            assert ids(api.share_network_get(context, "n")["security_services"]) == ["v"]
            raise ZeroDivisionError
        assert stored(ASSOCIATIONS) == []


def test_dangling_and_hand_made_rows(context: RequestContext) -> None:
    """An association of a service that was never there, and rows without a date."""
    network(id="n")
    insert(ASSOCIATIONS, share_network_id="n", security_service_id="nowhere")
    service(id="v")
    insert(ASSOCIATIONS, share_network_id="n", security_service_id="v")
    with rawdb.writer.using(context) as sql:
        sql.execute("UPDATE security_services SET created_at = NULL")
    service(id="w")
    api.share_network_add_security_service(context, "n", "w")
    assert ids(api.share_network_get(context, "n")["security_services"]) == ["v", "w"]
    assert ids(api.share_network_get_all_by_security_service(context, "nowhere")) == ["n"]


def test_lists_begin_with_what_has_no_time_of_creation(context: RequestContext) -> None:
    for number in (1, 2):
        service(id=f"v{number}")
        network(id=f"n{number}", user_id="u")
    for number in (1, 2):
        api.share_network_add_security_service(context, f"n{number}", "v1")
    api.security_service_update(context, "v2", {"created_at": None})
    api.share_network_update(context, "n2", {"created_at": None})
    services = api.security_service_get_all(context), api.security_service_get_all_by_project(context, "p")
    assert [ids(found) for found in services] == [["v2", "v1"]] * 2
    networks = (
        api.share_network_get_all(context),
        api.share_network_get_all_by_project(context, "p", user_id="u"),
        api.share_network_get_all_by_security_service(context, "v1"),
    )
    assert [ids(found) for found in networks] == [["n2", "n1"]] * len(networks)


def test_guards(context: RequestContext, statements: list[str]) -> None:
    refuses_strangers(
        statements,
        lambda context: api.security_service_create(context, None),  # type: ignore[arg-type]
        lambda context: api.security_service_get(context, "v"),
        lambda context: api.security_service_get_all(context),
        lambda context: api.security_service_get_all_by_project(context, "p"),
        lambda context: api.security_service_update(context, "v", None),  # type: ignore[arg-type]
        lambda context: api.security_service_delete(context, "v"),
        lambda context: api.share_network_create(context, None),  # type: ignore[arg-type]
        lambda context: api.share_network_get(context, "n"),
        lambda context: api.share_network_get_all(context),
        lambda context: api.share_network_get_all_by_project(context, "p"),
        lambda context: api.share_network_get_all_by_security_service(context, "v"),
        lambda context: api.share_network_update(context, "n", None),  # type: ignore[arg-type]
        lambda context: api.share_network_delete(context, "n"),
        lambda context: api.share_network_add_security_service(context, "n", "v"),
        lambda context: api.share_network_remove_security_service(context, "n", "v"),
    )


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    context = admin_context
    api.security_service_create(context, {"id": "v", "project_id": "p", "type": "ldap"})
    api.share_network_create(context, {"id": "n", "project_id": "p"})
    for number in range(20):
        share(share_network_id="n")
        server(id=f"e{number}", share_network_id="n")
    statements.clear()
    api.share_network_add_security_service(context, "n", "v")
    for read in (api.share_network_get_all, api.security_service_get_all):
        read(context)
    api.share_network_get_all_by_project(context, "p")
    api.share_network_get_all_by_security_service(context, "v")
    api.security_service_get_all_by_project(context, "p")
    api.share_network_update(context, "n", {"name": "x"})
    api.share_network_remove_security_service(context, "n", "v")
    api.share_network_get(context, "n")
    api.share_network_delete(context, "n")
    api.security_service_get(context, "v")
    api.security_service_update(context, "v", {"name": "x"})
    api.security_service_delete(context, "v")
    assert statements == [
        *("BEGIN", "share_network_add_security_service", "share_network_get", "COMMIT"),
        *("share_network_get_all", "security_service_get_all"),
        *("share_network_get_all_by_project", "share_network_get_all_by_security_service"),
        "security_service_get_all_by_project",
        *("BEGIN", "share_network_update", "share_network_get", "COMMIT"),
        *("BEGIN", "share_network_remove_security_service", "share_network_get", "COMMIT"),
        *("share_network_get", "share_network_delete"),
        *("security_service_get", "BEGIN", "security_service_update", "security_service_get", "COMMIT"),
        "security_service_delete",
    ]
    statements.clear()
    with pytest.raises(ShareNetworkNotFound):
        api.share_network_delete(context, "n")
    assert statements == ["share_network_delete", "share_network_get__id"]
