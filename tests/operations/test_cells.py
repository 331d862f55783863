"""Cells, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import CellExists, CellNotFound, DBDataError, DBDuplicateEntry, DBError
from tests.operations.factories import stored, together
from tests.operations.inventory_helpers import COMMON, admin, refused
from tests.support.rows import Row, there

URL = "rabbit://é"


def make(name: str | None = "c", **values: Any) -> Row:
    return api.cell_create(admin(), {"name": name, "transport_url": URL, **values})


class TestCreate:
    def test_returns_the_row(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        given = {"name": "c", "transport_url": URL, "api_url": "http://", "is_parent": 1, "zork": 1}
        row = api.cell_create(admin_context, given)
        assert row == {
            "id": row["id"],
            "name": "c",
            "api_url": "http://",
            "transport_url": URL,
            "weight_offset": 0.0,
            "weight_scale": 1.0,
            "is_parent": True,
            **dict.fromkeys(("username", "password", "rpc_host", "rpc_port", "rpc_virtual_host")),
            "created_at": stopped_clock,
            **COMMON,
        }
        assert given["is_parent"] == 1
        assert row["is_parent"] is True
        assert stored("cells") == [row]
        weighed = make("d", weight_offset=-2.5, weight_scale="0.25", is_parent=None)
        assert (weighed["weight_offset"], weighed["weight_scale"], weighed["is_parent"]) == (-2.5, 0.25, None)
        assert api.cell_get(admin_context, "d") == weighed

    def test_how_it_is_reached(self, admin_context: RequestContext, statements: list[str]) -> None:
        for values in ({}, {"api_url": "http://"}, {"transport_url": None}):
            with pytest.raises(DBError):
                api.cell_create(admin_context, {"name": "c", **values})
        assert statements == []
        row = api.cell_create(admin_context, {"name": "c", "rpc_host": "h", "rpc_port": 5672, "username": "guest"})
        assert (row["transport_url"], row["rpc_port"]) == (None, 5672)

    def test_a_live_twin(self, admin_context: RequestContext) -> None:
        row = make()
        with pytest.raises(CellExists) as twin:
            make(transport_url="other")
        assert twin.value.kwargs == {"code": 500, "name": "c"}
        with pytest.raises(DBDuplicateEntry):
            make("d", id=row["id"])
        for name in ("C", "c ", "ç", None, None):
            make(name)
        for _ in range(2):
            assert api.cell_delete(admin_context, "c") == 1
            make()
        assert len(stored("cells")) == 8
        for unfit in ({"api_url": "a" * 256}, {"weight_offset": "heavy"}, {"is_parent": "perhaps"}, {"rpc_port": "x"}):
            with pytest.raises(DBDataError):
                make("e", **unfit)
        assert len(stored("cells")) == 8

    def test_one_of_many_at_once(self, db: str) -> None:
        results = together(*[make] * 6)
        assert sorted(type(result).__name__ for result in results) == ["CellExists"] * 5 + ["dict"]
        assert len(stored("cells")) == 1


class TestReads:
    def test_get(self, db: str) -> None:
        gone = make()
        with pytest.raises(CellNotFound):
            api.cell_get(admin("only"), "c")
        api.cell_delete(admin(), "c")
        with pytest.raises(CellNotFound) as missing:
            api.cell_get(admin(), cell_name="c")
        assert missing.value.kwargs == {"code": 404, "cell_name": "c"}
        live = make()
        make("d")
        assert api.cell_get(admin(), "c") == live
        assert api.cell_get(admin("yes"), "c")["id"] == api.cell_get(admin("only"), "c")["id"] == gone["id"]
        for name in ("C", "", "c ", None):
            with pytest.raises(CellNotFound):
                api.cell_get(admin(), name)  # type: ignore[arg-type]
        nameless = make(None)
        assert api.cell_get(admin(), None) == nameless  # type: ignore[arg-type]

    def test_get_all(self, db: str) -> None:
        assert api.cell_get_all(admin()) == []
        make("gone")
        api.cell_delete(admin(), "gone")
        rows = [make("b"), make("a")]
        for context in (admin(), admin("yes"), admin("only")):
            assert api.cell_get_all(context) == rows


class TestUpdate:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        row, other = make(), make("d")
        timeutils.advance_time_seconds(5)
        given = {"api_url": "x", "is_parent": True, "weight_scale": 2}
        changed = api.cell_update(admin_context, cell_name="c", values=given)
        assert changed == {**row, **given, "updated_at": timeutils.utcnow()}
        assert stored("cells") == [changed, other]
        # Twice the same is no miss, and nothing is no change but of the time.
        assert api.cell_update(admin_context, "c", given) == changed
        timeutils.advance_time_seconds(5)
        assert api.cell_update(admin_context, "c", {}) == {**changed, "updated_at": timeutils.utcnow()}
        assert given == {"api_url": "x", "is_parent": True, "weight_scale": 2}

    def test_a_new_name(self, db: str) -> None:
        row = make()
        renamed = api.cell_update(admin(), "c", {"name": "d"})
        assert (there(renamed)["id"], there(renamed)["name"]) == (row["id"], "d")
        assert stored("cells") == [renamed]
        with pytest.raises(CellNotFound):
            api.cell_get(admin(), "c")
        nameless = api.cell_update(admin(), "d", {"name": None})
        assert (there(nameless)["id"], there(nameless)["name"]) == (row["id"], None)
        assert there(api.cell_update(admin(), None, {"name": "e"}))["id"] == row["id"]  # type: ignore[arg-type]

    def test_a_taken_name(self, db: str) -> None:
        rows = [make(), make("d")]
        with pytest.raises(DBDuplicateEntry) as taken:
            api.cell_update(admin(), "c", {"name": "d"})
        assert "name" in taken.value.columns
        assert stored("cells") == rows

    def test_a_missing_one(self, db: str) -> None:
        row = make()
        api.cell_delete(admin(), "c")
        for name in ("c", "C", "zork", None):
            with pytest.raises(CellNotFound) as missing:
                api.cell_update(admin(), name, {"api_url": "x"})  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "cell_name": name}
        for number, context in enumerate((admin("yes"), admin("only"))):
            changed = api.cell_update(context, "c", {"api_url": str(number)})
            assert (there(changed)["id"], there(changed)["api_url"]) == (row["id"], str(number))

    def test_values_that_are_refused(self, db: str) -> None:
        row = make()
        with pytest.raises(DBError):
            api.cell_update(admin(), "c", {"zork": 1, "api_url": "x"})
        with pytest.raises(DBDataError):
            api.cell_update(admin(), "c", {"weight_offset": "x"})
        assert stored("cells") == [row]

    def test_one_name_for_many_at_once(self, db: str) -> None:
        for number in range(5):
            make(str(number))
        results = together(
            *[lambda name=str(number): api.cell_update(admin(), name, {"name": "d"}) for number in range(5)]
        )
        assert sorted(type(result).__name__ for result in results) == ["DBDuplicateEntry"] * 4 + ["dict"]
        assert [row["name"] for row in stored("cells")].count("d") == 1


def test_delete(admin_context: RequestContext, stopped_clock: datetime) -> None:
    row, other = make(), make("d")
    count = api.cell_delete(admin_context, cell_name="c")
    assert (count, type(count)) == (1, int)
    assert stored("cells") == [{**row, "deleted": row["id"], "deleted_at": stopped_clock}, other]
    for name in ("c", "zork", "D", None):
        assert api.cell_delete(admin_context, name) == 0  # type: ignore[arg-type]
    assert api.cell_delete(admin("only"), "d") == 0
    make()
    assert api.cell_delete(admin("only"), "c") == 1
    assert api.cell_delete(admin("yes"), "c") == 2


def test_only_administrators(statements: list[str]) -> None:
    refused(
        statements,
        lambda context: api.cell_create(context, None),  # type: ignore[arg-type]
        lambda context: api.cell_update(context, "c", None),  # type: ignore[arg-type]
        lambda context: api.cell_delete(context, "c"),
        lambda context: api.cell_get(context, "c"),
        lambda context: api.cell_get_all(context),
    )


def test_round_trips(statements: list[str]) -> None:
    make()
    api.cell_get(admin(), "c")
    api.cell_get_all(admin())
    api.cell_delete(admin(), "c")
    assert statements == ["cell_create", "cell_get", "cell_get_all", "cell_delete"]
    make("d")
    statements.clear()
    api.cell_update(admin(), "d", {"api_url": "x"})
    assert statements == ["BEGIN", "cell_update", "cell_get", "COMMIT"]


def test_a_name_that_others_have_or_had(admin_context: RequestContext) -> None:
    api.cell_create(admin_context, {"name": None, "transport_url": "nameless"})
    make("gone")
    api.cell_delete(admin_context, "gone")
    row = make("old", transport_url="mine")
    renamed = api.cell_update(admin("yes"), "old", {"name": "gone"})
    assert renamed is not None
    assert (renamed["id"], renamed["name"], renamed["deleted"]) == (row["id"], "gone", 0)
    nameless = api.cell_update(admin_context, "gone", {"name": None})
    assert nameless is not None
    assert (nameless["id"], nameless["name"], nameless["transport_url"]) == (row["id"], None, "mine")
