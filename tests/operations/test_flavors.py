"""Flavors under both their names: made, found, destroyed; on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    DBError,
    FlavorExists,
    FlavorIdExists,
    FlavorNotFound,
    FlavorNotFoundByName,
    Forbidden,
    InstanceTypeExists,
    InstanceTypeIdExists,
    InstanceTypeNotFound,
    InstanceTypeNotFoundByName,
    NotFound,
)
from tests.operations.factories import refused_once, stored, together
from tests.operations.flavor_helpers import DELETED, access_rows, flavorids, make, member, specs_rows


class TestCreate:
    def test_returns_the_flavor(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = {"name": "n", "flavorid": "f", "memory_mb": 512, "vcpus": 2, "zork": 1, "extra_specs": {"a": "1"}}
        row = api.flavor_create(admin_context, given)
        assert row == {
            "id": row["id"],
            "name": "n",
            "memory_mb": 512,
            "vcpus": 2,
            "root_gb": None,
            "ephemeral_gb": None,
            "flavorid": "f",
            "swap": 0,
            "rxtx_factor": 1.0,
            "vcpu_weight": None,
            "disabled": False,
            "is_public": True,
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
            "extra_specs": {"a": "1"},
        }
        assert type(row) is dict
        assert isinstance(row["rxtx_factor"], float)
        assert api.flavor_get(admin_context, row["id"]) == row
        assert given["extra_specs"] == {"a": "1"}

    def test_none_means_the_default(self, db: str) -> None:
        row = make(swap=None, rxtx_factor=None, disabled=None, is_public=None, deleted=None)
        assert (row["swap"], row["rxtx_factor"], row["disabled"], row["is_public"], row["deleted"]) == (
            0,
            1.0,
            False,
            True,
            0,
        )

    def test_values_given_are_kept(self, context: RequestContext) -> None:
        row = make(swap=7, rxtx_factor=0.5, disabled=1, is_public=1, root_gb="20", vcpu_weight=3, ephemeral_gb=4)
        assert row == api.flavor_get(context, row["id"])
        assert (row["swap"], row["rxtx_factor"], row["disabled"], row["root_gb"]) == (7, 0.5, True, 20)

    def test_a_flavorid_is_not_generated(self, admin_context: RequestContext) -> None:
        row = api.flavor_create(admin_context, {"name": "n", "memory_mb": 1, "vcpus": 1})
        assert row["flavorid"] is None
        assert api.flavor_get_by_flavor_id(admin_context, None) == row  # type: ignore[arg-type]

    def test_access_for_each_distinct_project(self, admin_context: RequestContext) -> None:
        for flavorid, is_public in (("open", True), ("closed", False)):
            row = make(flavorid, ["p1", "p2", "p1"], is_public=is_public)
            access = api.flavor_access_get_by_flavor_id(admin_context, flavorid)
            assert [(one["instance_type_id"], one["project_id"]) for one in access] == [
                (row["id"], "p1"),
                (row["id"], "p2"),
            ]
            assert "projects" not in row

    def test_projects_that_are_stored_alike_are_one(self, admin_context: RequestContext) -> None:
        projects: Any = [1, "p", "1", None, None]
        make("f1", projects, is_public=False)
        access = api.flavor_access_get_by_flavor_id(admin_context, "f1")
        assert [one["project_id"] for one in access] == ["1", "p", None]

    def test_without_extra_specs(self, context: RequestContext) -> None:
        for row in (make("f1"), make("f2", extra_specs=None), make("f3", extra_specs={})):
            assert row["extra_specs"] == {}
            assert api.flavor_get(context, row["id"]) == row

    def test_a_live_twin_by_flavorid(self, db: str) -> None:
        make("f1")
        with pytest.raises(FlavorIdExists) as refused:
            make("f1", name="other", extra_specs={"a": "b"})
        assert refused.value.kwargs == {"code": 500, "flavor_id": "f1"}
        assert specs_rows() == []

    def test_a_live_twin_by_name(self, db: str) -> None:
        make("f1", name="n")
        with pytest.raises(FlavorExists) as refused:
            make("f2", name="n", projects=["p"])
        assert refused.value.kwargs == {"code": 500, "name": "n"}
        assert access_rows() == []

    def test_a_twin_by_both_is_told_by_its_name(self, admin_context: RequestContext) -> None:
        make("f1", name="n")
        make("f2", name="m")
        for flavorid in ("f1", "f2"):
            with pytest.raises(FlavorExists) as refused:
                make(flavorid, name="n")
            assert refused.value.kwargs["name"] == "n"
        assert len(api.flavor_get_all(admin_context)) == 2

    def test_a_deleted_twin_does_not_count(self, admin_context: RequestContext) -> None:
        ids = []
        for _ in range(3):
            ids.append(make("f1")["id"])
            api.flavor_destroy(admin_context, "name-f1")
        ids.append(make("f1")["id"])
        assert len(set(ids)) == 4
        assert [row["id"] for row in api.flavor_get_all(admin_context)] == ids[-1:]

    def test_unnamed_flavors_are_no_twins(self, admin_context: RequestContext) -> None:
        for _ in range(2):
            api.flavor_create(admin_context, {"memory_mb": 1, "vcpus": 1})
        make("f1", name=None)
        with pytest.raises(FlavorIdExists):
            make("f1", name=None)

    def test_case_and_trailing_blanks_make_another_name(self, admin_context: RequestContext) -> None:
        for name in ("n", "N", "n ", "ñ"):
            make(f"id-{name}", name=name)
        assert api.flavor_get_by_name(admin_context, "N")["flavorid"] == "id-N"
        assert api.flavor_get_by_flavor_id(admin_context, "id-n ")["name"] == "n "

    def test_a_missing_column(self, db: str) -> None:
        for missing in ("memory_mb", "vcpus"):
            with pytest.raises(DBError) as refused:
                make(**{missing: None, "extra_specs": {"a": "b"}})  # type: ignore[arg-type]
            assert not isinstance(refused.value, DBDuplicateEntry)
        assert stored("instance_types") == []

    def test_values_that_do_not_fit(self, db: str) -> None:
        unfit: list[dict[str, Any]] = [
            {"memory_mb": "much"},
            {"memory_mb": 2**31},
            {"name": "n" * 256},
            {"name": ["n"]},
            {"is_public": "perhaps"},
            {"rxtx_factor": float("nan")},
            {"extra_specs": {"k" * 256: "v"}},
            {"extra_specs": {"k": "v" * 256}},
            {"extra_specs": {"k": {"nested": 1}}},
            {"extra_specs": {None: "v"}},
        ]
        for values in unfit:
            with pytest.raises(DBDataError):
                make(**values)
        assert stored("instance_types") == []

    def test_another_unique_key_stays_a_database_error(self, db: str) -> None:
        first = make("f1")
        with pytest.raises(DBDuplicateEntry):
            make("f2", id=first["id"])

    def test_inside_a_transaction_a_refusal_leaves_it_usable(self, admin_context: RequestContext) -> None:
        make("f1", name="n")
        with rawdb.writer.using(admin_context):
            with pytest.raises(FlavorExists):
                api.flavor_create(admin_context, {"name": "n", "flavorid": "f1", "memory_mb": 1, "vcpus": 1})
            api.flavor_create(admin_context, {"name": "m", "flavorid": "f2", "memory_mb": 1, "vcpus": 1})
        assert flavorids(api.flavor_get_all(admin_context)) == ["f1", "f2"]

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        make("f1")
        assert statements == ["BEGIN", "flavor_create", "COMMIT"]
        statements.clear()
        make("f2", ["p1", "p2"], extra_specs={"a": "1", "b": "2"})
        assert statements == [
            "BEGIN",
            "flavor_create",
            "flavor_create__extra_specs",
            "flavor_create__access",
            "COMMIT",
        ]

    def test_only_one_of_many_at_once(self, admin_context: RequestContext) -> None:
        results = together(*[lambda: make("f1", ["p"], extra_specs={"a": "1"}) for _ in range(6)])
        assert sorted(type(result).__name__ for result in results) == ["FlavorExists"] * 5 + ["dict"]
        assert len(api.flavor_get_all(admin_context)) == len(specs_rows()) == len(access_rows()) == 1


class TestInstanceTypeCreate:
    def test_returns_the_flavor(self, admin_context: RequestContext) -> None:
        values = {"name": "n", "flavorid": None, "memory_mb": 1, "vcpus": 1, "extra_specs": {"a": 1}, "zork": 1}
        row = api.instance_type_create(admin_context, values)
        assert row == api.instance_type_get(admin_context, row["id"])
        assert row == api.instance_type_get_by_flavor_id(admin_context, None)  # type: ignore[arg-type]
        assert (row["flavorid"], row["extra_specs"]) == (None, {"a": "1"})
        assert "zork" not in row

    def test_needs_name_and_flavorid(self, admin_context: RequestContext) -> None:
        for missing in ("name", "flavorid"):
            values = {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1}
            del values[missing]
            with pytest.raises(KeyError, match=missing):
                api.instance_type_create(admin_context, values)

    def test_twins(self, admin_context: RequestContext) -> None:
        values = {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1}
        api.instance_type_create(admin_context, values)
        with pytest.raises(InstanceTypeExists) as by_both:
            api.instance_type_create(admin_context, values)
        assert by_both.value.kwargs["name"] == "n"
        with pytest.raises(InstanceTypeExists):
            api.instance_type_create(admin_context, {**values, "flavorid": "g"})
        with pytest.raises(InstanceTypeIdExists) as by_id:
            api.instance_type_create(admin_context, {**values, "name": "m"})
        assert by_id.value.kwargs["flavor_id"] == "f"

    def test_a_deleted_name_counts_where_it_is_visible(self, admin_context: RequestContext) -> None:
        values = {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1}
        api.instance_type_create(admin_context, values)
        api.instance_type_destroy(admin_context, "n")
        for read_deleted in ("yes", "only"):
            with pytest.raises(InstanceTypeExists):
                api.instance_type_create(get_admin_context(read_deleted), values)
        api.instance_type_create(admin_context, values)

    def test_a_live_name_counts_for_whoever_sees_only_deleted_ones(self, admin_context: RequestContext) -> None:
        values = {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1}
        api.instance_type_create(admin_context, values)
        with pytest.raises(InstanceTypeExists):
            api.instance_type_create(get_admin_context("only"), values)

    def test_a_missing_column(self, admin_context: RequestContext) -> None:
        with pytest.raises(DBError):
            api.instance_type_create(admin_context, {"name": "n", "flavorid": "f"})

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        api.instance_type_create(admin_context, {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1})
        assert statements == ["BEGIN", "flavor_create", "COMMIT"]


BY_ID = pytest.mark.parametrize(
    ("get", "error", "field"),
    [
        (api.flavor_get, FlavorNotFound, "flavor_id"),
        (api.instance_type_get, InstanceTypeNotFound, "instance_type_id"),
    ],
)
BY_NAME = pytest.mark.parametrize(
    ("get", "error", "field"),
    [
        (api.flavor_get_by_name, FlavorNotFoundByName, "flavor_name"),
        (api.instance_type_get_by_name, InstanceTypeNotFoundByName, "instance_type_name"),
    ],
)
BY_FLAVOR_ID = pytest.mark.parametrize("get", [api.flavor_get_by_flavor_id, api.instance_type_get_by_flavor_id])
Get = Callable[..., dict[str, Any]]


class TestGet:
    @BY_ID
    def test_by_id(self, context: RequestContext, get: Get, error: type[NotFound], field: str) -> None:
        row = make(extra_specs={"a": "1"})
        assert get(context, row["id"]) == row
        with pytest.raises(error) as missing:
            get(context, row["id"] + 1)
        assert missing.value.kwargs[field] == row["id"] + 1

    @BY_ID
    def test_by_an_id_that_is_none(self, context: RequestContext, get: Get, error: type[NotFound], field: str) -> None:
        for nothing in (2**40, 2**70, "tiny", 1.5, None):
            with pytest.raises(error):
                get(context, nothing)

    @BY_NAME
    def test_by_name(self, context: RequestContext, get: Get, error: type[NotFound], field: str) -> None:
        row = make(name="n", extra_specs={"a": "1"})
        assert get(context, "n") == row
        with pytest.raises(error) as missing:
            get(context, "m")
        assert missing.value.kwargs[field] == "m"
        assert isinstance(missing.value, NotFound)

    @BY_NAME
    def test_the_oldest_of_a_name(self, context: RequestContext, get: Get, error: type[NotFound], field: str) -> None:
        first = make(name="n")
        api.flavor_destroy(DELETED, "n")
        make(name="n")
        assert get(DELETED, "n")["id"] == first["id"]

    @BY_FLAVOR_ID
    def test_by_flavor_id(self, context: RequestContext, get: Get) -> None:
        row = make("007", extra_specs={"a": "1"})
        assert get(context, id="007") == row
        with pytest.raises(FlavorNotFound) as missing:
            get(context, "7")
        assert missing.value.kwargs == {"code": 404, "flavor_id": "7"}

    @BY_FLAVOR_ID
    def test_the_live_one_comes_first(self, admin_context: RequestContext, get: Get) -> None:
        ids = []
        for _ in range(3):
            ids.append(make("f1", name="n")["id"])
            if len(ids) < 3:
                api.flavor_destroy(admin_context, "n")
        assert get(DELETED, "f1")["id"] == ids[2]
        assert get(admin_context, "f1", "only")["id"] == ids[0]
        api.flavor_destroy(admin_context, "n")
        assert get(DELETED, "f1")["id"] == ids[0]

    @BY_FLAVOR_ID
    def test_read_deleted_of_the_call(self, admin_context: RequestContext, get: Get) -> None:
        row = make("f1", name="n")
        api.flavor_destroy(admin_context, "n")
        for nothing in (None, ""):
            with pytest.raises(FlavorNotFound):
                get(admin_context, "f1", read_deleted=nothing)
            assert get(DELETED, "f1", read_deleted=nothing)["id"] == row["id"]
        with pytest.raises(FlavorNotFound):
            get(DELETED, "f1", "no")
        assert get(admin_context, "f1", "yes")["id"] == row["id"]
        with pytest.raises(ValueError, match="perhaps"):
            get(admin_context, "f1", "perhaps")

    def test_visibility_is_the_contexts(self, admin_context: RequestContext) -> None:
        gone = make("f1", name="n", extra_specs={"a": "1"})
        api.flavor_destroy(admin_context, "n")
        live = make("f2", name="m")
        for read_deleted, seen in (("no", {"m"}), ("yes", {"n", "m"}), ("only", {"n"})):
            context = get_admin_context(read_deleted)
            found = set()
            for row in (gone, live):
                try:
                    by_id = api.flavor_get(context, row["id"])
                except FlavorNotFound:
                    with pytest.raises(FlavorNotFoundByName):
                        api.flavor_get_by_name(context, row["name"])
                else:
                    assert api.flavor_get_by_name(context, row["name"]) == by_id
                    found.add(by_id["name"])
            assert found == seen

    def test_a_destroyed_flavor_has_no_extra_specs(self, admin_context: RequestContext) -> None:
        row = make(extra_specs={"a": "1"})
        api.flavor_destroy(admin_context, row["name"])
        assert api.flavor_get(DELETED, row["id"])["extra_specs"] == {}

    def test_a_private_flavor(self, admin_context: RequestContext) -> None:
        row = make("f1", ["p1"], is_public=False, name="n")
        gets: list[Callable[[RequestContext], Any]] = [
            lambda context: api.flavor_get(context, row["id"]),
            lambda context: api.flavor_get_by_name(context, "n"),
            lambda context: api.flavor_get_by_flavor_id(context, "f1"),
        ]
        for get in gets:
            assert get(admin_context) == row
            assert get(member("p1")) == row
            with pytest.raises(FlavorNotFound):
                get(member("p2"))
        api.flavor_access_remove(admin_context, "f1", "p1")
        for get in gets:
            with pytest.raises(FlavorNotFound):
                get(member("p1"))

    def test_access_goes_with_the_flavor(self, admin_context: RequestContext) -> None:
        """So nobody but an admin finds a private flavor once it is destroyed; the older name leaves access alone."""
        rows = [make(flavorid, ["p1"], is_public=False) for flavorid in ("f1", "f2")]
        api.flavor_destroy(admin_context, "name-f1")
        api.instance_type_destroy(admin_context, "name-f2")
        with pytest.raises(FlavorNotFound):
            api.flavor_get(member("p1", read_deleted="yes"), rows[0]["id"])
        assert api.flavor_get(member("p1", read_deleted="yes"), rows[1]["id"])["flavorid"] == "f2"

    def test_many_and_odd_extra_specs(self, context: RequestContext) -> None:
        odd = {
            'quote " and \\': "back\\slash",
            "line\nfeed\ttab": "\x01\x1f\x7f",
            "é😀\u2028": "naïve 'quoted' {}",
            "": "",
            "none": None,
            "%s %(x)s :y": "100 %",
            "trail ": " blank ",
        }
        row = make(extra_specs={**odd, **{f"key{number:04}": "v" * 255 for number in range(2000)}})
        assert len(row["extra_specs"]) == 2000 + len(odd)
        assert api.flavor_get(context, row["id"]) == row
        assert api.flavor_extra_specs_get(context, "f1") == row["extra_specs"]

    def test_numbers_become_text(self, context: RequestContext) -> None:
        row = make(extra_specs={1: 2, "b": 2.5})
        assert row["extra_specs"] == {"1": "2", "b": "2.5"}
        assert api.flavor_get(context, row["id"]) == row

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        row = make(extra_specs={"a": "1"})
        statements.clear()
        api.flavor_get(context, row["id"])
        api.flavor_get_by_name(context, row["name"])
        api.flavor_get_by_flavor_id(context, row["flavorid"])
        api.instance_type_get(context, row["id"])
        assert statements == ["flavor_get", "flavor_get_by_name", "flavor_get_by_flavor_id", "flavor_get"]


class TestDestroy:
    def test_all_that_belongs_to_it(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row = make("f1", ["p1"], name="n", extra_specs={"a": "1", "b": "2"})
        other = make("f2", ["p1"], name="m", extra_specs={"a": "1"})
        api.flavor_extra_specs_delete(admin_context, "f1", "b")
        timeutils.advance_time_seconds(5)
        now = timeutils.utcnow()
        assert api.flavor_destroy(admin_context, "n") is None
        gone = api.flavor_get(DELETED, row["id"])
        assert (gone["deleted"], gone["deleted_at"], gone["updated_at"]) == (row["id"], now, now)
        by_key = {spec["key"]: spec for spec in specs_rows() if spec["instance_type_id"] == row["id"]}
        assert by_key["a"]["deleted"] == by_key["a"]["id"]
        assert (by_key["a"]["deleted_at"], by_key["a"]["updated_at"]) == (now, None)
        assert by_key["b"]["deleted_at"] == stopped_clock
        [access] = [one for one in access_rows() if one["instance_type_id"] == row["id"]]
        assert (access["deleted"], access["deleted_at"], access["updated_at"]) == (access["id"], now, None)
        assert api.flavor_get(admin_context, other["id"]) == other
        assert len(api.flavor_access_get_by_flavor_id(admin_context, "f2")) == 1

    def test_a_second_time(self, admin_context: RequestContext) -> None:
        make(name="n")
        api.flavor_destroy(DELETED, "n")
        for context in (admin_context, DELETED):
            with pytest.raises(FlavorNotFoundByName) as missing:
                api.flavor_destroy(context, "n")
            assert missing.value.kwargs["flavor_name"] == "n"

    def test_by_the_older_name(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row = make("f1", ["p1"], name="n", extra_specs={"a": "1"})
        timeutils.advance_time_seconds(5)
        assert api.instance_type_destroy(admin_context, "n") is None
        gone = api.instance_type_get(DELETED, row["id"])
        assert (gone["deleted"], gone["deleted_at"], gone["updated_at"]) == (row["id"], timeutils.utcnow(), None)
        [spec] = specs_rows()
        assert spec["deleted"] == spec["id"]
        assert [one["deleted"] for one in access_rows()] == [0]
        with pytest.raises(InstanceTypeNotFoundByName) as missing:
            api.instance_type_destroy(admin_context, "n")
        assert missing.value.kwargs["instance_type_name"] == "n"

    def test_by_the_older_name_again_where_it_is_visible(
        self, admin_context: RequestContext, stopped_clock: datetime
    ) -> None:
        row = make(name="n")
        api.instance_type_destroy(admin_context, "n")
        timeutils.advance_time_seconds(5)
        api.instance_type_destroy(get_admin_context("only"), "n")
        assert api.instance_type_get(DELETED, row["id"])["deleted_at"] == timeutils.utcnow()

    def test_round_trips(self, admin_context: RequestContext, statements: list[str]) -> None:
        make("f1")
        make("f2")
        statements.clear()
        api.flavor_destroy(admin_context, "name-f1")
        assert statements == [
            "BEGIN",
            "flavor_get_by_name__lock",
            "flavor_destroy",
            "flavor_destroy__extra_specs",
            "flavor_destroy__access",
            "COMMIT",
        ]
        statements.clear()
        api.instance_type_destroy(admin_context, "name-f2")
        assert statements == [
            "BEGIN",
            "flavor_get_by_name__lock",
            "instance_type_destroy",
            "flavor_destroy__extra_specs",
            "COMMIT",
        ]

    def test_only_one_of_many_at_once(self, db: str) -> None:
        make(name="n")
        results = together(*[lambda: api.flavor_destroy(get_admin_context(), "n") for _ in range(5)])
        assert sorted(type(result).__name__ for result in results) == ["FlavorNotFoundByName"] * 4 + ["NoneType"]

    def test_nothing_live_is_left_by_a_destroy_among_writers(self, db: str) -> None:
        for round_ in range(5):
            row = make("f1", name="n", extra_specs={"a": "0"})
            together(
                lambda: api.flavor_destroy(get_admin_context(), "n"),
                lambda: api.flavor_extra_specs_update_or_create(member("p"), "f1", {"a": "1", "b": "2"}),
                lambda: api.flavor_access_add(get_admin_context(), "f1", "p"),
            )
            assert api.flavor_get(DELETED, row["id"])["extra_specs"] == {}, round_
            assert [one for one in access_rows() if one["deleted"] == 0] == [], round_


ADMIN_ONLY: list[Callable[[Any], Any]] = [
    lambda context: api.flavor_create(context, None),  # type: ignore[arg-type]
    lambda context: api.flavor_destroy(context, "n"),
    lambda context: api.flavor_access_get_by_flavor_id(context, "f"),
    lambda context: api.flavor_access_add(context, "f", "p"),
    lambda context: api.flavor_access_remove(context, "f", "p"),
    lambda context: api.instance_type_create(context, None),  # type: ignore[arg-type]
    lambda context: api.instance_type_destroy(context, "n"),
    lambda context: api.instance_type_access_get_by_flavor_id(context, "f"),
    lambda context: api.instance_type_access_add(context, "f", "p"),
    lambda context: api.instance_type_access_remove(context, "f", "p"),
]
FOR_USERS: list[Callable[[Any], Any]] = [
    lambda context: api.flavor_get_all(context, sort_dir="zork"),
    lambda context: api.flavor_get(context, "x"),  # type: ignore[arg-type]
    lambda context: api.flavor_get_by_name(context, "n"),
    lambda context: api.flavor_get_by_flavor_id(context, "f"),
    lambda context: api.flavor_extra_specs_get(context, "f"),
    lambda context: api.flavor_extra_specs_get_item(context, "f", "k"),
    lambda context: api.flavor_extra_specs_delete(context, "f", "k"),
    lambda context: api.flavor_extra_specs_update_or_create(context, "f", None),  # type: ignore[arg-type]
    lambda context: api.instance_type_get_all(context),
    lambda context: api.instance_type_get(context, "x"),  # type: ignore[arg-type]
    lambda context: api.instance_type_get_by_name(context, "n"),
    lambda context: api.instance_type_get_by_flavor_id(context, "f"),
    lambda context: api.instance_type_extra_specs_get(context, "f"),
    lambda context: api.instance_type_extra_specs_delete(context, "f", "k"),
    lambda context: api.instance_type_extra_specs_update_or_create(context, "f", None),  # type: ignore[arg-type]
]


def test_guards_come_first(context: RequestContext, statements: list[str]) -> None:
    nobody = RequestContext("user-without-project", None, is_admin=False)
    for operation in ADMIN_ONLY:
        for refused in (context, nobody):
            with pytest.raises(AdminRequired):
                operation(refused)
    for operation in FOR_USERS:
        with pytest.raises(Forbidden):
            operation(nobody)
    assert statements == []


def test_a_run_that_is_refused_keeps_the_projects_of_a_generator(admin_context: RequestContext) -> None:
    with refused_once("flavor_create__access"):
        values = {"name": "n", "flavorid": "f", "memory_mb": 1, "vcpus": 1}
        api.flavor_create(admin_context, values, (project for project in ("p", "q", "p")))
    rows = api.flavor_access_get_by_flavor_id(admin_context, "f")
    assert [row["project_id"] for row in rows] == ["p", "q"]
