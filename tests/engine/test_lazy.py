"""Statements that are parsed when they are first asked for: rawdb's own, and a folder of one's own that asks for it."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import threading
from ast import literal_eval
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import Database
from rawdb.dialects import DIALECTS, get_dialect
from rawdb.exceptions import StatementError
from rawdb.statements.columns import lazy_tables, load_tables
from rawdb.statements.lazy import Lazy
from rawdb.statements.loading import Statement, lazy_statements
from rawdb.statements.statement import Statement as Parsed
from tests.sql import house

COLUMNS = ("table,column,type,nullable,default,on_update,primary_key,autoincrement", "note,id,int,no,,,yes,yes")
GOOD = "-- name: good(id)^\n-- One note.\nSELECT n.* FROM note AS n WHERE n.id = :id;\n"
BAD = "-- name: bad(id)^\n-- One note.\nSELECT n.* FROM note AS n WHERE n.id = :other;\n"


def said(statement: Statement) -> Mapping[str, Any]:
    """All that a statement says, its dialect and what it has seen left out."""
    fields = {field.name for field in dataclasses.fields(Parsed)} - {"dialect", "_known"}
    return {name: getattr(statement, name) for name in fields}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two statements, of which one is wrong."""
    (tmp_path / "note.sql").write_text(GOOD + BAD)
    (tmp_path / "columns.csv").write_text("\n".join(COLUMNS))
    return tmp_path


@pytest.mark.parametrize("name", DIALECTS)
def test_each_statement_is_the_one_of_the_whole_folder(name: str) -> None:
    whole = house.effective(name)
    tables = lazy_tables(house.ROOT / "sql" / "schema" / "columns.csv")
    lazy = lazy_statements(house.QUERIES, get_dialect(name), tables, none_is_null=True)
    assert len(lazy) == len(whole)
    assert set(lazy) == set(lazy.keys()) == set(whole)
    assert [one for one in whole if said(lazy[one]) != said(whole[one])] == []
    assert [one.name for one in lazy.values()] == list(lazy)
    assert dict(lazy.items()) == lazy


def test_each_table_is_the_one_of_the_whole_file() -> None:
    path = house.ROOT / "sql" / "schema" / "columns.csv"
    assert lazy_tables(path) == load_tables(path)
    assert list(lazy_tables(path)) == list(load_tables(path))


def test_a_fault_waits_for_its_statement(folder: Path) -> None:
    with Database("sqlite://", queries=folder, tables=folder / "columns.csv", lazy=True) as database:
        assert sorted(database.statements) == ["bad", "good"]
        assert "bad" in database.statements
        assert database.statements.get("neither") is None
        with database.writer.using(None) as sql:
            sql.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)")
            assert sql.good(id=1) is None
            with pytest.raises(StatementError, match=r"note\.sql:6:40 - :other is not declared; write \(id, other\)"):
                sql.bad(id=1)
            with pytest.raises(AttributeError, match=r"no statement 'god' in .*; did you mean good\?"):
                sql.god(id=1)
        with pytest.raises(StatementError, match=":other"):
            list(database.statements.values())


def test_a_folder_of_ones_own_is_checked_whole_when_it_is_loaded(folder: Path) -> None:
    database = Database("sqlite://", queries=folder, tables=folder / "columns.csv")
    with pytest.raises(StatementError, match=":other is not declared"):
        _ = database.statements


def test_what_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "latin.sql").write_bytes("-- name: caf\xe9()$\n".encode("latin-1"))
    for queries, message in ((folder, r"latin\.sql:1:1 - byte 12 is no UTF-8"), (folder / "none", "no such folder")):
        database = Database("sqlite://", queries=queries, tables=folder / "columns.csv", lazy=True)
        with pytest.raises(StatementError, match=message):
            _ = database.statements


def test_a_changed_file_is_read_anew(folder: Path) -> None:
    for text, names in ((GOOD, ["good"]), (GOOD + BAD, ["good", "bad"])):
        (folder / "note.sql").write_text(text)
        database = Database("sqlite://", queries=folder, tables=folder / "columns.csv", lazy=True)
        assert list(database.statements) == names


def test_a_copy_in_another_process_is_lazy_too(folder: Path) -> None:
    database = Database("sqlite://", queries=folder, tables=folder / "columns.csv", lazy=True)
    assert pickle.loads(pickle.dumps(database)).statements["good"].parameters == ("id",)


