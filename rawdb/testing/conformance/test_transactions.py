"""Promise: a block is one transaction, whole or not at all, and what is inside another is part of it."""

from __future__ import annotations

import threading

import pytest

from rawdb import Database
from rawdb.exceptions import DBDuplicateEntry, DBError, NoEngineContextEstablished


class _StopError(Exception):
    pass


def names(database: Database) -> list[str]:
    """What another connection sees."""
    with database.reader.independent.using("somebody else") as sql:
        return [row["name"] for row in sql.box_names()]


def test_a_writer_commits(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        sql.box_load(values={"name": "b"})
        assert database.dialect.single_writer or names(database) == []
    assert names(database) == ["a", "b"]


def test_an_exception_takes_all_of_it_back(database: Database) -> None:
    with pytest.raises(_StopError), database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        raise _StopError
    assert names(database) == []


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reader.using(None) as sql:
        assert sql.box_count() == 0
        with pytest.raises(TypeError):
            sql.box_load(values={"name": "a"})
    assert names(database) == []


def test_a_writer_in_a_reader_is_refused_before_anything_is_sent(database: Database, sent: list[str]) -> None:
    with database.reader.using(None), pytest.raises(TypeError), database.writer.using(None):
        pass
    assert sent == []


def test_an_empty_block_sends_nothing(database: Database, sent: list[str]) -> None:
    for entry in (database.reader, database.writer):
        with entry.using(None):
            pass
    assert sent == []


def test_a_lone_statement_is_one_round_trip(database: Database, sent: list[str]) -> None:
    with database.reader.autocommit.using(None) as sql:
        sql.box_count()
    with database.writer.autocommit.using(None) as sql:
        sql.box_new(name="a", size=1)
    assert sent == ["box_count", "box_new"]


def test_blocks_on_one_context_are_one_transaction(database: Database) -> None:
    with pytest.raises(_StopError), database.writer.using(None) as sql:
        with database.writer.using(None) as inner:
            inner.box_load(values={"name": "a"})
        with database.reader.using(None) as inner:
            assert inner.box_count() == 1
        assert sql.box_count() == 1
        raise _StopError
    assert names(database) == []


def test_another_thread_has_its_own(database: Database) -> None:
    seen: list[list[str]] = []
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        thread = threading.Thread(target=lambda: seen.append(names(database)))
        thread.start()
        thread.join()
    assert seen == [[]]


def test_an_independent_reader_sees_what_is_committed(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        with database.reader.independent.using(None) as other:
            assert other.box_count() == 0
        assert sql.box_count() == 1


def test_a_savepoint_is_taken_back_alone(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        with pytest.raises(_StopError), database.writer.savepoint.using(None) as inner:
            inner.box_load(values={"name": "b"})
            raise _StopError
        sql.box_load(values={"name": "c"})
    assert names(database) == ["a", "c"]


def test_an_error_in_a_savepoint_leaves_the_transaction_usable(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        with pytest.raises(DBDuplicateEntry), database.writer.savepoint.using(None) as inner:
            inner.box_load(values={"name": "a"})
        sql.box_load(values={"name": "b"})
    assert names(database) == ["a", "b"]


@pytest.mark.parametrize("text", ["COMMIT", "ROLLBACK", "BEGIN"])
def test_the_end_is_the_blocks_own(database: Database, text: str) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
        with pytest.raises(DBError):
            sql.execute(text)
        assert sql.box_count() == 1


def test_a_handle_ends_with_its_block(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a"})
    with pytest.raises(NoEngineContextEstablished):
        sql.box_count()


def test_several_parts_of_a_lone_write_are_one(database: Database) -> None:
    """So many rows that some servers get them in parts, the last of which is refused."""
    with database.writer.autocommit.using(None) as sql, pytest.raises(DBDuplicateEntry):
        sql.box_load(values=[*({"name": f"box {number}"} for number in range(3000)), {"name": "box 0"}])
    assert names(database) == []
