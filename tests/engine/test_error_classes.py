"""What goes wrong has a class of its own, and says where and what: the same on every server."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import rawdb
from rawdb.dialects import parse_url
from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBAuthenticationError,
    DBConnectionError,
    DBDataError,
    DBError,
    DBNonExistentColumn,
    DBNonExistentDatabase,
    DBNonExistentTable,
    DBNotNullError,
    DBSyntaxError,
)
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

SQL = """\
-- name: missing_table()
-- A table that nobody made.
SELECT m.id FROM missing AS m;

-- name: missing_column()
-- A column that nobody made.
SELECT t.zork FROM things AS t;

-- name: wrong_syntax()
-- No SQL.
SELECT id FROM FROM things;

-- name: strict_create(id)!
-- A row without a name.
INSERT INTO strict_rows (id, name) VALUES (:id, NULL);

-- name: strict_default(id)!
-- A row whose name is left out.
INSERT INTO strict_rows (id) VALUES (:id);
"""


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Database:
    (tmp_path / "own.sql").write_text(SQL)
    with connected(url) as run:
        run("DROP TABLE IF EXISTS strict_rows")
        run("CREATE TABLE strict_rows (id INTEGER PRIMARY KEY, name VARCHAR(10) NOT NULL)")
    return open_database(url, queries=tmp_path, tables={})


@pytest.mark.parametrize(
    ("name", "kind", "fields", "line"),
    [
        ("missing_table", DBNonExistentTable, {"table": "missing"}, 1),
        ("missing_column", DBNonExistentColumn, {"column": "zork"}, 5),
        ("wrong_syntax", DBSyntaxError, {}, 9),
        ("strict_create", DBNotNullError, {"column": "name"}, 13),
        ("strict_default", DBNotNullError, {"column": "name"}, 17),
    ],
)
def test_classes(database: Database, name: str, kind: type[DBError], fields: dict[str, str], line: int) -> None:
    with pytest.raises(kind) as raised, database.writer.using(None) as sql:
        getattr(sql, name)(**({"id": 1} if name.startswith("strict") else {}))
    error = raised.value
    assert type(error) is kind
    assert {field: getattr(error, field) for field in fields} == fields
    assert str(error).endswith(f"[{name}, {database.queries}/own.sql:{line}]")
    hinted = "(was the schema migrated?)" in str(error)
    assert hinted is (kind in (DBNonExistentTable, DBNonExistentColumn))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), type(again)) == (str(error), kind)
    if kind is DBNotNullError and database.dialect.name != "mysql":
        assert error.table == "strict_rows"  # type: ignore[attr-defined]


@pytest.mark.dialects("postgresql", "mysql")
def test_a_user_who_is_not_let_in(url: str, open_database: Open) -> None:
    server = parse_url(url)
    wrong = f"{server.dialect}://rawdb_missing:zz%40secret@{server.host}:{server.port}/{server.database}"
    with pytest.raises(DBError) as raised:
        open_database(wrong, max_retries=3, retry_interval=0).pool()
    assert type(raised.value) is DBAuthenticationError
    assert not isinstance(raised.value, DBConnectionError)
    assert "secret" not in str(raised.value)


@pytest.mark.dialects("sqlite")
def test_a_file_that_cannot_be_opened_is_named(open_database: Open, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "folder.db"
    with pytest.raises(DBNonExistentDatabase, match="unable to open database file") as raised:
        open_database(f"sqlite:///{missing}", tables={}, queries=None).pool().acquire()
    assert str(missing) in str(raised.value)
    text = tmp_path / "text.db"
    text.write_text("this is no database, whatever it is called")
    with pytest.raises(DBError, match="file is not a database") as other:
        open_database(f"sqlite:///{text}", tables={}, queries=None).pool().acquire()
    assert str(text) in str(other.value)


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect to mysql://u:zz-secret@h/d",
        "cannot connect to mysql://u:1@zz-secret@h/d",
        "cannot connect to mysql://u:1/zz-secret@h/d",
        "cannot connect to 'mysql://u:zz-secret@h/d?x=1', mysql://u:zz-secret@h",
        "mysql://:zz-secret@h",
    ],
)
def test_no_password_of_a_url_in_an_error(text: str) -> None:
    for error in (DBError(text), DBConnectionError(ValueError(text)), DBDataError(text)):
        assert "zz-secret" not in str(error)
        assert "***@h" in str(error)


def test_the_log_of_a_server_that_is_down(open_database: Open, caplog: pytest.LogCaptureFixture) -> None:
    database = open_database("mysql://u:1@zz-secret@127.0.0.1:1/d", max_retries=2, retry_interval=0)
    with pytest.raises(DBConnectionError) as raised:
        database.pool()
    assert "zz-secret" not in caplog.text + str(raised.value) + repr(database)
    assert "mysql://u:***@127.0.0.1:1/d" in caplog.text


def test_classes_are_public() -> None:
    assert rawdb.exceptions.DBNotNullError is DBNotNullError
