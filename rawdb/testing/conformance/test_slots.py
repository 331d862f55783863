"""Promise: what varies in a statement is filled alike on every dialect, and nothing that is passed becomes SQL."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb import AnyOf, Database, Predicate, equal
from rawdb.exceptions import DBError

_UNKIND = "x'; DROP TABLE boxes; --"


@pytest.fixture
def filled(database: Database) -> Database:
    """Four boxes, one without a size."""
    rows = [("a", 1), ("b", 2), ("c", None), (_UNKIND, 2)]
    with database.writer.using(None) as sql:
        sql.box_load(values=[{"name": name, "size": size} for name, size in rows])
    return database


def found(database: Database, **arguments: Any) -> list[str]:
    """The names of the boxes that are found."""
    with database.reader.using(None) as sql:
        return [row["name"] for row in sql.box_find(limit=None, **arguments)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], ["a", "b", "c", _UNKIND]),
        ([equal("size", 2)], ["b", _UNKIND]),
        ([equal("size", None)], ["c"]),
        ([equal("size", [1, None])], ["a", "c"]),
        ([equal("size", [])], []),
        ([Predicate("size", "<>", 2)], ["a"]),
        ([Predicate("size", ">=", 1), equal("name", "b")], ["b"]),
        ([Predicate("size", "<>", None)], ["a", "b", _UNKIND]),
        ([Predicate("size", "<", None)], []),
        ([Predicate("size", ">=", None)], []),
        ([AnyOf([equal("name", "a"), equal("size", None)])], ["a", "c"]),
        ([equal("name", _UNKIND)], [_UNKIND]),
        ([Predicate("name", "regexp", "^[ab]$")], ["a", "b"]),
    ],
)
def test_filters(filled: Database, filters: Any, expected: list[str]) -> None:
    assert found(filled, filters=filters) == expected


def test_a_column_that_is_none(filled: Database, sent: list[str]) -> None:
    for name in ("nmae", "name = name OR 1", _UNKIND):
        with pytest.raises(DBError):
            found(filled, filters=[equal(name, 1)])
        with filled.writer.using(None) as sql, pytest.raises(DBError):
            sql.box_change(name="a", changes={name: 1})
        with filled.writer.using(None) as sql, pytest.raises(DBError):
            sql.box_load(values={name: 1})
    assert not {"box_find", "box_change", "box_load"} & set(sent)


def test_an_optional_condition(filled: Database) -> None:
    assert found(filled, by_name=True, name="b") == ["b"]
    assert found(filled, by_name=False) == found(filled)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1000])
def test_lists(filled: Database, count: int) -> None:
    names = ["b", _UNKIND, "a", *(f"none {n}" for n in range(1000))][:count]
    with filled.reader.using(None) as sql:
        rows = sql.box_get_all(names=names)
        assert [row["name"] for row in rows] == sorted({"a", "b", _UNKIND} & set(names))
        if count:
            rest = sql.box_get_all(names=names, without=True, not_names=["b"])
            assert [row["name"] for row in rest] == sorted({"a", _UNKIND} & set(names))


@pytest.mark.parametrize("count", [1, 2, 500])
def test_rows_of_an_insert(database: Database, count: int) -> None:
    with database.writer.using(None) as sql:
        assert sql.box_load(values=[{"name": f"{n:03}", "size": None if n % 2 else n} for n in range(count)]) == count
        assert [row["name"] for row in sql.box_names()] == [f"{n:03}" for n in range(count)]


def test_assignments(filled: Database) -> None:
    with filled.writer.using(None) as sql:
        assert sql.box_change(name="a", changes={"size": None, "note": _UNKIND}) == 1
        row = sql.box_get(name="a")
        assert (row["size"], row["note"]) == (None, _UNKIND)
        with pytest.raises(ValueError, match="no column to set"):
            sql.box_change(name="a", changes={})


def test_relations(filled: Database) -> None:
    with filled.writer.using(None) as sql:
        for name, words in (("a", ["x", _UNKIND]), ("b", ["y"])):
            box = sql.box_get(name=name)["id"]
            sql.label_add(values=[{"box_id": box, "word": word} for word in words])
        row = sql.box_get_labelled(name="a")
        assert [(label["word"], label["box_id"]) for label in row["labels"]] == [("x", row["id"]), (_UNKIND, row["id"])]
        assert sql.box_get_labelled(name="c")["labels"] == []


@pytest.mark.parametrize(
    ("arguments", "what"),
    [({}, "name"), ({"name": "a", "nmae": "b"}, "nmae")],
)
def test_arguments_that_do_not_fit(filled: Database, sent: list[str], arguments: dict[str, str], what: str) -> None:
    with filled.reader.using(None) as sql, pytest.raises(TypeError, match=what):
        sql.box_get(**arguments)
    assert sent == []
