"""Histories of the shapes that real ones have, for each dialect: what they do, and how it is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.migrate.cases import write

_BASE = (
    "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(20), size INTEGER);\n"
    "CREATE INDEX a_title_idx ON a (title);\n"
    "INSERT INTO a (id, title, size) VALUES (1, 'one', 10);\n"
    "INSERT INTO a (id, title, size) VALUES (2, 'two', NULL);\n"
)


class Shape(NamedTuple):
    """One migration after the base: its statements and what undoes each, first to last."""

    name: str
    steps: tuple[tuple[str, str], ...]
    transactional: bool = True

    def apply(self) -> str:
        return "".join(f"{apply};\n" for apply, _ in self.steps)

    def undo(self) -> str:
        return "".join(f"{undo};\n" for _, undo in reversed(self.steps))


def _of(dialect: str, table: str) -> str:
    return f" ON {table}" if dialect == "mysql" else ""


def shapes(dialect: str) -> list[Shape]:
    """The shapes that the dialect's server takes."""
    on_a = _of(dialect, "a")
    found = [
        Shape(
            "rebuilt_table",
            (
                (f"DROP INDEX a_title_idx{on_a}", "CREATE INDEX a_title_idx ON a (title)"),
                ("CREATE TABLE a2 (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(90))", "DROP TABLE a2"),
                (
                    "INSERT INTO a2 (id, title) SELECT id, title FROM a",
                    # Right with the rows of `a` there, too: this may be undone before the next step was run.
                    "INSERT INTO a SELECT id, title, 0 FROM a2 WHERE id NOT IN (SELECT id FROM a)",
                ),
                (
                    "DROP TABLE a",
                    "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(20), size INTEGER)",
                ),
                ("ALTER TABLE a2 RENAME TO a", "ALTER TABLE a RENAME TO a2"),
            ),
        ),
        Shape(
            "added_and_renamed_column",
            (
                ("ALTER TABLE a ADD COLUMN draft VARCHAR(30)", "ALTER TABLE a DROP COLUMN draft"),
                ("UPDATE a SET draft = title WHERE title IS NOT NULL", "UPDATE a SET draft = NULL"),
                ("ALTER TABLE a RENAME COLUMN draft TO label", "ALTER TABLE a RENAME COLUMN label TO draft"),
            ),
        ),
        Shape(
            "work_table",
            (
                ("CREATE TABLE work (id INTEGER NOT NULL PRIMARY KEY)", "DROP TABLE work"),
                ("INSERT INTO work (id) SELECT id FROM a WHERE size IS NULL", "DELETE FROM work"),
                ("UPDATE a SET size = 0 WHERE id IN (SELECT id FROM work)", "UPDATE a SET size = NULL WHERE size = 0"),
                ("DROP TABLE work", "CREATE TABLE work (id INTEGER NOT NULL PRIMARY KEY)"),
            ),
        ),
        Shape(
            "replaced_index",
            (
                (f"DROP INDEX a_title_idx{on_a}", "CREATE INDEX a_title_idx ON a (title)"),
                ("CREATE INDEX a_title_idx ON a (title, size)", f"DROP INDEX a_title_idx{on_a}"),
            ),
        ),
        Shape(
            "backfill",
            (
                ("ALTER TABLE a ADD COLUMN doubled INTEGER", "ALTER TABLE a DROP COLUMN doubled"),
                ("UPDATE a SET doubled = size * 2 WHERE size IS NOT NULL", "UPDATE a SET doubled = NULL"),
                ("UPDATE a SET size = size + 1", "UPDATE a SET size = size - 1"),
            ),
        ),
        Shape("dropped_column", (("ALTER TABLE a DROP COLUMN size", "ALTER TABLE a ADD COLUMN size INTEGER"),)),
    ]
    return found + {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}[dialect]()


def _quoted(mark: str) -> Shape:
    return Shape(
        "quoted_names",
        (
            (
                f"CREATE TABLE {mark}odd name{mark} (id INTEGER NOT NULL PRIMARY KEY)",
                f"DROP TABLE {mark}odd name{mark}",
            ),
            (
                f"CREATE TABLE {mark}semi;colon, comma{mark} (id INTEGER NOT NULL PRIMARY KEY)",
                f"DROP TABLE {mark}semi;colon, comma{mark}",
            ),
        ),
    )


