"""How the servers carry the statements out on skewed tables: by the indexes that the comments name.

A statement may read a whole table only if its comment says `none` under `Index:`, with the reason. Relations and
children may come by any index, if the comment says so; never by reading their table. `make plans` does the same on
300,000 instances, with every variant there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.statements.statement import Statement
from rawdb.statements.variants import Variant, sample_of
from tests.schema.documented import indexes
from tests.sql import house, plans, skewed
from tests.sql.conftest import LONG
from tests.sql.plans import PRIMARY, Access
from tests.sql.test_claim_plans import COST
from tests.support.recording import recorded

Connected = tuple[Dialect, Any]

#: The filters of the one statement that has many, as operations send them. Each leads to few rows, or to a page.
LISTS: list[dict[str, Any]] = [
    {"deleted": False},
    {"deleted": False, "soft_deleted": True},
    {"deleted": False, "project_id": "x"},
    {"deleted": False, "project_id": "huge"},
    {"project_id": "x"},
    {"deleted": False, "host": "x"},
    {"deleted": False, "uuid": [f"v{number}" for number in range(100)]},
    {"deleted": False, "task_state": "rebooting"},
    {"deleted": False, "metadata": {"owner": "x"}},
    {"deleted": False, "system_metadata": {"owner": "x"}},
    {"deleted": False, "filter": [{"name": "tag:role", "value": "x"}]},
    {"deleted": False, "filter": [{"name": "tag-value", "value": "x"}]},
]


@pytest.fixture
def loaded(loaded_url: Callable[[str], str], dialect: str) -> Iterator[Connected]:
    """A driver connection to a database with skewed rows."""
    spoken = get_dialect(dialect)
    raw = spoken.connect(parse_url(loaded_url(dialect)), ConnectionOptions())
    yield spoken, raw
    spoken.close(raw)


@pytest.fixture
def configured(loaded_url: Callable[[str], str], dialect: str) -> Iterator[None]:
    """rawdb on that database."""
    rawdb.dispose()
    rawdb.configure(connection=loaded_url(dialect))
    yield
    rawdb.dispose()


def unexpected(statement: Statement, used: set[Access], dialect: str) -> Iterator[str]:
    """What a plan does that the comment does not say."""
    names = plans.named(statement)
    own = {skewed.indexes()[name][0] for name in names if name in skewed.indexes()}
    loose = any(word in plans.comment(statement) for word in ("relations", "children", "those of "))
    limited = "LIMIT" in statement.text
    for access in used:
        # An index that is read from its start, until a page is full, is one that leads there.
        whole = access.index is None or (access.whole and not (limited and access.index in names))
        excused = loose and access.table not in own
        if access.one and plans.leads_to_one_row(names, access.table):
            continue
        if whole and not plans.may_read_whole(statement):
            yield f"reads the whole of {access.table}"
        elif not whole and access.index not in names and not excused:
            yield f"reads {access.table} by {access.index}"


def test_every_statement_goes_by_the_indexes_that_its_comment_names(loaded: Connected) -> None:
    spoken, raw = loaded
    faults: dict[str, str] = {}
    tried = 0
    for statement in house.effective(spoken.name).values():
        if plans.adds_rows(statement):
            continue
        for variant in plans.every_variant(statement, spoken):
            if plans.is_free(variant) or not (LONG or plans.is_telling(variant, statement)):
                continue
            tried += 1
            used = plans.accesses(spoken, raw, statement, variant)
            for fault in unexpected(statement, used, spoken.name):
                faults.setdefault(f"{statement.location} {statement.name} {fault}", variant.label)
    assert tried > 150
    assert not faults, "\n" + "\n".join(f"{fault} ({label})" for fault, label in faults.items())


def strays(loaded: Connected, name: str, label: str, call: Callable[[], Any]) -> Iterator[str]:
    """What the plan of the statement that a call sends does that its comment does not say, or reads as a whole."""
    spoken, raw = loaded
    statement = house.effective(spoken.name)[name]
    own = {skewed.indexes()[one][0] for one in plans.named(statement) if one in skewed.indexes()}
    with recorded() as sent:
        call()
    text, parameters = next((text, bound) for text, bound in sent if f"rawdb:{name} " in text)
    for access in plans.accesses(spoken, raw, statement, Variant(label, text, list(parameters))):
        if access.index is None:
            yield f"{label}: reads the whole of {access.table}"
        elif access.table in own and access.index not in plans.named(statement):
            yield f"{label}: {access.index} is not named"


def listed(filters: dict[str, Any], **page: Any) -> Callable[[], Any]:
    """A call that asks for a page of instances."""
    return lambda: api.instance_get_all_by_filters(get_admin_context(), filters, limit=20, **page)


@pytest.mark.usefixtures("configured")
def test_lists_of_instances_go_by_the_indexes_named(loaded: Connected) -> None:
    faults = [
        fault
        for filters in LISTS
        for marker in (None, "x")
        for fault in strays(
            loaded, "instance_get_all_by_filters", f"{filters} after {marker}", listed(filters, marker=marker)
        )
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.usefixtures("configured")
def test_whatever_users_filter_or_sort_by_only_their_project_is_read(loaded: Connected) -> None:
    """No index has every column; the instances of a project are found by one, and a page of them is sorted."""
    columns = {name: one for name, one in skewed.tables()["instances"].columns.items() if name != "deleted"}
    faults: list[str] = []
    for name, column in columns.items():
        filters = {"deleted": False, "project_id": "x", name: sample_of(column)}
        faults += strays(loaded, "instance_get_all_by_filters", f"filter {name}", listed(filters))
        for way, marker in (("asc", None), ("desc", "x")):
            call = listed({"deleted": False, "project_id": "x"}, sort_key=name, sort_dir=way, marker=marker)
            faults += strays(loaded, "instance_get_all_by_filters", f"{way} by {name} after {marker}", call)
    assert len(columns) > 40
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.usefixtures("configured")
def test_a_page_far_down_costs_what_one_near_the_top_does(loaded: Connected) -> None:
    spoken, raw = loaded
    listing = "SELECT uuid FROM instances WHERE deleted = 0 AND created_at IS NOT NULL ORDER BY created_at, id"
    uuids = [uuid for (uuid,) in spoken.run(raw, listing, {}).rows]

    def cost(way: str, marker: str) -> int:
        with recorded() as sent:
            listed({"deleted": False}, sort_dir=way, marker=marker)()
        text, parameters = next((text, bound) for text, bound in sent if "LIMIT" in text and "AS page" in text)
        return COST[spoken.name](spoken, raw, text, parameters)

    for way in ("asc", "desc"):
        top, bottom = (uuids[100], uuids[-100]) if way == "asc" else (uuids[-100], uuids[100])
        cost(way, top)
        assert cost(way, bottom) < 2 * cost(way, top)


@pytest.mark.usefixtures("configured")
@pytest.mark.dialects("sqlite", "mysql")
def test_a_batch_of_expired_reservations_reads_no_more_than_its_own(loaded: Connected) -> None:
    """PostgreSQL sees to that as well, of tables that are not as small as these."""
    spoken, raw = loaded

    def cost(limit: int) -> int:
        with recorded() as sent, rawdb.default_database().reader.using(None) as sql:
            found = sql.reservation_expire__open(
                project_id="huge", now=datetime.fromisoformat("2020-01-01"), limit=limit
            )
        assert len(found) == limit
        text, parameters = next((text, bound) for text, bound in sent if "reservation_expire__open" in text)
        return COST[spoken.name](spoken, raw, text, parameters)

    cost(10)
    assert cost(10) < cost(400) / 5


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("filters", [{"status": "migrating"}, {"host": "x"}, {"status": "migrating", "host": "x"}])
def test_lists_of_migrations_go_by_the_indexes_named(loaded: Connected, filters: dict[str, str]) -> None:
    call = partial(api.migration_get_all_by_filters, get_admin_context(), filters)
    assert not list(strays(loaded, "migration_get_all_by_filters", str(filters), call))


def test_new_rows_are_refused_by_the_keys_that_the_comment_names(dialect: str) -> None:
    faults = []
    for statement in house.effective(dialect).values():
        if not plans.adds_rows(statement) or statement.table is None:
            continue
        unique = {
            name
            for name, (table, is_unique, _) in skewed.indexes().items()
            if is_unique and table == statement.table.name
        }
        if plans.named(statement) - {PRIMARY} != unique:
            faults.append(
                f"{statement.location} {statement.name}: unique are {', '.join(sorted(unique)) or 'ids alone'}"
            )
    assert not faults, "\n" + "\n".join(faults)


def test_reads_say_that_they_lock_nothing_and_writes_what_they_lock(dialect: str) -> None:
    faults = []
    for statement in house.effective(dialect).values():
        says_none = statement.doc.partition("Locks:")[2].strip().startswith("none")
        if says_none is plans.writes(statement):
            faults.append(f"{statement.location} {statement.name}")
    assert not faults, "\n" + "\n".join(faults)


def test_every_index_is_named_by_a_statement(dialect: str) -> None:
    """Tables that operations do not read have the indexes that are documented with them."""
    statements = [one for one in house.effective(dialect).values() if one.domain != "archive"]
    seen = {name for statement in statements for name in plans.named(statement)}
    read = {table for one in statements for table in re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)", one.text)}
    documented = indexes(unique=False)
    idle = {
        name
        for name, (table, unique, columns) in skewed.indexes().items()
        if not unique and name not in seen and (table in read or (table, columns) not in documented)
    }
    assert not idle


def test_comments_name_indexes_that_exist(dialect: str) -> None:
    faults = [
        f"{statement.location} {statement.name}: {name}"
        for statement in house.effective(dialect).values()
        for name in re.findall(r"\b(uniq_\w+|\w+_idx)\b", statement.doc)
        if name not in skewed.indexes()
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_a_whole_table_is_seen(loaded: Connected) -> None:
    spoken, raw = loaded
    statement = house.effective(spoken.name)["instance_get_by_uuid__row"]
    whole = Variant("", "SELECT i.* FROM instances AS i WHERE i.display_description = 'x'", [])
    assert Access("instances", None) in plans.accesses(spoken, raw, statement, whole)
    assert list(unexpected(statement, {Access("instances", None)}, spoken.name))
    by_key = Variant("", "SELECT i.* FROM instances AS i WHERE i.uuid = 'x'", [])
    used = plans.accesses(spoken, raw, statement, by_key)
    assert {one.index for one in used} == {"uniq_instances0uuid"}
    assert not list(unexpected(statement, used, spoken.name))
    assert list(unexpected(statement, {Access("instances", "instances_task_state_idx")}, spoken.name))


@pytest.mark.dialects("postgresql")
def test_a_plan_made_for_any_value_costs_no_more_than_one_made_for_the_value(loaded: Connected) -> None:
    """What is prepared gets one after some executions. What does not find its rows by equal values is not prepared."""
    spoken, raw = loaded
    dear = []
    for statement in house.effective(spoken.name).values():
        if plans.adds_rows(statement):
            continue
        for variant in plans.every_variant(statement, spoken):
            if not variant.by_key or plans.is_free(variant) or not plans.is_telling(variant, statement):
                continue
            if variant.label.startswith("set "):
                continue
            custom, generic = plans.costs(spoken, raw, variant)
            if generic > 10 * custom + 100:
                dear.append(f"{statement.name} ({variant.label}): {custom:.0f} -> {generic:.0f}")
    assert not dear, "\n" + "\n".join(dear)
