"""Archiving, through rawdb.api, on every dialect."""

from __future__ import annotations

import csv
import logging
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.default import default_database, lent_connections
from rawdb.exceptions import AdminRequired, DBDataError, DBDuplicateEntry, DBNonExistentTable, DBReferenceError
from rawdb.operations.archive import Moved, archivable_tables, archive_tables, count_deleted_rows
from rawdb.testing.databases import connected
from tests.operations.archive_helpers import deleted_rows, fill, found, key_of, marks, numbers, row
from tests.operations.factories import together

ROOT = Path(__file__).resolve().parents[2]
TABLE = "certificates"


def lines(name: str) -> list[dict[str, str]]:
    with (ROOT / "sql" / "schema" / name).open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


class TestOneTable:
    def test_every_table_with_a_shadow(self, admin_context: RequestContext) -> None:
        """Deleted rows move as they are; live ones, and those of which nobody knows, stay."""
        tables = archivable_tables()
        assert sorted(tables) == sorted(line["table"] for line in lines("shadow_tables.csv"))
        for table in tables:
            live, gone = marks(table)
            unknown = None if default_database().tables[table].columns["deleted"].nullable else live
            fill(table, *[row(table, number, mark) for number, mark in enumerate((gone, live, unknown, gone), 1)])
            stored = found(table)
            assert stored[0] == row(table, 1, gone)
            assert count_deleted_rows(admin_context, [table]) == {table: 2}
            assert api.archive_deleted_rows_for_table(admin_context, table) == 2
            assert (found(table), found(table, shadow=True)) == (stored[1:3], [stored[0], stored[3]])
            assert api.archive_deleted_rows_for_table(admin_context, table) == 0
        assert set(count_deleted_rows(admin_context).values()) == {0}

    def test_the_lowest_keys_come_first(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, 9, 2, 7, 3, 1)
        assert api.archive_deleted_rows_for_table(admin_context, TABLE, max_rows=2) == 2
        assert numbers(TABLE, shadow=True) == [1, 2]
        assert api.archive_deleted_rows_for_table(admin_context, TABLE, 0) == 0
        assert api.archive_deleted_rows_for_table(admin_context, tablename=TABLE, max_rows=2) == 2
        assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([9], [1, 2, 3, 7])
        assert api.archive_deleted_rows_for_table(admin_context, TABLE, None) == 1

    def test_keys_of_text(self, admin_context: RequestContext) -> None:
        for table in ("volumes", "dns_domains"):
            deleted_rows(table, *range(1, 8))
            assert archive_tables(admin_context, [table], max_rows=5, batch_size=2) == 5
            moved = [each[key_of(table)] for each in found(table, shadow=True)]
            assert moved == [f"key-{number:06}" for number in range(1, 6)]

    def test_read_deleted_plays_no_part(self, db: str) -> None:
        for number, read_deleted in enumerate(("no", "yes", "only"), 1):
            deleted_rows(TABLE, number)
            assert api.archive_deleted_rows_for_table(get_admin_context(read_deleted=read_deleted), TABLE) == 1

    def test_tables_without_a_shadow(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, 1)
        api.archive_deleted_rows_for_table(admin_context, TABLE)
        for table in (f"shadow_{TABLE}", "shares", "quota_locks", "_yoyo_migration"):
            assert api.archive_deleted_rows_for_table(admin_context, table) == 0
            with pytest.raises(DBNonExistentTable):
                archive_tables(admin_context, [TABLE, table])
        assert numbers(TABLE, shadow=True) == [1]

    def test_tables_that_are_not_there(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, 1)
        for table in ("zork", TABLE.upper(), f"{TABLE}; DROP TABLE {TABLE}", "", None, 5):
            with pytest.raises(DBNonExistentTable) as missing:
                api.archive_deleted_rows_for_table(admin_context, table)  # type: ignore[arg-type]
            assert missing.value.table == str(table)
        assert numbers(TABLE) == [1]

    def test_numbers_that_make_no_sense(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, 1)
        wrong: Any
        call: Callable[[], object]
        for wrong in (-1, "asdf", float("nan"), 1.5):
            for call in (
                lambda wrong=wrong: api.archive_deleted_rows(admin_context, wrong),
                lambda wrong=wrong: api.archive_deleted_rows_for_table(admin_context, TABLE, wrong),
                lambda wrong=wrong: archive_tables(admin_context, batch_size=wrong),
                lambda wrong=wrong: archive_tables(admin_context, pause="asdf" if wrong == 1.5 else wrong),  # type: ignore[arg-type]
            ):
                with pytest.raises(DBDataError):
                    call()
        for wrong in (0, None, 10_001):
            with pytest.raises(DBDataError):
                archive_tables(admin_context, batch_size=wrong)
        assert numbers(TABLE) == [1]