def _postgresql() -> list[Shape]:
    return [
        _quoted('"'),
        Shape(
            "mixed_case_without_quotes",
            (
                ("CREATE TABLE Notes (Id INTEGER NOT NULL PRIMARY KEY, Body VARCHAR(20))", "DROP TABLE Notes"),
                ("CREATE INDEX Notes_Body_Idx ON Notes (Body)", "DROP INDEX Notes_Body_Idx"),
            ),
        ),
        Shape(
            "with_a_schema",
            (
                ("CREATE TABLE public.prefixed (id INTEGER NOT NULL PRIMARY KEY)", "DROP TABLE public.prefixed"),
                ("CREATE SCHEMA side", "DROP SCHEMA side"),
                ("CREATE TABLE side.prefixed (id INTEGER NOT NULL PRIMARY KEY)", "DROP TABLE side.prefixed"),
            ),
        ),
        Shape(
            "concurrent_indexes",
            (
                ("SET statement_timeout = 0", "SET statement_timeout = 0"),
                (
                    "CREATE INDEX CONCURRENTLY a_part_idx ON a (title) WHERE size > 0",
                    "DROP INDEX CONCURRENTLY a_part_idx",
                ),
                ("UPDATE a SET size = size + 1", "UPDATE a SET size = size - 1"),
                (
                    "CREATE INDEX CONCURRENTLY a_lower_idx ON a (lower(title))",
                    "DROP INDEX CONCURRENTLY a_lower_idx",
                ),
                ("COMMENT ON TABLE a IS 'things'", "COMMENT ON TABLE a IS NULL"),
                ("VACUUM a", "VACUUM a"),
            ),
            transactional=False,
        ),
        Shape(
            "function_and_block",
            (
                (
                    "CREATE FUNCTION twice(n int) RETURNS int AS $$ BEGIN RETURN 2 * n; END $$ LANGUAGE plpgsql",
                    "DROP FUNCTION twice(int)",
                ),
                (
                    "DO $$ BEGIN CREATE TABLE made (id integer); END; $$",
                    "DO $$ BEGIN DROP TABLE made; END; $$",
                ),
            ),
        ),
    ]


def _mysql() -> list[Shape]:
    return [
        _quoted("`"),
        Shape(
            "table_options_and_keys",
            (
                (
                    "ALTER TABLE a ADD INDEX a_size_idx (size), ADD COLUMN more INT",
                    "ALTER TABLE a DROP INDEX a_size_idx, DROP COLUMN more",
                ),
                ("ALTER TABLE a MODIFY COLUMN title VARCHAR(40)", "ALTER TABLE a MODIFY COLUMN title VARCHAR(20)"),
                ("ALTER TABLE a COMMENT = 'things', ROW_FORMAT = DYNAMIC", "ALTER TABLE a COMMENT = ''"),
                ("SET @x = 5", "SET @x = 0"),
                ("UPDATE a SET size = size + @x", "UPDATE a SET size = size - 5"),
            ),
        ),
        Shape(
            "renamed_tables",
            (
                ("RENAME TABLE a TO b", "RENAME TABLE b TO a"),
                ("CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)", "DROP TABLE a"),
                ("RENAME TABLE a TO c, b TO a", "RENAME TABLE a TO b, c TO a"),
            ),
        ),
        Shape(
            "trigger",
            (
                (
                    "CREATE TRIGGER a_up BEFORE UPDATE ON a FOR EACH ROW BEGIN SET NEW.title = UPPER(NEW.title); END",
                    "DROP TRIGGER a_up",
                ),
                ("DROP TRIGGER a_up", "CREATE TRIGGER a_up BEFORE UPDATE ON a FOR EACH ROW SET NEW.size = NEW.size"),
            ),
        ),
    ]  # fmt: skip


def _sqlite() -> list[Shape]:
    return [
        _quoted('"'),
        Shape(
            "foreign_keys_off",
            (
                ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
                ("CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))", "DROP TABLE b"),
                ("INSERT INTO b (id, a_id) SELECT id, id FROM a", "DELETE FROM b"),
                ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF"),
            ),
            transactional=False,
        ),
        Shape(
            "expression_and_partial_index",
            (
                ("CREATE INDEX a_lower_idx ON a (LOWER(title)) WHERE size > 0", "DROP INDEX a_lower_idx"),
                (
                    "CREATE TRIGGER a_up AFTER UPDATE ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END",
                    "DROP TRIGGER a_up",
                ),
            ),
        ),
    ]


def write_history(folder: Path, dialect: str, shape: Shape) -> Path:
    """A history of two: the base, and the shape."""
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    base_undo = f"DELETE FROM a;\nDELETE FROM a;\nDROP INDEX a_title_idx{_of(dialect, 'a')};\nDROP TABLE a;\n"
    write(folder, "0001.base", head + _BASE, head + base_undo)
    head = "-- depends: 0001.base\n" + (head if shape.transactional else "-- transactional: false\n")
    write(folder, f"0002.{shape.name}", head + shape.apply(), head + shape.undo())
    return folder


def names(dialect: str) -> list[str]:
    """The names of the shapes of a dialect."""
    return [shape.name for shape in shapes(dialect)]
