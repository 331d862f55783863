"""The report of references that lead nowhere."""

from __future__ import annotations

from rawdb.schema import Reference, dangling
from rawdb.testing.databases import connected


def test_rows_without_target_are_counted(migrated_url: str) -> None:
    assert dangling(migrated_url) == []
    with connected(migrated_url) as run:
        run("INSERT INTO instances (uuid, deleted) VALUES ('i-1', 0)")
        # Archived: it lies in the shadow table alone.
        run("INSERT INTO shadow_instances (id, uuid, deleted) VALUES (7, 'i-7', 7)")
        for uuid, deleted in (("i-1", 0), ("i-7", 0), ("i-8", 0), ("i-9", 3)):
            run(f"INSERT INTO instance_faults (instance_uuid, code, deleted) VALUES ('{uuid}', 500, {deleted})")
        run("INSERT INTO instance_faults (instance_uuid, code, deleted) VALUES (NULL, 500, 0)")
    (found,) = dangling(migrated_url)
    assert found.reference == Reference("instance_faults", "instance_uuid", "instances", "uuid")
    assert (found.rows, found.live, found.archived, found.example) == (3, 2, 1, "i-7")
    assert str(found) == (
        "instance_faults.instance_uuid -> instances.uuid: 3 rows (2 live) without target, 1 of them archived; "
        "for example i-7"
    )


def test_live_rows_are_told_by_each_form_of_deleted(migrated_url: str) -> None:
    with connected(migrated_url) as run:
        run("INSERT INTO shares (id, share_network_id, deleted) VALUES ('s-1', 'n-1', 'False')")
        run("INSERT INTO shares (id, share_network_id, deleted) VALUES ('s-2', 'n-1', 's-2')")
        run("INSERT INTO volumes (id, instance_uuid, deleted) VALUES ('v-1', 'i-1', '')")
        run("INSERT INTO volumes (id, instance_uuid, deleted) VALUES ('v-2', 'i-1', 'v-2')")
    counted = {each.reference.table: (each.rows, each.live) for each in dangling(migrated_url)}
    assert counted == {"shares": (2, 1), "volumes": (2, 1)}


def test_an_empty_database_has_none(database_url: str) -> None:
    assert dangling(database_url) == []
