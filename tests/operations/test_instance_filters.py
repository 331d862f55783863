"""instance_get_all_by_filters, through rawdb.api, on every dialect: each filter, then all of them against a model."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBDataError, DBError, InvalidParameterValue, MarkerNotFound
from tests.operations.instance_helpers import insert, make, new_uuid, uuids
from tests.support.rows import Row, there

Filters = Mapping[Any, Any]
DAY = datetime.fromisoformat("2026-01-01T00:00:00")


def find(context: Any, filters: Filters, *args: Any, **kwargs: Any) -> list[str]:
    """The uuids found, in order; the filters must stay as they are."""
    before = repr(filters)
    found = uuids(api.instance_get_all_by_filters(context, filters, *args, **kwargs))
    assert repr(filters) == before
    return found


def named(rows: Sequence[Row]) -> Callable[..., list[str]]:
    """Gives the display names of the instances found, in order of creation."""
    names = {row["uuid"]: row["display_name"] for row in rows}
    return lambda context, filters, **kwargs: [
        names[uuid] for uuid in find(context, filters, **{"sort_dir": "asc", **kwargs})
    ]


# Order of evaluation


def test_limit_zero_checks_nothing(context: RequestContext, statements: list[str]) -> None:
    zork: Any = object()
    assert api.instance_get_all_by_filters(context, zork, zork, zork, 0, zork, zork) == []
    assert statements == []


def test_sorting_is_checked_before_the_marker(context: RequestContext, statements: list[str]) -> None:
    for direction in ("up", "ASC", "", None, "asc; DROP TABLE instances", "asc-nullslast"):
        with pytest.raises(KeyError):
            api.instance_get_all_by_filters(context, {}, "zork", direction, marker="zork")  # type: ignore[arg-type]
    for key in ("zork", "", None, "metadata", "name", "id; DROP TABLE instances", "created_at DESC", ("id",)):
        with pytest.raises(AttributeError):
            api.instance_get_all_by_filters(context, {}, key, "asc", marker="zork")  # type: ignore[arg-type]
    assert statements == []


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    row = make(context)
    statements.clear()
    find(context, {"metadata": {"a": "b"}, "filter": [{"name": "tag-key", "value": "a"}], "node": "n"})
    assert statements == ["instance_get_all_by_filters"]
    statements.clear()
    find(context, {}, marker=row["uuid"], limit=1)
    assert statements == ["instance_get_by_uuid__row", "instance_get_all_by_filters"]


# Visibility


def test_deleted_rows_and_projects(context: RequestContext) -> None:
    rows = {}
    for name in ("live", "soft", "soft and gone", "gone", "theirs"):
        rows[name] = make(
            context,
            display_name=name,
            project_id="another" if name == "theirs" else context.project_id,
            vm_state="soft-delete" if "soft" in name else "active" if name == "gone" else None,
        )
    for name in ("soft and gone", "gone"):
        api.instance_destroy(context, rows[name]["uuid"])
    names = named(list(rows.values()))
    mine = ["live", "soft", "soft and gone", "gone"]
    for wanted in ("no", "yes", "only"):
        reader = RequestContext(context.user_id, context.project_id, read_deleted=wanted)
        assert names(reader, {}) == mine
        assert names(reader, {"project_id": "another"}) == mine
        assert names(reader, {"deleted": True}) == ["soft", "soft and gone", "gone"]
        assert names(reader, {"deleted": 1, "soft_deleted": True}) == ["soft", "soft and gone", "gone"]
        assert names(reader, {"deleted": True, "soft_deleted": False}) == ["soft and gone", "gone"]
        assert names(reader, {"deleted": True, "soft_deleted": None}) == ["soft and gone", "gone"]
        assert names(reader, {"deleted": False}) == names(reader, {"deleted": None}) == ["live"]
        assert names(reader, {"deleted": 0, "soft_deleted": False}) == ["live"]
        assert names(reader, {"deleted": False, "soft_deleted": True}) == ["live", "soft"]
        assert names(reader, {"soft_deleted": True}) == mine
    admin = get_admin_context()
    assert names(admin, {}) == [*mine, "theirs"]
    assert names(admin, {"project_id": "another"}) == ["theirs"]
    assert names(admin, {"project_id": None}) == []
    # An id is what a deleted row holds, not just anything.
    insert("instances", uuid=new_uuid(), project_id=context.project_id, deleted=10**6)
    assert names(context, {"deleted": True}) == ["soft", "soft and gone", "gone"]


def test_cleaned(context: RequestContext) -> None:
    names = named([make(context, display_name="dirty"), make(context, display_name="clean", cleaned=True)])
    assert names(context, {"cleaned": True}) == names(context, {"cleaned": 7}) == ["clean"]
    assert names(context, {"cleaned": False}) == names(context, {"cleaned": None}) == ["dirty"]


def test_changes_since(context: RequestContext) -> None:
    names = named(
        [
            make(context, display_name="never"),
            make(context, display_name="before", updated_at=DAY - timedelta(microseconds=1)),
            make(context, display_name="then", updated_at=DAY),
            make(context, display_name="after", updated_at=DAY + timedelta(days=1)),
        ]
    )
    assert names(context, {"changes-since": DAY}) == ["then", "after"]
    aware = (DAY + timedelta(hours=2)).replace(tzinfo=timezone(timedelta(hours=2)))
    assert names(context, {"changes-since": aware}) == ["then", "after"]
    for value in ("2026-01-01T00:00:00.000000", None, 5):
        with pytest.raises(AttributeError):
            api.instance_get_all_by_filters(context, {"changes-since": value})


# Comparisons


@pytest.mark.parametrize("column", ["user_id", "image_ref", "vm_state", "host", "task_state"])
def test_exact_filters(context: RequestContext, column: str) -> None:
    names = named(
        [make(context, **{"display_name": str(value), column: value}) for value in ("h1", "h2", "H1", "h1 ", None)]
    )
    assert names(context, {column: "h1"}) == ["h1"]
    assert names(context, {column: "h"}) == names(context, {column: "h1' OR '1'='1"}) == []
    assert names(context, {column: None}) == ["None"]
    for collection in (["h1", "h2"], ("h2", "h1"), {"h1", "h2"}, frozenset({"h1", "h2"})):
        assert names(context, {column: collection}) == ["h1", "h2"]
    assert names(context, {column: [None, "h1"]}) == ["h1"]
    assert names(context, {column: []}) == names(context, {column: [None]}) == names(context, {column: "x" * 300}) == []
    with pytest.raises(DBDataError):
        api.instance_get_all_by_filters(context, {column: {"h1": "h2"}})


def test_exact_filters_by_uuid_type_and_project(context: RequestContext) -> None:
    rows = [make(context, display_name=str(number), instance_type_id=number) for number in range(3)]
    names = named(rows)
    assert names(context, {"uuid": rows[1]["uuid"]}) == ["1"]
    assert names(context, {"uuid": [row["uuid"] for row in rows[1:]]}) == ["1", "2"]
    assert names(context, {"uuid": [new_uuid() for _ in range(5000)] + [rows[2]["uuid"]]}) == ["2"]
    assert names(context, {"instance_type_id": "2"}) == names(context, {"instance_type_id": [2, "7"]}) == ["2"]
    for nothing in (2**40, 2**70, "zork"):
        assert names(context, {"instance_type_id": nothing}) == []
    assert names(get_admin_context(), {"project_id": [context.project_id, "x"]}) == ["0", "1", "2"]


def test_other_keys_are_ignored(context: RequestContext) -> None:
    names = named([make(context, display_name="one"), make(context, display_name="two")])
    for ignored in ("name", "ip", "tenant_id", "zork", "1 = 1; --", "info_cache", None, 7):
        assert names(context, {ignored: "nothing like it"}) == ["one", "two"]


# Metadata


def test_many_pairs_of_metadata(context: RequestContext) -> None:
    """No planner tries all orders of their keys and values: MariaDB had gone on for hours, PostgreSQL for a minute."""
    pairs = {f"key{number}": f"value{number}" for number in range(24)}
    rows = [make(context, metadata=pairs) for _ in range(3)]
    make(context, metadata={**pairs, "key11": "other"})
    assert uuids(api.instance_get_all_by_filters(context, {"metadata": pairs}, "id", "asc")) == uuids(rows)


def test_metadata_filters(context: RequestContext) -> None:
    rows = [
        make(context, display_name="a", metadata={"k1": "v2", "k3": "v1"}, system_metadata={"s": "v"}),
        make(context, display_name="b", metadata={"k1": "v1"}),
        make(context, display_name="c", metadata={"k1": None}),
        make(context, display_name="d"),
    ]
    names = named(rows)
    # Key and value may stand in different rows.
    assert names(context, {"metadata": {"k1": "v1"}}) == ["a", "b"]
    assert names(context, {"metadata": {"k1": "v2", "k3": "v1"}}) == ["a"]
    assert names(context, {"metadata": [{"k1": "v1"}, {"k3": "v2"}]}) == ["a"]
    assert names(context, {"metadata": {}}) == names(context, {"metadata": []}) == ["a", "b", "c", "d"]
    assert names(context, {"metadata": {"k1": None}}) == ["c"]
    assert names(context, {"metadata": {"k1": "V1"}}) == names(context, {"metadata": {"zork": "v1"}}) == []
    assert names(context, {"system_metadata": {"s": "v"}}) == ["a"]
    assert names(context, {"system_metadata": {"s": "v"}, "metadata": {"k1": "v1"}}) == ["a"]
    assert names(context, {"system_metadata": {"s": None}}) == []
    for value in (({"k1": "v1"},), "k1", None, ["k1"]):
        with pytest.raises(AttributeError):
            api.instance_get_all_by_filters(context, {"metadata": value})
    # Live rows only, whatever the context says.
    api.instance_update(context, rows[1]["uuid"], {"metadata": {"k1": "v8", "k8": "v9"}})
    api.instance_update(context, rows[1]["uuid"], {"metadata": {"k9": "v9"}})
    assert names(context, {"metadata": {"k1": "v9"}}) == names(context, {"metadata": {"k9": "v8"}}) == []
    api.instance_destroy(context, rows[0]["uuid"])
    everything = RequestContext(context.user_id, context.project_id, read_deleted="yes")
    assert names(everything, {"metadata": {"k1": "v1"}}) == []
    assert names(everything, {"metadata": {"k9": "v9"}}) == ["b"]
    assert names(everything, {"system_metadata": {"s": "v"}}) == ["a"]


def test_numbers_match_the_texts_they_became(context: RequestContext) -> None:
    names = named([make(context, display_name="a", metadata={"n": 5})])
    assert names(context, {"metadata": {"n": 5}}) == ["a"]
    assert names(context, {"filter": [{"name": "tag:n", "value": [5]}]}) == ["a"]


def test_tag_filters(context: RequestContext) -> None:
    rows = [
        make(context, display_name="a", metadata={"k1": "v1", "k2": "v2"}),
        make(context, display_name="b", metadata={"k1": "v2"}),
        make(context, display_name="c", metadata={"k3": "v1"}),
        make(context, display_name="d"),
    ]
    names = named(rows)

    def tagged(*blocks: Any, who: Any = context, **more: Any) -> list[str]:
        return names(who, {"filter": list(blocks), **more})

    assert names(context, {"filter": None}) == names(context, {"filter": []}) == ["a", "b", "c", "d"]
    assert tagged({"name": "tag-key", "value": "k1"}) == ["a", "b"]
    assert tagged({"name": "tag-value", "value": ["v1", "v9"]}) == ["a", "c"]
    # Keys and values are alternatives, everything else must hold too.
    either = ({"name": "tag-key", "value": ("k2",)}, {"name": "tag-value", "value": {"x": "v1"}})
    assert tagged(*either) == ["a", "c"]
    assert tagged(*either, {"name": "tag:k1", "value": {"v1", "v2"}}) == ["a"]
    assert tagged(*either, display_name="c") == ["c"]
    assert tagged({"name": "tag-key", "value": "k1"}, {"name": "tag-key", "value": "k3"}) == ["a", "b", "c"]
    # tag:KEY is one row.
    assert tagged({"name": "tag:k1", "value": "v1"}) == ["a"]
    assert tagged({"name": "tag:k1", "value": "v1"}, {"name": "tag:k2", "value": ["v2"]}) == ["a"]
    assert tagged({"name": "tag:k1", "value": "v1"}, {"name": "tag:k1", "value": "v2"}) == []
    assert tagged({"name": "tag:", "value": "v1"}) == []
    nothing: Any
    for nothing in (None, [], [None], {}):
        for name in ("tag:k1", "tag-key", "tag-value"):
            assert tagged({"name": name, "value": nothing}) == []
    assert tagged({"name": "tag:k1"}) == []
    for skipped in (
        "tag:k1",
        5,
        None,
        {},
        {"name": None},
        {"name": "host", "value": "h"},
        {"name": "tagzork"},
        {"name": 5},
    ):
        assert tagged(skipped) == ["a", "b", "c", "d"]
    with pytest.raises(InvalidParameterValue) as refused:
        tagged({"name": "tag-zork", "value": "v"}, {"name": "tag-key", "value": "k"})
    assert "zork" in refused.value.kwargs["err"]
    # Rows are seen as the context reads.
    api.instance_update(context, rows[0]["uuid"], {"metadata": {}})
    for wanted, found in (("no", ["b"]), ("yes", ["a", "b"]), ("only", ["a"])):
        reader = RequestContext(context.user_id, context.project_id, read_deleted=wanted)
        assert tagged({"name": "tag-key", "value": "k1"}, who=reader) == found
        assert tagged({"name": "tag:k1", "value": ["v1", "v2"]}, who=reader) == found


# Regular expressions


def test_regular_expressions(context: RequestContext, dialect: str) -> None:
    names = named(
        [
            make(context, display_name="web-1", node="a.b", vcpus=2, created_at=DAY),
            make(context, display_name="Web-12", node="axb", vcpus=12, created_at=DAY + timedelta(days=1)),
            make(context, display_name="db%", node=None, vcpus=None, created_at=DAY + timedelta(days=40)),
        ]
    )
    assert names(context, {"display_name": "web"}) == ["web-1"]
    assert names(context, {"display_name": "[wW]eb-1"}) == ["web-1", "Web-12"]
    assert names(context, {"display_name": "^web-1$"}) == ["web-1"]
    assert names(context, {"display_name": "1$"}) == ["web-1"]
    assert names(context, {"display_name": "%"}) == ["db%"]
    assert names(context, {"display_name": "%s"}) == names(context, {"display_name": "' OR 1=1 --"}) == []
    assert names(context, {"display_name": "web|db"}) == ["web-1", "db%"]
    assert names(context, {"node": r"a\.b"}) == ["web-1"]
    assert names(context, {"vcpus": 2}) == ["web-1", "Web-12"]
    assert names(context, {"vcpus": "^2"}) == ["web-1"]
    assert names(context, {"created_at": "2026-01-0"}) == ["web-1", "Web-12"]
    assert names(context, {"display_name": ["w", "1"]}) == ["web-1", "Web-12"]
    # Where nothing is, no pattern is found.
    assert names(context, {"node": None}) == []
    assert names(context, {"node": ".*"}) == ["web-1", "Web-12"]
    with pytest.raises(DBError):
        api.instance_get_all_by_filters(context, {"display_name": "("})


def test_regular_expressions_on_ids_and_truth(context: RequestContext) -> None:
    rows = [make(context, display_name=str(number), locked=number == 2) for number in range(1, 13)]
    ids = {str(row["id"]): row["display_name"] for row in rows}
    names = named(rows)
    assert names(context, {"id": rows[1]["id"]}) == [
        name for number, name in ids.items() if str(rows[1]["id"]) in number
    ]
    assert names(context, {"locked": True}) == []
    assert names(context, {"locked": 1}) == ["2"]


def test_what_can_be_no_type_in_a_list_is_no_type(context: RequestContext) -> None:
    names = named([make(context, display_name=str(number), instance_type_id=number) for number in (1, 2)])
    for nothing in ("x", "", 2**70, 1.5, "2" * 50):
        assert names(context, {"instance_type_id": [nothing]}) == []
        assert names(context, {"instance_type_id": [nothing, None, "2"]}) == ["2"]


def test_regular_expressions_on_datetimes(context: RequestContext) -> None:
    whole = datetime.fromisoformat("2026-03-04T05:06:07")
    names = named(
        [
            make(context, display_name="whole", launched_at=whole),
            make(context, display_name="part", launched_at=whole.replace(microsecond=500000)),
            make(context, display_name="never"),
        ]
    )
    assert names(context, {"launched_at": r"07\.000000$"}) == ["whole"]
    assert names(context, {"launched_at": r"07\.500000$"}) == ["part"]
    assert names(context, {"launched_at": "07$"}) == []
    assert names(context, {"launched_at": whole}) == ["whole", "part"]


# Order and pages


def pages(context: Any, filters: Filters, size: int, **order: Any) -> list[str]:
    """All the uuids, read page by page."""
    found: list[str] = []
    while True:
        part = find(context, filters, limit=size, marker=found[-1] if found else None, **order)
        found += part
        if len(part) < size:
            return found


def test_default_order_and_limits(context: RequestContext) -> None:
    rows = [make(context, created_at=DAY + timedelta(hours=number // 2)) for number in range(6)]
    newest = uuids(rows[::-1])
    assert find(context, {}) == find(context, {}, limit=None) == find(context, {}, limit=10**30) == newest
    assert find(context, {}, limit=2) == find(context, {}, limit="2") == newest[:2]
    assert find(context, {}, "created_at", "asc", 3) == newest[:2:-1]
    assert find(context, {}, limit=-1) == newest
    with pytest.raises(ValueError):
        find(context, {}, limit="two")
    for size in (1, 2, 4, 6, 7):
        assert pages(context, {}, size) == newest
        assert pages(context, {}, size, sort_dir="asc") == newest[::-1]
        assert pages(context, {}, size, sort_key="id") == newest
    # The marker need not match the filters.
    other = make(context, created_at=DAY + timedelta(hours=1), host="other")["uuid"]
    assert find(context, {"host": None}, marker=other) == find(context, {}, marker=other) == newest[2:]
    assert find(context, {"host": "other"}, marker=other) == []


def test_limit_counts_instances(context: RequestContext) -> None:
    many = {f"k{number}": "v" for number in range(30)}
    rows = [make(context, metadata=many, system_metadata=many, security_groups=["default"]) for _ in range(5)]
    got = api.instance_get_all_by_filters(context, {"metadata": {"k1": "v"}}, limit=3)
    assert uuids(got) == uuids(rows[:1:-1])
    assert [len(row["metadata"]) for row in got] == [30, 30, 30]


def test_the_marker_is_seen_by_the_context(context: RequestContext) -> None:
    mine, gone, theirs = make(context), make(context), make(context, project_id="another")
    api.instance_destroy(context, gone["uuid"])
    assert find(context, {}) == [gone["uuid"], mine["uuid"]]
    for marker in (gone["uuid"], theirs["uuid"], "zork", "", "x" * 300, "' OR '1'='1"):
        with pytest.raises(MarkerNotFound) as refused:
            find(context, {}, marker=marker)
        assert "marker" not in refused.value.kwargs
        assert refused.value.args[0] == marker or not marker
    everything = RequestContext(context.user_id, context.project_id, read_deleted="yes")
    assert find(everything, {}, marker=gone["uuid"]) == [mine["uuid"]]
    assert find(get_admin_context(), {}, marker=theirs["uuid"], sort_dir="asc") == []


@pytest.mark.parametrize("sort_key", ["host", "vcpus", "locked", "launched_at", "created_at", "uuid"])
@pytest.mark.parametrize("sort_dir", ["asc", "desc"])
def test_pages_go_through_nulls_and_ties(context: RequestContext, dialect: str, sort_key: str, sort_dir: str) -> None:
    rows = [
        make(
            context,
            host=(None, "b", "a", "B")[number % 4],
            vcpus=(None, 1, 10, 2)[number % 4],
            locked=(None, True, False)[number % 3],
            launched_at=None if number % 2 else DAY + timedelta(microseconds=number % 3),
            created_at=DAY + timedelta(hours=number % 2),
        )
        for number in range(9)
    ]
    order = Order(dialect, sort_key, sort_dir)
    expected = uuids(order.sorted(rows))
    assert find(context, {}, sort_key, sort_dir) == expected
    for size in (1, 2, 4):
        assert pages(context, {}, size, sort_key=sort_key, sort_dir=sort_dir) == expected


# Everything against a model


class Order:
    """The documented order in plain Python; NULLs are lowest, on PostgreSQL highest."""

    def __init__(self, dialect: str, key: str, direction: str) -> None:
        self._keys = (key, "created_at", "id")
        self._null = 1 if dialect == "postgresql" else -1
        self._reverse = direction == "desc"

    def place(self, row: Mapping[str, Any]) -> list[tuple[int, Any]]:
        return [(self._null, 0) if row[key] is None else (0, row[key]) for key in self._keys]

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        return sorted(rows, key=self.place, reverse=self._reverse)

    def after(self, row: Mapping[str, Any], marker: Mapping[str, Any]) -> bool:
        return self.place(row) < self.place(marker) if self._reverse else self.place(row) > self.place(marker)


class Model:
    """The documented filters in plain Python, over complete rows whose metadata lists hold every row."""

    def __init__(self, dialect: str, read_deleted: str) -> None:
        self._read_deleted = read_deleted

    def passes(self, row: Mapping[str, Any], filters: Filters) -> bool:
        return (
            self._visible(row, filters)
            and all(self._column(row, name, value) for name, value in filters.items())
            and self._pairs(row["metadata"], filters.get("metadata", {}))
            and self._pairs(row["system_metadata"], filters.get("system_metadata", {}))
            and self._tags(row["metadata"], filters.get("filter") or [])
        )

    @staticmethod
    def _visible(row: Mapping[str, Any], filters: Filters) -> bool:
        if "deleted" not in filters:
            return True
        soft = row["vm_state"] == "soft-delete"
        if filters["deleted"]:
            return row["deleted"] == row["id"] or (bool(filters.get("soft_deleted", True)) and soft)
        return row["deleted"] == 0 and (bool(filters.get("soft_deleted", False)) or not soft)

    def _column(self, row: Mapping[str, Any], name: str, value: Any) -> bool:
        if name in ("host", "vm_state", "task_state", "project_id", "uuid"):
            if isinstance(value, (list, tuple, set)):
                return row[name] is not None and row[name] in value
            return bool(row[name] == value)
        if name == "changes-since":
            return row["updated_at"] is not None and row["updated_at"] >= value
        if name == "cleaned":
            return bool(row["cleaned"] == (1 if value else 0))
        if name in ("display_name", "node", "vcpus"):
            if row[name] is None:
                return False
            return re.search(str(value), str(row[name])) is not None
        return True

    @staticmethod
    def _pairs(rows: list[dict[str, Any]], wanted: Any) -> bool:
        live = [row for row in rows if row["deleted"] == 0]
        given = [pair for one in (wanted if isinstance(wanted, list) else [wanted]) for pair in one.items()]
        keys, values = {row["key"] for row in live}, {row["value"] for row in live}
        return all(key in keys and value in values for key, value in given)

    def _tags(self, rows: list[dict[str, Any]], blocks: list[dict[str, Any]]) -> bool:
        shown = {"no": [0], "yes": [0, 1], "only": [1]}[self._read_deleted]
        seen = [row for row in rows if (row["deleted"] != 0) in shown]
        either = [block for block in blocks if block["name"] in ("tag-key", "tag-value")]
        if either and not any(row[block["name"][4:]] in block["value"] for block in either for row in seen):
            return False
        return all(
            any(row["key"] == block["name"][4:] and row["value"] in block["value"] for row in seen)
            for block in blocks
            if block["name"].startswith("tag:")
        )


KEYS, VALUES = ("k1", "k2", "k3"), ("v1", "v2", "v3")
CHOICES: dict[str, tuple[Any, ...]] = {
    "deleted": (True, False),
    "soft_deleted": (True, False),
    "cleaned": (True, False),
    "changes-since": (DAY, DAY + timedelta(days=1), DAY + timedelta(days=9)),
    "host": ("h1", "h2", None, ["h1", None], [], ("h1", "h2")),
    "vm_state": ("active", "soft-delete", None, {"active", "error"}),
    "task_state": (None, "rebooting", ["rebooting"]),
    "project_id": ("p1", "p2", ["p1"]),
    "display_name": ("web", "^w.*1$", "[0-9]", "zork", "b|1"),
    "node": ("n1", "N", "None"),
    "vcpus": (1, "^1", "2"),
    "zork": ("anything",),
    "name": ("anything",),
}


def random_instance(chance: random.Random) -> dict[str, Any]:
    """The values of an instance."""
    return {
        "project_id": chance.choice(["p1", "p2"]),
        "host": chance.choice([None, "h1", "h2", "h3"]),
        "node": chance.choice([None, "n1", "N1"]),
        "vm_state": chance.choice([None, "active", "error", "soft-delete"]),
        "task_state": chance.choice([None, "rebooting"]),
        "display_name": chance.choice(["web-1", "web-2", "db-1", "x", "WEB", ""]),
        "vcpus": chance.choice([None, 1, 2, 12]),
        "cleaned": chance.choice([0, 1]),
        "created_at": DAY + timedelta(hours=chance.randrange(3)),
        "updated_at": chance.choice([None, DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]),
        "metadata": {key: chance.choice(VALUES) for key in KEYS if chance.random() < 0.5},
        "system_metadata": {key: chance.choice(VALUES) for key in KEYS if chance.random() < 0.3},
    }


def random_filters(chance: random.Random) -> dict[str, Any]:
    """One to four filters."""
    filters = {name: chance.choice(CHOICES[name]) for name in chance.sample(sorted(CHOICES), chance.randrange(0, 4))}
    for name in ("metadata", "system_metadata"):
        if chance.random() < 0.2:
            one = {chance.choice(KEYS): chance.choice(VALUES)}
            filters[name] = chance.choice([one, [one, {"k1": chance.choice(VALUES)}], {}])
    if chance.random() < 0.3:
        names = ("tag-key", "tag-value", "tag:k1", "tag:k2")
        filters["filter"] = [
            {"name": name, "value": chance.sample(KEYS if name == "tag-key" else VALUES, chance.randrange(1, 3))}
            for name in chance.sample(names, chance.randrange(1, 3))
        ]
    return filters


def everything(context: RequestContext) -> Sequence[Row]:
    """All instances, their metadata lists with every row, from reads that know no filters."""
    return api.instance_get_all(RequestContext(None, None, is_admin=True, read_deleted="yes"))


def populate(chance: random.Random, context: RequestContext, count: int) -> None:
    for _ in range(count):
        row = api.instance_create(context, random_instance(chance))
        if chance.random() < 0.4:
            kept = dict(list({pair["key"]: pair["value"] for pair in row["metadata"]}.items())[:1])
            api.instance_update(
                get_admin_context(), there(row["uuid"]), {"metadata": kept, "updated_at": row["updated_at"]}
            )
        if chance.random() < 0.3:
            api.instance_destroy(get_admin_context(), there(row["uuid"]))


@pytest.mark.parametrize("seed", [1, 2])
def test_filters_agree_with_the_model(context: RequestContext, dialect: str, seed: int) -> None:
    chance = random.Random(seed)
    populate(chance, context, 24)
    rows = everything(context)
    sortable = ("created_at", "host", "vcpus", "display_name", "updated_at", "id", "vm_state")
    hits = 0
    for _ in range(120):
        filters = random_filters(chance)
        reader = RequestContext("u", chance.choice(["p1", "p2"]), read_deleted=chance.choice(["no", "yes", "only"]))
        reader.is_admin = chance.random() < 0.6
        order = {"sort_key": chance.choice(sortable), "sort_dir": chance.choice(["asc", "desc"])}
        effective = filters if reader.is_admin else {**filters, "project_id": reader.project_id}
        model = Model(dialect, reader.read_deleted)
        placed = Order(dialect, key=order["sort_key"], direction=order["sort_dir"])
        expected = uuids(placed.sorted([row for row in rows if model.passes(row, effective)]))
        hits += bool(expected)
        assert find(reader, filters, **order) == expected, (seed, filters, order)
        # A page after any instance that the reader sees, whether it passes the filters or not.
        seen = uuids(api.instance_get_all(reader, []))
        marker = chance.choice(seen) if seen else None
        marked = next((row for row in rows if row["uuid"] == marker), None)
        if marked is not None:
            left = [row for row in rows if model.passes(row, effective) and placed.after(row, marked)]
            limit = chance.randrange(1, 6)
            page = find(reader, filters, marker=marker, limit=limit, **order)
            assert page == uuids(placed.sorted(left))[:limit], (seed, filters, order, marker)
    assert hits > 60


def test_datetimes_of_markers_keep_microseconds(context: RequestContext) -> None:
    rows = [make(context, created_at=DAY + timedelta(microseconds=number)) for number in (3, 1, 2)]
    assert pages(context, {}, 1) == [rows[0]["uuid"], rows[2]["uuid"], rows[1]["uuid"]]
