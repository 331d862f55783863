"""Volume types, their extra specs, and the report on a window of time, through rawdb.api, on every dialect."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
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
    VolumeTypeExists,
    VolumeTypeExtraSpecsNotFound,
    VolumeTypeInUse,
    VolumeTypeNotFound,
    VolumeTypeNotFoundByName,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import NASTY, insert
from tests.operations.share_helpers import by_id, kind, member, share
from tests.operations.share_network_helpers import ids, is_missing, refuses_strangers
from tests.support.rows import Row

SPECS = "volume_type_extra_specs"


def spec_rows(type_id: str = "t", deleted: bool = False) -> dict[str, Any]:
    """The extra specs of a type as stored, live or deleted: rows by key."""
    rows = [row for row in stored(SPECS) if row["volume_type_id"] == type_id]
    return {row["key"]: row for row in rows if bool(row["deleted"]) is deleted}


class TestCreate:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        text = "".join(NASTY[:-1])
        values: dict[str, Any] = {
            "name": "gold",
            "extra_specs": {"b": 5, "a": None, 3: text},
            "zork": 1,
            "deleted": None,
        }
        row = api.volume_type_create(admin_context, values)
        columns = {"id": values["id"], "name": "gold", "created_at": stopped_clock, "updated_at": None}
        columns |= {"deleted_at": None, "deleted": "0"}
        assert row == {**columns, "extra_specs": {"3": text, "a": None, "b": "5"}}
        assert stored("volume_types") == [columns]
        assert str(uuid.UUID(row["id"])) == row["id"]
        assert values["extra_specs"] == {"b": 5, "a": None, 3: text}
        assert api.volume_type_get(admin_context, row["id"]) == row
        assert spec_rows(row["id"])["b"] == {
            "id": spec_rows(row["id"])["b"]["id"],
            "key": "b",
            "value": "5",
            "volume_type_id": row["id"],
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        bare = api.volume_type_create(
            admin_context, MappingProxyType({"id": "mine", "name": "Gold", "extra_specs": None})
        )
        assert (bare["id"], bare["extra_specs"]) == ("mine", {})

    def test_a_twin(self, admin_context: RequestContext) -> None:
        kind(id="t", name="gold"), kind(id="null", name=None), kind(id="null2")
        for values in (
            {"name": "gold", "extra_specs": {"k": "v"}},
            {"name": "silver", "id": "t"},
            {"name": "gold", "id": "t"},
        ):
            given = dict(values)
            with pytest.raises(VolumeTypeExists) as refused:
                api.volume_type_create(admin_context, given)
            assert refused.value.kwargs == {"code": 500, "id": values["name"]}
            assert given == values
        with pytest.raises(VolumeTypeExists):
            kind(id="t")
        for name in ("Gold", "gold ", " gold"):
            kind(name=name)
        api.volume_type_destroy(admin_context, "t")
        again = kind(name="gold")
        api.volume_type_destroy(admin_context, again["id"])
        assert kind(name="gold")["deleted"] == "0"
        # An id is not free again.
        with pytest.raises(VolumeTypeExists):
            kind(id="t", name="other")
        assert len(stored("volume_types")) == 8
        assert stored(SPECS) == []

    def test_all_or_nothing(self, admin_context: RequestContext) -> None:
        for bad in (
            {"extra_specs": {"k": "v", None: "x"}},
            {"extra_specs": {"k": "v" * 256}},
            {"extra_specs": {"k" * 256: "v"}},
            {"extra_specs": {"k": ["v"]}},
            {"name": "n" * 256},
            {"name": b"n"},
            {"id": "i" * 37},
        ):
            given: dict[str, Any] = {"name": "gold", **bad}
            with pytest.raises(DBDataError):
                api.volume_type_create(admin_context, given)
            assert given == {"name": "gold", **bad}
        assert stored("volume_types") == stored(SPECS) == []

    def test_one_of_many_at_once(self, admin_context: RequestContext) -> None:
        results = together(*[lambda: kind(name="gold", extra_specs={"k": "v"}) for _ in range(6)])
        assert sorted(type(result).__name__ for result in results) == [*["VolumeTypeExists"] * 5, "dict"]
        assert (len(stored("volume_types")), len(stored(SPECS))) == (1, 1)


class TestReads:
    def test_get(self, context: RequestContext) -> None:
        row = kind(id="t", name="gold", extra_specs={"b": "1", "a": "2", "A": "3", "gone": "4"})
        kind(id="twin", name="twin", extra_specs={"a": "x"}), kind(id="gone", name="gone", extra_specs={"a": "y"})
        api.volume_type_extra_specs_delete(context, "t", "gone")
        api.volume_type_destroy(get_admin_context(), "gone")
        specs = {"A": "3", "a": "2", "b": "1"}
        assert api.volume_type_get(context, "t") == {**row, "extra_specs": specs}
        assert list(api.volume_type_get(context, "t")["extra_specs"]) == list(specs)
        # `inactive` decides, and not the context.
        for asker in (context, member("yes"), member("only")):
            assert api.volume_type_get(asker, "t")["id"] == api.volume_type_get(asker, "t", True)["id"] == "t"
            is_missing(VolumeTypeNotFound, partial(api.volume_type_get, asker), "volume_type_id", "gone", "T")
            gone = api.volume_type_get(asker, id="gone", inactive=True)
            assert (gone["deleted"], gone["extra_specs"]) == ("gone", {})
        is_missing(VolumeTypeNotFound, lambda type_id: api.volume_type_get(context, type_id, True), "volume_type_id")

    def test_get_by_name(self, context: RequestContext, stopped_clock: datetime) -> None:
        admin = get_admin_context()
        for type_id in ("c", "b"):
            kind(id=type_id, name="gold")
            api.volume_type_destroy(admin, type_id)
            timeutils.advance_time_seconds(1)
        by_name = api.volume_type_get_by_name
        assert by_name(member("yes"), "gold")["id"] == by_name(member("only"), "gold")["id"] == "c"
        live = kind(id="d", name="gold", extra_specs={"k": "v"})
        kind(id="null", name=None)
        assert by_name(context, "gold") == by_name(member("yes"), "gold") == live
        assert by_name(member("only"), "gold")["id"] == "c"
        assert by_name(context, None)["id"] == "null"  # type: ignore[arg-type]
        api.volume_type_destroy(admin, "null"), api.volume_type_destroy(admin, "d")
        for unknown in ("gold", "Gold", "gold ", "zork", None, 2**70, ""):
            with pytest.raises(VolumeTypeNotFoundByName) as missing:
                by_name(context, unknown)  # type: ignore[arg-type]
            assert missing.value.kwargs == {"code": 404, "volume_type_name": unknown}
            assert isinstance(missing.value, VolumeTypeNotFound)

    def test_get_all(self, context: RequestContext, stopped_clock: datetime) -> None:
        admin = get_admin_context()
        assert api.volume_type_get_all(context) == {}
        rows: dict[str | None, Row] = {
            name: kind(name=name, extra_specs={"k": name}) for name in ("b", "B", "ä", "a", "a ")
        }
        rows[None] = kind(name=None)
        order = [None, "B", "a", "a ", "b", "ä"]
        # Deleted twins, one deleted before and one after another twin; the younger row may be the earlier deleted.
        for old in (rows["b"], rows["ä"]):
            api.volume_type_destroy(admin, old["id"])
        kind(id="younger", name="ä")
        timeutils.advance_time_seconds(-5)
        api.volume_type_destroy(admin, "younger")
        rows["b"] = kind(name="b", extra_specs={"k": "live"})
        for asker in (context, member("yes"), member("only")):
            found = api.volume_type_get_all(asker)
            assert list(found) == order[:-1]
            assert found == {name: rows[name] for name in order[:-1]}
            everything = api.volume_type_get_all(asker, inactive=True)
            assert list(everything) == order
            assert everything["b"] == rows["b"]
            assert (everything["ä"]["id"], everything["ä"]["extra_specs"]) == (rows["ä"]["id"], {})

    def test_deleted_ones_without_times(self, context: RequestContext) -> None:
        for name in ("a", "b"):
            insert("volume_types", id=f"{name}1", name=name, deleted=f"{name}1", deleted_at=timeutils.utcnow())
            insert("volume_types", id=f"{name}2", name=name, deleted=f"{name}2")
        with rawdb.writer.using() as sql:
            sql.execute("UPDATE volume_types SET created_at = NULL WHERE id = 'b2'")
        found = api.volume_type_get_all(context, inactive=True)
        assert {name: row["id"] for name, row in found.items()} == {"a": "a1", "b": "b1"}
        assert api.volume_type_get_by_name(member("only"), "b")["id"] == "b2"

    def test_guards(self, statements: list[str]) -> None:
        for_admins = (
            lambda context: api.volume_type_create(context, {}),
            lambda context: api.volume_type_destroy(context, "t"),
        )
        refuses_strangers(
            statements,
            *for_admins,
            lambda context: api.volume_type_get(context, "t"),
            lambda context: api.volume_type_get_by_name(context, "n"),
            api.volume_type_get_all,
            lambda context: api.volume_type_extra_specs_get(context, "t"),
            lambda context: api.volume_type_extra_specs_delete(context, "t", "k"),
            lambda context: api.volume_type_extra_specs_update_or_create(context, "t", {}),
            lambda context: api.volume_type_qos_specs_get(context, "t"),
            lambda context: api.volume_get_active_by_window(context, "2020-01-01"),
        )
        for call in for_admins:
            with pytest.raises(AdminRequired):
                call(member())
        assert statements == []


class TestDestroy:
    def test_one(self, admin_context: RequestContext, stopped_clock: datetime) -> None:
        (
            kind(id="t", name="gold", extra_specs={"k": "v", "old": "x"}),
            kind(id="twin", name="twin", extra_specs={"k": "v"}),
        )
        api.volume_type_extra_specs_delete(admin_context, "t", "old")
        types, specs, live = by_id(stored("volume_types")), by_id(stored(SPECS)), spec_rows()["k"]
        timeutils.advance_time_seconds(5)
        assert api.volume_type_destroy(admin_context, "t") is None
        now = timeutils.utcnow()
        gone = {**types["t"], "deleted": "t", "deleted_at": now}
        assert by_id(stored("volume_types")) == {**types, "t": gone}
        assert by_id(stored(SPECS)) == {**specs, live["id"]: {**live, "deleted": live["id"], "deleted_at": now}}
        timeutils.advance_time_seconds(5)
        for read_deleted in ("no", "yes", "only"):
            asker = get_admin_context(read_deleted)
            is_missing(VolumeTypeNotFound, partial(api.volume_type_destroy, asker), "volume_type_id", "t")
        assert by_id(stored("volume_types")) == {**types, "t": gone}
        api.volume_type_destroy(get_admin_context("only"), "twin")
        assert spec_rows("twin") == {}

    def test_in_use(self, admin_context: RequestContext) -> None:
        kind(id="t", name="gold", extra_specs={"k": "v"}), kind(id="T", name="other")
        share(id="s", volume_type_id="t", project_id="other-project"), share(id="s2", volume_type_id="t")
        before = stored("volume_types"), stored(SPECS)
        for read_deleted in ("no", "yes", "only"):
            with pytest.raises(VolumeTypeInUse) as refused:
                api.volume_type_destroy(get_admin_context(read_deleted), "t")
            assert refused.value.kwargs == {"code": 500, "volume_type_id": "t"}
        assert (stored("volume_types"), stored(SPECS)) == before
        api.volume_type_destroy(admin_context, "T")
        # Deleted shares do not hold it, whether they are seen or not.
        api.share_delete(admin_context, "s"), api.share_delete(admin_context, "s2")
        api.volume_type_destroy(get_admin_context("yes"), "t")
        with pytest.raises(VolumeTypeNotFound):
            api.volume_type_get(admin_context, "t")

    def test_at_once(self, admin_context: RequestContext) -> None:
        """With shares that come and go: the type goes when it is free, once, and takes its specs along."""
        for number in range(3):
            name = f"t{number}"
            kind(id=name, name=name, extra_specs={"k": "v"}), share(id=name, volume_type_id=name)

            def destroy(type_id: str = name) -> None:
                while True:
                    try:
                        return api.volume_type_destroy(get_admin_context(), type_id)
                    except VolumeTypeInUse:
                        continue

            results = together(*[destroy] * 3, lambda name=name: api.share_delete(member(), name))
            assert sorted(type(each).__name__ for each in results) == ["NoneType"] * 2 + ["VolumeTypeNotFound"] * 2
            assert spec_rows(name) == {}


class TestExtraSpecs:
    def test_get(self, context: RequestContext) -> None:
        (
            kind(id="t", name="gold", extra_specs={"b": "1", "a": None, "A": "3", "gone": "4"}),
            kind(id="bare", name="bare"),
        )
        kind(id="twin", name="twin", extra_specs={"a": "x"})
        insert(SPECS, volume_type_id="t", key=None, value="no key")
        api.volume_type_extra_specs_delete(context, "t", "gone")
        for asker in (context, member("yes"), member("only")):
            found = api.volume_type_extra_specs_get(asker, "t")
            assert list(found.items()) == [("A", "3"), ("a", None), ("b", "1")]
            assert api.volume_type_get(asker, "t")["extra_specs"] == found
        for unknown in ("bare", "zork", "T", None, "", 2**70):
            assert api.volume_type_extra_specs_get(context, unknown) == {}  # type: ignore[arg-type]
        with pytest.raises(DBDataError):
            api.volume_type_extra_specs_get(context, ["t"])  # type: ignore[arg-type]

    def test_delete(self, context: RequestContext, stopped_clock: datetime) -> None:
        (
            kind(id="t", name="gold", extra_specs={"a": "1", "A": "2"}),
            kind(id="twin", name="twin", extra_specs={"a": "x"}),
        )
        before, row = by_id(stored(SPECS)), spec_rows()["a"]
        timeutils.advance_time_seconds(5)
        assert api.volume_type_extra_specs_delete(context, "t", "a") is None
        gone = {**row, "deleted": row["id"], "deleted_at": timeutils.utcnow()}
        assert by_id(stored(SPECS)) == {**before, row["id"]: gone}
        timeutils.advance_time_seconds(5)
        for asker in (context, member("yes"), member("only")):
            for type_id, key in (
                ("t", "a"),
                ("t", "A "),
                ("t", None),
                ("t", 2**70),
                ("zork", "A"),
                (None, "A"),
                ("T", "A"),
            ):
                with pytest.raises(VolumeTypeExtraSpecsNotFound) as missing:
                    api.volume_type_extra_specs_delete(asker, type_id, key)  # type: ignore[arg-type]
                assert missing.value.kwargs == {"code": 404, "extra_specs_key": key, "volume_type_id": type_id}
        assert by_id(stored(SPECS)) == {**before, row["id"]: gone}
        api.volume_type_extra_specs_delete(member("only"), "t", "A")
        assert api.volume_type_extra_specs_get(context, "t") == {}

    def test_update_or_create(self, context: RequestContext, stopped_clock: datetime) -> None:
        kind(
            id="t",
            name="gold",
            extra_specs={"kept": "1", "same": "2", "none": None, "new": "3", "null": "4", "back": "5"},
        )
        kind(id="twin", name="twin", extra_specs={"new": "x"})
        api.volume_type_extra_specs_delete(context, "t", "back")
        before, others, the_types = spec_rows(), spec_rows("twin"), stored("volume_types")
        timeutils.advance_time_seconds(5)
        given = {"same": "2", "none": None, "new": 7, "null": None, "back": True, "x": "it's"}
        assert api.volume_type_extra_specs_update_or_create(context, "t", given) is given
        now, after = timeutils.utcnow(), spec_rows()
        for key in ("kept", "same", "none"):
            assert after[key] == before[key]
        assert after["new"] == {**before["new"], "value": "7", "updated_at": now}
        assert after["null"] == {**before["null"], "value": None, "updated_at": now}
        assert (after["back"]["value"], after["back"]["created_at"]) == ("True", now)
        assert spec_rows(deleted=True)["back"]["value"] == "5"
        assert api.volume_type_extra_specs_get(context, "t") == {
            "back": "True", "kept": "1", "new": "7", "none": None, "null": None, "same": "2", "x": "it's"
        }  # fmt: skip
        assert (spec_rows("twin"), stored("volume_types")) == (others, the_types)

    def test_update_or_create_of_nothing_and_for_nobody(self, context: RequestContext, statements: list[str]) -> None:
        assert api.volume_type_extra_specs_update_or_create(context, "t", {}) == {}
        assert statements == []
        api.volume_type_extra_specs_update_or_create(context, "no-type", {"k": "v"})
        assert api.volume_type_extra_specs_get(context, "no-type") == {"k": "v"}
        before = stored(SPECS)
        bad: Any
        for bad in ({None: "x"}, {"k" * 256: "x"}, {"c": "v" * 256}, {"c": {}}, {b"c": "x"}):
            with pytest.raises(DBError):
                api.volume_type_extra_specs_update_or_create(context, "no-type", {"k": "new", **bad})
        with pytest.raises(DBError):
            api.volume_type_extra_specs_update_or_create(context, None, {"k": "new"})  # type: ignore[arg-type]
        assert stored(SPECS) == before

    def test_at_once(self, context: RequestContext) -> None:
        """Batches of the same keys in other orders: no key twice, nothing lost, and no deadlock comes out."""
        kind(id="t", name="gold")
        keys = [f"k{number}" for number in range(8)]

        def merge(number: int) -> None:
            turned = keys[number:] + keys[:number]
            given = {**dict.fromkeys(turned, str(number)), f"own{number}": "x"}
            api.volume_type_extra_specs_update_or_create(member(), "t", given)

        assert together(*[lambda n=n: merge(n) for n in range(6)]) == [None] * 6
        found = api.volume_type_extra_specs_get(context, "t")
        assert len(found) == len(stored(SPECS)) == 14
        assert len({found[key] for key in keys}) == 1

    def test_qos(self, context: RequestContext) -> None:
        kind(id="t", name="gold"), kind(id="gone", name="gone")
        api.volume_type_destroy(get_admin_context(), "gone")
        for asker in (context, member("yes"), member("only")):
            assert api.volume_type_qos_specs_get(asker, type_id="t") == {"qos_specs": None}
            is_missing(VolumeTypeNotFound, partial(api.volume_type_qos_specs_get, asker), "volume_type_id", "gone")


class TestWindow:
    def test_what_existed(self, context: RequestContext, stopped_clock: datetime) -> None:
        start = stopped_clock

        def after(seconds: float) -> datetime:
            return start + timedelta(seconds=seconds)

        lives: tuple[tuple[str, float, float | None, str | None], ...] = (
            ("live", 0, None, "p"), ("early", 0, 10, "p"), ("edge", 1, 20, "p"), ("late", 2, 20.000001, "p"),
            ("theirs", 20, None, "q"), ("new", 40, None, "p"), ("newest", 40.000001, 50, None),
        )  # fmt: skip
        kind(id="t", name="gold")
        for name, born, died, project in lives:
            timeutils.set_time_override(after(born))
            share(id=name, project_id=project, volume_type_id="t", metadata={"k": name})
            if died is not None:
                timeutils.set_time_override(after(died))
                api.share_delete(context, name)

        window = api.volume_get_active_by_window
        for asker in (context, member("yes"), member("only")):
            found = window(asker, after(20))
            assert ids(found) == ["live", "late", "theirs", "new", "newest"]
            assert found[0] == api.share_get(context, "live")
            assert found[1] == api.share_get(member("yes"), "late")
            assert ids(window(asker, after(20), after(40))) == ["live", "late", "theirs"]
            assert ids(window(asker, begin=after(5), end=after(20), project_id="p")) == [
                "early",
                "live",
                "edge",
                "late",
            ]
            assert ids(window(asker, after(60), None, "q")) == ["theirs"]
        assert ids(window(context, after(20).isoformat(), f"{after(40).isoformat()}+00:00")) == [
            "live",
            "late",
            "theirs",
        ]
        assert ids(window(context, after(60), "", "")) == ["live", "theirs", "new"]
        assert ids(window(context, None)) == ["live", "theirs", "new"]  # type: ignore[arg-type]
        assert window(context, after(20), start) == window(context, after(0), None, "Q") == []
        for bad in (("asdf",), (after(0), "asdf")):
            with pytest.raises(ValueError, match="asdf"):
                window(context, *bad)


def test_round_trips(admin_context: RequestContext, statements: list[str]) -> None:
    """As the docstrings say."""

    def sent(call: Any) -> list[str]:
        statements.clear()
        call()
        return list(statements)

    upsert = "volume_type_extra_specs_update_or_create"
    assert sent(lambda: kind(id="b", name="b")) == ["BEGIN", "volume_type_create", "COMMIT"]
    assert sent(lambda: kind(id="t", name="t", extra_specs={"a": 1, "b": 2})) == [
        "BEGIN", "volume_type_create", upsert, "COMMIT"
    ]  # fmt: skip
    assert sent(lambda: api.volume_type_get(admin_context, "t")) == ["volume_type_get"]
    assert sent(lambda: api.volume_type_get_all(admin_context)) == ["volume_type_get_all"]
    assert sent(lambda: api.volume_type_extra_specs_update_or_create(admin_context, "t", {"a": 1, "c": 3})) == [upsert]
    assert sent(lambda: api.volume_get_active_by_window(admin_context, "2020-01-01")) == ["volume_get_active_by_window"]
    assert sent(lambda: api.volume_type_destroy(admin_context, "t")) == [
        "BEGIN", "volume_type_destroy", "volume_type_destroy__extra_specs", "COMMIT"
    ]  # fmt: skip


def test_a_twin_inside_the_callers_transaction(admin_context: RequestContext) -> None:
    """A refusal leaves the caller's transaction as it was before the call."""
    kind(id="t", name="gold")
    with rawdb.writer.using(admin_context):
        api.volume_type_create(admin_context, {"id": "u", "name": "silver"})
        with pytest.raises(VolumeTypeExists):
            api.volume_type_create(admin_context, {"name": "gold"})
        with pytest.raises(DBDuplicateEntry):
            api.share_create(admin_context, {"id": api.share_create(admin_context, {})["id"]})
    assert ids(stored("volume_types")) == ["t", "u"]
    assert len(stored("shares")) == 1
