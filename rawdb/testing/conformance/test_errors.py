"""Promise: what the server refuses is one of the DB* errors, with its fields, its statement, and no password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rawdb import Database
from rawdb.exceptions import (
    DBConnectionError,
    DBConstraintError,
    DBDataError,
    DBDuplicateEntry,
    DBError,
    DBNonExistentColumn,
    DBNonExistentDatabase,
    DBNonExistentTable,
    DBNotNullError,
    DBReferenceError,
    DBSyntaxError,
)


def refused(database: Database, work: Callable[[Any], object]) -> DBError:
    """The error of some work."""
    with pytest.raises(DBError) as caught, database.writer.using(None) as sql:
        work(sql)
    return caught.value


def test_a_duplicate(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.box_new(name="a", size=1)
    error = refused(database, lambda sql: sql.box_new(name="a", size=2))
    assert isinstance(error, DBDuplicateEntry)
    assert error.columns == ["name"]
    assert error.statement == "box_new"
    assert error.location is not None
    assert error.location.rpartition(":")[0].endswith("boxes.sql")
    assert error.dialect == database.dialect.name
    assert error.inner_exception is error.__cause__ is not None


def test_a_missing_value(database: Database) -> None:
    error = refused(database, lambda sql: sql.box_new(name=None, size=1))
    assert isinstance(error, DBNotNullError)
    assert error.column == "name"


def test_a_reference_that_leads_nowhere(database: Database) -> None:
    error = refused(database, lambda sql: sql.label_add(values={"box_id": 12345, "word": "x"}))
    assert isinstance(error, DBReferenceError)


def test_a_row_that_is_referred_to(database: Database) -> None:
    with database.writer.using(None) as sql:
        box = sql.box_new(name="a", size=1)
        sql.label_add(values={"box_id": box, "word": "x"})
    assert isinstance(refused(database, lambda sql: sql.box_remove(name="a")), DBReferenceError)


def test_a_check(database: Database) -> None:
    error = refused(database, lambda sql: sql.box_new(name="a", size=-1))
    assert isinstance(error, DBConstraintError)
    assert error.check_name == "boxes_size_check"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT n.a FROM no_such_table AS n", DBNonExistentTable),
        ("SELECT b.no_such_column FROM boxes AS b", DBNonExistentColumn),
        ("SELECT FROM WHERE boxes", DBSyntaxError),
    ],
)
def test_sql_that_is_wrong(database: Database, text: str, kind: type[DBError]) -> None:
    assert isinstance(refused(database, lambda sql: sql.execute(text)), kind)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", "many"),
        ("total", 2**63),
        ("name", "x" * 41),
        ("name", "a\x00b"),
        ("price", "12.345"),
        ("price", "nan"),
        ("at", "yesterday"),
        ("day", "2026-02-30"),
        ("weight", float("inf")),
        ("name", b"bytes"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_before_it_is_sent(
    database: Database, sent: list[str], column: str, value: object
) -> None:
    error = refused(database, lambda sql: sql.box_load(values={"name": "a", column: value}))
    assert isinstance(error, DBDataError)
    assert f"boxes.{column}" in str(error)
    assert "box_load" not in sent


def test_a_server_that_is_not_there(database: Database, tmp_path: Any) -> None:
    name = database.dialect.name
    url = f"sqlite:///{tmp_path / 'none' / 'a.db'}" if name == "sqlite" else f"{name}://u:zz-secret@127.0.0.1:1/none"
    with Database(url, max_retries=1) as elsewhere:
        with pytest.raises((DBConnectionError, DBNonExistentDatabase)) as caught, elsewhere.reader.using(None) as sql:
            sql.execute("SELECT 1")
    assert "zz-secret" not in str(caught.value)
