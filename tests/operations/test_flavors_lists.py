"""Lists of flavors: filters, order, pages; on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    DBDataError,
    InvalidSortKey,
    MarkerNotFound,
)
from tests.operations.flavor_helpers import flavorids, make, member
from tests.support.rows import Row


class TestGetAll:
    def test_by_flavorid_as_text(self, context: RequestContext) -> None:
        for flavorid in ("2", "10", "1"):
            make(flavorid, extra_specs={"id": flavorid, "x": "y"})
        rows = api.flavor_get_all(context)
        assert flavorids(rows) == ["1", "10", "2"]
        assert [row["extra_specs"] for row in rows] == [{"id": one, "x": "y"} for one in ("1", "10", "2")]
        assert rows[0] == api.flavor_get_by_flavor_id(context, "1")

    def test_none_at_all(self, context: RequestContext) -> None:
        assert api.flavor_get_all(context) == []
        assert api.instance_type_get_all(context) == []

    def test_inactive(self, admin_context: RequestContext) -> None:
        make("f1", extra_specs={"a": "1"})
        make("f2")
        api.flavor_destroy(admin_context, "name-f1")
        for context in (member("p"), member("p", "yes"), member("p", "only")):
            for get_all in (api.flavor_get_all, api.instance_type_get_all):
                assert flavorids(get_all(context)) == ["f2"]
                both = get_all(context, True)
                assert [(row["flavorid"], row["extra_specs"]) for row in both] == [("f1", {}), ("f2", {})]

    def test_the_older_name_sorts_by_name(self, context: RequestContext) -> None:
        for flavorid, name in (("1", "b"), ("2", "c"), ("3", "a")):
            make(flavorid, name=name)
        assert [row["name"] for row in api.instance_type_get_all(context)] == ["a", "b", "c"]

    @pytest.mark.parametrize("get_all", [api.flavor_get_all, api.instance_type_get_all])
    def test_lower_bounds(self, context: RequestContext, get_all: Callable[..., Any]) -> None:
        for number in (1, 2, 3):
            make(str(number), memory_mb=number * 100, root_gb=number * 10)
        make("4", memory_mb=1000)
        assert flavorids(get_all(context, filters={"min_memory_mb": 200})) == ["2", "3", "4"]
        assert flavorids(get_all(context, filters={"min_root_gb": 20})) == ["2", "3"]
        assert flavorids(get_all(context, filters={"min_root_gb": 11, "min_memory_mb": "201"})) == ["3"]
        assert flavorids(get_all(context, filters={"min_root_gb": 0})) == ["1", "2", "3"]
        with pytest.raises(DBDataError):
            get_all(context, filters={"min_root_gb": "big"})

    @pytest.mark.parametrize("get_all", [api.flavor_get_all, api.instance_type_get_all])
    def test_disabled(self, context: RequestContext, get_all: Callable[..., Any]) -> None:
        make("1", disabled=True)
        make("2")
        assert flavorids(get_all(context, filters={"disabled": True})) == ["1"]
        assert flavorids(get_all(context, filters={"disabled": False})) == ["2"]
        assert flavorids(get_all(context, filters={"disabled": 0})) == ["2"]
        assert flavorids(get_all(context)) == ["1", "2"]

    @pytest.mark.parametrize("get_all", [api.flavor_get_all, api.instance_type_get_all])
    def test_is_public(self, admin_context: RequestContext, get_all: Callable[..., Any]) -> None:
        make("1")
        make("2", ["p1"], is_public=False)
        make("3", is_public=False)
        admin_of_p1 = RequestContext("admin", "p1", is_admin=True)
        expected = [
            (admin_context, {None: "123", False: "23", True: "1"}),
            (admin_of_p1, {None: "123", False: "23", True: "12"}),
            (member("p1"), {None: "12", False: "2", True: "12"}),
            (member("p2"), {None: "1", False: "", True: "1"}),
        ]
        for context, by_value in expected:
            assert flavorids(get_all(context)) == list(by_value[None])
            for value, wanted in by_value.items():
                filters = {"is_public": value}
                assert flavorids(get_all(context, filters=filters)) == list(wanted)
                assert filters == {"is_public": value}
        api.flavor_access_remove(admin_context, "2", "p1")
        assert flavorids(get_all(admin_of_p1, filters={"is_public": True})) == ["1"]
        assert flavorids(get_all(member("p1"))) == ["1"]

    @pytest.mark.parametrize("get_all", [api.flavor_get_all, api.instance_type_get_all])
    def test_access_of_no_project_is_nobodys(self, admin_context: RequestContext, get_all: Callable[..., Any]) -> None:
        no_project: Any = [None]
        make("1", no_project, is_public=False)
        make("2")
        assert flavorids(get_all(admin_context, filters={"is_public": True})) == ["2"]
        assert flavorids(get_all(admin_context, filters={"is_public": True, "disabled": True})) == []
        assert flavorids(get_all(admin_context)) == ["1", "2"]

    def test_other_filters_are_ignored(self, context: RequestContext) -> None:
        make("1")
        filters = {"vcpus": 99, "zork": object(), "name": "other"}
        assert flavorids(api.flavor_get_all(context, filters=filters)) == ["1"]
        assert set(filters) == {"vcpus", "zork", "name"}

    def test_sorting(self, context: RequestContext) -> None:
        for flavorid, memory, root in (("a", 2, None), ("b", 1, 5), ("c", 2, 4)):
            make(flavorid, memory_mb=memory, root_gb=root)
        assert flavorids(api.flavor_get_all(context, sort_key="memory_mb")) == ["b", "a", "c"]
        assert flavorids(api.flavor_get_all(context, sort_key="memory_mb", sort_dir="desc")) == ["c", "a", "b"]
        assert flavorids(api.flavor_get_all(context, sort_key="id", sort_dir="desc")) == ["c", "b", "a"]

    def test_bad_sorting(self, context: RequestContext) -> None:
        bad: Any
        for bad in ("zork", "extra_specs", "f.id; DROP TABLE instance_types", ""):
            with pytest.raises(InvalidSortKey):
                api.flavor_get_all(context, sort_key=bad)
        for bad in ("up", "ASC", "", "desc; SELECT 1", None):
            with pytest.raises(ValueError, match="direction"):
                api.flavor_get_all(context, sort_key="zork", sort_dir=bad)
            with pytest.raises(ValueError, match="direction"):
                api.flavor_get_all(context, sort_dir=bad, limit=0, marker="missing")

    def test_limit(self, context: RequestContext) -> None:
        for flavorid in ("1", "2", "3"):
            make(flavorid, extra_specs={"a": "1", "b": "2", "c": "3"})
        assert api.flavor_get_all(context, limit=0) == []
        assert flavorids(api.flavor_get_all(context, limit=2)) == ["1", "2"]
        assert flavorids(api.flavor_get_all(context, limit=5)) == ["1", "2", "3"]

    def test_pages(self, context: RequestContext, stopped_clock: datetime) -> None:
        """Whatever the order, ties and NULLs included, the pages together are the whole list."""
        for number in range(7):
            name = None if number % 3 == 2 else f"n{number}"
            make(str(number), name=name, memory_mb=number % 2, root_gb=number % 3 or None)
            timeutils.advance_time_seconds(number % 2)
        for sort_key in ("flavorid", "memory_mb", "root_gb", "name", "created_at", "is_public", "id"):
            for sort_dir in ("asc", "desc", "asc-nullslast", "desc-nullsfirst"):
                order: dict[str, Any] = {"sort_key": sort_key, "sort_dir": sort_dir}
                everything = api.flavor_get_all(context, **order)
                assert len(everything) == 7
                for size in (1, 3):
                    pages: list[Row] = []
                    marker = None
                    while page := api.flavor_get_all(context, **order, limit=size, marker=marker):
                        pages += page
                        marker = page[-1]["flavorid"]
                        assert len(pages) <= len(everything), order
                    assert pages == everything, order

    def test_no_value_is_the_lowest(self, context: RequestContext) -> None:
        for number, name in enumerate(("b", None, "a")):
            make(str(number), name=name)
        for sort_dir, expected in (
            ("asc", "120"),
            ("desc", "021"),
            ("asc-nullslast", "201"),
            ("desc-nullsfirst", "102"),
        ):
            rows = api.flavor_get_all(context, sort_key="name", sort_dir=sort_dir)
            assert flavorids(rows) == list(expected), sort_dir
        assert flavorids(api.instance_type_get_all(context)) == list("120")

    def test_a_marker_need_not_pass_the_filters(self, context: RequestContext) -> None:
        for flavorid in ("1", "2", "3"):
            make(flavorid, memory_mb=int(flavorid))
        rows = api.flavor_get_all(context, filters={"min_memory_mb": 2}, marker="1")
        assert flavorids(rows) == ["2", "3"]

    def test_a_marker_that_is_not_visible(self, admin_context: RequestContext) -> None:
        make("1")
        api.flavor_destroy(admin_context, "name-1")
        make("2", is_public=False)
        make("3")
        for context, marker in ((admin_context, "1"), (admin_context, "9"), (member("p"), "2")):
            with pytest.raises(MarkerNotFound) as missing:
                api.flavor_get_all(context, marker=marker)
            assert missing.value.args == (marker,)
            assert missing.value.kwargs == {"code": 404}
        assert flavorids(api.flavor_get_all(admin_context, inactive=True, marker="1")) == ["2", "3"]
        assert flavorids(api.flavor_get_all(admin_context, marker="2")) == ["3"]

    def test_a_marker_with_deleted_namesakes_makes_progress(self, admin_context: RequestContext) -> None:
        for _ in range(3):
            make("1", name="n")
            api.flavor_destroy(admin_context, "n")
        make("2")
        assert flavorids(api.flavor_get_all(admin_context, inactive=True, marker="1")) == ["2"]
        assert api.flavor_get_all(admin_context, inactive=True, sort_dir="desc", marker="1") == []

    def test_round_trips(self, context: RequestContext, statements: list[str]) -> None:
        for flavorid in ("1", "2"):
            make(flavorid, extra_specs={"a": "1"})
        statements.clear()
        api.flavor_get_all(context, filters={"is_public": True, "disabled": False})
        assert statements == ["flavor_get_all"]
        statements.clear()
        api.flavor_get_all(context, marker="1", limit=10)
        assert statements == ["flavor_get_all", "flavor_get_all"]
        statements.clear()
        api.instance_type_get_all(context)
        assert statements == ["flavor_get_all"]
