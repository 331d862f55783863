"""Tables that nobody declared: read from the live database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import pytest

import rawdb
import rawdb.default
from rawdb import paging, tables
from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    DBNonExistentColumn,
    InvalidSortKey,
    StatementError,
)
from rawdb.statements.criteria import Page, SortKey, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

MOMENT = datetime.fromisoformat("2014-06-01T12:30:00.123456")


class TestLiveTables:
    SQL: ClassVar = """\
    -- name: animal_create(name)<!
    -- A new animal.
    INSERT INTO animals (/*{columns}*/ name /*{}*/)
    VALUES /*{rows}*/ (:name) /*{}*/;

    -- name: animals_create(name)!
    -- Many new animals.
    INSERT INTO animals (/*{columns}*/ name /*{}*/)
    VALUES /*{rows}*/ (:name) /*{}*/;

    -- name: animal_update(name, id)!
    -- Change one.
    UPDATE animals
       SET /*{set}*/ name = :name /*{}*/
     WHERE id = :id;

    -- name: animals(name)
    -- Some of them.
    SELECT a.*
      FROM animals AS a
     WHERE /*{filters}*/ a.name = :name /*{}*/
       AND /*{after}*/ a.id > 0 /*{}*/
     ORDER BY /*{order}*/ a.id /*{}*/;

    -- name: animals_delete(name)!
    -- Remove some.
    DELETE FROM animals
     WHERE /*{filters}*/ animals.name = :name /*{}*/;

    -- name: now()$
    -- A statement without a table.
    SELECT 1;
    """
    DDL: ClassVar = {
        "postgresql": "CREATE TABLE animals (id SERIAL PRIMARY KEY, name VARCHAR(10) UNIQUE, legs INTEGER DEFAULT 4,"
        " tame boolean NOT NULL DEFAULT TRUE, born timestamp(6), price numeric(10, 2))",
        "mysql": "CREATE TABLE animals (id INTEGER AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10) UNIQUE, legs INTEGER"
        " DEFAULT 4, tame TINYINT(1) NOT NULL DEFAULT TRUE, born DATETIME, price DECIMAL(10, 2))",
        "sqlite": "CREATE TABLE animals (id INTEGER PRIMARY KEY, name VARCHAR(10) UNIQUE, legs INTEGER DEFAULT 4,"
        " tame BOOLEAN NOT NULL DEFAULT TRUE, born DATETIME, price NUMERIC)",
    }

    @pytest.fixture
    def database(self, url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
        (tmp_path / "animals.sql").write_text(dedent(self.SQL))
        yield open_database(url, queries=tmp_path, tables=None)
        with connected(url) as run:
            run("DROP TABLE IF EXISTS animals")

    def create(self, database: Database) -> None:
        with database.writer.autocommit.using(None) as sql:
            sql.execute(self.DDL[database.url.dialect])

    def test_more_rows_than_a_statement_has_parameters(self, database: Database) -> None:
        self.create(database)
        with database.writer.autocommit.using(None) as sql:
            sql.execute("ALTER TABLE animals ADD COLUMN weight INTEGER")
        row = {"weight": 7, "legs": 4, "tame": True, "price": "1.50", "born": "2014-06-01T12:30:00"}
        rows = [{"id": number, "name": f"n{number}", **row} for number in range(1, 12_001)]
        with database.writer.using(None) as sql:
            # 84,000 values; PostgreSQL takes 65,535 in one statement.
            assert sql.animals_create(values=rows) == 12_000
            assert sql.execute("SELECT COUNT(*) FROM animals").rows == [(12_000,)]

    def test_the_whole_way(self, database: Database) -> None:
        self.create(database)
        with database.writer.using(None) as sql:
            row = sql.animal_create(values={"name": "cat", "price": "1.50"})
            assert row == {"id": row["id"], "name": "cat", "price": Decimal("1.50")}
            # What the row does not name is left to the server.
            [stored] = sql.animals(filters=[])
            assert (stored["legs"], stored["tame"], stored["born"]) == (4, True, None)
            assert sql.animal_update(id=row["id"], changes={"legs": "3"}) == 1
            assert sql.animals()[0]["legs"] == 3
        with pytest.raises(rawdb.exceptions.DBDataError), database.writer.using(None) as sql:
            sql.animal_create(values={"name": "much too long"})
        with pytest.raises(DBDuplicateEntry) as raised, database.writer.using(None) as sql:
            sql.animal_create(values={"name": "cat"})
        assert raised.value.columns == ["name"]

    def test_a_row_without_columns(self, database: Database) -> None:
        """MySQL alone would take it."""
        self.create(database)
        with database.writer.using(None) as sql, pytest.raises(TypeError, match="names no column of animals"):
            sql.animal_create(values={})

    def test_a_misspelt_column(self, database: Database) -> None:
        """The documented operations leave out what they do not know; a statement of one's own does not."""
        self.create(database)
        with database.writer.using(None) as sql:
            with pytest.raises(DBError, match="animals has no column 'zork'"):
                sql.animal_create(values={"name": "cat", "zork": 1})
            with pytest.raises(DBError, match="animals has no column 'zork'"):
                sql.animal_update(id=1, changes={"zork": 1})
            assert sql.animals() == []

    @pytest.mark.parametrize("joined", [False, True], ids=["alone", "in a transaction"])
    def test_a_column_made_later(self, database: Database, joined: bool) -> None:
        """By somebody else, after the tables were read: nobody need say so."""
        self.create(database)
        added = iter(("weight", "height", "length", "age"))

        def add_column() -> str:
            name = next(added)
            with connected(database.url) as run:
                run(f"ALTER TABLE animals ADD COLUMN {name} INTEGER")
            return name

        entry = database.writer if joined else database.writer.autocommit
        name = add_column()
        with entry.using(None) as sql:
            assert sql.animal_create(values={"name": "cat", name: "7"})[name] == 7
            assert [row[name] for row in sql.animals(filters=[equal(name, "7")])] == [7]
        name = add_column()
        with entry.using(None) as sql:
            assert sql.animals(filters=[equal(name, 8)]) == []
        name = add_column()
        with entry.using(None) as sql:
            assert sql.animal_update(id=sql.animals()[0]["id"], changes={name: 9}) == 1
        name = add_column()
        with entry.using(None) as sql:
            assert [row["length"] for row in sql.animals(page=Page([SortKey(name), SortKey("id")]))] == [9]
            assert sql.animals_create(values=[{"name": "dog", name: 1}, {"name": "owl", name: 2}]) == 2
            with pytest.raises(DBNonExistentColumn, match="animals has no column 'zork'"):
                sql.animals(filters=[equal("zork", 1)])
            with pytest.raises(InvalidSortKey):
                sql.animals(page=Page([SortKey("zork"), SortKey("id")]))
            assert [row["name"] for row in sql.animals()] == ["cat", "dog", "owl"]

    def test_a_call_that_is_made_again_reads_no_iterator_twice(self, database: Database) -> None:
        """An empty one would be no condition at all, and no row."""
        self.create(database)
        with database.writer.using(None) as sql:
            sql.animals_create(values=[{"name": name} for name in "abcd"])
        with connected(database.url) as run:
            run("ALTER TABLE animals ADD COLUMN color VARCHAR(9)")
        with database.writer.using(None) as sql:
            assert sql.animals_delete(filters=(equal(name, value) for name, value in [("color", "red")])) == 0
        with connected(database.url) as run:
            run("ALTER TABLE animals ADD COLUMN breed VARCHAR(9)")
        with database.writer.using(None) as sql:
            assert sql.animals_create(values=({"name": name, "breed": "x"} for name in "ef")) == 2
            for kind in ("sise", "nmae"):
                with pytest.raises(DBNonExistentColumn, match=f"no column '{kind}'"):
                    sql.animals_delete(filters=(equal(name, 1) for name in [kind]))
            assert [row["name"] for row in sql.animals()] == list("abcdef")

    def test_what_a_transaction_saw_of_its_own_tables_is_undone_with_it(self, database: Database) -> None:
        self.create(database)
        if database.dialect.name != "mysql":  # there DDL commits
            with pytest.raises(KeyError), database.writer.using(None) as sql:
                sql.execute("ALTER TABLE animals ADD COLUMN extra INTEGER")
                sql.animal_create(values={"name": "cat", "extra": 2})
                raise KeyError
            assert "extra" not in database.tables["animals"].columns
        with database.writer.using(None) as sql:
            with pytest.raises(DBNonExistentColumn):
                sql.animal_create(values={"name": "cat", "extra": 2})
            sql.animal_create(values={"name": "cat"})

    def test_a_database_without_files_looks_anew(self, database: Database, open_database: Open) -> None:
        self.create(database)
        bare = open_database(database.url.render(), queries=None, tables=None)
        with bare.writer.using(None) as sql:
            assert rawdb.tables.find(sql, "animals") == []
        with connected(database.url) as run:
            run("ALTER TABLE animals ADD COLUMN color VARCHAR(9)")
        bare.look_anew()
        with bare.writer.using(None) as sql:
            assert rawdb.tables.insert(sql, "animals", {"name": "cat", "color": "red"})["color"] == "red"

    def test_a_column_that_the_server_misses_is_not_looked_for(self, database: Database) -> None:
        """The statement was sent: it is not sent again."""
        self.create(database)
        sent: list[str] = []
        with database.writer.using(None) as sql:
            assert sql.animals() == []
        with connected(database.url) as run:
            run("ALTER TABLE animals DROP COLUMN legs")
        database.observers.append(lambda name, text: sent.append(name))
        with database.writer.autocommit.using(None) as sql, pytest.raises(DBError):
            sql.animals(filters=[equal("legs", 4)])
        assert sent == ["animals"]

    def test_a_table_made_later(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            assert sql.now() == 1
            with pytest.raises(StatementError, match="animals is neither declared nor in the database"):
                sql.animals()
        self.create(database)
        with database.writer.using(None) as sql:
            assert sql.animal_create(values={"name": "dog"})["name"] == "dog"

    @pytest.mark.dialects("postgresql", "sqlite")  # MySQL commits before it makes a table
    def test_a_table_made_in_the_same_transaction(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.execute(self.DDL[database.url.dialect])
            assert sql.animal_create(values={"name": "dog"})["name"] == "dog"

    def test_tables(self, database: Database) -> None:
        with connected(database.url) as run:
            run(self.DDL[database.url.dialect])
        animals = database.tables["animals"]
        assert animals.identity == "id"
        assert {name: column.type for name, column in animals.columns.items()} == {
            "id": "bigint" if database.url.dialect == "sqlite" else "int",
            "name": "string(10)",
            "legs": "bigint" if database.url.dialect == "sqlite" else "int",
            "tame": "bool",
            "born": {"mysql": "datetime(0)", "postgresql": "datetime", "sqlite": "datetime(6)"}[database.url.dialect],
            "price": "numeric" if database.url.dialect == "sqlite" else "numeric(10,2)",
        }
        assert not animals.columns["tame"].nullable
        assert "things" in database.tables


def test_a_database_in_use_looks_anew(url: str, open_database: Open) -> None:
    """After somebody's ALTER TABLE; what is open goes on."""
    database = open_database(url, tables=None)
    with connected(database.url) as run:
        assert "colour" not in database.tables["parts"].columns
        run("ALTER TABLE parts ADD COLUMN colour VARCHAR(9)")
        try:
            with database.reader.using(None) as sql:
                sql.thing_count()
                database.look_anew()
                sql.thing_count()
            assert "colour" in database.tables["parts"].columns
        finally:
            run("ALTER TABLE parts DROP COLUMN colour")


class TestTypesOfOtherNames:
    """What servers call the types that rawdb has another name for: checked as those are."""

    DDL: ClassVar = {
        "postgresql": "id INTEGER PRIMARY KEY, code CHAR(3), title VARCHAR, small SMALLINT, medium INT, plain INT,"
        " big BIGINT, ratio DOUBLE PRECISION",
        "mysql": "id INTEGER PRIMARY KEY, code CHAR(3), title TINYTEXT, small TINYINT, medium MEDIUMINT,"
        " plain INT UNSIGNED, big BIGINT UNSIGNED, ratio DOUBLE(9, 3)",
        "sqlite": "id INTEGER PRIMARY KEY, code CHAR(3), title VARCHAR, small TINYINT, medium MEDIUMINT,"
        " plain INT UNSIGNED, big UNSIGNED BIG INT, ratio REAL",
    }
    NUMBERS: ClassVar = ("small", "medium", "plain", "big")

    @pytest.fixture
    def database(self, url: str, dialect: str, open_database: Open) -> Iterator[Database]:
        with connected(url) as run:
            run(f"CREATE TABLE odds ({self.DDL[dialect]})")
        database = open_database(url, queries=None, tables=None)
        row = {"title": "t", "small": 0, "medium": 0, "plain": 0, "big": 0, "ratio": 0}
        with database.writer.using(None) as sql:
            tables.load(sql, "odds", [{**row, "id": n, "code": code} for n, code in enumerate(("ab", "", "7"))])
        yield database
        with connected(url) as run:
            run("DROP TABLE odds")

    def ids(self, database: Database, **where: Any) -> list[int]:
        with database.reader.using(None) as sql:
            return [row["id"] for row in tables.find(sql, "odds", where)]

    def test_a_number_is_no_text(self, database: Database) -> None:
        """MySQL has the number 0 equal to most texts, and most texts to the number 0."""
        assert self.ids(database, code=0) == self.ids(database, code=[0, 1]) == self.ids(database, title=0) == []
        assert self.ids(database, code=7) == self.ids(database, code=[7, 0]) == [2]
        for name in (*self.NUMBERS, "ratio"):
            wrong: list[Any] = ["abc", ["abc"], "", b"0"]
            for value in wrong:
                with pytest.raises(DBDataError, match=rf"odds\.{name}: expected a"):
                    self.ids(database, **{name: value})
            assert self.ids(database, **{name: "0"}) == [0, 1, 2]
        for value in [b"ab", MOMENT]:
            with pytest.raises(DBDataError, match=r"odds\.code: expected text"):
                self.ids(database, code=value)

    def test_what_is_stored_is_checked_before(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for name, values in {
                "code": ("abcd", b"ab", ["ab"]),
                "title": (b"t",),
                **dict.fromkeys(self.NUMBERS, ("x", 1.5, 2**64, b"1")),
                "ratio": ("x", float("nan")),
            }.items():
                for value in values:
                    with pytest.raises(DBDataError, match=rf"odds\.{name}: expected"):
                        tables.update(sql, "odds", {name: value}, {"id": 0})
            assert tables.update(sql, "odds", {"small": True, "ratio": "1.5", "code": 12}, {"id": 0}) == 1
            [row] = tables.find(sql, "odds", {"id": 0})
            assert (row["small"], row["ratio"], row["code"].rstrip()) == (1, 1.5, "12")

    def test_what_was_read_is_found(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            for row in tables.find(sql, "odds"):
                assert [found["id"] for found in tables.find(sql, "odds", row)] == [row["id"]]
            walked = paging.walk(partial(tables.find, sql, "odds"), 1, ["code", "id"])
            assert [row["id"] for page in walked for row in page] == [1, 2, 0]

    @pytest.mark.usefixtures("database")
    def test_a_parameter_that_may_be_left_out(self, url: str, open_database: Open, tmp_path: Path) -> None:
        """PostgreSQL fills CHAR with blanks, which count for nothing in a comparison, but would if it were of texts."""
        (tmp_path / "odds.sql").write_text(
            "-- name: odds_of(code)\n-- Of a code, or all.\n"
            "SELECT o.* FROM odds AS o WHERE (:code IS NULL OR o.code = :code) ORDER BY o.id;\n"
        )
        of_code = open_database(url, queries=tmp_path, tables=None)
        with of_code.reader.using(None) as sql:
            rows = sql.odds_of(code=None)
            assert [[row["id"] for row in sql.odds_of(code=one["code"])] for one in rows] == [[0], [1], [2]]
            assert sql.odds_of(code=0) == []

    @pytest.mark.dialects("mysql")
    def test_the_largest_number_of_all(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            tables.update(sql, "odds", {"big": 2**64 - 1}, {"id": 1})
            assert [row["id"] for row in tables.find(sql, "odds", {"big": 2**64 - 1})] == [1]
            with pytest.raises(DBDataError):
                tables.update(sql, "odds", {"big": -1}, {"id": 1})


@pytest.mark.dialects("postgresql")
def test_what_is_no_uuid_is_told_before_it_is_sent(url: str, open_database: Open) -> None:
    """The server would refuse it, and with it all that the transaction has done."""
    one = uuid.UUID(int=5)
    with connected(url) as run:
        run("CREATE TABLE parcels (id uuid PRIMARY KEY, others uuid[])")
    try:
        database = open_database(url, queries=None, tables=None)
        with database.writer.using(None) as sql:
            assert tables.insert(sql, "parcels", {"id": str(one), "others": [one, None]})["id"] == one
            wrong: list[Any] = ["", "abc", f"{one}0", f"{one}\n", f"urn:uuid:{one}", 5, b"x" * 16, [5], ["abc", one]]
            wrong += [f"{{{one}", f"{one}}}", [one, f"{{{one}"]]
            for value in wrong:
                with pytest.raises(DBDataError, match=r"parcels\.id: expected a UUID, got "):
                    tables.find(sql, "parcels", {"id": value})
            with pytest.raises(DBDataError, match=r"parcels\.others: expected a UUID, got 5"):
                tables.insert(sql, "parcels", {"id": uuid.UUID(int=6), "others": [5]})
            for value in (one, str(one), one.hex, str(one).upper(), f"{{{one}}}", [one, str(one)]):
                assert [row["others"] for row in tables.find(sql, "parcels", {"id": value})] == [[one, None]]
    finally:
        with connected(url) as run:
            run("DROP TABLE parcels")
