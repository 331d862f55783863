"""What a migration statement creates or drops, and the schema that a folder of migrations makes.

Only the plain DDL that migrations are written in is understood: CREATE and DROP of tables and indexes, ADD and
DROP of columns. Nothing is run; a statement of another kind is "not understood" and said to be so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from yoyo.migrations import read_sql_migration

from rawdb.dialects.types import is_text, logical
from rawdb.schema.model import EXACT, Column, Constraint, Index, Schema, Table, default_value, expression, parts_of

_NAME = r'[`"]?(\w+)[`"]?'
_PATTERNS = {
    ("create", "table"): re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", re.IGNORECASE),
    ("drop", "table"): re.compile(rf"DROP TABLE (?:IF EXISTS )?{_NAME}", re.IGNORECASE),
    ("create", "index"): re.compile(
        rf"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?{_NAME}", re.IGNORECASE
    ),
    ("drop", "index"): re.compile(rf"DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?{_NAME}", re.IGNORECASE),
    ("create", "column"): re.compile(rf"ALTER TABLE {_NAME} ADD COLUMN {_NAME}", re.IGNORECASE),
    ("drop", "column"): re.compile(rf"ALTER TABLE {_NAME} DROP COLUMN {_NAME}", re.IGNORECASE),
}
_COMMENT = re.compile(r"--[^\n]*|/\*(?![!M]).*?\*/", re.DOTALL)
_COLUMN = re.compile(
    r"""[`"]?(?P<name>\w+)[`"]?\s+
        (?P<type>(?:double\s+precision|\w+)(?:\s*\([\d,\s]+\))?)
        (?P<rest>.*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_KEY = re.compile(
    rf"(?:CONSTRAINT {_NAME} )?(PRIMARY KEY|UNIQUE(?: KEY)?|KEY|CHECK) ?(?:{_NAME} )?(\(.*\))", re.IGNORECASE
)
_INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX {_NAME} ON {_NAME} (\(.*\))", re.IGNORECASE)


@dataclass(frozen=True)
class Effect:
    """What one statement does to the catalog: `action` create or drop, `kind` table, index or column.

    A column's name is `table.column`.
    """

    action: str
    kind: str
    name: str

    @property
    def object(self) -> tuple[str, str]:
        """What is created or dropped."""
        return self.kind, self.name


def statements(path: Path) -> list[str]:
    """The statements of a migration file, cut as yoyo cuts them; empty if there is no such file."""
    return list(read_sql_migration(str(path))[2])


@lru_cache(maxsize=4096)
def effect(statement: str) -> Effect | None:
    """What the statement does, or None when it is of a kind that leaves no trace in the catalog's names."""
    text = squeezed(statement)
    for (action, kind), pattern in _PATTERNS.items():
        if match := pattern.match(text):
            return Effect(action, kind, ".".join(match.groups()))
    return None


def squeezed(statement: str) -> str:
    """The statement on one line, without comments (MySQL's executable ones stay)."""
    return " ".join(_COMMENT.sub(" ", statement).split()).rstrip("; ")


def schema_of_files(dialect: str, folder: Path, upto: str | None = None) -> tuple[Schema, list[str]]:
    """The schema that the migrations of a folder make, and the statements that were not understood.

    With `upto`, a file's name, the files after that one are left out.

    Each of the latter reads `file: beginning of the statement`.
    """
    schema: Schema = {}
    not_understood = []
    hidden: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.sql")):
        if path.name.endswith(".rollback.sql") or (upto is not None and path.name > upto):
            continue
        for statement in statements(path):
            text = squeezed(statement)
            if not _apply(dialect, schema, hidden, text):
                not_understood.append(f"{path.name}: {text[:60]}")
    return schema, not_understood


def _apply(dialect: str, schema: Schema, hidden: dict[tuple[str, str], str], text: str) -> bool:
    done = effect(text)
    if done is None:
        return False
    if done.object == ("table", done.name) and done.action == "create":
        schema[done.name] = _read_table(dialect, done.name, text, hidden)
        return True
    if done.kind == "table":
        return schema.pop(done.name, None) is not None
    if done.kind == "index" and done.action == "create" and (match := _INDEX.match(text)):
        schema[match[3]].add(Index(match[3], match[2], _parts(match[4]), bool(match[1])))
        return True
    return False


def _read_table(dialect: str, name: str, text: str, hidden: dict[tuple[str, str], str]) -> Table:
    table = Table(name)
    for part in parts_of(text):
        if match := _KEY.match(part):
            _add_key(table, match, hidden)
        elif match := _COLUMN.match(part):
            rest = " ".join(match["rest"].split())
            if generated := re.match(r"GENERATED ALWAYS AS \((.*)\) STORED INVISIBLE", rest):
                hidden[name, match["name"]] = expression(generated[1])
                continue
            table.add(_read_column(dialect, match["name"], match["type"], rest, text))
            if "PRIMARY KEY" in rest:
                table.primary_key = (match["name"],)
    for key in table.primary_key:
        table.columns[key] = replace(table.columns[key], nullable=False)
    return table


def _read_column(dialect: str, name: str, native: str, rest: str, table_text: str) -> Column:
    kind = logical(dialect, " ".join(native.split()))
    exact = {
        "postgresql": 'COLLATE "C"' in rest,
        "mysql": "utf8mb4_0900_bin" in table_text and "utf8mb4_nopad_bin" in table_text,
        "sqlite": "COLLATE" not in rest,
    }
    default = re.search(r"\bDEFAULT (?!AS\b)('[^']*'|\S+)", rest)
    return Column(
        name=name,
        type=kind,
        nullable="NOT NULL" not in rest,
        default=default_value(default[1], kind) if default and "GENERATED" not in rest else None,
        autoincrement=bool(re.search(r"\b(AUTO_INCREMENT|AUTOINCREMENT|IDENTITY)\b", rest)),
        collation=None if not is_text(kind) else EXACT if exact[dialect] else "another",
        native=native,
    )


def _add_key(table: Table, match: re.Match[str], hidden: dict[tuple[str, str], str]) -> None:
    word = match[2].upper()
    if word == "CHECK":
        table.add(Constraint(table.name, match[1], "check"))
        return
    columns = tuple(hidden.get((table.name, column), column) for column in _parts(match[4]))
    if word == "PRIMARY KEY":
        table.primary_key = columns
    else:
        table.add(Index(table.name, match[1] or match[3], columns, word.startswith("UNIQUE")))


def _parts(text: str) -> tuple[str, ...]:
    parts = (part.strip('`"') for part in parts_of(text))
    return tuple(expression(part) if "(" in part else part for part in parts)
