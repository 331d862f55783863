"""What is read from statements where a yoyo by hand left no note: nothing that is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from rawdb.migrate.progress import State, progress
from rawdb.schema.effects import Effect, effects
from rawdb.schema.history import Note
from rawdb.schema.migrations import load
from tests.migrate.cases import write


@pytest.mark.parametrize(
    ("dialect", "text", "found"),
    [
        ("postgresql", "CREATE TABLE Notes (Id int)", [("create", ("table", "notes"))]),
        ("postgresql", 'CREATE TABLE "Odd Name" (id int)', [("create", ("table", "Odd Name"))]),
        ("mysql", "CREATE TABLE `odd``name` (id int)", [("create", ("table", "odd`name"))]),
        ("sqlite", "create table [odd name] (id int)", [("create", ("table", "odd name"))]),
        ("postgresql", "CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY t (a)", [("create", ("index", "i"))]),
        ("mysql", "CREATE INDEX i ON t (a)", [("create", ("index", "t.i"))]),
        ("mysql", "DROP INDEX i ON t", [("drop", ("index", "t.i"))]),
        ("postgresql", "DROP TABLE a, b CASCADE", [("drop", ("table", "a")), ("drop", ("table", "b"))]),
        (
            "mysql",
            "ALTER TABLE t ADD c INT, DROP d, CHANGE e f INT",
            [("create", ("column", "t.c")), ("drop", ("column", "t.d")), ("rename", ("column", "t.e"))],
        ),
        ("postgresql", "ALTER TABLE IF EXISTS ONLY t RENAME c TO d", [("rename", ("column", "t.c"))]),
        ("sqlite", "ALTER TABLE t RENAME TO u", [("rename", ("table", "t"))]),
        ("mysql", "RENAME TABLE a TO b, c TO d", [("rename", ("table", "a")), ("rename", ("table", "c"))]),
        ("postgresql", "ALTER INDEX i RENAME TO j", [("rename", ("index", "i"))]),
        ("postgresql", "ALTER TABLE t ALTER c TYPE bigint, ALTER d SET DEFAULT 1", []),
        ("mysql", "ALTER TABLE t MODIFY c BIGINT, ENGINE=InnoDB", []),
        ("postgresql", "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (c)", []),
        ("postgresql", "COMMENT ON TABLE t IS 'CREATE TABLE x (id int)'", []),
        ("postgresql", "-- CREATE TABLE x\nUPDATE t SET a = 1", []),
        ("sqlite", "SET statement_timeout = 0", []),
        ("postgresql", "CREATE OR REPLACE VIEW v AS SELECT 1", []),
    ],
)
def test_names_are_read(dialect: str, text: str, found: list[tuple[str, tuple[str, str]]]) -> None:
    read = effects(dialect, text)
    assert read is not None
    assert [(effect.action, effect.object) for effect in read] == found


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE public.notes (id int)",
        "ALTER TABLE app.notes ADD COLUMN a int",
        "CREATE TEMPORARY TABLE t (id int)",
        "DO $$ BEGIN DROP TABLE a; END $$",
        "CALL make_everything()",
        "SET search_path TO app",
        "ALTER TABLE t DROP CONSTRAINT u",
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
        "ALTER TABLE t ADD INDEX i (a)",
        "ALTER TABLE t ADD (a int, b int)",
        "ALTER TABLE t RENAME INDEX i TO j",
        "CREATE INDEX ON t (a)",
        "CREATE EXTENSION postgis",
        "SELECT make_partitions()",
    ],
)
def test_what_is_not_certain_is_invisible(text: str) -> None:
    assert effects("postgresql", text) is None


def test_if_exists_says_nothing_of_before() -> None:
    assert effects("sqlite", "DROP TABLE IF EXISTS t") == (Effect("drop", ("table", "t"), "t", certain=False),)
    assert effects("sqlite", "CREATE INDEX IF NOT EXISTS i ON t (a)") == (
        Effect("create", ("index", "i"), "t", certain=False),
    )


BEFORE = {("table", "a"), ("index", "a_idx"), ("column", "a.id")}


@pytest.mark.parametrize(
    ("apply", "present"),
    [
        ("CREATE TABLE a2 (id INT);\nDROP TABLE a;\nALTER TABLE a2 RENAME TO a;\n", BEFORE),
        ("ALTER TABLE a ADD COLUMN d INT;\nALTER TABLE a RENAME COLUMN d TO e;\n", BEFORE | {("column", "a.e")}),
        ("CREATE TABLE w (id INT);\nDROP TABLE w;\n", BEFORE | {("table", "w")}),
        ("DROP INDEX a_idx;\nCREATE INDEX a_idx ON a (id);\n", BEFORE),
        ("DROP TABLE IF EXISTS b;\nCREATE TABLE b (id INT);\n", BEFORE | {("table", "b")}),
        ("CREATE TABLE IF NOT EXISTS b (id INT);\n", BEFORE | {("table", "b")}),
        ("DROP TABLE IF EXISTS gone;\n", BEFORE),
        ("DROP TABLE never_made_here;\n", BEFORE),
        ("ALTER TABLE a DROP CONSTRAINT u;\nCREATE UNIQUE INDEX u ON a (id);\n", BEFORE | {("index", "u")}),
        ("CREATE TABLE other.a (id INT);\n", BEFORE),
        ('CREATE TABLE "A" (id INT);\n', BEFORE),
    ],
)
def test_no_false_alarm(tmp_path: Path, apply: str, present: set[tuple[str, str]]) -> None:
    write(tmp_path, "0001.a", "CREATE TABLE a (id INT);\nCREATE INDEX a_idx ON a (id);\n", "DROP TABLE a;\n")
    write(tmp_path, "0002.b", f"-- depends: 0001.a\n{apply}", "")
    state = State("postgresql", {"0001.a": None}, {}, present)
    assert [each.state for each in progress(load(tmp_path), state)] == ["applied", "pending"]
    after = State("postgresql", {"0001.a": None, "0002.b": None}, {}, BEFORE)
    assert progress(load(tmp_path), after)[0].state == "applied"


def test_a_note_counts_until_the_history_has_overtaken_it(tmp_path: Path) -> None:
    write(tmp_path, "0001.a", "CREATE TABLE a (id INT);\n", "DROP TABLE a;\n")
    found = load(tmp_path)
    note = {"0001.a": Note("apply", 1, "-")}
    assert progress(found, State("mysql", {}, note, set()))[0].state == "not recorded"
    assert progress(found, State("mysql", {"0001.a": None}, note, {("table", "a")}))[0].state == "applied"
    note = {"0001.a": Note("undo", 0, "-")}
    assert progress(found, State("mysql", {"0001.a": None}, note, set()))[0].state == "half undone"
    assert progress(found, State("mysql", {}, note, set()))[0].state == "pending"


def test_what_the_next_one_began_is_not_the_last_ones_fault(tmp_path: Path) -> None:
    write(tmp_path, "0001.a", "CREATE TABLE a (id INT);\nCREATE TABLE c (id INT);\n", "")
    write(tmp_path, "0002.b", "CREATE TABLE a2 (id INT);\nDROP TABLE a;\nALTER TABLE a2 RENAME TO a;\n", "")
    recorded = {"0001.a": None}
    states = {
        "a yoyo was killed after DROP TABLE": (State("mysql", recorded, {}, {("table", "a2"), ("table", "c")}), ""),
        "rawdb was": (State("mysql", recorded, {"0002.b": Note("apply", 2, "-")}, {("table", "a2")}), "half applied"),
        "c is missing": (State("mysql", recorded, {}, {("table", "a")}), "half undone"),
    }
    for name, (state, found) in states.items():
        assert {each.state for each in progress(load(tmp_path), state)} - {"applied", "pending"} <= {found}, name
    assert progress(load(tmp_path), states["c is missing"][0])[0].state == "half undone"
