"""The migrated databases against the documented schema: nothing missing, nothing extra, but for what is said here."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from rawdb._house import sql_root
from rawdb.dialects.types import stored
from rawdb.schema import Schema, inspect, references
from tests.schema import documented

#: Ours alone: the row that every writer of a project's quotas changes first.
OUR_TABLES = {"quota_locks"}

#: Words by convention only; the database takes any text.
FREE_TEXT = {
    ("network_allocations", "status"): "string(32)",
    ("security_services", "status"): "string(16)",
    ("share_access_map", "state"): "string(255)",
    ("share_servers", "status"): "string(32)",
}

#: What makes insert-or-update in one statement possible, and one usage per project, user and resource.
OUR_UNIQUE_KEYS = {
    ("quota_usages", ("project_id", "coalesce(user_id,'')", "resource", "deleted")),
    ("share_metadata", ("share_id", "key", "deleted")),
    ("share_network_security_service_association", ("share_network_id", "security_service_id", "deleted")),
    ("share_server_backend_details", ("share_server_id", "key", "deleted")),
    ("volume_type_extra_specs", ("volume_type_id", "key", "deleted")),
}

UNIQUE_ALREADY = "a unique key leads to the row"
OTHER_COLUMNS = "an index with the columns in a better order, or more of them"
NO_STATEMENT = "no statement looks for rows by it"
LEFT_OUT = {
    (
        "block_device_mapping",
        ("instance_uuid", "volume_id"),
    ): "an instance has few disks: one index that begins with it will do",
    ("block_device_mapping", ("snapshot_id",)): NO_STATEMENT,
    ("instance_actions", ("request_id",)): NO_STATEMENT,
    ("instance_faults", ("host",)): NO_STATEMENT,
    ("instance_group_member", ("instance_id",)): NO_STATEMENT,
    ("instance_group_metadata", ("key",)): NO_STATEMENT,
    ("instance_group_policy", ("policy",)): NO_STATEMENT,
    ("instances", ("host", "node", "deleted")): "the index that begins with the host serves, a host has a node or few",
    ("instances", ("reservation_id",)): NO_STATEMENT,
    ("instances", ("task_state", "updated_at")): "updated_at changes with each write, which would touch the index too",
    ("instances", ("terminated_at", "launched_at")): "most rows were never terminated, and pass: no index helps",
    ("pci_devices", ("compute_node_id", "deleted")): UNIQUE_ALREADY,
    ("project_user_quotas", ("user_id", "deleted")): UNIQUE_ALREADY,
    ("quota_usages", ("user_id", "deleted")): NO_STATEMENT,
    ("reservations", ("usage_id",)): NO_STATEMENT,
    ("reservations", ("user_id", "deleted")): NO_STATEMENT,
    ("dns_domains", ("domain", "deleted")): UNIQUE_ALREADY,
    ("dns_domains", ("project_id",)): NO_STATEMENT,
    ("networks", ("bridge", "deleted")): NO_STATEMENT,
    ("task_log", ("host",)): UNIQUE_ALREADY,
    ("task_log", ("period_ending",)): "who gives the end of a period gives its beginning too",
    ("virtual_interfaces", ("network_id",)): NO_STATEMENT,
    ("fixed_ips", ("address", "reserved", "network_id", "deleted")): UNIQUE_ALREADY,
    ("fixed_ips", ("address", "deleted", "allocated")): UNIQUE_ALREADY,
    ("instances", ("uuid", "deleted")): UNIQUE_ALREADY,
    # Five columns of 255 characters are too many for one key, and `deleted` in front helps nobody who sees all.
    ("migrations", ("deleted", "source_compute", "dest_compute", "source_node", "dest_node", "status")): OTHER_COLUMNS,
    ("migrations", ("deleted", "instance_uuid", "status")): OTHER_COLUMNS,
}


@pytest.fixture
def migrated(migrated_url: str) -> Schema:
    return inspect(migrated_url)


def test_the_documented_data_is_complete() -> None:
    tables = documented.tables()
    assert (len(tables), sum(map(len, tables.values())), len(documented.with_shadow())) == (67, 781, 54)
    assert len(documented.indexes(unique=True)) + len(documented.indexes(unique=False)) == 102


def test_the_same_tables(migrated: Schema) -> None:
    base = documented.tables().keys() | OUR_TABLES
    assert set(migrated) == base | {f"shadow_{name}" for name in documented.with_shadow()}


def test_the_same_columns(migrated: Schema, dialect: str) -> None:
    wrong = []
    for table, columns in documented.tables().items():
        found = migrated[table].columns
        assert found.keys() == columns.keys(), table
        for name, line in columns.items():
            kind = FREE_TEXT.get((table, name), line["type"])
            # SQLite's row id is called INTEGER, and has 64 bits like any other.
            kind = "int" if dialect == "sqlite" and kind == "bigint" and line["primary_key"] == "yes" else kind
            # A row that is written by hand lives.
            default = line["default"].strip("'").replace("False", "0" if kind == "bool" else "False")
            lives = default if name == "deleted" else None
            wanted = (stored(dialect, kind), line["nullable"] == "yes", line["autoincrement"] == "yes", lives)
            column = found[name]
            if (column.type, column.nullable, column.autoincrement, column.default) != wanted:
                wrong.append((column, wanted))
    assert wrong == []


def test_ids_and_what_refers_to_them_have_64_bits() -> None:
    tables = documented.tables()
    small = {
        (table, name)
        for table, columns in tables.items()
        for name, line in columns.items()
        if line["type"] == "int" and (line["autoincrement"] == "yes" or name == "deleted" or name.endswith("_id"))
    }
    small |= {
        (line["table"], line["columns"])
        for line in documented.lines("foreign_keys")
        if tables[line["table"]][line["columns"]]["type"] == "int"
    }
    # The number of a VLAN.
    assert small == {("share_networks", "segmentation_id")}


def test_the_same_primary_keys(migrated: Schema) -> None:
    for table, columns in documented.tables().items():
        key = tuple(name for name, line in columns.items() if line["primary_key"] == "yes")
        assert migrated[table].primary_key == key, table


def test_the_same_unique_keys_and_ours(migrated: Schema) -> None:
    found = {(name, key) for name, table in migrated.items() for key in table.unique_keys()}
    assert found == documented.indexes(unique=True) | OUR_UNIQUE_KEYS


def test_every_documented_index_is_served_or_left_out_for_a_reason(migrated: Schema) -> None:
    missing = set()
    for table, columns in documented.indexes(unique=False):
        leading = [index.columns[: len(columns)] for index in migrated[table].indexes.values()]
        if columns not in leading:
            missing.add((table, columns))
    assert missing == LEFT_OUT.keys()


def test_no_index_is_the_beginning_of_another(migrated: Schema) -> None:
    for table in migrated.values():
        keys = [(index.name, index.columns) for index in table.indexes.values()]
        for name, columns in keys:
            longer = [other for other, more in keys if other != name and more[: len(columns)] == columns]
            assert not longer, f"{name} is the beginning of {longer}"


#: Not written so often that it matters; a sweep by time needs it.
MOVES_WITH_EACH_WRITE = {"fixed_ips_allocated_deleted_updated_at_idx"}


def test_no_index_moves_with_every_write(migrated: Schema) -> None:
    """Where no indexed column changes, PostgreSQL writes the new version of a row beside the old, and no index."""
    moving = {
        index.name for table in migrated.values() for index in table.indexes.values() if "updated_at" in index.columns
    }
    assert moving <= MOVES_WITH_EACH_WRITE


def test_the_row_format_is_no_matter_of_the_servers_default() -> None:
    for path in (sql_root() / "migrations" / "mysql").glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        assert text.count("CREATE TABLE ") == text.count("ENGINE=InnoDB ROW_FORMAT=DYNAMIC "), path.name


def test_names_are_unique_in_the_schema_and_short_enough_everywhere(migrated: Schema) -> None:
    names = [index.name for table in migrated.values() for index in table.indexes.values()] + list(migrated)
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63


def test_texts_are_equal_only_if_every_character_is(migrated: Schema) -> None:
    collations = {
        column.collation
        for table in migrated.values()
        for column in table.columns.values()
        if column.type.startswith("string(") or column.type.endswith("text")
    }
    assert collations == {"exact"}


def test_nothing_refers_to_another_table_and_one_column_is_checked(migrated: Schema) -> None:
    constraints = [part for table in migrated.values() for part in table.constraints.values()]
    assert [(part.kind, part.name) for part in constraints] == [("check", "ck_instances_locked_by")]


def test_shadows_have_the_same_columns_and_nothing_else(migrated: Schema) -> None:
    for name in documented.with_shadow():
        table, shadow = migrated[name], migrated[f"shadow_{name}"]
        described = [[(c.name, c.type, c.nullable) for c in each.columns.values()] for each in (table, shadow)]
        assert described[0] == described[1]
        assert shadow.primary_key == table.primary_key
        assert not shadow.indexes
        # Ids come with the rows that are archived.
        assert not any(column.autoincrement for column in shadow.columns.values())


def test_every_documented_reference_is_declared() -> None:
    declared = {(each.table, each.column, each.target_table, each.target_column) for each in references()}
    wanted = {
        (line["table"], line["columns"], line["references_table"], line["references_columns"])
        for line in documented.lines("foreign_keys")
    }
    assert wanted <= declared
    tables = documented.tables()
    for table, column, target, target_column in declared:
        assert column in tables[table]
        assert target_column in tables[target]


def test_indexes_name_operations_that_exist() -> None:
    with (Path(__file__).parents[1] / "data" / "operations.csv").open(newline="") as text:
        operations = {line["operation"] for line in csv.DictReader(text)}
    with (sql_root() / "schema" / "indexes.csv").open(newline="") as text:
        served = {name for line in csv.DictReader(text) for name in re.findall(r"[a-z0-9]+_[a-z0-9_]+", line["serves"])}
    assert served <= operations


#: Documented for one kind of row only: a share service gets its zone from the operation that makes share services.
DEFAULTS_OF_SOME_ROWS = {("services", "availability_zone"): "'manila'"}


def test_the_declared_defaults_are_the_documented_ones() -> None:
    with (sql_root() / "schema" / "columns.csv").open(newline="") as text:
        ours = {(line["table"], line["column"]): line for line in csv.DictReader(text)}
    for line in documented.lines("columns"):
        place = (line["table"], line["column"])
        column = ours[place]
        assert column["on_update"] == line["on_update"]
        if place in DEFAULTS_OF_SOME_ROWS:
            assert (column["default"], line["default"]) == ("", DEFAULTS_OF_SOME_ROWS[place])
        else:
            assert column["default"] == line["default"]