class TestRefused:
    def test_a_row_that_the_shadow_table_has(
        self, admin_context: RequestContext, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The whole batch stays, not the one row, and what moved before has moved."""
        rows = deleted_rows(TABLE, *range(1, 8))
        twin = {**rows[5], "file_name": "other"}
        fill(TABLE, twin, to=f"shadow_{TABLE}")
        with caplog.at_level(logging.WARNING, "rawdb"):
            assert api.archive_deleted_rows_for_table(admin_context, TABLE) == 0
        assert f"deleted rows of {TABLE} stay where they are" in caplog.text
        assert (found(TABLE), found(TABLE, shadow=True)) == (rows, [twin])
        seen: list[Moved] = []
        assert archive_tables(admin_context, batch_size=2, progress=seen.append) == 4
        assert [(moved.rows, moved.total) for moved in seen] == [(2, 2), (2, 4), (0, 4)]
        assert isinstance(seen[-1].refused, DBDuplicateEntry)
        assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([5, 6, 7], [1, 2, 3, 4, 6])

    def test_other_tables_go_on(self, admin_context: RequestContext) -> None:
        rows = deleted_rows(TABLE, 1, 2)
        fill(TABLE, rows[1], to=f"shadow_{TABLE}")
        deleted_rows("cells", 1, 2)
        deleted_rows("task_log", 1, 2)
        assert api.archive_deleted_rows(admin_context) == 4
        assert numbers(TABLE) == [1, 2]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_foreign_key_of_somebody(self, db: str, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, 1, 2)
        with connected(db) as run:
            run(f"CREATE TABLE pin AS SELECT id FROM {TABLE} WHERE id < 0")
            try:
                run(f"ALTER TABLE pin ADD FOREIGN KEY (id) REFERENCES {TABLE} (id)")
                run("INSERT INTO pin VALUES (2)")
                seen: list[Moved] = []
                assert archive_tables(admin_context, [TABLE], progress=seen.append) == 0
                assert isinstance(seen[0].refused, DBReferenceError)
                assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([1, 2], [])
                run("DELETE FROM pin")
                assert api.archive_deleted_rows(admin_context) == 2
            finally:
                run("DROP TABLE pin")


class TestAllTables:
    def test_the_budget_goes_over_all_of_them(self, admin_context: RequestContext) -> None:
        tables = ("agent_builds", "cells", "task_log")
        for table in tables:
            deleted_rows(table, 1, 2, 3)
        assert api.archive_deleted_rows(admin_context, 0) == 0
        assert [api.archive_deleted_rows(admin_context, max_rows=4) for _ in range(4)] == [4, 4, 1, 0]
        assert [numbers(table, shadow=True) for table in tables] == [[1, 2, 3]] * 3

    def test_without_a_limit(self, admin_context: RequestContext) -> None:
        for table in ("agent_builds", "volumes"):
            deleted_rows(table, *range(1, 4))
        assert api.archive_deleted_rows(admin_context) == 6
        assert api.archive_deleted_rows(admin_context, None) == 0

    def test_children_come_before_their_parents(self, admin_context: RequestContext, statements: list[str]) -> None:
        for table in archivable_tables():
            deleted_rows(table, 1)
        statements.clear()
        assert api.archive_deleted_rows(admin_context) == len(archivable_tables())
        order = [name.partition("__copy_")[2] for name in statements if "__copy_" in name]
        assert order == archivable_tables()
        wrong = [
            (line["table"], line["references_table"])
            for line in lines("references.csv")
            if {line["table"], line["references_table"]} <= set(order)
            and order.index(line["table"]) > order.index(line["references_table"])
        ]
        # These two refer to each other.
        assert wrong == [("volumes", "snapshots")]

    def test_chosen_tables(self, admin_context: RequestContext) -> None:
        for table in ("agent_builds", "cells", "task_log"):
            deleted_rows(table, 1, 2)
        assert count_deleted_rows(admin_context, {"task_log", "cells"}) == {"cells": 2, "task_log": 2}
        seen: list[Moved] = []
        assert archive_tables(admin_context, iter(["task_log", "cells"]), max_rows=3, progress=seen.append) == 3
        assert seen == [Moved("cells", 2, 2), Moved("task_log", 1, 3)]
        assert archive_tables(admin_context, []) == 0
        counted = count_deleted_rows(admin_context)
        assert list(counted) == archivable_tables()
        assert {table: rows for table, rows in counted.items() if rows} == {"agent_builds": 2, "task_log": 1}


class TestBatches:
    def test_each_is_a_transaction(self, admin_context: RequestContext, statements: list[str]) -> None:
        deleted_rows(TABLE, *range(1, 6))
        statements.clear()
        assert archive_tables(admin_context, [TABLE], batch_size=2) == 5
        short = [name.rpartition("__")[2].removesuffix(f"_{TABLE}") for name in statements]
        assert short == ["choose", "BEGIN", "copy", "remove", "COMMIT"] * 3

    def test_progress_is_told_outside_of_transactions(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, *range(1, 6))
        seen: list[tuple[Moved, list[int], list[str]]] = []

        def progress(moved: Moved) -> None:
            seen.append((moved, numbers(TABLE, shadow=True), lent_connections()))

        archive_tables(admin_context, [TABLE], batch_size=2, pause=0.001, progress=progress)
        assert seen == [
            (Moved(TABLE, 2, 2), [1, 2], []),
            (Moved(TABLE, 2, 4), [1, 2, 3, 4], []),
            (Moved(TABLE, 1, 5), [1, 2, 3, 4, 5], []),
        ]

    def test_who_stops_it_may_go_on(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, *range(1, 6))

        def stop(moved: Moved) -> None:
            if moved.total == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            archive_tables(admin_context, batch_size=2, progress=stop)
        assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([5], [1, 2, 3, 4])
        assert api.archive_deleted_rows(admin_context) == 1

    def test_many(self, admin_context: RequestContext) -> None:
        deleted_rows(TABLE, *range(1, 1204))
        assert api.archive_deleted_rows_for_table(admin_context, TABLE, 1100) == 1100
        assert api.archive_deleted_rows(admin_context) == 103
        assert numbers(TABLE, shadow=True) == list(range(1, 1204))

    @pytest.mark.dialects("postgresql", "mysql")
    @pytest.mark.parametrize("size", [500, 1100])
    def test_live_rows_in_between_stay_free(self, db: str, admin_context: RequestContext, size: int) -> None:
        """Also where a server would rather read the whole table than look up so many keys."""
        fill(TABLE, *[row(TABLE, number, 7 * (number % 2)) for number in range(1, 2401)])
        limit = "lock_timeout = '1s'" if "postgresql" in db else "innodb_lock_wait_timeout = 1"
        with connected(db) as run, rawdb.writer.using(admin_context):
            run(f"ANALYZE {TABLE}" if "postgresql" in db else f"ANALYZE TABLE {TABLE}")
            assert archive_tables(admin_context, [TABLE], batch_size=size, max_rows=size) == size
            run(f"SET SESSION {limit}")
            for number in (2, size, 2 * size, 2400):
                assert run(f"UPDATE {TABLE} SET user_id = 'w' WHERE id = {number}").matched == 1
            run(f"INSERT INTO {TABLE} (id, deleted) VALUES (3000, 0)")

    def test_inside_a_transaction_of_the_caller(self, admin_context: RequestContext) -> None:
        rows = deleted_rows(TABLE, *range(1, 6))
        deleted_rows("cells", 1)
        fill(TABLE, rows[4], to=f"shadow_{TABLE}")
        with pytest.raises(ZeroDivisionError), rawdb.writer.using(admin_context):
            assert archive_tables(admin_context, batch_size=2) == 5
            raise ZeroDivisionError
        assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([1, 2, 3, 4, 5], [5])
        with rawdb.writer.using(admin_context):
            assert archive_tables(admin_context, batch_size=2) == 5
        assert (numbers(TABLE), numbers("cells", shadow=True)) == ([5], [1])


def test_only_admins(context: RequestContext, statements: list[str]) -> None:
    calls: tuple[Callable[[], Any], ...] = (
        lambda: api.archive_deleted_rows(context),
        lambda: api.archive_deleted_rows_for_table(context, TABLE),
        lambda: api.archive_deleted_rows_for_table(context, "zork", -1),
        lambda: archive_tables(context),
        lambda: count_deleted_rows(context),
    )
    for call in calls:
        with pytest.raises(AdminRequired):
            call()
    assert statements == []


def archive_in_process(url: str, barrier: Any, queue: Any) -> None:
    """What another process runs."""
    rawdb.configure(connection=url)
    barrier.wait(60)
    queue.put(archive_tables(get_admin_context(), batch_size=7))
    rawdb.dispose()


class TestConcurrency:
    ROWS = 120

    def check(self, moved: list[Any]) -> None:
        """Each row moved once, by one of them."""
        assert sum(moved) == self.ROWS, moved
        assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([], list(range(1, self.ROWS + 1)))

    def test_threads(self, db: str) -> None:
        deleted_rows(TABLE, *range(1, self.ROWS + 1))
        self.check(together(*[lambda: archive_tables(get_admin_context(), batch_size=7)] * 4))

    @pytest.mark.slow
    def test_processes(self, db: str) -> None:
        deleted_rows(TABLE, *range(1, self.ROWS + 1))
        spawned = multiprocessing.get_context("spawn")
        barrier, queue = spawned.Barrier(3), spawned.Queue()
        processes = [spawned.Process(target=archive_in_process, args=(db, barrier, queue), daemon=True) for _ in "123"]
        for process in processes:
            process.start()
        moved = [queue.get(timeout=60) for _ in processes]
        for process in processes:
            process.join(60)
        queue.close()
        queue.join_thread()
        self.check(moved)

    def test_writers_of_the_same_rows(self, db: str) -> None:
        """A deleted row that is written while it moves: what a writer was told it has changed is in the copy."""
        deleted_rows(TABLE, *range(1, self.ROWS + 1))
        with rawdb.writer.using() as sql:
            sql.execute(f"UPDATE {TABLE} SET user_id = '0', project_id = 'p'")

        def write(own: int) -> Callable[[], int]:
            """Add 1 to every fourth row, again and again until all have gone; how often it was done."""

            def run() -> int:
                done = 0
                for _ in range(20):
                    for number in range(own, self.ROWS + 1, 4):
                        with rawdb.writer.autocommit.using() as sql:
                            text = f"UPDATE {TABLE} SET user_id = user_id + 1 WHERE id = {number}"
                            done += sql.execute(
                                text if "mysql" in db or "sqlite" in db else _ADD.format(number)
                            ).matched
                return done

            return run

        def revive() -> int:
            """Bring rows back to life and delete them again."""
            for number in range(1, self.ROWS + 1):
                for mark in (0, 7):
                    with rawdb.writer.autocommit.using() as sql:
                        sql.execute(f"UPDATE {TABLE} SET deleted = {mark} WHERE id = {number}")
            return 0

        def archive() -> int:
            return sum(archive_tables(get_admin_context(), [TABLE], batch_size=5) for _ in range(4))

        *done, moved, _ = together(write(1), write(2), archive, revive)
        moved += api.archive_deleted_rows(get_admin_context())
        assert moved == self.ROWS
        assert numbers(TABLE, shadow=True) == list(range(1, self.ROWS + 1))
        assert sum(int(float(each["user_id"])) for each in found(TABLE, shadow=True)) == sum(done)


_ADD = "UPDATE certificates SET user_id = CAST(CAST(user_id AS integer) + 1 AS varchar) WHERE id = {}"