def test_two_threads_get_one_statement() -> None:
    tables = lazy_tables(house.ROOT / "sql" / "schema" / "columns.csv")
    statements = lazy_statements(house.QUERIES, get_dialect("sqlite"), tables, none_is_null=True)
    begin = threading.Barrier(4)
    found: list[list[int]] = []

    def ask() -> None:
        begin.wait(30)
        found.append([id(statement) for statement in statements.values()])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(ids == found[0] for ids in found)


@pytest.mark.dialects("sqlite")
def test_rawdbs_own_statements_are_parsed_when_called(db: str) -> None:
    """The mapping of the default database holds what was called, and knows all names."""
    statements = rawdb.default_database().statements
    assert set(statements) == set(house.effective("sqlite"))
    assert statements["key_pair_get"] is statements["key_pair_get"]


def test_two_statements_of_a_name_are_found_at_once(folder: Path) -> None:
    (folder / "again.sql").write_text(GOOD)
    tables = lazy_tables(folder / "columns.csv")
    with pytest.raises(StatementError, match="good stands twice"):
        lazy_statements(folder, get_dialect("sqlite"), tables)


def made() -> tuple[Lazy[int], list[str]]:
    """A mapping of three numbers, and the names of those that were made."""
    names: list[str] = []

    def make(name: str) -> int:
        names.append(name)
        return ord(name)

    return Lazy({"b": 1, "a": 2, "c": 3}, make), names


WHOLE = {"b": 98, "a": 97, "c": 99}


@pytest.mark.parametrize(
    "operation",
    [
        lambda lazy: lazy | {},
        lambda lazy: {} | lazy,
        lambda lazy: {} | lazy | {},
        lambda lazy: {**lazy},
        dict,
        copy.copy,
        copy.deepcopy,
        lambda lazy: lazy.copy(),
        lambda lazy: pickle.loads(pickle.dumps(lazy)),
        lambda lazy: dict(zip(lazy, lazy.values(), strict=True)),
        lambda lazy: dict(lazy.items()),
        lambda lazy: json.loads(json.dumps(dict(lazy))),
        lambda lazy: literal_eval(repr(lazy)),
        lambda lazy: {name: lazy.get(name) for name in sorted(lazy, reverse=True)},
        lambda lazy: dict(**lazy),
    ],
)
def test_all_of_it_is_seen_whatever_was_made_before(operation: Any) -> None:
    lazy, names = made()
    assert lazy["a"] == 97
    assert names == ["a"]
    assert operation(lazy) == WHOLE
    assert type(operation(lazy)) is dict


def test_what_needs_no_value_makes_none() -> None:
    lazy, names = made()
    assert list(lazy) == ["b", "a", "c"] == list(lazy.keys())
    assert sorted(lazy) == ["a", "b", "c"]
    assert len(lazy) == 3
    assert "a" in lazy
    assert "z" not in lazy
    assert lazy.get("z", 7) == 7
    assert bool(lazy)
    assert names == []


def test_it_equals_what_holds_the_same() -> None:
    assert made()[0] == WHOLE
    assert made()[0] == WHOLE
    assert made()[0] == made()[0]
    assert made()[0] != {**WHOLE, "a": 1}
    assert made()[0] != {"a": 97}
    assert made()[0] != 7  # type: ignore[comparison-overlap]
    assert {} | made()[0] != {}


def test_it_cannot_be_changed() -> None:
    lazy: Any = made()[0]
    for name in ("pop", "popitem", "setdefault", "update", "clear"):
        assert not hasattr(lazy, name)
    with pytest.raises(TypeError):
        lazy["a"] = 1
    with pytest.raises(TypeError):
        del lazy["a"]
    with pytest.raises(TypeError):
        lazy | 7
    with pytest.raises(KeyError, match="z"):
        lazy["z"]
    whole = lazy
    whole |= {"d": 4}
    assert whole == {**WHOLE, "d": 4}
    assert lazy == WHOLE


def test_a_fault_that_is_a_key_error_is_no_missing_name() -> None:
    def fail(name: str) -> int:
        raise KeyError("inside")

    lazy = Lazy({"a": 1}, fail)
    with pytest.raises(KeyError, match="inside"):
        lazy.get("a")


def test_eight_threads_that_ask_first_get_one_value() -> None:
    inside = threading.Barrier(8)

    def make(name: str) -> object:
        inside.wait(30)
        return object()

    lazy = Lazy({"a": 1}, make)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(lazy["a"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert lazy["a"] is found[0]
